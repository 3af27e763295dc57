/* fit.c: how near predicted numbers come to true ones.
 *
 *   MSE = mean (y - p)^2    MAE = mean |y - p|
 *   R^2 = 1 - sum (y - p)^2 / sum (y - mean y)^2
 *
 * The mean of y is taken first, then deviations from it: no difference of
 * large sums.  Source: any text on regression. */
#include "metrics/rows.h"

#include "base/error.h"

#include <math.h>

static mien_status check(int64_t n, const double *y, const double *predicted,
                         const double *weight, mien_error *err)
{
    if (n < 1)
        return mi_fail(err, MIEN_EARG, "metrics: %lld rows, wanted 1 or more",
                       (long long)n);
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(y[i]) || !isfinite(predicted[i]))
            return mi_fail(err, MIEN_EARG,
                           "metrics: row %lld: the %s number is not finite",
                           (long long)i, isfinite(y[i]) ? "predicted" : "true");
    return mi_weight_check(n, weight, err);
}

mien_status mien_fit_rates_of(int64_t n, const double *y,
                              const double *predicted, const double *weight,
                              mien_fit_rates *out, mien_error *err)
{
    mien_status st = check(n, y, predicted, weight, err);
    if (st)
        return st;
    mien_fit_rates r = {0};
    double all = 0, mean = 0, residual = 0, total = 0, absolute = 0;
    int64_t counted = 0;
    for (int64_t i = 0; i < n; i++) {
        all += mi_weight_of(weight, i);
        mean += mi_weight_of(weight, i) * y[i];
    }
    mean /= all;
    int64_t first = -1;
    int differ = 0;
    for (int64_t i = 0; i < n; i++) {
        double w = mi_weight_of(weight, i), d = y[i] - predicted[i];
        if (!(w > 0))
            continue;
        first = first < 0 ? i : first;
        differ |= y[i] != y[first];
        counted++;
        residual += w * d * d;
        absolute += w * fabs(d);
        total += w * (y[i] - mean) * (y[i] - mean);
        r.largest = fmax(r.largest, fabs(d));
    }
    r.mse = residual / all;
    r.rmse = sqrt(r.mse);
    r.mae = absolute / all;
    r.no_r2 = counted < 2 || !differ || !(total > 0);
    r.r2 = !r.no_r2 ? 1 - residual / total : residual > 0 ? 0 : 1;
    *out = r;
    return MIEN_OK;
}
