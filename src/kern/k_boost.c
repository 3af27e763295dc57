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
    vi v;
    for (int i = 0; i < VN; i++)
        v[i] = p[i];
    return v;
#endif
}

VFN vi boost_weight(const int32_t *weight, vi at)
{
#if VBYTES == 64
    return (vi)_mm512_i32gather_epi32((__m512i)at, weight, 4);
#elif VBYTES == 32
    return (vi)_mm256_i32gather_epi32(weight, (__m256i)at, 4);
#else
    vi v;
    for (int i = 0; i < VN; i++)
        v[i] = weight[at[i]];
    return v;
#endif
}

VFN vi boost_abs(vi v)
{
    vi sign = v >> 31;
    return (v ^ sign) - sign;
}

VFN vf boost_float(vi v) { return __builtin_convertvector(v, vf); }

/* l^2 / a + r^2 / b less what no split would give, times total. */
VFN vf gentle_score(const mi_ranks *k, vi a, vi l)
{
    vf fa = boost_float(a), fb = boost_float(k->total - a);
    vf d = boost_float(l) * vsplat((float)k->total) -
           fa * vsplat((float)k->sum);
    return d * d / (fa * fb);
}

/* Weights that fall to the greater class of their side, less the others. */
VFN vf discrete_score(const mi_ranks *k, vi a, vi l)
{
    (void)a;
    return boost_float(boost_abs(l) + boost_abs(k->sum - l));
}

/* -2 (sqrt(positive negative) on the left + on the right). */
VFN vf real_score(const mi_ranks *k, vi a, vi l)
{
    vi b = k->total - a, r = k->sum - l;
    return -vsqrt(boost_float(a + l) * boost_float(a - l)) -
           vsqrt(boost_float(b + r) * boost_float(b - r));
}

/* best starts as what a split must exceed. */
#define BOOST_SPLIT(name, score_of, start)                                 \
    static void name(const mi_ranks *k, float *score, int32_t *at)         \
    {                                                                      \
        for (int u = 0; u < MI_BOOST_LANES; u += VN) {                     \
            vi a = {0}, l = {0}, best_at = a - 1;                          \
            vf best = vsplat(start);                                       \
            const uint16_t *p = k->order + u;                              \
            for (int i = 0; i < k->n; i++, p += MI_BOOST_LANES) {          \
                vi o = boost_order(p);                                     \
                vi w = boost_weight(k->weight, o & MI_BOOST_SAMPLE);       \
                l += w;                                                    \
                a += boost_abs(w);                                         \
                vf s = score_of(k, a, l);                                  \
                vi better = (vi)(s > best) & (o < MI_BOOST_TIE) &          \
                            (a < k->total);                                \
                best = (vf)((better & (vi)s) | (~better & (vi)best));      \
                best_at = (better & i) | (~better & best_at);              \
            }                                                              \
            vstore(score + u, best);                                       \
            memcpy(at + u, &best_at, sizeof best_at);                      \
        }                                                                  \
    }

BOOST_SPLIT(split_gentle_f32, gentle_score, 0)
BOOST_SPLIT(split_discrete_f32, discrete_score,
            (float)(k->sum < 0 ? -k->sum : k->sum))
BOOST_SPLIT(split_real_f32, real_score,
            -__builtin_sqrtf((float)(k->total + k->sum) *
                             (float)(k->total - k->sum)))
#undef BOOST_SPLIT
