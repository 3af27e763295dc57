/* number_read.c: decimal numbers from text, correctly rounded.
 *
 * A decimal number is w * 10^q = w * 5^q * 2^q.  With w shifted up to 64 bits
 * and the first 128 bits of 5^q from a table, the top of the product holds the
 * 53 bits of the answer and one more to round by; that this is enough for every
 * w below 2^64 was shown by Mushtak and Lemire.  Numbers of more than 19 digits
 * lie between w * 10^q and (w + 1) * 10^q: where both round to the same double
 * that is the answer, else the number is compared with the point halfway
 * between the two as integers of any length. Sources: Lemire, "Number parsing
 * at a gigabyte per second", Software: Practice and Experience 51 (2021);
 * Mushtak and Lemire, "Fast number parsing without fallback", the same 53
 * (2023); Clinger, PLDI 1990. */
#include "table/number.h"

#include "table/number_fast.h"
#include "table/number_powers.h"

#include <math.h>

enum {
    MOST_DIGITS = 19,  /* of a word */
    EXACT_DIGITS = 800 /* more cannot decide: 767 digits tell a halfway point */
};

static double from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static uint64_t to_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* The bits of the double nearest to mantissa / 2 * 2^(exponent - 1075), where
 * mantissa has 54 bits. */
static double round_half(uint64_t mantissa, int64_t exponent)
{
    mantissa += mantissa & 1;
    mantissa >>= 1;
    if (mantissa >> 53) {
        mantissa >>= 1;
        exponent++;
    }
    if (exponent >= 0x7ff)
        return (double)INFINITY;
    mantissa &= ~(UINT64_C(1) << 52);
    return from_bits((uint64_t)exponent << 52 | mantissa);
}

double mi_number_of(uint64_t w, int64_t q)
{
    if (q < MI_POWER_MIN)
        return 0;
    if (q > 308)
        return (double)INFINITY;
    int zeros = __builtin_clzll(w);
    w <<= zeros;
    const uint64_t *five = mi_power_of_five[q - MI_POWER_MIN];
    unsigned __int128 product = (unsigned __int128)w * five[0];
    uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
    if ((high & 0x1ff) == 0x1ff) {
        uint64_t more = (uint64_t)(((unsigned __int128)w * five[1]) >> 64);
        low += more;
        high += low < more;
    }
    int top = (int)(high >> 63);
    uint64_t mantissa = high >> (top + 9);
    int64_t exponent = ((217706 * q) >> 16) + 63 + top - zeros + 1023;
    if (exponent <= 0) {
        if (exponent <= -63)
            return 0;
        mantissa >>= 1 - exponent;
        mantissa += mantissa & 1;
        return from_bits(mantissa >> 1); /* carries into exponent 1 rightly */
    }
    /* exactly halfway, and the even one is below */
    if (low <= 1 && q >= -4 && q <= 23 && (mantissa & 3) == 1 &&
        mantissa << (top + 9) == high)
        mantissa--;
    return round_half(mantissa, exponent);
}

/* ---- integers of any length --------------------------------------------- */

enum { WORDS = 512 };
typedef struct {
    int n; /* words used */
    uint32_t word[WORDS];
} big;

