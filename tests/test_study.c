/* Studies: a table is prepared once and as it says; judged is what is written;
 * the same bits for any number of threads and across a stop; what cannot be
 * learned from is refused, and failing memory reported. */
#include "base/alloc.h"
#include "study/study.h"
#include "tests/study_make.h"

enum { ROWS = 400 };

/* ---- preparing ----------------------------------------------------------- */

/* The slow way: the table shifted with its label, read again. */
static void test_a_shift_is_that_of_the_table(void)
{
    char *text = study_csv(ROWS, 3);
    mien_table *t = study_table(text), *shifted = NULL;
    for (int ahead = 0; ahead < 4; ahead++) {
        mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
        mien_study *s = NULL;
        mien_label c;
        int64_t source[ROWS];
        o.recipe.ahead = ahead;
        CHECK_EQ(mien_study_new(t, &o, &s, NULL), MIEN_OK);
        CHECK_EQ(mien_label_find(t, 3, "yes", &c, NULL), MIEN_OK);
        if (ahead) {
            CHECK_EQ(
                mien_table_curve_shift(t, 3, &c, ahead, source, &shifted, NULL),
                MIEN_OK);
            CHECK_EQ(mien_table_rows(shifted), s->rows);
            const double *y = mien_table_column(shifted, 3).number;
            for (int64_t i = 0; i < s->rows; i++)
                CHECK(s->source[i] == source[i] && s->y[i] == y[i]);
            mien_table_free(shifted);
        } else {
            uint8_t y[ROWS];
            CHECK_EQ(mien_label_read(&c, t, 3, y, NULL), MIEN_OK);
            CHECK(s->rows == ROWS && memcmp(y, s->y, ROWS) == 0);
        }
        mien_study_free(s);
    }
    mien_table_free(t);
    free(text);
}

/* Rows in the order of time: parts follow each other, a purge between, and no
 * window reaches over a gap. */
static void test_parts_in_the_order_of_time(void)
{
    char *text = study_csv(ROWS, 5);
    mien_table *t = study_table(text);
    mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
    mien_study *s = NULL;
    o.recipe.ahead = 1;
    o.recipe.window = 3;
    o.honest = 1;
    CHECK_EQ(mien_study_new(t, &o, &s, NULL), MIEN_OK);
    CHECK_EQ(s->o.purge, 4);
    int64_t last = s->split.train[s->split.trains - 1];
    CHECK_EQ(s->split.valid[0], last + 5);
    last = s->split.valid[s->split.valids - 1];
    CHECK_EQ(s->split.test[0], last + 5);
    for (int64_t i = 0; i < s->samples; i++)
        CHECK_EQ(s->source[s->end[i]] - s->source[s->end[i] - 2], 2);
    mien_study_free(s);
    mien_table_free(t);
    free(text);
}

static void test_numbers_are_of_the_training_part(void)
{
    char *text = study_csv(ROWS, 7);
    mien_table *t = study_table(text);
    mien_study_options o = study_options(MIEN_ESTIMATOR_AUTOENCODER);
    const char *const drop[] = {"b"};
    mien_study *s = NULL;
    o.recipe.drop = drop;
    o.recipe.drops = 1;
    CHECK_EQ(mien_study_new(t, &o, &s, NULL), MIEN_OK);
    CHECK_EQ(s->width, 3);
    const double *a = mien_table_column(t, 0).number;
    double sum = 0, count = 0, *x = NULL;
    for (int64_t i = 0; i < s->split.trains; i++)
        if (!mi_study_label(s, s->split.train[i])) {
            sum += a[s->split.train[i]];
            count++;
        }
    CHECK_NEAR(s->scaler[0], sum / count, 1e-12);
    CHECK_EQ(mi_study_gather(s, s->split.tests, s->split.test, &x, NULL),
             MIEN_OK);
    for (int64_t i = 0; i < s->split.tests; i++)
        CHECK(x[i * 3] == (a[s->split.test[i]] - s->scaler[0]) / s->scaler[3]);
    mi_free(x);
    mien_study_free(s);
    mien_table_free(t);
    free(text);
}

