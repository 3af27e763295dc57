/* codes.json: where the codes of training pictures lie. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "base/alloc.h"
#include "mien/file.h"
#include "mien/picture.h"
#include "mien/picture_code.h"
#include "tests/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 8, AREA = SIDE * SIDE, N = 120 };

static uint8_t pixels[N * AREA];

static const char text[] =
    "{\"mien\": \"net/1\", \"layers\": [{\"name\": \"image\", \"kind\":"
    " \"input\", \"shape\": [1, 8, 8], \"mean\": 127.5, \"scale\": 0.00392157},"
    "{\"name\": \"row\", \"kind\": \"flatten\"},"
    "{\"name\": \"mean\", \"kind\": \"dense\", \"units\": 2, \"init\":"
    " \"components\"}, {\"name\": \"log_variance\", \"kind\": \"dense\","
    " \"units\": 2, \"init\": \"components\"},"
    "{\"name\": \"noise\", \"kind\": \"input\", \"shape\": [2], \"fill\":"
    " \"normal\"}, {\"name\": \"latent\", \"kind\": \"sample\", \"inputs\":"
    " [\"mean\", \"log_variance\", \"noise\"]}, {\"kind\": \"dense\","
    " \"units\": 64, \"init\": \"components\"}, {\"name\": \"again\","
    " \"kind\": \"reshape\", \"shape\": [1, 8, 8]}], \"outputs\": [\"again\","
    " \"mean\", \"log_variance\"], \"losses\": [{\"output\": \"again\","
    " \"kind\": \"gaussian\", \"target\": \"image\"}, {\"kind\": \"kl\","
    " \"mean\": \"mean\", \"log_variance\": \"log_variance\"}]}";

/* Dark and light pictures with a slope, each in two heaps. */
static mien_labels heaps(void)
{
    mien_random r;
    mien_random_init(&r, 3);
    for (int i = 0; i < N; i++) {
        double light = (i % 2 ? 60 : 190) + 8 * mien_random_normal(&r);
        double slope = 4 * mien_random_normal(&r);
        for (int p = 0; p < AREA; p++)
            pixels[i * AREA + p] =
                (uint8_t)fmin(fmax(light + slope * (p % SIDE - 3.5), 0), 255);
    }
    return (mien_labels){.n = N, .w = SIDE, .h = SIDE, .pixels = pixels};
}

/* Learn a little and judge. */
static mien_status judged(const mien_picture_set *set, mien_net *net,
                          mien_picture_study **s)
{
    mien_picture_options o = MIEN_PICTURE_DEFAULTS;
    o.epochs = 1;
    o.batch = 16;
    o.optimizer.rate = 1e-5f;
    mien_status st = mien_picture_study_new(net, set, NULL, &o, s, NULL);
    if (!st)
        st = mien_picture_study_learn(*s, NULL, NULL);
    return st ? st : mien_picture_study_judge(*s, NULL);
}

static void test_a_study_leaves_its_codes(void)
{
    mien_labels l = heaps();
    const mien_picture_set set = {"heaps", &l, NULL, NULL, NULL};
    char folder[] = "/tmp/mien-codes-XXXXXX", path[64];
    mien_net *net = NULL;
    mien_picture_study *s = NULL;
    mien_bytes b = {0};
    mien_codes c = {0};
    mien_random r;
    int light = 0, middle = 0;
    CHECK(mkdtemp(folder) != NULL);
    CHECK(
        !mien_net_read((const uint8_t *)text, strlen(text), NULL, &net, NULL));
    CHECK(!judged(&set, net, &s));
    CHECK(!mien_picture_study_save(s, folder, NULL));
    snprintf(path, sizeof path, "%s/codes.json", folder);
    CHECK(!mien_file_load(path, 0, &b, NULL));
    CHECK(!mien_codes_read(b.data, b.n, &c, NULL));
    CHECK_EQ(c.count, mien_picture_study_parts(s).train);
    CHECK(c.mixture.d == 2 && c.mixture.k == c.count / 10);
    mien_random_init(&r, 1);
    for (int i = 0; i < 1000; i++) { /* the first number is light: two heaps */
        float code[2];
        mien_mixture_draw(&c.mixture, &r, code);
        light += code[0] > .5f;
        middle += fabsf(code[0]) < .5f;
    }
    CHECK(light > 400 && light < 600 && middle < 20);
    mien_buffer again = {0};
    mien_codes_write(&c, &again);
    CHECK(again.n == b.n && memcmp(again.data, b.data, b.n) == 0);
    mien_buffer_free(&again);
    mien_codes_free(&c);
    mien_bytes_free(&b);
    mien_picture_study_free(s);
    mien_net_free(net);
    snprintf(path, sizeof path, "rm -r %s", folder);
    CHECK_EQ(system(path), 0);
}

