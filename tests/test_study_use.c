/* Recipes and rules as text, models judged on other tables, predictions in a
 * stream. */
#include "base/alloc.h"
#include "study/study.h"
#include "tests/study_make.h"

enum { ROWS = 300 };

/* ---- recipes ------------------------------------------------------------- */

static mien_status read_recipe(const char *text, mien_recipe **out,
                               mien_error *err)
{
    *out = NULL;
    return mien_recipe_read((const uint8_t *)text, strlen(text), out, err);
}

static void test_a_recipe_is_kept_as_text(void)
{
    static const char *const drop[] = {"a", "b\tc"};
    static const mien_csv_type type[] = {{"zip\n", MIEN_COLUMN_TEXT},
                                         {"n", MIEN_COLUMN_NUMBER}};
    mien_recipe r = MIEN_RECIPE_DEFAULTS, *again = NULL;
    mien_bytes text = {0};
    r.label = "is it\\";
    CHECK_EQ(mien_recipe_write(&r, &text, NULL), MIEN_OK);
    static const char plain[] = "mien/recipe/1\nlabel\tis it\\\\\nahead\t0\n"
                                "window\t1\nmissing\terror\nscaler\t"
                                "standard\n";
    CHECK(text.n == sizeof plain - 1 && !memcmp(text.data, plain, text.n));
    mien_bytes_free(&text);
    r.positive = "yes";
    r.drop = drop;
    r.drops = 2;
    r.type = type;
    r.types = 2;
    r.ahead = 3;
    r.window = 5;
    r.missing = MIEN_MISSING_MEDIAN;
    r.scaler = MIEN_SCALE_RANGE;
    r.time = "day";
    r.dates = MIEN_DATE_DMY;
    static const char *const na[] = {"", "n.a."};
    r.na = na;
    r.nas = 2;
    CHECK_EQ(mien_recipe_write(&r, &text, NULL), MIEN_OK);
    CHECK_EQ(mien_recipe_read(text.data, text.n, &again, NULL), MIEN_OK);
    CHECK(strcmp(again->label, r.label) == 0 && again->ahead == 3);
    CHECK(strcmp(again->positive, "yes") == 0 && again->window == 5);
    CHECK(again->drops == 2 && strcmp(again->drop[1], "b\tc") == 0);
    CHECK(again->types == 2 && strcmp(again->type[0].name, "zip\n") == 0);
    CHECK(again->type[1].type == MIEN_COLUMN_NUMBER);
    CHECK(again->missing == r.missing && again->scaler == r.scaler);
    CHECK(strcmp(again->time, "day") == 0 && again->dates == r.dates);
    CHECK(again->nas == 2 && !*again->na[0] &&
          strcmp(again->na[1], "n.a.") == 0);
    mien_recipe_free(again);
    mien_status st = MIEN_ENOMEM;
    for (int n = 0; st == MIEN_ENOMEM && n < 100; n++) {
        mien_bytes b = {0};
        again = NULL;
        mi_alloc_fail_after(n);
        st = mien_recipe_write(&r, &b, NULL);
        if (!st)
            st = mien_recipe_read(text.data, text.n, &again, NULL);
        mi_alloc_fail_after(-1);
        mien_bytes_free(&b);
        mien_recipe_free(again);
    }
    CHECK_EQ(st, MIEN_OK);
    mien_bytes_free(&text);
}

