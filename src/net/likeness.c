/* likeness.c: the loss 1 - SSIM of a picture made again, built of operators:
 *
 *   SSIM = (2 m n + a) (2 c + b) / ((m^2 + n^2 + a) (v + w + b))
 *
 * with means m, n, variances v, w and the covariance c of each window of 7 x 7
 * pixels, all of one weight, that lies in the picture; a = (0.01 L)^2, b =
 * (0.03 L)^2 for values of 0..L; the mean over windows and channels. Source: Z.
 * Wang et al., Image Quality Assessment: From Error Visibility to Structural
 * Similarity, 2004, equation 13. */
#include "net/build.h"

#include "mien/layer.h"

#include <math.h>

enum { WINDOW = 7 };

/* The mean of each window. */
static mien_node *windows(mien_graph *g, mien_node *x)
{
    const mien_window w = MIEN_WINDOW(WINDOW, 1, 0);
    return mien_layer_average_pool(g, x, &w, NULL);
}

/* 2 x y + k */
static mien_node *twice(mien_graph *g, mien_node *xy, double k)
{
    return mi_net_op(g, "Add", mi_net_op(g, "Mul", xy, mi_net_number(g, 2)),
                     mi_net_number(g, k));
}

/* Values from 0 up: what the input takes off its pixels is added again. */
static mien_node *from_zero(mien_graph *g, const mien_net_input *in,
                            mien_node *x)
{
    float off[3] = {0};
    int64_t channels = in->shape.dim[1];
    for (int64_t c = 0; c < channels && c < 3; c++)
        off[c] = in->mean[c] * in->scale[c];
    if (off[0] == 0 && off[1] == 0 && off[2] == 0)
        return x;
    return mi_net_op(g, "Add", x,
                     mien_graph_constant(
                         g, (mien_shape){4, {1, channels, 1, 1}}, off, NULL));
}

/* 1 - SSIM of two pictures, [rows, 1, 1, 1]. */
static mien_node *unlikeness(mien_graph *g, mien_node *x, mien_node *y,
                             double range)
{
    const int64_t axes[] = {1, 2, 3};
    const double a = pow(.01 * range, 2), b = pow(.03 * range, 2);
    mien_node *m = windows(g, x), *n = windows(g, y);
    mien_node *mm = mi_net_op(g, "Mul", m, m), *nn = mi_net_op(g, "Mul", n, n);
    mien_node *mn = mi_net_op(g, "Mul", m, n);
    mien_node *xy = windows(g, mi_net_op(g, "Mul", x, y));
    mien_node *squares =
        windows(g, mi_net_op(g, "Add", mi_net_op(g, "Mul", x, x),
                             mi_net_op(g, "Mul", y, y)));
    mien_node *means = mi_net_op(g, "Add", mm, nn);
    mien_node *top = mi_net_op(g, "Mul", twice(g, mn, a),
                               twice(g, mi_net_op(g, "Sub", xy, mn), b));
    mien_node *low =
        mi_net_op(g, "Mul", mi_net_op(g, "Add", means, mi_net_number(g, a)),
                  mi_net_op(g, "Add", mi_net_op(g, "Sub", squares, means),
                            mi_net_number(g, b)));
    const mien_attribute attribute = {
        .name = "axes", .kind = MIEN_ATTR_INTS, .ints = axes, .n = 3};
    mien_node *ratio = mi_net_op(g, "Div", top, low);
    mien_node *ssim =
        mien_graph_op(g, "ReduceMean", 1, &ratio, 1, &attribute, NULL);
    return mi_net_op(g, "Sub", mi_net_number(g, 1), ssim);
}

void mi_net_add_unlikeness(mi_net_build *b, const char *output, mien_loss *l)
{
    mien_net *net = b->net;
    mien_graph *g = net->graph;
    const mien_net_input *in =
        l->of_input ? &net->input[l->of_input - 1] : NULL;
    if (b->fields.status)
        return;
    if (!in || in->shape.rank != 4 || in->shape.dim[1] > 3 ||
        in->shape.dim[2] < WINDOW || in->shape.dim[3] < WINDOW ||
        in->scale[0] == 0) {
        mi_fields_wrong(&b->fields, MIEN_EFORMAT,
                        "'target' is no input of pictures of %d x %d pixels or "
                        "more",
                        WINDOW, WINDOW);
        return;
    }
    mien_node *x = from_zero(g, in, b->node[mi_net_layer_find(b, output)]);
    mien_node *y = from_zero(g, in, b->node[mi_net_layer_find(b, in->name)]);
    l->of_input = 0;
    mi_net_loss_of(b, unlikeness(g, x, y, 255 * fabs((double)in->scale[0])),
                   "ssim", l);
}
