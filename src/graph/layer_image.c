/* layer_image.c: layers of images [rows, channels, h, w]: convolutions, pools,
 * and batch normalisation, which works on channels too. */
#include "graph/layer.h"

#include <string.h>

static int is_window(const mien_window *w)
{
    for (int d = 0; d < 2; d++)
        if (w->kernel[d] < 1 || w->stride[d] < 1 || w->dilation[d] < 1 ||
            w->pad[d] < 0)
            return 0;
    return w->group >= 1;
}

static mi_ints pair(const int v[2]) { return (mi_ints){2, {v[0], v[1]}}; }

/* As ONNX says it: by a word, or by numbers where there are some. */
static void set_padding(char word[MI_ATTR_TEXT_LEN], mi_ints *pads,
                        const mien_window *w)
{
    const int *p = w->pad;
    int given = !w->same && (p[0] || p[1]);
    const char *text = w->same ? "SAME_UPPER" : given ? "NOTSET" : "VALID";
    memcpy(word, text, strlen(text) + 1);
    if (given)
        *pads = (mi_ints){4, {p[0], p[1], p[0], p[1]}};
}

/* What is wrong with a convolution, or NULL; the shape of its input. */
static const char *check_convolution(const mi_layer *l, mi_node *x, int units,
                                     const mien_window *w, mien_shape *s)
{
    if (units < 1 || !is_window(w) || units % w->group)
        return "its units or window are out of range";
    if (!mi_layer_shape(l, x, 4, 4, s))
        return "";
    return s->dim[1] % w->group ? "groups do not divide channels" : NULL;
}

/* A bias of each unit, into which so many weights lead. */
static mi_node *add_bias(const mi_layer *l, int units,
                         const mien_layer_options *o, double into)
{
    const mi_drawing bias = mi_layer_bias(o, into);
    return mi_layer_parameter(l, "bias", (mien_shape){1, {units}}, &bias);
}

mien_node *mien_layer_conv2d(mien_graph *g, mien_node *x, int units,
                             const mien_window *w, const mien_layer_options *o,
                             const char *name)
{
    mi_layer l = mi_layer_begin(g, "conv2d", name);
    mi_conv_attr attr = *(const mi_conv_attr *)mi_op_conv.attr_defaults;
    mien_shape s;
    const char *why = check_convolution(&l, x, units, w, &s);
    if (why)
        return mi_layer_wrong(&l, MIEN_EARG, why);
    attr.kernel_shape = pair(w->kernel);
    attr.strides = pair(w->stride);
    attr.dilations = pair(w->dilation);
    attr.group = w->group;
    set_padding(attr.auto_pad, &attr.pads, w);

    double area = (double)w->kernel[0] * w->kernel[1];
    int64_t channels = s.dim[1] / w->group;
    double into = area * (double)channels;
    const mi_drawing weight = {o->weight, o->random, into, area * units,
                               o->constant};
    const mien_shape shape = {
        4, {units, s.dim[1] / w->group, w->kernel[0], w->kernel[1]}};
    mi_node *in[3] = {x, mi_layer_parameter(&l, "weight", shape, &weight)};
    if (!o->no_bias)
        in[2] = add_bias(&l, units, o, into);
    return mi_layer_result(&l, &mi_op_conv, in, o->no_bias ? 2 : 3, &attr);
}

