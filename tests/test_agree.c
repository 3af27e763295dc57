/* test_agree.c: agreement of labellers: published examples, what holds of any
 * labels, what is refused. */
#include "dataset/agree.h"
#include "tests/agree_make.h"
#include "tests/study_make.h"

#include <math.h>

/* The agreement in a CSV, by columns of labellers named like a, b, c. */
static mien_agreement told(const char *csv, int labellers,
                           mien_agree_level level)
{
    mien_table *t = study_table(csv);
    mien_agree_options o = agree_options(labellers, level);
    o.replicates = 200;
    mien_agreement a = agree_of(t, &o);
    mien_table_free(t);
    return a;
}

/* ---- published examples -------------------------------------------------- */

static void test_krippendorffs_example(void)
{
    static const double want[] = {0, 0.743, 0.815, 0.849, 0.797};
    for (int level = MIEN_AGREE_NOMINAL; level <= MIEN_AGREE_RATIO; level++) {
        mien_agreement a = told(agree_krippendorff, 4, (mien_agree_level)level);
        CHECK_NEAR(a.alpha.value, want[level], 0.0005);
        CHECK(a.units == 12 && a.once == 1 && a.values == 41);
        CHECK(a.missing == 7 && a.labels == 5 && a.labellers == 4);
        mien_agreement_free(&a);
    }
}

/* P. Shrout and J. Fleiss, Psychol. Bull. 86, 1979, tables 2 and 4; intervals
 * as psych::ICC gives them. */
static void test_shrout_and_fleiss_example(void)
{
    static const double want[MIEN_ICCS][3] = {
        {.17, -.133, .72}, {.29, .019, .76}, {.71, .342, .95},
        {.44, -.884, .91}, {.62, .071, .93}, {.91, .676, .99}};
    mien_agreement a = told("a,b,c,d\n9,2,5,8\n6,1,3,2\n8,4,6,8\n7,1,2,6\n"
                            "10,5,6,9\n6,2,4,7\n",
                            4, MIEN_AGREE_ANY);
    CHECK_EQ(a.level, MIEN_AGREE_INTERVAL);
    CHECK(a.measures.complete);
    for (int i = 0; i < MIEN_ICCS; i++) {
        const mien_agree_figure *f = &a.measures.icc[i];
        CHECK_NEAR(f->value, want[i][0], 0.005);
        CHECK_NEAR(f->low, want[i][1], 0.0005);
        CHECK_NEAR(f->high, want[i][2], 0.005);
    }
    CHECK_NEAR(a.measures.within * a.measures.within, 6.26, 0.01); /* WMS */
    CHECK(strcmp(mien_icc_name(MIEN_ICC_2_K), "ICC(2,k)") == 0);
    mien_agreement_free(&a);
}

static void test_fleiss_example(void)
{
    static const char *const votes[] = {"v", "w", "x", "y", "z"};
    mien_table *t = study_table(agree_fleiss);
    mien_agree_options o = MIEN_AGREE_DEFAULTS;
    o.votes = votes;
    o.n_votes = 5;
    mien_agreement a = agree_of(t, &o);
    CHECK_EQ(a.level, MIEN_AGREE_NOMINAL);
    CHECK_NEAR(a.observed.value, 0.5556, 0.0001); /* his P, 0.556 */
    CHECK_NEAR(a.fleiss.value, 0.430, 0.0005);
    CHECK(a.units == 30 && a.values == 180 && !a.labellers && !a.pairs);
    CHECK(a.fleiss.low < 0.40 && a.fleiss.high > 0.46);
    mien_agreement_free(&a);
    mien_table_free(t);
}

/* A table of two labellers' labels as rows. */
static char *square(int k, const int *count)
{
    char *text = calloc(1, 1 << 14), *at = text + snprintf(text, 8, "a,b\n");
    for (int i = 0; i < k; i++)
        for (int j = 0; j < k; j++)
            for (int n = 0; n < count[i * k + j]; n++)
                at += snprintf(at, 16, "%d,%d\n", i, j);
    return text;
}

