/* Least squares, Huber's and Theil-Sen's lines. */
#include "base/alloc.h"
#include "mien/learn.h"

#include "tests/check.h"

#include <string.h>

enum { N = 60, P = 3 };
static double x[N * P], y[N];

static double noise(unsigned *seed) { return check_rand(seed) / 8388608. - 1; }

static void make(double outliers)
{
    unsigned seed = 5;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < P; j++)
            x[i * P + j] = noise(&seed) * (j == 2 ? 1e6 : 1) + j * 1e3;
        y[i] = 2 + 3 * x[i * P] - x[i * P + 1] + 1e-6 * x[i * P + 2] +
               noise(&seed) + (i % 7 == 0 ? outliers : 0);
    }
}

static const mien_measured table = {N, P, x, y, NULL};

static void test_residuals_are_orthogonal(void)
{
    make(0);
    mien_linear m = {0};
    CHECK(mien_linear_fit(&table, 0, &m, NULL) == MIEN_OK);
    CHECK(m.rank == P + 1 && m.converged);
    double out[N], sum = 0, along[P] = {0};
    mien_linear_predict(&m, N, x, out);
    for (int i = 0; i < N; i++) {
        sum += y[i] - out[i];
        for (int j = 0; j < P; j++)
            along[j] += (y[i] - out[i]) * (x[i * P + j] - j * 1e3);
    }
    CHECK_NEAR(sum, 0, 1e-9);
    for (int j = 0; j < P; j++)
        CHECK_NEAR(along[j], 0, 1e-9 * (j == 2 ? 1e6 : 1));
    CHECK_NEAR(m.coef[0], 3, 5 * m.error[0]);
    CHECK(m.error[0] > 0.01 && m.error[0] < 1 && m.r2 > 0.5 && m.r2 < 1);
    mien_linear_done(&m);
}

/* The textbook's formulas for one variable. */
static void test_standard_errors_of_a_line(void)
{
    const double u[] = {1, 2, 4, 7, 11}, v[] = {1, 3, 2, 6, 9};
    const mien_measured line = {5, 1, u, v, NULL};
    mien_linear m = {0};
    mien_polynomial f;
    CHECK(mien_linear_fit(&line, 0, &m, NULL) == MIEN_OK);
    CHECK(mien_polynomial_fit(5, u, v, 1, &f, NULL) == MIEN_OK);
    double sxx = 66, rss = 0; /* mean of u is 5 */
    for (int i = 0; i < 5; i++)
        rss += pow(v[i] - m.intercept - m.coef[0] * u[i], 2);
    double s = sqrt(rss / 3);
    CHECK_NEAR(m.deviation, s, 1e-12);
    CHECK_NEAR(m.error[0], s / sqrt(sxx), 1e-12);
    CHECK_NEAR(m.error[1], s * sqrt(1 / 5. + 25 / sxx), 1e-12);
    CHECK_NEAR(f.error[1], m.error[0], 1e-12);
    CHECK_NEAR(f.error[0], m.error[1], 1e-12);
    CHECK_NEAR(f.coef[1], m.coef[0], 1e-12);
    CHECK_NEAR(f.r2, m.r2, 1e-12);
    CHECK_NEAR(mien_polynomial_at(&f, 4), m.intercept + 4 * m.coef[0], 1e-12);
    mien_linear_done(&m);
}

static void test_weights_are_repetitions(void)
{
    make(0);
    double x2[3 * N * P], y2[3 * N], w[N];
    int64_t n = 0;
    for (int i = 0; i < N; i++) {
        w[i] = i % 4;
        for (int c = 0; c < i % 4; c++, n++) {
            memcpy(x2 + n * P, x + i * P, P * sizeof *x);
            y2[n] = y[i];
        }
    }
    const mien_measured weighted = {N, P, x, y, w},
                        long_ = {n, P, x2, y2, NULL};
    mien_linear a = {0}, b = {0};
    mien_huber_options o = MIEN_HUBER_DEFAULTS;
    for (int huber = 0; huber < 2; huber++) {
        CHECK((huber ? mien_huber_fit(&weighted, &o, &a, NULL)
                     : mien_linear_fit(&weighted, 0, &a, NULL)) == MIEN_OK);
        CHECK((huber ? mien_huber_fit(&long_, &o, &b, NULL)
                     : mien_linear_fit(&long_, 0, &b, NULL)) == MIEN_OK);
        for (int j = 0; j < P; j++)
            CHECK_NEAR(a.coef[j], b.coef[j], 1e-8 * fabs(b.coef[j]));
        CHECK_NEAR(a.r2, b.r2, 1e-9);
    }
    mien_linear_done(&a);
    mien_linear_done(&b);
}

