/* op_pool.c: maxima and means over windows of [n, c, h, w].  Padding is never a
 * maximum; it counts as zeros in a mean only with count_include_pad, and what a
 * window of ceil_mode covers beyond the padding never counts. */
#include "graph/op_util.h"
#include "graph/op_window.h"

#include <math.h>

const char *mi_pool_window(const mi_node *n, mi_window *out)
{
    const mi_pool_attr *a = n->attr;
    if (n->in[0]->shape.rank != 4)
        return "only two spatial dimensions are supported";
    const mi_window_spec spec = {&a->kernel_shape, &a->strides, &a->dilations,
                                 &a->pads,         a->auto_pad, a->ceil_mode};
    mi_window w;
    const char *why = mi_window_of(&spec, &n->in[0]->shape, &w);
    if (why)
        return why;
    for (int d = 0; d < 2; d++) {
        int64_t extent = (w.kernel[d] - 1) * w.dilation[d] + 1;
        if (w.before[d] >= extent || w.after[d] >= extent)
            return "pads are not smaller than the kernel";
    }
    *out = w;
    return NULL;
}

static const char *pool_shape(mi_node *out)
{
    mi_window w;
    const char *why = mi_want_floats(out);
    if (!why)
        why = mi_pool_window(out, &w);
    if (why)
        return why;
    const int64_t *x = out->in[0]->shape.dim;
    const mien_shape y = {4, {x[0], x[1], w.out[0], w.out[1]}};
    return mi_set_floats(out, &y);
}

/* Sum and maximum of one window. */
typedef struct {
    double sum;
    float most;
    int64_t inside, padded; /* elements; those of the padding included */
} window_sums;

/* Walk one window: its maximum's place, its sum and how many lie inside. */
static window_sums reduce_window(const mi_window *w, const float *x, int64_t oi,
                                 int64_t oj)
{
    window_sums c = {.most = -INFINITY};
    for (int64_t k = 0; k < w->kernel[0]; k++) {
        int64_t i = oi * w->stride[0] - w->before[0] + k * w->dilation[0];
        if (i >= w->in[0] + w->after[0])
            break;
        for (int64_t l = 0; l < w->kernel[1]; l++) {
            int64_t j = oj * w->stride[1] - w->before[1] + l * w->dilation[1];
            if (j >= w->in[1] + w->after[1])
                break;
            c.padded++;
            if (i < 0 || i >= w->in[0] || j < 0 || j >= w->in[1])
                continue;
            float v = x[i * w->in[1] + j];
            c.inside++;
            c.sum += (double)v;
            c.most = v < c.most ? c.most : v;
        }
    }
    return c;
}

/* The maximum or mean of every window, by the definition. */
static void pool_eval(const mi_node *out)
{
    const mi_pool_attr *a = out->attr;
    mi_window w;
    if (mi_pool_window(out, &w))
        return;
    const int64_t *x = out->in[0]->shape.dim;
    float *y = out->eval;
    for (int64_t n = 0; n < x[0] * x[1]; n++)
        for (int64_t i = 0; i < w.out[0]; i++)
            for (int64_t j = 0; j < w.out[1]; j++) {
                window_sums c =
                    reduce_window(&w, out->in[0]->eval + n * x[2] * x[3], i, j);
                int64_t count = a->count_include_pad ? c.padded : c.inside;
                *y++ = out->op == &mi_op_max_pool
                           ? c.most
                           : (float)(c.sum / (double)(count ? count : 1));
            }
}

/* Give g to the elements a window covers: to all of them an equal share, or to
 * the first of the largest. */
static void spread_back(const mi_window *w, const int64_t at[2], const float *x,
                        float *grad, const float *most, float g)
{
    for (int64_t k = 0; k < w->kernel[0]; k++) {
        int64_t i = at[0] * w->stride[0] - w->before[0] + k * w->dilation[0];
        if (i < 0 || i >= w->in[0])
            continue;
        for (int64_t l = 0; l < w->kernel[1]; l++) {
            int64_t j =
                at[1] * w->stride[1] - w->before[1] + l * w->dilation[1];
            if (j < 0 || j >= w->in[1] ||
                (most && x[i * w->in[1] + j] != *most))
                continue;
            grad[i * w->in[1] + j] += g;
            if (most)
                return;
        }
    }
}

