/* learn_cases.h: networks that learn and that random ones seldom hold, for
 * test_learn_random.c, whose check_learning compares them with the definitions.
 */
#ifndef TESTS_LEARN_CASES_H
#define TESTS_LEARN_CASES_H

#include "tests/net_random.h"

/* All floats of a graph learn; frees it. */
static void learn_fixed(mien_graph *g, const char *what)
{
    const mien_shape in = mien_graph_input_shape(g, 0);
    float *x[2] = {random_floats(mi_shape_len(&in)), NULL};
    for (int i = 0; i < mi_graph_size(g); i++) {
        mi_node *n = mi_graph_at(g, i);
        n->learned = n->value && n->type == MI_F32;
    }
    check_learning(g, &in, x, 1, what);
    mi_free(x[0]);
    mien_graph_free(g);
}

static void check_fixed(mien_graph *g, const char *what)
{
    int before = n_compared;
    learn_fixed(g, what);
    CHECK_MSG(n_compared > before, "%s was not compared", what);
}

static void test_lstm(int steps, int batch, int in, int units)
{
    mien_graph *g = NULL;
    CHECK_EQ(mi_graph_new(&g, NULL), MIEN_OK);
    const mien_shape shape = {3, {steps, batch, in}};
    mi_node *x[4] = {mi_graph_input(g, "x", shape)};
    x[1] = weights(g, 3, 1, 4 * units, in, 0);
    x[2] = weights(g, 3, 1, 4 * units, units, 0);
    x[3] = weights(g, 2, 1, 8 * units, 0, 0);
    mi_graph_output(g, mi_graph_node(g, &mi_op_lstm, x, 4, NULL, NULL), "y");
    check_fixed(g, "lstm");
}

/* Windows whose numbers are all negative have no gradient. */
static void test_maximum_of_relu(void)
{
    mien_graph *g = NULL;
    CHECK_EQ(mi_graph_new(&g, NULL), MIEN_OK);
    mi_pool_attr a = *(const mi_pool_attr *)mi_op_max_pool.attr_defaults;
    a.kernel_shape = a.strides = (mi_ints){.n = 2, .v = {2, 2}};
    mi_node *x = mi_graph_input(g, "x", (mien_shape){4, {1, 2, 4, 4}});
    mi_node *in[] = {x, weights(g, 4, 6, 2, 1, 1)};
    mi_node *y = mi_graph_node(g, &mi_op_conv, in, 2, NULL, NULL);
    y = mi_graph_node(g, &mi_op_relu, &y, 1, NULL, NULL);
    y = mi_graph_node(g, &mi_op_max_pool, &y, 1, &a, NULL);
    mi_graph_output(g, y, "y");
    check_fixed(g, "maximum of relu");
}

/* Two transposed convolutions with ReLU between, of several images. */
static void test_conv_transpose(void)
{
    mien_graph *g = NULL;
    CHECK_EQ(mi_graph_new(&g, NULL), MIEN_OK);
    mi_conv_transpose_attr a = {.group = 1, .auto_pad = "SAME_UPPER"};
    a.strides = (mi_ints){.n = 2, .v = {2, 2}};
    mi_node *y = mi_graph_input(g, "x", (mien_shape){4, {2, 5, 2, 3}});
    const int to[] = {5, 2, 19};
    for (int i = 0; i < 2; i++) {
        mi_node *in[] = {y, weights(g, 4, to[i], to[i + 1], 4, 4),
                         weights(g, 1, to[i + 1], 0, 0, 0)};
        y = mi_graph_node(g, &mi_op_conv_transpose, in, 3, &a, NULL);
        if (i == 0)
            y = mi_graph_node(g, &mi_op_relu, &y, 1, NULL, NULL);
    }
    mi_graph_output(g, y, "y");
    check_fixed(g, "transposed convolution");
}

