/* number_fast.h: the part of number reading that belongs into a loop.
 *
 * Eight digits are read at once as bytes of a word: after taking '0' off each,
 * three multiplications add neighbours with weights 10, 100 and 10000.  Fewer
 * than eight are first shifted to the high end, with zeros before them, so that
 * how many there are costs no branch.  A decimal number w * 10^q whose w is
 * below 2^53 and |q| <= 22 is then one correctly rounded product or quotient of
 * two exact doubles.
 * Sources: Clinger, "How to read floating point numbers accurately", PLDI 1990;
 * Lemire, "Number parsing at a gigabyte per second", 2021, sections 3 and 5. */
#ifndef MI_TABLE_NUMBER_FAST_H
#define MI_TABLE_NUMBER_FAST_H

#include "table/number.h"

#include <string.h>

static const double mi_exact_power[23] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static const uint64_t mi_small_power[9] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

/* Eight bytes, the first in the lowest place; zeros past the end. */
static inline uint64_t mi_load8(const char *p, const char *end)
{
    uint64_t v = 0;
    if (end - p >= 8)
        memcpy(&v, p, 8);
    else if (end > p)
        memcpy(&v, p, (size_t)(end - p));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

/* The value of eight digits without their '0', the first in the lowest. */
static inline uint64_t mi_eight_digits(uint64_t d)
{
    d = d * 10 + (d >> 8);
    return (((d & 0x000000ff000000ff) * 0x000f424000000064) +
            (((d >> 16) & 0x000000ff000000ff) * 0x0000271000000001)) >>
           32;
}

/* Append the digits at p to *w; where they stop.  *w wraps when there are
 * more than 19, which the caller sees by the length. */
static inline const char *mi_digits(const char *p, const char *end, uint64_t *w)
{
    for (;;) {
        uint64_t d = mi_load8(p, end) ^ 0x3030303030303030;
        uint64_t other = ((d + 0x7676767676767676) | d) & 0x8080808080808080;
        if (!other) {
            *w = *w * 100000000 + mi_eight_digits(d);
            p += 8;
            continue;
        }
        unsigned bits = (unsigned)__builtin_ctzll(other) & ~7u;
        if (bits == 0)
            return p;
        *w = *w * mi_small_power[bits >> 3] + mi_eight_digits(d << (64 - bits));
        return p + (bits >> 3);
    }
}

/* The exponent behind an e, added to *q; NULL if it is not a small one. */
static inline const char *mi_small_exponent(const char *p, const char *end,
                                            int64_t *q)
{
    int minus = p < end && *p == '-';
    p += minus || (p < end && *p == '+');
    uint64_t e = 0;
    const char *stop = mi_digits(p, end, &e);
    if (stop == p || stop - p > 4)
        return NULL;
    *q += minus ? -(int64_t)e : (int64_t)e;
    return stop;
}

/* mi_number_read for plain decimal numbers of at most 19 digits and a small
 * exponent, whole ones below 2^53, which is nearly all; NULL: ask
 * mi_number_read.  It may stop early where that one would go on: at the x of
 * 0x1p3. */
static inline const char *mi_number_fast(const char *p, const char *end,
                                         double *out)
{
    int minus = p < end && *p == '-';
    p += minus;
    uint64_t w = 0;
    const char *start = p;
    p = mi_digits(p, end, &w);
    int64_t digits = p - start, q = 0;
    if (p < end && *p == '.') {
        start = ++p;
        p = mi_digits(p, end, &w);
        q = start - p;
        digits -= q;
    }
    if (digits == 0 || digits > 19)
        return NULL;
    if (p < end && (*p | 32) == 'e' && !(p = mi_small_exponent(p + 1, end, &q)))
        return NULL;
    double x = (double)(int64_t)w;
    if (w >> 53 && q == 0)
        return NULL; /* it may be merged with others */
    if (w >> 53 || q < -22 || q > 22)
        x = w ? mi_number_of(w, q) : 0;
    else if (q < 0)
        x /= mi_exact_power[-q];
    else
        x *= mi_exact_power[q];
    *out = minus ? -x : x;
    return p;
}

#endif
