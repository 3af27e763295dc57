/* stat_order.c: quantiles and ranks, from sorted values.
 *
 * Everything here sorts once, by radix (num/sort.h), which costs about as much
 * as three selections and gives all quantiles, ranks and distinct values.
 *
 * Reference: Hyndman, Fan 1996; Kendall, The treatment of ties in ranking
 * problems, 1945. */
#include "num/sort.h"

#include "mien/num.h"
#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <math.h>

static mien_status no_room(int64_t n, mien_error *err)
{
    return mi_fail(err, MIEN_ENOMEM, "num: %lld values to sort", (long long)n);
}

mien_status mien_sort(int64_t n, const double *x, double *out,
                      int64_t *ret_count, mien_error *err)
{
    uint64_t *keys = mi_alloc_raw((size_t)n, 2 * sizeof *keys);
    if (!keys)
        return no_room(n, err);
    for (int64_t i = 0; i < n; i++)
        keys[i] = mi_sort_key(x[i]);
    mi_sort_keys(n, keys, keys + n);
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++) {
        int value = keys[i] != UINT64_MAX;
        out[i] = value ? mi_sort_number(keys[i]) : (double)NAN;
        count += value;
    }
    mi_free(keys);
    *ret_count = count;
    return MIEN_OK;
}

/* Sorted pairs of keys and indices, to be freed; NULL without memory. */
static mi_sort_pair *sorted_pairs(int64_t n, const double *x)
{
    mi_sort_pair *pairs = mi_alloc_raw((size_t)n, 2 * sizeof *pairs);
    if (!pairs)
        return NULL;
    for (int64_t i = 0; i < n; i++)
        pairs[i] = (mi_sort_pair){mi_sort_key(x[i]), i};
    mi_sort_pairs(n, pairs, pairs + n);
    return pairs;
}

mien_status mien_sort_order(int64_t n, const double *x, int64_t *out,
                            mien_error *err)
{
    mi_sort_pair *pairs = sorted_pairs(n, x);
    if (!pairs)
        return no_room(n, err);
    for (int64_t i = 0; i < n; i++)
        out[i] = pairs[i].at;
    mi_free(pairs);
    return MIEN_OK;
}

double mien_quantile_sorted(int64_t n, const double *sorted, double q)
{
    assert(q >= 0 && q <= 1);
    if (n == 0)
        return (double)NAN;
    double place = q * (double)(n - 1), below = floor(place);
    int64_t i = (int64_t)below;
    double part = place - below;
    if (part == 0 || i + 1 >= n || sorted[i] == sorted[i + 1])
        return sorted[i];
    double step = sorted[i + 1] - sorted[i];
    return part < 0.5 ? sorted[i] + step * part
                      : sorted[i + 1] - step * (1 - part);
}

mien_status mien_quantiles(int64_t n, const double *x, int k, const double *q,
                           double *out, mien_error *err)
{
    double *sorted = mi_alloc_raw((size_t)n, sizeof *sorted);
    if (!sorted)
        return no_room(n, err);
    int64_t count;
    mien_status st = mien_sort(n, x, sorted, &count, err);
    for (int i = 0; i < k && st == MIEN_OK; i++)
        out[i] = mien_quantile_sorted(count, sorted, q[i]);
    mi_free(sorted);
    return st;
}

mien_status mien_median(int64_t n, const double *x, double *out,
                        mien_error *err)
{
    const double half = 0.5;
    return mien_quantiles(n, x, 1, &half, out, err);
}

mien_status mien_mad(int64_t n, const double *x, double *out, mien_error *err)
{
    double *away = mi_alloc_raw((size_t)n, sizeof *away), median;
    if (!away)
        return no_room(n, err);
    mien_status st = mien_median(n, x, &median, err);
    for (int64_t i = 0; i < n && st == MIEN_OK; i++)
        away[i] = fabs(x[i] - median);
    if (st == MIEN_OK)
        st = mien_median(n, away, out, err);
    mi_free(away);
    return st;
}

mien_status mien_ranks(int64_t n, const double *x, double *out, mien_error *err)
{
    mi_sort_pair *pairs = sorted_pairs(n, x);
    if (!pairs)
        return no_room(n, err);
    for (int64_t i = 0, end; i < n; i = end) {
        uint64_t key = pairs[i].key;
        for (end = i + 1; end < n && pairs[end].key == key;)
            end++;
        /* The mean of i + 1 .. end. */
        double rank = 0.5 * (double)(i + 1 + end);
        for (int64_t j = i; j < end; j++)
            out[pairs[j].at] = key == UINT64_MAX ? (double)NAN : rank;
    }
    mi_free(pairs);
    return MIEN_OK;
}

mien_status mien_spearman(int64_t n, const double *x, const double *y,
                          double *out, mien_error *err)
{
    double *both = mi_alloc_raw((size_t)n, 2 * sizeof *both);
    if (!both)
        return no_room(n, err);
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(x[i]) && !isnan(y[i])) {
            both[count] = x[i];
            both[n + count++] = y[i];
        }
    mien_status st = mien_ranks(count, both, both, err);
    if (st == MIEN_OK)
        st = mien_ranks(count, both + n, both + n, err);
    if (st == MIEN_OK)
        *out = mien_pearson(count, both, both + n);
    mi_free(both);
    return st;
}
