/* optimise.h: the minimum of a smooth function of many variables. */
#ifndef MI_LEARN_OPTIMISE_H
#define MI_LEARN_OPTIMISE_H

#include "mien/base.h"

/* The value at x [n]; sets gradient [n].  Infinity or NaN: do not go there. */
typedef double mi_objective(void *arg, const double *x, double *gradient);

/* After each iteration; anything but 0 stops. */
typedef int mi_optimise_progress(void *arg, int iteration, double value,
                                 double gradient);

typedef struct mi_lbfgs {
    int n;
    mi_objective *objective;
    mi_optimise_progress *progress; /* may be NULL */
    void *arg;
    double tolerance; /* of the largest component of the gradient */
    double fall;      /* > 0: converged too when a step lowers the value by
                         less than this part of it (of 1 if it is less) */
    double noise;     /* relative rises of the value that may be rounding */
    int max_iterations;
    /* results */
    double value, gradient;
    int iterations, converged, settled;
} mi_lbfgs;

/* Minimise from x [n], which becomes the best point found.
 * Fails with ENOMEM. */
mien_status mi_lbfgs_run(mi_lbfgs *o, double *x, mien_error *err);

#endif
