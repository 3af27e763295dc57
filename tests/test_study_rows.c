/* Studies of the rows that tables have: in no order of time, far from 0, of
 * many columns, with few events, and there twice. */
#include "base/alloc.h"
#include "study/study.h"
#include "tests/study_make.h"

enum { ROWS = 400, MANY = 300 };

/* Rows that do not stand in the order of time are refused, or sorted; judged
 * again they are sorted again. */
static void test_rows_are_sorted_by_time(void)
{
    char *text = malloc(ROWS * 40 + 20), *at = text;
    unsigned seed = 21;
    double value[ROWS];
    at += snprintf(at, 20, "a,day,y\n");
    for (int i = 0; i < ROWS; i++)
        value[i] = check_rand(&seed) % 1000 / 1000.;
    for (int i = 0; i < ROWS; i++) {
        int day = i * 77 % ROWS;
        char date[MIEN_DATE_SIZE];
        mien_date_write(day * 86400., date);
        at += snprintf(at, 40, "%g,%s,%d\n", value[day], date,
                       value[(day + 1) % ROWS] > .8);
    }
    mien_table *t = study_table(text);
    mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
    const char *const drop[] = {"day"};
    mien_error err = {0};
    mien_study *s = NULL;
    o.recipe.positive = NULL;
    o.recipe.drop = drop;
    o.recipe.drops = 1;
    o.honest = 1;
    CHECK_EQ(mien_study_new(t, &o, &s, &err), MIEN_EARG);
    CHECK(strstr(err.text, "by column 'day'"));
    o.honest = 0;
    o.recipe.time = "day";
    o.recipe.window = 2;
    s = study_must(t, &o);
    for (int64_t i = 0; i < s->rows; i++)
        CHECK(s->x[i * s->width] == value[i] && s->source[i] == i);
    CHECK(s->split.test[0] > s->split.train[s->split.trains - 1]);
    mien_bytes file = mien_study_model(s);
    mien_tabular *m = NULL;
    mien_verdict v;
    double decision[ROWS];
    uint8_t y[ROWS];
    CHECK_EQ(mien_tabular_read(file.data, file.n, &m, NULL), MIEN_OK);
    CHECK_EQ(mien_evaluate(m, t, NULL, &v, NULL), MIEN_OK);
    mien_tabular_decide_windows(m, s->x, s->samples, s->end, decision);
    for (int64_t i = 0; i < s->samples; i++)
        y[i] = mi_study_label(s, i);
    const mien_scored rows = {s->samples, y, decision, NULL};
    mien_verdict want;
    CHECK_EQ(mien_verdict_of(&rows, s->cut, 123, NULL, &want, NULL), MIEN_OK);
    CHECK(v.auc.value == want.auc.value && v.count.tp == want.count.tp);
    mien_buffer b = {0};
    mien_study_describe(s, &b);
    char *said = study_text(&b);
    CHECK(strstr(said, "  split in the order of day, seed 123;"));
    free(said);
    mien_tabular_free(m);
    mien_study_free(s);
    mien_table_free(t);
    free(text);
}

/* Columns far from 0, in steps that floats do not have, and log-odds beyond
 * where a probability is 1: rows are ranked all the same. */
static void test_nothing_is_cut_to_floats(void)
{
    char *text = malloc(ROWS * 60 + 20), *at = text;
    unsigned seed = 5;
    at += snprintf(at, 20, "a,b,y\n");
    for (int i = 0; i < ROWS; i++) {
        int a = (int)(check_rand(&seed) % 1000), y = a > 700;
        at += snprintf(at, 60, "%.0f,%d,%d\n", 1e12 + a, i % 7,
                       a % 97 == 0 ? 1 - y : y);
    }
    mien_table *t = study_table(text);
    mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
    o.recipe.positive = NULL;
    o.logistic.c = 1e6;
    CHECK_EQ(mien_rule_read("alerts=5/100", NULL, &o.rule, NULL), MIEN_OK);
    mien_study *s = study_must(t, &o);
    const mien_verdict *v = mien_study_verdict(s, MIEN_PART_TEST);
    CHECK(v->auc.value > .9);
    v = mien_study_verdict(s, MIEN_PART_VALIDATION);
    CHECK(v->count.tp + v->count.fp == 3);
    mien_study_free(s);
    mien_table_free(t);
    free(text);
}

