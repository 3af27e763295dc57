/* split.h: the feature and threshold that part weighted samples best. */
#ifndef MI_VISION_SPLIT_H
#define MI_VISION_SPLIT_H

#include "vision/haar_set.h"
#include "vision/values.h"

/* A question about one feature. */
typedef struct mi_split {
    int candidate; /* -1: nothing parts them */
    float threshold;
    uint32_t subset[8]; /* LBP: codes that go left */
} mi_split;

typedef struct mi_splitter mi_splitter;

/* Look at all candidates of windows and keep as much of it as fits.
 *
 *   list         [n] borrowed, as samples are
 *   cache_bytes  for sorted samples or codes; what does not fit is worked out
 *                again for every split
 *
 * Fails with ENOMEM. */
mien_status mi_splitter_new(mien_feature_kind kind, const mi_candidate *list,
                            int n, const mi_samples *samples,
                            int64_t cache_bytes, mien_pool *pool,
                            mi_splitter **out, mien_error *err);
/* Release what mi_splitter_new allocated. */
void mi_splitter_free(mi_splitter *s);

/* Find the best split; the first of equals.
 *
 *   weight  [samples] > 0 positives, < 0 negatives, 0 takes no part; the sum
 *           of all |weight| is < 2^30 */
void mi_splitter_find(mi_splitter *s, mien_boost boost, const int32_t *weight,
                      mi_split *out);

/* left [samples]: 1 for those that a split sends to the left. */
void mi_splitter_apply(mi_splitter *s, const mi_split *split, uint8_t *left);

/* The best subset of codes [n] (split_lbp.c); its score. */
double mi_split_lbp(mien_boost boost, int n, const uint8_t *codes,
                    const int32_t *weight, uint32_t *subset);

#endif
