/* Bootstrap and DeLong: against each other, against resampling for real, for
 * any number of threads, and when memory ends. */
#include "base/alloc.h"
#include "mien/metrics.h"
#include "tests/check.h"

#include <string.h>

enum { N = 500 };
static uint8_t label[N];
static double score[N], second[N], probability[N];

static mien_scored make_rows(unsigned seed)
{
    for (int i = 0; i < N; i++) {
        label[i] = check_rand(&seed) % 5 == 0;
        double common = check_rand(&seed) % 100;
        score[i] = common + check_rand(&seed) % 30 + 25 * label[i];
        second[i] = common + check_rand(&seed) % 60 + 10 * label[i];
        probability[i] = score[i] / 200;
    }
    return (mien_scored){N, label, score, NULL};
}

static const mien_statistic every[] = {
    MIEN_STAT_AUC,    MIEN_STAT_AP,      MIEN_STAT_PRECISION,
    MIEN_STAT_RECALL, MIEN_STAT_F1,      MIEN_STAT_FALSE_ALARM,
    MIEN_STAT_MCC,    MIEN_STAT_ACCURACY};
enum { STATS = 8 };

static mien_ranking *ranking(const mien_scored *rows)
{
    mien_ranking *r = NULL;
    CHECK_EQ(mien_ranking_new(rows, &r, NULL), MIEN_OK);
    return r;
}

static void test_threads_do_not_matter(void)
{
    mien_scored m = make_rows(1);
    mien_ranking *r = ranking(&m);
    mien_interval want[STATS], got[STATS];
    mien_bootstrap_options o = MIEN_BOOTSTRAP_DEFAULTS;
    o.replicates = 200;
    o.threshold = 90;
    memset(want, 0, sizeof want);
    memset(got, 0, sizeof got);
    CHECK_EQ(mien_ranking_bootstrap(r, every, STATS, &o, NULL, want, NULL),
             MIEN_OK);
    for (int threads = 1; threads < 5; threads += 3) {
        mien_pool *pool = NULL;
        CHECK_EQ(mien_pool_new(threads, &pool, NULL), MIEN_OK);
        CHECK_EQ(mien_ranking_bootstrap(r, every, STATS, &o, pool, got, NULL),
                 MIEN_OK);
        for (int s = 0; s < STATS; s++) {
            CHECK(want[s].low == got[s].low && want[s].high == got[s].high);
            CHECK(want[s].standard_error == got[s].standard_error);
            CHECK(got[s].low <= got[s].value && got[s].value <= got[s].high);
        }
        mien_pool_free(pool);
    }
    o.seed = 1;
    CHECK_EQ(mien_ranking_bootstrap(r, every, 1, &o, NULL, got, NULL), MIEN_OK);
    CHECK(got[0].standard_error != want[0].standard_error);
    CHECK_NEAR(got[0].standard_error, want[0].standard_error, .01);
    mien_ranking_free(r);
}

static void test_bootstrap_and_delong_agree(void)
{
    mien_scored m = make_rows(2);
    mien_ranking *r = ranking(&m);
    mien_interval x;
    double auc, error;
    CHECK_EQ(mien_auc_delong(&m, &auc, &error, NULL), MIEN_OK);
    mien_bootstrap_options o = MIEN_BOOTSTRAP_DEFAULTS;
    for (o.stratified = 0; o.stratified < 2; o.stratified++) {
        CHECK_EQ(mien_ranking_bootstrap(r, every, 1, &o, NULL, &x, NULL),
                 MIEN_OK);
        CHECK_NEAR(x.value, auc, 1e-13);
        CHECK_NEAR(x.standard_error / error, 1, .1);
        CHECK_NEAR(x.low, auc - 1.96 * error, .5 * error);
        CHECK_NEAR(x.high, auc + 1.96 * error, .5 * error);
    }
    mien_ranking_free(r);
}

/* Placements by looking at all pairs. */
static void placements(const double *s, double *p)
{
    for (int i = 0; i < N; i++) {
        double won = 0, all = 0;
        for (int j = 0; j < N; j++)
            if (label[i] != label[j]) {
                double d = label[i] ? s[i] - s[j] : s[j] - s[i];
                won += (d > 0) + (d == 0) / 2.0;
                all++;
            }
        p[i] = won / all;
    }
}

