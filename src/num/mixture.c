/* mixture.c: mixtures of normal distributions by expectation and maximisation.
 *
 *   r_ik = w_k N(x_i; m_k, v_k) / sum_j w_j N(x_i; m_j, v_j)
 *   w_k = 1/n sum_i r_ik
 *   m_k = sum_i r_ik x_i / sum_i r_ik,  v_k = sum_i r_ik x_i^2 / ... - m_k^2
 *
 * in logarithms, so that rows far from all distributions count too.  Rows are
 * taken relative to the mean of all, so that little is lost in v_k.  Variances
 * do not fall below a share of those of all rows: a distribution that shrank to
 * one row would have an endless likelihood. */
#include "mien/num_mixture.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

void mien_mixture_free(mien_mixture *m)
{
    if (!m)
        return;
    mi_free(m->weight);
    mi_free(m->mean);
    mi_free(m->variance);
    *m = (mien_mixture){0};
}

/* A fit while it goes on. */
typedef struct fitting {
    int64_t n, d;
    const float *x;
    const mien_mixture_options *o;
    mien_mixture m;
    double *middle, *least;       /* [d] mean of all rows; floors */
    double *part, *sum, *squares; /* [k] of a row; [k, d] of a step */
    double *all;                  /* [k] sums of parts */
    double *far;                  /* [n] squared distance from the means */
} fitting;

/* ---- densities -------------------------------------------------------------
 */

/* log(w_k N(x; m_k, v_k)). */
static double log_part(const mien_mixture *m, int k, const float *x)
{
    const double log_two_pi = 1.8378770664093453;
    const double *mean = m->mean + k * m->d, *v = m->variance + k * m->d;
    double sum = 0, product = 1;
    if (!(m->weight[k] > 0))
        return -HUGE_VAL;
    for (int64_t j = 0; j < m->d; j++) {
        double e = (double)x[j] - mean[j];
        sum += e * e / v[j];
        product *= v[j];
        if (product < 1e-200 || product > 1e200) {
            sum += log(product);
            product = 1;
        }
    }
    return log(m->weight[k]) -
           (sum + log(product) + (double)m->d * log_two_pi) / 2;
}

/* The log density of a row; part [k] set to those of the distributions. */
static double log_density(const mien_mixture *m, const float *x, double *part)
{
    double top = -HUGE_VAL, sum = 0;
    for (int k = 0; k < m->k; k++) {
        part[k] = log_part(m, k, x);
        top = part[k] > top ? part[k] : top;
    }
    for (int k = 0; k < m->k; k++)
        sum += exp(part[k] - top);
    return sum > 0 ? top + log(sum) : -HUGE_VAL;
}

double mien_mixture_log_density(const mien_mixture *m, const float *x)
{
    double part[MIEN_MIXTURE_MAX];
    return log_density(m, x, part);
}

/* ---- how it begins ---------------------------------------------------------
 */

/* Mean and floors of all rows; each distribution begins as wide as they are. */
static void measure(fitting *f)
{
    for (int64_t j = 0; j < f->d; j++) {
        double sum = 0, squares = 0;
        for (int64_t i = 0; i < f->n; i++)
            sum += (double)f->x[i * f->d + j];
        f->middle[j] = sum / (double)f->n;
        for (int64_t i = 0; i < f->n; i++) {
            double e = (double)f->x[i * f->d + j] - f->middle[j];
            squares += e * e;
        }
        double variance = fmax(squares / (double)f->n, 1e-12);
        f->least[j] = fmax(f->o->floor * variance, 1e-12);
        for (int k = 0; k < f->m.k; k++)
            f->m.variance[k * f->d + j] = variance;
    }
}

/* A row, drawn by the squares of its distances from the means so far. */
static int64_t draw_far(const fitting *f, mien_random *random)
{
    double all = 0;
    for (int64_t i = 0; i < f->n; i++)
        all += f->far[i];
    double at = mien_random_unit(random) * all;
    for (int64_t i = 0; i < f->n; i++) {
        at -= f->far[i];
        if (at < 0)
            return i;
    }
    return f->n - 1;
}

/* Means at rows that are far from each other, by the widths of all. */
static void place_means(fitting *f)
{
    mien_random random;
    mien_random_init(&random, f->o->seed);
    for (int64_t i = 0; i < f->n; i++)
        f->far[i] = 1;
    for (int k = 0; k < f->m.k; k++) {
        const float *from = f->x + draw_far(f, &random) * f->d;
        f->m.weight[k] = 1.0 / f->m.k;
        for (int64_t j = 0; j < f->d; j++)
            f->m.mean[k * f->d + j] = (double)from[j];
        for (int64_t i = 0; i < f->n; i++) {
            double sum = 0;
            for (int64_t j = 0; j < f->d; j++) {
                double e = (double)f->x[i * f->d + j] - (double)from[j];
                sum += e * e / f->m.variance[j];
            }
            f->far[i] = k && f->far[i] < sum ? f->far[i] : sum;
        }
    }
}

/* ---- a step ----------------------------------------------------------------
 */