mien_node *mien_layer_conv2d_transpose(mien_graph *g, mien_node *x, int units,
                                       const mien_window *w,
                                       const mien_layer_options *o,
                                       const char *name)
{
    mi_layer l = mi_layer_begin(g, "conv2d_transpose", name);
    mi_conv_transpose_attr attr =
        *(const mi_conv_transpose_attr *)mi_op_conv_transpose.attr_defaults;
    mien_shape s;
    const char *why = check_convolution(&l, x, units, w, &s);
    if (why)
        return mi_layer_wrong(&l, MIEN_EARG, why);
    attr.kernel_shape = pair(w->kernel);
    attr.strides = pair(w->stride);
    attr.dilations = pair(w->dilation);
    attr.group = w->group;
    set_padding(attr.auto_pad, &attr.pads, w);

    double area = (double)w->kernel[0] * w->kernel[1];
    const int64_t channels = s.dim[1] / w->group, each = units / w->group;
    double into =
        area * (double)channels / ((double)w->stride[0] * w->stride[1]);
    const mi_drawing weight = {o->weight, o->random, into, area * (double)each,
                               o->constant};
    const mien_shape shape = {4, {s.dim[1], each, w->kernel[0], w->kernel[1]}};
    mi_node *in[3] = {x, mi_layer_parameter(&l, "weight", shape, &weight)};
    if (!o->no_bias)
        in[2] = add_bias(&l, units, o, into);
    return mi_layer_result(&l, &mi_op_conv_transpose, in, o->no_bias ? 2 : 3,
                           &attr);
}

static mi_node *pool(const mi_layer *l, const mi_op *op, mi_node *x,
                     const mien_window *w)
{
    mi_pool_attr attr = *(const mi_pool_attr *)op->attr_defaults;
    if (!is_window(w))
        return mi_layer_wrong(l, MIEN_EARG, "its window is out of range");
    attr.kernel_shape = pair(w->kernel);
    attr.strides = pair(w->stride);
    attr.dilations = (mi_ints){0}; /* AveragePool has none in opset 13 */
    if (w->dilation[0] != 1 || w->dilation[1] != 1)
        attr.dilations = pair(w->dilation);
    set_padding(attr.auto_pad, &attr.pads, w);
    return mi_layer_result(l, op, &x, 1, &attr);
}

mien_node *mien_layer_max_pool(mien_graph *g, mien_node *x,
                               const mien_window *w, const char *name)
{
    mi_layer l = mi_layer_begin(g, "max_pool", name);
    return pool(&l, &mi_op_max_pool, x, w);
}

mien_node *mien_layer_average_pool(mien_graph *g, mien_node *x,
                                   const mien_window *w, const char *name)
{
    mi_layer l = mi_layer_begin(g, "average_pool", name);
    if (w->dilation[0] != 1 || w->dilation[1] != 1)
        return mi_layer_wrong(&l, MIEN_EARG, "its window has a dilation");
    return pool(&l, &mi_op_average_pool, x, w);
}

mien_node *mien_layer_global_pool(mien_graph *g, mien_node *x, const char *name)
{
    mi_layer l = mi_layer_begin(g, "global_pool", name);
    mi_node *y =
        mi_graph_node(g, &mi_op_global_average_pool, &x, 1, NULL, NULL);
    return mi_layer_result(&l, &mi_op_flatten, &y, 1, NULL);
}

mien_node *mien_layer_upsample(mien_graph *g, mien_node *x, int factor,
                               int linear, const char *name)
{
    mi_layer l = mi_layer_begin(g, "upsample", name);
    mi_resize_attr attr = *(const mi_resize_attr *)mi_op_resize.attr_defaults;
    const float scales[] = {1, 1, (float)factor, (float)factor};
    mien_shape s;
    if (factor < 1 || factor > MIEN_MAX_TENSOR)
        return mi_layer_wrong(&l, MIEN_EARG, "its factor is out of range");
    if (!mi_layer_shape(&l, x, 4, 4, &s))
        return mi_layer_wrong(&l, MIEN_EARG, "");
    if (linear) {
        memcpy(attr.mode, "linear", sizeof "linear");
    } else {
        memcpy(attr.coordinate_transformation_mode, "asymmetric",
               sizeof "asymmetric");
        memcpy(attr.nearest_mode, "floor", sizeof "floor");
    }
    mi_node *in[] = {x, NULL,
                     mi_graph_constant(g, NULL, MI_F32, (mien_shape){1, {4}},
                                       scales, MI_COPY)};
    return mi_layer_result(&l, &mi_op_resize, in, 3, &attr);
}

