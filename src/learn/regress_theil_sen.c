/* regress_theil_sen.c: the line of median slope.
 *
 * slope = median over i < j, x_i != x_j, of (y_j - y_i) / (x_j - x_i);
 * intercept = median of y - slope x; the median of an even number is the mean
 * of the two in the middle.  Up to 2000 points all pairs are taken, above
 * two million drawn ones (error of the order of a thousandth of the
 * quartiles' distance).  Source: Theil 1950; Sen, JASA 63, 1968. */
#include "learn/regress.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>

enum { ALL_PAIRS = 2000, DRAWS = 2000000 };

static void swap(double *a, double *b)
{
    double t = *a;
    *a = *b;
    *b = t;
}

/* Bring the k-th smallest of x [n] to x[k], smaller ones before it. */
static double select_kth(int64_t n, double *x, int64_t k)
{
    int64_t low = 0, high = n - 1;
    while (low < high) {
        int64_t mid = low + (high - low) / 2, i = low, j = high;
        if (x[mid] < x[low])
            swap(&x[mid], &x[low]);
        if (x[high] < x[low])
            swap(&x[high], &x[low]);
        if (x[high] < x[mid])
            swap(&x[high], &x[mid]);
        double pivot = x[mid];
        while (i <= j) {
            while (x[i] < pivot)
                i++;
            while (pivot < x[j])
                j--;
            if (i <= j)
                swap(&x[i++], &x[j--]);
        }
        if (k <= j)
            high = j;
        else if (k >= i)
            low = i;
        else
            break;
    }
    return x[k];
}

static double median(int64_t n, double *x)
{
    double high = select_kth(n, x, n / 2);
    if (n % 2)
        return high;
    double low = x[0];
    for (int64_t i = 1; i < n / 2; i++)
        low = fmax(low, x[i]);
    return low + (high - low) / 2;
}

static int64_t all_slopes(int64_t n, const double *x, const double *y,
                          double *out)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = i + 1; j < n; j++)
            if (x[i] != x[j])
                out[count++] = (y[j] - y[i]) / (x[j] - x[i]);
    return count;
}

static int64_t drawn_slopes(int64_t n, const double *x, const double *y,
                            uint32_t seed, double *out)
{
    int64_t count = 0;
    mien_random r;
    mien_random_init(&r, seed);
    for (int64_t t = 0; t < DRAWS; t++) {
        int64_t i = (int64_t)(mien_random_unit(&r) * (double)n);
        int64_t j = (int64_t)(mien_random_unit(&r) * (double)n);
        if (x[i] != x[j])
            out[count++] = (y[j] - y[i]) / (x[j] - x[i]);
    }
    return count;
}

mien_status mien_theil_sen(int64_t n, const double *x, const double *y,
                           uint32_t seed, double *slope, double *intercept,
                           mien_error *err)
{
    const mien_measured rows = {n, 1, x, y, NULL};
    mien_status st = mi_measured_check(&rows, err);
    if (st != MIEN_OK)
        return st;
    int64_t room = n > ALL_PAIRS ? DRAWS : n * (n - 1) / 2;
    room = room > n ? room : n;
    double *work = NULL;
    if ((uint64_t)room < SIZE_MAX)
        work = mi_alloc((size_t)room, sizeof *work);
    if (!work)
        return mi_fail(err, MIEN_ENOMEM, "Theil-Sen: %lld points",
                       (long long)n);

    int64_t count = n > ALL_PAIRS ? drawn_slopes(n, x, y, seed, work)
                                  : all_slopes(n, x, y, work);
    if (!count) {
        mi_free(work);
        return mi_fail(err, MIEN_EFORMAT,
                       "Theil-Sen: no two of %lld points differ in x",
                       (long long)n);
    }
    double by = median(count, work);
    for (int64_t i = 0; i < n; i++)
        work[i] = y[i] - by * x[i];
    *slope = by;
    *intercept = median(n, work);
    mi_free(work);
    return MIEN_OK;
}
