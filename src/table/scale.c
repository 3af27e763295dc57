/* scale.c: bring columns to like size, z = (x - centre) / scale.
 *
 * The centres and scales are those of scikit-learn's StandardScaler,
 * RobustScaler and MinMaxScaler.  A column counts as constant, and its scale is
 * 1, if its variance is no more than rounding makes of a constant:
 * n eps v + (n mean eps)^2 (standard), or its scale is below 10 eps (others).
 *
 * Reference: Chan, Golub, LeVeque 1983, on the error of a computed variance. */
#include "table/level.h"
#include "table/table.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"

#include <float.h>
#include <math.h>
#include <string.h>

typedef struct {
    mien_scale kind;
    int64_t n;
    int p;
    const double *x;
    const int64_t *rows;
    double *centre, *scale; /* [p] */
    mien_status *status;    /* [p] */
} scale_job;

static double or_one(double scale)
{
    return scale < 10 * DBL_EPSILON ? 1 : scale;
}

static void standard(const mien_moments *m, double *centre, double *scale)
{
    double v = mien_moments_variance(m, 0), n = (double)m->count;
    double of_mean = n * m->mean * DBL_EPSILON;
    *centre = m->mean;
    *scale = v <= n * DBL_EPSILON * v + of_mean * of_mean ? 1 : sqrt(v);
}

/* The centre and scale of column j by the kind of scaling. */
static void fit_column(void *arg, int j, int lane)
{
    (void)lane;
    const scale_job *job = arg;
    double *x = mi_alloc_raw((size_t)job->n, sizeof *x);
    int64_t count = 0;
    job->status[j] = x ? MIEN_OK : MIEN_ENOMEM;
    for (int64_t i = 0; x && i < job->n; i++)
        x[i] = job->x[mi_row_at(job->rows, i) * job->p + j];
    if (x && job->kind == MIEN_SCALE_ROBUST)
        job->status[j] = mien_sort(job->n, x, x, &count, NULL);
    mien_moments m = mien_moments_compute(x ? job->n : 0, x);
    job->centre[j] = 0;
    job->scale[j] = 1;
    if (m.count > 0 && job->kind == MIEN_SCALE_STANDARD)
        standard(&m, &job->centre[j], &job->scale[j]);
    if (m.count > 0 && job->kind == MIEN_SCALE_RANGE) {
        job->centre[j] = m.min;
        job->scale[j] = or_one(m.max - m.min);
    }
    if (m.count > 0 && job->kind == MIEN_SCALE_ROBUST) {
        job->centre[j] = mien_quantile_sorted(count, x, 0.5);
        job->scale[j] = or_one(mien_quantile_sorted(count, x, 0.75) -
                               mien_quantile_sorted(count, x, 0.25));
    }
    mi_free(x);
}

mien_status mien_scale_fit(mien_scale kind, int64_t n, int p, const double *x,
                           const int64_t *rows, mien_pool *pool, double *scaler,
                           mien_error *err)
{
    scale_job job = {.kind = kind, .n = n, .p = p, .x = x, .rows = rows};
    job.centre = mi_alloc((size_t)p, 2 * sizeof *job.centre);
    job.status = mi_alloc((size_t)p, sizeof *job.status);
    mien_status st = job.centre && job.status ? MIEN_OK : MIEN_ENOMEM;
    if (st == MIEN_OK) {
        job.scale = job.centre + p;
        mi_pool_run(pool, p, fit_column, &job);
    }
    for (int j = 0; j < p && st == MIEN_OK; j++)
        st = job.status[j];
    if (st == MIEN_OK && p > 0)
        memcpy(scaler, job.centre, 2 * (size_t)p * sizeof *scaler);
    mi_free(job.centre);
    mi_free(job.status);
    return st == MIEN_OK ? st : mi_no_memory(err);
}

void mien_scale_apply(int64_t n, int p, const double *scaler, double *x)
{
    for (int64_t i = 0; i < n; i++, x += p)
        for (int j = 0; j < p; j++)
            x[j] = (x[j] - scaler[j]) / scaler[p + j];
}
