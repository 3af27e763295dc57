/* k_boost.c: the best threshold of 16 features at once.  Included by variant.h.
 *
 * A lane is a feature; all walk up their samples together.  To the left of the
 * threshold lie weights of a together, which sum up, signed, to l; to the right
 * b and r; all in whole numbers, hence exact.  A split after a rank counts if
 * the next value is greater and weights remain on the right. */
#include "kern/vec.h"
#include "kern/boost.h"

VFN vi boost_order(const uint16_t *p)
{
#if VBYTES == 64
    return (vi)_mm512_cvtepu16_epi32(
        _mm256_loadu_si256((const __m256i *)(const void *)p));
#elif VBYTES == 32
    return (vi)_mm256_cvtepu16_epi32(
        _mm_loadu_si128((const __m128i *)(const void *)p));
#else
    vi v = {0};
    for (int i = 0; i < VN; i++)
        v[i] = p[i];
    return v;
#endif
}

VFN vi boost_abs(vi v)
{
    vi sign = v >> 31;
    return (v ^ sign) - sign;
}

VFN vf boost_float(vi v) { return __builtin_convertvector(v, vf); }

VFN vf boost_choose(vi mask, vf yes, vf no)
{
    return (vf)((mask & (vi)yes) | (~mask & (vi)no));
}

/* 1 / a within some 2^-22; NaN for 0. */
VFN vf boost_inverse(vf a)
{
#if VBYTES == 64
    vf r = (vf)_mm512_rcp14_ps((__m512)a);
#elif VBYTES == 32
    vf r = (vf)_mm256_rcp_ps((__m256)a);
#else
    vf r = 1.f / a;
#endif
    return r * (2.f - a * r);
}

/* l^2 / a + r^2 / b - sum^2 / total, of weights that are parts of the total so
 * that products of four stay in the range of a float. */
VFN vf gentle_gain(const mi_ranks *ranks, vi a, vi l)
{
    float unit = 1 / (float)ranks->total;
    vf fa = boost_float(a) * unit, fb = boost_float(ranks->total - a) * unit;
    vf d = boost_float(l) * unit - fa * ((float)ranks->sum * unit);
    return d * d * boost_inverse(fa * fb);
}

/* Weights that fall to the greater class of their side, less the others. */
VFN vf discrete_gain(const mi_ranks *ranks, vi a, vi l)
{
    (void)a;
    return boost_float(boost_abs(l) + boost_abs(ranks->sum - l));
}

/* -(sqrt(x) + sqrt(y))^2, x and y being positive times negative on the left
 * and on the right. */
VFN vf real_gain(const mi_ranks *ranks, vi a, vi l)
{
    vi b = ranks->total - a, r = ranks->sum - l;
    vf x = boost_float(a + l) * boost_float(a - l);
    vf y = boost_float(b + r) * boost_float(b - r);
    return -x - y - 2 * vsqrt(x * y);
}

/* start is what a split must exceed.  Orders come from far away in memory:
 * ask for them early. */
#define BOOST_SPLIT(name, gain_of, start)                                     \
    static void name(const mi_ranks *ranks, float *score, int32_t *at)        \
    {                                                                         \
        for (int u = 0; u < MI_BOOST_LANES; u += VN) {                        \
            vi a = {0}, l = {0}, best_at = a - 1;                             \
            vf best = vsplat(start);                                          \
            const uint16_t *p = ranks->order + u;                             \
            for (int i = 0; i < ranks->n; i++, p += MI_BOOST_LANES) {         \
                __builtin_prefetch(p + BOOST_AHEAD);                          \
                vi o = boost_order(p);                                        \
                vi w = vgather(ranks->weight, o & MI_BOOST_SAMPLE);           \
                l += w;                                                       \
                a += boost_abs(w);                                            \
                vf g = gain_of(ranks, a, l);                                  \
                vi take =                                                     \
                    (vi)(g > best) & (o < MI_BOOST_TIE) & (a < ranks->total); \
                best = boost_choose(take, g, best);                           \
                best_at = (take & i) | (~take & best_at);                     \
            }                                                                 \
            vstore(score + u, best);                                          \
            memcpy(at + u, &best_at, sizeof best_at);                         \
        }                                                                     \
    }

enum { BOOST_AHEAD = MI_BOOST_LANES * 128 };

BOOST_SPLIT(split_gentle_f32, gentle_gain, 0)
BOOST_SPLIT(split_discrete_f32, discrete_gain,
            (float)(ranks->sum < 0 ? -ranks->sum : ranks->sum))
BOOST_SPLIT(split_real_f32, real_gain,
            -(float)(ranks->total + ranks->sum) *
                (float)(ranks->total - ranks->sum))
#undef BOOST_SPLIT