static void test_recipes_that_are_none(void)
{
    static const char *const bad[][2] = {
        {"", "line 1"},
        {"mien/recipe/2\nlabel\ty\n", "line 1: 'mien/recipe/2'"},
        {"mien/recipe/1\n", "no label"},
        {"mien/recipe/1\nlabel\n", "line 2: 'label'"},
        {"mien/recipe/1\nlabel\ty\tz\n", "line 2: 'label'"},
        {"mien/recipe/1\nlabel\ty\ncolour\tred\n", "line 3: 'colour'"},
        {"mien/recipe/1\nlabel\ty\ntype\ta\n", "line 3: 'type'"},
        {"mien/recipe/1\nlabel\ty\ntype\ta\tdate\n", "line 3"},
        {"mien/recipe/1\nlabel\ty\nwindow\t0\n", "line 3: 'window'"},
        {"mien/recipe/1\nlabel\ty\nwindow\t65\n", "line 3"},
        {"mien/recipe/1\nlabel\ty\nahead\t-1\n", "line 3"},
        {"mien/recipe/1\nlabel\ty\nahead\t\n", "line 3"},
        {"mien/recipe/1\nlabel\ty\nmissing\tmode\n", "line 3"},
        {"mien/recipe/1\nlabel\ty\ndates\tlate\n", "line 3"},
        {"mien/recipe/1\nlabel\ty\nscaler\tmean\n", "line 3"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        mien_recipe *r;
        mien_error err = {0};
        CHECK_EQ(read_recipe(bad[i][0], &r, &err), MIEN_EFORMAT);
        CHECK_MSG(strstr(err.text, bad[i][1]) && !r, "%s", err.text);
    }
}

/* ---- rules --------------------------------------------------------------- */

static void test_rules_are_read(void)
{
    static const struct {
        const char *text;
        mien_rule kind;
        double a, b;
    } all[] = {{"f1", MIEN_RULE_F, 1, 1},
               {"youden", MIEN_RULE_YOUDEN, 1, 1},
               {"recall=0.25", MIEN_RULE_RECALL, .25, 1},
               {"precision=1e-1", MIEN_RULE_PRECISION, .1, 1},
               {"false-alarm=0.5", MIEN_RULE_FALSE_ALARM, .5, 1},
               {"cost=fn=100,fp=2.5", MIEN_RULE_COST, 100, 2.5},
               {"alerts=5/1000", MIEN_RULE_ALERTS, 5, 1000}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        mien_rule_choice r = {0};
        CHECK_EQ(mien_rule_read(all[i].text, NULL, &r, NULL), MIEN_OK);
        CHECK_MSG(r.kind == all[i].kind && r.a == all[i].a && r.b == all[i].b,
                  "%s", all[i].text);
    }
}

static void test_rules_that_say_nothing(void)
{
    static const char *const all[][2] = {
        {"", "wanted f1"},
        {"f2", "found 'f2', wanted f1"},
        {"recall=1.5", "found 'recall=1.5', wanted a share from 0 to 1"},
        {"precision=nan", "wanted a share from 0 to 1"},
        {"cost=fn=0,fp=0", "found 'fn=0,fp=0', wanted two costs"},
        {"cost=fn=-1,fp=2", "not both 0"},
        {"cost=fn=inf,fp=2", "not both 0"},
        {"alerts=0/5", "found '0/5', wanted more than 0 alerts"},
        {"alerts=1/0", "more than 0 rows"},
        {"f1=1", "wanted f1"},
        {"youdens", "wanted f1"},
        {"recall", "wanted f1"},
        {"recall=", "wanted f1"},
        {"recall=0.5x", "wanted f1"},
        {"cost", "found '', wanted fn=A,fp=B"},
        {"cost=fn=1", "wanted fn=A,fp=B"},
        {"cost=fn=1,fp=", "wanted fn=A,fp=B"},
        {"cost=fn=1,fp=2 ", "wanted fn=A,fp=B"},
        {"cost=fp=1,fn=2", "wanted fn=A,fp=B"},
        {"alerts=5/week", "found '5/week', wanted K/day or K/N"},
        {"alerts=5", "wanted K/day or K/N"},
        {"alerts=/day", "wanted K/day or K/N"},
        {"alerts=5/day", "no column of dates"}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        mien_rule_choice r = {MIEN_RULE_F, 77, 0};
        mien_error err = {0};
        CHECK_EQ(mien_rule_read(all[i][0], NULL, &r, &err), MIEN_EARG);
        CHECK_MSG(strstr(err.text, all[i][1]) && r.a == 77, "%s: %s", all[i][0],
                  err.text);
    }
}

/* The first column that holds dates, and nothing else, counts. */
static void test_rows_a_day(void)
{
    mien_rule_choice r;
    mien_table *t = study_table("a,text,day,time\n"
                                "1,x,1999-05-01 00:00,5/1/99\n"
                                "2,1.2.3,1999-05-01 00:02,5/2/99\n"
                                "3,,,5/3/99\n"
                                "4,1-2-3,1999-05-02T00:00,5/4/99\n");
    CHECK_EQ(mien_rule_read("alerts=2/day", t, &r, NULL), MIEN_OK);
    CHECK(r.kind == MIEN_RULE_ALERTS && r.a == 2 && r.b == 2);
    mien_table_free(t);
    t = study_table("day\n1/2/3\n1/2-3\n");
    CHECK_EQ(mien_rule_read("alerts=2/day", t, &r, NULL), MIEN_EARG);
    mien_table_free(t);
    t = study_table("day\n1.2.2003\n1.2.2003\n2.2.2003\n");
    mi_alloc_fail_after(0);
    CHECK_EQ(mien_rule_read("alerts=2/day", t, &r, NULL), MIEN_ENOMEM);
    mi_alloc_fail_after(-1);
    CHECK_EQ(mien_rule_read("alerts=2/day", t, &r, NULL), MIEN_OK);
    CHECK(r.b == 1.5);
    mien_table_free(t);
}

/* ---- a model ------------------------------------------------------------- */

/* A model that learned from a table; its bytes go to *file. */
static mien_tabular *model_of(const mien_table *t, int window, mien_bytes *file)
{
    mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
    mien_tabular *m = NULL;
    o.recipe.window = window;
    mien_study *s = study_must(t, &o);
    mien_bytes b = mien_study_model(s);
    file->data = malloc(b.n);
    file->n = b.n;
    memcpy(file->data, b.data, b.n);
    mien_study_free(s);
    CHECK_EQ(mien_tabular_read(file->data, file->n, &m, NULL), MIEN_OK);
    return m;
}

static void test_a_model_is_judged_on_another_table(void)
{
    char *text = study_csv(ROWS, 3), *other = study_csv(ROWS, 4);
    mien_table *t = study_table(text), *u = study_table(other);
    mien_bytes file;
    mien_tabular *m = model_of(t, 2, &file);
    double score[ROWS], half = .5;
    uint8_t y[ROWS];
    mien_label c;
    mien_verdict v, want;
    CHECK_EQ(mien_tabular_score(m, u, score, NULL, NULL), MIEN_OK);
    CHECK_EQ(mien_label_find(u, 3, "yes", &c, NULL), MIEN_OK);
    CHECK_EQ(mien_label_read(&c, u, 3, y, NULL), MIEN_OK);
    const mien_scored rows = {ROWS - 1, y + 1, score + 1, NULL};
    CHECK_EQ(mien_verdict_of(&rows, mien_tabular_threshold(m), 123, NULL, &want,
                             NULL),
             MIEN_OK);
    CHECK_EQ(mien_evaluate(m, u, NULL, &v, NULL), MIEN_OK);
    CHECK(v.rows == ROWS - 1 && v.auc.low == want.auc.low &&
          v.auc.value == want.auc.value && v.ap.high == want.ap.high &&
          v.count.tp == want.count.tp && v.threshold == want.threshold);
    CHECK_EQ(mien_brier(&rows, &want.brier, NULL), MIEN_OK);
    CHECK_NEAR(v.brier, want.brier, 1e-12);
    /* Again, with choices: the model begins anew. */
    mien_evaluate_options o = MIEN_EVALUATE_DEFAULTS;
    o.threshold = &half;
    o.positive = "no";
    CHECK_EQ(mien_evaluate(m, u, &o, &v, NULL), MIEN_OK);
    CHECK(v.rows == ROWS - 1 && v.threshold == .5);
    CHECK_NEAR(v.auc.value, 1 - want.auc.value, 1e-12);
    mien_tabular_free(m);
    free(file.data);
    mien_table_free(t);
    mien_table_free(u);
    free(text);
    free(other);
}

/* What training did, labels shifted ahead of events, is done again: no row of
 * an event is judged, and windows cross none. */
static void test_a_shift_is_done_again(void)
{
    char *text = study_csv(ROWS, 3);
    mien_table *t = study_table(text);
    for (int window = 1; window < 4; window += 2) {
        mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
        mien_tabular *m = NULL;
        double decision[ROWS];
        mien_verdict v, want;
        o.recipe.ahead = 2;
        o.recipe.window = window;
        mien_study *s = study_must(t, &o);
        mien_bytes file = mien_study_model(s);
        CHECK_EQ(mien_tabular_read(file.data, file.n, &m, NULL), MIEN_OK);
        mien_tabular_decide_windows(m, s->x, s->samples, s->end, decision);
        uint8_t y[ROWS];
        for (int64_t i = 0; i < s->samples; i++)
            y[i] = mi_study_label(s, i);
        const mien_scored rows = {s->samples, y, decision, NULL};
        CHECK_EQ(mien_verdict_of(&rows, s->cut, 123, NULL, &want, NULL),
                 MIEN_OK);
        CHECK_EQ(mien_evaluate(m, t, NULL, &v, NULL), MIEN_OK);
        CHECK(v.rows == s->samples && v.rows < ROWS - window);
        CHECK(v.auc.value == want.auc.value && v.count.tp == want.count.tp);
        CHECK(v.threshold == s->threshold && v.unseen == 0);
        mien_tabular_free(m);
        mien_study_free(s);
    }
    mien_table_free(t);
    free(text);
}

/* A table of one class, or of none, is judged as far as that goes. */
static void test_tables_of_one_class(void)
{
    char *text = study_csv(ROWS, 3);
    mien_table *t = study_table(text), *u = NULL;
    mien_bytes file;
    mien_tabular *m = model_of(t, 1, &file);
    mien_verdict v;
    mien_error err = {0};
    u = study_table("a,b,kind,y\n-1,-1,red,no\n1,1,red,no\n");
    CHECK_EQ(mien_evaluate(m, u, NULL, &v, NULL), MIEN_OK);
    CHECK(v.rows == 2 && isnan(v.auc.value) && v.count.fp == 1);
    mien_table_free(u);
    u = study_table("a,b,kind,y\n-1,-1,red,yes\n1,1,red,yes\n");
    CHECK_EQ(mien_evaluate(m, u, NULL, &v, NULL), MIEN_OK);
    CHECK(v.rows == 2 && isnan(v.ap.value) && v.recall.value == .5);
    mien_table_free(u);
    u = study_table("a,b,kind,y\n");
    CHECK_EQ(mien_evaluate(m, u, NULL, &v, &err), MIEN_EARG);
    CHECK(strstr(err.text, "no rows"));
    mien_table_free(u);
    mien_tabular_free(m);
    free(file.data);
    mien_table_free(t);
    free(text);
}

static void test_tables_that_do_not_fit(void)
{
    char *text = study_csv(ROWS, 3);
    mien_table *t = study_table(text);
    mien_bytes file;
    mien_tabular *m = model_of(t, 1, &file);
    mien_evaluate_options o = MIEN_EVALUATE_DEFAULTS;
    mien_verdict v = {.rows = 77};
    mien_error err = {0};
    o.label = "answer";
    CHECK_EQ(mien_evaluate(m, t, &o, &v, &err), MIEN_EARG);
    CHECK(strstr(err.text, "no column 'answer'"));
    o.label = "a";
    CHECK(mien_evaluate(m, t, &o, &v, &err) != MIEN_OK);
    mien_table *u = study_table("a,kind,y\n1,red,yes\n2,red,no\n");
    CHECK(mien_evaluate(m, u, NULL, &v, &err) != MIEN_OK);
    CHECK(strstr(err.text, "'b'"));
    mien_table_free(u);
    mien_status st = MIEN_ENOMEM;
    for (int n = 0; st == MIEN_ENOMEM && n < 500; n++) {
        mi_alloc_fail_after(n);
        st = mien_evaluate(m, t, NULL, &v, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && v.rows == 77));
    }
    CHECK(st == MIEN_OK && v.rows == ROWS);
    mien_tabular_free(m);
    free(file.data);
    mien_table_free(t);
    free(text);
}

