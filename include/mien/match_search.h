/* mien/match_search.h: the nearest of very many descriptors, exactly.
 *
 *   mien_index_new -> mien_index_add: rows of numbers, each with the number of
 *   its person, in one block of memory
 *     -> mien_index_search: the k nearest rows of each of many queries
 *
 * Nothing is left out and nothing is guessed: the answer is that of measuring
 * every row as mien_descriptor_distance does, of equal distances the lower row.
 * It has the same bits with any processor and any number of threads. */
#ifndef MIEN_MATCH_SEARCH_H
#define MIEN_MATCH_SEARCH_H

#include "mien/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Most numbers of a row. */
#define MIEN_INDEX_MAX_NUMBERS 4096
/* Most rows. */
#define MIEN_INDEX_MAX_ROWS 2000000000

/* Rows of numbers in the order they were added. */
typedef struct mien_index mien_index;

/* Begin with no rows.
 *
 *   numbers  of a row, 1 to MIEN_INDEX_MAX_NUMBERS
 *   out      owned by the caller; free with mien_index_free
 *
 * Fails with EARG, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_index_new(int numbers, mien_index **out,
                                                 mien_error *err);

/* Release all rows.
 *
 *   x  NULL is allowed */
MIEN_API void mien_index_free(mien_index *x);

/* Add rows behind those that are there.
 *
 *   x       index
 *   n       how many, 0 or more, asserted
 *   rows    [n, numbers] copied; finite
 *   person  [n] any number, kept with the row; NULL: -1 for each
 *
 * Fails with EARG if a number is not finite, ELIMIT past MIEN_INDEX_MAX_ROWS,
 * ENOMEM: then nothing changed.  Room grows by doubling: many rows at once cost
 * less than one after another. */
MIEN_API MIEN_CHECKED mien_status mien_index_add(mien_index *x, int64_t n,
                                                 const float *rows,
                                                 const int32_t *person,
                                                 mien_error *err);

/* Forget rows, whose bytes are overwritten.
 *
 *   x    index; rows behind move up
 *   n    how many, 0 or more, asserted
 *   row  [n] ascending, none twice, each 0..mien_index_count - 1, asserted
 *
 * Cost: one walk over the rows behind the first, however many go. */
MIEN_API void mien_index_remove(mien_index *x, int64_t n, const int64_t *row);

/* Count the rows.
 *
 *   x  index */
MIEN_API int64_t mien_index_count(const mien_index *x);

/* Tell how many numbers a row has.
 *
 *   x  index */
MIEN_API int mien_index_numbers(const mien_index *x);

/* Look at a row.
 *
 *   x    index
 *   row  0..mien_index_count - 1, asserted
 *
 * [numbers] borrowed until rows are added or removed. */
MIEN_API const float *mien_index_row(const mien_index *x, int64_t row);

/* Tell whose a row is.
 *
 *   x    index
 *   row  0..mien_index_count - 1, asserted */
MIEN_API int32_t mien_index_person(const mien_index *x, int64_t row);

/* A row that lies near. */
typedef struct mien_neighbour {
    int64_t row;    /* -1: there are no more */
    int32_t person; /* of the row; -1 without */
    float distance; /* Euclidean; NaN without */
} mien_neighbour;

typedef struct mien_index_options {
    const uint8_t *allowed; /* [mien_index_count] rows that are 0 here are not
                               looked at; NULL: all are */
    mien_pool *pool;        /* NULL: the caller does all */
} mien_index_options;
#define MIEN_INDEX_DEFAULTS \
    {                       \
        NULL, NULL          \
    }

/* Find the k nearest rows of each query.
 *
 *   x        index; may be searched from several threads at once, each with a
 *            pool of its own
 *   n        queries, 0 or more, asserted
 *   query    [n, numbers] finite
 *   k        neighbours of each, at least 1, asserted
 *   options  NULL: MIEN_INDEX_DEFAULTS
 *   out      [n, k] nearest first, of equal distances the lower row first; with
 *            fewer than k rows the last ones say so
 *
 * Fast sums in floats find candidates; a bound of their rounding errors says
 * which rows cannot be among the k; all others are measured in doubles.  One
 * query reads each row once; 4 and more go through one matrix product.
 * Fails with EARG if a number is not finite, ENOMEM: out is untouched then.
 * Source: N. Higham, Accuracy and Stability of Numerical Algorithms, 2002, 3.1
 * (the bound of a sum's error in any order). */
MIEN_API MIEN_CHECKED mien_status mien_index_search(
    const mien_index *x, int64_t n, const float *query, int k,
    const mien_index_options *options, mien_neighbour *out, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
