/* rates.c: confusion counts of two classes and what follows from them.
 *
 * Problem.  Rows are 0 or 1 and are called 0 or 1; tn, fp, fn, tp count them
 * (or add their weights).  Conventions: score >= threshold is called 1; what
 * 0/0 makes is 0 and a flag.
 *
 *   precision = tp / (tp + fp)         recall = tp / (tp + fn)
 *   F_b = (1 + b^2) tp / ((1 + b^2) tp + b^2 fn + fp)
 *   MCC = (tp tn - fp fn) / sqrt((tp+fp) (tp+fn) (tn+fp) (tn+fn))
 *   kappa = (a - e) / (1 - e),  a = accuracy,
 *           e = ((tp+fp) (tp+fn) + (tn+fp) (tn+fn)) / all^2
 *
 * F is formed from counts, not from precision and recall, so that equal
 * fractions give equal numbers.
 *
 * References: van Rijsbergen 1979, ch. 7; Matthews 1975; Cohen 1960;
 * Kubat & Matwin 1997 (g-mean). */
#include "metrics/rows.h"

#include "base/error.h"

#include <assert.h>
#include <math.h>

mien_status mi_weight_check(int64_t n, const double *weight, mien_error *err)
{
    double sum = 0;
    for (int64_t i = 0; weight && i < n; i++) {
        if (!(weight[i] >= 0) || isinf(weight[i]))
            return mi_fail(err, MIEN_EARG,
                           "metrics: row %lld: its weight is %s, wanted a "
                           "finite number >= 0",
                           (long long)i,
                           weight[i] < 0 ? "negative" : "not finite");
        sum += weight[i];
    }
    if (weight && !(sum > 0 && !isinf(sum)))
        return mi_fail(err, MIEN_EARG,
                       "metrics: weights add up to %s, wanted a finite "
                       "number > 0",
                       sum > 0 ? "infinity" : "0");
    return MIEN_OK;
}

static const char *not_finite(double x)
{
    return isnan(x) ? "nan" : x > 0 ? "inf" : "-inf";
}

mien_status mi_rows_check(const mien_scored *rows, mien_error *err)
{
    if (rows->n < 1)
        return mi_fail(err, MIEN_EARG, "metrics: %lld rows, wanted 1 or more",
                       (long long)rows->n);
    if (rows->n > MIEN_METRICS_ROWS_MAX)
        return mi_fail(err, MIEN_ELIMIT, "metrics: %lld rows, at most %lld",
                       (long long)rows->n, (long long)MIEN_METRICS_ROWS_MAX);
    for (int64_t i = 0; i < rows->n; i++) {
        if (rows->y[i] > 1)
            return mi_fail(err, MIEN_EARG,
                           "metrics: row %lld: label %d, wanted 0 or 1",
                           (long long)i, rows->y[i]);
        if (!isfinite(rows->score[i]))
            return mi_fail(err, MIEN_EARG,
                           "metrics: row %lld: score %s, wanted a finite "
                           "number",
                           (long long)i, not_finite(rows->score[i]));
    }
    return mi_weight_check(rows->n, rows->weight, err);
}

mien_status mi_rows_check_probability(const mien_scored *rows, mien_error *err)
{
    mien_status st = mi_rows_check(rows, err);
    for (int64_t i = 0; !st && i < rows->n; i++)
        if (!(rows->score[i] >= 0 && rows->score[i] <= 1))
            st = mi_fail(err, MIEN_EARG,
                         "metrics: row %lld: probability %s, wanted 0..1",
                         (long long)i,
                         rows->score[i] < 0 ? "below 0" : "above 1");
    return st;
}

mien_status mien_confusion_at(const mien_scored *rows, double threshold,
                              mien_confusion *out, mien_error *err)
{
    mien_status st = mi_rows_check(rows, err);
    if (st)
        return st;
    if (isnan(threshold))
        return mi_fail(err, MIEN_EARG, "metrics: the threshold is nan");
    double cell[4] = {0};
    for (int64_t i = 0; i < rows->n; i++)
        cell[2 * rows->y[i] + (rows->score[i] >= threshold)] +=
            mi_weight_of(rows->weight, i);
    *out = (mien_confusion){cell[0], cell[1], cell[2], cell[3]};
    return MIEN_OK;
}

/* a / b; 0 and a flag if b is 0. */
static double ratio(double a, double b, unsigned flag, unsigned *flags)
{
    if (b > 0)
        return a / b;
    *flags |= flag;
    return 0;
}

/* Mean of the recalls of the classes there are. */
static double balanced(const mien_rates *r)
{
    if (r->undefined & MIEN_NO_RECALL)
        return r->specificity;
    if (r->undefined & MIEN_NO_FALSE_ALARM)
        return r->recall;
    return (r->recall + r->specificity) / 2;
}

mien_rates mien_rates_of(const mien_confusion *c, double beta)
{
    assert(beta > 0);
    double ones = c->tp + c->fn, zeros = c->tn + c->fp;
    double called = c->tp + c->fp, rest = c->tn + c->fn;
    double all = ones + zeros, b2 = beta * beta;
    unsigned u = 0, ignored = 0;
    mien_rates r = {0};
    r.precision = ratio(c->tp, called, MIEN_NO_PRECISION, &u);
    r.recall = ratio(c->tp, ones, MIEN_NO_RECALL, &u);
    r.specificity = ratio(c->tn, zeros, MIEN_NO_FALSE_ALARM, &u);
    r.false_alarm = ratio(c->fp, zeros, MIEN_NO_FALSE_ALARM, &u);
    if (isinf(b2))
        r.f = ratio(c->tp, ones, MIEN_NO_F, &u);
    else
        r.f = ratio((1 + b2) * c->tp, (1 + b2) * c->tp + b2 * c->fn + c->fp,
                    MIEN_NO_F, &u);
    r.accuracy = ratio(c->tp + c->tn, all, 0, &ignored);
    /* Roots of two products: four counts of 1e9 do not fit exactly anyway. */
    r.mcc = ratio(c->tp * c->tn - c->fp * c->fn,
                  sqrt(called * rest) * sqrt(ones * zeros), MIEN_NO_MCC, &u);
    /* (a - e) / (1 - e) times all^2, halved: no difference of near numbers. */
    r.kappa = ratio(2 * (c->tp * c->tn - c->fp * c->fn),
                    called * zeros + rest * ones, MIEN_NO_KAPPA, &u);
    r.g_mean = sqrt(r.recall * r.specificity);
    r.prevalence = ratio(ones, all, 0, &ignored);
    r.alarmed = ratio(called, all, 0, &ignored);
    r.lift = ratio(r.precision, r.prevalence, 0, &ignored);
    r.undefined = u;
    r.balanced_accuracy = balanced(&r);
    return r;
}
