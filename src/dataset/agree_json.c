/* agree_json.c: agreement, all figures, as JSON. */
#include "dataset/agree.h"

#include <string.h>

/* Members of the object that is open. */
static void put_value(mien_json *j, double value, double low, double high)
{
    mien_json_real(j, "value", value, 0);
    mien_json_real(j, "low", low, 0);
    mien_json_real(j, "high", high, 0);
}

static void put_figure(mien_json *j, const char *key,
                       const mien_agree_figure *f)
{
    mien_json_object(j, key);
    put_value(j, f->value, f->low, f->high);
    if (f->why)
        mien_json_text(j, "why", f->why);
    mien_json_close(j);
}

/* Krippendorff's limits, and what follows. */
static void put_advice(mien_json *j, const mien_agreement *a)
{
    mien_buffer b = {0};
    mien_agreement_advice(a, &b);
    mien_buffer_put(&b, "", 1);
    mien_json_text(j, "advice", b.failed ? NULL : (const char *)b.data);
    j->out->failed |= b.failed;
    mien_buffer_free(&b);
    mien_json_object(j, "krippendorff_limits");
    mien_json_real(j, "reliable", MIEN_AGREE_RELIABLE, 3);
    mien_json_real(j, "tentative", MIEN_AGREE_TENTATIVE, 3);
    mien_json_close(j);
}

/* What there is. */
static void put_counts(mien_json *j, const mien_agreement *a)
{
    mien_json_text(j, "level", mien_agree_level_word(a->level));
    mien_json_text(j, "level_why", a->level_why);
    mien_json_int(j, "units", a->units);
    mien_json_int(j, "units_labelled_once", a->once);
    mien_json_int(j, "units_without_label", a->none);
    mien_json_int(j, "labels", a->values);
    mien_json_int(j, "missing", a->missing);
    mien_json_int(j, "fewest_of_a_unit", a->few);
    mien_json_int(j, "most_of_a_unit", a->most);
    if (a->labellers)
        mien_json_int(j, "labellers", a->labellers);
    else
        mien_json_null(j, "labellers");
    mien_json_int(j, "different_labels", a->labels);
    mien_json_int(j, "replicates", a->replicates);
}

/* Two labellers each. */
static void put_pairs(mien_json *j, const mien_agreement *a)
{
    mien_json_int(j, "pairs_of_labellers", a->all_pairs);
    mien_json_array(j, "pairs");
    for (int i = 0; i < a->pairs; i++) {
        const mien_agree_pair *p = &a->pair[i];
        mien_json_object(j, NULL);
        mien_json_text(j, "a", a->labeller[p->a].name);
        mien_json_text(j, "b", a->labeller[p->b].name);
        mien_json_int(j, "units", p->units);
        mien_json_real(j, "observed_agreement", p->observed, 0);
        put_figure(j, "cohens_kappa", &p->kappa);
        if (a->level == MIEN_AGREE_ORDINAL) {
            put_figure(j, "kappa_linear", &p->linear);
            put_figure(j, "kappa_quadratic", &p->quadratic);
        }
        mien_json_close(j);
    }
    mien_json_close(j);
}

/* Each labeller beside the others. */
static void put_labellers(mien_json *j, const mien_agreement *a)
{
    static const char *const verdicts[] = {"with the others", "apart",
                                           "too few to say"};
    mien_json_array(j, "by_labeller");
    for (int i = 0; i < a->labellers; i++) {
        const mien_agree_labeller *l = &a->labeller[i];
        mien_json_object(j, NULL);
        mien_json_text(j, "name", l->name);
        mien_json_int(j, "labels", l->labels);
        mien_json_text(j, "verdict", verdicts[l->verdict]);
        if (a->level > MIEN_AGREE_ORDINAL) {
            put_figure(j, "bias", &l->bias);
            mien_json_real(j, "spread", l->spread, 0);
        } else {
            mien_json_object(j, "as_majority_of_others");
            mien_json_int(j, "count", l->majority.count);
            mien_json_int(j, "of", l->majority.of);
            put_value(j, l->majority.value, l->majority.low, l->majority.high);
            mien_json_close(j);
        }
        mien_json_close(j);
    }
    mien_json_close(j);
}

