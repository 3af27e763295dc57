/* decode.c: from the bytes of a file to an upright picture, within limits. */
#include "image/codec.h"

#include "base/error.h"

#include <assert.h>
#include <string.h>

enum { JPEG_MAX_SIDE = 65535 };

/* Decode by one reader, upright unless the photo is wanted as it lies. */
static mien_status decode(mi_decoder *read, const uint8_t *bytes, size_t n,
                          const mi_limits *limits, int as_it_lies,
                          mien_photo *out, mien_error *err)
{
    mi_decoded got = {.exif = {.orientation = 1}};
    mien_status st = read(bytes, n, limits, &got, err);
    if (st == MIEN_OK && !as_it_lies)
        st = mi_image_upright(&got.im, got.exif.orientation, err);
    if (st != MIEN_OK) {
        mien_image_free(&got.im);
        return st;
    }
    int w = got.w ? got.w : got.im.w, h = got.h ? got.h : got.im.h;
    int swapped = got.w && !as_it_lies && got.exif.orientation >= 5;
    *out =
        (mien_photo){.im = got.im, .w = swapped ? h : w, .h = swapped ? w : h};
    memcpy(out->warning, got.warning, sizeof out->warning);
    memcpy(out->taken, got.exif.taken, sizeof out->taken);
    return MIEN_OK;
}

/* lenient: what mien_photo_read may do. */
static mien_status read_photo(const uint8_t *bytes, size_t n,
                              const mien_read_options *options, int lenient,
                              mien_photo *out, mien_error *err)
{
    static const mien_read_options defaults = MIEN_READ_DEFAULTS;
    const mien_read_options *o = options ? options : &defaults;
    assert((bytes || n == 0) && out);
    if (n == 0)
        return mi_fail(err, MIEN_EFORMAT, "image: the file is empty");
    size_t start;
    mi_decoder *read = mi_decoder_of(bytes, n, &start);
    if (!read)
        return mi_no_decoder(bytes, n, err);
    int shrinks = lenient && read == mi_jpeg_read;
    int64_t pixels = shrinks ? MIEN_PHOTO_MAX_PIXELS : MIEN_IMAGE_MAX_PIXELS;
    int side = shrinks ? JPEG_MAX_SIDE : MIEN_IMAGE_MAX_SIDE;
    mi_limits limits = {.side = o->max_side ? o->max_side : side,
                        .scans =
                            o->max_scans ? o->max_scans : MIEN_IMAGE_MAX_SCANS,
                        .pixels = o->max_pixels ? o->max_pixels : pixels,
                        .strict = o->strict || !lenient,
                        .as_it_lies = o->ignore_orientation,
                        .shrink = shrinks};
    return decode(read, bytes + start, n - start, &limits,
                  o->ignore_orientation, out, err);
}

mien_status mien_image_read(const uint8_t *bytes, size_t n,
                            const mien_read_options *options, mien_image *out,
                            mien_error *err)
{
    mien_photo p;
    mien_status st = read_photo(bytes, n, options, 0, &p, err);
    if (st == MIEN_OK)
        *out = p.im;
    return st;
}

mien_status mien_photo_read(const uint8_t *bytes, size_t n,
                            const mien_read_options *options, mien_photo *out,
                            mien_error *err)
{
    return read_photo(bytes, n, options, 1, out, err);
}

void mien_photo_free(mien_photo *p)
{
    if (!p)
        return;
    mien_image_free(&p->im);
    *p = (mien_photo){0};
}
