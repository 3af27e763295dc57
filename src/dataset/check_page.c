/* check_page.c: what was found out as a page of HTML.
 *
 * Findings stand first; columns are folded, a hundred at a time, so that a page
 * of thousands opens at once: what is folded is not laid out.  Bars are one
 * path a column. */
#include "dataset/check.h"
#include "mien/report.h"

#include <math.h>

enum { FOLD = 100, BARS = 20, WIDE = 120, HIGH = 26, FEW = 20 };

static const char style[] =
    "<style>.f{border-left:.4rem solid #888;padding:.1rem 0 .1rem .8rem;"
    "margin:1rem 0}.f.wrong{border-color:#111}.f.question{border-left-style:"
    "double;border-color:#444}.f.note{border-left-style:dotted}.f "
    "p{margin:.2rem 0}"
    ".f b{font-weight:600}.where{overflow-wrap:anywhere}summary{cursor:pointer;"
    "padding:.5rem 0;min-height:1.6rem}td svg{vertical-align:middle}"
    ".wide td.top{text-align:left;min-width:11rem;white-space:normal;"
    "overflow-wrap:anywhere}"
    ".wide td,.wide th{white-space:nowrap}.wide td:first-child{white-space:"
    "normal;overflow-wrap:anywhere;min-width:6rem}</style>\n";

static const char *const weights[] = {"wrong", "question", "note"};
static const char *const marks[] = {"Wrong", "Question", "Note"};

static void put_finding(const mien_finding *f, mien_buffer *out)
{
    mien_buffer_printf(out, "<div class=\"f %s\"><p><b>%s: %s</b> ",
                       weights[f->weight], marks[f->weight], f->check);
    mien_buffer_puts(out, "<span class=\"where\">");
    mien_page_text(out, f->where);
    mien_buffer_puts(out, "</span></p><p>");
    mien_page_text(out, f->text);
    mien_buffer_puts(out, "</p><p>\xe2\x86\x92 ");
    mien_page_text(out, f->advice);
    mien_buffer_puts(out, "</p></div>\n");
}

static void put_number(mien_buffer *out, double v)
{
    if (isfinite(v))
        mien_buffer_printf(out, "<td>%.5g</td>", v + 0.0);
    else
        mien_buffer_puts(out, "<td></td>");
}

/* The distribution of a column: bars of counts, as one path. */
static void put_bars(const mi_summary *s, mien_buffer *out)
{
    int most = 1;
    for (int i = 0; i < BARS; i++)
        most = s->bar[i] > most ? s->bar[i] : most;
    mien_buffer_printf(out,
                       "<td><svg width=\"%d\" height=\"%d\" role=\"img\" "
                       "aria-label=\"values from %.4g to %.4g\"><path "
                       "fill=\"#444\" d=\"",
                       WIDE, HIGH, s->bar_from, s->bar_to);
    for (int i = 0; i < BARS; i++) {
        double high = (double)s->bar[i] * (HIGH - 1) / most;
        if (s->bar[i])
            mien_buffer_printf(out, "M%d %dv-%.1fh5v%.1fz", i * WIDE / BARS,
                               HIGH, high + 1, high + 1);
    }
    mien_buffer_puts(out, "\"/></svg></td>");
}

/* The three most frequent values, where few differ. */
static void put_top(const mi_summary *s, mien_buffer *out)
{
    const mi_value *top[3];
    int many =
        s->type == MIEN_COLUMN_NUMBER && (s->sketch || s->values.used > FEW);
    int n = many ? 0 : mi_summary_top(s, 3, top);
    mien_buffer_puts(out, "<td class=\"top\">");
    for (int i = 0; i < n; i++) {
        char text[MI_VALUE_TEXT + 1] = {0};
        int cut = top[i]->length == 255;
        for (int k = 0; k < (cut ? MI_VALUE_TEXT : top[i]->length); k++)
            text[k] = top[i]->text[k];
        mien_buffer_puts(out, i ? ", " : "");
        if (s->type == MIEN_COLUMN_NUMBER)
            mien_buffer_printf(out, "%.6g", top[i]->number + 0.0);
        mien_page_text(out, text);
        mien_buffer_printf(out, "%s (%lld)", cut ? "..." : "",
                           (long long)top[i]->count);
    }
    mien_buffer_puts(out, "</td>");
}

