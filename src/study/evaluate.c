/* evaluate.c: a model on a table whose answers are known, which is prepared as
 * the table was that it learned from. */
#include "study/study.h"

#include "base/alloc.h"
#include "base/error.h"
#include "table/level.h"

#include <math.h>
#include <string.h>

/* The Brier score of decision values; NaN where scores are no probabilities. */
static double brier_of(const mien_tabular *m, const mien_scored *rows)
{
    double sum = 0;
    if (strcmp(mien_tabular_text(m, "kind"), "logistic") != 0)
        return (double)NAN;
    for (int64_t i = 0; i < rows->n; i++) {
        double off = mien_tabular_score_of(m, rows->score[i]) - rows->y[i];
        sum += off * off;
    }
    return sum / (double)rows->n;
}

mien_status mi_study_judge_rows(const mien_tabular *m, const mien_scored *rows,
                                double cut, uint32_t seed, mien_pool *pool,
                                mien_verdict *out, mien_error *err)
{
    mien_verdict v = {0};
    mien_status st = mien_verdict_of(rows, cut, seed, pool, &v, err);
    if (st)
        return st;
    v.threshold = mien_tabular_score_of(m, cut);
    v.near.threshold = mien_tabular_score_of(m, v.near.threshold);
    v.brier = brier_of(m, rows);
    *out = v;
    return MIEN_OK;
}

/* A table on its way to a verdict. */
typedef struct judged {
    const mien_table *t;
    mien_table *sorted; /* owned; NULL: it was not */
    int64_t rows;       /* that are left of it */
    int64_t *source;    /* [rows] where each stands in t */
    uint8_t *event;     /* [rows of t] */
    uint8_t *y;         /* [rows] 1: an event, or before one; then by window */
    double *x;          /* [rows, width] */
    int64_t *end;       /* [windows] */
    double *decision;   /* [windows] */
    int64_t *unseen;    /* [columns] */
} judged;

static void judged_done(judged *j)
{
    mien_table_free(j->sorted);
    mi_free(j->source);
    mi_free(j->event);
    mi_free(j->y);
    mi_free(j->x);
    mi_free(j->end);
    mi_free(j->decision);
    mi_free(j->unseen);
}

/* Memory for all that is known of a table of n rows. */
static mien_status judged_new(const mien_tabular *m, const mien_table *t,
                              judged *j, mien_error *err)
{
    const mien_encoder *e = mien_tabular_encoder(m);
    size_t n = (size_t)mien_table_rows(t) + 1;
    *j = (judged){.t = t,
                  .source = mi_alloc(n, sizeof *j->source),
                  .event = mi_alloc(n, 1),
                  .y = mi_alloc(n, 1),
                  .x = mi_alloc_raw(n, (size_t)e->width * sizeof *j->x),
                  .end = mi_alloc(n, sizeof *j->end),
                  .decision = mi_alloc(n, sizeof *j->decision),
                  .unseen = mi_alloc((size_t)e->columns, sizeof *j->unseen)};
    if (j->source && j->event && j->y && j->x && j->end && j->decision &&
        j->unseen)
        return MIEN_OK;
    judged_done(j);
    return mi_no_memory(err);
}

mien_status mi_study_recipe_of(const mien_tabular *m, mien_recipe **out,
                               mien_error *err)
{
    const char *text = mien_tabular_text(m, "recipe");
    *out = NULL;
    return *text
               ? mien_recipe_read((const uint8_t *)text, strlen(text), out, err)
               : MIEN_OK;
}

/* ---- reading ------------------------------------------------------------- */

/* A name among types; NULL: it is not there. */
static const mien_csv_type *type_of(const char *name, const mien_csv_type *type,
                                    int types)
{
    for (int i = 0; i < types; i++)
        if (strcmp(type[i].name, name) == 0)
            return &type[i];
    return NULL;
}

/* The types of a model's columns, of its label, and those that csv had for
 * others, in type; how many. */
