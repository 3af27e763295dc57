/* op_move.c: Transpose, Slice, Gather and Concat: elements go elsewhere and
 * stay as they are, floats when run and integers when they are known. */
#include "graph/op_util.h"

#include <string.h>

/* Work out the axis that each axis of the result comes from. */
static const char *transpose_walk(const mi_node *out, mien_shape *y, mi_walk *w)
{
    const mien_shape *x = &out->in[0]->shape;
    mi_ints perm = ((const mi_transpose_attr *)out->attr)->perm;
    unsigned seen = 0;
    if (perm.n == 0)
        for (; perm.n < x->rank; perm.n++)
            perm.v[perm.n] = x->rank - 1 - perm.n;
    if (perm.n != x->rank)
        return "perm has not one entry for each axis";
    for (int d = 0; d < perm.n; d++)
        if (perm.v[d] < 0)
            return "perm is out of range";
    const char *why = mi_axis_set(&perm, x->rank, &seen);
    if (why)
        return why;
    int64_t stride[MIEN_MAX_RANK];
    mi_row_major(x, stride);
    *y = (mien_shape){.rank = x->rank};
    for (int d = 0; d < y->rank; d++)
        y->dim[d] = x->dim[perm.v[d]];
    *w = mi_walk_over(y);
    for (int d = 0; d < y->rank; d++)
        w->stride[0][d] = stride[perm.v[d]];
    return NULL;
}

static const char *transpose_shape(mi_node *out)
{
    mien_shape y;
    mi_walk w;
    const char *why = transpose_walk(out, &y, &w);
    if (why)
        return why;
    if (out->in[0]->type == MI_I64)
        return mi_move_ints(out, &y, w, out->in[0]);
    why = mi_want_floats(out);
    return why ? why : mi_set_floats(out, &y);
}

static void transpose_eval(const mi_node *out)
{
    mien_shape y;
    mi_walk w;
    if (out->type == MI_F32 && !transpose_walk(out, &y, &w))
        mi_move_floats(out, w, out->in[0]);
}

static const mi_transpose_attr transpose_defaults = {{0}};
static const mi_attr transpose_attrs[] = {MI_ROW(mi_transpose_attr, INTS, perm),
                                          MI_ROWS_END};
static void transpose_grad(const mi_node *out)
{
    mien_shape y;
    mi_walk w;
    if (!transpose_walk(out, &y, &w))
        mi_move_grad(out, w, out->in[0]);
}

const mi_op mi_op_transpose = {.name = "Transpose",
                               .min_in = 1,
                               .max_in = 1,
                               MI_ATTRS(transpose),
                               .shape = transpose_shape,
                               .eval = transpose_eval,
                               .grad = transpose_grad};

/* Starts, ends, axes and steps, defaults filled in. */
static const char *slice_lists(const mi_node *out, mi_ints list[4])
{
    int rank = out->in[0]->shape.rank;
    unsigned seen = 0;
    for (int k = 0; k < 4; k++) {
        const mi_node *n = mi_op_in(out, k + 1);
        const char *why = n ? mi_read_ints(n, &list[k]) : NULL;
        if (why)
            return why;
        for (int i = 0; !n && i < list[0].n; i++)
            list[k].v[i] = k == 2 ? i : 1;
        if (!n)
            list[k].n = list[0].n;
        if (list[k].n != list[0].n)
            return "the lists are not equally long";
    }
    for (int i = 0; i < list[2].n; i++)
        if (list[3].v[i] == 0)
            return "a step is 0";
    return mi_axis_set(&list[2], rank, &seen);
}

