/* The nearest rows of an index: the same as by measuring every row. */
#include "base/alloc.h"
#include "mien/match.h"
#include "mien/match_search.h"
#include "tests/check.h"

#include <stdint.h>

static float unit(unsigned *seed)
{
    return (float)check_rand(seed) / 8388608.f - 1;
}

/* ---- numbers that are hard in one way each --------------------------------
 */

typedef enum kind {
    PLAIN,  /* -1..1 */
    EQUALS, /* few values: many rows as far as others */
    FAR,    /* far from zero and near to each other: products cancel */
    VAST,   /* squares are no floats */
    TINY,   /* squares are zero as floats, or hardly not */
    ONE,    /* only the first row is large */
    SCALES, /* rows of many sizes */
    NEARER, /* each row nearer than the one before */
    KINDS
} kind;

static float number(kind of, unsigned *seed, int64_t row, int64_t rows)
{
    float v = unit(seed);
    switch (of) {
    case EQUALS: return (float)(check_rand(seed) % 2);
    case FAR: return 1000 + v / 64;
    case VAST: return v * 3e38f;
    case TINY: return v * (row % 2 ? 1e-25f : 4e-23f);
    case ONE: return row == 0 ? v * 1e30f : v;
    case SCALES: return ldexpf(v, (int)(row % 40) - 20);
    case NEARER: return v + (float)(rows - row);
    default: return v;
    }
}

typedef struct data {
    int64_t n, q;
    int d;
    float *row, *query;
    int32_t *person;
    uint8_t *allowed;
    mien_index *index;
} data;

static data data_new(kind of, int64_t n, int d, int64_t q)
{
    unsigned seed = (unsigned)(n * 31 + d * 7 + q) + (unsigned)of;
    data t = {.n = n, .q = q, .d = d};
    t.row = calloc((size_t)(n * d) + 1, sizeof *t.row);
    t.query = calloc((size_t)(q * d) + 1, sizeof *t.query);
    t.person = calloc((size_t)n + 1, sizeof *t.person);
    t.allowed = calloc((size_t)n + 1, 1);
    for (int64_t i = 0; i < n; i++) {
        for (int j = 0; j < d; j++)
            t.row[i * d + j] = number(of, &seed, i, n);
        t.person[i] = (int32_t)(check_rand(&seed) % 100);
        t.allowed[i] = check_rand(&seed) % 3 != 0;
    }
    for (int64_t i = 0; i < q * d; i++)
        t.query[i] = number(of, &seed, n, n);
    for (int64_t i = 0; n && i < q && i < 3; i++) /* some that are there */
        memcpy(t.query + i * d, t.row + ((i * 77 + 1) % n) * d,
               (size_t)d * sizeof *t.row);
    CHECK_EQ(mien_index_new(d, &t.index, NULL), MIEN_OK);
    int64_t half = n / 2;
    CHECK_EQ(mien_index_add(t.index, half, t.row, t.person, NULL), MIEN_OK);
    CHECK_EQ(mien_index_add(t.index, n - half, t.row + half * d,
                            t.person + half, NULL),
             MIEN_OK);
    CHECK_EQ(mien_index_count(t.index), n);
    return t;
}

static void data_free(data *t)
{
    mien_index_free(t->index);
    free(t->row);
    free(t->query);
    free(t->person);
    free(t->allowed);
}

/* ---- the plain search ------------------------------------------------------
 */

static float plain_distance(int d, const float *a, const float *b)
{
    double sum = 0;
    for (int i = 0; i < d; i++)
        sum += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
    return (float)sqrt(sum);
}

/* The k nearest by inserting each row behind those not farther. */
static void plain(const data *t, const float *query, const uint8_t *allowed,
                  int k, mien_neighbour *out)
{
    int found = 0;
    for (int64_t i = 0; i < t->n; i++) {
        if (allowed && !allowed[i])
            continue;
        float distance = plain_distance(t->d, t->row + i * t->d, query);
        int at = found;
        while (at > 0 && out[at - 1].distance > distance)
            at--;
        if (at == k)
            continue;
        found += found < k;
        for (int m = found - 1; m > at; m--)
            out[m] = out[m - 1];
        out[at] = (mien_neighbour){i, t->person[i], distance};
    }
    for (; found < k; found++)
        out[found] = (mien_neighbour){-1, -1, NAN};
}

