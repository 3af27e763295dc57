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

/* Characters on a screen: bytes that begin one. */
static int characters(const char *s)
{
    int n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s >> 6) != 2;
    return n;
}

/* One line; the name takes so many characters. */
static void put_row(mien_buffer *out, const mien_column *c, int width,
                    const mien_summary *s)
{
    double v[FIGURES];
    mien_buffer_printf(out, "%s%*s %8lld", c->name, width - characters(c->name),
                       "", (long long)s->count);
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
            mien_buffer_printf(out, " %11.6g", v[k]);
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
        for (int k = c.type == MIEN_COLUMN_TEXT ? COUNTS : 0; k < FIGURES; k++)
            mien_json_real(j, titles[k], v[k], 7);
        mien_json_close(j);
    }
    mien_json_close(j);
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

static void put_matrix(const mien_table *t, int n, const int *column,
                       const double *r, mien_buffer *out)
{
    for (int i = 0; i < n; i++)
        mien_buffer_printf(out, " %9.9s", mien_table_column(t, column[i]).name);
    for (int i = 0; i < n; i++) {
        mien_buffer_printf(out, "\n%-12.12s",
                           mien_table_column(t, column[i]).name);
        for (int j = 0; j < n; j++)
            mien_buffer_printf(out, " %9.4f", r[i * n + j]);
    }
    mien_buffer_puts(out, "\n");
}

mien_status mien_table_correlation_text(const mien_table *t,
                                        mien_correlation kind, mien_pool *pool,
                                        mien_buffer *out, mien_error *err)
{
    int n = mien_table_columns(t), count = 0;
    int *column = mi_alloc((size_t)n, sizeof *column);
    double *r = mi_alloc((size_t)n * (size_t)n, sizeof *r);
    mien_status st = column && r ? MIEN_OK : mi_no_memory(err);
    for (int i = 0; !st && i < n; i++)
        if (mien_table_column(t, i).type == MIEN_COLUMN_NUMBER)
            column[count++] = i;
    if (!st && count > 0)
        st = mien_table_correlate(t, kind, count, column, pool, r, err);
    if (!st && count > 0) {
        mien_buffer_printf(
            out, "\n%s correlation\n%-12s",
            kind == MIEN_CORRELATION_PEARSON ? "Pearson" : "Spearman", "");
        put_matrix(t, count, column, r, out);
    }
    mi_free(column);
    mi_free(r);
    return st;
}
