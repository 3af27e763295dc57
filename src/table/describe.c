/* describe.c: one line about each column, and correlations.
 *
 * A column of numbers is gathered and sorted once; quantiles and the number of
 * distinct values come from the sorted values.  Columns are shared among
 * threads; each is computed by one. */
#include "mien/table_dates.h"
#include "table/level.h"
#include "table/table.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"

#include <math.h>

typedef struct {
    const mien_table *t;
    int64_t n;
    const int64_t *rows;
    mien_summary *out;   /* [columns] */
    mien_status *status; /* [columns] */
} describe_job;

/* Moments, quartiles and counts of a column of numbers. */
static mien_status describe_numbers(const describe_job *job,
                                    const mien_column *c, mien_summary *out)
{
    double *x = mi_alloc_raw((size_t)job->n, sizeof *x);
    if (!x)
        return MIEN_ENOMEM;
    for (int64_t i = 0; i < job->n; i++)
        x[i] = c->number[mi_row_at(job->rows, i)];
    mien_moments m = mien_moments_compute(job->n, x);
    int64_t count;
    mien_status st = mien_sort(job->n, x, x, &count, NULL);
    if (st == MIEN_OK) {
        out->count = count;
        out->missing = m.missing;
        out->mean = m.mean;
        out->deviation = mien_moments_deviation(&m, 1);
        out->min = m.min;
        out->q25 = mien_quantile_sorted(count, x, 0.25);
        out->median = mien_quantile_sorted(count, x, 0.5);
        out->q75 = mien_quantile_sorted(count, x, 0.75);
        out->max = m.max;
    }
    for (int64_t i = 0; i < count && st == MIEN_OK; i++) {
        out->distinct += i == 0 || x[i] != x[i - 1];
        out->infinite += isinf(x[i]) != 0;
    }
    mi_free(x);
    return st;
}

/* Counts and the most frequent value of a column of texts. */
static mien_status describe_texts(const describe_job *job, const mien_column *c,
                                  mien_summary *out)
{
    mi_levels l;
    mien_status st = mi_levels_find(c, job->n, job->rows, INT64_MAX, &l, NULL);
    if (st != MIEN_OK)
        return st;
    for (int64_t i = 0; i < l.count; i++) {
        out->count += l.size[i];
        if (l.size[i] <= out->frequency)
            continue;
        out->frequency = l.size[i];
        out->top = c->text[l.first[i]];
    }
    out->missing = job->n - out->count;
    out->distinct = l.count;
    mi_levels_done(&l);
    return MIEN_OK;
}

/* The dates of a column of texts, if all are. */
static mien_status describe_dates(const describe_job *job, int column,
                                  mien_summary *out)
{
    mien_dates d = {0};
    mien_status st = mien_dates_read(job->t, column, MIEN_DATE_ANY, &d, NULL);
    if (st)
        return st == MIEN_ENOMEM ? st : MIEN_OK;
    st = mien_dates_describe(&d, job->n, job->rows, &out->date, NULL);
    out->dates = st == MIEN_OK;
    mien_dates_free(&d);
    return st;
}

/* Summarise column i. */
static void describe_column(void *arg, int i, int lane)
{
    (void)lane;
    const describe_job *job = arg;
    const double none = (double)NAN;
    mien_column c = mien_table_column(job->t, i);
    job->out[i] = (mien_summary){.mean = none,
                                 .deviation = none,
                                 .min = none,
                                 .q25 = none,
                                 .median = none,
                                 .q75 = none,
                                 .max = none};
    job->status[i] = c.number ? describe_numbers(job, &c, &job->out[i])
                              : describe_texts(job, &c, &job->out[i]);
    if (c.text && job->status[i] == MIEN_OK)
        job->status[i] = describe_dates(job, i, &job->out[i]);
}

mien_status mien_table_describe(const mien_table *t, int64_t n,
                                const int64_t *rows, mien_pool *pool,
                                mien_summary *out, mien_error *err)
{
    size_t columns = (size_t)t->columns;
    describe_job job = {t, rows ? n : t->rows, rows, NULL, NULL};
    job.out = mi_alloc(columns, sizeof *job.out);
    job.status = mi_alloc(columns, sizeof *job.status);
    mien_status st = job.out && job.status ? MIEN_OK : MIEN_ENOMEM;
    if (st == MIEN_OK)
        mi_pool_run(pool, t->columns, describe_column, &job);
    for (int i = 0; i < t->columns && st == MIEN_OK; i++)
        st = job.status[i];
    for (int i = 0; i < t->columns && st == MIEN_OK; i++)
        out[i] = job.out[i];
    mi_free(job.out);
    mi_free(job.status);
    return st == MIEN_OK ? st : mi_no_memory(err);
}

mien_status mien_table_correlate(const mien_table *t, mien_correlation kind,
                                 int k, const int *columns, mien_pool *pool,
                                 double *out, mien_error *err)
{
    const double **x = mi_alloc((size_t)k, sizeof *x);
    mien_status st = x ? MIEN_OK : mi_no_memory(err);
    for (int i = 0; i < k && st == MIEN_OK; i++) {
        mien_column c = mien_table_column(t, columns[i]);
        x[i] = c.number;
        if (!c.number)
            st = mi_fail(err, MIEN_EARG,
                         "table: column '%.80s' holds texts, wanted numbers",
                         c.name);
    }
    if (st == MIEN_OK)
        st = mien_correlation_matrix(kind, t->rows, k, x, pool, out, err);
    mi_free(x);
    return st;
}
