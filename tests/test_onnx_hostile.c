/* Bytes that mean harm: every cut and every flipped byte of a small file,
 * counts and shapes that lie, names that do not fit, and memory that runs out.
 * The reader must answer with a status and a text that names the place. */
#include "mien/engine.h"
#include "onnx_make.h"

#include <stdio.h>

static const float weights[8] = {1, 2, 3, 4, 5, 6, 7, 8};

/* A file with every kind of thing in it: 600 bytes or so. */
static mien_buffer small_file(void)
{
    static const int64_t wide[] = {1, 1, 2, 2}, kernel[] = {2, 2},
                         flat[] = {1, -1};
    static const uint8_t q[4] = {1, 2, 3, 4};
    static const float half = 0.5F;
    mien_buffer g = make_graph(), a = {0}, b = {0}, c = {0};
    make_ints(&g, "wide", wide, 4);
    make_ints(&g, "flat", flat, 2);
    make_tensor(&g, "q", ELEMENT_UINT8, 4, wide, q, 4);
    make_tensor(&g, "half", ELEMENT_FLOAT, 0, NULL, &half, 4);
    make_floats(&g, "bias", weights, 1);
    make_node(&g, "Reshape", "x,wide", "r", NULL);
    make_node(&g, "DequantizeLinear", "q,half", "w", NULL);
    make_attr_ints(&a, "kernel_shape", 1, kernel, 2);
    make_attr_ints(&a, "pads", 0, wide, 4);
    make_attr_text(&a, "auto_pad", "NOTSET");
    make_node(&g, "Conv", "r,w,bias", "c", &a);
    make_attr_float(&b, "alpha", 0.25F);
    make_node(&g, "LeakyRelu", "c", "l", &b);
    make_attr_int(&c, "axis", 1);
    make_node(&g, "Flatten", "l", "f", &c);
    make_node(&g, "Reshape", "f,flat", "y", NULL);
    return make_model(&g, 13);
}

/* Read, and plan what can be read: neither may crash or leak. */
static mien_status try_file(const uint8_t *bytes, size_t n, mien_error *err)
{
    mien_graph *g = NULL;
    mien_plan *p = NULL;
    *err = (mien_error){0};
    mien_status st = mien_onnx_read(bytes, n, &g, err);
    CHECK((st == MIEN_OK) == (g != NULL));
    CHECK(st == MIEN_OK || (err->status == st && err->text[0]));
    if (st != MIEN_OK)
        return st;
    if (mien_graph_inputs(g) == 1) {
        mien_shape s = mien_graph_input_shape(g, 0);
        for (int d = 0; d < s.rank; d++)
            s.dim[d] = s.dim[d] < 0 ? 4 : s.dim[d];
        int64_t len = mi_shape_len(&s);
        if (len > 0 && len < 1 << 16 &&
            mien_plan_new(g, &s, 1, NULL, &p, NULL) == MIEN_OK)
            mien_plan_run(p);
    }
    mien_plan_free(p);
    mien_graph_free(g);
    return st;
}

static void test_the_small_file_is_good(void)
{
    mien_buffer m = small_file();
    mien_error err;
    CHECK_MSG(try_file(m.data, m.n, &err) == MIEN_OK, "%s", err.text);
    mien_buffer_free(&m);
}

/* The graph is the last field, so no part of the file is a file. */
static void test_every_cut_is_refused(void)
{
    mien_buffer m = small_file();
    for (size_t n = 0; n < m.n; n++) {
        uint8_t *part = malloc(n + 1); /* so that a read past it is seen */
        mien_error err;
        memcpy(part, m.data, n);
        mien_status st = try_file(part, n, &err);
        CHECK_MSG(st == MIEN_EFORMAT, "cut at %zu: status %d", n, st);
        CHECK_MSG(strncmp(err.text, "onnx: ", 6) == 0, "cut at %zu: %s", n,
                  err.text);
        free(part);
    }
    mien_buffer_free(&m);
}

static void test_every_byte_flipped(void)
{
    static const uint8_t flips[] = {0x01, 0x02, 0x10, 0x80, 0xff};
    mien_buffer m = small_file();
    int refused = 0;
    for (size_t i = 0; i < m.n; i++)
        for (size_t k = 0; k < sizeof flips; k++) {
            mien_error err;
            m.data[i] ^= flips[k];
            refused += try_file(m.data, m.n, &err) != MIEN_OK;
            m.data[i] ^= flips[k];
        }
    CHECK(refused > 100);
    mien_buffer_free(&m);
}

