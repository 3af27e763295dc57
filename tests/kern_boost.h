/* kern_boost.h: the searches for a threshold, of n samples. */
#ifndef KERN_BOOST_H
#define KERN_BOOST_H

#include "kern/boost.h"
#include "tests/kern_case.h"

#include <math.h>

static uint16_t kern_order[KERN_MOST];
static int32_t kern_votes[KERN_MOST / MI_BOOST_LANES];
static mi_ranks kern_ranks;
enum { KERN_SAMPLES = KERN_MOST / MI_BOOST_LANES };

/* Small weights and many ties now and then. */
static void kern_ranks_make(int n)
{
    unsigned seed = (unsigned)n;
    mi_ranks r = {.n = n, .order = kern_order, .weight = kern_votes};
    for (int i = 0; i < n; i++) {
        int32_t w = (int32_t)(check_rand(&seed) % (unsigned)((1 << 30) / n));
        w = n % 3 == 0 && i % 4 == 1 ? 0 : n % 5 == 0 ? w % 8 : w;
        kern_votes[i] = check_rand(&seed) & 1 ? w : -w;
        r.total += w;
        r.sum += kern_votes[i];
    }
    for (int f = 0; f < MI_BOOST_LANES; f++)
        for (int i = 0; i < n; i++) {
            int j = (int)(check_rand(&seed) % (unsigned)(i + 1));
            kern_order[i * MI_BOOST_LANES + f] =
                kern_order[j * MI_BOOST_LANES + f];
            kern_order[j * MI_BOOST_LANES + f] = (uint16_t)i;
        }
    for (int i = 0; i < n * MI_BOOST_LANES; i++)
        if (check_rand(&seed) % 4 == 0)
            kern_order[i] |= MI_BOOST_TIE;
    kern_ranks = r;
}

typedef void kern_split(const mi_ranks *ranks, float *score, int32_t *at);

/* The score of one feature if the threshold behind rank `at` is the only one.
 */
static float kern_score_at(kern_split *ref, int f, int at)
{
    static uint16_t other[KERN_MOST];
    float score[MI_BOOST_LANES];
    int32_t where[MI_BOOST_LANES];
    mi_ranks one = kern_ranks;
    for (int i = 0; i < one.n * MI_BOOST_LANES; i++)
        other[i] = kern_order[i] | MI_BOOST_TIE;
    int place = at * MI_BOOST_LANES + f;
    CHECK(!(kern_order[place] & MI_BOOST_TIE));
    other[place] = kern_order[place];
    one.order = other;
    ref(&one, score, where);
    return score[f];
}

/* The best score as ref has it, and that score where the kernel says it is. */
static void kern_check_split(const char *isa, kern_split *split,
                             kern_split *ref, int n)
{
    float score[2][MI_BOOST_LANES];
    int32_t at[2][MI_BOOST_LANES];
    if (n == 0 || n > KERN_SAMPLES)
        return;
    kern_ranks_make(n);
    ref(&kern_ranks, score[0], at[0]);
    split(&kern_ranks, score[1], at[1]);
    for (int f = 0; f < MI_BOOST_LANES; f++) {
        double want = (double)score[0][f];
        double error = 1e-6 * kern_ranks.total + 1e-5 * fabs(want);
        CHECK_MSG(fabs((double)score[1][f] - want) <= error,
                  "%s split n=%d [%d]: %.9g, want %.9g", isa, n, f,
                  (double)score[1][f], want);
        CHECK(at[1][f] >= -1 && at[1][f] < n);
        if (at[1][f] != at[0][f] && at[1][f] >= 0)
            CHECK_NEAR(kern_score_at(ref, f, at[1][f]), want, error);
    }
}

static void prepare_split(const kern_in *in, kern_out *out)
{
    (void)out;
    kern_ranks_make(in->n);
}

#define KERN_SPLIT(name)                                                  \
    static void call_##name(const mi_kern *k, const kern_in *in,          \
                            kern_out *out)                                \
    {                                                                     \
        int32_t at[MI_BOOST_LANES];                                       \
        (void)in;                                                         \
        k->name(&kern_ranks, out->f, at);                                 \
    }                                                                     \
    static void check_##name(const mi_kern *k, const mi_kern *ref, int n) \
    {                                                                     \
        kern_check_split(k->isa, k->name, ref->name, n);                  \
    }                                                                     \
    static const kern_case case_##name = {.prepare = prepare_split,       \
                                          .call = call_##name,            \
                                          .check = check_##name,          \
                                          .timed = KERN_SAMPLES,          \
                                          .per = MI_BOOST_LANES}
KERN_SPLIT(split_gentle_f32);
KERN_SPLIT(split_discrete_f32);
KERN_SPLIT(split_real_f32);

#endif
