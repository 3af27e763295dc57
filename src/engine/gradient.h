/* gradient.h: the gradients of values, which are values too.
 *
 * Steps backward are added from the last step to the first, so that all that a
 * value's readers say of it is there before the step that made it is asked.
 * The first of them puts its part there, the others add theirs. */
#ifndef MI_ENGINE_GRADIENT_H
#define MI_ENGINE_GRADIENT_H

#include "engine/steps.h"

/* The value of the gradient of v, made when it is first asked for; that of a
 * view is a view of the gradient.  -1 without memory. */
int mi_gradient_of(mien_plan *p, int v);

/* A step that puts a gradient into that of v; its `add` says whether to what is
 * there.  NULL without memory. */
mi_step *mi_gradient_step(mien_plan *p, const char *what, int v);
/* Say that a step puts a gradient into that of v as well; the same answer. */
int mi_gradient_also(mien_plan *p, mi_step *s, int v);

/* Hand the gradient g on to v as it is: the same memory where v has no other
 * reader, else a step that copies or adds. */
mien_status mi_gradient_pass(mien_plan *p, int g, int v, mien_error *err);

/* The gradient before the activation of a step: that of its result, unless an
 * activation was fused; then a step changes it in place. */
mien_status mi_gradient_before(mien_plan *p, const mi_step *s,
                               const mi_act *act, int *out, mien_error *err);

/* Add the steps backward of all steps, whose losses begin them. */
mien_status mi_plan_backward(mien_plan *p, mien_error *err);

#endif
