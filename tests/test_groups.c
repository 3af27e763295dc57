/* Figures of groups of rows: intervals against published examples, counts
 * against counting one by one, groups that a model never learned from. */
#include "base/alloc.h"
#include "mien/study_groups.h"
#include "tests/study_make.h"

#include <math.h>

/* ---- shares and gaps ----------------------------------------------------- */

/* Newcombe 1998, Statistics in Medicine 17, table I (a) and (b). */
static void test_intervals_are_the_published_ones(void)
{
    static const struct {
        int count, of;
        double low, high;
    } wilson[] = {{81, 263, .2553, .3662},
                  {15, 148, .0624, .1605},
                  {0, 20, 0, .1611},
                  {1, 29, .0061, .1718}};
    for (size_t i = 0; i < sizeof wilson / sizeof *wilson; i++) {
        mien_share s = mien_share_of(wilson[i].count, wilson[i].of);
        CHECK(fabs(s.low - wilson[i].low) < 6e-5);
        CHECK(fabs(s.high - wilson[i].high) < 6e-5);
    }
    mien_share none = mien_share_of(0, 0), few = mien_share_of(3, 9);
    CHECK(isnan(none.value) && isnan(none.low));
    CHECK(few.value == 3 / 9. && isnan(few.low) && isnan(few.high));
    CHECK(!isnan(mien_share_of(3, 10).low));
}

/* `of` rows of a group, the first `count` of which are alarmed events. */
static int put_group(int g, int count, int of, int at, uint8_t *y,
                     double *score, int32_t *group)
{
    for (int i = 0; i < of; i++, at++) {
        y[at] = 1;
        score[at] = i < count;
        group[at] = g;
    }
    return at;
}

/* Newcombe 1998, Statistics in Medicine 17, 873-890, table II, method 10. */
static void test_a_gap_is_the_published_one(void)
{
    static uint8_t y[400];
    static double score[400];
    static int32_t group[400];
    mien_group_rates rates[4];
    mien_group_gap gap[MIEN_GROUP_FIGURES];
    int n = put_group(0, 48, 80, 0, y, score, group);
    n = put_group(1, 56, 70, n, y, score, group);
    mien_scored rows = {n, y, score, NULL};
    CHECK_EQ(mien_rates_by_group(&rows, .5, group, 2, rates, gap, NULL),
             MIEN_OK);
    const mien_group_gap *g = &gap[MIEN_GROUP_RECALL];
    CHECK(g->highest == 1 && g->lowest == 0 && g->groups == 2);
    CHECK(fabs(g->value - .2) < 1e-12);
    CHECK(fabs(g->low - .0524) < 6e-5 && fabs(g->high - .3339) < 6e-5);
    CHECK(gap[MIEN_GROUP_FALSE_ALARM].highest < 0);

    /* Nine rows lie furthest away, and say nothing; the gap of the small group
     * is wide, that of the large one is sure. */
    n = put_group(2, 0, 9, n, y, score, group);
    n = put_group(3, 5, 10, n, y, score, group);
    rows.n = n;
    CHECK_EQ(mien_rates_by_group(&rows, .5, group, 4, rates, gap, NULL),
             MIEN_OK);
    CHECK(g->groups == 3 && g->highest == 1 && g->lowest == 0);
    CHECK(g->low > 0 && g->low < .0524);
    CHECK(rates[2].rows == 9 && isnan(rates[2].share[0].low));
}

static void test_equal_groups_do_not_differ(void)
{
    static uint8_t y[200];
    static double score[200];
    static int32_t group[200];
    mien_group_rates rates[2];
    mien_group_gap gap[MIEN_GROUP_FIGURES];
    int n = put_group(0, 30, 50, 0, y, score, group);
    n = put_group(1, 30, 50, n, y, score, group);
    group[0] = -1;
    y[1] = 0;
    mien_scored rows = {n, y, score, NULL};
    CHECK_EQ(mien_rates_by_group(&rows, .5, group, 2, rates, gap, NULL),
             MIEN_OK);
    CHECK(rates[0].rows == 49 && rates[0].events == 48);
    CHECK_EQ(rates[0].share[MIEN_GROUP_ALARMS].count, 29);
    CHECK_EQ(rates[0].share[MIEN_GROUP_PRECISION].count, 28);
    CHECK_EQ(rates[0].share[MIEN_GROUP_FALSE_ALARM].count, 1);
    CHECK_EQ(rates[0].share[MIEN_GROUP_ACCURACY].count, 28);
    CHECK(gap[MIEN_GROUP_RECALL].low < 0 && isnan(rates[0].auc));
    score[5] = (double)NAN;
    CHECK_EQ(mien_rates_by_group(&rows, .5, group, 2, rates, gap, NULL),
             MIEN_EARG);
}

