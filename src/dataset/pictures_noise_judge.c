/* pictures_noise_judge.c: how many labels are wrong, and which.
 *
 * A row labelled g that a model calls j need not be wrong: classes overlap, and
 * the model knows how often.  What overlap does not explain are rows of which
 * it is sure.  So for each class against the others labels that were changed
 * are fitted to the tails (noise_rate.c), which gives each row a chance that
 * its label is wrong, and each class a gain of twice the log-likelihood.  Of
 * the labels wrong among those of g so many are of j as the model has
 * probability for j among all but g.  Beside them stands confident learning's
 * joint, which has the overlap in it: of rows labelled g those are counted
 * whose largest probability, among the classes k of which it is at least the
 * mean of rows labelled k, is of j; then scaled to as many as are labelled g.
 *
 * An interval is W exp(+-1.96 e): e of a class from the information about its
 * rate, of a pair with 1 / W more in its square, for the labels themselves.
 * Source: Northcutt, Jiang, Chuang, Confident learning, JAIR 70, 2021, section
 * 3.1. */
#include "dataset/pictures_noise.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* A class is told from a gain of 16, as in tables, and more where there are
 * more to choose from; then others count from 6. */
static const double gain_wanted = 16, gain_counted = 6, share_wanted = .01;
static const double normal95 = 1.96;
/* Of the surprise at a label a model takes off so much, or is not asked. */
static const double least_known = .02;
/* Of fewer labels nothing is told. */
static const double least_told = .5;

typedef struct judging {
    mi_noise_work *w;
    mien_status status[MI_NOISE_CLASSES];
    mi_flips flips[MI_NOISE_CLASSES]; /* of each class against the others */
    double error[MI_NOISE_CLASSES][2];
    double error_of[MI_NOISE_CLASSES]; /* of the logarithm of the wrong labels
                                          among those of a class */
    double *pair;                      /* [classes, classes] given, likely */
    double *joint;                     /* the same, confident learning's */
    double *told;                      /* [classes, classes] wrong labels of a
                                          class, by the fit that tells them */
} judging;

static double probability(const mi_noise_work *w, int64_t i, int class)
{
    return w->probability[class * w->n + i];
}

static double score_of(const mi_noise_work *w, int64_t i, int class)
{
    return mi_flips_score(probability(w, i, class));
}

/* Rows of each class, [classes]. */
static void count_rows(const mi_noise_work *w, double *rows)
{
    for (int k = 0; k < w->classes; k++)
        rows[k] = 0;
    for (int64_t i = 0; i < w->n; i++)
        rows[w->of[i]]++;
}

/* Labels changed from and to a class. */
static mien_status judge_class(judging *g, int class)
{
    const mi_noise_work *w = g->w;
    double *score = mi_alloc_raw((size_t)w->n, sizeof *score);
    uint8_t *y = mi_alloc((size_t)w->n, 1);
    mien_status st = score && y ? MIEN_OK : MIEN_ENOMEM;
    for (int64_t i = 0; !st && i < w->n; i++) {
        score[i] = score_of(w, i, class);
        y[i] = w->of[i] == class;
    }
    if (!st) {
        g->flips[class] = mi_flips_fit(w->n, score, y);
        mi_flips_error(&g->flips[class], w->n, score, g->error[class]);
        st = mi_noise_heaps(w->n, score, y, &g->flips[class], g->error[class]);
    }
    mi_free(score);
    mi_free(y);
    return st;
}

static void judge_one(void *arg, int k, int lane)
{
    judging *g = arg;
    (void)lane;
    g->status[k] = judge_class(g, k);
}

/* The class but its own of which a row has most; of: what all but its own have.
 */
static int likeliest(const mi_noise_work *w, int64_t i, double *of)
{
    int best = -1;
    *of = 0;
    for (int k = 0; k < w->classes; k++) {
        if (k == w->of[i])
            continue;
        double p = probability(w, i, k);
        *of += p;
        if (best < 0 || p > probability(w, i, best))
            best = k;
    }
    return best;
}

/* Labels that are wrong, shared out among the classes that they may be. */
static void fill_pairs(const judging *g)
{
    const mi_noise_work *w = g->w;
    for (int64_t i = 0; i < w->n; i++) {
        double others;
        double *row = &g->pair[(size_t)w->of[i] * (size_t)w->classes];
        if (w->wrong[i] <= 0 || likeliest(w, i, &others) < 0 || others <= 0)
            continue;
        for (int k = 0; k < w->classes; k++)
            if (k != w->of[i])
                row[k] += w->wrong[i] * probability(w, i, k) / others;
    }
}

