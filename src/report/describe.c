/* describe.c: summaries of columns, what is odd in them, how they go together.
 */
#include "mien/report_table.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

enum { FIGURES = 9, COUNTS = 7 }; /* from COUNTS on they are whole numbers */

static const char *const titles[FIGURES] = {
    "mean", "std", "min", "25%", "50%", "75%", "max", "missing", "distinct"};

static void figures_of(const mien_summary *s, double v[FIGURES])
{
    const double all[FIGURES] = {
        s->mean, s->deviation,       s->min,
        s->q25,  s->median,          s->q75,
        s->max,  (double)s->missing, (double)s->distinct};
    memcpy(v, all, sizeof all);
}

/* Columns of numbers and how they go together. */
typedef struct numbers {
    int n;
    int *column; /* [n] */
    double *r;   /* [n, n] */
} numbers;

static void numbers_done(numbers *o)
{
    mi_free(o->column);
    mi_free(o->r);
}

/* Correlate some columns, or, where they are NULL, all that hold numbers. */
static mien_status correlate(const mien_table *t,
                             const mien_describe_options *o, numbers *out,
                             mien_error *err)
{
    int all = mien_table_columns(t);
    size_t n = (size_t)(o->column ? o->columns : all);
    *out = (numbers){0, mi_alloc(n + 1, sizeof *out->column), NULL};
    if (!out->column)
        return mi_no_memory(err);
    for (int i = 0; o->column && i < o->columns; i++)
        out->column[out->n++] = o->column[i];
    for (int i = 0; !o->column && i < all; i++)
        if (mien_table_column(t, i).type == MIEN_COLUMN_NUMBER)
            out->column[out->n++] = i;
    out->r = mi_alloc((size_t)out->n * (size_t)out->n + 1, sizeof *out->r);
    if (!out->r)
        return mi_no_memory(err);
    return out->n ? mien_table_correlate(t, o->kind, out->n, out->column,
                                         o->pool, out->r, err)
                  : MIEN_OK;
}

/* Characters on a screen: bytes that begin one. */
static int characters(const char *s)
{
    int n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s >> 6) != 2;
    return n;
}

/* A span of time in words. */
static void put_span(mien_buffer *out, double seconds)
{
    if (seconds >= 2 * 86400.)
        mien_buffer_printf(out, "%.4g days", seconds / 86400);
    else if (seconds >= 2 * 3600.)
        mien_buffer_printf(out, "%.4g hours", seconds / 3600);
    else if (seconds >= 120)
        mien_buffer_printf(out, "%.4g minutes", seconds / 60);
    else
        mien_buffer_printf(out, "%.4g seconds", seconds);
}

/* First, last and gaps of a column of dates. */
static void put_dates(mien_buffer *out, const mien_summary *s)
{
    char first[MIEN_DATE_SIZE], last[MIEN_DATE_SIZE];
    mien_date_write(s->date.first, first);
    mien_date_write(s->date.last, last);
    mien_buffer_printf(out, "  dates: %lld distinct, %lld missing; %s to %s",
                       (long long)s->distinct, (long long)s->missing, first,
                       last);
    if (s->date.step > 0) {
        mien_buffer_puts(out, ", step ");
        put_span(out, s->date.step);
    }
    if (s->date.gaps) {
        mien_date_write(s->date.gap_from, first);
        mien_buffer_printf(out, ", %lld gap%s, the largest ",
                           (long long)s->date.gaps,
                           s->date.gaps == 1 ? "" : "s");
        put_span(out, s->date.gap);
        mien_buffer_printf(out, " from %s", first);
    }
    mien_buffer_puts(out, "\n");
}

/* One line; the name takes so many characters. */
static void put_row(mien_buffer *out, const mien_column *c, int width,
                    const mien_summary *s)
{
    double v[FIGURES];
    mien_buffer_printf(out, "%s%*s %8lld", c->name, width - characters(c->name),
                       "", (long long)s->count);
    if (s->dates) {
        put_dates(out, s);
        return;
    }
    if (c->type == MIEN_COLUMN_TEXT) {
        mien_buffer_printf(out,
                           "  text: %lld distinct, %lld missing; most frequent "
                           "'%.*s' (%lld)\n",
                           (long long)s->distinct, (long long)s->missing,
                           (int)(s->top.n < 40 ? s->top.n : 40),
                           s->top.at ? s->top.at : "", (long long)s->frequency);
        return;
    }
    figures_of(s, v);
    for (int k = 0; k < FIGURES; k++) {
        if (k >= COUNTS)
            mien_buffer_printf(out, " %8.0f", v[k]);
        else if (isfinite(v[k]))
            mien_buffer_printf(out, " %11.6g", v[k] + 0.0);
        else
            mien_buffer_printf(out, " %11s", "-");
    }
    mien_buffer_puts(out, "\n");
}

