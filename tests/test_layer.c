/* Layers: the shapes they give, how their values begin, that they learn, and
 * that the ONNX file of what they build gives the same answers. */
#include "mien/engine.h"
#include "mien/model.h"
#include "mien/train.h"

#include "base/alloc.h"
#include "graph/graph.h"
#include "tests/check.h"

#include <string.h>

static mien_random dice;

static mien_graph *begin(void)
{
    mien_graph *g = NULL;
    mien_random_init(&dice, 3);
    CHECK(mien_graph_new(&g, NULL) == MIEN_OK);
    return g;
}

static mien_layer_options keras(void)
{
    mien_layer_options o = MIEN_LAYER_KERAS;
    o.random = &dice;
    return o;
}

/* Run a plan of the graph for `rows` rows; how many numbers came out. */
static int64_t run(const mien_graph *g, int64_t rows, mien_shape *shape,
                   float *out)
{
    mien_plan *p = NULL;
    mien_error err = {0};
    mien_shape s = mien_graph_input_shape(g, 0);
    s.dim[0] = rows;
    CHECK_MSG(mien_plan_new(g, &s, 1, NULL, &p, &err) == MIEN_OK, "%s",
              err.text);
    if (!p)
        return 0;
    mien_tensor x = mien_plan_input(p, 0);
    for (int64_t i = 0; i < mi_shape_len(&s); i++)
        x.data[i] = (float)sin(0.7 * (double)i);
    mien_plan_run(p);
    *shape = mien_plan_output(p, 0).shape;
    int64_t n = mi_shape_len(shape);
    if (n <= 4096)
        mien_plan_read(p, 0, out);
    mien_plan_free(p);
    return n;
}

/* y of a graph with one output, then the same from its ONNX file. */
static void finish(mien_graph *g, mien_node *y, int rank, const int64_t *dim)
{
    static float first[4096], second[4096];
    mien_error err = {0};
    mien_bytes file = {0};
    mien_graph *back = NULL;
    mien_shape a = {0}, b = {0};
    mien_graph_output(g, y, "y");
    CHECK_MSG(mien_graph_check(g, &err) == MIEN_OK, "%s", err.text);
    int64_t n = run(g, dim[0], &a, first);
    CHECK_EQ(a.rank, rank);
    for (int d = 0; d < a.rank && d < rank; d++)
        CHECK_EQ(a.dim[d], dim[d]);
    CHECK_MSG(mien_onnx_write(g, &file, &err) == MIEN_OK, "%s", err.text);
    CHECK_MSG(mien_onnx_read(file.data, file.n, &back, &err) == MIEN_OK, "%s",
              err.text);
    if (back) {
        CHECK_EQ(run(back, dim[0], &b, second), n);
        CHECK(memcmp(first, second, (size_t)n * sizeof *first) == 0);
    }
    for (int64_t i = 0; i < n; i++)
        CHECK(isfinite(first[i]));
    mien_graph_free(back);
    mien_bytes_free(&file);
    mien_graph_free(g);
}
#define FINISH(g, y, ...) \
    finish(g, y, sizeof((int64_t[]){__VA_ARGS__}) / 8, (int64_t[]){__VA_ARGS__})

static void test_dense(void)
{
    mien_layer_options o = keras();
    mien_graph *g = begin();
    mien_node *x = mien_graph_input(g, "x", (mien_shape){2, {-1, 6}});
    x = mien_layer_relu(g, mien_layer_dense(g, x, 5, &o, "a"), NULL);
    x = mien_layer_leaky_relu(g, mien_layer_dense(g, x, 4, &o, "b"), .3f, NULL);
    x = mien_layer_dropout(g, mien_layer_elu(g, x, 1, NULL), .5f, NULL);
    x = mien_layer_batch_norm(g, x, 1e-3f, .99f, "norm");
    x = mien_layer_concat(g, (mien_node *[]){x, mien_layer_tanh(g, x, NULL)}, 2,
                          1, NULL);
    o.no_bias = 1;
    mien_node *y = mien_layer_dense(g, x, 3, &o, "c");
    y = mien_layer_add(g, y, mien_layer_sigmoid(g, y, NULL), NULL);
    mien_shape s;
    CHECK(mien_graph_values(g, "c.weight", &s) && s.rank == 2 &&
          s.dim[0] == 3 && s.dim[1] == 8);
    CHECK(!mien_graph_values(g, "c.bias", NULL));
    CHECK(mien_graph_values(g, "norm.variance", NULL)[3] == 1);
    FINISH(g, mien_layer_softmax(g, y, NULL), 7, 3);
}

