/* boost.h: the search for the best threshold of 16 features at once. */
#ifndef MI_KERN_BOOST_H
#define MI_KERN_BOOST_H

#include <stdint.h>

enum {
    MI_BOOST_LANES = 16,
    MI_BOOST_MAX_SAMPLES = 32767,
    MI_BOOST_TIE = 0x8000,   /* in an order: the next one has this value too */
    MI_BOOST_SAMPLE = 0x7fff /* in an order: the number of a sample */
};

/* Samples in ascending order of 16 features' values, and their weights in
 * whole numbers, whose sums are the same in any order. */
typedef struct mi_ranks {
    int n;                 /* samples, 1..MI_BOOST_MAX_SAMPLES */
    const uint16_t *order; /* [n, 16] sample numbers with MI_BOOST_TIE */
    const int32_t *weight; /* [n] by sample: > 0 positives, < 0 negatives, 0
                              takes no part */
    int32_t total;         /* sum of |weight|, < 2^30 */
    int32_t sum;           /* sum of weight */
} mi_ranks;

#endif
