/* mien/vision_track.h: corners, optical flow and boxes followed over time.
 *
 *   mien_gray -> corners -> mien_flow_run (pyramidal Lucas-Kanade, KLT)
 *             -> mien_tracker: boxes with ids that stay
 *
 * Points are (x, y) in pixels with pixel centres at integers, as OpenCV's are.
 * Source: Shi and Tomasi, Good Features to Track, CVPR 1994; Bouguet, Pyramidal
 * Implementation of the Lucas Kanade Feature Tracker, Intel 2000; Kalal et al.,
 * Forward-Backward Error, ICPR 2010; Casiez et al., 1 euro Filter, CHI 2012. */
#ifndef MIEN_VISION_TRACK_H
#define MIEN_VISION_TRACK_H

#include "mien/image_gray.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mien_corner_options {
    int max;        /* corners; 0: all */
    double quality; /* least share of the best corner's response; 0: 0.01 */
    double min_distance; /* pixels between corners; 0: none wanted */
    int block;           /* side of the summing window in pixels; 0: 3 */
} mien_corner_options;
#define MIEN_CORNER_DEFAULTS \
    {                        \
        0, 0, 0, 0           \
    }

typedef struct mien_points {
    int n;
    mien_point *at; /* [n] */
} mien_points;

/* Find corners: where the smaller eigenvalue of the gradients' covariance is a
 * local maximum.
 *
 *   g        at least 3 x 3 pixels
 *   options  NULL: the defaults
 *   out      best first; free with mien_points_free
 *
 * The corners of OpenCV's goodFeaturesToTrack, in its order.
 * Fails with EARG, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_corners_find(const mien_gray *g, const mien_corner_options *options,
                  mien_points *out, mien_error *err);

/* Release points.
 *
 *   p  its fields are cleared; NULL is allowed */
MIEN_API void mien_points_free(mien_points *p);

/* Why a point was lost. X(name, text) */
#define MIEN_LOST_LIST(X)                                 \
    X(NONE, "found")                                      \
    X(OUTSIDE, "left the picture")                        \
    X(FLAT, "no texture to follow")                       \
    X(BACKWARD, "does not come back to where it started") \
    X(ERROR, "looks different")                           \
    X(OUTLIER, "moves unlike the rest of its box")
typedef enum mien_lost {
#define X(name, text) MIEN_LOST_##name,
    MIEN_LOST_LIST(X)
#undef X
} mien_lost;

/* Say in words why a point was lost.
 *
 *   why  a reason; others give "unknown" */
MIEN_API const char *mien_lost_text(mien_lost why);

typedef struct mien_flow_options {
    int window;       /* side in pixels, 3..99; 0: 21 */
    int levels;       /* of the pyramid above the picture, 0..10; -1: 3 */
    int iterations;   /* at a level, at most 100; 0: 30 */
    double epsilon;   /* a step shorter than this ends a level; 0: 0.01 */
    double min_eigen; /* least smaller eigenvalue a pixel; 0: 1e-4 */
    double max_back; /* pixels forward and back may end apart; 0: not checked */
    double max_error; /* mean difference of grey allowed; 0: not checked */
    mien_pool *pool;  /* NULL: one thread */
} mien_flow_options;
#define MIEN_FLOW_DEFAULTS         \
    {                              \
        0, -1, 0, 0, 0, 0, 0, NULL \
    }

/* A picture prepared for optical flow: its pyramid. */
typedef struct mien_pyramid mien_pyramid;

/* Prepare a picture.
 *
 *   g        copied
 *   options  window and levels count; NULL: the defaults
 *   out      owned by the caller; free with mien_pyramid_free
 *
 * Fails with EARG, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_pyramid_new(const mien_gray *g, const mien_flow_options *options,
                 mien_pyramid **out, mien_error *err);

/* Release a pyramid.
 *
 *   p  NULL is allowed */
MIEN_API void mien_pyramid_free(mien_pyramid *p);

