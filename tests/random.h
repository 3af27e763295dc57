/* random.h: random sizes and numbers for tests of kernels. */
#ifndef RANDOM_H
#define RANDOM_H

#include "tests/check.h"

/* A test says where they begin. */
static unsigned seed;

/* One of lo .. hi. */
static inline int pick(int lo, int hi)
{
    return lo + (int)(check_rand(&seed) % (unsigned)(hi - lo + 1));
}

/* n numbers of -1 .. 1. */
static inline void fill_random(float *p, int n)
{
    for (int i = 0; i < n; i++)
        p[i] = (float)check_rand(&seed) / 8388608.f - 1;
}

#endif
