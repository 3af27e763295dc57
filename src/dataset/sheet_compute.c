/* sheet_compute.c: what a table tells of itself, for its sheet. */
#include "dataset/sheet.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/fields.h"
#include "mien/table_dates.h"

#include <math.h>
#include <string.h>

enum { COLUMNS_SHOWN = 40, GROUPS_MAX = 1000, GROUPS_SHOWN = 30 };

/* What is worked out of a table. */
typedef struct facts {
    const mien_table *t;
    int64_t rows;
    int columns;
    mien_summary *summary;        /* [columns] */
    mien_column_quality *quality; /* [columns] */
    int64_t twice;                /* rows that stood before */
    mi_sheet_facts all;
} facts;

/* Where the answer of a question is written. */
static mien_buffer *of(facts *f, const char *key)
{
    return mi_sheet_facts_of(&f->all, key);
}

/* ", " between names. */
static void next(mien_buffer *b, size_t empty)
{
    mien_buffer_puts(b, b->n > empty ? ", " : "");
}

/* "4 rows, 2 columns: age (number), word (text)" */
static void put_contents(facts *f)
{
    mien_buffer *b = of(f, "contents");
    mien_buffer_printf(b, "%lld rows, %d columns: ", (long long)f->rows,
                       f->columns);
    size_t empty = b->n;
    for (int i = 0; i < f->columns && i < COLUMNS_SHOWN; i++) {
        mien_column c = mien_table_column(f->t, i);
        next(b, empty);
        mien_buffer_printf(b, "%s (%s)", c.name,
                           f->summary[i].dates            ? "date"
                           : c.type == MIEN_COLUMN_NUMBER ? "number"
                                                          : "text");
    }
    if (f->columns > COLUMNS_SHOWN)
        mien_buffer_printf(b, " and %d more", f->columns - COLUMNS_SHOWN);
}

/* How much is missing, and where. */
static void put_missing(facts *f)
{
    mien_buffer *b = of(f, "missing");
    int64_t all = 0, values = f->rows * f->columns;
    int columns = 0, shown = 0;
    for (int i = 0; i < f->columns; i++) {
        all += f->quality[i].missing;
        columns += f->quality[i].missing > 0;
    }
    mien_buffer_printf(b, "%lld of %lld values (%.3g %%)", (long long)all,
                       (long long)values, mi_sheet_percent(all, values));
    if (columns)
        mien_buffer_printf(b, ", in %d of %d columns: ", columns, f->columns);
    size_t empty = b->n;
    for (int i = 0; i < f->columns && shown < COLUMNS_SHOWN; i++) {
        if (!f->quality[i].missing)
            continue;
        next(b, empty);
        mien_buffer_printf(b, "%s %.3g %%", mien_table_column(f->t, i).name,
                           mi_sheet_percent(f->quality[i].missing, f->rows));
        shown++;
    }
    if (columns > shown)
        mien_buffer_printf(b, " and %d more", columns - shown);
}

/* Rows in which nothing is missing. */
static void put_completeness(facts *f)
{
    int64_t whole = 0;
    for (int64_t r = 0; r < f->rows; r++) {
        int missing = 0;
        for (int i = 0; i < f->columns && !missing; i++) {
            mien_column c = mien_table_column(f->t, i);
            missing = c.text ? !c.text[r].n : isnan(c.number[r]);
        }
        whole += !missing;
    }
    mien_buffer_printf(
        of(f, "completeness"), "%lld of %lld rows have every value (%.3g %%)",
        (long long)whole, (long long)f->rows, mi_sheet_percent(whole, f->rows));
}

/* Columns that say nothing, or the same twice. */
static void put_consistency(facts *f)
{
    mien_buffer *b = of(f, "consistency");
    const char *notes = mien_table_notes(f->t);
    for (int i = 0; i < f->columns; i++) {
        const char *name = mien_table_column(f->t, i).name;
        const mien_column_quality *q = &f->quality[i];
        if (q->constant)
            mien_buffer_printf(b, "%s%s never changes", b->n ? "; " : "", name);
        if (q->copy_of >= 0)
            mien_buffer_printf(b, "%s%s is a copy of %s", b->n ? "; " : "",
                               name, mien_table_column(f->t, q->copy_of).name);
        if (q->infinite)
            mien_buffer_printf(b, "%s%s has %lld infinite values",
                               b->n ? "; " : "", name, (long long)q->infinite);
    }
    if (*notes)
        mien_buffer_printf(b, "%s%s", b->n ? "; " : "", notes);
    if (!b->n)
        mien_buffer_puts(b, "no column is constant, a copy of another, or "
                            "infinite anywhere; contradictions between columns "
                            "were not looked for");
}

