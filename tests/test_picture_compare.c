/* Comparisons of what a network is held to, on pictures that are made here. */
/* Not as WebAssembly: reads JSON with jansson, draws with cairo. */
#include "base/alloc.h"
#include "mien/picture_compare.h"
#include "tests/check.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 8, N = 60 };

static uint8_t pixels[N * SIDE * SIDE];
static mien_point place[2 * N];
static int label[N];
static char *point_name[] = {(char *)"left_eye", (char *)"right_eye"};
static char *side_name[] = {(char *)"left", (char *)"right"};
static mien_label_task task = {(char *)"side", 0, 2, side_name};

/* Half of each picture is bright; the eyes are in that half. */
static mien_labels halves(void)
{
    unsigned seed = 4;
    for (int i = 0; i < N; i++) {
        label[i] = i & 1;
        for (int k = 0; k < SIDE * SIDE; k++)
            pixels[i * SIDE * SIDE + k] =
                (uint8_t)(check_rand(&seed) % 60 +
                          ((k % SIDE >= SIDE / 2) == label[i] ? 150 : 0));
        place[2 * i] = (mien_point){label[i] ? 5 : 1, 4};
        place[2 * i + 1] = (mien_point){label[i] ? 7 : 3, 4};
    }
    return (mien_labels){.n = N,
                         .points = 2,
                         .point_name = point_name,
                         .point = place,
                         .tasks = 1,
                         .task = &task,
                         .label = label,
                         .w = SIDE,
                         .h = SIDE,
                         .pixels = pixels};
}

static const char net[] =
    "{\"mien\": \"net/1\", \"name\": \"halves\", \"layers\": ["
    "{\"name\": \"image\", \"kind\": \"input\", \"shape\": [1, 8, 8],"
    " \"scale\": 0.004}, {\"name\": \"flat\", \"kind\": \"flatten\"},"
    "{\"name\": \"points\", \"kind\": \"dense\", \"inputs\": \"flat\","
    " \"units\": 4},"
    "{\"name\": \"side\", \"kind\": \"dense\", \"inputs\": \"flat\","
    " \"units\": 2}], \"outputs\": [\"points\", \"side\"],"
    "\"losses\": [{\"output\": \"points\", \"kind\": \"mse\"},"
    "{\"output\": \"side\", \"kind\": \"cce\"}]}";

static const mien_picture_variant both[] = {{"both", NULL},
                                            {"alone", "points"}};

static mien_status compare(const mien_picture_compare_options *how,
                           mien_picture_comparison *c, mien_error *err)
{
    mien_labels l = halves();
    const mien_picture_set set = {"halves", &l, NULL, NULL, NULL};
    mien_picture_options o = MIEN_PICTURE_DEFAULTS;
    o.epochs = 2;
    o.batch = 16;
    o.keep_twins = 1;
    return mien_picture_compare((const uint8_t *)net, strlen(net), &set, NULL,
                                &o, how, c, err);
}

/* Each variant has each seed; what is not learned is not measured; the spread
 * is that of the trials. */
static void test_variants_and_seeds(void)
{
    const mien_picture_compare_options how = {
        .variant = both, .variants = 2, .seeds = 3};
    mien_picture_comparison c = {0}, again = {0};
    mien_error err = {0};
    CHECK_MSG(!compare(&how, &c, &err), "%s", err.text);
    CHECK(c.trials == 6 && c.measures == 4 && c.test == 6);
    CHECK(strcmp(c.measure[3], "side") == 0);
    double sum = 0, square = 0;
    for (int i = 0; i < c.trials; i++) {
        const mien_picture_trial *t = &c.trial[i];
        CHECK(t->variant == i % 2 && t->seed == 1 + (unsigned)i / 2);
        CHECK(t->epochs == 2 && isfinite(t->measure[0]));
        CHECK(isnan(t->measure[3]) == (t->variant == 1));
        sum += t->variant ? t->measure[0] : 0;
        square += t->variant ? t->measure[0] * t->measure[0] : 0;
    }
    mien_picture_spread s = mien_picture_comparison_spread(&c, 1, 0);
    CHECK(s.n == 3);
    CHECK_NEAR(s.mean, sum / 3, 1e-9);
    CHECK_NEAR(s.spread, sqrt((square - sum * sum / 3) / 2), 1e-6);
    CHECK(s.spread > 0);
    s = mien_picture_comparison_spread(&c, 1, 3);
    CHECK(s.n == 0 && isnan(s.mean) && isnan(s.spread));
    CHECK(!compare(&how, &again, &err));
    for (int i = 0; i < c.trials; i++)
        CHECK(memcmp(c.trial[i].measure, again.trial[i].measure,
                     sizeof again.trial[i].measure) == 0);
    mien_picture_comparison_free(&again);
    mien_picture_comparison_free(&c);
}

