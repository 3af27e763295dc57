/* nn_check.h: what the tests of plans share: random numbers, a network run as
 * its operators are defined, comparison. */
#ifndef NN_CHECK_H
#define NN_CHECK_H

#include "mien/engine.h"
#include "graph/graph.h"
#include "graph/op_attr.h"

#include "base/alloc.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>

static unsigned seed = 11;

static inline float *random_floats(int64_t n)
{
    float *v = mi_alloc((size_t)n, sizeof *v);
    for (int64_t i = 0; i < n; i++)
        v[i] = (float)check_rand(&seed) / 8388608.f - 1;
    return v;
}

static inline int between(int lo, int hi)
{
    return lo + (int)(check_rand(&seed) % (unsigned)(hi - lo + 1));
}

static inline mi_node *weights(mien_graph *g, int rank, int a, int b, int c,
                               int d)
{
    mien_shape s = {rank, {a, b, c, d}};
    int64_t len = mi_shape_len(&s);
    float *v = random_floats(len);
    mi_node *n = mi_graph_constant(g, NULL, MI_F32, s, v, MI_COPY);
    mi_free(v);
    return n;
}

/* The network as its operators are defined, node by node. */
typedef struct {
    mi_node *node;
    int n;
} reference;

static inline reference run_reference(const mien_graph *g,
                                      const float *const *inputs)
{
    reference r = {NULL, mi_graph_size(g)};
    int at = 0; /* of the inputs, which stand in order */
    r.node = mi_alloc((size_t)r.n, sizeof *r.node);
    for (int i = 0; i < r.n; i++) {
        mi_node *n = &r.node[i];
        *n = *mi_graph_at(g, i);
        for (int k = 0; k < n->n_in; k++)
            n->in[k] = n->in[k] ? &r.node[n->in[k]->id] : NULL;
        const char *why = n->op ? n->op->shape(n) : NULL;
        CHECK_MSG(!why, "%s: %s", n->op->name, why);
        if (n->type != MI_F32)
            continue;
        n->eval = mi_alloc((size_t)mi_shape_len(&n->shape), sizeof(float));
        if (n->value)
            memcpy(n->eval, n->value,
                   (size_t)mi_shape_len(&n->shape) * sizeof(float));
        else if (n->op)
            n->op->eval(n);
        else
            memcpy(n->eval, inputs[at++],
                   (size_t)mi_shape_len(&n->shape) * sizeof(float));
    }
    return r;
}

static inline void free_reference(reference *r)
{
    for (int i = 0; i < r->n; i++)
        mi_free(r->node[i].eval);
    mi_free(r->node);
}

static inline void fill_input(mien_tensor t, const float *x)
{
    if (!t.channels_last) {
        memcpy(t.data, x, (size_t)mi_shape_len(&t.shape) * sizeof *x);
        return;
    }
    int64_t c = t.shape.dim[1], hw = t.shape.dim[2] * t.shape.dim[3];
    for (int64_t n = 0; n < t.shape.dim[0]; n++)
        for (int64_t k = 0; k < c; k++)
            for (int64_t i = 0; i < hw; i++)
                t.data[(n * hw + i) * c + k] = x[(n * c + k) * hw + i];
}

static inline void compare_outputs(const mien_graph *g, const mien_plan *p,
                                   const reference *r, double slack,
                                   const char *what)
{
    for (int o = 0; o < mien_graph_outputs(g); o++) {
        const mi_node *want = &r->node[mi_graph_output_node(g, o)->id];
        mien_tensor t = mien_plan_output(p, o);
        int64_t len = mi_shape_len(&t.shape);
        CHECK_EQ(len, mi_shape_len(&want->shape));
        float *got = mi_alloc((size_t)len, sizeof *got);
        mien_plan_read(p, o, got);
        for (int64_t i = 0; i < len; i++)
            CHECK_MSG(fabs((double)got[i] - (double)want->eval[i]) <=
                          2e-5 * (1 + fabs((double)want->eval[i]) + slack),
                      "%s: output %d, element %lld: %g, want %g", what, o,
                      (long long)i, (double)got[i], (double)want->eval[i]);
        mi_free(got);
    }
}

#endif
