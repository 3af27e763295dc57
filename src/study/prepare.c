/* prepare.c: a table made ready to learn from.
 *
 *   rows in the order of time, if they are to be so
 *     -> labels (shifted ahead of events) -> samples: rows, or windows of rows
 *     -> training, validation and test part
 *     -> encoder and scaler of the training part -> numbers of all rows
 *
 * Each step is done once: the encoded numbers serve learning, which scales
 * them, and judging, whose model scales them itself. */
#include "study/study.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* ---- labels -------------------------------------------------------------- */

static mien_status find_column(const mien_table *t, const char *name, int *out,
                               mien_error *err)
{
    *out = mien_table_find(t, name);
    if (*out >= 0)
        return MIEN_OK;
    return mi_fail(err, MIEN_EARG, "no column '%.150s'", name);
}

mien_status mi_study_sort(const mien_table *t, const char *column,
                          mien_table **out, mien_error *err)
{
    int at = 0;
    int64_t n = mien_table_rows(t);
    mien_status st = find_column(t, column, &at, err);
    if (st)
        return st;
    int64_t *order = mi_alloc((size_t)n + 1, sizeof *order);
    st = order ? mien_table_time_order(t, at, order, NULL, err)
               : mi_no_memory(err);
    if (!st)
        st = mien_table_select_rows(t, n, order, out, err);
    mi_free(order);
    return st;
}

/* Rows that are taken to be in the order of time have to be in that of their
 * first column of dates, if there is one. */
static mien_status check_order(const mien_table *t, mien_error *err)
{
    size_t n = (size_t)mien_table_rows(t);
    int64_t *order = mi_alloc(n + 1, sizeof *order), falls = 0;
    mien_status st = order ? MIEN_OK : mi_no_memory(err);
    for (int i = 0; !st && i < mien_table_columns(t); i++) {
        mien_column c = mien_table_column(t, i);
        mien_error why = {0};
        mien_status is = MIEN_EFORMAT;
        if (c.text)
            is = mien_table_time_order(t, i, order, &falls, &why);
        if (is == MIEN_ENOMEM)
            st = mi_no_memory(err);
        if (!is && falls)
            st =
                mi_fail(err, MIEN_EARG,
                        "row %lld is earlier than the one before it by column "
                        "'%.80s': rows have to be in the order of time; --time "
                        "sorts them by a column",
                        (long long)falls, c.name);
        if (!is)
            break;
    }
    mi_free(order);
    return st;
}

/* The rows in the order of time, if they are to be so. */
static mien_status sort_rows(mien_study *s, mien_error *err)
{
    const char *time = s->o.recipe.time;
    if (!time)
        return s->o.honest ? check_order(s->given, err) : MIEN_OK;
    mien_status st = mi_study_sort(s->given, time, &s->sorted, err);
    s->o.honest = 1;
    if (!st)
        s->given = s->sorted;
    return st;
}

/* The event of each row of the table as it was given. */
static mien_status read_labels(mien_study *s, uint8_t *event, mien_error *err)
{
    const mien_recipe *r = &s->o.recipe;
    if (!r->label)
        return mi_fail(err, MIEN_EARG, "no label's column was named");
    mien_status st = find_column(s->given, r->label, &s->label, err);
    if (!st)
        st = mien_label_find(s->given, s->label, r->positive, &s->classes, err);
    if (!st)
        st = mien_label_read(&s->classes, s->given, s->label, event, err);
    return st;
}

/* Label rows before events, and drop the events' rows. */
static mien_status shift(mien_study *s, const uint8_t *event, mien_error *err)
{
    int64_t n = mien_table_rows(s->given);
    s->t = s->given;
    s->rows = n;
    if (s->o.recipe.ahead) {
        s->rows =
            mien_curve_shift(n, event, s->o.recipe.ahead, s->source, s->y);
        mien_status st = mien_table_select_rows(s->given, s->rows, s->source,
                                                &s->shifted, err);
        if (st)
            return st;
        s->t = s->shifted;
    } else {
        memcpy(s->y, event, (size_t)n);
        for (int64_t i = 0; i < n; i++)
            s->source[i] = i;
    }
    for (int64_t i = 0; i < s->rows; i++)
        s->events += s->y[i];
    return MIEN_OK;
}

static mien_status make_labels(mien_study *s, mien_error *err)
{
    size_t n = (size_t)mien_table_rows(s->given) + 1;
    uint8_t *event = mi_alloc(n, 1);
    s->source = mi_alloc(n, sizeof *s->source);
    s->y = mi_alloc(n, 1);
    mien_status st = event && s->source && s->y ? read_labels(s, event, err)
                                                : mi_no_memory(err);
    if (!st)
        st = shift(s, event, err);
    mi_free(event);
    return st;
}

/* ---- parts --------------------------------------------------------------- */

