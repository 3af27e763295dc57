/* rank.c: rows by descending score, and the counts at every threshold.
 *
 * Problem.  Every curve and every choice of a threshold needs the number of
 * ones and zeros at or above each different score.  Rows of one score can only
 * be alarmed together: they are a group.
 *
 * Method.  A double is made an integer key whose order is the reverse of the
 * number's (sign bit flipped, or all bits of a negative number; then all bits;
 * -0 is 0 first), and rows are sorted by a stable radix sort, least digit
 * first, 11 bits a pass.  A pass in which all rows have one digit is skipped.
 * Then one pass adds up counts by group.
 *
 * Reference: Knuth, TAOCP 3, 5.2.5. */
#include "metrics/rank.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

enum { BITS = 11, PASSES = 6, DIGITS = 1 << BITS };

typedef struct sorter {
    uint64_t *key[2]; /* [n] from, to */
    uint32_t *row[2];
    uint32_t *count; /* [PASSES, DIGITS] */
} sorter;

static uint64_t descending_key(double x)
{
    uint64_t bits;
    x += 0.0; /* -0 is 0 */
    memcpy(&bits, &x, sizeof bits);
    uint64_t up = bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
    return ~up;
}

static uint32_t digit(uint64_t key, int pass)
{
    return (uint32_t)(key >> (pass * BITS)) & (DIGITS - 1);
}

/* Sort by one digit of the keys, unless all have the same. */
static void sort_pass(sorter *s, int64_t n, int pass)
{
    uint32_t *count = s->count + (ptrdiff_t)pass * DIGITS;
    if (count[digit(s->key[0][0], pass)] == n)
        return;
    uint32_t sum = 0;
    for (int d = 0; d < DIGITS; d++) {
        uint32_t c = count[d];
        count[d] = sum;
        sum += c;
    }
    for (int64_t i = 0; i < n; i++) {
        uint32_t to = count[digit(s->key[0][i], pass)]++;
        s->key[1][to] = s->key[0][i];
        s->row[1][to] = s->row[0][i];
    }
    uint64_t *key = s->key[0];
    uint32_t *row = s->row[0];
    s->key[0] = s->key[1];
    s->row[0] = s->row[1];
    s->key[1] = key;
    s->row[1] = row;
}

mien_status mi_rank_rows(int64_t n, const double *score, uint32_t *row,
                         mien_error *err)
{
    if (n == 0)
        return MIEN_OK;
    size_t size = (size_t)n;
    uint64_t *key = mi_alloc_raw(size, 2 * sizeof *key);
    uint32_t *other = mi_alloc_raw(size, sizeof *other);
    uint32_t *counts = mi_alloc((size_t)PASSES * DIGITS, sizeof *counts);
    mien_status st = MIEN_OK;
    if (key && other && counts) {
        sorter s = {{key, key + n}, {row, other}, counts};
        for (int64_t i = 0; i < n; i++) {
            key[i] = descending_key(score[i]);
            row[i] = (uint32_t)i;
            for (int p = 0; p < PASSES; p++)
                counts[p * DIGITS + (int)digit(key[i], p)]++;
        }
        for (int p = 0; p < PASSES; p++)
            sort_pass(&s, n, p);
        if (s.row[0] != row)
            memcpy(row, s.row[0], size * sizeof *row);
    } else {
        st = mi_fail(err, MIEN_ENOMEM, "metrics: no memory");
    }
    mi_free(key);
    mi_free(other);
    mi_free(counts);
    return st;
}

/* Leave out rows of weight 0; how many are left. */
static int64_t drop_weightless(int64_t n, const double *weight, uint32_t *row)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++)
        if (!weight || weight[row[i]] > 0)
            row[kept++] = row[i];
    return kept;
}

static int64_t count_groups(int64_t n, const double *score, const uint32_t *row)
{
    int64_t groups = 1;
    for (int64_t i = 1; i < n; i++)
        groups += score[row[i]] < score[row[i - 1]];
    return groups;
}

static int alloc_ranking(mien_ranking *r, int weighted)
{
    size_t n = (size_t)r->n, groups = (size_t)r->groups;
    r->y = mi_alloc_raw(n, sizeof *r->y);
    r->weight = weighted ? mi_alloc_raw(n, sizeof *r->weight) : NULL;
    r->end = mi_alloc_raw(groups, sizeof *r->end);
    r->score = mi_alloc_raw(groups, sizeof *r->score);
    r->tp = mi_alloc(groups + 1, sizeof *r->tp);
    r->fp = mi_alloc(groups + 1, sizeof *r->fp);
    return r->y && (r->weight || !weighted) && r->end && r->score && r->tp &&
           r->fp;
}

