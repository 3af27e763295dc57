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

/* 1: the n weights of a channel are such. */
static int find_steps(const float *w, int n, steps *s)
{
    float lo = w[0], hi = w[0];
    for (int i = 1; i < n; i++) {
        lo = w[i] < lo ? w[i] : lo;
        hi = w[i] > hi ? w[i] : hi;
    }
    if (!(lo >= -MI_WORDS_MOST && hi <= MI_WORDS_MOST))
        return 0;
    double range = (double)hi - (double)lo;
    if (range < (double)MI_WORDS_LEAST)
        range = 0;
    int count = 1;
    float by = range > 0 ? (float)(1 / range) : 0;
    for (int i = 0; i < n; i++) {
        float at = (w[i] - lo) * by * (float)count;
        if (fabsf(at - rintf(at)) <= NEAR * (float)count)
            continue;
        if (!isfinite(at))
            return 0;
        int q = denominator(((double)w[i] - (double)lo) / range);
        count = q ? least_multiple(count, q) : STEPS + 1;
        if (count > STEPS)
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

/* A channel's n weights into its place in a panel; the sum of their numbers'
 * sizes. */
static int64_t pack_channel(const float *w, int n, int wide, float *at)
{
    steps s = {0};
    int64_t sizes = 0;
    (void)find_steps(w, n, &s);
    float by = s.step > 0 ? 1 / s.step : 0, zero = (float)s.zero;
    at[wide] = s.step;
    at += wide;
    at[wide] = s.middle;
    at += wide + wide;
    for (int i = 0; i < n; i += 2, at += wide) {
        int a = (int)(rintf((w[i] - s.least) * by) - zero);
        int b = (int)(rintf((w[i + 1] - s.least) * by) - zero);
        int16_t pair[2] = {(int16_t)a, (int16_t)b};
        memcpy(at, pair, sizeof pair);
        sizes += (a < 0 ? -a : a) + (b < 0 ? -b : b);
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
