/* regress_huber.c: Huber's regression with its scale.
 *
 * F(g, a, s) = sum w (s + h(r / s) s) + alpha |coef|^2, r = y - a - z g, is
 * convex in all together.  Rows with |r| < epsilon s give
 *   w (s + r^2 / s), others  w (s + 2 epsilon |r| - epsilon^2 s),
 * so that F is smooth with a piecewise smooth gradient: Newton's method with
 * a halved step where F does not fall, the scale kept above a tenth of what
 * it was.  Columns are centred and scaled; alpha is that of the columns as
 * given.  The first fit is by least squares.
 * Source: Owen 2007, section 4; Huber, Robust Statistics, 1981, 7.7. */
#include "learn/regress.h"

#include "base/alloc.h"
#include "base/error.h"
#include "num/linalg.h"

#include <math.h>
#include <string.h>

typedef struct {
    const mien_measured *rows;
    double epsilon;
    int k;                   /* p + 2: g, a, s */
    double *mean, *scale;    /* [p] */
    double *penalty;         /* [p] */
    double *at, *try, *step; /* [k] */
    double *gradient;        /* [k] */
    double *hessian;         /* [k, k], upper */
    double *z;               /* [k - 1] a scaled row and 1 */
} huber;

/* One row: its part of F, gradient and Hessian. */
static double add_row(huber *h, const double *at, double w, double r, int full)
{
    int k = h->k, q = k - 1;
    double s = at[q], e = h->epsilon, u = r / s;
    if (fabs(u) >= e) {
        double slope = -2 * w * e * (r > 0 ? 1 : -1);
        mi_axpy(full ? q : 0, slope, h->z, h->gradient);
        h->gradient[q] += w * (1 - e * e);
        return w * (s + 2 * e * fabs(r) - e * e * s);
    }
    mi_axpy(full ? q : 0, -2 * w * u, h->z, h->gradient);
    h->gradient[q] += w * (1 - u * u);
    for (int i = 0; i < q && full; i++) {
        double *row = h->hessian + i * (ptrdiff_t)k, by = 2 * w * h->z[i] / s;
        mi_axpy(q - i, by, h->z + i, row + i);
        row[q] += by * u;
    }
    h->hessian[q * (ptrdiff_t)k + q] += 2 * w * u * u / s;
    return w * (s + u * u * s);
}

/* The objective at `at`, its gradient and, with full, its Hessian. */
static double evaluate(huber *h, const double *at, int full)
{
    const mien_measured *rows = h->rows;
    int p = rows->p, k = h->k;
    double value = 0;
    memset(h->gradient, 0, (size_t)k * sizeof *h->gradient);
    memset(h->hessian, 0, (size_t)k * (size_t)k * sizeof *h->hessian);
    for (int64_t i = 0; i < rows->n; i++) {
        const double *x = rows->x + i * p;
        for (int j = 0; j < p; j++)
            h->z[j] = (x[j] - h->mean[j]) * h->scale[j];
        double r = rows->y[i] - mi_dot(p + 1, h->z, at);
        value += add_row(h, at, rows->weight ? rows->weight[i] : 1, r, full);
    }
    for (int j = 0; j < p; j++) {
        value += h->penalty[j] * at[j] * at[j];
        h->gradient[j] += 2 * h->penalty[j] * at[j];
        h->hessian[j * (ptrdiff_t)k + j] += 2 * h->penalty[j];
    }
    return value;
}

/* step = -H^-1 g, with as much more of the diagonal as H needs. */
static int newton_step(huber *h)
{
    int k = h->k;
    size_t cells = (size_t)k * (size_t)k;
    double *factor = h->hessian + cells;
    for (int trial = 0; trial < 9; trial++) {
        double more = 1e-14 * pow(100, trial);
        memcpy(factor, h->hessian, cells * sizeof *factor);
        double top = 0;
        for (int i = 0; i < k; i++)
            top = fmax(top, factor[i * (ptrdiff_t)k + i]);
        for (int i = 0; i < k; i++)
            factor[i * (ptrdiff_t)k + i] += more * top;
        if (!mi_cholesky(k, k, factor))
            continue;
        for (int i = 0; i < k; i++)
            h->step[i] = -h->gradient[i];
        mi_cholesky_solve(k, k, factor, h->step);
        return 1;
    }
    return 0;
}