/* ---- predictions --------------------------------------------------------- */

/* All lines of a table, given in pieces of so many rows. */
static char *predict(mien_tabular *m, const mien_predict_options *o,
                     const mien_table *t, int64_t piece)
{
    mien_predictor *p = NULL;
    mien_buffer b = {0};
    int64_t row[ROWS];
    mien_tabular_restart(m);
    CHECK_EQ(mien_predictor_new(m, o, &p, NULL), MIEN_OK);
    mien_predictor_head(p, &b);
    for (int64_t i = 0; i < ROWS; i += piece) {
        mien_table *part = NULL;
        int64_t n = ROWS - i < piece ? ROWS - i : piece;
        for (int64_t k = 0; k < n; k++)
            row[k] = i + k;
        CHECK_EQ(mien_table_select_rows(t, n, row, &part, NULL), MIEN_OK);
        CHECK_EQ(mien_predictor_rows(p, part, &b, NULL), MIEN_OK);
        mien_table_free(part);
    }
    mien_predictor_free(p);
    return study_text(&b);
}

/* The lines are those of scores and contributions, looked at the slow way. */
static void check_lines(mien_tabular *m, const mien_table *t, const char *text)
{
    static double score[ROWS];
    static float part[ROWS * 4];
    char want[200];
    const mien_encoder *e = mien_tabular_encoder(m);
    mien_tabular_restart(m);
    CHECK_EQ(mien_tabular_score(m, t, score, part, NULL), MIEN_OK);
    CHECK(strncmp(text, "row,score,verdict,top_1,top_2\n1,,,,\n", 36) == 0);
    text += 36;
    for (int i = 1; i < ROWS; i++) {
        char name[2][80];
        float most = HUGE_VALF;
        for (int k = 0; k < 2; k++) {
            int best = -1;
            for (int j = 0; j < e->width; j++) {
                float v = fabsf(part[i * e->width + j]);
                if (v < most &&
                    (best < 0 || v > fabsf(part[i * e->width + best])))
                    best = j;
            }
            mien_encoder_name(e, best, sizeof name[k], name[k]);
            most = fabsf(part[i * e->width + best]);
        }
        int n =
            snprintf(want, sizeof want, "%d,%.6g,%d,%s,%s\n", i + 1, score[i],
                     score[i] >= mien_tabular_threshold(m), name[0], name[1]);
        CHECK_MSG(strncmp(text, want, (size_t)n) == 0, "%.*s, want %s", n, text,
                  want);
        text += n;
    }
    CHECK(!*text);
}

