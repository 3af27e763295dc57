/* Sums, products and functions of each element, and batch normalisation.
 *
 * What is done for each channel behind a convolution that nothing else reads
 * becomes part of it. */
#include "model/tfjs.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

#include "base/exact.h"

typedef enum mi_tf_calc { ADD, SUB, MUL } calc;

/* ---- into a convolution -------------------------------------------------- */

/* Is input i a convolution, its first result, that this node alone reads? */
static int is_own_conv(mi_tf *t, int i, mi_tf_conv **out, int *at)
{
    int part;
    if (mi_tf_input_at(t, t->now, i, at, &part) != MIEN_OK || part != 0)
        return 0;
    mi_tf_node *n = &t->node[*at];
    *out = n->value.conv;
    return n->value.kind == MI_TF_CONV && n->uses == 1;
}

/* Does a weight have a number for each channel, or one for all? */
static int is_by_channel(const mi_weight *w, int64_t channels)
{
    const mien_shape *s = &w->shape;
    return w->is_float &&
           (w->len == 1 || ((int64_t)w->len == channels && s->rank >= 1 &&
                            s->dim[s->rank - 1] == channels));
}

/* Its numbers for n channels; NULL without memory. */
static float *by_channel(const mi_weight *w, int64_t n)
{
    float *v = mi_alloc_raw((size_t)n, sizeof *v);
    if (!v)
        return NULL;
    mi_weight_floats(w, v);
    for (int64_t i = 1; i < n && w->len == 1; i++)
        v[i] = v[0];
    return v;
}

/* Take a convolution out of the node that it belonged to. */
static void take(mi_tf *t, int at, mi_tf_value *out)
{
    *out = t->node[at].value;
    out->conv->name = mi_tf_name_of(t->now);
    t->node[at].value = (mi_tf_value){.kind = MI_TF_NONE};
}

/* conv(x) with a weight; done is set to 1 where it became part of it. */
static mien_status absorb(mi_tf *t, calc how, int conv, mi_tf_value *out,
                          int *done)
{
    mi_tf_conv *c = NULL;
    mi_tf_value v;
    int at;
    *done = 0;
    if (mi_tf_inputs(t->now) != 2 || !is_own_conv(t, conv, &c, &at))
        return MIEN_OK;
    mien_status st = mi_tf_input(t, 1 - conv, &v);
    if (st != MIEN_OK || v.kind != MI_TF_WEIGHT ||
        !is_by_channel(v.weight, c->out))
        return st;
    float *w = by_channel(v.weight, c->out);
    if (!w)
        return mi_no_memory(t->err);
    for (int64_t i = 0; i < c->out && how == SUB; i++)
        w[i] = -w[i];
    mi_tf_conv_scale(c, how == MUL ? w : NULL, how == MUL ? NULL : w);
    mi_free(w);
    take(t, at, out);
    *done = 1;
    return MIEN_OK;
}

/* ---- two inputs ---------------------------------------------------------- */

/* A weight beside pixels: a number, or one for each channel. */
static mien_status beside_pixels(mi_tf *t, const mi_tf_value *v,
                                 const mi_node *pixels, mi_node **out)
{
    int64_t n = pixels->shape.dim[1];
    if (!is_by_channel(v->weight, n))
        return mi_tf_fail(t, MIEN_EUNSUP,
                          "a weight that is not a number for each channel "
                          "beside pixels");
    mien_shape shape = {3, {(int64_t)v->weight->len, 1, 1}};
    float *w = by_channel(v->weight, (int64_t)v->weight->len);
    if (!w)
        return mi_no_memory(t->err);
    *out = mi_graph_constant(t->g, NULL, MI_F32, shape, w, MI_COPY);
    mi_free(w);
    return mi_tf_check(t, *out);
}

/* Inputs a and b of the node as two that an operator takes; pixels is set to 1
 * where the result is pixels. */
