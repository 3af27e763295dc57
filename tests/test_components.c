/* Principal components: of made rows whose directions are known. */
#include "base/alloc.h"
#include "mien/num_components.h"
#include "tests/check.h"

#include <math.h>

enum { N = 60, D = 200, RANK = 5 };

static float rows[N * D];

/* Five waves of falling size around a mean, and a little noise. */
static void make_rows(double noise)
{
    mien_random r;
    mien_random_init(&r, 7);
    for (int i = 0; i < N; i++) {
        double a[RANK];
        for (int c = 0; c < RANK; c++)
            a[c] = mien_random_normal(&r) * 8 / (c + 1);
        for (int j = 0; j < D; j++) {
            double v = j * 0.01 + noise * mien_random_normal(&r);
            for (int c = 0; c < RANK; c++)
                v += a[c] * cos((c + 1) * (j + .5) * 3.14159265358979 / D);
            rows[i * D + j] = (float)v;
        }
    }
}

static void test_five_directions(void)
{
    mien_components c = {0};
    make_rows(0);
    CHECK(!mien_components_fit(N, D, rows, 20, &c, NULL));
    CHECK_EQ(c.k, RANK);
    for (int i = 0; i < c.k; i++)
        for (int j = 0; j <= i; j++) {
            double sum = 0;
            for (int p = 0; p < D; p++)
                sum +=
                    (double)c.vector[i * D + p] * (double)c.vector[j * D + p];
            CHECK_NEAR(sum, i == j, 1e-4);
        }
    for (int i = 0; i < N; i++)
        CHECK(mien_components_error(&c, rows + i * D, 20) < 1e-5);
    CHECK(mien_components_error(&c, rows, 0) > 0.5);
    mien_components_free(&c);
}

/* What is left of the fitted rows is the variance of the other components. */
static void test_errors_add_up(void)
{
    mien_components c = {0};
    make_rows(0.3);
    CHECK(!mien_components_fit(N, D, rows, N - 1, &c, NULL));
    CHECK_EQ(c.k, N - 1);
    for (int k = 0; k <= 20; k += 4) {
        double left = 0, rest = 0;
        for (int i = 0; i < N; i++)
            left += mien_components_error(&c, rows + i * D, k) * D / N;
        for (int i = k; i < c.k; i++)
            rest += c.variance[i];
        CHECK_NEAR(left / rest, 1, 1e-3);
    }
    mien_components_free(&c);
}

static void test_refusals_and_memory(void)
{
    mien_components c = {0};
    mien_status st = MIEN_ENOMEM;
    CHECK_EQ(mien_components_fit(1, D, rows, 2, &c, NULL), MIEN_EARG);
    CHECK_EQ(mien_components_fit(N, D, rows, 0, &c, NULL), MIEN_EARG);
    for (int n = 0; st == MIEN_ENOMEM && n < 20; n++) {
        mi_alloc_fail_after(n);
        st = mien_components_fit(N, D, rows, 3, &c, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || !c.mean);
    }
    CHECK_EQ(st, MIEN_OK);
    mien_components_free(&c);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_five_directions);
    RUN(test_errors_add_up);
    RUN(test_refusals_and_memory);
    return check_done();
}
