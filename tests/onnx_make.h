/* onnx_make.h: small ONNX files, written field by field, for the tests of the
 * reader.  Every maker appends to a buffer; the caller frees it. */
#ifndef ONNX_MAKE_H
#define ONNX_MAKE_H

#include "mien/engine.h"
#include "mien/model.h"
#include "base/alloc.h"
#include "check.h"
#include "model/onnx.h"

#include <stdlib.h>
#include <string.h>

/* name: float or other elements; raw: raw_data, NULL: none */
static inline void make_tensor_in(mien_buffer *b, uint32_t number,
                                  const char *name, int type, int rank,
                                  const int64_t *dims, const void *raw,
                                  size_t raw_n)
{
    mien_buffer t = {0};
    for (int i = 0; i < rank; i++)
        mi_put_varint(&t, TENSOR_DIMS, (uint64_t)dims[i]);
    mi_put_varint(&t, TENSOR_TYPE, (uint64_t)type);
    mi_put_text(&t, TENSOR_NAME, name);
    if (raw)
        mi_put_bytes(&t, TENSOR_RAW, raw, raw_n);
    mi_put_message(b, number, &t);
}

static inline void make_tensor(mien_buffer *graph, const char *name, int type,
                               int rank, const int64_t *dims, const void *raw,
                               size_t raw_n)
{
    make_tensor_in(graph, GRAPH_TENSOR, name, type, rank, dims, raw, raw_n);
}

static inline void make_floats(mien_buffer *graph, const char *name,
                               const float *v, int64_t n)
{
    make_tensor(graph, name, ELEMENT_FLOAT, 1, &n, v, (size_t)n * sizeof *v);
}

static inline void make_ints(mien_buffer *graph, const char *name,
                             const int64_t *v, int64_t n)
{
    make_tensor(graph, name, ELEMENT_INT64, 1, &n, v, (size_t)n * sizeof *v);
}

/* A dimension of 0 is written as the free one called "free". */
static inline void make_value(mien_buffer *graph, uint32_t number,
                              const char *name, int type, int rank,
                              const int64_t *dims)
{
    mien_buffer shape = {0}, tensor = {0}, t = {0}, value = {0};
    for (int i = 0; i < rank; i++) {
        mien_buffer dim = {0};
        if (dims[i])
            mi_put_varint(&dim, DIM_VALUE, (uint64_t)dims[i]);
        else
            mi_put_text(&dim, DIM_NAME, "free");
        mi_put_message(&shape, SHAPE_DIM, &dim);
    }
    mi_put_varint(&tensor, TYPE_ELEMENT, (uint64_t)type);
    mi_put_message(&tensor, TYPE_SHAPE, &shape);
    mi_put_message(&t, TYPE_TENSOR, &tensor);
    mi_put_text(&value, VALUE_NAME, name);
    mi_put_message(&value, VALUE_TYPE, &t);
    mi_put_message(graph, number, &value);
}

static inline void make_attr_int(mien_buffer *node, const char *name, int64_t v)
{
    mien_buffer a = {0};
    mi_put_text(&a, ATTR_NAME, name);
    mi_put_varint(&a, ATTR_I, (uint64_t)v);
    mi_put_varint(&a, ATTR_TYPE, KIND_INT);
    mi_put_message(node, NODE_ATTR, &a);
}

static inline void make_attr_float(mien_buffer *node, const char *name, float v)
{
    mien_buffer a = {0};
    mi_put_text(&a, ATTR_NAME, name);
    mi_put_float(&a, ATTR_F, v);
    mi_put_varint(&a, ATTR_TYPE, KIND_FLOAT);
    mi_put_message(node, NODE_ATTR, &a);
}

static inline void make_attr_text(mien_buffer *node, const char *name,
                                  const char *v)
{
    mien_buffer a = {0};
    mi_put_text(&a, ATTR_NAME, name);
    mi_put_text(&a, ATTR_S, v);
    mi_put_varint(&a, ATTR_TYPE, KIND_TEXT);
    mi_put_message(node, NODE_ATTR, &a);
}

/* packed: one field holds all */
static inline void make_attr_ints(mien_buffer *node, const char *name,
                                  int packed, const int64_t *v, int n)
{
    mien_buffer a = {0}, list = {0};
    mi_put_text(&a, ATTR_NAME, name);
    for (int i = 0; i < n; i++) {
        if (packed)
            mi_buffer_varint(&list, (uint64_t)v[i]);
        else
            mi_put_varint(&a, ATTR_INTS, (uint64_t)v[i]);
    }
    if (packed)
        mi_put_message(&a, ATTR_INTS, &list);
    mi_put_varint(&a, ATTR_TYPE, KIND_INTS);
    mi_put_message(node, NODE_ATTR, &a);
}

/* inputs: names with commas between; the node's attributes are taken from
 * attrs (which may be NULL) and freed. */
static inline void make_node(mien_buffer *graph, const char *op,
                             const char *inputs, const char *output,
                             mien_buffer *attrs)
{
    mien_buffer n = {0};
    const char *end;
    for (const char *p = inputs; *inputs && p; p = end ? end + 1 : NULL) {
        end = strchr(p, ',');
        mi_put_bytes(&n, NODE_INPUT, p, end ? (size_t)(end - p) : strlen(p));
    }
    mi_put_text(&n, NODE_OUTPUT, output);
    mi_put_text(&n, NODE_OP, op);
    if (attrs) {
        mien_buffer_put(&n, attrs->data, attrs->n);
        mien_buffer_free(attrs);
    }
    mi_put_message(graph, GRAPH_NODE, &n);
}

/* The file around a graph, which is freed.  The graph comes last. */
static inline mien_buffer make_model(mien_buffer *graph, int opset)
{
    mien_buffer m = {0}, o = {0};
    mi_put_varint(&m, MODEL_IR, 8);
    mi_put_varint(&o, OPSET_VERSION, (uint64_t)opset);
    mi_put_message(&m, MODEL_OPSET, &o);
    mi_put_message(&m, MODEL_GRAPH, graph);
    return m;
}

static const int64_t make_row[] = {1, 4};

/* input x [1, 4] and output y, around what the caller adds */
static inline mien_buffer make_graph(void)
{
    mien_buffer g = {0};
    make_value(&g, GRAPH_INPUT, "x", ELEMENT_FLOAT, 2, make_row);
    make_value(&g, GRAPH_OUTPUT, "y", ELEMENT_FLOAT, 2, make_row);
    return g;
}

/* Plan and run a file on its one input; the first output, to be freed. */
static inline float *run_file(const uint8_t *bytes, size_t n, const float *in,
                              mien_shape *shape, mien_error *err)
{
    mien_graph *g = NULL;
    mien_plan *p = NULL;
    float *out = NULL;
    if (mien_onnx_read(bytes, n, &g, err) != MIEN_OK)
        return NULL;
    mien_shape s = mien_graph_input_shape(g, 0);
    if (mien_plan_new(g, &s, 1, NULL, &p, err) == MIEN_OK) {
        mien_tensor t = mien_plan_input(p, 0);
        memcpy(t.data, in, (size_t)mi_shape_len(&s) * sizeof *in);
        mien_plan_run(p);
        *shape = mien_plan_output(p, 0).shape;
        out = malloc((size_t)mi_shape_len(shape) * sizeof *out + 4);
        mien_plan_read(p, 0, out);
    }
    mien_plan_free(p);
    mien_graph_free(g);
    return out;
}

#endif
