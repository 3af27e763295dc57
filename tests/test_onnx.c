/* What the ONNX reader makes of good files: opset 13 and the older forms of its
 * operators, all kinds of elements, and files that nobody here wrote. */
#include "onnx_make.h"

#include "mien/file.h"

#include <stdio.h>

static const float x[4] = {-2, -0.5F, 1, 7};

/* Run the model around a graph and compare its one output. */
static void expect(const char *what, mien_buffer *graph, int opset,
                   const float *want, int n)
{
    mien_buffer m = make_model(graph, opset);
    mien_error err = {0};
    mien_shape shape = {0};
    float *got = run_file(m.data, m.n, x, &shape, &err);
    CHECK_MSG(got != NULL, "%s, opset %d: %s", what, opset, err.text);
    if (got) {
        CHECK_EQ(mi_shape_len(&shape), n);
        for (int i = 0; i < n && mi_shape_len(&shape) == n; i++)
            CHECK_MSG(fabsf(got[i] - want[i]) <= 1e-6F,
                      "%s, opset %d: [%d] is %g, want %g", what, opset, i,
                      (double)got[i], (double)want[i]);
    }
    free(got);
    mien_buffer_free(&m);
}

static void test_clip_of_each_opset(void)
{
    static const float want[4] = {-1, -0.5F, 1, 6}, lo = -1, hi = 6;
    for (int opset = 7; opset <= 21; opset++) {
        mien_buffer g = make_graph(), attrs = {0};
        if (opset < 11) {
            make_attr_float(&attrs, "min", lo);
            make_attr_float(&attrs, "max", hi);
            make_node(&g, "Clip", "x", "y", &attrs);
        } else {
            make_tensor(&g, "lo", ELEMENT_FLOAT, 0, NULL, &lo, 4);
            make_tensor(&g, "hi", ELEMENT_FLOAT, 0, NULL, &hi, 4);
            make_node(&g, "Clip", "x,lo,hi", "y", NULL);
        }
        expect("Clip", &g, opset, want, 4);
    }
}

static void test_clip_without_bounds(void)
{
    mien_buffer g = make_graph();
    make_node(&g, "Clip", "x", "y", NULL);
    expect("Clip", &g, 8, x, 4);
}

static void test_axes_as_attribute_and_input(void)
{
    static const int64_t axes[] = {2, 0}, zero[] = {0};
    for (int opset = 7; opset <= 21; opset++)
        for (int packed = 0; packed < 2; packed++) {
            mien_buffer g = make_graph(), a = {0}, b = {0};
            if (opset < 13) {
                make_attr_ints(&a, "axes", packed, axes, 2);
                make_attr_ints(&b, "axes", packed, zero, 1);
                make_node(&g, "Unsqueeze", "x", "u", &a);
                make_node(&g, "Squeeze", "u", "y", &b);
            } else {
                make_ints(&g, "ua", axes, 2);
                make_ints(&g, "sa", zero, 1);
                make_node(&g, "Unsqueeze", "x,ua", "u", NULL);
                make_node(&g, "Squeeze", "u,sa", "y", NULL);
            }
            expect("Unsqueeze, Squeeze", &g, opset, x, 4);
        }
}

static void test_pad_and_slice(void)
{
    static const int64_t pads[] = {0, 1, 0, 2}, from[] = {1}, to[] = {6},
                         axis[] = {1};
    static const float want[] = {-2, -0.5F, 1, 7, 3}, fill = 3;
    for (int opset = 7; opset <= 21; opset++) {
        mien_buffer g = make_graph(), a = {0}, b = {0};
        if (opset < 11) {
            make_attr_ints(&a, "pads", 0, pads, 4);
            make_attr_float(&a, "value", fill);
            make_attr_text(&a, "mode", "constant");
            make_node(&g, "Pad", "x", "p", &a);
        } else {
            make_ints(&g, "pads", pads, 4);
            make_tensor(&g, "fill", ELEMENT_FLOAT, 0, NULL, &fill, 4);
            make_node(&g, "Pad", "x,pads,fill", "p", NULL);
        }
        if (opset < 10) {
            make_attr_ints(&b, "starts", 0, from, 1);
            make_attr_ints(&b, "ends", 0, to, 1);
            make_attr_ints(&b, "axes", 0, axis, 1);
            make_node(&g, "Slice", "p", "y", &b);
        } else {
            make_ints(&g, "from", from, 1);
            make_ints(&g, "to", to, 1);
            make_ints(&g, "axis", axis, 1);
            make_node(&g, "Slice", "p,from,to,axis", "y", NULL);
        }
        expect("Pad, Slice", &g, opset, want, 5);
    }
}

