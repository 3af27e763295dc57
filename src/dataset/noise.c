/* noise.c: labels that are wrong.
 *
 * Probabilities of each class come from logistic regressions on the other
 * columns, of folds that a row is not in.  Confident learning counts, for rows
 * labelled i, those whose probability of another class j is at least what rows
 * labelled j have on average (Northcutt, Jiang, Chuang, Confident learning,
 * JAIR 70, 2021, section 3.1); where classes overlap it counts rows that are
 * right.  So nothing is told unless the tails say that labels were changed
 * (noise_rate.c): a gain of twice the log-likelihood of 16, and one label in a
 * hundred. */
#include "dataset/check.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/learn.h"
#include "mien/table_columns.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FOLDS = 5, ROWS = 20000, WIDEST = 400, SHOWN = 10, LEAST = 200 };
static const double clip = 5, gain_wanted = 16, share_wanted = .01;
static const double work_most = 3e10;

/* Rows, their classes and what is worked out of them. */
typedef struct noise {
    mien_dataset *d;
    const mi_classes *classes;
    int64_t n; /* rows taken */
    int p;
    double *x;           /* [n, p] scaled */
    uint8_t *fold;       /* [n] */
    double *probability; /* [n, classes] of folds that the row is not in */
    double *wrong;       /* [n] chance that the label is wrong */
    double gain;         /* of the class that gains most */
} noise;

static void noise_done(noise *s)
{
    mi_free(s->x);
    mi_free(s->fold);
    mi_free(s->probability);
    mi_free(s->wrong);
}

/* Columns a model may look at: not the label nor the label in other words, no
 * count of rows, none with infinite numbers. */
static int choose_columns(const mien_dataset *d, int *out)
{
    int n = 0;
    for (int c = 0; c < d->columns; c++) {
        const mi_summary *s = &d->column[c];
        int counts = s->type == MIEN_COLUMN_NUMBER && (s->rises || s->falls);
        if (c != d->label && !(d->known && d->known[c]) && !counts &&
            !s->infinite && s->count)
            out[n++] = c;
    }
    return n;
}

static void scale(int64_t n, int p, double *x, double *scaler)
{
    mien_scale_apply(n, p, scaler, x);
    for (int64_t i = 0; i < n * p; i++)
        x[i] = fmin(fmax(x[i], -clip), clip);
}

/* How many columns there are with squares, and with products of two: as many as
 * leave forty rows a column, so that a class may lie between two others, or in
 * two corners of four. */
static int columns_of(int64_t n, int p, int *squares, int *products)
{
    int64_t room = n / 40 < 120 ? n / 40 : 120, all = p;
    *squares = all + p <= room;
    all += *squares ? p : 0;
    *products = *squares && all + (int64_t)p * (p - 1) / 2 <= room;
    return (int)(all + (*products ? (int64_t)p * (p - 1) / 2 : 0));
}

/* A row of scaled columns with what is made of them. */
static void put_row(const double *x, int p, int squares, int products,
                    double *to)
{
    for (int k = 0; k < p; k++)
        *to++ = x[k];
    for (int k = 0; squares && k < p; k++)
        *to++ = x[k] * x[k];
    for (int k = 0; products && k < p; k++)
        for (int m = k + 1; m < p; m++)
            *to++ = x[k] * x[m];
}

/* Scaled columns, their squares and products. */
static mien_status widen_columns(noise *s, double *x, int p, mien_error *err)
{
    int squares, products;
    s->p = columns_of(s->n, p, &squares, &products);
    s->x = mi_alloc_raw((size_t)s->n * (size_t)s->p, sizeof *s->x);
    double *scaler = mi_alloc(2 * (size_t)s->p, sizeof *scaler);
    mien_status st = s->x && scaler ? MIEN_OK : mi_no_memory(err);
    if (!st)
        st = mien_scale_fit(MIEN_SCALE_STANDARD, s->n, p, x, NULL,
                            s->d->o.csv.pool, scaler, err);
    if (!st) {
        scale(s->n, p, x, scaler);
        for (int64_t i = 0; i < s->n; i++)
            put_row(x + i * p, p, squares, products, s->x + i * s->p);
        st = mien_scale_fit(MIEN_SCALE_STANDARD, s->n, s->p, s->x, NULL,
                            s->d->o.csv.pool, scaler, err);
    }
    if (!st)
        scale(s->n, s->p, s->x, scaler);
    mi_free(scaler);
    return st;
}

