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

/* Of JPEG files that mien_photo_read makes smaller. */
#define MIEN_PHOTO_MAX_PIXELS 300000000
#define MIEN_PHOTO_WHOLE_PIXELS MIEN_IMAGE_MAX_PIXELS
#define MIEN_PHOTO_REDUCED_PIXELS 20000000

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
    int strict; /* 1: mien_photo_read refuses what is not whole, too */
} mien_read_options;
#define MIEN_READ_DEFAULTS \
    {                      \
        0, 0, 0, 0, 0      \
    }

#define MIEN_WARNING_MAX 200

/* A photo as it could be read. */
typedef struct mien_photo {
    mien_image im; /* upright */
    int w, h;      /* of the upright picture in the file; im's, unless it is so
                      large that it was made smaller as it was read */
    char warning[MIEN_WARNING_MAX]; /* what is missing or damaged; empty: it is
                                       whole */
    /* The day, YYYY-MM-DD, on which its EXIF says that it was taken
     * (DateTimeOriginal) or else digitised (DateTimeDigitized), by the clock of
     * the camera; empty: none is told, or one that cannot be: no day of the
     * calendar, before 1826, or after tomorrow by the system's clock. */
    char taken[11];
} mien_photo;

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

/* A picture being drawn on; holds the image until it is done. */
typedef struct mien_canvas mien_canvas;

/* ---- make ------------------------------------------------------------- */

/* Make a black image.
 *
 *   w    pixels, 1..MIEN_IMAGE_MAX_SIDE
 *   h    the same
 *   out  owned by the caller; free with mien_image_free
 *
 * Fails with ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_image_new(int w, int h, mien_image *out,
                                                 mien_error *err);

/* Release the pixels of an image that mien made.
 *
 *   im  its fields are cleared; NULL is allowed */
MIEN_API void mien_image_free(mien_image *im);

/* Copy an image; the copy's rows lie without gaps.
 *
 *   im   any image
 *   out  owned by the caller; free with mien_image_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_image_copy(const mien_image *im,
                                                  mien_image *out,
                                                  mien_error *err);

/* Decode a photo, whatever the file is called.
 *
 *   bytes    [n] a JPEG, PNG, WebP, GIF (its first frame), HEIC, AVIF or
 *            PNM file
 *   n        how many
 *   options  NULL: the defaults
 *   out      owned by the caller; free with mien_image_free
 *
 * The result is 8-bit RGB and upright (EXIF orientations 1..8 applied);
 * transparency lies over white; 16-bit samples are rounded.  Limits are checked
 * before pixels are decoded.
 * HEIC and AVIF need libheif, which is loaded when the first one is read.
 * Fails with EFORMAT (not a picture, or not whole), EUNSUP (no libheif, or
 * none that decodes this file), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_image_read(
    const uint8_t *bytes, size_t n, const mien_read_options *options,
    mien_image *out, mien_error *err);

/* Decode a photo as people have them: one that is cut short or damaged as far
 * as it goes, one that is huge at a smaller size.
 *
 *   bytes    as for mien_image_read
 *   n        how many
 *   options  NULL: the defaults
 *   out      owned by the caller; free with mien_photo_free
 *
 * A JPEG's rows that are missing are grey; a GIF's are white.  What is no
 * picture at all, or ends before its first rows, is still refused.
 * A JPEG of more than MIEN_PHOTO_WHOLE_PIXELS is read at 1/8 .. 7/8 of its
 * size, the largest with at most MIEN_PHOTO_REDUCED_PIXELS; for it max_pixels
 * of 0 is MIEN_PHOTO_MAX_PIXELS, max_side of 0 what the format has room for.
 * Fails with EFORMAT, EUNSUP, ELIMIT, ENOMEM, as mien_image_read. */
MIEN_API MIEN_CHECKED mien_status mien_photo_read(
    const uint8_t *bytes, size_t n, const mien_read_options *options,
    mien_photo *out, mien_error *err);

/* Release the pixels of a photo.
 *
 *   p  its fields are cleared; NULL is allowed */
MIEN_API void mien_photo_free(mien_photo *p);

/* Decode a PBM, PGM or PPM file, plain or binary (P1 to P6), any maxval.
 *
 *   bytes  [n] the file
 *   n      how many
 *   out    owned by the caller; free with mien_image_free
 *
 * Needs no library; in every build, WebAssembly too.
 * Fails with EFORMAT, ELIMIT, ENOMEM.
 * Source: Netpbm, ppm(5). */
MIEN_API MIEN_CHECKED mien_status mien_pnm_read(const uint8_t *bytes, size_t n,
                                                mien_image *out,
                                                mien_error *err);

/* ---- change ----------------------------------------------------------- */

