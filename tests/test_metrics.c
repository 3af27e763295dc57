/* Rates, matrices, reports, curves and thresholds, against counting by hand and
 * against what must not change. */
#include "base/alloc.h"
#include "mien/metrics.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

enum { N = 400 };
static uint8_t label[N];
static double score[N], weight[N], other[N];

/* Rows with heavy ties: scores are multiples of 1/steps. */
static mien_scored make_rows(unsigned seed, int n, int steps)
{
    for (int i = 0; i < n; i++) {
        label[i] = check_rand(&seed) % 4 == 0;
        unsigned s = check_rand(&seed) % (unsigned)steps;
        score[i] = (s + label[i] * (steps / 3)) / (2.0 * steps);
        weight[i] = check_rand(&seed) % 5 / 2.0;
    }
    label[0] = 0;
    label[1] = 1;
    weight[0] = weight[1] = 1;
    return (mien_scored){n, label, score, NULL};
}

static mien_ranking *ranking(const mien_scored *rows)
{
    mien_ranking *r = NULL;
    mien_error err = {0};
    CHECK_MSG(mien_ranking_new(rows, &r, &err) == MIEN_OK, "%s", err.text);
    return r;
}

static double auc_of(const mien_scored *rows)
{
    double x = -1;
    mien_ranking *r = ranking(rows);
    CHECK_EQ(mien_ranking_auc(r, &x, NULL), MIEN_OK);
    mien_ranking_free(r);
    return x;
}

/* P(score of a 1 > score of a 0), by looking at all pairs. */
static double auc_by_pairs(const mien_scored *m)
{
    double won = 0, all = 0;
    for (int64_t i = 0; i < m->n; i++)
        for (int64_t j = 0; j < m->n; j++) {
            if (!m->y[i] || m->y[j])
                continue;
            double w = m->weight ? m->weight[i] * m->weight[j] : 1;
            all += w;
            won += w * ((m->score[i] > m->score[j]) +
                        (m->score[i] == m->score[j]) / 2.0);
        }
    return won / all;
}

static double ap_by_hand(const mien_scored *m)
{
    double sum = 0, ones = 0;
    for (int64_t i = 0; i < m->n; i++) {
        double tp = 0, all = 0, w = m->weight ? m->weight[i] : 1;
        for (int64_t j = 0; j < m->n; j++)
            if (m->score[j] >= m->score[i]) {
                tp += m->y[j] * (m->weight ? m->weight[j] : 1);
                all += m->weight ? m->weight[j] : 1;
            }
        if (m->y[i] && w > 0) {
            sum += w * tp / all;
            ones += w;
        }
    }
    return sum / ones;
}

static void test_areas_are_those_of_pairs(void)
{
    for (unsigned seed = 1; seed < 13; seed++) {
        mien_scored m = make_rows(seed, 20 + 30 * (int)seed, 1 << (seed % 8));
        m.weight = seed % 3 ? NULL : weight;
        double ap;
        CHECK_NEAR(auc_of(&m), auc_by_pairs(&m), 1e-13);
        mien_ranking *r = ranking(&m);
        CHECK_EQ(mien_ranking_ap(r, &ap, NULL), MIEN_OK);
        CHECK_NEAR(ap, ap_by_hand(&m), 1e-13);
        mien_ranking_free(r);
    }
}

static void test_auc_depends_on_order_only(void)
{
    mien_scored m = make_rows(5, N, 37), mapped = m, turned = m;
    double auc = auc_of(&m);
    double turned_score[N];
    for (int i = 0; i < N; i++) {
        other[i] = exp(3 * score[i]) - 1e6;
        turned_score[i] = -score[i];
    }
    mapped.score = other;
    turned.score = turned_score;
    CHECK_NEAR(auc_of(&mapped), auc, 0);
    CHECK_NEAR(auc_of(&turned), 1 - auc, 1e-15);
    for (int i = 0; i < N; i++)
        other[i] = i % 2 ? 0.0 : -0.0;
    CHECK_NEAR(auc_of(&mapped), .5, 0);
}

