/* Statistics: numbers computed by hand, offsets that lose digits, missing and
 * infinite values, Anscombe's quartet, threads and failing memory. */
#include "check.h"

#include "mien/num.h"
#include "anscombe.h"
#include "base/alloc.h"
#include "num/sort.h"

#include <stdlib.h>
#include <string.h>

#define N (double)NAN
#define NEAR(a, b) CHECK_NEAR(a, b, 1e-12 * fabs((double)(b)))

static void test_moments_by_hand(void)
{
    const double x[] = {2, 4, 4, 4, 5, 5, 7, 9, N};
    mien_moments m = mien_moments_compute(9, x);
    CHECK_EQ(m.count, 8);
    CHECK_EQ(m.missing, 1);
    NEAR(m.mean, 5);
    NEAR(m.m2, 32);
    NEAR(m.m3, 42);
    NEAR(m.m4, 356);
    NEAR(m.min, 2);
    NEAR(m.max, 9);
    NEAR(mien_moments_variance(&m, 0), 4);
    NEAR(mien_moments_deviation(&m, 0), 2);
    NEAR(mien_moments_variance(&m, 1), 32.0 / 7);
    /* G1 = m3/n / (m2/n)^1.5 * sqrt(n (n-1)) / (n-2) */
    NEAR(mien_moments_skewness(&m), 42.0 / 8 / 8 * sqrt(56) / 6);
    /* G2 = (n-1)/((n-2)(n-3)) ((n+1) (m4/n / (m2/n)^2 - 3) + 6) */
    NEAR(mien_moments_kurtosis(&m), 7.0 / 30 * (9 * (356.0 / 8 / 16 - 3) + 6));
}

static void test_moments_of_few(void)
{
    const double x[] = {3, N};
    mien_moments m = mien_moments_compute(1, x);
    CHECK(m.mean == 3 && m.m2 == 0 && isnan(mien_moments_variance(&m, 1)));
    CHECK(isnan(mien_moments_skewness(&m)) && isnan(mien_moments_kurtosis(&m)));
    m = mien_moments_compute(1, x + 1);
    CHECK(m.count == 0 && m.missing == 1 && isnan(m.mean) && isnan(m.min));
    m = mien_moments_compute(0, x);
    CHECK(m.count == 0 && m.missing == 0 && isnan(m.max));
    const double same[] = {0.1, 0.1, 0.1, 0.1, 0.1};
    m = mien_moments_compute(5, same);
    CHECK(m.m2 == 0 && m.mean == 0.1 && mien_moments_kurtosis(&m) == 0);
}

static void test_a_huge_offset_costs_no_digits(void)
{
    enum { n = 100000 };
    static double x[n], y[n];
    for (int i = 0; i < n; i++) {
        x[i] = 1e12 + (i % 1000) / 8.0;
        y[i] = -1e12 + (i % 1000) / 8.0;
    }
    const double want = (1000.0 * 1000 - 1) / 12 / 64;
    mien_moments m = mien_moments_compute(n, x);
    CHECK_NEAR(m.mean - 1e12, 999.0 / 16, 1e-4);
    CHECK_NEAR(mien_moments_variance(&m, 0), want, 1e-11 * want);
    CHECK_NEAR(mien_moments_skewness(&m), 0, 1e-9);
    CHECK_NEAR(mien_covariance(n, x, y, 0), want, 1e-11 * want);
    CHECK_NEAR(mien_pearson(n, x, y), 1, 1e-12);
}

static void test_infinite_values(void)
{
    const double x[] = {HUGE_VAL, 1, 2};
    mien_moments m = mien_moments_compute(3, x);
    CHECK(m.mean > 1e308 && m.max > 1e308 && m.min == 1);
    CHECK(isnan(mien_moments_deviation(&m, 1)));
    const double y[] = {1, 2, 3};
    CHECK(isnan(mien_pearson(3, x, y)));
    double q;
    CHECK(mien_median(3, x, &q, NULL) == MIEN_OK && q == 2);
    const double ends[] = {-HUGE_VAL, HUGE_VAL};
    m = mien_moments_compute(2, ends);
    CHECK(isnan(m.mean) && m.min < 0 && m.max > 0);
}

