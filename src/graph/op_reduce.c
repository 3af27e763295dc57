/* op_reduce.c: sums and means along axes. */
#include "graph/op_util.h"

/* ReduceMean's axes are an attribute, ReduceSum's an input. */
static const char *reduced_axes(const mi_node *out, unsigned *set)
{
    const mi_node *list = mi_op_in(out, 1);
    int rank = out->in[0]->shape.rank;
    mi_ints axes = {0};
    const char *why = NULL;
    *set = 0;
    if (out->op == &mi_op_reduce_mean)
        axes = ((const mi_reduce_mean_attr *)out->attr)->axes;
    else if (list)
        why = mi_read_ints(list, &axes);
    if (!why)
        why = mi_axis_set(&axes, rank, set);
    int none = out->op == &mi_op_reduce_sum &&
               ((const mi_reduce_sum_attr *)out->attr)->noop_with_empty_axes;
    if (axes.n == 0 && !none)
        *set = (1u << rank) - 1;
    return why;
}

/* The axes to be summed over become 1, or are left out. */
static const char *reduce_shape(mi_node *out, int64_t keep)
{
    const mien_shape *x = &out->in[0]->shape;
    unsigned set = 0;
    const char *why = NULL;
    if (out->in[0]->type != MI_F32)
        return "its input does not hold floats";
    why = reduced_axes(out, &set);
    if (why)
        return why;
    mien_shape y = {0};
    for (int d = 0; d < x->rank; d++) {
        if (!(set >> d & 1))
            y.dim[y.rank++] = x->dim[d];
        else if (keep != 0)
            y.dim[y.rank++] = 1;
    }
    return mi_set_floats(out, &y);
}

/* The kept axes with the others 1, and the reverse. */
static int split_axes(const mi_node *out, mi_walk *kept, mi_walk *gone,
                      int64_t *each)
{
    const mien_shape *x = &out->in[0]->shape;
    mien_shape stay = *x, go = *x;
    unsigned set = 0;
    if (reduced_axes(out, &set))
        return 0;
    for (int d = 0; d < x->rank; d++)
        *(set >> d & 1 ? &stay.dim[d] : &go.dim[d]) = 1;
    *each = mi_shape_len(&go);
    *kept = mi_walk_over(&stay);
    *gone = mi_walk_over(&go);
    mi_walk_spread(kept, 0, x);
    mi_walk_spread(gone, 0, x);
    return 1;
}

static double divisor(const mi_node *out, int64_t each)
{
    return out->op == &mi_op_reduce_mean ? (double)each : 1;
}

static void reduce_eval(const mi_node *out)
{
    mi_walk w, start;
    int64_t each, len = mi_shape_len(&out->shape);
    if (!split_axes(out, &w, &start, &each))
        return;
    for (int64_t i = 0; i < len; i++, mi_walk_next(&w)) {
        mi_walk v = start;
        double sum = 0;
        for (int64_t k = 0; k < each; k++, mi_walk_next(&v))
            sum += (double)out->in[0]->eval[w.offset[0] + v.offset[0]];
        out->eval[i] = (float)(sum / divisor(out, each));
    }
}

static void reduce_grad(const mi_node *out)
{
    mi_walk w, start;
    int64_t each, len = mi_shape_len(&out->shape);
    if (!out->in[0]->grad || !split_axes(out, &w, &start, &each))
        return;
    for (int64_t i = 0; i < len; i++, mi_walk_next(&w)) {
        mi_walk v = start;
        float g = (float)((double)out->grad[i] / divisor(out, each));
        for (int64_t k = 0; k < each; k++, mi_walk_next(&v))
            out->in[0]->grad[w.offset[0] + v.offset[0]] += g;
    }
}

static const char *reduce_mean_shape(mi_node *out)
{
    return reduce_shape(out,
                        ((const mi_reduce_mean_attr *)out->attr)->keepdims);
}

static const mi_reduce_mean_attr reduce_mean_defaults = {.keepdims = 1};
static const mi_attr reduce_mean_attrs[] = {
    MI_ROW(mi_reduce_mean_attr, INTS, axes),
    MI_ROW(mi_reduce_mean_attr, INT, keepdims), MI_ROWS_END};
const mi_op mi_op_reduce_mean = {.name = "ReduceMean",
                                 .min_in = 1,
                                 .max_in = 1,
                                 MI_ATTRS(reduce_mean),
                                 .shape = reduce_mean_shape,
                                 .eval = reduce_eval,
                                 .grad = reduce_grad};

static const char *reduce_sum_shape(mi_node *out)
{
    return reduce_shape(out, ((const mi_reduce_sum_attr *)out->attr)->keepdims);
}

static const mi_reduce_sum_attr reduce_sum_defaults = {.keepdims = 1};
static const mi_attr reduce_sum_attrs[] = {
    MI_ROW(mi_reduce_sum_attr, INT, keepdims),
    MI_ROW(mi_reduce_sum_attr, INT, noop_with_empty_axes), MI_ROWS_END};
const mi_op mi_op_reduce_sum = {.name = "ReduceSum",
                                .min_in = 1,
                                .max_in = 2,
                                MI_ATTRS(reduce_sum),
                                .shape = reduce_sum_shape,
                                .eval = reduce_eval,
                                .grad = reduce_grad};
