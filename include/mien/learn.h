/* mien/learn.h: regressions and baselines on plain arrays.
 *
 *   x [n, p], y [n] -> mien_logistic_fit -> mien_logistic
 *     -> mien_logistic_predict, mien_logistic_contributions
 *     -> mien_logistic_correct: back to the true rate after resampling
 *   x, y -> mien_linear_fit, mien_huber_fit -> mien_linear
 *   x, y of one variable -> mien_polynomial_fit, mien_theil_sen
 *
 * Matrices are row-major doubles, every value finite.  Results do not depend
 * on the number of threads. */
#ifndef MIEN_LEARN_H
#define MIEN_LEARN_H

#include "mien/base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIEN_LEARN_MAX_COLUMNS 100000
#define MIEN_POLYNOMIAL_MAX_DEGREE 12

/* ---- logistic regression ---------------------------------------------- */

/* Rows with a label each; borrowed. */
typedef struct mien_labelled {
    int64_t n;
    int p;
    const double *x;      /* [n, p], finite, below 1e150 */
    const uint8_t *y;     /* [n], 0 or 1 */
    const double *weight; /* [n] >= 0; NULL: 1 each */
} mien_labelled;

typedef enum mien_solver {
    MIEN_SOLVER_AUTO,   /* Newton up to 500 columns, L-BFGS above */
    MIEN_SOLVER_NEWTON, /* iteratively reweighted least squares */
    MIEN_SOLVER_LBFGS,
    MIEN_SOLVER_SCIKIT /* L-BFGS as scikit-learn 1.2 calls it, columns not
                          scaled: ends where that ends, which may be 1e-3 from
                          the optimum; to compare numbers only */
} mien_solver;

/* Called after each iteration; anything but 0 ends the fit there.
 *   loss      the objective per unit of weight
 *   gradient  its largest component, in scaled columns */
typedef int mien_fit_progress(void *arg, int iteration, double loss,
                              double gradient);

typedef struct mien_logistic_options {
    double c;                    /* inverse strength of the penalty: minimise
                                    c sum w loss + |coef|^2 / 2; INFINITY: none */
    double class_weight[2];      /* of labels 0 and 1, times the rows' */
    int balanced;                /* 1: class weights n / (2 n of the class) */
    int no_intercept;            /* 1: the decision is 0 at x = 0 */
    mien_solver solver;          /* the first three find the same
                                  optimum */
    double tolerance;            /* largest last step relative to the largest
                                    coefficient of a scaled column; L-BFGS:
                                    largest component of the gradient */
    int max_iterations;          /* then converged is 0 */
    const double *start;         /* [p + 1] coefficients, then the intercept;
                                    NULL: mien finds a start */
    mien_fit_progress *progress; /* may be NULL */
    void *progress_arg;
    mien_pool *pool; /* borrowed during the fit; NULL: this thread only */
} mien_logistic_options;

#define MIEN_LOGISTIC_DEFAULTS                                                \
    {                                                                         \
        1, {1, 1}, 0, 0, MIEN_SOLVER_AUTO, 1e-10, 200, NULL, NULL, NULL, NULL \
    }

/* A fitted model: the log-odds of label 1 are intercept + coef . x.  Zero it
 * before use; release with mien_logistic_done. */
typedef struct mien_logistic {
    int p;
    double intercept;
    double *coef;  /* [p] */
    double *mean;  /* [p] of the training rows: where contributions are 0 */
    double *error; /* [p + 1] standard errors (intercept last) from the inverse
                      Hessian of the penalised sum of losses; NaN where there
                      is none, and for L-BFGS */
    double rate;   /* share of label 1 in the training weight */
    double loss;   /* the objective minimised, per unit of weight */
    double gradient; /* its largest component at the end, in scaled columns */
    int rank;        /* columns that count: the others depend on those before
                        them, have coefficient 0 (only without penalty) */
    int iterations;
    int converged; /* 0: out of iterations, stopped, or separated */
    int separated; /* 1: without penalty there is no finite optimum */
} mien_logistic;

/* Fit a logistic regression.
 *
 *   rows     read during the call only
 *   options  MIEN_LOGISTIC_DEFAULTS: scikit-learn's
 *   out      zeroed or in use before: released by this; then owned by the
 *            caller, mien_logistic_done
 *
 * Columns are centred and scaled inside; the optimum is that of the columns as
 * given.  The intercept is not penalised.  An unfinished fit (converged 0)
 * succeeds: look at it.
 * Fails with EARG (options), EFORMAT (no rows, no columns, one class only, a
 * label that is not 0 or 1, a value that is not finite), ELIMIT, ENOMEM.
 * Cost: about ten passes of n p^2 / 2 multiplications.
 * Source: McCullagh, Nelder, Generalized Linear Models, 1989, 2.5. */