static mien_status both(mi_tf *t, int a, int b, mi_node *out[2], int *pixels)
{
    mi_tf_value v[2];
    int is[2];
    const int at[2] = {a, b};
    mien_status st = mi_tf_input(t, a, &v[0]);
    if (st == MIEN_OK)
        st = mi_tf_input(t, b, &v[1]);
    if (st != MIEN_OK)
        return st;
    for (int i = 0; i < 2; i++)
        is[i] = v[i].kind == MI_TF_CONV || v[i].pixels;
    *pixels = (is[0] && is[1]) || (is[0] && v[1].kind == MI_TF_WEIGHT) ||
              (is[1] && v[0].kind == MI_TF_WEIGHT);
    for (int i = 0; i < 2 && st == MIEN_OK; i++)
        if (!*pixels || is[i])
            st = mi_tf_tensor(t, at[i], *pixels ? &is[i] : NULL, &out[i]);
    for (int i = 0; i < 2 && st == MIEN_OK && *pixels; i++)
        if (!is[i])
            st = beside_pixels(t, &v[i], out[1 - i], &out[i]);
    return st;
}

/* Inputs 0 and 1 by an operator. */
static mien_status calculate(mi_tf *t, calc how, mi_tf_value *out)
{
    static const mi_op *const ops[] = {&mi_op_add, &mi_op_sub, &mi_op_mul};
    mi_node *in[2];
    int pixels = 0, done;
    mien_status st = absorb(t, how, 0, out, &done);
    if (st == MIEN_OK && !done && how != SUB)
        st = absorb(t, how, 1, out, &done);
    if (st != MIEN_OK || done)
        return st;
    st = both(t, 0, 1, in, &pixels);
    if (st != MIEN_OK)
        return st;
    *out = mi_tf_made(
        mi_graph_node(t->g, ops[how], in, 2, NULL, mi_tf_name_of(t->now)),
        pixels);
    return mi_tf_check(t, out->node);
}

mien_status mi_tf_add(mi_tf *t, mi_tf_value *out)
{
    return calculate(t, ADD, out);
}

mien_status mi_tf_sub(mi_tf *t, mi_tf_value *out)
{
    return calculate(t, SUB, out);
}

mien_status mi_tf_mul(mi_tf *t, mi_tf_value *out)
{
    return calculate(t, MUL, out);
}

mien_status mi_tf_add_n(mi_tf *t, mi_tf_value *out)
{
    if (mi_tf_inputs(t->now) != 2)
        return mi_tf_fail(t, MIEN_EUNSUP, "%d inputs, wanted 2",
                          mi_tf_inputs(t->now));
    return calculate(t, ADD, out);
}

/* ---- batch normalisation ------------------------------------------------- */

/* The four lists of a batch normalisation as factor and sum, in place of the
 * first two. */
static void normal(float *v[4], double epsilon, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        double m = (double)v[0][i] / sqrt((double)v[3][i] + epsilon);
        v[0][i] = (float)m;
        v[1][i] = (float)((double)v[1][i] - (double)v[2][i] * m);
    }
}

mien_status mi_tf_batch_norm(mi_tf *t, mi_tf_value *out)
{
    mi_tf_conv *c = NULL;
    mi_tf_value w;
    float *v[4] = {NULL};
    int at;
    mien_status st = MIEN_OK;
    const json_t *epsilon =
        json_object_get(json_object_get(t->now->attr, "epsilon"), "f");
    if (!is_own_conv(t, 0, &c, &at))
        return mi_tf_fail(t, MIEN_EUNSUP,
                          "wanted a convolution before it that it alone reads");
    for (int i = 0; i < 4 && st == MIEN_OK; i++) {
        st = mi_tf_input(t, 1 + i, &w);
        if (st == MIEN_OK &&
            (w.kind != MI_TF_WEIGHT || !is_by_channel(w.weight, c->out)))
            st = mi_tf_fail(t, MIEN_EUNSUP,
                            "its input %d is not a weight for each channel",
                            1 + i);
        v[i] = st ? NULL : by_channel(w.weight, c->out);
        if (st == MIEN_OK && !v[i])
            st = mi_no_memory(t->err);
    }
    if (st == MIEN_OK) {
        normal(v, json_is_number(epsilon) ? json_number_value(epsilon) : 1e-4,
               c->out);
        mi_tf_conv_scale(c, v[0], v[1]);
        take(t, at, out);
    }
    for (int i = 0; i < 4; i++)
        mi_free(v[i]);
    return st;
}

/* ---- one input ----------------------------------------------------------- */

static mien_status each(mi_tf *t, const mi_op *op, mi_tf_value *out)
{
    mi_node *x = NULL;
    int pixels = 0;
    mien_status st = mi_tf_tensor(t, 0, &pixels, &x);
    if (st != MIEN_OK)
        return st;
    *out = mi_tf_made(
        mi_graph_node(t->g, op, &x, 1, NULL, mi_tf_name_of(t->now)), pixels);
    return mi_tf_check(t, out->node);
}

