/* The SSD face detector of face-api.js: MobileNet v1 with six box predictors.
 *
 *   pixels [1, 3, 512, 512] -> x / 127.5 - 1 -> MobileNet v1 (13 pairs of a
 *     depthwise and a pointwise layer) -> four pairs of layers at half size
 *     each -> boxes and class scores from six of the results, 5118 in all
 *   boxes  [1, 5118, 4] top, left, bottom, right, in parts of the input's side
 *   scores [1, 5118] of the class face, 0..1
 *
 * With a prior box of centre c and size s, a prediction (dy, dx, dh, dw) means
 * the centre c + d / 10 * s and the size exp(d / 5) * s.
 * Source: face-api.js 1.7.15, src/ssdMobilenetv1. */
#include "model/faceapi.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdint.h>

enum { PRIORS = 5118 };

static mi_node *relu6(mi_net *n, mi_node *x)
{
    mi_node *in[] = {x, mi_net_scalar(n, 0), mi_net_scalar(n, 6)};
    return mi_graph_node(n->g, &mi_op_clip, in, 3, NULL, NULL);
}

/* scope/Conv2d_i_pointwise; the bias is a batch norm's, already folded */
static mi_node *pointwise(mi_net *n, mi_node *x, const char *scope, int i,
                          const int64_t shape[3], int64_t stride)
{
    mi_name filters = mi_name_of("%s/Conv2d_%d_pointwise/weights", scope, i);
    mi_name bias =
        mi_name_of("%s/Conv2d_%d_pointwise/convolution_bn_offset", scope, i);
    mi_node *f = mi_net_filters(n, filters.text, shape[0], shape[1], shape[2]);
    x = mi_net_conv(n, x, f, mi_net_vector(n, bias.text, shape[2]), stride,
                    MI_SAME);
    return relu6(n, x);
}

/* A depthwise convolution of MobileNet with its batch normalisation. */
static mi_node *depthwise(mi_net *n, mi_node *x, int i, int64_t channels,
                          int64_t stride)
{
    static const char *const norm[] = {"gamma", "beta", "moving_mean",
                                       "moving_variance"};
    mi_name name =
        mi_name_of("MobilenetV1/Conv2d_%d_depthwise/depthwise_weights", i);
    mi_node *f = mi_net_depth_filters(n, name.text, 3, channels);
    mi_node *in[5] = {mi_net_depth(n, x, f, channels, stride, MI_SAME)};
    for (int k = 0; k < 4; k++) {
        name = mi_name_of("MobilenetV1/Conv2d_%d_depthwise/BatchNorm/%s", i,
                          norm[k]);
        in[k + 1] = mi_net_vector(n, name.text, channels);
    }
    mi_batch_norm_attr a =
        *(const mi_batch_norm_attr *)mi_op_batch_norm.attr_defaults;
    a.epsilon = 0.0010000000474974513F;
    return relu6(n, mi_graph_node(n->g, &mi_op_batch_norm, in, 5, &a, NULL));
}

/* A predictor's 1x1 convolution as [1, boxes, each]. */
static mi_node *predict(mi_net *n, mi_node *x, int i, const char *what,
                        int64_t in, int64_t boxes, int64_t each)
{
    static const int64_t sides[] = {32, 16, 8, 4, 2, 1};
    mi_name prefix = mi_name_of("Prediction/BoxPredictor_%d/%s", i, what);
    mi_name weights = mi_name_of("%s/weights", prefix.text);
    mi_name bias = mi_name_of("%s/biases", prefix.text);
    mi_node *f = mi_net_filters(n, weights.text, 1, in, boxes * each);
    x = mi_net_conv(n, x, f, mi_net_vector(n, bias.text, boxes * each), 1,
                    MI_VALID);
    mi_transpose_attr last = {{4, {0, 2, 3, 1}}};
    x = mi_graph_node(n->g, &mi_op_transpose, &x, 1, &last, NULL);
    const int64_t shape[3] = {1, sides[i] * sides[i] * boxes, each};
    return mi_net_op2(n, &mi_op_reshape, x, mi_net_ints(n, shape, 3));
}

/* x[:, :, from:to] */
static mi_node *part(mi_net *n, mi_node *x, int64_t from, int64_t to)
{
    const int64_t two = 2;
    mi_node *in[] = {x, mi_net_ints(n, &from, 1), mi_net_ints(n, &to, 1),
                     mi_net_ints(n, &two, 1)};
    return mi_graph_node(n->g, &mi_op_slice, in, 4, NULL, NULL);
}

