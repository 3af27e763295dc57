/* mien/split.h: which rows to learn from, which to choose by, which to judge
 * by; and rows drawn again to balance two classes.
 *
 *   n rows -> mien_split_random | mien_split_ordered -> mien_split
 *   labels of training rows -> mien_sample_under | _over | _smote -> rows
 *   rows of both parts -> mien_sample_between: made before the split?
 *
 * Draws are numpy's (base.h), so that a published seed gives the rows that
 * scikit-learn and imbalanced-learn give. */
#ifndef MIEN_SPLIT_H
#define MIEN_SPLIT_H

#include "mien/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Rows of three parts; a part that was not asked for has none. */
typedef struct mien_split {
    int64_t trains, valids, tests;
    int64_t *train, *valid, *test;
} mien_split;

typedef struct mien_split_options {
    double test;  /* share of all rows, rounded up; 0: none */
    double valid; /* share of the rows left then, rounded up; 0: none */
    uint32_t seed;
    const int32_t *classes; /* [n] each part gets its share of each; NULL */
} mien_split_options;

/* Split rows at random.
 *
 *   n        rows, 2 or more
 *   options  shares; the validation part is split off the training part by a
 *            second draw with the same seed
 *   out      owned by the caller; release with mien_split_free
 *
 * The rows are those of scikit-learn's train_test_split(range(n),
 * test_size=test, random_state=seed, stratify=classes), in its order.
 * Fails with EARG (a part would be empty; a class with one row; fewer rows in a
 * part than classes), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_split_random(int64_t n, const mien_split_options *options, mien_split *out,
                  mien_error *err);

/* Split rows in order: the last are the test part, those before them the
 * validation part.
 *
 *   n      rows, 2 or more
 *   order  [n] rows from the first to the last; NULL: as they are
 *   test   share of all rows, rounded up
 *   valid  share of the rows left then, rounded up; 0: none
 *   purge  rows left out before each later part, so that no window or label of
 *          one part reaches into another
 *   out    owned by the caller; release with mien_split_free
 *
 * Fails with EARG (a part would be empty), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_split_ordered(int64_t n, const int64_t *order, double test, double valid,
                   int64_t purge, mien_split *out, mien_error *err);

/* Release the rows of a split.
 *
 *   s  its fields are cleared */
MIEN_API void mien_split_free(mien_split *s);

/* Leave out rows of the larger class.
 *
 *   n          rows
 *   y          [n] 0 or 1, both present
 *   ratio      smaller class over larger class afterwards, in (0, 1]
 *   seed       any
 *   out        room for n rows
 *   ret_count  how many there are
 *
 * As imbalanced-learn's RandomUnderSampler(sampling_strategy=ratio).
 * Fails with EARG (one class; a ratio below the one there is), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_sample_under(int64_t n, const uint8_t *y,
                                                    double ratio, uint32_t seed,
                                                    int64_t *out,
                                                    int64_t *ret_count,
                                                    mien_error *err);

/* Count the rows that the smaller class needs for a ratio.
 *
 *   n      rows
 *   y      [n] 0 or 1, both present
 *   ratio  smaller class over larger class afterwards, in (0, 1]
 *   out    receives the rows to be added
 *
 * Fails with EARG (one class; a ratio below the one there is). */
MIEN_API MIEN_CHECKED mien_status mien_sample_wanted(int64_t n,
                                                     const uint8_t *y,
                                                     double ratio, int64_t *out,
                                                     mien_error *err);

/* Draw rows of the smaller class again.
 *
 *   n     rows
 *   y     [n] 0 or 1, both present
 *   more  rows to be added, 0 or more: mien_sample_wanted
 *   seed  any
 *   out   [n + more] all rows, then those drawn
 *
 * As imbalanced-learn's RandomOverSampler.  Fails with EARG, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_sample_over(int64_t n, const uint8_t *y,
                                                   int64_t more, uint32_t seed,
                                                   int64_t *out,
                                                   mien_error *err);

typedef struct mien_smote {
    int k;        /* neighbours; the smaller class has more rows than that */
    int64_t more; /* rows to be made, 0 or more: mien_sample_wanted */
    uint32_t seed;
} mien_smote;

/* Make rows between a row of the smaller class and one of its k nearest
 * neighbours in that class.
 *
 *   n     rows
 *   p     numbers a row
 *   x     [n, p] finite
 *   y     [n] 0 or 1, both present
 *   how   how many
 *   out   [how->more, p]
 *
 * As imbalanced-learn's SMOTE; of equally near neighbours the earlier row.
 * Fails with EARG, ENOMEM.  Source: N. Chawla et al., SMOTE, JAIR 16, 2002. */
MIEN_API MIEN_CHECKED mien_status
mien_sample_smote(int64_t n, int p, const double *x, const uint8_t *y,
                  const mien_smote *how, double *out, mien_error *err);

/* Count rows that lie between two others, in all columns by one share of the
 * way, as rows made by SMOTE do: rows of a test part that were made of rows of
 * the training part.
 *
 *   p          numbers a row
 *   x          finite numbers, p a row
 *   trains     how many rows are searched for pairs
 *   train      [trains] their numbers in x; where they have more than 2^20
 *              numbers, an even choice, and of these the 1,024 nearest to each
 *              row
 *   tests      how many rows are looked at
 *   test       [tests] their numbers in x
 *   ret_count  how many of them lie between two of the others, each such pair
 *              in a direction of its own
 *
 * A pair counts only if it is chance with less than 2^-40: rows of few columns
 * or few digits are never counted.  Where columns depend on each other, or were
 * interpolated, rows may lie so without having been made: compare with rows of
 * another class.  Made rows of which one parent is missing are not found.
 * Cost: tests times 2^20 at most, and p^3 at worst for each row that is found.
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_sample_between(
    int p, const double *x, int64_t trains, const int64_t *train, int64_t tests,
    const int64_t *test, int64_t *ret_count, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
