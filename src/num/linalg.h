/* linalg.h: factors of small dense matrices of doubles, and least squares. */
#ifndef MI_NUM_LINALG_H
#define MI_NUM_LINALG_H

#include "mien/base.h"

/* Sums in eight chains: the same order on every machine. */
double mi_dot(int64_t n, const double *x, const double *y);
/* y += a x. */
void mi_axpy(int64_t n, double a, const double *x, double *y);
/* The largest of |x|; 0 of none. */
double mi_largest(int n, const double *x);

/* Replace the upper triangle of a symmetric matrix by U with U'U = A.
 *
 *   a  [n, ld]; only the upper triangle is read
 *
 * False if A is not positive definite to working precision; a is then
 * partly overwritten. */
int mi_cholesky(int n, int ld, double *a);

/* The same for a semi-definite matrix: a variable that depends on those before
 * it (what is left of its diagonal is <= tolerance times what it was) has its
 * row of U zeroed and keep[j] = 0.  Returns the rank. */
int mi_cholesky_keep(int n, int ld, double *a, double tolerance, uint8_t *keep);

/* Solve U'U x = b in place. */
void mi_cholesky_solve(int n, int ld, const double *u, double *b);

/* The whole inverse of U'U.
 *
 *   inverse  [n, ld], may not be u */
void mi_cholesky_inverse(int n, int ld, const double *u, double *inverse);

/* Least squares min |A x - b| by Householder's QR, rows given one at a time
 * and folded into a triangle, so that any number of rows may come. */
typedef struct mi_lsq {
    int k;          /* unknowns */
    int64_t height; /* rows that a holds */
    int64_t used;
    double *a; /* [k + 1, height], by columns; b is the last */
} mi_lsq;

/* Begin with no rows; mi_lsq_done releases it.  Fails with ENOMEM. */
mien_status mi_lsq_init(mi_lsq *q, int k, mien_error *err);
/* Release its triangle. */
void mi_lsq_done(mi_lsq *q);
/* row [k + 1]: a row of A, then its b. */
void mi_lsq_add(mi_lsq *q, const double *row);

/* Solve what was added; q is used up.
 *
 *   tolerance  a column counts if what the columns before leave of it is more
 *              than tolerance times the largest column
 *   x          [k]; of all solutions the one of least norm
 *   inverse    [k, k] (A'A)^-1, NaN if the rank is below k; may be NULL
 *   rss        sum of squared residuals
 *   rank       of A */
mien_status mi_lsq_solve(mi_lsq *q, double tolerance, double *x,
                         double *inverse, double *rss, int *rank,
                         mien_error *err);

#endif
