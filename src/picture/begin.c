/* begin.c: layers of an auto-encoder that begin as principal components of the
 * pictures that are learned from, so that it begins where these end.
 *
 *   d numbers in   z_i = v_i (x - mean) / s_i   scores of variance 1
 *   d numbers out  x = mean + sum s_i v_i z_i
 *   any other      log variance of a score: -log(1 + s_i^2 / e)
 *
 * with components v_i, variances s_i^2 and a mean square e of what they leave
 * of a number: the posterior of probabilistic principal components (M. Tipping,
 * C. Bishop, 1999), where a linear auto-encoder with a Gaussian loss ends (J.
 * Lucas et al., Don't Blame the ELBO, NeurIPS 2019). */
#include "picture/picture.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/num_components.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PICTURES = 2000 };

/* The numbers of a layer's weights, [units, in], and of its bias. */
typedef struct beginning {
    const char *name;
    int64_t units, in;
    float *weight, *bias;
} beginning;

/* Rows that make scores. */
static void encode(const mien_components *c, beginning *b)
{
    for (int64_t i = 0; i < b->units && i < c->k; i++) {
        const float *v = c->vector + i * c->d;
        float scale = (float)(1 / sqrt(c->variance[i])), at = 0;
        for (int64_t j = 0; j < c->d; j++) {
            b->weight[i * c->d + j] = v[j] * scale;
            at += v[j] * scale * c->mean[j];
        }
        b->bias[i] = -at;
    }
}

/* Rows that make numbers of scores. */
static void decode(const mien_components *c, beginning *b)
{
    for (int64_t i = 0; i < b->in && i < c->k; i++) {
        const float *v = c->vector + i * c->d;
        float scale = (float)sqrt(c->variance[i]);
        for (int64_t j = 0; j < c->d; j++)
            b->weight[j * b->in + i] = v[j] * scale;
    }
    memcpy(b->bias, c->mean, (size_t)c->d * sizeof *b->bias);
}

/* What is not known of scores. */
static void leave(const mien_components *c, double error, beginning *b)
{
    for (int64_t i = 0; i < b->units && i < c->k; i++)
        b->bias[i] = -(float)log1p(c->variance[i] / error);
}

/* Set a layer's values. */
static mien_status set(mien_picture_study *s, const mien_components *c,
                       double error, const char *name, mien_error *err)
{
    char weight[MIEN_NET_NAME + 8], bias[MIEN_NET_NAME + 8];
    mien_shape shape = {0};
    mien_graph *g = s->net->graph;
    snprintf(weight, sizeof weight, "%s.weight", name);
    snprintf(bias, sizeof bias, "%s.bias", name);
    if (!mien_graph_values(g, weight, &shape) ||
        !mien_graph_values(g, bias, NULL))
        return mi_fail(err, MIEN_EARG,
                       "layer '%s' is to begin as components and has no bias",
                       name);
    beginning b = {name, shape.dim[0], shape.dim[1], NULL, NULL};
    b.weight = mi_alloc((size_t)b.units * (size_t)b.in, sizeof *b.weight);
    b.bias = mi_alloc((size_t)b.units, sizeof *b.bias);
    mien_status st = b.weight && b.bias ? MIEN_OK : mi_no_memory(err);
    if (!st && b.in == c->d)
        encode(c, &b);
    else if (!st && b.units == c->d)
        decode(c, &b);
    else if (!st)
        leave(c, error, &b);
    if (!st)
        st = mien_graph_set_values(g, weight, b.weight, err);
    if (!st)
        st = mien_graph_set_values(g, bias, b.bias, err);
    mi_free(b.weight);
    mi_free(b.bias);
    return st;
}

/* The mean square of what components leave of a number. */
static double error_of(const mien_components *c, int64_t n, const float *x)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += mien_components_error(c, x + i * c->d, 0) / (double)n;
    for (int i = 0; i < c->k; i++)
        sum -= c->variance[i] / (double)c->d;
    return fmax(sum, 1e-6);
}

/* How many components are wanted: the longest code. */
static int wanted(const mien_net *net)
{
    int64_t most = 0;
    for (int i = 0; i < net->n_layers; i++) {
        const mien_net_layer *l = &net->layer[i];
        if (!l->components)
            continue;
        int64_t in = net->layer[l->from[0]].shape.dim[1];
        int64_t k = l->shape.dim[1] < in ? l->shape.dim[1] : in;
        most = k > most ? k : most;
    }
    return (int)most;
}

mien_status mi_begin(mien_picture_study *s, mien_error *err)
{
    const mi_view *v = &s->view;
    int64_t n = 0, d = (int64_t)v->w * v->h * v->channels;
    mien_components c = {0};
    float *x = NULL;
    int k = wanted(s->net);
    mien_status st =
        k ? mi_spread_rows(&s->part[0], PICTURES, &x, &n, err) : MIEN_OK;
    if (!k || st)
        return st;
    if (n < 2)
        st = mi_fail(err, MIEN_EARG,
                     "%lld pictures to learn from: layers that begin as "
                     "components want 2 or more",
                     (long long)n);
    if (!st)
        st = mien_components_fit(n, d, x, k, &c, err);
    double error = st ? 0 : error_of(&c, n, x);
    for (int i = 0; i < s->net->n_layers && !st; i++)
        if (s->net->layer[i].components)
            st = set(s, &c, error, s->net->layer[i].name, err);
    mien_components_free(&c);
    mi_free(x);
    return st;
}
