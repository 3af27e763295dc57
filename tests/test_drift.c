/* test_drift.c: two tables compared: every figure against hand and against a
 * slower way, levels, planted drifts that are found, and how often there is a
 * false cry. */
#include "base/alloc.h"
#include "dataset/drift.h"
#include "mien/dataset_compare.h"
#include "tests/check.h"
#include "tests/study_make.h"

#include <math.h>

static mien_drift compared(const char *before, const char *now)
{
    mien_table *a = study_table(before), *b = study_table(now);
    mien_drift d = {0};
    mien_error err = {0};
    CHECK_MSG(!mien_dataset_compare(a, b, NULL, &d, &err), "%s", err.text);
    mien_table_free(a);
    mien_table_free(b);
    return d;
}

/* A column by its name. */
static mien_drift_column column_of(const mien_drift *d, const char *name)
{
    for (int i = 0; i < d->columns; i++)
        if (strcmp(d->column[i].name, name) == 0)
            return d->column[i];
    CHECK_MSG(0, "no column %s", name);
    return (mien_drift_column){.name = ""};
}

/* ---- chances ------------------------------------------------------------- */

/* Of all orders of n + m values, the share whose distance is d or more. */
static double enumerate(double d, int n, int m)
{
    int64_t all = 0, far = 0;
    for (unsigned bits = 0; bits < 1u << (n + m); bits++) {
        int a = 0, b = 0, is = 0;
        if (__builtin_popcount(bits) != n)
            continue;
        for (int i = 0; i < n + m; i++) {
            if (bits >> i & 1)
                a++;
            else
                b++;
            is |= fabs((double)a / n - (double)b / m) >= d - 1e-9;
        }
        all++;
        far += is;
    }
    return (double)far / (double)all;
}

/* scipy.stats.ks_2samp(method='exact') counts the same paths; its values of n =
 * m = 4, d = 1/2 and n = m = 5, d = 1 are 54/70 and 2/252. */
static void test_chances_of_distances(void)
{
    CHECK_NEAR(mi_drift_ks_p(0.5, 4, 4), 54. / 70, 1e-12);
    CHECK_NEAR(mi_drift_ks_p(1, 5, 5), 2. / 252, 1e-12);
    CHECK_NEAR(mi_drift_ks_p(1, 3, 2), 0.2, 1e-12);
    for (int n = 1; n <= 6; n++)
        for (int m = 1; m <= 6; m++)
            for (int k = 1; k <= n * m; k++) {
                double d = (double)k / (n * m);
                CHECK_NEAR(mi_drift_ks_p(d, n, m), enumerate(d, n, m), 1e-12);
            }
    /* Kolmogorov's Q(1) = 0.2699996717 and Q(1.36) = 0.0494858767 (Smirnov's
     * table of 1948), by Stephens' argument at n = m = 20000. */
    double e = 100 + 0.12 + 0.11 / 100;
    CHECK_NEAR(mi_drift_ks_p(1 / e, 20000, 20000), 0.2699996717, 1e-9);
    CHECK_NEAR(mi_drift_ks_p(1.36 / e, 20000, 20000), 0.0494858767, 1e-9);
    CHECK_NEAR(mi_drift_ks_p(0, 20000, 20000), 1, 1e-12);
    CHECK(mi_drift_ks_p(0.9, 20000, 20000) < 1e-100);
    /* Both ways agree where one goes over into the other. */
    CHECK_NEAR(mi_drift_ks_p(0.2, 100, 100), mi_drift_ks_p(0.2, 100, 101),
               0.008);
}

/* Upper 5 % points of chi-square (scipy.stats.chi2.isf(0.05, k)); with two
 * degrees the chance is exp(-x / 2). */
