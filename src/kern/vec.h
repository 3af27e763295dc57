/* vec.h: a vector of floats as wide as the target has, for k_*.c only.
 *
 * Arithmetic is the compiler's own: a + b, a * b, a < b.  Below are the few
 * things vector extensions cannot say, or that GCC says badly. */
#ifndef MI_KERN_VEC_H
#define MI_KERN_VEC_H

#include <stdint.h>
#include <string.h>

#ifndef VBYTES
#define VBYTES 16 /* SSE2, NEON, wasm simd128 */
#endif
#define VN (VBYTES / 4) /* lanes */

#if defined(__SSE2__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#elif defined(__wasm_simd128__)
#include <wasm_simd128.h>
#endif

/* Vectors stay inside always-inline functions: as arguments of a real call
 * their passing differs from one instruction set to the next (-Wpsabi). */
#define VFN static inline __attribute__((always_inline))

/* Before a loop whose vectors must stay in registers. */
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

typedef float vf __attribute__((vector_size(VBYTES)));
typedef int32_t vi __attribute__((vector_size(VBYTES)));
/* The same vector anywhere in an array of floats. */
typedef float vfu __attribute__((vector_size(VBYTES), aligned(4), may_alias));

VFN vf vload(const float *p) { return *(const vfu *)p; }
VFN void vstore(float *p, vf v) { *(vfu *)p = v; }
/* GCC does not assign a scalar to a vector, but subtracts from one. */
VFN vf vsplat(float x) { return x - (vf){0}; }

VFN float vsum(vf v)
{
    float s = 0;
    UNROLL
    for (int i = 0; i < VN; i++)
        s += v[i];
    return s;
}

/* c + a b, rounded once where the machine can. */
VFN vf vmadd(vf a, vf b, vf c)
{
#if defined(__wasm_relaxed_simd__)
    return (vf)__builtin_wasm_relaxed_madd_f32x4(a, b, c);
#else
    return c + a * b;
#endif
}

/* a > b ? a : b: a NaN in b stays. */
VFN vf vmax(vf a, vf b)
{
#if VBYTES == 64
    return (vf)_mm512_max_ps((__m512)a, (__m512)b);
#elif VBYTES == 32
    return (vf)_mm256_max_ps((__m256)a, (__m256)b);
#elif defined(__SSE2__)
    return (vf)_mm_max_ps((__m128)a, (__m128)b);
#elif defined(__wasm_simd128__)
    return (vf)wasm_f32x4_pmax((v128_t)b, (v128_t)a);
#else
    vi m = (vi)(a > b);
    return (vf)(((vi)a & m) | ((vi)b & ~m));
#endif
}

/* a < b ? a : b: a NaN in b stays. */
VFN vf vmin(vf a, vf b)
{
#if VBYTES == 64
    return (vf)_mm512_min_ps((__m512)a, (__m512)b);
#elif VBYTES == 32
    return (vf)_mm256_min_ps((__m256)a, (__m256)b);
#elif defined(__SSE2__)
    return (vf)_mm_min_ps((__m128)a, (__m128)b);
#elif defined(__wasm_simd128__)
    return (vf)wasm_f32x4_pmin((v128_t)b, (v128_t)a);
#else
    vi m = (vi)(a < b);
    return (vf)(((vi)a & m) | ((vi)b & ~m));
#endif
}

VFN vf vsqrt(vf a)
{
#if VBYTES == 64
    return (vf)_mm512_sqrt_ps((__m512)a);
#elif VBYTES == 32
    return (vf)_mm256_sqrt_ps((__m256)a);
#elif defined(__SSE2__)
    return (vf)_mm_sqrt_ps((__m128)a);
#elif defined(__wasm_simd128__)
    return (vf)wasm_f32x4_sqrt((v128_t)a);
#else
    for (int i = 0; i < VN; i++)
        a[i] = __builtin_sqrtf(a[i]);
    return a;
#endif
}

#if VBYTES == 32
VFN __m256i vmask_n(int n)
{
    vi lane = {0, 1, 2, 3, 4, 5, 6, 7};
    return (__m256i)(lane < n - (vi){0});
}
#endif

/* The first n lanes (0 <= n <= VN), the others 0; reads no further. */
VFN vf vload_n(const float *p, int n)
{
#if VBYTES == 64
    return (vf)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
#elif VBYTES == 32
    return (vf)_mm256_maskload_ps(p, vmask_n(n));
#else
    vf v = {0};
    for (int i = 0; i < n; i++)
        v[i] = p[i];
    return v;
#endif
}

/* Write the first n lanes only. */
VFN void vstore_n(float *p, vf v, int n)
{
#if VBYTES == 64
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)v);
#elif VBYTES == 32
    _mm256_maskstore_ps(p, vmask_n(n), (__m256)v);
#else
    for (int i = 0; i < n; i++)
        p[i] = v[i];
#endif
}

/* p[at[i]] in lane i.  Before a gather the lanes it may keep must be zeros:
 * with a mask that is known to be full GCC leaves the zeros out, and then each
 * gather waits for what was last in the register it writes to, twice as long as
 * all the rest takes. */
VFN vi vgather(const int32_t *p, vi at)
{
    vi v = {0};
#if VBYTES == 64
    __mmask16 all = 0xffff;
    __asm__("" : "+Yk"(all));
    return (vi)_mm512_mask_i32gather_epi32((__m512i)v, all, (__m512i)at, p, 4);
#elif VBYTES == 32
    vi all = ~v;
    __asm__("" : "+x"(all));
    return (vi)_mm256_mask_i32gather_epi32((__m256i)v, p, (__m256i)at,
                                           (__m256i)all, 4);
#else
    for (int i = 0; i < VN; i++)
        v[i] = p[at[i]];
    return v;
#endif
}

