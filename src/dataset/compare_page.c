/* compare_page.c: a comparison as a page: what has drifted first, the rest
 * folded. */
#include "mien/dataset_compare.h"
#include "mien/report.h"

#include <math.h>
#include <stdio.h>

enum { DRAWN = 20, ROW = 20, WIDTH = 170, LABEL = 18 };

static const char intro[] =
    "<p>A difference counts when it is sure, all columns taken into account "
    "(Benjamini and Hochberg), and large enough: standardised shifts of "
    "means and Wasserstein distances from 0.2, 0.5 and 0.8 deviations on are "
    "small, medium and large (Cohen 1988); distances of distributions from "
    "0.08, 0.20 and 0.31 on, which is what such shifts make of normal "
    "distributions. The population stability index is shown because it is "
    "asked for; 0.1 and 0.25 are its usual limits. 95 % intervals.</p>\n";

static const char head[] =
    "<div class=\"wide\"><table><tr><th>column</th><th>drift</th>"
    "<th>distance</th><th>mean shift</th><th>Wasserstein</th><th>PSI</th>"
    "<th>missing</th><th>adjusted p</th></tr>\n";

/* A cell of a figure with its interval. */
static void put_figure(mien_buffer *out, const mien_drift_figure *f)
{
    mien_buffer_puts(out, "<td>");
    if (!isnan(f->value))
        mien_buffer_printf(out, "%.3f", f->value);
    if (!isnan(f->low))
        mien_buffer_printf(out, "<br><small>%.3f to %.3f</small>", f->low,
                           f->high);
    mien_buffer_puts(out, "</td>");
}

static void put_number(mien_buffer *out, const char *format, double v)
{
    mien_buffer_puts(out, "<td>");
    if (!isnan(v))
        mien_buffer_printf(out, format, v);
    mien_buffer_puts(out, "</td>");
}

/* Texts that one table alone has, below a column's name. */
static void put_texts(mien_buffer *out, const char *what,
                      const mien_drift_texts *t)
{
    if (!t->count)
        return;
    mien_buffer_printf(out, "<br><small>%s: ", what);
    for (int i = 0; i < t->shown; i++) {
        mien_buffer_puts(out, i ? ", " : "");
        mien_page_text(out, t->text[i]);
    }
    mien_buffer_puts(out, t->count > t->shown ? ", ...</small>" : "</small>");
}

/* A column's row. */
static void put_column(mien_buffer *out, const mien_drift_column *c,
                       const int64_t rows[2])
{
    mien_buffer_puts(out, "<tr><td>");
    mien_page_text(out, c->name);
    put_texts(out, "new", &c->fresh);
    put_texts(out, "gone", &c->gone);
    mien_buffer_printf(out, "</td><td>%s", mien_drift_word(c->level));
    if (*c->why)
        mien_buffer_printf(out, "<br><small>%s</small>", c->why);
    mien_buffer_puts(out, "</td>");
    put_figure(out, &c->distance);
    put_figure(out, &c->mean_shift);
    put_figure(out, &c->wasserstein);
    put_number(out, "%.3f", c->stability);
    mien_buffer_printf(out, "<td>%.3g %% to %.3g %%</td>",
                       100 * (double)c->missing[0] / (double)rows[0],
                       100 * (double)c->missing[1] / (double)rows[1]);
    put_number(out, "%.2g", c->adjusted);
    mien_buffer_puts(out, "</tr>\n");
}

/* Is a column one of those that are shown first? */
static int stands_out(const mien_drift_column *c)
{
    return c->level != MIEN_DRIFT_NONE && c->level != MIEN_DRIFT_UNJUDGED;
}

/* As many characters of a label as there is room for. */
static void put_short(mien_buffer *out, const char *label)
{
    char text[sizeof((mien_drift_part *)NULL)->label + 4];
    size_t at = 0;
    int bytes = 0;
    for (int n = 0; label[at] && n < LABEL; n++) {
        mien_utf8_next(label + at, &bytes);
        at += (size_t)bytes;
    }
    snprintf(text, sizeof text, "%.*s%s", (int)at, label,
             label[at] ? "..." : "");
    mien_page_text(out, text);
}

/* A bar of a share. */
static void put_bar(mien_buffer *out, double y, double share, double most,
                    const char *fill)
{
    mien_buffer_printf(out,
                       "<rect x=\"130\" y=\"%.0f\" width=\"%.1f\" height=\"7\" "
                       "fill=\"%s\" stroke=\"#222\"/>",
                       y, WIDTH * share / most, fill);
}