static void test_chances_of_counts(void)
{
    CHECK_NEAR(mi_drift_chi_p(3.841458820694124, 1), 0.05, 1e-13);
    CHECK_NEAR(mi_drift_chi_p(18.307038053275146, 10), 0.05, 1e-13);
    CHECK_NEAR(mi_drift_chi_p(124.34211340400407, 100), 0.05, 1e-12);
    for (double x = 0.01; x < 60; x *= 1.7)
        CHECK_NEAR(mi_drift_chi_p(x, 2) / exp(-x / 2), 1, 1e-12);
    /* The square of a normal deviate. */
    for (double z = 0.1; z < 6; z += 0.3)
        CHECK_NEAR(mi_drift_chi_p(z * z, 1), 2 * mi_drift_normal_p(z), 1e-13);
    CHECK_EQ(mi_drift_chi_p(0, 3), 1);
}

/* statsmodels' multipletests(p, method='fdr_bh') gives the same. */
static void test_chances_of_all_at_once(void)
{
    const double p[] = {0.01, 0.04, 0.03, 0.005, (double)NAN, 0.9};
    const double want[] = {0.025, 0.05, 0.05, 0.025, (double)NAN, 0.9};
    double out[6];
    CHECK(!mi_drift_adjust(6, p, out, NULL));
    for (int i = 0; i < 6; i++)
        CHECK(i == 4 ? isnan(out[i]) : fabs(out[i] - want[i]) < 1e-15);
}

static void test_shares(void)
{
    const int64_t part[] = {25, 50}, whole[] = {100, 100};
    CHECK_NEAR(mi_drift_share_shift(part, whole), acos(-1) / 6, 1e-12);
    /* 100 (25 50 - 50 75)^2 ... : chi-square 13 1/3, as by hand. */
    CHECK_NEAR(mi_drift_share_p(part, whole), mi_drift_chi_p(40. / 3, 1),
               1e-15);
}

/* ---- figures ------------------------------------------------------------- */

/* scipy.stats.wasserstein_distance([0, 1, 3], [5, 6, 8]) is 5; the deviation of
 * both samples is sqrt(7 / 3). */
static void test_numbers_by_hand(void)
{
    mien_drift d = compared("x,y\n0,1\n1,1\n3,1\n", "x,y\n5,1\n6,1\n8,1\n");
    mien_drift_column x = column_of(&d, "x"), y = column_of(&d, "y");
    CHECK_NEAR(x.mean[0], 4. / 3, 1e-12);
    CHECK_NEAR(x.deviation[0], sqrt(7. / 3), 1e-12);
    CHECK_NEAR(x.wasserstein.value, 5 / sqrt(7. / 3), 1e-12);
    CHECK_NEAR(x.mean_shift.value, 5 / sqrt(7. / 3), 1e-12);
    CHECK_NEAR(x.distance.value, 1, 1e-12);
    CHECK_NEAR(x.p, 0.1, 1e-12); /* 2 of 20 orders */
    CHECK_EQ(x.level, MIEN_DRIFT_FEW);
    CHECK(y.distance.value == 0 && y.wasserstein.value == 0 &&
          y.mean_shift.value == 0 && y.p == 1);
    mien_drift_free(&d);
}

/* sum (q - p) ln(q / p) of ten values, each a part; half a row added to each.
 */
static void test_stability_by_hand(void)
{
    char before[4000] = "x\n", now[4000] = "x\n";
    double want = 0;
    for (int v = 1; v <= 10; v++) {
        for (int i = 0; i < 20; i++)
            snprintf(before + strlen(before), 16, "%d\n", v);
        for (int i = 0; i < 2 * v; i++)
            snprintf(now + strlen(now), 16, "%d\n", v);
        double p = 20.5 / 205, q = (2 * v + 0.5) / 115;
        want += (q - p) * log(q / p);
    }
    mien_drift d = compared(before, now);
    mien_drift_column x = column_of(&d, "x");
    CHECK_NEAR(x.stability, want, 1e-12);
    CHECK_EQ(x.parts, 10);
    CHECK(strcmp(x.part[0].label, "to 1") == 0 &&
          strcmp(x.part[9].label, "above") == 0);
    CHECK_NEAR(x.part[3].share[0], 0.1, 1e-12);
    CHECK_NEAR(x.part[3].share[1], 8. / 110, 1e-12);
    mien_drift_free(&d);
}

/* Rows of n texts each: text, count before, count now. */
static void put_texts(char *out, const char *text, int n)
{
    size_t at = strlen(out);
    for (int i = 0; i < n; i++)
        at += (size_t)snprintf(out + at, 40, "%s\n", text);
}