/* From when to when, by its columns of dates; nothing if there are none. */
static void put_dates(facts *f)
{
    mien_buffer *time = of(f, "time"), *last = of(f, "timeliness");
    for (int i = 0; i < f->columns; i++) {
        char from[MIEN_DATE_SIZE], to[MIEN_DATE_SIZE];
        const mien_date_summary *d = &f->summary[i].date;
        if (!f->summary[i].dates || isnan(d->first))
            continue;
        const char *name = mien_table_column(f->t, i).name;
        mien_date_write(d->first, from);
        mien_date_write(d->last, to);
        mien_buffer_printf(time, "%s%s: %s to %s", time->n ? "; " : "", name,
                           from, to);
        mien_buffer_printf(last, "%sthe last %s is %s", last->n ? "; " : "",
                           name, to);
    }
}

/* ---- groups -------------------------------------------------------------- */

/* A group's value and its rows. */
static void put_group(mien_buffer *b, const mien_column *c,
                      const mien_groups *g, int i, int64_t rows)
{
    int64_t n = g->start[i + 1] - g->start[i], first = g->first[i];
    mien_buffer_puts(b, i ? ", " : "");
    if (c->type == MIEN_COLUMN_TEXT)
        mien_buffer_put(b, c->text[first].at, c->text[first].n);
    else
        mien_buffer_printf(b, "%g", c->number[first] + 0.0);
    mien_buffer_printf(b, " %lld (%.3g %%)", (long long)n,
                       mi_sheet_percent(n, rows));
}

/* How many rows each value of a column has. */
static mien_status put_groups(facts *f, const char *name, mien_error *err)
{
    mien_buffer *b = of(f, "groups");
    mien_groups g = {0};
    int column = mien_table_find(f->t, name);
    if (column < 0)
        return mi_fail(err, MIEN_EARG, "no column '%.60s' to group by", name);
    mien_status st = mien_table_group(f->t, column, GROUPS_MAX, &g, err);
    if (st)
        return st;
    mien_column c = mien_table_column(f->t, column);
    mien_buffer_printf(b, "%s%s: ", b->n ? "; " : "", name);
    for (int i = 0; i < g.count && i < GROUPS_SHOWN; i++)
        put_group(b, &c, &g, i, f->rows);
    if (g.count > GROUPS_SHOWN)
        mien_buffer_printf(b, " and %d more", g.count - GROUPS_SHOWN);
    if (c.missing)
        mien_buffer_printf(b, ", missing %lld", (long long)c.missing);
    mien_groups_free(&g);
    return MIEN_OK;
}

/* The same of every column that is named, by fields. */
static mien_status put_all_groups(facts *f, const char *fields, mien_error *err)
{
    char *field[MIEN_DATASHEET_MAX_GROUPS], *copy = mi_text_copy(fields);
    if (!copy)
        return mi_no_memory(err);
    int n = mi_field_split(copy, field, MIEN_DATASHEET_MAX_GROUPS);
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < n; i++)
        st = put_groups(f, field[i], err);
    mi_free(copy);
    return st;
}

/* ---- the whole ----------------------------------------------------------- */

/* Work everything out. */
static mien_status work_out(facts *f, const mien_datasheet_data *data,
                            const char *groups, mien_error *err)
{
    size_t n = (size_t)f->columns + 1;
    f->summary = mi_alloc(n, sizeof *f->summary);
    f->quality = mi_alloc(n, sizeof *f->quality);
    mien_status st = f->summary && f->quality ? MIEN_OK : mi_no_memory(err);
    if (!st)
        st = mien_table_describe(f->t, 0, NULL, data->pool, f->summary, err);
    if (!st)
        st = mien_table_check(f->t, data->pool, f->quality, err);
    if (!st)
        st = mien_table_duplicates(f->t, 0, NULL, NULL, &f->twice, err);
    if (st)
        return st;
    put_contents(f);
    put_missing(f);
    put_completeness(f);
    put_consistency(f);
    put_dates(f);
    mien_buffer_printf(of(f, "duplication"),
                       "%lld of %lld rows are copies of earlier ones (%.3g %%)",
                       (long long)f->twice, (long long)f->rows,
                       mi_sheet_percent(f->twice, f->rows));
    return groups ? put_all_groups(f, groups, err) : MIEN_OK;
}

mien_status mien_datasheet_compute(mien_datasheet *s, const mien_table *t,
                                   const mien_datasheet_data *data,
                                   mien_error *err)
{
    facts f = {
        .t = t, .rows = mien_table_rows(t), .columns = mien_table_columns(t)};
    f.all.rows = f.rows;
    f.all.columns = f.columns;
    mien_status st = mi_sheet_facts_begin(&f.all, data, err);
    if (!st)
        st = work_out(&f, data, f.all.groups ? f.all.groups : s->group, err);
    if (!st)
        st = mi_sheet_facts_take(s, &f.all, data->sha256, data->confirm, err);
    mi_sheet_facts_free(&f.all);
    mi_free(f.summary);
    mi_free(f.quality);
    return st;
}
