/* Models of tables: what is written is read back and scores the same; damage is
 * refused; a window goes on from table to table. */
#include "base/alloc.h"
#include "mien/mien.h"
#include "tests/check.h"

#include <string.h>

enum { ROWS = 40, WIDTH = 4 };
static const char csv[] = "size,kind,\"odd, name\"\n";
static char text[4096];
static double centre[WIDTH] = {3, 0, 0, 1}, scale[WIDTH] = {2, 1, 1, 4};

static mien_table *table_of(int from, int to)
{
    mien_table *t = NULL;
    mien_error err = {0};
    int n = snprintf(text, sizeof text, "%s", csv);
    for (int i = from; i < to; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "%d,%s,%g\n", i % 7,
                      i % 3 ? "a" : "b", i * 0.5);
    mien_status st =
        mien_csv_read((const uint8_t *)text, (size_t)n, NULL, &t, &err);
    CHECK_MSG(!st || st == MIEN_ENOMEM, "%s", err.text);
    return t;
}

/* A regression with a window of w rows, as the bytes of a file. */
static mien_status make(int w, mien_bytes *out)
{
    double coef[2 * WIDTH] = {1, -1, .5, .25, .1, .2, .3, .4};
    int column[] = {0, 1, 2};
    mien_encoder *e = NULL;
    mien_logistic m = {0};
    mien_graph *g = NULL;
    mien_table *t = table_of(0, ROWS);
    mien_status st = mien_encoder_fit(t, 3, column, 0, NULL, NULL, &e, NULL);
    if (!st)
        st = mien_logistic_of(w * WIDTH, coef, .3, &m, NULL);
    mien_tabular_parts p = {.encoder = e,
                            .centre = centre,
                            .scale = scale,
                            .window = w,
                            .logistic = &m,
                            .threshold = .75,
                            .label = "y",
                            .positive = "yes"};
    if (!st)
        st = mien_tabular_build(&p, &g, NULL);
    if (!st)
        st = mien_onnx_write(g, out, NULL);
    mien_graph_free(g);
    mien_logistic_done(&m);
    mien_encoder_free(e);
    mien_table_free(t);
    return st;
}

/* An auto-encoder that has learned nothing, dense or of memories, put together
 * in memory; its network's first values are its last. */
static mien_status make_network(int lstm, mien_tabular **out)
{
    static const int layer[] = {3, 2, 3};
    static double zero[WIDTH], one[WIDTH] = {1, 1, 1, 1};
    mien_autoencoder_options o = {.inputs = WIDTH,
                                  .window = lstm ? 3 : 2,
                                  .layer = layer,
                                  .layers = 3,
                                  .lstm = lstm,
                                  .seed = 5};
    int column[] = {0, 1, 2};
    mien_encoder *e = NULL;
    mien_graph *g = NULL;
    mien_table *t = table_of(0, ROWS);
    mien_status st = t ? mien_encoder_fit(t, 3, column, 0, NULL, NULL, &e, NULL)
                       : MIEN_ENOMEM;
    if (!st)
        st = mien_autoencoder_new(&o, &g, NULL);
    mien_tabular_parts p = {.encoder = e,
                            .centre = zero,
                            .scale = one,
                            .window = o.window,
                            .autoencoder = g,
                            .network = &o,
                            .label = "y"};
    if (!st)
        st = mien_tabular_new(&p, out, NULL);
    mien_graph_free(g);
    mien_encoder_free(e);
    mien_table_free(t);
    return st;
}

static double want(int i)
{
    double z = .3 + (i % 7 - 3) / 2.;
    z += i % 3 ? -1 : .5;
    z += .25 * (i * .5 - 1) / 4;
    return 1 / (1 + exp(-z));
}

static void test_a_file_scores_as_its_parts(void)
{
    mien_bytes file = {0};
    mien_tabular *m = NULL;
    mien_error err = {0};
    double score[ROWS];
    float part[ROWS * WIDTH];
    CHECK_EQ(make(1, &file), MIEN_OK);
    CHECK_MSG(!mien_tabular_read(file.data, file.n, &m, &err), "%s", err.text);
    memset(file.data, 255, file.n); /* nothing is borrowed from it */
    mien_bytes_free(&file);
    CHECK(mien_tabular_threshold(m) == .75 && mien_tabular_window(m) == 1);
    CHECK(strcmp(mien_tabular_text(m, "positive"), "yes") == 0);
    CHECK(strcmp(mien_tabular_text(m, "nothing"), "") == 0);
    CHECK(strcmp(mien_tabular_encoder(m)->column[2].name, "odd, name") == 0);
    mien_table *t = table_of(0, ROWS);
    CHECK_EQ(mien_tabular_score(m, t, score, part, NULL), MIEN_OK);
    for (int i = 0; i < ROWS; i++) {
        double sum = .3;
        for (int k = 0; k < WIDTH; k++)
            sum += (double)part[i * WIDTH + k];
        CHECK_NEAR(score[i], want(i), 1e-14);
        CHECK_NEAR(1 / (1 + exp(-sum)), score[i], 1e-6);
    }
    mien_table_free(t);
    mien_tabular_free(m);
}

