/* logistic_newton.c: the objective of logistic regression and its minimum.
 *
 * F is convex; Newton's step is -H^-1 g with
 *   g = Z' r / W + penalty gamma,   H = Z' D Z / W + penalty,
 * r the slopes and D the curvatures of the rows' losses, all from one walk.
 * A step that does not lower F enough (Armijo) is halved.  Many rows: the start
 * comes from the same problem on each m-th tile of rows, so that few
 * steps need all.  Close to the optimum the last factor is used again. */
#include "learn/logistic.h"

#include "base/alloc.h"
#include "base/error.h"
#include "kern/kern.h"
#include "learn/optimise.h"
#include "num/linalg.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ---- the objective ---------------------------------------------------- */

/* Add the loss of some rows, its gradient and, if wanted, its Hessian. */
static void loss_step(void *arg, const mi_rows *rows)
{
    const mi_logit *f = arg;
    const mi_kern *kern = mi_kern_best();
    const double *w = f->signed_w + rows->first;
    double *eta = rows->column, *slope = eta + rows->n;
    double *curve = slope + rows->n, *gradient = rows->sum + MI_LOGIT_HEAD;
    kern->rows_dot_f64(rows->n, rows->ld, rows->z, f->at, eta);
    rows->sum[0] += kern->logit_f64(rows->n, eta, w, slope, curve);
    double weight = 0, wrong = 0;
    for (int r = 0; r < rows->n; r++) {
        weight += fabs(w[r]);
        wrong += !(eta[r] * w[r] > 0) & (w[r] != 0);
    }
    rows->sum[1] += weight;
    rows->sum[2] += wrong;
    kern->rows_sum_f64(rows->n, rows->ld, rows->z, slope, gradient);
    if (!f->hessian)
        return;
    kern->rows_scale_f64(rows->n, rows->ld, rows->z, curve, rows->spare);
    kern->gram_f64(rows->n, rows->ld, rows->z, rows->spare,
                   gradient + rows->ld);
}

double mi_logit_eval(mi_logit *f, const double *gamma, int hessian)
{
    int ld = f->d.ld;
    double *g = mi_logit_gradient(f), *h = mi_logit_hessian(f);
    f->at = gamma;
    f->hessian = hessian;
    int64_t size = MI_LOGIT_HEAD + ld + (hessian ? (int64_t)ld * ld : 0);
    mi_design_walk(&f->d, loss_step, f, size, f->sum);

    double by = f->sum[1] > 0 ? 1 / f->sum[1] : 0, value = f->sum[0] * by;
    for (int j = 0; j < f->k; j++) {
        value += f->penalty[j] * gamma[j] * gamma[j] / 2;
        g[j] = g[j] * by + f->penalty[j] * gamma[j];
        if (!f->keep[j])
            g[j] = 0;
    }
    for (int i = 0; i < f->k && hessian; i++) {
        double *row = h + (ptrdiff_t)i * ld;
        for (int j = i; j < f->k; j++)
            row[j] = f->keep[i] && f->keep[j] ? row[j] * by : i == j;
        row[i] += f->keep[i] ? f->penalty[i] : 0;
    }
    return value;
}

void mi_logit_find_dependent(mi_logit *f, double *work)
{
    memset(work, 0, (size_t)f->d.ld * sizeof *work);
    mi_logit_eval(f, work, 1);
    mi_cholesky_keep(f->k, f->d.ld, mi_logit_hessian(f), 1e-12, f->keep);
    if (f->k > f->d.p)
        f->keep[f->d.p] = 1;
}

/* ---- Newton ----------------------------------------------------------- */

typedef struct {
    mi_logit *f;
    double *gamma, *factor, *step, *trial; /* [ld] but factor [ld, ld] */
    double loss, moved; /* moved: the last step relative to gamma */
    int damped;
} newton;

/* Factor the Hessian; if it is singular, a little more of its diagonal. */
static int factor(newton *t)
{
    const mi_logit *f = t->f;
    int ld = f->d.ld;
    const double *h = mi_logit_hessian(f);
    double top = 0, more = 0;
    for (int i = 0; i < f->k; i++)
        top = fmax(top, h[(ptrdiff_t)i * ld + i]);
    for (int trial = 0; trial < 14; trial++) {
        memcpy(t->factor, h, (size_t)ld * (size_t)ld * sizeof *h);
        for (int i = 0; i < f->k; i++)
            t->factor[(ptrdiff_t)i * ld + i] += more;
        t->damped = more > 0;
        if (mi_cholesky(f->k, ld, t->factor))
            return 1;
        more = more > 0 ? more * 10 : top * 1e-13;
    }
    return 0;
}

/* Go from gamma along step as far as F falls; false if it does not. */
static int line_search(newton *t, int hessian)
{
    const mi_logit *f = t->f;
    double slope = mi_dot(f->k, mi_logit_gradient(f), t->step);
    double noise = 1e-14 * (1 + fabs(t->loss)), a = 1;
    for (int trial = 0; trial < 40; trial++) {
        a = trial ? a / 2 : a;
        for (int j = 0; j < f->k; j++)
            t->trial[j] = t->gamma[j] + a * t->step[j];
        double loss = mi_logit_eval(t->f, t->trial, hessian);
        if (loss <= t->loss + 1e-4 * a * slope + noise) {
            t->loss = loss;
            memcpy(t->gamma, t->trial, (size_t)f->k * sizeof *t->gamma);
            return 1;
        }
    }
    mi_logit_eval(t->f, t->gamma, 1);
    return 0;
}

