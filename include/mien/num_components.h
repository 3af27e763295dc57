/* mien/num_components.h: principal components of rows of numbers.
 *
 *   rows -> mien_components_fit -> mean and directions of most variance
 *     -> mien_components_error: what they leave of other rows */
#ifndef MIEN_NUM_COMPONENTS_H
#define MIEN_NUM_COMPONENTS_H

#include "mien/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Components.  Release with mien_components_free. */
typedef struct mien_components {
    int64_t d;     /* numbers of a row */
    int k;         /* components: fewer than asked for where rows span less */
    float *mean;   /* [d] */
    float *vector; /* [k, d] orthogonal, of length 1 */
    double *variance; /* [k] of the rows along each, falling but for rounding */
} mien_components;

/* Fit components.
 *
 *   n    rows, 2..20000
 *   d    numbers of each, 1 or more
 *   x    [n, d]
 *   k    components wanted, 1 or more
 *   out  release with mien_components_free
 *
 * By the rows' products with each other, [n, n], and thirty steps of orthogonal
 * iteration: made for few long rows, such as pictures.
 * Fails with EARG (rows or components out of range), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_components_fit(int64_t n, int64_t d,
                                                      const float *x, int k,
                                                      mien_components *out,
                                                      mien_error *err);

/* Release components.
 *
 *   c  its fields are cleared; NULL is allowed */
MIEN_API void mien_components_free(mien_components *c);

/* The mean squared error of a row made again of the first components.
 *
 *   c  components
 *   x  [d] a row
 *   k  how many of them; more than there are: all */
MIEN_API double mien_components_error(const mien_components *c, const float *x,
                                      int k);

#ifdef __cplusplus
}
#endif
#endif
