/* logistic.c: a regression of the training rows, resampled or weighted, and
 * brought back to the true rate of events. */
#include "study/study.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>

/* The rows to learn from. */
typedef struct rows {
    int64_t n;
    int p;
    double *x;  /* [n, p] */
    uint8_t *y; /* [n] */
} rows;

static void rows_done(rows *r)
{
    mi_free(r->x);
    mi_free(r->y);
    *r = (rows){0};
}

static mien_status rows_new(int64_t n, int p, rows *out, mien_error *err)
{
    *out = (rows){n, p, mi_alloc_raw((size_t)n + 1, (size_t)p * sizeof(double)),
                  mi_alloc((size_t)n + 1, 1)};
    if (out->x && out->y)
        return MIEN_OK;
    rows_done(out);
    return mi_no_memory(err);
}

static mien_status training_rows(const mien_study *s, rows *out,
                                 mien_error *err)
{
    rows r = {.n = s->split.trains, .p = s->width * s->o.recipe.window};
    r.y = mi_alloc((size_t)r.n + 1, 1);
    mien_status st = r.y ? mi_study_gather(s, r.n, s->split.train, &r.x, err)
                         : mi_no_memory(err);
    for (int64_t i = 0; !st && i < r.n; i++)
        r.y[i] = mi_study_label(s, s->split.train[i]);
    if (st)
        rows_done(&r);
    else
        *out = r;
    return st;
}

/* Rows of `from` in another order, some missing or twice, and `made` rows
 * between neighbours of the smaller class. */
static mien_status take_rows(const rows *from, const mien_resampled *which,
                             const mien_smote *made, rows *out, mien_error *err)
{
    size_t p = (size_t)from->p;
    int64_t ones = 0;
    mien_status st = rows_new(which->n + made->more, from->p, out, err);
    if (st)
        return st;
    for (int64_t i = 0; i < which->n; i++) {
        memcpy(out->x + (size_t)i * p, from->x + (size_t)which->row[i] * p,
               p * sizeof *out->x);
        out->y[i] = from->y[which->row[i]];
        ones += out->y[i];
    }
    if (made->more)
        st = mien_sample_smote(from->n, from->p, from->x, from->y, made,
                               out->x + (size_t)which->n * p, err);
    memset(out->y + which->n, ones * 2 <= which->n, (size_t)made->more);
    if (st)
        rows_done(out);
    return st;
}

/* Balance the classes of the rows to learn from, if asked to. */
static mien_status resample(const mien_study *s, rows *r, mien_error *err)
{
    mien_resample how = s->o.logistic.resample;
    mien_smote smote = {5, 0, s->o.seed};
    mien_resampled which = {0};
    rows taken = {0};
    if (how.kind == MIEN_RESAMPLE_NONE)
        return MIEN_OK;
    how.seed = s->o.seed;
    mien_status st =
        mi_resample_rows(r->n, r->y, &how, &which, &smote.more, err);
    if (how.kind == MIEN_RESAMPLE_OVER)
        smote.more = 0;
    if (!st)
        st = take_rows(r, &which, &smote, &taken, err);
    mien_resampled_free(&which);
    if (st)
        return st;
    rows_done(r);
    *r = taken;
    return MIEN_OK;
}

static double rate_of(const rows *r)
{
    return mien_baseline_of(r->n, r->y, NULL).rate;
}

/* What was fitted, in words. */
static void put_settings(mien_study *s, const mien_logistic_options *o,
                         const rows *r, double rate_before)
{
    const mien_logistic *m = &s->logistic;
    mien_buffer_printf(
        &s->settings,
        "logistic regression: C %g, class weights %g and %g%s\n"
        "learned from %lld rows, %.4f %% of them events (%.4f %% before "
        "resampling)\n"
        "%d iterations, largest component of the gradient %.2e%s\n",
        o->c, o->class_weight[0], o->class_weight[1],
        o->balanced ? " (balanced)" : "", (long long)r->n, 100 * rate_of(r),
        100 * rate_before, m->iterations, m->gradient,
        m->converged ? "" : "; NOT CONVERGED");
}

/* What weights and resampling made of the share of events is taken back. */
static void correct(mien_study *s, const mien_logistic_options *o,
                    const rows *r, double rate_before)
{
    int changed = o->balanced || o->class_weight[0] != o->class_weight[1] ||
                  rate_of(r) != rate_before;
    if (s->o.logistic.uncorrected || !changed)
        return;
    mien_logistic_correct(&s->logistic, rate_before);
    mien_buffer_puts(&s->settings,
                     "the intercept was corrected so that probabilities are at "
                     "the true rate of events; see --uncorrected\n");
}

mien_status mi_study_fit_logistic(mien_study *s, mien_error *err)
{
    const mien_study_logistic *how = &s->o.logistic;
    mien_logistic_options o = MIEN_LOGISTIC_DEFAULTS;
    rows r = {0};
    mien_status st = training_rows(s, &r, err);
    if (st)
        return st;
    double rate_before = rate_of(&r);
    o.c = how->c;
    memcpy(o.class_weight, how->class_weight, sizeof o.class_weight);
    o.balanced = how->balanced;
    o.pool = s->o.pool;
    st = resample(s, &r, err);
    if (!st) {
        const mien_labelled learned = {r.n, r.p, r.x, r.y, NULL};
        st = mien_logistic_fit(&learned, &o, &s->logistic, err);
    }
    if (!st) {
        put_settings(s, &o, &r, rate_before);
        correct(s, &o, &r, rate_before);
    }
    rows_done(&r);
    return st;
}
