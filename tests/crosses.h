/* crosses.h: pictures of a bright cross in noise, to boost on. */
#ifndef CROSSES_H
#define CROSSES_H

#include "tests/check.h"

#include <stdint.h>

enum { W = 12, CHIP = W * W };

static inline void noise(unsigned *seed, uint8_t *p, int n, int most)
{
    for (int i = 0; i < n; i++)
        p[i] = (uint8_t)(check_rand(seed) % (unsigned)most);
}

/* A cross over noise, a little out of place. */
static inline void cross(unsigned *seed, uint8_t *p)
{
    noise(seed, p, CHIP, 120);
    int dx = (int)(check_rand(seed) % 3), dy = (int)(check_rand(seed) % 3);
    for (int i = 1; i < W - 1; i++)
        for (int k = 0; k < 3; k++) {
            p[(4 + dy + k) * W + i] |= 128;
            p[i * W + 4 + dx + k] |= 128;
        }
}

#endif