/* Groups of no difference are said to differ in at most one of twenty tables:
 * of 400, binomially, 33 is four deviations above 20 x 0.95. */
static void test_false_cries_are_rare(void)
{
    enum { N = 600, GROUPS = 6 };
    static uint8_t y[N];
    static double score[N];
    static int32_t group[N];
    unsigned seed = 5;
    int cries = 0;
    for (int k = 0; k < 400; k++) {
        mien_group_rates rates[GROUPS];
        mien_group_gap gap[MIEN_GROUP_FIGURES];
        for (int i = 0; i < N; i++) {
            y[i] = 1;
            score[i] = check_rand(&seed) % 10 < 8;
            group[i] = (int32_t)(check_rand(&seed) % GROUPS);
        }
        mien_scored rows = {N, y, score, NULL};
        CHECK_EQ(
            mien_rates_by_group(&rows, .5, group, GROUPS, rates, gap, NULL),
            MIEN_OK);
        cries += gap[MIEN_GROUP_RECALL].low > 0;
    }
    CHECK_MSG(cries <= 37, "%d of 400", cries);
}

/* ---- a model ------------------------------------------------------------- */

/* "a,b,kind,age,sex,y"; of sexes[] one a row, "." for none. */
static mien_table *people(int n, const char *sexes, unsigned seed)
{
    mien_buffer b = {0};
    mien_buffer_puts(&b, "a,b,kind,age,sex,y\n");
    for (int i = 0; i < n; i++) {
        double a = check_rand(&seed) % 1000 / 500. - 1;
        double c = check_rand(&seed) % 1000 / 500. - 1;
        char sex[2] = {sexes[check_rand(&seed) % strlen(sexes)], 0};
        int age = (int)(check_rand(&seed) % 90);
        mien_buffer_printf(&b, "%.3f,%.3f,%s,", a, c,
                           check_rand(&seed) % 3 ? "red" : "blue");
        if (age)
            mien_buffer_printf(&b, "%d", age);
        mien_buffer_printf(&b, ",%s,%s\n", *sex == '.' ? "" : sex,
                           a + c > .8 ? "yes" : "no");
    }
    mien_buffer_put(&b, "", 1);
    mien_table *t = study_table((const char *)b.data);
    /* The table points into the text, which the caller's seed makes anew. */
    static mien_buffer kept[8];
    static int at;
    mien_buffer_free(&kept[at]);
    kept[at] = b;
    at = (at + 1) % 8;
    return t;
}

static mien_tabular *model(const mien_table *t, const char *const *by, int bys,
                           mien_buffer *text)
{
    static const char *const drop[] = {"sex", "age"};
    mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
    mien_status st;
    mien_error err = {0};
    o.recipe.drop = drop;
    o.recipe.drops = 2;
    o.by = by;
    o.bys = bys;
    mien_study *s = study_of(t, &o, &st, &err);
    CHECK_MSG(s, "%s", err.text);
    mien_tabular *m = NULL;
    mien_bytes file = mien_study_model(s);
    CHECK_EQ(mien_tabular_read(file.data, file.n, &m, NULL), MIEN_OK);
    CHECK_EQ(mien_study_groups(s)->n, bys > 1 ? bys + 1 : bys);
    if (text)
        mien_groupings_text(mien_study_groups(s), text);
    mien_study_free(s);
    return m;
}

static const mien_group *find(const mien_grouping *g, const char *name)
{
    for (int i = 0; i < g->groups; i++)
        if (strcmp(g->group[i].name, name) == 0)
            return &g->group[i];
    return NULL;
}

static void test_a_group_never_seen_cannot_be_judged(void)
{
    static const char *const by[] = {"sex", "age:18:65"};
    mien_table *learn = people(2000, "FFM.", 1);
    mien_table *use = people(900, "FMX", 2);
    mien_buffer text = {0};
    mien_tabular *m = model(learn, by, 2, &text);
    CHECK(text.n && strstr((char *)text.data, "by sex x age:18:65"));
    mien_groupings g = {0};
    mien_verdict v;
    CHECK_EQ(mien_evaluate_by(m, use, NULL, 2, by, &v, &g, NULL), MIEN_OK);
    CHECK(g.n == 3 && !g.crossed && v.rows == 900);
    const mien_group *x = find(&g.grouping[0], "X");
    const mien_group *f = find(&g.grouping[0], "F");
    CHECK(x && x->trained == 0 && x->rates.rows > 200 &&
          x->rates.share[MIEN_GROUP_ALARMS].of == 0);
    CHECK(f && f->trained > 300 &&
          f->rates.share[MIEN_GROUP_ALARMS].of == f->rates.rows);
    CHECK(!find(&g.grouping[0], "missing"));
    CHECK_EQ(g.grouping[0].gap[MIEN_GROUP_ALARMS].groups, 2);
    CHECK(find(&g.grouping[1], "18 to below 65")->trained > 300);
    CHECK(find(&g.grouping[1], "missing") != NULL);
    CHECK_EQ(find(&g.grouping[2], "X, below 18")->trained, 0);
    int64_t rows = 0;
    for (int i = 0; i < g.grouping[2].groups; i++)
        rows += g.grouping[2].group[i].rates.rows;
    CHECK_EQ(rows, 900);
    mien_groupings_free(&g);
    mien_buffer_free(&text);
    mien_tabular_free(m);
    mien_table_free(learn);
    mien_table_free(use);
}

