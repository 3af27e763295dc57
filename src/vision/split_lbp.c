/* split_lbp.c: the best set of LBP codes to go left.
 *
 * Of all 2^256 sets the best one is among those that take the codes of the
 * smallest share of positives, so the codes are sorted by that share.
 * Source: Breiman et al., Classification and Regression Trees, 1984, 9.4. */
#include "vision/split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct bin {
    int64_t all, sum; /* |weight| and weight */
    int code;
} bin;

/* By share of positives, then by code. */
static int by_share(const void *a, const void *b)
{
    const bin *p = a, *q = b;
    int64_t x = p->sum * q->all, y = q->sum * p->all;
    if (x != y)
        return x < y ? -1 : 1;
    return (p->code > q->code) - (p->code < q->code);
}

/* As the kernels of splits: what it is to have a and l on the left. */
static double gain(mien_boost boost, const bin *total, double a, double l)
{
    double b = (double)total->all - a, r = (double)total->sum - l;
    if (boost == MIEN_BOOST_DISCRETE)
        return fabs(l) + fabs(r);
    if (boost == MIEN_BOOST_REAL) {
        double root = sqrt((a + l) * (a - l)) + sqrt((b + r) * (b - r));
        return -root * root;
    }
    double d = l - a * (double)total->sum / (double)total->all;
    return a > 0 && b > 0 ? d * d / (a * b) : 0;
}

double mi_split_lbp(mien_boost boost, int n, const uint8_t *codes,
                    const int32_t *weight, uint32_t *subset)
{
    bin bins[256] = {{0}}, total = {0};
    for (int i = 0; i < n; i++) {
        bins[codes[i]].all += weight[i] < 0 ? -weight[i] : weight[i];
        bins[codes[i]].sum += weight[i];
    }
    int used = 0, best_at = -1;
    for (int c = 0; c < 256; c++) {
        total.all += bins[c].all;
        total.sum += bins[c].sum;
        if (!bins[c].all)
            continue;
        bins[used] = bins[c];
        bins[used++].code = c;
    }
    qsort(bins, (size_t)used, sizeof *bins, by_share);
    double a = 0, l = 0, best = gain(boost, &total, 0, 0);
    for (int i = 0; i + 1 < used; i++) {
        a += (double)bins[i].all;
        l += (double)bins[i].sum;
        double g = gain(boost, &total, a, l);
        if (g > best) {
            best = g;
            best_at = i;
        }
    }
    memset(subset, 0, 8 * sizeof *subset);
    for (int i = 0; i <= best_at; i++)
        subset[bins[i].code / 32] |= 1u << (bins[i].code % 32);
    return best_at < 0 ? -HUGE_VAL : best;
}