static void test_predictions(void)
{
    char *text = study_csv(ROWS, 5);
    mien_table *t = study_table(text);
    mien_bytes file;
    mien_tabular *m = model_of(t, 2, &file);
    mien_predict_options o = MIEN_PREDICT_DEFAULTS;
    double threshold = 2;
    o.top = 2;
    char *whole = predict(m, &o, t, ROWS), *pieces = predict(m, &o, t, 7);
    CHECK(strcmp(whole, pieces) == 0);
    check_lines(m, t, whole);
    free(whole);
    free(pieces);
    o.alarms = 1;
    o.top = 0;
    whole = predict(m, &o, t, ROWS);
    int alarms = 0, lines = 0;
    for (const char *p = strchr(whole, '\n'); p[1]; p = strchr(p + 1, '\n')) {
        lines++;
        alarms += strncmp(strchr(p + 1, '\n') - 2, ",1", 2) == 0;
    }
    CHECK(lines == alarms && lines > 5 && lines < ROWS);
    free(whole);
    o.threshold = &threshold;
    whole = predict(m, &o, t, ROWS);
    CHECK(strcmp(whole, "row,score,verdict\n") == 0);
    free(whole);
    o.top = MIEN_PREDICT_MAX_TOP + 1;
    mien_predictor *p = NULL;
    CHECK_EQ(mien_predictor_new(m, &o, &p, NULL), MIEN_EARG);
    mien_tabular_free(m);
    free(file.data);
    mien_table_free(t);
    free(text);
}

