/* Logistic regression: the conditions of the optimum, hard tables, baselines
 * and other rates. */
#include "base/alloc.h"
#include "mien/learn.h"

#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

enum { N = 400, P = 4 };
static double x[N * P], w[N];
static uint8_t y[N];
static const mien_labelled table = {N, P, x, y, NULL};

static double noise(unsigned *seed) { return check_rand(seed) / 8388608. - 1; }

/* Columns of very different sizes. */
static void make(void)
{
    static const double size[P] = {1, 1e7, 1e-4, 30};
    unsigned seed = 11;
    for (int i = 0; i < N; i++) {
        double eta = -1;
        for (int j = 0; j < P; j++) {
            double v = noise(&seed);
            x[i * P + j] = (v + (j == 3 ? 5 : 0)) * size[j];
            eta += v * (j - 1.5);
        }
        y[i] = (noise(&seed) + 1) / 2 < 1 / (1 + exp(-eta));
        w[i] = i % 3;
    }
}

/* The largest component of the gradient of the problem as given, each in the
 * unit of its column. */
static double slope_of(const mien_labelled *rows, const mien_logistic *m,
                       const double cw[2], double c, int no_intercept)
{
    double worst = 0, g0 = 0, weight = 0;
    for (int j = 0; j < rows->p; j++) {
        double g = m->coef[j] / c, size = 0;
        for (int64_t i = 0; i < rows->n; i++) {
            double prob, v = rows->x[i * rows->p + j];
            mien_logistic_predict(m, 1, rows->x + i * rows->p, &prob);
            double by = cw[rows->y[i]] * (rows->weight ? rows->weight[i] : 1);
            g += by * (prob - rows->y[i]) * v;
            size = fmax(size, fabs(v));
            if (j == 0) {
                g0 += by * (prob - rows->y[i]);
                weight += by;
            }
        }
        worst = fmax(worst, fabs(g) / (size * weight));
    }
    return no_intercept ? worst : fmax(worst, fabs(g0) / weight);
}

static void test_optimum_of_the_problem_as_given(void)
{
    static const double costs[] = {1, 0.01, 1e4, (double)INFINITY};
    static const double cws[][2] = {{1, 1}, {4, 5}, {0.1, 30}};
    for (int t = 0; t < 4 * 3 * 2 * 2 * 2; t++) {
        mien_logistic_options o = MIEN_LOGISTIC_DEFAULTS;
        mien_labelled rows = table;
        rows.weight = t / 24 % 2 ? w : NULL;
        o.c = costs[t % 4];
        memcpy(o.class_weight, cws[t / 4 % 3], sizeof o.class_weight);
        o.no_intercept = t / 12 % 2;
        o.solver = t < 48 ? MIEN_SOLVER_NEWTON : MIEN_SOLVER_LBFGS;
        o.max_iterations = 2000;
        o.tolerance = 1e-12;
        mien_logistic m = {0};
        CHECK(mien_logistic_fit(&rows, &o, &m, NULL) == MIEN_OK);
        CHECK_MSG(m.converged && !m.separated, "case %d does not converge", t);
        CHECK(!o.no_intercept || m.intercept == 0);
        double s = slope_of(&rows, &m, o.class_weight, o.c, o.no_intercept);
        /* A line search cannot see a gain below the rounding of the loss. */
        CHECK_MSG(s < (t < 48 ? 1e-9 : 1e-8), "case %d: slope %g", t, s);
        mien_logistic_done(&m);
    }
}

static void test_solvers_and_starts_agree(void)
{
    mien_logistic_options o = MIEN_LOGISTIC_DEFAULTS;
    mien_logistic a = {0}, b = {0};
    o.balanced = 1;
    o.tolerance = 1e-12;
    CHECK(mien_logistic_fit(&table, &o, &a, NULL) == MIEN_OK);
    double start[P + 1] = {1, 1e-7, 100, 0.1, 2};
    for (int t = 0; t < 3; t++) {
        o.solver = t ? MIEN_SOLVER_LBFGS : MIEN_SOLVER_NEWTON;
        o.start = t == 1 ? NULL : start;
        CHECK(mien_logistic_fit(&table, &o, &b, NULL) == MIEN_OK);
        CHECK_NEAR(b.intercept, a.intercept, 1e-8 * fabs(a.intercept));
        for (int j = 0; j < P; j++)
            CHECK_NEAR(b.coef[j], a.coef[j], 1e-8 * fabs(a.coef[j]));
    }
    CHECK_NEAR(a.rate, 0.5, 1e-12);
    memcpy(start, a.coef, sizeof a.coef[0] * P);
    start[P] = a.intercept;
    o.solver = MIEN_SOLVER_AUTO;
    CHECK(mien_logistic_fit(&table, &o, &b, NULL) == MIEN_OK);
    CHECK(b.iterations <= 1 && b.converged);
    mien_logistic_done(&a);
    mien_logistic_done(&b);
}

