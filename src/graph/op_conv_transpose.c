/* op_conv_transpose.c: two-dimensional transposed convolution, which is the
 * gradient of a convolution by its input.
 *
 *   y[n, o, i, j] = b[o] + sum over c, k, l, p, q of
 *                   w[c, o - o0, k, l] x[n, c, p, q]
 *   where i = p sy + k dy - top,  j = q sx + l dx - left
 *
 * and c is of the group of o, whose first result is o0.  Its window is that
 * of the convolution from y to x.
 *
 * Source: V. Dumoulin, F. Visin, A guide to convolution arithmetic for deep
 * learning, arXiv 1603.07285, section 4; the ONNX operator of this name. */
#include "graph/op_util.h"
#include "graph/op_window.h"

static const mi_node *weights(const mi_node *n) { return n->in[1]; }

const char *mi_conv_transpose_window(const mi_node *n, mi_window *out)
{
    const mi_conv_transpose_attr *a = n->attr;
    mi_ints kernel;
    const char *why = mi_window_kernel(n, &a->kernel_shape, &kernel);
    if (why)
        return why;
    const mi_window_spec spec = {&kernel,  &a->strides, &a->dilations,
                                 &a->pads, a->auto_pad, 0};
    return mi_window_back(&spec, &n->in[0]->shape, &a->output_padding,
                          &a->output_shape, out);
}

/* [n, weights' second a group, window's places]. */
static const char *conv_transpose_shape(mi_node *out)
{
    const mi_conv_transpose_attr *a = out->attr;
    const mi_node *bias = mi_op_in(out, 2);
    mi_window v;
    const char *why = mi_want_floats(out);
    if (!why)
        why = mi_conv_transpose_window(out, &v);
    if (why)
        return why;
    const mien_shape *x = &out->in[0]->shape, *w = &weights(out)->shape;
    if (a->group < 1 || a->group > x->dim[1] || x->dim[1] % a->group != 0)
        return "group does not divide the channels";
    if (w->dim[0] != x->dim[1])
        return "the weights have not as many channels as the input";
    const int64_t o = w->dim[1] * a->group;
    if (bias && (bias->shape.rank != 1 || bias->shape.dim[0] != o))
        return "the bias has not one number for each result channel";
    const mien_shape y = {4, {x->dim[0], o, v.in[0], v.in[1]}};
    return mi_set_floats(out, &y);
}

/* The place of x whose tap k of axis d falls on `at`; -1: there is none. */
static int64_t source_of(const mi_window *v, int d, int64_t at, int64_t k)
{
    int64_t from = at + v->before[d] - k * v->dilation[d];
    if (from < 0 || from % v->stride[d] != 0)
        return -1;
    from /= v->stride[d];
    return from < v->out[d] ? from : -1;
}

/* Channels of one image that belong together: c of x, and result channel o. */
typedef struct {
    const mi_window *v;
    int64_t c, area, taps; /* area: pixels of x; taps: from c to the next */
    const float *x, *w;
    float *dx, *dw; /* NULL: not wanted */
} group;

/* One result at (i, j). */
static double sum_taps(const group *g, int64_t i, int64_t j)
{
    const mi_window *v = g->v;
    double sum = 0;
    for (int64_t k = 0; k < v->kernel[0] * v->kernel[1]; k++) {
        int64_t p = source_of(v, 0, i, k / v->kernel[1]);
        int64_t q = source_of(v, 1, j, k % v->kernel[1]);
        if (p < 0 || q < 0)
            continue;
        const float *x = g->x + p * v->out[1] + q;
        for (int64_t c = 0; c < g->c; c++)
            sum += (double)x[c * g->area] * (double)g->w[c * g->taps + k];
    }
    return sum;
}