int64_t mi_study_rows(const mien_study *s, mien_study_part part,
                      const int64_t **sample)
{
    int test = part == MIEN_PART_TEST;
    *sample = test ? s->split.test : s->split.valid;
    return test ? s->split.tests : s->split.valids;
}

uint8_t mi_study_label(const mien_study *s, int64_t sample)
{
    return s->y[s->end[sample]];
}

/* Each part has to have both classes. */
static mien_status check_part(const mien_study *s, const char *name, int64_t n,
                              const int64_t *sample, mien_error *err)
{
    int64_t ones = 0;
    for (int64_t i = 0; i < n; i++)
        ones += mi_study_label(s, sample[i]);
    if (ones > 0 && ones < n)
        return MIEN_OK;
    return mi_fail(err, MIEN_EARG,
                   "the %s part has %lld rows, %lld of them events: both "
                   "classes are wanted (other shares or another seed may help)",
                   name, (long long)n, (long long)ones);
}

/* Split at random; by class, if that is wanted or events are rare. */
static mien_status split_random(mien_study *s, mien_error *err)
{
    const mien_study_options *o = &s->o;
    mien_split_options how = {o->test, o->valid, o->seed, NULL};
    double least = fmin(o->test, (1 - o->test) * o->valid);
    int rare = (double)s->events * least < MIEN_STRATIFY_EVENTS;
    if (o->stratify == MIEN_STRATIFY_NO ||
        (o->stratify == MIEN_STRATIFY_RARE && !rare))
        return mien_split_random(s->samples, &how, &s->split, err);
    int32_t *classes = mi_alloc((size_t)s->samples, sizeof *classes);
    if (!classes)
        return mi_no_memory(err);
    for (int64_t i = 0; i < s->samples; i++)
        classes[i] = mi_study_label(s, i);
    how.classes = classes;
    mien_status st = mien_split_random(s->samples, &how, &s->split, err);
    mi_free(classes);
    s->stratified = st == MIEN_OK;
    if (st != MIEN_EARG || o->stratify == MIEN_STRATIFY_YES)
        return st;
    how.classes = NULL; /* too few of a class */
    return mien_split_random(s->samples, &how, &s->split, err);
}

/* Split the windows, and check that each part can serve. */
static mien_status make_parts(mien_study *s, mien_error *err)
{
    const mien_study_options *o = &s->o;
    s->end = mi_alloc((size_t)s->rows + 1, sizeof *s->end);
    if (!s->end)
        return mi_no_memory(err);
    s->samples =
        mien_windows_find(s->rows, o->recipe.window, s->source, s->end);
    if (s->samples < 2)
        return mi_fail(err, MIEN_EARG, "%lld rows are too few to learn from",
                       (long long)s->samples);
    mien_status st =
        o->honest ? mien_split_ordered(s->samples, NULL, o->test, o->valid,
                                       o->purge, &s->split, err)
                  : split_random(s, err);
    if (!st)
        st = check_part(s, "training", s->split.trains, s->split.train, err);
    if (!st)
        st = check_part(s, "validation", s->split.valids, s->split.valid, err);
    if (!st)
        st = check_part(s, "test", s->split.tests, s->split.test, err);
    return st;
}

/* ---- numbers ------------------------------------------------------------- */

/* All columns but the label's and those that are dropped. */
static mien_status choose_columns(const mien_study *s, int *column, int *count,
                                  mien_error *err)
{
    const mien_recipe *r = &s->o.recipe;
    int n = mien_table_columns(s->t), at;
    mien_status st = MIEN_OK;
    for (int i = 0; i < n; i++)
        column[i] = i != s->label;
    for (int i = 0; !st && i < r->drops; i++) {
        st = find_column(s->t, r->drop[i], &at, err);
        if (!st)
            column[at] = 0;
    }
    *count = 0;
    for (int i = 0; i < n; i++)
        if (column[i])
            column[(*count)++] = i;
    if (!st && *count == 0)
        st = mi_fail(err, MIEN_EARG, "no column is left to learn from");
    return st;
}

/* The rows that encoder and scaler look at; how many. */
static int64_t rows_to_fit(const mien_study *s, int64_t *row)
{
    int usual = s->o.estimator == MIEN_ESTIMATOR_AUTOENCODER;
    int64_t n = 0;
    for (int64_t i = 0; i < s->split.trains; i++) {
        int64_t at = s->end[s->split.train[i]];
        if (!usual || !s->y[at])
            row[n++] = at;
    }
    return n;
}

/* Fit encoder and scaler to n rows; encode all. */
static mien_status fit_numbers(mien_study *s, const int *column, int count,
                               int64_t n, const int64_t *row, mien_error *err)
{
    mien_encode_options o = MIEN_ENCODE_DEFAULTS;
    o.missing = s->o.recipe.missing;
    mien_status st =
        mien_encoder_fit(s->t, count, column, n, row, &o, &s->encoder, err);
    if (st)
        return st;
    size_t width = (size_t)s->encoder->width;
    s->width = s->encoder->width;
    s->scaler = mi_alloc(width, 2 * sizeof *s->scaler);
    s->x = mi_alloc_raw((size_t)s->rows, width * sizeof *s->x);
    if (!s->scaler || !s->x)
        return mi_no_memory(err);
    st = mien_encoder_apply(s->encoder, s->t, s->rows, NULL, NULL, s->x, err);
    return st ? st
              : mien_scale_fit(s->o.recipe.scaler, n, s->width, s->x, row,
                               s->o.pool, s->scaler, err);
}

