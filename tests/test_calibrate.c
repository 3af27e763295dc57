/* Thresholds from a gallery's own distances, with made people of whom the truth
 * is known.
 *
 * A person is a point of six normal numbers, a face that point and some noise.
 * The difference of two faces is normal too, so its square has a chi-squared
 * distribution with six degrees of freedom. */
#include "base/alloc.h"
#include "mien/match_calibrate.h"
#include "tests/check.h"

#include <stdint.h>

enum { D = 6 };
static const double noise = 0.3;

/* The share of differences, normal with this variance in each of six numbers,
 * that are shorter than t. */
static double nearer(double t, double variance)
{
    double x = t * t / variance / 2;
    return 1 - exp(-x) * (1 + x + x * x / 2);
}

/* People of groups, whose points are spread so far. */
static mien_index *gallery(mien_random *r, int people, int views,
                           const int32_t *group, const double *spread)
{
    mien_index *x = NULL;
    CHECK_EQ(mien_index_new(D, &x, NULL), MIEN_OK);
    for (int32_t i = 0; i < people; i++) {
        double middle[D];
        int n = 1 + (int)mien_random_below(r, (uint64_t)views);
        for (int k = 0; k < D; k++)
            middle[k] = mien_random_normal(r) * (group ? spread[group[i]] : 1);
        while (n--) {
            float face[D];
            for (int k = 0; k < D; k++)
                face[k] = (float)(middle[k] + noise * mien_random_normal(r));
            CHECK_EQ(mien_index_add(x, 1, face, &i, NULL), MIEN_OK);
        }
    }
    return x;
}

/* ---- as counted plainly ----------------------------------------------------
 */

static double distance(const mien_index *x, int64_t i, int64_t k)
{
    const float *a = mien_index_row(x, i), *b = mien_index_row(x, k);
    double sum = 0;
    for (int j = 0; j < D; j++)
        sum += ((double)a[j] - (double)b[j]) * ((double)a[j] - (double)b[j]);
    return (double)(float)sqrt(sum);
}

typedef struct counts {
    int64_t two, two_near, one, one_near, faces_near;
} counts;

static counts count(const mien_index *x, double t, const int32_t *group, int of)
{
    counts c = {0};
    for (int64_t i = 0; i < mien_index_count(x); i++) {
        int seen = 0;
        for (int64_t k = 0; k < mien_index_count(x); k++) {
            int32_t p = mien_index_person(x, i), q = mien_index_person(x, k);
            int near = distance(x, i, k) < t;
            if (group && (group[p] != of || group[q] != of))
                continue;
            seen |= p != q && near;
            if (k >= i)
                continue;
            *(p == q ? &c.one : &c.two) += 1;
            *(p == q ? &c.one_near : &c.two_near) += near;
        }
        c.faces_near += seen;
    }
    return c;
}

static void test_counts_and_threshold(void)
{
    mien_random r;
    mien_random_init(&r, 3 + check_seed);
    mien_pool *pool = NULL;
    CHECK_EQ(mien_pool_new(3, &pool, NULL), MIEN_OK);
    for (int n = 30; n <= 120; n += 30) {
        mien_index *x = gallery(&r, n, 4, NULL, NULL);
        mien_match_calibrate_options o = MIEN_MATCH_CALIBRATE_DEFAULTS;
        mien_match_calibration a, b;
        o.false_match = 0.05;
        CHECK_EQ(mien_match_calibrate(x, &o, &a, NULL, NULL), MIEN_OK);
        o.pool = pool;
        CHECK_EQ(mien_match_calibrate(x, &o, &b, NULL, NULL), MIEN_OK);
        CHECK(memcmp(&a, &b, sizeof a) == 0); /* threads do not matter */
        counts c = count(x, (double)a.threshold, NULL, 0);
        CHECK(a.false_match.count == c.two_near && a.false_match.of == c.two);
        CHECK(a.true_match.count == c.one_near && a.true_match.of == c.one);
        CHECK(a.strangers.count == c.faces_near);
        CHECK(a.strangers.of == mien_index_count(x));
        /* the largest threshold: one pair more would be too many */
        CHECK_EQ(c.two_near, (int64_t)floor(0.05 * (double)c.two));
        c = count(x, (double)nextafterf(a.threshold, 9), NULL, 0);
        CHECK(c.two_near > a.false_match.count);
        CHECK(a.false_match.value <= 0.05 && a.false_match.people == n);
        CHECK(a.worst == -1 && !a.false_match.few);
        mien_index_free(x);
    }
    mien_pool_free(pool);
}