static void test_sequences(void)
{
    mien_layer_options o = keras();
    mien_graph *g = begin();
    mien_node *x = mien_graph_input(g, "x", (mien_shape){3, {-1, 5, 4}});
    x = mien_layer_lstm(g, x, 6, 1, &o, "e1");
    x = mien_layer_lstm(g, x, 3, 0, &o, "e2");
    x = mien_layer_repeat(g, x, 5, NULL);
    x = mien_layer_lstm(g, x, 6, 1, &o, "d1");
    FINISH(g, mien_layer_dense(g, x, 4, &o, "out"), 2, 5, 4);
}

static void test_images(void)
{
    mien_layer_options o = keras();
    mien_window three = MIEN_WINDOW(3, 1, 1), two = MIEN_WINDOW(2, 2, 0);
    mien_graph *g = begin();
    mien_node *x = mien_graph_input(g, "x", (mien_shape){4, {-1, 2, 9, 8}});
    x = mien_layer_conv2d(g, x, 4, &three, &o, "c1");
    x = mien_layer_max_pool(g, mien_layer_batch_norm(g, x, 1e-3f, .99f, NULL),
                            &two, NULL);
    three.group = 2;
    x = mien_layer_conv2d(g, x, 6, &three, &o, "c2");
    mien_node *y = mien_layer_average_pool(g, x, &two, NULL);
    y = mien_layer_reshape(g, mien_layer_flatten(g, y, NULL),
                           (mien_shape){2, {4, 6}}, NULL);
    y = mien_layer_flatten(g, y, NULL);
    x = mien_layer_concat(
        g, (mien_node *[]){y, mien_layer_global_pool(g, x, NULL)}, 2, -1, NULL);
    mien_shape s;
    CHECK(mien_graph_values(g, "c2.weight", &s) && s.dim[1] == 2);
    FINISH(g, x, 3, 30);
}

static void test_images_grow(void)
{
    mien_layer_options o = keras();
    mien_window four = MIEN_WINDOW(4, 2, 1), two = MIEN_WINDOW(2, 3, 0);
    mien_graph *g = begin();
    mien_node *x = mien_graph_input(g, "x", (mien_shape){4, {-1, 2, 3, 5}});
    x = mien_layer_conv2d_transpose(g, x, 4, &four, &o, "t1");
    two.group = 2;
    o.no_bias = 1;
    x = mien_layer_conv2d_transpose(g, x, 6, &two, &o, "t2");
    mien_shape s;
    CHECK(mien_graph_values(g, "t1.weight", &s) && s.rank == 4 &&
          s.dim[0] == 2 && s.dim[1] == 4 && s.dim[3] == 4);
    CHECK(mien_graph_values(g, "t1.bias", &s) && s.dim[0] == 4);
    CHECK(mien_graph_values(g, "t2.weight", &s) && s.dim[0] == 4 &&
          s.dim[1] == 3);
    CHECK(!mien_graph_values(g, "t2.bias", NULL));
    FINISH(g, x, 1, 6, 17, 29);
}

/* What the other layers of images and rows make of sizes. */
static void test_pads_slopes_and_larger_images(void)
{
    mien_layer_options o = keras();
    mien_window w = MIEN_WINDOW(3, 2, 0);
    mien_graph *g = begin();
    mien_node *x = mien_graph_input(g, "x", (mien_shape){4, {-1, 2, 9, 8}});
    w.pad[0] = w.pad[1] = 1;
    x = mien_layer_silu(g, mien_layer_conv2d(g, x, 4, &w, &o, "c"), NULL);
    mien_node *t = mien_layer_conv2d_transpose(g, x, 3, &w, &o, "t");
    mien_shape s = mien_node_shape(t);
    CHECK(s.rank == 4 && s.dim[2] == 9 && s.dim[3] == 7);
    mien_node *y = mien_layer_max_pool(g, x, &w, NULL); /* 5 x 4 -> 3 x 2 */
    y = mien_layer_upsample(g, y, 3, 0, "nearest");
    y = mien_layer_upsample(g, mien_layer_prelu(g, y, .2f, "p"), 2, 1, NULL);
    y = mien_layer_multiply(g, y, mien_layer_sigmoid(g, y, NULL), NULL);
    s = mien_node_shape(y);
    CHECK(s.rank == 4 && s.dim[1] == 4 && s.dim[2] == 18 && s.dim[3] == 12);
    const float *slope = mien_graph_values(g, "p.slope", &s);
    CHECK(slope && s.rank == 3 && s.dim[0] == 4 && slope[3] == .2f);
    FINISH(g, mien_layer_prelu(g, mien_layer_flatten(g, y, NULL), 0, NULL), 3,
           864);
}

