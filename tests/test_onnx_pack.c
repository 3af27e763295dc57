/* Filters in bytes: the same network, a quarter of the size, answers near
 * those of floats, and nothing else is changed. */
#include "mien/engine.h"
#include "onnx_make.h"

#include "base/alloc.h"
#include "graph/op_attr.h"

#include <math.h>

enum { IN = 16, OUT = 32, SIDE = 8, FILTERS = OUT * IN * 9 };

/* A convolution whose channels have wide and narrow ranges, and a PReLU. */
static mien_graph *sample(float odd)
{
    static float filters[FILTERS], slope[OUT];
    mien_graph *g = NULL;
    mien_random r;
    mien_random_init(&r, 5);
    for (int i = 0; i < FILTERS; i++)
        filters[i] = (float)(mien_random_normal(&r) * pow(2, i / (IN * 9) % 9));
    filters[100] += odd;
    for (int i = 0; i < OUT; i++)
        slope[i] = 0.05f * (float)i;
    CHECK(mi_graph_new(&g, NULL) == MIEN_OK);
    mi_node *x = mi_graph_input(g, "x", (mien_shape){4, {1, IN, -1, -1}});
    mi_graph_dim_name(g, 0, 2, "height");
    mi_conv_attr conv = *(const mi_conv_attr *)mi_op_conv.attr_defaults;
    conv.kernel_shape = (mi_ints){2, {3, 3}};
    mi_node *in[] = {x, mi_graph_constant(g, "filters", MI_F32,
                                          (mien_shape){4, {OUT, IN, 3, 3}},
                                          filters, MI_COPY)};
    mi_node *y = mi_graph_node(g, &mi_op_conv, in, 2, &conv, "c");
    mi_node *act[] = {y, mi_graph_constant(g, "slope", MI_F32,
                                           (mien_shape){3, {OUT, 1, 1}}, slope,
                                           MI_COPY)};
    mi_graph_output(g, mi_graph_node(g, &mi_op_prelu, act, 2, NULL, "y"),
                    "answer");
    mi_graph_set_meta(g, "task", "none");
    return g;
}

/* What a graph answers to fixed numbers. */
static void run(const mien_graph *g, float *out)
{
    mien_shape s = {4, {1, IN, SIDE, SIDE}};
    mien_plan *p = NULL;
    mien_error err = {0};
    CHECK_MSG(!mien_plan_new(g, &s, 1, NULL, &p, &err), "%s", err.text);
    if (!p)
        return;
    float *x = mien_plan_input(p, 0).data;
    for (int i = 0; i < IN * SIDE * SIDE; i++)
        x[i] = (float)(i * 7 % 13) / 13 - 0.4f;
    mien_plan_run(p);
    mien_plan_read(p, 0, out);
    mien_plan_free(p);
}

/* Bytes of what a graph is written as. */
static size_t size_of(const mien_graph *g)
{
    mien_bytes b = {0};
    CHECK(!mien_onnx_write(g, &b, NULL));
    size_t n = b.n;
    mien_bytes_free(&b);
    return n;
}

static void test_the_same_answers_in_a_quarter(void)
{
    static float want[OUT * 36], got[OUT * 36];
    mien_graph *g = sample(0), *packed = NULL;
    mien_error err = {0};
    CHECK_MSG(!mien_onnx_pack(g, &packed, &err), "%s", err.text);
    run(g, want);
    CHECK(size_of(packed) * 3 < size_of(g));
    mien_graph_free(g); /* nothing of it is borrowed */
    run(packed, got);
    CHECK(strcmp(mien_graph_output_name(packed, 0), "answer") == 0);
    CHECK(strcmp(mien_graph_meta(packed, "task"), "none") == 0);
    CHECK(strcmp(mi_graph_dim_name_of(packed, 0, 2), "height") == 0);
    for (int c = 0; c < OUT; c++) {
        double most = 0, off = 0;
        for (int i = c * 36; i < (c + 1) * 36; i++) {
            most = fmax(most, fabs((double)want[i]));
            off = fmax(off, fabs((double)want[i] - (double)got[i]));
        }
        CHECK_MSG(off < 0.03 * most && (off > 0 || most == 0),
                  "channel %d: off by %g of %g", c, off, most);
    }
    mien_graph_free(packed);
}

/* They have no range: they stay as they are, and so does the size. */
static void test_weights_that_are_not_finite_stay(void)
{
    mien_graph *g = sample((float)INFINITY), *same = NULL;
    CHECK(!mien_onnx_pack(g, &same, NULL));
    CHECK(size_of(same) == size_of(g));
    mien_graph_free(g);
    mien_graph_free(same);
}

static void test_failing_memory_is_reported(void)
{
    mien_graph *g = sample(0);
    mien_status st = MIEN_ENOMEM;
    long n = 0;
    for (; st == MIEN_ENOMEM && n < 1000; n++) {
        mien_graph *packed = NULL;
        mi_alloc_fail_after(n);
        st = mien_onnx_pack(g, &packed, NULL);
        mi_alloc_fail_after(-1);
        CHECK((st == MIEN_OK) == (packed != NULL));
        mien_graph_free(packed);
    }
    CHECK(st == MIEN_OK && n > 4);
    mien_graph_free(g);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_the_same_answers_in_a_quarter);
    RUN(test_weights_that_are_not_finite_stay);
    RUN(test_failing_memory_is_reported);
    return check_done();
}