static void test_dependent_columns_share(void)
{
    double u[20 * 2], v[20];
    for (int i = 0; i < 20; i++) {
        u[2 * i] = i;
        u[2 * i + 1] = 5 - 2 * i;
        v[i] = 1 + 3 * i;
    }
    const mien_measured rows = {20, 2, u, v, NULL};
    mien_linear m = {0};
    CHECK(mien_linear_fit(&rows, 0, &m, NULL) == MIEN_OK);
    CHECK(m.rank == 2 && isnan(m.error[0]));
    double out[20];
    mien_linear_predict(&m, 20, u, out);
    for (int i = 0; i < 20; i++)
        CHECK_NEAR(out[i], v[i], 1e-9);
    /* of least norm in scaled columns: both move y alike */
    CHECK_NEAR(m.coef[0], 1.5, 1e-9);
    CHECK_NEAR(m.coef[1], -0.75, 1e-9);
    mien_linear_done(&m);
}

/* The gradient of Huber's objective at the answer. */
static void test_huber_is_a_minimum(void)
{
    make(1000);
    mien_huber_options o = MIEN_HUBER_DEFAULTS;
    o.alpha = 0.01;
    mien_linear m = {0};
    CHECK(mien_huber_fit(&table, &o, &m, NULL) == MIEN_OK);
    CHECK(m.converged);
    double s = m.deviation, g[P + 2] = {0}, out[N];
    mien_linear_predict(&m, N, x, out);
    for (int i = 0; i < N; i++) {
        double r = y[i] - out[i], u = r / s;
        double slope = fabs(u) < o.epsilon ? 2 * u
                       : r > 0             ? 2 * o.epsilon
                                           : -2 * o.epsilon;
        for (int j = 0; j < P; j++)
            g[j] -= slope * (x[i * P + j] - j * 1e3);
        g[P] -= slope;
        g[P + 1] += 1 - (fabs(u) < o.epsilon ? u * u : o.epsilon * o.epsilon);
    }
    for (int j = 0; j < P; j++) /* about j 1e3, which g[P] = 0 allows */
        CHECK_NEAR(g[j] + 2 * o.alpha * m.coef[j], 0,
                   1e-6 * (j == 2 ? 1e6 : 1));
    CHECK_NEAR(g[P], 0, 1e-6);
    CHECK_NEAR(g[P + 1], 0, 1e-6);
    CHECK_NEAR(m.coef[0], 3, 0.6); /* least squares: far off */
    mien_linear_done(&m);
}

static void test_huber_of_exact_lines(void)
{
    const double u[] = {1, 2, 3, 4, 5, 6, 7, 8},
                 v[] = {3, 5, 7, 9, 11, 13, 15, 90};
    mien_measured line = {7, 1, u, v, NULL};
    mien_huber_options o = MIEN_HUBER_DEFAULTS;
    mien_linear m = {0};
    CHECK(mien_huber_fit(&line, &o, &m, NULL) == MIEN_OK);
    CHECK_NEAR(m.coef[0], 2, 1e-9);
    line.n = 8;
    o.alpha = 0;
    CHECK(mien_huber_fit(&line, &o, &m, NULL) == MIEN_OK);
    CHECK_NEAR(m.coef[0], 2, 1e-6);
    CHECK_NEAR(m.intercept, 1, 1e-6);
    mien_linear_done(&m);
}

