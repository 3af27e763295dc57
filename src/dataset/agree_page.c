/* agree_page.c: agreement as a page of HTML, with a figure, and as Markdown:
 * the same paragraphs and tables, written in one of two ways. */
#include "dataset/agree.h"

#include "base/alloc.h"
#include "base/error.h"
#include "dataset/doc.h"
#include "mien/report.h"

#include <math.h>
#include <string.h>

enum { ROWS = 40, SIDE = 480 };

/* A value and its interval, to four digits, in two cells. */
static void put_value(const mi_doc *d, const mien_agree_figure *f)
{
    mi_doc_begin_cell(d);
    if (isnan(f->value))
        mien_buffer_printf(d->out, "not defined: %s", f->why ? f->why : "");
    else
        mien_buffer_printf(d->out, "%.4g", f->value);
    mi_doc_end_cell(d);
    mi_doc_begin_cell(d);
    if (!isnan(f->low))
        mien_buffer_printf(d->out, "%.4g to %.4g", f->low, f->high);
    mi_doc_end_cell(d);
}

/* The same of a coefficient, to three decimals. */
static void put_figure(const mi_doc *d, const mien_agree_figure *f)
{
    if (isnan(f->value)) {
        put_value(d, f);
        return;
    }
    mi_doc_begin_cell(d);
    mien_buffer_printf(d->out, "%.3f", mien_signless_zero(f->value, 3));
    mi_doc_end_cell(d);
    mi_doc_begin_cell(d);
    if (!isnan(f->low))
        mien_buffer_printf(d->out, "%.3f to %.3f",
                           mien_signless_zero(f->low, 3),
                           mien_signless_zero(f->high, 3));
    mi_doc_end_cell(d);
}

/* A row of a name and a figure. */
static void put_row(const mi_doc *d, const char *name,
                    const mien_agree_figure *f,
                    void (*put)(const mi_doc *, const mien_agree_figure *))
{
    mi_doc_begin_row(d);
    mi_doc_cell(d, name);
    put(d, f);
    mi_doc_end_row(d);
}

/* ---- parts --------------------------------------------------------------- */

/* What there is, what follows, and the measures of all. */
static void put_summary(const mi_doc *d, const mien_agreement *a)
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
    mi_doc_paragraph_of(d, &text);
    mien_agreement_advice(a, &text);
    mi_doc_paragraph_of(d, &text);
    mi_doc_begin_table(d, 3, heads);
    put_row(d, "Krippendorff's alpha", &a->alpha, put_figure);
    if (a->level <= MIEN_AGREE_ORDINAL) {
        put_row(d, "observed agreement", &a->observed, put_figure);
        put_row(d, "Fleiss' kappa", &a->fleiss, put_figure);
        put_row(d, "Gwet's AC1", &a->ac1, put_figure);
    }
    mi_doc_end_table(d);
}

/* Of numbers. */
static void put_measures(const mi_doc *d, const mien_agreement *a)
{
    static const char *const heads[] = {"", "value", "95 %"};
    const mien_agree_measures *m = &a->measures;
    const double no = (double)NAN;
    if (a->level <= MIEN_AGREE_ORDINAL)
        return;
    mi_doc_heading(d, "Repeated measures");
    mi_doc_begin_table(d, 3, heads);
    for (int i = 0; m->complete && i < MIEN_ICCS; i++)
        put_row(d, mien_icc_name(i), &m->icc[i], put_figure);
    if (!m->complete)
        put_row(d, "intraclass correlations", &m->icc[0], put_figure);
    put_row(d, "standard error of measurement",
            &(mien_agree_figure){m->within, no, no, NULL}, put_value);
    put_row(d, "smallest detectable change",
            &(mien_agree_figure){m->detectable, no, no, NULL}, put_value);
    put_row(d, "coefficient of variation",
            &(mien_agree_figure){m->variation, no, no, "numbers not above 0"},
            put_figure);
    if (m->limits.units) {
        put_row(d, "mean difference, the second less the first",
                &m->limits.mean, put_value);
        put_row(d, "lower limit of agreement", &m->limits.low, put_value);
        put_row(d, "upper limit of agreement", &m->limits.high, put_value);
    }
    mi_doc_end_table(d);
}

