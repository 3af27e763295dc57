/* Factors, least squares, and sums that do not depend on threads. */
#include "base/alloc.h"
#include "kern/kern.h"
#include "num/design.h"
#include "num/linalg.h"

#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

static double noise(unsigned *seed) { return check_rand(seed) / 8388608. - 1; }

/* ---- factors ---------------------------------------------------------- */

enum { K = 9, LD = 11 };

static void positive_definite(double a[K * LD], unsigned seed)
{
    double b[K * K];
    for (int i = 0; i < K * K; i++)
        b[i] = noise(&seed);
    for (int i = 0; i < K; i++)
        for (int j = 0; j < K; j++) {
            a[i * LD + j] = i == j ? 0.01 : 0;
            for (int l = 0; l < K; l++)
                a[i * LD + j] += b[i * K + l] * b[j * K + l];
        }
}

static void test_cholesky(void)
{
    double a[K * LD], u[K * LD], inverse[K * LD], x[K], b[K];
    positive_definite(a, 1);
    memcpy(u, a, sizeof a);
    CHECK(mi_cholesky(K, LD, u));
    mi_cholesky_inverse(K, LD, u, inverse);
    for (int i = 0; i < K; i++)
        x[i] = i - 3;
    for (int i = 0; i < K; i++)
        b[i] = mi_dot(K, a + i * LD, x);
    mi_cholesky_solve(K, LD, u, b);
    for (int i = 0; i < K; i++) {
        CHECK_NEAR(b[i], x[i], 1e-9);
        for (int j = 0; j < K; j++)
            CHECK_NEAR(mi_dot(K, a + i * LD, inverse + j * LD), i == j, 1e-9);
    }
    a[3 * LD + 3] = -1;
    CHECK(!mi_cholesky(K, LD, a));
    positive_definite(a, 1);
    a[2 * LD + 4] = (double)NAN;
    CHECK(!mi_cholesky(K, LD, a));
}

static void test_dependent_variables_are_found(void)
{
    double a[K * LD];
    uint8_t keep[K];
    positive_definite(a, 2);
    /* variable 4 = twice variable 1, variable 6 is nothing */
    for (int j = 0; j < K; j++)
        a[4 * LD + j] = 2 * a[1 * LD + j];
    for (int j = 0; j < K; j++)
        a[j * LD + 4] = 2 * a[j * LD + 1];
    for (int j = 0; j < K; j++)
        a[6 * LD + j] = a[j * LD + 6] = 0;
    CHECK(!mi_cholesky(K, LD, (double[K * LD]){0}));
    CHECK_EQ(mi_cholesky_keep(K, LD, a, 1e-12, keep), K - 2);
    for (int j = 0; j < K; j++)
        CHECK(keep[j] == (j != 4 && j != 6));
}

/* ---- least squares ---------------------------------------------------- */

/* Rows of a polynomial basis, so that the answer is known. */
static void test_least_squares_in_any_number_of_rows(void)
{
    const int sizes[] = {1, 3, 4, 5, 1028, 1029, 5000};
    for (int s = 0; s < 7; s++) {
        enum { UNKNOWNS = 4 };
        mi_lsq q;
        double x[UNKNOWNS], inverse[UNKNOWNS * UNKNOWNS], rss;
        int rank;
        unsigned seed = 3;
        CHECK(mi_lsq_init(&q, UNKNOWNS, NULL) == MIEN_OK);
        for (int i = 0; i < sizes[s]; i++) {
            double row[UNKNOWNS + 1] = {1, noise(&seed), noise(&seed),
                                        noise(&seed)};
            row[4] = 2 + 3 * row[1] - row[2] + 0.5 * row[3];
            mi_lsq_add(&q, row);
        }
        CHECK(mi_lsq_solve(&q, 1e-12, x, inverse, &rss, &rank, NULL) == 0);
        mi_lsq_done(&q);
        CHECK_EQ(rank, sizes[s] < UNKNOWNS ? sizes[s] : UNKNOWNS);
        CHECK_NEAR(rss, 0, 1e-20 * (1 + sizes[s]));
        CHECK(isnan(inverse[0]) == (rank < UNKNOWNS));
        if (rank < UNKNOWNS)
            continue;
        const double want[] = {2, 3, -1, 0.5};
        for (int j = 0; j < UNKNOWNS; j++)
            CHECK_NEAR(x[j], want[j], 1e-11);
    }
}