/* Codes of one's own numbers are copied, or refused. */
static void test_copies(void)
{
    double weight[] = {0.5, 0.5}, mean[] = {0, 1, -1, 2};
    double variance[] = {1, 2, 0.5, 1};
    mien_codes own = {20, {2, 2, weight, mean, variance}}, c = {0};
    mien_error err = {0};
    CHECK(!mien_codes_copy(&own, &c, NULL));
    CHECK(c.count == 20 && c.mixture.k == 2 && c.mixture.d == 2);
    CHECK(c.mixture.mean != mean && c.mixture.mean[3] == 2);
    CHECK(c.mixture.weight[1] == 0.5 && c.mixture.variance[2] == 0.5);
    mien_codes_free(&c);
    variance[3] = 0;
    CHECK_EQ(mien_codes_copy(&own, &c, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "no lists of 2 distributions of 2 numbers"));
    variance[3] = 1;
    mean[0] = (double)NAN;
    CHECK_EQ(mien_codes_copy(&own, &c, &err), MIEN_EFORMAT);
    mean[0] = 0;
    weight[0] = 0.25;
    CHECK_EQ(mien_codes_copy(&own, &c, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "the sum of the weights is 0.75"));
    own.mixture.k = 0;
    CHECK_EQ(mien_codes_copy(&own, &c, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "0 distributions of 2 numbers"));
}

/* Every prefix, every byte changed, and texts that say something else. */
static void test_other_texts_are_refused(void)
{
    static const char good[] =
        "{\"mien\":\"codes/1\",\"count\":20,\"latent\":2,\"weights\":[0.5,0.5],"
        "\"means\":[[0,1],[-1,2]],\"variances\":[[1,2],[0.5,1]]}";
    static const char *const bad[][2] = {
        {"codes/1", "codes/2"}, {"0.5,0.5", "0.5,0.6"},
        {"0.5,0.5", "1.5,-.5"}, {"\"latent\":2", "\"latent\":3"},
        {"[-1,2]", "[-1]"},     {"[0.5,1]", "[0.5,0]"},
        {"[0,1]", "[0,\"1\"]"}, {"\"count\":20", "\"count\":0"},
        {",[-1,2]", ""},        {"\"latent\":2", "\"latent\":99999999"}};
    mien_codes c = {0};
    mien_error err = {0};
    CHECK(!mien_codes_read((const uint8_t *)good, strlen(good), &c, NULL));
    CHECK(c.mixture.mean[2] == -1 && c.mixture.variance[2] == .5);
    mien_codes_free(&c);
    for (size_t n = 0; n + 1 < sizeof good; n++)
        CHECK(mien_codes_read((const uint8_t *)good, n, &c, NULL));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char changed[300];
        const char *at = strstr(good, bad[i][0]);
        int n = snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - good),
                         good, bad[i][1], at + strlen(bad[i][0]));
        CHECK_MSG(
            mien_codes_read((const uint8_t *)changed, (size_t)n, &c, &err),
            "%s", changed);
        CHECK(strncmp(err.text, "codes: ", 7) == 0);
    }
    for (size_t n = 0; n + 1 < sizeof good; n++) {
        char changed[sizeof good];
        memcpy(changed, good, sizeof good);
        changed[n] ^= 0x15;
        if (!mien_codes_read((const uint8_t *)changed, sizeof good - 1, &c,
                             NULL))
            mien_codes_free(&c);
    }
    mien_status st = MIEN_ENOMEM;
    for (int n = 0; st == MIEN_ENOMEM && n < 20; n++) {
        mi_alloc_fail_after(n);
        st = mien_codes_read((const uint8_t *)good, strlen(good), &c, NULL);
        mi_alloc_fail_after(-1);
    }
    CHECK(!st);
    mien_codes_free(&c);
    mien_codes_free(NULL);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_a_study_leaves_its_codes);
    RUN(test_copies);
    RUN(test_other_texts_are_refused);
    return check_done();
}
