/* groups.c: rates of each group of rows, and how far groups lie apart. */
#include "mien/metrics_groups.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <math.h>

static const double no = (double)NAN;
static const double level = 0.05;

/* z with probability p beyond it on both sides of a normal distribution. */
static double z_of(double p)
{
    double low = 0, high = 40;
    for (int i = 0; i < 100; i++) {
        double z = (low + high) / 2;
        if (erfc(z / sqrt(2.)) > p)
            low = z;
        else
            high = z;
    }
    return high;
}

/* Wilson's interval of a share of n rows. */
static void wilson(double p, double n, double z, double *low, double *high)
{
    double all = 1 + z * z / n, middle = p + z * z / (2 * n);
    double half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    *low = fmax((middle - half) / all, 0);
    *high = fmin((middle + half) / all, 1);
}

mien_share mien_share_of(int64_t count, int64_t of)
{
    assert(count >= 0 && count <= of);
    mien_share s = {count, of, no, no, no};
    if (of)
        s.value = (double)count / (double)of;
    if (of >= MIEN_GROUPS_FEW)
        wilson(s.value, (double)of, z_of(level), &s.low, &s.high);
    return s;
}

/* The rows of one group, copied to y and score; how many. */
static int64_t pick(const mien_scored *rows, const int32_t *group, int g,
                    uint8_t *y, double *score)
{
    int64_t n = 0;
    for (int64_t i = 0; i < rows->n; i++)
        if (group[i] == g) {
            y[n] = rows->y[i];
            score[n++] = rows->score[i];
        }
    return n;
}

/* The area under the ROC curve of a group, where there is enough of it. */
static mien_status put_auc(const mien_scored *rows, mien_group_rates *r,
                           mien_error *err)
{
    double error = 0;
    r->auc = r->auc_low = r->auc_high = no;
    if (r->events < MIEN_GROUPS_FEW || r->rows - r->events < MIEN_GROUPS_FEW)
        return MIEN_OK;
    mien_status st = mien_auc_delong(rows, &r->auc, &error, err);
    if (!st) {
        r->auc_low = fmax(r->auc - z_of(level) * error, 0);
        r->auc_high = fmin(r->auc + z_of(level) * error, 1);
    }
    return st;
}

/* Count what a group was called, and rank it. */
static mien_status judge(const mien_scored *rows, double threshold,
                         mien_group_rates *r, mien_error *err)
{
    int64_t tp = 0, fp = 0, events = 0;
    for (int64_t i = 0; i < rows->n; i++) {
        int alarm = rows->score[i] >= threshold;
        events += rows->y[i];
        tp += alarm && rows->y[i];
        fp += alarm && !rows->y[i];
    }
    int64_t tn = rows->n - events - fp;
    r->rows = rows->n;
    r->events = events;
    r->share[MIEN_GROUP_RECALL] = mien_share_of(tp, events);
    r->share[MIEN_GROUP_FALSE_ALARM] = mien_share_of(fp, rows->n - events);
    r->share[MIEN_GROUP_PRECISION] = mien_share_of(tp, tp + fp);
    r->share[MIEN_GROUP_ALARMS] = mien_share_of(tp + fp, rows->n);
    r->share[MIEN_GROUP_ACCURACY] = mien_share_of(tp + tn, rows->n);
    return put_auc(rows, r, err);
}

/* The difference of two groups' shares, with an interval for z. */
static mien_group_gap difference(const mien_group_rates *rates, int a, int b,
                                 mien_group_figure f, double z)
{
    const mien_share *p = &rates[a].share[f], *q = &rates[b].share[f];
    mien_group_gap gap = {.highest = a, .lowest = b};
    double low[2], high[2];
    wilson(p->value, (double)p->of, z, &low[0], &high[0]);
    wilson(q->value, (double)q->of, z, &low[1], &high[1]);
    gap.value = p->value - q->value;
    gap.low = gap.value - hypot(p->value - low[0], high[1] - q->value);
    gap.high = gap.value + hypot(high[0] - p->value, q->value - low[1]);
    return gap;
}

/* The gap that is surest, of those whose interval lies above 0; else the
 * largest. */
static mien_group_gap gap_of(const mien_group_rates *rates, int groups,
                             mien_group_figure f)
{
    mien_group_gap best = {-1, -1, 0, no, no, no};
    int enough = 0;
    for (int g = 0; g < groups; g++)
        enough += !isnan(rates[g].share[f].low);
    double z = z_of(level / fmax(enough * (enough - 1) / 2., 1));
    for (int a = 0; a < groups; a++)
        for (int b = 0; b < groups; b++) {
            const mien_share *p = &rates[a].share[f], *q = &rates[b].share[f];
            if (a == b || isnan(p->low) || isnan(q->low) || p->value < q->value)
                continue;
            mien_group_gap gap = difference(rates, a, b, f, z);
            int surer = fmax(gap.low, 0) > fmax(best.low, 0);
            if (best.highest < 0 || surer ||
                (gap.low <= 0 && best.low <= 0 && gap.value > best.value))
                best = gap;
        }
    best.groups = enough;
    return best;
}

mien_status mien_rates_by_group(const mien_scored *rows, double threshold,
                                const int32_t *group, int groups,
                                mien_group_rates *rates, mien_group_gap *gap,
                                mien_error *err)
{
    assert(groups >= 1 && groups <= MIEN_GROUPS_MAX);
    uint8_t *y = mi_alloc((size_t)rows->n + 1, 1);
    double *score = mi_alloc((size_t)rows->n + 1, sizeof *score);
    mien_status st = y && score ? MIEN_OK : mi_no_memory(err);
    for (int64_t i = 0; !st && i < rows->n; i++)
        if (!isfinite(rows->score[i]))
            st = mi_fail(err, MIEN_EARG, "score of row %lld is not finite",
                         (long long)i + 1);
    for (int g = 0; !st && g < groups; g++) {
        mien_scored own = {pick(rows, group, g, y, score), y, score, NULL};
        st = judge(&own, threshold, &rates[g], err);
    }
    mi_free(y);
    mi_free(score);
    for (int f = 0; !st && f < MIEN_GROUP_FIGURES; f++)
        gap[f] = gap_of(rates, groups, (mien_group_figure)f);
    return st;
}
