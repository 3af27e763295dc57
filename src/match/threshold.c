/* threshold.c: how near is near enough, when many are known.
 *
 * A stranger is compared with everybody.  If a share f(t) of the pairs of two
 * people lies nearer than t, then 1 - (1 - f(t))^n of the strangers lie nearer
 * than t to one of n. */
#include "match/people.h"

#include <assert.h>
#include <math.h>

/* f at 0.38, 0.40, ... 0.62, of LFW; see mien_match_strangers. */
static const double first = 0.38, step = 0.02;
static const double share[] = {1.489e-6, 5.210e-6, 1.302e-5, 2.605e-5, 5.657e-5,
                               1.165e-4, 2.344e-4, 4.778e-4, 9.363e-4, 1.837e-3,
                               3.532e-3, 6.825e-3, 1.252e-2};
enum { SHARES = sizeof share / sizeof *share };

double mien_match_strangers(int known, float threshold)
{
    double at = ((double)threshold - first) / step;
    if (known <= 0 || !(threshold > 0))
        return 0;
    int i = at < 0 ? 0 : at > SHARES - 2 ? SHARES - 2 : (int)at;
    double a = log(share[i]), b = log(share[i + 1]);
    double pair = fmin(exp(a + (at - i) * (b - a)), 1);
    return -expm1(known * log1p(-pair));
}

float mien_match_threshold(int known, double false_match)
{
    assert(false_match > 0 && false_match < 1);
    double least = 0, most = (double)MIEN_SAME_PERSON;
    if (mien_match_strangers(known, MIEN_SAME_PERSON) <= false_match)
        return MIEN_SAME_PERSON;
    for (int i = 0; i < 40; i++) {
        double middle = (least + most) / 2;
        if (mien_match_strangers(known, (float)middle) > false_match)
            most = middle;
        else
            least = middle;
    }
    return (float)least;
}

static int known(const mien_people *p, mien_match_rule rule)
{
    return rule == MIEN_MATCH_MEAN ? p->n : mi_people_views(p);
}

float mien_people_threshold(const mien_people *p,
                            const mien_match_options *options)
{
    mien_match_options o = MIEN_MATCH_DEFAULTS;
    if (options)
        o = *options;
    if (o.threshold >= 0)
        return o.threshold;
    return mien_match_threshold(known(p, o.rule), o.false_match);
}

double mien_people_strangers(const mien_people *p,
                             const mien_match_options *options)
{
    mien_match_options o = MIEN_MATCH_DEFAULTS;
    if (options)
        o = *options;
    return mien_match_strangers(known(p, o.rule), mien_people_threshold(p, &o));
}