/* J. Cohen, Educ. Psychol. Meas. 20, 1960: 200 subjects, 0.70 agree, 0.41 by
 * chance: kappa 0.492.  A. Feinstein and D. Cicchetti, J. Clin. Epidemiol. 43,
 * 1990: 0.85 agree, kappa 0.32, where AC1 is 0.81 (by its formula). */
static void test_examples_of_two(void)
{
    static const int cohen[] = {88, 14, 18, 10, 40, 10, 2, 6, 12};
    static const int paradox[] = {80, 10, 5, 5};
    char *text = square(3, cohen), *other = square(2, paradox);
    mien_buffer said = {0};
    mien_agreement a = told(text, 2, MIEN_AGREE_NOMINAL);
    CHECK_EQ(a.pairs, 1);
    CHECK_NEAR(a.pair[0].kappa.value, 0.492, 0.0005);
    CHECK_NEAR(a.pair[0].observed, 0.70, 1e-12);
    CHECK(isnan(a.pair[0].linear.value) && a.pair[0].linear.why);
    CHECK(a.labeller[0].verdict == MIEN_AGREE_UNSURE && !a.told);
    mien_agreement_free(&a);
    a = told(other, 2, MIEN_AGREE_NOMINAL);
    CHECK_NEAR(a.observed.value, 0.85, 1e-12);
    CHECK_NEAR(a.pair[0].kappa.value, 0.32, 0.005);
    CHECK_NEAR(a.ac1.value, 0.808, 0.0005);
    mien_agreement_advice(&a, &said);
    char *advice = study_text(&said);
    CHECK_MSG(strstr(advice, "paradox of kappa"), "%s", advice);
    CHECK(strstr(advice, "below 0.667: by Krippendorff's limits"));
    mien_agreement_free(&a);
    free(advice);
    free(text);
    free(other);
}

/* J. Bland and D. Altman, Lancet 1, 1986, table 1: peak flow, large and mini
 * meter: mean difference 2.1 l/min, deviation 38.8; its error 9.4, that of a
 * limit 16.3. */
static void test_bland_and_altmans_example(void)
{
    mien_agreement a = told(
        "a,b\n494,512\n395,430\n516,520\n434,428\n476,500\n557,600\n413,364\n"
        "442,380\n650,658\n433,445\n417,432\n656,626\n267,260\n478,477\n"
        "178,259\n423,350\n427,451\n",
        2, MIEN_AGREE_ANY);
    const mien_agree_limits *l = &a.measures.limits;
    CHECK_EQ(l->units, 17);
    CHECK_NEAR(l->mean.value, 2.1, 0.05);
    CHECK_NEAR(l->deviation, 38.8, 0.05);
    CHECK_NEAR(l->high.value, l->mean.value + 1.96 * l->deviation, 0.01);
    CHECK_NEAR(l->low.value, l->mean.value - 1.96 * l->deviation, 0.01);
    CHECK_NEAR((l->mean.high - l->mean.value) / 2.12, 9.4, 0.05);
    CHECK_NEAR((l->high.high - l->high.value) / 2.12, 16.3, 0.05);
    CHECK_NEAR(a.measures.within, sqrt(24120 / 17. / 2), 1e-9);
    CHECK_NEAR(a.measures.detectable, 1.96 * sqrt(2) * a.measures.within, 0.01);
    mien_agreement_free(&a);
}

/* Tables of F, Student and the normal distribution; R. Fisher, The Design of
 * Experiments, 1935: the lady tasting tea. */