/* Thirty and ten against ten and thirty: chi-square 20, V = sqrt(20 / 80). */
static void test_texts_by_hand(void)
{
    char before[4000] = "w\n", now[4000] = "w\n";
    put_texts(before, "a", 30);
    put_texts(before, "b", 10);
    put_texts(now, "a", 10);
    put_texts(now, "b", 30);
    mien_drift d = compared(before, now);
    mien_drift_column w = column_of(&d, "w");
    CHECK_NEAR(w.distance.value, 0.5, 1e-12);
    CHECK_NEAR(w.association, 0.5, 1e-12);
    CHECK_NEAR(w.p, mi_drift_chi_p(20, 1), 1e-15);
    CHECK_EQ(w.level, MIEN_DRIFT_LARGE);
    CHECK(w.fresh.count == 0 && w.gone.count == 0);
    CHECK(w.parts == 2 && strcmp(w.part[0].label, "a") == 0);
    CHECK_NEAR(w.part[0].share[0], 0.75, 1e-12);
    mien_drift_free(&d);
    put_texts(now, "c", 12);
    put_texts(now, "d", 20);
    put_texts(before, "e", 9);
    d = compared(before, now);
    w = column_of(&d, "w");
    CHECK_EQ(w.fresh.count, 2);
    CHECK_EQ(w.fresh.rows, 32);
    CHECK(w.fresh.shown == 2 && strcmp(w.fresh.text[0], "d") == 0);
    CHECK(w.gone.count == 1 && w.gone.rows == 9);
    mien_drift_free(&d);
}

/* Distances of random values with ties, against all pairs of values. */
static void test_distances_the_slow_way(void)
{
    unsigned seed = check_seed + 7;
    for (int round = 0; round < 30; round++) {
        int n[2] = {5 + (int)(check_rand(&seed) % 60),
                    5 + (int)(check_rand(&seed) % 60)};
        int ties = 3 + (int)(check_rand(&seed) % 40);
        double v[2][64], area = 0, far = 0, square = 0;
        char text[2][1200] = {"x\n", "x\n"};
        for (int s = 0; s < 2; s++)
            for (int i = 0; i < n[s]; i++) {
                v[s][i] = check_rand(&seed) % (unsigned)ties + (s ? 1 : 0);
                snprintf(text[s] + strlen(text[s]), 16, "%g\n", v[s][i]);
            }
        /* Between whole numbers both shares stay as they are. */
        for (double x = -1; x < ties + 3; x++) {
            double share[2] = {0};
            for (int s = 0; s < 2; s++)
                for (int i = 0; i < n[s]; i++)
                    share[s] += (v[s][i] <= x) / (double)n[s];
            far = fmax(far, fabs(share[0] - share[1]));
            area += fabs(share[0] - share[1]);
        }
        mien_drift d = compared(text[0], text[1]);
        mien_drift_column c = column_of(&d, "x");
        for (int i = 0; i < n[0]; i++)
            square += (v[0][i] - c.mean[0]) * (v[0][i] - c.mean[0]);
        CHECK_NEAR(c.distance.value, far, 1e-12);
        CHECK_NEAR(c.wasserstein.value, area / sqrt(square / (n[0] - 1)), 1e-9);
        CHECK(c.distance.low <= far && c.distance.high >= far);
        mien_drift_free(&d);
    }
}

/* ---- levels -------------------------------------------------------------- */

static void test_limits(void)
{
    const mien_drift_limits mean = MIEN_DRIFT_LIMITS_MEAN;
    const mien_drift_limits distance = MIEN_DRIFT_LIMITS_DISTANCE;
    const mien_drift_limits area = MIEN_DRIFT_LIMITS_AUC;
    const double at[] = {mean.small, mean.medium, mean.large};
    const double of[] = {distance.small, distance.medium, distance.large};
    const double auc[] = {area.small, area.medium, area.large};
    for (int i = 0; i < 3; i++) {
        CHECK_NEAR(of[i], 1 - 2 * mi_drift_normal_p(at[i] / 2), 6e-5);
        CHECK_NEAR(auc[i], 1 - mi_drift_normal_p(at[i] / sqrt(2)), 6e-5);
        CHECK_EQ((int)mi_drift_size(at[i], &mean), i + 1);
        CHECK_EQ((int)mi_drift_size(-at[i] + 1e-9, &mean), i);
    }
}