static mien_status make_numbers(mien_study *s, mien_error *err)
{
    int *column = mi_alloc((size_t)mien_table_columns(s->t), sizeof *column);
    int64_t *row = mi_alloc((size_t)s->rows + 1, sizeof *row);
    int count = 0;
    mien_status st = column && row ? choose_columns(s, column, &count, err)
                                   : mi_no_memory(err);
    if (!st)
        st = fit_numbers(s, column, count, rows_to_fit(s, row), row, err);
    mi_free(column);
    mi_free(row);
    return st;
}

mien_status mi_study_gather(const mien_study *s, int64_t n,
                            const int64_t *sample, double **out,
                            mien_error *err)
{
    int window = s->o.recipe.window;
    double *x = mi_alloc_raw((size_t)n + 1,
                             (size_t)s->width * (size_t)window * sizeof *x);
    int64_t *end = mi_alloc((size_t)n + 1, sizeof *end);
    int good = x && end;
    for (int64_t i = 0; good && i < n; i++)
        end[i] = s->end[sample[i]];
    if (good) {
        mien_windows_gather(s->width, s->x, window, n, end, x);
        mien_scale_apply(n * window, s->width, s->scaler, x);
        *out = x;
    } else {
        mi_free(x);
    }
    mi_free(end);
    return good ? MIEN_OK : mi_no_memory(err);
}

/* ---- a study ------------------------------------------------------------- */

static mien_status check_options(const mien_study_options *o, mien_error *err)
{
    const mien_recipe *r = &o->recipe;
    if (r->ahead < 0 || r->window < 1 || r->window > MIEN_TABULAR_MAX_WINDOW)
        return mi_fail(err, MIEN_EARG,
                       "%d rows ahead and a window of %d, wanted 0 or more and "
                       "1 to %d",
                       r->ahead, r->window, MIEN_TABULAR_MAX_WINDOW);
    return MIEN_OK;
}

mien_status mien_study_new(const mien_table *t,
                           const mien_study_options *options, mien_study **out,
                           mien_error *err)
{
    mien_status st = check_options(options, err);
    if (st)
        return st;
    mien_study *s = mi_alloc(1, sizeof *s);
    if (!s)
        return mi_no_memory(err);
    s->o = *options;
    if (s->o.purge < 0)
        s->o.purge = s->o.recipe.window + s->o.recipe.ahead;
    s->given = t;
    st = sort_rows(s, err);
    if (!st)
        st = make_labels(s, err);
    if (!st)
        st = make_parts(s, err);
    if (!st)
        st = make_numbers(s, err);
    if (st) {
        mien_study_free(s);
        return st;
    }
    *out = s;
    return MIEN_OK;
}

void mien_study_free(mien_study *s)
{
    if (!s)
        return;
    for (int i = 0; i < 2; i++) {
        mi_free(s->part[i].y);
        mi_free(s->part[i].decision);
        mi_free(s->part[i].score);
    }
    mien_groupings_free(&s->groups);
    mien_bytes_free(&s->file);
    mien_fit_free(s->fit);
    mien_trainer_free(s->trainer);
    mien_graph_free(s->graph);
    mien_logistic_done(&s->logistic);
    mien_buffer_free(&s->settings);
    mien_encoder_free(s->encoder);
    mien_split_free(&s->split);
    mien_table_free(s->shifted);
    mien_table_free(s->sorted);
    mi_free(s->x);
    mi_free(s->scaler);
    mi_free(s->end);
    mi_free(s->source);
    mi_free(s->y);
    mi_free(s);
}

const char *mi_study_title(const mien_study *s)
{
    return s->o.estimator == MIEN_ESTIMATOR_LOGISTIC ? "Logistic regression"
                                                     : "Auto-encoder";
}

mien_status mien_study_learn(mien_study *s, mien_fit_end *end, mien_error *err)
{
    mien_fit_end why = MIEN_FIT_EPOCHS;
    assert(!s->graph && !s->logistic.p);
    mien_status st = s->o.estimator == MIEN_ESTIMATOR_LOGISTIC
                         ? mi_study_fit_logistic(s, err)
                         : mi_study_fit_network(s, &why, err);
    if (!st && s->settings.failed)
        st = mi_no_memory(err);
    if (!st && end)
        *end = why;
    return st;
}

const mien_fit *mien_study_fit(const mien_study *s) { return s->fit; }

const mien_trainer *mien_study_trainer(const mien_study *s)
{
    return s->trainer;
}