typedef struct mien_flow {
    mien_point to;  /* where the point went */
    mien_lost lost; /* MIEN_LOST_NONE: followed */
    float error;    /* mean absolute difference of grey in the window */
    float back;     /* pixels from the start after going back; 0: not checked */
} mien_flow;

/* Follow points from one picture to the next.
 *
 *   from     the picture in which the points lie
 *   to       the next one, of the same size and options
 *   options  as the pyramids were made; NULL: the defaults
 *   n        points, >= 0
 *   points   [n]
 *   out      [n] written
 *
 * The same numbers for any number of threads.  Answers as OpenCV's
 * calcOpticalFlowPyrLK with its default flags; lost points are OUTSIDE or FLAT
 * where its status is 0.  Fails with EARG, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_flow_run(const mien_pyramid *from, const mien_pyramid *to,
              const mien_flow_options *options, int n, const mien_point *points,
              mien_flow *out, mien_error *err);

/* ---- boxes over time ---------------------------------------------------- */

/* Boxes that are followed from frame to frame. */
typedef struct mien_tracker mien_tracker;

typedef struct mien_tracker_options {
    mien_flow_options flow; /* max_back 0: 1 pixel here */
    int points;             /* corners a box, 4..1000; 0: 60 */
    int min_points;         /* fewer left: the box is lost; 0: 8 */
    double min_overlap;     /* a detection that overlaps a track by more than
                               this share of their union is the same face;
                               0: 0.3 */
    double max_drift;       /* a box may grow or shrink against its last
                               detection by this factor; 0: 2 */
    int max_missed;         /* detections in a row that may miss a track before
                               it ends; 0: 5 */
} mien_tracker_options;
#define MIEN_TRACKER_DEFAULTS             \
    {                                     \
        MIEN_FLOW_DEFAULTS, 0, 0, 0, 0, 0 \
    }

typedef struct mien_track {
    int64_t id;   /* 1, 2, ...; never given twice by a tracker */
    mien_box box; /* where it is now */
    float angle;  /* degrees turned since its last detection, counter-
                     clockwise as seen */
    int n_points; /* corners that hold it now; 0: it was lost and waits where
                     it was last seen */
    int lost[8];  /* points lost in this frame, [mien_lost] by reason */
    int64_t age;  /* frames since it was first seen */
    int since;    /* frames since its last detection */
    int missed;   /* detections in a row that did not find it */
    float score;  /* of its last detection */
    float votes;  /* sum of mien_tracker_vote, fading */
} mien_track;

/* Make a tracker.
 *
 *   options  NULL: the defaults
 *   out      owned by the caller; free with mien_tracker_free
 *
 * Fails with EARG, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_tracker_new(
    const mien_tracker_options *options, mien_tracker **out, mien_error *err);

/* Release a tracker.
 *
 *   t  NULL is allowed */
MIEN_API void mien_tracker_free(mien_tracker *t);

/* Follow all boxes into the next frame.
 *
 *   t  a tracker
 *   g  the next frame; another size than before ends all tracks, and so does a
 *      cut: pictures that correlate below 0.5 with half the points lost,
 *      or below 0.9 with two thirds of 8 or more lost or left by their boxes
 *
 * A box that loses its points, drifts or leaves the picture is lost: it keeps
 * its place and id and has n_points 0 until a detection finds it there, or
 * max_missed detections did not.  Fails with ENOMEM: then nothing changed. */
MIEN_API MIEN_CHECKED mien_status mien_tracker_follow(mien_tracker *t,
                                                      const mien_gray *g,
                                                      mien_error *err);

/* Tell what a detector found in the frame last followed.
 *
 *   t      a tracker
 *   n      boxes, >= 0
 *   boxes  [n] in pixels of the frame
 *   score  [n]; NULL: 1 each
 *
 * Each track takes the box that overlaps it most and is held by new corners;
 * boxes of no track begin one, but a box by 0.8 within a surer one is left out.
 * Tracks that are missed too often end, and those missed that lie by 0.8 in one
 * that was found.
 * Fails with EARG (no frame yet, a box that is not finite), ENOMEM: then
 * nothing changed. */