/* Without a record, a model knows the texts that it reads, and nothing else. */
static void test_what_a_model_does_not_record(void)
{
    static const char *const by[] = {"kind", "sex", "age:18:65", "sex:18"};
    mien_table *learn = people(900, "FM", 3);
    mien_table *use = people(400, "FX", 4);
    mien_tabular *m = model(learn, NULL, 0, NULL);
    mien_groupings g = {0};
    mien_verdict v;
    mien_error err = {0};
    CHECK_EQ(mien_evaluate_by(m, use, NULL, 3, by, &v, &g, NULL), MIEN_OK);
    CHECK_EQ(find(&g.grouping[0], "red")->trained, MIEN_TRAINED_SOME);
    CHECK_EQ(find(&g.grouping[1], "X")->trained, MIEN_TRAINED_UNKNOWN);
    mien_groupings_free(&g);
    CHECK_EQ(mien_evaluate_by(m, use, NULL, 4, by, &v, &g, &err), MIEN_EARG);
    CHECK(strstr(err.text, "texts"));
    CHECK_EQ(mien_evaluate_by(m, use, NULL, 1, &by[3], &v, &g, NULL),
             MIEN_EARG);
    static const char *const wrong[] = {"nobody",    "age:",      "age:3:2",
                                        "age:3:3",   "age:1:x",   "age:nan",
                                        "age:1:inf", "age:1:2:z", "a"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK_EQ(mien_evaluate_by(m, use, NULL, 1, &wrong[i], &v, &g, &err),
                 MIEN_EARG);
        CHECK_MSG(strstr(err.text, i ? "18:65" : "nobody"), "%s", err.text);
    }
    static const char *const many[9] = {"sex", "sex", "sex", "sex", "sex",
                                        "sex", "sex", "sex", "sex"};
    CHECK_EQ(mien_evaluate_by(m, use, NULL, 9, many, &v, &g, NULL),
             MIEN_ELIMIT);
    mien_tabular_free(m);
    mien_table_free(learn);
    mien_table_free(use);
}

/* 90 ages by two sexes by two kinds are too many to be told apart. */
static void test_too_many_together_are_said(void)
{
    static const char *const by[] = {"age", "sex", "kind"};
    mien_table *t = people(3000, "FM", 5);
    mien_tabular *m = model(t, NULL, 0, NULL);
    mien_groupings g = {0};
    mien_verdict v;
    mien_buffer text = {0};
    mien_json j = mien_json_on(&text, 0);
    CHECK_EQ(mien_evaluate_by(m, t, NULL, 3, by, &v, &g, NULL), MIEN_OK);
    CHECK(g.n == 3 && g.crossed > MIEN_GROUPS_MAX);
    mien_groupings_text(&g, &text);
    CHECK(strstr((char *)text.data, "too many to be told apart"));
    text.n = 0;
    mien_groupings_json(&g, NULL, &j);
    mien_buffer_put(&text, "", 1);
    CHECK(strstr((char *)text.data, "\"by\":\"age\""));
    mien_buffer_free(&text);
    mien_groupings_free(&g);
    mien_tabular_free(m);
    mien_table_free(t);
}

static void test_every_allocation_may_fail(void)
{
    static const char *const by[] = {"sex", "age:18:65"};
    mien_table *t = people(200, "FM.", 6);
    mien_tabular *m = model(t, by, 2, NULL);
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    for (; st == MIEN_ENOMEM && n < 1000; n++) {
        mien_groupings g = {0};
        mien_verdict v;
        mi_alloc_fail_after(n);
        st = mien_evaluate_by(m, t, NULL, 2, by, &v, &g, NULL);
        mi_alloc_fail_after(-1);
        mien_groupings_free(&g);
    }
    CHECK_EQ(st, MIEN_OK);
    CHECK(n > 60);
    mien_tabular_free(m);
    mien_table_free(t);
}

int main(void)
{
    RUN(test_intervals_are_the_published_ones);
    RUN(test_a_gap_is_the_published_one);
    RUN(test_equal_groups_do_not_differ);
    RUN(test_false_cries_are_rare);
    RUN(test_a_group_never_seen_cannot_be_judged);
    RUN(test_what_a_model_does_not_record);
    RUN(test_too_many_together_are_said);
    RUN(test_every_allocation_may_fail);
    return check_done();
}
