/* Older and newer forms of operators, brought to those of opset 13.
 *
 * Between opsets 7 and 21 some attributes became inputs (Clip, Pad, Slice,
 * Squeeze, Unsqueeze, Upsample's scales; later ReduceMean's axes), and Softmax
 * changed its meaning: before 13 it worked on the input flattened to two
 * dimensions at `axis`.  Each rule rewrites the node that is being read.
 *
 * Source: the change log of ONNX's operators. */
#include "model/onnx.h"

#include "base/alloc.h"

#include <float.h>
#include <stdio.h>
#include <string.h>

/* A name for a value that the reader makes: the result's and what it is. */
static void part_name(const mi_onnx *r, const char *part,
                      char out[MI_ONNX_MAX_NAME + 1])
{
    const mi_cursor *c = &r->node.out_name[0];
    size_t n = mi_cursor_left(c);
    if (n > MI_ONNX_MAX_NAME - 16)
        n = MI_ONNX_MAX_NAME - 16;
    memcpy(out, c->p, n);
    snprintf(out + n, 16, ":%s", part);
}

static void set_input(mi_onnx *r, int i, const char *part, mi_type type,
                      mien_shape shape, const void *value)
{
    char name[MI_ONNX_MAX_NAME + 1];
    part_name(r, part, name);
    r->node.in[i] =
        mi_graph_constant(r->graph, name, type, shape, value, MI_COPY);
    if (r->node.n_in <= i)
        r->node.n_in = i + 1;
}

static mien_status wrong_inputs(mi_onnx *r, int want)
{
    return mi_onnx_fail(r, MIEN_EFORMAT, "%d inputs, wanted %d in opset %d",
                        r->node.n_in, want, r->opset);
}

/* Attribute of integers -> input i, if it is there. */
static mien_status ints_to_input(mi_onnx *r, const char *attr, int i)
{
    mi_onnx_attr *a = mi_onnx_attr_find(&r->node, attr);
    if (!a)
        return MIEN_OK;
    if (a->kind != KIND_INTS || a->n_ints > MI_MAX_INTS)
        return mi_onnx_fail(r, MIEN_EFORMAT,
                            "attribute %s is not a list of at most %d integers",
                            attr, MI_MAX_INTS);
    mien_shape shape = {.rank = 1, .dim = {a->n_ints}};
    set_input(r, i, attr, MI_I64, shape, a->ints);
    mi_onnx_attr_remove(&r->node, a);
    return MIEN_OK;
}

/* Attribute of one float -> input i; `missing` if it is not there. */
static mien_status float_to_input(mi_onnx *r, const char *attr, int i,
                                  float missing)
{
    mi_onnx_attr *a = mi_onnx_attr_find(&r->node, attr);
    if (a && a->kind != KIND_FLOAT)
        return mi_onnx_fail(r, MIEN_EFORMAT, "attribute %s is no float", attr);
    float v = a ? a->f : missing;
    set_input(r, i, attr, MI_F32, (mien_shape){.rank = 0}, &v);
    if (a)
        mi_onnx_attr_remove(&r->node, a);
    return MIEN_OK;
}

static mien_status clip(mi_onnx *r)
{
    mien_status st = float_to_input(r, "min", 1, -FLT_MAX);
    return st == MIEN_OK ? float_to_input(r, "max", 2, FLT_MAX) : st;
}

static mien_status axes_input(mi_onnx *r)
{
    return ints_to_input(r, "axes", 1);
}

static mien_status pad(mi_onnx *r)
{
    mien_status st = ints_to_input(r, "pads", 1);
    return st == MIEN_OK ? float_to_input(r, "value", 2, 0) : st;
}

static mien_status slice(mi_onnx *r)
{
    mien_status st = ints_to_input(r, "starts", 1);
    if (st == MIEN_OK)
        st = ints_to_input(r, "ends", 2);
    return st == MIEN_OK ? ints_to_input(r, "axes", 3) : st;
}