static void test_reduce_mean(void)
{
    static const int64_t axes[] = {1};
    static const float want[] = {1.375F};
    for (int opset = 7; opset <= 21; opset++) {
        mien_buffer g = make_graph(), a = {0};
        make_attr_int(&a, "keepdims", 0);
        if (opset < 18) {
            make_attr_ints(&a, "axes", 1, axes, 1);
            make_node(&g, "ReduceMean", "x", "y", &a);
        } else {
            make_ints(&g, "axes", axes, 1);
            make_node(&g, "ReduceMean", "x,axes", "y", &a);
        }
        expect("ReduceMean", &g, opset, want, 1);
    }
}

/* [1, 4] as [1, 2, 2]: axis 1 means all four before opset 13, two after. */
static void test_softmax_changed_its_meaning(void)
{
    static const int64_t dims[] = {1, 2, 2};
    for (int opset = 11; opset <= 13; opset += 2) {
        float want[4];
        for (int i = 0; i < 4; i++) {
            float sum = 0;
            for (int k = 0; k < 4; k++)
                sum += opset < 13 || k % 2 == i % 2 ? expf(x[k]) : 0;
            want[i] = expf(x[i]) / sum;
        }
        mien_buffer g = make_graph(), a = {0};
        make_ints(&g, "dims", dims, 3);
        make_node(&g, "Reshape", "x,dims", "r", NULL);
        make_attr_int(&a, "axis", 1);
        make_node(&g, "Softmax", "r", "y", &a);
        expect("Softmax", &g, opset, want, 4);
    }
}

static void test_upsample_and_resize(void)
{
    static const int64_t dims[] = {1, 1, 2, 2}, eight[] = {8};
    static const float scales[] = {1, 1, 1, 2};
    static const float want[8] = {-2, -2, -0.5F, -0.5F, 1, 1, 7, 7};
    for (int opset = 9; opset <= 13; opset++) {
        mien_buffer g = make_graph(), a = {0};
        make_ints(&g, "dims", dims, 4);
        make_ints(&g, "flat", eight, 1);
        make_floats(&g, "scales", scales, 4);
        make_floats(&g, "none", scales, 0);
        make_node(&g, "Reshape", "x,dims", "r", NULL);
        make_attr_text(&a, "mode", "nearest");
        if (opset > 10) {
            make_attr_text(&a, "coordinate_transformation_mode", "asymmetric");
            make_attr_text(&a, "nearest_mode", "floor");
            make_attr_float(&a, "cubic_coeff_a", -0.75F);
        }
        make_node(&g, opset == 9 ? "Upsample" : "Resize",
                  opset > 10 ? "r,none,scales" : "r,scales", "u", &a);
        make_node(&g, "Reshape", "u,flat", "y", NULL);
        expect("Resize", &g, opset, want, 8);
    }
}

static void test_dropout_and_unused_things(void)
{
    static const float half = 0.5F;
    mien_buffer g = make_graph(), a = {0};
    make_tensor(&g, "ratio", ELEMENT_FLOAT, 0, NULL, &half, 4);
    make_tensor(&g, "unused", 99, 0, NULL, &half, 4);
    make_value(&g, GRAPH_INPUT, "ratio", ELEMENT_FLOAT, 0, NULL);
    make_attr_int(&a, "seed", 3);
    make_node(&g, "Dropout", "x,ratio", "y", &a);
    expect("Dropout", &g, 13, x, 4);
}

