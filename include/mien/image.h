/* mien/image.h: photos as pixels in memory.
 *
 *   bytes of a file -> mien_image_read -> RGB, upright
 *     -> resize, crop, warp -> draw -> mien_image_write -> bytes of a file
 *
 * Coordinates: x to the right, y down, in pixels.  As areas: pixel (0, 0)
 * covers 0 <= x < 1, 0 <= y < 1.  Boxes and points of faces are such
 * coordinates, as floats. */
#ifndef MIEN_IMAGE_H
#define MIEN_IMAGE_H

#include "mien/base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIEN_IMAGE_MAX_SIDE 30000
#define MIEN_IMAGE_MAX_PIXELS 40000000
#define MIEN_IMAGE_MAX_SCANS 100

/* An 8-bit RGB image.  Open on purpose: build one over your own memory by
 * filling the fields.  Row y starts at data + y * stride. */
typedef struct mien_image {
    int w, h;         /* pixels, each 1..MIEN_IMAGE_MAX_SIDE */
    ptrdiff_t stride; /* bytes from one row to the next, >= 3 * w */
    uint8_t *data;    /* [h, w, 3] red, green, blue, 0..255 */
} mien_image;

/* A rectangle in pixels; it may lie partly or wholly outside an image. */
typedef struct mien_box {
    float x, y, width, height;
} mien_box;

typedef struct mien_point {
    float x, y;
} mien_point;

typedef struct mien_colour {
    uint8_t r, g, b;
} mien_colour;

typedef struct mien_read_options {
    int ignore_orientation; /* 1: pixels as they lie in the file */
    int max_side;           /* pixels; 0: MIEN_IMAGE_MAX_SIDE */
    int64_t max_pixels;     /* 0: MIEN_IMAGE_MAX_PIXELS */
    int max_scans;          /* of a progressive JPEG; 0: MIEN_IMAGE_MAX_SCANS */
} mien_read_options;
#define MIEN_READ_DEFAULTS {0, 0, 0, 0}

/* How samples between pixels are placed when a picture changes its size from
 * n to m pixels: output i looks at i * n / m (corner), or at
 * (i + 0.5) * n / m - 0.5 (centre); area averages all that an output covers. */
typedef enum mien_filter {
    MIEN_BILINEAR_CORNER, /* TensorFlow.js resizeBilinear, its default */
    MIEN_BILINEAR_CENTRE, /* ... with half-pixel centres */
    MIEN_AREA
} mien_filter;

/* x' = a x + b y + tx;  y' = -b x + a y + ty: scale, turn, move. */
typedef struct mien_similarity {
    float a, b, tx, ty;
} mien_similarity;

/* ---- make ------------------------------------------------------------- */
/* (doc comments: see src) */
MIEN_API MIEN_CHECKED mien_status mien_image_new(int w, int h, mien_image *out,
                                                 mien_error *err);
MIEN_API void mien_image_free(mien_image *im);
MIEN_API MIEN_CHECKED mien_status
mien_image_copy(const mien_image *im, mien_image *out, mien_error *err);

/* JPEG, PNG, WebP, GIF (first frame), PPM/PGM by their first bytes */
MIEN_API MIEN_CHECKED mien_status
mien_image_read(const uint8_t *bytes, size_t n, const mien_read_options *options,
                mien_image *out, mien_error *err);
/* binary PPM (P6) and PGM (P5), maxval 255; in every build, wasm too */
MIEN_API MIEN_CHECKED mien_status mien_pnm_read(const uint8_t *bytes, size_t n,
                                                mien_image *out,
                                                mien_error *err);

/* ---- change ----------------------------------------------------------- */
/* 8-bit result, rounded; region in pixels may reach outside: black there */
MIEN_API MIEN_CHECKED mien_status mien_image_resize(const mien_image *im, int w,
                                                    int h, mien_filter filter,
                                                    mien_image *out,
                                                    mien_error *err);
MIEN_API MIEN_CHECKED mien_status mien_image_crop(const mien_image *im, int x,
                                                  int y, int w, int h,
                                                  mien_image *out,
                                                  mien_error *err);
MIEN_API MIEN_CHECKED mien_status mien_image_warp(const mien_image *im,
                                                  mien_similarity to_source,
                                                  int w, int h, mien_image *out,
                                                  mien_error *err);

/* ---- draw ------------------------------------------------------------- */
MIEN_API MIEN_CHECKED mien_status mien_draw_box(mien_image *im, mien_box box,
                                                mien_colour colour,
                                                float line_width,
                                                mien_error *err);
MIEN_API MIEN_CHECKED mien_status
mien_draw_points(mien_image *im, const mien_point *points, int n,
                 mien_colour colour, float radius, mien_error *err);
MIEN_API MIEN_CHECKED mien_status mien_draw_label(mien_image *im, float x,
                                                  float y, const char *text,
                                                  float size,
                                                  mien_colour colour,
                                                  mien_error *err);

/* ---- write ------------------------------------------------------------ */
MIEN_API MIEN_CHECKED mien_status mien_image_write_png(const mien_image *im,
                                                       mien_bytes *out,
                                                       mien_error *err);
MIEN_API MIEN_CHECKED mien_status mien_image_write_jpeg(const mien_image *im,
                                                        int quality,
                                                        mien_bytes *out,
                                                        mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
