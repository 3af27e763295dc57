/* describe.c: what the table of a study is, in words. */
#include "study/study.h"

#include "base/alloc.h"

#include <string.h>

static void describe_part(const mien_study *s, const char *name, int64_t n,
                          const int64_t *sample, mien_buffer *out)
{
    int64_t ones = 0;
    for (int64_t i = 0; i < n; i++)
        ones += mi_study_label(s, sample[i]);
    mien_buffer_printf(out, "  %-11s %8lld rows, %6lld events (%.3f %%)\n",
                       name, (long long)n, (long long)ones,
                       100 * (double)ones / (double)(n ? n : 1));
}

/* Rows, parts and columns. */
static void put_facts(const mien_study *s, const char *name, mien_buffer *out)
{
    const mien_recipe *r = &s->o.recipe;
    mien_buffer_printf(out, "%s: %lld rows, %d columns, label %s = %s\n", name,
                       (long long)mien_table_rows(s->given),
                       mien_table_columns(s->given), r->label,
                       s->classes.name[1]);
    if (r->ahead)
        mien_buffer_printf(
            out, "  shifted by %d: %lld rows left, %lld of them labelled\n",
            r->ahead, (long long)s->rows, (long long)s->events);
    if (r->window > 1)
        mien_buffer_printf(out, "  %lld windows of %d rows\n",
                           (long long)s->samples, r->window);
    describe_part(s, "training", s->split.trains, s->split.train, out);
    describe_part(s, "validation", s->split.valids, s->split.valid, out);
    describe_part(s, "test", s->split.tests, s->split.test, out);
    mien_buffer_printf(out,
                       "  split %s%s, seed %lld; %d inputs of %d columns\n",
                       r->time         ? "in the order of "
                       : s->o.honest   ? "in the order of time"
                       : s->stratified ? "at random within classes"
                                       : "at random",
                       r->time ? r->time : "", (long long)s->o.seed,
                       s->width * r->window, s->encoder->columns);
    if (s->o.honest)
        mien_buffer_printf(out, "  %lld rows purged between parts\n",
                           (long long)s->o.purge);
    for (int i = 0; i < s->encoder->notes; i++)
        mien_buffer_printf(out, "  column %s left out: %s\n",
                           s->encoder->note[i].name, s->encoder->note[i].why);
}

/* Columns that tell the label alone. */
static void put_leaks(const mien_study *s, mien_buffer *out)
{
    int n = mien_table_columns(s->t);
    mien_leak *leak = mi_alloc((size_t)n, sizeof *leak);
    int known =
        leak && !mien_table_leaks(s->t, s->label, s->y, s->o.pool, leak, NULL);
    out->failed |= !known;
    for (int i = 0; known && i < n; i++)
        if (leak[i].flag && i != s->label)
            mien_buffer_printf(
                out,
                "  warning: column %s tells the label alone (AUC "
                "%.3f): a leak?\n",
                mien_table_column(s->t, i).name, leak[i].auc);
    mi_free(leak);
}

/* Parts that have too few events to say much. */
static void put_few(const mien_study *s, const char *name, int64_t n,
                    const int64_t *sample, mien_buffer *out)
{
    int64_t ones = 0;
    for (int64_t i = 0; i < n; i++)
        ones += mi_study_label(s, sample[i]);
    if (ones < MIEN_VERDICT_FEW)
        mien_buffer_printf(out,
                           "  warning: the %s part has %lld event%s: its "
                           "figures say little\n",
                           name, (long long)ones, ones == 1 ? "" : "s");
}

/* How many of some samples stand among others too, by the columns that are
 * learned from and the label. */
static mien_status count_common(const mien_study *s, int events,
                                const mien_row_list *train, int64_t *rows,
                                int64_t *count, int64_t *all)
{
    int n = s->encoder->columns;
    int *column = mi_alloc((size_t)n + 1, sizeof *column);
    mien_row_list test = {0, rows};
    for (int64_t i = 0; i < s->split.tests; i++)
        if (!events || mi_study_label(s, s->split.test[i]))
            rows[test.n++] = s->end[s->split.test[i]];
    for (int i = 0; column && i < n; i++)
        column[i] = mien_table_find(s->t, s->encoder->column[i].name);
    if (column)
        column[n] = s->label;
    *all = test.n;
    mien_status st = column ? mien_table_common_rows(s->t, n + 1, column,
                                                     *train, test, count, NULL)
                            : MIEN_ENOMEM;
    mi_free(column);
    return st;
}

/* Rows of the test part that were learned from: a table that was resampled as a
 * whole has them. */
static void put_common(const mien_study *s, mien_buffer *out)
{
    int64_t *rows = mi_alloc((size_t)s->samples + 1, sizeof *rows);
    int64_t *learned = mi_alloc((size_t)s->samples + 1, sizeof *learned);
    const mien_row_list train = {s->split.trains, learned};
    int64_t count[2] = {0, 0}, all[2] = {0, 0};
    int known = rows && learned;
    for (int64_t i = 0; known && i < s->split.trains; i++)
        learned[i] = s->end[s->split.train[i]];
    for (int k = 0; known && k < 2; k++)
        known = !count_common(s, k, &train, rows, &count[k], &all[k]);
    out->failed |= !known;
    if (known && (count[0] * 100 > all[0] || count[1] * 20 > all[1]))
        mien_buffer_printf(
            out,
            "  warning: %lld of the test part's %lld rows, %lld of its %lld "
            "events, stand in the training part too: figures are flattering if "
            "the table was resampled as a whole\n",
            (long long)count[0], (long long)all[0], (long long)count[1],
            (long long)all[1]);
    mi_free(rows);
    mi_free(learned);
}

void mi_study_describe(const mien_study *s, const char *name, mien_buffer *out)
{
    put_facts(s, name, out);
    put_leaks(s, out);
    put_few(s, "training", s->split.trains, s->split.train, out);
    put_few(s, "validation", s->split.valids, s->split.valid, out);
    put_few(s, "test", s->split.tests, s->split.test, out);
    put_common(s, out);
    mi_study_put_made(s, out);
    if (!s->o.honest && s->o.recipe.window > 1)
        mien_buffer_puts(
            out, "  warning: windows overlap across a random split: the "
                 "test is not independent; use --honest\n");
    if (!s->o.honest && s->o.recipe.ahead)
        mien_buffer_puts(
            out, "  warning: rows of one time fall into all parts of a "
                 "random split: figures are flattering; see --honest\n");
}

void mien_study_describe(const mien_study *s, mien_buffer *out)
{
    mi_study_describe(s, s->o.name, out);
}

const char *mi_study_table_name(const mien_study *s)
{
    const char *slash = strrchr(s->o.name, '/');
    return slash && slash[1] ? slash + 1 : s->o.name;
}
