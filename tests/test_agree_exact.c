/* test_agree_exact.c: every figure of agreement against its definition in plain
 * loops. */
#include "tests/agree_make.h"

#include <math.h>

/* ---- against definitions ------------------------------------------------- */

/* Labels as read: value [units][labellers], below 0 missing. */
typedef struct grid {
    int units, labellers, labels;
    const double *column[AGREE_MOST];
} grid;

static int label_at(const grid *g, int u, int i)
{
    return isnan(g->column[i][u]) ? -1 : (int)g->column[i][u];
}

/* Krippendorff's difference of two labels by its definition. */
static double apart(mien_agree_level level, const double *count, int a, int b)
{
    if (level == MIEN_AGREE_NOMINAL)
        return a != b;
    if (level == MIEN_AGREE_INTERVAL)
        return (double)(a - b) * (a - b);
    if (level == MIEN_AGREE_RATIO)
        return a == b ? 0 : (double)(a - b) * (a - b) / ((a + b) * (a + b));
    double sum = 0;
    for (int g = a < b ? a : b; g <= (a < b ? b : a); g++)
        sum += count[g];
    sum -= (count[a] + count[b]) / 2;
    return sum * sum;
}

/* Alpha by the coincidence matrix. */
static double slow_alpha(const grid *g, mien_agree_level level)
{
    double o[AGREE_MOST][AGREE_MOST] = {{0}}, count[AGREE_MOST] = {0};
    double n = 0, seen = 0, chance = 0;
    for (int u = 0; u < g->units; u++) {
        int m = 0;
        for (int i = 0; i < g->labellers; i++)
            m += label_at(g, u, i) >= 0;
        for (int i = 0; i < g->labellers; i++)
            for (int k = 0; k < g->labellers; k++) {
                int a = label_at(g, u, i), b = label_at(g, u, k);
                if (i != k && a >= 0 && b >= 0)
                    o[a][b] += 1. / (m - 1);
            }
    }
    for (int a = 0; a < g->labels; a++)
        for (int b = 0; b < g->labels; b++) {
            count[a] += o[a][b];
            n += o[a][b];
        }
    for (int a = 0; a < g->labels; a++)
        for (int b = 0; b < g->labels; b++) {
            seen += o[a][b] * apart(level, count, a, b);
            chance += count[a] * count[b] * apart(level, count, a, b);
        }
    return 1 - (n - 1) * seen / chance;
}

/* Observed agreement and AC1 by going through pairs of labellers. */
static void slow_ac1(const grid *g, double *observed, double *ac1)
{
    double share[AGREE_MOST] = {0}, units = 0, several = 0, chance = 0;
    *observed = 0;
    for (int u = 0; u < g->units; u++) {
        double m = 0, same = 0;
        for (int i = 0; i < g->labellers; i++)
            m += label_at(g, u, i) >= 0;
        for (int i = 0; i < g->labellers && m > 0; i++)
            if (label_at(g, u, i) >= 0)
                share[label_at(g, u, i)] += 1 / m;
        units += m > 0;
        if (m < 2)
            continue;
        for (int i = 0; i < g->labellers; i++)
            for (int k = 0; k < g->labellers; k++)
                same += i != k && label_at(g, u, i) >= 0 &&
                        label_at(g, u, i) == label_at(g, u, k);
        *observed += same / (m * (m - 1));
        several++;
    }
    *observed /= several;
    for (int a = 0; a < g->labels; a++)
        chance += share[a] / units * (1 - share[a] / units);
    chance /= g->labels - 1;
    *ac1 = (*observed - chance) / (1 - chance);
}

/* Cohen's kappa with weights |a - b|^power, 0: 0 or 1. */
static double slow_kappa(const grid *g, int i, int k, int power)
{
    double table[AGREE_MOST][AGREE_MOST] = {{0}}, n = 0, seen = 0, chance = 0;
    double row[AGREE_MOST] = {0}, column[AGREE_MOST] = {0};
    for (int u = 0; u < g->units; u++) {
        int a = label_at(g, u, i), b = label_at(g, u, k);
        if (a < 0 || b < 0)
            continue;
        table[a][b]++;
        row[a]++;
        column[b]++;
        n++;
    }
    for (int a = 0; a < g->labels; a++)
        for (int b = 0; b < g->labels; b++) {
            double w = power ? pow(abs(a - b), power) : a != b;
            seen += w * table[a][b] / n;
            chance += w * row[a] * column[b] / n / n;
        }
    return 1 - seen / chance;
}