/* Enlarged, as the text says, behind SiLU and a sum; the sum is read twice. */
static void test_upsampling(const char *mode, const char *places)
{
    mien_graph *g = NULL;
    CHECK_EQ(mi_graph_new(&g, NULL), MIEN_OK);
    mi_resize_attr a = *(const mi_resize_attr *)mi_op_resize.attr_defaults;
    snprintf(a.mode, sizeof a.mode, "%s", mode);
    snprintf(a.coordinate_transformation_mode,
             sizeof a.coordinate_transformation_mode, "%s", places);
    const int64_t size[4] = {1, 5, 6, 9};
    mi_node *y = mi_graph_input(g, "x", (mien_shape){4, {1, 2, 3, 3}});
    for (int i = 0; i < 2; i++) {
        mi_node *in[] = {y, weights(g, 4, i ? 2 : 5, i ? 5 : 2, 1, 1)}, *z,
                *two[2];
        two[0] = z = mi_graph_node(g, &mi_op_conv, in, 2, NULL, NULL);
        two[1] = mi_graph_node(g, &mi_op_sigmoid, &z, 1, NULL, NULL);
        y = mi_graph_node(g, &mi_op_mul, two, 2, NULL, NULL);
        if (i == 1)
            break;
        mi_node *sizes[] = {y, NULL, NULL,
                            mi_graph_constant(g, NULL, MI_I64,
                                              (mien_shape){1, {4}}, size,
                                              MI_COPY)};
        z = mi_graph_node(g, &mi_op_resize, sizes, 4, &a, NULL);
        mi_node *sum[] = {z, mi_graph_node(g, &mi_op_tanh, &z, 1, NULL, NULL)};
        y = mi_graph_node(g, &mi_op_add, sum, 2, NULL, NULL);
    }
    mi_graph_output(g, y, "y");
    check_fixed(g, "upsampling");
}

/* Three convolutions with pixels repeated `times` between them. */
static mien_graph *repeating(int times, int c, int oc, int pad)
{
    mien_graph *g = NULL;
    CHECK_EQ(mi_graph_new(&g, NULL), MIEN_OK);
    mi_resize_attr a = *(const mi_resize_attr *)mi_op_resize.attr_defaults;
    mi_conv_attr conv = *(const mi_conv_attr *)mi_op_conv.attr_defaults;
    snprintf(a.coordinate_transformation_mode,
             sizeof a.coordinate_transformation_mode, "asymmetric");
    snprintf(a.nearest_mode, sizeof a.nearest_mode, "floor");
    conv.pads = (mi_ints){.n = 4, .v = {pad, pad, pad, pad}};
    const float scale[4] = {1, 1, (float)times, (float)times};
    const int to[] = {2, c, oc, 3};
    mi_node *y = mi_graph_input(g, "x", (mien_shape){4, {2, 2, 4, 5}});
    for (int i = 0; i < 3; i++) {
        int side = i ? 3 : 1;
        mi_node *in[] = {y, weights(g, 4, to[i + 1], to[i], side, side),
                         weights(g, 1, to[i + 1], 0, 0, 0)};
        y = mi_graph_node(g, &mi_op_conv, in, 3, i ? &conv : NULL, NULL);
        mi_node *up[] = {y, NULL,
                         mi_graph_constant(g, NULL, MI_F32,
                                           (mien_shape){1, {4}}, scale,
                                           MI_COPY)};
        if (i < 2)
            y = mi_graph_node(g, &mi_op_resize, up, 3, &a, NULL);
    }
    mi_graph_output(g, y, "y");
    return g;
}

/* The engine goes over the small picture where pixels are repeated twice and
 * nothing but a 3x3 convolution reads them: both do, unless a penalty does. */
