/* agree_text.c: agreement in words. */
#include "dataset/agree.h"

#include <math.h>
#include <string.h>

enum { NAME = 24, SHOWN = 20 };

/* AC1 lies so far above alpha: kappa's paradox is named. */
static const double parted = 0.2;

/* A name, and blanks up to a column. */
static void put_name(mien_buffer *out, const char *name, int columns)
{
    mien_text_plain(name, out);
    for (int n = mien_text_width(name); n < columns; n++)
        mien_buffer_puts(out, " ");
}

/* "0.743 (0.5 to 0.9)", or why there is none. */
static void put_figure(mien_buffer *out, const mien_agree_figure *f)
{
    if (isnan(f->value))
        mien_buffer_printf(out, "not defined (%s)", f->why ? f->why : "");
    else
        mien_buffer_printf(out, "%.3f", mien_signless_zero(f->value, 3));
    if (!isnan(f->low))
        mien_buffer_printf(out, " (%.3f to %.3f)",
                           mien_signless_zero(f->low, 3),
                           mien_signless_zero(f->high, 3));
}

/* The same of values in units of their own. */
static void put_value(mien_buffer *out, const mien_agree_figure *f)
{
    if (isnan(f->value))
        mien_buffer_printf(out, "not defined (%s)", f->why ? f->why : "");
    else
        mien_buffer_printf(out, "%.4g", f->value);
    if (!isnan(f->low))
        mien_buffer_printf(out, " (%.4g to %.4g)", f->low, f->high);
}

/* ---- advice -------------------------------------------------------------- */

/* Much agreement, and little beyond chance: why. */
static void put_paradox(const mien_agreement *a, mien_buffer *out)
{
    if (a->level != MIEN_AGREE_NOMINAL ||
        !(a->ac1.value - a->alpha.value >= parted))
        return;
    mien_buffer_printf(
        out,
        " Gwet's AC1 is %.3f where alpha is %.3f: labels are so unequally "
        "frequent that chance alone would agree often, and the rare ones "
        "decide (the paradox of kappa, Feinstein and Cicchetti 1990).",
        a->ac1.value, mien_signless_zero(a->alpha.value, 3));
}

void mien_agreement_advice(const mien_agreement *a, mien_buffer *out)
{
    const mien_agree_figure *f = &a->alpha;
    if (isnan(f->value)) {
        mien_buffer_printf(out,
                           "Nothing can be said of agreement beyond chance: "
                           "%s.",
                           f->why);
        return;
    }
    const char *use =
        f->value >= MIEN_AGREE_RELIABLE
            ? "at or above 0.800: by Krippendorff's limits the labels can be "
              "relied on"
        : f->value >= MIEN_AGREE_TENTATIVE
            ? "between 0.667 and 0.800: by Krippendorff's limits good for "
              "tentative conclusions alone"
            : "below 0.667: by Krippendorff's limits too unreliable to "
              "conclude from; define the labels more clearly, or ask more "
              "labellers";
    mien_buffer_printf(out, "Alpha is %.3f, %s",
                       mien_signless_zero(f->value, 3), use);
    if (isnan(f->low))
        mien_buffer_puts(out, "; of so few units it is not sure");
    else if (f->value >= MIEN_AGREE_TENTATIVE &&
             f->low < (f->value >= MIEN_AGREE_RELIABLE ? MIEN_AGREE_RELIABLE
                                                       : MIEN_AGREE_TENTATIVE))
        mien_buffer_printf(
            out,
            "; its interval reaches down to %.3f, so that is not "
            "sure",
            f->low);
    mien_buffer_puts(out, ".");
    put_paradox(a, out);
}

/* ---- parts --------------------------------------------------------------- */

/* What there is. */
static void put_counts(mien_buffer *out, const mien_agreement *a)
{
    mien_buffer_printf(out, "%lld units, ", (long long)a->units);
    if (a->labellers)
        mien_buffer_printf(out, "%d labellers, ", a->labellers);
    else
        mien_buffer_puts(out, "votes, ");
    mien_buffer_printf(out, "%lld labels, %d different; level %s (%s)\n",
                       (long long)a->values, a->labels,
                       mien_agree_level_word(a->level), a->level_why);
    if (a->once)
        mien_buffer_printf(out,
                           "%lld of them have one label: these say nothing of "
                           "agreement\n",
                           (long long)a->once);
    if (a->none)
        mien_buffer_printf(out, "%lld more have no label\n",
                           (long long)a->none);
    if (a->missing)
        mien_buffer_printf(out, "%lld labels are missing\n",
                           (long long)a->missing);
}