/* A pixel is repeated; every element as x / (1 + exp(-x)). */
static void test_silu_of_repeated_pixels(void)
{
    mien_graph *g = begin();
    mien_plan *p = NULL;
    const mien_shape in = {4, {1, 1, 2, 2}};
    mien_node *x = mien_graph_input(g, "x", (mien_shape){4, {-1, 1, 2, 2}});
    mien_graph_output(
        g, mien_layer_silu(g, mien_layer_upsample(g, x, 2, 0, NULL), NULL),
        "y");
    float y[16];
    CHECK_EQ(mien_plan_new(g, &in, 1, NULL, &p, NULL), MIEN_OK);
    memcpy(mien_plan_input(p, 0).data, (float[]){-2, -1, 1, 2}, 4 * sizeof *y);
    mien_plan_run(p);
    mien_plan_read(p, 0, y);
    for (int i = 0; i < 16; i++) {
        double v = (double[]){-2, -1, 1, 2}[i / 8 * 2 + i % 4 / 2];
        CHECK_NEAR(y[i], v / (1 + exp(-v)), 1e-6);
    }
    mien_plan_free(p);
    mien_graph_free(g);
}

/* Each group of channels of each picture has mean 0 and variance 1. */
static void test_group_norm(void)
{
    mien_graph *g = begin();
    mien_plan *p = NULL;
    const mien_shape in = {4, {2, 6, 3, 5}};
    mien_node *x = mien_graph_input(g, "x", (mien_shape){4, {-1, 6, 3, 5}});
    mien_graph_output(g, mien_layer_group_norm(g, x, 3, 1e-5f, "n"), "y");
    float y[2 * 6 * 15];
    CHECK_EQ(mien_plan_new(g, &in, 1, NULL, &p, NULL), MIEN_OK);
    for (int i = 0; i < 2 * 6 * 15; i++)
        mien_plan_input(p, 0).data[i] = (float)(3 + i % 7 * sin(i));
    mien_plan_run(p);
    mien_plan_read(p, 0, y);
    for (int i = 0; i < 6; i++) {
        double sum = 0, squares = 0;
        for (int k = 0; k < 30; k++) {
            sum += (double)y[i * 30 + k];
            squares += (double)y[i * 30 + k] * (double)y[i * 30 + k];
        }
        CHECK_NEAR(sum / 30, 0, 1e-5);
        CHECK_NEAR(squares / 30, 1, 1e-4);
    }
    mien_shape s;
    CHECK(mien_graph_values(g, "n.weight", &s) && s.rank == 3 && s.dim[0] == 6);
    mien_plan_free(p);
    mien_graph_free(g);
}

/* ---- first values ----------------------------------------------------------
 */

static void moments(mien_init how, double *largest, double *variance)
{
    mien_layer_options o = keras();
    mien_graph *g = begin();
    o.weight = how;
    o.constant = 0.25f;
    mien_node *x = mien_graph_input(g, "x", (mien_shape){2, {-1, 90}});
    mien_layer_dense(g, x, 60, &o, "d");
    const float *w = mien_graph_values(g, "d.weight", NULL);
    *largest = *variance = 0;
    for (int i = 0; i < 90 * 60; i++) {
        *largest = fmax(*largest, fabs((double)w[i]));
        *variance += (double)w[i] * (double)w[i] / (90 * 60);
    }
    mien_graph_free(g);
}