static void big_multiply_add(big *b, uint32_t factor, uint32_t more)
{
    uint64_t carry = more;
    for (int i = 0; i < b->n; i++) {
        carry += (uint64_t)b->word[i] * factor;
        b->word[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry && b->n < WORDS)
        b->word[b->n++] = (uint32_t)carry;
}

static void big_power(big *b, int64_t tens, int64_t twos)
{
    for (; tens >= 9; tens -= 9)
        big_multiply_add(b, 1000000000, 0);
    for (; tens > 0; tens--)
        big_multiply_add(b, 10, 0);
    for (; twos >= 31; twos -= 31)
        big_multiply_add(b, UINT32_C(1) << 31, 0);
    big_multiply_add(b, UINT32_C(1) << twos, 0);
}

static int big_compare(const big *a, const big *b)
{
    if (a->n != b->n)
        return a->n < b->n ? -1 : 1;
    for (int i = a->n - 1; i >= 0; i--)
        if (a->word[i] != b->word[i])
            return a->word[i] < b->word[i] ? -1 : 1;
    return 0;
}

/* ---- long decimal numbers ------------------------------------------------ */

typedef struct {
    const char *p, *end; /* the digits, from the first that is not 0, and the
                            point among them */
    uint64_t w;          /* the first MOST_DIGITS of them */
    int64_t q;           /* value is about w * 10^q */
    int64_t digits;      /* all of them */
} decimal;

/* low or the double above it, whichever is nearer to the number. */
static double nearer(const decimal *d, double low)
{
    big left = {0}, right = {0};
    int64_t taken = 0;
    int rest = 0; /* is a digit that was left out not 0? */
    for (const char *p = d->p; p < d->end; p++) {
        if (*p == '.')
            continue;
        if (taken < EXACT_DIGITS) {
            big_multiply_add(&left, 10, (uint32_t)(*p - '0'));
            taken++;
        } else {
            rest |= *p != '0';
        }
    }
    int64_t tens = d->q + MOST_DIGITS - taken;
    if (rest) {
        big_multiply_add(&left, 10, 1);
        tens--;
    }
    /* halfway is (2 m + 1) 2^twos */
    uint64_t bits = to_bits(low), m = bits & ((UINT64_C(1) << 52) - 1);
    int64_t exponent = (int64_t)(bits >> 52);
    if (exponent)
        m |= UINT64_C(1) << 52;
    int64_t twos = (exponent ? exponent : 1) - 1076;
    m = 2 * m + 1;
    right.word[0] = (uint32_t)m;
    right.word[1] = (uint32_t)(m >> 32);
    right.n = right.word[1] ? 2 : 1;
    big_power(&left, tens > 0 ? tens : 0, twos < 0 ? -twos : 0);
    big_power(&right, tens < 0 ? -tens : 0, twos > 0 ? twos : 0);
    int order = big_compare(&left, &right);
    int up = order > 0 || (order == 0 && (bits & 1));
    return from_bits(bits + (uint64_t)up);
}

static double decimal_value(const decimal *d)
{
    if (d->digits == 0)
        return 0;
    double low = mi_number_of(d->w, d->q);
    if (d->digits <= MOST_DIGITS)
        return low;
    return low == mi_number_of(d->w + 1, d->q) ? low : nearer(d, low);
}

static int is_digit(const char *p, const char *end)
{
    return p < end && *p >= '0' && *p <= '9';
}

/* Digits and a point, into d; where they stop, or NULL if there is none. */
static const char *read_digits(const char *p, const char *end, decimal *d)
{
    int any = 0, point = 0;
    for (; p < end; p++) {
        if (*p == '.' && !point) {
            point = 1;
            continue;
        }
        if (!is_digit(p, end))
            break;
        any = 1;
        if (d->digits == 0 && *p != '0')
            d->p = p;
        if (d->digits > 0 || *p != '0')
            d->digits++;
        if (d->digits > MOST_DIGITS)
            d->q += 1 - point;
        else {
            d->w = d->w * 10 + (uint64_t)(*p - '0');
            d->q -= point;
        }
    }
    d->end = p;
    return any ? p : NULL;
}

/* An exponent behind the letter mark, if digits follow it; kept in bounds. */
static const char *read_exponent(const char *p, const char *end, char mark,
                                 int64_t *e)
{
    *e = 0;
    if (p >= end || (*p | 32) != mark)
        return p;
    const char *digit = p + 1;
    int minus = digit < end && *digit == '-';
    digit += minus || (digit < end && *digit == '+');
    if (!is_digit(digit, end))
        return p;
    for (; is_digit(digit, end); digit++)
        if (*e < (INT64_C(1) << 40))
            *e = *e * 10 + (*digit - '0');
    *e = minus ? -*e : *e;
    return digit;
}

/* ---- hexadecimal ----------------------------------------------------------
 */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The double nearest to w * 2^e; rest: there is a little more. */
static double of_binary(uint64_t w, int64_t e, int rest)
{
    if (w == 0)
        return 0;
    int zeros = __builtin_clzll(w);
    w <<= zeros;
    int64_t exponent = e - zeros + 63 + 1023;
    int64_t drop = exponent > 0 ? 11 : 12 - exponent;
    if (exponent >= 0x7ff)
        return (double)INFINITY;
    if (drop > 64)
        return 0;
    uint64_t kept = drop == 64 ? 0 : w >> drop;
    uint64_t out = w << (64 - drop), half = UINT64_C(1) << 63;
    kept += out > half || (out == half && (rest || (kept & 1)));
    /* the leading bit of kept adds 1 to the exponent's place */
    return from_bits(kept +
                     ((uint64_t)(exponent > 0 ? exponent - 1 : 0) << 52));
}

/* The digits of a hexadecimal number, behind its 0x. */
static const char *read_hex(const char *p, const char *end, double *out)
{
    uint64_t w = 0;
    int64_t e = 0;
    int any = 0, point = 0, rest = 0;
    for (; p < end; p++) {
        if (*p == '.' && !point) {
            point = 1;
            continue;
        }
        int v = hex_digit(*p);
        if (v < 0)
            break;
        any = 1;
        if (w >> 60) {
            rest |= v != 0;
            e += point ? 0 : 4;
        } else {
            w = w << 4 | (uint64_t)v;
            e -= point ? 4 : 0;
        }
    }
    int64_t more;
    p = read_exponent(p, end, 'p', &more);
    *out = of_binary(w, e + more, rest);
    return any ? p : NULL;
}

/* ---- all of them -----------------------------------------------------------
 */

/* Passes over word (in small letters) at p in any case; NULL if it is not
 * there. */
static const char *skip_word(const char *p, const char *end, const char *word)
{
    for (; *word; word++, p++)
        if (p >= end || (*p | 32) != *word)
            return NULL;
    return p;
}

/* A number without its sign: inf, hexadecimal or decimal. */
static const char *read_unsigned(const char *p, const char *end, double *out)
{
    const char *stop = skip_word(p, end, "inf");
    if (stop) {
        const char *all = skip_word(stop, end, "inity");
        *out = (double)INFINITY;
        return all ? all : stop;
    }
    if (end - p > 2 && *p == '0' && (p[1] | 32) == 'x' &&
        (stop = read_hex(p + 2, end, out)))
        return stop;
    decimal d = {0};
    stop = read_digits(p, end, &d);
    if (!stop)
        return NULL;
    int64_t e;
    stop = read_exponent(stop, end, 'e', &e);
    d.q += e;
    *out = decimal_value(&d);
    return stop;
}

const char *mi_number_read(const char *p, const char *end, double *out)
{
    int minus = p < end && *p == '-';
    p += minus || (p < end && *p == '+');
    double x = 0;
    const char *stop = read_unsigned(p, end, &x);
    if (stop)
        *out = minus ? -x : x;
    return stop;
}