static void test_chances(void)
{
    CHECK_NEAR(mi_agree_f_at(0.95, 5, 10), 3.325835, 1e-5);
    CHECK_NEAR(mi_agree_f_at(0.975, 1, 120), 5.152349, 1e-4);
    CHECK_NEAR(mi_agree_f_at(0.05, 10, 5), 1 / 3.325835, 1e-6);
    CHECK_NEAR(mi_agree_t_at(0.975, 9), 2.262157, 1e-6);
    CHECK_NEAR(mi_agree_t_at(0.975, 1), 12.706205, 1e-5);
    CHECK_NEAR(mi_agree_normal_at(0.975), 1.959964, 1e-6);
    CHECK_NEAR(mi_agree_at_least(4, 4, 4, 8), 1. / 70, 1e-12);
    CHECK_NEAR(mi_agree_at_least(3, 4, 4, 8), 17. / 70, 1e-12);
    CHECK_NEAR(mi_agree_at_least(0, 4, 3, 8), 1, 1e-12);
    CHECK_NEAR(mi_agree_at_least(2, 6, 5, 8), 1, 1e-12); /* 3 are not drawn */
    for (double x = 0.05; x < 30; x *= 1.7) { /* two and two degrees: closed */
        CHECK_NEAR(mi_agree_f_below(x, 2, 2), x / (1 + x), 1e-12);
        CHECK_NEAR(mi_agree_f_below(x, 7, 4), 1 - mi_agree_f_below(1 / x, 4, 7),
                   1e-12);
    }
}

/* ---- properties ---------------------------------------------------------- */

/* Other names for labels change no figure of names; numbers may be moved and
 * stretched. */
static void test_other_names(void)
{
    agree_plant p = {.units = 100, .labellers = 3, .labels = 4, .right = 0.7};
    mien_table *t = agree_wide(&p);
    double other[3][100];
    static const double name[] = {7, -2, 30, 5};
    mien_column c[3];
    mien_agree_options o = agree_options(3, MIEN_AGREE_NOMINAL);
    mien_agreement a = agree_of(t, &o), b;
    mien_table *u = NULL;
    for (int i = 0; i < 3; i++) {
        c[i] = mien_table_column(t, i);
        for (int r = 0; r < 100; r++)
            other[i][r] = name[(int)c[i].number[r]];
        c[i].number = other[i];
    }
    CHECK(!mien_table_new(100, 3, c, &u, NULL));
    b = agree_of(u, &o);
    CHECK_NEAR(a.alpha.value, b.alpha.value, 1e-12);
    CHECK_NEAR(a.fleiss.value, b.fleiss.value, 1e-12);
    CHECK_NEAR(a.ac1.value, b.ac1.value, 1e-12);
    for (int i = 0; i < 3; i++)
        CHECK_NEAR(a.pair[i].kappa.value, b.pair[i].kappa.value, 1e-12);
    mien_agreement_free(&a);
    mien_agreement_free(&b);
    mien_table_free(u);
    o.level = MIEN_AGREE_INTERVAL;
    a = agree_of(t, &o);
    for (int i = 0; i < 3; i++)
        for (int r = 0; r < 100; r++)
            other[i][r] = 1e6 + 3 * mien_table_column(t, i).number[r];
    CHECK(!mien_table_new(100, 3, c, &u, NULL));
    b = agree_of(u, &o);
    CHECK_NEAR(a.alpha.value, b.alpha.value, 1e-9);
    CHECK_NEAR(3 * a.measures.within, b.measures.within, 1e-8);
    for (int i = 0; i < MIEN_ICCS; i++)
        CHECK_NEAR(a.measures.icc[i].value, b.measures.icc[i].value, 1e-8);
    mien_agreement_free(&a);
    mien_agreement_free(&b);
    mien_table_free(u);
    mien_table_free(t);
}

