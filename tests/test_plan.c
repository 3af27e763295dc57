/* A planned run against every operator's definition, on random small networks:
 * the same shapes, the same numbers, the same bits for any number of threads,
 * and no allocation while it runs. */
#include "mien/engine.h"
#include "nn_check.h"

/* Plan, run and compare with 1, 2 and 3 threads; all bits must agree. */
static void check_graph(mien_graph *g, const char *what)
{
    mien_error err = {0};
    CHECK_MSG(mi_graph_check(g, &err) == MIEN_OK, "%s: %s", what, err.text);
    mien_shape in = mien_graph_input_shape(g, 0);
    float *x = random_floats(mi_shape_len(&in));
    const float *inputs[1] = {x};
    reference r = run_reference(g, inputs);
    float *first = NULL;
    for (int threads = 1; threads <= 3; threads++) {
        mien_pool *pool = NULL;
        CHECK_EQ(mien_pool_new(threads, &pool, NULL), MIEN_OK);
        mien_plan_options options = {.pool = pool};
        mien_plan *p = NULL;
        mien_status st = mien_plan_new(g, &in, 1, &options, &p, &err);
        CHECK_MSG(st == MIEN_OK, "%s: %s", what, err.text);
        if (st == MIEN_OK) {
            for (int again = 0; again < 2; again++) {
                fill_input(mien_plan_input(p, 0), x);
                mi_alloc_fail_after(0);
                mien_plan_run(p);
                mi_alloc_fail_after(-1);
            }
            compare_outputs(g, p, &r, 0, what);
            mien_tensor t = mien_plan_output(p, 0);
            size_t bytes = (size_t)mi_shape_len(&t.shape) * sizeof(float);
            if (!first) {
                first = mi_alloc(bytes, 1);
                memcpy(first, t.data, bytes);
            }
            CHECK(memcmp(first, t.data, bytes) == 0);
        }
        mien_plan_free(p);
        mien_pool_free(pool);
    }
    mi_free(first);
    free_reference(&r);
    mi_free(x);
    mien_graph_free(g);
}

static mien_graph *start(mien_shape shape, mi_node **x)
{
    mien_graph *g = NULL;
    CHECK_EQ(mi_graph_new(&g, NULL), MIEN_OK);
    *x = mi_graph_input(g, "x", shape);
    return g;
}

static mi_node *conv(mien_graph *g, mi_node *x, int c, int oc, int k, int s,
                     int depthwise, int bias)
{
    mi_conv_attr a = *(const mi_conv_attr *)mi_op_conv.attr_defaults;
    a.kernel_shape = (mi_ints){2, {k, k}};
    a.strides = (mi_ints){2, {s, s}};
    a.pads = (mi_ints){4, {k / 2, s == 1 ? k / 2 : 0, k / 2, k / 2}};
    a.group = depthwise ? c : 1;
    mi_node *in[3] = {x, weights(g, 4, oc, depthwise ? 1 : c, k, k),
                      bias ? weights(g, 1, oc, 0, 0, 0) : NULL};
    return mi_graph_node(g, &mi_op_conv, in, bias ? 3 : 2, &a, NULL);
}

static mi_node *unary(mien_graph *g, const mi_op *op, mi_node *x)
{
    return mi_graph_node(g, op, &x, 1, NULL, NULL);
}

static mi_node *binary(mien_graph *g, const mi_op *op, mi_node *x, mi_node *y)
{
    mi_node *in[2] = {x, y};
    return mi_graph_node(g, op, in, 2, NULL, NULL);
}

static mi_node *batch_norm(mien_graph *g, mi_node *x, int c)
{
    mien_shape s = {1, {c}};
    float *var = random_floats(c);
    for (int i = 0; i < c; i++)
        var[i] = var[i] * var[i] + 0.1f;
    mi_node *in[5] = {x, weights(g, 1, c, 0, 0, 0), weights(g, 1, c, 0, 0, 0),
                      weights(g, 1, c, 0, 0, 0),
                      mi_graph_constant(g, NULL, MI_F32, s, var, MI_COPY)};
    mi_free(var);
    return mi_graph_node(g, &mi_op_batch_norm, in, 5, NULL, NULL);
}

