/* quality.c: what a person should know of each column. */
#include "table/level.h"
#include "table/table.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"

#include <math.h>

typedef struct {
    const mien_table *t;
    mien_column_quality *out; /* [columns] */
    uint64_t *hash;           /* [columns] of all values */
    mien_status *status;      /* [columns] */
} check_job;

static int compare(const mien_column *c, int64_t i, int64_t j)
{
    if (c->text)
        return mi_text_compare(c->text[i], c->text[j]);
    return (c->number[i] > c->number[j]) - (c->number[i] < c->number[j]);
}

static int order_of(const mien_column *c, int64_t n)
{
    int rises = 0, falls = 0;
    for (int64_t i = 1; i < n && !(rises && falls); i++) {
        int order = compare(c, i, i - 1);
        rises |= order > 0;
        falls |= order < 0;
    }
    return rises - falls;
}

/* Count what is missing, distinct, infinite and in order in column i. */
static void check_column(void *arg, int i, int lane)
{
    (void)lane;
    const check_job *job = arg;
    int64_t n = job->t->rows, most = 0;
    mien_column c = mien_table_column(job->t, i);
    mi_levels l;
    job->status[i] = mi_levels_find(&c, n, NULL, INT64_MAX, &l, NULL);
    if (job->status[i] != MIEN_OK)
        return;
    mien_column_quality q = {.missing = c.missing, .copy_of = -1};
    q.distinct = l.count;
    for (int64_t k = 0; k < l.count; k++)
        most = l.size[k] > most ? l.size[k] : most;
    int64_t values = n - c.missing;
    q.most = values ? (double)most / (double)values : (double)NAN;
    q.constant = l.count == 0 || (l.count == 1 && c.missing == 0);
    q.near_constant = !q.constant && q.most >= MIEN_NEAR_CONSTANT;
    q.id_like = c.text && l.count == values && values > 2;
    q.order = q.constant || c.missing ? 0 : order_of(&c, n);
    mi_levels_done(&l);
    uint64_t hash = (uint64_t)c.type;
    for (int64_t r = 0; r < n; r++) {
        q.infinite += c.number && isinf(c.number[r]);
        hash = mi_value_hash(hash, &c, r);
    }
    job->hash[i] = hash;
    job->out[i] = q;
}

static int same_columns(const mien_column *a, const mien_column *b, int64_t n)
{
    if (a->type != b->type)
        return 0;
    for (int64_t r = 0; r < n; r++)
        if (!mi_value_same(a, r, b, r))
            return 0;
    return 1;
}

static void find_copies(const check_job *job)
{
    const mien_table *t = job->t;
    for (int i = 0; i < t->columns; i++) {
        mien_column a = mien_table_column(t, i);
        for (int j = 0; j < i && !job->out[i].constant; j++) {
            mien_column b = mien_table_column(t, j);
            if (job->hash[i] != job->hash[j] || !same_columns(&a, &b, t->rows))
                continue;
            job->out[i].copy_of = j;
            break;
        }
    }
}

mien_status mien_table_check(const mien_table *t, mien_pool *pool,
                             mien_column_quality *out, mien_error *err)
{
    size_t n = (size_t)t->columns;
    check_job job = {.t = t};
    job.out = mi_alloc(n, sizeof *job.out);
    job.hash = mi_alloc(n, sizeof *job.hash);
    job.status = mi_alloc(n, sizeof *job.status);
    mien_status st = job.out && job.hash && job.status ? MIEN_OK : MIEN_ENOMEM;
    if (st == MIEN_OK)
        mi_pool_run(pool, t->columns, check_column, &job);
    for (int i = 0; i < t->columns && st == MIEN_OK; i++)
        st = job.status[i];
    if (st == MIEN_OK)
        find_copies(&job);
    for (int i = 0; i < t->columns && st == MIEN_OK; i++)
        out[i] = job.out[i];
    mi_free(job.out);
    mi_free(job.hash);
    mi_free(job.status);
    return st == MIEN_OK ? st : mi_no_memory(err);
}
