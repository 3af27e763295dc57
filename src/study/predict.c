/* predict.c: scores, verdicts and the columns that speak loudest, row by row,
 * for tables that come piece by piece. */
#include "study/predictor.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Names of inputs and columns, once for all rows. */
static mien_status make_names(mien_predictor *p, mien_error *err)
{
    const mien_encoder *e = p->encoder;
    p->name = mi_alloc((size_t)e->width, sizeof *p->name);
    p->type = mi_alloc((size_t)e->columns, sizeof *p->type);
    p->column = mi_alloc((size_t)e->columns + 1, sizeof *p->column);
    p->unseen = mi_alloc((size_t)e->columns, sizeof *p->unseen);
    p->missing = mi_alloc((size_t)e->columns, sizeof *p->missing);
    p->highest = mi_alloc((size_t)p->o.highest + 1, sizeof *p->highest);
    if (!p->name || !p->type || !p->column || !p->unseen || !p->missing ||
        !p->highest)
        return mi_no_memory(err);
    for (int i = 0; i < e->width; i++)
        mien_encoder_name(e, i, MI_INPUT_NAME, p->name[i]);
    for (int i = 0; i < e->columns; i++) {
        p->column[i] = e->column[i].name;
        p->type[i] = (mien_csv_type){e->column[i].name, e->column[i].type};
    }
    return MIEN_OK;
}

mien_status mien_predictor_new(mien_tabular *m,
                               const mien_predict_options *options,
                               mien_predictor **out, mien_error *err)
{
    static const mien_predict_options defaults = MIEN_PREDICT_DEFAULTS;
    const mien_predict_options *o = options ? options : &defaults;
    if (o->top < 0 || o->top > MIEN_PREDICT_MAX_TOP)
        return mi_fail(err, MIEN_EARG, "predict: %d columns, wanted 0 to %d",
                       o->top, MIEN_PREDICT_MAX_TOP);
    if (o->highest < 0 || o->highest > MIEN_PREDICT_MAX_HIGHEST)
        return mi_fail(err, MIEN_EARG,
                       "predict: the %d highest rows, wanted 0 to %d",
                       o->highest, MIEN_PREDICT_MAX_HIGHEST);
    mien_predictor *p = mi_alloc(1, sizeof *p);
    if (!p)
        return mi_no_memory(err);
    p->model = m;
    p->second = -HUGE_VAL;
    p->encoder = mien_tabular_encoder(m);
    p->o = *o;
    p->cut = o->threshold ? mien_tabular_decision_of(m, *o->threshold)
                          : mien_tabular_cut(m);
    p->logistic = strcmp(mien_tabular_text(m, "kind"), "logistic") == 0;
    mien_status st = make_names(p, err);
    if (!st)
        st = mi_study_recipe_of(m, &p->recipe, err);
    if (st)
        mien_predictor_free(p);
    else
        *out = p;
    return st;
}

void mien_predictor_free(mien_predictor *p)
{
    if (!p)
        return;
    mien_recipe_free(p->recipe);
    mi_free(p->name);
    mi_free(p->type);
    mi_free((void *)p->column);
    mi_free(p->unseen);
    mi_free(p->missing);
    mi_free(p->highest);
    mi_free(p->decision);
    mi_free(p->part);
    mi_free(p);
}

/* The column by which rows have to be in order, or NULL: theirs does not
 * matter, or it is not known. */
static const char *time_of(const mien_predictor *p)
{
    return p->recipe && mien_tabular_window(p->model) > 1 ? p->recipe->time
                                                          : NULL;
}

/* 1 if it is one of the model's columns. */
static int is_column(const mien_predictor *p, const char *name)
{
    for (int i = 0; i < p->encoder->columns; i++)
        if (strcmp(p->column[i], name) == 0)
            return 1;
    return 0;
}

void mien_predictor_csv(const mien_predictor *p, mien_csv_options *csv)
{
    const char *time = time_of(p);
    csv->type = p->type;
    csv->column = p->column;
    csv->types = csv->columns = p->encoder->columns;
    if (time && !is_column(p, time))
        p->column[csv->columns++] = time;
    if (p->recipe && p->recipe->na && !csv->missing) {
        csv->missing = p->recipe->na;
        csv->missings = p->recipe->nas;
    }
}

void mien_predictor_head(const mien_predictor *p, mien_buffer *out)
{
    mien_buffer_puts(out, "row,score,verdict");
    for (int i = 0; i < p->o.top; i++)
        mien_buffer_printf(out, ",top_%d", i + 1);
    mien_buffer_puts(out, "\n");
}

/* ---- one row ------------------------------------------------------------- */

int mi_predictor_top(const mien_predictor *p, const float *part, int *top)
{
    float size[MIEN_PREDICT_MAX_TOP] = {0};
    int n = 0;
    for (int i = 0; p->o.top > 0 && i < p->encoder->width; i++) {
        float v = p->logistic ? fabsf(part[i]) : part[i];
        if (n == p->o.top && !(v > size[n - 1]))
            continue;
        int at = n < p->o.top ? n++ : n - 1;
        for (; at > 0 && size[at - 1] < v; at--) {
            size[at] = size[at - 1];
            top[at] = top[at - 1];
        }
        size[at] = v;
        top[at] = i;
    }
    return n;
}