/* Whether the fit is over before the next step, whose size is known. */
static int is_over(const newton *t, double before, double tolerance,
                   mi_logit_end *end)
{
    const mi_logit *f = t->f;
    int free = isinf(f->options->c) && f->d.every == 1;
    if (free && (t->damped || f->sum[2] == 0)) {
        end->separated = 1;
        return 1;
    }
    /* Without a penalty, no gradient left and still far to go. */
    if (free && end->gradient < 1e-12 && t->moved > 1e-3) {
        end->separated = 1;
        return 1;
    }
    end->converged =
        t->moved <= tolerance || (t->moved < 1e-7 && t->moved > before / 2);
    return end->converged;
}

static void start_again(newton *t)
{
    mi_logit *f = t->f;
    memset(t->gamma, 0, (size_t)f->k * sizeof *t->gamma);
    if (f->k > f->d.p)
        t->gamma[f->d.p] = log(f->rate) - log1p(-f->rate);
    t->loss = mi_logit_eval(f, t->gamma, 1);
}

/* Iterate from gamma; from 0 if F is above worst there. */
static void newton_run(newton *t, double worst, double tolerance, int most,
                       mi_logit_end *end)
{
    mi_logit *f = t->f;
    const mien_logistic_options *o = f->options;
    const double *g = mi_logit_gradient(f);
    int fresh = 1;
    *end = (mi_logit_end){0};
    t->loss = mi_logit_eval(f, t->gamma, 1);
    if (!(t->loss <= worst))
        start_again(t);
    t->moved = HUGE_VAL;
    for (;;) {
        double before = t->moved;
        end->loss = t->loss;
        end->gradient = mi_largest(f->k, g);
        if (fresh && !factor(t))
            return;
        for (int j = 0; j < f->k; j++)
            t->step[j] = -g[j];
        mi_cholesky_solve(f->k, f->d.ld, t->factor, t->step);
        t->moved = mi_largest(f->k, t->step) / (1 + mi_largest(f->k, t->gamma));
        if (f->d.every == 1 && o->progress)
            end->stopped = o->progress(o->progress_arg, end->iterations,
                                       t->loss, end->gradient) != 0;
        if (end->stopped || !isfinite(t->moved) ||
            is_over(t, before, tolerance, end) || end->iterations == most)
            return;
        fresh = t->moved > 1e-6;
        if (!line_search(t, fresh))
            return;
        end->iterations++;
    }
}

/* A start from some of the rows, if all are many.  Returns the loss that all
 * rows have without it: a start that is worse was none. */
static double start_of_some(newton *t)
{
    enum { ENOUGH = 8192 };
    mi_logit *f = t->f;
    int64_t every = f->d.n / ENOUGH;
    if (every < 3 || f->options->start)
        return HUGE_VAL;
    mi_logit_end some;
    f->d.every = every > 10 ? 10 : (int)every;
    newton_run(t, HUGE_VAL, 1e-3, 12, &some);
    f->d.every = 1;
    double r = f->rate;
    return f->k > f->d.p ? -r * log(r) - (1 - r) * log1p(-r) : log(2);
}

mien_status mi_logit_newton(mi_logit *f, double *gamma, double *factor_of,
                            mi_logit_end *end, mien_error *err)
{
    double *block = mi_alloc((size_t)f->d.ld, 2 * sizeof *block);
    if (!block)
        return mi_fail(err, MIEN_ENOMEM, "logistic: %d columns", f->d.p);
    newton t = {.f = f, .factor = factor_of};
    t.gamma = gamma;
    t.step = block;
    t.trial = block + f->d.ld;
    double worst = start_of_some(&t);
    newton_run(&t, worst, f->options->tolerance, f->options->max_iterations,
               end);
    if (t.damped || !isfinite(t.moved))
        factor_of[0] = 0;
    mi_free(block);
    return MIEN_OK;
}

/* ---- L-BFGS ----------------------------------------------------------- */

static double lbfgs_objective(void *arg, const double *x, double *gradient)
{
    mi_logit *f = arg;
    double value = mi_logit_eval(f, x, 0), by = f->plain ? f->sum[1] : 1;
    const double *g = mi_logit_gradient(f);
    for (int j = 0; j < f->d.ld; j++)
        gradient[j] = j < f->k ? g[j] * by : 0;
    return value * by;
}

static int lbfgs_progress(void *arg, int iteration, double value,
                          double gradient)
{
    const mi_logit *f = arg;
    const mien_logistic_options *o = f->options;
    if (isinf(o->c) && f->sum[2] == 0)
        return 1;
    return o->progress &&
           o->progress(o->progress_arg, iteration, value, gradient) != 0;
}

mien_status mi_logit_lbfgs(mi_logit *f, double *gamma, mi_logit_end *end,
                           mien_error *err)
{
    mi_lbfgs o = {.n = f->d.ld,
                  .objective = lbfgs_objective,
                  .progress = lbfgs_progress,
                  .arg = f,
                  .tolerance = f->options->tolerance,
                  .noise = 1e-13,
                  .max_iterations = f->options->max_iterations};
    if (f->plain) {
        o.noise = 0;
        o.fall = 1e7 * DBL_EPSILON; /* SciPy's */
    }
    mien_status st = mi_lbfgs_run(&o, gamma, err);
    if (st != MIEN_OK)
        return st;
    mi_logit_eval(f, gamma, 0);
    int apart = isinf(f->options->c) && f->sum[2] == 0;
    double by = f->plain ? f->sum[1] : 1;
    *end = (mi_logit_end){.loss = o.value / by,
                          .gradient = o.gradient / by,
                          .iterations = o.iterations,
                          .converged = o.converged && !apart,
                          .separated = apart};
    return MIEN_OK;
}
