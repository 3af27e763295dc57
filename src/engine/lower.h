/* lower.h: nodes to steps. */
#ifndef MI_ENGINE_LOWER_H
#define MI_ENGINE_LOWER_H

#include "engine/steps.h"

/* Add the steps of all live nodes. */
mien_status mi_plan_lower(mien_plan *p, mien_error *err);

#endif