/* How many of the other people a face is near to, each counted by the share of
 * its faces; one person may be left out. */
static double near_others(const mien_index *x, int64_t i, double t, int without,
                          int people)
{
    double near[60] = {0}, all[60] = {0}, sum = 0;
    for (int64_t j = 0; j < mien_index_count(x); j++) {
        all[mien_index_person(x, j)]++;
        near[mien_index_person(x, j)] += distance(x, i, j) < t;
    }
    for (int p = 0; p < people; p++)
        if (p != without && p != mien_index_person(x, i))
            sum += near[p] / all[p];
    return sum;
}

/* The chance of a name among k people drawn one after another, the mean over
 * people of the mean over their faces. */
static double strangers(const mien_index *x, double t, int k, int without,
                        int people)
{
    double sum[60] = {0}, faces[60] = {0}, all = 0;
    const int n = people - 1 - (without >= 0);
    for (int64_t i = 0; i < mien_index_count(x); i++) {
        double nobody = 1, m = near_others(x, i, t, without, people);
        for (int d = 0; d < k; d++)
            nobody *= k > n ? 1 - m / n : fmax(n - m - d, 0) / (n - d);
        sum[mien_index_person(x, i)] += 1 - nobody;
        faces[mien_index_person(x, i)]++;
    }
    for (int p = 0; p < people; p++)
        all += p == without ? 0 : sum[p] / faces[p];
    return all / (n + 1);
}

/* The interval is that of leaving out one person after another. */
static void test_strangers_by_each_face(void)
{
    enum { PEOPLE = 60 };
    mien_random r;
    mien_random_init(&r, 9 + check_seed);
    mien_index *x = gallery(&r, PEOPLE, 3, NULL, NULL);
    static const int many[] = {1, 10, 25, 100, 0};
    for (int i = 0; i < 5; i++) {
        int known = many[i], k = known ? known : PEOPLE - 1;
        mien_match_calibrate_options o = {0.05, known, NULL, 0, NULL};
        mien_match_calibration c;
        CHECK_EQ(mien_match_calibrate(x, &o, &c, NULL, NULL), MIEN_OK);
        double t = (double)c.threshold, sum = 0, squares = 0;
        CHECK_NEAR(c.strangers.value, strangers(x, t, k, -1, PEOPLE), 1e-9);
        for (int p = 0; p < PEOPLE; p++) {
            double without = strangers(x, t, k, p, PEOPLE);
            sum += without;
            squares += without * without;
        }
        double deviation =
            sqrt((PEOPLE - 1.) / PEOPLE * (squares - sum * sum / PEOPLE));
        double got = log(c.strangers.high / c.strangers.value) / 1.96 *
                     c.strangers.value;
        if (c.strangers.high < 1 && known)
            CHECK_NEAR(got / deviation, 1, known == 1 ? 0.1 : 0.4);
        CHECK(c.strangers.low < c.strangers.value);
    }
    mien_index_free(x);
}