MIEN_API MIEN_CHECKED mien_status mien_logistic_fit(
    const mien_labelled *rows, const mien_logistic_options *options,
    mien_logistic *out, mien_error *err);

/* Make a model of known coefficients; means 0, the rest unknown (NaN, 0).
 *
 *   p          1..MIEN_LEARN_MAX_COLUMNS, asserted
 *   coef       [p], copied
 *   intercept  log-odds at x = 0
 *   out        as for mien_logistic_fit
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_logistic_of(int p, const double *coef,
                                                   double intercept,
                                                   mien_logistic *out,
                                                   mien_error *err);

/* Release what a model holds and clear it.
 *
 *   m  NULL is allowed */
MIEN_API void mien_logistic_done(mien_logistic *m);

/* The probability of label 1.
 *
 *   m            a model
 *   n            rows
 *   x            [n, p]
 *   probability  [n], set: 0..1, higher is more likely; NaN where x has one */
MIEN_API void mien_logistic_predict(const mien_logistic *m, int64_t n,
                                    const double *x, double *probability);

/* The log-odds of label 1: intercept + coef . x.
 *
 *   m    a model
 *   n    rows
 *   x    [n, p]
 *   eta  [n], set */
MIEN_API void mien_logistic_decide(const mien_logistic *m, int64_t n,
                                   const double *x, double *eta);

/* What each column adds to the log-odds against a row of the training means:
 * coef (x - mean).
 *
 *   m    a model
 *   n    rows
 *   x    [n, p]
 *   out  [n, p], set; may be x */
MIEN_API void mien_logistic_contributions(const mien_logistic *m, int64_t n,
                                          const double *x, double *out);

/* The log-odds to add to a prediction learned at one rate of label 1 to have
 * it at another: logit(true_rate) - logit(sample_rate).
 *
 *   sample_rate  in the training weight, 0..1 exclusive, asserted
 *   true_rate    where the model is used, 0..1 exclusive, asserted
 *
 * Source: King, Zeng, Logistic Regression in Rare Events Data, 2001, eq. 7;
 * Elkan, The Foundations of Cost-Sensitive Learning, 2001, theorem 2. */
MIEN_API double mien_prior_offset(double sample_rate, double true_rate);

/* A probability learned at one rate, at another.
 *
 *   probability  0..1; 0 and 1 stay
 *   sample_rate  as for mien_prior_offset
 *   true_rate    as for mien_prior_offset */
MIEN_API double mien_prior_correct(double probability, double sample_rate,
                                   double true_rate);

/* Move the intercept so that a model that was fitted to resampled or weighted
 * rows is right at the true rate: from m->rate, which becomes true_rate.
 *
 *   m          a fitted model
 *   true_rate  of label 1, 0..1 exclusive, asserted */
MIEN_API void mien_logistic_correct(mien_logistic *m, double true_rate);

/* ---- baselines -------------------------------------------------------- */

/* What can be said without looking at x. */
typedef struct mien_baseline {
    int majority;    /* the label with more weight; 0 if equal */
    double rate;     /* share of label 1: the best constant probability */
    double accuracy; /* of always saying majority */
    double loss;     /* mean log loss of always saying rate */
} mien_baseline;

/* Count the labels.
 *
 *   n       rows, > 0, asserted
 *   y       [n], 0 or 1
 *   weight  [n] >= 0, not all 0; NULL: 1 each */
MIEN_API mien_baseline mien_baseline_of(int64_t n, const uint8_t *y,
                                        const double *weight);

/* ---- regression ------------------------------------------------------- */

/* Rows with a number each; borrowed. */
typedef struct mien_measured {
    int64_t n;
    int p;
    const double *x;      /* [n, p], finite, below 1e150 */
    const double *y;      /* [n], finite, below 1e150 */
    const double *weight; /* [n] >= 0; NULL: 1 each */
} mien_measured;

/* A fitted plane: y = intercept + coef . x.  Zero it before use; release with
 * mien_linear_done. */