/* (q - zero) * 0.5 of int8 and uint8, with and without a zero point */
static void test_dequantize_int8(void)
{
    static const int8_t q[4] = {-128, -1, 0, 127}, zero8 = -3;
    static const uint8_t u[4] = {0, 127, 128, 255}, zero = 125;
    static const float half = 0.5F;
    static const int64_t dims[] = {1, 4};
    for (int k = 0; k < 4; k++) {
        mien_buffer g = make_graph();
        float want[4];
        for (int i = 0; i < 4; i++)
            want[i] =
                x[i] + (k < 2 ? (float)(q[i] - (k ? zero8 : 0)) * half
                              : (float)(u[i] - (k > 2 ? zero : 0)) * half);
        make_tensor(&g, "q", k < 2 ? ELEMENT_INT8 : ELEMENT_UINT8, 2, dims,
                    k < 2 ? (const void *)q : u, 4);
        make_tensor(&g, "s", ELEMENT_FLOAT, 0, NULL, &half, 4);
        make_tensor(&g, "z", k < 2 ? ELEMENT_INT8 : ELEMENT_UINT8, 0, NULL,
                    k < 2 ? (const void *)&zero8 : &zero, 1);
        make_node(&g, "DequantizeLinear", k % 2 ? "q,s,z" : "q,s", "d", NULL);
        make_node(&g, "Add", "x,d", "y", NULL);
        expect("DequantizeLinear", &g, 13, want, 4);
    }
}

/* The same shape once in each form that a file may give it. */
static void test_elements_in_every_form(void)
{
    static const int64_t two = 2, shape[] = {2, 2};
    static const int32_t shape32[] = {2, 2};
    for (int form = 0; form < 6; form++) {
        mien_buffer g = make_graph(), t = {0}, list = {0}, one = {0};
        int wide = form % 2;
        mi_put_varint(&t, TENSOR_DIMS, 2);
        mi_put_varint(&t, TENSOR_TYPE, wide ? ELEMENT_INT64 : ELEMENT_INT32);
        mi_put_text(&t, TENSOR_NAME, "dims");
        uint32_t field = wide ? TENSOR_INT64S : TENSOR_INT32S;
        for (int i = 0; i < 2; i++) {
            mi_buffer_varint(&list, 2);
            if (form / 2 == 1)
                mi_put_varint(&t, field, 2);
        }
        if (form / 2 == 0)
            mi_put_message(&t, field, &list);
        if (form / 2 == 2)
            mi_put_bytes(&t, TENSOR_RAW, wide ? (const void *)shape : shape32,
                         wide ? 16 : 8);
        mien_buffer_free(&list);
        mi_put_message(&g, GRAPH_TENSOR, &t);
        mi_put_varint(&one, TENSOR_DIMS, 1);
        mi_put_varint(&one, TENSOR_TYPE, ELEMENT_FLOAT);
        mi_put_text(&one, TENSOR_NAME, "two");
        mi_put_float(&one, TENSOR_FLOATS, (float)two);
        mi_put_message(&g, GRAPH_TENSOR, &one);
        make_node(&g, "Reshape", "x,dims", "r", NULL);
        make_node(&g, "Mul", "r,two", "y", NULL);
        static const float want[] = {-4, -1, 2, 14};
        expect("elements", &g, 13, want, 4);
    }
}

static void test_constant_nodes(void)
{
    static const int64_t dims[] = {2, 2};
    static const float want[] = {-6, -1.5F, 3, 21};
    for (int tensor = 0; tensor < 2; tensor++) {
        mien_buffer g = make_graph(), a = {0}, b = {0}, v = {0};
        if (tensor) {
            mi_put_text(&v, ATTR_NAME, "value");
            make_tensor_in(&v, ATTR_T, "", ELEMENT_INT64, 1,
                           (const int64_t[]){2}, dims, 16);
            mi_put_varint(&v, ATTR_TYPE, KIND_TENSOR);
            mi_put_message(&a, NODE_ATTR, &v);
        } else {
            make_attr_ints(&a, "value_ints", 0, dims, 2);
        }
        make_attr_float(&b, "value_float", 3);
        make_node(&g, "Constant", "", "dims", &a);
        make_node(&g, "Constant", "", "three", &b);
        make_node(&g, "Reshape", "x,dims", "r", NULL);
        make_node(&g, "Mul", "r,three", "y", NULL);
        expect("Constant", &g, 13, want, 4);
    }
}

/* Constants that lie inside the file they were read from. */
static int borrowed(const mien_graph *g, const uint8_t *bytes, size_t n)
{
    int inside = 0;
    for (int i = 0; i < mi_graph_size(g); i++) {
        const mi_node *m = mi_graph_at(g, i);
        uintptr_t at = (uintptr_t)m->value;
        if (m->type == MI_F32 && m->value)
            CHECK(at % sizeof(float) == 0);
        inside += at >= (uintptr_t)bytes && at < (uintptr_t)bytes + n;
    }
    return inside;
}

