/* compare.c: two tables, column by column and all at once. */
#include "dataset/drift.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the threads share. */
typedef struct work {
    const mien_table *t[2];
    const mien_drift_options *o;
    mien_drift *d;
    mien_status *status; /* [columns] */
} work;

static void texts_free(mien_drift_texts *t)
{
    for (int i = 0; i < t->shown; i++)
        mi_free(t->text[i]);
}

void mien_drift_free(mien_drift *d)
{
    if (!d)
        return;
    for (int i = 0; d->column && i < d->columns; i++) {
        mi_free(d->column[i].name);
        texts_free(&d->column[i].fresh);
        texts_free(&d->column[i].gone);
    }
    mi_free(d->column);
    *d = (mien_drift){0};
}

/* ---- which columns ------------------------------------------------------- */

static int is_dropped(const mien_drift_options *o, const char *name)
{
    for (int i = 0; i < o->drops; i++)
        if (strcmp(o->drop[i], name) == 0)
            return 1;
    return 0;
}

/* A column about which nothing is known yet. */
static mien_status add_column(mien_drift *d, const mien_column *from,
                              mien_error *err)
{
    const double no = (double)NAN;
    const mien_drift_figure none = {no, no, no};
    mien_drift_column *c = &d->column[d->columns];
    size_t n = strlen(from->name) + 1;
    *c = (mien_drift_column){.type = from->type,
                             .why = "",
                             .mean = {no, no},
                             .deviation = {no, no},
                             .mean_shift = none,
                             .distance = none,
                             .wasserstein = none,
                             .stability = no,
                             .association = no,
                             .missing_shift = no,
                             .p = no,
                             .adjusted = no};
    c->name = mi_alloc(n, 1);
    if (!c->name)
        return mi_no_memory(err);
    memcpy(c->name, from->name, n);
    d->columns++;
    return MIEN_OK;
}

/* Say that only one table has a column, or has it otherwise. */
static void mark(mien_drift_column *c, const char *why, mien_drift_level level)
{
    c->why = why;
    c->level = level;
}

/* Those of both tables, those of before that are gone, those that are new. */
static mien_status list_columns(const mien_table *const t[2],
                                const mien_drift_options *o, mien_drift *d,
                                mien_error *err)
{
    size_t n = (size_t)mien_table_columns(t[0]);
    d->column =
        mi_alloc(n + (size_t)mien_table_columns(t[1]) + 1, sizeof *d->column);
    mien_status st = d->column ? MIEN_OK : mi_no_memory(err);
    for (int s = 0; !st && s < 2; s++)
        for (int i = 0; !st && i < mien_table_columns(t[s]); i++) {
            mien_column c = mien_table_column(t[s], i);
            int other = mien_table_find(t[1 - s], c.name);
            if (is_dropped(o, c.name) || (s && other >= 0))
                continue;
            st = add_column(d, &c, err);
            if (st)
                return st;
            mien_drift_column *last = &d->column[d->columns - 1];
            if (other < 0)
                mark(last, s ? "new" : "gone",
                     s ? MIEN_DRIFT_UNJUDGED : MIEN_DRIFT_LARGE);
            else if (mien_table_column(t[1], other).type != c.type)
                mark(last, "of another type", MIEN_DRIFT_LARGE);
        }
    return st;
}

/* ---- a column ------------------------------------------------------------ */

/* Are a column's texts dates? */
static mien_status find_dates(const mien_table *t, int at, mien_drift_column *c,
                              mien_error *err)
{
    mien_column column = mien_table_column(t, at);
    mien_table *alone = NULL;
    mien_summary s = {0};
    if (column.type != MIEN_COLUMN_TEXT)
        return MIEN_OK;
    mien_status st =
        mien_table_new(mien_table_rows(t), 1, &column, &alone, err);
    if (!st)
        st = mien_table_describe(alone, 0, NULL, NULL, &s, err);
    if (!st && s.dates)
        mark(c, "dates", MIEN_DRIFT_UNJUDGED);
    mien_table_free(alone);
    return st;
}

/* The chance of a column: of its values and of those that are missing, twice
 * the smaller where both were tested. */
static void add_missing(const mi_drift_pair *p, mien_drift_column *c)
{
    c->missing_shift = mi_drift_share_shift(c->missing, p->rows);
    if (!c->missing[0] && !c->missing[1])
        return;
    double chance = mi_drift_share_p(c->missing, p->rows);
    c->p = isnan(c->p) ? chance : fmin(1, 2 * fmin(c->p, chance));
}