static void compare(const data *t, int k, const mien_index_options *o)
{
    mien_neighbour want[64];
    mien_neighbour *got = calloc((size_t)(t->q * k) + 1, sizeof *got);
    CHECK(k <= 64);
    CHECK_EQ(mien_index_search(t->index, t->q, t->query, k, o, got, NULL),
             MIEN_OK);
    for (int64_t i = 0; i < t->q; i++) {
        plain(t, t->query + i * t->d, o ? o->allowed : NULL, k, want);
        for (int m = 0; m < k; m++) {
            const mien_neighbour *a = &got[i * k + m], *b = &want[m];
            int same =
                a->row == b->row && a->person == b->person &&
                (b->row < 0 ? isnan(a->distance) : a->distance == b->distance);
            CHECK_MSG(same,
                      "%lld x %d, query %lld, neighbour %d: row %lld at %.9g, "
                      "want %lld at %.9g",
                      (long long)t->n, t->d, (long long)i, m, (long long)a->row,
                      (double)a->distance, (long long)b->row,
                      (double)b->distance);
        }
    }
    free(got);
}

/* ---- tests -----------------------------------------------------------------
 */

static void test_every_shape(void)
{
    static const int64_t rows[] = {0, 1, 2, 63, 64, 65, 257, 1000};
    static const int64_t queries[] = {0, 1, 3, 4, 17};
    static const int numbers[] = {1, 3, 16, 37, 128};
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < 5; j++)
            for (int m = 0; m < 5; m++) {
                data t = data_new(PLAIN, rows[i], numbers[m], queries[j]);
                compare(&t, 1, NULL);
                compare(&t, 7, NULL);
                data_free(&t);
            }
}

static void test_hard_numbers(void)
{
    for (int of = 0; of < KINDS; of++)
        for (int q = 1; q <= 16; q += 5)
            for (int d = 5; d <= 128; d += 123) {
                data t = data_new((kind)of, 700, d, q);
                mien_index_options o = {t.allowed, NULL};
                compare(&t, 1, NULL);
                compare(&t, 20, NULL);
                compare(&t, 5, &o);
                data_free(&t);
                t = data_new((kind)of, 12, d, q);
                compare(&t, 20, NULL); /* every row, in order */
                data_free(&t);
            }
}

/* More rows than a thread takes at once, more queries than a product has. */
static void test_threads_and_many_queries(void)
{
    static const int64_t queries[] = {1, 2, 5, 300};
    for (int threads = 1; threads <= 3; threads++) {
        mien_pool *pool = NULL;
        CHECK_EQ(mien_pool_new(threads, &pool, NULL), MIEN_OK);
        for (int i = 0; i < 4; i++) {
            data t = data_new(i % 2 ? EQUALS : PLAIN, 9001, 8, queries[i]);
            mien_index_options o = {NULL, pool};
            compare(&t, 3, &o);
            o.allowed = t.allowed;
            compare(&t, 3, &o);
            data_free(&t);
        }
        mien_pool_free(pool);
    }
}

static void test_masked_rows_are_not_seen(void)
{
    data t = data_new(EQUALS, 500, 4, 9);
    mien_index_options o = {t.allowed, NULL};
    memset(t.allowed, 0, (size_t)t.n);
    compare(&t, 2, &o);
    t.allowed[499] = 1;
    compare(&t, 2, &o);
    t.allowed[0] = 1;
    compare(&t, 2, &o);
    data_free(&t);
}

static void test_removed_rows_are_gone(void)
{
    data t = data_new(PLAIN, 300, 16, 5);
    int64_t gone[150], n = 0, kept = 0;
    for (int64_t i = 0; i < t.n; i++)
        if (check_rand(&(unsigned){(unsigned)i}) % 2 && n < 150)
            gone[n++] = i;
    float last = t.row[299 * 16];
    const float *memory = mien_index_row(t.index, 0);
    mien_index_remove(t.index, n, gone);
    for (int64_t i = 0, g = 0; i < t.n; i++) {
        if (g < n && gone[g] == i) {
            g++;
            continue;
        }
        memmove(t.row + kept * 16, t.row + i * 16, 16 * sizeof *t.row);
        t.person[kept++] = t.person[i];
    }
    CHECK_EQ(mien_index_count(t.index), kept);
    CHECK(last != 0 && memory[299 * 16] == 0); /* no copy is left */
    t.n = kept;
    for (int64_t i = 0; i < kept; i++)
        CHECK(mien_index_person(t.index, i) == t.person[i] &&
              memcmp(mien_index_row(t.index, i), t.row + i * 16,
                     16 * sizeof *t.row) == 0);
    compare(&t, 4, NULL);
    mien_index_remove(t.index, 0, NULL);
    CHECK_EQ(mien_index_count(t.index), kept);
    CHECK_EQ(mien_index_numbers(t.index), 16);
    data_free(&t);
}

