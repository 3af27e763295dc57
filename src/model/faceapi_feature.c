/* The networks of face-api.js on its dense feature extractor: 68 landmarks (in
 * two sizes) and seven expressions.
 *
 *   pixels [1, 3, 112, 112] -> (x - mean) / 255 -> dense blocks, each halving
 *     the side -> mean over the rest -> one dense layer
 *
 * A block makes a = relu(conv0(x)), b = conv1(a), c = conv2(relu(a + b)),
 * d = conv3(relu(a + b + c)) and gives relu(a + b + c + d); the small network
 * stops at c.
 * Source: face-api.js 1.7.15, src/faceFeatureExtractor, src/faceProcessor. */
#include "model/faceapi.h"

/* A block of separable convolutions; each adds to the sum of those before. */
static mi_node *dense_block(mi_net *n, mi_node *x, int block, int layers,
                            int64_t in, int64_t out)
{
    mi_name prefix = mi_name_of("dense%d/conv0", block);
    if (block == 0) {
        mi_name filters = mi_name_of("%s/filters", prefix.text);
        mi_name bias = mi_name_of("%s/bias", prefix.text);
        x = mi_net_conv(n, x, mi_net_filters(n, filters.text, 3, in, out),
                        mi_net_vector(n, bias.text, out), 2, MI_SAME);
    } else {
        x = mi_net_separable(n, x, prefix.text, in, out, 2);
    }
    mi_node *sum = mi_net_relu(n, x), *active = sum;
    for (int i = 1; i < layers; i++) {
        prefix = mi_name_of("dense%d/conv%d", block, i);
        mi_node *y = mi_net_separable(n, active, prefix.text, out, out, 1);
        sum = mi_net_op2(n, &mi_op_add, y, sum);
        active = mi_net_relu(n, sum);
    }
    return active;
}

static mi_node *features(mi_net *n, mi_node *x, int blocks, int layers)
{
    static const float mean[3] = {122.782F, 117.001F, 104.298F};
    int64_t in = 3, out = 32;
    x = mi_net_normal(n, x, mean, 1 / 255.0F);
    for (int i = 0; i < blocks; i++) {
        x = dense_block(n, x, i, layers, in, out);
        in = out;
        out *= 2;
    }
    return mi_net_mean(n, x);
}

void mi_build_face_landmark_68(mi_net *n, mi_node *x)
{
    x = features(n, x, 4, 4);
    mi_net_output(
        n, mi_net_dense(n, x, "fc/weights", "fc/bias", 256, 136, "landmarks"));
}

void mi_build_face_landmark_68_tiny(mi_net *n, mi_node *x)
{
    x = features(n, x, 3, 3);
    mi_net_output(
        n, mi_net_dense(n, x, "fc/weights", "fc/bias", 128, 136, "landmarks"));
}

void mi_build_face_expression(mi_net *n, mi_node *x)
{
    x = features(n, x, 4, 4);
    x = mi_net_dense(n, x, "fc/weights", "fc/bias", 256, 7, NULL);
    mi_net_output(n, mi_net_softmax(n, x, "expression"));
    mi_graph_set_meta(n->g, "mien.labels",
                      "neutral,happy,sad,angry,fearful,disgusted,surprised");
}
