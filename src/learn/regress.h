/* regress.h: what the regressions share. */
#ifndef MI_LEARN_REGRESS_H
#define MI_LEARN_REGRESS_H

#include "mien/learn.h"

/* Fails where the rows cannot be fitted: none, or values that are no
 * numbers. */
mien_status mi_measured_check(const mien_measured *rows, mien_error *err);

/* Arrays for a model of p columns, errors NaN.  Fails with ENOMEM. */
mien_status mi_linear_new(int p, mien_linear *out, mien_error *err);

/* Weighted means and deviations [p] of the columns (0, mean squares: if
 * centred is 0); a deviation of 0 is given as 1. */
void mi_measured_scale(const mien_measured *rows, int centred, double *mean,
                       double *deviation);

/* 1 - rss / sum of squares of y about its mean (0 if not centred). */
double mi_r2(const mien_measured *rows, int centred, double rss);

#endif
