/* probability.c: are probabilities what they say?
 *
 *   Brier = mean (p - y)^2
 *   log loss = -mean (y log p + (1 - y) log (1 - p)), p kept inside
 *              [eps, 1 - eps], eps = 2^-52
 *   calibration: mean p against the share of ones, bin by bin;
 *              expected error = sum_b n_b / n |mean p_b - share_b|
 *
 * Edges of quantile bins lie at q (n - 1) between sorted probabilities
 * (numpy's percentile); a probability on an edge belongs to the bin below.
 *
 * References: Brier 1950; Naeini, Cooper & Hauskrecht 2015 (expected error). */
#include "metrics/rank.h"

#include "base/alloc.h"
#include "base/error.h"

#include <float.h>
#include <math.h>
#include <string.h>

mien_status mien_brier(const mien_scored *rows, double *out, mien_error *err)
{
    mien_status st = mi_rows_check_probability(rows, err);
    double sum = 0, all = 0;
    for (int64_t i = 0; !st && i < rows->n; i++) {
        double w = mi_weight_of(rows->weight, i);
        double d = rows->score[i] - rows->y[i];
        sum += w * d * d;
        all += w;
    }
    if (!st)
        *out = sum / all;
    return st;
}

mien_status mien_log_loss(const mien_scored *rows, double *out, mien_error *err)
{
    mien_status st = mi_rows_check_probability(rows, err);
    double sum = 0, all = 0;
    for (int64_t i = 0; !st && i < rows->n; i++) {
        double w = mi_weight_of(rows->weight, i);
        double p = fmin(fmax(rows->score[i], DBL_EPSILON), 1 - DBL_EPSILON);
        sum -= w * log(rows->y[i] ? p : 1 - p);
        all += w;
    }
    if (!st)
        *out = sum / all;
    return st;
}

/* Element q (n - 1) of the sorted scores, between elements by a line. */
static double quantile(const mien_scored *rows, const uint32_t *row, double q)
{
    double at = q * (double)(rows->n - 1);
    int64_t low = (int64_t)floor(at);
    if (low >= rows->n - 1)
        return rows->score[row[0]];
    double a = rows->score[row[rows->n - 1 - low]];
    double b = rows->score[row[rows->n - 2 - low]], t = at - (double)low;
    return t < .5 ? a + (b - a) * t : b - (b - a) * (1 - t);
}

/* The edges between bins, bins - 1 of them. */
static mien_status set_edges(const mien_scored *rows, int bins, int by_quantile,
                             double *edge, mien_error *err)
{
    double step = 1.0 / bins;
    for (int i = 1; i < bins; i++)
        edge[i - 1] = i * step;
    if (!by_quantile)
        return MIEN_OK;
    uint32_t *row = mi_alloc_raw((size_t)rows->n, sizeof *row);
    mien_status st = row ? mi_rank_rows(rows->n, rows->score, row, err)
                         : mi_fail(err, MIEN_ENOMEM, "metrics: no memory");
    for (int i = 1; !st && i < bins; i++)
        edge[i - 1] = quantile(rows, row, edge[i - 1] * 100 / 100);
    mi_free(row);
    return st;
}

/* How many edges lie below p. */
static int bin_of(const double *edge, int edges, double p)
{
    int low = 0, high = edges;
    while (low < high) {
        int middle = (low + high) / 2;
        if (edge[middle] < p)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Sums become means; empty bins go. */
static void finish(mien_calibration *c, int bins)
{
    double all = 0;
    for (int i = 0; i < bins; i++) {
        mien_calibration_bin b = c->bin[i];
        if (!(b.count > 0))
            continue;
        b.predicted /= b.count;
        b.observed /= b.count;
        double gap = fabs(b.predicted - b.observed);
        c->error += b.count * gap;
        c->worst = fmax(c->worst, gap);
        all += b.count;
        c->bin[c->n++] = b;
    }
    c->error /= all;
}

mien_status mien_calibration_new(const mien_scored *rows, int bins,
                                 int by_quantile, mien_calibration *out,
                                 mien_error *err)
{
    mien_status st = mi_rows_check_probability(rows, err);
    if (st)
        return st;
    if (bins < 1 || bins > 10000)
        return mi_fail(err, MIEN_EARG, "calibration: %d bins, wanted 1..10000",
                       bins);
    double *edge = mi_alloc((size_t)bins, sizeof *edge);
    mien_calibration c = {0, mi_alloc((size_t)bins, sizeof *c.bin), 0, 0};
    st = edge && c.bin ? set_edges(rows, bins, by_quantile, edge, err)
                       : mi_fail(err, MIEN_ENOMEM, "metrics: no memory");
    if (!st) {
        for (int64_t i = 0; i < rows->n; i++) {
            double w = mi_weight_of(rows->weight, i);
            mien_calibration_bin *b =
                c.bin + bin_of(edge, bins - 1, rows->score[i]);
            b->predicted += w * rows->score[i];
            b->observed += w * rows->y[i];
            b->count += w;
        }
        finish(&c, bins);
        *out = c;
    } else {
        mi_free(c.bin);
    }
    mi_free(edge);
    return st;
}

void mien_calibration_free(mien_calibration *c)
{
    if (!c)
        return;
    mi_free(c->bin);
    memset(c, 0, sizeof *c);
}