MIEN_API MIEN_CHECKED mien_status mien_tracker_detected(mien_tracker *t, int n,
                                                        const mien_box *boxes,
                                                        const float *score,
                                                        mien_error *err);

/* Why place and motion say too little of who is in a box; the first that
 * holds. */
typedef enum mien_doubt {
    MIEN_DOUBT_LOST,   /* the track was lost and waits */
    MIEN_DOUBT_NEAR,   /* another track or box is near */
    MIEN_DOUBT_POINTS, /* half of its points went since its last detection */
    MIEN_DOUBT_NONE    /* points that move alike lead to the box */
} mien_doubt;

/* Compares what a box shows with what a track showed before.
 *
 *   arg    the asker's
 *   id     of the track
 *   box    its number in mien_detections
 *   doubt  whether the place says too little
 *   same   1 when called; set to 0 if they are not the same
 *
 * Fails with what looking at the picture fails with. */
typedef mien_status mien_track_same(void *arg, int64_t id, int box,
                                    mien_doubt doubt, int *same,
                                    mien_error *err);

/* What a detector found in a frame. */
typedef struct mien_detections {
    int n;
    const mien_box *box;   /* [n] in pixels of the frame */
    const float *score;    /* [n]; NULL: 1 each */
    mien_track_same *same; /* NULL: places alone decide */
    void *arg;             /* handed to same */
    int64_t *id;           /* [n] set to the track of each box, 0 for one that
                              is left out; NULL: not wanted */
} mien_detections;

/* Tell what a detector found, as mien_tracker_detected does, and let a track
 * take a box only if it shows the same.
 *
 *   t  a tracker
 *   d  what was found; only its id is written
 *
 * Asked is once for each pair of a track and a box that overlap enough.  A
 * track that was refused and finds no other box is lost. Fails with what
 * mien_tracker_detected and `same` fail with: then nothing changed. */
MIEN_API MIEN_CHECKED mien_status mien_tracker_detected_same(
    mien_tracker *t, const mien_detections *d, mien_error *err);

/* Tell whether a detector should look again: points were lost, a box drifted,
 * or there is nothing to follow.
 *
 *   t  a tracker */
MIEN_API int mien_tracker_wants_detection(const mien_tracker *t);

/* Look at the tracks of now.
 *
 *   t  a tracker
 *   n  set to how many
 *
 * Returns [n] in the order of their ids, borrowed until the next call. */
MIEN_API const mien_track *mien_tracker_tracks(const mien_tracker *t, int *n);

/* Look at the points that hold a track.
 *
 *   t   a tracker
 *   id  of a track
 *   n   set to how many; 0 if there is no such track
 *
 * Returns [n], borrowed until the next call. */
MIEN_API const mien_point *mien_tracker_points(const mien_tracker *t,
                                               int64_t id, int *n);

/* Vote on something over a track (it smiles, it is a person), so that one frame
 * does not decide: votes = 0.9 votes + vote.
 *
 *   t     a tracker
 *   id    of a track; others are ignored
 *   vote  any finite number, + for, - against */
MIEN_API void mien_tracker_vote(mien_tracker *t, int64_t id, float vote);

/* ---- smoothing ---------------------------------------------------------- */

/* Smooths one number over time: slow when it rests, fast when it moves.
 * Start from MIEN_ONE_EURO. */
typedef struct mien_one_euro {
    double min_cutoff; /* Hz at rest: lower is smoother */
    double beta;       /* how much faster it follows when it moves */
    double d_cutoff;   /* Hz for the speed */
    double x, dx;      /* state */
    int begun;
} mien_one_euro;
#define MIEN_ONE_EURO            \
    {                            \
        1.0, 0.007, 1.0, 0, 0, 0 \
    }

/* Smooth the next value.
 *
 *   f        a filter
 *   x        the value now
 *   seconds  since the value before, > 0
 *
 * Source: Casiez, Roussel, Vogel, 1 euro Filter, CHI 2012. */
MIEN_API double mien_one_euro_next(mien_one_euro *f, double x, double seconds);

#ifdef __cplusplus
}
#endif
#endif
