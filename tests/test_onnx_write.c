/* What is written is read again as the same graph, gives the same answers,
 * keeps its weights where they can be used, and never comes in halves. */
#include "mien/engine.h"
#include "onnx_make.h"

#include "graph/op_attr.h"

#include <stdio.h>

static const float values[24] = {1, -2, 3, 0.5F, 7, -1, 2, 2};

/* A graph with every kind of attribute, constant, input and output. */
static mien_graph *sample(void)
{
    static const uint8_t bytes[18] = {9, 128, 255, 3};
    static const int64_t dims[] = {1, -1};
    mien_graph *g = NULL;
    mien_error err = {0};
    CHECK(mi_graph_new(&g, &err) == MIEN_OK);
    mi_node *x = mi_graph_input(g, "x", (mien_shape){4, {1, 1, -1, -1}});
    mi_graph_dim_name(g, 0, 2, "height");
    float scale = 0.25F;
    mi_node *q[] = {mi_graph_constant(g, "q", MI_U8,
                                      (mien_shape){4, {2, 1, 3, 3}}, bytes,
                                      MI_COPY),
                    mi_graph_constant(g, "s", MI_F32, (mien_shape){0, {0}},
                                      &scale, MI_COPY)};
    mi_node *w = mi_graph_node(g, &mi_op_dequantize, q, 2, NULL, "w");
    mi_node *b = mi_graph_constant(g, "b", MI_F32, (mien_shape){1, {2}}, values,
                                   MI_COPY);
    mi_conv_attr conv = *(const mi_conv_attr *)mi_op_conv.attr_defaults;
    conv.kernel_shape = (mi_ints){2, {3, 3}};
    conv.pads = (mi_ints){4, {1, 1, 1, 1}};
    mi_node *c =
        mi_graph_node(g, &mi_op_conv, (mi_node *[]){x, w, b}, 3, &conv, NULL);
    mi_leaky_relu_attr leaky = {0.125F};
    c = mi_graph_node(g, &mi_op_leaky_relu, &c, 1, &leaky, "features");
    mi_graph_output(g, c, NULL);
    mi_node *shape = mi_graph_constant(g, "flat", MI_I64, (mien_shape){1, {2}},
                                       dims, MI_COPY);
    mi_node *r = mi_graph_node(g, &mi_op_reshape, (mi_node *[]){c, shape}, 2,
                               NULL, NULL);
    mi_graph_output(g, r, "flat features");
    mi_graph_set_meta(g, "task", "none, \xc3\xa0 la carte");
    CHECK_MSG(mi_graph_check(g, &err) == MIEN_OK, "%s", err.text);
    return g;
}

static void run(const mien_graph *g, float *out)
{
    mien_shape s = {4, {1, 1, 4, 6}};
    mien_plan *p = NULL;
    mien_error err = {0};
    CHECK_MSG(mien_plan_new(g, &s, 1, NULL, &p, &err) == MIEN_OK, "%s",
              err.text);
    if (!p)
        return;
    memcpy(mien_plan_input(p, 0).data, values, sizeof values);
    mien_plan_run(p);
    mien_plan_read(p, 0, out);
    mien_plan_read(p, 1, out + 48);
    mien_plan_free(p);
}

/* Of a newer opset, in which the axes of a mean are an input. */
static void test_group_normalisation(void)
{
    mien_graph *g = NULL, *back = NULL;
    mien_bytes file = {0};
    mien_error err = {0};
    CHECK(mi_graph_new(&g, &err) == MIEN_OK);
    mi_node *in[3] = {mi_graph_input(g, "x", (mien_shape){4, {1, 2, 3, 1}})};
    for (int i = 1; i < 3; i++)
        in[i] = mi_graph_constant(g, NULL, MI_F32, (mien_shape){1, {2}}, values,
                                  MI_COPY);
    const mi_group_norm_attr a = {1e-3F, 2, 1};
    const mi_reduce_mean_attr m = {{2, {2, 3}}, 0};
    mi_node *y = mi_graph_node(g, &mi_op_group_norm, in, 3, &a, "y");
    mi_graph_output(g, mi_graph_node(g, &mi_op_reduce_mean, &y, 1, &m, "m"),
                    NULL);
    CHECK_MSG(mien_onnx_write(g, &file, &err) == MIEN_OK, "%s", err.text);
    CHECK_MSG(mien_onnx_read(file.data, file.n, &back, &err) == MIEN_OK, "%s",
              err.text);
    const mi_node *n = back ? mi_graph_find(back, "y") : NULL;
    CHECK(n && ((const mi_group_norm_attr *)n->attr)->num_groups == 2);
    n = back ? mi_graph_find(back, "m") : NULL;
    CHECK(n && ((const mi_reduce_mean_attr *)n->attr)->axes.v[1] == 3);
    mien_graph_free(back);
    mien_bytes_free(&file);
    mien_graph_free(g);
}

