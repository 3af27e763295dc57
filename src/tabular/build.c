/* build.c: scaler, window, network or regression, score and contributions as
 * one graph.
 *
 *   z = (columns - centre) / scale
 *   logistic     c = z * coefficients,  logit = sum c + intercept,
 *                score = sigmoid(logit)
 *   autoencoder  c = (z - network(z))^2,  score = mean of c
 *
 * A window's contributions are summed over its steps. */
#include "tabular/meta.h"
#include "tabular/network.h"

#include "base/alloc.h"
#include "base/error.h"
#include "graph/op_attr.h"

#include <string.h>

static mi_node *floats(mien_graph *g, const char *name, int64_t n,
                       const double *v)
{
    float *w = mi_alloc((size_t)n, sizeof *w);
    const mien_shape s = {1, {n}};
    if (!w)
        return mi_graph_wrong(g, MIEN_ENOMEM, "constant", "no memory");
    for (int64_t i = 0; i < n; i++)
        w[i] = (float)v[i];
    mi_node *c = mi_graph_constant(g, name, MI_F32, s, w, MI_COPY);
    mi_free(w);
    return c;
}

static mi_node *ints(mien_graph *g, int n, const int64_t *v)
{
    const mien_shape s = {1, {n}};
    return mi_graph_constant(g, NULL, MI_I64, s, v, MI_COPY);
}

static mi_node *pair(mien_graph *g, const mi_op *op, mi_node *a, mi_node *b,
                     const char *name)
{
    mi_node *in[] = {a, b};
    return mi_graph_node(g, op, in, 2, NULL, name);
}

/* Sum over axis 1, which goes. */
static mi_node *sum_steps(mien_graph *g, mi_node *x, const char *name)
{
    const mi_reduce_sum_attr attr = {0, 0};
    const int64_t axis = 1;
    mi_node *in[] = {x, ints(g, 1, &axis)};
    return mi_graph_node(g, &mi_op_reduce_sum, in, 2, &attr, name);
}

/* c is [rows, window, width] or [rows, width]; so many of each. */
static void put_contribution(mien_graph *g, mi_node *c,
                             const mien_tabular_parts *p)
{
    if (p->window > 1)
        c = sum_steps(g, c, NULL);
    mi_graph_output(g, c, "contribution");
}

static mi_node *as_steps(mien_graph *g, mi_node *x, const mien_tabular_parts *p)
{
    const int64_t deep[] = {-1, p->window, p->encoder->width};
    return p->window > 1 ? pair(g, &mi_op_reshape, x, ints(g, 3, deep), NULL)
                         : x;
}

static mi_node *as_rows(mien_graph *g, mi_node *x, const mien_tabular_parts *p)
{
    const int64_t flat[] = {-1, (int64_t)p->window * p->encoder->width};
    return p->window > 1 ? pair(g, &mi_op_reshape, x, ints(g, 2, flat), NULL)
                         : x;
}

static void put_logistic(mien_graph *g, mi_node *z, const mien_tabular_parts *p)
{
    const mien_logistic *m = p->logistic;
    mi_node *x = as_rows(g, z, p);
    mi_node *c =
        pair(g, &mi_op_mul, x, floats(g, "coefficient", m->p, m->coef), NULL);
    mi_node *sum = sum_steps(g, c, NULL);
    sum = pair(g, &mi_op_add, sum, floats(g, "intercept", 1, &m->intercept),
               NULL);
    mi_graph_output(g, mi_graph_node(g, &mi_op_sigmoid, &sum, 1, NULL, NULL),
                    "score");
    put_contribution(g, as_steps(g, c, p), p);
    mi_graph_output(g, sum, "logit");
}

/* Every value of the trained network, under the same name. */
static void take_values(mien_graph *g, const mien_graph *trained)
{
    for (int i = 0; i < mi_graph_size(g); i++) {
        mi_node *n = mi_graph_at(g, i);
        const mi_node *from =
            n->learned ? mi_graph_find(trained, n->name) : NULL;
        if (from && from->value)
            memcpy(mi_values_of(n), from->value,
                   (size_t)mi_shape_len(&n->shape) * sizeof(float));
    }
}

static void put_autoencoder(mien_graph *g, mi_node *z,
                            const mien_tabular_parts *p)
{
    mien_random r;
    const mi_reduce_mean_attr mean = {{1, {1}}, 0};
    mien_random_init(&r, 0);
    mi_node *x = p->network->lstm ? z : as_rows(g, z, p);
    mi_node *y = mi_autoencoder_build(g, x, p->network, &r);
    take_values(g, p->autoencoder);
    mi_node *d = as_rows(g, pair(g, &mi_op_sub, x, y, NULL), p);
    mi_node *c = pair(g, &mi_op_mul, d, d, NULL);
    mi_graph_output(g, mi_graph_node(g, &mi_op_reduce_mean, &c, 1, &mean, NULL),
                    "score");
    put_contribution(g, as_steps(g, c, p), p);
}

mien_status mien_tabular_build(const mien_tabular_parts *p, mien_graph **out,
                               mien_error *err)
{
    int width = p->encoder->width;
    if (p->window < 1 || p->window > MIEN_TABULAR_MAX_WINDOW ||
        (p->logistic && p->logistic->p != p->window * width) ||
        (!p->logistic &&
         (p->network->window != p->window || p->network->inputs != width)))
        return mi_fail(err, MIEN_EARG,
                       "model: window %d and %d inputs do not fit the "
                       "estimator",
                       p->window, width);
    mien_graph *g;
    mien_status st = mi_graph_new(&g, err);
    if (st)
        return st;
    mien_shape s = {2, {-1, width}};
    if (p->window > 1)
        s = (mien_shape){3, {-1, p->window, width}};
    mi_node *z = mi_graph_input(g, "columns", s);
    mi_graph_dim_name(g, 0, 0, "rows");
    z = pair(g, &mi_op_sub, z, floats(g, "centre", width, p->centre), NULL);
    z = pair(g, &mi_op_div, z, floats(g, "scale", width, p->scale), NULL);
    if (p->logistic)
        put_logistic(g, z, p);
    else
        put_autoencoder(g, z, p);
    st = mi_meta_put(g, p, err);
    if (!st)
        st = mi_graph_check(g, err);
    if (st) {
        mien_graph_free(g);
        return st;
    }
    *out = g;
    return MIEN_OK;
}
