/* uses.h: who makes and who reads each value of a plan that only runs. */
#ifndef MI_ENGINE_USES_H
#define MI_ENGINE_USES_H

#include "engine/steps.h"

/* For each value: the step that makes it (-1: none), and how often it is read;
 * views and outputs count.  Temporary; NULL without memory. */
typedef struct mi_use {
    int maker, readers;
} mi_use;
/* The uses of all values, by number. */
mi_use *mi_plan_uses(mien_plan *p);

/* Drop the steps whose run is NULL. */
void mi_plan_drop_steps(mien_plan *p);

#endif
