/* sort.h: sort keys of 64 bits, with or without the index each came from. */
#ifndef MI_NUM_SORT_H
#define MI_NUM_SORT_H

#include "mien/base.h"

#include <string.h>

/* A key and where it came from. */
typedef struct mi_sort_pair {
    uint64_t key;
    int64_t at;
} mi_sort_pair;

/* The key that sorts as the number does; -0 is 0, NaN is the greatest. */
static inline uint64_t mi_sort_key(double x)
{
    const uint64_t sign = UINT64_C(1) << 63;
    x += 0.0;
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    if (x != x)
        return UINT64_MAX;
    return bits & sign ? ~bits : bits | sign;
}

/* The number of a key that is not that of NaN. */
static inline double mi_sort_number(uint64_t key)
{
    const uint64_t sign = UINT64_C(1) << 63;
    uint64_t bits = key & sign ? key & ~sign : ~key;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Sort keys [n] in ascending order; spare [n] is scratch. */
void mi_sort_keys(int64_t n, uint64_t *keys, uint64_t *spare);
/* Sort pairs [n] by their keys; equal keys stay in their order. */
void mi_sort_pairs(int64_t n, mi_sort_pair *pairs, mi_sort_pair *spare);

#endif
