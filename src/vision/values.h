/* values.h: what features measure in windows that are trained on. */
#ifndef MI_VISION_VALUES_H
#define MI_VISION_VALUES_H

#include "mien/vision.h"

/* Integral images of n windows, place by place: number i of a place is the
 * window i's, so that one feature of all windows is a few sums of rows. */
typedef struct mi_samples {
    int n, w, h;
    ptrdiff_t stride; /* numbers from one place to the next, >= n */
    uint32_t *sum;    /* [(h + 1) (w + 1), stride] */
    uint32_t *tilted; /* the same, or NULL */
    float *norm;      /* [stride] */
} mi_samples;

/* Make room for n windows. Fails with ENOMEM. */
mien_status mi_samples_new(int n, int w, int h, int tilted, mi_samples *out,
                           mien_error *err);
/* Release what mi_samples_new allocated. */
void mi_samples_free(mi_samples *s);

/* Sum window i up: pixels [h, w].  scratch is [3, h + 1, w + 1]. */
void mi_samples_set(mi_samples *s, int i, const uint8_t *pixels,
                    uint32_t *scratch);

/* values [n]: exactly what the detector compares with a threshold. */
void mi_values_haar(const mi_samples *s, const mien_feature *f, float *values);
/* codes [n] of 8 blocks around a middle one, as the detector has them. */
void mi_values_lbp(const mi_samples *s, const mien_feature *f, uint8_t *codes);

#endif