static void test_weight_is_repetition(void)
{
    mien_scored m = make_rows(6, 100, 11);
    static uint8_t y[N];
    static double s[N], w[N];
    int n = 0;
    for (int i = 0; i < 100; i++) {
        w[i] = i % 4;
        for (int k = 0; k < i % 4; k++) {
            y[n] = label[i];
            s[n++] = score[i];
        }
    }
    m.weight = w;
    mien_scored repeated = {n, y, s, NULL};
    static const uint8_t few[] = {0, 1, 1};
    static const double spread[] = {1, 2, 3}, none[] = {1, 1, 0};
    mien_scored weightless = {3, few, spread, none};
    mien_ranking *r = ranking(&weightless);
    mien_curve c = {0};
    CHECK_EQ(mien_ranking_pr(r, &c, NULL), MIEN_OK);
    CHECK_EQ(c.n, 3); /* the row of weight 0 makes no point */
    mien_curve_free(&c);
    mien_ranking_free(r);
    CHECK_NEAR(auc_of(&m), auc_of(&repeated), 1e-14);
}

static void test_curves_agree_with_areas(void)
{
    mien_scored m = make_rows(7, N, 90);
    mien_ranking *r = ranking(&m);
    mien_curve all, some, pr, gain;
    CHECK_EQ(mien_ranking_roc(r, 0, &all, NULL), MIEN_OK);
    CHECK_EQ(mien_ranking_roc(r, 1, &some, NULL), MIEN_OK);
    CHECK_EQ(mien_ranking_pr(r, &pr, NULL), MIEN_OK);
    CHECK_EQ(mien_ranking_gain(r, &gain, NULL), MIEN_OK);
    CHECK(some.n < all.n && some.n > 2);
    CHECK_EQ(all.n, pr.n);
    double area[2] = {0}, steps = 0, auc, ap, raw, part;
    const mien_curve *c[2] = {&all, &some};
    for (int k = 0; k < 2; k++) {
        for (int64_t i = 1; i < c[k]->n; i++)
            area[k] += (c[k]->x[i] - c[k]->x[i - 1]) *
                       (c[k]->y[i] + c[k]->y[i - 1]) / 2;
        CHECK(c[k]->x[c[k]->n - 1] == 1 && c[k]->y[c[k]->n - 1] == 1);
    }
    for (int64_t i = 0; i + 1 < pr.n; i++)
        steps += (pr.x[i] - pr.x[i + 1]) * pr.y[i];
    CHECK_EQ(mien_ranking_auc(r, &auc, NULL), MIEN_OK);
    CHECK_EQ(mien_ranking_ap(r, &ap, NULL), MIEN_OK);
    CHECK_NEAR(area[0], auc, 1e-13);
    CHECK_NEAR(area[1], auc, 1e-13);
    CHECK_NEAR(steps, ap, 1e-13);
    CHECK_EQ(mien_ranking_partial_auc(r, 1, &raw, &part, NULL), MIEN_OK);
    CHECK_NEAR(raw, auc, 1e-14);
    CHECK_NEAR(part, auc, 1e-14);
    CHECK_EQ(mien_ranking_partial_auc(r, 0, &raw, &part, NULL), MIEN_EARG);
    for (int64_t i = 1; i < gain.n; i++)
        CHECK(gain.x[i] > gain.x[i - 1] && gain.y[i] >= gain.y[i - 1]);
    mien_curve_free(&all);
    mien_curve_free(&some);
    mien_curve_free(&pr);
    mien_curve_free(&gain);
    mien_ranking_free(r);
}