/* Inference drops nothing, training is refused; a ratio is kept for whoever
 * trains on, if it is one float. */
static mien_status dropout(mi_onnx *r)
{
    if (r->node.n_in > 2 && r->node.in[2])
        return mi_onnx_fail(r, MIEN_EUNSUP, "training_mode is given");
    const mi_node *ratio = r->node.n_in > 1 ? r->node.in[1] : NULL;
    int keep = ratio && ratio->value && ratio->type == MI_F32 &&
               mi_shape_len(&ratio->shape) == 1;
    if (r->node.n_in > 1)
        r->node.n_in = keep ? 2 : 1;
    return MIEN_OK;
}

static mien_status reduce_axes(mi_onnx *r)
{
    const mi_node *axes = r->node.n_in > 1 ? r->node.in[1] : NULL;
    if (axes && axes->n_known < 0)
        return mi_onnx_fail(r, MIEN_EUNSUP, "axes are not a constant");
    if (r->node.n_in > 1)
        r->node.n_in = 1;
    if (!axes || axes->n_known == 0)
        return MIEN_OK;
    if (axes->n_known > MI_MAX_INTS)
        return mi_onnx_fail(r, MIEN_ELIMIT, "more than %d axes", MI_MAX_INTS);
    return mi_onnx_attr_ints(r, "axes", axes->known, axes->n_known);
}

/* Replace r->node by an operator of one input and at most one attribute, and
 * add it to the graph. */
static mien_status add_step(mi_onnx *r, const char *op, const char *part,
                            int64_t axis, mi_node **out)
{
    char name[MI_ONNX_MAX_NAME + 1];
    part_name(r, part, name);
    snprintf(r->node.op_type, sizeof r->node.op_type, "%s", op);
    r->node.n_attr = 0;
    mien_status st = mi_onnx_attr_int(r, "axis", axis);
    return st == MIEN_OK ? mi_onnx_build(r, name, out) : st;
}

/* Softmax over all axes from `axis` on: flatten, last axis, shape back. */
static mien_status softmax(mi_onnx *r)
{
    const mi_onnx_attr *a = mi_onnx_attr_find(&r->node, "axis");
    int64_t axis = a ? a->i : 1;
    if (a && (a->kind != KIND_INT || r->node.n_attr != 1))
        return mi_onnx_fail(r, MIEN_EFORMAT, "wanted one integer, axis");
    if (r->node.n_in != 1 || !r->node.in[0])
        return wrong_inputs(r, 1);
    if (axis == -1)
        return MIEN_OK;

    mi_node *x = r->node.in[0], *shape = NULL;
    mien_status st = add_step(r, "Flatten", "flat", axis, &r->node.in[0]);
    if (st == MIEN_OK)
        st = add_step(r, "Softmax", "softmax", -1, &r->node.in[0]);
    if (st != MIEN_OK)
        return st;
    char name[MI_ONNX_MAX_NAME + 1];
    part_name(r, "shape", name);
    shape = mi_graph_node(r->graph, &mi_op_shape, &x, 1, NULL, name);
    snprintf(r->node.op_type, sizeof r->node.op_type, "Reshape");
    r->node.n_attr = 0;
    r->node.in[1] = shape;
    r->node.n_in = 2;
    return MIEN_OK;
}

static int is_empty(const mi_node *n)
{
    return n && n->value && mi_shape_len(&n->shape) == 0;
}

/* Exporters give an empty tensor for an input that is left out. */
static mien_status resize(mi_onnx *r)
{
    for (int i = 1; i < r->node.n_in; i++)
        if (is_empty(r->node.in[i]))
            r->node.in[i] = NULL;
    return MIEN_OK;
}