static void test_what_is_read_is_what_was_written(void)
{
    mien_graph *g = sample(), *back = NULL;
    mien_bytes file = {0}, again = {0};
    mien_error err = {0};
    CHECK_MSG(mien_onnx_write(g, &file, &err) == MIEN_OK, "%s", err.text);
    CHECK_MSG(mien_onnx_read(file.data, file.n, &back, &err) == MIEN_OK, "%s",
              err.text);
    if (back) {
        CHECK_EQ(mi_graph_size(back), mi_graph_size(g));
        CHECK_EQ(mien_graph_inputs(back), 1);
        CHECK_EQ(mien_graph_outputs(back), 2);
        CHECK(strcmp(mien_graph_output_name(back, 1), "flat features") == 0);
        CHECK(strcmp(mi_graph_dim_name_of(back, 0, 2), "height") == 0);
        CHECK(!mi_graph_dim_name_of(back, 0, 3));
        CHECK_EQ(mien_graph_input_shape(back, 0).dim[3], -1);
        CHECK(strcmp(mien_graph_meta(back, "task"),
                     mien_graph_meta(g, "task")) == 0);
        mien_shape s = mi_graph_output_node(back, 0)->shape;
        CHECK(s.rank == 4 && s.dim[1] == 2 && s.dim[2] == -1);

        float want[96] = {0}, got[96] = {0};
        run(g, want);
        run(back, got);
        CHECK(memcmp(want, got, sizeof want) == 0 && want[0] != 0);
        CHECK(memcmp(want, want + 48, 48 * sizeof *want) == 0);
        CHECK(mien_onnx_write(back, &again, &err) == MIEN_OK);
    }
    mien_bytes_free(&again);
    mien_bytes_free(&file);
    mien_graph_free(back);
    mien_graph_free(g);
}

/* Once read, a graph has its reader's order: from then on nothing changes. */
static void test_writing_again_gives_the_same_bytes(void)
{
    size_t n = 0;
    const uint8_t *bytes = mien_model_embedded("yunet_n", &n);
    mien_graph *first = NULL, *second = NULL;
    mien_bytes a = {0}, b = {0};
    mien_error err = {0};
    CHECK(mien_onnx_read(bytes, n, &first, &err) == MIEN_OK);
    CHECK_MSG(mien_onnx_write(first, &a, &err) == MIEN_OK, "%s", err.text);
    CHECK_MSG(mien_onnx_read(a.data, a.n, &second, &err) == MIEN_OK, "%s",
              err.text);
    if (second)
        CHECK(mien_onnx_write(second, &b, &err) == MIEN_OK);
    CHECK(a.n == b.n && a.n && memcmp(a.data, b.data, a.n) == 0);
    mien_bytes_free(&a);
    mien_bytes_free(&b);
    mien_graph_free(first);
    mien_graph_free(second);
}

/* Weights lie at multiples of 16 bytes, so that a reader need not copy them. */
static void test_weights_are_aligned(void)
{
    mien_graph *g = sample(), *back = NULL;
    mien_bytes file = {0};
    mien_error err = {0};
    CHECK(mien_onnx_write(g, &file, &err) == MIEN_OK);
    CHECK(mien_onnx_read_borrowed(file.data, file.n, &back, &err) == MIEN_OK);
    int seen = 0;
    for (int i = 0; back && i < mi_graph_size(back); i++) {
        const uint8_t *v = mi_graph_at(back, i)->value;
        if (!v)
            continue;
        CHECK(v >= file.data && v < file.data + file.n);
        CHECK((v - file.data) % 16 == 0);
        seen++;
    }
    CHECK_EQ(seen, 4);
    mien_graph_free(back);
    mien_graph_free(g);
    mien_bytes_free(&file);
}

static void test_every_cut_is_refused(void)
{
    mien_graph *g = sample();
    mien_bytes file = {0};
    mien_error err = {0};
    CHECK(mien_onnx_write(g, &file, &err) == MIEN_OK);
    for (size_t n = 0; n < file.n; n++) {
        mien_graph *back = NULL;
        CHECK(mien_onnx_read(file.data, n, &back, &err) == MIEN_EFORMAT);
        mien_graph_free(back);
    }
    mien_bytes_free(&file);
    mien_graph_free(g);
}

static void test_a_graph_with_a_mistake_is_not_written(void)
{
    mien_graph *g = sample();
    mien_bytes file = {0};
    mien_error err = {0};
    mi_graph_input(g, "x", (mien_shape){1, {1}});
    CHECK(mien_onnx_write(g, &file, &err) == MIEN_EFORMAT);
    CHECK(!file.data && strstr(err.text, "taken") != NULL);
    mien_graph_free(g);
}

static void test_no_memory(void)
{
    mien_graph *g = sample();
    mien_status st = MIEN_ENOMEM;
    long n = 0;
    for (; st == MIEN_ENOMEM && n < 1000; n++) {
        mien_bytes file = {0};
        mien_error err = {0};
        mi_alloc_fail_after(n);
        st = mien_onnx_write(g, &file, &err);
        mi_alloc_fail_after(-1);
        CHECK_MSG(st == MIEN_OK || (st == MIEN_ENOMEM && !file.data),
                  "after %ld: %s", n, err.text);
        mien_bytes_free(&file);
    }
    CHECK(st == MIEN_OK && n > 5);
    mien_graph_free(g);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_what_is_read_is_what_was_written);
    RUN(test_group_normalisation);
    RUN(test_writing_again_gives_the_same_bytes);
    RUN(test_weights_are_aligned);
    RUN(test_every_cut_is_refused);
    RUN(test_a_graph_with_a_mistake_is_not_written);
    RUN(test_no_memory);
    return check_done();
}
