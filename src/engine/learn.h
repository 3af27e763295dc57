/* learn.h: plans that learn: the steps forward, then those backward.
 *
 *   mi_plan_learning of a graph whose outputs are losses (graph/loss.h)
 *     -> fill mien_plan_input
 *     -> mi_plan_forward, mi_plan_loss
 *     -> mi_plan_backward_run, mi_plan_gradient
 *
 * Parameters are read and statistics written where the graph keeps them. */
#ifndef MI_ENGINE_LEARN_H
#define MI_ENGINE_LEARN_H

#include "graph/graph.h"
#include "mien/engine.h"

typedef struct mi_learning {
    mien_pool *pool;     /* NULL: one thread; borrowed while the plan lives */
    mien_random *random; /* of dropout; borrowed while the plan lives */
    const float *weight; /* [outputs] of the losses, in the gradient; borrowed,
                            and may change between runs */
    int unbiased;        /* 1: running variances are those of a sample */
} mi_learning;

/* As mien_plan_new.  Fails also with EUNSUP (an operator on the way from a
 * parameter to a loss has no gradient). */
mien_status mi_plan_learning(const mien_graph *g, const mien_shape *shapes,
                             int n_shapes, const mi_learning *by,
                             mien_plan **out, mien_error *err);
/* Run forward; training: 1 uses the batch's statistics, moves the running ones
 * and drops out. */
void mi_plan_forward(mien_plan *p, int training);
/* Loss i, in double, after a run forward. */
double mi_plan_loss(const mien_plan *p, int i);
/* Run backward after a run forward in training. */
void mi_plan_backward_run(mien_plan *p);
/* The gradient by a parameter, in ONNX's order, after a run backward; NULL if
 * none flows. */
float *mi_plan_gradient(const mien_plan *p, int node);

#endif
