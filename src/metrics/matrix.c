/* matrix.c: confusion matrices of k classes.
 *
 * m[i, j] counts rows of class i that were called j.  With s = sum of m,
 * c = its trace, t_i rows told i, p_i rows called i:
 *
 *   MCC = (c s - sum t_i p_i) / sqrt((s^2 - sum p_i^2) (s^2 - sum t_i^2))
 *   kappa = (c s - sum t_i p_i) / (s^2 - sum t_i p_i)
 *
 * Macro means are over all k classes; balanced accuracy over those that have
 * rows.  References: Gorodkin 2004 (MCC), Cohen 1960. */
#include "metrics/rows.h"

#include "base/error.h"

#include <assert.h>
#include <math.h>

mien_status mien_matrix_count(int64_t n, const int32_t *truth,
                              const int32_t *predicted, const double *weight,
                              int k, double *out, mien_error *err)
{
    if (n < 1 || k < 1 || k > MIEN_METRICS_CLASSES_MAX)
        return mi_fail(err, MIEN_EARG,
                       "metrics: %lld rows and %d classes, wanted 1 row or "
                       "more and 1..%d classes",
                       (long long)n, k, MIEN_METRICS_CLASSES_MAX);
    mien_status st = mi_weight_check(n, weight, err);
    if (st)
        return st;
    for (int64_t i = 0; i < n; i++) {
        int bad = truth[i] < 0 || truth[i] >= k;
        int32_t value = bad ? truth[i] : predicted[i];
        if (value < 0 || value >= k)
            return mi_fail(
                err, MIEN_EARG, "metrics: row %lld: %s class %d, wanted 0..%d",
                (long long)i, bad ? "true" : "predicted", value, k - 1);
    }
    for (int i = 0; i < k * k; i++)
        out[i] = 0;
    for (int64_t i = 0; i < n; i++)
        out[truth[i] * k + predicted[i]] += mi_weight_of(weight, i);
    return MIEN_OK;
}

/* Rows told i and rows called i. */
static void margins(int k, const double *m, int i, double *told, double *called)
{
    *told = *called = 0;
    for (int j = 0; j < k; j++) {
        *told += m[i * k + j];
        *called += m[j * k + i];
    }
}

static mien_class_rates class_rates(double found, double told, double called)
{
    mien_confusion c = {0, called - found, told - found, found};
    mien_rates r = mien_rates_of(&c, 1);
    unsigned mask = MIEN_NO_PRECISION | MIEN_NO_RECALL | MIEN_NO_F;
    return (mien_class_rates){r.precision, r.recall, r.f, told,
                              r.undefined & mask};
}

static void add(mien_class_rates *to, const mien_class_rates *r, double share)
{
    to->precision += share * r->precision;
    to->recall += share * r->recall;
    to->f1 += share * r->f1;
    to->support += r->support;
    to->undefined |= r->undefined;
}

mien_matrix_rates mien_matrix_rates_of(int k, const double *m,
                                       mien_class_rates *each)
{
    assert(k > 0);
    mien_matrix_rates r = {0};
    double s = 0, c = 0, tp = 0, tt = 0, pp = 0, recalls = 0;
    int there = 0;
    for (int i = 0; i < k * k; i++)
        s += m[i];
    for (int i = 0; i < k; i++) {
        double told, called;
        margins(k, m, i, &told, &called);
        mien_class_rates one = class_rates(m[i * k + i], told, called);
        c += m[i * k + i];
        tp += told * called;
        tt += told * told;
        pp += called * called;
        recalls += one.recall;
        there += told > 0;
        add(&r.macro, &one, 1.0 / k);
        add(&r.weighted, &one, s > 0 ? told / s : 0);
        if (each)
            each[i] = one;
    }
    double spread = sqrt(fmax(s * s - pp, 0)) * sqrt(fmax(s * s - tt, 0));
    r.accuracy = s > 0 ? c / s : 0;
    r.balanced_accuracy = there ? recalls / there : 0;
    r.mcc = spread > 0 ? (c * s - tp) / spread : 0;
    r.kappa = s * s - tp > 0 ? (c * s - tp) / (s * s - tp) : 0;
    if (!(spread > 0))
        r.undefined |= MIEN_NO_MCC;
    if (!(s * s - tp > 0))
        r.undefined |= MIEN_NO_KAPPA;
    return r;
}
