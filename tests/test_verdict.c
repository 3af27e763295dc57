/* Verdicts: figures of known rows, their words and JSON; what cannot be judged
 * is refused. */
#include "base/alloc.h"
#include "mien/report.h"
#include "tests/check.h"

#include <string.h>

enum { ROWS = 10 };
static const uint8_t truth[ROWS] = {0, 0, 0, 0, 0, 0, 1, 0, 1, 1};
static const double scores[ROWS] = {.1, .2, .3, .4, .5, .55, .6, .7, .8, .9};
static const mien_scored rows = {ROWS, truth, scores, NULL};

/* What a buffer holds, as C text that lives until the next call. */
static const char *text_of(mien_buffer *b)
{
    static char text[4096];
    CHECK(!b->failed && b->n < sizeof text);
    size_t n = b->n < sizeof text ? b->n : 0;
    if (n)
        memcpy(text, b->data, n);
    text[n] = 0;
    mien_buffer_free(b);
    return text;
}

static void test_known_rows(void)
{
    mien_verdict v;
    CHECK_EQ(mien_verdict_of(&rows, .58, 1, NULL, &v, NULL), MIEN_OK);
    CHECK(v.rows == ROWS && v.threshold == .58);
    CHECK(v.count.tp == 3 && v.count.fp == 1 && v.count.fn == 0);
    CHECK_NEAR(v.rates.precision, .75, 1e-15);
    CHECK_NEAR(v.auc.value, 20. / 21, 1e-15);
    CHECK_NEAR(v.precision.value, .75, 1e-15);
    CHECK(isnan(v.auc.low) && isnan(v.recall.high)); /* of three events */
    CHECK_NEAR(v.majority, .7, 1e-15);
    CHECK_NEAR(v.near.rates.false_alarm, 0, 1e-15);
    CHECK_NEAR(v.near.rates.recall, 2. / 3, 1e-15);
}

static void test_the_same_for_any_number_of_threads(void)
{
    mien_verdict one, many, other;
    mien_pool *pool = NULL;
    CHECK_EQ(mien_pool_new(3, &pool, NULL), MIEN_OK);
    CHECK_EQ(mien_verdict_of(&rows, .58, 7, NULL, &one, NULL), MIEN_OK);
    CHECK_EQ(mien_verdict_of(&rows, .58, 7, pool, &many, NULL), MIEN_OK);
    CHECK_EQ(mien_verdict_of(&rows, .58, 8, pool, &other, NULL), MIEN_OK);
    CHECK(one.auc.standard_error == many.auc.standard_error &&
          one.recall.standard_error == many.recall.standard_error &&
          one.precision.standard_error == many.precision.standard_error);
    CHECK(one.auc.value == other.auc.value &&
          one.ap.standard_error != other.ap.standard_error);
    mien_pool_free(pool);
}

static void test_words(void)
{
    mien_verdict v;
    mien_buffer b = {0};
    CHECK_EQ(mien_verdict_of(&rows, .65, 1, NULL, &v, NULL), MIEN_OK);
    v.auc.low = .5;
    v.auc.high = 1;
    v.ap.low = .25;
    v.ap.high = 1;
    mien_verdict_text(&v, "test", 1, &b);
    CHECK(strcmp(text_of(&b),
                 "test: AUC 0.9524 (0.500 to 1.000), average precision 0.9167 "
                 "(0.250 to 1.000)\n"
                 "  at threshold 0.65: precision 0.6667, recall 0.6667, F1 "
                 "0.6667, MCC 0.5238, false alarms 14.286 %\n"
                 "  found 2 of 3, 1 false alarms in 10 rows; at 0.00 % false "
                 "alarms recall 0.667\n"
                 "  accuracy 0.8000; always saying the larger class: 0.7000\n"
                 "              precision    recall  f1-score   support\n\n"
                 "           0     0.8571    0.8571    0.8571         7\n"
                 "           1     0.6667    0.6667    0.6667         3\n\n"
                 "    accuracy                         0.8000        10\n"
                 "   macro avg     0.7619    0.7619    0.7619        10\n"
                 "weighted avg     0.8000    0.8000    0.8000        10\n") ==
          0);
}

