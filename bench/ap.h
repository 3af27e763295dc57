/* ap.h: average precision of detections against boxes drawn by people.
 *
 * Detections of all pictures are taken from the surest down.  Each takes the
 * box of its picture with the largest intersection over union among those
 * still free, if that is at least 0.5: found.  Else, if it covers an ignored
 * box as well as that, it is left out.  Else it is a false alarm.  The area
 * under precision over recall uses, at each recall, the best precision at that
 * recall or a higher one.
 * Source: Everingham et al., The PASCAL VOC Challenge, IJCV 2010, section 4.2
 * (area instead of eleven points, as since VOC2010). */
#ifndef BENCH_AP_H
#define BENCH_AP_H

#include "mien/image.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct ap_truth {
    mien_box box;
    int picture;
    int invalid; /* marked by the annotators: never counted */
    int taken, ignored;
} ap_truth;

typedef struct ap_found {
    mien_box box;
    float score;
    int picture;
} ap_found;

typedef struct ap_result {
    double ap;
    double recall,
        precision; /* of all detections at or above the score asked */
    int truths;
} ap_result;

static inline double ap_overlap(mien_box a, mien_box b)
{
    double left = (double)(a.x > b.x ? a.x : b.x);
    double top = (double)(a.y > b.y ? a.y : b.y);
    double ax = (double)(a.x + a.width), bx = (double)(b.x + b.width);
    double ay = (double)(a.y + a.height), by = (double)(b.y + b.height);
    double w = (ax < bx ? ax : bx) - left, h = (ay < by ? ay : by) - top;
    if (w <= 0 || h <= 0)
        return 0;
    double both = w * h;
    return both / ((double)a.width * (double)a.height +
                   (double)b.width * (double)b.height - both);
}

static inline int ap_surer(const void *a, const void *b)
{
    float x = ((const ap_found *)a)->score, y = ((const ap_found *)b)->score;
    return (x < y) - (x > y);
}

/* 1: a face, 0: a false alarm, -1: left out. */
static inline int ap_judge(const ap_found *d, ap_truth *t, int n)
{
    double best = 0.5;
    int at = -1, ignored = 0;
    for (int i = 0; i < n; i++) {
        if (t[i].picture != d->picture || t[i].taken)
            continue;
        double overlap = ap_overlap(d->box, t[i].box);
        if (t[i].ignored)
            ignored |= overlap >= 0.5;
        else if (overlap >= best) {
            best = overlap;
            at = i;
        }
    }
    if (at < 0)
        return ignored ? -1 : 0;
    t[at].taken = 1;
    return 1;
}

/* Sorts the detections.  Faces whose height is below min_height are ignored;
 * recall and precision are those at min_score. */
static inline ap_result ap_score(ap_found *found, int n_found, ap_truth *truth,
                                 int n_truth, float min_height, float min_score)
{
    ap_result r = {0};
    for (int i = 0; i < n_truth; i++) {
        truth[i].taken = 0;
        truth[i].ignored = truth[i].invalid || truth[i].box.height < min_height;
        r.truths += !truth[i].ignored;
    }
    qsort(found, (size_t)n_found, sizeof *found, ap_surer);
    double *precision = calloc((size_t)n_found + 1, sizeof *precision);
    int *step = calloc((size_t)n_found + 1, sizeof *step);
    int tp = 0, fp = 0, n = 0;
    for (int i = 0; i < n_found && precision && step; i++) {
        int judged = ap_judge(&found[i], truth, n_truth);
        if (judged < 0)
            continue;
        tp += judged;
        fp += !judged;
        step[n] = judged;
        precision[n++] = (double)tp / (tp + fp);
        if (found[i].score >= min_score) {
            r.recall = r.truths ? (double)tp / r.truths : 0;
            r.precision = (double)tp / (tp + fp);
        }
    }
    double highest = 0;
    for (int i = n - 1; i >= 0; i--) {
        highest = precision[i] > highest ? precision[i] : highest;
        if (step[i])
            r.ap += highest / r.truths;
    }
    free(precision);
    free(step);
    return r;
}

#endif