static void test_doubled(int times, int c, int oc, int pad, int doubled)
{
    int before = n_doubled, compared = n_compared;
    for (int round = 0; round < 8; round++) {
        mien_graph *g = repeating(times, c, oc, pad);
        const mien_shape in = mien_graph_input_shape(g, 0);
        float *x[2] = {random_floats(mi_shape_len(&in)), NULL};
        for (int i = 0; i < mi_graph_size(g); i++) {
            mi_node *n = mi_graph_at(g, i);
            n->learned = n->value && n->type == MI_F32 && n->shape.dim[0] != 4;
        }
        check_learning(g, &in, x, 1, "repeated pixels");
        mi_free(x[0]);
        mien_graph_free(g);
    }
    CHECK(n_compared > compared);
    CHECK(doubled ? n_doubled - before > 8 : n_doubled == before);
}

/* A batch normalisation and SiLU behind it in one go, in more parts than one,
 * of numbers far from 0 whose parts have other means; where its result is read
 * elsewhere too (`twice`), one by one. */
static mien_graph *normalised(int64_t side, int twice)
{
    enum { C = 18 };
    mien_graph *g = NULL;
    CHECK_EQ(mi_graph_new(&g, NULL), MIEN_OK);
    const mien_shape shape = {4, {2, 2, side, side}};
    mi_node *x = mi_graph_input(g, "x", shape);
    mi_node *far = weights(g, 1, C, 0, 0, 0);
    mi_node *apart = weights(g, 4, 2, 2, (int)side, (int)side);
    for (int64_t i = 0; i < 4 * side * side; i++)
        mi_values_of(apart)[i] = i < 2 * side * side ? 0 : 2;
    x = mi_graph_node(g, &mi_op_add, (mi_node *[]){x, apart}, 2, NULL, NULL);
    for (int i = 0; i < C; i++)
        mi_values_of(far)[i] = (float)(2 * i);
    mi_node *in[] = {x, weights(g, 4, C, 2, 1, 1), far};
    mi_node *n[5] = {mi_graph_node(g, &mi_op_conv, in, 3, NULL, NULL)};
    for (int i = 1; i < 5; i++)
        n[i] = weights(g, 1, C, 0, 0, 0);
    for (int i = 0; i < C; i++)
        mi_values_of(n[4])[i] = 1;
    mi_node *y = mi_graph_node(g, &mi_op_batch_norm, n, 5, NULL, NULL), *two[2];
    two[0] = y;
    two[1] = mi_graph_node(g, &mi_op_sigmoid, &y, 1, NULL, NULL);
    mi_node *z = mi_graph_node(g, &mi_op_mul, two, 2, NULL, NULL);
    if (twice)
        z = mi_graph_node(g, &mi_op_add, (mi_node *[]){z, y}, 2, NULL, NULL);
    mi_graph_output(g, z, "z");
    return g;
}

static void test_batch_norm_silu(int64_t side, int twice)
{
    int before = n_compared;
    for (int i = 0; i < 40 && (i < 4 || n_compared == before); i++)
        learn_fixed(normalised(side, twice), "batch normalisation and SiLU");
    CHECK(n_compared > before);
}

/* More pixels than are summed in floats, and a gradient that is added. */
static void test_group_norm(void)
{
    mien_graph *g = NULL;
    CHECK_EQ(mi_graph_new(&g, NULL), MIEN_OK);
    const mi_group_norm_attr a = {1e-5F, 3, 1};
    mi_node *x = mi_graph_input(g, "x", (mien_shape){4, {2, 2, 9, 8}});
    mi_node *in[] = {x, weights(g, 4, 6, 2, 1, 1)};
    mi_node *y[3] = {mi_graph_node(g, &mi_op_conv, in, 2, NULL, NULL),
                     weights(g, 1, 6, 0, 0, 0), weights(g, 1, 6, 0, 0, 0)};
    mi_node *z = mi_graph_node(g, &mi_op_group_norm, y, 3, &a, NULL);
    z = mi_graph_node(g, &mi_op_mul, (mi_node *[]){z, y[0]}, 2, NULL, NULL);
    mi_graph_output(g, z, "z");
    check_fixed(g, "group normalisation");
}

