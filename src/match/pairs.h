/* pairs.h: all pairs of rows of an index, by distance. */
#ifndef MI_MATCH_PAIRS_H
#define MI_MATCH_PAIRS_H

#include "match/index.h"

/* Two rows, b < a. */
typedef struct mi_near_pair {
    float distance;
    int32_t a, b;
} mi_near_pair;

enum { MI_PAIR_BINS = 8192 };

/* What pairs are counted in: set 0 is all pairs of two people, set 1 + g those
 * within group g. */
typedef struct mi_pair_sets {
    const mien_index *x;
    const int32_t *group; /* [people] or NULL */
    int sets;
    mien_pool *pool;
} mi_pair_sets;

/* Whether two rows are of two people in a set. */
int mi_pair_in(const mi_pair_sets *s, int set, int32_t a, int32_t b);

/* Count pairs of two people in bins of equal width from 0 on.
 *
 *   width  of a bin
 *   bin    [sets, MI_PAIR_BINS] set; the last takes what lies farther
 *
 * A pair may be counted a rounding error away from its distance. */
mien_status mi_pairs_count(const mi_pair_sets *s, double width, int64_t *bin,
                           mien_error *err);

/* Collect the pairs of two people up to a distance, and all of one person.
 *
 *   most  distance
 *   two   of two people, with their distances as they are answered, in order of
 *         distance and rows; n_two of them; free with mi_free
 *   one   the same of one person, of any distance; n_one of them
 *
 * Fails with ENOMEM: then nothing is to be freed. */
mien_status mi_pairs_collect(const mi_pair_sets *s, double most,
                             mi_near_pair **two, int64_t *n_two,
                             mi_near_pair **one, int64_t *n_one,
                             mien_error *err);

#endif
