/* The tiny face detector of face-api.js: a tiny YOLO v2 with separable
 * convolutions, any input size.
 *
 *   pixels [1, 3, h, w] -> (x - mean) / 255 -> 3x3 convolution without padding
 *     -> five times (max pool 2, separable 3x3) -> max pool 2 at stride 1
 *     -> 1x1 to 25 channels = 5 anchors x (x, y, w, h, score)
 *
 * Boxes are decoded by the caller, who knows the photo.
 * Source: face-api.js 1.7.15, src/tinyYolov2 and src/tinyFaceDetector. */
#include "model/faceapi.h"

static mi_node *leaky(mi_net *n, mi_node *x)
{
    mi_leaky_relu_attr a = {0.1F};
    return mi_graph_node(n->g, &mi_op_leaky_relu, &x, 1, &a, NULL);
}

void mi_build_tiny_face_detector(mi_net *n, mi_node *x)
{
    static const float mean[3] = {117.001F, 114.697F, 97.404F};
    static const int64_t channels[] = {16, 32, 64, 128, 256, 512};

    x = mi_net_normal(n, x, mean, 1 / 255.0F);
    x = mi_net_conv(n, x, mi_net_filters(n, "conv0/filters", 3, 3, 16),
                    mi_net_vector(n, "conv0/bias", 16), 1, MI_VALID);
    x = leaky(n, x);
    for (int i = 1; i <= 5; i++) {
        x = mi_net_pool(n, &mi_op_max_pool, x, 2, 2, MI_SAME);
        mi_name prefix = mi_name_of("conv%d", i);
        x = mi_net_separable(n, x, prefix.text, channels[i - 1], channels[i],
                             1);
        x = leaky(n, x);
    }
    x = mi_net_pool(n, &mi_op_max_pool, x, 2, 1, MI_SAME);

    mi_conv_attr a = *(const mi_conv_attr *)mi_op_conv.attr_defaults;
    mi_node *in[] = {x, mi_net_filters(n, "conv8/filters", 1, 512, 25),
                     mi_net_vector(n, "conv8/bias", 25)};
    a.kernel_shape = (mi_ints){2, {1, 1}};
    mi_net_output(n, mi_graph_node(n->g, &mi_op_conv, in, 3, &a, "cells"));
    mi_graph_set_meta(n->g, "mien.anchors",
                      "1.603231,2.094468 6.041143,7.080126 2.882459,3.518061 "
                      "4.266906,5.178857 9.041765,10.66308");
}
