/* words.c: which weights lie on steps, and how they are packed for 16-bit
 * sums.
 *
 * How far a weight lies above the least one of its channel, as a share of the
 * range, is then a fraction whose denominator divides the number of steps: the
 * convergents of its continued fraction have it. Two fractions of denominators
 * up to STEPS are 1 / STEPS^2 apart or more, 1.5e-5, so that one within NEAR is
 * the one. */
#include "kern/words.h"

#include "kern/tile.h"

#include <math.h>
#include <string.h>

enum { STEPS = 255 };
static const float NEAR = 2e-6f;

int mi_words_deep(const mi_conv *cv) { return cv->kh * cv->kw * cv->c; }

/* A channel's weights: step * (j - zero) + middle, 0 <= j <= STEPS. */
typedef struct steps {
    float least, step, middle;
    int zero;
} steps;

/* The denominator, up to STEPS, of a fraction near 0 < x < 1; 0: none is. */
static int denominator(double x)
{
    int q = 1, before = 0;
    double p = 0, p_before = 1, rest = x;
    while (fabs(x - p / q) > (double)NEAR) {
        rest = 1 / rest;
        double whole = floor(rest);
        if (whole * q + before > STEPS)
            return 0;
        int next = (int)whole * q + before;
        double p_next = whole * p + p_before;
        before = q, q = next;
        p_before = p, p = p_next;
        rest -= whole;
    }
    return q;
}

static int least_multiple(int a, int b)
{
    int x = a, y = b;
    while (y) {
        int rest = x % y;
        x = y, y = rest;
    }
    return a / x * b;
}

/* Weights that are looked at together: compilers make vectors of such loops. */
enum { BLOCK = MI_WORDS_UNIT };

/* The least and the largest of n weights; of a NaN nothing is said. */
static void find_range(const float *w, int n, float *lo, float *hi)
{
    float least[BLOCK], most[BLOCK];
    memcpy(least, w, sizeof least);
    memcpy(most, w, sizeof most);
    for (int i = BLOCK; i < n; i += BLOCK)
        for (int j = 0; j < BLOCK; j++) {
            least[j] = w[i + j] < least[j] ? w[i + j] : least[j];
            most[j] = w[i + j] > most[j] ? w[i + j] : most[j];
        }
    *lo = least[0], *hi = most[0];
    for (int j = 1; j < BLOCK; j++) {
        *lo = least[j] < *lo ? least[j] : *lo;
        *hi = most[j] > *hi ? most[j] : *hi;
    }
}

/* 1: BLOCK weights lie on whole numbers of steps, 1 / by each. */
static int lie_on_steps(const float *w, float lo, float by, float near)
{
    int off = 0;
    for (int j = 0; j < BLOCK; j++) {
        float at = (w[j] - lo) * by;
        off |= !(fabsf(at - rintf(at)) <= near);
    }
    return !off;
}

/* How many steps the BLOCK weights need that so many do not suffice for; 0:
 * more than STEPS. */
static int more_steps(const float *w, float lo, double range, int count)
{
    float by = range > 0 ? (float)(1 / range) : 0;
    for (int j = 0; j < BLOCK; j++) {
        float at = (w[j] - lo) * by * (float)count;
        if (fabsf(at - rintf(at)) <= NEAR * (float)count)
            continue;
        if (!isfinite(at))
            return 0;
        int q = denominator(((double)w[j] - (double)lo) / range);
        count = q ? least_multiple(count, q) : STEPS + 1;
        if (count > STEPS)
            return 0;
    }
    return count;
}

/* 1: the n weights of a channel are such.  Once in the code, which a page
 * fetches. */
