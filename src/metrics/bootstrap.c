/* bootstrap.c: intervals of statistics by drawing rows with replacement.
 *
 * Problem.  How far would the AUC move on another sample of rows?
 *
 * Method.  A replicate draws n rows of n with replacement.  Statistics depend
 * on how often each row was drawn only, and the order of scores never changes:
 * the draws are counted in the order of the ranking, and one pass over the
 * counts gives the AUC or average precision; nothing is sorted again.
 * Stratified, as many ones are drawn from the ones and zeros from the zeros as
 * there are.  Replicate i has its own generator, seeded by a bijection of i
 * that depends on the seed, so that results depend neither on threads nor on
 * how many replicates follow.  The interval is the percentiles (1 - level) / 2
 * and (1 + level) / 2 of the replicates that define the statistic, between
 * order statistics by a line.
 *
 * Reference: Efron & Tibshirani, An Introduction to the Bootstrap, 1993. */
#include "metrics/rank.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"

#include <math.h>

enum { MAX_STATS = 16, MAX_REPLICATES = 1000000 };

typedef struct job {
    const mien_ranking *r;
    const mien_statistic *stats;
    int n_stats;
    const mien_bootstrap_options *o;
    int64_t alarmed;  /* rows at or above the threshold */
    int64_t zeros;    /* rows of class 0 */
    uint32_t *place;  /* [n] where the zeros are, then the ones */
    uint32_t *counts; /* [lanes, n] */
    double *values;   /* [n_stats, replicates], NAN: not defined */
} job;

/* ---- statistics of counts ----------------------------------------------- */

static double drawn(const mien_ranking *r, const uint32_t *count, int64_t i)
{
    return r->weight ? count[i] * r->weight[i] : count[i];
}

typedef struct areas {
    double auc, ap;
} areas;

/* Both areas under the curves of rows that were drawn count times each. */
static areas areas_of(const mien_ranking *r, const uint32_t *count)
{
    double sum[2] = {0}, area = 0, steps = 0;
    int64_t i = 0;
    for (int64_t g = 0; g < r->groups; g++) {
        double before[2] = {sum[0], sum[1]};
        for (; i < r->end[g]; i++)
            sum[r->y[i]] += drawn(r, count, i);
        area += (sum[0] - before[0]) * (sum[1] + before[1]);
        if (sum[1] > before[1])
            steps += (sum[1] - before[1]) * (sum[1] / (sum[0] + sum[1]));
    }
    return (areas){sum[0] > 0 && sum[1] > 0 ? area / 2 / sum[0] / sum[1]
                                            : (double)NAN,
                   sum[1] > 0 ? steps / sum[1] : (double)NAN};
}

static mien_confusion confusion_of(const job *j, const uint32_t *count)
{
    double alarm[2] = {0}, rest[2] = {0};
    for (int64_t i = 0; i < j->alarmed; i++)
        alarm[j->r->y[i]] += drawn(j->r, count, i);
    for (int64_t i = j->alarmed; i < j->r->n; i++)
        rest[j->r->y[i]] += drawn(j->r, count, i);
    return (mien_confusion){rest[0], alarm[0], rest[1], alarm[1]};
}

/* x, or NAN if one of the flags says that it was 0/0. */
static double defined(double x, unsigned undefined, unsigned flag)
{
    return undefined & flag ? (double)NAN : x;
}

static double rate(const mien_confusion *c, mien_statistic stat)
{
    mien_rates r = mien_rates_of(c, 1);
    switch (stat) {
    case MIEN_STAT_PRECISION:
        return defined(r.precision, r.undefined, MIEN_NO_PRECISION);
    case MIEN_STAT_RECALL:
        return defined(r.recall, r.undefined, MIEN_NO_RECALL);
    case MIEN_STAT_F1: return defined(r.f, r.undefined, MIEN_NO_F);
    case MIEN_STAT_FALSE_ALARM:
        return defined(r.false_alarm, r.undefined, MIEN_NO_FALSE_ALARM);
    case MIEN_STAT_MCC: return defined(r.mcc, r.undefined, MIEN_NO_MCC);
    default: return r.accuracy;
    }
}

