/* op_shape.c: the shape of a tensor as integers, and the same elements under
 * another shape. */
#include "graph/op_util.h"

#include <string.h>

/* Clamp to 0 .. n after counting a negative from the end. */
static int64_t within(int64_t i, int64_t n)
{
    i = i < 0 ? i + n : i;
    return i < 0 ? 0 : i > n ? n : i;
}

static const char *shape_shape(mi_node *out)
{
    const mi_shape_attr *a = out->attr;
    const mien_shape *x = &out->in[0]->shape;
    int64_t from = within(a->start, x->rank), to = within(a->end, x->rank);
    const mien_shape s = {1, {to > from ? to - from : 0}};
    return mi_set_ints(out, &s, x->dim + from);
}

static const mi_shape_attr shape_defaults = {0, INT64_MAX};
static const mi_attr shape_attrs[] = {MI_ROW(mi_shape_attr, INT, start),
                                      MI_ROW(mi_shape_attr, INT, end),
                                      MI_ROWS_END};
const mi_op mi_op_shape = {.name = "Shape",
                           .min_in = 1,
                           .max_in = 1,
                           MI_ATTRS(shape),
                           .shape = shape_shape,
                           .eval = mi_same_eval};

/* Give the place of -1 what is left of len elements. */
static const char *fill_free(mien_shape *y, int free_axis, int64_t len)
{
    if (free_axis >= 0)
        y->dim[free_axis] = 1;
    int64_t rest = mi_shape_len(y);
    if (rest < 0)
        return "the shape is too large";
    if (free_axis >= 0 && (rest == 0 || len % rest != 0))
        return "the shape has no place for all elements";
    if (free_axis >= 0)
        y->dim[free_axis] = len / rest;
    return mi_shape_len(y) == len ? NULL
                                  : "the shape has another number of elements";
}

/* The shape that the integers ask for: 0 copies, -1 is worked out. */
static const char *reshape_shape(mi_node *out)
{
    const mien_shape *x = &out->in[0]->shape;
    int64_t allowzero = ((const mi_reshape_attr *)out->attr)->allowzero;
    int free_axis = -1;
    mi_ints want;
    const char *why = mi_read_ints(out->in[1], &want);
    if (why)
        return why;
    if (want.n > MIEN_MAX_RANK)
        return "the shape has too many dimensions";
    mien_shape y = {.rank = want.n};
    for (int d = 0; d < want.n; d++) {
        y.dim[d] = want.v[d];
        if (want.v[d] == -1 && free_axis >= 0)
            return "the shape holds -1 twice";
        if (want.v[d] == -1)
            free_axis = d;
        else if (want.v[d] < 0)
            return "the shape holds a negative dimension";
        if (want.v[d] == 0 && !allowzero && d >= x->rank)
            return "the shape copies a dimension that is not there";
        if (want.v[d] == 0 && !allowzero)
            y.dim[d] = x->dim[d];
    }
    why = fill_free(&y, free_axis, mi_shape_len(x));
    return why ? why : mi_set_like(out, &y, out->in[0]);
}

static const mi_reshape_attr reshape_defaults = {0};
static const mi_attr reshape_attrs[] = {MI_ROW(mi_reshape_attr, INT, allowzero),
                                        MI_ROWS_END};
const mi_op mi_op_reshape = {.name = "Reshape",
                             .min_in = 2,
                             .max_in = 2,
                             MI_ATTRS(reshape),
                             .shape = reshape_shape,
                             .eval = mi_same_eval,
                             .grad = mi_same_grad};

static const char *flatten_shape(mi_node *out)
{
    const mien_shape *x = &out->in[0]->shape;
    int64_t axis = ((const mi_flatten_attr *)out->attr)->axis;
    if (axis < -x->rank || axis > x->rank)
        return "axis is out of range";
    axis = axis < 0 ? axis + x->rank : axis;
    mien_shape y = {2, {1, 1}};
    for (int d = 0; d < x->rank; d++)
        y.dim[d >= axis] *= x->dim[d];
    return mi_set_like(out, &y, out->in[0]);
}

static const mi_flatten_attr flatten_defaults = {1};
static const mi_attr flatten_attrs[] = {MI_ROW(mi_flatten_attr, INT, axis),
                                        MI_ROWS_END};
const mi_op mi_op_flatten = {.name = "Flatten",
                             .min_in = 1,
                             .max_in = 1,
                             MI_ATTRS(flatten),
                             .shape = flatten_shape,
                             .eval = mi_same_eval,
                             .grad = mi_same_grad};

/* Drop the axes named, which are 1; without a list, all that are 1. */
static const char *squeeze_shape(mi_node *out)
{
    const mien_shape *x = &out->in[0]->shape;
    const mi_node *list = mi_op_in(out, 1);
    unsigned drop = 0;
    mi_ints axes;
    const char *why = list ? mi_read_ints(list, &axes) : NULL;
    if (!why && list)
        why = mi_axis_set(&axes, x->rank, &drop);
    if (why)
        return why;
    mien_shape y = {0};
    for (int d = 0; d < x->rank; d++) {
        if (drop >> d & 1 && x->dim[d] != 1)
            return "an axis to drop is not 1";
        if (list ? !(drop >> d & 1) : x->dim[d] != 1)
            y.dim[y.rank++] = x->dim[d];
    }
    return mi_set_like(out, &y, out->in[0]);
}

const mi_op mi_op_squeeze = {.name = "Squeeze",
                             .min_in = 1,
                             .max_in = 2,
                             .shape = squeeze_shape,
                             .eval = mi_same_eval,
                             .grad = mi_same_grad};

/* Axes of 1 where the list says, counted in the result. */
static const char *unsqueeze_shape(mi_node *out)
{
    const mien_shape *x = &out->in[0]->shape;
    unsigned add = 0;
    mi_ints axes;
    const char *why = mi_read_ints(out->in[1], &axes);
    if (why)
        return why;
    if (x->rank + axes.n > MIEN_MAX_RANK)
        return "the result has too many dimensions";
    mien_shape y = {.rank = x->rank + axes.n};
    why = mi_axis_set(&axes, y.rank, &add);
    if (why)
        return why;
    for (int d = 0, from = 0; d < y.rank; d++)
        y.dim[d] = add >> d & 1 ? 1 : x->dim[from++];
    return mi_set_like(out, &y, out->in[0]);
}

const mi_op mi_op_unsqueeze = {.name = "Unsqueeze",
                               .min_in = 2,
                               .max_in = 2,
                               .shape = unsqueeze_shape,
                               .eval = mi_same_eval,
                               .grad = mi_same_grad};