/* Weights that lie aligned are used where they are, if the reader may. */
static void test_weights_are_borrowed_when_asked(void)
{
    size_t n = 0;
    const uint8_t *bytes = mien_model_embedded("yunet_n", &n);
    mien_graph *g = NULL, *own = NULL;
    mien_error err = {0};
    CHECK(mien_onnx_read_borrowed(bytes, n, &g, &err) == MIEN_OK);
    CHECK(mien_onnx_read(bytes, n, &own, &err) == MIEN_OK);
    CHECK(g && borrowed(g, bytes, n) > 50);
    CHECK(own && borrowed(own, bytes, n) == 0);
    CHECK(g && own && mien_graph_parameters(g) == mien_graph_parameters(own));
    mien_graph_free(g);
    mien_graph_free(own);
}

/* The bytes of a file are gone, and written over, before the network runs. */
static void test_bytes_may_go(void)
{
    size_t n = 0;
    const uint8_t *bytes = mien_model_embedded("yunet_n", &n);
    uint8_t *file = malloc(n);
    mien_graph *g[2] = {NULL, NULL};
    float answer[2] = {0};
    memcpy(file, bytes, n);
    CHECK(mien_onnx_read(file, n, &g[0], NULL) == MIEN_OK);
    CHECK(mien_onnx_read_borrowed(bytes, n, &g[1], NULL) == MIEN_OK);
    memset(file, 255, n);
    free(file);
    for (int i = 0; i < 2; i++) {
        mien_plan *p = NULL;
        mien_shape s = {4, {1, 3, 64, 64}};
        CHECK(mien_plan_new(g[i], &s, 1, NULL, &p, NULL) == MIEN_OK);
        mien_tensor in = mien_plan_input(p, 0);
        for (int k = 0; k < 3 * 64 * 64; k++)
            in.data[k] = (float)(k * 37 % 256);
        mien_plan_run(p);
        answer[i] = mien_plan_output(p, 0).data[5];
        mien_plan_free(p);
        mien_graph_free(g[i]);
    }
    CHECK(answer[0] == answer[1] && answer[0] != 0);
}

static void test_files_that_nobody_here_wrote(void)
{
    static const char *const sizes[] = {"320_320", "640_640", "dynamic"};
    const char *dir = getenv("MIEN_SHARED");
    for (int i = 0; i < 6; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/data/yunet/yunet_%c_%s.onnx",
                 dir ? dir : "../shared", i < 3 ? 'n' : 's', sizes[i % 3]);
        mien_bytes file = {0};
        mien_error err = {0};
        mien_graph *g = NULL;
        if (mien_file_load(path, 0, &file, &err) != MIEN_OK) {
            printf("SKIP %s is not there\n", path);
            continue;
        }
        CHECK_MSG(mien_onnx_read(file.data, file.n, &g, &err) == MIEN_OK,
                  "%s: %s", path, err.text);
        if (g) {
            CHECK_EQ(mien_graph_inputs(g), 1);
            CHECK_EQ(mien_graph_outputs(g), 12);
            CHECK(strcmp(mien_graph_output_name(g, 11), "kps_32") == 0);
            mien_shape s = mien_graph_input_shape(g, 0);
            CHECK_EQ(s.dim[2], i % 3 == 2 ? -1 : i % 3 ? 640 : 320);
        }
        mien_graph_free(g);
        mien_bytes_free(&file);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_clip_of_each_opset);
    RUN(test_clip_without_bounds);
    RUN(test_axes_as_attribute_and_input);
    RUN(test_pad_and_slice);
    RUN(test_reduce_mean);
    RUN(test_softmax_changed_its_meaning);
    RUN(test_upsample_and_resize);
    RUN(test_dropout_and_unused_things);
    RUN(test_dequantize_int8);
    RUN(test_elements_in_every_form);
    RUN(test_constant_nodes);
    RUN(test_weights_are_borrowed_when_asked);
    RUN(test_bytes_may_go);
    RUN(test_files_that_nobody_here_wrote);
    return check_done();
}
