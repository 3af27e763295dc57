/* Splits and samples: refusals, failing memory, and what must hold for any
 * seed.  The rows themselves: test_split_golden.c. */
#include "base/alloc.h"
#include "check.h"
#include "mien/split.h"

#include <string.h>

enum { MOST = 400 };

/* Every row at most once, none outside; how many there are in all. */
static int64_t rows_once(const mien_split *s, int64_t n)
{
    char seen[MOST] = {0};
    const int64_t *part[] = {s->train, s->valid, s->test};
    const int64_t sizes[] = {s->trains, s->valids, s->tests};
    for (int k = 0; k < 3; k++)
        for (int64_t i = 0; i < sizes[k]; i++) {
            int64_t row = part[k][i];
            CHECK(row >= 0 && row < n);
            if (row < 0 || row >= n)
                continue;
            CHECK_MSG(!seen[row], "row %lld twice", (long long)row);
            seen[row] = 1;
        }
    return s->trains + s->valids + s->tests;
}

static int64_t ceiled(double share, int64_t n)
{
    return (int64_t)ceil(share * (double)n);
}

static void test_random_parts_share_no_row(void)
{
    static const double shares[] = {0, 0.01, 0.2, 0.25, 0.5};
    for (int64_t n = 2; n <= MOST; n = n * 3 / 2 + 1)
        for (int a = 0; a < 5; a++)
            for (int b = 0; b < 5; b++) {
                mien_split_options o = {.test = shares[a],
                                        .valid = shares[b],
                                        .seed = (uint32_t)(n + b)};
                int64_t tests = ceiled(o.test, n);
                int64_t valids = ceiled(o.valid, n - tests);
                mien_split s = {0};
                mien_status st = mien_split_random(n, &o, &s, NULL);
                if (n - tests - valids < 1) {
                    CHECK_EQ(st, MIEN_EARG);
                    CHECK(!s.train && !s.valid && !s.test);
                    continue;
                }
                CHECK_EQ(st, MIEN_OK);
                CHECK_EQ(s.tests, tests);
                CHECK_EQ(s.valids, valids);
                CHECK_EQ(rows_once(&s, n), n);
                mien_split_free(&s);
            }
}

static void test_a_seed_gives_the_same_rows(void)
{
    mien_split_options o = {.test = 0.3, .valid = 0.2, .seed = 5};
    mien_split a = {0}, b = {0}, c = {0};
    CHECK_EQ(mien_split_random(100, &o, &a, NULL), MIEN_OK);
    CHECK_EQ(mien_split_random(100, &o, &b, NULL), MIEN_OK);
    o.seed = 6;
    CHECK_EQ(mien_split_random(100, &o, &c, NULL), MIEN_OK);
    size_t bytes = (size_t)a.tests * sizeof *a.test;
    CHECK(memcmp(a.test, b.test, bytes) == 0);
    CHECK(memcmp(a.test, c.test, bytes) != 0);
    CHECK(memcmp(a.train, b.train, (size_t)a.trains * sizeof *a.train) == 0);
    mien_split_free(&a);
    mien_split_free(&b);
    mien_split_free(&c);
    CHECK(!a.train && !a.valid && !a.test && a.trains == 0);
}

/* Each part has its share of each class, to the next row up or down. */
static void check_shares(const mien_split *s, const int32_t *classes,
                         const int64_t *rows, int64_t part, int64_t n)
{
    for (int32_t c = -1; c < 3; c++) {
        int64_t all = 0, here = 0;
        for (int64_t i = 0; i < n; i++)
            all += classes[i] == c;
        for (int64_t i = 0; i < part; i++)
            here += classes[rows[i]] == c;
        double want = (double)all * (double)part / (double)n;
        /* the validation part is a share of a share */
        CHECK_NEAR(here, want, s->valids ? 2 : 1);
    }
}

