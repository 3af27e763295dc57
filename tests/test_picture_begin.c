/* Layers that begin as principal components of the pictures. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "base/alloc.h"
#include "mien/engine.h"
#include "mien/num_components.h"
#include "mien/picture.h"
#include "tests/check.h"

#include <math.h>
#include <string.h>

enum { SIDE = 12, AREA = SIDE * SIDE, N = 150, CODE = 6 };

static uint8_t pixels[N * AREA];
static float rows[N * AREA];

#define NET(encode, decode)                                                    \
    "{\"mien\": \"net/1\", \"numbers\": {\"code\": 6}, \"layers\": ["          \
    "{\"name\": \"image\", \"kind\": \"input\", \"shape\": [1, 12, 12],"       \
    " \"mean\": 127.5, \"scale\": 0.00392157}, {\"kind\": \"flatten\"},"       \
    "{\"name\": \"mean\", \"kind\": \"dense\", \"units\": \"code\"" encode "}" \
    ", {\"name\": \"log_variance\", \"kind\": \"dense\", \"inputs\":"          \
    " \"flatten_2\", \"units\": \"code\", \"init\": \"zeros\"},"               \
    "{\"name\": \"least\", \"kind\": \"dense\", \"inputs\": \"mean\","         \
    " \"units\": \"code\", \"init\": \"components\"},"                         \
    "{\"name\": \"noise\", \"kind\": \"input\", \"shape\": [\"code\"],"        \
    " \"fill\": \"normal\"}, {\"name\": \"latent\", \"kind\": \"sample\","     \
    " \"inputs\": [\"mean\", \"least\", \"noise\"]},"                          \
    "{\"name\": \"out\", \"kind\": \"dense\", \"units\": 144" decode "},"      \
    "{\"name\": \"again\", \"kind\": \"reshape\", \"shape\": [1, 12, 12]}],"   \
    "\"outputs\": [\"again\", \"mean\", \"least\"], \"losses\": ["             \
    "{\"output\": \"again\", \"kind\": \"gaussian\", \"target\": \"image\"},"  \
    "{\"kind\": \"kl\", \"mean\": \"mean\", \"log_variance\": \"least\"}]}"
#define BEGIN ", \"init\": \"components\""

/* Waves of falling size, and noise, as pictures. */
static mien_labels unlabelled(void)
{
    mien_random r;
    mien_random_init(&r, 3);
    for (int i = 0; i < N; i++) {
        double size[CODE + 2];
        for (int c = 0; c < CODE + 2; c++)
            size[c] = mien_random_normal(&r) * 30 / (c + 1);
        for (int p = 0; p < AREA; p++) {
            double v = 110 + 4 * mien_random_normal(&r);
            for (int c = 0; c < CODE + 2; c++)
                v += size[c] * cos((c + 1) * (p + .5) * 3.14159265 / AREA);
            pixels[i * AREA + p] = (uint8_t)fmin(fmax(v, 0), 255);
            rows[i * AREA + p] =
                ((float)pixels[i * AREA + p] - 127.5f) * .00392157f;
        }
    }
    return (mien_labels){.n = N, .w = SIDE, .h = SIDE, .pixels = pixels};
}

static mien_net *network(const char *text, int code)
{
    const mien_net_number number = {"code", code};
    const mien_net_options o = {.number = &number, .n_numbers = code > 0};
    mien_net *net = NULL;
    mien_error err = {0};
    CHECK_MSG(
        !mien_net_read((const uint8_t *)text, strlen(text), &o, &net, &err),
        "%s", err.text);
    return net;
}

/* What the network makes again, by a plan: mean squared error; of codes the
 * mean square and the mean of log variances, [CODE]. */
static double measure(const mien_net *net, double *square, double *least)
{
    const mien_shape shape[] = {{4, {1, 1, SIDE, SIDE}}, {2, {1, CODE}}};
    mien_plan *p = NULL;
    float again[AREA], code[CODE], log_variance[CODE];
    double sum = 0;
    CHECK(!mien_plan_new(net->graph, shape, 2, NULL, &p, NULL));
    for (int i = 0; i < N && p; i++) {
        memcpy(mien_plan_input(p, 0).data, rows + i * AREA, sizeof again);
        memset(mien_plan_input(p, 1).data, 0, sizeof code);
        mien_plan_run(p);
        mien_plan_read(p, 0, again);
        mien_plan_read(p, 1, code);
        mien_plan_read(p, 2, log_variance);
        for (int k = 0; k < AREA; k++)
            sum += pow((double)again[k] - (double)rows[i * AREA + k], 2);
        for (int k = 0; k < CODE; k++) {
            square[k] += (double)code[k] * (double)code[k] / N;
            least[k] += (double)log_variance[k] / N;
        }
    }
    mien_plan_free(p);
    return sum / N / AREA;
}

