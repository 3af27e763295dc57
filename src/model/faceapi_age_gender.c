/* Age and gender of face-api.js: a small Xception.
 *
 *   pixels [1, 3, 112, 112] -> (x - mean) / 255 -> 3x3 at stride 2, relu
 *     -> reduction blocks (two separable layers and a max pool beside a 1x1 at
 *     stride 2) and main blocks (three separable layers beside nothing)
 *     -> mean over the rest -> a dense layer each
 *
 * Source: face-api.js 1.7.15, src/xception and src/ageGenderNet. */
#include "model/faceapi.h"

static mi_node *conv(mi_net *n, mi_node *x, const char *prefix, int64_t size,
                     int64_t in, int64_t out)
{
    mi_name filters = mi_name_of("%s/filters", prefix);
    mi_name bias = mi_name_of("%s/bias", prefix);
    return mi_net_conv(n, x, mi_net_filters(n, filters.text, size, in, out),
                       mi_net_vector(n, bias.text, out), 2, MI_SAME);
}

/* active: x behind a relu, or x where none is wanted */
static mi_node *reduction(mi_net *n, mi_node *x, mi_node *active,
                          const char *prefix, int64_t in, int64_t out)
{
    mi_name first = mi_name_of("%s/separable_conv0", prefix);
    mi_name second = mi_name_of("%s/separable_conv1", prefix);
    mi_name beside = mi_name_of("%s/expansion_conv", prefix);
    mi_node *y = mi_net_separable(n, active, first.text, in, out, 1);
    y = mi_net_separable(n, mi_net_relu(n, y), second.text, out, out, 1);
    y = mi_net_pool(n, &mi_op_max_pool, y, 3, 2, MI_SAME);
    return mi_net_op2(n, &mi_op_add, conv(n, x, beside.text, 1, in, out), y);
}

static mi_node *main_block(mi_net *n, mi_node *x, int block, int64_t channels)
{
    mi_node *y = x;
    for (int i = 0; i < 3; i++) {
        mi_name prefix =
            mi_name_of("middle_flow/main_block_%d/separable_conv%d", block, i);
        y = mi_net_separable(n, mi_net_relu(n, y), prefix.text, channels,
                             channels, 1);
    }
    return mi_net_op2(n, &mi_op_add, y, x);
}

void mi_build_age_gender(mi_net *n, mi_node *x)
{
    static const float mean[3] = {122.782F, 117.001F, 104.298F};
    x = mi_net_normal(n, x, mean, 1 / 255.0F);
    x = mi_net_relu(n, conv(n, x, "entry_flow/conv_in", 3, 3, 32));
    x = reduction(n, x, x, "entry_flow/reduction_block_0", 32, 64);
    x = reduction(n, x, mi_net_relu(n, x), "entry_flow/reduction_block_1", 64,
                  128);
    for (int i = 0; i < 2; i++)
        x = main_block(n, x, i, 128);
    x = reduction(n, x, mi_net_relu(n, x), "exit_flow/reduction_block", 128,
                  256);
    x = mi_net_separable(n, x, "exit_flow/separable_conv", 256, 512, 1);
    x = mi_net_mean(n, mi_net_relu(n, x));

    mi_net_output(
        n, mi_net_dense(n, x, "fc/age/weights", "fc/age/bias", 512, 1, "age"));
    x = mi_net_dense(n, x, "fc/gender/weights", "fc/gender/bias", 512, 2, NULL);
    mi_net_output(n, mi_net_softmax(n, x, "gender"));
    mi_graph_set_meta(n->g, "mien.labels", "male,female");
}
