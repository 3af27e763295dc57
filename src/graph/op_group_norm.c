/* op_group_norm.c: normalisation of groups of channels, each image alone.
 *
 *   y = scale[c] u + bias[c],  u = (x - m) r,  r = 1 / sqrt(v + epsilon)
 *
 * with mean m and (biased) variance v over the channels of c's group and all
 * their places.  With g the gradient of y and means over the group:
 *
 *   dbias = sum g,  dscale = sum g u
 *   dx = r (scale g - mean of scale g - u mean of scale g u)
 *
 * Source: Y. Wu, K. He, Group normalization, ECCV 2018; ONNX's operator of
 * opset 21, whose scale and bias have a number for each channel. */
#include "graph/op_util.h"

#include <math.h>

static int64_t groups_of(const mi_node *n)
{
    return ((const mi_group_norm_attr *)n->attr)->num_groups;
}

/* As x, whose channels the groups divide. */
static const char *group_norm_shape(mi_node *out)
{
    const mien_shape *x = &out->in[0]->shape;
    const char *why = mi_want_floats(out);
    if (why)
        return why;
    if (x->rank < 2)
        return "its input has no channels";
    if (groups_of(out) < 1 || x->dim[1] % groups_of(out) != 0)
        return "num_groups does not divide the channels";
    for (int k = 1; k < 3; k++) {
        const mien_shape *s = &out->in[k]->shape;
        if (s->rank != 1 || s->dim[0] != x->dim[1])
            return "an input has not one number for each channel";
    }
    return mi_set_floats(out, x);
}

/* A group of one image: len numbers at x, of channels from `channel` on with
 * `area` places each. */
typedef struct {
    int64_t at, len, area, channel;
    double mean, root;
} group;

/* Group i of all images, and its statistics. */
static group group_of(const mi_node *n, int64_t i)
{
    const mien_shape *s = &n->in[0]->shape;
    int64_t groups = groups_of(n), all = s->dim[0] * groups;
    group g = {.len = mi_shape_len(s) / all,
               .channel = i % groups * (s->dim[1] / groups)};
    g.area = g.len / (s->dim[1] / groups);
    g.at = i * g.len;
    const float *x = n->in[0]->eval + g.at;
    double square = 0;
    for (int64_t k = 0; k < g.len; k++)
        g.mean += (double)x[k] / (double)g.len;
    for (int64_t k = 0; k < g.len; k++)
        square += ((double)x[k] - g.mean) * ((double)x[k] - g.mean);
    g.root = 1 / sqrt(square / (double)g.len +
                      (double)((const mi_group_norm_attr *)n->attr)->epsilon);
    return g;
}

static void group_norm_eval(const mi_node *out)
{
    const float *scale = out->in[1]->eval, *bias = out->in[2]->eval;
    for (int64_t i = 0; i < out->shape.dim[0] * groups_of(out); i++) {
        const group g = group_of(out, i);
        for (int64_t k = 0; k < g.len; k++) {
            int64_t c = g.channel + k / g.area;
            double u = ((double)out->in[0]->eval[g.at + k] - g.mean) * g.root;
            out->eval[g.at + k] =
                (float)((double)scale[c] * u + (double)bias[c]);
        }
    }
}

/* All three gradients, a group after the other. */
static void group_norm_grad(const mi_node *out)
{
    const float *scale = out->in[1]->eval;
    for (int64_t i = 0; i < out->shape.dim[0] * groups_of(out); i++) {
        const group g = group_of(out, i);
        const float *x = out->in[0]->eval + g.at, *dy = out->grad + g.at;
        double mean = 0, product = 0;
        for (int64_t k = 0; k < g.len; k++) {
            int64_t c = g.channel + k / g.area;
            double u = ((double)x[k] - g.mean) * g.root, d = (double)dy[k];
            mean += (double)scale[c] * d / (double)g.len;
            product += (double)scale[c] * d * u / (double)g.len;
            if (out->in[1]->grad)
                out->in[1]->grad[c] += (float)(d * u);
            if (out->in[2]->grad)
                out->in[2]->grad[c] += (float)d;
        }
        for (int64_t k = 0; out->in[0]->grad && k < g.len; k++) {
            int64_t c = g.channel + k / g.area;
            double u = ((double)x[k] - g.mean) * g.root;
            out->in[0]->grad[g.at + k] +=
                (float)(g.root * ((double)scale[c] * (double)dy[k] - mean -
                                  u * product));
        }
    }
}

static const mi_group_norm_attr group_norm_defaults = {1e-5F, 0, 1};
static const mi_attr group_norm_attrs[] = {
    MI_ROW(mi_group_norm_attr, FLOAT, epsilon),
    MI_ROW(mi_group_norm_attr, INT, num_groups),
    MI_ROW(mi_group_norm_attr, INT, stash_type), MI_ROWS_END};
const mi_op mi_op_group_norm = {.name = "GroupNormalization",
                                .min_in = 3,
                                .max_in = 3,
                                MI_ATTRS(group_norm),
                                .shape = group_norm_shape,
                                .eval = group_norm_eval,
                                .grad = group_norm_grad};