/* A table of so many columns that their names fill pages. */
static void test_wide_tables(void)
{
    enum { WIDE = 600 };
    mien_column c[WIDE + 1];
    static double x[WIDE + 1][100];
    static char name[WIDE][64];
    mien_table *t = NULL;
    unsigned seed = 9;
    for (int j = 0; j <= WIDE; j++) {
        for (int i = 0; i < 100; i++)
            x[j][i] = j < WIDE ? check_rand(&seed) % 1000 : i % 4 == 0;
        if (j < WIDE)
            snprintf(name[j], sizeof name[j], "a column with a long name %d",
                     j);
        c[j] = (mien_column){.name = j < WIDE ? name[j] : "y", .number = x[j]};
    }
    CHECK_EQ(mien_table_new(100, WIDE + 1, c, &t, NULL), MIEN_OK);
    for (int k = 0; k < 2; k++) {
        mien_study_options o = study_options((mien_estimator)k);
        mien_tabular *m = NULL;
        o.recipe.positive = NULL;
        mien_study *s = study_must(t, &o);
        mien_bytes file = mien_study_model(s);
        CHECK_EQ(mien_tabular_read(file.data, file.n, &m, NULL), MIEN_OK);
        CHECK_EQ(mien_tabular_encoder(m)->columns, WIDE);
        mien_tabular_free(m);
        mien_study_free(s);
    }
    mien_table_free(t);
}

static char *described(const mien_table *t, const mien_study_options *o)
{
    mien_study *s = NULL;
    mien_buffer b = {0};
    mien_error err = {0};
    CHECK_MSG(!mien_study_new(t, o, &s, &err), "%s", err.text);
    mien_study_describe(s, &b);
    mien_study_free(s);
    return study_text(&b);
}

/* Rare labels are split class by class, unless that is not wanted. */
static void test_rare_events_are_in_every_part(void)
{
    char csv[ROWS * 12] = "a,y\n";
    for (int i = 0; i < ROWS; i++)
        snprintf(csv + strlen(csv), 12, "%d,%d\n", i * 37 % 101, i % 100 == 17);
    mien_table *t = study_table(csv);
    mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
    o.recipe.positive = NULL;
    for (uint32_t seed = 0; seed < 20; seed++) {
        mien_study *s = NULL;
        o.seed = seed;
        CHECK_EQ(mien_study_new(t, &o, &s, NULL), MIEN_OK);
        CHECK(s->stratified && s->split.tests == ROWS / 5);
        mien_study_free(s);
    }
    char *said = described(t, &o);
    CHECK(strstr(said, "split at random within classes"));
    CHECK(strstr(said, "the validation part has 1 event: its figures"));
    free(said);
    mien_study *s = study_must(t, &o);
    CHECK(isnan(mien_study_verdict(s, MIEN_PART_TEST)->auc.low));
    mien_study_free(s);
    s = NULL;
    o.stratify = MIEN_STRATIFY_NO;
    int failed = 0;
    for (o.seed = 0; o.seed < 20; o.seed++) {
        failed += mien_study_new(t, &o, &s, NULL) != MIEN_OK;
        mien_study_free(s);
        s = NULL;
    }
    CHECK(failed > 5);
    mien_table_free(t);
    char *many = study_csv(1000, 47);
    t = study_table(many);
    o = study_options(MIEN_ESTIMATOR_LOGISTIC);
    said = described(t, &o);
    CHECK(strstr(said, "split at random, seed") && !strstr(said, "warning"));
    free(said);
    o.stratify = MIEN_STRATIFY_YES;
    said = described(t, &o);
    CHECK(strstr(said, "split at random within classes, seed"));
    free(said);
    mien_table_free(t);
    free(many);
}