static __attribute__((noinline)) int find_steps(const float *w, int n, steps *s)
{
    float lo, hi;
    find_range(w, n, &lo, &hi);
    if (!(lo >= -MI_WORDS_MOST && hi <= MI_WORDS_MOST))
        return 0;
    double range = (double)hi - (double)lo;
    if (range < (double)MI_WORDS_LEAST)
        range = 0;
    int count = 1;
    float by = range > 0 ? (float)(1 / range) : 0;
    for (int i = 0; i < n; i += BLOCK) {
        if (lie_on_steps(w + i, lo, by * (float)count, NEAR * (float)count))
            continue;
        count = more_steps(w + i, lo, range, count);
        if (!count)
            return 0;
    }
    s->least = lo;
    s->step = (float)(range / count);
    s->zero = range > 0 ? (count + 1) / 2 : 0;
    s->middle = (float)((double)lo + range / count * s->zero);
    return 1;
}

int mi_words_fit(const mi_conv *cv, const float *w)
{
    if (cv->depthwise || cv->c % MI_WORDS_UNIT || cv->oc < MI_WORDS_UNIT ||
        (int64_t)cv->kh * cv->kw > MI_WORDS_DEEP / cv->c)
        return 0;
    steps s;
    for (int o = 0; o < cv->oc; o++)
        if (!find_steps(w + (ptrdiff_t)o * mi_words_deep(cv), mi_words_deep(cv),
                        &s))
            return 0;
    return 1;
}

int mi_conv_words(const mi_kern *kern, const mi_conv *cv, const float *w)
{
    return kern->words && mi_words_fit(cv, w);
}

size_t mi_words_packed_len(const mi_kern *kern, const mi_conv *cv)
{
    int wide = MI_WORDS_WIDE * kern->lanes;
    size_t channels = (size_t)mi_divide_up(cv->oc, wide) * (size_t)wide;
    return MI_WORDS_HEAD + channels * (3 + (size_t)mi_words_deep(cv) / 2);
}

/* The numbers of BLOCK weights, and the sum of their sizes. */
static int64_t block_numbers(const float *w, const steps *s, float by,
                             int16_t q[BLOCK])
{
    float zero = (float)s->zero;
    int32_t sizes = 0;
    for (int j = 0; j < BLOCK; j++) {
        int32_t one = (int32_t)(rintf((w[j] - s->least) * by) - zero);
        q[j] = (int16_t)one;
        sizes += one < 0 ? -one : one;
    }
    return sizes;
}

/* A channel's n weights into its place in a panel; the sum of their numbers'
 * sizes. */
static int64_t pack_channel(const float *w, int n, int wide, float *at)
{
    steps s = {0};
    int64_t sizes = 0;
    (void)find_steps(w, n, &s);
    float by = s.step > 0 ? 1 / s.step : 0;
    at[wide] = s.step;
    at += wide;
    at[wide] = s.middle;
    at += wide + wide;
    for (int i = 0; i < n; i += BLOCK) {
        int16_t q[BLOCK];
        sizes += block_numbers(w + i, &s, by, q);
        for (int j = 0; j < BLOCK; j += 2, at += wide)
            memcpy(at, q + j, 2 * sizeof *q);
    }
    return sizes;
}

void mi_words_pack(const mi_kern *kern, const mi_conv *cv, const float *w,
                   const float *bias, float *packed)
{
    float *head = packed;
    int deep = mi_words_deep(cv), wide = MI_WORDS_WIDE * kern->lanes;
    int64_t largest = 1;
    memset(packed, 0, mi_words_packed_len(kern, cv) * sizeof *packed);
    packed += MI_WORDS_HEAD;
    for (int o = 0; o < cv->oc; o += wide) {
        for (int j = 0; j < wide && o + j < cv->oc; j++) {
            packed[j] = bias ? bias[o + j] : 0;
            const float *from = w + (ptrdiff_t)(o + j) * deep;
            int64_t sizes = pack_channel(from, deep, wide, packed + j);
            largest = sizes > largest ? sizes : largest;
        }
        packed += (ptrdiff_t)wide * (3 + deep / 2);
    }
    /* the inputs' numbers reach this and no more, whole as it is */
    int64_t most = INT32_MAX / largest;
    head[0] = (float)(most < INT16_MAX ? most : INT16_MAX);
}