void mien_summary_text(const mien_table *t, const mien_summary *s,
                       mien_buffer *out)
{
    int n = mien_table_columns(t), width = 6;
    for (int i = 0; i < n; i++) {
        int wide = characters(mien_table_column(t, i).name);
        width = wide > width ? wide : width;
    }
    mien_buffer_printf(out, "%-*s %8s", width, "column", "count");
    for (int k = 0; k < FIGURES; k++)
        mien_buffer_printf(out, " %*s", k >= COUNTS ? 8 : 11, titles[k]);
    mien_buffer_puts(out, "\n");
    for (int i = 0; i < n; i++) {
        mien_column c = mien_table_column(t, i);
        put_row(out, &c, width, &s[i]);
    }
}

static void put_dates_json(mien_json *j, const mien_date_summary *d)
{
    char text[MIEN_DATE_SIZE];
    mien_date_write(d->first, text);
    mien_json_text(j, "first", *text ? text : NULL);
    mien_date_write(d->last, text);
    mien_json_text(j, "last", *text ? text : NULL);
    mien_json_real(j, "step_seconds", d->step, 0);
    mien_json_real(j, "gap_seconds", d->gap, 0);
    mien_json_int(j, "gaps", d->gaps);
}

void mien_summary_json(const mien_table *t, const mien_summary *s,
                       const char *key, mien_json *j)
{
    mien_json_object(j, key);
    for (int i = 0; i < mien_table_columns(t); i++) {
        mien_column c = mien_table_column(t, i);
        double v[FIGURES];
        figures_of(&s[i], v);
        mien_json_object(j, c.name);
        mien_json_int(j, "count", s[i].count);
        for (int k = c.type == MIEN_COLUMN_TEXT ? COUNTS : 0; k < COUNTS; k++)
            mien_json_real(j, titles[k], v[k], 0);
        mien_json_int(j, "missing", s[i].missing);
        mien_json_int(j, "distinct", s[i].distinct);
        if (s[i].dates)
            put_dates_json(j, &s[i].date);
        mien_json_close(j);
    }
    mien_json_close(j);
}

/* ---- the whole of it ------------------------------------------------------
 */

/* The correlations of all columns of numbers, and their names. */
static mien_status put_correlation_json(const mien_table *t,
                                        const mien_describe_options *o,
                                        mien_json *j, mien_error *err)
{
    numbers of;
    mien_status st = correlate(t, o, &of, err);
    mien_json_object(j, "correlation");
    mien_json_text(j, "kind",
                   o->kind == MIEN_CORRELATION_PEARSON ? "pearson"
                                                       : "spearman");
    mien_json_array(j, "columns");
    for (int i = 0; !st && i < of.n; i++)
        mien_json_text(j, NULL, mien_table_column(t, of.column[i]).name);
    mien_json_close(j);
    mien_json_array(j, "matrix");
    for (int i = 0; !st && i < of.n; i++) {
        mien_json_array(j, NULL);
        for (int k = 0; k < of.n; k++)
            mien_json_real(j, NULL, of.r[i * of.n + k], 0);
        mien_json_close(j);
    }
    mien_json_close(j);
    mien_json_close(j);
    numbers_done(&of);
    return st;
}

/* The value that a group has in common. */
static void put_value_json(const mien_column *c, int64_t row, mien_json *j)
{
    mien_buffer text = {0};
    if (c->number) {
        mien_json_real(j, "value", c->number[row], 0);
        return;
    }
    mien_buffer_put(&text, c->text[row].at, c->text[row].n);
    mien_buffer_put(&text, "", 1);
    mien_json_text(j, "value", text.failed ? NULL : (const char *)text.data);
    j->out->failed |= text.failed;
    mien_buffer_free(&text);
}

/* The correlations of some rows. */
static mien_status put_part_correlation_json(const mien_table *t, int64_t n,
                                             const int64_t *rows,
                                             const mien_describe_options *o,
                                             mien_json *j, mien_error *err)
{
    mien_table *part = NULL;
    mien_status st = mien_table_select_rows(t, n, rows, &part, err);
    if (!st)
        st = put_correlation_json(part, o, j, err);
    mien_table_free(part);
    return st;
}

/* Summaries of the rows of each value of a column. */
static mien_status put_groups_json(const mien_table *t,
                                   const mien_describe_options *o,
                                   mien_summary *s, mien_json *j,
                                   mien_error *err)
{
    mien_groups g;
    mien_status st = mien_table_group(t, o->by, MIEN_DESCRIBE_GROUPS, &g, err);
    if (st)
        return st;
    mien_column by = mien_table_column(t, o->by);
    mien_json_text(j, "by", by.name);
    mien_json_array(j, "groups");
    for (int i = 0; !st && i < g.count; i++) {
        const int64_t *rows = g.rows + g.start[i];
        int64_t n = g.start[i + 1] - g.start[i];
        st = mien_table_describe(t, n, rows, o->pool, s, err);
        mien_json_object(j, NULL);
        put_value_json(&by, g.first[i], j);
        mien_json_int(j, "rows", n);
        if (!st)
            mien_summary_json(t, s, "columns", j);
        if (!st && o->correlate)
            st = put_part_correlation_json(t, n, rows, o, j, err);
        mien_json_close(j);
    }
    mien_json_close(j);
    mien_groups_free(&g);
    return st;
}