/* Events drawn again before the split stand in both parts. */
static void test_rows_in_two_parts_are_said(void)
{
    char csv[ROWS * 40] = "id,a,b,y\n";
    int id = 0;
    for (int i = 0; i < ROWS / 2; i++)
        snprintf(csv + strlen(csv), 40, "%d,%d,%d,0\n", id++, i * 37 % 101, i);
    for (int i = 0; i < ROWS / 2; i++)
        snprintf(csv + strlen(csv), 40, "%d,%d,%d,1\n", id++, i % 10, -i % 10);
    mien_table *t = study_table(csv);
    mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
    const char *const drop[] = {"id"};
    o.recipe.positive = NULL;
    char *said = described(t, &o);
    CHECK(!strstr(said, "training part too"));
    free(said);
    o.recipe.drop = drop;
    o.recipe.drops = 1;
    said = described(t, &o);
    CHECK(strstr(said, " events, stand in the training part too"));
    free(said);
    mien_table_free(t);
}

/* A table of 400 rows with 120 events, of which all but 40 were made by SMOTE
 * where made is 1. */
static char *rows_made(int made)
{
    enum { ALL = 400, EVENTS = 120, REAL = 40, COLUMNS = 5 };
    static double x[ALL][COLUMNS];
    uint8_t y[ALL] = {0};
    unsigned seed = 11;
    char *csv = malloc(ALL * 120 + 40), *at = csv;
    mien_smote how = {.k = 5, .more = EVENTS - REAL, .seed = 5};
    for (int i = 0; i < ALL; i++) {
        y[i] = i < REAL;
        for (int c = 0; c < COLUMNS; c++)
            x[i][c] = check_rand(&seed) / 65536. + check_rand(&seed) * 1e-9;
    }
    if (made)
        CHECK_EQ(mien_sample_smote(ALL, COLUMNS, x[0], y, &how, x[REAL], NULL),
                 MIEN_OK);
    at += snprintf(at, 40, "a,b,c,d,e,y\n");
    for (int i = 0; i < ALL; i++) {
        for (int c = 0; c < COLUMNS; c++)
            at += snprintf(at, 30, "%.15g,", x[i][c]);
        at += snprintf(at, 8, "%d\n", i < EVENTS);
    }
    return csv;
}

/* Events made by SMOTE before the split lie between those of the training
 * part; other rows do not, nor do those of a table that nobody touched. */
static void test_made_rows_are_said(void)
{
    for (int made = 0; made < 2; made++) {
        char *csv = rows_made(made);
        mien_table *t = study_table(csv);
        mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
        o.recipe.positive = NULL;
        for (o.seed = 1; o.seed < 6; o.seed++) {
            char *said = described(t, &o);
            CHECK((strstr(said, " events of the test part lie exactly between "
                                "two of the training part") != NULL) == made);
            CHECK(!made || strstr(said, "SMOTE do (0 of "));
            free(said);
        }
        mien_table_free(t);
        free(csv);
    }
}

/* Digits that were texts are read as texts again: 02134 is no number. */
static void test_types_are_those_of_training(void)
{
    char csv[MANY * 16] = "zip,y\n";
    for (int i = 0; i < MANY; i++)
        snprintf(csv + strlen(csv), 16, "0%d,%d\n", 10 + i % 7,
                 i % 7 < 2 ? i % 13 != 0 : i % 11 == 0);
    const mien_csv_type zip = {"zip", MIEN_COLUMN_TEXT};
    mien_csv_options how = MIEN_CSV_DEFAULTS;
    mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
    mien_table *t = NULL;
    mien_tabular *m = NULL;
    mien_bytes kept = {0};
    mien_verdict v, want;
    how.type = &zip;
    how.types = 1;
    CHECK_EQ(mien_csv_read((uint8_t *)csv, strlen(csv), &how, &t, NULL),
             MIEN_OK);
    o.recipe.positive = NULL;
    o.recipe.type = &zip;
    o.recipe.types = 1;
    mien_study *s = study_must(t, &o);
    mien_bytes file = mien_study_model(s);
    CHECK_EQ(mien_tabular_read(file.data, file.n, &m, NULL), MIEN_OK);
    CHECK_EQ(mien_evaluate(m, t, NULL, &want, NULL), MIEN_OK);
    mien_table_free(t);
    /* The types asked for are kept for columns that are not the model's. */
    const mien_csv_type more[] = {{"zip", MIEN_COLUMN_NUMBER},
                                  {"y", MIEN_COLUMN_NUMBER}};
    how.type = more;
    how.types = 2;
    CHECK_EQ(mien_evaluate_csv(m, &how, &kept, NULL), MIEN_OK);
    CHECK(how.types == 2 && how.type[0].type == MIEN_COLUMN_TEXT);
    CHECK_EQ(mien_csv_read((uint8_t *)csv, strlen(csv), &how, &t, NULL),
             MIEN_OK);
    CHECK_EQ(mien_evaluate(m, t, NULL, &v, NULL), MIEN_OK);
    CHECK(v.auc.value == want.auc.value && v.auc.value > .8);
    mien_bytes_free(&kept);
    mien_table_free(t);
    t = study_table(csv);
    CHECK_EQ(mien_evaluate(m, t, NULL, &v, NULL), MIEN_OK);
    CHECK(v.unseen == MANY && v.auc.value == .5);
    mien_evaluate_options e = MIEN_EVALUATE_DEFAULTS;
    mien_error err = {0};
    e.unseen = MIEN_UNSEEN_ERROR;
    CHECK_EQ(mien_evaluate(m, t, &e, &v, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "column 'zip': 300 values"));
    mien_status st = MIEN_ENOMEM;
    for (int n = 0; st == MIEN_ENOMEM && n < 100; n++) {
        how.types = 0;
        mi_alloc_fail_after(n);
        st = mien_evaluate_csv(m, &how, &kept, NULL);
        mi_alloc_fail_after(-1);
    }
    CHECK(st == MIEN_OK && how.types == 1);
    mien_bytes_free(&kept);
    mien_table_free(t);
    mien_tabular_free(m);
    mien_study_free(s);
}