/* The measures of all, and what follows. */
static void put_whole(mien_buffer *out, const mien_agreement *a)
{
    mien_buffer_puts(out, "\n");
    if (a->level <= MIEN_AGREE_ORDINAL) {
        mien_buffer_puts(out, "observed agreement      ");
        put_figure(out, &a->observed);
        mien_buffer_puts(out, "\n");
    }
    mien_buffer_puts(out, "Krippendorff's alpha    ");
    put_figure(out, &a->alpha);
    if (a->level <= MIEN_AGREE_ORDINAL) {
        mien_buffer_puts(out, "\nFleiss' kappa           ");
        put_figure(out, &a->fleiss);
        mien_buffer_puts(out, "\nGwet's AC1              ");
        put_figure(out, &a->ac1);
    }
    mien_buffer_puts(out, "\n");
    mien_agreement_advice(a, out);
    mien_buffer_puts(out, "\n");
}

/* A labeller's line. */
static void put_labeller(mien_buffer *out, const mien_agreement *a, int i)
{
    const mien_agree_labeller *l = &a->labeller[i];
    mien_buffer_puts(out, "  ");
    put_name(out, l->name, NAME);
    mien_buffer_printf(out, " %7lld labels  ", (long long)l->labels);
    if (a->level > MIEN_AGREE_ORDINAL) {
        put_value(out, &l->bias);
        if (!isnan(l->spread))
            mien_buffer_printf(out, ", spread %.4g", l->spread);
    } else if (l->majority.of) {
        mien_buffer_printf(out, "%.3f", l->majority.value);
        if (!isnan(l->majority.low))
            mien_buffer_printf(out, " (%.3f to %.3f)", l->majority.low,
                               l->majority.high);
        mien_buffer_printf(out, " of %lld", (long long)l->majority.of);
    }
    if (l->verdict == MIEN_AGREE_APART)
        mien_buffer_puts(out, "  stands apart");
    if (l->verdict == MIEN_AGREE_UNSURE)
        mien_buffer_puts(out, "  too few to say");
    mien_buffer_puts(out, "\n");
}

/* Those who stand apart, then others while there is room. */
static void put_labellers(mien_buffer *out, const mien_agreement *a)
{
    static const mien_agree_verdict order[] = {
        MIEN_AGREE_APART, MIEN_AGREE_WITH, MIEN_AGREE_UNSURE};
    int shown = 0;
    if (a->labellers < 3)
        return;
    mien_buffer_puts(out, a->level > MIEN_AGREE_ORDINAL
                              ? "\neach labeller less the mean of the others\n"
                              : "\neach labeller as the majority of the "
                                "others\n");
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < a->labellers && shown < SHOWN; i++)
            if (a->labeller[i].verdict == order[k]) {
                put_labeller(out, a, i);
                shown++;
            }
    if (shown < a->labellers)
        mien_buffer_printf(out, "  and %d more (--json has all)\n",
                           a->labellers - shown);
}

/* A pair's line. */
static void put_pair(mien_buffer *out, const mien_agreement *a,
                     const mien_agree_pair *p)
{
    mien_buffer_puts(out, "  ");
    put_name(out, a->labeller[p->a].name, NAME / 2);
    mien_buffer_puts(out, " ");
    put_name(out, a->labeller[p->b].name, NAME / 2);
    mien_buffer_printf(out, " %6lld units  ", (long long)p->units);
    put_figure(out, &p->kappa);
    if (a->level == MIEN_AGREE_ORDINAL && !p->kappa.why) {
        mien_buffer_puts(out, "; linear ");
        put_figure(out, &p->linear);
        mien_buffer_puts(out, "; quadratic ");
        put_figure(out, &p->quadratic);
    }
    mien_buffer_puts(out, "\n");
}

/* Pairs that have a unit in common, and how many have none. */
static void put_pairs(mien_buffer *out, const mien_agreement *a)
{
    int shown = 0, strangers = 0;
    if (!a->pairs)
        return;
    mien_buffer_puts(out, "\npairs of labellers, Cohen's kappa, the lowest "
                          "first\n");
    for (int i = 0; i < a->pairs; i++) {
        if (a->pair[i].units && shown < SHOWN)
            put_pair(out, a, &a->pair[i]);
        shown += a->pair[i].units > 0;
        strangers += !a->pair[i].units;
    }
    if (shown > SHOWN)
        mien_buffer_printf(out, "  and %d more (--json has them)\n",
                           shown - SHOWN);
    if (strangers)
        mien_buffer_printf(out, "  %d pairs have no unit in common\n",
                           strangers);
    if (a->all_pairs > a->pairs)
        mien_buffer_printf(out,
                           "  of %lld pairs those of the %d busiest labellers "
                           "were looked at\n",
                           (long long)a->all_pairs, MIEN_AGREE_MAX_PAIRED);
}

