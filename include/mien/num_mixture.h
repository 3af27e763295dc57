/* mien/num_mixture.h: rows of numbers as a mixture of normal distributions.
 *
 *   rows -> mien_mixture_fit -> weights, means, variances
 *     -> mien_mixture_draw: a new row like them
 *     -> mien_mixture_log_density: how likely a row is */
#ifndef MIEN_NUM_MIXTURE_H
#define MIEN_NUM_MIXTURE_H

#include "mien/base.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { MIEN_MIXTURE_MAX = 256 };

/* Normal distributions whose numbers are independent.  Release with
 * mien_mixture_free. */
typedef struct mien_mixture {
    int k;            /* distributions */
    int64_t d;        /* numbers of a row */
    double *weight;   /* [k] sum 1 */
    double *mean;     /* [k, d] */
    double *variance; /* [k, d] */
} mien_mixture;

typedef struct mien_mixture_options {
    int k;        /* distributions, 1..MIEN_MIXTURE_MAX; no more than rows */
    int steps;    /* at most */
    double least; /* the mean log likelihood of a row has to grow by more */
    double floor; /* of a variance, as a share of that of all rows */
    uint32_t seed;
} mien_mixture_options;
#define MIEN_MIXTURE_DEFAULTS  \
    {                          \
        10, 100, 1e-4, 1e-3, 1 \
    }

/* Fit by expectation and maximisation.
 *
 *   n           rows, 1 or more
 *   d           numbers of each, 1 or more
 *   x           [n, d] finite
 *   options     NULL: MIEN_MIXTURE_DEFAULTS
 *   out         release with mien_mixture_free
 *   likelihood  [steps + 1] the mean log likelihood of a row before each step
 *               and at the end; NULL: not wanted
 *   taken       set to how many steps were made; NULL: not wanted
 *
 * Means begin at rows that are far from each other.  A distribution that no row
 * belongs to keeps where it was, with a weight of 0.  Where numbers never
 * change, their variance is 1e-12.
 * Fails with EARG (no rows, more distributions than rows, numbers that are not
 * finite), ENOMEM.
 * Source: A. Dempster, N. Laird, D. Rubin, Maximum Likelihood from Incomplete
 * Data via the EM Algorithm, 1977; D. Arthur, S. Vassilvitskii, k-means++,
 * 2007. */
MIEN_API MIEN_CHECKED mien_status mien_mixture_fit(
    int64_t n, int64_t d, const float *x, const mien_mixture_options *options,
    mien_mixture *out, double *likelihood, int *taken, mien_error *err);

/* Release a mixture.
 *
 *   m  its fields are cleared; NULL is allowed */
MIEN_API void mien_mixture_free(mien_mixture *m);

/* The logarithm of the density of a row.
 *
 *   m  a mixture
 *   x  [d] */
MIEN_API double mien_mixture_log_density(const mien_mixture *m, const float *x);

/* Draw a row.
 *
 *   m       a mixture
 *   random  moved on
 *   out     [d] */
MIEN_API void mien_mixture_draw(const mien_mixture *m, mien_random *random,
                                float *out);

#ifdef __cplusplus
}
#endif
#endif