/* A value that meant nothing while a model learned means nothing again. */
static void test_missing_values_are_those_of_training(void)
{
    char csv[MANY * 16] = "a,kind,y\n";
    static const char *const dash[] = {"-"};
    for (int i = 0; i < MANY; i++)
        snprintf(csv + strlen(csv), 16, "%d,%s,%d\n", i % 50,
                 i % 3 == 0   ? "-"
                 : i % 3 == 1 ? "NA"
                              : "b",
                 i % 50 > 40);
    mien_csv_options how = MIEN_CSV_DEFAULTS, again = MIEN_CSV_DEFAULTS;
    mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
    mien_table *t = NULL, *u = NULL;
    mien_tabular *m = NULL;
    mien_predictor *p = NULL;
    mien_bytes kept = {0};
    mien_verdict v;
    how.missing = o.recipe.na = dash;
    how.missings = o.recipe.nas = 1;
    o.recipe.positive = NULL;
    CHECK_EQ(mien_csv_read((uint8_t *)csv, strlen(csv), &how, &t, NULL),
             MIEN_OK);
    mien_study *s = study_must(t, &o);
    mien_bytes file = mien_study_model(s);
    CHECK_EQ(mien_tabular_read(file.data, file.n, &m, NULL), MIEN_OK);
    CHECK_EQ(mien_evaluate_csv(m, &again, &kept, NULL), MIEN_OK);
    CHECK(again.missings == 1 && strcmp(again.missing[0], "-") == 0);
    CHECK_EQ(mien_csv_read((uint8_t *)csv, strlen(csv), &again, &u, NULL),
             MIEN_OK);
    CHECK_EQ(mien_evaluate(m, u, NULL, &v, NULL), MIEN_OK);
    CHECK(v.unseen == 0 && mien_table_column(u, 1).missing == MANY / 3);
    again = how;
    CHECK_EQ(mien_predictor_new(m, NULL, &p, NULL), MIEN_OK);
    again.missing = NULL;
    mien_predictor_csv(p, &again);
    CHECK(again.missings == 1 && strcmp(again.missing[0], "-") == 0);
    mien_predictor_free(p);
    mien_bytes_free(&kept);
    mien_table_free(u);
    mien_tabular_free(m);
    mien_study_free(s);
    mien_table_free(t);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_rows_are_sorted_by_time);
    RUN(test_nothing_is_cut_to_floats);
    RUN(test_wide_tables);
    RUN(test_rare_events_are_in_every_part);
    RUN(test_rows_in_two_parts_are_said);
    RUN(test_made_rows_are_said);
    RUN(test_types_are_those_of_training);
    RUN(test_missing_values_are_those_of_training);
    return check_done();
}
