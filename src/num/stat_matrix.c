/* stat_matrix.c: correlations of all pairs of columns.
 *
 * Each column is copied once as deviations from its mean (of its ranks, for
 * Spearman's), so that a pair without missing values costs one dot product.
 * A pair with missing values is computed apart, from the rows that have both.
 * Each pair is one task and one sum: threads change nothing. */
#include "mien/num.h"
#include "num/linalg.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"

#include <math.h>
#include <string.h>

typedef struct {
    mien_correlation kind;
    int64_t n;
    int p;
    const double *const *x;
    double *centred;     /* [p, n] */
    double *norm;        /* [p] root of the sum of squares */
    uint8_t *missing;    /* [p] the column has some */
    mien_status *status; /* [p] of the tasks */
    double *out;         /* [p, p] */
} matrix_job;

/* Column i as numbers or ranks, less its mean, with its norm. */
static void centre_column(void *arg, int i, int lane)
{
    (void)lane;
    matrix_job *job = arg;
    int64_t n = job->n;
    const double *x = job->x[i];
    double *to = job->centred + i * n;
    mien_moments m = mien_moments_compute(n, x);
    job->missing[i] = m.missing > 0;
    if (m.missing > 0)
        return;
    if (job->kind == MIEN_CORRELATION_SPEARMAN) {
        job->status[i] = mien_ranks(n, x, to, NULL);
        if (job->status[i] != MIEN_OK)
            return;
        m = mien_moments_compute(n, to);
        x = to;
    }
    for (int64_t r = 0; r < n; r++)
        to[r] = x[r] - m.mean;
    job->norm[i] = sqrt(m.m2);
}

/* The entry of a pair of which one has missing values. */
static mien_status apart(const matrix_job *job, int i, int j, double *out)
{
    const double *x = job->x[i], *y = job->x[j];
    if (job->kind == MIEN_CORRELATION_SPEARMAN)
        return mien_spearman(job->n, x, y, out, NULL);
    *out = job->kind == MIEN_COVARIANCE ? mien_covariance(job->n, x, y, 1)
                                        : mien_pearson(job->n, x, y);
    return MIEN_OK;
}

static double together(const matrix_job *job, int i, int j)
{
    double dot =
        mi_dot(job->n, job->centred + i * job->n, job->centred + j * job->n);
    if (job->kind == MIEN_COVARIANCE)
        return job->n > 1 ? dot / (double)(job->n - 1) : (double)NAN;
    double norm = job->norm[i] * job->norm[j];
    if (!(norm > 0))
        return (double)NAN;
    if (i == j)
        return 1;
    double r = dot / norm;
    return r > 1 ? 1 : r < -1 ? -1 : r;
}

/* Row i of the matrix, right of the diagonal, and its mirror. */
static void correlate_row(void *arg, int i, int lane)
{
    (void)lane;
    matrix_job *job = arg;
    for (int j = i; j < job->p && job->status[i] == MIEN_OK; j++) {
        double *at = &job->out[(int64_t)i * job->p + j];
        if (job->missing[i] || job->missing[j])
            job->status[i] = apart(job, i, j, at);
        else
            *at = together(job, i, j);
        job->out[(int64_t)j * job->p + i] = *at;
    }
}

static mien_status worst(const matrix_job *job)
{
    mien_status st = MIEN_OK;
    for (int i = 0; i < job->p && st == MIEN_OK; i++)
        st = job->status[i];
    return st;
}

mien_status mien_correlation_matrix(mien_correlation kind, int64_t n, int p,
                                    const double *const *x, mien_pool *pool,
                                    double *out, mien_error *err)
{
    size_t all = (size_t)p;
    matrix_job job = {.kind = kind, .n = n, .p = p, .x = x};
    if ((uint64_t)n <= SIZE_MAX / sizeof *job.centred / (all + 1))
        job.centred = mi_alloc_raw(all * (size_t)n, sizeof *job.centred);
    job.norm = mi_alloc(all, sizeof *job.norm);
    job.missing = mi_alloc(all, sizeof *job.missing);
    job.status = mi_alloc(all, sizeof *job.status);
    job.out = mi_alloc(all, all * sizeof *job.out);
    mien_status st = MIEN_ENOMEM;
    if (job.centred && job.norm && job.missing && job.status && job.out) {
        mi_pool_run(pool, p, centre_column, &job);
        st = worst(&job);
    }
    if (st == MIEN_OK) {
        mi_pool_run(pool, p, correlate_row, &job);
        st = worst(&job);
    }
    if (st == MIEN_OK)
        memcpy(out, job.out, all * all * sizeof *out);
    mi_free(job.centred);
    mi_free(job.norm);
    mi_free(job.missing);
    mi_free(job.status);
    mi_free(job.out);
    if (st != MIEN_OK)
        return mi_fail(err, st, "num: correlations of %d columns", p);
    return MIEN_OK;
}