static void test_quantiles_by_hand(void)
{
    const double x[] = {7, N, 1, 3, -0.0, 10};
    const double q[] = {0, 0.25, 0.5, 0.9, 1};
    const double want[] = {0, 1, 3, 8.8, 10};
    double out[5];
    CHECK_EQ(mien_quantiles(6, x, 5, q, out, NULL), MIEN_OK);
    for (int i = 0; i < 5; i++)
        CHECK_NEAR(out[i], want[i], 1e-14);
    CHECK_EQ(mien_mad(6, x, out, NULL), MIEN_OK); /* 4, 2, 0, 3, 7 */
    CHECK_NEAR(out[0], 3, 0);
    CHECK_EQ(mien_median(1, x + 1, out, NULL), MIEN_OK);
    CHECK(isnan(out[0]));
    CHECK_EQ(mien_median(0, NULL, out, NULL), MIEN_OK);
    CHECK(isnan(out[0]));
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void test_sort_agrees_with_qsort(void)
{
    static double x[3000], sorted[3000], slow[3000];
    int64_t order[3000];
    unsigned seed = 5;
    for (int n = 0; n <= 3000; n = n < 80 ? n + 1 : n + 730) {
        for (int i = 0; i < n; i++)
            x[i] = (int)(check_rand(&seed) % 4001 - 2000) *
                   (i % 3 ? 0.001 : 1e200);
        memcpy(slow, x, sizeof x);
        qsort(slow, (size_t)n, sizeof *slow, by_value);
        int64_t count;
        CHECK_EQ(mien_sort(n, x, sorted, &count, NULL), MIEN_OK);
        CHECK_EQ(mien_sort_order(n, x, order, NULL), MIEN_OK);
        CHECK_EQ(count, n);
        int same = 1;
        for (int i = 0; i < n; i++) {
            same &= sorted[i] == slow[i] && x[order[i]] == slow[i];
            if (i > 0 && slow[i] == slow[i - 1])
                same &= order[i] > order[i - 1]; /* stable */
        }
        CHECK_MSG(same, "%d values are not sorted", n);
    }
}

static void test_ranks_share_ties(void)
{
    const double x[] = {3, 1, N, 3, 2, 3};
    const double want[] = {4, 1, N, 4, 2, 4};
    double out[6];
    CHECK_EQ(mien_ranks(6, x, out, NULL), MIEN_OK);
    for (int i = 0; i < 6; i++)
        CHECK(i == 2 ? isnan(out[i]) : out[i] == want[i]);
}

static void test_correlation_by_hand(void)
{
    const double x[] = {1, 2, 3, N, 5}, y[] = {2, 4, 5, 9, N};
    NEAR(mien_covariance(5, x, y, 1), 1.5);
    NEAR(mien_covariance(5, x, y, 0), 1);
    NEAR(mien_pearson(5, x, y), 3 / sqrt(2 * 14.0 / 3));
    double r;
    CHECK_EQ(mien_spearman(5, x, y, &r, NULL), MIEN_OK);
    NEAR(r, 1);
    const double flat[] = {1, 1, 1, 1, 1};
    CHECK(isnan(mien_pearson(5, x, flat)));
    CHECK(isnan(mien_pearson(1, x, y)));
    CHECK(isnan(mien_covariance(1, x, y, 1)));
}

static void test_anscombe_agrees(void)
{
    for (int set = 0; set < 4; set++) {
        const double *x = anscombe[set][0], *y = anscombe[set][1];
        mien_moments mx = mien_moments_compute(11, x);
        mien_moments my = mien_moments_compute(11, y);
        CHECK_NEAR(mx.mean, 9, 1e-12);
        CHECK_NEAR(my.mean, 7.50, 0.005);
        CHECK_NEAR(mien_moments_variance(&mx, 1), 11, 1e-12);
        CHECK_NEAR(mien_moments_variance(&my, 1), 4.12, 0.01);
        static const double pearson[] = {0.81642051634484, 0.8162365060002427,
                                         0.8162867394895982,
                                         0.8165214368885031};
        static const double spearman[] = {0.8181818181818182, 0.690909090909091,
                                          0.990909090909091, 0.5};
        double r;
        NEAR(mien_pearson(11, x, y), pearson[set]);
        CHECK_EQ(mien_spearman(11, x, y, &r, NULL), MIEN_OK);
        NEAR(r, spearman[set]);
    }
}

enum { ROWS = 500, COLUMNS = 7 };

static void fill(double x[COLUMNS][ROWS])
{
    unsigned seed = 9;
    for (int j = 0; j < COLUMNS; j++)
        for (int i = 0; i < ROWS; i++)
            x[j][i] = check_rand(&seed) % 97 + (j ? x[0][i] * j : 0) +
                      (j == 3 ? 1e9 : 0);
    for (int i = 0; i < ROWS; i += 11)
        x[5][i] = N;
    for (int i = 0; i < ROWS; i++)
        x[6][i] = 4;
}

static void test_matrix_agrees_with_pairs(void)
{
    static double x[COLUMNS][ROWS];
    double one[COLUMNS][COLUMNS], four[COLUMNS][COLUMNS];
    const double *columns[COLUMNS];
    fill(x);
    for (int j = 0; j < COLUMNS; j++)
        columns[j] = x[j];
    mien_pool *pool;
    CHECK_EQ(mien_pool_new(4, &pool, NULL), MIEN_OK);
    for (int kind = 0; kind < 3; kind++) {
        CHECK_EQ(mien_correlation_matrix(kind, ROWS, COLUMNS, columns, NULL,
                                         one[0], NULL),
                 MIEN_OK);
        CHECK_EQ(mien_correlation_matrix(kind, ROWS, COLUMNS, columns, pool,
                                         four[0], NULL),
                 MIEN_OK);
        CHECK(memcmp(one, four, sizeof one) == 0);
        for (int i = 0; i < COLUMNS; i++)
            for (int j = 0; j < COLUMNS; j++) {
                double r = mien_pearson(ROWS, x[i], x[j]);
                if (kind == MIEN_COVARIANCE)
                    r = mien_covariance(ROWS, x[i], x[j], 1);
                if (kind == MIEN_CORRELATION_SPEARMAN)
                    CHECK_EQ(mien_spearman(ROWS, x[i], x[j], &r, NULL),
                             MIEN_OK);
                CHECK_MSG(
                    isnan(r) ? isnan(one[i][j])
                             : fabs(one[i][j] - r) <= 1e-9 * fabs(r) + 1e-9,
                    "kind %d, %d %d: %g, want %g", kind, i, j, one[i][j], r);
            }
    }
    mien_pool_free(pool);
}

static void test_every_failing_allocation(void)
{
    static double x[COLUMNS][ROWS];
    const double *columns[COLUMNS];
    fill(x);
    for (int j = 0; j < COLUMNS; j++)
        columns[j] = x[j];
    long n = 0;
    for (mien_status st = MIEN_ENOMEM; st != MIEN_OK; n++) {
        double out[COLUMNS * COLUMNS], r = -7;
        mien_error err = {0};
        out[0] = -7;
        mi_alloc_fail_after(n);
        st = mien_correlation_matrix(MIEN_CORRELATION_SPEARMAN, ROWS, COLUMNS,
                                     columns, NULL, out, &err);
        mien_status other = mien_mad(ROWS, x[0], &r, &err);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || st == MIEN_ENOMEM);
        CHECK(st == MIEN_OK || out[0] == -7);
        CHECK(other == MIEN_OK || r == -7);
    }
    CHECK(n > 8);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_moments_by_hand);
    RUN(test_moments_of_few);
    RUN(test_a_huge_offset_costs_no_digits);
    RUN(test_infinite_values);
    RUN(test_quantiles_by_hand);
    RUN(test_sort_agrees_with_qsort);
    RUN(test_ranks_share_ties);
    RUN(test_correlation_by_hand);
    RUN(test_anscombe_agrees);
    RUN(test_matrix_agrees_with_pairs);
    RUN(test_every_failing_allocation);
    return check_done();
}
