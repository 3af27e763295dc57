/* logistic.c: fit a logistic regression.
 *
 * The problem.  Minimise over b and beta
 *   c sum_i w_i ln(1 + e^(-s_i (b + x_i beta))) + |beta|^2 / 2,  s_i = +-1,
 * w_i the row's weight times its class's.  Divided by c W, W = sum w_i, this
 * is a mean loss with the penalty lambda |beta|^2 / 2, lambda = 1 / (c W).
 *
 * Columns may differ by many powers of ten, so it is solved for
 *   gamma_j = t_j beta_j,  z_j = (x_j - m_j) / t_j,  a = b + sum m_j beta_j,
 * m_j the column's mean (0 without intercept) and t_j^2 its variance (mean
 * square) + 4 lambda, so that every curvature is of the order of 1.  The
 * penalty becomes lambda (gamma_j / t_j)^2 / 2: it is the same problem, not
 * that of standardised columns.
 *
 * Standard errors are those of the inverse of the whole Hessian, penalty
 * included, moved back: Cov(b) by b = a - sum (m_j / t_j) gamma_j. */
#include "learn/logistic.h"

#include "base/alloc.h"
#include "base/error.h"
#include "num/linalg.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { NEWTON_COLUMNS = 500, NEWTON_MOST = 8000 };

mien_status mi_learn_check(int64_t n, int p, const double *x, const char *what,
                           mien_error *err)
{
    for (int64_t i = 0; i < n; i++)
        for (int j = 0; j < p; j++) {
            double v = x[i * p + j];
            if (!(fabs(v) < 1e150))
                return mi_fail(err, MIEN_EFORMAT,
                               "learn: row %lld, %s %d: %s, wanted a number "
                               "below 1e150",
                               (long long)i, what, j,
                               isnan(v)   ? "not a number"
                               : isinf(v) ? "infinite"
                                          : "too large");
        }
    return MIEN_OK;
}

static int is_newton(const mien_logistic_options *o, int p)
{
    return o->solver == MIEN_SOLVER_NEWTON ||
           (o->solver == MIEN_SOLVER_AUTO && p <= NEWTON_COLUMNS);
}

/* What the options say is possible. */
static mien_status check_options(const mien_logistic_options *o, int p,
                                 mien_error *err)
{
    if (!(o->c > 0))
        return mi_fail(err, MIEN_EARG, "logistic: c is not above 0");
    if (!(o->tolerance > 0) || o->max_iterations < 1)
        return mi_fail(err, MIEN_EARG,
                       "logistic: tolerance or iterations not above 0");
    for (int c = 0; c < 2; c++)
        if (!(o->class_weight[c] >= 0) || isinf(o->class_weight[c]))
            return mi_fail(err, MIEN_EARG,
                           "logistic: the weight of class %d is negative or "
                           "infinite",
                           c);
    if (o->solver == MIEN_SOLVER_NEWTON && p > NEWTON_MOST)
        return mi_fail(err, MIEN_ELIMIT,
                       "logistic: %d columns, Newton takes %d at most", p,
                       NEWTON_MOST);
    return MIEN_OK;
}

/* The weight of a class, of the options or balanced over the rows. */
static mien_status class_weights(const mien_labelled *rows,
                                 const mien_logistic_options *o, double cw[2],
                                 mien_error *err)
{
    int64_t count[2] = {0, 0};
    for (int64_t i = 0; i < rows->n; i++) {
        if (rows->y[i] > 1)
            return mi_fail(err, MIEN_EFORMAT,
                           "logistic: row %lld: label %d, wanted 0 or 1",
                           (long long)i, rows->y[i]);
        count[rows->y[i]]++;
    }
    for (int c = 0; c < 2; c++) {
        if (!count[c])
            return mi_fail(err, MIEN_EFORMAT,
                           "logistic: all %lld labels are %d, wanted both",
                           (long long)rows->n, 1 - c);
        cw[c] = o->balanced ? (double)rows->n / (2 * (double)count[c])
                            : o->class_weight[c];
    }
    return MIEN_OK;
}