/* Resize to w x h, rounding to 8 bits.
 *
 *   im      any image
 *   w       pixels, 1..MIEN_IMAGE_MAX_SIDE
 *   h       the same
 *   filter  how samples are placed; MIEN_AREA to make much smaller
 *   out     owned by the caller; free with mien_image_free
 *
 * Fails with ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_image_resize(const mien_image *im, int w,
                                                    int h, mien_filter filter,
                                                    mien_image *out,
                                                    mien_error *err);

/* Cut out a rectangle, black where it lies outside.
 *
 *   im   any image
 *   x    left edge in pixels, may be negative
 *   y    upper edge
 *   w    width, 1..MIEN_IMAGE_MAX_SIDE
 *   h    height
 *   out  owned by the caller; free with mien_image_free
 *
 * Fails with ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_image_crop(const mien_image *im, int x,
                                                  int y, int w, int h,
                                                  mien_image *out,
                                                  mien_error *err);

/* Turn by quarters, pixel by pixel.
 *
 *   im        any image
 *   quarters  0..3, asserted: how often by 90 degrees, clockwise
 *   out       owned by the caller; free with mien_image_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_image_turn(const mien_image *im,
                                                  int quarters, mien_image *out,
                                                  mien_error *err);

/* Scale, turn and move.
 *
 *   im         any image
 *   to_source  where pixel centre (x, y) of the result lies in im, with pixel
 *              centres at integers
 *   w          width of the result, 1..MIEN_IMAGE_MAX_SIDE
 *   h          height
 *   out        owned by the caller; free with mien_image_free
 *
 * Bilinear, black outside.  Fails with ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_image_warp(const mien_image *im,
                                                  mien_similarity to_source,
                                                  int w, int h, mien_image *out,
                                                  mien_error *err);

/* An unsharp mask. */
typedef struct mien_sharpen {
    double amount;    /* of the difference to the blurred picture that is added,
                         0..10 */
    double radius;    /* of the blur, its standard deviation: 0.1..100 pixels */
    double threshold; /* smaller differences are left as they are: 0..255 */
} mien_sharpen;
#define MIEN_SHARPEN_DEFAULTS \
    {                         \
        1, 1.5, 2             \
    }

/* Sharpen by an unsharp mask; beyond the edge its pixels go on.
 *
 *   im       any image
 *   options  NULL: MIEN_SHARPEN_DEFAULTS
 *   out      owned by the caller; free with mien_image_free
 *
 * Fails with EARG (an option out of range), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_image_sharpen(const mien_image *im, const mien_sharpen *options,
                   mien_image *out, mien_error *err);

/* Put pictures of one size side by side, row by row.
 *
 *   im       [n] pictures
 *   n        how many, 1 or more
 *   columns  in a row, 1 or more
 *   out      owned by the caller; free with mien_image_free.  Black where the
 *            last row ends early
 *
 * Fails with EARG (of two sizes, none), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_image_tile(const mien_image *im, int n,
                                                  int columns, mien_image *out,
                                                  mien_error *err);

/* ---- draw ------------------------------------------------------------- */

/* Begin to draw on an image.
 *
 *   im   borrowed until mien_canvas_free; changed by mien_canvas_finish
 *   out  owned by the caller; free with mien_canvas_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_canvas_new(mien_image *im,
                                                  mien_canvas **out,
                                                  mien_error *err);

/* Draw the outline of a rectangle.
 *
 *   c       a canvas
 *   box     pixels; what lies outside is cut off
 *   colour  of the line
 *   width   of the line in pixels */
MIEN_API void mien_canvas_box(mien_canvas *c, mien_box box, mien_colour colour,
                              float width);

/* Draw filled discs.
 *
 *   c       a canvas
 *   points  [n] centres in pixels
 *   n       how many
 *   colour  of the discs
 *   radius  pixels */
MIEN_API void mien_canvas_points(mien_canvas *c, const mien_point *points,
                                 int n, mien_colour colour, float radius);

/* Write lines of text on a plate of the given colour.
 *
 *   c       a canvas
 *   x       left edge of the plate in pixels
 *   y       its lower edge; moved so that the whole plate is seen if it fits
 *   text    UTF-8, lines divided by '\n'
 *   size    height of the letters in pixels
 *   colour  of the plate; letters are black or white, whichever reads better */
MIEN_API void mien_canvas_label(mien_canvas *c, float x, float y,
                                const char *text, float size,
                                mien_colour colour);

/* Put what was drawn into the image.
 *
 *   c  a canvas; it may be drawn on further
 *
 * Fails with ENOMEM (then the image is as before). */
MIEN_API MIEN_CHECKED mien_status mien_canvas_finish(mien_canvas *c,
                                                     mien_error *err);

/* Release a canvas; the image stays the caller's.
 *
 *   c  NULL is allowed */
MIEN_API void mien_canvas_free(mien_canvas *c);

/* ---- write ------------------------------------------------------------ */

/* Encode as PNG.
 *
 *   im   any image
 *   out  owned by the caller; free with mien_bytes_free
 *
 * Fails with ENOMEM, EFORMAT (libpng refused). */
MIEN_API MIEN_CHECKED mien_status mien_image_write_png(const mien_image *im,
                                                       mien_bytes *out,
                                                       mien_error *err);

/* Encode as JPEG.
 *
 *   im       any image
 *   quality  1..100; 92 looks the same to most people
 *   out      owned by the caller; free with mien_bytes_free
 *
 * Fails with EARG, ENOMEM, EFORMAT (libjpeg refused). */
MIEN_API MIEN_CHECKED mien_status mien_image_write_jpeg(const mien_image *im,
                                                        int quality,
                                                        mien_bytes *out,
                                                        mien_error *err);

/* Encode frames as a GIF that is shown again and again.
 *
 *   im   [n] of one size
 *   n    how many, 1 or more; MIEN_IMAGE_MAX_PIXELS pixels in all
 *   fps  frames a second, 0.1..50; each ends at the nearest hundredth of a
 *        second, which is all that the format knows
 *   out  owned by the caller; free with mien_bytes_free
 *
 * All frames share 256 colours, by median cut, without dithering.
 * Fails with EARG (of two sizes, a number out of range), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_image_write_gif(const mien_image *im,
                                                       int n, double fps,
                                                       mien_bytes *out,
                                                       mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
