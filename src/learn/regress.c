/* regress.c: least squares for planes and polynomials.
 *
 * Columns are centred and scaled, A = [z 1], rows times the root of their
 * weight; QR gives the solution, the rank and (A'A)^-1.  Standard errors are
 * sqrt(s^2 diag (A'A)^-1), s^2 = rss / (n - rank), the intercept's moved back
 * with its covariances.  A polynomial is fitted in u = (x - m) / s and
 * expanded.  Source: Draper, Smith, Applied Regression Analysis, 1998. */
#include "learn/regress.h"

#include "base/alloc.h"
#include "base/error.h"
#include "learn/logistic.h"
#include "num/linalg.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const double rank_tolerance = 1e-11;

mien_status mi_measured_check(const mien_measured *rows, mien_error *err)
{
    if (rows->n < 1 || rows->p < 1)
        return mi_fail(err, MIEN_EFORMAT,
                       "regression: %lld rows of %d columns, wanted some",
                       (long long)rows->n, rows->p);
    if (rows->p > MIEN_LEARN_MAX_COLUMNS)
        return mi_fail(err, MIEN_ELIMIT, "regression: %d columns, %d at most",
                       rows->p, MIEN_LEARN_MAX_COLUMNS);
    double sum = 0;
    for (int64_t i = 0; i < rows->n && rows->weight; i++) {
        double w = rows->weight[i];
        if (!(w >= 0) || isinf(w))
            return mi_fail(err, MIEN_EFORMAT,
                           "regression: row %lld: the weight is negative or "
                           "not finite",
                           (long long)i);
        sum += w;
    }
    if (rows->weight && !(sum > 0))
        return mi_fail(err, MIEN_EFORMAT, "regression: all weights are 0");
    mien_status st = mi_learn_check(rows->n, rows->p, rows->x, "column", err);
    return st ? st : mi_learn_check(rows->n, 1, rows->y, "y", err);
}

mien_status mi_linear_new(int p, mien_linear *out, mien_error *err)
{
    size_t n = (size_t)p;
    double *block = mi_alloc(2 * n + 1, sizeof *block);
    if (!block)
        return mi_fail(err, MIEN_ENOMEM, "regression: %d columns", p);
    *out = (mien_linear){.p = p, .coef = block, .converged = 1};
    out->error = block + n;
    for (int j = 0; j <= p; j++)
        out->error[j] = (double)NAN;
    return MIEN_OK;
}

void mien_linear_done(mien_linear *m)
{
    if (!m)
        return;
    mi_free(m->coef);
    *m = (mien_linear){0};
}

void mien_linear_predict(const mien_linear *m, int64_t n, const double *x,
                         double *out)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = m->intercept + mi_dot(m->p, x + i * m->p, m->coef);
}

static double weight_of(const mien_measured *rows, int64_t i)
{
    return rows->weight ? rows->weight[i] : 1;
}

void mi_measured_scale(const mien_measured *rows, int centred, double *mean,
                       double *deviation)
{
    int p = rows->p;
    double sum = 0;
    memset(mean, 0, (size_t)p * sizeof *mean);
    memset(deviation, 0, (size_t)p * sizeof *deviation);
    for (int64_t i = 0; i < rows->n; i++) {
        double w = weight_of(rows, i);
        sum += w;
        for (int j = 0; j < p && centred && w > 0; j++)
            mean[j] += w / sum * (rows->x[i * p + j] - mean[j]);
    }
    for (int64_t i = 0; i < rows->n; i++)
        for (int j = 0; j < p; j++) {
            double d = rows->x[i * p + j] - mean[j];
            deviation[j] += weight_of(rows, i) / sum * d * d;
        }
    for (int j = 0; j < p; j++) {
        deviation[j] = sqrt(deviation[j]);
        if (!(deviation[j] > 1e-15 * fabs(mean[j])))
            deviation[j] = 1;
    }
}

double mi_r2(const mien_measured *rows, int centred, double rss)
{
    double sum = 0, mean = 0, total = 0, size = 0;
    for (int64_t i = 0; i < rows->n && centred; i++) {
        double w = weight_of(rows, i);
        sum += w;
        if (w > 0)
            mean += w / sum * (rows->y[i] - mean);
    }
    for (int64_t i = 0; i < rows->n; i++) {
        double d = rows->y[i] - mean;
        total += weight_of(rows, i) * d * d;
        size = fmax(size, fabs(d));
    }
    return size > 1e-15 * fabs(mean) ? 1 - rss / total : (double)NAN;
}

/* All rows into q; row [p + 2]. */
static int64_t add_rows(mi_lsq *q, const mien_measured *rows, int centred,
                        const double *mean, const double *deviation,
                        double *row)
{
    int p = rows->p;
    int64_t counted = 0;
    for (int64_t i = 0; i < rows->n; i++) {
        double w = weight_of(rows, i), root = sqrt(w);
        if (w == 0)
            continue;
        for (int j = 0; j < p; j++)
            row[j] = root * (rows->x[i * p + j] - mean[j]) / deviation[j];
        row[p] = root;
        row[p + centred] = root * rows->y[i];
        mi_lsq_add(q, row);
        counted++;
    }
    return counted;
}

/* Back to the columns as given; inverse [k, k] of the scaled ones. */
static void unscale(mien_linear *m, int centred, const double *gamma,
                    const double *inverse, const double *mean,
                    const double *deviation)
{
    int p = m->p, k = p + centred;
    double variance = 0;
    m->intercept = centred ? gamma[p] : 0;
    for (int j = 0; j < p; j++) {
        m->coef[j] = gamma[j] / deviation[j];
        m->intercept -= mean[j] * m->coef[j];
        m->error[j] =
            m->deviation * sqrt(inverse[j * (ptrdiff_t)k + j]) / deviation[j];
    }
    for (int i = 0; i < k && centred; i++)
        for (int j = 0; j < k; j++) {
            double ci = i == p ? 1 : -mean[i] / deviation[i];
            double cj = j == p ? 1 : -mean[j] / deviation[j];
            variance += ci * cj * inverse[i * (ptrdiff_t)k + j];
        }
    m->error[p] = centred ? m->deviation * sqrt(variance) : (double)NAN;
}

