/* index.h: what the rows of an index and the search in them share. */
#ifndef MI_MATCH_INDEX_H
#define MI_MATCH_INDEX_H

#include "mien/match_search.h"

struct mien_index {
    int d;        /* numbers of a row */
    int large;    /* 1: some number is so large that products may overflow */
    int64_t n;    /* rows */
    float *row;   /* [n, d] */
    float *lift;  /* [n] a little less than the sum of a row's squares */
    int32_t *who; /* [n] */
};

/* Numbers up to this have products whose sums are floats. */
#define MI_INDEX_LARGE 1e15f

/* The share by which a distance from sums of d products in floats may differ:
 * twice (d + 8) roundings. */
static inline double mi_index_share(int d) { return (d + 8) * 0x1p-23; }

/* The distance of two rows, by sums in double. */
double mi_index_far(int d, const float *a, const float *b);

/* The same as it is answered. */
float mi_index_distance(int d, const float *a, const float *b);

/* Whether n numbers are finite; *most: the largest of their sizes, at least
 * what it was.  at: the first that is not. */
int mi_index_finite(int64_t n, const float *x, float *most, int64_t *at);

/* The nearest row, of equal ones the lowest; -1 if there is none or the query
 * is not finite: then *distance stays.  Allocates nothing. */
int64_t mi_index_nearest(const mien_index *x, const float *query,
                         float *distance);

#endif
