/* pictures_noise_fit.c: what a model says of pictures that it did not learn
 * from.
 *
 * Columns are the pictures' numbers (pictures_noise_reduce.c), a column for
 * each 40 pictures, and what networks said of their faces, where they were
 * asked.  A logistic regression of each class against the others learns from
 * four folds of five and is asked about the fifth; a row that it must not see
 * has the weight 0. */
#include "dataset/pictures_noise.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"
#include "mien/learn.h"

#include <math.h>

enum { FOLDS = MI_NOISE_FOLDS, ROWS_A_COLUMN = 40, LEAST_COLUMNS = 8 };

/* Mean and deviation of an answer about faces; 0: it is the same of all, or was
 * not asked. */
static int spread(const mi_noise_work *w, const mi_picture_noise *s, int k,
                  double *mean, double *deviation)
{
    double sum = 0, squares = 0;
    int64_t known = 0;
    for (int64_t i = 0; i < w->n; i++) {
        double v = (double)s->face[s->slot[w->row[i]] * MI_FACE_FEATURES + k];
        if (isnan(v))
            continue;
        sum += v;
        squares += v * v;
        known++;
    }
    if (known < MIEN_NOISE_LEAST)
        return 0;
    *mean = sum / (double)known;
    *deviation = sqrt(fmax(squares / (double)known - *mean * *mean, 0));
    return *deviation > 1e-6 * (1 + fabs(*mean));
}

/* Columns of the answers about faces, behind the first; what is not known of a
 * picture is the mean. */
static int put_faces(mi_noise_work *w, const mi_picture_noise *s, int first)
{
    double mean, deviation;
    int at = first;
    for (int k = 0; k < MI_FACE_FEATURES; k++) {
        if (!spread(w, s, k, &mean, &deviation))
            continue;
        for (int64_t i = 0; i < w->n; i++) {
            double v =
                (double)s->face[s->slot[w->row[i]] * MI_FACE_FEATURES + k];
            w->x[i * w->width + at] = isnan(v) ? 0 : (v - mean) / deviation;
        }
        at++;
    }
    return at;
}

typedef struct fitting {
    mi_noise_work *w;
    mien_status *status; /* of each fit */
} fitting;

/* Probabilities of a class for a fold, from the others. */
static mien_status fit_fold(mi_noise_work *w, int class, int fold)
{
    mien_logistic_options o = MIEN_LOGISTIC_DEFAULTS;
    mien_logistic m = {0};
    int64_t ones = 0, rows = 0;
    uint8_t *y = mi_alloc((size_t)w->n, 1);
    double *weight = mi_alloc((size_t)w->n, sizeof *weight);
    mien_status st = y && weight ? MIEN_OK : MIEN_ENOMEM;
    for (int64_t i = 0; !st && i < w->n; i++) {
        y[i] = w->of[i] == class;
        weight[i] = w->fold[i] != fold;
        ones += y[i] && w->fold[i] != fold;
        rows += w->fold[i] != fold;
    }
    o.tolerance = 1e-4;
    o.c = .1;
    const mien_labelled all = {w->n, w->width, w->x, y, weight};
    const int one = ones == 0 || ones == rows;
    if (!st && !one)
        st = mien_logistic_fit(&all, &o, &m, NULL);
    for (int64_t i = 0; !st && i < w->n; i++) {
        double *to = w->probability + class * w->n + i;
        if (w->fold[i] == fold && one)
            *to = ones > 0;
        else if (w->fold[i] == fold)
            mien_logistic_predict(&m, 1, w->x + i * w->width, to);
    }
    mien_logistic_done(&m);
    mi_free(y);
    mi_free(weight);
    return st;
}

static void fit_one(void *arg, int k, int lane)
{
    fitting *f = arg;
    (void)lane;
    f->status[k] = fit_fold(f->w, k / FOLDS, k % FOLDS);
}

/* All classes and folds; of two classes the second is what the first is not. */
static mien_status fit_all(mi_noise_work *w, mien_error *err)
{
    const int fits = (w->classes == 2 ? 1 : w->classes) * FOLDS;
    fitting f = {w, mi_alloc((size_t)fits, sizeof *f.status)};
    mien_status st = f.status ? MIEN_OK : mi_no_memory(err);
    if (!st)
        mi_pool_run(w->c->o.pool, fits, fit_one, &f);
    for (int k = 0; k < fits && !st; k++)
        if (f.status[k])
            st = f.status[k] == MIEN_ENOMEM
                     ? mi_no_memory(err)
                     : mi_fail(err, f.status[k],
                               "pictures: no model of their labels");
    for (int64_t i = 0; i < w->n && !st && w->classes == 2; i++)
        w->probability[w->n + i] = 1 - w->probability[i];
    mi_free(f.status);
    return st;
}

mien_status mi_noise_fit(mi_noise_work *w, const mi_picture_noise *s,
                         mien_error *err)
{
    int64_t k = w->n / ROWS_A_COLUMN;
    k = k < LEAST_COLUMNS        ? LEAST_COLUMNS
        : k > MI_PICTURE_NUMBERS ? MI_PICTURE_NUMBERS
                                 : k;
    w->width = (int)k + MI_FACE_FEATURES;
    w->x = mi_alloc((size_t)w->n * (size_t)w->width, sizeof *w->x);
    w->probability =
        mi_alloc((size_t)w->n * (size_t)w->classes, sizeof *w->probability);
    mien_status st = w->x && w->probability ? MIEN_OK : mi_no_memory(err);
    if (!st)
        st = mi_picture_reduce(w, s, (int)k, err);
    if (!st) {
        w->faces = s->face && put_faces(w, s, (int)k) > k;
        st = fit_all(w, err);
    }
    return st;
}