static int put_types(const mien_tabular *m, const mien_recipe *r,
                     const mien_csv_options *csv, mien_csv_type *type)
{
    const mien_encoder *e = mien_tabular_encoder(m);
    const char *label = mien_tabular_text(m, "label");
    const mien_csv_type *known = r ? type_of(label, r->type, r->types) : NULL;
    int n = 0;
    for (; n < e->columns; n++)
        type[n] = (mien_csv_type){e->column[n].name, e->column[n].type};
    if (known && !type_of(label, csv->type, csv->types))
        type[n++] = (mien_csv_type){label, known->type};
    for (int i = 0; i < csv->types; i++)
        if (!type_of(csv->type[i].name, type, n))
            type[n++] = csv->type[i];
    return n;
}

/* The values that meant none is there, copied to `to`. */
static const char *const *put_missing(const mien_recipe *r, const char **to)
{
    char *text = (char *)(to + r->nas);
    for (int i = 0; i < r->nas; i++) {
        size_t n = strlen(r->na[i]) + 1;
        to[i] = memcpy(text, r->na[i], n);
        text += n;
    }
    return to;
}

mien_status mien_evaluate_csv(const mien_tabular *m, mien_csv_options *csv,
                              mien_bytes *kept, mien_error *err)
{
    const mien_encoder *e = mien_tabular_encoder(m);
    mien_recipe *r = NULL;
    mien_status st = mi_study_recipe_of(m, &r, err);
    if (st)
        return st;
    size_t types =
        ((size_t)e->columns + (size_t)csv->types + 1) * sizeof(mien_csv_type);
    size_t n = types;
    for (int i = 0; r && i < r->nas; i++)
        n += sizeof(char *) + strlen(r->na[i]) + 1;
    uint8_t *block = mi_alloc(n, 1);
    if (block) {
        csv->types = put_types(m, r, csv, (mien_csv_type *)(void *)block);
        csv->type = (mien_csv_type *)(void *)block;
        if (r && r->na && !csv->missing) {
            csv->missing =
                put_missing(r, (const char **)(void *)(block + types));
            csv->missings = r->nas;
        }
        if (r && !csv->dates)
            csv->dates = r->dates;
        *kept = (mien_bytes){block, n};
    }
    mien_recipe_free(r);
    return block ? MIEN_OK : mi_no_memory(err);
}

/* ---- judging ------------------------------------------------------------- */

/* 1, and the answers, if every row has the same value: the event, or not. */
static int is_one_class(const mien_table *t, int column, const char *positive,
                        uint8_t *y)
{
    mien_column c = mien_table_column(t, column);
    int64_t n = mien_table_rows(t);
    char value[MIEN_LABEL_MAX_NAME];
    if (n == 0 || c.missing)
        return 0;
    mi_value_write(&c, 0, sizeof value, value);
    for (int64_t i = 1; i < n; i++)
        if (!mi_value_same(&c, 0, &c, i))
            return 0;
    memset(y, strcmp(value, positive) == 0, (size_t)n);
    return 1;
}

/* The answers of a table's rows. */
static mien_status read_answers(const mien_tabular *m, const mien_table *t,
                                const mien_evaluate_options *o, uint8_t *y,
                                mien_error *err)
{
    const char *name = o->label ? o->label : mien_tabular_text(m, "label");
    const char *positive =
        o->positive ? o->positive : mien_tabular_text(m, "positive");
    mien_label classes;
    int at = mien_table_find(t, name);
    if (at < 0)
        return mi_fail(err, MIEN_EARG, "no column '%.150s'", name);
    if (mien_table_rows(t) == 0)
        return mi_fail(err, MIEN_EARG, "the table has no rows to judge by");
    mien_error why = {0};
    mien_status st = mien_label_find(t, at, positive, &classes, &why);
    if (st != MIEN_OK && is_one_class(t, at, positive, y))
        return MIEN_OK;
    if (st && err)
        *err = why;
    return st ? st : mien_label_read(&classes, t, at, y, err);
}

/* The rows and labels that training would have seen: sorted by time and shifted
 * ahead of events, if the model was and looks at more than single rows. */
