/* values.h: the values of nodes, in the layout that a step asks for. */
#ifndef MI_ENGINE_VALUES_H
#define MI_ENGINE_VALUES_H

#include "engine/steps.h"

/* The value of node n in the layout asked for (constants too); adds a step
 * that reorders if it lies otherwise. */
mien_status mi_plan_use(mien_plan *p, mi_node *n, int channels_last, int *out,
                        mien_error *err);
/* The value for the result of the group that starts at head. */
mien_status mi_plan_result(mien_plan *p, const mi_node *head, int channels_last,
                           int *out, mien_error *err);
/* Whether the node's value lies with its channels last. */
int mi_plan_lies_last(const mien_plan *p, const mi_node *n);

#endif