/* Confident learning's joint, in labels. */
static void fill_joint(const judging *g)
{
    const mi_noise_work *w = g->w;
    double mean[MI_NOISE_CLASSES] = {0}, rows[MI_NOISE_CLASSES];
    count_rows(w, rows);
    for (int64_t i = 0; i < w->n; i++)
        mean[w->of[i]] += probability(w, i, w->of[i]);
    for (int64_t i = 0; i < w->n; i++) {
        int best = -1;
        for (int k = 0; k < w->classes; k++) {
            double p = probability(w, i, k);
            if (p * rows[k] >= mean[k] &&
                (best < 0 || p > probability(w, i, best)))
                best = k;
        }
        if (best >= 0)
            g->joint[w->of[i] * w->classes + best]++;
    }
    for (int k = 0; k < w->classes; k++) {
        double *row = &g->joint[(size_t)k * (size_t)w->classes], sum = 0;
        for (int m = 0; m < w->classes; m++)
            sum += row[m];
        for (int m = 0; m < w->classes && sum > 0; m++)
            row[m] *= rows[k] / sum;
    }
}

static int by_count(const void *a, const void *b)
{
    const mien_noise_pair *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return x->given != y->given ? x->given - y->given : x->likely - y->likely;
}

/* The pairs of half a label and more. */
static mien_status put_pairs(const judging *g, mien_noise *out, mien_error *err)
{
    const mi_noise_work *w = g->w;
    const int k = w->classes;
    double rows[MI_NOISE_CLASSES] = {0};
    count_rows(w, rows);
    out->pair = mi_alloc((size_t)k * (size_t)k, sizeof *out->pair);
    if (!out->pair)
        return mi_no_memory(err);
    for (int i = 0; i < k * k; i++) {
        double n = g->pair[i], e = g->error_of[i / k];
        if (n < least_told)
            continue;
        e = normal95 * sqrt(e * e + 1 / n);
        out->pair[out->pairs++] =
            (mien_noise_pair){w->class_of[i / k],
                              w->class_of[i % k],
                              n,
                              n * exp(-e),
                              fmin(n * exp(e), rows[i / k]),
                              g->joint[i]};
    }
    qsort(out->pair, (size_t)out->pairs, sizeof *out->pair, by_count);
    return MIEN_OK;
}

static int by_wrong(const void *a, const void *b)
{
    const mien_noise_suspect *x = a, *y = b;
    if (x->wrong != y->wrong)
        return x->wrong > y->wrong ? -1 : 1;
    return (x->picture > y->picture) - (x->picture < y->picture);
}

/* Rows whose labels are rather wrong than right, worst first. */
static mien_status put_suspects(const mi_noise_work *w, mien_noise *out,
                                mien_error *err)
{
    mien_noise_suspect *s = mi_alloc((size_t)w->n, sizeof *s);
    int64_t n = 0;
    if (!s)
        return mi_no_memory(err);
    for (int64_t i = 0; i < w->n; i++) {
        double others;
        if (w->wrong[i] < .5)
            continue;
        int likely = likeliest(w, i, &others);
        double all = others + probability(w, i, w->of[i]);
        s[n++] = (mien_noise_suspect){
            w->row[i], w->class_of[w->of[i]], w->class_of[likely], w->wrong[i],
            probability(w, i, likely) / fmax(all, 1e-9)};
    }
    qsort(s, (size_t)n, sizeof *s, by_wrong);
    out->suspects = n;
    out->suspect = s;
    return MIEN_OK;
}

/* The class whose fit tells whether the labels of a class are wrong, by: its
 * own; if that sees nothing, for labels changed from one class alone look like
 * overlap from the other side, the one that is surest of those that see
 * something. */
static double wrong_chance(const judging *g, int64_t i, double wanted, int *by)
{
    const mi_noise_work *w = g->w;
    const int own = w->of[i];
    double most = 0;
    *by = own;
    if (w->classes == 2)
        return mi_flips_wrong(&g->flips[0], score_of(w, i, 0), own == 0);
    if (g->flips[own].gain >= gain_counted && g->flips[own].rate[0] > 0)
        return mi_flips_wrong(&g->flips[own], score_of(w, i, own), 1);
    for (int k = 0; k < w->classes; k++) {
        if (k == own || g->flips[k].gain < wanted)
            continue;
        double wrong = mi_flips_wrong(&g->flips[k], score_of(w, i, k), 0);
        if (wrong <= most)
            continue;
        most = wrong;
        *by = k;
    }
    return most;
}

/* The error of the logarithm of a class' wrong labels: the largest of the fits
 * that tell any of them, for one that tells none may be sure of nothing. */