static void test_sizes_of_first_values(void)
{
    static const struct {
        mien_init how;
        double limit, variance;
    } rows[] = {{MIEN_INIT_GLOROT_UNIFORM, 0.2, 2 / 150.0},
                {MIEN_INIT_HE_UNIFORM, 0.258199, 2 / 90.0},
                {MIEN_INIT_LECUN_UNIFORM, 0.182574, 1 / 90.0},
                {MIEN_INIT_TORCH, 0.105409, 1 / 270.0},
                {MIEN_INIT_GLOROT_NORMAL, 0.262539, 2 / 150.0},
                {MIEN_INIT_HE_NORMAL, 0.338937, 2 / 90.0},
                {MIEN_INIT_LECUN_NORMAL, 0.239665, 1 / 90.0},
                {MIEN_INIT_CONSTANT, 0.25, 0.0625}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double largest, variance;
        moments(rows[i].how, &largest, &variance);
        CHECK(largest <= rows[i].limit * 1.00001);
        CHECK(largest > rows[i].limit * 0.99);
        CHECK_NEAR(variance, rows[i].variance, 0.05 * rows[i].variance);
    }
}

static void test_orthogonal_and_forget(void)
{
    enum { UNITS = 7 };
    mien_layer_options o = keras();
    mien_graph *g = begin();
    mien_node *x = mien_graph_input(g, "x", (mien_shape){3, {-1, 5, 4}});
    mien_layer_lstm(g, x, UNITS, 0, &o, "l");
    mien_shape s;
    const float *r = mien_graph_values(g, "l.recurrent", &s);
    CHECK(r && s.rank == 3 && s.dim[1] == 4 * UNITS && s.dim[2] == UNITS);
    for (int i = 0; i < UNITS * UNITS; i++) {
        double dot = 0;
        for (int k = 0; k < 4 * UNITS; k++)
            dot += (double)r[k * UNITS + i / UNITS] *
                   (double)r[k * UNITS + i % UNITS];
        CHECK_NEAR(dot, i / UNITS == i % UNITS, 1e-6);
    }
    const float *b = mien_graph_values(g, "l.bias", NULL);
    for (int i = 0; i < 8 * UNITS; i++)
        CHECK(b[i] == (i / UNITS == 2 ? 1 : 0)); /* i o f c */
    mien_graph_free(g);
}

static void test_biases_of_torch(void)
{
    mien_layer_options o = MIEN_LAYER_TORCH;
    mien_graph *g = begin();
    o.random = &dice;
    mien_node *x = mien_graph_input(g, "x", (mien_shape){2, {-1, 16}});
    mien_layer_dense(g, x, 100, &o, "d");
    const float *b = mien_graph_values(g, "d.bias", NULL);
    double largest = 0;
    for (int i = 0; i < 100; i++)
        largest = fmax(largest, fabs((double)b[i]));
    CHECK(largest > 0.22 && largest <= 0.25);
    mien_graph_free(g);
}

/* ---- learning and mistakes -------------------------------------------------
 */

/* An LSTM auto-encoder learns waves; batch-norm and dropout are in its way. */
static void test_learning(void)
{
    enum { ROWS = 64, STEPS = 4, FEATURES = 2 };
    static float data[ROWS * STEPS * FEATURES];
    mien_layer_options o = keras();
    mien_graph *g = begin();
    mien_error err = {0};
    for (int i = 0; i < ROWS * STEPS; i++)
        for (int k = 0; k < FEATURES; k++)
            data[i * FEATURES + k] =
                (float)sin(i / STEPS * 0.5 + i % STEPS + k);
    mien_node *x =
        mien_graph_input(g, "x", (mien_shape){3, {-1, STEPS, FEATURES}});
    x = mien_layer_lstm(g, x, 8, 0, &o, NULL);
    x = mien_layer_batch_norm(g, x, 1e-3f, .9f, "n");
    x = mien_layer_dropout(g, x, 0.05f, NULL);
    x = mien_layer_lstm(g, mien_layer_repeat(g, x, STEPS, NULL), 8, 1, &o,
                        NULL);
    mien_graph_output(g, mien_layer_dense(g, x, FEATURES, &o, NULL), "y");
    mien_trainer_options t = MIEN_TRAINER_DEFAULTS;
    t.losses = &(mien_loss){.kind = MIEN_LOSS_MSE, .weight = 1};
    t.n_losses = 1;
    t.batch = 16;
    t.optimizer.rate = 0.02f;
    mien_trainer *trainer = NULL;
    CHECK_MSG(mien_trainer_new(g, &t, &trainer, &err) == MIEN_OK, "%s",
              err.text);
    const float *rows[] = {data};
    mien_samples s = {.n = ROWS, .inputs = rows, .targets = rows};
    mien_losses first = {0}, last = {0};
    CHECK(mien_trainer_evaluate(trainer, &s, &first, NULL) == MIEN_OK);
    for (int e = 0; e < 60; e++)
        CHECK(mien_trainer_epoch(trainer, &s, &last, &err) == MIEN_OK);
    CHECK(mien_trainer_evaluate(trainer, &s, &last, NULL) == MIEN_OK);
    CHECK_MSG(last.total < 0.3 * first.total, "loss %g, before %g", last.total,
              first.total);
    CHECK(mien_graph_values(g, "n.variance", NULL)[0] != 1);
    mien_trainer_free(trainer);
    mien_graph_free(g);
}