static mi_node *clip(mien_graph *g, mi_node *x, float lo, float hi)
{
    mien_shape s = {0, {0}};
    mi_node *in[3] = {x, mi_graph_constant(g, NULL, MI_F32, s, &lo, MI_COPY),
                      mi_graph_constant(g, NULL, MI_F32, s, &hi, MI_COPY)};
    return mi_graph_node(g, &mi_op_clip, in, 3, NULL, NULL);
}

static void test_convolution_groups(void)
{
    for (int round = 0; round < 60; round++) {
        int c = between(1, 20), k = 1 + 2 * between(0, 2), dw = between(0, 1);
        int oc = dw ? c : between(1, 40);
        mi_node *x;
        mien_graph *g = start(
            (mien_shape){4, {between(1, 2), c, between(5, 14), between(5, 14)}},
            &x);
        mi_node *y = conv(g, x, c, oc, k, between(1, 2), dw, between(0, 1));
        if (between(0, 1))
            y = batch_norm(g, y, oc);
        if (between(0, 1))
            y = binary(g, &mi_op_mul, y, weights(g, 4, 1, oc, 1, 1));
        if (between(0, 1))
            y = binary(g, &mi_op_sub, weights(g, 3, oc, 1, 1, 0), y);
        mi_node *branch = unary(g, &mi_op_sigmoid, y);
        mi_node *z = conv(g, branch, oc, oc, 3, 1, 0, 1);
        z = between(0, 1) ? binary(g, &mi_op_add, z, branch)
                          : binary(g, &mi_op_add, branch, z);
        const mi_op *acts[] = {&mi_op_relu, &mi_op_leaky_relu, &mi_op_sigmoid};
        z = between(0, 1) ? clip(g, z, -0.5f, 0.5f)
                          : unary(g, acts[between(0, 2)], z);
        mi_graph_output(g, z, "z");
        if (between(0, 1))
            mi_graph_output(g, y, "y");
        check_graph(g, "convolution group");
    }
}

static mi_node *pool(mien_graph *g, const mi_op *op, mi_node *x, int k, int s,
                     int pad, int count_pad)
{
    mi_pool_attr a = *(const mi_pool_attr *)op->attr_defaults;
    a.kernel_shape = (mi_ints){2, {k, k}};
    a.strides = (mi_ints){2, {s, s}};
    a.pads = (mi_ints){4, {pad, pad, pad, pad}};
    if (op == &mi_op_average_pool)
        a.count_include_pad = count_pad;
    return mi_graph_node(g, op, &x, 1, &a, NULL);
}

static void test_pooling_and_means(void)
{
    for (int round = 0; round < 30; round++) {
        mi_node *x;
        int c = between(1, 19), k = between(2, 3);
        mien_graph *g = start(
            (mien_shape){4, {between(1, 2), c, between(6, 12), between(6, 12)}},
            &x);
        mi_node *a =
            pool(g, &mi_op_max_pool, x, k, between(1, 2), between(0, 1), 0);
        mi_node *b =
            pool(g, &mi_op_average_pool, a, 2, 1, between(0, 1), between(0, 1));
        mi_graph_output(g, unary(g, &mi_op_global_average_pool, b), "gap");
        mi_reduce_mean_attr r =
            *(const mi_reduce_mean_attr *)mi_op_reduce_mean.attr_defaults;
        r.axes = (mi_ints){2, {2, 3}};
        r.keepdims = between(0, 1);
        mi_graph_output(
            g, mi_graph_node(g, &mi_op_reduce_mean, &b, 1, &r, NULL), "mean");
        mi_graph_output(g, b, "pooled");
        check_graph(g, "pooling");
    }
}

static mi_node *ints(mien_graph *g, int n, const int64_t *v)
{
    mien_shape s = {1, {n}};
    return mi_graph_constant(g, NULL, MI_I64, s, v, MI_COPY);
}