/* x, scales -> x, roi, scales, with opset 10's fixed rounding. */
static mien_status old_resize(mi_onnx *r)
{
    if (r->node.n_in != 2)
        return wrong_inputs(r, 2);
    r->node.in[2] = r->node.in[1];
    r->node.in[1] = NULL;
    r->node.n_in = 3;
    snprintf(r->node.op_type, sizeof r->node.op_type, "Resize");
    mien_status st =
        mi_onnx_attr_text(r, "coordinate_transformation_mode", "asymmetric");
    return st == MIEN_OK ? mi_onnx_attr_text(r, "nearest_mode", "floor") : st;
}

/* An Upsample of opset 7 (attribute) or 9 (input) as a Resize. */
static mien_status upsample(mi_onnx *r)
{
    mi_onnx_attr *a = mi_onnx_attr_find(&r->node, "scales");
    if (!a)
        return old_resize(r);
    if (r->node.n_in != 1)
        return wrong_inputs(r, 1);
    if (a->kind != KIND_FLOATS || a->n_floats > MIEN_MAX_RANK)
        return mi_onnx_fail(r, MIEN_EFORMAT,
                            "attribute scales is not a list of at most %d "
                            "floats",
                            MIEN_MAX_RANK);
    mien_shape shape = {.rank = 1, .dim = {a->n_floats}};
    set_input(r, 1, "scales", MI_F32, shape, a->floats);
    mi_onnx_attr_remove(&r->node, a);
    return old_resize(r);
}

/* int8 elements are kept as uint8 with 128 added; so is their zero point, and
 * one that is left out (0) becomes 128 everywhere. */
static mien_status dequantize(mi_onnx *r)
{
    mi_onnx_node *n = &r->node;
    if (n->n_in < 2 || !n->in[0] || !n->in[1] || !n->signed8[0])
        return MIEN_OK;
    if (n->n_in > 2 && n->in[2]) {
        if (!n->signed8[2])
            return mi_onnx_fail(r, MIEN_EFORMAT,
                                "int8 elements with another zero point");
        n->signed8[0] = n->signed8[2] = 0;
        return MIEN_OK;
    }
    int64_t len = n->in[1]->value ? mi_shape_len(&n->in[1]->shape) : -1;
    if (len < 0)
        return mi_onnx_fail(r, MIEN_EUNSUP, "the scale is not a constant");
    uint8_t *zero = mi_alloc_raw((size_t)len + 1, 1);
    if (!zero)
        return mi_onnx_fail(r, MIEN_ENOMEM, "no memory");
    memset(zero, 128, (size_t)len + 1);
    set_input(r, 2, "zero", MI_U8, n->in[1]->shape, zero);
    mi_free(zero);
    n->signed8[0] = 0;
    return MIEN_OK;
}

static const struct {
    const char *op;
    int from, below; /* opsets */
    int n_in;        /* inputs that it must have; 0: fix checks */
    mien_status (*fix)(mi_onnx *r);
} rules[] = {
    {"Clip", 0, 11, 1, clip},
    {"DequantizeLinear", 0, 99, 0, dequantize},
    {"Dropout", 0, 99, 0, dropout},
    {"Pad", 0, 11, 1, pad},
    {"ReduceMean", 18, 99, 0, reduce_axes},
    {"ReduceSum", 0, 13, 1, axes_input},
    {"Resize", 0, 11, 0, old_resize},
    {"Resize", 11, 99, 0, resize},
    {"Slice", 0, 10, 1, slice},
    {"Softmax", 0, 13, 0, softmax},
    {"Squeeze", 0, 13, 1, axes_input},
    {"Unsqueeze", 0, 13, 1, axes_input},
    {"Upsample", 0, 10, 0, upsample},
};

mien_status mi_onnx_canon(mi_onnx *r)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (r->opset >= rules[i].from && r->opset < rules[i].below &&
            strcmp(r->node.op_type, rules[i].op) == 0)
            return rules[i].n_in && r->node.n_in != rules[i].n_in
                       ? wrong_inputs(r, rules[i].n_in)
                       : rules[i].fix(r);
    return MIEN_OK;
}
