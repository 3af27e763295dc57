/* decode.c: which decoder a file wants, by its first bytes, and turning the
 * picture upright by its EXIF orientation. */
#include "image/codec.h"

#include "base/error.h"

#include <assert.h>
#include <string.h>

/* Where the upright picture's pixel (0, 0) lies in the file's picture, and how
 * many bytes on the next one to the right and the next one down lie. */
typedef struct {
    const uint8_t *start;
    ptrdiff_t right, down;
} walk;

/* Orientations 5..8 swap the axes; besides, each turns none, one or both. */
static walk walk_of(const mien_image *im, int orientation)
{
    static const uint8_t turns_x[9] = {0, 0, 1, 1, 0, 0, 0, 1, 1};
    static const uint8_t turns_y[9] = {0, 0, 0, 1, 1, 0, 1, 1, 0};
    ptrdiff_t x = 3, y = im->stride;
    const uint8_t *start = im->data;
    if (turns_x[orientation]) {
        start += (im->w - 1) * x;
        x = -x;
    }
    if (turns_y[orientation]) {
        start += (im->h - 1) * y;
        y = -y;
    }
    return orientation >= 5 ? (walk){start, y, x} : (walk){start, x, y};
}

enum { BLOCK = 64 };

static int least(int a, int b) { return a < b ? a : b; }

static void turn_block(walk s, const mien_image *up, int x0, int y0)
{
    int n = least(BLOCK, up->w - x0), y1 = least(y0 + BLOCK, up->h);
    for (int y = y0; y < y1; y++) {
        const uint8_t *from = s.start + x0 * s.right + y * s.down;
        uint8_t *to = up->data + y * up->stride + (ptrdiff_t)x0 * 3;
        for (int i = 0; i < n; i++, from += s.right, to += 3)
            memcpy(to, from, 3);
    }
}

/* In blocks, so that the rows of both pictures stay in the cache. */
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
    walk s = walk_of(im, orientation);
    for (int y = 0; y < up.h; y += BLOCK)
        for (int x = 0; x < up.w; x += BLOCK)
            turn_block(s, &up, x, y);
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
    assert((bytes || n == 0) && out);
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