/* How often labeller i says what the most of the others say. */
static void slow_majority(const grid *g, int i, int64_t *agreed, int64_t *asked)
{
    *agreed = *asked = 0;
    for (int u = 0; u < g->units; u++) {
        int count[AGREE_MOST] = {0}, others = 0, best = 0, ties = 0;
        for (int k = 0; k < g->labellers; k++)
            if (k != i && label_at(g, u, k) >= 0) {
                count[label_at(g, u, k)]++;
                others++;
            }
        for (int a = 1; a < g->labels; a++)
            if (count[a] > count[best])
                best = a;
        for (int a = 0; a < g->labels; a++)
            ties += count[a] == count[best];
        if (label_at(g, u, i) < 0 || others < 2 || ties > 1)
            continue;
        ++*asked;
        *agreed += label_at(g, u, i) == best;
    }
}

static grid grid_of(const mien_table *t, int labels)
{
    grid g = {.units = (int)mien_table_rows(t),
              .labellers = mien_table_columns(t),
              .labels = labels};
    for (int i = 0; i < g.labellers; i++)
        g.column[i] = mien_table_column(t, i).number;
    return g;
}

/* Every figure of a table that was drawn. */
static void check_table(const agree_plant *p, mien_agree_level level)
{
    mien_table *t = agree_wide(p);
    grid g = grid_of(t, p->labels);
    mien_agree_options o = agree_options(p->labellers, level);
    o.replicates = 20;
    mien_agreement a = agree_of(t, &o);
    double observed, ac1;
    CHECK_EQ(a.labels, p->labels);
    CHECK_NEAR(a.alpha.value, slow_alpha(&g, level), 1e-10);
    slow_ac1(&g, &observed, &ac1);
    CHECK_NEAR(a.observed.value, observed, 1e-12);
    if (level <= MIEN_AGREE_ORDINAL)
        CHECK_NEAR(a.ac1.value, ac1, 1e-12);
    for (int i = 0; i < a.pairs; i++) {
        const mien_agree_pair *q = &a.pair[i];
        CHECK_NEAR(q->kappa.value, slow_kappa(&g, q->a, q->b, 0), 1e-10);
        if (level == MIEN_AGREE_ORDINAL) {
            CHECK_NEAR(q->linear.value, slow_kappa(&g, q->a, q->b, 1), 1e-10);
            CHECK_NEAR(q->quadratic.value, slow_kappa(&g, q->a, q->b, 2),
                       1e-10);
        }
    }
    for (int i = 0; i < a.labellers && level <= MIEN_AGREE_ORDINAL; i++) {
        int64_t agreed, asked;
        slow_majority(&g, i, &agreed, &asked);
        CHECK_EQ(a.labeller[i].majority.count, agreed);
        CHECK_EQ(a.labeller[i].majority.of, asked);
    }
    mien_agreement_free(&a);
    mien_table_free(t);
}

static void test_definitions(void)
{
    for (uint32_t seed = 0; seed < 12; seed++)
        for (int level = MIEN_AGREE_NOMINAL; level <= MIEN_AGREE_RATIO;
             level++) {
            agree_plant p = {.units = 60,
                             .labellers = 3 + (int)seed % 4,
                             .labels = 2 + (int)seed % 5,
                             .right = 0.5 + 0.04 * seed,
                             .missing = seed % 3 * 0.2,
                             .seed = seed + 7 * check_seed};
            check_table(&p, (mien_agree_level)level);
        }
}

/* Fleiss' kappa is chance-corrected as his formula says; and alpha is that of
 * small samples: 1 - (1 - kappa) (n - 1) / n, n labels in all. */
static void test_alpha_and_fleiss(void)
{
    agree_plant p = {.units = 80, .labellers = 4, .labels = 3, .right = 0.7};
    mien_table *t = agree_wide(&p);
    mien_agree_options o = agree_options(4, MIEN_AGREE_NOMINAL);
    mien_agreement a = agree_of(t, &o);
    CHECK_NEAR(a.alpha.value, 1 - (1 - a.fleiss.value) * 319 / 320, 1e-12);
    mien_agreement_free(&a);
    mien_table_free(t);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_definitions);
    RUN(test_alpha_and_fleiss);
    return check_done();
}