/* The matrix of the rows taken; why is set where there is none. */
static mien_status make_matrix(noise *s, char *why, mien_error *err)
{
    mien_encoder *e = NULL;
    mien_encode_options o = MIEN_ENCODE_DEFAULTS;
    mien_error refused = {0};
    double *x = NULL;
    int *column = mi_alloc((size_t)s->d->columns + 1, sizeof *column);
    if (!column)
        return mi_no_memory(err);
    o.missing = MIEN_MISSING_MEAN;
    o.indicator = 1;
    o.max_levels = 30;
    int k = choose_columns(s->d, column);
    mien_status st = k ? mien_encoder_fit(s->d->sample, k, column, s->n,
                                          s->classes->row, &o, &e, &refused)
                       : MIEN_EFORMAT;
    if (st == MIEN_EFORMAT || (!st && e->width > WIDEST)) {
        snprintf(why, MI_WHY, "%s",
                 st ? "no column that a model could learn from"
                    : "more than 400 columns for a model to learn from");
        st = MIEN_OK;
    } else if (!st) {
        x = mi_alloc_raw((size_t)s->n * (size_t)e->width, sizeof *x);
        st = x ? mien_encoder_apply(e, s->d->sample, s->n, s->classes->row,
                                    NULL, x, err)
               : mi_no_memory(err);
        if (!st)
            st = widen_columns(s, x, e->width, err);
    } else {
        st = mi_no_memory(err);
    }
    mi_free(x);
    mien_encoder_free(e);
    mi_free(column);
    return st;
}

/* Each class is shared out evenly among the folds. */
static void share_out(noise *s)
{
    int next[MI_CLASSES_MOST] = {0};
    mien_random r;
    mien_random_init(&r, s->d->o.seed);
    for (int k = 0; k < s->classes->n; k++)
        next[k] = (int)mien_random_below(&r, FOLDS);
    /* rows of the sample have no order that the seed does not give: blocks of
     * five in turn, shifted at random, keep neighbours apart */
    for (int64_t i = 0; i < s->n; i++) {
        int k = s->classes->of[i];
        s->fold[i] = (uint8_t)(next[k] % FOLDS);
        next[k] += 1 + (int)mien_random_below(&r, FOLDS - 1);
    }
}

/* Probabilities of one class for the rows of a fold, from those of the others.
 */
static mien_status fit_fold(noise *s, int class, int fold, double *x,
                            uint8_t *y, mien_error *err)
{
    mien_logistic_options o = MIEN_LOGISTIC_DEFAULTS;
    mien_logistic m = {0};
    int64_t n = 0, ones = 0;
    size_t row = (size_t)s->p * sizeof *x;
    for (int64_t i = 0; i < s->n; i++) {
        if (s->fold[i] == fold)
            continue;
        memcpy(x + n * s->p, s->x + i * s->p, row);
        y[n] = s->classes->of[i] == class;
        ones += y[n++];
    }
    o.pool = s->d->o.csv.pool;
    o.tolerance = 1e-6;
    o.c = .1;
    const mien_labelled rows = {n, s->p, x, y, NULL};
    int one = ones == 0 || ones == n;
    mien_status st = one ? MIEN_OK : mien_logistic_fit(&rows, &o, &m, err);
    for (int64_t i = 0; !st && i < s->n; i++)
        if (s->fold[i] == fold) {
            double *to = &s->probability[i * s->classes->n + class];
            if (one)
                *to = ones > 0;
            else
                mien_logistic_predict(&m, 1, s->x + i * s->p, to);
        }
    mien_logistic_done(&m);
    return st;
}

/* Probabilities of all classes, fold by fold. */
static mien_status fit_all(noise *s, mien_error *err)
{
    int k = s->classes->n;
    s->fold = mi_alloc((size_t)s->n, 1);
    s->probability = mi_alloc((size_t)(s->n * k), sizeof *s->probability);
    s->wrong = mi_alloc((size_t)s->n, sizeof *s->wrong);
    double *x = mi_alloc_raw((size_t)s->n * (size_t)s->p, sizeof *x);
    uint8_t *y = mi_alloc((size_t)s->n, 1);
    mien_status st = s->fold && s->probability && s->wrong && x && y
                         ? MIEN_OK
                         : mi_no_memory(err);
    if (!st)
        share_out(s);
    for (int class = k == 2; !st && class < k; class ++)
        for (int fold = 0; !st && fold < FOLDS; fold++)
            st = fit_fold(s, class, fold, x, y, err);
    for (int64_t i = 0; !st && i < s->n && k == 2; i++)
        s->probability[2 * i] = 1 - s->probability[2 * i + 1];
    mi_free(x);
    mi_free(y);
    return st;
}