/* A labeller's row. */
static void put_labeller(const mi_doc *d, const mien_agreement *a, int i)
{
    static const char *const words[] = {"", "stands apart", "too few to say"};
    const mien_agree_labeller *l = &a->labeller[i];
    mien_agree_figure f = l->bias;
    if (a->level <= MIEN_AGREE_ORDINAL)
        f = (mien_agree_figure){l->majority.value, l->majority.low,
                                l->majority.high, "no majority of others"};
    mi_doc_begin_row(d);
    mi_doc_cell(d, l->name);
    mi_doc_count(d, l->labels);
    if (a->level <= MIEN_AGREE_ORDINAL)
        put_figure(d, &f);
    else
        put_value(d, &f);
    mi_doc_cell(d, words[l->verdict]);
    mi_doc_end_row(d);
}

/* Those who stand apart first. */
static void put_labellers(const mi_doc *d, const mien_agreement *a)
{
    static const char *const heads[] = {"labeller", "labels", "agreement",
                                        "95 %", ""};
    static const char *const of_numbers[] = {"labeller", "labels", "bias",
                                             "95 %", ""};
    int names = a->level <= MIEN_AGREE_ORDINAL, shown = 0;
    if (a->labellers < 3)
        return;
    mi_doc_heading(d, names ? "Each labeller and the majority of the others"
                            : "Each labeller less the mean of the others");
    mi_doc_begin_table(d, 5, names ? heads : of_numbers);
    for (int apart = 1; apart >= 0; apart--)
        for (int i = 0; i < a->labellers; i++)
            if ((a->labeller[i].verdict == MIEN_AGREE_APART) == apart &&
                shown++ < ROWS)
                put_labeller(d, a, i);
    mi_doc_end_table(d);
    if (shown > ROWS)
        mi_doc_paragraph(d, "More labellers are in the JSON.");
}

/* Two labellers each. */
static void put_pairs(const mi_doc *d, const mien_agreement *a)
{
    static const char *const heads[] = {"pair",      "units",  "Cohen's kappa",
                                        "95 %",      "linear", "95 %",
                                        "quadratic", "95 %"};
    int ordinal = a->level == MIEN_AGREE_ORDINAL;
    if (!a->pairs)
        return;
    mi_doc_heading(d, "Pairs of labellers, the lowest kappa first");
    mi_doc_begin_table(d, ordinal ? 8 : 4, heads);
    for (int i = 0; i < a->pairs && i < ROWS; i++) {
        const mien_agree_pair *p = &a->pair[i];
        mi_doc_begin_row(d);
        mi_doc_begin_cell(d);
        mi_doc_text(d, a->labeller[p->a].name);
        mien_buffer_puts(d->out, ", ");
        mi_doc_text(d, a->labeller[p->b].name);
        mi_doc_end_cell(d);
        mi_doc_count(d, p->units);
        put_figure(d, &p->kappa);
        if (ordinal) {
            put_figure(d, &p->linear);
            put_figure(d, &p->quadratic);
        }
        mi_doc_end_row(d);
    }
    mi_doc_end_table(d);
    if (a->all_pairs > a->pairs || a->pairs > ROWS)
        mi_doc_paragraph(d, "Not all pairs are shown: those of the busiest "
                            "labellers, the lowest kappas first.");
}