/* The graph, which is freed, is refused with these words in the text. */
static void refuse(mien_buffer *graph, mien_status want, const char *words)
{
    mien_buffer m = make_model(graph, 13);
    mien_error err;
    mien_status st = try_file(m.data, m.n, &err);
    CHECK_MSG(st == want, "%s: status %d, want %d: %s", words, st, want,
              err.text);
    CHECK_MSG(strstr(err.text, words) != NULL, "'%s' is not in '%s'", words,
              err.text);
    mien_buffer_free(&m);
}

static void test_unknown_operator(void)
{
    mien_buffer g = make_graph(), n = {0};
    make_node(&g, "Frobnicate", "x", "y", NULL);
    refuse(&g, MIEN_EUNSUP, "node 0 (Frobnicate 'y')");
    g = make_graph();
    mi_put_text(&n, NODE_DOMAIN, "com.example");
    make_node(&g, "Relu", "x", "y", &n);
    refuse(&g, MIEN_EUNSUP, "com.example");
}

static void test_wrong_attributes(void)
{
    static const int64_t three[] = {1, 1, 1};
    static const int64_t many[20] = {1}, dims[] = {1, 1, 1, 1};
    mien_buffer g = make_graph(), a = {0};
    make_attr_text(&a, "alpha", "much");
    make_node(&g, "LeakyRelu", "x", "y", &a);
    refuse(&g, MIEN_EFORMAT, "attribute alpha is of type text, wanted float");

    g = make_graph();
    make_attr_int(&a, "frob", 3);
    make_node(&g, "Relu", "x", "y", &a);
    refuse(&g, MIEN_EUNSUP, "attribute frob");

    g = make_graph();
    make_attr_ints(&a, "perm", 0, many, 20);
    make_node(&g, "Transpose", "x", "y", &a);
    refuse(&g, MIEN_ELIMIT, "perm has more than");

    g = make_graph();
    make_tensor(&g, "w", ELEMENT_FLOAT, 4, dims, weights, 4);
    make_attr_text(&a, "auto_pad", "a text that no field would hold");
    make_attr_ints(&a, "kernel_shape", 0, three, 3);
    make_node(&g, "Conv", "x,w", "y", &a);
    refuse(&g, MIEN_ELIMIT, "auto_pad");
}

static void test_cycles_and_names(void)
{
    mien_buffer g = make_graph();
    make_node(&g, "Add", "x,z", "y", NULL);
    make_node(&g, "Relu", "y", "z", NULL);
    refuse(&g, MIEN_EFORMAT, "node 0 (Add 'y'): uses 'z' before it is made");

    g = make_graph();
    make_node(&g, "Relu", "y", "y", NULL);
    refuse(&g, MIEN_EFORMAT, "before it is made");

    g = make_graph();
    make_node(&g, "Relu", "x", "y", NULL);
    make_node(&g, "Relu", "x", "y", NULL);
    refuse(&g, MIEN_EFORMAT, "node 1 (Relu 'y'): makes 'y', which is there");

    g = make_graph();
    make_floats(&g, "w", weights, 4);
    make_floats(&g, "w", weights, 4);
    refuse(&g, MIEN_EFORMAT, "two initialisers 'w'");

    g = make_graph();
    make_value(&g, GRAPH_INPUT, "x", ELEMENT_FLOAT, 2, make_row);
    refuse(&g, MIEN_EFORMAT, "two inputs 'x'");

    g = make_graph();
    make_node(&g, "Relu", "x", "", NULL);
    refuse(&g, MIEN_EFORMAT, "has no named result");

    g = make_graph();
    make_floats(&g, "", weights, 4);
    refuse(&g, MIEN_EFORMAT, "without a name");

    g = make_graph();
    make_node(&g, "Relu", "x", "\xff\xfe", NULL);
    refuse(&g, MIEN_EFORMAT, "not UTF-8");

    g = make_graph();
    make_node(&g, "Relu", "x", "z", NULL);
    refuse(&g, MIEN_EFORMAT, "output 'y' is never made");

    char name[400];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = 0;
    g = make_graph();
    make_node(&g, "Relu", "x", name, NULL);
    refuse(&g, MIEN_ELIMIT, "a name of 399 bytes");
}

