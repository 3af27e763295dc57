/* train_make.h: small networks and rows to learn, for tests of training. */
#ifndef TRAIN_MAKE_H
#define TRAIN_MAKE_H

#include "mien/train.h"
#include "graph/graph.h"
#include "graph/op_attr.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

enum { MAKE_IN = 6, MAKE_ROWS = 150 };

/* y = x w' + b with weights drawn uniformly; relu: of the result. */
static inline mi_node *make_dense(mien_graph *g, mi_node *x, int in, int out,
                                  int relu, const char *name, mien_random *r)
{
    float w[64 * 64], b[64] = {0};
    char weight[64], bias[64];
    for (int i = 0; i < in * out; i++)
        w[i] = (float)(mien_random_unit(r) - 0.5);
    snprintf(weight, sizeof weight, "%s.weight", name);
    snprintf(bias, sizeof bias, "%s.bias", name);
    mi_gemm_attr attr = *(const mi_gemm_attr *)mi_op_gemm.attr_defaults;
    attr.transB = 1;
    const mien_shape two = {2, {out, in}}, one = {1, {out}};
    mi_node *inputs[] = {x, mi_graph_parameter(g, weight, two, w),
                         mi_graph_parameter(g, bias, one, b)};
    mi_node *y =
        mi_graph_node(g, &mi_op_gemm, inputs, 3, &attr, relu ? NULL : name);
    return relu ? mi_graph_node(g, &mi_op_relu, &y, 1, NULL, name) : y;
}

/* MAKE_IN inputs to 2 results through 12 units, with dropout if asked. */
static inline mien_graph *make_network(int dropout)
{
    mien_random r;
    mien_graph *g = NULL;
    const mien_shape rows = {2, {-1, MAKE_IN}}, scalar = {0};
    mien_random_init(&r, 3);
    CHECK_EQ(mi_graph_new(&g, NULL), MIEN_OK);
    mi_node *y = mi_graph_input(g, "x", rows);
    y = make_dense(g, y, MAKE_IN, 12, 1, "hidden", &r);
    if (dropout) {
        const float ratio = 0.3f;
        mi_node *in[] = {
            y, mi_graph_constant(g, NULL, MI_F32, scalar, &ratio, MI_COPY)};
        y = mi_graph_node(g, &mi_op_dropout, in, 2, NULL, NULL);
    }
    mi_graph_output(g, make_dense(g, y, 12, 2, 0, "out", &r), NULL);
    return g;
}

/* Rows whose targets are two sums of the inputs, one of them bent. */
static inline void make_rows(float *x, float *y, int n)
{
    mien_random r;
    mien_random_init(&r, 8);
    for (int i = 0; i < n; i++) {
        double a = 0, b = 0;
        for (int j = 0; j < MAKE_IN; j++) {
            double v = mien_random_normal(&r);
            x[i * MAKE_IN + j] = (float)v;
            a += v * (j + 1) / 4;
            b += j % 2 ? fabs(v) : -v;
        }
        y[i * 2] = (float)a;
        y[i * 2 + 1] = (float)b;
    }
}

static const mien_loss make_mse = {.kind = MIEN_LOSS_MSE, .weight = 1};

/* Options to learn those sums by their squared errors. */
static inline mien_trainer_options make_options(void)
{
    mien_trainer_options o = MIEN_TRAINER_DEFAULTS;
    o.batch = 32;
    o.seed = 7;
    o.losses = &make_mse;
    o.n_losses = 1;
    o.optimizer.rate = 1e-2f;
    return o;
}

static inline mien_trainer *make_trainer(mien_graph *g,
                                         const mien_trainer_options *o)
{
    mien_trainer *t = NULL;
    mien_error err = {0};
    CHECK_MSG(mien_trainer_new(g, o, &t, &err) == MIEN_OK, "%s", err.text);
    return t;
}

/* All parameters of a graph, one after the other; how many. */
static inline int make_parameters(const mien_graph *g, float *out)
{
    int n = 0;
    for (int i = 0; i < mi_graph_size(g); i++) {
        const mi_node *p = mi_graph_at(g, i);
        if (!p->learned)
            continue;
        int len = (int)mi_shape_len(&p->shape);
        memcpy(out + n, p->value, (size_t)len * sizeof *out);
        n += len;
    }
    return n;
}

#endif
