/* threshold.c: the networks that describe faces, and how near is near enough,
 * when many are known.
 *
 * A stranger is compared with everybody.  If a share f(t) of the pairs of two
 * people lies nearer than t, then 1 - (1 - f(t))^n of the strangers lie nearer
 * than t to one of n. */
#include "match/people.h"

#include <assert.h>
#include <math.h>

enum { SHARES = 13 };

/* By the number of a describer. */
static const struct {
    const char *name;
    int numbers;
    float threshold;
    double first, step;   /* distances, */
    double share[SHARES]; /* and f of them, of LFW; see mien_match_strangers */
} describers[] = {
    {"dlib",
     MIEN_DESCRIPTOR,
     MIEN_SAME_PERSON,
     0.38,
     0.02,
     {1.489e-6, 5.210e-6, 1.302e-5, 2.605e-5, 5.657e-5, 1.165e-4, 2.344e-4,
      4.778e-4, 9.363e-4, 1.837e-3, 3.532e-3, 6.825e-3, 1.252e-2}},
    {"mobilefacenet",
     MIEN_DESCRIPTOR_MOST,
     1.21F,
     0.98,
     0.02,
     {3.721e-06, 6.699e-06, 1.116e-05, 2.568e-05, 4.763e-05, 9.973e-05,
      1.924e-04, 3.781e-04, 7.208e-04, 1.324e-03, 2.403e-03, 4.341e-03,
      7.795e-03}}};

enum { DESCRIBERS = sizeof describers / sizeof *describers };

static int known_one(mien_describer d)
{
    return (unsigned)d < DESCRIBERS ? (int)d : MIEN_DESCRIBER_DLIB;
}

const char *mien_describer_name(mien_describer d)
{
    return describers[known_one(d)].name;
}

int mien_describer_numbers(mien_describer d)
{
    return describers[known_one(d)].numbers;
}

float mien_describer_threshold(mien_describer d)
{
    return describers[known_one(d)].threshold;
}

double mien_match_strangers_by(mien_describer d, int known, float threshold)
{
    int by = known_one(d);
    const double *share = describers[by].share;
    double at =
        ((double)threshold - describers[by].first) / describers[by].step;
    if (known <= 0 || !(threshold > 0))
        return 0;
    int i = at < 0 ? 0 : at > SHARES - 2 ? SHARES - 2 : (int)at;
    double a = log(share[i]), b = log(share[i + 1]);
    double pair = fmin(exp(a + (at - i) * (b - a)), 1);
    return -expm1(known * log1p(-pair));
}

double mien_match_strangers(int known, float threshold)
{
    return mien_match_strangers_by(MIEN_DESCRIBER_DLIB, known, threshold);
}

float mien_match_threshold_by(mien_describer d, int known, double false_match)
{
    assert(false_match > 0 && false_match < 1);
    const float usual = mien_describer_threshold(d);
    double least = 0, most = (double)usual;
    if (mien_match_strangers_by(d, known, usual) <= false_match)
        return usual;
    for (int i = 0; i < 40; i++) {
        double middle = (least + most) / 2;
        if (mien_match_strangers_by(d, known, (float)middle) > false_match)
            most = middle;
        else
            least = middle;
    }
    return (float)least;
}

float mien_match_threshold(int known, double false_match)
{
    return mien_match_threshold_by(MIEN_DESCRIBER_DLIB, known, false_match);
}

/* What a face is compared with. */
static int compared(const mien_people *p, mien_match_rule rule)
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
    return mien_match_threshold_by(p->describer, compared(p, o.rule),
                                   o.false_match);
}

double mien_people_strangers(const mien_people *p,
                             const mien_match_options *options)
{
    mien_match_options o = MIEN_MATCH_DEFAULTS;
    if (options)
        o = *options;
    return mien_match_strangers_by(p->describer, compared(p, o.rule),
                                   mien_people_threshold(p, &o));
}