mien_node *mien_layer_batch_norm(mien_graph *g, mien_node *x, float epsilon,
                                 float momentum, const char *name)
{
    static const struct {
        const char *part;
        float value;
    } parts[] = {{"weight", 1}, {"bias", 0}, {"mean", 0}, {"variance", 1}};
    mi_layer l = mi_layer_begin(g, "batch_norm", name);
    const mi_batch_norm_attr attr = {epsilon, momentum, 0};
    mi_node *in[5] = {x};
    mien_shape s;
    if (!(epsilon >= 0) || !(momentum >= 0 && momentum <= 1))
        return mi_layer_wrong(&l, MIEN_EARG,
                              "its epsilon or momentum is out of range");
    if (!mi_layer_shape(&l, x, 2, 4, &s))
        return mi_layer_wrong(&l, MIEN_EARG, "");
    for (int k = 0; k < 4; k++) {
        const mi_drawing d = {MIEN_INIT_CONSTANT, NULL, 1, 1, parts[k].value};
        in[k + 1] = mi_layer_parameter(&l, parts[k].part,
                                       (mien_shape){1, {s.dim[1]}}, &d);
    }
    return mi_layer_result(&l, &mi_op_batch_norm, in, 5, &attr);
}

/* a op b, or op a where b is NULL. */
static mi_node *operate(mien_graph *g, const mi_op *op, mi_node *a, mi_node *b)
{
    mi_node *in[] = {a, b};
    return mi_graph_node(g, op, in, b ? 2 : 1, NULL, NULL);
}

/* x [rows, groups, n] without its mean over n, over its deviation. */
static mi_node *standardise(mien_graph *g, mi_node *x, float epsilon)
{
    const mi_reduce_mean_attr over = {{1, {2}}, 1};
    mi_node *e =
        mi_graph_constant(g, NULL, MI_F32, (mien_shape){0}, &epsilon, MI_COPY);
    mi_node *mean = mi_graph_node(g, &mi_op_reduce_mean, &x, 1, &over, NULL);
    mi_node *d = operate(g, &mi_op_sub, x, mean);
    mi_node *square = operate(g, &mi_op_mul, d, d);
    mi_node *v = mi_graph_node(g, &mi_op_reduce_mean, &square, 1, &over, NULL);
    v = operate(g, &mi_op_sqrt, operate(g, &mi_op_add, v, e), NULL);
    return operate(g, &mi_op_div, d, v);
}

mien_node *mien_layer_group_norm(mien_graph *g, mien_node *x, int groups,
                                 float epsilon, const char *name)
{
    const mi_drawing ones = {MIEN_INIT_CONSTANT, NULL, 1, 1, 1};
    const mi_drawing zeros = {MIEN_INIT_CONSTANT, NULL, 1, 1, 0};
    mi_layer l = mi_layer_begin(g, "group_norm", name);
    mien_shape s;
    if (!mi_layer_shape(&l, x, 4, 4, &s))
        return mi_layer_wrong(&l, MIEN_EARG, "");
    if (groups < 1 || s.dim[1] % groups || !(epsilon >= 0))
        return mi_layer_wrong(&l, MIEN_EARG,
                              "its groups do not divide channels, or its "
                              "epsilon is negative");
    const mien_shape each = {3, {s.dim[1], 1, 1}};
    int64_t n = s.dim[1] / groups * s.dim[2] * s.dim[3];
    mi_node *y = operate(g, &mi_op_reshape, x,
                         mi_layer_ints(&l, 3, (int64_t[]){-1, groups, n}));
    y = standardise(g, y, epsilon);
    const int64_t back[] = {-1, s.dim[1], s.dim[2], s.dim[3]};
    y = operate(g, &mi_op_reshape, y, mi_layer_ints(&l, 4, back));
    y = operate(g, &mi_op_mul, y,
                mi_layer_parameter(&l, "weight", each, &ones));
    mi_node *in[] = {y, mi_layer_parameter(&l, "bias", each, &zeros)};
    return mi_layer_result(&l, &mi_op_add, in, 2, NULL);
}