static void test_perfect_and_random(void)
{
    agree_plant p = {.units = 4000, .labellers = 3, .labels = 4, .right = 1};
    for (int level = MIEN_AGREE_NOMINAL; level <= MIEN_AGREE_RATIO; level++) {
        mien_agree_options o = agree_options(3, (mien_agree_level)level);
        o.replicates = 20;
        p.right = 1;
        mien_table *t = agree_wide(&p);
        mien_agreement a = agree_of(t, &o);
        CHECK(a.alpha.value == 1 && a.alpha.low == 1 && !a.differing);
        if (level > MIEN_AGREE_ORDINAL)
            CHECK(a.measures.icc[MIEN_ICC_2_1].value == 1);
        mien_agreement_free(&a);
        mien_table_free(t);
        p.right = 0.25;
        t = agree_wide(&p);
        a = agree_of(t, &o);
        CHECK_NEAR(a.alpha.value, 0, 0.04);
        CHECK(level > MIEN_AGREE_ORDINAL || fabs(a.ac1.value) < 0.04);
        mien_agreement_free(&a);
        mien_table_free(t);
    }
}

/* The three shapes of one table give one answer. */
static void test_shapes(void)
{
    static const char *const votes[] = {"happy", "sad"};
    mien_table *row = study_table(
        "unit,who,label\n1,a,sad\n1,b,sad\n1,c,happy\n2,a,happy\n2,b,happy\n"
        "3,a,sad\n3,b,happy\n3,c,sad\n4,c,sad\n5,a,\n,a,sad\n");
    mien_table *wide = study_table("unit,a,b,c\n1,sad,sad,happy\n"
                                   "2,happy,happy,\n3,sad,happy,sad\n4,,,sad\n"
                                   "5,,,\n");
    mien_table *count = study_table("unit,happy,sad\n1,1,2\n2,2,0\n3,1,2\n"
                                    "4,0,1\n5,0,\n");
    const mien_table *table[] = {row, wide, count};
    mien_agree_options o[3] = {MIEN_AGREE_DEFAULTS, MIEN_AGREE_DEFAULTS,
                               MIEN_AGREE_DEFAULTS};
    o[0].labeller = "who";
    o[0].label = "label";
    o[1].labellers = agree_names;
    o[1].n_labellers = 3;
    o[2].votes = votes;
    o[2].n_votes = 2;
    for (int i = 0; i < 3; i++) {
        o[i].unit = "unit";
        mien_agreement a = agree_of(table[i], &o[i]);
        CHECK(a.units == 4 && a.once == 1 && a.none == 1 && a.values == 9);
        CHECK(a.labels == 2 && strcmp(a.label[1], "sad") == 0);
        CHECK_NEAR(a.observed.value, (1. / 3 + 1 + 1. / 3) / 3, 1e-12);
        CHECK_NEAR(a.alpha.value, 1 - 7 * 4 / 32., 1e-12);
        CHECK_EQ(a.pairs, i < 2 ? 3 : 0);
        CHECK(strcmp(a.unit[0].name, "1") == 0);
        CHECK_MSG(strcmp(a.unit[0].labels, "sad 2, happy 1") == 0, "%s",
                  a.unit[0].labels);
        CHECK((strstr(a.remarks, "1 rows without a unit") != NULL) == (i == 0));
        mien_agreement_free(&a);
    }
    mien_table_free(row);
    mien_table_free(wide);
    mien_table_free(count);
}

/* Votes have an order too, and may be for numbers; texts of an order are as the
 * numbers of their places. */
static void test_votes_of_levels(void)
{
    static const char *const order[] = {"1", "2", "3", "4", "5"};
    static const char *const votes[] = {"5", "1", "3", "2", "4"};
    mien_table *t = study_table(
        "u,1,2,3,4,5\na,3,0,0,0,0\nb,0,3,1,0,0\nc,0,0,4,0,0\nd,0,0,4,0,0\n"
        "e,0,4,0,0,0\nf,1,1,1,1,0\ng,0,0,0,4,0\nh,3,1,0,0,0\ni,0,4,0,0,0\n"
        "j,0,0,0,0,3\nk,2,0,0,0,0\nl,0,0,1,0,0\n");
    mien_agree_options o = MIEN_AGREE_DEFAULTS;
    static const double want[] = {0, 0.743, 0.815, 0.849, 0.797};
    o.votes = votes;
    o.n_votes = 5;
    for (int level = MIEN_AGREE_ORDINAL; level <= MIEN_AGREE_RATIO; level++) {
        o.level = (mien_agree_level)level;
        o.order = order;
        o.orders = level == MIEN_AGREE_ORDINAL ? 5 : 0;
        mien_agreement a = agree_of(t, &o);
        CHECK_NEAR(a.alpha.value, want[level], 0.0005);
        CHECK(level == MIEN_AGREE_ORDINAL || !a.measures.complete);
        mien_agreement_free(&a);
    }
    mien_table_free(t);
}

