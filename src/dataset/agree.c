/* agree.c: labels of a table, looked at from all sides. */
#include "dataset/agree.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const double no = (double)NAN;

const char *mien_agree_level_word(mien_agree_level level)
{
    static const char *const words[] = {"any", "nominal", "ordinal", "interval",
                                        "ratio"};
    return words[level];
}

const char *mien_icc_name(int i)
{
    static const char *const names[MIEN_ICCS] = {
        "ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)"};
    assert(i >= 0 && i < MIEN_ICCS);
    return names[i];
}

void mien_agreement_free(mien_agreement *a)
{
    if (!a)
        return;
    for (int i = 0; a->label && i < a->labels; i++)
        mi_free(a->label[i]);
    for (int i = 0; a->labeller && i < a->labellers; i++)
        mi_free(a->labeller[i].name);
    for (int i = 0; i < a->differing; i++) {
        mi_free(a->unit[i].name);
        mi_free(a->unit[i].labels);
    }
    for (int i = 0; i < a->groups; i++)
        mi_free(a->group[i].name);
    mi_free(a->label);
    mi_free(a->labeller);
    mi_free(a->pair);
    mi_free(a->coincidence);
    mi_free(a->group);
    mi_free(a->remarks);
    if (a->ratings)
        mi_ratings_free(a->ratings);
    mi_free(a->ratings);
    *a = (mien_agreement){0};
}

/* ---- what there is ------------------------------------------------------- */

/* Count units and labels. */
static void count(const mi_ratings *r, mien_agreement *a)
{
    a->few = INT64_MAX;
    for (int64_t u = 0; u < r->unit.n; u++) {
        int64_t m = mi_ratings_of(r, u);
        a->units += m > 0;
        a->none += m == 0;
        a->once += m == 1;
        if (m && m < a->few)
            a->few = m;
        if (m > a->most)
            a->most = m;
    }
    a->values = r->entries;
    a->missing = r->missing;
    a->level = r->level;
    a->labels = r->labels;
}

/* Why labels are taken for what they are taken for. */
static const char *why_level(const mi_ratings *r, const mien_agree_options *o)
{
    if (o->level != MIEN_AGREE_ANY)
        return "asked for";
    if (o->orders)
        return "there is an order";
    if (r->votes)
        return "labels are names of columns";
    return r->numbers ? "labels are numbers; names of classes: --level nominal"
                      : "labels are texts";
}

/* Names of labels and labellers. */
static mien_status copy_names(const mi_ratings *r, mien_agreement *a,
                              mien_error *err)
{
    a->label = mi_alloc((size_t)a->labels + 1, sizeof *a->label);
    a->labeller = mi_alloc((size_t)r->who.n + 1, sizeof *a->labeller);
    if (!a->label || !a->labeller)
        return mi_no_memory(err);
    const mien_column numbers = {.type = MIEN_COLUMN_NUMBER, .number = r->at};
    for (int i = 0; i < a->labels; i++) {
        char room[64];
        if (r->label.n)
            a->label[i] = mi_text_copy(r->label.text[i]);
        else if (mi_agree_cell(&numbers, i, room).n)
            a->label[i] = mi_text_copy(room);
        if (!a->label[i])
            return mi_no_memory(err);
    }
    for (int64_t i = 0; i < r->who.n; i++) {
        a->labeller[i].name = mi_text_copy(r->who.text[i]);
        if (!a->labeller[i].name)
            return mi_no_memory(err);
        a->labellers++;
    }
    for (int64_t i = 0; a->labellers && i < r->entries; i++)
        a->labeller[r->entry[i].who].labels++;
    return MIEN_OK;
}

/* Say why a figure is not defined. */
static void explain(mien_agreement *a)
{
    static const char equal[] = "all labels are equal";
    if (isnan(a->alpha.value))
        a->alpha.why = a->labels == 1 ? equal
                                      : "all labels are equal of units that "
                                        "have two or more";
    if (isnan(a->fleiss.value))
        a->fleiss.why = a->level > MIEN_AGREE_ORDINAL ? "of names alone"
                        : a->few != a->most
                            ? "units have different numbers of labels"
                            : equal;
    if (isnan(a->ac1.value))
        a->ac1.why = a->level > MIEN_AGREE_ORDINAL ? "of names alone" : equal;
}

/* Labellers without a label, as remarks; and all remarks as text. */
static mien_status put_remarks(mi_ratings *r, mien_agreement *a,
                               mien_error *err)
{
    for (int i = 0; i < a->labellers; i++)
        if (!a->labeller[i].labels)
            mien_buffer_printf(&r->remarks, "'%s' gave no label\n",
                               a->labeller[i].name);
    mien_buffer_put(&r->remarks, "", 1);
    if (!r->remarks.failed)
        a->remarks = mi_text_copy((const char *)r->remarks.data);
    return a->remarks ? MIEN_OK : mi_no_memory(err);
}

/* ---- all ----------------------------------------------------------------- */

/* Everything about labels that were read. */
static mien_status look(mi_ratings *r, const mien_agree_options *o,
                        mien_agreement *a, mien_error *err)
{
    const mi_agree_work w = mi_agree_work_on(r, r->unit.n);
    mien_agree_figure f[MI_AGREE_FIGURES];
    count(r, a);
    a->level_why = why_level(r, o);
    a->replicates = mi_agree_replicates(&w, o);
    mien_status st = copy_names(r, a, err);
    if (!st)
        st = put_remarks(r, a, err);
    if (!st)
        st = mi_agree_figures(&w, o, a->replicates, f, err);
    if (st)
        return st;
    a->observed = f[MI_AGREE_OBSERVED];
    a->alpha = f[MI_AGREE_ALPHA];
    a->fleiss = f[MI_AGREE_FLEISS];
    a->ac1 = f[MI_AGREE_AC1];
    explain(a);
    st = mi_agree_pairs(r, o, a, err);
    if (!st)
        st = mi_agree_labellers(r, a, err);
    if (!st)
        st = mi_agree_differ(r, a, err);
    if (!st)
        st = mi_agree_groups(r, o, a, err);
    return st ? st : mi_agree_numbers(r, a, err);
}

mien_status mien_dataset_agree(const mien_table *t,
                               const mien_agree_options *options,
                               mien_agreement *out, mien_error *err)
{
    const mien_agree_options defaults = MIEN_AGREE_DEFAULTS;
    const mien_agree_options *o = options ? options : &defaults;
    mien_agreement a = {.gap = {-1, -1, 0, no, no, no}};
    if (!mien_table_rows(t))
        return mi_fail(err, MIEN_EFORMAT, "the table has no rows");
    if (o->replicates && (o->replicates < 20 || o->replicates > 100000))
        return mi_fail(err, MIEN_EARG, "%d replicates, wanted 20..100000",
                       o->replicates);
    a.ratings = mi_alloc(1, sizeof *a.ratings);
    mien_status st = a.ratings ? MIEN_OK : mi_no_memory(err);
    if (!st)
        st = mi_agree_read(t, o, a.ratings, err);
    if (!st)
        st = look(a.ratings, o, &a, err);
    if (st)
        mien_agreement_free(&a);
    else
        *out = a;
    return st;
}
