/* Operators in the forms that face-api.js' networks use, with TensorFlow's
 * padding: VALID adds none; SAME makes ceil(size / stride) outputs and pads
 * after rather than before when the total is odd, which is ONNX's SAME_UPPER.
 */
#include "model/faceapi.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

mi_name mi_name_of(const char *fmt, ...)
{
    mi_name name;
    va_list args;
    va_start(args, fmt);
    vsnprintf(name.text, sizeof name.text, fmt, args);
    va_end(args);
    return name;
}

mi_node *mi_net_ints(mi_net *n, const int64_t *v, int len)
{
    mien_shape shape = {.rank = 1, .dim = {len}};
    return mi_graph_constant(n->g, NULL, MI_I64, shape, v, MI_COPY);
}

mi_node *mi_net_floats(mi_net *n, mien_shape shape, const float *v)
{
    return mi_graph_constant(n->g, NULL, MI_F32, shape, v, MI_COPY);
}

mi_node *mi_net_scalar(mi_net *n, float v)
{
    return mi_net_floats(n, (mien_shape){.rank = 0}, &v);
}

mi_node *mi_net_op1(mi_net *n, const mi_op *op, mi_node *x, const char *name)
{
    return mi_graph_node(n->g, op, &x, 1, NULL, name);
}

mi_node *mi_net_op2(mi_net *n, const mi_op *op, mi_node *a, mi_node *b)
{
    mi_node *in[] = {a, b};
    return mi_graph_node(n->g, op, in, 2, NULL, NULL);
}

static mi_ints pair(int64_t v) { return (mi_ints){2, {v, v}}; }

static mi_node *conv(mi_net *n, mi_node *const *in, int n_in, int64_t group,
                     int64_t stride, mi_padding padding)
{
    mi_conv_attr a = *(const mi_conv_attr *)mi_op_conv.attr_defaults;
    int64_t size = in[1]->shape.dim[2];
    a.kernel_shape = pair(size);
    a.strides = pair(stride);
    a.group = group;
    if (padding == MI_SAME && stride > 1)
        memcpy(a.auto_pad, "SAME_UPPER", sizeof "SAME_UPPER");
    else if (padding == MI_SAME && size > 1)
        a.pads = (mi_ints){4, {size / 2, size / 2, size / 2, size / 2}};
    return mi_graph_node(n->g, &mi_op_conv, in, n_in, &a, NULL);
}

mi_node *mi_net_conv(mi_net *n, mi_node *x, mi_node *filters, mi_node *bias,
                     int64_t stride, mi_padding padding)
{
    mi_node *in[] = {x, filters, bias};
    return conv(n, in, bias ? 3 : 2, 1, stride, padding);
}

mi_node *mi_net_depth(mi_net *n, mi_node *x, mi_node *filters, int64_t channels,
                      int64_t stride, mi_padding padding)
{
    mi_node *in[] = {x, filters};
    return conv(n, in, 2, channels, stride, padding);
}

mi_node *mi_net_separable(mi_net *n, mi_node *x, const char *prefix, int64_t in,
                          int64_t out, int64_t stride)
{
    mi_name depth = mi_name_of("%s/depthwise_filter", prefix);
    mi_name point = mi_name_of("%s/pointwise_filter", prefix);
    mi_name bias = mi_name_of("%s/bias", prefix);
    mi_node *f = mi_net_depth_filters(n, depth.text, 3, in);
    x = mi_net_depth(n, x, f, in, stride, MI_SAME);
    f = mi_net_filters(n, point.text, 1, in, out);
    return mi_net_conv(n, x, f, mi_net_vector(n, bias.text, out), 1, MI_VALID);
}

mi_node *mi_net_pool(mi_net *n, const mi_op *op, mi_node *x, int64_t size,
                     int64_t stride, mi_padding padding)
{
    mi_pool_attr a = *(const mi_pool_attr *)op->attr_defaults;
    a.kernel_shape = pair(size);
    a.strides = pair(stride);
    if (padding == MI_SAME)
        memcpy(a.auto_pad, "SAME_UPPER", sizeof "SAME_UPPER");
    return mi_graph_node(n->g, op, &x, 1, &a, NULL);
}

mi_node *mi_net_normal(mi_net *n, mi_node *x, const float mean[3], float scale)
{
    const float scales[3] = {scale, scale, scale}, zeros[3] = {0},
                ones[3] = {1, 1, 1};
    mien_shape three = {.rank = 1, .dim = {3}};
    mi_node *in[] = {
        x, mi_net_floats(n, three, scales), mi_net_floats(n, three, zeros),
        mi_net_floats(n, three, mean), mi_net_floats(n, three, ones)};
    mi_batch_norm_attr a =
        *(const mi_batch_norm_attr *)mi_op_batch_norm.attr_defaults;
    a.epsilon = 0;
    return mi_graph_node(n->g, &mi_op_batch_norm, in, 5, &a, NULL);
}

mi_node *mi_net_dense(mi_net *n, mi_node *x, const char *weights,
                      const char *bias, int64_t in, int64_t out,
                      const char *name)
{
    mi_node *args[] = {x, mi_net_matrix(n, weights, in, out),
                       mi_net_vector(n, bias, out)};
    return mi_graph_node(n->g, &mi_op_gemm, args, 3, NULL, name);
}

mi_node *mi_net_mean(mi_net *n, mi_node *x)
{
    x = mi_net_op1(n, &mi_op_global_average_pool, x, NULL);
    return mi_net_op1(n, &mi_op_flatten, x, NULL);
}

mi_node *mi_net_concat(mi_net *n, mi_node *const *in, int n_in, int64_t axis,
                       const char *name)
{
    mi_concat_attr a = {axis};
    return mi_graph_node(n->g, &mi_op_concat, in, n_in, &a, name);
}

mi_node *mi_net_softmax(mi_net *n, mi_node *x, const char *name)
{
    mi_softmax_attr a = {1};
    return mi_graph_node(n->g, &mi_op_softmax, &x, 1, &a, name);
}

void mi_net_output(mi_net *n, mi_node *x) { mi_graph_output(n->g, x, NULL); }
