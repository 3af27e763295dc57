/* optimise.c: L-BFGS, the quasi-Newton method with limited memory.
 *
 * The direction is -H g, where H is built of the last ten steps s and changes
 * of gradient y by the two-loop recursion (Nocedal, Wright, Numerical
 * Optimization, 2006, algorithm 7.4), H0 = s'y / y'y.  Where to stop along it
 * is optimise_step.c's matter.  With noise 0 and a fall, this visits the points
 * that L-BFGS-B without bounds visits (Zhu, Byrd, Lu, Nocedal, ACM TOMS 23,
 * 1997), rounding aside. */
#include "learn/optimise.h"

#include "base/alloc.h"
#include "base/error.h"
#include "learn/optimise_step.h"
#include "num/linalg.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

enum { MEMORY = 10 };

typedef struct {
    int n, kept, newest;
    double *s, *y; /* [MEMORY, n] */
    double rho[MEMORY];
    double *x, *g, *d; /* the point, its gradient, the direction */
} state;

/* d = -H g by the two loops of L-BFGS over the pairs kept. */
static void direction(state *t)
{
    int n = t->n;
    double alpha[MEMORY] = {0};
    for (int i = 0; i < n; i++)
        t->d[i] = -t->g[i];
    for (int k = 0; k < t->kept; k++) {
        int at = (t->newest - k + MEMORY) % MEMORY;
        const double *s = t->s + at * (ptrdiff_t)n;
        alpha[at] = t->rho[at] * mi_dot(n, s, t->d);
        mi_axpy(n, -alpha[at], t->y + at * (ptrdiff_t)n, t->d);
    }
    if (t->kept) {
        const double *y = t->y + t->newest * (ptrdiff_t)n;
        double by = 1 / (t->rho[t->newest] * mi_dot(n, y, y));
        for (int i = 0; i < n; i++)
            t->d[i] *= by;
    }
    for (int k = t->kept - 1; k >= 0; k--) {
        int at = (t->newest - k + MEMORY) % MEMORY;
        double beta = t->rho[at] * mi_dot(n, t->y + at * (ptrdiff_t)n, t->d);
        mi_axpy(n, alpha[at] - beta, t->s + at * (ptrdiff_t)n, t->d);
    }
}

/* Keep the step from (t->x, t->g) to (x, g) and go there. */
static void advance(state *t, const double *x, const double *g)
{
    int n = t->n, at = (t->newest + 1) % MEMORY;
    double *s = t->s + at * (ptrdiff_t)n, *y = t->y + at * (ptrdiff_t)n;
    for (int i = 0; i < n; i++) {
        s[i] = x[i] - t->x[i];
        y[i] = g[i] - t->g[i];
    }
    double sy = mi_dot(n, s, y);
    double fell = -mi_dot(n, t->g, s);
    if (sy > DBL_EPSILON * fell && isfinite(1 / sy)) {
        t->rho[at] = 1 / sy;
        t->newest = at;
        t->kept += t->kept < MEMORY;
    }
    memcpy(t->x, x, (size_t)n * sizeof *x);
    memcpy(t->g, g, (size_t)n * sizeof *g);
}

/* Find a step along t->d; x and g become the new point.  False if none is
 * found. */
static int search(const mi_lbfgs *o, const state *t, double *value, double *x,
                  double *g)
{
    enum { MAX_TRIALS = 20 };
    double slope = mi_dot(t->n, t->g, t->d);
    double a = o->iterations ? 1 : 1 / sqrt(mi_dot(t->n, t->d, t->d));
    if (!(slope < 0))
        return 0;
    mi_line_search line;
    mi_line_begin(&line, *value, slope, a, o->noise * fabs(*value));
    for (int trial = 0; trial < MAX_TRIALS; trial++) {
        for (int i = 0; i < t->n; i++)
            x[i] = t->x[i] + a * t->d[i];
        mi_line_point p = {a, o->objective(o->arg, x, g), 0};
        p.g = mi_dot(t->n, g, t->d);
        double next = mi_line_next(&line, p);
        if (next == 0 || !isfinite(next)) {
            *value = p.f;
            return isfinite(p.f) && isfinite(p.g);
        }
        a = next;
    }
    return 0;
}

/* Search along one direction after the other until converged or stopped. */
static void iterate(mi_lbfgs *o, state *t, double *x, double *g)
{
    for (o->iterations = 0;;) {
        o->gradient = mi_largest(t->n, t->g);
        o->converged =
            o->gradient <= o->tolerance || (o->settled && o->fall > 0);
        int stop = o->progress &&
                   o->progress(o->arg, o->iterations, o->value, o->gradient);
        if (o->converged || stop || o->iterations == o->max_iterations)
            return;
        direction(t);
        double before = o->value;
        if (!search(o, t, &o->value, x, g)) {
            if (!t->kept)
                return;
            t->kept = 0; /* once more, along the gradient */
            continue;
        }
        advance(t, x, g);
        o->iterations++;
        o->settled = before - o->value <=
                     o->fall * fmax(1, fmax(fabs(before), fabs(o->value)));
    }
}

mien_status mi_lbfgs_run(mi_lbfgs *o, double *x, mien_error *err)
{
    assert(o->n > 0);
    size_t n = (size_t)o->n;
    double *block = mi_alloc(n, (2 * MEMORY + 5) * sizeof *block);
    if (!block)
        return mi_fail(err, MIEN_ENOMEM, "optimiser: %d variables", o->n);
    state t = {.n = o->n, .newest = MEMORY - 1};
    t.s = block;
    t.y = t.s + MEMORY * n;
    t.x = t.y + MEMORY * n;
    t.g = t.x + n;
    t.d = t.g + n;
    memcpy(t.x, x, n * sizeof *x);
    o->value = o->objective(o->arg, t.x, t.g);
    iterate(o, &t, t.d + n, t.d + 2 * n);
    memcpy(x, t.x, n * sizeof *x);
    mi_free(block);
    return MIEN_OK;
}