static mien_status shift(const mien_tabular *m, const mien_evaluate_options *o,
                         judged *j, mien_error *err)
{
    int64_t n = mien_table_rows(j->t);
    mien_recipe *r = NULL;
    mien_status st = mi_study_recipe_of(m, &r, err);
    int ahead = r ? r->ahead : 0;
    if (!st && r && r->time && (ahead || mien_tabular_window(m) > 1)) {
        st = mi_study_sort(j->t, r->time, &j->sorted, err);
        j->t = st ? j->t : j->sorted;
    }
    mien_recipe_free(r);
    if (!st)
        st = read_answers(m, j->t, o, j->event, err);
    if (st)
        return st;
    j->rows = n;
    if (ahead) {
        j->rows = mien_curve_shift(n, j->event, ahead, j->source, j->y);
        return MIEN_OK;
    }
    memcpy(j->y, j->event, (size_t)n);
    for (int64_t i = 0; i < n; i++)
        j->source[i] = i;
    return MIEN_OK;
}

mien_status mi_study_refuse_unseen(const mien_encoder *e, const int64_t *unseen,
                                   mien_error *err)
{
    for (int i = 0; i < e->columns; i++)
        if (unseen[i])
            return mi_fail(err, MIEN_EFORMAT,
                           "column '%.80s': %lld values that the model has not "
                           "seen",
                           e->column[i].name, (long long)unseen[i]);
    return MIEN_OK;
}

/* Decide on every window, and take its label. */
static mien_status decide(mien_tabular *m, judged *j, int64_t *windows,
                          mien_error *err)
{
    mien_status st = mien_encoder_apply(mien_tabular_encoder(m), j->t, j->rows,
                                        j->source, j->unseen, j->x, err);
    if (st)
        return st;
    int64_t n =
        mien_windows_find(j->rows, mien_tabular_window(m), j->source, j->end);
    mien_tabular_decide_windows(m, j->x, n, j->end, j->decision);
    for (int64_t i = 0; i < n; i++)
        j->y[i] = j->y[j->end[i]];
    *windows = n;
    return MIEN_OK;
}

/* Where the row stands that each window ends with. */
static void place_windows(judged *j, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        j->source[i] = j->source[j->end[i]];
}

/* Judge n windows that were decided on, and let `more` look at them. */
static mien_status judge(const mien_tabular *m, judged *j, int64_t n,
                         const mien_evaluate_options *o,
                         const mi_study_more *more, mien_verdict *v,
                         mien_error *err)
{
    const mien_scored rows = {n, j->y, j->decision, NULL};
    double cut = o->threshold ? mien_tabular_decision_of(m, *o->threshold)
                              : mien_tabular_cut(m);
    mien_status st =
        mi_study_judge_rows(m, &rows, cut, o->seed, o->pool, v, err);
    if (o->threshold)
        v->threshold = *o->threshold;
    if (st || !more)
        return st;
    place_windows(j, n);
    return more->look(more->arg, m, j->t, &rows, j->source, cut, err);
}

mien_status mi_study_evaluate(mien_tabular *m, const mien_table *t,
                              const mien_evaluate_options *options,
                              const mi_study_more *more, mien_verdict *out,
                              mien_error *err)
{
    static const mien_evaluate_options defaults = MIEN_EVALUATE_DEFAULTS;
    const mien_evaluate_options *o = options ? options : &defaults;
    const mien_encoder *e = mien_tabular_encoder(m);
    mien_verdict v = {0};
    judged j;
    int64_t n = 0, unseen = 0;
    mien_status st = judged_new(m, t, &j, err);
    if (st)
        return st;
    st = shift(m, o, &j, err);
    if (!st)
        st = decide(m, &j, &n, err);
    for (int i = 0; !st && i < e->columns; i++)
        unseen += j.unseen[i];
    if (!st && o->unseen == MIEN_UNSEEN_ERROR)
        st = mi_study_refuse_unseen(e, j.unseen, err);
    if (!st)
        st = judge(m, &j, n, o, more, &v, err);
    judged_done(&j);
    if (st)
        return st;
    v.unseen = unseen;
    *out = v;
    return MIEN_OK;
}

mien_status mien_evaluate(mien_tabular *m, const mien_table *t,
                          const mien_evaluate_options *options,
                          mien_verdict *out, mien_error *err)
{
    return mi_study_evaluate(m, t, options, NULL, out, err);
}