/* Each gradient to the maximum's place, or shared by the window. */
static void pool_grad(const mi_node *out)
{
    const mi_pool_attr *a = out->attr;
    mi_window w;
    if (!out->in[0]->grad || mi_pool_window(out, &w))
        return;
    const int64_t *x = out->in[0]->shape.dim;
    int largest = out->op == &mi_op_max_pool;
    const float *g = out->grad;
    for (int64_t n = 0; n < x[0] * x[1]; n++)
        for (int64_t i = 0; i < w.out[0]; i++)
            for (int64_t j = 0; j < w.out[1]; j++, g++) {
                const float *from = out->in[0]->eval + n * x[2] * x[3];
                window_sums c = reduce_window(&w, from, i, j);
                int64_t count = a->count_include_pad ? c.padded : c.inside;
                float share = largest || !count ? *g : *g / (float)count;
                spread_back(&w, (int64_t[]){i, j}, from,
                            out->in[0]->grad + n * x[2] * x[3],
                            largest ? &c.most : NULL, share);
            }
}

static const mi_pool_attr pool_defaults = {.auto_pad = "NOTSET"};
static const mi_attr max_pool_attrs[] = {
    MI_ROW(mi_pool_attr, INTS, kernel_shape),
    MI_ROW(mi_pool_attr, INTS, strides),
    MI_ROW(mi_pool_attr, INTS, dilations),
    MI_ROW(mi_pool_attr, INTS, pads),
    MI_ROW(mi_pool_attr, INT, ceil_mode),
    MI_ROW(mi_pool_attr, INT, storage_order),
    MI_ROW(mi_pool_attr, TEXT, auto_pad),
    MI_ROWS_END};
const mi_op mi_op_max_pool = {.name = "MaxPool",
                              .min_in = 1,
                              .max_in = 1,
                              .attr_size = sizeof pool_defaults,
                              .attr_defaults = &pool_defaults,
                              .attrs = max_pool_attrs,
                              .shape = pool_shape,
                              .eval = pool_eval,
                              .grad = pool_grad};

static const mi_attr average_pool_attrs[] = {
    MI_ROW(mi_pool_attr, INTS, kernel_shape),
    MI_ROW(mi_pool_attr, INTS, strides),
    MI_ROW(mi_pool_attr, INTS, dilations),
    MI_ROW(mi_pool_attr, INTS, pads),
    MI_ROW(mi_pool_attr, INT, ceil_mode),
    MI_ROW(mi_pool_attr, INT, count_include_pad),
    MI_ROW(mi_pool_attr, TEXT, auto_pad),
    MI_ROWS_END};
const mi_op mi_op_average_pool = {.name = "AveragePool",
                                  .min_in = 1,
                                  .max_in = 1,
                                  .attr_size = sizeof pool_defaults,
                                  .attr_defaults = &pool_defaults,
                                  .attrs = average_pool_attrs,
                                  .shape = pool_shape,
                                  .eval = pool_eval,
                                  .grad = pool_grad};

static const char *global_shape(mi_node *out)
{
    const mien_shape *x = &out->in[0]->shape;
    const char *why = mi_want_floats(out);
    if (why)
        return why;
    if (x->rank != 4)
        return "only two spatial dimensions are supported";
    const mien_shape y = {4, {x->dim[0], x->dim[1], 1, 1}};
    return mi_set_floats(out, &y);
}

static void global_eval(const mi_node *out)
{
    const int64_t *x = out->in[0]->shape.dim;
    const float *from = out->in[0]->eval;
    for (int64_t n = 0; n < x[0] * x[1]; n++) {
        double sum = 0;
        for (int64_t i = 0; i < x[2] * x[3]; i++)
            sum += (double)*from++;
        out->eval[n] = (float)(sum / (double)(x[2] * x[3]));
    }
}

static void global_grad(const mi_node *out)
{
    const int64_t *x = out->in[0]->shape.dim;
    int64_t area = x[2] * x[3];
    for (int64_t i = 0; out->in[0]->grad && i < x[0] * x[1] * area; i++)
        out->in[0]->grad[i] += out->grad[i / area] / (float)area;
}

const mi_op mi_op_global_average_pool = {.name = "GlobalAveragePool",
                                         .min_in = 1,
                                         .max_in = 1,
                                         .shape = global_shape,
                                         .eval = global_eval,
                                         .grad = global_grad};