/* Everything about column i of the comparison. */
static mien_status compare_column(const work *w, int i, mien_error *err)
{
    mien_drift_column *c = &w->d->column[i];
    mi_drift_pair p = {.o = w->o, .seed = w->o->seed + (uint32_t)i};
    int at[2];
    for (int s = 0; s < 2; s++) {
        at[s] = mien_table_find(w->t[s], c->name);
        p.rows[s] = w->d->rows[s];
        if (at[s] < 0)
            continue;
        p.column[s] = mien_table_column(w->t[s], at[s]);
        c->missing[s] = p.column[s].missing;
        c->values[s] = p.rows[s] - c->missing[s];
    }
    if (*c->why)
        return MIEN_OK;
    mien_status st = find_dates(w->t[0], at[0], c, err);
    if (!st && !*c->why)
        st = c->type == MIEN_COLUMN_NUMBER ? mi_drift_numbers(&p, c, err)
                                           : mi_drift_texts(&p, c, err);
    if (!st && *c->why)
        c->level = MIEN_DRIFT_UNJUDGED;
    else if (!st)
        add_missing(&p, c);
    return st;
}

/* For the pool. */
static void run_column(void *arg, int i, int lane)
{
    const work *w = arg;
    (void)lane;
    w->status[i] = compare_column(w, i, NULL);
}

/* ---- all ----------------------------------------------------------------- */

/* For qsort: the worst first; where equal the farthest apart, then by name. */
static int by_level(const void *a, const void *b)
{
    const mien_drift_column *x = a, *y = b;
    int rank = mi_drift_rank(y->level) - mi_drift_rank(x->level);
    double at = isnan(x->distance.value) ? 2 : x->distance.value;
    double other = isnan(y->distance.value) ? 2 : y->distance.value;
    if (rank)
        return rank;
    return at != other ? (at < other) - (at > other) : strcmp(x->name, y->name);
}

/* Chances for all at once, levels, and the order. */
static mien_status judge(mien_drift *d, double alpha, mien_error *err)
{
    size_t n = (size_t)d->columns + 1;
    double *p = mi_alloc(n, 2 * sizeof *p), *adjusted = p ? p + n : NULL;
    if (!p)
        return mi_no_memory(err);
    for (int i = 0; i < d->columns; i++)
        p[i] = d->column[i].p;
    p[d->columns] = d->joint.p;
    mien_status st = mi_drift_adjust((int)n, p, adjusted, err);
    for (int i = 0; !st && i < d->columns; i++) {
        d->column[i].adjusted = adjusted[i];
        mi_drift_judge(&d->column[i], alpha);
    }
    if (!st) {
        d->joint.adjusted = adjusted[d->columns];
        mi_drift_judge_joint(&d->joint, alpha);
        qsort(d->column, (size_t)d->columns, sizeof *d->column, by_level);
    }
    mi_free(p);
    return st;
}

/* What is asked makes sense. */
static mien_status check(const mien_table *const t[2],
                         const mien_drift_options *o, mien_error *err)
{
    for (int s = 0; s < 2; s++)
        if (!mien_table_rows(t[s]))
            return mi_fail(err, MIEN_EFORMAT, "the table %s has no rows",
                           s ? "of now" : "of before");
    if (!(o->alpha > 0 && o->alpha < 1) || o->replicates < 20 ||
        o->replicates > 100000)
        return mi_fail(err, MIEN_EARG,
                       "alpha %g, %d replicates: wanted 0..1 and 20..100000",
                       o->alpha, o->replicates);
    for (int i = 0; i < o->drops; i++)
        if (mien_table_find(t[0], o->drop[i]) < 0 &&
            mien_table_find(t[1], o->drop[i]) < 0)
            return mi_fail(err, MIEN_EARG, "no column '%.60s' to leave out",
                           o->drop[i]);
    return MIEN_OK;
}

mien_status mien_dataset_compare(const mien_table *before,
                                 const mien_table *now,
                                 const mien_drift_options *options,
                                 mien_drift *out, mien_error *err)
{
    const mien_drift_options defaults = MIEN_DRIFT_DEFAULTS;
    const mien_drift_options *o = options ? options : &defaults;
    const double no = (double)NAN;
    mien_drift d = {
        .rows = {mien_table_rows(before), mien_table_rows(now)},
        .joint = {.why = "", .auc = {no, no, no}, .p = no, .adjusted = no}};
    work w = {.t = {before, now}, .o = o, .d = &d};
    mien_status st = check(w.t, o, err);
    if (!st)
        st = list_columns(w.t, o, &d, err);
    if (!st) {
        w.status = mi_alloc((size_t)d.columns + 1, sizeof *w.status);
        st = w.status ? MIEN_OK : mi_no_memory(err);
    }
    if (!st)
        mi_pool_run(o->pool, d.columns, run_column, &w);
    for (int i = 0; !st && i < d.columns; i++)
        if (w.status[i])
            st = mi_fail(err, w.status[i], "column %.60s cannot be compared%s",
                         d.column[i].name,
                         w.status[i] == MIEN_ENOMEM ? ": out of memory" : "");
    if (!st)
        st = mi_drift_joint(w.t, o, &d, err);
    if (!st)
        st = judge(&d, o->alpha, err);
    mi_free(w.status);
    if (st)
        mien_drift_free(&d);
    else
        *out = d;
    return st;
}