/* ---- what is refused, and what is said ----------------------------------- */

/* A table that is refused, with a status and words. */
static void refused(const char *csv, const mien_agree_options *o,
                    mien_status want, const char *words)
{
    mien_table *t = study_table(csv);
    mien_agreement a = {0};
    mien_error err = {0};
    mien_status st = mien_dataset_agree(t, o, &a, &err);
    CHECK_MSG(st == want && strstr(err.text, words), "%s: %s",
              mien_status_name(st), err.text);
    mien_agreement_free(&a);
    mien_table_free(t);
}

/* Options for tables of each of the three shapes. */
static void three_ways(mien_agree_options *row, mien_agree_options *wide,
                       mien_agree_options *votes)
{
    const mien_agree_options o = MIEN_AGREE_DEFAULTS;
    *row = *wide = *votes = o;
    row->unit = "u";
    row->labeller = "w";
    row->label = "l";
    wide->labellers = votes->votes = agree_names;
    wide->n_labellers = votes->n_votes = 2;
}

static void test_what_is_refused(void)
{
    mien_agree_options o = MIEN_AGREE_DEFAULTS, row, wide, votes;
    three_ways(&row, &wide, &votes);
    refused("a,b\n1,2\n", &o, MIEN_EARG, "where are the labels?");
    refused("a,b\n", &wide, MIEN_EFORMAT, "no rows");
    refused("a,c\n1,2\n", &wide, MIEN_EARG, "no column 'b' (--labellers)");
    refused("u,w,l\n1,ann,x\n2,ann,y\n", &row, MIEN_EFORMAT,
            "one labeller, 'ann'");
    refused("u,w,l\n1,ann,x\n2,bob,y\n", &row, MIEN_EFORMAT,
            "no unit has two labels");
    refused("u,w,l\n1,ann,x\n1,bob,y\n", &row, MIEN_EFORMAT, "one unit");
    refused("a,b\n,\n,\n", &wide, MIEN_EFORMAT, "no unit has a label");
    refused(
        "u,w,l\n1,ann,x\n1,bob,y\n2,ann,x\n2,bob,x\n1,ann,y\n", &row,
        MIEN_EFORMAT,
        "row 5: 'ann' labelled unit '1' in row 1 too: leave one row out, or "
        "--repeat");
    refused("a,b\n1,2\n1,inf\n", &wide, MIEN_EFORMAT,
            "row 2: column 'b' is inf, wanted a number of at most 1e+100");
    refused("a,b\n1,2\n1,-1e200\n", &wide, MIEN_EFORMAT, "is -1e+200");
    refused("a,b\n0,1e-200\n0,0\n", &wide, MIEN_EFORMAT, "in another unit");
    refused("a,b\n1,2\n1,1.5\n", &votes, MIEN_EFORMAT,
            "row 2: 1.5 votes in column 'b'");
    refused("a,b\n1,2\n1,-1\n", &votes, MIEN_EFORMAT, "row 2: -1 votes");
    refused("a,b\n1,x\n1,2\n", &votes, MIEN_EFORMAT, "wanted counts");
    refused("a,b\n1,99999999\n1,2\n", &votes, MIEN_EFORMAT, "votes");
}

