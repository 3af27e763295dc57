/* choose.c: choose a threshold.
 *
 * Problem.  Of all cuts of a ranking take the one that a rule likes best.
 * Each rule says which cuts are allowed and gives a first and a second number
 * to be made large; cuts are tried from no alarm to all alarmed, and a later
 * one must be truly better, so that of equal cuts the one with fewer alarms is
 * taken, on every machine.
 *
 *   rule         allowed                first                second
 *   F            alarms > 0             F-beta
 *   COST         all                    -(a fn + b fp)
 *   ALERTS       0 < alarms <= a/b all  alarms
 *   RECALL       recall >= a            precision            recall
 *   PRECISION    precision >= a         recall               precision
 *   FALSE_ALARM  fp/N <= a, alarms > 0  recall
 *   YOUDEN       alarms > 0             recall - fp/N
 *
 * References: Youden 1950; Elkan 2001 (costs). */
#include "metrics/rank.h"

#include "base/error.h"

#include <math.h>

typedef struct verdict {
    int allowed;
    double first, second;
} verdict;

/* Bounds hold with a grain of salt for weights that do not add up exactly. */
#define GRAIN 1e-12

/* What a rule says of the threshold behind group g of the ranking. */
static verdict judge(const mien_ranking *r, mien_rule rule, double a, double b,
                     int64_t g)
{
    double tp = r->tp[g], fp = r->fp[g], alarms = tp + fp;
    double precision = alarms > 0 ? tp / alarms : 0, recall = tp / r->ones;
    double b2 = a * a;
    switch (rule) {
    case MIEN_RULE_F:
        return (verdict){g > 0, (1 + b2) * tp / (tp + fp + b2 * r->ones), 0};
    case MIEN_RULE_COST: return (verdict){1, -(a * (r->ones - tp) + b * fp), 0};
    case MIEN_RULE_ALERTS:
        return (verdict){g > 0 && alarms <= a / b * (r->ones + r->zeros) *
                                                (1 + GRAIN),
                         alarms, 0};
    case MIEN_RULE_RECALL:
        return (verdict){g > 0 && recall >= a * (1 - GRAIN), precision, recall};
    case MIEN_RULE_PRECISION:
        return (verdict){g > 0 && precision >= a * (1 - GRAIN), recall,
                         precision};
    case MIEN_RULE_FALSE_ALARM:
        return (verdict){g > 0 && fp <= a * r->zeros * (1 + GRAIN), recall, 0};
    case MIEN_RULE_YOUDEN: return (verdict){g > 0, recall - fp / r->zeros, 0};
    }
    return (verdict){0};
}

static int is_rate(double x) { return x >= 0 && x <= 1; }

/* Refuse numbers that the rule cannot use, and rows of one class alone. */
static mien_status check(const mien_ranking *r, mien_rule rule, double a,
                         double b, mien_error *err)
{
    const char *wanted = NULL;
    switch (rule) {
    case MIEN_RULE_F:
        wanted = a > 0 && a <= 1e6 ? NULL : "F wants beta above 0";
        break;
    case MIEN_RULE_COST:
        wanted = a >= 0 && b >= 0 && a + b > 0 && isfinite(a + b)
                     ? NULL
                     : "cost wants two finite costs >= 0, not both 0";
        break;
    case MIEN_RULE_ALERTS:
        wanted = a > 0 && b > 0 && isfinite(a) && isfinite(b)
                     ? NULL
                     : "alerts wants more than 0 alarms in more than 0 rows";
        break;
    case MIEN_RULE_RECALL:
        wanted = is_rate(a) ? NULL : "recall wants 0..1";
        break;
    case MIEN_RULE_PRECISION:
        wanted = is_rate(a) ? NULL : "precision wants 0..1";
        break;
    case MIEN_RULE_FALSE_ALARM:
        wanted = is_rate(a) ? NULL : "false-alarm rate wants 0..1";
        break;
    case MIEN_RULE_YOUDEN: break;
    }
    if (wanted)
        return mi_fail(err, MIEN_EARG, "threshold: %s", wanted);
    if (rule == MIEN_RULE_COST || rule == MIEN_RULE_ALERTS)
        return MIEN_OK;
    int both = rule == MIEN_RULE_YOUDEN || rule == MIEN_RULE_FALSE_ALARM;
    return mi_ranking_need(r, both, "the choice of a threshold", err);
}