static void test_columns_that_do_not_match(void)
{
    mien_drift d =
        compared("a,b,c,d\n1,2,x,1\n2,3,y,1\n", "a,c,e,b\n1,1,1,u\n2,2,1,v\n");
    CHECK_EQ(d.columns, 5);
    CHECK(strcmp(column_of(&d, "d").why, "gone") == 0);
    CHECK_EQ(column_of(&d, "d").level, MIEN_DRIFT_LARGE);
    CHECK(strcmp(column_of(&d, "b").why, "of another type") == 0);
    CHECK_EQ(column_of(&d, "b").level, MIEN_DRIFT_LARGE);
    CHECK(strcmp(column_of(&d, "e").why, "new") == 0);
    CHECK_EQ(column_of(&d, "e").level, MIEN_DRIFT_UNJUDGED);
    CHECK_EQ(column_of(&d, "a").level, MIEN_DRIFT_FEW);
    CHECK_EQ(mien_drift_worst(&d), MIEN_DRIFT_LARGE);
    CHECK(strstr(d.joint.why, "40 rows"));
    /* The worst first, by name where nothing was measured. */
    CHECK(strcmp(d.column[0].name, "b") == 0);
    CHECK(strcmp(d.column[4].name, "e") == 0);
    mien_drift_free(&d);
}

/* ---- planted ------------------------------------------------------------- */

typedef enum plant {
    CLEAN,
    MEAN,    /* of a, half a deviation */
    SPREAD,  /* of a, 1.8 times as wide */
    WORDS,   /* a share of 0.15 moves from one to another */
    NEW,     /* a tenth of the words is new */
    MISSING, /* 0 to 12 % of b */
    TOGETHER /* a and b correlate the other way */
} plant;
static const char *const planted[] = {"clean", "mean",    "spread",  "words",
                                      "new",   "missing", "together"};

/* A table of n rows, of a plant; its text is freed with it. */
typedef struct sown {
    mien_table *t;
    char *text;
} sown;

static void sown_free(sown *s)
{
    mien_table_free(s->t);
    free(s->text);
}

static sown plant_table(int n, uint32_t seed, plant what)
{
    mien_random r;
    char *text = malloc((size_t)n * 64 + 64), *at = text;
    at += snprintf(at, 64, "a,b,c,w\n");
    mien_random_init(&r, seed);
    for (int i = 0; i < n; i++) {
        double z = mien_random_normal(&r), e = mien_random_normal(&r);
        double a = z * (what == SPREAD ? 1.8 : 1) + (what == MEAN ? 0.5 : 0);
        double b = (what == TOGETHER ? -0.6 : 0.6) * z + 0.8 * e;
        double c = -log(1 - mien_random_unit(&r));
        double u = mien_random_unit(&r) - (what == WORDS ? 0.15 : 0);
        const char *w = u < 0.3 ? "x" : u < 0.6 ? "y" : "z";
        if (what == NEW && mien_random_unit(&r) < 0.1)
            w = "q";
        at += snprintf(at, 64, "%.5f,", a);
        if (what != MISSING || mien_random_unit(&r) >= 0.12)
            at += snprintf(at, 64, "%.5f", b);
        at += snprintf(at, 64, ",%.5f,%s\n", c, w);
    }
    return (sown){study_table(text), text};
}

/* The level of what was planted: of its column, or of all at once. */
static mien_drift_level level_of(const mien_drift *d, plant what)
{
    static const char *const names[] = {"", "a", "a", "w", "w", "b", ""};
    if (what == CLEAN)
        return mien_drift_worst(d);
    if (what == TOGETHER)
        return d->joint.level;
    return column_of(d, names[what]).level;
}