static int is_area(mien_statistic s)
{
    return s == MIEN_STAT_AUC || s == MIEN_STAT_AP;
}

/* All statistics asked for; stride apart. */
static void evaluate(const job *j, const uint32_t *count, double *out,
                     int64_t stride)
{
    areas a = {0};
    mien_confusion c = {0};
    int areas_known = 0, counts_known = 0;
    for (int s = 0; s < j->n_stats; s++) {
        mien_statistic stat = j->stats[s];
        if (is_area(stat) && !areas_known++)
            a = areas_of(j->r, count);
        if (!is_area(stat) && !counts_known++)
            c = confusion_of(j, count);
        out[s * stride] = stat == MIEN_STAT_AUC  ? a.auc
                          : stat == MIEN_STAT_AP ? a.ap
                                                 : rate(&c, stat);
    }
}

/* ---- replicates --------------------------------------------------------- */

/* A bijection of 32 bits that leaves no trace of order (MurmurHash3). */
static uint32_t scramble(uint32_t h)
{
    h = (h ^ h >> 16) * 0x85ebca6bu;
    h = (h ^ h >> 13) * 0xc2b2ae35u;
    return h ^ h >> 16;
}

/* How often replicate i draws each row, its seed the replicate's own. */
static void draw(const job *j, uint32_t i, uint32_t *count)
{
    int64_t n = j->r->n, zeros = j->zeros;
    mien_random random;
    mien_random_init(&random, scramble(i ^ scramble(j->o->seed)));
    for (int64_t k = 0; k < n; k++)
        count[k] = 0;
    if (!j->o->stratified) {
        for (int64_t k = 0; k < n; k++)
            count[mien_random_below(&random, (uint64_t)n)]++;
        return;
    }
    for (int64_t k = 0; k < zeros; k++)
        count[j->place[mien_random_below(&random, (uint64_t)zeros)]]++;
    for (int64_t k = zeros; k < n; k++)
        count[j->place[zeros +
                       mien_random_below(&random, (uint64_t)(n - zeros))]]++;
}

static void replicate(void *arg, int i, int lane)
{
    const job *j = arg;
    uint32_t *count = j->counts + lane * j->r->n;
    draw(j, (uint32_t)i, count);
    evaluate(j, count, j->values + i, j->o->replicates);
}

/* ---- intervals ---------------------------------------------------------- */

/* Element q (n - 1) of numbers sorted by row, descending. */
static double percentile(const double *x, const uint32_t *row, int n, double q)
{
    double at = q * (n - 1);
    int low = (int)floor(at);
    double a = x[row[n - 1 - low]];
    double b = x[row[low + 1 < n ? n - 2 - low : 0]];
    return a + (at - low) * (b - a);
}

/* Fill what replicates tell; x loses those that are not defined. */
static mien_status summarize(double *x, int n, double level, uint32_t *row,
                             mien_interval *out, mien_error *err)
{
    int kept = 0;
    double mean = 0, squares = 0;
    for (int i = 0; i < n; i++)
        if (!isnan(x[i]))
            x[kept++] = x[i];
    if (kept < 2)
        return mi_fail(err, MIEN_EARG,
                       "bootstrap: %d of %d replicates define the statistic, "
                       "wanted 2",
                       kept, n);
    mien_status st = mi_rank_rows(kept, x, row, err);
    if (st)
        return st;
    for (int i = 0; i < kept; i++)
        mean += x[i] / kept;
    for (int i = 0; i < kept; i++)
        squares += (x[i] - mean) * (x[i] - mean);
    out->low = percentile(x, row, kept, (1 - level) / 2);
    out->high = percentile(x, row, kept, (1 + level) / 2);
    out->standard_error = sqrt(squares / (kept - 1));
    out->undefined = n - kept;
    return MIEN_OK;
}

