/* agree_page.c: agreement as a page of HTML, with a figure, and as Markdown:
 * the same paragraphs and tables, written in one of two ways. */
#include "dataset/agree.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/plot.h"
#include "mien/report.h"

#include <math.h>
#include <string.h>

enum { ROWS = 40, SIDE = 480 };

/* Where it is written, and how. */
typedef struct sheet {
    mien_buffer *out;
    int html; /* 0: Markdown */
} sheet;

/* ---- paragraphs and tables ----------------------------------------------- */

/* A text that is no markup. */
static void put_text(const sheet *s, const char *text)
{
    if (s->html) {
        mien_page_text(s->out, text);
        return;
    }
    for (; *text; text++)
        if (*text == '|' || *text == '*' || *text == '_' || *text == '`')
            mien_buffer_printf(s->out, "\\%c", *text);
        else if (*text == '<')
            mien_buffer_puts(s->out, "&lt;");
        else
            mien_buffer_put(s->out, *text == '\n' ? " " : text, 1);
}

static void put_heading(const sheet *s, const char *text)
{
    mien_buffer_printf(s->out, s->html ? "<h2>%s</h2>\n" : "\n## %s\n\n", text);
}

static void put_paragraph(const sheet *s, const char *text)
{
    mien_buffer_puts(s->out, s->html ? "<p>" : "");
    put_text(s, text);
    mien_buffer_puts(s->out, s->html ? "</p>\n" : "\n\n");
}

/* Begin a table: heads [n]. */
static void begin_table(const sheet *s, int n, const char *const *heads)
{
    mien_buffer_puts(s->out, s->html ? "<div class=\"wide\"><table><tr>" : "|");
    for (int i = 0; i < n; i++)
        mien_buffer_printf(s->out, s->html ? "<th>%s</th>" : " %s |", heads[i]);
    mien_buffer_puts(s->out, s->html ? "</tr>\n" : "\n|");
    for (int i = 0; i < n && !s->html; i++)
        mien_buffer_puts(s->out, i ? " --: |" : " --- |");
    mien_buffer_puts(s->out, s->html ? "" : "\n");
}

static void end_table(const sheet *s)
{
    mien_buffer_puts(s->out, s->html ? "</table></div>\n" : "");
}

static void begin_row(const sheet *s)
{
    mien_buffer_puts(s->out, s->html ? "<tr>" : "|");
}

static void end_row(const sheet *s)
{
    mien_buffer_puts(s->out, s->html ? "</tr>\n" : "\n");
}

static void begin_cell(const sheet *s)
{
    mien_buffer_puts(s->out, s->html ? "<td>" : " ");
}

static void end_cell(const sheet *s)
{
    mien_buffer_puts(s->out, s->html ? "</td>" : " |");
}

static void put_cell(const sheet *s, const char *text)
{
    begin_cell(s);
    put_text(s, text);
    end_cell(s);
}

static void put_count(const sheet *s, int64_t n)
{
    begin_cell(s);
    mien_buffer_printf(s->out, "%lld", (long long)n);
    end_cell(s);
}

/* A value and its interval, to four digits, in two cells. */
static void put_value(const sheet *s, const mien_agree_figure *f)
{
    begin_cell(s);
    if (isnan(f->value))
        mien_buffer_printf(s->out, "not defined: %s", f->why ? f->why : "");
    else
        mien_buffer_printf(s->out, "%.4g", f->value);
    end_cell(s);
    begin_cell(s);
    if (!isnan(f->low))
        mien_buffer_printf(s->out, "%.4g to %.4g", f->low, f->high);
    end_cell(s);
}

/* The same of a coefficient, to three decimals. */
static void put_figure(const sheet *s, const mien_agree_figure *f)
{
    if (isnan(f->value)) {
        put_value(s, f);
        return;
    }
    begin_cell(s);
    mien_buffer_printf(s->out, "%.3f", mien_signless_zero(f->value, 3));
    end_cell(s);
    begin_cell(s);
    if (!isnan(f->low))
        mien_buffer_printf(s->out, "%.3f to %.3f",
                           mien_signless_zero(f->low, 3),
                           mien_signless_zero(f->high, 3));
    end_cell(s);
}

/* A row of a name and a coefficient. */
static void put_named(const sheet *s, const char *name,
                      const mien_agree_figure *f)
{
    begin_row(s);
    put_cell(s, name);
    put_figure(s, f);
    end_row(s);
}

/* A row of a name and a value in units of its own. */
static void put_measure(const sheet *s, const char *name,
                        const mien_agree_figure *f)
{
    begin_row(s);
    put_cell(s, name);
    put_value(s, f);
    end_row(s);
}

/* ---- parts --------------------------------------------------------------- */