/* work: mean, deviation [p], gamma [k], row [p + 2], inverse [k, k]. */
static mien_status fit(const mien_measured *rows, int centred, mi_lsq *q,
                       double *work, mien_linear *m, mien_error *err)
{
    int p = rows->p, k = p + centred;
    double *deviation = work + p, *gamma = deviation + p, *row = gamma + k;
    double *inverse = row + p + 2, rss;
    mi_measured_scale(rows, centred, work, deviation);
    int64_t n = add_rows(q, rows, centred, work, deviation, row);
    mien_status st =
        mi_lsq_solve(q, rank_tolerance, gamma, inverse, &rss, &m->rank, err);
    if (st != MIEN_OK)
        return st;
    m->r2 = mi_r2(rows, centred, rss);
    m->deviation =
        n > m->rank ? sqrt(rss / (double)(n - m->rank)) : (double)NAN;
    unscale(m, centred, gamma, inverse, work, deviation);
    return MIEN_OK;
}

mien_status mien_linear_fit(const mien_measured *rows, int no_intercept,
                            mien_linear *out, mien_error *err)
{
    mien_status st = mi_measured_check(rows, err);
    if (st != MIEN_OK)
        return st;
    int centred = !no_intercept;
    size_t p = (size_t)rows->p, k = p + (size_t)centred;
    mi_lsq q = {0};
    mien_linear m = {0};
    double *work = mi_alloc(k + 5, (k + 1) * sizeof *work);
    st = work ? mi_lsq_init(&q, (int)k, err)
              : mi_fail(err, MIEN_ENOMEM, "regression: %d columns", rows->p);
    if (st == MIEN_OK)
        st = mi_linear_new(rows->p, &m, err);
    if (st == MIEN_OK)
        st = fit(rows, centred, &q, work, &m, err);
    mi_lsq_done(&q);
    mi_free(work);
    if (st != MIEN_OK) {
        mien_linear_done(&m);
        return st;
    }
    mien_linear_done(out);
    *out = m;
    return MIEN_OK;
}

/* ---- polynomials ------------------------------------------------------ */

enum { TERMS = MIEN_POLYNOMIAL_MAX_DEGREE + 1 };

/* t [i][j]: the coefficient of x^i in ((x - mean) / deviation)^j. */
static void expansion(double mean, double deviation, double t[TERMS][TERMS])
{
    memset(t, 0, sizeof(double[TERMS][TERMS]));
    t[0][0] = 1;
    for (int j = 1; j < TERMS; j++)
        for (int i = 0; i <= j; i++)
            t[i][j] =
                ((i ? t[i - 1][j - 1] : 0) - mean * t[i][j - 1]) / deviation;
}

/* Coefficients and errors in powers of x itself, not of its standard form. */
static void expand(mien_polynomial *f, const double *gamma,
                   const double *inverse, double mean, double deviation)
{
    double t[TERMS][TERMS];
    int k = f->degree + 1;
    expansion(mean, deviation, t);
    for (int i = 0; i < k; i++) {
        double variance = 0;
        for (int a = i; a < k; a++) {
            f->coef[i] += t[i][a] * gamma[a];
            for (int b = i; b < k; b++)
                variance += t[i][a] * t[i][b] * inverse[a * k + b];
        }
        f->error[i] = f->deviation * sqrt(variance);
    }
}

mien_status mien_polynomial_fit(int64_t n, const double *x, const double *y,
                                int degree, mien_polynomial *out,
                                mien_error *err)
{
    assert(degree >= 0 && degree < TERMS);
    const mien_measured rows = {n, 1, x, y, NULL};
    mien_status st = mi_measured_check(&rows, err);
    mi_lsq q = {0};
    if (st == MIEN_OK)
        st = mi_lsq_init(&q, degree + 1, err);
    if (st != MIEN_OK)
        return st;
    double mean, deviation, row[TERMS + 1], rss;
    double gamma[TERMS], inverse[TERMS * TERMS];
    mi_measured_scale(&rows, 1, &mean, &deviation);
    for (int64_t i = 0; i < n; i++) {
        row[0] = 1;
        for (int j = 1; j <= degree; j++)
            row[j] = row[j - 1] * ((x[i] - mean) / deviation);
        row[degree + 1] = y[i];
        mi_lsq_add(&q, row);
    }
    int rank;
    st = mi_lsq_solve(&q, rank_tolerance, gamma, inverse, &rss, &rank, err);
    mi_lsq_done(&q);
    if (st != MIEN_OK)
        return st;
    if (rank <= degree)
        return mi_fail(err, MIEN_EFORMAT,
                       "polynomial of degree %d: x has only %d different "
                       "values, wanted %d",
                       degree, rank, degree + 1);
    mien_polynomial f = {.degree = degree};
    f.r2 = mi_r2(&rows, 1, rss);
    f.deviation = n > rank ? sqrt(rss / (double)(n - rank)) : (double)NAN;
    expand(&f, gamma, inverse, mean, deviation);
    *out = f;
    return MIEN_OK;
}

double mien_polynomial_at(const mien_polynomial *f, double x)
{
    double y = 0;
    for (int j = f->degree; j >= 0; j--)
        y = y * x + f->coef[j];
    return y;
}