/* The same of options that do not go together, or not with the table. */
static void test_what_options_are_refused(void)
{
    static const char *const far[] = {"1e200", "b"};
    static const char *const order[] = {"low", "high"};
    static const char *const twice[] = {"a", "a"};
    mien_agree_options row, wide, votes;
    three_ways(&row, &wide, &votes);
    votes.level = MIEN_AGREE_INTERVAL;
    refused("a,b\n1,2\n1,2\n", &votes, MIEN_EARG, "votes for 'a'");
    votes.votes = far;
    refused("1e200,b\n1,2\n1,2\n", &votes, MIEN_EARG,
            "votes for '1e200': wanted a number of at most 1e+100");
    votes.n_votes = MIEN_AGREE_MAX_LABELS + 1;
    refused("a,b\n1,2\n", &votes, MIEN_ELIMIT, "1001 columns of votes");
    row.repeat = 1;
    refused("u,w,l\n1,ann,x\n1,ann,y\n1,ann (2),x\n2,ann,x\n2,bob,x\n", &row,
            MIEN_EFORMAT, "row 2: 'ann' labelled unit '1' again");
    row.repeat = 0;
    wide.labellers = twice;
    refused("a,b\n1,2\n", &wide, MIEN_EARG, "twice (--labellers)");
    wide.labellers = agree_names;
    wide.unit = "u";
    refused("u,a,b\n1,1,1\n1,1,1\n", &wide, MIEN_EFORMAT,
            "row 2: unit '1' is there before");
    wide.unit = NULL;
    wide.level = MIEN_AGREE_ORDINAL;
    refused("a,b\nlow,high\nlow,low\n", &wide, MIEN_EARG, "(--order)");
    wide.order = order;
    wide.orders = 2;
    refused("a,b\nlow,high\nlow,middle\n", &wide, MIEN_EARG,
            "row 2: label 'middle' is not in the order");
    wide.level = MIEN_AGREE_INTERVAL;
    refused("a,b\n1,2\n2,2\n", &wide, MIEN_EARG, "leave their order out");
    wide.orders = 0;
    refused("a,b\nlow,high\nlow,low\n", &wide, MIEN_EARG,
            "level interval wants numbers");
    wide.level = MIEN_AGREE_RATIO;
    refused("a,b\n-1,2\n1,1\n", &wide, MIEN_EARG, "-1 is below 0");
    wide.level = MIEN_AGREE_ANY;
    wide.by = "g";
    refused("a,b,h\n1,2,1\n1,2,1\n", &wide, MIEN_EARG, "'g' (--by)");
    row.by = "g";
    refused("u,w,l,g\n1,ann,x,f\n1,bob,y,m\n", &row, MIEN_EFORMAT,
            "row 2: unit '1' is in group 'm', and in 'f' before");
    wide.by = NULL;
    wide.replicates = 3;
    refused("a,b\n1,2\n2,2\n", &wide, MIEN_EARG, "3 replicates");
}

/* A kappa of one label alone is not defined, and is neither 1 nor silent. */
static void test_equal_labels(void)
{
    for (int level = MIEN_AGREE_NOMINAL; level <= MIEN_AGREE_RATIO; level++) {
        mien_agreement a =
            told("a,b\n3,3\n3,3\n3,3\n", 2, (mien_agree_level)level);
        mien_buffer said = {0};
        CHECK(isnan(a.alpha.value) && strstr(a.alpha.why, "equal"));
        CHECK(isnan(a.ac1.value) && isnan(a.fleiss.value) && a.fleiss.why);
        CHECK(a.observed.value == 1 && isnan(a.observed.low));
        if (level <= MIEN_AGREE_ORDINAL)
            CHECK(isnan(a.pair[0].kappa.value) && a.pair[0].kappa.why &&
                  strstr(a.pair[0].kappa.why, "same label"));
        else
            CHECK(isnan(a.measures.icc[0].value) && a.measures.icc[0].why);
        mien_agreement_text(&a, &said);
        char *text = study_text(&said);
        CHECK(strstr(text, "not defined (all labels are equal)") &&
              !strstr(text, "nan"));
        free(text);
        mien_agreement_free(&a);
    }
}

