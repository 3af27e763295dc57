/* sha256.c: SHA-256.  Source: FIPS 180-4, sections 5 and 6.2. */
#include "mien/base.h"

#include <string.h>
#if defined __x86_64__
#include <cpuid.h>
#endif

/* The first 32 bits of the fractional parts of the cube roots of the first 64
 * primes (4.2.2). */
static const uint32_t k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static const char digit[] = "0123456789abcdef";

static uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

/* The 64 words of a block (6.2.2, step 1). */
static void schedule(const uint8_t *block, uint32_t w[64])
{
    for (int i = 0; i < 16; i++, block += 4)
        w[i] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 |
               (uint32_t)block[2] << 8 | block[3];
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] +
               (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
}

/* One round (6.2.2, step 3); the caller turns the names of the eight words. */
#define ROUND(a, b, c, d, e, f, g, h, i)                                    \
    do {                                                                    \
        uint32_t t = (h) + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + \
                     (((e) & (f)) ^ (~(e) & (g))) + k[i] + w[i];            \
        (d) += t;                                                           \
        (h) = t + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +          \
              (((a) & (b)) ^ ((a) & (c)) ^ ((b) & (c)));                    \
    } while (0)

/* Stir blocks of 64 bytes into the state, in C alone. */
static void add_plain(uint32_t state[8], const uint8_t *p, size_t blocks)
{
    for (; blocks; blocks--, p += 64) {
        uint32_t w[64];
        schedule(p, w);
        uint32_t a = state[0], b = state[1], c = state[2], d = state[3],
                 e = state[4], f = state[5], g = state[6], h = state[7];
        for (int i = 0; i < 64; i += 8) {
            ROUND(a, b, c, d, e, f, g, h, i);
            ROUND(h, a, b, c, d, e, f, g, i + 1);
            ROUND(g, h, a, b, c, d, e, f, i + 2);
            ROUND(f, g, h, a, b, c, d, e, i + 3);
            ROUND(e, f, g, h, a, b, c, d, i + 4);
            ROUND(d, e, f, g, h, a, b, c, i + 5);
            ROUND(c, d, e, f, g, h, a, b, i + 6);
            ROUND(b, c, d, e, f, g, h, a, i + 7);
        }
        const uint32_t sum[8] = {a, b, c, d, e, f, g, h};
        for (int i = 0; i < 8; i++)
            state[i] += sum[i];
    }
}

#if defined __x86_64__
typedef int v4si __attribute__((vector_size(16)));

/* Sums modulo 2^32, which signed numbers do not promise. */
static v4si sum(v4si a, v4si b)
{
    typedef uint32_t v4su __attribute__((vector_size(16)));
    return (v4si)((v4su)a + (v4su)b);
}

/* The same with the processor's instructions for it: four rounds at a time on
 * the words abef and cdgh (low word last). */
__attribute__((target("sha,sse4.1"))) static void
add_fast(uint32_t state[8], const uint8_t *p, size_t blocks)
{
    const uint32_t *s = state;
    v4si abef = {(int)s[5], (int)s[4], (int)s[1], (int)s[0]};
    v4si cdgh = {(int)s[7], (int)s[6], (int)s[3], (int)s[2]};
    for (; blocks; blocks--, p += 64) {
        const v4si abef0 = abef, cdgh0 = cdgh;
        v4si w[4];
        for (size_t i = 0; i < 16; i++) {
            if (i < 4) {
                uint32_t be[4];
                memcpy(be, p + 16 * i, sizeof be);
                for (int c = 0; c < 4; c++)
                    w[i][c] = (int)__builtin_bswap32(be[c]);
            } else {
                v4si last = w[(i + 3) % 4], before = w[(i + 2) % 4];
                v4si t = __builtin_ia32_sha256msg1(w[i % 4], w[(i + 1) % 4]);
                t = sum(t, (v4si){before[1], before[2], before[3], last[0]});
                w[i % 4] = __builtin_ia32_sha256msg2(t, last);
            }
            v4si kw;
            memcpy(&kw, k + 4 * i, sizeof kw);
            kw = sum(kw, w[i % 4]);
            cdgh = __builtin_ia32_sha256rnds2(cdgh, abef, kw);
            kw = (v4si){kw[2], kw[3], 0, 0};
            abef = __builtin_ia32_sha256rnds2(abef, cdgh, kw);
        }
        abef = sum(abef, abef0);
        cdgh = sum(cdgh, cdgh0);
    }
    const v4si all[2] = {abef, cdgh};
    static const uint8_t from[8] = {3, 2, 7, 6, 1, 0, 5, 4};
    for (int i = 0; i < 8; i++)
        state[i] = (uint32_t)all[from[i] / 4][from[i] % 4];
}

static int has_instructions(void)
{
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA) &&
           __builtin_cpu_supports("sse4.1");
}
#else
#define add_fast add_plain
static int has_instructions(void) { return 0; }
#endif

static void add_blocks(uint32_t state[8], const uint8_t *p, size_t blocks)
{
    (has_instructions() ? add_fast : add_plain)(state, p, blocks);
}

void mien_sha256(const void *bytes, size_t n, char out[65])
{
    uint32_t h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    const uint8_t *p = bytes;
    size_t left = n % 64;
    add_blocks(h, p, n / 64);

    /* a one bit, zeros, and the length in bits (5.1.1) */
    uint8_t last[128] = {0};
    if (left)
        memcpy(last, p + (n - left), left);
    last[left] = 0x80;
    size_t blocks = left < 56 ? 1 : 2;
    for (size_t i = 0; i < 8; i++)
        last[64 * blocks - 1 - i] = (uint8_t)((uint64_t)n * 8 >> 8 * i);
    add_blocks(h, last, blocks);

    for (int i = 0; i < 64; i++)
        out[i] = digit[h[i / 8] >> (28 - 4 * (i % 8)) & 15];
    out[64] = 0;
}

int mien_is_sha256(const char *text)
{
    return text && strlen(text) == 64 && strspn(text, digit) == 64;
}