/* How many of some seeds have drift where it was planted. */
static int found(plant what, int seeds, int rows)
{
    int n = 0;
    for (int i = 0; i < seeds; i++) {
        uint32_t seed = (uint32_t)(1000 * (int)what + 2 * i) + check_seed;
        sown before = plant_table(rows, seed, CLEAN);
        sown now = plant_table(rows, seed + 1, what);
        mien_drift d = {0};
        CHECK(!mien_dataset_compare(before.t, now.t, NULL, &d, NULL));
        mien_drift_level level = level_of(&d, what);
        n += level >= MIEN_DRIFT_SMALL && level <= MIEN_DRIFT_LARGE;
        mien_drift_free(&d);
        sown_free(&before);
        sown_free(&now);
    }
    return n;
}

/* Of 1000 rows each.  TORTURE=1: of 50 seeds, and 200 without a drift. */
static void test_planted_drifts(void)
{
    int whole = getenv("TORTURE") != NULL;
    int some = check_every() > 1 ? 1 : 5;
    int seeds = whole ? 50 : some, clean = whole ? 200 : 2 * some;
    for (int what = MEAN; what <= TOGETHER; what++) {
        int n = found((plant)what, seeds, 1000);
        if (whole)
            printf("%s: found in %d of %d seeds\n", planted[what], n, seeds);
        CHECK_MSG(n * 10 >= seeds * 9, "%s: found in %d of %d seeds",
                  planted[what], n, seeds);
    }
    int cries = found(CLEAN, clean, 1000);
    if (whole)
        printf("no drift: %d of %d seeds cried\n", cries, clean);
    CHECK_MSG(cries * 20 <= clean, "%d of %d cried", cries, clean);
}

/* How often an interval of the shift of a mean by half a deviation, and of the
 * distance that makes, holds what is true. */
static void test_intervals_hold_the_truth(void)
{
    int seeds = getenv("TORTURE") ? 200 : 20, mean = 0, distance = 0;
    double truth = 1 - 2 * mi_drift_normal_p(0.25);
    for (int i = 0; i < seeds; i++) {
        sown before = plant_table(500, (uint32_t)(90000 + 2 * i), CLEAN);
        sown now = plant_table(500, (uint32_t)(90001 + 2 * i), MEAN);
        mien_drift d = {0};
        CHECK(!mien_dataset_compare(before.t, now.t, NULL, &d, NULL));
        mien_drift_column a = column_of(&d, "a");
        mean += a.mean_shift.low <= 0.5 && a.mean_shift.high >= 0.5;
        distance += a.distance.low <= truth && a.distance.high >= truth;
        mien_drift_free(&d);
        sown_free(&before);
        sown_free(&now);
    }
    if (seeds > 20)
        printf("intervals hold the truth: mean %d, distance %d of %d\n", mean,
               distance, seeds);
    CHECK_MSG(mean * 10 >= seeds * 9, "mean: %d of %d", mean, seeds);
    CHECK_MSG(distance * 10 >= seeds * 9, "distance: %d of %d", distance,
              seeds);
}

/* ---- the rest ------------------------------------------------------------ */

static void test_odd_columns(void)
{
    char before[9000] = "when,id,inf,gone\n", now[9000] = "when,id,inf,gone\n";
    for (int i = 0; i < 60; i++) {
        snprintf(before + strlen(before), 80, "2020-01-%02d,n%d,%s,%d\n",
                 1 + i % 28, i, i ? "1" : "inf", i);
        snprintf(now + strlen(now), 80, "2021-01-%02d,m%d,%d,\n", 1 + i % 28, i,
                 i % 2);
    }
    mien_drift d = compared(before, now);
    CHECK(strcmp(column_of(&d, "when").why, "dates") == 0);
    CHECK(strstr(column_of(&d, "id").why, "different"));
    CHECK_EQ(column_of(&d, "inf").infinite[0], 1);
    CHECK_EQ(column_of(&d, "inf").values[0], 59);
    CHECK_EQ(column_of(&d, "inf").level, MIEN_DRIFT_LARGE);
    CHECK_EQ(column_of(&d, "gone").missing[1], 60);
    CHECK(isnan(column_of(&d, "gone").distance.value));
    CHECK_EQ(column_of(&d, "gone").level, MIEN_DRIFT_LARGE);
    CHECK_EQ(d.joint.level, MIEN_DRIFT_UNJUDGED);
    mien_buffer b = {0};
    mien_json j = mien_json_on(&b, 0);
    mien_drift_json(&d, &j);
    mien_drift_text(&d, &b);
    const char *const names[] = {"<before>", "now"};
    mien_drift_page(&d, names, &b);
    mien_buffer_put(&b, "", 1);
    CHECK(!b.failed && strstr((char *)b.data, "infinite values left out: 1") &&
          strstr((char *)b.data, "&lt;before>") &&
          strstr((char *)b.data, "\"schema\":\"mien/drift/1\""));
    mien_buffer_free(&b);
    mien_drift_free(&d);
}

