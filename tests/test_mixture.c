/* Mixtures of normal distributions: planted ones are found, the likelihood
 * never falls, and what is drawn is like what was learned from. */
#include "mien/num_mixture.h"
#include "tests/check.h"

#include "base/alloc.h"

#include <math.h>
#include <string.h>

enum { N = 3000, D = 3, K = 3 };

static const double weights[K] = {.5, .3, .2};
static const double means[K][D] = {{0, 0, 5}, {4, -3, 5}, {-6, 2, 5}};
static const double deviations[K][D] = {{1, .5, .1}, {.25, 1, .1}, {1, 2, .1}};

static float rows[N * D];

/* Rows of three distributions. */
static void plant(uint32_t seed)
{
    mien_random random;
    mien_random_init(&random, seed);
    for (int i = 0; i < N; i++) {
        int k = i < weights[0] * N                  ? 0
                : i < (weights[0] + weights[1]) * N ? 1
                                                    : 2;
        for (int j = 0; j < D; j++)
            rows[i * D + j] =
                (float)(means[k][j] +
                        deviations[k][j] * mien_random_normal(&random));
    }
}

/* The distribution whose mean is nearest to a planted one. */
static int nearest(const mien_mixture *m, int planted)
{
    double least = 1e9;
    int best = 0;
    for (int k = 0; k < m->k; k++) {
        double sum = 0;
        for (int j = 0; j < D; j++)
            sum += pow(m->mean[k * D + j] - means[planted][j], 2);
        if (sum < least) {
            least = sum;
            best = k;
        }
    }
    return best;
}

static void test_planted_distributions_are_found(void)
{
    for (uint32_t seed = 1; seed <= 5; seed++) {
        mien_mixture_options o = MIEN_MIXTURE_DEFAULTS;
        mien_mixture m = {0};
        double likelihood[101];
        int steps = 0;
        plant(seed);
        o.k = K;
        o.least = 1e-7;
        o.seed = seed;
        CHECK(!mien_mixture_fit(N, D, rows, &o, &m, likelihood, &steps, NULL));
        CHECK(steps > 0 && steps <= 100);
        for (int i = 0; i < steps; i++)
            CHECK(likelihood[i + 1] >= likelihood[i] - 1e-9);
        for (int k = 0; k < K; k++) {
            int at = nearest(&m, k);
            CHECK_NEAR(m.weight[at], weights[k], .02);
            for (int j = 0; j < D; j++) {
                CHECK_NEAR(m.mean[at * D + j], means[k][j], .25);
                CHECK_NEAR(sqrt(m.variance[at * D + j]) / deviations[k][j], 1,
                           .12);
            }
        }
        mien_mixture_free(&m);
    }
}

/* Against the formula, for one row and two distributions. */
static void test_the_density(void)
{
    double weight[] = {.25, .75}, mean[] = {0, 1, -1, 2},
           variance[] = {1, 4, .25, 1};
    const mien_mixture m = {2, 2, weight, mean, variance};
    const float x[] = {.5f, 0}, far[] = {1e4f, 0};
    double sum = 0;
    for (int k = 0; k < 2; k++) {
        double p = weight[k];
        for (int j = 0; j < 2; j++) {
            double e = (double)x[j] - mean[2 * k + j], v = variance[2 * k + j];
            p *= exp(-e * e / (2 * v)) / sqrt(2 * 3.14159265358979 * v);
        }
        sum += p;
    }
    CHECK_NEAR(mien_mixture_log_density(&m, x), log(sum), 1e-12);
    CHECK(isfinite(mien_mixture_log_density(&m, far)));
}

/* Means and deviations of what is drawn are those of the rows. */
static void test_what_is_drawn(void)
{
    mien_mixture_options o = MIEN_MIXTURE_DEFAULTS;
    mien_mixture m = {0};
    mien_random random;
    double sum[2][D] = {{0}}, squares[2][D] = {{0}};
    plant(9);
    o.k = K;
    CHECK(!mien_mixture_fit(N, D, rows, &o, &m, NULL, NULL, NULL));
    mien_random_init(&random, 4);
    for (int i = 0; i < N; i++) {
        float drawn[D];
        mien_mixture_draw(&m, &random, drawn);
        for (int j = 0; j < D; j++)
            for (int which = 0; which < 2; which++) {
                double v = (double)(which ? drawn[j] : rows[i * D + j]);
                sum[which][j] += v / N;
                squares[which][j] += v * v / N;
            }
    }
    for (int j = 0; j < D; j++) {
        double wide = sqrt(squares[0][j] - sum[0][j] * sum[0][j]);
        CHECK_NEAR((sum[1][j] - sum[0][j]) / wide, 0, .08);
        CHECK_NEAR(sqrt(squares[1][j] - sum[1][j] * sum[1][j]) / wide, 1, .06);
    }
    mien_mixture_free(&m);
}

/* One row, rows that are all the same, more numbers than a product holds. */
static void test_degenerate_rows(void)
{
    enum { LONG = 2000 };
    static float same[4 * LONG];
    mien_mixture_options o = MIEN_MIXTURE_DEFAULTS;
    mien_mixture m = {0};
    double likelihood[101];
    int steps = 0;
    o.k = 1;
    CHECK(!mien_mixture_fit(1, D, rows, &o, &m, NULL, NULL, NULL));
    CHECK(m.weight[0] == 1 && m.mean[1] == (double)rows[1] &&
          m.variance[2] == 1e-12);
    mien_mixture_free(&m);
    o.k = 3;
    CHECK(!mien_mixture_fit(4, LONG, same, &o, &m, likelihood, &steps, NULL));
    for (int i = 0; i <= steps; i++)
        CHECK(isfinite(likelihood[i]));
    mien_random random;
    mien_random_init(&random, 1);
    static float out[LONG];
    mien_mixture_draw(&m, &random, out);
    CHECK_NEAR(out[0], 0, 1e-4);
    CHECK_NEAR(m.weight[0] + m.weight[1] + m.weight[2], 1, 1e-9);
    mien_mixture_free(&m);
}

static void test_what_is_refused(void)
{
    float bad[] = {0, 1, NAN, 2};
    mien_mixture_options o = MIEN_MIXTURE_DEFAULTS;
    mien_mixture m = {0};
    mien_error err = {0};
    CHECK_EQ(mien_mixture_fit(9, D, rows, &o, &m, NULL, NULL, &err), MIEN_EARG);
    CHECK(strstr(err.text, "10 distributions of 9 rows"));
    o.k = 2;
    CHECK_EQ(mien_mixture_fit(2, 2, bad, &o, &m, NULL, NULL, &err), MIEN_EARG);
    CHECK(strstr(err.text, "number 1 of row 2 is nan"));
    o.floor = 2;
    CHECK_EQ(mien_mixture_fit(9, D, rows, &o, &m, NULL, NULL, &err), MIEN_EARG);
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    for (; st == MIEN_ENOMEM && n < 50; n++) {
        mi_alloc_fail_after(n);
        st = mien_mixture_fit(20, D, rows, NULL, &m, NULL, NULL, &err);
        mi_alloc_fail_after(-1);
    }
    CHECK(!st && n == 6);
    mien_mixture_free(&m);
    mien_mixture_free(NULL);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_planted_distributions_are_found);
    RUN(test_the_density);
    RUN(test_what_is_drawn);
    RUN(test_degenerate_rows);
    RUN(test_what_is_refused);
    return check_done();
}
