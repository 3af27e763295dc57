/* temperature.c: one number that makes probabilities fit.
 *
 * The mean log loss of softmax(z / T) is convex in b = 1 / T; its slope is the
 * mean of sum_k p_k z_k - z_truth.  The root of that slope is found by halving
 * the interval, which cannot miss. */
#include "mien/metrics_points.h"

#include "base/error.h"

#include <math.h>

static const double least = 0.05, most = 20;
enum { HALVINGS = 60 };

/* One row's log loss at b, and its slope. */
static double row_loss(int k, const float *z, int truth, double b,
                       double *slope)
{
    double top = -HUGE_VAL, sum = 1e-300, mean = 0;
    for (int i = 0; i < k; i++)
        top = b * (double)z[i] > top ? b * (double)z[i] : top;
    for (int i = 0; i < k; i++) {
        double p = exp(b * (double)z[i] - top);
        sum += p;
        mean += p * (double)z[i];
    }
    *slope = mean / sum - (double)z[truth];
    return top + log(sum) - b * (double)z[truth];
}

static int64_t count_known(int64_t n, int k, const int32_t *truth)
{
    int64_t known = 0;
    for (int64_t i = 0; i < n; i++)
        known += truth[i] >= 0 && truth[i] < k;
    return known;
}

/* The mean log loss at b over rows whose class is known; 0 of none. */
static double mean_loss(int64_t n, int k, const float *logits,
                        const int32_t *truth, double b, double *slope)
{
    double loss = 0, one = 0;
    int64_t known = count_known(n, k, truth);
    *slope = 0;
    for (int64_t i = 0; i < n; i++) {
        if (truth[i] < 0 || truth[i] >= k)
            continue;
        loss += row_loss(k, logits + i * k, truth[i], b, &one);
        *slope += one;
    }
    return known ? loss / (double)known : 0;
}

mien_status mien_temperature_fit(int64_t n, int k, const float *logits,
                                 const int32_t *truth, double *out,
                                 double *before, double *after, mien_error *err)
{
    if (n < 1 || k < 2)
        return mi_fail(err, MIEN_EARG,
                       "metrics: %lld rows of %d classes, wanted 1 row and 2 "
                       "classes or more",
                       (long long)n, k);
    for (int64_t i = 0; i < n * k; i++)
        if (!isfinite(logits[i]))
            return mi_fail(err, MIEN_EARG, "metrics: row %lld: a logit of %g",
                           (long long)(i / k), (double)logits[i]);
    double slope, low = 1 / most, high = 1 / least;
    double first = mean_loss(n, k, logits, truth, 1, &slope);
    for (int i = 0; i < HALVINGS; i++) {
        double b = sqrt(low * high);
        mean_loss(n, k, logits, truth, b, &slope);
        *(slope > 0 ? &high : &low) = b;
    }
    double best = count_known(n, k, truth) ? sqrt(low * high) : 1;
    *out = 1 / best;
    if (before)
        *before = first;
    if (after)
        *after = mean_loss(n, k, logits, truth, best, &slope);
    return MIEN_OK;
}
