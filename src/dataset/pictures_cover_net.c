/* pictures_cover_net.c: the network that marks what is laid over a face.
 *
 *   3 x 32 x 32 -> 16 -> half -> 24 (a) -> half -> 32 -> 48 (b) -> half -> 48
 *     -> twice, beside b -> 32 -> twice, beside a -> 24 -> 1 x 16 x 16
 *
 * each arrow a convolution, normalised over the batch, cut off at 0: what is
 * fine and what is wide, brought together (U-Net: Ronneberger, Fischer, Brox,
 * MICCAI 2015; batch normalisation: Ioffe, Szegedy, ICML 2015). */
#include "dataset/pictures_cover.h"

#include <math.h>

enum { SIDE = MI_COVER_SIDE };

/* A convolution of k x k, normalised, cut off at 0. */
static mien_node *conv(mien_graph *g, mien_node *x, int units, int k,
                       mien_random *r)
{
    const mien_window w = MIEN_WINDOW(k, 1, 1);
    mien_layer_options o = MIEN_LAYER_KERAS;
    o.weight = MIEN_INIT_HE_NORMAL;
    o.random = r;
    x = mien_layer_conv2d(g, x, units, &w, &o, NULL);
    x = mien_layer_batch_norm(g, x, 1e-3f, 0.95f, NULL);
    return mien_layer_relu(g, x, NULL);
}

static mien_node *half(mien_graph *g, mien_node *x)
{
    const mien_window w = MIEN_WINDOW(2, 2, 0);
    return mien_layer_max_pool(g, x, &w, NULL);
}

/* x twice as large, and the channels of another of that size. */
static mien_node *twice(mien_graph *g, mien_node *x, mien_node *beside)
{
    const mien_attribute axis = {.name = "axis", .i = 1};
    mien_node *both[] = {beside, mien_layer_upsample(g, x, 2, 0, NULL)};
    return mien_graph_op(g, "Concat", 2, both, 1, &axis, NULL);
}

mien_status mi_cover_net(uint32_t seed, mien_graph **out, mien_error *err)
{
    const mien_window last = MIEN_WINDOW(3, 1, 1);
    mien_layer_options o = MIEN_LAYER_KERAS;
    mien_graph *g = NULL;
    mien_random r;
    mien_status st = mien_graph_new(&g, err);
    if (st)
        return st;
    mien_random_init(&r, seed);
    o.random = &r;
    mien_node *x =
        mien_graph_input(g, "chip", (mien_shape){4, {-1, 3, SIDE, SIDE}});
    mien_node *a = conv(g, half(g, conv(g, x, 16, 3, &r)), 24, 3, &r);
    mien_node *b = conv(g, conv(g, half(g, a), 32, 3, &r), 48, 3, &r);
    x = conv(g, half(g, b), 48, 3, &r);
    x = conv(g, twice(g, x, b), 32, 1, &r);
    x = conv(g, twice(g, x, a), 24, 1, &r);
    x = mien_layer_conv2d(g, x, 1, &last, &o, NULL);
    mien_graph_output(g, x, "covered");
    st = mien_graph_check(g, err);
    if (st)
        mien_graph_free(g);
    else
        *out = g;
    return st;
}

int mi_cover_in_face(double u, double v)
{
    double x = (u - 0.5) / 0.27, y = (v - 0.6) / 0.31;
    return x * x + y * y <= 1;
}

void mi_cover_input(const float *grey, float *out)
{
    double sum = 0, squares = 0;
    int n = 0;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            double u = (x + 0.5) / SIDE, v = (y + 0.5) / SIDE;
            double g = (double)grey[y * SIDE + x];
            out[MI_COVER_CHIP + y * SIDE + x] = (float)(2 * u - 1);
            out[2 * MI_COVER_CHIP + y * SIDE + x] = (float)(2 * v - 1);
            if (!mi_cover_in_face(u, v))
                continue;
            sum += g;
            squares += g * g;
            n++;
        }
    double mean = sum / n, variance = squares / n - mean * mean;
    /* 8 levels more: of a flat chip the grain would count. */
    double deviation = sqrt(variance > 0 ? variance : 0) + 8;
    for (int i = 0; i < MI_COVER_CHIP; i++)
        out[i] = (float)(((double)grey[i] - mean) / deviation);
}
