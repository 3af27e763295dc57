/* test_agree_planted.c: how often intervals of agreement hold the truth, and
 * whether a labeller who answers at random is found, and nobody else.  With
 * TORTURE=1 ten times as many tables. */
#include "tests/agree_make.h"

#include <math.h>

static int seeds_of(int all) { return getenv("TORTURE") ? all : all / 10; }

/* At least a share of the seeds, less three standard errors of so few. */
static void check_share(int found, int seeds, double least, const char *what)
{
    double slack = 3 * sqrt(least * (1 - least) / seeds);
    printf("%s: %d of %d\n", what, found, seeds);
    CHECK_MSG(found >= (least - slack) * seeds, "%s: %d of %d", what, found,
              seeds);
}

/* Alpha of labellers who say the truth with a chance, of labels that are as
 * frequent. */
static double true_alpha(double right, int labels)
{
    double same =
        right * right + (1 - right) * (1 - right) / (double)(labels - 1);
    return (same - 1. / labels) / (1 - 1. / labels);
}

/* Intervals of alpha, kappa and AC1, whose truth is the same here. */
static void test_intervals_hold_the_truth(void)
{
    int seeds = seeds_of(400), alpha = 0, ac1 = 0, kappa = 0, pairs = 0;
    double truth = true_alpha(0.8, 4), off[3] = {0};
    for (int i = 0; i < seeds; i++) {
        agree_plant p = {.units = 100,
                         .labellers = 3,
                         .labels = 4,
                         .right = 0.8,
                         .missing = 0.1,
                         .seed = (uint32_t)(1000 + i) + 7919 * check_seed};
        mien_table *t = agree_wide(&p);
        mien_agree_options o = agree_options(3, MIEN_AGREE_NOMINAL);
        mien_agreement a = agree_of(t, &o);
        alpha += a.alpha.low <= truth && a.alpha.high >= truth;
        ac1 += a.ac1.low <= truth && a.ac1.high >= truth;
        off[0] += (a.alpha.value - truth) / seeds;
        off[1] += (a.ac1.value - truth) / seeds;
        off[2] += (a.pair[0].kappa.value + a.pair[1].kappa.value +
                   a.pair[2].kappa.value) /
                      3 / seeds -
                  truth / seeds;
        for (int k = 0; k < a.pairs; k++)
            kappa +=
                a.pair[k].kappa.low <= truth && a.pair[k].kappa.high >= truth;
        pairs += a.pairs;
        mien_agreement_free(&a);
        mien_table_free(t);
    }
    printf("on average off by: alpha %+.4f, AC1 %+.4f, kappa %+.4f of %.3f\n",
           off[0], off[1], off[2], truth);
    for (int k = 0; k < 3; k++)
        CHECK_NEAR(off[k], 0, 3 * 0.05 / sqrt(seeds));
    check_share(alpha, seeds, 0.93, "alpha's interval holds the truth");
    check_share(ac1, seeds, 0.93, "AC1's");
    check_share(kappa, pairs, 0.93, "Cohen's kappa's");
    CHECK_MSG(alpha <= seeds * 0.99, "alpha's interval is too wide: %d", alpha);
}

/* Columns of numbers by labellers, value [by, units]. */
static void list_columns(int by, int units, const double *value, mien_column *c)
{
    for (int i = 0; i < by; i++)
        c[i] = (mien_column){.name = agree_names[i],
                             .type = MIEN_COLUMN_NUMBER,
                             .number = value + i * units};
}

/* Numbers of units, labellers and noise of deviations 2, 1 and 1: ICC(2,1) is
 * 4 / 6, ICC(1,1) too. */
static mien_table *numbers(uint32_t seed)
{
    enum { UNITS = 40, BY = 5 };
    double value[BY][UNITS], bias[BY];
    mien_column c[BY];
    mien_table *t = NULL;
    mien_random r;
    mien_random_init(&r, seed);
    list_columns(BY, UNITS, value[0], c);
    for (int i = 0; i < BY; i++)
        bias[i] = mien_random_normal(&r);
    for (int u = 0; u < UNITS; u++) {
        double truth = 2 * mien_random_normal(&r);
        for (int i = 0; i < BY; i++)
            value[i][u] = 50 + truth + bias[i] + mien_random_normal(&r);
    }
    CHECK(!mien_table_new(UNITS, BY, c, &t, NULL));
    return t;
}

static void test_correlations_hold_the_truth(void)
{
    int seeds = seeds_of(400), agreement = 0, consistency = 0, within = 0;
    double off[2] = {0};
    for (int i = 0; i < seeds; i++) {
        mien_table *t = numbers((uint32_t)(5000 + i) + 7919 * check_seed);
        mien_agree_options o = agree_options(5, MIEN_AGREE_ANY);
        o.replicates = 20;
        mien_agreement a = agree_of(t, &o);
        const mien_agree_figure *f = a.measures.icc;
        agreement +=
            f[MIEN_ICC_2_1].low <= 4. / 6 && f[MIEN_ICC_2_1].high >= 4. / 6;
        consistency +=
            f[MIEN_ICC_3_K].low <= 4 / 4.2 && f[MIEN_ICC_3_K].high >= 4 / 4.2;
        off[0] += (f[MIEN_ICC_2_1].value - 4. / 6) / seeds;
        off[1] += (f[MIEN_ICC_3_K].value - 4 / 4.2) / seeds;
        within += a.measures.within > 1 && a.measures.within < 2;
        mien_agreement_free(&a);
        mien_table_free(t);
    }
    /* Satterthwaite's degrees of freedom, of five labellers who differ much. */
    check_share(agreement, seeds, 0.89, "ICC(2,1)'s interval holds the truth");
    printf("on average off by: ICC(2,1) %+.4f of 0.667, ICC(3,k) %+.4f of "
           "0.952\n",
           off[0], off[1]);
    CHECK_NEAR(off[0], 0, 0.05);
    CHECK_NEAR(off[1], 0, 0.01);
    check_share(consistency, seeds, 0.94, "ICC(3,k)'s");
    CHECK(within > seeds * 0.8);
}

