/* Convolutions, and what is done behind them for each channel.
 *
 *   y = (conv(x, f) + b) * m + a = conv(x, f m) + b m + a
 *
 * Filters are TensorFlow's [h, w, in, out], of a depthwise one [h, w, c, m]
 * with result c m + k; here [out, in, h, w]. */
#include "model/tfjs.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

#include "base/exact.h"

/* ---- reading ------------------------------------------------------------- */

static mi_tf_conv *conv_new(int64_t out, int64_t each)
{
    mi_tf_conv *c = mi_alloc(1, sizeof *c);
    if (c)
        c->filters = mi_alloc((size_t)(out * each), sizeof *c->filters);
    if (c)
        c->bias = mi_alloc((size_t)out, sizeof *c->bias);
    if (c && (!c->filters || !c->bias)) {
        mi_tf_conv_free(c);
        c = NULL;
    }
    return c;
}

void mi_tf_conv_free(mi_tf_conv *c)
{
    if (!c)
        return;
    mi_free(c->filters);
    mi_free(c->bias);
    mi_free(c);
}

/* Two sides of a list of four, [1, down, across, 1]. */
static mien_status sides(const mi_tf *t, const char *name, int64_t out[2])
{
    int64_t v[4] = {1, 1, 1, 1};
    int n = mi_tf_attr_list(t->now, name, 4, v);
    if ((n != 0 && n != 4) || v[0] != 1 || v[3] != 1 || v[1] < 1 || v[2] < 1 ||
        v[1] > MIEN_MAX_TENSOR || v[2] > MIEN_MAX_TENSOR)
        return mi_tf_fail(t, MIEN_EUNSUP, "%s is no list of 1, down, across, 1",
                          name);
    out[0] = v[1];
    out[1] = v[2];
    return MIEN_OK;
}

/* How the window moves, and what lies outside. */
static mien_status read_window(const mi_tf *t, mi_tf_conv *c)
{
    c->same = mi_tf_attr_is(t->now, "padding", "SAME", "U0FNRQ==");
    if (!c->same && !mi_tf_attr_is(t->now, "padding", "VALID", "VkFMSUQ="))
        return mi_tf_fail(t, MIEN_EUNSUP, "padding is not SAME or VALID");
    if (json_object_get(t->now->attr, "data_format") &&
        !mi_tf_attr_is(t->now, "data_format", "NHWC", "TkhXQw=="))
        return mi_tf_fail(t, MIEN_EUNSUP, "data_format is not NHWC");
    mien_status st = sides(t, "strides", c->stride);
    return st ? st : sides(t, "dilations", c->dilation);
}

/* Filters in the graph's order: [h, w, in, out] -> [out, in, h, w]. */
static mien_status read_filters(mi_tf *t, const mi_weight *w, mi_tf_conv *c)
{
    float *v = mi_alloc_raw(w->len, sizeof *v);
    if (!v)
        return mi_no_memory(t->err);
    mi_weight_floats(w, v);
    int64_t area = c->h * c->w;
    for (int64_t o = 0; o < c->out; o++)
        for (int64_t i = 0; i < c->in; i++)
            for (int64_t k = 0; k < area; k++)
                c->filters[(o * c->in + i) * area + k] =
                    v[(k * c->in + i) * c->out + o];
    mi_free(v);
    return MIEN_OK;
}

/* A convolution of pixels by filters of the file; depthwise: each channel by
 * its own. */
static mien_status convolve(mi_tf *t, int depthwise, mi_tf_value *out)
{
    mi_tf_value f;
    mi_node *x = NULL;
    int pixels = 0;
    mien_status st = mi_tf_tensor(t, 0, &pixels, &x);
    if (st == MIEN_OK)
        st = mi_tf_input(t, 1, &f);
    if (st != MIEN_OK)
        return st;
    if (!pixels || f.kind != MI_TF_WEIGHT || f.weight->shape.rank != 4)
        return mi_tf_fail(t, MIEN_EUNSUP,
                          "wanted pixels, and four-dimensional filters that "
                          "are weights");
    const int64_t *d = f.weight->shape.dim;
    int64_t in = depthwise ? 1 : d[2], o = depthwise ? d[2] * d[3] : d[3];
    mi_tf_conv *c = conv_new(o, d[0] * d[1] * in);
    if (!c)
        return mi_no_memory(t->err);
    c->x = x;
    c->name = mi_tf_name_of(t->now);
    c->out = o;
    c->in = in;
    c->h = d[0];
    c->w = d[1];
    c->group = depthwise ? d[2] : 1;
    *out = (mi_tf_value){.kind = MI_TF_CONV, .conv = c};
    st = read_window(t, c);
    return st ? st : read_filters(t, f.weight, c);
}

mien_status mi_tf_conv2d(mi_tf *t, mi_tf_value *out)
{
    return convolve(t, 0, out);
}

mien_status mi_tf_depthwise(mi_tf *t, mi_tf_value *out)
{
    return convolve(t, 1, out);
}

void mi_tf_conv_scale(mi_tf_conv *c, const float *factor, const float *sum)
{
    int64_t each = c->in * c->h * c->w;
    for (int64_t o = 0; o < c->out; o++) {
        float m = factor ? factor[o] : 1;
        c->bias[o] = c->bias[o] * m + (sum ? sum[o] : 0);
        for (int64_t k = 0; k < each && factor; k++)
            c->filters[o * each + k] *= m;
    }
}

/* ---- adding to the graph ------------------------------------------------- */

/* TensorFlow's SAME is ONNX's SAME_UPPER; of an odd window that does not skip
 * it is the same on both sides. */
static void set_padding(const mi_tf_conv *c, mi_conv_attr *a)
{
    int64_t y = c->dilation[0] * (c->h - 1), x = c->dilation[1] * (c->w - 1);
    if (!c->same || (y == 0 && x == 0))
        return;
    if (c->stride[0] > 1 || c->stride[1] > 1 || y % 2 || x % 2)
        memcpy(a->auto_pad, "SAME_UPPER", sizeof "SAME_UPPER");
    else
        a->pads = (mi_ints){4, {y / 2, x / 2, y / 2, x / 2}};
}

mi_node *mi_tf_conv_node(mi_tf *t, const mi_tf_conv *c, mien_status *st)
{
    mien_shape shape = {4, {c->out, c->in, c->h, c->w}};
    mien_shape list = {.rank = 1, .dim = {c->out}};
    mi_conv_attr a = *(const mi_conv_attr *)mi_op_conv.attr_defaults;
    mi_node *f = t->float32 ? mi_graph_constant(t->g, NULL, MI_F32, shape,
                                                c->filters, MI_COPY)
                            : mi_tf_packed(t, c);
    if (!f) {
        *st = mi_no_memory(t->err);
        return NULL;
    }
    a.kernel_shape = (mi_ints){2, {c->h, c->w}};
    a.strides = (mi_ints){2, {c->stride[0], c->stride[1]}};
    if (c->dilation[0] > 1 || c->dilation[1] > 1)
        a.dilations = (mi_ints){2, {c->dilation[0], c->dilation[1]}};
    a.group = c->group;
    set_padding(c, &a);
    mi_node *in[] = {
        c->x, f, mi_graph_constant(t->g, NULL, MI_F32, list, c->bias, MI_COPY)};
    mi_node *out = mi_graph_node(t->g, &mi_op_conv, in, 3, &a, c->name);
    *st = mi_tf_check(t, out);
    return out;
}
