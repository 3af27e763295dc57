/* memory.h: where values lie. */
#ifndef MI_ENGINE_MEMORY_H
#define MI_ENGINE_MEMORY_H

#include "engine/steps.h"

/* Offsets by lifetime, one block, scratch for each lane. */
mien_status mi_plan_layout(mien_plan *p, mien_error *err);

#endif
