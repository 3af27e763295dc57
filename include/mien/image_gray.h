/* mien/image_gray.h: photos as one plane of grey.
 *
 *   mien_image -> mien_gray -> resize, equalise -> cascades, corners, flow
 *
 * Coordinates as in image.h. */
#ifndef MIEN_IMAGE_GRAY_H
#define MIEN_IMAGE_GRAY_H

#include "mien/image.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An 8-bit plane.  Open on purpose: build one over your own memory by filling
 * the fields.  Row y starts at data + y * stride. */
typedef struct mien_gray {
    int w, h;         /* pixels, each 1..MIEN_IMAGE_MAX_SIDE */
    ptrdiff_t stride; /* bytes from one row to the next, >= w */
    uint8_t *data;    /* [h, w] 0 black .. 255 white */
} mien_gray;

/* Make a black plane.
 *
 *   w    pixels, 1..MIEN_IMAGE_MAX_SIDE
 *   h    the same
 *   out  owned by the caller; free with mien_gray_free
 *
 * Fails with ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_gray_new(int w, int h, mien_gray *out,
                                                mien_error *err);

/* Release the pixels of a plane that mien made.
 *
 *   g  its fields are cleared; NULL is allowed */
MIEN_API void mien_gray_free(mien_gray *g);

/* Turn colours into luma: (9798 R + 19235 G + 3735 B + 16384) >> 15.
 *
 *   im   any image
 *   out  owned by the caller; free with mien_gray_free
 *
 * The same bytes as cvtColor of OpenCV 4.6.  Fails with ENOMEM.
 * Source: ITU-R BT.601 weights in 15 bits. */
MIEN_API MIEN_CHECKED mien_status mien_gray_from(const mien_image *im,
                                                 mien_gray *out,
                                                 mien_error *err);

/* Make an RGB image with three equal channels.
 *
 *   g    any plane
 *   out  owned by the caller; free with mien_image_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_gray_to_image(const mien_gray *g,
                                                     mien_image *out,
                                                     mien_error *err);

/* Look at a part of a plane; nothing is copied.
 *
 *   g  any plane
 *   x  left edge in pixels
 *   y  upper edge
 *   w  width; the rectangle must lie inside g
 *   h  height */
MIEN_API mien_gray mien_gray_view(const mien_gray *g, int x, int y, int w,
                                  int h);

/* Resize with bilinear interpolation about pixel centres, in fixed point.
 *
 *   g    any plane
 *   w    pixels, 1..MIEN_IMAGE_MAX_SIDE
 *   h    the same
 *   out  owned by the caller; free with mien_gray_free
 *
 * The same bytes on every machine, and those of OpenCV's INTER_LINEAR_EXACT:
 * weights in 1/256, sums rounded once, half up.  Fails with ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_gray_resize(const mien_gray *g, int w,
                                                   int h, mien_gray *out,
                                                   mien_error *err);

/* Turn about the centre, with bilinear interpolation.
 *
 *   g        any plane
 *   degrees  counter-clockwise as seen, any finite number
 *   out      of the same size, the nearest border pixel outside; owned by the
 *            caller; free with mien_gray_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_gray_rotate(const mien_gray *g,
                                                   double degrees,
                                                   mien_gray *out,
                                                   mien_error *err);

/* Spread the histogram evenly over 0..255, in place.
 *
 *   g  any plane; one of a single value stays as it is
 *
 * The same bytes as OpenCV's equalizeHist. */
MIEN_API void mien_gray_equalize(mien_gray *g);

#ifdef __cplusplus
}
#endif
#endif
