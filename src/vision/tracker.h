/* tracker.h: boxes followed over time, from inside. */
#ifndef MI_VISION_TRACKER_H
#define MI_VISION_TRACKER_H

#include "mien/vision_track.h"

/* What holds a track: points in the frame of now, and its box when it was last
 * detected. */
typedef struct mi_hold {
    int n, begun; /* points; how many there were at the detection */
    mien_point *points;
    mien_box detected;
} mi_hold;

struct mien_tracker {
    mien_tracker_options o;
    mien_pyramid *now; /* NULL: no frame yet */
    int n, capacity;
    mien_track *track; /* [n] by id */
    mi_hold *hold;     /* [n] */
    int64_t next_id;
    int wants; /* a detection */
};

/* The track each of n boxes belongs to, or -1; each track has at most one. */
void mi_tracker_match(const mien_tracker *t, int n, const mien_box *boxes,
                      int *of);

#endif