static void test_what_is_refused(void)
{
    data t = data_new(PLAIN, 10, 3, 5);
    mien_error err = {0};
    mien_index *x = NULL;
    mien_neighbour out[5] = {{7, 7, 7}};
    CHECK_EQ(mien_index_new(0, &x, &err), MIEN_EARG);
    CHECK_EQ(mien_index_new(MIEN_INDEX_MAX_NUMBERS + 1, &x, &err), MIEN_EARG);
    CHECK(strstr(err.text, "4097") && strstr(err.text, "4096") && !x);
    for (int i = 0; i < 3; i++) {
        float bad[6] = {0};
        bad[4] = i == 0 ? NAN : i == 1 ? INFINITY : -INFINITY;
        CHECK_EQ(mien_index_add(t.index, 2, bad, NULL, &err), MIEN_EARG);
        CHECK(strstr(err.text, "number 1 of row 1"));
        CHECK_EQ(mien_index_search(t.index, 2, bad, 1, NULL, out, &err),
                 MIEN_EARG);
        CHECK(strstr(err.text, "number 1 of query 1") && out[0].row == 7);
    }
    CHECK_EQ(
        mien_index_add(t.index, MIEN_INDEX_MAX_ROWS - 9, t.row, NULL, &err),
        MIEN_ELIMIT);
    CHECK_EQ(mien_index_count(t.index), 10);
    compare(&t, 2, NULL);
    CHECK_EQ(mien_index_add(t.index, 1, t.row, NULL, NULL), MIEN_OK);
    CHECK_EQ(mien_index_person(t.index, 10), -1);
    data_free(&t);
    mien_index_free(NULL);
}

static void test_failing_memory_changes_nothing(void)
{
    data t = data_new(PLAIN, 16, 8, 5);
    mien_status st = MIEN_ENOMEM;
    int64_t n = 16;
    for (long fail = 0; st == MIEN_ENOMEM && fail < 20; fail++) {
        mien_index *x = NULL;
        mi_alloc_fail_after(fail);
        mien_status made = mien_index_new(3, &x, NULL);
        mi_alloc_fail_after(fail);
        st = mien_index_add(t.index, 3, t.row, t.person, NULL);
        mi_alloc_fail_after(-1);
        CHECK(made == (fail ? MIEN_OK : MIEN_ENOMEM));
        n += st == MIEN_OK ? 3 : 0;
        CHECK_EQ(mien_index_count(t.index), n);
        mien_index_free(x);
    }
    CHECK_EQ(st, MIEN_OK);
    mien_pool *pool = NULL;
    CHECK_EQ(mien_pool_new(2, &pool, NULL), MIEN_OK);
    mien_index_options o = {NULL, pool};
    for (int q = 1; q <= 5; q += 4) {
        st = MIEN_ENOMEM;
        for (long fail = 0; st == MIEN_ENOMEM && fail < 40; fail++) {
            mien_neighbour out[5] = {{7, 7, 7}};
            mi_alloc_fail_after(fail);
            st = mien_index_search(t.index, q, t.query, 1, &o, out, NULL);
            mi_alloc_fail_after(-1);
            CHECK((out[0].row == 7) == (st == MIEN_ENOMEM));
        }
        CHECK_EQ(st, MIEN_OK);
    }
    mien_pool_free(pool);
    data_free(&t);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_every_shape);
    RUN(test_hard_numbers);
    RUN(test_threads_and_many_queries);
    RUN(test_masked_rows_are_not_seen);
    RUN(test_removed_rows_are_gone);
    RUN(test_what_is_refused);
    RUN(test_failing_memory_changes_nothing);
    return check_done();
}