/* What there is, what follows, and the measures of all. */
static void put_summary(const sheet *s, const mien_agreement *a)
{
    static const char *const heads[] = {"", "value", "95 %"};
    mien_buffer text = {0};
    mien_buffer_printf(&text, "%lld units, %lld labels, %d different",
                       (long long)a->units, (long long)a->values, a->labels);
    if (a->labellers)
        mien_buffer_printf(&text, ", by %d labellers", a->labellers);
    mien_buffer_printf(&text,
                       "; level %s (%s). Units with one label, which say "
                       "nothing: %lld; with none: %lld. Missing labels: %lld.",
                       mien_agree_level_word(a->level), a->level_why,
                       (long long)a->once, (long long)a->none,
                       (long long)a->missing);
    mien_buffer_put(&text, "", 1);
    if (!text.failed)
        put_paragraph(s, (const char *)text.data);
    s->out->failed |= text.failed;
    mien_buffer_free(&text);
    mien_agreement_advice(a, &text);
    mien_buffer_put(&text, "", 1);
    if (!text.failed)
        put_paragraph(s, (const char *)text.data);
    s->out->failed |= text.failed;
    mien_buffer_free(&text);
    begin_table(s, 3, heads);
    put_named(s, "Krippendorff's alpha", &a->alpha);
    if (a->level <= MIEN_AGREE_ORDINAL) {
        put_named(s, "observed agreement", &a->observed);
        put_named(s, "Fleiss' kappa", &a->fleiss);
        put_named(s, "Gwet's AC1", &a->ac1);
    }
    end_table(s);
}

/* Of numbers. */
static void put_measures(const sheet *s, const mien_agreement *a)
{
    static const char *const heads[] = {"", "value", "95 %"};
    const mien_agree_measures *m = &a->measures;
    const double no = (double)NAN;
    if (a->level <= MIEN_AGREE_ORDINAL)
        return;
    put_heading(s, "Repeated measures");
    begin_table(s, 3, heads);
    for (int i = 0; m->complete && i < MIEN_ICCS; i++)
        put_named(s, mien_icc_name(i), &m->icc[i]);
    if (!m->complete)
        put_named(s, "intraclass correlations", &m->icc[0]);
    put_measure(s, "standard error of measurement",
                &(mien_agree_figure){m->within, no, no, NULL});
    put_measure(s, "smallest detectable change",
                &(mien_agree_figure){m->detectable, no, no, NULL});
    put_named(
        s, "coefficient of variation",
        &(mien_agree_figure){m->variation, no, no, "numbers not above 0"});
    if (m->limits.units) {
        put_measure(s, "mean difference, the second less the first",
                    &m->limits.mean);
        put_measure(s, "lower limit of agreement", &m->limits.low);
        put_measure(s, "upper limit of agreement", &m->limits.high);
    }
    end_table(s);
}

/* A labeller's row. */
static void put_labeller(const sheet *s, const mien_agreement *a, int i)
{
    static const char *const words[] = {"", "stands apart", "too few to say"};
    const mien_agree_labeller *l = &a->labeller[i];
    mien_agree_figure f = l->bias;
    if (a->level <= MIEN_AGREE_ORDINAL)
        f = (mien_agree_figure){l->majority.value, l->majority.low,
                                l->majority.high, "no majority of others"};
    begin_row(s);
    put_cell(s, l->name);
    put_count(s, l->labels);
    if (a->level <= MIEN_AGREE_ORDINAL)
        put_figure(s, &f);
    else
        put_value(s, &f);
    put_cell(s, words[l->verdict]);
    end_row(s);
}

/* Those who stand apart first. */
static void put_labellers(const sheet *s, const mien_agreement *a)
{
    static const char *const heads[] = {"labeller", "labels", "agreement",
                                        "95 %", ""};
    static const char *const of_numbers[] = {"labeller", "labels", "bias",
                                             "95 %", ""};
    int names = a->level <= MIEN_AGREE_ORDINAL, shown = 0;
    if (a->labellers < 3)
        return;
    put_heading(s, names ? "Each labeller and the majority of the others"
                         : "Each labeller less the mean of the others");
    begin_table(s, 5, names ? heads : of_numbers);
    for (int apart = 1; apart >= 0; apart--)
        for (int i = 0; i < a->labellers; i++)
            if ((a->labeller[i].verdict == MIEN_AGREE_APART) == apart &&
                shown++ < ROWS)
                put_labeller(s, a, i);
    end_table(s);
    if (shown > ROWS)
        put_paragraph(s, "More labellers are in the JSON.");
}

/* Two labellers each. */
static void put_pairs(const sheet *s, const mien_agreement *a)
{
    static const char *const heads[] = {"pair",      "units",  "Cohen's kappa",
                                        "95 %",      "linear", "95 %",
                                        "quadratic", "95 %"};
    int ordinal = a->level == MIEN_AGREE_ORDINAL;
    if (!a->pairs)
        return;
    put_heading(s, "Pairs of labellers, the lowest kappa first");
    begin_table(s, ordinal ? 8 : 4, heads);
    for (int i = 0; i < a->pairs && i < ROWS; i++) {
        const mien_agree_pair *p = &a->pair[i];
        begin_row(s);
        begin_cell(s);
        put_text(s, a->labeller[p->a].name);
        mien_buffer_puts(s->out, ", ");
        put_text(s, a->labeller[p->b].name);
        end_cell(s);
        put_count(s, p->units);
        put_figure(s, &p->kappa);
        if (ordinal) {
            put_figure(s, &p->linear);
            put_figure(s, &p->quadratic);
        }
        end_row(s);
    }
    end_table(s);
    if (a->all_pairs > a->pairs || a->pairs > ROWS)
        put_paragraph(s, "Not all pairs are shown: those of the busiest "
                         "labellers, the lowest kappas first.");
}