#define MISTAKE(reason, layer)                                             \
    do {                                                                   \
        mien_graph *g = begin();                                           \
        mien_error err = {0};                                              \
        mien_node *x = mien_graph_input(g, "x", (mien_shape){2, {-1, 3}}); \
        mien_node *bad = layer;                                            \
        mien_node *more = mien_layer_dense(g, bad, 2, &o, "after");        \
        mien_graph_output(g, mien_layer_relu(g, more, NULL), "y");         \
        CHECK(mien_graph_check(g, &err) != MIEN_OK);                       \
        CHECK_MSG(strstr(err.text, reason), "%s", err.text);               \
        mien_graph_free(g);                                                \
    } while (0)

static void test_mistakes_are_kept(void)
{
    mien_layer_options o = keras();
    mien_window w = MIEN_WINDOW(3, 1, 1), none = MIEN_WINDOW(0, 1, 1);
    MISTAKE("(dense): it has no units", mien_layer_dense(g, x, 0, &o, NULL));
    MISTAKE("(dense): its size is out of range",
            mien_layer_dense(g, x, INT32_MAX, &o, NULL));
    MISTAKE("another number of dimensions",
            mien_layer_conv2d(g, x, 2, &w, &o, NULL));
    MISTAKE("another number of dimensions",
            mien_layer_conv2d_transpose(g, x, 2, &w, &o, NULL));
    MISTAKE("units or window",
            mien_layer_conv2d_transpose(g, x, 2, &none, &o, NULL));
    MISTAKE("another number of dimensions",
            mien_layer_lstm(g, x, 2, 0, &o, NULL));
    MISTAKE("window", mien_layer_max_pool(g, x, &none, NULL));
    MISTAKE("factor", mien_layer_upsample(g, x, 0, 0, NULL));
    w.pad[1] = -1;
    MISTAKE("window", mien_layer_max_pool(g, x, &w, NULL));
    MISTAKE("ratio", mien_layer_dropout(g, x, 1, NULL));
    MISTAKE("momentum", mien_layer_batch_norm(g, x, 0, 2, NULL));
    MISTAKE("less than once", mien_layer_repeat(g, x, 0, NULL));
    MISTAKE("of a row is not known",
            mien_layer_reshape(g, x, (mien_shape){1, {-1}}, NULL));
    MISTAKE("the name is taken", mien_layer_relu(g, x, "x"));
    MISTAKE("cannot be broadcast",
            mien_layer_dense(
                g,
                mien_layer_add(g, x, mien_layer_dense(g, x, 2, &o, NULL), NULL),
                1, &o, NULL));
}

static void test_every_allocation_may_fail(void)
{
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    mien_random_init(&dice, 1);
    for (; st == MIEN_ENOMEM && n < 1000; n++) {
        mien_layer_options o = keras();
        mien_graph *g = NULL;
        mi_alloc_fail_after(n);
        st = mien_graph_new(&g, NULL);
        if (st == MIEN_OK) {
            mien_node *x =
                mien_graph_input(g, "x", (mien_shape){3, {-1, 3, 200}});
            x = mien_layer_lstm(g, x, 40, 0, &o, NULL);
            x = mien_layer_dense(g, mien_layer_repeat(g, x, 2, NULL), 90, &o,
                                 NULL);
            mien_graph_output(g, x, "y");
            st = mien_graph_check(g, NULL);
        }
        mi_alloc_fail_after(-1);
        mien_graph_free(g);
    }
    CHECK_EQ(st, MIEN_OK);
    CHECK(n > 5);
}