/* Move at by the step or a part of it; false if F does not fall. */
static int descend(huber *h, double *value)
{
    int k = h->k;
    double slope = mi_dot(k, h->gradient, h->step), a = 1;
    double s = h->at[k - 1], ds = h->step[k - 1];
    if (s + ds < 0.1 * s)
        a = -0.9 * s / ds;
    for (int trial = 0; trial < 40; trial++) {
        a = trial ? a / 2 : a;
        for (int j = 0; j < k; j++)
            h->try[j] = h->at[j] + a * h->step[j];
        double f = evaluate(h, h->try, 0);
        if (f <= *value + 1e-4 * a * slope + 1e-14 * fabs(*value)) {
            memcpy(h->at, h->try, (size_t)k * sizeof *h->at);
            *value = f;
            return 1;
        }
    }
    return 0;
}

/* scale0: the deviation of the first fit. */
static void minimise(huber *h, const mien_huber_options *o, double scale0,
                     mien_linear *m)
{
    int k = h->k;
    double *s = &h->at[k - 1], value = evaluate(h, h->at, 0);
    m->converged = 0;
    for (m->iterations = 0; m->iterations < o->max_iterations;
         m->iterations++) {
        evaluate(h, h->at, 1);
        if (!newton_step(h))
            return;
        double moved = 0;
        for (int j = 0; j < k; j++)
            moved = fmax(moved, fabs(h->step[j]));
        m->converged =
            moved <= o->tolerance * fmin(*s, scale0) || *s < 1e-12 * scale0;
        if (m->converged || !descend(h, &value))
            return;
    }
}

static void begin(huber *h, const mien_linear *first, double alpha)
{
    int p = h->rows->p;
    h->at[p] = first->intercept;
    for (int j = 0; j < p; j++) {
        h->scale[j] = 1 / h->scale[j];
        h->at[j] = first->coef[j] / h->scale[j];
        h->at[p] += first->coef[j] * h->mean[j];
        h->penalty[j] = alpha * h->scale[j] * h->scale[j];
    }
    h->at[p + 1] = first->deviation;
    h->z[p] = 1;
}

/* The model in the units of the columns, with r2; errors are not known. */
static void finish(const huber *h, mien_linear *m)
{
    const mien_measured *rows = h->rows;
    int p = rows->p;
    double rss = 0;
    m->intercept = h->at[p];
    for (int j = 0; j < p; j++) {
        m->coef[j] = h->at[j] * h->scale[j];
        m->intercept -= m->coef[j] * h->mean[j];
    }
    for (int64_t i = 0; i < rows->n; i++) {
        double r =
            rows->y[i] - m->intercept - mi_dot(p, rows->x + i * p, m->coef);
        rss += (rows->weight ? rows->weight[i] : 1) * r * r;
    }
    m->deviation = h->at[p + 1];
    m->r2 = mi_r2(rows, 1, rss);
    for (int j = 0; j <= p; j++)
        m->error[j] = (double)NAN;
}

/* m holds the fit by least squares. */
static mien_status refine(const mien_measured *rows,
                          const mien_huber_options *o, mien_linear *m,
                          mien_error *err)
{
    size_t k = (size_t)rows->p + 2;
    double *work = mi_alloc(2 * k + 8, k * sizeof *work);
    if (!work)
        return mi_fail(err, MIEN_ENOMEM, "Huber: %d columns", rows->p);
    huber h = {.rows = rows, .epsilon = o->epsilon, .k = (int)k};
    double **parts[] = {&h.mean, &h.scale, &h.penalty,  &h.at,
                        &h.try,  &h.step,  &h.gradient, &h.z};
    for (size_t i = 0; i < 8; i++)
        *parts[i] = work + i * k;
    h.hessian = work + 8 * k;
    mi_measured_scale(rows, 1, h.mean, h.scale);
    begin(&h, m, o->alpha);
    minimise(&h, o, m->deviation, m);
    finish(&h, m);
    mi_free(work);
    return MIEN_OK;
}

mien_status mien_huber_fit(const mien_measured *rows,
                           const mien_huber_options *options, mien_linear *out,
                           mien_error *err)
{
    if (!(options->epsilon > 1) || !(options->alpha >= 0) ||
        !(options->tolerance > 0) || options->max_iterations < 1)
        return mi_fail(err, MIEN_EARG,
                       "Huber: wanted epsilon > 1, alpha >= 0, tolerance > 0 "
                       "and an iteration");
    mien_linear m = {0};
    mien_status st = mien_linear_fit(rows, 0, &m, err);
    if (st != MIEN_OK)
        return st;
    double size = 0;
    for (int64_t i = 0; i < rows->n; i++)
        size = fmax(size, fabs(rows->y[i]));
    /* through all points already, or as good as: nothing to be robust of */
    if (m.deviation > 1e-13 * size)
        st = refine(rows, options, &m, err);
    if (st != MIEN_OK) {
        mien_linear_done(&m);
        return st;
    }
    mien_linear_done(out);
    *out = m;
    return MIEN_OK;
}
