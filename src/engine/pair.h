/* pair.h: a depthwise convolution and the pointwise one after it become one
 * step. */
#ifndef MI_ENGINE_PAIR_H
#define MI_ENGINE_PAIR_H

#include "engine/steps.h"

/* Pair them in all of the plan's steps; fails with ENOMEM, ELIMIT. */
mien_status mi_plan_pair(mien_plan *p, mien_error *err);

#endif