/* Labels that are mixed up, units that differ. */
static void put_differ(const sheet *s, const mien_agreement *a)
{
    static const char *const mixed[] = {"labels", "pairs", "of those apart"};
    static const char *const units[] = {"unit", "labels"};
    if (a->mixes) {
        put_heading(s, "Labels that are mixed up most");
        begin_table(s, 3, mixed);
    }
    for (int i = 0; i < a->mixes; i++) {
        const mien_agree_mixed *m = &a->mixed[i];
        begin_row(s);
        begin_cell(s);
        put_text(s, a->label[m->a]);
        mien_buffer_puts(s->out, ", ");
        put_text(s, a->label[m->b]);
        end_cell(s);
        begin_cell(s);
        mien_buffer_printf(s->out, "%.4g", m->count);
        end_cell(s);
        begin_cell(s);
        mien_buffer_printf(s->out, "%.1f %%", 100 * m->share);
        end_cell(s);
        end_row(s);
    }
    if (a->mixes)
        end_table(s);
    if (!a->differing)
        return;
    put_heading(s, "Units on which labellers differ most");
    begin_table(s, 2, units);
    for (int i = 0; i < a->differing; i++) {
        begin_row(s);
        put_cell(s, a->unit[i].name);
        put_cell(s, a->unit[i].labels);
        end_row(s);
    }
    end_table(s);
}

/* Alpha by group, and the gap. */
static void put_groups(const sheet *s, const mien_agreement *a)
{
    static const char *const heads[] = {"group", "units", "alpha", "95 %"};
    if (!a->groups)
        return;
    put_heading(s, "Alpha by group, the lowest first");
    begin_table(s, 4, heads);
    for (int i = 0; i < a->groups; i++) {
        begin_row(s);
        put_cell(s, a->group[i].name);
        put_count(s, a->group[i].units);
        put_figure(s, &a->group[i].alpha);
        end_row(s);
    }
    end_table(s);
    if (a->gap.highest < 0)
        return;
    mien_buffer text = {0};
    mien_buffer_printf(&text, "Gap %.3f (%.3f to %.3f): %s above %s%s.",
                       a->gap.value, a->gap.low, a->gap.high,
                       a->group[a->gap.highest].name,
                       a->group[a->gap.lowest].name,
                       a->gap.low > 0 ? "" : ", which chance may do");
    mien_buffer_put(&text, "", 1);
    if (!text.failed)
        put_paragraph(s, (const char *)text.data);
    s->out->failed |= text.failed;
    mien_buffer_free(&text);
}

/* Remarks, a paragraph each. */
static void put_remarks(const sheet *s, const mien_agreement *a)
{
    char *copy = *a->remarks ? mi_text_copy(a->remarks) : NULL, *rest = NULL;
    s->out->failed |= *a->remarks && !copy;
    if (copy)
        put_heading(s, "Remarks");
    for (char *line = copy ? strtok_r(copy, "\n", &rest) : NULL; line;
         line = strtok_r(NULL, "\n", &rest))
        put_paragraph(s, line);
    mi_free(copy);
}

/* All but the figure. */
static void put_all(const sheet *s, const mien_agreement *a)
{
    put_measures(s, a);
    put_labellers(s, a);
    put_pairs(s, a);
    put_differ(s, a);
    put_groups(s, a);
    put_remarks(s, a);
}

void mien_agreement_markdown(const mien_agreement *a, const char *name,
                             mien_buffer *out)
{
    sheet s = {.out = out};
    mien_buffer_puts(out, "# Agreement: ");
    put_text(&s, name);
    mien_buffer_puts(out, "\n\n");
    put_summary(&s, a);
    put_all(&s, a);
}

/* ---- the page ------------------------------------------------------------ */

mien_status mien_agreement_page(const mien_agreement *a, const char *name,
                                mien_buffer *out, mien_error *err)
{
    sheet s = {.out = out, .html = 1};
    mien_figure *f = NULL;
    mien_status st = mien_figure_new(1, 1, SIDE + 80, SIDE, &f, err);
    if (st)
        return st;
    mien_panel *p = mien_figure_panel(f, 0, 0);
    st = mi_agree_draw(a, p, err);
    mien_page_begin(out, "Agreement", "Do labellers agree?");
    put_paragraph(&s, name);
    put_summary(&s, a);
    if (!st)
        st = mien_page_figure(out, f, err);
    mien_figure_free(f);
    put_all(&s, a);
    mien_page_end(out);
    return st || !out->failed ? st : mi_no_memory(err);
}