static void test_rates_of_a_known_matrix(void)
{
    mien_confusion c = {90, 10, 5, 15};
    mien_rates r = mien_rates_of(&c, 2);
    CHECK_NEAR(r.precision, .6, 1e-15);
    CHECK_NEAR(r.recall, .75, 1e-15);
    CHECK_NEAR(r.false_alarm, .1, 1e-15);
    CHECK_NEAR(r.specificity, .9, 1e-15);
    CHECK_NEAR(r.f, 5 * .6 * .75 / (4 * .6 + .75), 1e-15);
    CHECK_NEAR(r.balanced_accuracy, .825, 1e-15);
    CHECK_NEAR(r.g_mean, sqrt(.675), 1e-15);
    CHECK_NEAR(r.mcc, (15 * 90 - 10 * 5) / sqrt(25. * 20 * 100 * 95), 1e-15);
    double e = (25. * 20 + 95 * 100) / 14400, a = 105 / 120.;
    CHECK_NEAR(r.kappa, (a - e) / (1 - e), 1e-14);
    CHECK_NEAR(r.lift, .6 * 6, 1e-14);
    CHECK_EQ(r.undefined, 0);
    double m[4] = {90, 10, 5, 15};
    mien_class_rates each[2];
    mien_matrix_rates k = mien_matrix_rates_of(2, m, each);
    CHECK_NEAR(k.mcc, r.mcc, 1e-14);
    CHECK_NEAR(k.kappa, r.kappa, 1e-14);
    CHECK_NEAR(k.accuracy, r.accuracy, 0);
    CHECK_NEAR(k.balanced_accuracy, r.balanced_accuracy, 1e-15);
    CHECK_NEAR(each[1].precision, .6, 1e-15);
    CHECK_NEAR(each[0].support, 100, 0);
}

static void test_nothing_over_nothing_is_zero_with_a_flag(void)
{
    mien_rates r = mien_rates_of(&(mien_confusion){7, 0, 0, 0}, 1);
    CHECK_EQ(r.undefined, MIEN_NO_PRECISION | MIEN_NO_RECALL | MIEN_NO_F |
                              MIEN_NO_MCC | MIEN_NO_KAPPA);
    CHECK(r.precision == 0 && r.recall == 0 && r.f == 0 && r.mcc == 0);
    CHECK(r.accuracy == 1 && r.balanced_accuracy == 1);
    r = mien_rates_of(&(mien_confusion){0, 0, 2, 0}, 1);
    CHECK_EQ(r.undefined,
             MIEN_NO_PRECISION | MIEN_NO_FALSE_ALARM | MIEN_NO_MCC);
    CHECK(r.f == 0 && r.balanced_accuracy == 0);
}

static void test_a_threshold_alarms_what_reaches_it(void)
{
    mien_scored m = make_rows(8, N, 20);
    mien_ranking *r = ranking(&m);
    for (int i = 0; i < 60; i++) {
        double t = i < 40 ? score[i] : i / 60.0;
        mien_confusion c, d = mien_ranking_confusion(r, t);
        double tp = 0, fp = 0;
        for (int k = 0; k < N; k++) {
            tp += score[k] >= t && label[k];
            fp += score[k] >= t && !label[k];
        }
        CHECK_EQ(mien_confusion_at(&m, t, &c, NULL), MIEN_OK);
        CHECK(c.tp == tp && c.fp == fp && c.tp + c.fp + c.tn + c.fn == N);
        CHECK(memcmp(&c, &d, sizeof c) == 0);
        mien_confusion top = mien_ranking_top(r, tp + fp);
        CHECK_NEAR(top.tp, tp, 1e-12);
    }
    mien_confusion top = mien_ranking_top(r, 7.5);
    CHECK_NEAR(top.tp + top.fp, 7.5, 1e-12);
    top = mien_ranking_top(r, 1e9);
    CHECK(top.fn == 0 && top.tn == 0);
    mien_ranking_free(r);
}