/* The same bytes with threads. */
static void test_threads_change_nothing(void)
{
    sown before = plant_table(300, 5, CLEAN);
    sown now = plant_table(300, 6, MEAN);
    mien_drift_options o = MIEN_DRIFT_DEFAULTS;
    mien_buffer text[2] = {{0}, {0}};
    mien_pool *pool = NULL;
    CHECK(!mien_pool_new(3, &pool, NULL));
    for (int i = 0; i < 2; i++) {
        mien_drift d = {0};
        mien_json j = mien_json_on(&text[i], 0);
        o.pool = i ? pool : NULL;
        CHECK(!mien_dataset_compare(before.t, now.t, &o, &d, NULL));
        mien_drift_json(&d, &j);
        mien_drift_free(&d);
    }
    CHECK(text[0].n == text[1].n &&
          memcmp(text[0].data, text[1].data, text[0].n) == 0);
    mien_buffer_free(&text[0]);
    mien_buffer_free(&text[1]);
    mien_pool_free(pool);
    sown_free(&before);
    sown_free(&now);
}

static void test_what_is_refused(void)
{
    static const char *const drop[] = {"a", "nothing"};
    mien_table *t = study_table("a,b\n1,2\n"), *empty = study_table("a,b\n");
    mien_drift_options o = MIEN_DRIFT_DEFAULTS;
    mien_drift d = {0};
    mien_error err = {0};
    CHECK_EQ(mien_dataset_compare(t, empty, NULL, &d, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "of now has no rows"));
    o.drop = drop;
    o.drops = 2;
    CHECK_EQ(mien_dataset_compare(t, t, &o, &d, &err), MIEN_EARG);
    CHECK(strstr(err.text, "'nothing'"));
    o.drops = 1;
    CHECK(!mien_dataset_compare(t, t, &o, &d, &err));
    CHECK_EQ(d.columns, 1);
    mien_drift_free(&d);
    o.alpha = 2;
    CHECK_EQ(mien_dataset_compare(t, t, &o, &d, &err), MIEN_EARG);
    mien_table_free(t);
    mien_table_free(empty);
}

static void test_memory_that_ends(void)
{
    sown before = plant_table(60, 5, CLEAN);
    sown now = plant_table(60, 6, NEW);
    mien_drift_options o = MIEN_DRIFT_DEFAULTS;
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    o.replicates = 20;
    for (; st == MIEN_ENOMEM && n < 2000; n++) {
        mien_drift d = {0};
        mien_error err = {0};
        mi_alloc_fail_after(n);
        st = mien_dataset_compare(before.t, now.t, &o, &d, &err);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && err.text[0]));
        mien_drift_free(&d);
    }
    CHECK(!st && n > 30);
    sown_free(&before);
    sown_free(&now);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_chances_of_distances);
    RUN(test_chances_of_counts);
    RUN(test_chances_of_all_at_once);
    RUN(test_shares);
    RUN(test_numbers_by_hand);
    RUN(test_stability_by_hand);
    RUN(test_texts_by_hand);
    RUN(test_distances_the_slow_way);
    RUN(test_limits);
    RUN(test_columns_that_do_not_match);
    RUN(test_planted_drifts);
    RUN(test_intervals_hold_the_truth);
    RUN(test_odd_columns);
    RUN(test_threads_change_nothing);
    RUN(test_what_is_refused);
    RUN(test_memory_that_ends);
    return check_done();
}