/* Thousandths, since the text of a number depends on the locale. */
static int permille(double x)
{
    return (int)lround(fmin(fmax(x, 0), 1) * 1000);
}

/* Why no cut is allowed. */
static mien_status nothing(const mien_ranking *r, mien_rule rule, double a,
                           double b, mien_error *err)
{
    double best = 0, all = r->ones + r->zeros;
    double top = r->tp[1] + r->fp[1];
    for (int64_t g = 1; g <= r->groups; g++)
        best = fmax(best, r->tp[g] / (r->tp[g] + r->fp[g]));
    if (rule == MIEN_RULE_ALERTS)
        return mi_fail(err, MIEN_EARG,
                       "threshold: %lld alarms allowed in %lld rows, and the "
                       "highest score alone alarms %lld",
                       (long long)(a / b * all), (long long)all,
                       (long long)top);
    if (rule == MIEN_RULE_PRECISION)
        return mi_fail(err, MIEN_EARG,
                       "threshold: no threshold reaches that precision; the "
                       "best is %d in 1000",
                       permille(best));
    return mi_fail(err, MIEN_EARG,
                   "threshold: the highest score alone has a false-alarm rate "
                   "of %d in 1000, more than allowed",
                   permille(r->fp[1] / r->zeros));
}

mien_status mien_ranking_choose(const mien_ranking *r, mien_rule rule, double a,
                                double b, mien_threshold *out, mien_error *err)
{
    mien_status st = check(r, rule, a, b, err);
    if (st)
        return st;
    verdict best = {0};
    int64_t at = 0;
    for (int64_t g = 0; g <= r->groups; g++) {
        verdict v = judge(r, rule, a, b, g);
        int better = v.first > best.first ||
                     (v.first == best.first && v.second > best.second);
        if (v.allowed && (!best.allowed || better)) {
            best = v;
            at = g;
        }
    }
    if (!best.allowed)
        return nothing(r, rule, a, b, err);
    *out = mi_ranking_point(r, at, rule == MIEN_RULE_F ? a : 1);
    out->value = rule == MIEN_RULE_COST ? fabs(best.first) : best.first;
    return MIEN_OK;
}

mien_status mien_ranking_at_false_alarm(const mien_ranking *r,
                                        double false_alarm,
                                        mien_threshold *nearest,
                                        double *interpolated, mien_error *err)
{
    if (!is_rate(false_alarm))
        return mi_fail(err, MIEN_EARG, "metrics: false-alarm rate out of 0..1");
    mien_status st =
        mi_ranking_need(r, 1, "the recall at a false-alarm rate", err);
    if (st)
        return st;
    int64_t last = 0; /* cut at or below the rate */
    while (last < r->groups && r->fp[last + 1] / r->zeros <= false_alarm)
        last++;
    double below = r->fp[last] / r->zeros, line = r->tp[last] / r->ones;
    int64_t at = last;
    if (last < r->groups) {
        double above = r->fp[last + 1] / r->zeros;
        double next = r->tp[last + 1] / r->ones;
        line += (next - line) * ((false_alarm - below) / (above - below));
        if (above - false_alarm < false_alarm - below)
            at = last + 1;
    }
    while (at < r->groups && r->fp[at + 1] == r->fp[at])
        at++;
    *nearest = mi_ranking_point(r, at, 1);
    nearest->value = nearest->rates.recall;
    if (interpolated)
        *interpolated = line;
    return MIEN_OK;
}