/* What a rule is to make large at a cut, and whether it may be taken. */
static int judge(mien_rule rule, double a, double b, const mien_confusion *c,
                 double *value)
{
    mien_rates r = mien_rates_of(c, rule == MIEN_RULE_F ? a : 1);
    double alarms = c->tp + c->fp;
    switch (rule) {
    case MIEN_RULE_F: *value = r.f; return alarms > 0;
    case MIEN_RULE_COST: *value = -(a * c->fn + b * c->fp); return 1;
    case MIEN_RULE_ALERTS:
        *value = alarms;
        return alarms > 0 && alarms <= a * N / b + 1e-9;
    case MIEN_RULE_RECALL: *value = r.precision; return r.recall >= a - 1e-12;
    case MIEN_RULE_PRECISION:
        *value = r.recall;
        return alarms > 0 && r.precision >= a - 1e-12;
    case MIEN_RULE_FALSE_ALARM:
        *value = r.recall;
        return alarms > 0 && r.false_alarm <= a + 1e-12;
    default: *value = r.recall - r.false_alarm; return alarms > 0;
    }
}

static void check_rule(const mien_scored *m, mien_rule rule, double a, double b)
{
    mien_ranking *r = ranking(m);
    mien_threshold p = {0};
    mien_error err = {0};
    mien_confusion c;
    double best = -1e300, value, fewest = 0;
    for (int i = -1; i < N; i++) {
        double t = i < 0 ? 1e9 : score[i];
        CHECK_EQ(mien_confusion_at(m, t, &c, NULL), MIEN_OK);
        if (!judge(rule, a, b, &c, &value) || value < best - 1e-12)
            continue;
        if (value > best + 1e-12 || c.tp + c.fp < fewest)
            fewest = c.tp + c.fp;
        best = value > best ? value : best;
    }
    mien_status st = mien_ranking_choose(r, rule, a, b, &p, &err);
    CHECK_MSG(st == (best > -1e300 ? MIEN_OK : MIEN_EARG), "rule %d: %s", rule,
              err.text);
    if (!st) {
        CHECK_NEAR(p.value, rule == MIEN_RULE_COST ? -best : best, 1e-12);
        CHECK_EQ(mien_confusion_at(m, p.threshold, &c, NULL), MIEN_OK);
        CHECK(memcmp(&c, &p.count, sizeof c) == 0);
        if (rule != MIEN_RULE_RECALL)
            CHECK_NEAR(c.tp + c.fp, fewest, 0);
    } else {
        CHECK(strlen(err.text) > 30);
    }
    mien_ranking_free(r);
}

static void test_rules_find_the_best_cut(void)
{
    for (unsigned seed = 1; seed < 7; seed++) {
        mien_scored m = make_rows(seed, N, 8 << seed);
        double x = seed / 7.0;
        check_rule(&m, MIEN_RULE_F, x + .3, 0);
        check_rule(&m, MIEN_RULE_COST, 100 * x, 5);
        check_rule(&m, MIEN_RULE_COST, 1, 1e6);
        check_rule(&m, MIEN_RULE_ALERTS, seed, 50);
        check_rule(&m, MIEN_RULE_ALERTS, 1, 1000);
        check_rule(&m, MIEN_RULE_RECALL, x, 0);
        check_rule(&m, MIEN_RULE_PRECISION, x, 0);
        check_rule(&m, MIEN_RULE_FALSE_ALARM, x / 3, 0);
        check_rule(&m, MIEN_RULE_YOUDEN, 0, 0);
    }
}