/* Labels that are mixed up, units that differ. */
static void put_differ(mien_buffer *out, const mien_agreement *a)
{
    if (a->mixes)
        mien_buffer_puts(out, "\nlabels that are mixed up most\n");
    for (int i = 0; i < a->mixes; i++) {
        const mien_agree_mixed *m = &a->mixed[i];
        mien_buffer_puts(out, "  ");
        put_name(out, a->label[m->a], NAME / 2);
        mien_buffer_puts(out, " ");
        put_name(out, a->label[m->b], NAME / 2);
        mien_buffer_printf(out, " %.4g pairs, %.1f %% of those that differ\n",
                           m->count, 100 * m->share);
    }
    mien_buffer_puts(out, a->differing
                              ? "\nunits on which labellers differ most\n"
                              : "\nno unit has two different labels\n");
    for (int i = 0; i < a->differing; i++) {
        mien_buffer_puts(out, "  ");
        put_name(out, a->unit[i].name, NAME);
        mien_buffer_puts(out, " ");
        mien_text_plain(a->unit[i].labels, out);
        mien_buffer_puts(out, "\n");
    }
}

/* Alpha by group, and the gap. */
static void put_groups(mien_buffer *out, const mien_agreement *a)
{
    if (!a->groups)
        return;
    mien_buffer_puts(out, "\nalpha by group, the lowest first\n");
    for (int i = 0; i < a->groups; i++) {
        const mien_agree_group *g = &a->group[i];
        mien_buffer_puts(out, "  ");
        put_name(out, g->name, NAME);
        mien_buffer_printf(out, " %6lld units  ", (long long)g->units);
        put_figure(out, &g->alpha);
        mien_buffer_puts(out, !g->alpha.why && isnan(g->alpha.low)
                                  ? "  too few to say how sure\n"
                                  : "\n");
    }
    if (a->gap.highest < 0)
        return;
    mien_buffer_printf(out, "  gap %.3f (%.3f to %.3f): ", a->gap.value,
                       a->gap.low, a->gap.high);
    mien_text_plain(a->group[a->gap.highest].name, out);
    mien_buffer_puts(out, " above ");
    mien_text_plain(a->group[a->gap.lowest].name, out);
    mien_buffer_puts(out, a->gap.low > 0 ? "\n" : ", which chance may do\n");
}

/* Of numbers. */
static void put_measures(mien_buffer *out, const mien_agreement *a)
{
    const mien_agree_measures *m = &a->measures;
    if (a->level <= MIEN_AGREE_ORDINAL)
        return;
    mien_buffer_puts(out, "\nrepeated measures\n");
    if (!m->complete)
        mien_buffer_printf(out,
                           "  no intraclass correlations: %s; alpha stands for "
                           "them\n",
                           m->icc[0].why);
    for (int i = 0; m->complete && i < MIEN_ICCS; i++) {
        mien_buffer_printf(out, "  %-30s ", mien_icc_name(i));
        put_figure(out, &m->icc[i]);
        mien_buffer_puts(out, "\n");
    }
    mien_buffer_printf(out,
                       "  standard error of measurement  %.4g\n"
                       "  smallest detectable change     %.4g\n",
                       m->within, m->detectable);
    if (!isnan(m->variation))
        mien_buffer_printf(out, "  coefficient of variation       %.1f %%\n",
                           100 * m->variation);
    if (!m->limits.units)
        return;
    mien_buffer_puts(out, "  ");
    mien_text_plain(a->labeller[1].name, out);
    mien_buffer_puts(out, " less ");
    mien_text_plain(a->labeller[0].name, out);
    mien_buffer_puts(out, ": ");
    put_value(out, &m->limits.mean);
    mien_buffer_puts(out, "\n  limits of agreement            ");
    put_value(out, &m->limits.low);
    mien_buffer_puts(out, " and ");
    put_value(out, &m->limits.high);
    mien_buffer_puts(out, "\n");
}

/* Remarks, a line each, as a terminal may show them. */
static void put_remarks(mien_buffer *out, const char *text)
{
    if (*text)
        mien_buffer_puts(out, "\n");
    while (*text) {
        size_t n = strcspn(text, "\n");
        mien_buffer line = {0};
        mien_buffer_put(&line, text, n);
        mien_buffer_put(&line, "", 1);
        if (!line.failed)
            mien_text_plain((const char *)line.data, out);
        mien_buffer_puts(out, "\n");
        out->failed |= line.failed;
        mien_buffer_free(&line);
        text += n + (text[n] != 0);
    }
}

void mien_agreement_text(const mien_agreement *a, mien_buffer *out)
{
    put_counts(out, a);
    put_whole(out, a);
    put_measures(out, a);
    put_labellers(out, a);
    put_pairs(out, a);
    put_differ(out, a);
    put_groups(out, a);
    put_remarks(out, a->remarks);
}