static void test_moves(void)
{
    for (int round = 0; round < 40; round++) {
        int c = between(1, 9), h = between(2, 7), w = between(2, 7);
        mi_node *x;
        mien_graph *g = start((mien_shape){4, {1, c, h, w}}, &x);
        mi_node *a = conv(g, x, c, 6, 3, 1, 0, 1);
        mi_node *shape_of = unary(g, &mi_op_shape, a);
        mi_transpose_attr t = {{4, {0, 2, 3, 1}}};
        mi_node *b = mi_graph_node(g, &mi_op_transpose, &a, 1, &t, NULL);
        mi_node *flat =
            binary(g, &mi_op_reshape, b, ints(g, 3, (int64_t[]){1, -1, 3}));
        mi_node *sig = unary(g, &mi_op_sigmoid, flat);
        mi_node *back = binary(g, &mi_op_reshape, a, shape_of);
        mi_concat_attr ca = {between(1, 3)};
        mi_node *in[2] = {back, a};
        mi_node *cat = mi_graph_node(g, &mi_op_concat, in, 2, &ca, NULL);
        mi_node *padded =
            binary(g, &mi_op_pad, cat,
                   ints(g, 8, (int64_t[]){0, between(0, 2), 1, 0, 0, 1, 0, 2}));
        mi_graph_output(g, sig, "sig");
        mi_graph_output(g, padded, "padded");
        mi_graph_output(g, unary(g, &mi_op_softmax, flat), "soft");
        check_graph(g, "moves");
    }
}

static void test_dense(void)
{
    for (int round = 0; round < 30; round++) {
        int rows = between(1, 5), n = between(1, 70), m = between(1, 40);
        mi_node *x;
        mien_graph *g = start((mien_shape){2, {rows, n}}, &x);
        mi_gemm_attr a = *(const mi_gemm_attr *)mi_op_gemm.attr_defaults;
        a.transB = between(0, 1);
        a.alpha = 0.5f;
        mi_node *in[3] = {
            x, a.transB ? weights(g, 2, m, n, 0, 0) : weights(g, 2, n, m, 0, 0),
            weights(g, 1, m, 0, 0, 0)};
        mi_node *y = mi_graph_node(g, &mi_op_gemm, in, between(2, 3), &a, NULL);
        y = unary(g, &mi_op_relu, y);
        y = binary(g, &mi_op_matmul, y, weights(g, 2, m, 7, 0, 0));
        y = binary(g, &mi_op_add, y, weights(g, 1, 7, 0, 0, 0));
        mi_graph_output(g, unary(g, &mi_op_sigmoid, y), "y");
        check_graph(g, "dense");
    }
}

/* Narrow heads on one tensor, some read by more than convolutions. */
static void test_heads(void)
{
    for (int round = 0; round < 40; round++) {
        int c = between(1, 20), heads = between(2, 6);
        mi_node *x;
        mien_graph *g = start(
            (mien_shape){4, {between(1, 2), c, between(3, 9), between(3, 9)}},
            &x);
        mi_node *base = unary(g, &mi_op_relu, conv(g, x, c, 8, 3, 1, 0, 1));
        for (int i = 0; i < heads; i++) {
            int oc = between(1, 12);
            mi_node *y = conv(g, base, 8, oc, 1, 1, 0, between(0, 1));
            if (between(0, 3) == 0)
                y = unary(g, &mi_op_relu, y);
            mi_node *z = conv(g, y, oc, oc, 3, between(1, 2), between(0, 1), 1);
            mi_graph_output(g, z, NULL);
            if (between(0, 4) == 0)
                mi_graph_output(g, unary(g, &mi_op_sigmoid, y), NULL);
        }
        check_graph(g, "heads");
    }
}

static mien_graph *small_network(void)
{
    mi_node *x;
    mien_graph *g = start((mien_shape){4, {1, 3, 9, 9}}, &x);
    mi_node *y = unary(g, &mi_op_relu, conv(g, x, 3, 8, 3, 2, 0, 1));
    y = binary(g, &mi_op_add, conv(g, y, 8, 8, 3, 1, 1, 1), y);
    mi_graph_output(g, unary(g, &mi_op_exp, y), "y");
    return g;
}

static void test_out_of_memory(void)
{
    mien_graph *g = small_network();
    mien_shape in = mien_graph_input_shape(g, 0);
    for (long n = 0;; n++) {
        mien_plan *p = NULL;
        mi_alloc_fail_after(n);
        mien_status st = mien_plan_new(g, &in, 1, NULL, &p, NULL);
        mi_alloc_fail_after(-1);
        if (st == MIEN_OK) {
            CHECK(n > 5);
            mien_plan_free(p);
            break;
        }
        CHECK_EQ(st, MIEN_ENOMEM);
        CHECK(p == NULL);
    }
    mien_graph_free(g);
}