/* The chance that rows labelled with a class are not of it. */
static mien_status judge_class(noise *s, int class, mien_error *err)
{
    int k = s->classes->n;
    double *score = mi_alloc_raw((size_t)s->n, sizeof *score);
    uint8_t *y = mi_alloc((size_t)s->n, 1);
    if (!score || !y) {
        mi_free(score);
        mi_free(y);
        return mi_no_memory(err);
    }
    for (int64_t i = 0; i < s->n; i++) {
        score[i] = mi_flips_score(s->probability[i * k + class]);
        y[i] = s->classes->of[i] == class;
    }
    mi_flips f = mi_flips_fit(s->n, score, y);
    s->gain = fmax(s->gain, f.gain);
    /* of two classes both sides are told by one fit */
    for (int64_t i = 0; f.gain >= gain_wanted && i < s->n; i++)
        if (y[i] || k == 2)
            s->wrong[i] = mi_flips_wrong(&f, score[i], y[i]);
    mi_free(score);
    mi_free(y);
    return MIEN_OK;
}

/* Confident learning's count of labels that belong to another class. */
static int64_t confident_count(const noise *s)
{
    int k = s->classes->n;
    double mean[MI_CLASSES_MOST] = {0};
    int64_t rows[MI_CLASSES_MOST] = {0}, off = 0;
    for (int64_t i = 0; i < s->n; i++) {
        int own = s->classes->of[i];
        mean[own] += s->probability[i * k + own];
        rows[own]++;
    }
    for (int64_t i = 0; i < s->n; i++) {
        int best = -1;
        const double *p = s->probability + i * k;
        for (int c = 0; c < k; c++)
            if (rows[c] && p[c] >= mean[c] / (double)rows[c] &&
                (best < 0 || p[c] > p[best]))
                best = c;
        off += best >= 0 && best != s->classes->of[i];
    }
    return off;
}

/* The rows whose labels are most likely wrong. */
static int find_surest(const noise *s, int64_t out[SHOWN])
{
    int n = 0;
    for (int64_t i = 0; i < s->n; i++) {
        if (s->wrong[i] < .5)
            continue;
        int at = n < SHOWN ? n++ : SHOWN;
        for (; at > 0 && s->wrong[out[at - 1]] < s->wrong[i]; at--)
            if (at < SHOWN)
                out[at] = out[at - 1];
        if (at < SHOWN)
            out[at] = i;
    }
    return n;
}

/* A finding about wrong labels. */
static void say(const noise *s, double wrong)
{
    mien_dataset *d = s->d;
    int64_t surest[SHOWN];
    int n = find_surest(s, surest);
    mi_finding *f =
        mi_finding_new(d, "noise", MIEN_WEIGHT_WRONG, wrong / (double)s->n);
    if (!f)
        return;
    mi_finding_column(d, f, d->label);
    mi_finding_count(f, (int64_t)(wrong + .5), s->n);
    mi_finding_size(f, wrong / (double)s->n, "share of labels changed");
    mien_buffer_printf(
        &f->text,
        "About %.1f %% of the labels seem wrong: where the other "
        "columns are sure of a class, so many say another "
        "(confident learning counts %lld of %lld rows).",
        100 * wrong / (double)s->n, (long long)confident_count(s),
        (long long)s->n);
    for (int i = 0; i < n; i++) {
        int64_t row = s->classes->row[surest[i]];
        mien_buffer_printf(&f->text, "%s %lld", i ? "," : " The surest: rows",
                           (long long)d->place[row] + 1);
    }
    mien_buffer_puts(&f->text, n ? "." : "");
    mien_buffer_puts(&f->advice,
                     "Let somebody label those rows again without seeing the "
                     "label; a test on wrong labels judges nothing.");
}

mien_status mi_check_noise(mien_dataset *d, char *why, mien_error *err)
{
    mi_classes classes;
    noise s = {.d = d, .classes = &classes};
    double wrong = 0;
    mien_status st = mi_classes_of(d, &classes, why, err);
    s.n = classes.labelled < ROWS ? classes.labelled : ROWS;
    if (!st && !*why && s.n < LEAST)
        snprintf(why, MI_WHY, "%lld rows have a label, wanted %d",
                 (long long)s.n, (int)LEAST);
    if (!st && !*why)
        st = make_matrix(&s, why, err);
    if (!st && !*why && 50. * (double)s.n * s.p * s.p * classes.n > work_most)
        snprintf(why, MI_WHY, "%d columns of %d classes take too long", s.p,
                 classes.n);
    if (!st && !*why)
        st = fit_all(&s, err);
    for (int k = classes.n == 2; !st && !*why && k < classes.n; k++)
        st = judge_class(&s, k, err);
    for (int64_t i = 0; !st && !*why && i < s.n; i++)
        wrong += s.wrong[i];
    if (!st && !*why && wrong >= share_wanted * (double)s.n)
        say(&s, wrong);
    noise_done(&s);
    mi_classes_done(&classes);
    return st ? st : d->failed ? mi_no_memory(err) : MIEN_OK;
}