/* ---- judging ------------------------------------------------------------- */

/* The file, read again, gives the scores that were judged. */
/* Probabilities have a Brier score, which is said; other scores have none. */
static void check_brier(const mien_scored *rows, const mien_verdict *v,
                        int probabilities)
{
    double want = 0;
    mien_buffer said = {0};
    mien_json j = mien_json_on(&said, 0);
    mien_verdict_text(v, "test", 0, &said);
    mien_verdict_json(v, NULL, &j);
    mien_buffer_put(&said, "", 1);
    const char *text = (const char *)said.data;
    CHECK((strstr(text, "; Brier score 0.") != NULL) == probabilities);
    CHECK((strstr(text, ",\"brier\":0.") != NULL) == probabilities);
    mien_buffer_free(&said);
    if (!probabilities) {
        CHECK(isnan(v->brier));
        return;
    }
    CHECK_EQ(mien_brier(rows, &want, NULL), MIEN_OK);
    CHECK_NEAR(v->brier, want, 1e-12);
}

static void test_judged_is_what_is_written(void)
{
    char *text = study_csv(ROWS, 11);
    mien_table *t = study_table(text);
    for (int k = 0; k < 3; k++) {
        mien_study_options o = study_options(k ? MIEN_ESTIMATOR_AUTOENCODER
                                               : MIEN_ESTIMATOR_LOGISTIC);
        double score[ROWS];
        mien_tabular *m = NULL;
        o.recipe.window = k == 2 ? 3 : 1;
        o.autoencoder.lstm = k == 2;
        mien_study *s = study_must(t, &o);
        mien_bytes file = mien_study_model(s);
        CHECK_EQ(mien_tabular_read(file.data, file.n, &m, NULL), MIEN_OK);
        CHECK(mien_tabular_threshold(m) ==
              mien_study_verdict(s, MIEN_PART_TEST)->threshold);
        CHECK(strcmp(mien_tabular_text(m, "positive"), "yes") == 0);
        CHECK_EQ(mien_tabular_score(m, t, score, NULL, NULL), MIEN_OK);
        for (int part = 0; part < 2; part++) {
            const int64_t *sample;
            mien_scored p = mien_study_scored(s, (mien_study_part)part);
            mi_study_rows(s, (mien_study_part)part, &sample);
            for (int64_t i = 0; i < p.n; i++)
                CHECK(p.score[i] == score[s->end[sample[i]]]);
            check_brier(&p, mien_study_verdict(s, (mien_study_part)part), !k);
        }
        mien_tabular_free(m);
        mien_study_free(s);
    }
    mien_table_free(t);
    free(text);
}

static void test_the_threshold_is_that_of_the_rule(void)
{
    char *text = study_csv(ROWS, 13);
    mien_table *t = study_table(text);
    mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
    CHECK_EQ(mien_rule_read("recall=0.9", NULL, &o.rule, NULL), MIEN_OK);
    mien_study *s = study_must(t, &o);
    mien_scored rows = mien_study_decided(s, MIEN_PART_VALIDATION);
    mien_ranking *r = NULL;
    mien_threshold want;
    CHECK_EQ(mien_ranking_new(&rows, &r, NULL), MIEN_OK);
    CHECK_EQ(mien_ranking_choose(r, MIEN_RULE_RECALL, .9, 0, &want, NULL),
             MIEN_OK);
    const mien_verdict *v = mien_study_verdict(s, MIEN_PART_VALIDATION);
    CHECK_NEAR(v->threshold, 1 / (1 + exp(-want.threshold)), 1e-14);
    CHECK(s->cut == want.threshold && v->rates.recall >= .9);
    CHECK(v->auc.value > .8);
    mien_ranking_free(r);
    mien_study_free(s);
    mien_table_free(t);
    free(text);
}

/* ---- the same bits ------------------------------------------------------- */

