/* curve.c: ROC, precision-recall and gain curves, and areas under them.
 *
 * With tp_g and fp_g the ones and zeros alarmed by cut g, P and N all of them:
 *
 *   ROC   (fp_g / N, tp_g / P)     AUC = sum_g (fp_g - fp_{g-1})
 *                                        (tp_g + tp_{g-1}) / (2 P N)
 *   PR    (tp_g / P, tp_g / (tp_g + fp_g))
 *                                  AP = sum_g (tp_g - tp_{g-1}) / P precision_g
 *   gain  ((tp_g + fp_g) / (P + N), tp_g / P)
 *
 * The AUC by trapezoids is the Mann-Whitney statistic with ties counted half;
 * sums of unweighted rows are whole numbers, and exact below 2^53.  Average
 * precision is a sum of steps: straight lines between points of a
 * precision-recall curve promise what no classifier keeps (Davis & Goadrich
 * 2006).
 *
 * References: Fawcett 2006 (ROC); McClish 1989 (partial area). */
#include "metrics/rank.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

/* Twice the area in counts from cut 0 to cut g. */
static double twice_area(const mien_ranking *r, int64_t g)
{
    double sum = 0;
    for (int64_t i = 1; i <= g; i++)
        sum += (r->fp[i] - r->fp[i - 1]) * (r->tp[i] + r->tp[i - 1]);
    return sum;
}

mien_status mien_ranking_auc(const mien_ranking *r, double *out,
                             mien_error *err)
{
    mien_status st = mi_ranking_need(r, 1, "the AUC", err);
    if (!st)
        *out = twice_area(r, r->groups) / 2 / r->ones / r->zeros;
    return st;
}

mien_status mien_ranking_partial_auc(const mien_ranking *r, double false_alarm,
                                     double *raw, double *out, mien_error *err)
{
    if (!(false_alarm > 0 && false_alarm <= 1))
        return mi_fail(err, MIEN_EARG,
                       "metrics: largest false-alarm rate %s, wanted above 0 "
                       "and at most 1",
                       false_alarm > 1 ? "above 1" : "not above 0");
    mien_status st = mi_ranking_need(r, 1, "the AUC", err);
    if (st)
        return st;
    int64_t g = 0; /* the last cut at or below the rate */
    while (g < r->groups && r->fp[g + 1] / r->zeros <= false_alarm)
        g++;
    double area = twice_area(r, g);
    if (g < r->groups) {
        double width = false_alarm * r->zeros - r->fp[g];
        double slope = (r->tp[g + 1] - r->tp[g]) / (r->fp[g + 1] - r->fp[g]);
        area += width * (2 * r->tp[g] + slope * width);
    }
    area = area / 2 / r->ones / r->zeros;
    if (raw)
        *raw = area;
    double least = false_alarm * false_alarm / 2;
    *out = false_alarm < 1 ? (1 + (area - least) / (false_alarm - least)) / 2
                           : area;
    return MIEN_OK;
}

mien_status mien_ranking_ap(const mien_ranking *r, double *out, mien_error *err)
{
    mien_status st = mi_ranking_need(r, 0, "average precision", err);
    double sum = 0;
    for (int64_t g = 1; !st && g <= r->groups; g++)
        sum += (r->tp[g] - r->tp[g - 1]) * (r->tp[g] / (r->tp[g] + r->fp[g]));
    if (!st)
        *out = sum / r->ones;
    return st;
}

/* ---- points ------------------------------------------------------------- */

void mien_curve_free(mien_curve *c)
{
    if (!c)
        return;
    mi_free(c->x); /* y and threshold lie behind */
    memset(c, 0, sizeof *c);
}

static mien_status alloc_curve(int64_t n, mien_curve *c, mien_error *err)
{
    double *x = mi_alloc_raw((size_t)n, 3 * sizeof *x);
    if (!x)
        return mi_fail(err, MIEN_ENOMEM, "metrics: no memory");
    *c = (mien_curve){n, x, x + n, x + 2 * n};
    return MIEN_OK;
}

/* 1 if cut g lies as far from its left neighbour as from its right one. */
static int on_line(const mien_ranking *r, int64_t g)
{
    return r->fp[g + 1] - r->fp[g] == r->fp[g] - r->fp[g - 1] &&
           r->tp[g + 1] - r->tp[g] == r->tp[g] - r->tp[g - 1];
}

/* scikit-learn looks at the points without (0, 0): the first one always
 * stays. */
static int is_kept(const mien_ranking *r, int64_t g, int drop)
{
    return !drop || g <= 1 || g == r->groups || !on_line(r, g);
}

mien_status mien_ranking_roc(const mien_ranking *r, int drop, mien_curve *out,
                             mien_error *err)
{
    mien_status st = mi_ranking_need(r, 1, "the ROC curve", err);
    if (st)
        return st;
    int64_t n = 0, i = 0;
    for (int64_t g = 0; g <= r->groups; g++)
        n += is_kept(r, g, drop);
    mien_curve c;
    st = alloc_curve(n, &c, err);
    if (st)
        return st;
    for (int64_t g = 0; g <= r->groups; g++) {
        if (!is_kept(r, g, drop))
            continue;
        c.x[i] = r->fp[g] / r->zeros;
        c.y[i] = r->tp[g] / r->ones;
        c.threshold[i++] = g ? r->score[g - 1] : r->score[0] + 1;
    }
    *out = c;
    return MIEN_OK;
}

mien_status mien_ranking_pr(const mien_ranking *r, mien_curve *out,
                            mien_error *err)
{
    mien_curve c;
    mien_status st = mi_ranking_need(r, 0, "the precision-recall curve", err);
    if (!st)
        st = alloc_curve(r->groups + 1, &c, err);
    if (st)
        return st;
    for (int64_t g = r->groups, i = 0; g > 0; g--, i++) {
        c.x[i] = r->tp[g] / r->ones;
        c.y[i] = r->tp[g] / (r->tp[g] + r->fp[g]);
        c.threshold[i] = r->score[g - 1];
    }
    c.x[r->groups] = 0;
    c.y[r->groups] = 1;
    c.threshold[r->groups] = HUGE_VAL;
    *out = c;
    return MIEN_OK;
}

mien_status mien_ranking_gain(const mien_ranking *r, mien_curve *out,
                              mien_error *err)
{
    mien_curve c;
    mien_status st = mi_ranking_need(r, 0, "the gain curve", err);
    if (!st)
        st = alloc_curve(r->groups + 1, &c, err);
    if (st)
        return st;
    for (int64_t g = 0; g <= r->groups; g++) {
        c.x[g] = (r->tp[g] + r->fp[g]) / (r->ones + r->zeros);
        c.y[g] = r->tp[g] / r->ones;
        c.threshold[g] = g ? r->score[g - 1] : HUGE_VAL;
    }
    *out = c;
    return MIEN_OK;
}