/* The file's own network, as any other program runs it, gives mien's scores up
 * to its 32 bits: of files written now, and by an older mien. */
static void check_own_network(const uint8_t *bytes, size_t n, int outputs)
{
    mien_tabular *m = NULL;
    mien_graph *g = NULL;
    mien_plan *plan = NULL;
    mien_error err = {0};
    CHECK_MSG(!mien_tabular_read(bytes, n, &m, &err), "%s", err.text);
    CHECK_EQ(mien_onnx_read(bytes, n, &g, NULL), MIEN_OK);
    CHECK_EQ(mien_graph_outputs(g), outputs);
    mien_shape s = mien_graph_input_shape(g, 0);
    int window = mien_tabular_window(m), width = mien_tabular_encoder(m)->width;
    s.dim[0] = 1;
    CHECK_EQ(mien_plan_new(g, &s, 1, NULL, &plan, NULL), MIEN_OK);
    double x[64], score;
    const int64_t end = window - 1;
    CHECK(window * width <= 64);
    for (int i = 0; i < window * width; i++) {
        x[i] = i * 5 % 7 * .25;
        mien_plan_input(plan, 0).data[i] = (float)x[i];
    }
    mien_plan_run(plan);
    mien_tabular_decide_windows(m, x, 1, &end, &score);
    if (outputs == 3)
        CHECK_NEAR(score, (double)mien_plan_output(plan, 2).data[0], 1e-5);
    score = mien_tabular_score_of(m, score);
    CHECK_NEAR(score, (double)mien_plan_output(plan, 0).data[0], 1e-5);
    CHECK_NEAR(mien_tabular_score_of(m, mien_tabular_decision_of(m, .125)),
               .125, 1e-15);
    mien_plan_free(plan);
    mien_graph_free(g);
    mien_tabular_free(m);
}

static void test_the_file_is_a_network_too(void)
{
    static const char *const old[] = {"logistic", "window", "autoencoder"};
    for (size_t i = 0; i < sizeof old / sizeof *old; i++) {
        char path[64];
        mien_map map = {0};
        snprintf(path, sizeof path, "fuzz/corpus/tabular/%s", old[i]);
        if (mien_file_map(path, 0, &map, NULL))
            continue; /* no files in WebAssembly */
        check_own_network(map.data, map.n, 2);
        mien_file_unmap(&map);
    }
    for (int window = 1; window < 3; window++) {
        mien_bytes file = {0};
        CHECK_EQ(make(window, &file), MIEN_OK);
        check_own_network(file.data, file.n, 3);
        mien_bytes_free(&file);
    }
}

static void test_windows_go_on(void)
{
    mien_bytes file = {0};
    mien_tabular *m = NULL;
    double whole[ROWS], parts[ROWS];
    CHECK_EQ(make(2, &file), MIEN_OK);
    CHECK_EQ(mien_tabular_read(file.data, file.n, &m, NULL), MIEN_OK);
    mien_table *t = table_of(0, ROWS);
    CHECK_EQ(mien_tabular_score(m, t, whole, NULL, NULL), MIEN_OK);
    mien_table_free(t);
    mien_tabular_restart(m);
    for (int i = 0; i < ROWS; i += 5) {
        t = table_of(i, i + 5);
        CHECK_EQ(mien_tabular_score(m, t, parts + i, NULL, NULL), MIEN_OK);
        mien_table_free(t);
    }
    CHECK(isnan(whole[0]) && isnan(parts[0]) && !isnan(whole[1]));
    for (int i = 1; i < ROWS; i++)
        CHECK(whole[i] == parts[i]);
    mien_tabular_free(m);
    mien_bytes_free(&file);
}

