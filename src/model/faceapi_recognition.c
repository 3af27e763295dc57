/* Face recognition of face-api.js: dlib's residual network of 29 layers.
 *
 *   pixels [1, 3, 150, 150] -> (x - mean) / 255 -> 7x7 at stride 2, max pool
 *     -> residual blocks at 32, 64, 128, 256, 256 channels
 *     -> mean over the rest -> 128 numbers, without bias
 *
 * A layer is convolution + bias, then x * weights + biases for each channel
 * (written as a BatchNormalization of mean 0 and variance 1), then relu.  A
 * block that halves its input adds an average pool of it; channels the pool
 * does not have are zero, and where the convolutions, which have no padding,
 * end up a row and column short, those are zero too.
 * Source: face-api.js 1.7.15, src/faceRecognitionNet; D. King, dlib,
 * "High Quality Face Recognition with Deep Metric Learning", 2017. */
#include "model/faceapi.h"

/* x * weights + biases */
static mi_node *scale(mi_net *n, mi_node *x, const char *prefix,
                      int64_t channels)
{
    static const float zeros[256], ones[256] = {[0 ... 255] = 1};
    mien_shape shape = {.rank = 1, .dim = {channels}};
    mi_name weights = mi_name_of("%s/scale/weights", prefix);
    mi_name biases = mi_name_of("%s/scale/biases", prefix);
    mi_node *in[] = {x, mi_net_vector(n, weights.text, channels),
                     mi_net_vector(n, biases.text, channels),
                     mi_net_floats(n, shape, zeros),
                     mi_net_floats(n, shape, ones)};
    mi_batch_norm_attr a =
        *(const mi_batch_norm_attr *)mi_op_batch_norm.attr_defaults;
    a.epsilon = 0;
    return mi_graph_node(n->g, &mi_op_batch_norm, in, 5, &a, NULL);
}

typedef struct layer {
    int64_t size, in, out, stride;
    mi_padding padding;
} layer;

static mi_node *conv(mi_net *n, mi_node *x, const char *prefix, layer l)
{
    mi_name filters = mi_name_of("%s/conv/filters", prefix);
    mi_name bias = mi_name_of("%s/conv/bias", prefix);
    mi_node *f = mi_net_filters(n, filters.text, l.size, l.in, l.out);
    x = mi_net_conv(n, x, f, mi_net_vector(n, bias.text, l.out), l.stride,
                    l.padding);
    return scale(n, x, prefix, l.out);
}

static mi_node *residual(mi_net *n, mi_node *x, const char *prefix,
                         int64_t channels)
{
    layer l = {3, channels, channels, 1, MI_SAME};
    mi_name first = mi_name_of("%s/conv1", prefix);
    mi_name second = mi_name_of("%s/conv2", prefix);
    mi_node *y = mi_net_relu(n, conv(n, x, first.text, l));
    y = conv(n, y, second.text, l);
    return mi_net_relu(n, mi_net_op2(n, &mi_op_add, y, x));
}

/* Zeros after the end of axes 1, 2 and 3. */
static mi_node *pad(mi_net *n, mi_node *x, int64_t channels, int64_t rows)
{
    const int64_t pads[8] = {0, 0, 0, 0, 0, channels, rows, rows};
    return mi_net_op2(n, &mi_op_pad, x, mi_net_ints(n, pads, 8));
}

/* side: of x */
static mi_node *residual_down(mi_net *n, mi_node *x, const char *prefix,
                              int64_t in, int64_t out, int64_t side)
{
    mi_name first = mi_name_of("%s/conv1", prefix);
    mi_name second = mi_name_of("%s/conv2", prefix);
    int64_t conv_side = (side - 3) / 2 + 1, pool_side = (side - 2) / 2 + 1;
    mi_node *y = mi_net_relu(
        n, conv(n, x, first.text, (layer){3, in, out, 2, MI_VALID}));
    y = conv(n, y, second.text, (layer){3, out, out, 1, MI_SAME});
    if (conv_side < pool_side)
        y = pad(n, y, 0, pool_side - conv_side);
    mi_node *pool = mi_net_pool(n, &mi_op_average_pool, x, 2, 2, MI_VALID);
    if (in < out)
        pool = pad(n, pool, out - in, 0);
    return mi_net_relu(n, mi_net_op2(n, &mi_op_add, y, pool));
}

void mi_build_face_recognition(mi_net *n, mi_node *x)
{
    static const float mean[3] = {122.782F, 117.001F, 104.298F};
    static const struct {
        const char *name;
        int64_t in, out, side; /* side 0: not halved */
    } blocks[] = {
        {"conv32_1", 32, 32, 0},       {"conv32_2", 32, 32, 0},
        {"conv32_3", 32, 32, 0},       {"conv64_down", 32, 64, 35},
        {"conv64_1", 64, 64, 0},       {"conv64_2", 64, 64, 0},
        {"conv64_3", 64, 64, 0},       {"conv128_down", 64, 128, 17},
        {"conv128_1", 128, 128, 0},    {"conv128_2", 128, 128, 0},
        {"conv256_down", 128, 256, 8}, {"conv256_1", 256, 256, 0},
        {"conv256_2", 256, 256, 0},    {"conv256_down_out", 256, 256, 4}};

    x = mi_net_normal(n, x, mean, 1 / 255.0F);
    x = conv(n, x, "conv32_down", (layer){7, 3, 32, 2, MI_VALID});
    x = mi_net_pool(n, &mi_op_max_pool, mi_net_relu(n, x), 3, 2, MI_VALID);
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        x = blocks[i].side ? residual_down(n, x, blocks[i].name, blocks[i].in,
                                           blocks[i].out, blocks[i].side)
                           : residual(n, x, blocks[i].name, blocks[i].in);
    mi_node *in[] = {mi_net_mean(n, x), mi_net_matrix(n, "fc", 256, 128)};
    mi_net_output(
        n, mi_graph_node(n->g, &mi_op_matmul, in, 2, NULL, "descriptor"));
}
