/* Comparisons of what a network is held to, on pictures that are made here. */
/* Not as WebAssembly: reads JSON with jansson, draws with cairo. */
#include "base/alloc.h"
#include "mien/file.h"
#include "mien/picture_compare.h"
#include "tests/check.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
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

/* A callback stops at a moment that is counted down to. */
typedef struct countdown {
    int epochs, batches; /* left; -1: as many as there are */
} countdown;

static int on_epoch(void *arg, const mien_picture_study *s, const mien_epoch *e)
{
    countdown *left = arg;
    (void)s;
    (void)e;
    return left && left->epochs > 0 && --left->epochs == 0;
}

static int on_batch(void *arg, const mien_picture_study *s, int64_t done)
{
    countdown *left = arg;
    (void)s;
    (void)done;
    return left && left->batches > 0 && --left->batches == 0;
}

static float rate = 0.001f;

static mien_status compare(const mien_picture_compare_options *how,
                           mien_picture_comparison *c, mien_error *err)
{
    mien_labels l = halves();
    const mien_picture_set set = {"halves", &l, NULL, NULL, NULL};
    mien_picture_options o = MIEN_PICTURE_DEFAULTS;
    o.epochs = 2;
    o.batch = 16;
    o.keep_twins = 1;
    o.optimizer.rate = rate;
    o.on_epoch = on_epoch;
    o.on_batch = on_batch;
    o.arg = how->arg;
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
    const mien_picture_compare_options how = {
        .variant = both, .variants = 2, .seeds = 3, .on_trial = stop};
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
    char cell[64];
    snprintf(cell, sizeof cell, "<tr><td>1: both</td><td>%.2f +- ",
             mien_picture_comparison_spread(&c, 0, 0).mean);
    CHECK_MSG(strstr((char *)page.data, cell) != NULL, "no %s", cell);
    CHECK(strstr((char *)page.data, "<td>-</td></tr>") != NULL);
    mien_buffer_free(&text);
    mien_buffer_free(&json);
    mien_buffer_free(&page);
    mien_picture_comparison_free(&c);
}

static void remove_all(const char *folder)
{
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK_EQ(system(command), 0);
}

/* Whether two comparisons have the same trials, bit by bit. */
static int same(const mien_picture_comparison *a,
                const mien_picture_comparison *b)
{
    int ok = a->trials == b->trials && a->measures == b->measures &&
             a->test == b->test;
    for (int i = 0; ok && i < a->trials; i++) {
        const mien_picture_trial *x = &a->trial[i], *y = &b->trial[i];
        ok = x->variant == y->variant && x->seed == y->seed &&
             x->epochs == y->epochs;
        for (int m = 0; ok && m < a->measures; m++)
            ok = strcmp(a->measure[m], b->measure[m]) == 0 &&
                 (memcmp(&x->measure[m], &y->measure[m], sizeof(double)) == 0 ||
                  (isnan(x->measure[m]) && isnan(y->measure[m])));
    }
    return ok;
}

static int count_begun(void *arg, const mien_picture_comparison *c,
                       const mien_picture_trial *t)
{
    (void)arg;
    return t->variant != c->trials % 2 ||
           t->seed != 1 + (uint32_t)c->trials / 2;
}

/* What was broken at any moment and gone on with is as if it never was. */
static void test_goes_on(void)
{
    mien_picture_compare_options how = {
        .variant = both, .variants = 2, .seeds = 2, .on_begin = count_begun};
    mien_picture_comparison whole = {0};
    CHECK(!compare(&how, &whole, NULL) && whole.trials == 4);
    for (int moment = 1; moment <= 24; moment += 3) {
        char folder[] = "/tmp/compare-XXXXXX";
        mien_picture_comparison c = {0};
        mien_error err = {0};
        countdown left = {moment <= 8 ? moment : 0,
                          moment > 8 ? moment - 8 : 0};
        CHECK(mkdtemp(folder) != NULL);
        how.folder = folder;
        how.arg = &left;
        how.resume = 0;
        CHECK_MSG(!compare(&how, &c, &err), "%s", err.text);
        CHECK(c.trials <= 4 && (c.trials < 4 || moment >= 8));
        mien_picture_comparison_free(&c);
        how.resume = 1;
        left.epochs = left.batches = 0;
        CHECK_MSG(!compare(&how, &c, &err), "%s", err.text);
        CHECK_MSG(same(&c, &whole), "broken at %d", moment);
        mien_picture_comparison_free(&c);
        remove_all(folder);
    }
    mien_picture_comparison_free(&whole);
}

/* Of a folder that is whole all is read back; more seeds are learned, fewer are
 * left; other choices, damage and nothing are refused. */
