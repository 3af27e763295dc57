/* mien/metrics_image.h: how like two pictures are.
 *
 *   planes of one channel -> mien_likeness_of: squared error and SSIM
 *     -> mien_psnr: the squared error in decibels */
#ifndef MIEN_METRICS_IMAGE_H
#define MIEN_METRICS_IMAGE_H

#include "mien/base.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { MIEN_SSIM_SIDE = 11 }; /* pixels of the window */

/* How like two planes are. */
typedef struct mien_likeness {
    double square; /* mean squared difference */
    double ssim;   /* mean structural similarity, -1..1; NaN where a side is
                      shorter than the window */
} mien_likeness;

/* Compare two planes of one channel.
 *
 *   w, h   pixels, 1 or more, asserted
 *   a, b   [h, w]
 *   range  of the values: 255 of bytes, 1 of shares
 *   out    set
 *
 * The window is a Gaussian of deviation 1.5 over 11 x 11 pixels that lies whole
 * in the picture; K1 is 0.01, K2 0.03.
 * Fails with ENOMEM.
 * Source: Wang, Bovik, Sheikh, Simoncelli, Image quality assessment, IEEE TIP
 * 13(4), 2004. */
MIEN_API MIEN_CHECKED mien_status mien_likeness_of(int w, int h, const float *a,
                                                   const float *b, double range,
                                                   mien_likeness *out,
                                                   mien_error *err);

/* The peak signal over the noise, decibels: 10 log10(range^2 / square).
 *
 *   square  mean squared difference; 0: infinity
 *   range   of the values */
MIEN_API double mien_psnr(double square, double range);

#ifdef __cplusplus
}
#endif
#endif