typedef struct mien_linear {
    int p;
    double intercept;
    double *coef;     /* [p] */
    double *error;    /* [p + 1] standard errors, intercept last; NaN if the
                         rank is short or no degree of freedom is left, and for
                         Huber's */
    double r2;        /* 1 - residual / total sum of squares; NaN if y is
                         constant */
    double deviation; /* of the residuals: sqrt(rss / (n - rank)); NaN if no
                         degree of freedom is left.  Huber's: its scale */
    int rank;         /* of the centred columns and the intercept; full: p + 1
                         (no intercept: p).  If short, the solution of least
                         norm in scaled columns */
    int iterations;   /* Huber's */
    int converged;    /* 1, but for Huber's out of iterations */
} mien_linear;

/* Fit by least squares.
 *
 *   rows          read during the call only
 *   no_intercept  1: through the origin
 *   out           as for mien_logistic_fit; mien_linear_done
 *
 * By QR of the scaled columns, not by normal equations.
 * Fails with EFORMAT (no rows or columns, not finite), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_linear_fit(const mien_measured *rows,
                                                  int no_intercept,
                                                  mien_linear *out,
                                                  mien_error *err);

typedef struct mien_huber_options {
    double epsilon; /* > 1: residuals above epsilon scale count linearly */
    double alpha;   /* >= 0: penalty alpha |coef|^2 */
    double tolerance;
    int max_iterations;
} mien_huber_options;
#define MIEN_HUBER_DEFAULTS   \
    {                         \
        1.35, 1e-4, 1e-9, 200 \
    }

/* Fit robustly: a plane and a scale s together,
 *   sum w (s + h((y - intercept - coef . x) / s) s) + alpha |coef|^2,
 *   h(z) = z^2 for |z| < epsilon, 2 epsilon |z| - epsilon^2 outside.
 *
 *   rows     read during the call only
 *   options  MIEN_HUBER_DEFAULTS: scikit-learn's
 *   out      as for mien_linear_fit; r2 is of all rows
 *
 * If a plane goes through so many rows exactly that the scale tends to 0, that
 * plane is the answer and deviation is tiny.
 * Fails with EARG (options), EFORMAT, ELIMIT, ENOMEM.
 * Source: Owen, A robust hybrid of lasso and ridge regression, 2007; Huber,
 * Robust Statistics, 1981, 7.7. */
MIEN_API MIEN_CHECKED mien_status
mien_huber_fit(const mien_measured *rows, const mien_huber_options *options,
               mien_linear *out, mien_error *err);

/* The value of a plane.
 *
 *   m    a model
 *   n    rows
 *   x    [n, p]
 *   out  [n], set */
MIEN_API void mien_linear_predict(const mien_linear *m, int64_t n,
                                  const double *x, double *out);

/* Release what a model holds and clear it.
 *
 *   m  NULL is allowed */
MIEN_API void mien_linear_done(mien_linear *m);

/* A polynomial of one variable. */
typedef struct mien_polynomial {
    int degree;
    double coef[MIEN_POLYNOMIAL_MAX_DEGREE + 1];  /* of x^0, x^1, .. */
    double error[MIEN_POLYNOMIAL_MAX_DEGREE + 1]; /* standard errors, or NaN */
    double r2, deviation;                         /* as in mien_linear */
} mien_polynomial;

/* Fit a polynomial by least squares: degree 1 is a line, 2 a parabola.
 *
 *   n       points
 *   x       [n], finite, below 1e150
 *   y       [n], finite, below 1e150
 *   degree  0..MIEN_POLYNOMIAL_MAX_DEGREE, asserted
 *   out     set
 *
 * Fails with EFORMAT (not finite; fewer different x than coefficients: there
 * is then no single best curve), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_polynomial_fit(int64_t n, const double *x, const double *y, int degree,
                    mien_polynomial *out, mien_error *err);

/* The value of a polynomial.
 *
 *   f  a polynomial
 *   x  where */
MIEN_API double mien_polynomial_at(const mien_polynomial *f, double x);

/* A robust line: the median of the slopes of all pairs of points, and the
 * median of what is left.  Up to 29 % of the points may be anywhere.
 *
 *   n          points
 *   x          [n], finite
 *   y          [n], finite
 *   seed       of the pairs drawn where there are too many (n > 2000): then
 *              two million of them
 *   slope      set
 *   intercept  set: median of y - slope x
 *
 * Pairs of equal x are left out.
 * Fails with EFORMAT (not finite, all x equal), ENOMEM.
 * Source: Sen, Estimates of the regression coefficient based on Kendall's
 * tau, JASA 63, 1968. */
MIEN_API MIEN_CHECKED mien_status mien_theil_sen(int64_t n, const double *x,
                                                 const double *y, uint32_t seed,
                                                 double *slope,
                                                 double *intercept,
                                                 mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