static void test_it_begins_where_components_end(void)
{
    mien_labels l = unlabelled();
    const mien_picture_set set = {"waves", &l, NULL, NULL, NULL};
    mien_picture_options o = MIEN_PICTURE_DEFAULTS;
    mien_picture_study *s = NULL;
    mien_components c = {0};
    mien_error err = {0};
    double square[CODE] = {0}, least[CODE] = {0}, error = 0;
    mien_net *net = network(NET(BEGIN, BEGIN), 0);
    CHECK_MSG(!mien_picture_study_new(net, &set, NULL, &o, &s, &err), "%s",
              err.text);
    CHECK(!mien_components_fit(N, AREA, rows, CODE, &c, NULL));
    for (int i = 0; i < N; i++)
        error += mien_components_error(&c, rows + i * AREA, CODE) / N;
    CHECK_NEAR(measure(net, square, least) / error, 1, .05);
    for (int k = 0; k < CODE; k++) {
        CHECK_NEAR(square[k], 1, .2);
        CHECK_NEAR(least[k], -log1p(c.variance[k] / error), .25);
    }
    mien_components_free(&c);
    mien_picture_study_free(s);
    mien_net_free(net);
}

/* Codes longer than there are components, and layers that cannot begin so. */
static void test_what_does_not_fit(void)
{
    mien_labels l = unlabelled();
    const mien_picture_set set = {"waves", &l, NULL, NULL, NULL};
    mien_picture_options o = MIEN_PICTURE_DEFAULTS;
    mien_picture_study *s = NULL;
    mien_error err = {0};
    mien_net *net = network(NET(BEGIN, BEGIN), 140);
    CHECK_EQ(mien_graph_output_shape(net->graph, 1).dim[1], 140);
    CHECK(!mien_picture_study_new(net, &set, NULL, &o, &s, NULL));
    mien_picture_study_free(s);
    mien_net_free(net);
    net = network(NET(BEGIN, BEGIN ", \"bias\": false"), 0);
    CHECK_EQ(mien_picture_study_new(net, &set, NULL, &o, &s, &err), MIEN_EARG);
    CHECK_MSG(strstr(err.text, "'out' is to begin as components and has no"),
              "%s", err.text);
    mien_net_free(net);
}

static void test_failing_memory_is_reported(void)
{
    mien_labels l = unlabelled();
    const mien_picture_set set = {"waves", &l, NULL, NULL, NULL};
    mien_picture_options o = MIEN_PICTURE_DEFAULTS;
    mien_picture_study *s = NULL;
    mien_net *net = network(NET(BEGIN, BEGIN), 0);
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    l.n = 40;
    for (; st == MIEN_ENOMEM && n < 2000; n++) {
        mi_alloc_fail_after(n);
        st = mien_picture_study_new(net, &set, NULL, &o, &s, NULL);
        mi_alloc_fail_after(-1);
    }
    CHECK(st == MIEN_OK && n > 20);
    mien_picture_study_free(s);
    mien_net_free(net);
}

/* Only parameters can be set. */
static void test_setting_values(void)
{
    mien_net *net = network(NET("", ""), 0);
    float bias[CODE] = {1, 2, 3};
    mien_error err = {0};
    CHECK(!mien_graph_set_values(net->graph, "mean.bias", bias, NULL));
    CHECK(mien_graph_values(net->graph, "mean.bias", NULL)[2] == 3);
    CHECK_EQ(mien_graph_set_values(net->graph, "mean", bias, &err), MIEN_EARG);
    CHECK(strstr(err.text, "learns no 'mean'"));
    mien_net_free(net);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_it_begins_where_components_end);
    RUN(test_what_does_not_fit);
    RUN(test_failing_memory_is_reported);
    RUN(test_setting_values);
    return check_done();
}