static int64_t clamp(int64_t v, int64_t lo, int64_t hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

/* The result's shape, and how to walk over x to make it. */
static const char *slice_walk(const mi_node *out, mien_shape *y, mi_walk *w)
{
    const mien_shape *x = &out->in[0]->shape;
    int64_t stride[MIEN_MAX_RANK];
    mi_ints list[4] = {{0}};
    const char *why = slice_lists(out, list);
    if (why)
        return why;
    mi_row_major(x, stride);
    mi_walk from = {.rank = x->rank};
    *y = *x;
    memcpy(from.stride[0], stride, sizeof stride);
    for (int i = 0; i < list[0].n; i++) {
        int a = mi_axis(list[2].v[i], x->rank);
        int64_t n = x->dim[a], start = list[0].v[i], end = list[1].v[i];
        int64_t step = clamp(list[3].v[i], -MIEN_MAX_TENSOR, MIEN_MAX_TENSOR);
        int64_t least = step < 0 ? -1 : 0, most = step < 0 ? n - 1 : n;
        start =
            clamp(start < 0 ? start + n : start, step < 0 ? 0 : least, most);
        end = clamp(end < 0 ? end + n : end, least, most);
        int64_t way = step < 0 ? start - end : end - start;
        int64_t size = step < 0 ? -step : step;
        y->dim[a] = way > 0 && n > 0 ? (way + size - 1) / size : 0;
        from.offset[0] += start * stride[a];
        from.stride[0][a] = stride[a] * step;
    }
    memcpy(from.dim, y->dim, sizeof from.dim);
    *w = from;
    return NULL;
}

static const char *slice_shape(mi_node *out)
{
    mien_shape y;
    mi_walk w;
    const mi_node *x = out->in[0];
    const char *why = slice_walk(out, &y, &w);
    if (why)
        return why;
    if (x->type == MI_I64)
        return mi_move_ints(out, &y, w, x);
    return x->type == MI_F32 ? mi_set_floats(out, &y)
                             : "its input is not of floats or int64";
}

static void slice_eval(const mi_node *out)
{
    mien_shape y;
    mi_walk w;
    if (out->type == MI_F32 && !slice_walk(out, &y, &w))
        mi_move_floats(out, w, out->in[0]);
}

static void slice_grad(const mi_node *out)
{
    mien_shape y;
    mi_walk w;
    if (!slice_walk(out, &y, &w))
        mi_move_grad(out, w, out->in[0]);
}

const mi_op mi_op_slice = {.name = "Slice",
                           .min_in = 3,
                           .max_in = 5,
                           .shape = slice_shape,
                           .eval = slice_eval,
                           .grad = slice_grad};

/* x broadcast to a shape and it to x: a 1 in the shape keeps the axis of x. */
static const char *expand_to(const mi_node *out, mien_shape *y)
{
    const mien_shape *x = &out->in[0]->shape;
    mi_ints want;
    const char *why = mi_read_ints(out->in[1], &want);
    if (why)
        return why;
    if (want.n > MIEN_MAX_RANK)
        return "the shape has too many dimensions";
    *y = (mien_shape){.rank = want.n > x->rank ? want.n : x->rank};
    for (int d = 0; d < y->rank; d++) {
        int from = d - (y->rank - x->rank), to = d - (y->rank - want.n);
        int64_t have = from >= 0 ? x->dim[from] : 1;
        int64_t wanted = to >= 0 ? want.v[to] : 1;
        if (wanted < 1)
            return "the shape holds a dimension below 1";
        if (have != wanted && have != 1 && wanted != 1)
            return "the input cannot be broadcast to the shape";
        y->dim[d] = have == 1 ? wanted : have;
    }
    return NULL;
}

static const char *expand_shape(mi_node *out)
{
    mien_shape y;
    if (out->in[0]->type != MI_F32)
        return "its input does not hold floats";
    const char *why = expand_to(out, &y);
    return why ? why : mi_set_floats(out, &y);
}

static mi_walk expand_walk(const mi_node *out)
{
    mi_walk w = mi_walk_over(&out->shape);
    mi_walk_spread(&w, 0, &out->in[0]->shape);
    return w;
}

static void expand_eval(const mi_node *out)
{
    mi_move_floats(out, expand_walk(out), out->in[0]);
}

static void expand_grad(const mi_node *out)
{
    mi_move_grad(out, expand_walk(out), out->in[0]);
}

const mi_op mi_op_expand = {.name = "Expand",
                            .min_in = 2,
                            .max_in = 2,
                            .shape = expand_shape,
                            .eval = expand_eval,
                            .grad = expand_grad};

/* They are checked in every pass over the shapes. */
enum { MAX_INDICES = 1 << 14 };

/* How gathering moves: result element (o, i, k) is x's (o, index[i], k). */
typedef struct {
    int64_t places, count, inner;
    const int64_t *index;
} gathering;

static int64_t gather_from(const gathering *g, int64_t i)
{
    int64_t k = g->index[i / g->inner % g->count];
    k = k < 0 ? k + g->places : k;
    return (i / g->inner / g->count * g->places + k) * g->inner + i % g->inner;
}

/* The result's shape, with the indices checked against the axis. */
static const char *gather_plan(const mi_node *out, mien_shape *y, gathering *g)
{
    const mien_shape *x = &out->in[0]->shape, *j = &out->in[1]->shape;
    int a = mi_axis(((const mi_gather_attr *)out->attr)->axis, x->rank);
    if (a < 0)
        return "axis is out of range";
    if (x->rank + j->rank - 1 > MIEN_MAX_RANK)
        return "the result has too many dimensions";
    g->index = mi_ints_of(out->in[1], &g->count);
    if (!g->index)
        return "the indices are not known before a run";
    if (g->count > MAX_INDICES)
        return "there are too many indices";
    g->places = x->dim[a];
    for (int64_t i = 0; i < g->count; i++)
        if (g->index[i] < -g->places || g->index[i] >= g->places)
            return "an index is out of range";
    *y = (mien_shape){.rank = x->rank + j->rank - 1};
    g->inner = 1;
    for (int d = 0; d < x->rank; d++) {
        if (d != a)
            y->dim[d < a ? d : d + j->rank - 1] = x->dim[d];
        g->inner *= d > a ? x->dim[d] : 1;
    }
    for (int d = 0; d < j->rank; d++)
        y->dim[a + d] = j->dim[d];
    return NULL;
}

/* The planned shape; known integers are gathered now. */
static const char *gather_shape(mi_node *out)
{
    const mi_node *x = out->in[0];
    mien_shape y;
    gathering g;
    const char *why = gather_plan(out, &y, &g);
    if (why)
        return why;
    if (x->type == MI_F32)
        return mi_set_floats(out, &y);
    int64_t count = 0, made[MI_MAX_KNOWN], len = mi_shape_len(&y);
    const int64_t *v = mi_ints_of(x, &count);
    if (x->type != MI_I64)
        return "its input is not of floats or int64";
    if (!v || len < 0 || len > MI_MAX_KNOWN)
        return mi_set_ints(out, &y, NULL);
    for (int64_t i = 0; i < len; i++)
        made[i] = v[gather_from(&g, i)];
    return mi_set_ints(out, &y, made);
}

static void gather_eval(const mi_node *out)
{
    mien_shape y;
    gathering g;
    if (out->type != MI_F32 || gather_plan(out, &y, &g))
        return;
    int64_t len = mi_shape_len(&out->shape);
    for (int64_t i = 0; i < len; i++)
        out->eval[i] = out->in[0]->eval[gather_from(&g, i)];
}

static void gather_grad(const mi_node *out)
{
    mien_shape y;
    gathering g;
    if (!out->in[0]->grad || gather_plan(out, &y, &g))
        return;
    int64_t len = mi_shape_len(&out->shape);
    for (int64_t i = 0; i < len; i++)
        out->in[0]->grad[gather_from(&g, i)] += out->grad[i];
}

static const mi_gather_attr gather_defaults = {0};
static const mi_attr gather_attrs[] = {MI_ROW(mi_gather_attr, INT, axis),
                                       MI_ROWS_END};
const mi_op mi_op_gather = {.name = "Gather",
                            .min_in = 2,
                            .max_in = 2,
                            MI_ATTRS(gather),
                            .shape = gather_shape,
                            .eval = gather_eval,
                            .grad = gather_grad};
