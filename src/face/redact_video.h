/* redact_video.h: the frames of a video that wait to be covered, and the tracks
 * of their faces. */
#ifndef MI_FACE_REDACT_VIDEO_H
#define MI_FACE_REDACT_VIDEO_H

#include "face/redact.h"
#include "mien/face_redact_video.h"
#include "mien/vision_track.h"

/* A frame that is kept, as it was. */
typedef struct mi_slot {
    mien_image image;
    int64_t number;
    double seconds;
    int n, left;
    mien_video_cover *cover; /* [n] */
} mi_slot;

/* When and where a track was. */
typedef struct mi_trail {
    int64_t id, found; /* number of the frame in which a detector found it */
    mien_box box;      /* there */
    mien_box now;      /* in the frame before this one */
    int64_t stays;     /* the frame in which it was last told to, since it was
                          last told not to; -1: none */
} mi_trail;

struct mien_video_redactor {
    mien_video_redact_options options;
    mien_redactor *redactor;
    mien_tracker *tracker;
    mi_slot *slot; /* [window], a ring */
    int first, n;
    int given;  /* 1: the first was handed out */
    int failed; /* 1: a frame is missing */
    int64_t bytes, count;
    mi_trail *trail; /* [trails] */
    int trails;
    mien_video_redaction sum;
};

/* The i-th oldest frame. */
mi_slot *mi_redact_slot(const mien_video_redactor *v, int i);

/* The track of a number; NULL: none. */
mi_trail *mi_redact_trail(const mien_video_redactor *v, int64_t id);

/* ---- redact_stay.c ------------------------------------------------------- */

/* Ask of each face that was found in the last frame, if it is its turn, whether
 * it may stay. */
mien_status mi_stay_ask(mien_video_redactor *v, mien_error *err);

/* What is no more than a part of a face that stays, stays with it. */
void mi_stay_parts(mi_slot *s);

#endif