static void check_same(const mien_study *a, const mien_study *b)
{
    mien_bytes x = mien_study_model(a), y = mien_study_model(b);
    mien_buffer p = {0}, q = {0};
    CHECK(x.n == y.n && memcmp(x.data, y.data, x.n) == 0);
    mien_study_metrics(a, &p);
    mien_study_metrics(b, &q);
    mien_study_history(a, &p);
    mien_study_history(b, &q);
    CHECK(p.n == q.n && memcmp(p.data, q.data, p.n) == 0);
    mien_buffer_free(&p);
    mien_buffer_free(&q);
}

static void test_threads_change_nothing(void)
{
    char *text = study_csv(ROWS, 17);
    mien_table *t = study_table(text);
    mien_pool *pool = NULL;
    CHECK_EQ(mien_pool_new(3, &pool, NULL), MIEN_OK);
    for (int k = 0; k < 2; k++) {
        mien_study_options o = study_options((mien_estimator)k);
        mien_study *one = study_must(t, &o);
        o.pool = pool;
        mien_study *many = study_must(t, &o);
        check_same(one, many);
        mien_study_free(one);
        mien_study_free(many);
    }
    mien_pool_free(pool);
    mien_table_free(t);
    free(text);
}

/* Stops after its epoch, keeping the state. */
static int stop_after(void *arg, const mien_study *s, const mien_epoch *e)
{
    mien_bytes *state = arg;
    if (e->epoch < 2)
        return 0;
    CHECK_EQ(mien_study_checkpoint(s, state, NULL), MIEN_OK);
    CHECK(mien_study_trainer(s) != NULL);
    return 1;
}

/* A state that is not of this study's table and choices. */
static void refuse_state(const mien_table *t, const mien_study_options *like,
                         uint32_t seed, int ahead, const char *why)
{
    mien_study_options o = *like;
    mien_study *s = NULL;
    mien_error err = {0};
    o.seed = seed;
    o.recipe.ahead = ahead;
    CHECK_EQ(mien_study_new(t, &o, &s, NULL), MIEN_OK);
    mien_status st = mien_study_learn(s, NULL, &err);
    CHECK_MSG((st == MIEN_EARG || st == MIEN_EFORMAT) && strstr(err.text, why),
              "%s", err.text);
    mien_study_free(s);
}

static void test_a_stop_changes_nothing(void)
{
    char *text = study_csv(ROWS, 19);
    mien_table *t = study_table(text);
    mien_study_options o = study_options(MIEN_ESTIMATOR_AUTOENCODER);
    mien_study *whole = study_must(t, &o), *cut = NULL;
    mien_bytes state = {0};
    mien_fit_end end = MIEN_FIT_EPOCHS;
    o.autoencoder.on_epoch = stop_after;
    o.autoencoder.arg = &state;
    CHECK_EQ(mien_study_new(t, &o, &cut, NULL), MIEN_OK);
    CHECK_EQ(mien_study_learn(cut, &end, NULL), MIEN_OK);
    CHECK_EQ(end, MIEN_FIT_ASKED);
    mien_study_free(cut);
    o.autoencoder.on_epoch = NULL;
    o.autoencoder.state = state.data;
    o.autoencoder.state_size = state.n;
    cut = study_must(t, &o);
    check_same(whole, cut);
    mien_study_free(cut);
    cut = NULL;
    refuse_state(t, &o, 7, 0, "another training: seed was '123', and is '7'");
    refuse_state(t, &o, 123, 1, "ahead was '0', and is '1' now");
    mien_table *u = NULL;
    int64_t row[ROWS];
    for (int i = 0; i < ROWS; i++)
        row[i] = ROWS - 1 - i;
    CHECK_EQ(mien_table_select_rows(t, ROWS, row, &u, NULL), MIEN_OK);
    refuse_state(u, &o, 123, 0, "another training: table was '");
    mien_table_free(u);
    char *key = strstr((char *)state.data, "\nseed\t");
    CHECK(key);
    memcpy(key + 1, "grow", 4);
    refuse_state(t, &o, 123, 0, "has 'grow' where 'seed' is expected");
    memcpy(key + 1, "seed", 4);
    size_t size = o.autoencoder.state_size;
    for (size_t n = 0; n < 300; n += 7) {
        o.autoencoder.state_size = n;
        refuse_state(t, &o, 123, 0, n < 18 ? "does not say which" : " ");
    }
    o.autoencoder.state_size = size - 1;
    CHECK_EQ(mien_study_new(t, &o, &cut, NULL), MIEN_OK);
    CHECK_EQ(mien_study_learn(cut, &end, NULL), MIEN_EFORMAT);
    mien_study_free(cut);
    mien_study_free(whole);
    mien_bytes_free(&state);
    mien_table_free(t);
    free(text);
}

