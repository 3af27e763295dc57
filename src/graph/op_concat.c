/* op_concat.c: Concat and Pad: larger tensors around smaller ones. */
#include "graph/op_util.h"

#include <string.h>

/* Elements of one run along the axis and all behind it. */
static size_t run_of(const mien_shape *s, int axis)
{
    int64_t n = 1;
    for (int d = axis; d < s->rank; d++)
        n *= s->dim[d];
    return (size_t)n;
}

/* Lay the inputs' runs side by side; elements of `each` bytes. */
static void join(const mi_node *out, int axis, size_t each, void *to,
                 const void *const *from)
{
    size_t outer = 1, at = 0;
    for (int d = 0; d < axis; d++)
        outer *= (size_t)out->in[0]->shape.dim[d];
    for (size_t o = 0; o < outer && (o == 0 || at > 0); o++)
        for (int k = 0; k < out->n_in; k++) {
            size_t n = run_of(&out->in[k]->shape, axis) * each;
            if (n)
                memcpy((uint8_t *)to + at, (const uint8_t *)from[k] + o * n, n);
            at += n;
        }
}

static const char *add_along(mien_shape *y, const mien_shape *x, int axis)
{
    if (x->rank != y->rank)
        return "the inputs have different ranks";
    for (int d = 0; d < x->rank; d++)
        if (d != axis && x->dim[d] != y->dim[d])
            return "the inputs differ in another axis";
    y->dim[axis] += x->dim[axis];
    return NULL;
}

/* Lengths along the axis add up; known integers are joined. */
static const char *concat_shape(mi_node *out)
{
    const void *from[MI_MAX_IN];
    int64_t made[MI_MAX_KNOWN], count = 0;
    mien_shape y = out->in[0]->shape;
    int a = mi_axis(((const mi_concat_attr *)out->attr)->axis, y.rank);
    int known = 1;
    if (a < 0)
        return "axis is missing or out of range";
    y.dim[a] = 0;
    for (int k = 0; k < out->n_in; k++) {
        if (!out->in[k])
            return "an input is missing";
        if (out->in[k]->type != out->in[0]->type)
            return "the inputs have different types";
        const char *why = add_along(&y, &out->in[k]->shape, a);
        if (why)
            return why;
        from[k] = mi_ints_of(out->in[k], &count);
        known = known && from[k];
    }
    if (out->in[0]->type == MI_F32) {
        const char *why = mi_want_floats(out);
        return why ? why : mi_set_floats(out, &y);
    }
    if (out->in[0]->type != MI_I64)
        return "its inputs are not of floats or int64";
    int64_t len = mi_shape_len(&y);
    known = known && len >= 0 && len <= MI_MAX_KNOWN;
    if (known)
        join(out, a, sizeof *made, made, from);
    return mi_set_ints(out, &y, known ? made : NULL);
}

static void concat_eval(const mi_node *out)
{
    const void *from[MI_MAX_IN];
    if (out->type != MI_F32)
        return;
    for (int k = 0; k < out->n_in; k++)
        from[k] = out->in[k]->eval;
    int64_t axis = ((const mi_concat_attr *)out->attr)->axis;
    join(out, mi_axis(axis, out->shape.rank), sizeof *out->eval, out->eval,
         from);
}

static void concat_grad(const mi_node *out)
{
    int64_t axis = ((const mi_concat_attr *)out->attr)->axis;
    int a = mi_axis(axis, out->shape.rank);
    size_t whole = run_of(&out->shape, a), at = 0;
    size_t outer = (size_t)mi_shape_len(&out->shape) / (whole ? whole : 1);
    for (int k = 0; k < out->n_in; k++) {
        size_t n = run_of(&out->in[k]->shape, a);
        float *to = out->in[k]->grad;
        for (size_t i = 0; to && i < outer * n; i++)
            to[i] += out->grad[i / n * whole + at + i % n];
        at += n;
    }
}

static const mi_concat_attr concat_defaults = {MI_NO_AXIS};
static const mi_attr concat_attrs[] = {MI_ROW(mi_concat_attr, INT, axis),
                                       MI_ROWS_END};
const mi_op mi_op_concat = {.name = "Concat",
                            .min_in = 1,
                            .max_in = MI_MAX_IN,
                            MI_ATTRS(concat),
                            .shape = concat_shape,
                            .eval = concat_eval,
                            .grad = concat_grad};

/* Elements before and after each axis. */
typedef struct {
    int64_t before[MIEN_MAX_RANK], after[MIEN_MAX_RANK];
} margins;