/* How often the truth lies in the interval. */
static void test_the_truth_is_in_the_interval(void)
{
    const int runs = getenv("TORTURE") ? 2000 : 200;
    int in[3] = {0}, low = 0, high = 0;
    double both = 1 + noise * noise;
    mien_random r;
    mien_random_init(&r, 1 + check_seed);
    for (int i = 0; i < runs; i++) {
        mien_index *x = gallery(&r, 100, 4, NULL, NULL);
        mien_match_calibrate_options o = {0.01, 1, NULL, 0, NULL};
        mien_match_calibration c;
        CHECK_EQ(mien_match_calibrate(x, &o, &c, NULL, NULL), MIEN_OK);
        double two = nearer((double)c.threshold, 2 * both);
        double one = nearer((double)c.threshold, 2 * noise * noise);
        in[0] += two > c.false_match.low && two < c.false_match.high;
        in[1] += one > c.true_match.low && one < c.true_match.high;
        in[2] += two > c.strangers.low && two < c.strangers.high;
        low += two < c.false_match.low;
        high += two > c.false_match.high;
        mien_index_free(x);
    }
    printf("of %d intervals %d, %d, %d hold the truth; %d too high, %d too "
           "low\n",
           runs, in[0], in[1], in[2], low, high);
    /* 95 % wanted; three deviations of a count of so many less */
    double least = 0.93 * runs - 3 * sqrt(0.07 * 0.93 * runs);
    for (int i = 0; i < 3; i++)
        CHECK_MSG(in[i] >= least, "rate %d: %d of %d", i, in[i], runs);
    CHECK_MSG(in[0] < runs, "an interval that holds everything says nothing");
}

static void test_the_worst_group_asks(void)
{
    enum { PEOPLE = 240 };
    static const double spread[] = {1, 0.7, 1};
    int32_t group[PEOPLE];
    mien_pair_rate by[3];
    mien_match_calibration all, c;
    mien_random r;
    mien_random_init(&r, 4 + check_seed);
    for (int i = 0; i < PEOPLE; i++) /* of the last there are eight */
        group[i] = i < 8 ? 2 : i % 2;
    mien_index *x = gallery(&r, PEOPLE, 2, group, spread);
    mien_match_calibrate_options o = {0.01, 0, NULL, 0, NULL};
    CHECK_EQ(mien_match_calibrate(x, &o, &all, NULL, NULL), MIEN_OK);
    o.group = group;
    o.groups = 3;
    CHECK_EQ(mien_match_calibrate(x, &o, &c, by, NULL), MIEN_OK);
    CHECK(c.worst == 1 && c.threshold < all.threshold);
    for (int g = 0; g < 3; g++) {
        counts n = count(x, (double)c.threshold, group, g);
        CHECK(by[g].count == n.two_near && by[g].of == n.two);
        CHECK(by[g].few == (by[g].count < MIEN_CALIBRATE_MATCHES || g == 2));
        CHECK(by[g].few == isnan(by[g].low));
    }
    CHECK(by[1].value <= 0.01 && by[1].value > 0.0098 && !by[1].few);
    CHECK(by[2].people == 8);
    for (int i = 0; i < PEOPLE; i++) /* nobody declared one */
        group[i] = -1;
    CHECK_EQ(mien_match_calibrate(x, &o, &c, by, NULL), MIEN_OK);
    CHECK(c.threshold == all.threshold && c.worst == -1);
    CHECK(by[0].few && by[0].of == 0 && isnan(by[0].value));
    mien_index_free(x);
}