/* ---- words --------------------------------------------------------------- */

static void test_what_is_said(void)
{
    char *text = study_csv(ROWS, 23);
    mien_table *t = study_table(text);
    mien_study_options o = study_options(MIEN_ESTIMATOR_AUTOENCODER);
    o.recipe.window = 2;
    o.recipe.ahead = 1;
    mien_study *s = study_must(t, &o);
    mien_buffer b = {0};
    mien_study_text(s, &b);
    char *said = study_text(&b);
    CHECK(strstr(said, "made.csv: 400 rows, 4 columns, label y = yes\n"
                       "  shifted by 1: ") == said);
    CHECK(strstr(said, " windows of 2 rows\n"));
    CHECK(strstr(said, "\n  warning: windows overlap"));
    CHECK(strstr(said, "dense auto-encoder, hidden layers 4, 2, 4; learned"));
    CHECK(strstr(said, "\nvalidation: AUC ") && strstr(said, "\ntest: AUC "));
    free(said);
    mien_study_history(s, &b);
    said = study_text(&b);
    int lines = 0;
    for (const char *p = said; *p; p++)
        lines += *p == '\n';
    CHECK_EQ(lines, 5);
    free(said);
    mien_study_metrics(s, &b);
    said = study_text(&b);
    CHECK(strstr(said, "{\n  \"schema\": \"mien/metrics/1\",\n  \"estimator\": "
                       "\"Auto-encoder\",\n  \"label\": \"y\",\n") == said);
    CHECK(strstr(said, "\n  \"best_epoch\": "));
    free(said);
    mien_study_free(s);
    mien_table_free(t);
    free(text);
}

/* A column that is the label in other words is named. */
static void test_leaks_are_named(void)
{
    char *text = study_csv(ROWS, 29);
    mien_table *t = study_table(text);
    double copy[ROWS];
    for (int i = 0; i < ROWS; i++)
        copy[i] = mien_table_column(t, 3).text[i].n == 3;
    CHECK_EQ(mien_table_set_number(t, "after", copy, NULL), MIEN_OK);
    mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
    mien_study *s = NULL;
    mien_buffer b = {0};
    CHECK_EQ(mien_study_new(t, &o, &s, NULL), MIEN_OK);
    mien_study_describe(s, &b);
    char *said = study_text(&b);
    CHECK(strstr(said, "warning: column after tells the label alone (AUC 1."));
    CHECK(!strstr(said, "column a tells"));
    free(said);
    mien_study_free(s);
    mien_table_free(t);
    free(text);
}

/* ---- weights and resampling ---------------------------------------------- */

static void test_probabilities_are_at_the_true_rate(void)
{
    char *text = study_csv(2000, 31);
    mien_table *t = study_table(text);
    for (int k = 0; k < 8; k++) {
        mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
        mien_study_logistic *l = &o.logistic;
        l->resample.kind = (mien_resample_kind)(k / 2);
        l->resample.ratio = .75;
        l->balanced = k < 2;
        l->uncorrected = k % 2;
        mien_study *s = study_must(t, &o);
        mien_scored p = mien_study_scored(s, MIEN_PART_TEST);
        double mean = 0, rate = 0;
        for (int64_t i = 0; i < p.n; i++) {
            mean += p.score[i] / (double)p.n;
            rate += (double)p.y[i] / (double)p.n;
        }
        if (l->uncorrected)
            CHECK_MSG(mean > rate + .06, "%d: %g, rate %g", k, mean, rate);
        else
            CHECK_NEAR(mean, rate, .05);
        mien_study_free(s);
    }
    mien_table_free(t);
    free(text);
}