/* Labels that are mixed up, units that differ. */
static void put_differ(const mi_doc *d, const mien_agreement *a)
{
    static const char *const mixed[] = {"labels", "pairs", "of those apart"};
    static const char *const units[] = {"unit", "labels"};
    if (a->mixes) {
        mi_doc_heading(d, "Labels that are mixed up most");
        mi_doc_begin_table(d, 3, mixed);
    }
    for (int i = 0; i < a->mixes; i++) {
        const mien_agree_mixed *m = &a->mixed[i];
        mi_doc_begin_row(d);
        mi_doc_begin_cell(d);
        mi_doc_text(d, a->label[m->a]);
        mien_buffer_puts(d->out, ", ");
        mi_doc_text(d, a->label[m->b]);
        mi_doc_end_cell(d);
        mi_doc_begin_cell(d);
        mien_buffer_printf(d->out, "%.4g", m->count);
        mi_doc_end_cell(d);
        mi_doc_begin_cell(d);
        mien_buffer_printf(d->out, "%.1f %%", 100 * m->share);
        mi_doc_end_cell(d);
        mi_doc_end_row(d);
    }
    if (a->mixes)
        mi_doc_end_table(d);
    if (!a->differing)
        return;
    mi_doc_heading(d, "Units on which labellers differ most");
    mi_doc_begin_table(d, 2, units);
    for (int i = 0; i < a->differing; i++) {
        mi_doc_begin_row(d);
        mi_doc_cell(d, a->unit[i].name);
        mi_doc_cell(d, a->unit[i].labels);
        mi_doc_end_row(d);
    }
    mi_doc_end_table(d);
}

/* Alpha by group, and the gap. */
static void put_groups(const mi_doc *d, const mien_agreement *a)
{
    static const char *const heads[] = {"group", "units", "alpha", "95 %"};
    if (!a->groups)
        return;
    mi_doc_heading(d, "Alpha by group, the lowest first");
    mi_doc_begin_table(d, 4, heads);
    for (int i = 0; i < a->groups; i++) {
        mi_doc_begin_row(d);
        mi_doc_cell(d, a->group[i].name);
        mi_doc_count(d, a->group[i].units);
        put_figure(d, &a->group[i].alpha);
        mi_doc_end_row(d);
    }
    mi_doc_end_table(d);
    if (a->gap.highest < 0)
        return;
    mien_buffer text = {0};
    mien_buffer_printf(&text, "Gap %.3f (%.3f to %.3f): %s above %s%s.",
                       a->gap.value, a->gap.low, a->gap.high,
                       a->group[a->gap.highest].name,
                       a->group[a->gap.lowest].name,
                       a->gap.low > 0 ? "" : ", which chance may do");
    mi_doc_paragraph_of(d, &text);
}

/* Remarks, a paragraph each. */
static void put_remarks(const mi_doc *d, const mien_agreement *a)
{
    char *copy = *a->remarks ? mi_text_copy(a->remarks) : NULL, *rest = NULL;
    d->out->failed |= *a->remarks && !copy;
    if (copy)
        mi_doc_heading(d, "Remarks");
    for (char *line = copy ? strtok_r(copy, "\n", &rest) : NULL; line;
         line = strtok_r(NULL, "\n", &rest))
        mi_doc_paragraph(d, line);
    mi_free(copy);
}

/* All but the figure. */
static void put_all(const mi_doc *d, const mien_agreement *a)
{
    put_measures(d, a);
    put_labellers(d, a);
    put_pairs(d, a);
    put_differ(d, a);
    put_groups(d, a);
    put_remarks(d, a);
}

void mien_agreement_markdown(const mien_agreement *a, const char *name,
                             mien_buffer *out)
{
    const mi_doc d = {.out = out};
    mien_buffer_puts(out, "# Agreement: ");
    mi_doc_text(&d, name);
    mien_buffer_puts(out, "\n\n");
    put_summary(&d, a);
    put_all(&d, a);
}

/* ---- the page ------------------------------------------------------------ */

mien_status mien_agreement_page(const mien_agreement *a, const char *name,
                                mien_buffer *out, mien_error *err)
{
    const mi_doc d = {.out = out, .html = 1};
    mien_figure *f = NULL;
    mien_status st = mien_figure_new(1, 1, SIDE + 80, SIDE, &f, err);
    if (st)
        return st;
    mien_panel *p = mien_figure_panel(f, 0, 0);
    st = mi_agree_draw(a, p, err);
    mien_page_begin(out, "Agreement", "Do labellers agree?");
    mi_doc_paragraph(&d, name);
    put_summary(&d, a);
    if (!st)
        st = mien_page_figure(out, f, err);
    mien_figure_free(f);
    put_all(&d, a);
    mien_page_end(out);
    return st || !out->failed ? st : mi_no_memory(err);
}