/* signed_w, weight and rate. */
static mien_status weigh(mi_logit *f, const mien_labelled *rows,
                         mien_error *err)
{
    double cw[2], sum[2] = {0, 0};
    mien_status st = class_weights(rows, f->options, cw, err);
    if (st != MIEN_OK)
        return st;
    for (int64_t i = 0; i < rows->n; i++) {
        double w = cw[rows->y[i]] * (rows->weight ? rows->weight[i] : 1);
        if (!(w >= 0) || isinf(w))
            return mi_fail(err, MIEN_EFORMAT,
                           "logistic: row %lld: the weight is negative or "
                           "not finite",
                           (long long)i);
        sum[rows->y[i]] += w;
        f->signed_w[i] = rows->y[i] ? w : -w;
    }
    f->weight = sum[0] + sum[1];
    f->rate = sum[1] / f->weight;
    if (!(sum[0] > 0 && sum[1] > 0) || isinf(f->weight))
        return mi_fail(err, MIEN_EFORMAT,
                       "logistic: the weights of one class sum to 0 or "
                       "all to infinity");
    return MIEN_OK;
}

/* Means and scales of the columns; the means stay in mean [p]. */
static mien_status scale(mi_logit *f, double *mean, mien_error *err)
{
    mi_design *d = &f->d;
    double lambda = 1 / (f->options->c * f->weight);
    double *deviation = f->penalty;
    mi_design_moments(d, mean, deviation);
    for (int j = 0; j < d->p; j++)
        if (!(fabs(mean[j]) < 1e150) || !isfinite(deviation[j]))
            return mi_learn_check(d->n, d->p, d->x, "column", err);
    for (int j = 0; j < d->p; j++) {
        double m = f->options->no_intercept || f->plain ? 0 : mean[j];
        double s = hypot(deviation[j], mean[j] - m);
        double t = sqrt(s * s + 4 * lambda);
        t = t > 0 && !f->plain ? t : 1;
        d->mean[j] = m;
        d->scale[j] = 1 / t;
        f->penalty[j] = lambda / t / t;
    }
    f->penalty[d->p] = 0;
    if (f->options->no_intercept)
        mi_design_no_ones(d);
    return MIEN_OK;
}

/* The start: the caller's, or the log-odds of the rate. */
static void begin(const mi_logit *f, double *gamma)
{
    const double *from = f->options->start;
    const mi_design *d = &f->d;
    int p = d->p;
    if (f->k > p && (from || !f->plain))
        gamma[p] = from ? from[p] : log(f->rate) - log1p(-f->rate);
    for (int j = 0; j < p && from; j++) {
        gamma[j] = f->keep[j] ? from[j] / d->scale[j] : 0;
        if (f->k > p && f->keep[j])
            gamma[p] += d->mean[j] * from[j];
    }
}

/* Standard errors from the factor of the Hessian; work [ld, ld]. */
static void errors(const mi_logit *f, const double *factor, double *work,
                   double *out)
{
    const mi_design *d = &f->d;
    int p = d->p, ld = d->ld;
    mi_cholesky_inverse(f->k, ld, factor, work);
    for (int j = 0; j < p; j++)
        if (f->keep[j])
            out[j] =
                sqrt(work[(ptrdiff_t)j * ld + j] / f->weight) * d->scale[j];
    if (f->k == p)
        return;
    double variance = 0;
    for (int i = 0; i <= p; i++) {
        double ci = i == p ? 1 : -d->mean[i] * d->scale[i] * f->keep[i];
        for (int j = 0; j <= p; j++) {
            double cj = j == p ? 1 : -d->mean[j] * d->scale[j] * f->keep[j];
            variance += ci * cj * work[(ptrdiff_t)i * ld + j];
        }
    }
    out[p] = sqrt(variance / f->weight);
}

/* Back from gamma to the columns as given. */
static void finish(const mi_logit *f, const double *gamma,
                   const mi_logit_end *end, mien_logistic *m)
{
    const mi_design *d = &f->d;
    m->intercept = f->k > d->p ? gamma[d->p] : 0;
    for (int j = 0; j < d->p; j++) {
        m->coef[j] = gamma[j] * d->scale[j];
        if (f->k > d->p)
            m->intercept -= d->mean[j] * m->coef[j];
        m->rank += f->keep[j];
    }
    m->rate = f->rate;
    m->loss = end->loss;
    m->gradient = end->gradient;
    m->iterations = end->iterations;
    m->converged = end->converged;
    m->separated = end->separated;
}

static mien_status model_new(int p, mien_logistic *m, mien_error *err)
{
    size_t n = (size_t)p;
    double *block = mi_alloc(3 * n + 1, sizeof *block);
    if (!block)
        return mi_fail(err, MIEN_ENOMEM, "logistic: %d columns", p);
    *m = (mien_logistic){.p = p, .coef = block};
    m->mean = block + n;
    m->error = block + 2 * n;
    for (int j = 0; j <= p; j++)
        m->error[j] = (double)NAN;
    return MIEN_OK;
}