static void test_wrong_shapes_are_refused(void)
{
    mien_graph *g = small_network();
    mien_plan *p = NULL;
    mien_error err = {0};
    mien_shape wrong[] = {
        {4, {1, 3, 9, 10}}, {3, {3, 9, 9}}, {4, {1, 3, 9, 0}}};
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(mien_plan_new(g, &wrong[i], 1, NULL, &p, &err), MIEN_EARG);
        CHECK(strstr(err.text, "wanted") != NULL);
    }
    CHECK_EQ(mien_plan_new(g, wrong, 0, NULL, &p, &err), MIEN_EARG);
    CHECK(p == NULL);
    mien_graph_free(g);
}

static mien_status plan_status(mien_graph *g, mien_error *err)
{
    mien_shape in = mien_graph_input_shape(g, 0);
    mien_plan *p = NULL;
    mien_status st = mien_plan_new(g, &in, 1, NULL, &p, err);
    mien_plan_free(p);
    mien_graph_free(g);
    return st;
}

/* A few bytes of file that ask for much. */
static void test_limits(void)
{
    mien_status st;
    mien_error err = {0};
    mi_node *x, *in[4] = {NULL};
    mien_graph *g = start((mien_shape){2, {1, 2}}, &x);
    mi_node *one = weights(g, 1, 1, 0, 0, 0);
    int64_t pads[] = {0, 50000000};
    mi_graph_output(g, binary(g, &mi_op_pad, one, ints(g, 2, pads)), "y");
    st = plan_status(g, &err);
    CHECK_EQ(st, MIEN_ELIMIT);
    CHECK(strstr(err.text, "constants") != NULL);

    g = start((mien_shape){1, {1 << 28}}, &x);
    mi_graph_output(g, unary(g, &mi_op_tanh, x), "y");
    st = plan_status(g, &err);
    CHECK_EQ(st, MIEN_ELIMIT);
    CHECK(strstr(err.text, "MiB") != NULL);

    g = start((mien_shape){2, {1 << 14, 1 << 14}}, &x);
    mi_node *y = x;
    for (int i = 0; i < 3; i++)
        y = binary(g, &mi_op_matmul, y, x);
    mi_graph_output(g, y, "y");
    st = plan_status(g, &err);
    CHECK_EQ(st, MIEN_ELIMIT);
    CHECK(strstr(err.text, "operations") != NULL);

    g = start((mien_shape){4, {1, 1, 1, 1}}, &x);
    mi_pool_attr a = *(const mi_pool_attr *)mi_op_average_pool.attr_defaults;
    a.kernel_shape = (mi_ints){2, {65536, 65536}};
    a.pads = (mi_ints){4, {65535, 65535, 65535, 65535}};
    in[0] = x;
    mi_graph_output(g, mi_graph_node(g, &mi_op_average_pool, in, 1, &a, NULL),
                    "y");
    st = plan_status(g, &err);
    CHECK_EQ(st, MIEN_EFORMAT);
}

/* It is there to be filled all the same. */
static void test_input_that_nothing_reads(void)
{
    mi_node *x;
    mien_graph *g = start((mien_shape){1, {1000}}, &x);
    mi_node *y = mi_graph_input(g, "y", (mien_shape){1, {1}});
    mien_shape in[2] = {{1, {1000}}, {1, {1}}};
    mien_plan *p = NULL;
    mi_graph_output(g, unary(g, &mi_op_relu, y), "z");
    CHECK_EQ(mien_plan_new(g, in, 2, NULL, &p, NULL), MIEN_OK);
    CHECK(mien_plan_memory(p) >= 1001 * sizeof(float));
    mien_plan_input(p, 1).data[0] = 3;
    memset(mien_plan_input(p, 0).data, 0, 1000 * sizeof(float));
    mien_plan_run(p);
    CHECK(mien_plan_output(p, 0).data[0] == 3);
    mien_plan_free(p);
    mien_graph_free(g);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_limits);
    RUN(test_input_that_nothing_reads);
    RUN(test_convolution_groups);
    RUN(test_pooling_and_means);
    RUN(test_moves);
    RUN(test_dense);
    RUN(test_heads);
    RUN(test_out_of_memory);
    RUN(test_wrong_shapes_are_refused);
    return check_done();
}
