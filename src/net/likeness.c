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
#include <stdio.h>

enum { WINDOW = 7 };

/* Operators on two nodes of one graph. */
static mien_node *two(mien_graph *g, const char *name, mien_node *x,
                      mien_node *y)
{
    mien_node *in[] = {x, y};
    return mien_graph_op(g, name, 2, in, 0, NULL, NULL);
}

static mien_node *number(mien_graph *g, double v)
{
    float one = (float)v;
    return mien_graph_constant(g, (mien_shape){0}, &one, NULL);
}

/* The mean of each window. */
static mien_node *windows(mien_graph *g, mien_node *x)
{
    const mien_window w = MIEN_WINDOW(WINDOW, 1, 0);
    return mien_layer_average_pool(g, x, &w, NULL);
}

/* 2 x y + k */
static mien_node *twice(mien_graph *g, mien_node *xy, double k)
{
    return two(g, "Add", two(g, "Mul", xy, number(g, 2)), number(g, k));
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
    return two(g, "Add", x,
               mien_graph_constant(g, (mien_shape){4, {1, channels, 1, 1}}, off,
                                   NULL));
}

/* 1 - SSIM of two pictures, [rows, 1, 1, 1]. */
static mien_node *unlikeness(mien_graph *g, mien_node *x, mien_node *y,
                             double range)
{
    const int64_t axes[] = {1, 2, 3};
    const double a = pow(.01 * range, 2), b = pow(.03 * range, 2);
    mien_node *m = windows(g, x), *n = windows(g, y);
    mien_node *mm = two(g, "Mul", m, m), *nn = two(g, "Mul", n, n);
    mien_node *mn = two(g, "Mul", m, n);
    mien_node *xy = windows(g, two(g, "Mul", x, y));
    mien_node *squares =
        windows(g, two(g, "Add", two(g, "Mul", x, x), two(g, "Mul", y, y)));
    mien_node *means = two(g, "Add", mm, nn);
    mien_node *top =
        two(g, "Mul", twice(g, mn, a), twice(g, two(g, "Sub", xy, mn), b));
    mien_node *low =
        two(g, "Mul", two(g, "Add", means, number(g, a)),
            two(g, "Add", two(g, "Sub", squares, means), number(g, b)));
    const mien_attribute attribute = {
        .name = "axes", .kind = MIEN_ATTR_INTS, .ints = axes, .n = 3};
    mien_node *ratio = two(g, "Div", top, low);
    mien_node *ssim =
        mien_graph_op(g, "ReduceMean", 1, &ratio, 1, &attribute, NULL);
    return two(g, "Sub", number(g, 1), ssim);
}

void mi_net_add_unlikeness(mi_net_build *b, const char *output, mien_loss *l)
{
    mien_net *net = b->net;
    mien_graph *g = net->graph;
    char name[MIEN_NET_NAME];
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
    snprintf(name, sizeof name, "ssim_%d", net->n_losses + 1);
    l->of_input = 0;
    l->output = mien_graph_outputs(g);
    mien_graph_output(g, unlikeness(g, x, y, 255 * fabs((double)in->scale[0])),
                      name);
}
