/* concept_learn.c: a concept as the difference of two mean codes.
 *
 *   vector = mean of the codes of one side - mean of those of the other
 *
 * Source: Larsen et al., Autoencoding beyond pixels, ICML 2016, section 4.2. */
#include "faces/concept.h"

#include "base/alloc.h"
#include "base/error.h"
#include "faces/code.h"

#include <string.h>

enum { TOLD = 5 /* pictures of a side that are named */ };

void mien_concept_free(mien_concept *c)
{
    if (!c)
        return;
    mi_free(c->text);
    mi_free(c->labels);
    mi_free(c->vector);
    *c = (mien_concept){0};
}

/* What learning works with. */
typedef struct learner {
    mien_coder *coder;
    mien_analyzer *yunet;
    const mien_concept_options *options;
    mien_buffer *notes; /* or NULL */
    int units;
    float *code; /* [units] */
    double *sum; /* [units] of a side */
    int64_t done, of;
} learner;

/* Say what became of a side. */
static void note_side(const learner *l, const mi_term *t, int64_t n,
                      int64_t left_out)
{
    if (!l->notes)
        return;
    if (left_out)
        mien_buffer_printf(l->notes,
                           "%s: %lld of %lld pictures left out, without a "
                           "face or not to be read\n",
                           t->text, (long long)left_out,
                           (long long)n + left_out);
    if (n < MIEN_CONCEPT_FEW)
        mien_buffer_printf(l->notes,
                           "%s: %lld pictures; the mean of fewer than %d "
                           "shows these faces more than the concept\n",
                           t->text, (long long)n, MIEN_CONCEPT_FEW);
}

/* Sum the codes of one side; n: how many there are. */
static mien_status sum_side(learner *l, const mi_term *t, const mien_paths *p,
                            int64_t *n, mien_error *err)
{
    int64_t left_out = 0;
    const mien_concept_options *o = l->options;
    memset(l->sum, 0, (size_t)l->units * sizeof *l->sum);
    *n = 0;
    for (int64_t i = 0; i < p->n; i++) {
        mien_error why = {0};
        mien_status st =
            mi_faces_code(l->coder, l->yunet, p->path[i], l->code, NULL, &why);
        if (st == MIEN_ENOMEM)
            return mi_no_memory(err);
        if (st && l->notes && left_out++ < TOLD)
            mien_buffer_printf(l->notes, "%s\n", why.text);
        for (int k = 0; k < l->units && !st; k++)
            l->sum[k] += (double)l->code[k];
        *n += !st;
        if (o->on_picture && o->on_picture(o->arg, ++l->done, l->of))
            return mi_fail(err, MIEN_EARG, "stopped while '%.60s' was learned",
                           t->text);
    }
    note_side(l, t, *n, p->n - *n);
    return *n ? MIEN_OK
              : mi_fail(err, MIEN_EFORMAT,
                        "'%.60s': no face in any of %lld pictures", t->text,
                        (long long)p->n);
}

/* Both means, and their difference. */
static mien_status fill_vector(learner *l, const mi_term term[2],
                               const mi_concept_pictures *p, mien_concept *out,
                               mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int s = 0; s < 2 && !st; s++) {
        st = sum_side(l, &term[s], &p->side[s], &out->n[s], err);
        for (int k = 0; k < l->units && !st; k++)
            out->vector[k] +=
                (float)((s ? -1 : 1) * l->sum[k] / (double)out->n[s]);
    }
    return st;
}

mien_status mi_concept_of_pictures(mien_coder *c, mien_analyzer *yunet,
                                   const mi_concept_ask *ask,
                                   const mi_concept_pictures *p,
                                   mien_concept *out, mien_buffer *notes,
                                   mien_error *err)
{
    const char *labels = ask->options->labels;
    mien_concept made = {.aligned = yunet != NULL};
    learner l = {.coder = c,
                 .yunet = yunet,
                 .options = ask->options,
                 .notes = notes,
                 .of = p->side[0].n + p->side[1].n};
    made.units = l.units = mien_coder_get_info(c).units;
    made.text = mi_text_copy(ask->text);
    made.labels = mi_text_copy(labels ? labels : "");
    made.vector = mi_alloc((size_t)l.units, sizeof *made.vector);
    l.code = mi_alloc((size_t)l.units, sizeof *l.code);
    l.sum = mi_alloc((size_t)l.units, sizeof *l.sum);
    memcpy(made.digest, p->digest, sizeof made.digest);
    mien_status st = made.text && made.labels && made.vector && l.code && l.sum
                         ? fill_vector(&l, ask->term, p, &made, err)
                         : mi_no_memory(err);
    mi_free(l.code);
    mi_free(l.sum);
    if (st)
        mien_concept_free(&made);
    else
        *out = made;
    return st;
}

mien_status mi_concept_ask_read(mi_concept_ask *out, const char *text,
                                const mien_concept_options *options,
                                mien_error *err)
{
    static const mien_concept_options usual = MIEN_CONCEPT_DEFAULTS;
    out->text = text;
    out->options = options ? options : &usual;
    return mi_concept_terms(text, out->term, err);
}

mien_status mien_concept_learn(mien_coder *c, mien_analyzer *yunet,
                               const char *text,
                               const mien_concept_options *options,
                               mien_concept *out, mien_buffer *notes,
                               mien_error *err)
{
    mi_concept_ask ask;
    mi_concept_pictures p = {0};
    mien_status st = mi_concept_ask_read(&ask, text, options, err);
    if (!st)
        st = mi_concept_find(&ask, &p, err);
    if (!st)
        st = mi_concept_of_pictures(c, yunet, &ask, &p, out, notes, err);
    mi_concept_pictures_free(&p);
    return st;
}