static void test_strata_are_kept(void)
{
    int32_t classes[MOST];
    for (uint32_t seed = 0; seed < 20; seed++) {
        int64_t n = 60 + seed * 17;
        for (int64_t i = 0; i < n; i++) /* -1, 0, 1, 2: 1, 2, 6, 11 of 20 */
            classes[i] = (i % 20 > 0) + (i % 20 > 2) + (i % 20 > 8) - 1;
        mien_split_options o = {.test = 0.25, .seed = seed, .classes = classes};
        for (int again = 0; again < 2; again++) {
            mien_split s = {0};
            o.valid = again ? 0.3 : 0;
            CHECK_EQ(mien_split_random(n, &o, &s, NULL), MIEN_OK);
            CHECK_EQ(rows_once(&s, n), n);
            check_shares(&s, classes, s.train, s.trains, n);
            check_shares(&s, classes, s.valid, s.valids, n);
            check_shares(&s, classes, s.test, s.tests, n);
            mien_split_free(&s);
        }
    }
}

static void test_random_refuses(void)
{
    const int32_t lone[] = {0, 0, 0, 0, 0, 0, 7}, many[] = {0, 0, 1, 1, 2, 2};
    const double bad[] = {-0.1, 1, 2, (double)NAN};
    mien_split s = {0};
    mien_error err = {0};
    for (int i = 0; i < 4; i++) {
        mien_split_options o = {.test = bad[i]};
        CHECK_EQ(mien_split_random(10, &o, &s, &err), MIEN_EARG);
        o = (mien_split_options){.valid = bad[i]};
        CHECK_EQ(mien_split_random(10, &o, &s, NULL), MIEN_EARG);
    }
    CHECK(strstr(err.text, "share") != NULL);
    mien_split_options o = {.test = 0};
    for (int64_t n = -1; n < 2; n++)
        CHECK_EQ(mien_split_random(n, &o, &s, NULL), MIEN_EARG);
    o.test = 0.95;
    CHECK_EQ(mien_split_random(10, &o, &s, NULL), MIEN_EARG);
    o = (mien_split_options){.test = 0.5, .valid = 0.95};
    CHECK_EQ(mien_split_random(10, &o, &s, NULL), MIEN_EARG);
    o = (mien_split_options){.test = 0.3, .classes = lone};
    CHECK_EQ(mien_split_random(7, &o, &s, &err), MIEN_EARG);
    CHECK(strstr(err.text, "class 7 has one row") != NULL);
    o.classes = many; /* two places for three classes */
    CHECK_EQ(mien_split_random(6, &o, &s, &err), MIEN_EARG);
    CHECK(strstr(err.text, "3 classes") != NULL);
    CHECK(!s.train && !s.valid && !s.test);
}

static void test_order_and_gaps_are_kept(void)
{
    int64_t order[MOST];
    for (int64_t n = 2; n <= MOST; n = n * 2 + 1)
        for (int64_t purge = 0; purge < 40; purge = purge * 2 + 1)
            for (int k = 0; k < 4; k++) {
                double valid = k & 1 ? 0.25 : 0;
                for (int64_t i = 0; i < n; i++)
                    order[i] = k & 2 ? n - 1 - i : i;
                int64_t tests = ceiled(0.2, n);
                int64_t valids = ceiled(valid, n - tests);
                int64_t trains = n - tests - valids - purge;
                mien_split s = {0};
                mien_status st = mien_split_ordered(
                    n, k & 2 ? order : NULL, 0.2, valid, purge, &s, NULL);
                if (trains < 1 || (valids && valids <= purge)) {
                    CHECK_EQ(st, MIEN_EARG);
                    CHECK(!s.train && !s.valid && !s.test);
                    continue;
                }
                CHECK_EQ(st, MIEN_OK);
                CHECK_EQ(s.trains, trains);
                CHECK_EQ(s.tests, tests);
                CHECK_EQ(s.valids, valids ? valids - purge : 0);
                rows_once(&s, n);
                for (int64_t i = 0; i < trains; i++)
                    CHECK_EQ(s.train[i], order[i]);
                for (int64_t i = 0; i < s.valids; i++)
                    CHECK_EQ(s.valid[i], order[trains + purge + i]);
                for (int64_t i = 0; i < tests; i++)
                    CHECK_EQ(s.test[i], order[n - tests + i]);
                mien_split_free(&s);
            }
}

