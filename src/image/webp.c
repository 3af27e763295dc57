/* webp.c: WebP by libwebp, transparency over white; the first frame of an
 * animation. */
#include "image/codec.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>
#include <webp/decode.h>

static uint32_t u32le(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

/* The chunk of a RIFF file with this tag; n is 0 if there is none. */
static const uint8_t *find_chunk(const uint8_t *bytes, size_t n,
                                 const char *tag, size_t *len)
{
    *len = 0;
    for (size_t at = 12; n >= 8 && at <= n - 8;) {
        size_t size = u32le(bytes + at + 4);
        if (size > n - at - 8)
            return NULL;
        if (memcmp(bytes + at, tag, 4) == 0) {
            *len = size;
            return bytes + at + 8;
        }
        at += 8 + size + (size & 1);
    }
    return NULL;
}

/* The picture data of an animation's first frame follow 16 bytes of header. */
static void first_frame(const uint8_t **bytes, size_t *n)
{
    size_t len;
    const uint8_t *frame = find_chunk(*bytes, *n, "ANMF", &len);
    if (!frame || len < 16)
        return;
    *bytes = frame + 16;
    *n = len - 16;
}

static void blend(const uint8_t *rgba, mien_image *im)
{
    for (int y = 0; y < im->h; y++)
        for (int x = 0; x < im->w; x++, rgba += 4)
            for (int k = 0; k < 3; k++)
                im->data[y * im->stride + x * 3 + k] =
                    mi_over_white(rgba[k], rgba[3]);
}

/* 1 when the picture is whole. */
static int decode(const uint8_t *bytes, size_t n, int alpha, mien_image *im,
                  uint8_t *rgba)
{
    if (!alpha)
        return WebPDecodeRGBInto(bytes, n, im->data,
                                 (size_t)im->h * (size_t)im->stride,
                                 (int)im->stride) != NULL;
    size_t size = (size_t)im->w * (size_t)im->h * 4;
    if (!WebPDecodeRGBAInto(bytes, n, rgba, size, im->w * 4))
        return 0;
    blend(rgba, im);
    return 1;
}

mien_status mi_webp_read(const uint8_t *bytes, size_t n,
                         const mi_limits *limits, mien_image *out,
                         int *orientation, mien_error *err)
{
    size_t exif_n;
    const uint8_t *exif = find_chunk(bytes, n, "EXIF", &exif_n);
    WebPBitstreamFeatures about;
    if (WebPGetFeatures(bytes, n, &about) != VP8_STATUS_OK)
        return mi_fail(err, MIEN_EFORMAT,
                       "webp: no picture header in %zu bytes", n);
    if (about.has_animation) {
        first_frame(&bytes, &n);
        if (WebPGetFeatures(bytes, n, &about) != VP8_STATUS_OK)
            return mi_fail(err, MIEN_EFORMAT, "webp: no first frame");
    }
    mien_image im = {0};
    mien_status st =
        mi_image_admit("webp", about.width, about.height, limits, &im, err);
    if (st != MIEN_OK)
        return st;
    uint8_t *rgba =
        about.has_alpha ? mi_alloc((size_t)im.w * (size_t)im.h, 4) : NULL;
    if (about.has_alpha && !rgba)
        st = mi_fail(err, MIEN_ENOMEM, "webp: %d x %d pixels", im.w, im.h);
    else if (!decode(bytes, n, about.has_alpha, &im, rgba))
        st = mi_fail(err, MIEN_EFORMAT,
                     "webp: the picture data are damaged or "
                     "end early");
    mi_free(rgba);
    if (st != MIEN_OK) {
        mien_image_free(&im);
        return st;
    }
    *orientation = mi_exif_orientation(exif, exif_n);
    *out = im;
    return MIEN_OK;
}
