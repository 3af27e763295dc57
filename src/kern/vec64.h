/* vec64.h: a vector of doubles as wide as the target has, for k_*.c only. */
#ifndef MI_KERN_VEC64_H
#define MI_KERN_VEC64_H

#include "kern/vec.h"

#define DN (VBYTES / 8) /* lanes */

typedef double vd __attribute__((vector_size(VBYTES)));
typedef int64_t vl __attribute__((vector_size(VBYTES)));
typedef double vdu __attribute__((vector_size(VBYTES), aligned(8), may_alias));

VFN vd vdload(const double *p) { return *(const vdu *)p; }
VFN void vdstore(double *p, vd v) { *(vdu *)p = v; }
VFN vd vdsplat(double x) { return x - (vd){0}; }

VFN double vdsum(vd v)
{
    double s = 0;
    UNROLL
    for (int i = 0; i < DN; i++)
        s += v[i];
    return s;
}

/* The first n lanes (0 <= n <= DN), the others 0; reads no further. */
VFN vd vdload_n(const double *p, int n)
{
#if VBYTES == 64
    return (vd)_mm512_maskz_loadu_pd((__mmask8)((1u << n) - 1), p);
#elif VBYTES == 32
    vl lane = {0, 1, 2, 3};
    return (vd)_mm256_maskload_pd(p, (__m256i)(lane < n - (vl){0}));
#else
    vd v = {0};
    for (int i = 0; i < n; i++)
        v[i] = p[i];
    return v;
#endif
}

/* Write the first n lanes only. */
VFN void vdstore_n(double *p, vd v, int n)
{
#if VBYTES == 64
    _mm512_mask_storeu_pd(p, (__mmask8)((1u << n) - 1), (__m512d)v);
#elif VBYTES == 32
    vl lane = {0, 1, 2, 3};
    _mm256_maskstore_pd(p, (__m256i)(lane < n - (vl){0}), (__m256d)v);
#else
    for (int i = 0; i < n; i++)
        p[i] = v[i];
#endif
}

VFN vd vdabs(vd v) { return (vd)((vl)v & INT64_MAX); }

/* mask ? a : b, of a comparison's mask. */
VFN vd vdpick(vl mask, vd a, vd b)
{
    return (vd)(((vl)a & mask) | ((vl)b & ~mask));
}

/* e^x for x <= 0 within 2 ulp, and e^-708 below that.
 * x = n ln 2 + r, |r| <= ln 2 / 2; e^r by its Taylor series to r^13. */
VFN vd vdexp_negative(vd x)
{
    vd lowest = vdsplat(-708),
       magic = vdsplat(6755399441055744.); /* 1.5 2^52 */
    x = vdpick((vl)(x > lowest), x, lowest);
    vd n = (x * 1.4426950408889634 + magic) - magic;
    vd r = (x - n * 0.693147180369123816) - n * 1.90821492927058770e-10;
    vd p = r * (1 / 6227020800.) + 1 / 479001600.;
    p = p * r + 1 / 39916800.;
    p = p * r + 1 / 3628800.;
    p = p * r + 1 / 362880.;
    p = p * r + 1 / 40320.;
    p = p * r + 1 / 5040.;
    p = p * r + 1 / 720.;
    p = p * r + 1 / 120.;
    p = p * r + 1 / 24.;
    p = p * r + 1 / 6.;
    p = p * r + 0.5;
    p = p * r * r + r + 1.;
    vl bits = (vl)(n + magic) - (vl)magic;
    return p * (vd)((bits + 1023) << 52);
}

/* ln(1 + u) for 0 <= u <= 1 within 2 ulp: 2 artanh(s), s = u / (2 + u). */
VFN vd vdlog1p_unit(vd u)
{
    vd s = u / (u + 2.), q = s * s;
    vd p = q * (2 / 33.) + 2 / 31.;
    p = p * q + 2 / 29.;
    p = p * q + 2 / 27.;
    p = p * q + 2 / 25.;
    p = p * q + 2 / 23.;
    p = p * q + 2 / 21.;
    p = p * q + 2 / 19.;
    p = p * q + 2 / 17.;
    p = p * q + 2 / 15.;
    p = p * q + 2 / 13.;
    p = p * q + 2 / 11.;
    p = p * q + 2 / 9.;
    p = p * q + 2 / 7.;
    p = p * q + 2 / 5.;
    p = p * q + 2 / 3.;
    return s * 2. + s * q * p;
}

#endif