mien_status mien_table_description_json(const mien_table *t,
                                        const mien_describe_options *o,
                                        mien_json *j, mien_error *err)
{
    int plain = o->by < 0 && !o->correlate;
    mien_summary *s = mi_alloc((size_t)mien_table_columns(t) + 1, sizeof *s);
    mien_status st = s ? MIEN_OK : mi_no_memory(err);
    if (!plain)
        mien_json_object(j, NULL);
    if (!st && o->by >= 0) {
        st = put_groups_json(t, o, s, j, err);
    } else if (!st) {
        st = mien_table_describe(t, 0, NULL, o->pool, s, err);
        if (!st)
            mien_summary_json(t, s, plain ? NULL : "columns", j);
        if (!st && o->correlate)
            st = put_correlation_json(t, o, j, err);
    }
    if (!plain)
        mien_json_close(j);
    mi_free(s);
    return st;
}

/* ---- what is odd --------------------------------------------------------- */

/* What is odd in one column, a line each. */
static void put_remark(const mien_table *t, int i, const mien_column_quality *q,
                       mien_buffer *out)
{
    const char *name = mien_table_column(t, i).name;
    if (q->constant)
        mien_buffer_printf(out, "warning: column %s is constant\n", name);
    else if (q->near_constant)
        mien_buffer_printf(out,
                           "warning: column %s is nearly constant: one value "
                           "in %.2f %% of the rows\n",
                           name, 100 * q->most);
    if (q->copy_of >= 0)
        mien_buffer_printf(out, "warning: column %s is a copy of %s\n", name,
                           mien_table_column(t, q->copy_of).name);
    if (q->infinite)
        mien_buffer_printf(out, "warning: column %s: %lld infinite values\n",
                           name, (long long)q->infinite);
}

mien_status mien_table_remarks(const mien_table *t, mien_pool *pool,
                               mien_buffer *out, mien_error *err)
{
    int n = mien_table_columns(t);
    int64_t twice = 0;
    mien_column_quality *q = mi_alloc((size_t)n, sizeof *q);
    mien_status st = q ? mien_table_check(t, pool, q, err) : mi_no_memory(err);
    if (!st)
        st = mien_table_duplicates(t, 0, NULL, NULL, &twice, err);
    for (int i = 0; !st && i < n; i++)
        put_remark(t, i, &q[i], out);
    if (twice)
        mien_buffer_printf(
            out, "warning: %lld rows are exact duplicates of others\n",
            (long long)twice);
    mi_free(q);
    return st;
}

/* ---- correlations -------------------------------------------------------- */

/* How many characters the longest name takes, 24 at most. */
static int widest_name(const mien_table *t, int n, const int *column)
{
    int wide = 0;
    for (int i = 0; i < n; i++) {
        int k = characters(mien_table_column(t, column[i]).name);
        wide = k > wide ? k : wide;
    }
    return wide < 24 ? wide : 24;
}

/* A name in so many characters, cut behind them; behind a blank, to the right,
 * or to the left. */
static void put_name(const char *name, int wide, int right, mien_buffer *out)
{
    int n = 0, bytes = 0;
    for (; name[bytes]; bytes++) {
        n += ((unsigned char)name[bytes] >> 6) != 2;
        if (n > wide)
            break;
    }
    int gap = wide - (n < wide ? n : wide);
    mien_buffer_printf(out, "%s%*s%.*s%*s", right ? " " : "", right ? gap : 0,
                       "", bytes, name, right ? 0 : gap, "");
}

/* Correlations in rows and columns. */
static void put_matrix(const mien_table *t, int n, const int *column,
                       const double *r, mien_buffer *out)
{
    int wide = widest_name(t, n, column);
    for (int i = 0; i < n; i++)
        put_name(mien_table_column(t, column[i]).name, wide > 9 ? wide : 9, 1,
                 out);
    for (int i = 0; i < n; i++) {
        mien_buffer_puts(out, "\n");
        put_name(mien_table_column(t, column[i]).name, wide > 12 ? wide : 12, 0,
                 out);
        for (int j = 0; j < n; j++)
            mien_buffer_printf(out, " %*.4f", wide > 9 ? wide : 9,
                               mien_signless_zero(r[i * n + j], 4));
    }
    mien_buffer_puts(out, "\n");
}

mien_status mien_table_correlation_text(const mien_table *t,
                                        mien_correlation kind, mien_pool *pool,
                                        mien_buffer *out, mien_error *err)
{
    numbers of;
    const mien_describe_options o = {.by = -1, .kind = kind, .pool = pool};
    mien_status st = correlate(t, &o, &of, err);
    int wide = st ? 0 : widest_name(t, of.n, of.column);
    if (!st && of.n > 0) {
        mien_buffer_printf(out, "\n%s correlation\n%*s",
                           kind == MIEN_CORRELATION_PEARSON ? "Pearson"
                                                            : "Spearman",
                           wide > 12 ? wide : 12, "");
        put_matrix(t, of.n, of.column, of.r, out);
    }
    numbers_done(&of);
    return st;
}
