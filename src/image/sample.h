/* sample.h: pixels to the floats a network reads. */
#ifndef MI_IMAGE_SAMPLE_H
#define MI_IMAGE_SAMPLE_H

#include "mien/image.h"

/* What part of an image a network sees, and where it lands. */
typedef struct mi_sample {
    int x, y, w, h;     /* region of the image in whole pixels; it may reach
                           outside, where pixels count as 0 */
    int left, top;      /* zero pixels put before the region ... */
    int right, bottom;  /* ... and after it, in pixels of the image */
    mien_filter filter; /* how the padded region becomes out_w x out_h */
    int out_w, out_h;
    int bgr; /* 1: blue first */
} mi_sample;

/* Pad, resize and convert in one pass: out[out_h, out_w, 3] floats 0..255,
 * not rounded.  Same answer as TensorFlow.js' pad + resizeBilinear on a float
 * tensor of the crop (single precision, within 1e-4).
 *   scratch  mi_sample_scratch() bytes
 * Never allocates; rows row0 <= y < row1 of the output only, so that threads
 * may share the work. */
size_t mi_sample_scratch(const mi_sample *s);
/* Write the rows; out begins at row 0. */
void mi_sample_rows(const mien_image *im, const mi_sample *s, float *out,
                    int row0, int row1, void *scratch);
/* The same, but row row0 comes first in out[row1 - row0, out_w, 3]. */
void mi_sample_band(const mien_image *im, const mi_sample *s, float *out,
                    int row0, int row1, void *scratch);

#endif