static void test_ordered_refuses(void)
{
    static const struct {
        int64_t n;
        double test, valid;
        int64_t purge;
    } bad[] = {
        {10, 0, 0, 0},      {10, 1, 0, 0},
        {10, -0.5, 0, 0},   {10, 0.2, 1, 0},
        {10, 0.2, -0.1, 0}, {10, 0.2, 0, -1},
        {10, 0.2, 0, 11},   {10, 0.2, 0, 8},
        {10, 0.2, 0.2, 2},  {10, 0.95, 0, 0},
        {1, 0.5, 0, 0},     {0, 0.5, 0, 0},
        {-3, 0.5, 0, 0},    {10, 0.2, 0.2, INT64_MAX},
    };
    mien_split s = {0};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        mien_error err = {0};
        CHECK_MSG(mien_split_ordered(bad[i].n, NULL, bad[i].test, bad[i].valid,
                                     bad[i].purge, &s, &err) == MIEN_EARG,
                  "case %zu", i);
        CHECK(err.text[0]);
    }
    CHECK_EQ(mien_split_ordered(10, NULL, (double)NAN, 0, 0, &s, NULL),
             MIEN_EARG);
    CHECK(!s.train && !s.valid && !s.test);
    CHECK_EQ(mien_split_ordered(10, NULL, 0.2, 0, 7, &s, NULL), MIEN_OK);
    CHECK_EQ(s.trains, 1);
    mien_split_free(&s);
}

/* ---- samples ---------------------------------------------------------- */

static int64_t label(uint8_t *y, int64_t n, int every)
{
    int64_t ones = 0;
    for (int64_t i = 0; i < n; i++)
        ones += y[i] = i % every == 1;
    return ones;
}

static void test_under_keeps_the_smaller_class(void)
{
    uint8_t y[MOST];
    for (int flip = 0; flip < 2; flip++)
        for (int r = 2; r <= 10; r++) {
            int64_t ones = label(y, MOST, 9), rows[MOST], n = 0;
            double ratio = r / 10.0;
            int64_t keep = (int64_t)((double)ones / ratio), small = 0;
            for (int i = 0; i < MOST; i++)
                y[i] ^= (uint8_t)flip;
            CHECK_EQ(
                mien_sample_under(MOST, y, ratio, (uint32_t)r, rows, &n, NULL),
                MIEN_OK);
            CHECK_EQ(n, ones + keep);
            mien_split all = {.trains = n, .train = rows};
            rows_once(&all, MOST);
            for (int64_t i = 0; i < n; i++)
                small += y[rows[i]] == !flip;
            CHECK_EQ(small, ones);
        }
}

static void test_over_draws_the_smaller_class(void)
{
    uint8_t y[MOST];
    int64_t ones = label(y, MOST, 9), more = -1, rows[2 * MOST];
    for (int r = 2; r <= 10; r++) {
        CHECK_EQ(mien_sample_wanted(MOST, y, r / 10.0, &more, NULL), MIEN_OK);
        CHECK_EQ(more, (int64_t)((double)(MOST - ones) * (r / 10.0)) - ones);
        CHECK_EQ(mien_sample_over(MOST, y, more, 3, rows, NULL), MIEN_OK);
        for (int64_t i = 0; i < MOST; i++)
            CHECK_EQ(rows[i], i);
        for (int64_t i = MOST; i < MOST + more; i++)
            CHECK(rows[i] >= 0 && rows[i] < MOST && y[rows[i]]);
    }
    CHECK_EQ(mien_sample_over(MOST, y, 0, 3, rows, NULL), MIEN_OK);
}

