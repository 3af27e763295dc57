/* mien/vision_history.h: what became of tracks over a whole video.
 *
 *   mien_tracker_follow -> mien_history_count_lost
 *   mien_tracker_detected -> mien_history_add -> boxes of this frame, smoothed
 *   ... after the last frame: mien_history_stories */
#ifndef MIEN_VISION_HISTORY_H
#define MIEN_VISION_HISTORY_H

#include "mien/vision.h"
#include "mien/vision_track.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Landmarks of a face. */
#define MIEN_HISTORY_LANDMARKS 68

/* A track that is held in the frame of now. */
typedef struct mien_shown {
    const mien_track *track; /* borrowed until the tracker moves on */
    mien_box box;            /* its own, or smoothed */
    int story;               /* its place among the stories */
    int n_landmarks;         /* 0 until they are given */
    mien_point landmarks[MIEN_HISTORY_LANDMARKS];
} mien_shown;

/* What is known of a track over all frames. */
typedef struct mien_story {
    int64_t id;
    int64_t frames;     /* in which it was held */
    int64_t detections; /* of those, in which a detector found it */
    double begin, end;  /* seconds: first and last frame */
    double points;      /* corners that held it, summed over the frames */
} mien_story;

typedef struct mien_history mien_history;

/* Begin before the first frame.
 *
 *   smooth  1: boxes and landmarks pass a One-Euro filter (MIEN_ONE_EURO)
 *   out     owned by the caller; free with mien_history_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_history_new(int smooth,
                                                   mien_history **out,
                                                   mien_error *err);

/* Release a history.
 *
 *   h  NULL is allowed */
MIEN_API void mien_history_free(mien_history *h);

/* Count the points that a tracker lost in this frame; called between
 * mien_tracker_follow and mien_tracker_detected, which ends tracks.
 *
 *   h        a history
 *   tracker  whose tracks are counted */
MIEN_API void mien_history_count_lost(mien_history *h,
                                      const mien_tracker *tracker);

/* Take over the tracks of a frame.
 *
 *   h        a history
 *   tracker  after the frame was followed and detected in
 *   seconds  when the frame is shown
 *   step     seconds since the frame before, > 0
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_history_add(mien_history *h,
                                                   const mien_tracker *tracker,
                                                   double seconds, double step,
                                                   mien_error *err);

/* Give the landmarks of a track in this frame.
 *
 *   h       a history
 *   i       0..mien_history_shown - 1, asserted
 *   n       1..MIEN_HISTORY_LANDMARKS, asserted; the same in every frame
 *   points  [n] in pixels
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_history_landmarks(
    mien_history *h, int i, int n, const mien_point *points, mien_error *err);

/* The tracks held in the frame added last.
 *
 *   h  a history
 *   n  set to how many
 *
 * [n] by id, borrowed until the next frame. */
MIEN_API const mien_shown *mien_history_shown(const mien_history *h, int *n);

/* All tracks there were.
 *
 *   h  a history
 *   n  set to how many
 *
 * [n] in the order they began, borrowed until the next frame. */
MIEN_API const mien_story *mien_history_stories(const mien_history *h, int *n);

/* Points lost over all frames.
 *
 *   h    a history
 *   why  the reason; MIEN_LOST_NONE: all of them */
MIEN_API int64_t mien_history_lost(const mien_history *h, mien_lost why);

/* Tell a tracker what a cascade found; the score of a box is the number of
 * windows that agreed.
 *
 *   t     a tracker
 *   hits  in pixels of the frame last followed
 *
 * Fails with what mien_tracker_detected fails with: EARG, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_tracker_detected_hits(
    mien_tracker *t, const mien_hits *hits, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
