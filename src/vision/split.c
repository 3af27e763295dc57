/* split.c: the feature and threshold that part weighted samples best.
 *
 * The order of the samples by each feature's value does not change while a
 * stage is trained, only their weights do.  So the orders are kept, of 16
 * features side by side, two bytes a sample, and a kernel walks up 16 features
 * at a time (kern/boost.h).  Where the memory given does not suffice, the
 * features that are left are sorted again for each split.
 *
 * Floats are sorted as whole numbers of the same order, digit by digit (radix
 * sort), digits being of 11 bits, or of 8 for few samples; equal values stay in
 * the order of samples. The threshold found by rank becomes the middle between
 * the greatest value on its left and the least on its right of those that have
 * weight. */
#include "vision/split.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"
#include "kern/boost.h"
#include "kern/kern.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { LANES = MI_BOOST_LANES, DIGITS = 2048, PASSES = 4 };

/* What one thread works with. */
typedef struct lane {
    float *values;         /* [n] */
    uint32_t *key, *spare; /* [n] */
    uint16_t *at, *other;  /* [n] */
    uint16_t *order;       /* [n, 16], for features that are not kept */
    uint8_t *codes;        /* [n] LBP */
} lane;

struct mi_splitter {
    mien_feature_kind kind;
    const mi_candidate *list;
    int n;      /* candidates */
    int groups; /* of 16 */
    int kept;   /* groups whose orders or codes are in cache */
    const mi_samples *samples;
    mien_pool *pool;
    uint16_t *orders; /* [kept, samples, 16] Haar */
    uint8_t *codes;   /* [kept, 16, samples] LBP */
    lane *lane;       /* [n_lanes] */
    int n_lanes;
    float *score; /* [groups, 16] */
    int32_t *at;  /* the same */
    /* of the search under way */
    mien_boost boost;
    mi_ranks ranks;
};

static void count_digits(int n, const uint32_t *key, int bits,
                         uint32_t count[PASSES][DIGITS])
{
    uint32_t mask = (1u << bits) - 1;
    for (int pass = 0; pass * bits < 32; pass++)
        memset(count[pass], 0, ((size_t)mask + 1) * sizeof **count);
    for (int i = 0; i < n; i++)
        for (int pass = 0; pass * bits < 32; pass++)
            count[pass][key[i] >> pass * bits & mask]++;
}

/* One pass: by a digit, into other places. */
static void move_by_digit(int n, int shift, uint32_t mask, uint32_t *count,
                          const lane *from, const lane *to)
{
    uint32_t before = 0;
    for (uint32_t d = 0; d <= mask; d++) {
        uint32_t here = count[d];
        count[d] = before;
        before += here;
    }
    for (int i = 0; i < n; i++) {
        uint32_t place = count[from->key[i] >> shift & mask]++;
        to->key[place] = from->key[i];
        to->at[place] = from->at[i];
    }
}

/* Sort samples by l->values into l->at, keys of which are then in l->key. */
static void sort_values(int n, lane *l)
{
    uint32_t count[PASSES][DIGITS];
    int bits = n < 2048 ? 8 : 11; /* of a digit */
    uint32_t mask = (1u << bits) - 1;
    for (int i = 0; i < n; i++) {
        float v = l->values[i] + 0.f; /* -0 is 0 */
        uint32_t word;
        memcpy(&word, &v, sizeof word);
        l->key[i] = word & 0x80000000u ? ~word : word | 0x80000000u;
        l->at[i] = (uint16_t)i;
    }
    count_digits(n, l->key, bits, count);
    for (int shift = 0; shift < 32; shift += bits) {
        uint32_t *digit = count[shift / bits];
        if (digit[l->key[0] >> shift & mask] == (uint32_t)n)
            continue; /* all have the same digit */
        lane to = {.key = l->spare, .at = l->other};
        move_by_digit(n, shift, mask, digit, l, &to);
        l->spare = l->key;
        l->other = l->at;
        l->key = to.key;
        l->at = to.at;
    }
}

/* The order of one feature, into every 16th place. */
static void order_feature(const mi_splitter *s, int candidate, lane *l,
                          uint16_t *order)
{
    int n = s->samples->n;
    mien_feature f = mi_candidate_feature(&s->list[candidate]);
    mi_values_haar(s->samples, &f, l->values);
    sort_values(n, l);
    for (int i = 0; i < n; i++) {
        int tie = i + 1 < n && l->key[i] == l->key[i + 1];
        order[(ptrdiff_t)i * LANES] =
            (uint16_t)(l->at[i] | (tie ? MI_BOOST_TIE : 0));
    }
}

