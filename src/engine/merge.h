/* merge.h: narrow pointwise convolutions of one tensor become one step. */
#ifndef MI_ENGINE_MERGE_H
#define MI_ENGINE_MERGE_H

#include "engine/steps.h"

/* Merge them in all of the plan's steps; fails with ENOMEM, ELIMIT. */
mien_status mi_plan_merge(mien_plan *p, mien_error *err);

#endif