/* VN bytes to VN floats.  The last case is right everywhere, but GCC 12 and
 * wasm clang 14 make VN scalar conversions of it; hence the others. */
VFN vf vload_u8(const uint8_t *p)
{
#if VBYTES == 64
    __m128i b = _mm_loadu_si128((const __m128i *)p);
    return (vf)_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(b));
#elif VBYTES == 32
    __m128i b = _mm_loadl_epi64((const __m128i *)p);
    return (vf)_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(b));
#elif defined(__SSE2__)
    int32_t word;
    memcpy(&word, p, sizeof word);
    __m128i b = _mm_cvtsi32_si128(word), zero = _mm_setzero_si128();
    b = _mm_unpacklo_epi16(_mm_unpacklo_epi8(b, zero), zero);
    return (vf)_mm_cvtepi32_ps(b);
#elif defined(__wasm_simd128__)
    v128_t b = wasm_u16x8_extend_low_u8x16(wasm_v128_load32_zero(p));
    return (vf)wasm_f32x4_convert_u32x4(wasm_u32x4_extend_low_u16x8(b));
#else
    typedef uint8_t vb __attribute__((vector_size(VN)));
    vb b;
    memcpy(&b, p, sizeof b);
    return __builtin_convertvector(b, vf);
#endif
}

/* VN integers 0..255 to VN bytes. */
VFN void vstore_u8(uint8_t *p, vi v)
{
#if VBYTES == 64
    _mm_storeu_si128((__m128i *)p, _mm512_cvtepi32_epi8((__m512i)v));
#elif VBYTES == 32
    __m128i lo = _mm256_castsi256_si128((__m256i)v);
    __m128i hi = _mm256_extracti128_si256((__m256i)v, 1);
    __m128i b = _mm_packs_epi32(lo, hi);
    _mm_storel_epi64((__m128i *)p, _mm_packus_epi16(b, b));
#elif defined(__SSE2__)
    __m128i b = _mm_packs_epi32((__m128i)v, (__m128i)v);
    int32_t word = _mm_cvtsi128_si32(_mm_packus_epi16(b, b));
    memcpy(p, &word, sizeof word);
#else
    for (int i = 0; i < VN; i++)
        p[i] = (uint8_t)v[i];
#endif
}

/* VN integers of 16 bits to as many numbers of 16 bits. */
VFN void vstore_i16(int16_t *p, vi v)
{
#if VBYTES == 64
    _mm256_storeu_si256((__m256i *)p, _mm512_cvtepi32_epi16((__m512i)v));
#elif VBYTES == 32
    __m128i lo = _mm256_castsi256_si128((__m256i)v);
    __m128i hi = _mm256_extracti128_si256((__m256i)v, 1);
    _mm_storeu_si128((__m128i *)p, _mm_packs_epi32(lo, hi));
#elif defined(__SSE2__)
    _mm_storel_epi64((__m128i *)p, _mm_packs_epi32((__m128i)v, (__m128i)v));
#elif defined(__wasm_simd128__)
    wasm_v128_store64_lane(p, wasm_i16x8_narrow_i32x4((v128_t)v, (v128_t)v), 0);
#else
    for (int i = 0; i < VN; i++)
        p[i] = (int16_t)v[i];
#endif
}

/* In each lane the products of the low and of the high halves, added. */
VFN vi vdot_i16(vi a, vi b)
{
#if VBYTES == 64
    return (vi)_mm512_madd_epi16((__m512i)a, (__m512i)b);
#elif VBYTES == 32
    return (vi)_mm256_madd_epi16((__m256i)a, (__m256i)b);
#elif defined(__SSE2__)
    return (vi)_mm_madd_epi16((__m128i)a, (__m128i)b);
#elif defined(__wasm_simd128__)
    return (vi)wasm_i32x4_dot_i16x8((v128_t)a, (v128_t)b);
#else
    return ((a << 16) >> 16) * ((b << 16) >> 16) + (a >> 16) * (b >> 16);
#endif
}

/* e^x within 2 ulp for |x| <= 87; 0 below, infinity above 88.7.
 * x = n ln 2 + r, |r| <= ln 2 / 2; e^r by a polynomial (Cephes, expf). */
VFN vf vexp(vf x)
{
    vf lowest = vsplat(-87.33654f), highest = vsplat(88.72283f);
    vf magic = vsplat(12582912.f); /* 1.5 * 2^23: rounds to an integer */
    vf v = vmin(highest, vmax(lowest, x));
    vf n = (v * 1.44269504f + magic) - magic;
    vf r = (v - n * 0.693359375f) + n * 2.12194440e-4f;
    vf p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = (p * r * r + r) + 1.f;
    /* 2^n in two factors, since 2^128 is no float */
    vi bits = (vi)(n + magic) - (vi)magic, half = bits >> 1;
    p *= (vf)((half + 127) << 23);
    p *= (vf)((bits - half + 127) << 23);
    vi under = (vi)(x < lowest), over = (vi)(x > highest);
    vi inf = (vi)vsplat(__builtin_inff());
    return (vf)((((vi)p & ~under) & ~over) | (inf & over));
}

VFN vf vsigmoid(vf x) { return 1.f / (1.f + vexp(-x)); }

#endif
