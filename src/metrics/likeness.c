/* likeness.c: squared error and structural similarity of pictures.
 *
 * In each window, with weighted means m, variances v and covariance c,
 *
 *   ssim = (2 ma mb + C1) (2 c + C2) / ((ma^2 + mb^2 + C1) (va + vb + C2)),
 *   C1 = (0.01 range)^2, C2 = (0.03 range)^2.
 *
 * The Gaussian is a product of one of x and one of y: sums of columns are made
 * for a row of windows, then summed along it. */
#include "mien/metrics_image.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { SIDE = MIEN_SSIM_SIDE, SUMS = 5 }; /* a, b, a^2, b^2, a b */

/* Weights of one direction, whose sum is 1. */
static void gaussian(double weight[SIDE])
{
    const double deviation = 1.5;
    double sum = 0;
    for (int i = 0; i < SIDE; i++) {
        double d = ((double)i - (SIDE - 1) / 2.0) / deviation;
        weight[i] = exp(-d * d / 2);
        sum += weight[i];
    }
    for (int i = 0; i < SIDE; i++)
        weight[i] /= sum;
}

/* Weighted sums of SIDE rows, [w, SUMS]. */
static void sum_columns(int w, const float *a, const float *b,
                        const double *weight, double *to)
{
    memset(to, 0, (size_t)w * SUMS * sizeof *to);
    for (int y = 0; y < SIDE; y++, a += w, b += w)
        for (int x = 0; x < w; x++) {
            double p = (double)a[x], q = (double)b[x];
            double *s = to + (ptrdiff_t)x * SUMS;
            s[0] += weight[y] * p;
            s[1] += weight[y] * q;
            s[2] += weight[y] * p * p;
            s[3] += weight[y] * q * q;
            s[4] += weight[y] * p * q;
        }
}

/* The similarity of the window whose columns begin at `column`. */
static double similarity(const double *column, const double *weight,
                         double range)
{
    double c1 = 0.01 * range * 0.01 * range, c2 = 0.03 * range * 0.03 * range;
    double s[SUMS] = {0};
    for (int x = 0; x < SIDE; x++)
        for (int i = 0; i < SUMS; i++)
            s[i] += weight[x] * column[x * SUMS + i];
    double va = s[2] - s[0] * s[0], vb = s[3] - s[1] * s[1];
    double c = s[4] - s[0] * s[1];
    return (2 * s[0] * s[1] + c1) * (2 * c + c2) /
           ((s[0] * s[0] + s[1] * s[1] + c1) * (va + vb + c2));
}

mien_status mien_likeness_of(int w, int h, const float *a, const float *b,
                             double range, mien_likeness *out, mien_error *err)
{
    double weight[SIDE], sum = 0, square = 0;
    assert(w > 0 && h > 0);
    for (ptrdiff_t i = 0; i < (ptrdiff_t)w * h; i++) {
        double d = (double)a[i] - (double)b[i];
        square += d * d;
    }
    *out = (mien_likeness){square / w / h, (double)NAN};
    if (w < SIDE || h < SIDE)
        return MIEN_OK;
    double *column = mi_alloc((size_t)w, SUMS * sizeof *column);
    if (!column)
        return mi_no_memory(err);
    gaussian(weight);
    for (ptrdiff_t y = 0; y + SIDE <= h; y++) {
        sum_columns(w, a + y * w, b + y * w, weight, column);
        for (ptrdiff_t x = 0; x + SIDE <= w; x++)
            sum += similarity(column + x * SUMS, weight, range);
    }
    out->ssim = sum / (w - SIDE + 1) / (h - SIDE + 1);
    mi_free(column);
    return MIEN_OK;
}

double mien_psnr(double square, double range)
{
    return square > 0 ? 10 * log10(range * range / square) : (double)INFINITY;
}