/* Labels that are mixed up, units that differ. */
static void put_differ(mien_json *j, const mien_agreement *a)
{
    mien_json_array(j, "mixed_up");
    for (int i = 0; i < a->mixes; i++) {
        mien_json_object(j, NULL);
        mien_json_text(j, "a", a->label[a->mixed[i].a]);
        mien_json_text(j, "b", a->label[a->mixed[i].b]);
        mien_json_real(j, "count", a->mixed[i].count, 0);
        mien_json_real(j, "share", a->mixed[i].share, 0);
        mien_json_close(j);
    }
    mien_json_close(j);
    mien_json_array(j, "units_that_differ_most");
    for (int i = 0; i < a->differing; i++) {
        mien_json_object(j, NULL);
        mien_json_text(j, "unit", a->unit[i].name);
        mien_json_text(j, "labels", a->unit[i].labels);
        mien_json_real(j, "difference", a->unit[i].difference, 0);
        mien_json_close(j);
    }
    mien_json_close(j);
}

/* Alpha by group, and the gap. */
static void put_groups(mien_json *j, const mien_agreement *a)
{
    mien_json_array(j, "groups");
    for (int i = 0; i < a->groups; i++) {
        mien_json_object(j, NULL);
        mien_json_text(j, "name", a->group[i].name);
        mien_json_int(j, "units", a->group[i].units);
        put_figure(j, "observed_agreement", &a->group[i].observed);
        put_figure(j, "alpha", &a->group[i].alpha);
        mien_json_close(j);
    }
    mien_json_close(j);
    if (a->gap.highest < 0)
        return;
    mien_json_object(j, "gap");
    mien_json_text(j, "highest", a->group[a->gap.highest].name);
    mien_json_text(j, "lowest", a->group[a->gap.lowest].name);
    put_value(j, a->gap.value, a->gap.low, a->gap.high);
    mien_json_close(j);
}

/* Of numbers. */
static void put_measures(mien_json *j, const mien_agree_measures *m)
{
    mien_json_object(j, "repeated_measures");
    mien_json_bool(j, "complete", m->complete);
    for (int i = 0; i < MIEN_ICCS; i++)
        put_figure(j, mien_icc_name(i), &m->icc[i]);
    mien_json_real(j, "standard_error_of_measurement", m->within, 0);
    mien_json_real(j, "smallest_detectable_change", m->detectable, 0);
    mien_json_real(j, "coefficient_of_variation", m->variation, 0);
    if (m->limits.units) {
        mien_json_object(j, "limits_of_agreement");
        mien_json_int(j, "units", m->limits.units);
        mien_json_real(j, "deviation", m->limits.deviation, 0);
        put_figure(j, "mean", &m->limits.mean);
        put_figure(j, "low", &m->limits.low);
        put_figure(j, "high", &m->limits.high);
        mien_json_close(j);
    }
    mien_json_close(j);
}

void mien_agreement_json(const mien_agreement *a, mien_json *j)
{
    mien_json_object(j, NULL);
    mien_json_text(j, "schema", "mien/agreement/1");
    put_counts(j, a);
    put_figure(j, "observed_agreement", &a->observed);
    put_figure(j, "krippendorffs_alpha", &a->alpha);
    put_figure(j, "fleiss_kappa", &a->fleiss);
    put_figure(j, "gwets_ac1", &a->ac1);
    put_advice(j, a);
    put_labellers(j, a);
    put_pairs(j, a);
    put_differ(j, a);
    put_groups(j, a);
    if (a->level > MIEN_AGREE_ORDINAL)
        put_measures(j, &a->measures);
    mien_json_lines(j, "remarks", a->remarks, strlen(a->remarks));
    mien_json_close(j);
}