static void test_least_norm(void)
{
    /* x + y + z = 6, x - y = 0: the nearest to 0 is (2, 2, 2) */
    const double rows[2][4] = {{1, 1, 1, 6}, {1, -1, 0, 0}};
    mi_lsq q;
    double x[3], rss;
    int rank;
    CHECK(mi_lsq_init(&q, 3, NULL) == MIEN_OK);
    for (int r = 0; r < 6; r++)
        mi_lsq_add(&q, rows[r % 2]);
    CHECK(mi_lsq_solve(&q, 1e-12, x, NULL, &rss, &rank, NULL) == MIEN_OK);
    CHECK_EQ(rank, 2);
    for (int j = 0; j < 3; j++)
        CHECK_NEAR(x[j], 2, 1e-13);
    mi_lsq_done(&q);
}

/* ---- designs ---------------------------------------------------------- */

enum { N = 20011, P = 5, PAD = 8 };

/* Z' W Z, then Z' w; w [N] in arg. */
static void sums_step(void *arg, const mi_rows *rows)
{
    const mi_kern *kern = mi_kern_best();
    const double *w = (const double *)arg + rows->first;
    kern->rows_scale_f64(rows->n, rows->ld, rows->z, w, rows->spare);
    kern->gram_f64(rows->n, rows->ld, rows->z, rows->spare, rows->sum);
    kern->rows_sum_f64(rows->n, rows->ld, rows->z, w, rows->sum + PAD * PAD);
}

static void test_sums_of_a_design(void)
{
    double *x = malloc(sizeof(double) * N * P), *w = malloc(sizeof(double) * N);
    double sums[2][PAD * PAD + PAD], mean[P], deviation[P];
    const double *gram = sums[0], *tmul = gram + PAD * PAD;
    unsigned seed = 8;
    for (int i = 0; i < N * P; i++)
        x[i] = i % P == 3 ? 0.1 : noise(&seed) + i % P * 10;
    for (int i = 0; i < N; i++)
        w[i] = noise(&seed) + 1;
    for (int threads = 1; threads <= 3; threads += 2) {
        mien_pool *pool = NULL;
        mi_design d;
        CHECK(mien_pool_new(threads, &pool, NULL) == MIEN_OK);
        CHECK(mi_design_init(&d, N, P, x, PAD * PAD + PAD, pool, NULL) ==
              MIEN_OK);
        mi_design_moments(&d, mean, deviation);
        mi_design_walk(&d, sums_step, w, PAD * PAD + PAD, sums[threads > 1]);
        mi_design_done(&d);
        mien_pool_free(pool);
    }
    CHECK(memcmp(sums[0], sums[1], sizeof sums[0]) == 0);
    CHECK(deviation[3] == 0 && mean[3] == 0.1);
    CHECK_NEAR(deviation[0], 1 / sqrt(3), 0.02);
    CHECK_NEAR(mean[4], 40, 0.02);
    double g = 0, ones = 0, t = 0;
    for (int i = 0; i < N; i++) {
        g += x[i * P] * x[i * P + 2] * w[i];
        t += x[i * P + 4] * w[i];
        ones += w[i];
    }
    CHECK_NEAR(gram[2], g, 1e-11 * fabs(g));
    CHECK_NEAR(gram[P * PAD + P], ones, 1e-11 * ones);
    CHECK_NEAR(tmul[4], t, 1e-11 * fabs(t));
    free(x);
    free(w);
}

static void test_failing_memory(void)
{
    double x[6] = {0};
    mi_design d = {0};
    mi_lsq q = {0};
    for (long n = 0; n < 4; n++) {
        mi_alloc_fail_after(n);
        CHECK(mi_design_init(&d, 3, 2, x, 16, NULL, NULL) == MIEN_ENOMEM);
        CHECK(!d.mean);
    }
    mi_alloc_fail_after(0);
    CHECK(mi_lsq_init(&q, 3, NULL) == MIEN_ENOMEM && !q.a);
    mi_alloc_fail_after(-1);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_cholesky);
    RUN(test_dependent_variables_are_found);
    RUN(test_least_squares_in_any_number_of_rows);
    RUN(test_least_norm);
    RUN(test_sums_of_a_design);
    RUN(test_failing_memory);
    return check_done();
}