static void test_shapes_that_lie(void)
{
    static const int64_t huge[] = {(int64_t)1 << 62},
                         wide[] = {1 << 14, 1 << 15}, less[] = {-3},
                         seven[7] = {1, 1, 1, 1, 1, 1, 1},
                         wrap[] = {1 << 28, 1 << 28, 1 << 8};
    static const struct {
        const int64_t *dims;
        int rank;
        mien_status st;
        const char *words;
    } cases[] = {
        {huge, 1, MIEN_ELIMIT, "4611686018427387904"},
        {wide, 2, MIEN_ELIMIT, "more than"},
        {less, 1, MIEN_EFORMAT, "dimension 0 is -3"},
        {seven, 7, MIEN_ELIMIT, "more than 6 dimensions"},
        {wrap, 3, MIEN_ELIMIT, "more than"},
        {make_row, 2, MIEN_EFORMAT, "has 12 bytes, its shape wants 16"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mien_buffer g = make_graph();
        make_tensor(&g, "w", ELEMENT_FLOAT, cases[i].rank, cases[i].dims,
                    weights, 12);
        make_node(&g, "Add", "x,w", "y", NULL);
        refuse(&g, cases[i].st, cases[i].words);
    }
    static const int64_t inputs[][1] = {{-3}, {(int64_t)1 << 40}};
    for (int i = 0; i < 2; i++) {
        mien_buffer g = make_graph();
        make_value(&g, GRAPH_INPUT, "z", ELEMENT_FLOAT, 1, inputs[i]);
        refuse(&g, MIEN_EFORMAT, "dimension 0 of an input");
    }
    mien_buffer g = make_graph();
    make_value(&g, GRAPH_INPUT, "z", ELEMENT_INT64, 2, make_row);
    refuse(&g, MIEN_EUNSUP, "input 'z' has elements of type 7");
}

/* A typed field with fewer elements than the shape, and one with none. */
static void test_missing_elements(void)
{
    for (int n = 0; n < 4; n++) {
        mien_buffer g = make_graph(), t = {0};
        mi_put_varint(&t, TENSOR_DIMS, 4);
        mi_put_varint(&t, TENSOR_TYPE, ELEMENT_FLOAT);
        mi_put_text(&t, TENSOR_NAME, "w");
        for (int i = 0; i < n; i++)
            mi_put_float(&t, TENSOR_FLOATS, 1);
        mi_put_message(&g, GRAPH_TENSOR, &t);
        make_node(&g, "Add", "x,w", "y", NULL);
        refuse(&g, MIEN_EFORMAT, "elements, its shape wants 4");
    }
}

static void test_external_data(void)
{
    mien_buffer g = make_graph(), t = {0}, entry = {0};
    mi_put_text(&entry, META_KEY, "location");
    mi_put_text(&entry, META_VALUE, "/etc/passwd");
    mi_put_varint(&t, TENSOR_DIMS, 4);
    mi_put_varint(&t, TENSOR_TYPE, ELEMENT_FLOAT);
    mi_put_text(&t, TENSOR_NAME, "w");
    mi_put_message(&t, TENSOR_EXTERNAL, &entry);
    mi_put_varint(&t, TENSOR_LOCATION, 1);
    mi_put_message(&g, GRAPH_TENSOR, &t);
    make_node(&g, "Add", "x,w", "y", NULL);
    refuse(&g, MIEN_EUNSUP, "tensor 'w' lies in another file");
}

static void test_too_many(void)
{
    mien_buffer g = make_graph(), in = {0};
    for (int i = 0; i < 17; i++)
        mien_buffer_put(&in, i ? ",x" : "x", i ? 2 : 1);
    mien_buffer_put(&in, "", 1);
    make_node(&g, "Concat", (const char *)in.data, "y", NULL);
    mien_buffer_free(&in);
    refuse(&g, MIEN_ELIMIT, "more than 16 inputs");

    g = make_graph();
    mien_buffer n = {0};
    for (int i = 0; i < 25; i++)
        make_attr_int(&n, "seed", i);
    make_node(&g, "Dropout", "x", "y", &n);
    refuse(&g, MIEN_ELIMIT, "more than 24 attributes");

    g = make_graph();
    make_node(&g, "Relu", "", "y", NULL);
    refuse(&g, MIEN_EFORMAT, "0 inputs, wanted 1");

    g = make_graph();
    make_node(&g, "Add", ",x", "y", NULL);
    refuse(&g, MIEN_EFORMAT, "input 0 is left out");
}

static void test_int8_elsewhere(void)
{
    static const int8_t q[4] = {1, 2, 3, 4};
    mien_buffer g = make_graph();
    make_tensor(&g, "q", ELEMENT_INT8, 2, make_row, q, 4);
    make_node(&g, "Add", "x,q", "y", NULL);
    refuse(&g, MIEN_EUNSUP, "input 1 is int8");
}

static void test_models_without_something(void)
{
    mien_buffer g = make_graph();
    make_node(&g, "Relu", "x", "y", NULL);
    for (int opset = 6; opset <= 22; opset += 16) {
        mien_buffer copy = {0};
        mien_buffer_put(&copy, g.data, g.n);
        mien_buffer m = make_model(&copy, opset);
        mien_error err;
        CHECK(try_file(m.data, m.n, &err) == MIEN_EUNSUP);
        CHECK_MSG(strstr(err.text, "wanted 7 to 21") != NULL, "%s", err.text);
        mien_buffer_free(&m);
    }
    mien_buffer m = {0};
    mien_error err;
    mi_put_bytes(&m, MODEL_GRAPH, g.data, g.n);
    CHECK(try_file(m.data, m.n, &err) == MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "no opset") != NULL, "%s", err.text);
    mi_put_bytes(&m, MODEL_GRAPH, g.data, g.n);
    CHECK(try_file(m.data, m.n, &err) == MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "two graphs") != NULL, "%s", err.text);
    mien_buffer_free(&m);
    mien_buffer_free(&g);

    static const char text[] = "This is a letter and not a network.\n";
    CHECK(try_file((const uint8_t *)text, sizeof text, &err) == MIEN_EFORMAT);
    CHECK(try_file((const uint8_t *)text, 0, &err) == MIEN_EFORMAT);
}