/* Convolutions of enough channels for squares of two by two, one of them
 * transposed, with bias, a sum and an activation; the first result is read
 * twice, so that a gradient is added to. */
static void test_squares(int h, int w)
{
    mien_graph *g = NULL;
    CHECK_EQ(mi_graph_new(&g, NULL), MIEN_OK);
    const mi_leaky_relu_attr leaky = {0.5F};
    mi_conv_attr a = *(const mi_conv_attr *)mi_op_conv.attr_defaults;
    a.pads = (mi_ints){.n = 4, .v = {1, 1, 1, 1}};
    const mi_conv_transpose_attr up = {
        .group = 1, .auto_pad = "NOTSET", .pads = a.pads};
    mi_node *x = mi_graph_input(g, "x", (mien_shape){4, {3, 2, h, w}});
    mi_node *in[3] = {x, weights(g, 4, 50, 2, 1, 1), NULL};
    mi_node *y[3] = {mi_graph_node(g, &mi_op_conv, in, 2, NULL, NULL)};
    for (int i = 0; i < 2; i++) {
        in[0] = y[i];
        in[1] = weights(g, 4, 55, 50, 3, 3);
        in[2] = weights(g, 1, i ? 50 : 55, 0, 0, 0);
        for (int64_t k = 0; k < 50 * 55 * 9; k++)
            mi_values_of(in[1])[k] *= 0.0625F;
        y[i + 1] = i ? mi_graph_node(g, &mi_op_conv_transpose, in, 3, &up, NULL)
                     : mi_graph_node(g, &mi_op_conv, in, 3, &a, NULL);
        y[i + 1] =
            mi_graph_node(g, &mi_op_leaky_relu, &y[i + 1], 1, &leaky, NULL);
    }
    mi_graph_output(
        g,
        mi_graph_node(g, &mi_op_add, (mi_node *[]){y[2], y[0]}, 2, NULL, NULL),
        "y");
    learn_fixed(g, "squares");
}

/* Until numbers came up that lie on no kink. */
static void test_convolutions_by_squares(int h, int w)
{
    int before = n_compared;
    for (int i = 0; i < 40 && n_compared < before + 2; i++)
        test_squares(h, w);
    CHECK(n_compared > before);
}

/* The loss is the sum of x times its gradient, which is 0 or one number. */
static void test_dropout(void)
{
    enum { N = 200 };
    mien_graph *g = NULL;
    mien_plan *p = NULL;
    const float one = 1;
    mien_random random;
    mien_random_init(&random, 5);
    CHECK_EQ(mi_graph_new(&g, NULL), MIEN_OK);
    mi_node *x = weights(g, 2, 1, N, 0, 0), *y = x;
    x->learned = 1;
    y = mi_graph_node(g, &mi_op_dropout, &y, 1, NULL, NULL);
    y = mi_graph_node(g, &mi_op_mean_loss, &y, 1, NULL, NULL);
    mi_graph_output(g, y, NULL);
    const mi_learning by = {NULL, &random, &one, 0};
    CHECK_EQ(mi_plan_learning(g, NULL, 0, &by, &p, NULL), MIEN_OK);
    mi_plan_forward(p, 1);
    mi_plan_backward_run(p);
    const float *d = mi_plan_gradient(p, x->id), *v = mi_values_of(x);
    double sum = 0, most = 0;
    int kept = 0;
    for (int i = 0; i < N; i++)
        most = fmax(most, (double)d[i]);
    for (int i = 0; i < N; i++) {
        sum += (double)d[i] * (double)v[i];
        kept += d[i] > 0;
        CHECK(d[i] == 0 || (double)d[i] == most);
    }
    CHECK(kept > N / 3 && kept < 2 * N / 3);
    CHECK_NEAR(sum, mi_plan_loss(p, 0), 1e-5);
    mien_plan_free(p);
    mien_graph_free(g);
}

#endif
