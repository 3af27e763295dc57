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

/* Which detection belongs to which track. */
typedef struct mi_matches {
    int *of;                /* [boxes] the track, MI_NEW or MI_DOUBLE; each
                               track has at most one box */
    unsigned char *refused; /* [tracks] 1: it was not the same as a box */
} mi_matches;

/* Fill the matches; fails with ENOMEM and what d->same fails with. */
mien_status mi_tracker_match(const mien_tracker *t, const mien_detections *d,
                             mi_matches *out, mien_error *err);

/* The intersection's share of the smaller box. */
double mi_tracker_within(const mien_box *a, const mien_box *b);

#endif
