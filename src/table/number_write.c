/* number_write.c: doubles as short decimal text that reads back exactly.
 *
 * The first 15, 16, then 17 digits of x are made as the rounded product of its
 * mantissa and a power of ten kept to 128 bits, until reading them gives x
 * again: 17 digits always do.  Trailing zeros are dropped, so that 0.1 is
 * "0.1".  Exponents are written as Python writes them, from 1e+16 and 1e-05 on.
 * Source: Steele and White, "How to print floating-point numbers accurately",
 * PLDI 1990, for the aim; the arithmetic is number_read.c's. */
#include "table/number.h"

#include "table/number_powers.h"

#include <math.h>
#include <string.h>

static const uint64_t ten_to[18] = {1,
                                    10,
                                    100,
                                    1000,
                                    10000,
                                    100000,
                                    1000000,
                                    10000000,
                                    100000000,
                                    1000000000,
                                    10000000000,
                                    100000000000,
                                    1000000000000,
                                    10000000000000,
                                    100000000000000,
                                    1000000000000000,
                                    10000000000000000,
                                    100000000000000000};

/* w 2^e 10^k to the nearest integer, which has less than 63 bits; w has its top
 * bit set. */
static uint64_t scaled(uint64_t w, int e, int k)
{
    const uint64_t *five = mi_power_of_five[k - MI_POWER_MIN];
    unsigned __int128 high = (unsigned __int128)w * five[0];
    high += ((unsigned __int128)w * five[1]) >> 64;
    /* 5^k is the table's 128 bits times 2^(floor(k log2 5) - 127), and high is
     * the product without its last 64 bits */
    int two = e + k + ((152170 * k) >> 16) - 63;
    int drop = -two;
    if (drop < 1 || drop > 127)
        return 0;
    return (uint64_t)((high + ((unsigned __int128)1 << (drop - 1))) >> drop);
}

typedef struct {
    uint64_t w; /* the digits */
    int n;      /* how many */
    int point;  /* the value is 0.w * 10^point */
} digits;

/* n digits of x > 0. */
static digits first_digits(double x, int n)
{
    uint64_t w;
    memcpy(&w, &x, sizeof w);
    int e = (int)(w >> 52);
    w &= (UINT64_C(1) << 52) - 1;
    if (e)
        w |= UINT64_C(1) << 52;
    int zeros = __builtin_clzll(w);
    w <<= zeros;
    e = (e ? e : 1) - 1075 - zeros;
    int ten = ((e + 63) * 78913) >> 18; /* floor(log10), or one less */
    uint64_t v = scaled(w, e, n - 1 - ten);
    if (v >= ten_to[n])
        v = scaled(w, e, n - 1 - ++ten);
    if (v == ten_to[n]) { /* rounded up to the next power */
        v /= 10;
        ten++;
    }
    digits d = {v, n, ten + 1};
    while (d.n > 1 && d.w % 10 == 0) {
        d.w /= 10;
        d.n--;
    }
    return d;
}

static digits shortest(double x)
{
    digits d = {0, 1, 1};
    for (int n = 15; n <= 17; n++) {
        d = first_digits(x, n);
        if (d.w && mi_number_of(d.w, d.point - d.n) == x)
            break;
    }
    return d;
}

/* Digits with their point, without an exponent; how many bytes. */
static int put_fixed(const char *text, digits d, char *out)
{
    int at = 0;
    if (d.point <= 0) {
        out[at++] = '0';
        out[at++] = '.';
        for (int i = d.point; i < 0; i++)
            out[at++] = '0';
    }
    for (int i = 0; i < d.n; i++) {
        if (i == d.point && i > 0)
            out[at++] = '.';
        out[at++] = text[i];
    }
    for (int i = d.n; i < d.point; i++)
        out[at++] = '0';
    return at;
}

/* One digit, point, digits and an exponent; how many bytes. */
static int put_exponent(const char *text, digits d, char *out)
{
    int at = 0, e = d.point - 1;
    out[at++] = text[0];
    if (d.n > 1)
        out[at++] = '.';
    for (int i = 1; i < d.n; i++)
        out[at++] = text[i];
    out[at++] = 'e';
    out[at++] = e < 0 ? '-' : '+';
    e = e < 0 ? -e : e;
    if (e >= 100)
        out[at++] = (char)('0' + e / 100);
    out[at++] = (char)('0' + e / 10 % 10);
    out[at++] = (char)('0' + e % 10);
    return at;
}

static int put_word(const char *word, char *out)
{
    int n = 0;
    for (; word[n]; n++)
        out[n] = word[n];
    return n;
}

int mi_number_write(double x, char *out)
{
    if (isnan(x))
        return put_word("nan", out);
    int minus = x < 0; /* not before zero */
    if (minus)
        *out++ = '-';
    if (isinf(x))
        return minus + put_word("inf", out);
    digits d = x == 0 ? (digits){0, 1, 1} : shortest(fabs(x));
    char text[24] = {0};
    uint64_t w = d.w;
    for (int i = d.n - 1; i >= 0; i--, w /= 10)
        text[i] = (char)('0' + w % 10);
    int fixed = d.point > -4 && d.point <= 16;
    return minus +
           (fixed ? put_fixed(text, d, out) : put_exponent(text, d, out));
}
