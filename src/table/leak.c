/* leak.c: columns that know the label, and splits that mix times.
 *
 * AUC by ranks (Mann, Whitney):  (R1 - n1 (n1 + 1) / 2) / (n1 n0),  R1 the sum
 * of the ranks of the positives, ties sharing theirs.
 *
 * A text is scored by the rate of positives (s + r) / (n + 1), where s of the n
 * rows of its level and of the other parity are positive, and r is the rate of
 * all rows: a level that the other half has not scores r, so that names do not
 * predict themselves. */
#include "table/level.h"
#include "table/table.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"

#include <math.h>

mien_status mien_rank_auc(int64_t n, const double *score, const uint8_t *y,
                          double *out, mien_error *err)
{
    double *rank = mi_alloc_raw((size_t)n, sizeof *rank);
    mien_status st = rank ? mien_ranks(n, score, rank, err) : mi_no_memory(err);
    double ones = 0, zeros = 0, sum = 0;
    for (int64_t i = 0; i < n && st == MIEN_OK; i++) {
        if (isnan(rank[i]))
            continue;
        ones += y[i] != 0;
        zeros += y[i] == 0;
        sum += y[i] ? rank[i] : 0;
    }
    mi_free(rank);
    if (st == MIEN_OK)
        *out = ones > 0 && zeros > 0
                   ? (sum - ones * (ones + 1) / 2) / (ones * zeros)
                   : (double)NAN;
    return st;
}

typedef struct {
    const mien_table *t;
    int label;
    const uint8_t *y;
    double rate, positives; /* of all rows */
    mien_leak *out;         /* [columns] */
    mien_status *status;    /* [columns] */
} leak_job;

/* Rows and positives of a level, by parity. */
typedef struct {
    double rows[2], ones[2];
} tally;

/* The level with most positives among those of the greatest purity, where a
 * level counts if it holds a hundredth of the positives. */
static void find_purest(const leak_job *job, const mien_column *c,
                        const mi_levels *l, const tally *of, mien_leak *leak)
{
    double best = -1;
    for (int64_t k = 0; k < l->count; k++) {
        double ones = of[k].ones[0] + of[k].ones[1];
        double purity = ones / (double)l->size[k];
        if (ones <= 0 || ones < 0.01 * job->positives || purity < best ||
            (purity == best && ones <= leak->share * job->positives))
            continue;
        best = purity;
        leak->level = c->text[l->first[k]];
        leak->purity = purity;
        leak->share = ones / job->positives;
    }
}

/* Score each row by the rate of its level in the other half of the rows. */
static mien_status score_texts(const leak_job *job, const mien_column *c,
                               mien_leak *leak)
{
    int64_t n = job->t->rows;
    mi_levels l;
    mien_status st = mi_levels_find(c, n, NULL, INT64_MAX, &l, NULL);
    if (st != MIEN_OK)
        return st;
    tally *of = mi_alloc((size_t)l.count, sizeof *of);
    double *score = mi_alloc_raw((size_t)n, sizeof *score);
    st = of && score ? MIEN_OK : MIEN_ENOMEM;
    for (int64_t i = 0; i < n && st == MIEN_OK; i++) {
        if (l.of[i] < 0)
            continue;
        of[l.of[i]].rows[i & 1]++;
        of[l.of[i]].ones[i & 1] += job->y[i];
    }
    for (int64_t i = 0; i < n && st == MIEN_OK; i++) {
        const tally *level = l.of[i] < 0 ? NULL : &of[l.of[i]];
        int half = !(i & 1);
        score[i] =
            level ? (level->ones[half] + job->rate) / (level->rows[half] + 1)
                  : (double)NAN;
    }
    if (st == MIEN_OK)
        st = mien_rank_auc(n, score, job->y, &leak->auc, NULL);
    if (st == MIEN_OK) {
        find_purest(job, c, &l, of, leak);
        leak->flag = leak->auc >= MIEN_LEAK_AUC ||
                     (leak->purity >= MIEN_LEAK_AUC && leak->share >= 0.5);
    }
    mi_free(of);
    mi_free(score);
    mi_levels_done(&l);
    return st;
}

/* The column has one value for each class. */
static int is_copy(const leak_job *job, const mien_column *c)
{
    int64_t row[2] = {-1, -1};
    for (int64_t i = 0; i < job->t->rows; i++) {
        int k = job->y[i] != 0;
        if (mi_value_missing(c, i))
            return 0;
        if (row[k] < 0)
            row[k] = i;
        if (!mi_value_same(c, i, c, row[k]))
            return 0;
    }
    return row[0] >= 0 && row[1] >= 0 && !mi_value_same(c, row[0], c, row[1]);
}

/* How well column i alone tells the label. */
static void score_column(void *arg, int i, int lane)
{
    (void)lane;
    const leak_job *job = arg;
    mien_leak leak = {.auc = (double)NAN};
    mien_column c = mien_table_column(job->t, i);
    job->status[i] = MIEN_OK;
    if (i != job->label && c.text)
        job->status[i] = score_texts(job, &c, &leak);
    if (i != job->label && c.number) {
        job->status[i] =
            mien_rank_auc(job->t->rows, c.number, job->y, &leak.auc, NULL);
        leak.flag = fmax(leak.auc, 1 - leak.auc) >= MIEN_LEAK_AUC;
    }
    leak.copy = i != job->label && is_copy(job, &c);
    leak.flag |= leak.copy;
    job->out[i] = leak;
}

mien_status mien_table_leaks(const mien_table *t, int label, const uint8_t *y,
                             mien_pool *pool, mien_leak *out, mien_error *err)
{
    size_t n = (size_t)t->columns;
    leak_job job = {.t = t, .label = label, .y = y};
    for (int64_t i = 0; i < t->rows; i++)
        job.positives += y[i];
    job.rate = t->rows ? job.positives / (double)t->rows : 0;
    job.out = mi_alloc(n, sizeof *job.out);
    job.status = mi_alloc(n, sizeof *job.status);
    mien_status st = job.out && job.status ? MIEN_OK : MIEN_ENOMEM;
    if (st == MIEN_OK)
        mi_pool_run(pool, t->columns, score_column, &job);
    for (int i = 0; i < t->columns && st == MIEN_OK; i++)
        st = job.status[i];
    for (int i = 0; i < t->columns && st == MIEN_OK; i++)
        out[i] = job.out[i];
    mi_free(job.out);
    mi_free(job.status);
    return st == MIEN_OK ? st : mi_no_memory(err);
}

double mien_split_mixed(int64_t n, const double *train, int64_t m,
                        const double *test)
{
    double last = -HUGE_VAL;
    int64_t before = 0;
    for (int64_t i = 0; i < n; i++)
        last = fmax(last, train[i]);
    for (int64_t i = 0; i < m; i++)
        before += test[i] < last;
    return m > 0 ? (double)before / (double)m : 0;
}