/* Five labellers, 200 units, four labels, right in 90 of 100: the first gives
 * 30 of 100 at random, and is found, alone; and nobody where nobody does. */
static void test_who_stands_apart(void)
{
    int seeds = seeds_of(500), found = 0, others = 0, clean = 0;
    for (int i = 0; i < seeds; i++)
        for (int planted = 0; planted < 2; planted++) {
            agree_plant p = {.units = 200,
                             .labellers = 5,
                             .labels = 4,
                             .right = 0.9,
                             .careless = planted ? 0.3 : 0,
                             .seed = (uint32_t)(2 * i + planted) + 70000 +
                                     7919 * check_seed};
            int apart = 0;
            mien_table *t = agree_wide(&p);
            mien_agree_options o = agree_options(5, MIEN_AGREE_NOMINAL);
            o.replicates = 20;
            mien_agreement a = agree_of(t, &o);
            for (int k = 1; k < 5; k++)
                apart += a.labeller[k].verdict == MIEN_AGREE_APART;
            found += planted && a.labeller[0].verdict == MIEN_AGREE_APART;
            others += planted && !apart;
            clean +=
                !planted && !apart && a.labeller[0].verdict == MIEN_AGREE_WITH;
            mien_agreement_free(&a);
            mien_table_free(t);
        }
    check_share(found, seeds, 0.90, "a careless labeller is found");
    check_share(others, seeds, 0.95, "beside it nobody is named");
    check_share(clean, seeds, 0.95, "of careful ones nobody is named");
}

/* Of twenty careful labellers of sixty units some differ by chance. */
static void test_chance_names_nobody(void)
{
    int seeds = seeds_of(500), clean = 0;
    for (int i = 0; i < seeds; i++) {
        agree_plant p = {.units = 60,
                         .labellers = 20,
                         .labels = 4,
                         .right = 0.8,
                         .seed = (uint32_t)i + 90000 + 7919 * check_seed};
        int apart = 0;
        mien_table *t = agree_wide(&p);
        mien_agree_options o = agree_options(20, MIEN_AGREE_NOMINAL);
        o.replicates = 20;
        mien_agreement a = agree_of(t, &o);
        for (int k = 0; k < 20; k++)
            apart += a.labeller[k].verdict == MIEN_AGREE_APART;
        clean += !apart;
        mien_agreement_free(&a);
        mien_table_free(t);
    }
    check_share(clean, seeds, 0.95, "of twenty careful ones nobody is named");
}

/* The same of numbers: one labeller of five is a deviation too high, or spreads
 * twice as far. */
static void test_numbers_apart(void)
{
    int seeds = seeds_of(500), found[2] = {0}, clean = 0;
    for (int i = 0; i < seeds; i++)
        for (int kind = 0; kind < 3; kind++) {
            enum { UNITS = 100, BY = 5 };
            double value[BY][UNITS];
            mien_column c[BY];
            mien_table *t = NULL;
            mien_random r;
            mien_random_init(&r, (uint32_t)(3 * i + kind) + 7919 * check_seed);
            list_columns(BY, UNITS, value[0], c);
            for (int u = 0; u < UNITS; u++) {
                double truth = 3 * mien_random_normal(&r);
                for (int k = 0; k < BY; k++)
                    value[k][u] =
                        truth + (!k && kind == 0) +
                        (!k && kind == 1 ? 2 : 1) * mien_random_normal(&r);
            }
            CHECK(!mien_table_new(UNITS, BY, c, &t, NULL));
            mien_agree_options o = agree_options(BY, MIEN_AGREE_ANY);
            o.replicates = 20;
            mien_agreement a = agree_of(t, &o);
            int apart = 0;
            for (int k = 0; k < BY; k++)
                apart += a.labeller[k].verdict == MIEN_AGREE_APART;
            if (kind < 2)
                found[kind] += a.labeller[0].verdict == MIEN_AGREE_APART;
            else
                clean += !apart;
            mien_agreement_free(&a);
            mien_table_free(t);
        }
    check_share(found[0], seeds, 0.95, "a labeller too high is found");
    check_share(found[1], seeds, 0.95, "one who spreads is found");
    check_share(clean, seeds, 0.95, "of equal ones nobody is named");
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_intervals_hold_the_truth);
    RUN(test_correlations_hold_the_truth);
    RUN(test_who_stands_apart);
    RUN(test_chance_names_nobody);
    RUN(test_numbers_apart);
    return check_done();
}