/* Names that all hash alike in a table without a seed would take for ever. */
static void test_many_names(void)
{
    mien_buffer g = {0};
    char name[16];
    make_value(&g, GRAPH_INPUT, "n0", ELEMENT_FLOAT, 2, make_row);
    for (int i = 0; i < 20000; i++) {
        char from[16];
        snprintf(from, sizeof from, "n%d", i);
        snprintf(name, sizeof name, "n%d", i + 1);
        make_node(&g, "Identity", from, name, NULL);
    }
    make_value(&g, GRAPH_OUTPUT, name, ELEMENT_FLOAT, 2, make_row);
    mien_buffer m = make_model(&g, 13);
    mien_graph *graph = NULL;
    mien_error err = {0};
    CHECK_MSG(mien_onnx_read(m.data, m.n, &graph, &err) == MIEN_OK, "%s",
              err.text);
    mien_graph_free(graph);
    mien_buffer_free(&m);
}

static void test_no_memory(void)
{
    mien_buffer m = small_file();
    mien_status st = MIEN_ENOMEM;
    long n = 0;
    for (; st == MIEN_ENOMEM && n < 1000; n++) {
        mien_graph *g = NULL;
        mien_error err = {0};
        mi_alloc_fail_after(n);
        st = mien_onnx_read(m.data, m.n, &g, &err);
        mi_alloc_fail_after(-1);
        CHECK_MSG(st == MIEN_OK || (st == MIEN_ENOMEM && !g), "after %ld: %s",
                  n, err.text);
        mien_graph_free(g);
    }
    CHECK(st == MIEN_OK && n > 5);
    mien_buffer_free(&m);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_the_small_file_is_good);
    RUN(test_every_cut_is_refused);
    RUN(test_every_byte_flipped);
    RUN(test_unknown_operator);
    RUN(test_wrong_attributes);
    RUN(test_cycles_and_names);
    RUN(test_shapes_that_lie);
    RUN(test_missing_elements);
    RUN(test_external_data);
    RUN(test_too_many);
    RUN(test_int8_elsewhere);
    RUN(test_models_without_something);
    RUN(test_many_names);
    RUN(test_no_memory);
    return check_done();
}