/* 16 features; past the last one the last is repeated. */
static void order_group(const mi_splitter *s, int group, lane *l,
                        uint16_t *order)
{
    for (int f = 0; f < LANES; f++) {
        int c = group * LANES + f;
        order_feature(s, c < s->n ? c : s->n - 1, l, order + f);
    }
}

static void code_feature(const mi_splitter *s, int candidate, uint8_t *codes)
{
    mien_feature f = mi_candidate_feature(&s->list[candidate]);
    mi_values_lbp(s->samples, &f, codes);
}

static void keep_task(void *arg, int group, int lane_at)
{
    mi_splitter *s = arg;
    size_t n = (size_t)s->samples->n;
    if (s->kind == MIEN_FEATURE_HAAR)
        order_group(s, group, &s->lane[lane_at],
                    s->orders + (size_t)group * n * LANES);
    else
        for (int c = group * LANES; c < (group + 1) * LANES && c < s->n; c++)
            code_feature(s, c, s->codes + (size_t)c * n);
}

static int lane_new(lane *l, size_t n, mien_feature_kind kind, int all_kept)
{
    if (kind == MIEN_FEATURE_LBP)
        return (l->codes = mi_alloc(n, 1)) != NULL &&
               (l->values = mi_alloc(1, sizeof *l->values)) != NULL;
    l->values = mi_alloc(n, sizeof *l->values);
    l->key = mi_alloc(n, sizeof *l->key);
    l->spare = mi_alloc(n, sizeof *l->spare);
    l->at = mi_alloc(n, sizeof *l->at);
    l->other = mi_alloc(n, sizeof *l->other);
    l->order = all_kept ? NULL : mi_alloc(n * LANES, sizeof *l->order);
    return l->values && l->key && l->spare && l->at && l->other &&
           (all_kept || l->order);
}

void mi_splitter_free(mi_splitter *s)
{
    if (!s)
        return;
    for (int i = 0; s->lane && i < s->n_lanes; i++) {
        lane *l = &s->lane[i];
        mi_free(l->values);
        mi_free(l->key);
        mi_free(l->spare);
        mi_free(l->at);
        mi_free(l->other);
        mi_free(l->order);
        mi_free(l->codes);
    }
    mi_free(s->lane);
    mi_free(s->orders);
    mi_free(s->codes);
    mi_free(s->score);
    mi_free(s->at);
    mi_free(s);
}

/* All memory of a splitter; 0 if there is not enough. */
static int get_memory(mi_splitter *s, int64_t cache_bytes)
{
    size_t n = (size_t)s->samples->n, group = n * LANES;
    if (s->kind == MIEN_FEATURE_HAAR)
        group *= sizeof *s->orders;
    size_t room = cache_bytes < 0 ? 0 : (size_t)cache_bytes / group;
    s->kept = room < (size_t)s->groups ? (int)room : s->groups;
    if (s->kept && s->kind == MIEN_FEATURE_HAAR)
        s->orders = mi_alloc_raw((size_t)s->kept, group);
    if (s->kept && s->kind == MIEN_FEATURE_LBP)
        s->codes = mi_alloc_raw((size_t)s->kept, group);
    size_t results = (size_t)s->groups * LANES;
    s->score = mi_alloc(results, sizeof *s->score);
    s->at = mi_alloc(results, sizeof *s->at);
    s->n_lanes = mien_pool_size(s->pool);
    s->lane = mi_alloc((size_t)s->n_lanes, sizeof *s->lane);
    if ((s->kept && !s->orders && !s->codes) || !s->score || !s->at || !s->lane)
        return 0;
    for (int i = 0; i < s->n_lanes; i++)
        if (!lane_new(&s->lane[i], n, s->kind, s->kept == s->groups))
            return 0;
    return 1;
}

mien_status mi_splitter_new(mien_feature_kind kind, const mi_candidate *list,
                            int n, const mi_samples *samples,
                            int64_t cache_bytes, mien_pool *pool,
                            mi_splitter **out, mien_error *err)
{
    assert(samples->n >= 1 && samples->n <= MI_BOOST_MAX_SAMPLES && n >= 1);
    mi_splitter *s = mi_alloc(1, sizeof *s);
    if (!s)
        return mi_no_memory(err);
    s->kind = kind;
    s->list = list;
    s->n = n;
    s->groups = (n + LANES - 1) / LANES;
    s->samples = samples;
    s->pool = pool;
    if (!get_memory(s, cache_bytes)) {
        mi_splitter_free(s);
        return mi_fail(err, MIEN_ENOMEM, "cascade: %d features of %d windows",
                       n, samples->n);
    }
    mi_pool_run(pool, s->kept, keep_task, s);
    *out = s;
    return MIEN_OK;
}