/* One column of 0 and 1: log odds ratio, sqrt(1/a + 1/b + 1/c + 1/d). */
static void test_two_by_two_table(void)
{
    const double u[4] = {0, 0, 1, 1}, count[4] = {40, 10, 15, 35};
    const uint8_t v[4] = {0, 1, 0, 1};
    const mien_labelled rows = {4, 1, u, v, count};
    mien_logistic_options o = MIEN_LOGISTIC_DEFAULTS;
    mien_logistic m = {0};
    o.c = (double)INFINITY;
    o.tolerance = 1e-14;
    CHECK(mien_logistic_fit(&rows, &o, &m, NULL) == MIEN_OK);
    CHECK_NEAR(m.intercept, log(10 / 40.), 1e-10);
    CHECK_NEAR(m.coef[0], log(35 / 15. * 40 / 10), 1e-10);
    CHECK_NEAR(m.error[0], sqrt(1 / 40. + .1 + 1 / 15. + 1 / 35.), 1e-8);
    CHECK_NEAR(m.error[1], sqrt(1 / 40. + .1), 1e-8);
    CHECK_NEAR(m.rate, 0.45, 1e-12);
    double contribution, mean = m.mean[0];
    mien_logistic_contributions(&m, 1, u + 2, &contribution);
    CHECK_NEAR(contribution, m.coef[0] * (1 - mean), 1e-12);
    mien_logistic_done(&m);
}

static void test_separable(void)
{
    double u[20];
    uint8_t v[20];
    for (int i = 0; i < 20; i++) {
        u[i] = i;
        v[i] = i >= 10;
    }
    const mien_labelled rows = {20, 1, u, v, NULL};
    for (int solver = MIEN_SOLVER_NEWTON; solver <= MIEN_SOLVER_LBFGS;
         solver++) {
        mien_logistic_options o = MIEN_LOGISTIC_DEFAULTS;
        mien_logistic m = {0};
        o.solver = (mien_solver)solver;
        CHECK(mien_logistic_fit(&rows, &o, &m, NULL) == MIEN_OK);
        CHECK(m.converged && !m.separated && m.coef[0] < 3);
        o.c = (double)INFINITY;
        CHECK(mien_logistic_fit(&rows, &o, &m, NULL) == MIEN_OK);
        CHECK(!m.converged && m.separated && isfinite(m.coef[0]));
        CHECK(isnan(m.error[0]));
        mien_logistic_done(&m);
    }
    /* one point of each label at 9.5: separated but for these */
    u[9] = u[10] = 9.5;
    mien_logistic_options o = MIEN_LOGISTIC_DEFAULTS;
    mien_logistic m = {0};
    o.c = (double)INFINITY;
    CHECK(mien_logistic_fit(&rows, &o, &m, NULL) == MIEN_OK);
    CHECK(!m.converged && m.separated);
    mien_logistic_done(&m);
}

/* Column 1 constant, column 3 = 2 column 0 - column 2. */
static void test_dependent_columns(void)
{
    static double u[N * P];
    memcpy(u, x, sizeof u);
    for (int i = 0; i < N; i++) {
        u[i * P + 1] = 7;
        u[i * P + 2] *= 1e4;
        u[i * P + 3] = 2 * u[i * P] - u[i * P + 2];
    }
    const mien_labelled rows = {N, P, u, y, NULL};
    const double cw[2] = {1, 1};
    mien_logistic_options o = MIEN_LOGISTIC_DEFAULTS;
    mien_logistic m = {0};
    CHECK(mien_logistic_fit(&rows, &o, &m, NULL) == MIEN_OK);
    CHECK(m.converged && m.rank == P && m.coef[1] == 0);
    CHECK(slope_of(&rows, &m, cw, 1, 0) < 1e-9);
    o.c = (double)INFINITY;
    CHECK(mien_logistic_fit(&rows, &o, &m, NULL) == MIEN_OK);
    CHECK(m.converged && m.rank == P - 2);
    CHECK(m.coef[1] == 0 && m.coef[3] == 0 && isnan(m.error[3]));
    CHECK(m.error[0] > 0 &&
          slope_of(&rows, &m, cw, (double)INFINITY, 0) < 1e-9);
    mien_logistic_done(&m);
}