static void test_theil_sen(void)
{
    const double u[] = {1, 2, 3, 4, 4}, v[] = {1, 2, 3, 4, 400};
    double slope, intercept;
    CHECK(mien_theil_sen(5, u, v, 0, &slope, &intercept, NULL) == MIEN_OK);
    CHECK_NEAR(slope, 1, 0);
    CHECK_NEAR(intercept, 0, 0);
    CHECK(mien_theil_sen(2, u + 3, v, 0, &slope, &intercept, NULL) ==
          MIEN_EFORMAT);
    CHECK_NEAR(slope, 1, 0);

    enum { MANY = 2500 }; /* drawn pairs */
    static double a[MANY], b[MANY];
    unsigned seed = 9;
    for (int i = 0; i < MANY; i++) {
        a[i] = noise(&seed);
        b[i] = 3 - 2 * a[i] + noise(&seed) + (i % 5 == 0 ? 50 : 0);
    }
    double again, same;
    CHECK(mien_theil_sen(MANY, a, b, 1, &slope, &intercept, NULL) == MIEN_OK);
    CHECK(mien_theil_sen(MANY, a, b, 1, &again, &same, NULL) == MIEN_OK);
    CHECK(slope == again && intercept == same);
    CHECK_NEAR(slope, -2, 0.2);
}

static void test_polynomials_of_far_places(void)
{
    double u[30], v[30];
    for (int i = 0; i < 30; i++) {
        u[i] = 2000 + i;
        v[i] = pow(u[i] - 2010, 3);
    }
    mien_polynomial f;
    CHECK(mien_polynomial_fit(30, u, v, 3, &f, NULL) == MIEN_OK);
    CHECK_NEAR(f.coef[3], 1, 1e-9);
    CHECK_NEAR(f.r2, 1, 1e-12);
    CHECK_NEAR(f.coef[0], -2010. * 2010 * 2010, 1e-3 * 2010 * 2010);
    CHECK(mien_polynomial_fit(30, u, v, 0, &f, NULL) == MIEN_OK);
    CHECK_NEAR(f.r2, 0, 1e-12);
}

static void test_what_cannot_be_fitted(void)
{
    make(0);
    mien_linear m = {0};
    mien_error err = {0};
    mien_measured bad = table;
    bad.n = 0;
    CHECK(mien_linear_fit(&bad, 0, &m, &err) == MIEN_EFORMAT);
    bad = table;
    bad.p = 0;
    CHECK(mien_linear_fit(&bad, 0, &m, &err) == MIEN_EFORMAT);
    x[4 * P + 1] = (double)NAN;
    CHECK(mien_linear_fit(&table, 0, &m, &err) == MIEN_EFORMAT);
    CHECK(strstr(err.text, "row 4, column 1: not a number"));
    make(0);
    y[3] = (double)INFINITY;
    CHECK(mien_linear_fit(&table, 0, &m, &err) == MIEN_EFORMAT);
    mien_huber_options o = MIEN_HUBER_DEFAULTS;
    o.epsilon = 1;
    CHECK(mien_huber_fit(&table, &o, &m, &err) == MIEN_EARG);
    CHECK(!m.coef);
}

static void test_failing_memory(void)
{
    make(10);
    mien_huber_options o = MIEN_HUBER_DEFAULTS;
    mien_linear m = {0};
    mien_status st = MIEN_ENOMEM;
    for (long n = 0; st == MIEN_ENOMEM; n++) {
        CHECK(n < 50 && !m.coef);
        mi_alloc_fail_after(n);
        st = mien_huber_fit(&table, &o, &m, NULL);
    }
    mi_alloc_fail_after(-1);
    CHECK(st == MIEN_OK);
    mien_linear_done(&m);
    double slope;
    mi_alloc_fail_after(0);
    CHECK(mien_theil_sen(N, x, y, 1, &slope, &slope, NULL) == MIEN_ENOMEM);
    mi_alloc_fail_after(-1);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_residuals_are_orthogonal);
    RUN(test_standard_errors_of_a_line);
    RUN(test_weights_are_repetitions);
    RUN(test_dependent_columns_share);
    RUN(test_huber_is_a_minimum);
    RUN(test_huber_of_exact_lines);
    RUN(test_theil_sen);
    RUN(test_polynomials_of_far_places);
    RUN(test_what_cannot_be_fitted);
    RUN(test_failing_memory);
    return check_done();
}