/* A row of the table of columns. */
static void put_column(const mien_dataset *d, int c, mien_buffer *out)
{
    const mi_summary *s = &d->column[c];
    int exact, number = s->type == MIEN_COLUMN_NUMBER && s->count > s->infinite;
    double distinct = mi_summary_distinct(s, &exact);
    mien_buffer_puts(out, "<tr><td>");
    mien_page_text(out, s->name);
    mien_buffer_printf(out, "</td><td>%.2f %%</td><td>%s%.0f</td>",
                       100 * (double)s->missing / (double)d->rows,
                       exact ? "" : "\xe2\x89\x88 ", distinct);
    if (number)
        put_bars(s, out);
    else
        mien_buffer_puts(out, "<td></td>");
    put_top(s, out);
    put_number(out, number ? s->min : (double)NAN);
    put_number(out, number ? s->quantile[2] : (double)NAN);
    put_number(out, number ? s->max : (double)NAN);
    put_number(out, number ? s->mean : (double)NAN);
    put_number(out, number ? mi_summary_deviation(s) : (double)NAN);
    mien_buffer_puts(out, "</tr>\n");
}

/* All columns, folded. */
static void put_columns(const mien_dataset *d, mien_buffer *out)
{
    mien_buffer_puts(out, "<h2>Columns</h2>\n");
    for (int from = 0; from < d->columns; from += FOLD) {
        int to = from + FOLD < d->columns ? from + FOLD : d->columns;
        mien_buffer_printf(out, "<details><summary>%d to %d: ", from + 1, to);
        mien_page_text(out, d->column[from].name);
        mien_buffer_puts(out, " \xe2\x80\xa6 ");
        mien_page_text(out, d->column[to - 1].name);
        mien_buffer_puts(out,
                         "</summary><div class=\"wide\"><table><tr><th>column"
                         "</th><th>missing</th><th>distinct</th><th>"
                         "distribution</th><th>most frequent</th><th>least"
                         "</th><th>median</th><th>greatest</th><th>mean</th>"
                         "<th>deviation</th></tr>\n");
        for (int c = from; c < to; c++)
            put_column(d, c, out);
        mien_buffer_puts(out, "</table></div></details>\n");
    }
}

/* Which checks ran, and on how many rows. */
static void put_runs(const mien_dataset *d, mien_buffer *out)
{
    mien_buffer_puts(out, "<h2>Checks</h2>\n<div class=\"wide\"><table><tr><th>"
                          "check</th><th>rows</th><th></th></tr>\n");
    for (int i = 0; i < d->runs; i++) {
        mien_buffer_printf(out, "<tr><td>%s</td><td>%lld</td><td>",
                           d->run[i].name, (long long)d->run[i].rows);
        mien_page_text(out, *d->run[i].why ? d->run[i].why : "done");
        mien_buffer_puts(out, "</td></tr>\n");
    }
    mien_buffer_puts(out, "</table></div>\n");
    if (mien_table_rows(d->sample) < d->rows)
        mien_buffer_printf(out,
                           "<p>All checks but the pass saw a random sample of "
                           "%lld rows.</p>\n",
                           (long long)mien_table_rows(d->sample));
}

void mien_dataset_page(const mien_dataset *d, const char *name,
                       mien_buffer *out)
{
    mien_buffer groups = {0};
    mien_page_begin(out, name, "What was found in the data");
    mien_buffer_puts(out, style);
    mien_buffer_puts(out, "<p><b class=\"where\">");
    mien_page_text(out, name);
    mien_buffer_printf(out,
                       "</b>: %lld rows, %d columns, %lld finding%s%s</p>\n",
                       (long long)d->rows, d->columns, (long long)d->findings,
                       d->findings == 1 ? "" : "s",
                       d->findings > 1 ? ", the worst first." : ".");
    for (int64_t i = 0; i < d->findings; i++)
        if (mi_finding_shown(d, i))
            put_finding(&d->sorted[i], out);
    mien_buffer_puts(out, "<p>");
    mi_put_unshown(d, out);
    mien_buffer_puts(out, "</p>\n");
    if (d->coverage) {
        mi_coverage_text(d->coverage, &groups);
        mien_page_lines(out, "Groups", groups.data, groups.n);
        out->failed |= groups.failed;
        mien_buffer_free(&groups);
    }
    put_columns(d, out);
    put_runs(d, out);
    mien_page_end(out);
}