static void test_more_columns_than_rows(void)
{
    enum { FEW = 12, WIDE = 600 };
    static double u[FEW * WIDE];
    uint8_t v[FEW];
    unsigned seed = 4;
    for (int i = 0; i < FEW * WIDE; i++)
        u[i] = noise(&seed);
    for (int i = 0; i < FEW; i++)
        v[i] = (uint8_t)(i % 2);
    const double cw[2] = {1, 1};
    const mien_labelled rows = {FEW, WIDE, u, v, NULL};
    for (int solver = MIEN_SOLVER_AUTO; solver <= MIEN_SOLVER_LBFGS; solver++) {
        mien_logistic_options o = MIEN_LOGISTIC_DEFAULTS;
        mien_logistic m = {0};
        o.solver = (mien_solver)solver;
        CHECK(mien_logistic_fit(&rows, &o, &m, NULL) == MIEN_OK);
        CHECK(m.converged && slope_of(&rows, &m, cw, 1, 0) < 1e-9);
        mien_logistic_done(&m);
    }
}

/* The first thousand rows differ from the rest: the start from some rows. */
static void test_many_rows_and_threads(void)
{
    enum { MANY = 50000, COLUMNS = 3 };
    double *u = malloc(sizeof(double) * MANY * COLUMNS);
    uint8_t *v = malloc(MANY);
    unsigned seed = 6;
    for (int i = 0; i < MANY; i++) {
        for (int j = 0; j < COLUMNS; j++)
            u[i * COLUMNS + j] = noise(&seed) + (i < 1000 ? 3 : 0);
        v[i] = noise(&seed) > 0.9 - (i < 1000 ? 1 : 0) - u[i * COLUMNS] / 2;
    }
    const mien_labelled rows = {MANY, COLUMNS, u, v, NULL};
    const double cw[2] = {1, 1};
    mien_logistic_options o = MIEN_LOGISTIC_DEFAULTS;
    mien_logistic m[2] = {{0}, {0}};
    for (int t = 0; t < 2; t++) {
        CHECK(mien_pool_new(1 + 2 * t, &o.pool, NULL) == MIEN_OK);
        CHECK(mien_logistic_fit(&rows, &o, &m[t], NULL) == MIEN_OK);
        mien_pool_free(o.pool);
    }
    CHECK(memcmp(m[0].coef, m[1].coef, COLUMNS * sizeof(double)) == 0);
    CHECK(m[0].intercept == m[1].intercept && m[0].loss == m[1].loss);
    CHECK(m[0].converged && slope_of(&rows, &m[0], cw, 1, 0) < 1e-9);
    mien_logistic_done(&m[0]);
    mien_logistic_done(&m[1]);
    free(u);
    free(v);
}

static int stop_at_two(void *arg, int iteration, double loss, double gradient)
{
    CHECK(loss > 0 && gradient >= 0);
    ++*(int *)arg;
    return iteration == 2;
}

static void test_progress_can_stop(void)
{
    int calls = 0;
    mien_logistic_options o = MIEN_LOGISTIC_DEFAULTS;
    mien_logistic m = {0};
    o.progress = stop_at_two;
    o.progress_arg = &calls;
    for (int solver = MIEN_SOLVER_NEWTON; solver <= MIEN_SOLVER_LBFGS;
         solver++) {
        o.solver = (mien_solver)solver;
        calls = 0;
        CHECK(mien_logistic_fit(&table, &o, &m, NULL) == MIEN_OK);
        CHECK_EQ(calls, 3);
        CHECK(!m.converged && m.iterations == 2);
    }
    mien_logistic_done(&m);
}

static void refuse(const mien_labelled *rows, const mien_logistic_options *o,
                   mien_status want, const char *text)
{
    mien_logistic m = {0};
    mien_error err = {0};
    CHECK_EQ(mien_logistic_fit(rows, o, &m, &err), want);
    CHECK_MSG(strstr(err.text, text) != NULL, "\"%s\", want \"%s\"", err.text,
              text);
    CHECK(!m.coef);
}

