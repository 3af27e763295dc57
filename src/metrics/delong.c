/* delong.c: the standard error of an AUC, and the test of two AUCs.
 *
 * With x_i the scores of the m ones and z_j those of the n zeros, the share of
 * the other class that a row beats (ties count half) is its placement:
 *
 *   V_i = (#{z < x_i} + #{z = x_i} / 2) / n      for a one
 *   W_j = (#{x > z_j} + #{x = z_j} / 2) / m      for a zero
 *   AUC = mean V = mean W,   var AUC = var V / m + var W / n
 *
 * and the covariance of two AUCs likewise, from covariances of placements on
 * the same rows (divisors m - 1, n - 1).  Sorting gives all placements in
 * O(n log n) or less (Sun & Xu 2014).
 *
 * Reference: DeLong, DeLong & Clarke-Pearson, Biometrics 44 (1988). */
#include "metrics/rank.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>

/* Placements of all rows, in the rows' own order. */
static void set_placements(const mien_scored *rows, const uint32_t *row,
                           const double all[2], double *placement)
{
    double above[2] = {0};
    for (int64_t i = 0, end; i < rows->n; i = end) {
        double tied[2] = {0};
        double score = rows->score[row[i]];
        for (end = i; end < rows->n && rows->score[row[end]] == score; end++)
            tied[rows->y[row[end]]]++;
        for (int64_t k = i; k < end; k++)
            placement[row[k]] = rows->y[row[k]]
                                    ? (all[0] - above[0] - tied[0] / 2) / all[0]
                                    : (above[1] + tied[1] / 2) / all[1];
        above[0] += tied[0];
        above[1] += tied[1];
    }
}

/* The placement of each row among those of the other class. */
static mien_status new_placements(const mien_scored *rows, double all[2],
                                  double **out, mien_error *err)
{
    mien_status st = mi_rows_check(rows, err);
    if (st)
        return st;
    if (rows->weight)
        return mi_fail(err, MIEN_EARG, "metrics: DeLong takes no weights");
    all[0] = all[1] = 0;
    for (int64_t i = 0; i < rows->n; i++)
        all[rows->y[i]]++;
    if (all[0] < 2 || all[1] < 2)
        return mi_fail(err, MIEN_EARG,
                       "metrics: %lld rows of class 0 and %lld of class 1, "
                       "DeLong wants 2 of each",
                       (long long)all[0], (long long)all[1]);
    uint32_t *row = mi_alloc_raw((size_t)rows->n, sizeof *row);
    double *placement = mi_alloc_raw((size_t)rows->n, sizeof *placement);
    st = row && placement ? mi_rank_rows(rows->n, rows->score, row, err)
                          : mi_fail(err, MIEN_ENOMEM, "metrics: no memory");
    if (!st) {
        set_placements(rows, row, all, placement);
        *out = placement;
        placement = NULL;
    }
    mi_free(row);
    mi_free(placement);
    return st;
}

static double auc_of(const mien_scored *rows, const double all[2],
                     const double *p)
{
    double sum = 0;
    for (int64_t i = 0; i < rows->n; i++)
        sum += rows->y[i] ? p[i] : 0;
    return sum / all[1];
}

/* Covariance of the AUCs a and b, from their placements p and q. */
static double covariance(const mien_scored *rows, const double all[2],
                         const double *p, double a, const double *q, double b)
{
    double sum[2] = {0};
    for (int64_t i = 0; i < rows->n; i++)
        sum[rows->y[i]] += (p[i] - a) * (q[i] - b);
    return sum[0] / (all[0] - 1) / all[0] + sum[1] / (all[1] - 1) / all[1];
}

mien_status mien_auc_delong(const mien_scored *rows, double *auc,
                            double *standard_error, mien_error *err)
{
    double all[2], *p = NULL;
    mien_status st = new_placements(rows, all, &p, err);
    if (st)
        return st;
    double a = auc_of(rows, all, p);
    *auc = a;
    *standard_error = sqrt(covariance(rows, all, p, a, p, a));
    mi_free(p);
    return MIEN_OK;
}

/* The test of two areas from the placements of their rows. */
static void compare(const mien_scored *rows, const double all[2],
                    const double *p, const double *q, mien_auc_test *t)
{
    double a = auc_of(rows, all, p), b = auc_of(rows, all, q);
    double aa = covariance(rows, all, p, a, p, a);
    double bb = covariance(rows, all, q, b, q, b);
    double ab = covariance(rows, all, p, a, q, b), spread = 0;
    for (int64_t i = 0; i < rows->n; i++)
        spread = fmax(spread, fabs(p[i] - q[i] - (a - b)));
    *t = (mien_auc_test){{a, b}, {sqrt(aa), sqrt(bb)}, ab, 0, 1};
    double variance = fmax(aa + bb - 2 * ab, 0);
    if (spread > 1e-12 && variance > 0)
        t->z = (a - b) / sqrt(variance);
    else if (fabs(a - b) > 1e-12)
        t->z = a > b ? HUGE_VAL : -HUGE_VAL;
    t->p = erfc(fabs(t->z) / sqrt(2.0));
}

mien_status mien_auc_compare(const mien_scored *rows, const double *other,
                             mien_auc_test *out, mien_error *err)
{
    double all[2], *p = NULL, *q = NULL;
    mien_scored second = *rows;
    second.score = other;
    mien_status st = new_placements(rows, all, &p, err);
    if (!st)
        st = new_placements(&second, all, &q, err);
    if (!st)
        compare(rows, all, p, q, out);
    mi_free(p);
    mi_free(q);
    return st;
}
