/* lfw_roc.h: from distances of pairs to accuracy by folds and the ROC.
 *
 * The smaller the distance, the more alike.  A threshold t answers "same" for
 * distances <= t.  FAR(t) is the share of different pairs so answered, TPR(t)
 * the share of same pairs. */
#ifndef BENCH_LFW_ROC_H
#define BENCH_LFW_ROC_H

#include "mien/face.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LFW_FARS = 3, LFW_MAX_FOLDS = 16 };
static const double lfw_far[LFW_FARS] = {1e-1, 1e-2, 1e-3};

typedef struct lfw_pair {
    double distance;
    int fold, same, answered;
} lfw_pair;

typedef struct lfw_result {
    int pairs, answered, folds;
    double accuracy, error; /* mean over folds, standard error of the mean */
    double threshold;       /* mean over folds */
    double at_default;      /* accuracy at the usual distance, all pairs */
    double first;           /* threshold that is right most often on fold 1 */
    double at_first;        /* accuracy at it on the other folds */
    double auc, eer;
    double tpr[LFW_FARS], distance_at[LFW_FARS];
} lfw_result;

static inline int lfw_nearer(const void *a, const void *b)
{
    double x = ((const lfw_pair *)a)->distance;
    double y = ((const lfw_pair *)b)->distance;
    return (x > y) - (x < y);
}

/* The share of right answers at t, of a fold or (fold < 0) of all. */
static inline double lfw_right(const lfw_pair *p, int n, int fold, double t)
{
    int right = 0, all = 0;
    for (int i = 0; i < n; i++)
        if (fold < 0 || p[i].fold == fold) {
            right += (p[i].distance <= t) == p[i].same;
            all++;
        }
    return all ? (double)right / all : 0;
}

/* The threshold that is right most often on all folds but one, or (alone) on
 * that one; of equals the middle of the first run.  p is sorted by distance. */
static inline double lfw_threshold(const lfw_pair *p, int n, int fold,
                                   int alone)
{
    int right = 0, best = -1, open = 0;
    for (int i = 0; i < n; i++)
        right += (p[i].fold == fold) == alone && !p[i].same;
    double from = 0, to = 0;
    for (int i = 0; i < n; i++) {
        if ((p[i].fold == fold) != alone)
            continue;
        if (open) {
            to = p[i].distance;
            open = 0;
        }
        right += p[i].same ? 1 : -1;
        if (right > best) {
            best = right;
            from = to = p[i].distance;
            open = 1;
        }
    }
    return (from + to) / 2;
}

/* Walk the sorted pairs: ROC points, area, rates asked for. */
static inline void lfw_walk(const lfw_pair *p, int n, FILE *csv,
                            lfw_result *out)
{
    int same = 0, other = 0, tp = 0, fp = 0;
    for (int i = 0; i < n; i++)
        *(p[i].same ? &same : &other) += 1;
    double gap = 2;
    if (csv)
        fprintf(csv, "distance,far,tpr\n");
    for (int i = 0; i < n; i++) {
        *(p[i].same ? &tp : &fp) += 1;
        double far = (double)fp / other, tpr = (double)tp / same;
        if (!p[i].same)
            out->auc += tpr / other;
        if (fabs(1 - tpr - far) < gap) {
            gap = fabs(1 - tpr - far);
            out->eer = (1 - tpr + far) / 2;
        }
        for (int k = 0; k < LFW_FARS; k++)
            if (far <= lfw_far[k]) {
                out->tpr[k] = tpr;
                out->distance_at[k] = p[i].distance;
            }
        if (csv)
            fprintf(csv, "%.6f,%.6f,%.6f\n", p[i].distance, far, tpr);
    }
}

/* The share of right answers at t on all folds but the first. */
static inline double lfw_right_after(const lfw_pair *p, int n, int folds,
                                     double t)
{
    double sum = 0;
    for (int f = 1; f < folds; f++)
        sum += lfw_right(p, n, f, t);
    return sum / (folds - 1);
}

/* Score the pairs and reorder them; usual is the distance that the commands
 * take.  roc names a CSV to write, or is NULL.
 * 0 if there are too few answered pairs to say anything. */
static inline int lfw_score(lfw_pair *p, int n, int folds, double usual,
                            const char *roc, lfw_result *out)
{
    memset(out, 0, sizeof *out);
    out->pairs = n;
    out->folds = folds;
    int m = 0, same = 0;
    for (int i = 0; i < n; i++)
        if (p[i].answered) {
            same += p[i].same;
            p[m++] = p[i];
        }
    out->answered = m;
    if (same == 0 || same == m)
        return 0;
    qsort(p, (size_t)m, sizeof *p, lfw_nearer);
    double sum = 0, squares = 0;
    for (int f = 0; f < folds; f++) {
        double t = lfw_threshold(p, m, f, 0);
        double right = lfw_right(p, m, f, t);
        sum += right;
        squares += right * right;
        out->threshold += t / folds;
    }
    out->accuracy = sum / folds;
    double variance = (squares - sum * sum / folds) / (folds - 1);
    out->error = sqrt(variance > 0 ? variance / folds : 0);
    out->at_default = lfw_right(p, m, -1, usual);
    out->first = lfw_threshold(p, m, 0, 1);
    out->at_first = lfw_right_after(p, m, folds, out->first);
    FILE *csv = roc ? fopen(roc, "w") : NULL;
    if (roc && !csv)
        perror(roc);
    lfw_walk(p, m, csv, out);
    if (csv && fclose(csv))
        perror(roc);
    return 1;
}

#endif
