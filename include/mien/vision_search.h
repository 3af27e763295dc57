/* mien/vision_search.h: cascades in parts of a picture, and inside what others
 * found.
 *
 *   cascades + options -> mien_search -> mien_search_run -> rectangles of each
 *
 * Rectangles are in pixels of the whole picture, x right, y down. */
#ifndef MIEN_VISION_SEARCH_H
#define MIEN_VISION_SEARCH_H

#include "mien/vision.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A rectangle of whole pixels; it may reach outside the picture. */
typedef struct mien_region {
    int x, y, w, h;
} mien_region;

/* Find a cascade's objects in a part of a picture.
 *
 *   c        a cascade
 *   g        any size
 *   part     what lies inside the picture is searched; nothing inside: no hits
 *   options  NULL: the defaults
 *   out      free with mien_hits_free
 *
 * Fails with EARG (an option out of range), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_cascade_detect_part(
    const mien_cascade *c, const mien_gray *g, mien_region part,
    const mien_cascade_options *options, mien_hits *out, mien_error *err);

/* Find a cascade's objects in a part of a picture that is made larger or
 * smaller first, so that settings mean the same whatever size a face has.
 *
 *   c        a cascade
 *   g        any size
 *   part     what lies inside the picture is searched; nothing inside: no hits
 *   side     pixels to which the part's width is brought,
 *            1..MIEN_IMAGE_MAX_SIDE
 *   options  NULL: the defaults; their sizes are in those pixels
 *   out      in pixels of the picture; free with mien_hits_free
 *
 * Fails with EARG (an option out of range), ELIMIT (the part becomes too high),
 * ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_cascade_detect_sized(
    const mien_cascade *c, const mien_gray *g, mien_region part, int side,
    const mien_cascade_options *options, mien_hits *out, mien_error *err);

/* What is looked for in a picture; all pointers are borrowed. */
typedef struct mien_search {
    int n;                              /* cascades, at least 1 */
    const mien_cascade *const *cascade; /* [n] */
    mien_cascade_options options;       /* of all of them */
    int inside; /* 1: the second and further cascades look only inside what the
                   first found, at any size: eyes in faces */
    int n_angles;        /* 0: upright objects only */
    const double *angle; /* [n_angles] as mien_cascade_detect_turned */
    mien_region part;    /* of the picture; w 0: all of it */
} mien_search;

/* Look for all of a search's cascades.
 *
 *   s    what to look for
 *   g    any size
 *   out  [s->n] what each found; free each with mien_hits_free
 *
 * Fails with EARG (an option out of range), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_search_run(const mien_search *s,
                                                  const mien_gray *g,
                                                  mien_hits *out,
                                                  mien_error *err);

/* ---- how a window falls through the stages ------------------------------- */

/* Windows of a picture by the stages they pass, and one of them followed. */
typedef struct mien_fall {
    int64_t windows;  /* that a detector looks at; 0: none were counted */
    int64_t *left;    /* [n_stages] windows left after each stage */
    int followed;     /* 1: what follows is there */
    double *sums;     /* [n_stages] votes of the window that is followed */
    int passed;       /* stages it passes in a row */
    mien_gray window; /* its pixels, of the cascade's window size */
} mien_fall;

/* Count the windows of a picture that each stage leaves, and follow the one
 * that is surest of those that got farthest.
 *
 *   c     a cascade
 *   g     any size
 *   side  a longer picture is made smaller to so many pixels first; 0: never
 *   out   set whole; release with mien_fall_done
 *
 * Nothing is followed when no window passes a stage.  Cost: a search for each
 * stage.  Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_fall_count(const mien_cascade *c,
                                                  const mien_gray *g, int side,
                                                  mien_fall *out,
                                                  mien_error *err);

/* Follow the mean of the positives that a cascade was trained on.
 *
 *   c    a cascade
 *   out  set whole; release with mien_fall_done; nothing is followed when the
 *        cascade's file has no mean
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_fall_mean(const mien_cascade *c,
                                                 mien_fall *out,
                                                 mien_error *err);

/* Release what was counted.
 *
 *   f  its fields are cleared; NULL is allowed */
MIEN_API void mien_fall_done(mien_fall *f);

#ifdef __cplusplus
}
#endif
#endif
