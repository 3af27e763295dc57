/* ONNX files: graph to ModelProto, opset 13, or 21
 * where a group normalisation is.
 *
 * Every value is named as its node.  Weights go to raw_data, each at a multiple
 * of 16 bytes of the file, so that our reader (and anyone who maps the file)
 * can use them where they lie: a doc_string of spaces in front of raw_data
 * fills up to the multiple, within the graph; another in front of the graph
 * puts that on one.  The graph comes last, so that a file that is cut short is
 * never taken for a whole one.
 *
 * Source: onnx.proto of ONNX 1.16. */
#include "mien/model.h"

#include "model/onnx.h"

#include "base/alloc.h"
#include "base/error.h"
#include "graph/op_attr.h"

#include <stdio.h>
#include <string.h>

enum { ALIGN = 16, TENSOR_DOC = 12, MODEL_DOC = 6 };

/* Of the bytes that this writer makes; raised when they change. */
static const char writer_version[] = "1";

static const char spaces[ALIGN + 1] = "                ";

static size_t varint_len(uint64_t v)
{
    size_t n = 1;
    while (v > 127) {
        v >>= 7;
        n++;
    }
    return n;
}

/* The value of an attribute, with the field of its type. */
static void put_attr_value(mien_buffer *b, const mi_attr *a, const char *field)
{
    if (a->type == MI_ATTR_INT) {
        int64_t v;
        memcpy(&v, field, sizeof v);
        mi_put_varint(b, ATTR_I, (uint64_t)v);
        mi_put_varint(b, ATTR_TYPE, KIND_INT);
    } else if (a->type == MI_ATTR_FLOAT) {
        float v;
        memcpy(&v, field, sizeof v);
        mi_put_float(b, ATTR_F, v);
        mi_put_varint(b, ATTR_TYPE, KIND_FLOAT);
    } else if (a->type == MI_ATTR_TEXT) {
        mi_put_text(b, ATTR_S, field);
        mi_put_varint(b, ATTR_TYPE, KIND_TEXT);
    } else {
        mi_ints v;
        memcpy(&v, field, sizeof v);
        for (int i = 0; i < v.n; i++)
            mi_put_varint(b, ATTR_INTS, (uint64_t)v.v[i]);
        mi_put_varint(b, ATTR_TYPE, KIND_INTS);
    }
}

/* Bytes of an attribute's field that say whether it is the default. */
static size_t field_size(const mi_attr *a, const char *field)
{
    mi_ints v;
    switch (a->type) {
    case MI_ATTR_INT: return sizeof(int64_t);
    case MI_ATTR_FLOAT: return sizeof(float);
    case MI_ATTR_TEXT: return strlen(field) + 1;
    case MI_ATTR_INTS:
        memcpy(&v, field, sizeof v);
        return offsetof(mi_ints, v) + (size_t)v.n * sizeof *v.v;
    default: return 0; /* tensors: no operator of a graph has one */
    }
}

/* The attributes that are not the defaults; without: but for one, or NULL. */
static void put_attrs(mien_buffer *b, const mi_node *n, const char *without)
{
    for (const mi_attr *a = n->op->attrs; a && a->name; a++) {
        const char *field = (const char *)n->attr + a->offset;
        const char *usual = (const char *)n->op->attr_defaults + a->offset;
        if (memcmp(field, usual, field_size(a, field)) == 0 ||
            (without && strcmp(a->name, without) == 0))
            continue;
        mien_buffer attr = {0};
        mi_put_text(&attr, ATTR_NAME, a->name);
        put_attr_value(&attr, a, field);
        mi_put_message(b, NODE_ATTR, &attr);
    }
}

/* axes: the name of an input that stands for the attribute so called, or NULL.
 */