/* The table of classes is that of the rows themselves. */
static void test_classes_are_those_of_the_rows(void)
{
    for (int k = 0; k <= ROWS; k++) {
        mien_report_options o = MIEN_REPORT_DEFAULTS;
        mien_verdict v;
        mien_buffer b = {0};
        mien_bytes want = {0};
        int32_t y[ROWS], said[ROWS];
        double threshold = k == ROWS ? 1 : scores[k];
        o.digits = 4;
        for (int i = 0; i < ROWS; i++) {
            y[i] = truth[i];
            said[i] = scores[i] >= threshold;
        }
        CHECK_EQ(mien_verdict_of(&rows, threshold, 1, NULL, &v, NULL), MIEN_OK);
        mien_verdict_text(&v, "test", 1, &b);
        CHECK_EQ(mien_report_text(ROWS, y, said, &o, &want, NULL), MIEN_OK);
        CHECK(strstr(text_of(&b), (const char *)want.data) != NULL);
        mien_bytes_free(&want);
    }
}

/* Without an alarm there is no precision, and the rest stands. */
static void test_no_alarm(void)
{
    mien_verdict v;
    mien_buffer b = {0};
    mien_json j = mien_json_on(&b, 0);
    CHECK_EQ(mien_verdict_of(&rows, 2, 1, NULL, &v, NULL), MIEN_OK);
    CHECK(isnan(v.precision.value) && isnan(v.precision.high));
    CHECK(v.recall.value == 0 && v.rates.precision == 0);
    mien_verdict_json(&v, NULL, &j);
    const char *text = text_of(&b);
    CHECK(strstr(text, "\"rows\":10,\"auc\":{\"value\":0.952380952380952"));
    CHECK(strstr(text,
                 "\"precision\":{\"value\":null,\"low\":null,\"high\":null},"
                 "\"threshold\":2.0,\"true_negatives\":7,"
                 "\"false_positives\":0,\"false_negatives\":3,"
                 "\"true_positives\":0,\"f1\":0.0,\"mcc\":0.0,"
                 "\"accuracy\":0.7,\"balanced_accuracy\":0.5,"
                 "\"false_alarm_rate\":0.0,\"majority_accuracy\":0.7,"
                 "\"recall_near_6_percent\":0.6666666666666666}"));
}

static void test_what_cannot_be_judged(void)
{
    static const uint8_t zeros[ROWS];
    double bad[ROWS] = {(double)NAN};
    const mien_scored one_class = {ROWS, zeros, scores, NULL};
    const mien_scored no_number = {ROWS, truth, bad, NULL};
    mien_verdict v = {.rows = 77};
    mien_error err = {0};
    CHECK_EQ(mien_verdict_of(&no_number, .5, 1, NULL, &v, &err), MIEN_EARG);
    CHECK(err.text[0] && v.rows == 77);
    /* What one class tells is told. */
    CHECK_EQ(mien_verdict_of(&one_class, .58, 1, NULL, &v, NULL), MIEN_OK);
    CHECK(v.rows == ROWS && isnan(v.auc.value) && v.count.fp == 4);
    mien_buffer b = {0};
    mien_verdict_text(&v, "table", 0, &b);
    const char *text = text_of(&b);
    CHECK(strncmp(text, "table: 10 rows, no events: AUC", 30) == 0);
    CHECK(strstr(text, "4 false alarms in 10 rows\n") && !strstr(text, "nan"));
}

/* Five of each class are enough to say how sure a figure is; four are not. */
static void test_how_sure(void)
{
    uint8_t y[ROWS];
    mien_verdict v;
    for (int events = 3; events < 8; events++) {
        for (int i = 0; i < ROWS; i++)
            y[i] = i * 7 % ROWS < events;
        const mien_scored some = {ROWS, y, scores, NULL};
        CHECK_EQ(mien_verdict_of(&some, .5, 1, NULL, &v, NULL), MIEN_OK);
        CHECK_EQ(isnan(v.auc.low), events != 5);
        if (events == 5)
            CHECK(v.auc.low <= v.auc.value && v.auc.value <= v.auc.high);
    }
}

static void test_failing_memory_is_reported(void)
{
    mien_status st = MIEN_ENOMEM;
    int written = 0;
    for (int n = 0; (st == MIEN_ENOMEM || !written) && n < 100; n++) {
        mien_verdict v = {.rows = 77};
        mien_buffer b = {0};
        mi_alloc_fail_after(n);
        st = mien_verdict_of(&rows, .5, 1, NULL, &v, NULL);
        if (!st)
            mien_verdict_text(&v, "test", 1, &b);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || v.rows == 77);
        written = !st && !b.failed;
        mien_buffer_free(&b);
    }
    CHECK(st == MIEN_OK && written);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_known_rows);
    RUN(test_the_same_for_any_number_of_threads);
    RUN(test_words);
    RUN(test_classes_are_those_of_the_rows);
    RUN(test_no_alarm);
    RUN(test_what_cannot_be_judged);
    RUN(test_how_sure);
    RUN(test_failing_memory_is_reported);
    return check_done();
}