/* A part: its label, both bars, both shares. */
static void put_part(mien_buffer *out, const mien_drift_part *p, int row,
                     double most)
{
    mien_buffer_printf(out, "<text x=\"124\" y=\"%d\" text-anchor=\"end\">",
                       row * ROW + 14);
    put_short(out, *p->label ? p->label : "others");
    mien_buffer_puts(out, "</text>");
    put_bar(out, row * ROW + 2, p->share[0], most, "#fff");
    put_bar(out, row * ROW + 10, p->share[1], most, "#222");
    mien_buffer_printf(out,
                       "<text x=\"%.0f\" y=\"%d\">%.1f %% -&gt; %.1f %%</text>",
                       136 + WIDTH * fmax(p->share[0], p->share[1]) / most,
                       row * ROW + 14, 100 * p->share[0], 100 * p->share[1]);
}

/* The parts of a column: before white, now black. */
static void put_parts(mien_buffer *out, const mien_drift_column *c)
{
    double most = 0;
    for (int i = 0; i < c->parts; i++)
        for (int s = 0; s < 2; s++)
            most = fmax(most, c->part[i].share[s]);
    if (!(most > 0))
        return;
    mien_buffer_puts(out, "<figure><figcaption><strong>");
    mien_page_text(out, c->name);
    mien_buffer_printf(out,
                       "</strong>: white before, black now</figcaption><svg "
                       "viewBox=\"0 0 420 %d\" width=\"420\" "
                       "font-size=\"12\" role=\"img\">",
                       c->parts * ROW + 4);
    for (int i = 0; i < c->parts; i++)
        put_part(out, &c->part[i], i, most);
    mien_buffer_puts(out, "</svg></figure>\n");
}

/* The columns that have drifted, drawn. */
static void put_drawings(mien_buffer *out, const mien_drift *d)
{
    for (int i = 0, drawn = 0; i < d->columns && drawn < DRAWN; i++) {
        const mien_drift_column *c = &d->column[i];
        if (c->level == MIEN_DRIFT_NONE || c->level > MIEN_DRIFT_LARGE ||
            !c->parts)
            continue;
        put_parts(out, c);
        drawn++;
    }
}

/* Those that stand out, or the others, folded. */
static void put_columns(mien_buffer *out, const mien_drift *d, int first)
{
    int n = 0;
    for (int i = 0; i < d->columns; i++)
        n += stands_out(&d->column[i]) == first;
    if (!n)
        return;
    mien_buffer_printf(out,
                       first ? "<h2>Columns: %d to look at</h2>\n"
                             : "<details><summary>%d columns without drift, or "
                               "not judged</summary>\n",
                       n);
    mien_buffer_puts(out, head);
    for (int i = 0; i < d->columns; i++)
        if (stands_out(&d->column[i]) == first)
            put_column(out, &d->column[i], d->rows);
    mien_buffer_puts(out,
                     first ? "</table></div>\n" : "</table></div></details>\n");
}

/* All columns at once. */
static void put_joint(mien_buffer *out, const mien_drift_joint *j)
{
    mien_buffer_printf(out, "<h2>All columns at once: %s</h2>\n<p>",
                       mien_drift_word(j->level));
    if (*j->why) {
        mien_buffer_printf(out, "%s.</p>\n", j->why);
        return;
    }
    mien_buffer_printf(
        out,
        "A regression that tries to tell rows of the two tables apart, by %d "
        "columns, their squares and products, has an area under the curve of "
        "%.3f (%.3f to %.3f) on rows that it did not learn from; 0.5 is "
        "chance.",
        j->columns, j->auc.value, j->auc.low, j->auc.high);
    if (j->left_out)
        mien_buffer_printf(out, " %d columns were not looked at.", j->left_out);
    if (j->level == MIEN_DRIFT_NONE || j->level == MIEN_DRIFT_FEW) {
        mien_buffer_puts(out, "</p>\n");
        return;
    }
    mien_buffer_puts(out, " It goes by ");
    for (int i = 0; i < j->leans; i++) {
        mien_buffer_puts(out, i ? ", " : "");
        mien_page_text(out, j->lean[i].name);
    }
    mien_buffer_puts(out, ".</p>\n");
}

void mien_drift_page(const mien_drift *d, const char *const names[2],
                     mien_buffer *out)
{
    mien_page_begin(out, "Drift", "Have the data drifted?");
    mien_buffer_printf(out,
                       "<p><strong>Drift: %s.</strong> Too few rows to say: "
                       "%d columns; not judged: %d. Before: ",
                       mien_drift_word(mien_drift_worst(d)),
                       mien_drift_count(d, MIEN_DRIFT_FEW),
                       mien_drift_count(d, MIEN_DRIFT_UNJUDGED));
    mien_page_text(out, names[0]);
    mien_buffer_printf(out, ", %lld rows. Now: ", (long long)d->rows[0]);
    mien_page_text(out, names[1]);
    mien_buffer_printf(out, ", %lld rows.</p>\n", (long long)d->rows[1]);
    mien_buffer_puts(out, intro);
    put_joint(out, &d->joint);
    put_columns(out, d, 1);
    put_drawings(out, d);
    put_columns(out, d, 0);
    mien_page_end(out);
}
