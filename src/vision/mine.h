/* mine.h: windows of scenes that a cascade takes for its object. */
#ifndef MI_VISION_MINE_H
#define MI_VISION_MINE_H

#include "vision/cascade.h"
#include "mien/vision_train.h"

typedef struct mi_mining {
    const mien_cascade *c; /* of no stages: any window will do */
    const mien_scenes *scenes;
    int need;      /* windows */
    uint32_t seed; /* with c's number of stages says where to look */
    double target; /* stop once so small a share of windows passes; 0: never */
    mien_pool *pool;
    /* Told between batches; 0 stops.  NULL: nobody. */
    int (*tell)(void *user, int found, int64_t seen);
    void *user;
} mi_mining;

typedef struct mi_mined {
    uint8_t *data;        /* [n, h, w], freed with mi_free */
    int n;                /* fewer than needed: no more were found */
    int64_t seen, passed; /* windows looked at; of them so many passed */
    int told_to_stop;
} mi_mined;

/* Gather windows that pass all stages.  Fails with ENOMEM, what a scene's load
 * fails with, and EFORMAT if all scenes are smaller than the window. */
mien_status mi_mine(const mi_mining *job, mi_mined *out, mien_error *err);

#endif