static void test_rows_are_resampled(void)
{
    char *text = study_csv(ROWS, 37);
    mien_table *t = study_table(text);
    mien_label c;
    uint8_t y[ROWS];
    int64_t want[2 * ROWS], n = 0, more = 0, ones = 0;
    CHECK_EQ(mien_label_find(t, 3, "yes", &c, NULL), MIEN_OK);
    CHECK_EQ(mien_label_read(&c, t, 3, y, NULL), MIEN_OK);
    for (int i = 0; i < ROWS; i++)
        ones += y[i];
    mien_resample how = {MIEN_RESAMPLE_UNDER, .8, 5};
    mien_resampled r = {0};
    CHECK_EQ(mien_table_resample(t, y, &how, &r, NULL), MIEN_OK);
    CHECK_EQ(mien_sample_under(ROWS, y, .8, 5, want, &n, NULL), MIEN_OK);
    CHECK(r.n == n && !r.made &&
          memcmp(r.row, want, (size_t)n * sizeof *want) == 0);
    mien_buffer b = {0};
    char first[40], last[80];
    mien_resampled_text(&r, t, y, &b);
    snprintf(first, sizeof first, "%lld rows, ", (long long)mien_table_rows(t));
    snprintf(last, sizeof last, "-> %lld rows, ", (long long)r.n);
    mien_buffer_put(&b, "", 1);
    CHECK_MSG(b.data && strstr((char *)b.data, first) == (char *)b.data &&
                  strstr((char *)b.data, last),
              "%s", b.data);
    b.n = 0;
    CHECK_EQ(mien_resampled_csv(&r, t, &b, NULL), MIEN_OK);
    int64_t lines = 0;
    for (size_t i = 0; i < b.n; i++)
        lines += b.data[i] == '\n';
    CHECK_EQ(lines, r.n + 1);
    mien_buffer_free(&b);
    mien_resampled_free(&r);
    how.kind = MIEN_RESAMPLE_OVER;
    CHECK_EQ(mien_table_resample(t, y, &how, &r, NULL), MIEN_OK);
    CHECK_EQ(mien_sample_wanted(ROWS, y, .8, &more, NULL), MIEN_OK);
    CHECK_EQ(mien_sample_over(ROWS, y, more, 5, want, NULL), MIEN_OK);
    CHECK(r.n == ROWS + more && !r.made &&
          memcmp(r.row, want, (size_t)r.n * sizeof *want) == 0);
    mien_resampled_free(&r);
    how.kind = MIEN_RESAMPLE_SMOTE;
    mien_error err = {0};
    CHECK_EQ(mien_table_resample(t, y, &how, &r, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "column kind: SMOTE needs numbers"));
    const int numbers[] = {0, 1};
    mien_table *two = NULL;
    CHECK_EQ(mien_table_select_columns(t, 2, numbers, &two, NULL), MIEN_OK);
    CHECK_EQ(mien_table_resample(two, y, &how, &r, NULL), MIEN_OK);
    CHECK(r.n == ROWS && mien_table_rows(r.made) == more && r.row[7] == 7);
    CHECK(strcmp(mien_table_column(r.made, 1).name, "b") == 0);
    mien_resampled_free(&r);
    how.ratio = (double)ones / (double)(ROWS - ones) / 2;
    CHECK_EQ(mien_table_resample(two, y, &how, &r, NULL), MIEN_EARG);
    mien_table_free(two);
    mien_table_free(t);
    free(text);
}

/* ---- what is refused ----------------------------------------------------- */