static void put_node(mien_buffer *b, const mi_node *n, const char *axes)
{
    mien_buffer node = {0};
    for (int i = 0; i < n->n_in; i++)
        mi_put_text(&node, NODE_INPUT, n->in[i] ? n->in[i]->name : "");
    if (axes)
        mi_put_text(&node, NODE_INPUT, axes);
    mi_put_text(&node, NODE_OUTPUT, n->name);
    mi_put_text(&node, NODE_NAME, n->name);
    mi_put_text(&node, NODE_OP, n->op->name);
    put_attrs(&node, n, axes ? "axes" : NULL);
    mi_put_message(b, GRAPH_NODE, &node);
}

/* A TensorProto whose raw_data begins at a multiple of ALIGN in b. */
static void put_tensor(mien_buffer *b, const mi_node *n)
{
    mien_buffer head = {0};
    size_t bytes = (size_t)mi_shape_len(&n->shape) * (n->type == MI_I64   ? 8
                                                      : n->type == MI_F32 ? 4
                                                                          : 1);
    for (int i = 0; i < n->shape.rank; i++)
        mi_put_varint(&head, TENSOR_DIMS, (uint64_t)n->shape.dim[i]);
    mi_put_varint(&head, TENSOR_TYPE, (uint64_t)n->type);
    mi_put_text(&head, TENSOR_NAME, n->name);

    size_t pad = 0, total = 0;
    for (; pad < ALIGN; pad++) {
        total = head.n + 2 + pad + 1 + varint_len(bytes) + bytes;
        size_t raw = b->n + 1 + varint_len(total) + total - bytes;
        if (raw % ALIGN == 0)
            break;
    }
    mi_put_bytes(&head, TENSOR_DOC, spaces, pad);
    mi_buffer_varint(b, GRAPH_TENSOR << 3 | MI_WIRE_BYTES);
    mi_buffer_varint(b, total);
    mien_buffer_put(b, head.data, head.n);
    mi_put_bytes(b, TENSOR_RAW, n->value, bytes);
    b->failed |= head.failed;
    mien_buffer_free(&head);
}

/* shape: -1 is a free dimension; input: whose dimensions have names, or -1 */
static void put_value(mien_buffer *b, uint32_t number, const mien_graph *g,
                      const char *name, const mien_shape *shape, int input)
{
    mien_buffer dims = {0}, tensor = {0}, type = {0}, value = {0};
    for (int i = 0; i < shape->rank; i++) {
        mien_buffer dim = {0};
        const char *free_name =
            input < 0 ? NULL : mi_graph_dim_name_of(g, input, i);
        if (shape->dim[i] >= 0)
            mi_put_varint(&dim, DIM_VALUE, (uint64_t)shape->dim[i]);
        else if (free_name)
            mi_put_text(&dim, DIM_NAME, free_name);
        mi_put_message(&dims, SHAPE_DIM, &dim);
    }
    mi_put_varint(&tensor, TYPE_ELEMENT, ELEMENT_FLOAT);
    mi_put_message(&tensor, TYPE_SHAPE, &dims);
    mi_put_message(&type, TYPE_TENSOR, &tensor);
    mi_put_text(&value, VALUE_NAME, name);
    mi_put_message(&value, VALUE_TYPE, &type);
    mi_put_message(b, number, &value);
}

/* used [nodes]: 1 for constants that a node or an output needs */
static void mark_constants(const mien_graph *g, char *used)
{
    for (int i = 0; i < mi_graph_size(g); i++) {
        const mi_node *n = mi_graph_at(g, i);
        for (int k = 0; k < n->n_in; k++)
            if (n->in[k])
                used[n->in[k]->id] = 1;
    }
    for (int i = 0; i < mien_graph_outputs(g); i++)
        used[mi_graph_output_node(g, i)->id] = 1;
    for (int i = 0; i < mien_graph_inputs(g); i++)
        used[mi_graph_input_node(g, i)->id] = 0;
}

/* The opset of what is written: of a group normalisation a newer one. */
static int opset_of(const mien_graph *g)
{
    for (int i = 0; i < mi_graph_size(g); i++)
        if (mi_graph_at(g, i)->op == &mi_op_group_norm)
            return MI_ONNX_OPSET_GROUPS;
    return MI_ONNX_OPSET;
}