/* Labels that can be compared are equal, others are not; and three labellers of
 * whom nothing can be said. */
static void test_too_few_to_say(void)
{
    mien_agreement a =
        told("a,b,c\nx,x,\nx,x,\ny,,\nx,x,x\n", 3, MIEN_AGREE_ANY);
    mien_buffer said = {0};
    CHECK(isnan(a.alpha.value) && strstr(a.alpha.why, "two or more"));
    CHECK(a.ac1.value == 1 && a.once == 1 && !a.told);
    mien_agreement_text(&a, &said);
    char *text = study_text(&said);
    CHECK_MSG(strstr(text, "too few to say"), "%s", text);
    CHECK_MSG(strstr(text, "chance: all labels are equal of units"), "%s",
              text);
    free(text);
    mien_agreement_free(&a);
}

/* Alpha lies far above AC1 where a few units have most of the labels: that is
 * not the paradox, whose labels are unequally frequent. */
static void test_no_paradox(void)
{
    static const char *const votes[] = {"x", "y", "z"};
    mien_table *t = study_table("x,y,z\n50,0,0\n0,50,0\n0,0,50\n1,1,0\n"
                                "0,1,1\n1,0,1\n1,1,0\n0,1,1\n1,0,1\n");
    mien_agree_options o = MIEN_AGREE_DEFAULTS;
    o.votes = votes;
    o.n_votes = 3;
    mien_agreement a = agree_of(t, &o);
    mien_buffer said = {0};
    CHECK(a.alpha.value > a.ac1.value + 0.2);
    mien_agreement_advice(&a, &said);
    char *advice = study_text(&said);
    CHECK_MSG(!strstr(advice, "paradox"), "%s", advice);
    free(advice);
    mien_agreement_free(&a);
    mien_table_free(t);
}

/* Measures that are repeated by one labeller, spellings, and silence. */
static void test_repeats_and_remarks(void)
{
    mien_table *t = study_table(
        "u,w,l,g\n1,ann,Yes,f\n1,ann,no,f\n1,Ann.,Yes,f\n2,ann,no,F\n"
        "2,ann,no,F\n3,bob,,f\n1,eve,no,\n4,eve,no,\n");
    mien_agree_options o = MIEN_AGREE_DEFAULTS;
    o.unit = "u";
    o.labeller = "w";
    o.label = "l";
    o.by = "g";
    o.repeat = 1;
    mien_agreement a = agree_of(t, &o);
    CHECK(a.labellers == 5 && a.all_pairs == 10);
    CHECK(strcmp(a.labeller[4].name, "ann (2)") == 0);
    CHECK(strstr(a.remarks, "1 units are in no group"));
    CHECK(strstr(a.remarks, "'Ann.' and 'ann' count as two labellers"));
    CHECK(strstr(a.remarks, "'F' and 'f' count as two groups"));
    CHECK(strstr(a.remarks, "'bob' gave no label"));
    CHECK(a.groups == 2 && a.gap.highest == -1);
    mien_agreement_free(&a);
    mien_table_free(t);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_krippendorffs_example);
    RUN(test_shrout_and_fleiss_example);
    RUN(test_fleiss_example);
    RUN(test_examples_of_two);
    RUN(test_bland_and_altmans_example);
    RUN(test_chances);
    RUN(test_other_names);
    RUN(test_perfect_and_random);
    RUN(test_shapes);
    RUN(test_votes_of_levels);
    RUN(test_what_is_refused);
    RUN(test_what_options_are_refused);
    RUN(test_equal_labels);
    RUN(test_too_few_to_say);
    RUN(test_no_paradox);
    RUN(test_repeats_and_remarks);
    return check_done();
}