static void test_too_few_to_say(void)
{
    mien_random r;
    mien_random_init(&r, 5 + check_seed);
    mien_match_calibration c;
    static const int sizes[] = {0, 1, 5, 19, 20, 60};
    for (int i = 0; i < 6; i++) {
        const int people = sizes[i];
        mien_index *x = gallery(&r, people, 1, NULL, NULL);
        int64_t pairs = people * (people - 1) / 2;
        double most = people ? 30. / (double)(pairs + !pairs) : 1;
        mien_match_calibrate_options o = {0.5, 0, NULL, 0, NULL};
        int enough = people >= MIEN_CALIBRATE_PEOPLE && most < 0.5;
        CHECK_EQ(mien_match_calibrate(x, &o, &c, NULL, NULL), MIEN_OK);
        CHECK_MSG(enough != isnan(c.threshold), "%d people", people);
        CHECK(c.false_match.few != enough && c.true_match.few);
        CHECK(c.false_match.of == pairs && isnan(c.false_match.low) != enough);
        if (enough) { /* 29 matches are too few */
            o.false_match = most * 0.99;
            CHECK_EQ(mien_match_calibrate(x, &o, &c, NULL, NULL), MIEN_OK);
            CHECK(isnan(c.threshold) && c.false_match.few && c.strangers.few &&
                  isnan(c.strangers.value));
            o.false_match = most * 1.001;
            CHECK_EQ(mien_match_calibrate(x, &o, &c, NULL, NULL), MIEN_OK);
            CHECK(c.threshold > 0 && c.false_match.count == 30);
        }
        mien_index_free(x);
    }
}

static void test_what_is_refused(void)
{
    mien_random r;
    mien_random_init(&r, 6);
    mien_error err = {0};
    mien_match_calibration c = {.threshold = 7};
    mien_index *x = gallery(&r, 30, 2, NULL, NULL);
    int32_t group[30] = {0}, nobody = -1, beyond = 1000;
    float face[D] = {0};
    const mien_match_calibrate_options bad[] = {
        {0, 0, NULL, 0, NULL},           {0.51, 0, NULL, 0, NULL},
        {(double)NAN, 0, NULL, 0, NULL}, {0.1, -1, NULL, 0, NULL},
        {0.1, 0, group, -1, NULL},       {0.1, 0, group, 65, NULL},
        {0.1, 0, group, 0, NULL}, /* a group that there is not */
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_EQ(mien_match_calibrate(x, &bad[i], &c, NULL, &err), MIEN_EARG);
    CHECK(strstr(err.text, "person 0 is of group 0"));
    CHECK_EQ(mien_index_add(x, 1, face, &nobody, NULL), MIEN_OK);
    CHECK_EQ(mien_match_calibrate(x, NULL, &c, NULL, &err), MIEN_EARG);
    CHECK(strstr(err.text, "person -1"));
    int64_t last = mien_index_count(x) - 1;
    mien_index_remove(x, 1, &last);
    CHECK_EQ(mien_index_add(x, 1, face, &beyond, NULL), MIEN_OK);
    CHECK_EQ(mien_match_calibrate(x, NULL, &c, NULL, &err), MIEN_EARG);
    CHECK(strstr(err.text, "person 1000") && c.threshold == 7);
    mien_index_free(x);
}

static void test_failing_memory_is_reported(void)
{
    mien_random r;
    mien_random_init(&r, 7);
    mien_index *x = gallery(&r, 40, 2, NULL, NULL);
    mien_match_calibrate_options o = {0.2, 0, NULL, 0, NULL};
    mien_status st = MIEN_ENOMEM;
    int failed = 0;
    for (long n = 0; st == MIEN_ENOMEM && n < 200; n++) {
        mien_match_calibration c = {.threshold = 7};
        mi_alloc_fail_after(n);
        st = mien_match_calibrate(x, &o, &c, NULL, NULL);
        mi_alloc_fail_after(-1);
        CHECK((c.threshold == 7) == (st == MIEN_ENOMEM));
        failed += st == MIEN_ENOMEM;
    }
    CHECK(st == MIEN_OK && failed > 10);
    mien_index_free(x);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_counts_and_threshold);
    RUN(test_strangers_by_each_face);
    RUN(test_the_truth_is_in_the_interval);
    RUN(test_the_worst_group_asks);
    RUN(test_too_few_to_say);
    RUN(test_what_is_refused);
    RUN(test_failing_memory_is_reported);
    return check_done();
}