static void refuse(const char *csv, const mien_study_options *o,
                   const char *why)
{
    mien_table *t = study_table(csv);
    mien_study *s = NULL;
    mien_error err = {0};
    mien_status st = mien_study_new(t, o, &s, &err);
    if (!st)
        st = mien_study_learn(s, NULL, &err);
    if (!st)
        st = mien_study_judge(s, &err);
    CHECK_MSG(st && strstr(err.text, why), "'%s', want '%s'", err.text, why);
    mien_study_free(s);
    mien_table_free(t);
}

static void test_what_cannot_be_learned_from(void)
{
    static const char *const all[] = {"a", "b", "kind"}, *const no[] = {"zz"};
    const mien_study_options usual = study_options(MIEN_ESTIMATOR_LOGISTIC);
    mien_study_options o = usual;
    char *csv = study_csv(100, 41);
    o.recipe.label = "why";
    refuse(csv, &o, "no column 'why'");
    o = usual;
    o.recipe.label = NULL;
    refuse(csv, &o, "no label");
    o = usual;
    o.recipe.positive = "maybe";
    refuse(csv, &o, "not 'maybe'");
    o = usual;
    o.recipe.drop = no;
    o.recipe.drops = 1;
    refuse(csv, &o, "no column 'zz'");
    o.recipe.drop = all;
    o.recipe.drops = 3;
    refuse(csv, &o, "no column is left");
    o = usual;
    o.recipe.window = MIEN_TABULAR_MAX_WINDOW + 1;
    refuse(csv, &o, "window of 65");
    o = usual;
    o.test = .001;
    refuse(csv, &o, "the test part has 1 rows");
    o = usual;
    o.rule = (mien_rule_choice){MIEN_RULE_RECALL, 2, 0};
    refuse(csv, &o, "threshold on the validation part: ");
    o = usual;
    o.logistic.resample = (mien_resample){MIEN_RESAMPLE_UNDER, 1e-6, 0};
    refuse(csv, &o, "resample: ratio 1e-06");
    o = study_options(MIEN_ESTIMATOR_AUTOENCODER);
    o.autoencoder.lstm = 1;
    refuse(csv, &o, "autoencoder: ");
    refuse("a,y\n1,no\n", &usual, "label");
    refuse("a,y\n1,no\n2,yes\n", &usual, "part");
    free(csv);
}

/* Every allocation of a small study fails in turn. */
static void test_failing_memory_is_reported(void)
{
    char *text = study_csv(120, 43);
    mien_table *t = study_table(text);
    for (int k = 0; k < 2; k++) {
        mien_study_options o = study_options((mien_estimator)k);
        mien_status st = MIEN_ENOMEM;
        int failed = 1, n = 0;
        o.recipe.ahead = 1;
        o.autoencoder.epochs = 1;
        o.logistic.resample.kind = MIEN_RESAMPLE_SMOTE;
        for (; (st || failed) && n < 5000; n++) {
            mien_buffer b = {0};
            mien_error err = {0};
            mi_alloc_fail_after(n);
            mien_study *s = study_of(t, &o, &st, &err);
            if (s) {
                mien_study_text(s, &b);
                mien_study_metrics(s, &b);
            }
            mi_alloc_fail_after(-1);
            CHECK_MSG(st == MIEN_OK || (st == MIEN_ENOMEM && err.text[0]),
                      "allocation %d: %d %s", n, st, err.text);
            failed = b.failed;
            mien_buffer_free(&b);
            mien_study_free(s);
        }
        CHECK(st == MIEN_OK && n > 50);
    }
    mien_table_free(t);
    free(text);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_a_shift_is_that_of_the_table);
    RUN(test_parts_in_the_order_of_time);
    RUN(test_numbers_are_of_the_training_part);
    RUN(test_judged_is_what_is_written);
    RUN(test_the_threshold_is_that_of_the_rule);
    RUN(test_threads_change_nothing);
    RUN(test_a_stop_changes_nothing);
    RUN(test_what_is_said);
    RUN(test_leaks_are_named);
    RUN(test_probabilities_are_at_the_true_rate);
    RUN(test_rows_are_resampled);
    RUN(test_what_cannot_be_learned_from);
    RUN(test_failing_memory_is_reported);
    return check_done();
}