static int stop(void *arg, const mien_picture_comparison *c)
{
    (void)arg;
    return c->trials == 3;
}

/* What was stopped tells what there is; table, JSON and page agree. */
static void test_what_is_said(void)
{
    const mien_picture_compare_options how = {both, 2, 3, stop, NULL};
    mien_picture_comparison c = {0};
    mien_buffer text = {0}, json = {0}, page = {0};
    CHECK(!compare(&how, &c, NULL) && c.trials == 3);
    CHECK(isnan(mien_picture_comparison_spread(&c, 1, 0).spread));
    mien_picture_comparison_text(&c, &text);
    mien_buffer_put(&text, "", 1);
    CHECK(strstr((char *)text.data, "3 of 6 trials") != NULL);
    mien_picture_comparison_json(&c, &json);
    json_t *all = json_loadb((char *)json.data, json.n, 0, NULL);
    json_t *variant = json_object_get(all, "variants");
    CHECK(json_array_size(variant) == 2);
    json_t *first = json_array_get(variant, 0);
    CHECK(json_array_size(json_object_get(first, "trials")) == 2);
    CHECK_NEAR(json_real_value(
                   json_object_get(json_object_get(first, "MSE px^2"), "mean")),
               mien_picture_comparison_spread(&c, 0, 0).mean, 1e-5);
    json_decref(all);
    CHECK(!mien_picture_comparison_page(&c, &page, NULL));
    mien_buffer_put(&page, "", 1);
    CHECK(strstr((char *)page.data, "<svg") != NULL);
    mien_buffer_free(&text);
    mien_buffer_free(&json);
    mien_buffer_free(&page);
    mien_picture_comparison_free(&c);
}

static void test_refusals(void)
{
    static const mien_picture_variant wrong[] = {{"odd", "points,nose"}};
    const mien_picture_compare_options how[] = {{wrong, 1, 1, NULL, NULL},
                                                {both, 2, 0, NULL, NULL},
                                                {both, 9, 1, NULL, NULL}};
    mien_picture_comparison c = {0};
    for (size_t i = 0; i < sizeof how / sizeof *how; i++) {
        mien_error err = {0};
        CHECK_EQ(compare(&how[i], &c, &err), MIEN_EARG);
        CHECK(err.text[0] && !c.trial);
    }
}

static void test_failing_memory_is_reported(void)
{
    const mien_picture_compare_options how = {both, 1, 1, NULL, NULL};
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    for (; st == MIEN_ENOMEM && n < 4000; n++) {
        mien_picture_comparison c = {0};
        mien_buffer page = {0};
        mi_alloc_fail_after(n);
        st = compare(&how, &c, NULL);
        if (!st)
            st = mien_picture_comparison_page(&c, &page, NULL);
        mi_alloc_fail_after(-1);
        mien_buffer_free(&page);
        mien_picture_comparison_free(&c);
    }
    CHECK(st == MIEN_OK && n > 60);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_variants_and_seeds);
    RUN(test_what_is_said);
    RUN(test_refusals);
    RUN(test_failing_memory_is_reported);
    return check_done();
}