/* Texts that the model has not seen are counted column by column, or refused;
 * probabilities near 1 are told from 1. */
static void test_unseen_texts_and_many_digits(void)
{
    char csv[ROWS * 16] = "a,kind,y\n";
    for (int i = 0; i < ROWS; i++)
        snprintf(csv + strlen(csv), 16, "%d,%s,%d\n", i % 50,
                 i % 3 ? "red" : "blue", i % 50 > 40);
    mien_table *t = study_table(csv), *u = NULL;
    mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
    o.recipe.positive = NULL;
    o.logistic.c = 1000;
    mien_study *s = study_must(t, &o);
    mien_bytes file = mien_study_model(s);
    mien_tabular *m = NULL;
    mien_predictor *p = NULL;
    mien_predict_options how = MIEN_PREDICT_DEFAULTS;
    mien_buffer b = {0};
    mien_error err = {0};
    how.top = 0;
    CHECK_EQ(mien_tabular_read(file.data, file.n, &m, NULL), MIEN_OK);
    CHECK_EQ(mien_predictor_new(m, &how, &p, NULL), MIEN_OK);
    u = study_table("a,kind\n48,red\n49,green\n49,red\n3,green\n4,\n");
    CHECK_EQ(mien_predictor_rows(p, u, &b, NULL), MIEN_OK);
    CHECK_EQ(mien_predictor_rows(p, u, &b, NULL), MIEN_OK);
    CHECK(mien_predictor_unseen(p)[0] == 0 && mien_predictor_unseen(p)[1] == 4);
    char *text = study_text(&b);
    CHECK_MSG(strncmp(text, "1,0.99999", 9) == 0 && strstr(text, "\n3,0.99999"),
              "%s", text);
    free(text);
    mien_predictor_free(p);
    how.unseen = MIEN_UNSEEN_ERROR;
    CHECK_EQ(mien_predictor_new(m, &how, &p, NULL), MIEN_OK);
    CHECK_EQ(mien_predictor_rows(p, u, &b, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "column 'kind': 2 values"));
    mien_predictor_free(p);
    mien_buffer_free(&b);
    mien_table_free(u);
    mien_tabular_free(m);
    mien_study_free(s);
    mien_table_free(t);
}