static void test_delong_is_its_definition(void)
{
    mien_scored m = make_rows(3);
    static double p[2][N];
    placements(score, p[0]);
    placements(second, p[1]);
    double n[2] = {0}, mean[2] = {0}, cov[2][3] = {{0}};
    for (int i = 0; i < N; i++) {
        n[label[i]]++;
        mean[0] += label[i] * p[0][i];
        mean[1] += label[i] * p[1][i];
    }
    for (int k = 0; k < 2; k++)
        mean[k] /= n[1];
    for (int i = 0; i < N; i++) {
        double a = p[0][i] - mean[0], b = p[1][i] - mean[1];
        cov[label[i]][0] += a * a;
        cov[label[i]][1] += b * b;
        cov[label[i]][2] += a * b;
    }
    double c[3];
    for (int k = 0; k < 3; k++)
        c[k] = cov[0][k] / (n[0] - 1) / n[0] + cov[1][k] / (n[1] - 1) / n[1];
    mien_auc_test t;
    CHECK_EQ(mien_auc_compare(&m, second, &t, NULL), MIEN_OK);
    CHECK_NEAR(t.auc[0], mean[0], 1e-13);
    CHECK_NEAR(t.auc[1], mean[1], 1e-13);
    CHECK_NEAR(t.standard_error[0], sqrt(c[0]), 1e-13);
    CHECK_NEAR(t.standard_error[1], sqrt(c[1]), 1e-13);
    CHECK_NEAR(t.covariance, c[2], 1e-15);
    double z = (mean[0] - mean[1]) / sqrt(c[0] + c[1] - 2 * c[2]);
    CHECK_NEAR(t.z, z, 1e-9);
    CHECK_NEAR(t.p, erfc(fabs(z) / sqrt(2)), 1e-9);
    CHECK_EQ(mien_auc_compare(&m, score, &t, NULL), MIEN_OK);
    CHECK(t.z == 0 && t.p == 1);
}

static void test_what_is_not_defined_is_refused(void)
{
    mien_scored m = make_rows(4);
    mien_ranking *r = ranking(&m);
    mien_interval x = {.value = 7};
    mien_bootstrap_options o = MIEN_BOOTSTRAP_DEFAULTS;
    mien_error err = {0};
    mien_statistic precision = MIEN_STAT_PRECISION;
    o.threshold = 1e9; /* nothing is alarmed */
    CHECK_EQ(mien_ranking_bootstrap(r, &precision, 1, &o, NULL, &x, &err),
             MIEN_EARG);
    CHECK(strstr(err.text, "nothing is alarmed") && x.value == 7);
    o.replicates = 1;
    CHECK_EQ(mien_ranking_bootstrap(r, every, 1, &o, NULL, &x, NULL),
             MIEN_EARG);
    o = (mien_bootstrap_options)MIEN_BOOTSTRAP_DEFAULTS;
    o.level = 1;
    CHECK_EQ(mien_ranking_bootstrap(r, every, 1, &o, NULL, &x, NULL),
             MIEN_EARG);
    mien_ranking_free(r);
    /* Three rows: many plain replicates lack a class. */
    static const uint8_t y[] = {1, 0, 0};
    static const double s[] = {1, 2, 0};
    mien_scored few = {3, y, s, NULL};
    r = ranking(&few);
    o = (mien_bootstrap_options)MIEN_BOOTSTRAP_DEFAULTS;
    o.stratified = 0;
    CHECK_EQ(mien_ranking_bootstrap(r, every, 1, &o, NULL, &x, NULL), MIEN_OK);
    CHECK_NEAR(x.undefined, 1000 / 3.0, 60); /* (2^3 + 1) / 3^3 */
    mien_ranking_free(r);
    double auc, error;
    CHECK_EQ(mien_auc_delong(&few, &auc, &error, &err), MIEN_EARG);
    CHECK(strstr(err.text, "1 of class 1"));
}

/* Everything that allocates, once. */
static mien_status use_all(const mien_scored *m)
{
    mien_ranking *r = NULL;
    mien_curve c[3] = {{0}};
    mien_calibration k = {0};
    mien_bytes text = {0};
    mien_interval x;
    mien_auc_test t;
    mien_bootstrap_options o = MIEN_BOOTSTRAP_DEFAULTS;
    mien_scored chances = {N, label, probability, NULL};
    static const int32_t classes[] = {1, 2, 3, 1};
    o.replicates = 5;
    mien_status st = mien_ranking_new(m, &r, NULL);
    if (!st)
        st = mien_ranking_roc(r, 1, &c[0], NULL);
    if (!st)
        st = mien_ranking_pr(r, &c[1], NULL);
    if (!st)
        st = mien_ranking_gain(r, &c[2], NULL);
    if (!st)
        st = mien_ranking_bootstrap(r, every, 1, &o, NULL, &x, NULL);
    if (!st)
        st = mien_auc_compare(m, second, &t, NULL);
    if (!st)
        st = mien_calibration_new(&chances, 4, 1, &k, NULL);
    if (!st)
        st = mien_report_text(4, classes, classes, NULL, &text, NULL);
    CHECK_EQ(text.data != NULL, st == MIEN_OK);
    for (int i = 0; i < 3; i++)
        mien_curve_free(&c[i]);
    mien_calibration_free(&k);
    mien_bytes_free(&text);
    mien_ranking_free(r);
    return st;
}

static void test_memory_may_end_anywhere(void)
{
    mien_scored m = make_rows(5);
    mien_status st = MIEN_ENOMEM;
    int failed = 0;
    for (; st == MIEN_ENOMEM && failed < 200; failed++) {
        mi_alloc_fail_after(failed);
        st = use_all(&m);
    }
    mi_alloc_fail_after(-1);
    CHECK_EQ(st, MIEN_OK);
    CHECK_MSG(failed > 30, "%d", failed);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_threads_do_not_matter);
    RUN(test_bootstrap_and_delong_agree);
    RUN(test_delong_is_its_definition);
    RUN(test_what_is_not_defined_is_refused);
    RUN(test_memory_may_end_anywhere);
    return check_done();
}
