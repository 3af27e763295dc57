/* op_conv.c: two-dimensional convolution.
 *
 *   y[n, o, i, j] = b[o] + sum over c, k, l of
 *                   w[o, c, k, l] x[n, c0 + c, i sy + k dy - top,
 *                                              j sx + l dx - left]
 *
 * with zeros outside x; c0 is where the group of o starts. */
#include "graph/op_util.h"
#include "graph/op_window.h"

static const mi_node *weights(const mi_node *n) { return n->in[1]; }

const char *mi_conv_window(const mi_node *n, mi_window *out)
{
    const mi_conv_attr *a = n->attr;
    mi_ints kernel;
    const char *why = mi_window_kernel(n, &a->kernel_shape, &kernel);
    if (why)
        return why;
    const mi_window_spec spec = {&kernel,  &a->strides, &a->dilations,
                                 &a->pads, a->auto_pad, 0};
    return mi_window_of(&spec, &n->in[0]->shape, out);
}

/* [n, weights' first, window's places], the channels in groups that fit. */
static const char *conv_shape(mi_node *out)
{
    const mi_conv_attr *a = out->attr;
    const mi_node *bias = mi_op_in(out, 2);
    mi_window v;
    const char *why = mi_want_floats(out);
    if (!why)
        why = mi_conv_window(out, &v);
    if (why)
        return why;
    const mien_shape *x = &out->in[0]->shape, *w = &weights(out)->shape;
    if (a->group < 1 || a->group > x->dim[1] || x->dim[1] % a->group != 0 ||
        w->dim[0] % a->group != 0)
        return "group does not divide the channels";
    if (w->dim[1] != x->dim[1] / a->group)
        return "the weights have not as many channels as the input";
    if (bias && (bias->shape.rank != 1 || bias->shape.dim[0] != w->dim[0]))
        return "the bias has not one number for each result channel";
    const mien_shape y = {4, {x->dim[0], w->dim[0], v.out[0], v.out[1]}};
    return mi_set_floats(out, &y);
}

/* One result: channels c at x, their weights at w. */
static double sum_window(const mi_window *v, const float *x, const float *w,
                         const int64_t at[2], int64_t c)
{
    double sum = 0;
    int64_t area = v->in[0] * v->in[1], taps = v->kernel[0] * v->kernel[1];
    for (int64_t k = 0; k < v->kernel[0]; k++) {
        int64_t i = at[0] * v->stride[0] - v->before[0] + k * v->dilation[0];
        if (i < 0 || i >= v->in[0])
            continue;
        for (int64_t l = 0; l < v->kernel[1]; l++) {
            int64_t j =
                at[1] * v->stride[1] - v->before[1] + l * v->dilation[1];
            if (j < 0 || j >= v->in[1])
                continue;
            const float *p = x + i * v->in[1] + j;
            const float *q = w + k * v->kernel[1] + l;
            for (int64_t d = 0; d < c; d++)
                sum += (double)p[d * area] * (double)q[d * taps];
        }
    }
    return sum;
}

/* Each output is the sum over its window, by the definition. */
static void conv_eval(const mi_node *out)
{
    mi_window v;
    if (mi_conv_window(out, &v))
        return;
    const int64_t *x = out->in[0]->shape.dim, *w = weights(out)->shape.dim;
    const float *bias = mi_op_in(out, 2) ? out->in[2]->eval : NULL;
    int64_t group = ((const mi_conv_attr *)out->attr)->group;
    int64_t each = w[0] / group, c = w[1], at[2];
    float *y = out->eval;
    for (int64_t n = 0; n < x[0]; n++)
        for (int64_t o = 0; o < w[0]; o++) {
            const float *from =
                out->in[0]->eval + (n * x[1] + o / each * c) * x[2] * x[3];
            const float *taps = weights(out)->eval + o * c * w[2] * w[3];
            for (at[0] = 0; at[0] < v.out[0]; at[0]++)
                for (at[1] = 0; at[1] < v.out[1]; at[1]++)
                    *y++ = (float)(sum_window(&v, from, taps, at, c) +
                                   (double)(bias ? bias[o] : 0));
        }
}

/* One result's gradient g, by the channels at x and by their weights at w. */
static void spread_window(const mi_window *v, const int64_t at[2], int64_t c,
                          float g, const float *const from[2],
                          float *const grad[2])
{
    int64_t area = v->in[0] * v->in[1], taps = v->kernel[0] * v->kernel[1];
    for (int64_t k = 0; k < taps; k++) {
        int64_t i = at[0] * v->stride[0] - v->before[0] +
                    k / v->kernel[1] * v->dilation[0];
        int64_t j = at[1] * v->stride[1] - v->before[1] +
                    k % v->kernel[1] * v->dilation[1];
        if (i < 0 || i >= v->in[0] || j < 0 || j >= v->in[1])
            continue;
        int64_t p = i * v->in[1] + j;
        for (int64_t d = 0; d < c; d++) {
            if (grad[0])
                grad[0][p + d * area] += g * from[1][k + d * taps];
            if (grad[1])
                grad[1][k + d * taps] += g * from[0][p + d * area];
        }
    }
}

static float *moved(float *p, int64_t by) { return p ? p + by : NULL; }

/* Each output's gradient spread over its window, weights and bias. */
static void conv_grad(const mi_node *out)
{
    mi_window v;
    if (mi_conv_window(out, &v))
        return;
    const int64_t *x = out->in[0]->shape.dim, *w = weights(out)->shape.dim;
    float *bias = mi_op_in(out, 2) ? out->in[2]->grad : NULL;
    int64_t group = ((const mi_conv_attr *)out->attr)->group;
    int64_t each = w[0] / group, c = w[1], area = v.out[0] * v.out[1];
    const float *g = out->grad;
    for (int64_t i = 0; i < mi_shape_len(&out->shape); i++, g++) {
        int64_t n = i / area / w[0], o = i / area % w[0];
        int64_t at[2] = {i % area / v.out[1], i % v.out[1]};
        int64_t px = (n * x[1] + o / each * c) * x[2] * x[3];
        int64_t pw = o * c * w[2] * w[3];
        const float *from[2] = {out->in[0]->eval + px, weights(out)->eval + pw};
        float *grad[2] = {moved(out->in[0]->grad, px),
                          moved(weights(out)->grad, pw)};
        spread_window(&v, at, c, *g, from, grad);
        if (bias)
            bias[o] += *g;
    }
}

static const mi_conv_attr conv_defaults = {.group = 1, .auto_pad = "NOTSET"};
static const mi_attr conv_attrs[] = {MI_ROW(mi_conv_attr, INTS, kernel_shape),
                                     MI_ROW(mi_conv_attr, INTS, strides),
                                     MI_ROW(mi_conv_attr, INTS, dilations),
                                     MI_ROW(mi_conv_attr, INTS, pads),
                                     MI_ROW(mi_conv_attr, INT, group),
                                     MI_ROW(mi_conv_attr, TEXT, auto_pad),
                                     MI_ROWS_END};
const mi_op mi_op_conv = {.name = "Conv",
                          .min_in = 2,
                          .max_in = 3,
                          MI_ATTRS(conv),
                          .shape = conv_shape,
                          .eval = conv_eval,
                          .grad = conv_grad};
