/* op_norm.c: batch normalisation once training is over, softmax, means. */
#include "nn/op_util.h"

#include <math.h>

/* y = scale (x - mean) / sqrt(var + epsilon) + bias, of each channel. */
static const char *batch_norm_shape(mi_node *out)
{
    const mien_shape *x = &out->in[0]->shape;
    const char *why = mi_want_floats(out);
    if (why)
        return why;
    if (x->rank != 2 && x->rank != 4)
        return "only ranks 2 and 4 are supported";
    if (((const mi_batch_norm_attr *)out->attr)->training_mode != 0)
        return "training_mode is not supported";
    for (int k = 1; k < 5; k++) {
        const mien_shape *s = &out->in[k]->shape;
        if (s->rank != 1 || s->dim[0] != x->dim[1])
            return "an input has not one number for each channel";
    }
    return mi_set_floats(out, x);
}

static void batch_norm_eval(const mi_node *out)
{
    const mien_shape *x = &out->in[0]->shape;
    const float *scale = out->in[1]->eval, *bias = out->in[2]->eval;
    const float *mean = out->in[3]->eval, *var = out->in[4]->eval;
    double epsilon = (double)((const mi_batch_norm_attr *)out->attr)->epsilon;
    int64_t stride[MIEN_MAX_RANK], len = mi_shape_len(x);
    mi_row_major(x, stride);
    for (int64_t i = 0; i < len; i++) {
        int64_t c = i / stride[1] % x->dim[1];
        double v = (double)out->in[0]->eval[i] - (double)mean[c];
        v *= (double)scale[c] / sqrt((double)var[c] + epsilon);
        out->eval[i] = (float)(v + (double)bias[c]);
    }
}

static const mi_batch_norm_attr batch_norm_defaults = {1e-5F, 0.9F, 0};
static const mi_attr batch_norm_attrs[] = {
    MI_ROW(mi_batch_norm_attr, FLOAT, epsilon),
    MI_ROW(mi_batch_norm_attr, FLOAT, momentum),
    MI_ROW(mi_batch_norm_attr, INT, training_mode), MI_ROWS_END};
const mi_op mi_op_batch_norm = {.name = "BatchNormalization",
                                .min_in = 5,
                                .max_in = 5,
                                .attr_size = sizeof batch_norm_defaults,
                                .attr_defaults = &batch_norm_defaults,
                                .attrs = batch_norm_attrs,
                                .shape = batch_norm_shape,
                                .eval = batch_norm_eval};

/* exp(x) over its sum along the axis, the largest taken away first. */
static const char *softmax_shape(mi_node *out)
{
    const mien_shape *x = &out->in[0]->shape;
    const char *why = mi_want_floats(out);
    if (why)
        return why;
    if (mi_axis(((const mi_softmax_attr *)out->attr)->axis, x->rank) < 0)
        return "axis is out of range";
    return mi_set_floats(out, x);
}

static void softmax_line(const float *x, float *y, int64_t n, int64_t stride)
{
    float most = x[0];
    double sum = 0;
    for (int64_t i = 1; i < n; i++)
        most = x[i * stride] > most ? x[i * stride] : most;
    for (int64_t i = 0; i < n; i++) {
        y[i * stride] = expf(x[i * stride] - most);
        sum += (double)y[i * stride];
    }
    for (int64_t i = 0; i < n; i++)
        y[i * stride] = (float)((double)y[i * stride] / sum);
}

static void softmax_eval(const mi_node *out)
{
    const mien_shape *x = &out->in[0]->shape;
    int a = mi_axis(((const mi_softmax_attr *)out->attr)->axis, x->rank);
    int64_t stride[MIEN_MAX_RANK], len = mi_shape_len(x);
    mi_row_major(x, stride);
    for (int64_t i = 0; i < len; i++)
        if (i / stride[a] % x->dim[a] == 0)
            softmax_line(out->in[0]->eval + i, out->eval + i, x->dim[a],
                         stride[a]);
}

static const mi_softmax_attr softmax_defaults = {-1};
static const mi_attr softmax_attrs[] = {MI_ROW(mi_softmax_attr, INT, axis),
                                        MI_ROWS_END};
const mi_op mi_op_softmax = {.name = "Softmax",
                             .min_in = 1,
                             .max_in = 1,
                             .attr_size = sizeof softmax_defaults,
                             .attr_defaults = &softmax_defaults,
                             .attrs = softmax_attrs,
                             .shape = softmax_shape,
                             .eval = softmax_eval};

static const char *reduced_axes(const mi_node *out, unsigned *set)
{
    const mi_reduce_mean_attr *a = out->attr;
    int rank = out->in[0]->shape.rank;
    const char *why = mi_axis_set(&a->axes, rank, set);
    if (a->axes.n == 0)
        *set = (1u << rank) - 1;
    return why;
}

static const char *reduce_mean_shape(mi_node *out)
{
    const mien_shape *x = &out->in[0]->shape;
    unsigned set = 0;
    const char *why = mi_want_floats(out);
    if (!why)
        why = reduced_axes(out, &set);
    if (why)
        return why;
    mien_shape y = {0};
    for (int d = 0; d < x->rank; d++) {
        if (!(set >> d & 1))
            y.dim[y.rank++] = x->dim[d];
        else if (((const mi_reduce_mean_attr *)out->attr)->keepdims != 0)
            y.dim[y.rank++] = 1;
    }
    return mi_set_floats(out, &y);
}

static void reduce_mean_eval(const mi_node *out)
{
    const mien_shape *x = &out->in[0]->shape;
    mien_shape kept = *x, gone = *x;
    unsigned set = 0;
    if (reduced_axes(out, &set))
        return;
    for (int d = 0; d < x->rank; d++)
        *(set >> d & 1 ? &kept.dim[d] : &gone.dim[d]) = 1;
    int64_t len = mi_shape_len(&kept), each = mi_shape_len(&gone);
    mi_walk w = mi_walk_over(&kept), start = mi_walk_over(&gone);
    mi_walk_spread(&w, 0, x);
    mi_walk_spread(&start, 0, x);
    for (int64_t i = 0; i < len; i++, mi_walk_next(&w)) {
        mi_walk v = start;
        double sum = 0;
        for (int64_t k = 0; k < each; k++, mi_walk_next(&v))
            sum += (double)out->in[0]->eval[w.offset[0] + v.offset[0]];
        out->eval[i] = (float)(sum / (double)each);
    }
}

static const mi_reduce_mean_attr reduce_mean_defaults = {.keepdims = 1};
static const mi_attr reduce_mean_attrs[] = {
    MI_ROW(mi_reduce_mean_attr, INTS, axes),
    MI_ROW(mi_reduce_mean_attr, INT, keepdims), MI_ROWS_END};
const mi_op mi_op_reduce_mean = {.name = "ReduceMean",
                                 .min_in = 1,
                                 .max_in = 1,
                                 .attr_size = sizeof reduce_mean_defaults,
                                 .attr_defaults = &reduce_mean_defaults,
                                 .attrs = reduce_mean_attrs,
                                 .shape = reduce_mean_shape,
                                 .eval = reduce_mean_eval};
