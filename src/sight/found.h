/* found.h: what a detector saw, before and after one box a thing is left. */
#ifndef MI_SIGHT_FOUND_H
#define MI_SIGHT_FOUND_H

#include "sight/box.h"

typedef struct mi_found {
    mi_rect box;
    double score;
    int order; /* among equal scores the smaller comes first */
    int kind;  /* only boxes of one kind suppress each other */
    int n_keypoints;
    mien_point keypoints[5]; /* in pixels of the photo */
} mi_found;

/* Grows; keeps its memory for the next photo.  Zeroed before the first use. */
typedef struct mi_found_list {
    mi_found *found; /* [n] */
    int n;
} mi_found_list;

/* A box that is not finite is left out. */
mien_status mi_found_add(mi_found_list *l, const mi_found *f, mien_error *err);
/* Best score first. */
void mi_found_sort(mi_found_list *l);
/* Non-maximum suppression: best score first, drop what overlaps a kept one by
 * more than max_overlap; keep at most `most` (0: all). */
void mi_found_suppress(mi_found_list *l, double max_overlap, int most);
/* Release its memory. */
void mi_found_done(mi_found_list *l);

#endif
