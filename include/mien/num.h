/* mien/num.h: statistics of numbers in memory.
 *
 *   numbers -> moments -> variance, skewness, kurtosis
 *           -> sorted -> quantiles, median, ranks -> Spearman
 *   columns -> matrix of correlations
 *
 * NaN stands for a missing value and is passed over; of two samples, the pairs
 * with a missing value are.  A number that cannot be computed (the deviation of
 * one value) is NaN.  Results do not depend on the number of threads. */
#ifndef MIEN_NUM_H
#define MIEN_NUM_H

#include "mien/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What one walk over a sample finds. */
typedef struct mien_moments {
    int64_t count;   /* values that are not missing */
    int64_t missing; /* the others */
    double mean;
    double m2, m3, m4; /* sums of powers of the deviations from the mean */
    double min, max;
} mien_moments;

typedef enum mien_correlation {
    MIEN_CORRELATION_PEARSON,
    MIEN_CORRELATION_SPEARMAN,
    MIEN_COVARIANCE /* divided by pairs - 1 */
} mien_correlation;

/* Compute mean, sums of powers, least and greatest value.
 *
 *   n  0 or more
 *   x  [n]
 *
 * Two walks with compensated sums: exact to a few units in the last place
 * however large the mean is beside the deviation; a constant sample has m2 0.
 * Source: Chan, Golub, LeVeque, Algorithms for computing the sample variance,
 * 1983. */
MIEN_API mien_moments mien_moments_compute(int64_t n, const double *x);

/* The variance, m2 / (count - ddof).
 *
 *   m     moments
 *   ddof  1: of a sample; 0: of the population */
MIEN_API double mien_moments_variance(const mien_moments *m, int ddof);

/* The standard deviation, the root of the variance.
 *
 *   m     moments
 *   ddof  1: of a sample; 0: of the population */
MIEN_API double mien_moments_deviation(const mien_moments *m, int ddof);

/* The skewness, corrected for the size of the sample (G1); 0 if the sample is
 * constant, NaN for fewer than 3 values.
 *
 *   m  moments
 *
 * Source: Joanes, Gill, Comparing measures of sample skewness and kurtosis,
 * 1998. */
MIEN_API double mien_moments_skewness(const mien_moments *m);

/* The excess kurtosis, corrected for the size of the sample (G2); 0 if the
 * sample is constant, NaN for fewer than 4 values.
 *
 *   m  moments
 *
 * Source: Joanes, Gill 1998. */
MIEN_API double mien_moments_kurtosis(const mien_moments *m);

/* Sort the values that are not missing.
 *
 *   n    0 or more
 *   x    [n]
 *   out  [n], may be x; the values in ascending order, then the NaN
 *   ret_count  how many values are not missing
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_sort(int64_t n, const double *x,
                                            double *out, int64_t *ret_count,
                                            mien_error *err);

/* Find the order that sorts a sample: equal values stay in their order, NaN
 * come last.
 *
 *   n    0 or more
 *   x    [n]
 *   out  [n] indices
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_sort_order(int64_t n, const double *x,
                                                  int64_t *out,
                                                  mien_error *err);

/* The quantile of sorted values, by linear interpolation between the two
 * nearest: at place q (n - 1).
 *
 *   n       how many; of none it is NaN
 *   sorted  [n] ascending, no NaN
 *   q       0..1, asserted
 *
 * Source: Hyndman, Fan, Sample quantiles in statistical packages, 1996:
 * definition 7. */
MIEN_API double mien_quantile_sorted(int64_t n, const double *sorted, double q);

/* Find quantiles as mien_quantile_sorted defines them.
 *
 *   n    0 or more
 *   x    [n]
 *   k    how many quantiles
 *   q    [k] 0..1, asserted
 *   out  [k]
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_quantiles(int64_t n, const double *x,
                                                 int k, const double *q,
                                                 double *out, mien_error *err);

/* Find the median.
 *
 *   n    0 or more
 *   x    [n]
 *   out  NaN if there is no value
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_median(int64_t n, const double *x,
                                              double *out, mien_error *err);

/* Find the median of the absolute deviations from the median.
 *
 *   n    0 or more
 *   x    [n]
 *   out  not scaled; times 1.4826 it estimates the deviation of a normal
 *        sample
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_mad(int64_t n, const double *x,
                                           double *out, mien_error *err);

/* Rank a sample from 1; equal values share the mean of their ranks.
 *
 *   n    0 or more
 *   x    [n]
 *   out  [n], may be x; NaN where x is
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_ranks(int64_t n, const double *x,
                                             double *out, mien_error *err);

/* Compute the covariance of two samples, divided by pairs - ddof.
 *
 *   n     0 or more
 *   x, y  [n]
 *   ddof  1: of a sample; 0: of the population */
MIEN_API double mien_covariance(int64_t n, const double *x, const double *y,
                                int ddof);

/* Compute Pearson's correlation of two samples: -1..1, NaN if one is constant.
 *
 *   n     0 or more
 *   x, y  [n] */
MIEN_API double mien_pearson(int64_t n, const double *x, const double *y);

/* Compute Spearman's correlation: Pearson's of the ranks of the pairs.
 *
 *   n     0 or more
 *   x, y  [n]
 *   out   -1..1, NaN if one is constant
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_spearman(int64_t n, const double *x,
                                                const double *y, double *out,
                                                mien_error *err);

/* Compute the matrix of correlations of columns.
 *
 *   kind  which
 *   n     rows
 *   p     columns
 *   x     [p][n]
 *   pool  shares the pairs; may be NULL
 *   out   [p, p] symmetric
 *
 * Fails with ENOMEM.  Cost: p copies of a column; p^2 n / 2. */
MIEN_API MIEN_CHECKED mien_status mien_correlation_matrix(
    mien_correlation kind, int64_t n, int p, const double *const *x,
    mien_pool *pool, double *out, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
