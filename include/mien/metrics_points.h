/* mien/metrics_points.h: how good landmarks and probabilities of classes are.
 *
 *   points found and true -> mien_point_errors_of   each face
 *     -> mien_point_summary_of                      all, or a group of them
 *     -> mien_point_curve                           how many faces are how good
 *   logits and classes -> mien_temperature_fit      probabilities that fit */
#ifndef MIEN_METRICS_POINTS_H
#define MIEN_METRICS_POINTS_H

#include "mien/metrics.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Landmarks of faces; all arrays are borrowed for the length of a call. */
typedef struct mien_faces_scored {
    int64_t n;               /* faces */
    int points;              /* of a face */
    const float *found;      /* [n, points, 2] x, y in pixels of any picture */
    const float *truth;      /* [n, points, 2] in the same; NaN: not known */
    const float *box;        /* [n, 2] width and height of the face, or NULL */
    int left_eye, right_eye; /* points whose distance is that of the eyes */
} mien_faces_scored;

/* The error of one face. */
typedef struct mien_point_error {
    double square; /* mean over coordinates of their squared errors, pixels^2 */
    double eyes;   /* mean distance over that between the eyes; NaN: their
                      distance is 0 or not known */
    double box;    /* over the root of width times height; NaN: no box */
    int known;     /* points; 0: nothing is measured, and all are NaN */
} mien_point_error;

/* Measure each face.
 *
 *   f    the faces
 *   out  [n] one a face
 *   err  what is wrong, or NULL
 *
 * Fails with EARG (no points, eyes that are none of them). */
MIEN_API MIEN_CHECKED mien_status mien_point_errors_of(
    const mien_faces_scored *f, mien_point_error *out, mien_error *err);

/* Errors of many faces; NaN where no face could be measured. */
typedef struct mien_point_summary {
    int64_t n;        /* faces with a known point */
    int64_t eyes_n;   /* of them, with eyes that have a distance */
    double square;    /* mean, pixels^2: what articles call MSE */
    double eyes, box; /* means: normalised mean errors (NME) */
    double failures;  /* part of eyes_n whose error is above the limit */
    double area; /* under the cumulative curve up to the limit, in [0, 1] */
} mien_point_summary;

/* Sum up faces.
 *
 *   n      how many
 *   e      [n] as mien_point_errors_of gives them
 *   group  [n] or NULL: all
 *   only   those of this group
 *   limit  of the error by the eyes, above which a face counts as failed; .1
 *          is usual
 *
 * Source: 300-W, Sagonas et al. 2016 (failure rate and area). */
MIEN_API mien_point_summary mien_point_summary_of(int64_t n,
                                                  const mien_point_error *e,
                                                  const int *group, int only,
                                                  double limit);

/* Which part of the faces has at most so large an error by the eyes.
 *
 *   n      how many
 *   e      [n] as mien_point_errors_of gives them
 *   steps  points of the curve, 2 or more
 *   limit  the last error; the first is 0, the others lie evenly between
 *   part   [steps] of the faces whose eyes have a distance */
MIEN_API void mien_point_curve(int64_t n, const mien_point_error *e, int steps,
                               double limit, double *part);

/* Find what logits have to be divided by so that their softmax fits: the
 * temperature with the least log loss.
 *
 *   n       rows, 1 or more
 *   k       classes, 2 or more
 *   logits  [n, k] of rows that were not learned from
 *   truth   [n] 0..k - 1; others are left out
 *   out     in [.05, 20]; 1 where no row is known
 *   before  set to the mean log loss at 1; NULL is allowed
 *   after   at the temperature; NULL is allowed
 *   err     what is wrong, or NULL
 *
 * Fails with EARG.  Source: C. Guo et al., On Calibration of Modern Neural
 * Networks, ICML 2017. */
MIEN_API MIEN_CHECKED mien_status mien_temperature_fit(
    int64_t n, int k, const float *logits, const int32_t *truth, double *out,
    double *before, double *after, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
