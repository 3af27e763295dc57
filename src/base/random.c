/* random.c: MT19937 and the draws of numpy's legacy RandomState.
 *
 * M. Matsumoto, T. Nishimura, Mersenne Twister, ACM TOMACS 8(1), 1998; seeding
 * as their init_genrand of 2002.  The draws follow numpy's documentation:
 * 53-bit floats from two words (27 and 26 bits), bounded integers by masking
 * and rejecting, Gaussians by Marsaglia's polar method, shuffling from the end
 * (Fisher-Yates, Knuth's algorithm P). */
#include "mien/base.h"

#include <assert.h>
#include <math.h>

enum { N = 624, M = 397 };

void mien_random_init(mien_random *r, uint32_t seed)
{
    for (uint32_t i = 0; i < N; i++) {
        r->state[i] = seed;
        seed = 1812433253u * (seed ^ seed >> 30) + i + 1;
    }
    r->pos = N;
    r->has_gauss = 0;
    r->gauss = 0;
}

static uint32_t mix(uint32_t high, uint32_t low)
{
    uint32_t y = (high & 0x80000000u) | (low & 0x7fffffffu);
    return y >> 1 ^ (y & 1 ? 0x9908b0dfu : 0);
}

static void next_state(mien_random *r)
{
    uint32_t *s = r->state;
    for (int i = 0; i < N; i++)
        s[i] = s[(i + M) % N] ^ mix(s[i], s[(i + 1) % N]);
    r->pos = 0;
}

uint32_t mien_random_u32(mien_random *r)
{
    if (r->pos >= N)
        next_state(r);
    uint32_t y = r->state[r->pos++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680u;
    y ^= y << 15 & 0xefc60000u;
    return y ^ y >> 18;
}

double mien_random_unit(mien_random *r)
{
    uint32_t a = mien_random_u32(r) >> 5, b = mien_random_u32(r) >> 6;
    return ((double)a * 67108864.0 + (double)b) / 9007199254740992.0;
}

uint32_t mien_random_below(mien_random *r, uint64_t n)
{
    assert(n >= 1 && n <= (uint64_t)1 << 32);
    uint32_t top = (uint32_t)(n - 1), mask = top;
    if (top == 0)
        return 0;
    for (int i = 1; i < 32; i *= 2)
        mask |= mask >> i;
    for (;;) {
        uint32_t v = mien_random_u32(r) & mask;
        if (v <= top)
            return v;
    }
}

double mien_random_normal(mien_random *r)
{
    if (r->has_gauss) {
        r->has_gauss = 0;
        return r->gauss;
    }
    double x, y, square;
    do {
        x = 2 * mien_random_unit(r) - 1;
        y = 2 * mien_random_unit(r) - 1;
        square = x * x + y * y;
    } while (square >= 1 || square == 0);
    double f = sqrt(-2 * log(square) / square);
    r->gauss = f * x;
    r->has_gauss = 1;
    return f * y;
}

void mien_random_shuffle(mien_random *r, int64_t n, int64_t *x)
{
    for (int64_t i = n - 1; i > 0; i--) {
        int64_t j = mien_random_below(r, (uint64_t)i + 1), kept = x[i];
        x[i] = x[j];
        x[j] = kept;
    }
}

void mien_random_permutation(mien_random *r, int64_t n, int64_t *out)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = i;
    mien_random_shuffle(r, n, out);
}