mien_status mien_logistic_of(int p, const double *coef, double intercept,
                             mien_logistic *out, mien_error *err)
{
    assert(p > 0 && p <= MIEN_LEARN_MAX_COLUMNS);
    mien_logistic m;
    mien_status st = model_new(p, &m, err);
    if (st != MIEN_OK)
        return st;
    memcpy(m.coef, coef, (size_t)p * sizeof *coef);
    m.intercept = intercept;
    m.rate = m.loss = m.gradient = (double)NAN;
    m.rank = p;
    mien_logistic_done(out);
    *out = m;
    return MIEN_OK;
}

void mien_logistic_done(mien_logistic *m)
{
    if (!m)
        return;
    mi_free(m->coef);
    *m = (mien_logistic){0};
}

/* Minimise by the chosen method, then fill the model and its errors. */
static mien_status solve(mi_logit *f, int newton, double *work,
                         mien_logistic *m, mien_error *err)
{
    double *gamma = work, *factor = work + f->d.ld;
    mi_logit_end end;
    mien_status st;
    if (newton && isinf(f->options->c))
        mi_logit_find_dependent(f, gamma);
    begin(f, gamma);
    if (newton)
        st = mi_logit_newton(f, gamma, factor, &end, err);
    else
        st = mi_logit_lbfgs(f, gamma, &end, err);
    if (st != MIEN_OK)
        return st;
    finish(f, gamma, &end, m);
    if (newton && factor[0] > 0 && !end.separated)
        errors(f, factor, mi_logit_hessian(f), m->error);
    return MIEN_OK;
}

/* Everything but the solution: arrays of f in one block of doubles. */
static mien_status fit(const mien_labelled *rows,
                       const mien_logistic_options *o, double *work,
                       mi_logit *f, mien_logistic *m, mien_error *err)
{
    int newton = is_newton(o, rows->p);
    int64_t ld = f->d.ld, room = f->d.room;
    f->sum = work;
    f->penalty = work + room;
    f->signed_w = f->penalty + ld;
    f->k = rows->p + !o->no_intercept;
    memset(f->keep, 1, (size_t)ld);
    mien_status st = weigh(f, rows, err);
    if (st == MIEN_OK)
        st = scale(f, m->mean, err);
    if (st == MIEN_OK)
        st = solve(f, newton, f->signed_w + rows->n, m, err);
    return st;
}

static mien_status check_size(const mien_labelled *rows, mien_error *err)
{
    if (rows->n < 1 || rows->p < 1)
        return mi_fail(err, MIEN_EFORMAT,
                       "logistic: %lld rows of %d columns, wanted some",
                       (long long)rows->n, rows->p);
    if (rows->p > MIEN_LEARN_MAX_COLUMNS)
        return mi_fail(err, MIEN_ELIMIT, "logistic: %d columns, %d at most",
                       rows->p, MIEN_LEARN_MAX_COLUMNS);
    return MIEN_OK;
}

mien_status mien_logistic_fit(const mien_labelled *rows,
                              const mien_logistic_options *options,
                              mien_logistic *out, mien_error *err)
{
    mien_status st = check_size(rows, err);
    if (st == MIEN_OK)
        st = check_options(options, rows->p, err);
    if (st != MIEN_OK)
        return st;
    int newton = is_newton(options, rows->p);
    mi_logit f = {.options = options};
    f.plain = options->solver == MIEN_SOLVER_SCIKIT;
    mien_logistic m = {0};
    double *work = NULL;
    int64_t pad = rows->p + 8, cells = newton ? pad * pad : 0;
    st = mi_design_init(&f.d, rows->n, rows->p, rows->x,
                        MI_LOGIT_HEAD + 2 * pad + cells, options->pool, err);
    if (st != MIEN_OK)
        return st;
    int64_t ld = f.d.ld, size = f.d.room + 2 * ld + (newton ? ld * ld : 0);
    if ((uint64_t)rows->n < SIZE_MAX / 16)
        work = mi_alloc((size_t)(size + rows->n), sizeof *work);
    f.keep = mi_alloc((size_t)ld, 1);
    st = model_new(rows->p, &m, err);
    if (st == MIEN_OK && (!work || !f.keep))
        st = mi_fail(err, MIEN_ENOMEM, "logistic: %lld rows",
                     (long long)rows->n);
    if (st == MIEN_OK)
        st = fit(rows, options, work, &f, &m, err);
    mi_design_done(&f.d);
    mi_free(work);
    mi_free(f.keep);
    if (st != MIEN_OK) {
        mien_logistic_done(&m);
        return st;
    }
    mien_logistic_done(out);
    *out = m;
    return MIEN_OK;
}