/* On a line in the plane, new rows lie on it, between neighbours. */
static void test_smote_stays_between_neighbours(void)
{
    uint8_t y[MOST];
    double x[MOST][2], out[MOST][2];
    int64_t ones = label(y, MOST, 9);
    int at = 0;
    for (int i = 0; i < MOST; i++) {
        x[i][0] = y[i] ? 10.0 * at : -1e6;
        x[i][1] = y[i] ? 5 - 20.0 * at++ : i;
    }
    mien_smote how = {.k = 2, .more = MOST, .seed = 4};
    CHECK_EQ(mien_sample_smote(MOST, 2, x[0], y, &how, out[0], NULL), MIEN_OK);
    for (int i = 0; i < MOST; i++) {
        CHECK(out[i][0] >= 0 && out[i][0] <= 10.0 * (double)(ones - 1));
        CHECK_NEAR(out[i][1], 5 - 2 * out[i][0], 1e-9);
    }
    /* twins far apart from each other: only their own value can come out */
    for (int i = 0; i < MOST; i++)
        x[i][0] = x[i][1] = y[i] ? i / 18 * 100 : 7;
    how.k = 1;
    CHECK_EQ(mien_sample_smote(36, 2, x[0], y, &how, out[0], NULL), MIEN_OK);
    for (int i = 0; i < MOST; i++)
        CHECK(out[i][0] == 0 || out[i][0] == 100);
    /* two rows alone: each is the other's neighbour, none its own */
    how.k = 1;
    for (int i = 0; i < MOST; i++)
        x[i][0] = x[i][1] = y[i] ? i : 1e6;
    CHECK_EQ(mien_sample_smote(18, 2, x[0], y, &how, out[0], NULL), MIEN_OK);
    for (int i = 0; i < MOST; i++)
        CHECK(out[i][0] > 1 && out[i][0] < 10);
}

static void test_samples_refuse(void)
{
    uint8_t y[20] = {0};
    double x[20] = {0}, out[20];
    int64_t rows[60], n = -7;
    mien_error err = {0};
    mien_smote how = {.k = 1, .more = 2, .seed = 0};
    for (int one = 0; one < 2; one++) {
        memset(y, one, sizeof y);
        CHECK_EQ(mien_sample_under(20, y, 1, 0, rows, &n, &err), MIEN_EARG);
        CHECK_EQ(mien_sample_wanted(20, y, 1, &n, NULL), MIEN_EARG);
        CHECK_EQ(mien_sample_over(20, y, 1, 0, rows, NULL), MIEN_EARG);
        CHECK_EQ(mien_sample_smote(20, 1, x, y, &how, out, NULL), MIEN_EARG);
    }
    CHECK(strstr(err.text, "one class") != NULL);
    label(y, 20, 4); /* 5 and 15 */
    const double bad[] = {0, -1, 1.01, (double)NAN, 0.3, 1e-300};
    for (int i = 0; i < 6; i++) {
        CHECK_MSG(mien_sample_under(20, y, bad[i], 0, rows, &n, NULL) ==
                      MIEN_EARG,
                  "under %g", bad[i]);
        CHECK_MSG(mien_sample_wanted(20, y, bad[i], &n, NULL) == MIEN_EARG,
                  "wanted %g", bad[i]);
    }
    CHECK_EQ(n, -7);
    CHECK_EQ(mien_sample_under(20, y, 1 / 3.0, 0, rows, &n, NULL), MIEN_OK);
    CHECK_EQ(n, 20);
    CHECK_EQ(mien_sample_over(20, y, -1, 0, rows, NULL), MIEN_EARG);
    how.more = -1;
    CHECK_EQ(mien_sample_smote(20, 1, x, y, &how, out, NULL), MIEN_EARG);
    how.more = 2;
    const int ks[] = {0, -1, 5, INT32_MAX};
    for (int i = 0; i < 4; i++) {
        how.k = ks[i];
        CHECK_EQ(mien_sample_smote(20, 1, x, y, &how, out, NULL), MIEN_EARG);
    }
    how.k = 4;
    CHECK_EQ(mien_sample_smote(20, 1, x, y, &how, out, NULL), MIEN_OK);
}