/* Each row's share in the distributions, summed; the mean log likelihood. */
static double expect(fitting *f)
{
    size_t all = (size_t)f->m.k * (size_t)f->d;
    double likelihood = 0;
    memset(f->sum, 0, all * sizeof *f->sum);
    memset(f->squares, 0, all * sizeof *f->squares);
    memset(f->all, 0, (size_t)f->m.k * sizeof *f->all);
    for (int64_t i = 0; i < f->n; i++) {
        const float *x = f->x + i * f->d;
        double density = log_density(&f->m, x, f->part);
        likelihood += density;
        for (int k = 0; k < f->m.k; k++) {
            double r = exp(f->part[k] - density);
            f->all[k] += r;
            for (int64_t j = 0; j < f->d && r > 1e-12; j++) {
                double e = (double)x[j] - f->middle[j];
                f->sum[k * f->d + j] += r * e;
                f->squares[k * f->d + j] += r * e * e;
            }
        }
    }
    return likelihood / (double)f->n;
}

/* Weights, means and variances of those sums. */
static void maximise(fitting *f)
{
    for (int k = 0; k < f->m.k; k++) {
        f->m.weight[k] = f->all[k] / (double)f->n;
        for (int64_t j = 0; j < f->d && f->all[k] > 1e-9; j++) {
            int64_t at = k * f->d + j;
            double e = f->sum[at] / f->all[k];
            double v = f->squares[at] / f->all[k] - e * e;
            f->m.mean[at] = f->middle[j] + e;
            f->m.variance[at] = v > f->least[j] ? v : f->least[j];
        }
    }
}

/* Steps until little is won; how many. */
static int climb(fitting *f, double *likelihood)
{
    double before = expect(f);
    int step = 0;
    for (;; step++) {
        if (likelihood)
            likelihood[step] = before;
        if (step == f->o->steps)
            return step;
        maximise(f);
        double now = expect(f);
        int enough = now - before <= f->o->least;
        before = now;
        if (enough) {
            if (likelihood)
                likelihood[step + 1] = now;
            return step + 1;
        }
    }
}

/* ---- all -------------------------------------------------------------------
 */

/* Refuse what cannot be fitted. */
static mien_status check(const fitting *f, mien_error *err)
{
    const mien_mixture_options *o = f->o;
    if (f->n < 1 || f->d < 1 || o->k < 1 || o->k > MIEN_MIXTURE_MAX ||
        o->k > f->n || o->steps < 0 || !(o->floor >= 0 && o->floor <= 1))
        return mi_fail(err, MIEN_EARG,
                       "a mixture of %d distributions of %lld rows of %lld "
                       "numbers, %d steps, variances from %g up: wanted 1 to "
                       "%d distributions and no more than rows, shares of 0..1",
                       o->k, (long long)f->n, (long long)f->d, o->steps,
                       o->floor, MIEN_MIXTURE_MAX);
    for (int64_t i = 0; i < f->n * f->d; i++)
        if (!isfinite(f->x[i]))
            return mi_fail(err, MIEN_EARG,
                           "a mixture: number %lld of row %lld is %g, wanted "
                           "finite numbers",
                           (long long)(i % f->d + 1), (long long)(i / f->d + 1),
                           (double)f->x[i]);
    return MIEN_OK;
}

mien_status mien_mixture_fit(int64_t n, int64_t d, const float *x,
                             const mien_mixture_options *options,
                             mien_mixture *out, double *likelihood, int *taken,
                             mien_error *err)
{
    static const mien_mixture_options usual = MIEN_MIXTURE_DEFAULTS;
    fitting f = {.n = n, .d = d, .x = x, .o = options ? options : &usual};
    mien_status st = check(&f, err);
    if (st)
        return st;
    size_t k = (size_t)f.o->k, all = k * (size_t)d;
    f.m.k = f.o->k;
    f.m.d = d;
    f.m.weight = mi_alloc(k, sizeof(double));
    f.m.mean = mi_alloc(all, sizeof(double));
    f.m.variance = mi_alloc(all, sizeof(double));
    f.middle = mi_alloc((size_t)d, 2 * sizeof(double));
    f.part = mi_alloc(2 * k + 2 * all + (size_t)n, sizeof(double));
    if (f.m.weight && f.m.mean && f.m.variance && f.middle && f.part) {
        f.least = f.middle + d;
        f.all = f.part + k;
        f.sum = f.all + k;
        f.squares = f.sum + all;
        f.far = f.squares + all;
        measure(&f);
        place_means(&f);
        int steps = climb(&f, likelihood);
        if (taken)
            *taken = steps;
    } else {
        st = mi_no_memory(err);
    }
    mi_free(f.middle);
    mi_free(f.part);
    if (st)
        mien_mixture_free(&f.m);
    else
        *out = f.m;
    return st;
}

void mien_mixture_draw(const mien_mixture *m, mien_random *random, float *out)
{
    double at = mien_random_unit(random);
    int k = 0;
    while (k < m->k - 1 && at >= m->weight[k])
        at -= m->weight[k++];
    while (k > 0 && !(m->weight[k] > 0))
        k--;
    for (int64_t j = 0; j < m->d; j++)
        out[j] =
            (float)(m->mean[k * m->d + j] + sqrt(m->variance[k * m->d + j]) *
                                                mien_random_normal(random));
}