/* A ReduceMean whose axes are an input, as newer opsets have it. */
static void put_mean(mien_buffer *b, const mi_node *n)
{
    const mi_reduce_mean_attr *a = n->attr;
    char name[MI_MAX_NAME + 8];
    snprintf(name, sizeof name, "%s:axes", n->name);
    const mi_node axes = {.name = name,
                          .type = MI_I64,
                          .shape = {1, {a->axes.n}},
                          .value = a->axes.v};
    put_tensor(b, &axes);
    put_node(b, n, name);
}

/* The GraphProto: names, inputs, outputs, nodes, constants that are used. */
static void put_graph(mien_buffer *b, const mien_graph *g,
                      const mien_shape *out, char *used)
{
    mark_constants(g, used);
    const char *name = mien_graph_meta(g, "mien.name");
    mi_put_text(b, GRAPH_NAME, name ? name : "graph");
    for (int i = 0; i < mien_graph_inputs(g); i++) {
        mien_shape shape = mien_graph_input_shape(g, i);
        put_value(b, GRAPH_INPUT, g, mien_graph_input_name(g, i), &shape, i);
    }
    for (int i = 0; i < mien_graph_outputs(g); i++)
        put_value(b, GRAPH_OUTPUT, g, mien_graph_output_name(g, i), &out[i],
                  -1);
    int newer = opset_of(g) > MI_ONNX_OPSET;
    for (int i = 0; i < mi_graph_size(g); i++) {
        const mi_node *n = mi_graph_at(g, i);
        if (newer && n->op == &mi_op_reduce_mean &&
            ((const mi_reduce_mean_attr *)n->attr)->axes.n > 0)
            put_mean(b, n);
        else if (n->op)
            put_node(b, n, NULL);
        else if (used[i])
            put_tensor(b, n);
    }
}

/* The ModelProto around a graph, padded so that the graph's bytes align. */
static void put_model(mien_buffer *b, const mien_graph *g,
                      const mien_buffer *graph)
{
    mien_buffer opset = {0};
    mi_put_varint(b, MODEL_IR, MI_ONNX_IR);
    mi_put_text(b, MODEL_PRODUCER, "mien");
    mi_put_text(b, MODEL_PRODUCER_VERSION, writer_version);
    mi_put_text(&opset, OPSET_DOMAIN, "");
    mi_put_varint(&opset, OPSET_VERSION, (uint64_t)opset_of(g));
    mi_put_message(b, MODEL_OPSET, &opset);
    const char *key, *value;
    for (int i = 0; mien_graph_meta_at(g, i, &key, &value); i++) {
        mien_buffer meta = {0};
        mi_put_text(&meta, META_KEY, key);
        mi_put_text(&meta, META_VALUE, value);
        mi_put_message(b, MODEL_META, &meta);
    }
    size_t at = b->n + 2 + 1 + varint_len(graph->n);
    mi_put_bytes(b, MODEL_DOC, spaces, (ALIGN - at % ALIGN) % ALIGN);
    b->failed |= graph->failed;
    mi_put_bytes(b, MODEL_GRAPH, graph->data, graph->n);
}

mien_status mien_onnx_write(const mien_graph *g, mien_bytes *out,
                            mien_error *err)
{
    mien_status st = mi_graph_check(g, err);
    if (st != MIEN_OK)
        return st;
    mien_shape shapes[MI_MAX_PORTS];
    char *used = mi_alloc((size_t)mi_graph_size(g) + 1, 1);
    if (!used)
        return mi_fail(err, MIEN_ENOMEM, "onnx: no memory to write");
    mien_buffer graph = {0}, model = {0};
    st = mi_onnx_shapes(g, shapes, err);
    if (st == MIEN_OK) {
        put_graph(&graph, g, shapes, used);
        put_model(&model, g, &graph);
        st = mien_buffer_give(&model, out, err);
    }
    mien_buffer_free(&graph);
    mi_free(used);
    return st;
}