mien_status mi_tf_relu(mi_tf *t, mi_tf_value *out)
{
    return each(t, &mi_op_relu, out);
}

mien_status mi_tf_sigmoid(mi_tf *t, mi_tf_value *out)
{
    return each(t, &mi_op_sigmoid, out);
}

mien_status mi_tf_exp(mi_tf *t, mi_tf_value *out)
{
    return each(t, &mi_op_exp, out);
}

/* x cut to 0..6 */
static mi_node *clipped(mi_tf *t, mi_node *x)
{
    const float ends[2] = {0, 6};
    mien_shape one = {.rank = 0};
    mi_node *in[3] = {x};
    for (int i = 0; i < 2; i++)
        in[1 + i] =
            mi_graph_constant(t->g, NULL, MI_F32, one, &ends[i], MI_COPY);
    return mi_graph_node(t->g, &mi_op_clip, in, 3, NULL, mi_tf_name_of(t->now));
}

mien_status mi_tf_relu6(mi_tf *t, mi_tf_value *out)
{
    mi_node *x = NULL;
    int pixels = 0;
    mien_status st = mi_tf_tensor(t, 0, &pixels, &x);
    if (st != MIEN_OK)
        return st;
    *out = mi_tf_made(clipped(t, x), pixels);
    return mi_tf_check(t, out->node);
}

mien_status mi_tf_identity(mi_tf *t, mi_tf_value *out)
{
    mi_tf_value v;
    mi_node *x = NULL;
    int pixels = 0;
    mien_status st = mi_tf_input(t, 0, &v);
    if (st == MIEN_OK && v.kind == MI_TF_CONV) {
        st = mi_tf_tensor(t, 0, &pixels, &x);
        v = mi_tf_made(x, pixels);
    }
    if (st == MIEN_OK)
        *out = v;
    return st;
}

/* ---- a convolution with what is behind it -------------------------------- */

/* Input 2 as the sum behind a convolution. */
static mien_status add_bias(mi_tf *t, mi_tf_conv *c)
{
    mi_tf_value v;
    mien_status st = mi_tf_input(t, 2, &v);
    if (st != MIEN_OK)
        return st;
    if (v.kind != MI_TF_WEIGHT || !is_by_channel(v.weight, c->out))
        return mi_tf_fail(t, MIEN_EUNSUP,
                          "its input 2 is not a weight for each channel");
    float *w = by_channel(v.weight, c->out);
    if (!w)
        return mi_no_memory(t->err);
    mi_tf_conv_scale(c, NULL, w);
    mi_free(w);
    return MIEN_OK;
}

/* fused_ops: a sum, then a ReLU, or one of them. */
static mien_status fuse(mi_tf *t, mi_tf_op *convolve, mi_tf_value *out)
{
    const mi_tf_node *n = t->now;
    int bias = mi_tf_attr_has(n, "fused_ops", "BiasAdd", "Qmlhc0FkZA==");
    int relu = mi_tf_attr_has(n, "fused_ops", "Relu", "UmVsdQ==");
    int relu6 = mi_tf_attr_has(n, "fused_ops", "Relu6", "UmVsdTY=");
    if (mi_tf_attr_texts(n, "fused_ops") != bias + relu + relu6 ||
        relu + relu6 > 1)
        return mi_tf_fail(t, MIEN_EUNSUP,
                          "fused_ops are not BiasAdd, Relu or Relu6");
    mien_status st = convolve(t, out);
    if (st == MIEN_OK && bias)
        st = add_bias(t, out->conv);
    if (st != MIEN_OK || relu + relu6 == 0)
        return st;
    mi_tf_conv *c = out->conv;
    c->name = NULL;
    mi_node *x = mi_tf_conv_node(t, c, &st);
    if (st != MIEN_OK)
        return st;
    mi_tf_conv_free(c);
    x = relu6 ? clipped(t, x)
              : mi_graph_node(t->g, &mi_op_relu, &x, 1, NULL,
                              mi_tf_name_of(t->now));
    *out = mi_tf_made(x, 1);
    return mi_tf_check(t, x);
}

mien_status mi_tf_fused(mi_tf *t, mi_tf_value *out)
{
    return fuse(t, mi_tf_conv2d, out);
}

mien_status mi_tf_fused_depthwise(mi_tf *t, mi_tf_value *out)
{
    return fuse(t, mi_tf_depthwise, out);
}