/* What is scored in memory is what the file says, threshold included. */
static void test_judged_is_what_is_written(void)
{
    for (int lstm = 0; lstm < 2; lstm++) {
        mien_bytes file = {0};
        mien_tabular *m = NULL, *again = NULL;
        double score[ROWS], read[ROWS];
        float part[ROWS * WIDTH], parts[ROWS * WIDTH];
        CHECK_EQ(make_network(lstm, &m), MIEN_OK);
        CHECK(mien_tabular_threshold(m) == 0);
        CHECK_EQ(mien_tabular_set_cut(m, .1, NULL), MIEN_OK);
        CHECK_EQ(mien_tabular_set_cut(m, 1. / 3, NULL), MIEN_OK);
        CHECK_EQ(mien_tabular_write(m, &file, NULL), MIEN_OK);
        CHECK_EQ(mien_tabular_read(file.data, file.n, &again, NULL), MIEN_OK);
        CHECK(mien_tabular_threshold(again) == 1. / 3);
        mien_table *t = table_of(0, ROWS);
        CHECK_EQ(mien_tabular_score(m, t, score, part, NULL), MIEN_OK);
        CHECK_EQ(mien_tabular_score(again, t, read, parts, NULL), MIEN_OK);
        int first = mien_tabular_window(m) - 1;
        CHECK(first == 1 + lstm && isnan(read[0]) && score[first] > 0);
        CHECK(memcmp(score + first, read + first, (ROWS - 2) * sizeof *score) ==
              0);
        CHECK(memcmp(part, parts, sizeof part) == 0);
        mien_table_free(t);
        mien_tabular_free(m);
        mien_tabular_free(again);
        mien_bytes_free(&file);
    }
}

/* Windows of encoded rows, in any order and number, score as rows of a table
 * do: to the bit, wherever they stand in a block. */
static void test_windows_of_encoded_rows(void)
{
    enum { MANY = 600 };
    mien_tabular *m = NULL;
    CHECK_EQ(make_network(1, &m), MIEN_OK);
    mien_table *t = table_of(0, ROWS);
    double score[ROWS], x[ROWS * WIDTH], other[MANY];
    int64_t end[MANY];
    CHECK_EQ(mien_tabular_score(m, t, score, NULL, NULL), MIEN_OK);
    CHECK_EQ(
        mien_encoder_apply(mien_tabular_encoder(m), t, 0, NULL, NULL, x, NULL),
        MIEN_OK);
    for (int i = 0; i < MANY; i++)
        end[i] = 2 + i * 7919 % (ROWS - 2);
    mien_tabular_decide_windows(m, x, MANY, end, other);
    for (int i = 0; i < MANY; i++)
        CHECK(other[i] == score[end[i]]);
    mien_table_free(t);
    mien_tabular_free(m);
}

static void test_damage_is_refused(void)
{
    mien_bytes file = {0};
    int read = 0;
    CHECK_EQ(make(1, &file), MIEN_OK);
    for (size_t i = 0; i < file.n; i++) {
        mien_tabular *m = NULL;
        CHECK(mien_tabular_read(file.data, i, &m, NULL) != MIEN_OK);
        file.data[i] ^= 1;
        read += !mien_tabular_read(file.data, file.n, &m, NULL);
        mien_tabular_free(m);
        file.data[i] ^= 1;
    }
    CHECK(read < (int)file.n);
    mien_bytes_free(&file);
}

static void test_failing_memory_is_reported(void)
{
    mien_bytes file = {0};
    CHECK_EQ(make(1, &file), MIEN_OK);
    mien_table *t = table_of(0, ROWS);
    mien_status st = MIEN_ENOMEM;
    double score[ROWS];
    for (int n = 0; st == MIEN_ENOMEM && n < 2000; n++) {
        mien_tabular *m = NULL;
        mi_alloc_fail_after(n);
        st = mien_tabular_read(file.data, file.n, &m, NULL);
        if (!st)
            st = mien_tabular_score(m, t, score, NULL, NULL);
        mi_alloc_fail_after(-1);
        mien_tabular_free(m);
    }
    CHECK_EQ(st, MIEN_OK);
    st = MIEN_ENOMEM;
    for (int n = 0; st == MIEN_ENOMEM && n < 2000; n++) {
        mien_tabular *m = NULL;
        mi_alloc_fail_after(n);
        st = make_network(n % 2, &m);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && !m));
        mien_tabular_free(m);
    }
    CHECK_EQ(st, MIEN_OK);
    st = MIEN_ENOMEM;
    for (int n = 0; st == MIEN_ENOMEM && n < 2000; n++) {
        mien_tabular *m = NULL;
        mien_bytes bytes = {0};
        CHECK_EQ(make_network(0, &m), MIEN_OK);
        mi_alloc_fail_after(n);
        st = mien_tabular_set_cut(m, .5, NULL);
        if (!st)
            st = mien_tabular_write(m, &bytes, NULL);
        mi_alloc_fail_after(-1);
        mien_bytes_free(&bytes);
        mien_tabular_free(m);
    }
    CHECK_EQ(st, MIEN_OK);
    mien_table_free(t);
    mien_bytes_free(&file);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_a_file_scores_as_its_parts);
    RUN(test_the_file_is_a_network_too);
    RUN(test_windows_go_on);
    RUN(test_judged_is_what_is_written);
    RUN(test_windows_of_encoded_rows);
    RUN(test_damage_is_refused);
    RUN(test_failing_memory_is_reported);
    return check_done();
}