static double error_of(const judging *g, int class)
{
    const int classes = g->w->classes;
    double most = 0;
    for (int k = 0; k < classes; k++)
        if (g->told[class * classes + k] >= least_told)
            most = fmax(most, classes == 2 ? g->error[0][class]
                              : k == class ? g->error[class][0]
                                           : g->error[k][1]);
    return most;
}

/* Chances that labels are wrong, where any class' gain says that some are. */
static void fill_wrong(judging *g, mien_noise *out)
{
    mi_noise_work *w = g->w;
    const double wanted = gain_wanted + 2 * log(w->classes / 2.);
    out->gain = 0;
    for (int k = 0; k < w->classes; k++)
        out->gain = fmax(out->gain, g->flips[k].gain);
    for (int64_t i = 0; i < w->n && out->gain >= wanted; i++) {
        int by;
        w->wrong[i] = wrong_chance(g, i, wanted, &by);
        g->told[w->of[i] * w->classes + by] += w->wrong[i];
    }
    for (int k = 0; k < w->classes; k++)
        g->error_of[k] = error_of(g, k);
}

/* The labels wrong of all. */
static void put_share(const judging *g, mien_noise *out)
{
    const mi_noise_work *w = g->w;
    double n = (double)w->n, sum = 0, squares = 0;
    for (int k = 0; k < w->classes; k++) {
        double own = 0;
        for (int m = 0; m < w->classes; m++)
            own += g->pair[k * w->classes + m];
        sum += own;
        squares += own > 0 ? own * own * g->error_of[k] * g->error_of[k] : 0;
    }
    double e = sum > 0 ? normal95 * sqrt(squares + sum) / sum : 0;
    out->share = sum / n;
    out->low = out->share * exp(-e);
    out->high = fmin(out->share * exp(e), 1);
    out->found = out->share < share_wanted ? MIEN_NOISE_NONE
                 : out->low < share_wanted ? MIEN_NOISE_QUESTION
                                           : MIEN_NOISE_WRONG;
}

/* How often the model is right, and what it takes off the surprise at a label:
 * a share; 0 and less: it knows nothing. */
static double measure_model(const mi_noise_work *w, mien_noise *out)
{
    double rows[MI_NOISE_CLASSES], loss = 0, entropy = 0, n = (double)w->n;
    int64_t right = 0;
    count_rows(w, rows);
    for (int64_t i = 0; i < w->n; i++) {
        double others, own = probability(w, i, w->of[i]);
        int best = likeliest(w, i, &others);
        right += own > probability(w, i, best);
        loss -= log(fmax(own / fmax(own + others, 1e-9), 1e-6));
    }
    out->largest = 0;
    for (int k = 0; k < w->classes; k++) {
        entropy -= rows[k] > 0 ? rows[k] * log(rows[k] / n) : 0;
        out->largest = fmax(out->largest, rows[k] / n);
    }
    out->accuracy = (double)right / n;
    return 1 - loss / entropy;
}

/* All classes, where the model knows anything. */
static mien_status judge(judging *g, mien_noise *out, mien_error *err)
{
    mi_noise_work *w = g->w;
    const int fits = w->classes == 2 ? 1 : w->classes;
    mi_pool_run(w->c->o.pool, fits, judge_one, g);
    for (int k = 0; k < fits; k++)
        if (g->status[k])
            return mi_no_memory(err);
    fill_wrong(g, out);
    fill_pairs(g);
    fill_joint(g);
    put_share(g, out);
    if (out->found == MIEN_NOISE_NONE)
        return MIEN_OK;
    mien_status st = put_pairs(g, out, err);
    return st ? st : put_suspects(w, out, err);
}

mien_status mi_noise_judge(mi_noise_work *w, mien_noise *out, mien_error *err)
{
    const size_t k = (size_t)w->classes;
    judging *g = mi_alloc(1, sizeof *g);
    w->wrong = mi_alloc((size_t)w->n, sizeof *w->wrong);
    mien_status st = g && w->wrong ? MIEN_OK : mi_no_memory(err);
    if (!st) {
        g->w = w;
        g->pair = mi_alloc(k * k, sizeof *g->pair);
        g->joint = mi_alloc(k * k, sizeof *g->joint);
        g->told = mi_alloc(k * k, sizeof *g->told);
        st = g->pair && g->joint && g->told ? MIEN_OK : mi_no_memory(err);
    }
    if (!st && measure_model(w, out) < least_known)
        snprintf(out->why, sizeof out->why,
                 "a model cannot tell its classes (%.0f %% right, the largest "
                 "class is %.0f %%)",
                 100 * out->accuracy, 100 * out->largest);
    else if (!st)
        st = judge(g, out, err);
    if (g) {
        mi_free(g->pair);
        mi_free(g->joint);
        mi_free(g->told);
    }
    mi_free(g);
    return st;
}