/* Names with commas and quotes are quoted; only the model's columns are asked
 * for. */
static void test_a_reader_is_told_the_columns(void)
{
    char csv[8000] = "z,\"a,\"\"b\",y\n";
    for (int i = 0; i < 200; i++)
        snprintf(csv + strlen(csv), 40, "%d,%d,%d\n", i, i * 31 % 50,
                 i * 31 % 50 + i % 3 > 30);
    mien_table *t = study_table(csv), *narrow = NULL;
    mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
    const char *const drop[] = {"z"};
    mien_status st;
    o.recipe.positive = NULL;
    o.recipe.drop = drop;
    o.recipe.drops = 1;
    mien_study *s = study_of(t, &o, &st, NULL);
    CHECK_EQ(st, MIEN_OK);
    mien_bytes file = mien_study_model(s);
    mien_tabular *m = NULL;
    mien_predictor *p = NULL;
    mien_csv_options how = MIEN_CSV_DEFAULTS;
    mien_buffer b = {0};
    CHECK_EQ(mien_tabular_read(file.data, file.n, &m, NULL), MIEN_OK);
    CHECK_EQ(mien_predictor_new(m, NULL, &p, NULL), MIEN_OK);
    mien_predictor_csv(p, &how);
    CHECK_EQ(
        mien_csv_read((const uint8_t *)csv, strlen(csv), &how, &narrow, NULL),
        MIEN_OK);
    CHECK(mien_table_columns(narrow) == 1);
    CHECK_EQ(mien_predictor_rows(p, narrow, &b, NULL), MIEN_OK);
    char *text = study_text(&b);
    CHECK(strstr(text, ",\"a,\"\"b\",,\n2,"));
    free(text);
    mien_predictor_free(p);
    st = MIEN_ENOMEM;
    for (int n = 0; st == MIEN_ENOMEM && n < 200; n++) {
        p = NULL;
        mi_alloc_fail_after(n);
        st = mien_predictor_new(m, NULL, &p, NULL);
        if (!st)
            st = mien_predictor_rows(p, narrow, &b, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || st == MIEN_ENOMEM);
        mien_predictor_free(p);
        mien_buffer_free(&b);
    }
    CHECK_EQ(st, MIEN_OK);
    mien_table_free(narrow);
    mien_tabular_free(m);
    mien_study_free(s);
    mien_table_free(t);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_a_recipe_is_kept_as_text);
    RUN(test_recipes_that_are_none);
    RUN(test_rules_are_read);
    RUN(test_rules_that_say_nothing);
    RUN(test_rows_a_day);
    RUN(test_a_model_is_judged_on_another_table);
    RUN(test_a_shift_is_done_again);
    RUN(test_tables_of_one_class);
    RUN(test_tables_that_do_not_fit);
    RUN(test_predictions);
    RUN(test_unseen_texts_and_many_digits);
    RUN(test_a_reader_is_told_the_columns);
    return check_done();
}