/* The gradient dy of one result at (i, j), by x and by the weights. */
static void spread_taps(const group *g, int64_t i, int64_t j, float dy)
{
    const mi_window *v = g->v;
    for (int64_t k = 0; k < v->kernel[0] * v->kernel[1]; k++) {
        int64_t p = source_of(v, 0, i, k / v->kernel[1]);
        int64_t q = source_of(v, 1, j, k % v->kernel[1]);
        if (p < 0 || q < 0)
            continue;
        int64_t at = p * v->out[1] + q;
        for (int64_t c = 0; c < g->c; c++) {
            if (g->dx)
                g->dx[c * g->area + at] += dy * g->w[c * g->taps + k];
            if (g->dw)
                g->dw[c * g->taps + k] += dy * g->x[c * g->area + at];
        }
    }
}

static float *moved(float *p, int64_t by) { return p ? p + by : NULL; }

/* What result channel o of image n is made of. */
static group group_of(const mi_node *out, const mi_window *v, int64_t n,
                      int64_t o)
{
    const mi_node *x = out->in[0], *w = weights(out);
    const int64_t *xd = x->shape.dim, *wd = w->shape.dim;
    int64_t c = xd[1] / ((const mi_conv_transpose_attr *)out->attr)->group;
    int64_t first = o / wd[1] * c, taps = wd[2] * wd[3];
    int64_t at = (n * xd[1] + first) * xd[2] * xd[3];
    int64_t tap = (first * wd[1] + o % wd[1]) * taps;
    return (group){.v = v,
                   .c = c,
                   .area = xd[2] * xd[3],
                   .taps = wd[1] * taps,
                   .x = x->eval + at,
                   .w = w->eval + tap,
                   .dx = moved(x->grad, at),
                   .dw = moved(w->grad, tap)};
}

/* Each result is the sum of what falls on it, by the definition. */
static void conv_transpose_eval(const mi_node *out)
{
    mi_window v;
    if (mi_conv_transpose_window(out, &v))
        return;
    const float *bias = mi_op_in(out, 2) ? out->in[2]->eval : NULL;
    int64_t channels = out->shape.dim[1];
    float *y = out->eval;
    for (int64_t i = 0; i < out->shape.dim[0] * channels; i++) {
        const group g = group_of(out, &v, i / channels, i % channels);
        double b = bias ? (double)bias[i % channels] : 0;
        for (int64_t j = 0; j < v.in[0] * v.in[1]; j++)
            *y++ = (float)(sum_taps(&g, j / v.in[1], j % v.in[1]) + b);
    }
}

/* Each result's gradient to what fell on it, to the weights and the bias. */
static void conv_transpose_grad(const mi_node *out)
{
    mi_window v;
    if (mi_conv_transpose_window(out, &v))
        return;
    float *bias = mi_op_in(out, 2) ? out->in[2]->grad : NULL;
    int64_t channels = out->shape.dim[1];
    const float *dy = out->grad;
    for (int64_t i = 0; i < out->shape.dim[0] * channels; i++) {
        const group g = group_of(out, &v, i / channels, i % channels);
        for (int64_t j = 0; j < v.in[0] * v.in[1]; j++, dy++) {
            spread_taps(&g, j / v.in[1], j % v.in[1], *dy);
            if (bias)
                bias[i % channels] += *dy;
        }
    }
}

static const mi_conv_transpose_attr conv_transpose_defaults = {
    .group = 1, .auto_pad = "NOTSET"};
static const mi_attr conv_transpose_attrs[] = {
    MI_ROW(mi_conv_transpose_attr, INTS, kernel_shape),
    MI_ROW(mi_conv_transpose_attr, INTS, strides),
    MI_ROW(mi_conv_transpose_attr, INTS, dilations),
    MI_ROW(mi_conv_transpose_attr, INTS, pads),
    MI_ROW(mi_conv_transpose_attr, INTS, output_padding),
    MI_ROW(mi_conv_transpose_attr, INTS, output_shape),
    MI_ROW(mi_conv_transpose_attr, INT, group),
    MI_ROW(mi_conv_transpose_attr, TEXT, auto_pad),
    MI_ROWS_END};
const mi_op mi_op_conv_transpose = {.name = "ConvTranspose",
                                    .min_in = 2,
                                    .max_in = 3,
                                    MI_ATTRS(conv_transpose),
                                    .shape = conv_transpose_shape,
                                    .eval = conv_transpose_eval,
                                    .grad = conv_transpose_grad};
