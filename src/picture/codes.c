/* codes.c: where the codes of the training pictures lie: a mixture of normal
 * distributions.
 *
 * New faces are drawn from it rather than from the standard normal
 * distribution, which the codes fill only in part (P. Ghosh et al., From
 * Variational to Deterministic Autoencoders, ICLR 2020, section 4). */
#include "picture/picture.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

void mien_codes_free(mien_codes *c)
{
    if (!c)
        return;
    mien_mixture_free(&c->mixture);
    *c = (mien_codes){0};
}

mien_status mi_codes_limits(int64_t count, int64_t k, int64_t d,
                            mien_error *err)
{
    if (d >= 1 && d <= MIEN_CODES_MAX_UNITS && k >= 1 &&
        k <= MIEN_MIXTURE_MAX && count >= 1)
        return MIEN_OK;
    return mi_fail(err, MIEN_EFORMAT,
                   "codes: %lld distributions of %lld numbers, fitted on %lld "
                   "pictures: wanted 1 to %d, of 1 to %d, on 1 or more",
                   (long long)k, (long long)d, (long long)count,
                   MIEN_MIXTURE_MAX, MIEN_CODES_MAX_UNITS);
}

/* Are n numbers finite, and none less than that? */
static int is_good(int64_t n, const double *x, double least)
{
    int good = 1;
    for (int64_t i = 0; i < n; i++)
        good &= isfinite(x[i]) && x[i] >= least;
    return good;
}

mien_status mi_codes_check(const mien_codes *c, mien_error *err)
{
    const mien_mixture *m = &c->mixture;
    double sum = 0;
    if (!is_good(m->k, m->weight, 0) || !is_good(m->k * m->d, m->mean, -1e30) ||
        !is_good(m->k * m->d, m->variance, 1e-30))
        return mi_fail(err, MIEN_EFORMAT,
                       "codes: weights, means or variances are no lists of %d "
                       "distributions of %lld numbers",
                       m->k, (long long)m->d);
    for (int i = 0; i < m->k; i++)
        sum += m->weight[i];
    if (fabs(sum - 1) > 1e-6)
        return mi_fail(err, MIEN_EFORMAT,
                       "codes: the sum of the weights is %g, wanted 1", sum);
    return MIEN_OK;
}

/* A copy of n numbers; NULL: memory ended. */
static double *copy_of(size_t n, const double *x)
{
    double *copy = mi_alloc(n, sizeof *copy);
    if (copy)
        memcpy(copy, x, n * sizeof *copy);
    return copy;
}

mien_status mien_codes_copy(const mien_codes *c, mien_codes *out,
                            mien_error *err)
{
    const mien_mixture *m = &c->mixture;
    mien_status st = mi_codes_limits(c->count, m->k, m->d, err);
    if (!st)
        st = mi_codes_check(c, err);
    if (st)
        return st;
    size_t k = (size_t)m->k, all = k * (size_t)m->d;
    mien_codes made = {c->count, *m};
    made.mixture.weight = copy_of(k, m->weight);
    made.mixture.mean = copy_of(all, m->mean);
    made.mixture.variance = copy_of(all, m->variance);
    if (made.mixture.weight && made.mixture.mean && made.mixture.variance) {
        *out = made;
        return MIEN_OK;
    }
    mien_codes_free(&made);
    return mi_no_memory(err);
}
