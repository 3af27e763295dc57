/* kern_case.h: what the comparison of a kernel (test_kern) and its timing
 * (bench_kern) share: its inputs and one call.  The cases are in kern_*.h, a
 * group a file; kern_cases.h has them all. */
#ifndef KERN_CASE_H
#define KERN_CASE_H

#include "kern/kern.h"
#include "tests/check.h"

#include <stdint.h>

enum { KERN_MOST = 4096, KERN_GUARD = 8 };

/* Numbers for n elements.  x may be where the results go. */
typedef struct kern_in {
    int n, c;            /* elements; channels of kernels of pixels */
    const float *x, *y;  /* [n] in [-1, 1) */
    const float *apart;  /* [n] in [2, 4), where sums do not cancel */
    const float *gaps;   /* [n] as x, every third 0 */
    const float *wide;   /* [n] in [-80, 80) */
    const float *mixed;  /* [n] every other one in [-87, 87), else as x */
    const uint8_t *byte; /* [n] */
    const double *d;     /* [n] in [-1, 1) */
} kern_in;

/* Where results go; filled with poison first, and all of it is compared, so a
 * kernel that writes too much or too little is seen. */
typedef struct kern_out {
    float *f; /* [3, row], 4 bytes off from any vector */
    int row;
    double *d;  /* [KERN_MOST] */
    uint8_t *b; /* [KERN_BYTES] */
} kern_out;

enum { KERN_F = 1, KERN_D = 2, KERN_B = 4, KERN_BYTES = 64 + 3 * 99 * 256 };

typedef struct kern_case {
    int areas;             /* which of f, d and b results go to */
    double share, share_n; /* tolerance, of the result; and times n */
    double off, off_n;     /* tolerance beside it; and times n */
    int in_place;          /* 1: x may be the results' place */
    int least, most;       /* n it is called with, 0..515 if most is 0 */
    int timed;             /* n it is timed with, KERN_MOST if 0 */
    int per;               /* elements that count for one of n, 1 if 0 */
    /* What is there before each call, or NULL. */
    void (*prepare)(const kern_in *in, kern_out *out);
    void (*call)(const mi_kern *kern, const kern_in *in, kern_out *out);
    /* In place of comparing results one by one, or NULL. */
    void (*check)(const mi_kern *kern, const mi_kern *ref, int n);
    /* A kernel that works only inside a function: the test that compares that
     * function under every table, and the bench that times it. */
    const char *test, *bench;
} kern_case;

#define KERN_WHOLE(name, in_test, in_bench) \
    static const kern_case case_##name = {  \
        .test = "tests/" in_test ".c",      \
        .bench = "bench/" in_bench ".c",    \
    }

#endif