static void test_what_cannot_be_fitted(void)
{
    mien_logistic_options o = MIEN_LOGISTIC_DEFAULTS;
    mien_labelled bad = table;
    bad.p = 0;
    refuse(&bad, &o, MIEN_EFORMAT, "400 rows of 0 columns");
    bad = table;
    bad.n = 0;
    refuse(&bad, &o, MIEN_EFORMAT, "0 rows");
    uint8_t v[N] = {0};
    bad = table;
    bad.y = v;
    refuse(&bad, &o, MIEN_EFORMAT, "all 400 labels are 0");
    v[7] = 2;
    refuse(&bad, &o, MIEN_EFORMAT, "row 7: label 2");
    double none[N] = {0};
    bad = table;
    bad.weight = none;
    refuse(&bad, &o, MIEN_EFORMAT, "weights of one class");
    none[5] = -1;
    refuse(&bad, &o, MIEN_EFORMAT, "row 5: the weight");
    static const double odd[] = {(double)NAN, (double)INFINITY,
                                 -(double)INFINITY, 1e200};
    for (int t = 0; t < 4; t++) {
        double was = x[399 * P + 2];
        x[399 * P + 2] = odd[t];
        refuse(&table, &o, MIEN_EFORMAT, "row 399, column 2");
        x[399 * P + 2] = was;
    }
    o.c = 0;
    refuse(&table, &o, MIEN_EARG, "c is not above 0");
}

static void test_failing_memory(void)
{
    mien_logistic_options o = MIEN_LOGISTIC_DEFAULTS;
    for (int solver = MIEN_SOLVER_NEWTON; solver <= MIEN_SOLVER_LBFGS;
         solver++) {
        mien_logistic m = {0};
        mien_status st = MIEN_ENOMEM;
        o.solver = (mien_solver)solver;
        for (long n = 0; st == MIEN_ENOMEM; n++) {
            CHECK(n < 50 && !m.coef);
            mi_alloc_fail_after(n);
            st = mien_logistic_fit(&table, &o, &m, NULL);
        }
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK);
        mien_logistic_done(&m);
    }
}

/* Of 1000 with 1 % of label 1, nine in ten rows of label 0 are dropped. */
static void test_other_rates(void)
{
    double p = 0.3, kept = 0.1; /* odds .3 : .7 become .3 : 7 */
    double sample = 10 / (10 + 990 * kept);
    CHECK_NEAR(mien_prior_correct(p, sample, 0.01), 0.3 / 7.3, 1e-12);
    CHECK(mien_prior_correct(0, 0.5, 0.1) == 0);
    CHECK(mien_prior_correct(1, 0.5, 0.1) == 1);
    CHECK_NEAR(mien_prior_correct(p, 0.2, 0.2), p, 1e-15);
    const double coef[] = {2, -1}, row[] = {0.5, 1};
    mien_logistic m = {0};
    CHECK(mien_logistic_of(2, coef, -3, &m, NULL) == MIEN_OK);
    double before, after;
    mien_logistic_predict(&m, 1, row, &before);
    CHECK_NEAR(before, 1 / (1 + exp(3.)), 1e-12);
    m.rate = 0.5;
    mien_logistic_correct(&m, 0.01);
    mien_logistic_predict(&m, 1, row, &after);
    CHECK_NEAR(after, mien_prior_correct(before, 0.5, 0.01), 1e-15);
    CHECK(m.rate == 0.01);
    mien_logistic_done(&m);
}

static void test_baseline(void)
{
    const uint8_t v[] = {0, 1, 0, 0};
    const double by[] = {1, 6, 1, 0};
    mien_baseline b = mien_baseline_of(4, v, NULL);
    CHECK(b.majority == 0 && b.rate == 0.25 && b.accuracy == 0.75);
    CHECK_NEAR(b.loss, -.25 * log(.25) - .75 * log(.75), 1e-15);
    b = mien_baseline_of(4, v, by);
    CHECK(b.majority == 1 && b.rate == 0.75);
    b = mien_baseline_of(1, v, NULL);
    CHECK(b.majority == 0 && b.loss == 0);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    make();
    RUN(test_optimum_of_the_problem_as_given);
    RUN_USUAL(test_solvers_and_starts_agree);
    RUN(test_two_by_two_table);
    RUN(test_separable);
    RUN(test_dependent_columns);
    RUN(test_more_columns_than_rows);
    RUN(test_many_rows_and_threads);
    RUN(test_progress_can_stop);
    RUN(test_what_cannot_be_fitted);
    RUN(test_failing_memory);
    RUN(test_other_rates);
    RUN(test_baseline);
    return check_done();
}