static void test_numbers_of_rules_are_checked(void)
{
    mien_scored m = make_rows(3, N, 30);
    mien_ranking *r = ranking(&m);
    mien_threshold p;
    static const struct {
        mien_rule rule;
        double a, b;
    } bad[] = {
        {MIEN_RULE_F, 0, 0},           {MIEN_RULE_COST, -1, 2},
        {MIEN_RULE_COST, 0, 0},        {MIEN_RULE_ALERTS, 5, 0},
        {MIEN_RULE_RECALL, 1.1, 0},    {MIEN_RULE_PRECISION, (double)NAN, 0},
        {MIEN_RULE_FALSE_ALARM, -1, 0}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_EQ(
            mien_ranking_choose(r, bad[i].rule, bad[i].a, bad[i].b, &p, NULL),
            MIEN_EARG);
    mien_ranking_free(r);
}

static void test_recall_at_a_false_alarm_rate(void)
{
    static const uint8_t y[] = {1, 0, 1, 1, 0, 0, 0};
    static const double s[] = {9, 8, 7, 6, 6, 5, 4};
    mien_scored m = {7, y, s, NULL};
    mien_ranking *r = ranking(&m);
    mien_threshold p;
    double line;
    CHECK_EQ(mien_ranking_at_false_alarm(r, .3, &p, &line, NULL), MIEN_OK);
    CHECK_NEAR(p.rates.false_alarm, .25, 0);
    CHECK_NEAR(p.value, 2 / 3., 1e-15);
    CHECK_NEAR(p.threshold, 6.5, 0);
    CHECK_NEAR(line, 2 / 3. + .2 / 3, 1e-14);
    CHECK_EQ(mien_ranking_at_false_alarm(r, .375, &p, NULL, NULL), MIEN_OK);
    CHECK_NEAR(p.rates.false_alarm, .25, 0); /* as near as .5: the lower */
    CHECK_EQ(mien_ranking_at_false_alarm(r, 0, &p, &line, NULL), MIEN_OK);
    CHECK_NEAR(p.value, 1 / 3., 1e-15);
    CHECK_NEAR(line, 1 / 3., 1e-15);
    CHECK_EQ(mien_ranking_at_false_alarm(r, 1.5, &p, &line, NULL), MIEN_EARG);
    mien_ranking_free(r);
}

static void test_bad_rows_are_named(void)
{
    mien_scored m = make_rows(9, 50, 10);
    mien_ranking *r = NULL;
    mien_error err = {0};
    score[17] = (double)NAN;
    CHECK_EQ(mien_ranking_new(&m, &r, &err), MIEN_EARG);
    CHECK(strstr(err.text, "row 17: score nan"));
    score[17] = .5;
    label[31] = 2;
    CHECK_EQ(mien_ranking_new(&m, &r, &err), MIEN_EARG);
    CHECK(strstr(err.text, "row 31: label 2"));
    label[31] = 1;
    m.weight = weight;
    weight[4] = -1;
    CHECK_EQ(mien_ranking_new(&m, &r, &err), MIEN_EARG);
    CHECK(strstr(err.text, "row 4"));
    m.weight = NULL;
    m.n = 0;
    CHECK_EQ(mien_ranking_new(&m, &r, &err), MIEN_EARG);
    CHECK(strstr(err.text, "0 rows"));
    CHECK(!r);
}

static void test_one_class_has_no_auc(void)
{
    for (int only = 0; only < 2; only++) {
        uint8_t y[3] = {(uint8_t)only, (uint8_t)only, (uint8_t)only};
        double s[3] = {1, 2, 3}, x = 77;
        mien_scored m = {3, y, s, NULL};
        mien_ranking *r = ranking(&m);
        mien_error err = {0};
        mien_curve c;
        CHECK_EQ(mien_ranking_auc(r, &x, &err), MIEN_EARG);
        CHECK(strstr(err.text, only ? "all 3 rows are 1" : "rows are 0"));
        CHECK_EQ(mien_ranking_roc(r, 1, &c, NULL), MIEN_EARG);
        CHECK(x == 77);
        CHECK_EQ(mien_ranking_ap(r, &x, NULL), only ? MIEN_OK : MIEN_EARG);
        mien_ranking_free(r);
    }
}

static void check_report(int n, const int32_t *truth, const int32_t *found,
                         const mien_report_options *o, const char *want)
{
    mien_bytes text = {0};
    CHECK_EQ(mien_report_text(n, truth, found, o, &text, NULL), MIEN_OK);
    const char *got = (const char *)text.data;
    CHECK_MSG(got && !strcmp(got, want) && text.n == strlen(want),
              "got\n%s\nwant\n%s", got, want);
    mien_bytes_free(&text);
}

static void test_report_is_laid_out_as_people_know_it(void)
{
    static const int32_t truth[] = {0, 1, 2, 2, 2}, found[] = {0, 0, 2, 2, 1};
    static const char *const names[] = {"class 0", "class 1", "class 2"};
    mien_report_options o = MIEN_REPORT_DEFAULTS;
    o.names = names;
    o.n_names = 3;
    check_report(5, truth, found, &o,
                 "              precision    recall  f1-score   support\n\n"
                 "     class 0       0.50      1.00      0.67         1\n"
                 "     class 1       0.00      0.00      0.00         1\n"
                 "     class 2       1.00      0.67      0.80         3\n\n"
                 "    accuracy                           0.60         5\n"
                 "   macro avg       0.50      0.56      0.49         5\n"
                 "weighted avg       0.70      0.60      0.61         5\n");
    static const int32_t one[] = {1, 1, 1}, two[] = {1, 2, 3};
    static const int32_t labels[] = {1, 2, 3};
    mien_report_options shown = {2, labels, 3, NULL, 0};
    check_report(3, one, two, &shown,
                 "              precision    recall  f1-score   support\n\n"
                 "           1       1.00      0.33      0.50         3\n"
                 "           2       0.00      0.00      0.00         0\n"
                 "           3       0.00      0.00      0.00         0\n\n"
                 "    accuracy                           0.33         3\n"
                 "   macro avg       0.33      0.11      0.17         3\n"
                 "weighted avg       1.00      0.33      0.50         3\n");
    shown.n_labels = 1;
    check_report(3, one, two, &shown,
                 "              precision    recall  f1-score   support\n\n"
                 "           1       1.00      0.33      0.50         3\n\n"
                 "   micro avg       1.00      0.33      0.50         3\n"
                 "   macro avg       1.00      0.33      0.50         3\n"
                 "weighted avg       1.00      0.33      0.50         3\n");
    static const char *const wide[] = {"größenordnung"}; /* 13 letters */
    shown.names = wide;
    shown.n_names = 1;
    check_report(3, one, two, &shown,
                 "               precision    recall  f1-score   support\n\n"
                 "größenordnung       1.00      0.33      0.50         3\n\n"
                 "    micro avg       1.00      0.33      0.50         3\n"
                 "    macro avg       1.00      0.33      0.50         3\n"
                 " weighted avg       1.00      0.33      0.50         3\n");
    mien_bytes text = {0};
    o.n_names = 2;
    CHECK_EQ(mien_report_text(5, truth, found, &o, &text, NULL), MIEN_EARG);
    CHECK_EQ(mien_report_text(0, truth, found, NULL, &text, NULL), MIEN_EARG);
    o = (mien_report_options){16, NULL, 0, NULL, 0};
    CHECK_EQ(mien_report_text(5, truth, found, &o, &text, NULL), MIEN_EARG);
    CHECK(!text.data);
}

static void test_matrix_refuses_other_classes(void)
{
    static const int32_t truth[] = {0, 1, 2}, found[] = {0, 0, 3};
    double m[9] = {0};
    mien_error err = {0};
    CHECK_EQ(mien_matrix_count(3, truth, found, NULL, 3, m, &err), MIEN_EARG);
    CHECK(strstr(err.text, "row 2: predicted class 3"));
    CHECK_EQ(mien_matrix_count(3, truth, truth, NULL, 3, m, NULL), MIEN_OK);
    CHECK(m[0] == 1 && m[4] == 1 && m[8] == 1 && m[1] == 0);
}

static void test_probabilities(void)
{
    static const uint8_t y[] = {0, 1, 1, 0, 1};
    static const double p[] = {.1, .9, .8, .3, 0};
    mien_scored m = {5, y, p, NULL};
    double x;
    CHECK_EQ(mien_brier(&m, &x, NULL), MIEN_OK);
    CHECK_NEAR(x, (.01 + .01 + .04 + .09 + 1) / 5, 1e-15);
    CHECK_EQ(mien_log_loss(&m, &x, NULL), MIEN_OK);
    double sum = 2 * log(.9) + log(.8) + log(.7) - 52 * log(2);
    CHECK_NEAR(x, -sum / 5, 1e-13);
    mien_calibration c;
    CHECK_EQ(mien_calibration_new(&m, 2, 0, &c, NULL), MIEN_OK);
    CHECK_EQ(c.n, 2);
    CHECK_NEAR(c.bin[0].count, 3, 0);
    CHECK_NEAR(c.bin[0].predicted, .4 / 3, 1e-15);
    CHECK_NEAR(c.bin[1].observed, 1, 0);
    CHECK_NEAR(c.error, .6 * .2 + .4 * .15, 1e-15);
    mien_calibration_free(&c);
    CHECK_EQ(mien_calibration_new(&m, 5, 1, &c, NULL), MIEN_OK);
    CHECK_EQ(c.n, 5);
    mien_calibration_free(&c);
    m.score = (const double[]){.5, .5, .7, .5, .75}; /* on an edge: below */
    CHECK_EQ(mien_calibration_new(&m, 2, 0, &c, NULL), MIEN_OK);
    CHECK_NEAR(c.bin[0].count, 3, 0);
    mien_calibration_free(&c);
    m.score = (const double[]){.1, .2, 1.5, 0, 0};
    mien_error err = {0};
    CHECK_EQ(mien_brier(&m, &x, &err), MIEN_EARG);
    CHECK(strstr(err.text, "row 2: probability above 1"));
}

static void test_fit_rates(void)
{
    static const double y[] = {3, -.5, 2, 7}, p[] = {2.5, 0, 2, 8};
    static const double flat[] = {2, 2, 2, 2};
    mien_fit_rates r;
    CHECK_EQ(mien_fit_rates_of(4, y, p, NULL, &r, NULL), MIEN_OK);
    CHECK_NEAR(r.mse, .375, 1e-15);
    CHECK_NEAR(r.mae, .5, 1e-15);
    CHECK_NEAR(r.r2, 0.9486081370449679, 1e-14);
    CHECK_NEAR(r.largest, 1, 0);
    CHECK_EQ(mien_fit_rates_of(4, flat, flat, NULL, &r, NULL), MIEN_OK);
    CHECK(r.r2 == 1 && r.no_r2);
    CHECK_EQ(mien_fit_rates_of(4, flat, p, NULL, &r, NULL), MIEN_OK);
    CHECK(r.r2 == 0 && r.no_r2);
    CHECK_EQ(mien_fit_rates_of(0, y, p, NULL, &r, NULL), MIEN_EARG);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_areas_are_those_of_pairs);
    RUN(test_auc_depends_on_order_only);
    RUN(test_weight_is_repetition);
    RUN(test_curves_agree_with_areas);
    RUN(test_rates_of_a_known_matrix);
    RUN(test_nothing_over_nothing_is_zero_with_a_flag);
    RUN(test_a_threshold_alarms_what_reaches_it);
    RUN(test_rules_find_the_best_cut);
    RUN(test_numbers_of_rules_are_checked);
    RUN(test_recall_at_a_false_alarm_rate);
    RUN(test_bad_rows_are_named);
    RUN(test_one_class_has_no_auc);
    RUN(test_report_is_laid_out_as_people_know_it);
    RUN(test_matrix_refuses_other_classes);
    RUN(test_probabilities);
    RUN(test_fit_rates);
    return check_done();
}
