/* op_norm.c: batch normalisation and softmax. */
#include "graph/op_util.h"

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

/* Training normalises with the batch's own mean and (biased) variance, and
 * moves the running ones toward them, as Keras does:
 *   running = momentum running + (1 - momentum) batch
 * (PyTorch moves toward the unbiased variance.)  Where neither running
 * statistic is learned the layer is frozen, and they are used as they are.
 * Kept are mean and 1 / sqrt(var + epsilon) of each channel. */
static int is_frozen(const mi_node *out)
{
    return !out->in[3]->learned && !out->in[4]->learned;
}

/* Mean and variance of channel c over the batch, in double. */
static void batch_statistics(const mi_node *out, int64_t c, double *mean,
                             double *var)
{
    const mien_shape *x = &out->in[0]->shape;
    int64_t stride[MIEN_MAX_RANK], len = mi_shape_len(x), n = len / x->dim[1];
    double sum = 0, square = 0;
    mi_row_major(x, stride);
    for (int64_t i = 0; i < len; i++)
        if (i / stride[1] % x->dim[1] == c)
            sum += (double)out->in[0]->eval[i];
    *mean = sum / (double)n;
    for (int64_t i = 0; i < len; i++)
        if (i / stride[1] % x->dim[1] == c) {
            double d = (double)out->in[0]->eval[i] - *mean;
            square += d * d;
        }
    *var = square / (double)n;
}

static void move_statistic(const mi_node *running, int64_t c, double momentum,
                           double batch)
{
    if (running->learned)
        running->eval[c] = (float)(momentum * (double)running->eval[c] +
                                   (1 - momentum) * batch);
}

/* Normalise by the batch's statistics, or by those of a frozen node. */
static void batch_norm_train(const mi_node *out)
{
    const mi_batch_norm_attr *attr = out->attr;
    const mien_shape *x = &out->in[0]->shape;
    const float *scale = out->in[1]->eval, *bias = out->in[2]->eval;
    int64_t stride[MIEN_MAX_RANK], len = mi_shape_len(x);
    mi_row_major(x, stride);
    for (int64_t c = 0; c < x->dim[1]; c++) {
        double mean, var;
        if (is_frozen(out)) {
            mean = (double)out->in[3]->eval[c];
            var = (double)out->in[4]->eval[c];
        } else {
            batch_statistics(out, c, &mean, &var);
        }
        out->save[2 * c] = (float)mean;
        out->save[2 * c + 1] = (float)(1 / sqrt(var + (double)attr->epsilon));
        move_statistic(out->in[3], c, (double)attr->momentum, mean);
        move_statistic(out->in[4], c, (double)attr->momentum, var);
    }
    for (int64_t i = 0; i < len; i++) {
        const int64_t c = i / stride[1] % x->dim[1];
        const float *kept = out->save + 2 * c;
        out->eval[i] =
            (out->in[0]->eval[i] - kept[0]) * kept[1] * scale[c] + bias[c];
    }
}

static size_t batch_norm_save_len(const mi_node *out)
{
    return (size_t)(4 * out->in[0]->shape.dim[1]);
}

/* With u = (x - mean) r:  dbias = sum g,  dscale = sum g u,
 *   dx = scale r (g - mean of g - u mean of g u),
 * without the two means if the layer is frozen. */
static void batch_norm_grad(const mi_node *out)
{
    const mi_node *x = out->in[0];
    int64_t stride[MIEN_MAX_RANK], len = mi_shape_len(&x->shape);
    int64_t channels = x->shape.dim[1], n = len / channels;
    float *sums = out->save + 2 * channels;
    mi_row_major(&x->shape, stride);
    for (int64_t c = 0; c < channels; c++) {
        double g = 0, gu = 0;
        for (int64_t i = 0; i < len; i++) {
            if (i / stride[1] % channels != c)
                continue;
            double u = ((double)x->eval[i] - (double)out->save[2 * c]) *
                       (double)out->save[2 * c + 1];
            g += (double)out->grad[i];
            gu += (double)out->grad[i] * u;
        }
        sums[2 * c] = is_frozen(out) ? 0 : (float)(g / (double)n);
        sums[2 * c + 1] = is_frozen(out) ? 0 : (float)(gu / (double)n);
        if (out->in[1]->grad)
            out->in[1]->grad[c] += (float)gu;
        if (out->in[2]->grad)
            out->in[2]->grad[c] += (float)g;
    }
    for (int64_t i = 0; x->grad && i < len; i++) {
        int64_t c = i / stride[1] % channels;
        const float *kept = out->save + 2 * c;
        float u = (x->eval[i] - kept[0]) * kept[1];
        x->grad[i] += out->in[1]->eval[c] * kept[1] *
                      (out->grad[i] - sums[2 * c] - u * sums[2 * c + 1]);
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
                                MI_ATTRS(batch_norm),
                                .shape = batch_norm_shape,
                                .eval = batch_norm_eval,
                                .train = batch_norm_train,
                                .save_len = batch_norm_save_len,
                                .statistics = 3,
                                .grad = batch_norm_grad};

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

/* dx = y (g - sum of g y along the axis) */
static void softmax_grad(const mi_node *out)
{
    const mien_shape *x = &out->in[0]->shape;
    int a = mi_axis(((const mi_softmax_attr *)out->attr)->axis, x->rank);
    int64_t stride[MIEN_MAX_RANK], len = mi_shape_len(x);
    float *to = out->in[0]->grad;
    mi_row_major(x, stride);
    for (int64_t i = 0; to && i < len; i++) {
        if (i / stride[a] % x->dim[a] != 0)
            continue;
        double sum = 0;
        for (int64_t k = i; k < i + x->dim[a] * stride[a]; k += stride[a])
            sum += (double)out->grad[k] * (double)out->eval[k];
        for (int64_t k = i; k < i + x->dim[a] * stride[a]; k += stride[a])
            to[k] += out->eval[k] * (float)((double)out->grad[k] - sum);
    }
}

static const mi_softmax_attr softmax_defaults = {-1};
static const mi_attr softmax_attrs[] = {MI_ROW(mi_softmax_attr, INT, axis),
                                        MI_ROWS_END};
const mi_op mi_op_softmax = {.name = "Softmax",
                             .min_in = 1,
                             .max_in = 1,
                             MI_ATTRS(softmax),
                             .shape = softmax_shape,
                             .eval = softmax_eval,
                             .grad = softmax_grad};
