/* infer.h: what a graph means for given input shapes. */
#ifndef MI_ENGINE_INFER_H
#define MI_ENGINE_INFER_H

#include "engine/steps.h"

/* Copy the graph's nodes, set shapes, find what is constant, what is needed
 * and through what gradients flow. */
mien_status mi_plan_infer(mien_plan *p, const mien_shape *shapes, int n_shapes,
                          mien_error *err);
/* The elements of a constant node, row-major, until mi_plan_forget. */
mien_status mi_plan_floats(mien_plan *p, mi_node *n, const float **out,
                           mien_error *err);
/* Multiply-adds, or elements looked at, that it takes to evaluate a node as it
 * is defined. */
double mi_plan_work_of(const mi_node *n);
/* Whether a node's gradient goes on to its input i. */
int mi_flows_back(const mien_plan *p, const mi_node *n, int i);

#endif
