/* haar_set.h: the features a window can have, ten bytes each. */
#ifndef MI_VISION_HAAR_SET_H
#define MI_VISION_HAAR_SET_H

#include "mien/vision_train.h"

/* A pattern of blocks of w x h pixels whose corner is at (x, y). */
typedef struct mi_candidate {
    uint16_t pattern, x, y, w, h;
} mi_candidate;

/* List all features of a window: of a set, or for LBP every grid of 3 x 3
 * blocks.  out [n] is freed with mi_free.  Fails with ELIMIT, ENOMEM. */
mien_status mi_candidates_new(mien_feature_kind kind, mien_haar_set set, int w,
                              int h, mi_candidate **out, int *n,
                              mien_error *err);

/* What a candidate is as a feature of a cascade. */
mien_feature mi_candidate_feature(const mi_candidate *c);

#endif
