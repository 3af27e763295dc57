/* mien/face_redact_video.h: faces in a video covered, in frames too in which no
 * detector finds them.
 *
 *   mien_video_redactor_add: a frame, as it is
 *     -> found by detectors, followed by points, forwards and back again
 *     -> mien_video_redactor_next: a frame of a while ago, covered
 *
 * A window of frames is kept, so that a face that is first found in one of
 * them is covered in those before, too.  What only following or a straight line
 * between two finds covers is in doubt, and a person looks at it. */
#ifndef MIEN_FACE_REDACT_VIDEO_H
#define MIEN_FACE_REDACT_VIDEO_H

#include "mien/face_redact.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Why a part of a frame is covered. X(name, text) */
#define MIEN_COVERED_LIST(X) \
    X(FOUND, "found")        \
    X(FAINT, "faint")        \
    X(FOLLOWED, "followed")  \
    X(BETWEEN, "between")    \
    X(LOST, "lost")
typedef enum mien_covered {
#define X(name, text) MIEN_COVERED_##name,
    MIEN_COVERED_LIST(X)
#undef X
} mien_covered;

/* Name a reason: "found" by a detector at its usual threshold, "faint" below
 * it, "followed" from another frame by points, "between" two frames in which it
 * was found, "lost" and covered where it was last seen.
 *
 *   by  a reason; others give "unknown" */
MIEN_API const char *mien_covered_text(mien_covered by);

/* A part of a frame that is covered. */
typedef struct mien_video_cover {
    int64_t track;  /* 1, 2, ...; 0: found in this frame alone */
    mien_box face;  /* where the face is; may reach outside the frame */
    mien_box cover; /* whole pixels inside the frame */
    float score;    /* of the detector; 0: none found it */
    mien_covered by;
    int kept; /* 1: not covered: a face that stays, or a part of it */
} mien_video_cover;

/* A frame with its faces covered. */
typedef struct mien_covered_frame {
    int64_t number;    /* from 0 */
    double seconds;    /* as it was added */
    mien_image *image; /* borrowed until the next call */
    int n;
    const mien_video_cover *cover; /* [n], borrowed until the next call */
    int kept;                      /* of them */
    int doubts; /* of the others, but those of a face that is FOUND there, too
                 */
    int missed; /* of these, those where no detector found a face */
    int left;   /* faces that were found again after all rounds */
} mien_covered_frame;

/* Frames from one question whether a face may stay to the next; fewer if fewer
 * are kept. */
#define MIEN_REDACT_ASKED 5

/* Frames that are kept at most, and bytes of their pixels: a window of large
 * frames is shorter. */
#define MIEN_REDACT_WINDOW 30
#define MIEN_REDACT_WINDOW_MAX 1000
#define MIEN_REDACT_WINDOW_BYTES ((int64_t)1 << 30)

typedef struct mien_video_redact_options {
    /* A face that how.keep lets stay, stays in the frames of which it was
     * asked, and in those of its track between two such answers without
     * another one between them: in all others it is covered. */
    mien_redact_options how;
    int window; /* frames kept, 1..MIEN_REDACT_WINDOW_MAX; 0:
                   MIEN_REDACT_WINDOW */
} mien_video_redact_options;
#define MIEN_VIDEO_REDACT_DEFAULTS \
    {                              \
        MIEN_REDACT_DEFAULTS, 0    \
    }

typedef struct mien_video_redactor mien_video_redactor;

/* Prepare detectors and a tracker.
 *
 *   options  NULL: MIEN_VIDEO_REDACT_DEFAULTS
 *   out      owned by the caller; free with mien_video_redactor_free
 *
 * Fails with EARG (an option out of range) and with what mien_redactor_new
 * fails with. */
MIEN_API MIEN_CHECKED mien_status
mien_video_redactor_new(const mien_video_redact_options *options,
                        mien_video_redactor **out, mien_error *err);

/* Release a redactor with the frames that it keeps.
 *
 *   v  NULL is allowed */
MIEN_API void mien_video_redactor_free(mien_video_redactor *v);

/* Look for the faces of the next frame.
 *
 *   v        after mien_video_redactor_next said that there is no more
 *   frame    copied
 *   seconds  when it is shown; handed on
 *
 * Fails with EARG (a frame waits to be taken), and what mien_redactor_run and
 * mien_tracker_follow fail with: then every later call fails with EARG, as a
 * frame would be missing.
 * Source: points are followed as mien_tracker_follow does; a face that lies
 * near where another was last found is taken for the same. */
MIEN_API MIEN_CHECKED mien_status
mien_video_redactor_add(mien_video_redactor *v, const mien_image *frame,
                        double seconds, mien_error *err);

/* Take the oldest frame, covered, once the window is full.
 *
 *   v     a redactor
 *   end   1: no frame is to come, so that it need not be full
 *   out   set if there is one
 *   more  set to 1 if there is one, else to 0
 *
 * A cover is wider by as many pixels as the face moves from one frame to the
 * next.  Fails with EARG (adding failed before), ENOMEM: nothing was taken. */
MIEN_API MIEN_CHECKED mien_status
mien_video_redactor_next(mien_video_redactor *v, int end,
                         mien_covered_frame *out, int *more, mien_error *err);

/* What became of the frames that were taken. */
typedef struct mien_video_redaction {
    int64_t frames;
    int64_t covered; /* frames in which something was covered */
    int64_t kept;    /* frames in which a face was not, as it may stay */
    int64_t doubts;  /* frames of them with a cover in doubt */
    int64_t missed;  /* frames with a cover where no detector found a face in
                        them: followed, between or lost */
    int64_t left;    /* frames in which faces are found again */
    int window;      /* frames that were kept when one was taken before the end,
                        at least: fewer than asked for if they are large */
} mien_video_redaction;

/* Tell what became of the frames so far.
 *
 *   v  a redactor */
MIEN_API mien_video_redaction
mien_video_redactor_sum(const mien_video_redactor *v);

#ifdef __cplusplus
}
#endif
#endif