/* What is added before and after each axis, from the inputs. */
static const char *read_margins(const mi_node *out, margins *m)
{
    int rank = out->in[0]->shape.rank;
    mi_ints pads, axes = {.n = rank};
    unsigned seen = 0;
    for (int d = 0; d < rank; d++)
        axes.v[d] = d;
    const char *why = mi_read_ints(out->in[1], &pads);
    if (!why && mi_op_in(out, 3))
        why = mi_read_ints(out->in[3], &axes);
    if (!why)
        why = mi_axis_set(&axes, rank, &seen);
    if (why)
        return why;
    if (pads.n != 2 * axes.n)
        return "pads has not two entries for each axis";
    *m = (margins){{0}, {0}};
    for (int i = 0; i < pads.n; i++) {
        if (pads.v[i] < -MIEN_MAX_TENSOR || pads.v[i] > MIEN_MAX_TENSOR)
            return "a pad is too large";
        int64_t *side = i < axes.n ? m->before : m->after;
        side[mi_axis(axes.v[i % axes.n], rank)] = pads.v[i];
    }
    return NULL;
}

/* Each axis grows by its margins, which the mode may bound. */
static const char *pad_shape(mi_node *out)
{
    const mi_node *x = out->in[0], *fill = mi_op_in(out, 2);
    const char *mode = ((const mi_pad_attr *)out->attr)->mode;
    int reflect = strcmp(mode, "reflect") == 0;
    int constant = strcmp(mode, "constant") == 0;
    margins m;
    if (x->type != MI_F32 || mi_shape_len(&x->shape) < 1)
        return "its input does not hold floats";
    if (!reflect && !constant && strcmp(mode, "edge") != 0)
        return "mode is not constant, edge or reflect";
    if (fill && (fill->type != MI_F32 || mi_shape_len(&fill->shape) != 1))
        return "the value is not one float";
    const char *why = read_margins(out, &m);
    if (why)
        return why;
    mien_shape y = x->shape;
    for (int d = 0; d < y.rank; d++) {
        if (!constant && (m.before[d] < 0 || m.after[d] < 0))
            return "negative pads need the constant mode";
        if (reflect && (m.before[d] >= y.dim[d] || m.after[d] >= y.dim[d]))
            return "pads of a reflection are not smaller than the axis";
        y.dim[d] += m.before[d] + m.after[d];
        if (y.dim[d] < 1)
            return "the result has no elements";
    }
    return mi_set_floats(out, &y);
}

/* Where place i of an axis of n comes from; -1: from nowhere. */
static int64_t pad_from(const char *mode, int64_t i, int64_t n)
{
    if (i >= 0 && i < n)
        return i;
    if (mode[0] == 'c')
        return -1;
    if (mode[0] == 'e')
        return i < 0 ? 0 : n - 1;
    return i < 0 ? -i : 2 * (n - 1) - i;
}

/* The element of x at the walk's place, or -1. */
static int64_t padded_from(const mi_node *out, const margins *m,
                           const mi_walk *w, const int64_t *stride)
{
    const char *mode = ((const mi_pad_attr *)out->attr)->mode;
    int64_t at = 0;
    for (int d = 0; d < w->rank && at >= 0; d++) {
        int64_t from =
            pad_from(mode, w->at[d] - m->before[d], out->in[0]->shape.dim[d]);
        at = from < 0 ? -1 : at + from * stride[d];
    }
    return at;
}

static void pad_eval(const mi_node *out)
{
    const mi_node *x = out->in[0], *fill = mi_op_in(out, 2);
    int64_t stride[MIEN_MAX_RANK], len = mi_shape_len(&out->shape);
    margins m;
    if (read_margins(out, &m))
        return;
    mi_row_major(&x->shape, stride);
    mi_walk w = mi_walk_over(&out->shape);
    for (int64_t i = 0; i < len; i++, mi_walk_next(&w)) {
        int64_t at = padded_from(out, &m, &w, stride);
        out->eval[i] = at >= 0 ? x->eval[at] : fill ? fill->eval[0] : 0;
    }
}

static void pad_grad(const mi_node *out)
{
    const mi_node *x = out->in[0];
    int64_t stride[MIEN_MAX_RANK], len = mi_shape_len(&out->shape);
    margins m;
    if (!x->grad || read_margins(out, &m))
        return;
    mi_row_major(&x->shape, stride);
    mi_walk w = mi_walk_over(&out->shape);
    for (int64_t i = 0; i < len; i++, mi_walk_next(&w)) {
        int64_t at = padded_from(out, &m, &w, stride);
        if (at >= 0)
            x->grad[at] += out->grad[i];
    }
}

static const mi_pad_attr pad_defaults = {"constant"};
static const mi_attr pad_attrs[] = {MI_ROW(mi_pad_attr, TEXT, mode),
                                    MI_ROWS_END};
const mi_op mi_op_pad = {.name = "Pad",
                         .min_in = 2,
                         .max_in = 4,
                         MI_ATTRS(pad),
                         .shape = pad_shape,
                         .eval = pad_eval,
                         .grad = pad_grad};
