/* check_text.c: what was found out, for a terminal and as Markdown. */
#include "dataset/check.h"

#include "base/alloc.h"
#include "mien/report.h"

#include <math.h>
#include <string.h>

enum { COLUMNS = 79, SHOWN = 10 };

static const char *const weights[] = {"wrong", "question", "note"};

/* Findings and how many of each weight. */
static void put_counts(const mien_dataset *d, mien_buffer *out)
{
    int n[3] = {0};
    for (int64_t i = 0; i < d->findings; i++)
        n[d->sorted[i].weight]++;
    if (!d->findings)
        mien_buffer_puts(out, "nothing found");
    for (int w = 0, before = 0; w < 3; w++) {
        if (!n[w])
            continue;
        mien_buffer_printf(out, "%s%d %s%s", before ? ", " : "", n[w],
                           weights[w], n[w] > 1 && w ? "s" : "");
        before = 1;
    }
}

int mi_finding_shown(const mien_dataset *d, int64_t i)
{
    int before = 0;
    for (int64_t k = 0; k < i && before < SHOWN; k++)
        before += strcmp(d->sorted[k].check, d->sorted[i].check) == 0;
    return before < SHOWN;
}

void mi_put_unshown(const mien_dataset *d, mien_buffer *out)
{
    int64_t n = 0;
    for (int64_t i = 0; i < d->findings; i++)
        n += !mi_finding_shown(d, i);
    if (n)
        mien_buffer_printf(out,
                           "%lld more findings of the same checks are in "
                           "check.json.\n",
                           (long long)n);
}

/* A paragraph, moved in. */
static void put_wrapped(const char *before, const char *text, mien_buffer *out)
{
    mien_buffer plain = {0};
    mien_text_plain(text, &plain);
    mien_buffer_put(&plain, "", 1);
    mien_buffer_puts(out, before);
    if (!plain.failed)
        mien_text_wrap((const char *)plain.data, (int)strlen(before), 4,
                       COLUMNS, out);
    out->failed |= plain.failed;
    mien_buffer_puts(out, "\n");
    mien_buffer_free(&plain);
}

static void put_runs(const mien_dataset *d, mien_buffer *out)
{
    for (int i = 0; i < d->runs; i++) {
        const mi_check_run *r = &d->run[i];
        mien_buffer_printf(out, "%-10s", r->name);
        if (*r->why)
            mien_buffer_printf(out, "did not run: %s\n", r->why);
        else
            mien_buffer_printf(out, "%lld rows, %.2f s\n", (long long)r->rows,
                               r->seconds);
    }
}

static void put_note_lines(const mien_dataset *d, mien_buffer *out)
{
    mien_buffer_put(out, d->notes.data, d->notes.n);
    if (d->sample && mien_table_rows(d->sample) < d->rows)
        mien_buffer_printf(out,
                           "The checks below the pass saw a random sample of "
                           "%lld rows.\n",
                           (long long)mien_table_rows(d->sample));
}

void mien_dataset_text(const mien_dataset *d, const char *name,
                       mien_buffer *out)
{
    mien_text_plain(name, out);
    mien_buffer_printf(out, ": %lld rows, %d columns: ", (long long)d->rows,
                       d->columns);
    put_counts(d, out);
    mien_buffer_puts(out, "\n\n");
    for (int64_t i = 0; i < d->findings; i++) {
        const mien_finding *f = &d->sorted[i];
        if (!mi_finding_shown(d, i))
            continue;
        mien_buffer_printf(out, "%lld. %s: %s", (long long)i + 1,
                           weights[f->weight], f->check);
        if (*f->where) {
            mien_buffer_puts(out, ": ");
            mien_text_plain(f->where, out);
        }
        mien_buffer_puts(out, "\n");
        put_wrapped("    ", f->text, out);
        put_wrapped("    -> ", f->advice, out);
    }
    mi_put_unshown(d, out);
    if (d->coverage)
        mi_coverage_text(d->coverage, out);
    mien_buffer_puts(out, d->findings ? "\n" : "");
    put_note_lines(d, out);
    put_runs(d, out);
}

/* ---- Markdown ------------------------------------------------------------ */

static void put_number(mien_buffer *out, double v)
{
    if (isfinite(v))
        mien_buffer_printf(out, " %.5g |", v + 0.0);
    else
        mien_buffer_puts(out, " |");
}

/* A row of the table of columns. */
static void put_column(const mi_summary *s, mien_buffer *out)
{
    int exact;
    double distinct = mi_summary_distinct(s, &exact);
    int number = s->type == MIEN_COLUMN_NUMBER && s->count > s->infinite;
    mien_buffer_puts(out, "| ");
    mien_markdown_text(out, s->name);
    mien_buffer_printf(out, " | %s | %lld | %s%.0f |",
                       s->type == MIEN_COLUMN_NUMBER ? "numbers" : "texts",
                       (long long)s->missing, exact ? "" : "about ", distinct);
    put_number(out, number ? s->mean : (double)NAN);
    put_number(out, number ? mi_summary_deviation(s) : (double)NAN);
    put_number(out, number ? s->min : (double)NAN);
    put_number(out, number ? s->quantile[2] : (double)NAN);
    put_number(out, number ? s->max : (double)NAN);
    mien_buffer_puts(out, "\n");
}

void mien_dataset_markdown(const mien_dataset *d, const char *name,
                           mien_buffer *out)
{
    mien_buffer_puts(out, "# What was found in ");
    mien_markdown_text(out, name);
    mien_buffer_printf(out, "\n\n%lld rows, %d columns: ", (long long)d->rows,
                       d->columns);
    put_counts(d, out);
    mien_buffer_puts(out, ".\n");
    if (d->findings)
        mien_buffer_puts(out, "\n| | check | where | what | what to do |\n"
                              "|---|---|---|---|---|\n");
    for (int64_t i = 0; i < d->findings; i++) {
        const mien_finding *f = &d->sorted[i];
        if (!mi_finding_shown(d, i))
            continue;
        mien_buffer_printf(out, "| %s | %s | ", weights[f->weight], f->check);
        mien_markdown_text(out, f->where);
        mien_buffer_puts(out, " | ");
        mien_markdown_text(out, f->text);
        mien_buffer_puts(out, " | ");
        mien_markdown_text(out, f->advice);
        mien_buffer_puts(out, " |\n");
    }
    mien_buffer_puts(out, "\n");
    mi_put_unshown(d, out);
    if (d->coverage) {
        mien_buffer_puts(out, "\n## Groups\n\n```\n");
        mi_coverage_text(d->coverage, out);
        mien_buffer_puts(out, "```\n");
    }
    mien_buffer_puts(out, "\n## Columns\n\n| column | type | missing | "
                          "distinct | mean | deviation | least | median | "
                          "greatest |\n|---|---|--:|--:|--:|--:|--:|--:|--:|"
                          "\n");
    for (int c = 0; c < d->columns; c++)
        put_column(&d->column[c], out);
}