/* A loss of free operators: the mean of (x w - 2 x)^2 has its least at 2. */
static void test_any_operators_make_a_loss(void)
{
    mien_graph *g = begin();
    const float one = 1, two = 2;
    const mien_shape shape = {2, {1, 1}};
    const int64_t axes[] = {-1};
    const mien_attribute mean[] = {
        {.name = "axes", .kind = MIEN_ATTR_INTS, .n = 1, .ints = axes},
        {.name = "keepdims", .kind = MIEN_ATTR_INT, .i = 0}};
    mien_node *x = mien_graph_input(g, "x", (mien_shape){2, {-1, 1}});
    mien_node *w = mien_graph_parameter(g, shape, &one, "w");
    mien_node *y =
        mien_graph_op(g, "Mul", 2, (mien_node *[]){x, w}, 0, NULL, NULL);
    mien_node *t = mien_graph_constant(g, (mien_shape){0}, &two, NULL);
    t = mien_graph_op(g, "Mul", 2, (mien_node *[]){x, t}, 0, NULL, NULL);
    y = mien_graph_op(g, "Sub", 2, (mien_node *[]){y, t}, 0, NULL, NULL);
    y = mien_graph_op(g, "Mul", 2, (mien_node *[]){y, y}, 0, NULL, NULL);
    y = mien_graph_op(g, "ReduceMean", 1, &y, 2, mean, NULL);
    CHECK_EQ(mien_node_shape(y).rank, 1);
    mien_graph_output(g, y, "loss");

    const mien_loss loss = {.kind = MIEN_LOSS_MEAN, .weight = 1};
    mien_trainer_options o = MIEN_TRAINER_DEFAULTS;
    o.optimizer = (mien_optimizer)MIEN_SGD_KERAS;
    o.optimizer.rate = 0.2F;
    o.losses = &loss;
    o.n_losses = 1;
    o.batch = 4;
    const float rows[4] = {1, -1, 0.5F, 1}, *in = rows;
    const mien_samples s = {.n = 4, .inputs = &in};
    mien_trainer *trainer = NULL;
    mien_losses l = {0};
    CHECK_EQ(mien_trainer_new(g, &o, &trainer, NULL), MIEN_OK);
    for (int i = 0; trainer && i < 60; i++)
        CHECK_EQ(mien_trainer_epoch(trainer, &s, &l, NULL), MIEN_OK);
    CHECK(l.total < 1e-9);
    const float *learned = mien_graph_values(g, "w", NULL);
    CHECK(learned && fabsf(*learned - 2) < 1e-4F);
    mien_trainer_free(trainer);
    mien_graph_free(g);
}

static void test_operators_are_refused(void)
{
    const mien_attribute wrong[] = {
        {.name = "alpha", .kind = MIEN_ATTR_INT, .i = 1},
        {.name = "beta", .kind = MIEN_ATTR_FLOAT, .f = 1}};
    const char *const reasons[] = {"no such operator", "of another kind",
                                   "no such attribute"};
    for (int i = 0; i < 3; i++) {
        mien_graph *g = begin();
        mien_error err = {0};
        mien_node *x = mien_graph_input(g, "x", (mien_shape){2, {-1, 1}});
        mien_graph_op(g, i ? "LeakyRelu" : "Leaky", 1, &x, i > 0, &wrong[i > 1],
                      NULL);
        CHECK_EQ(mien_graph_check(g, &err), MIEN_EARG);
        CHECK_MSG(strstr(err.text, reasons[i]) != NULL, "%s", err.text);
        mien_graph_free(g);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_dense);
    RUN(test_sequences);
    RUN(test_images);
    RUN(test_images_grow);
    RUN(test_pads_slopes_and_larger_images);
    RUN(test_silu_of_repeated_pixels);
    RUN(test_group_norm);
    RUN(test_sizes_of_first_values);
    RUN(test_orthogonal_and_forget);
    RUN(test_biases_of_torch);
    RUN(test_learning);
    RUN(test_mistakes_are_kept);
    RUN(test_every_allocation_may_fail);
    RUN(test_any_operators_make_a_loss);
    RUN(test_operators_are_refused);
    return check_done();
}