/* Groups of equal scores, with the weights of both classes up to each. */
static void fill(mien_ranking *r, const mien_scored *rows, const uint32_t *row)
{
    double sum[2] = {0};
    int64_t g = 0;
    for (int64_t i = 0; i < r->n; i++) {
        double score = rows->score[row[i]];
        double weight = mi_weight_of(rows->weight, row[i]);
        r->y[i] = rows->y[row[i]];
        if (r->weight)
            r->weight[i] = weight;
        sum[r->y[i]] += weight;
        if (i + 1 < r->n && !(rows->score[row[i + 1]] < score))
            continue;
        r->score[g] = score;
        r->end[g++] = (uint32_t)(i + 1);
        r->fp[g] = sum[0];
        r->tp[g] = sum[1];
    }
    r->zeros = sum[0];
    r->ones = sum[1];
}

mien_status mien_ranking_new(const mien_scored *rows, mien_ranking **out,
                             mien_error *err)
{
    mien_status st = mi_rows_check(rows, err);
    if (st)
        return st;
    mien_ranking *r = mi_alloc(1, sizeof *r);
    uint32_t *row = mi_alloc_raw((size_t)rows->n, sizeof *row);
    st = r && row ? mi_rank_rows(rows->n, rows->score, row, err)
                  : mi_fail(err, MIEN_ENOMEM, "metrics: no memory");
    if (!st) {
        r->n = drop_weightless(rows->n, rows->weight, row);
        r->groups = count_groups(r->n, rows->score, row);
        st = alloc_ranking(r, rows->weight != NULL)
                 ? MIEN_OK
                 : mi_fail(err, MIEN_ENOMEM, "metrics: no memory");
    }
    if (!st) {
        fill(r, rows, row);
        *out = r;
        r = NULL;
    }
    mi_free(row);
    mien_ranking_free(r);
    return st;
}

void mien_ranking_free(mien_ranking *r)
{
    if (!r)
        return;
    mi_free(r->y);
    mi_free(r->weight);
    mi_free(r->end);
    mi_free(r->score);
    mi_free(r->tp);
    mi_free(r->fp);
    mi_free(r);
}

mien_status mi_ranking_need(const mien_ranking *r, int both, const char *what,
                            mien_error *err)
{
    if (!(r->ones > 0))
        return mi_fail(err, MIEN_EARG,
                       "metrics: %s needs rows of class 1, and all %lld rows "
                       "are 0",
                       what, (long long)r->n);
    if (both && !(r->zeros > 0))
        return mi_fail(err, MIEN_EARG,
                       "metrics: %s needs rows of class 0, and all %lld rows "
                       "are 1",
                       what, (long long)r->n);
    return MIEN_OK;
}

mien_confusion mi_ranking_cut(const mien_ranking *r, int64_t g)
{
    return (mien_confusion){r->zeros - r->fp[g], r->fp[g], r->ones - r->tp[g],
                            r->tp[g]};
}

int64_t mi_ranking_find(const mien_ranking *r, double threshold)
{
    int64_t low = 0, high = r->groups;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (r->score[middle] >= threshold)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

mien_confusion mien_ranking_confusion(const mien_ranking *r, double threshold)
{
    return mi_ranking_cut(r, mi_ranking_find(r, threshold));
}

mien_confusion mien_ranking_top(const mien_ranking *r, double k)
{
    int64_t low = 0, high = r->groups;
    while (low < high) { /* the last cut that alarms k or less */
        int64_t middle = low + (high - low + 1) / 2;
        if (r->tp[middle] + r->fp[middle] <= k)
            low = middle;
        else
            high = middle - 1;
    }
    mien_confusion c = mi_ranking_cut(r, low);
    if (low == r->groups || !(k > 0))
        return c;
    double ones = r->tp[low + 1] - r->tp[low];
    double zeros = r->fp[low + 1] - r->fp[low];
    double share = (k - c.tp - c.fp) / (ones + zeros);
    return (mien_confusion){c.tn - share * zeros, c.fp + share * zeros,
                            c.fn - share * ones, c.tp + share * ones};
}

/* The threshold of a cut: half way between its neighbours, if a number lies
 * there. */
static double threshold_of(const mien_ranking *r, int64_t g)
{
    if (g == 0)
        return nextafter(r->score[0], HUGE_VAL);
    double above = r->score[g - 1];
    if (g == r->groups)
        return above;
    double below = r->score[g], middle = below / 2 + above / 2;
    return middle > below && middle <= above ? middle : above;
}

mien_threshold mi_ranking_point(const mien_ranking *r, int64_t g, double beta)
{
    mien_threshold p = {.threshold = threshold_of(r, g),
                        .count = mi_ranking_cut(r, g)};
    p.rates = mien_rates_of(&p.count, beta);
    return p;
}
