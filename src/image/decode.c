/* decode.c: which decoder a file wants, by its first bytes, and turning the
 * picture upright by its EXIF orientation. */
#include "image/codec.h"

#include "base/error.h"

#include <string.h>

/* Orientations 5..8 swap the axes.  For each, pixel (x, y) of the upright
 * picture is found in the file's picture of w x h at: */
static void source_of(int orientation, int w, int h, int x, int y, int *sx,
                      int *sy)
{
    int swapped = orientation >= 5;
    int u = swapped ? y : x, v = swapped ? x : y;
    int flip_u = orientation == 2 || orientation == 3 || orientation == 7 ||
                 orientation == 8;
    int flip_v = orientation == 3 || orientation == 4 || orientation == 6 ||
                 orientation == 7;
    *sx = flip_u ? w - 1 - u : u;
    *sy = flip_v ? h - 1 - v : v;
}

mien_status mi_image_upright(mien_image *im, int orientation, mien_error *err)
{
    if (orientation < 2 || orientation > 8)
        return MIEN_OK;
    int swapped = orientation >= 5;
    mien_image up;
    mien_status st = mien_image_new(swapped ? im->h : im->w,
                                    swapped ? im->w : im->h, &up, err);
    if (st != MIEN_OK)
        return st;
    for (int y = 0; y < up.h; y++)
        for (int x = 0; x < up.w; x++) {
            int sx, sy;
            source_of(orientation, im->w, im->h, x, y, &sx, &sy);
            memcpy(up.data + y * up.stride + (ptrdiff_t)x * 3,
                   im->data + sy * im->stride + (ptrdiff_t)sx * 3, 3);
        }
    mien_image_free(im);
    *im = up;
    return MIEN_OK;
}

static mi_decoder *decoder_of(const uint8_t *b, size_t n)
{
    if (n >= 3 && memcmp(b, "\xff\xd8\xff", 3) == 0)
        return mi_jpeg_read;
    if (n >= 8 && memcmp(b, "\x89PNG\r\n\x1a\n", 8) == 0)
        return mi_png_read;
    if (n >= 12 && memcmp(b, "RIFF", 4) == 0 && memcmp(b + 8, "WEBP", 4) == 0)
        return mi_webp_read;
    if (n >= 6 && (memcmp(b, "GIF87a", 6) == 0 || memcmp(b, "GIF89a", 6) == 0))
        return mi_gif_read;
    if (n >= 2 && b[0] == 'P' && (b[1] == '5' || b[1] == '6'))
        return mi_pnm_read;
    return NULL;
}

mien_status mien_image_read(const uint8_t *bytes, size_t n,
                            const mien_read_options *options, mien_image *out,
                            mien_error *err)
{
    static const mien_read_options defaults = MIEN_READ_DEFAULTS;
    const mien_read_options *o = options ? options : &defaults;
    mi_limits limits = {
        .side = o->max_side ? o->max_side : MIEN_IMAGE_MAX_SIDE,
        .scans = o->max_scans ? o->max_scans : MIEN_IMAGE_MAX_SCANS,
        .pixels = o->max_pixels ? o->max_pixels : MIEN_IMAGE_MAX_PIXELS};
    if (n == 0)
        return mi_fail(err, MIEN_EFORMAT, "image: the file is empty");
    mi_decoder *decode = decoder_of(bytes, n);
    if (!decode)
        return mi_fail(err, MIEN_EFORMAT,
                       "image: the first bytes are of no JPEG, PNG, WebP, "
                       "GIF, PPM or PGM file");
    mien_image im;
    int orientation = 1;
    mien_status st = decode(bytes, n, &limits, &im, &orientation, err);
    if (st != MIEN_OK)
        return st;
    if (!o->ignore_orientation)
        st = mi_image_upright(&im, orientation, err);
    if (st != MIEN_OK) {
        mien_image_free(&im);
        return st;
    }
    *out = im;
    return MIEN_OK;
}