static void test_what_a_folder_keeps(void)
{
    char folder[] = "/tmp/compare-XXXXXX";
    mien_picture_compare_options how = {
        .variant = both, .variants = 2, .seeds = 2, .resume = 1};
    mien_picture_comparison first = {0}, more = {0}, again = {0};
    mien_bytes state = {0};
    mien_error err = {0};
    CHECK(mkdtemp(folder) != NULL);
    how.folder = folder;
    CHECK_EQ(compare(&how, &first, &err), MIEN_EARG);
    CHECK(strstr(err.text, "no comparison to go on from") != NULL);
    how.resume = 0;
    CHECK(!compare(&how, &first, &err));
    how.resume = 1;
    how.seeds = 3;
    CHECK(!compare(&how, &more, &err) && more.trials == 6);
    how.seeds = 2;
    CHECK(!compare(&how, &again, &err) && same(&first, &again));
    CHECK(again.trial[0].seconds == first.trial[0].seconds);
    CHECK(!mien_folder_load(folder, "2-alone-seed-2/model.onnx", &state, NULL));
    mien_bytes_free(&state);
    CHECK(!mien_folder_load(folder, "compare.html", &state, NULL));
    mien_bytes_free(&state);
    mien_picture_comparison_free(&again);
    rate = 0.002f;
    CHECK_EQ(compare(&how, &again, &err), MIEN_EARG);
    CHECK_MSG(strstr(err.text, "rate was '0.00100000005', and is") != NULL,
              "%s", err.text);
    rate = 0.001f;
    CHECK(!mien_folder_load(folder, "trials", &state, NULL));
    for (size_t n = 0; n < state.n; n += 1 + state.n / 50) {
        CHECK(!mien_folder_save(folder, "trials", state.data, n, NULL));
        CHECK(compare(&how, &again, &err) && !again.trial);
    }
    state.data[state.n - 3] ^= 1;
    CHECK(!mien_folder_save(folder, "trials", state.data, state.n, NULL));
    CHECK_EQ(compare(&how, &again, &err), MIEN_EFORMAT);
    mien_bytes_free(&state);
    mien_picture_comparison_free(&first);
    mien_picture_comparison_free(&more);
    remove_all(folder);
}

/* Differences are taken seed by seed, from the last variant. */
static void test_differences(void)
{
    static const double error[] = {10, 9, 14, 12, 20, 19.5, 7};
    mien_picture_trial t[7];
    mien_picture_comparison c = {.variants = 2,
                                 .seeds = 4,
                                 .name = {"both", "alone"},
                                 .measures = 3,
                                 .measure = {"MSE px^2", "NME %", "failures %"},
                                 .trials = 7,
                                 .trial = t};
    mien_buffer text = {0};
    for (int i = 0; i < 7; i++) {
        t[i] = (mien_picture_trial){i % 2, 1 + (uint32_t)i / 2, 1, 1, {0}};
        for (int m = 0; m < MIEN_COMPARE_MEASURES; m++)
            t[i].measure[m] = m ? (double)NAN : error[i];
    }
    mien_picture_paired d = mien_picture_comparison_paired(&c, 0, 0);
    CHECK(d.n == 3 && d.lower == 0);
    CHECK_NEAR(d.mean, 3.5 / 3, 1e-12);
    CHECK_NEAR(d.spread, 0.76376262, 1e-7);
    CHECK_NEAR(d.low, d.mean - 4.303 * d.spread / sqrt(3), 1e-9);
    CHECK_NEAR(d.high - d.mean, d.mean - d.low, 1e-12);
    CHECK(mien_picture_comparison_paired(&c, 0, 1).n == 0);
    mien_picture_comparison_text(&c, &text);
    mien_buffer_put(&text, "", 1);
    CHECK(strstr((char *)text.data, "lower in 0 of 3: no difference shown"));
    text.n = 0;
    for (int i = 0; i < 7; i += 2)
        t[i].measure[0] = t[i + (i < 6)].measure[0] - 1 - 0.01 * i;
    mien_picture_comparison_text(&c, &text);
    mien_buffer_put(&text, "", 1);
    CHECK(strstr((char *)text.data, "lower in 3 of 3: helps"));
    mien_buffer_free(&text);
}

static void test_refusals(void)
{
    static const mien_picture_variant wrong[] = {{"odd", "points,nose"}};
    const mien_picture_compare_options how[] = {
        {.variant = wrong, .variants = 1, .seeds = 1},
        {.variant = both, .variants = 2},
        {.variant = both, .variants = 9, .seeds = 1}};
    mien_picture_comparison c = {0};
    for (size_t i = 0; i < sizeof how / sizeof *how; i++) {
        mien_error err = {0};
        CHECK_EQ(compare(&how[i], &c, &err), MIEN_EARG);
        CHECK(err.text[0] && !c.trial);
    }
}

static void test_failing_memory_is_reported(void)
{
    const mien_picture_compare_options how = {
        .variant = both, .variants = 1, .seeds = 1};
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

/* The same with a folder; where some are written before memory ends, a part of
 * the failures is tried, and each is gone on from. */
static void test_failing_memory_and_a_folder(void)
{
    char folder[] = "/tmp/compare-XXXXXX";
    mien_picture_compare_options how = {
        .variant = both, .variants = 1, .seeds = 1};
    mien_status st = MIEN_ENOMEM;
    int n = 0, tried = 0;
    CHECK(mkdtemp(folder) != NULL);
    how.folder = folder;
    for (; st && n < 8000; n += 1 + n / 12, tried++) {
        mien_picture_comparison c = {0};
        mi_alloc_fail_after(n);
        st = compare(&how, &c, NULL);
        mi_alloc_fail_after(-1);
        CHECK(!st || st == MIEN_ENOMEM || st == MIEN_EUNSUP);
        mien_picture_comparison_free(&c);
    }
    CHECK(st == MIEN_OK && tried > 30);
    how.resume = 1;
    st = MIEN_ENOMEM;
    for (n = 0; st && n < 8000; n += 1 + n / 12) {
        mien_picture_comparison c = {0};
        mi_alloc_fail_after(n);
        st = compare(&how, &c, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st || c.trials == 1);
        mien_picture_comparison_free(&c);
    }
    CHECK(st == MIEN_OK && n > 20);
    remove_all(folder);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_variants_and_seeds);
    RUN(test_what_is_said);
    RUN(test_goes_on);
    RUN(test_what_a_folder_keeps);
    RUN(test_differences);
    RUN(test_refusals);
    RUN(test_failing_memory_is_reported);
    RUN(test_failing_memory_and_a_folder);
    return check_done();
}