/* The best threshold of each candidate of a group. */
static void search_haar(mi_splitter *s, int group, lane *l)
{
    const mi_kern *kern = mi_kern_best();
    mi_ranks ranks = s->ranks;
    ranks.order = l->order;
    if (group < s->kept)
        ranks.order = s->orders + (size_t)group * (size_t)ranks.n * LANES;
    else
        order_group(s, group, l, l->order);
    float *score = s->score + (size_t)group * LANES;
    int32_t *at = s->at + (size_t)group * LANES;
    if (s->boost == MIEN_BOOST_GENTLE)
        kern->split_gentle_f32(&ranks, score, at);
    else if (s->boost == MIEN_BOOST_DISCRETE)
        kern->split_discrete_f32(&ranks, score, at);
    else
        kern->split_real_f32(&ranks, score, at);
}

/* The best subset of codes for each candidate of a group. */
static void search_lbp(mi_splitter *s, int group, lane *l)
{
    int n = s->samples->n;
    for (int c = group * LANES; c < (group + 1) * LANES; c++) {
        s->at[c] = -1;
        if (c >= s->n)
            continue;
        uint32_t subset[8];
        const uint8_t *codes = l->codes;
        if (group < s->kept)
            codes = s->codes + (size_t)c * (size_t)n;
        else
            code_feature(s, c, l->codes);
        double gain = mi_split_lbp(s->boost, n, codes, s->ranks.weight, subset);
        s->score[c] = (float)gain;
        s->at[c] = isfinite(gain) ? 0 : -1;
    }
}

static void search_task(void *arg, int group, int lane_at)
{
    mi_splitter *s = arg;
    if (s->kind == MIEN_FEATURE_HAAR)
        search_haar(s, group, &s->lane[lane_at]);
    else
        search_lbp(s, group, &s->lane[lane_at]);
}

/* The threshold of a feature behind a rank. */
static float threshold_of(mi_splitter *s, int candidate, int rank)
{
    int n = s->samples->n;
    lane *l = &s->lane[0];
    mien_feature f = mi_candidate_feature(&s->list[candidate]);
    mi_values_haar(s->samples, &f, l->values);
    sort_values(n, l);
    int low = rank, high = rank + 1;
    while (low > 0 && !s->ranks.weight[l->at[low]])
        low--;
    while (high + 1 < n && !s->ranks.weight[l->at[high]])
        high++;
    float below = l->values[l->at[low]], above = l->values[l->at[high]];
    float middle = below + (above - below) / 2;
    return middle > below ? middle : above;
}

void mi_splitter_find(mi_splitter *s, mien_boost boost, const int32_t *weight,
                      mi_split *out)
{
    mi_ranks ranks = {.n = s->samples->n, .weight = weight};
    for (int i = 0; i < ranks.n; i++) {
        ranks.total += weight[i] < 0 ? -weight[i] : weight[i];
        ranks.sum += weight[i];
    }
    s->boost = boost;
    s->ranks = ranks;
    *out = (mi_split){.candidate = -1};
    if (ranks.total == 0)
        return;
    mi_pool_run(s->pool, s->groups, search_task, s);
    int best = -1;
    for (int c = 0; c < s->n; c++)
        if (s->at[c] >= 0 && (best < 0 || s->score[c] > s->score[best]))
            best = c;
    if (best < 0)
        return;
    out->candidate = best;
    if (s->kind == MIEN_FEATURE_HAAR) {
        out->threshold = threshold_of(s, best, s->at[best]);
        return;
    }
    lane *l = &s->lane[0];
    code_feature(s, best, l->codes);
    mi_split_lbp(boost, ranks.n, l->codes, weight, out->subset);
}

void mi_splitter_apply(mi_splitter *s, const mi_split *split, uint8_t *left)
{
    int n = s->samples->n;
    lane *l = &s->lane[0];
    mien_feature f = mi_candidate_feature(&s->list[split->candidate]);
    if (s->kind == MIEN_FEATURE_HAAR) {
        mi_values_haar(s->samples, &f, l->values);
        for (int i = 0; i < n; i++)
            left[i] = l->values[i] < split->threshold;
        return;
    }
    mi_values_lbp(s->samples, &f, l->codes);
    for (int i = 0; i < n; i++) {
        int code = l->codes[i];
        left[i] = split->subset[code / 32] >> (code % 32) & 1;
    }
}