/* Priors [top, left, bottom, right] as what decoding multiplies and adds. */
static void split_priors(const float (*prior)[4], float (*centre)[2],
                         float (*tenth)[2], float (*half)[2])
{
    for (int i = 0; i < PRIORS; i++)
        for (int k = 0; k < 2; k++) {
            float size = prior[i][k + 2] - prior[i][k];
            centre[i][k] = prior[i][k] + size / 2;
            tenth[i][k] = size / 10;
            half[i][k] = size / 2;
        }
}

/* Boxes from offsets to the priors, as corners. */
static void decode(mi_net *n, mi_node *boxes)
{
    mien_shape shape = {.rank = 3, .dim = {1, PRIORS, 4}};
    const mi_weight *w = mi_net_weight(n, "Output/extra_dim", &shape);
    float *room = mi_alloc_raw(PRIORS, 10 * sizeof *room);
    if (w && room) {
        float *centre = room + (size_t)4 * PRIORS;
        float *tenth = centre + (size_t)2 * PRIORS;
        float *half = tenth + (size_t)2 * PRIORS;
        mi_weight_floats(w, room);
        split_priors((const float(*)[4])room, (float(*)[2])centre,
                     (float(*)[2])tenth, (float(*)[2])half);
        shape.dim[2] = 2;
        mi_node *mid = mi_net_op2(n, &mi_op_mul, part(n, boxes, 0, 2),
                                  mi_net_floats(n, shape, tenth));
        mid = mi_net_op2(n, &mi_op_add, mid, mi_net_floats(n, shape, centre));
        mi_node *size = mi_net_op2(n, &mi_op_mul, part(n, boxes, 2, 4),
                                   mi_net_scalar(n, 0.2F));
        size = mi_net_op2(n, &mi_op_mul, mi_net_op1(n, &mi_op_exp, size, NULL),
                          mi_net_floats(n, shape, half));
        mi_node *ends[] = {mi_net_op2(n, &mi_op_sub, mid, size),
                           mi_net_op2(n, &mi_op_add, mid, size)};
        mi_net_output(n, mi_net_concat(n, ends, 2, 2, "boxes"));
    } else if (w) {
        mi_fail(&n->wrong, MIEN_ENOMEM, "face-api: no memory for priors");
    }
    mi_free(room);
}

/* from [6]: what the predictors look at */
static void predictions(mi_net *n, mi_node *const *from)
{
    static const int64_t channels[] = {512, 1024, 512, 256, 256, 128};
    mi_node *boxes[6], *classes[6];
    for (int i = 0; i < 6; i++) {
        int64_t each = i == 0 ? 3 : 6;
        boxes[i] = predict(n, from[i], i, "BoxEncodingPredictor", channels[i],
                           each, 4);
        classes[i] =
            predict(n, from[i], i, "ClassPredictor", channels[i], each, 3);
    }
    decode(n, mi_net_concat(n, boxes, 6, 1, NULL));

    const int64_t flat[2] = {1, PRIORS};
    mi_node *face = part(n, mi_net_concat(n, classes, 6, 1, NULL), 1, 2);
    face = mi_net_op2(n, &mi_op_reshape, face, mi_net_ints(n, flat, 2));
    mi_net_output(n, mi_net_op1(n, &mi_op_sigmoid, face, "scores"));
}

void mi_build_ssd_mobilenetv1(mi_net *n, mi_node *x)
{
    static const float mean[3] = {127.5F, 127.5F, 127.5F};
    static const int64_t channels[14] = {32,  64,  128, 128, 256, 256,  512,
                                         512, 512, 512, 512, 512, 1024, 1024};
    static const int64_t extra[8][3] = {
        {1, 1024, 256}, {3, 256, 512}, {1, 512, 128}, {3, 128, 256},
        {1, 256, 128},  {3, 128, 256}, {1, 256, 64},  {3, 64, 128}};
    mi_node *from[6];

    x = mi_net_normal(n, x, mean, 1 / 127.5F);
    x = pointwise(n, x, "MobilenetV1", 0, (const int64_t[]){3, 3, 32}, 2);
    for (int i = 1; i <= 13; i++) {
        const int64_t shape[3] = {1, channels[i - 1], channels[i]};
        int halve = i == 2 || i == 4 || i == 6 || i == 12;
        x = depthwise(n, x, i, channels[i - 1], halve ? 2 : 1);
        x = pointwise(n, x, "MobilenetV1", i, shape, 1);
        if (i == 11)
            from[0] = x;
    }
    from[1] = x;
    for (int i = 0; i < 8; i++) {
        x = pointwise(n, x, "Prediction", i, extra[i], i % 2 ? 2 : 1);
        if (i % 2)
            from[2 + i / 2] = x;
    }
    predictions(n, from);
}
