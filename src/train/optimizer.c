/* optimizer.c: steps down the gradient.
 *
 *   SGD       v = mu v - rate g;  w += v           (mu = 0: w -= rate g)
 *   Nesterov  v = mu v - rate g;  w += mu v - rate g
 *   Adam      see mi_adam in kern/kern.h, with rate / (1 - beta1^t) and
 *             correct = 1 / sqrt(1 - beta2^t)
 *
 * Keras adds epsilon to sqrt(v) before the correction ("epsilon hat"), so that
 * epsilon / sqrt(1 - beta2^t) is what the corrected root gets.
 *
 * decoupled: w -= rate decay w before the step, and no decay in the gradient.
 *
 * D. Kingma, J. Ba, Adam, ICLR 2015, algorithm 1; I. Sutskever et al., On the
 * importance of initialization and momentum, ICML 2013; I. Loshchilov,
 * F. Hutter, Decoupled Weight Decay Regularization, ICLR 2019. */
#include "train/optimizer.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>

static int is_statistic(const mien_graph *g, int id)
{
    for (int i = id + 1; i < mi_graph_size(g); i++) {
        const mi_node *n = mi_graph_at(g, i);
        for (int k = 0; n->op && n->op->statistics && k < n->n_in; k++)
            if (k >= n->op->statistics && n->in[k] && n->in[k]->id == id)
                return 1;
    }
    return 0;
}

/* List what a graph has learned, with its part of the moments. */
static void fill(const mien_graph *g, mi_parameters *p)
{
    float *at = p->moments;
    for (int i = 0, j = 0; i < mi_graph_size(g); i++) {
        const mi_node *n = mi_graph_at(g, i);
        if (!n->learned)
            continue;
        p->id[j] = i;
        p->value[j] = mi_values_of(n);
        p->len[j] = mi_shape_len(&n->shape);
        if (!is_statistic(g, i)) {
            p->m[j] = at;
            p->v[j] = at + p->len[j];
        }
        at += 2 * p->len[j++];
    }
}

mien_status mi_parameters_new(const mien_graph *g, int averaged,
                              mi_parameters *out, mien_error *err)
{
    mi_parameters p = {0};
    for (int i = 0; i < mi_graph_size(g); i++)
        if (mi_graph_at(g, i)->learned) {
            p.n++;
            p.total += mi_shape_len(&mi_graph_at(g, i)->shape);
        }
    size_t n = (size_t)p.n;
    p.id = mi_alloc(n + 1, sizeof *p.id);
    p.value = mi_alloc(n + 1, sizeof *p.value);
    p.len = mi_alloc(n + 1, sizeof *p.len);
    p.m = mi_alloc(n + 1, sizeof *p.m);
    p.v = mi_alloc(n + 1, sizeof *p.v);
    p.moments = mi_alloc((size_t)p.total + 1, 2 * sizeof *p.moments);
    if (averaged)
        p.average = mi_alloc((size_t)p.total + 1, sizeof *p.average);
    if ((averaged && !p.average) || !p.id || !p.value || !p.len || !p.m ||
        !p.v || !p.moments) {
        mi_parameters_done(&p);
        return mi_no_memory(err);
    }
    fill(g, &p);
    mi_parameters_average(&p, 0);
    *out = p;
    return MIEN_OK;
}

void mi_parameters_average(mi_parameters *p, float keep)
{
    float *to = p->average;
    /* The first steps say less than those that follow. */
    float early = (float)(1 + p->steps) / (float)(10 + p->steps);
    keep = keep < early ? keep : early;
    for (int i = 0; to && i < p->n; to += p->len[i++]) {
        const float *w = p->value[i];
        float old = p->m[i] ? keep : 0; /* statistics are averages already */
        for (int64_t j = 0; j < p->len[i]; j++)
            to[j] = old * to[j] + (1 - old) * w[j];
    }
}

void mi_parameters_swap(mi_parameters *p)
{
    float *to = p->average;
    for (int i = 0; to && i < p->n; to += p->len[i++])
        for (int64_t j = 0; j < p->len[i]; j++) {
            float w = p->value[i][j];
            p->value[i][j] = to[j];
            to[j] = w;
        }
}

void mi_parameters_done(mi_parameters *p)
{
    mi_free(p->id);
    mi_free(p->value);
    mi_free(p->len);
    mi_free(p->m);
    mi_free(p->v);
    mi_free(p->moments);
    mi_free(p->average);
    *p = (mi_parameters){0};
}

/* Make the norm of all gradients clip_norm, if it is larger. */
static void clip(const mien_optimizer *o, const mi_parameters *p,
                 float *const *grad)
{
    double square = 0;
    for (int i = 0; i < p->n; i++)
        for (int64_t j = 0; grad[i] && j < p->len[i]; j++)
            square += (double)grad[i][j] * (double)grad[i][j];
    double norm = sqrt(square);
    if (!(norm > (double)o->clip_norm))
        return;
    float scale = (float)((double)o->clip_norm / norm);
    for (int i = 0; i < p->n; i++)
        for (int64_t j = 0; grad[i] && j < p->len[i]; j++)
            grad[i][j] *= scale;
}

static void decay(const mien_optimizer *o, int64_t n, const float *w,
                  float *grad)
{
    for (int64_t i = 0; i < n; i++)
        grad[i] += o->weight_decay * w[i];
}

static void shrink(const mien_optimizer *o, int64_t n, float *w)
{
    float keep = 1 - o->rate * o->weight_decay;
    for (int64_t i = 0; i < n; i++)
        w[i] *= keep;
}

static void sgd(const mien_optimizer *o, int64_t n, const float *g, float *v,
                float *w)
{
    for (int64_t i = 0; i < n; i++) {
        float step = -o->rate * g[i];
        if (o->momentum != 0) {
            v[i] = o->momentum * v[i] + step;
            step = o->nesterov ? o->momentum * v[i] + step : v[i];
        }
        w[i] += step;
    }
}

static mi_adam adam_of(const mien_optimizer *o, int64_t step)
{
    double c1 = 1 - pow((double)o->beta1, (double)step);
    double c2 = sqrt(1 - pow((double)o->beta2, (double)step));
    double epsilon = (double)o->epsilon;
    return (mi_adam){(float)((double)o->rate / c1), o->beta1, o->beta2,
                     (float)(o->epsilon_hat ? epsilon / c2 : epsilon),
                     (float)(1 / c2)};
}

void mi_optimizer_step(const mien_optimizer *o, const mi_kern *kern,
                       mi_parameters *p, float *const *grad)
{
    p->steps++;
    if (o->clip_norm > 0)
        clip(o, p, grad);
    mi_adam by = adam_of(o, p->steps);
    for (int i = 0; i < p->n; i++) {
        if (!grad[i] || !p->m[i])
            continue;
        if (o->weight_decay != 0 && o->decoupled)
            shrink(o, p->len[i], p->value[i]);
        else if (o->weight_decay != 0)
            decay(o, p->len[i], p->value[i], grad[i]);
        if (o->kind == MIEN_ADAM)
            kern->adam_f32((int)p->len[i], &by, grad[i], p->m[i], p->v[i],
                           p->value[i]);
        else
            sgd(o, p->len[i], grad[i], p->m[i], p->value[i]);
    }
}
