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
    int n;
    mien_track *track; /* [n] by id */
    mi_hold *hold;     /* [n] */
    int64_t next_id;
    int wants; /* a detection */
};

/* Instead of a track: a box of none, and one found twice. */
enum { MI_NEW = -1, MI_DOUBLE = -2 };

/* Boxes of which one lies by this share in the other are of one object. */
static const double MI_SAME = 0.8;

/* The track each of n boxes belongs to; each track has at most one.  score is
 * [n] or NULL. */
void mi_tracker_match(const mien_tracker *t, int n, const mien_box *boxes,
                      const float *score, int *of);

/* The intersection's share of the smaller box. */
double mi_tracker_within(const mien_box *a, const mien_box *b);

#endif