/* ---- failing memory --------------------------------------------------- */

static mien_status run(int what, mien_split *s, mien_error *err)
{
    uint8_t y[30];
    int32_t classes[30];
    int64_t rows[60], n;
    double x[30], out[30];
    label(y, 30, 4);
    for (int i = 0; i < 30; i++) {
        classes[i] = y[i];
        x[i] = i;
    }
    const mien_split_options o = {.test = 0.3,
                                  .valid = what == 0 ? 0 : 0.3,
                                  .classes = what == 2 ? classes : NULL};
    const mien_smote how = {.k = 2, .more = 9, .seed = 1};
    if (what < 3)
        return mien_split_random(30, &o, s, err);
    if (what == 3)
        return mien_split_ordered(30, NULL, 0.2, 0.2, 1, s, err);
    if (what == 4)
        return mien_sample_under(30, y, 1, 0, rows, &n, err);
    if (what == 5)
        return mien_sample_over(30, y, 9, 0, rows, err);
    return mien_sample_smote(30, 1, x, y, &how, out, err);
}

/* [rows, 6] of numbers with many digits, and the row numbers. */
typedef struct cloud {
    double x[MOST][6];
    int64_t row[MOST];
} cloud;

static cloud make_cloud(unsigned seed)
{
    cloud c;
    for (int i = 0; i < MOST; i++) {
        c.row[i] = i;
        for (int k = 0; k < 6; k++)
            c.x[i][k] = check_rand(&seed) / 65536. + check_rand(&seed) * 1e-9;
    }
    return c;
}

/* All numbers rounded to some decimals. */
static void round_cloud(cloud *c, double places)
{
    for (int i = 0; i < MOST; i++)
        for (int k = 0; k < 6; k++)
            c->x[i][k] = rint(c->x[i][k] * places) / places;
}

/* How many of the last rows lie between two of the first 300. */
static int64_t between(const cloud *c, int p)
{
    static double few[MOST * 6];
    int64_t count = -1;
    for (int i = 0; i < MOST; i++)
        memcpy(few + (ptrdiff_t)i * p, c->x[i], (size_t)p * sizeof *few);
    CHECK_EQ(mien_sample_between(p, few, 300, c->row, MOST - 300, c->row + 300,
                                 &count, NULL),
             MIEN_OK);
    return count;
}

/* What mien_sample_smote makes of the first rows is found among the last. */
static void test_made_rows_are_found(void)
{
    uint8_t y[MOST] = {0};
    mien_smote how = {.k = 5, .more = MOST - 300, .seed = 3};
    for (unsigned seed = 1; seed < 6; seed++) {
        cloud c = make_cloud(seed);
        CHECK_EQ(between(&c, 6), 0);
        for (int i = 0; i < MOST; i++)
            y[i] = i < 140;
        CHECK_EQ(mien_sample_smote(300, 6, c.x[0], y, &how, c.x[300], NULL),
                 MIEN_OK);
        CHECK(between(&c, 6) >= 75); /* some by one pair */
        c.x[350][2] += 0.01;
        CHECK(between(&c, 6) >= 75 && between(&c, 6) < 100);
        cloud rounded = c;
        round_cloud(&rounded, 1e7);
        CHECK(between(&rounded, 6) >= 70);
        for (int i = 0; i < MOST; i++)
            rounded.x[i][1] = 7; /* a constant tells nothing */
        CHECK(between(&rounded, 6) >= 70);
    }
}