/* A field, in quotes where it has to be. */
static void put_text(mien_buffer *out, const char *s)
{
    if (!strpbrk(s, ",\"\r\n")) {
        mien_buffer_put(out, s, strlen(s));
        return;
    }
    mien_buffer_put(out, "\"", 1);
    for (; *s; s++) {
        if (*s == '"')
            mien_buffer_put(out, s, 1);
        mien_buffer_put(out, s, 1);
    }
    mien_buffer_put(out, "\"", 1);
}

/* Six digits; of a probability near 1 so many that what is missing to 1 has
 * three. */
static int digits_of(const mien_predictor *p, double score)
{
    double missing = 1 - score;
    if (!p->logistic || missing >= 1e-4 || missing <= 0)
        return 6;
    int digits = 2 - (int)floor(log10(missing));
    return digits < 17 ? digits : 17;
}

/* The line of one row. */
static void put_line(const mien_predictor *p, const mien_predicted *r,
                     const float *part, mien_buffer *out)
{
    char text[64];
    int top[MIEN_PREDICT_MAX_TOP], n = 0;
    if (isnan(r->score)) {
        n = snprintf(text, sizeof text, "%lld,,", (long long)r->row);
    } else {
        n = snprintf(text, sizeof text, "%lld,%.*g,%d", (long long)r->row,
                     digits_of(p, r->score), r->score, r->alarm);
    }
    mien_buffer_put(out, text, (size_t)n);
    n = isnan(r->score) ? 0 : mi_predictor_top(p, part, top);
    for (int i = 0; i < p->o.top; i++) {
        mien_buffer_put(out, ",", 1);
        if (i < n)
            put_text(out, p->name[top[i]]);
    }
    mien_buffer_put(out, "\n", 1);
}

/* Count the next row, keep it, and write its line where one is wanted. */
static void take_row(mien_predictor *p, double decision, const float *part,
                     mien_buffer *out)
{
    const mien_predicted r = {.row = ++p->row,
                              .decision = decision,
                              .score =
                                  mien_tabular_score_of(p->model, decision),
                              .alarm = decision >= p->cut};
    p->scored += !isnan(r.score);
    p->alarms += r.alarm;
    mi_predictor_keep(p, &r, part);
    if (out && (r.alarm || !p->o.alarms))
        put_line(p, &r, part, out);
}

/* Count the values that are not there. */
static void count_missing(mien_predictor *p, const mien_table *t)
{
    for (int i = 0; i < p->encoder->columns; i++) {
        int at = mien_table_find(t, p->column[i]);
        if (at >= 0)
            p->missing[i] += mien_table_column(t, at).missing;
    }
}

/* Room for the scores of n rows. */
static mien_status reserve(mien_predictor *p, int64_t n, mien_error *err)
{
    if (n <= p->cap)
        return MIEN_OK;
    mi_free(p->decision);
    mi_free(p->part);
    p->cap = 0;
    p->decision = mi_alloc_raw((size_t)n, sizeof *p->decision);
    p->part =
        mi_alloc_raw((size_t)n, (size_t)p->encoder->width * sizeof *p->part);
    if (!p->decision || !p->part)
        return mi_no_memory(err);
    p->cap = n;
    return MIEN_OK;
}

/* A model of windows over rows in the order of time wants them so, where their
 * times are known. */
static mien_status check_order(mien_predictor *p, const mien_table *t,
                               mien_error *err)
{
    const char *time = time_of(p);
    int at = time ? mien_table_find(t, time) : -1;
    mien_dates d = {0};
    if (at < 0)
        return MIEN_OK;
    mien_status st = mien_dates_read(t, at, p->recipe->dates, &d, err);
    for (int64_t i = 0; !st && i < d.rows; i++) {
        if (!(d.second[i] >= p->second))
            st = mi_fail(err, MIEN_EARG,
                         "row %lld is earlier than the one before it by column "
                         "'%.80s', or has no time: the model looks at %d rows "
                         "in the order of time; sort the table by it",
                         (long long)(p->row + i + 1), time,
                         mien_tabular_window(p->model));
        p->second = d.second[i];
    }
    mien_dates_free(&d);
    return st;
}

mien_status mien_predictor_rows(mien_predictor *p, const mien_table *t,
                                mien_buffer *out, mien_error *err)
{
    int64_t n = mien_table_rows(t);
    mien_status st = reserve(p, n, err);
    if (!st)
        st = check_order(p, t, err);
    if (!st)
        st = mien_tabular_decide(p->model, t, p->decision, p->part, p->unseen,
                                 err);
    if (!st && p->o.unseen == MIEN_UNSEEN_ERROR)
        st = mi_study_refuse_unseen(p->encoder, p->unseen, err);
    if (st)
        return st;
    count_missing(p, t);
    for (int64_t i = 0; i < n; i++)
        take_row(p, p->decision[i], p->part + i * p->encoder->width, out);
    return MIEN_OK;
}

const int64_t *mien_predictor_unseen(const mien_predictor *p)
{
    return p->unseen;
}
