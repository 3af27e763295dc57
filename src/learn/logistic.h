/* logistic.h: the parts of a logistic fit. */
#ifndef MI_LEARN_LOGISTIC_H
#define MI_LEARN_LOGISTIC_H

#include "mien/learn.h"
#include "num/design.h"

/* Minimise over gamma [ld], the coefficients of centred and scaled columns
 * with the intercept at p:
 *   F = sum w ln(1 + e^(-s eta)) / sum w + sum penalty gamma^2 / 2
 * All walks go through d; sum holds what the last one found. */
typedef struct mi_logit {
    mi_design d;
    const mien_logistic_options *options;
    int k;            /* unknowns: p + 1, or p without intercept */
    double *signed_w; /* [n] weight, negative for label 0 */
    double weight;    /* sum of weights */
    double rate;      /* share of label 1 */
    double *penalty;  /* [ld] */
    uint8_t *keep;    /* [ld] 0: a dependent column, gamma stays 0 */
    const double *at; /* where the walk is */
    int hessian;      /* the walk wants it */
    int plain;        /* columns are left as they are: SCIKIT */
    double *sum;      /* loss, weight, rows not on their side, .. (8 in all);
                         gradient [ld]; Hessian [ld, ld], upper triangle */
} mi_logit;

enum { MI_LOGIT_HEAD = 8 };

/* The outcome of a solver. */
typedef struct mi_logit_end {
    double loss, gradient;
    int iterations, converged, separated, stopped;
} mi_logit_end;

/* Compute F at gamma, its gradient and, if wanted, its Hessian. */
double mi_logit_eval(mi_logit *f, const double *gamma, int hessian);
static inline double *mi_logit_gradient(const mi_logit *f)
{
    return f->sum + MI_LOGIT_HEAD;
}
static inline double *mi_logit_hessian(const mi_logit *f)
{
    return f->sum + MI_LOGIT_HEAD + f->d.ld;
}

/* Find the columns that depend on others, for a fit without penalty. */
void mi_logit_find_dependent(mi_logit *f, double *work);

/* Newton's method from gamma [ld].
 *
 *   factor  [ld, ld]: Cholesky's of the Hessian at the end; factor[0] is 0 if
 *           there is none */
mien_status mi_logit_newton(mi_logit *f, double *gamma, double *factor,
                            mi_logit_end *end, mien_error *err);

/* L-BFGS from gamma [ld]. */
mien_status mi_logit_lbfgs(mi_logit *f, double *gamma, mi_logit_end *end,
                           mien_error *err);

/* Fails if a value is not finite or is 1e150 or more: "learn: row 3, column
 * 1: ..." with the caller's name for what x is ("column" or "value of y"). */
mien_status mi_learn_check(int64_t n, int p, const double *x, const char *what,
                           mien_error *err);

#endif