/* Where few digits or few columns could be chance nothing is said. */
static void test_chance_is_not_found(void)
{
    uint8_t y[MOST] = {0};
    mien_smote how = {.k = 5, .more = MOST - 300, .seed = 3};
    cloud c = make_cloud(9), coarse = c;
    round_cloud(&coarse, 10); /* a lattice: many rows lie between others */
    CHECK_EQ(between(&coarse, 6), 0);
    memcpy(c.x[300], c.x[0], 100 * sizeof c.x[0]); /* copies, none made */
    CHECK_EQ(between(&c, 6), 0);
    coarse = c = make_cloud(10);
    for (int i = 0; i < MOST; i++)
        for (int k = 1; k < 6; k++)
            coarse.x[i][k] = coarse.x[i][0] * k; /* all on one line */
    CHECK_EQ(between(&coarse, 6), 0);
    for (int i = 0; i < MOST; i++) { /* a plane: sums and another unit */
        coarse.x[i][1] = c.x[i][1];
        coarse.x[i][2] = c.x[i][0] + c.x[i][1];
        coarse.x[i][3] = c.x[i][0] - c.x[i][1];
        coarse.x[i][4] = 32 + 1.8 * c.x[i][0];
    }
    CHECK_EQ(between(&coarse, 6), 0);
    for (int i = 0; i < MOST; i++)
        y[i] = i < 140;
    CHECK_EQ(mien_sample_smote(300, 6, c.x[0], y, &how, c.x[300], NULL),
             MIEN_OK);
    CHECK_EQ(between(&c, 1), 0);
    CHECK_EQ(between(&c, 2), 0);
    int64_t count = -1;
    CHECK_EQ(mien_sample_between(6, c.x[0], 0, NULL, 3, c.row, &count, NULL),
             MIEN_OK);
    CHECK_EQ(count, 0);
}

static void test_failing_memory_between(void)
{
    cloud c = make_cloud(2);
    mien_status st = MIEN_ENOMEM;
    for (long n = 0; st == MIEN_ENOMEM && n < 100; n++) {
        int64_t count = -1;
        mi_alloc_fail_after(n);
        st = mien_sample_between(6, c.x[0], 300, c.row, 50, c.row + 300, &count,
                                 NULL);
        mi_alloc_fail_after(-1);
        CHECK(n > 0 || st == MIEN_ENOMEM);
        CHECK((st == MIEN_OK) == (count == 0));
    }
    CHECK_EQ(st, MIEN_OK);
}

static void test_failing_memory(void)
{
    for (int what = 0; what < 7; what++) {
        mien_status st = MIEN_ENOMEM;
        for (long n = 0; st == MIEN_ENOMEM && n < 100; n++) {
            mien_split s = {0};
            mien_error err = {0};
            mi_alloc_fail_after(n);
            st = run(what, &s, &err);
            mi_alloc_fail_after(-1);
            CHECK(n > 0 || st == MIEN_ENOMEM);
            CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && err.text[0]));
            CHECK(st == MIEN_OK || (!s.train && !s.valid && !s.test));
            mien_split_free(&s);
        }
        CHECK_MSG(st == MIEN_OK, "function %d never succeeds", what);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_random_parts_share_no_row);
    RUN(test_a_seed_gives_the_same_rows);
    RUN(test_strata_are_kept);
    RUN(test_random_refuses);
    RUN(test_order_and_gaps_are_kept);
    RUN(test_ordered_refuses);
    RUN(test_under_keeps_the_smaller_class);
    RUN(test_over_draws_the_smaller_class);
    RUN(test_smote_stays_between_neighbours);
    RUN(test_made_rows_are_found);
    RUN(test_chance_is_not_found);
    RUN(test_samples_refuse);
    RUN(test_failing_memory);
    RUN(test_failing_memory_between);
    return check_done();
}