/* Refuse statistics and options outside their range. */
static mien_status check(int n_stats, const mien_statistic *stats,
                         const mien_bootstrap_options *o, mien_error *err)
{
    if (n_stats < 1 || n_stats > MAX_STATS)
        return mi_fail(err, MIEN_EARG, "bootstrap: %d statistics, wanted 1..%d",
                       n_stats, MAX_STATS);
    for (int i = 0; i < n_stats; i++)
        if ((int)stats[i] < 0 || stats[i] > MIEN_STAT_ACCURACY)
            return mi_fail(err, MIEN_EARG, "bootstrap: no statistic %d",
                           (int)stats[i]);
    if (o->replicates < 2 || o->replicates > MAX_REPLICATES)
        return mi_fail(err, MIEN_EARG, "bootstrap: %d replicates, wanted 2..%d",
                       o->replicates, MAX_REPLICATES);
    if (!(o->level > 0 && o->level < 1) || isnan(o->threshold))
        return mi_fail(err, MIEN_EARG, "bootstrap: %s",
                       isnan(o->threshold) ? "the threshold is nan"
                                           : "level not between 0 and 1");
    return MIEN_OK;
}

static void set_places(job *j)
{
    int64_t n = j->r->n, at[2] = {0};
    for (int64_t i = 0; i < n; i++)
        at[1] += !j->r->y[i];
    j->zeros = at[1];
    for (int64_t i = 0; i < n; i++)
        j->place[at[j->r->y[i]]++] = (uint32_t)i;
}

/* The statistics of the rows themselves: each drawn once. */
static mien_status set_values(const job *j, mien_interval *x, mien_error *err)
{
    double value[MAX_STATS];
    for (int64_t i = 0; i < j->r->n; i++)
        j->counts[i] = 1;
    evaluate(j, j->counts, value, 1);
    for (int s = 0; s < j->n_stats; s++) {
        x[s].value = value[s];
        if (isnan(value[s]))
            return mi_fail(err, MIEN_EARG,
                           "bootstrap: the rows do not define statistic %d "
                           "(a class is missing, or nothing is alarmed)",
                           s);
    }
    return MIEN_OK;
}

/* The statistics of all rows, then their intervals from the replicates. */
static mien_status estimate(job *j, mien_pool *pool, uint32_t *row,
                            mien_interval *out, mien_error *err)
{
    mien_interval x[MAX_STATS];
    int replicates = j->o->replicates;
    set_places(j);
    mien_status st = set_values(j, x, err);
    if (st)
        return st;
    mi_pool_run(pool, replicates, replicate, j);
    for (int s = 0; !st && s < j->n_stats; s++)
        st = summarize(j->values + (int64_t)s * replicates, replicates,
                       j->o->level, row, x + s, err);
    for (int s = 0; !st && s < j->n_stats; s++)
        out[s] = x[s];
    return st;
}

mien_status mien_ranking_bootstrap(const mien_ranking *r,
                                   const mien_statistic *stats, int n_stats,
                                   const mien_bootstrap_options *options,
                                   mien_pool *pool, mien_interval *out,
                                   mien_error *err)
{
    const mien_bootstrap_options defaults = MIEN_BOOTSTRAP_DEFAULTS;
    const mien_bootstrap_options *o = options ? options : &defaults;
    mien_status st = check(n_stats, stats, o, err);
    if (st)
        return st;
    int64_t cut = mi_ranking_find(r, o->threshold);
    size_t lanes = (size_t)mien_pool_size(pool), n = (size_t)r->n;
    size_t replicates = (size_t)o->replicates;
    job j = {.r = r, .stats = stats, .n_stats = n_stats, .o = o};
    j.alarmed = cut ? r->end[cut - 1] : 0;
    j.place = mi_alloc_raw(n, sizeof *j.place);
    j.counts = mi_alloc_raw(n, lanes * sizeof *j.counts);
    j.values = mi_alloc_raw(replicates, (size_t)n_stats * sizeof *j.values);
    uint32_t *row = mi_alloc_raw(replicates, sizeof *row);
    if (j.place && j.counts && j.values && row)
        st = estimate(&j, pool, row, out, err);
    else
        st = mi_fail(err, MIEN_ENOMEM, "metrics: no memory");
    mi_free(j.place);
    mi_free(j.counts);
    mi_free(j.values);
    mi_free(row);
    return st;
}
