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

/* RGBA over white, in place: what is read lies ahead of what is written. */
static void blend(uint8_t *p, size_t pixels)
{
    const uint8_t *rgba = p;
    for (size_t i = 0; i < pixels; i++, rgba += 4)
        for (int k = 0; k < 3; k++)
            *p++ = mi_over_white(rgba[k], rgba[3]);
}

/* Decode a still picture, transparent parts over white. */
static mien_status read_still(const uint8_t *bytes, size_t n,
                              const mi_limits *limits, mien_image *out,
                              mien_error *err)
{
    WebPBitstreamFeatures about;
    if (WebPGetFeatures(bytes, n, &about) != VP8_STATUS_OK)
        return mi_fail(err, MIEN_EFORMAT,
                       "webp: no picture header in %zu bytes", n);
    int w = about.width, h = about.height, each = about.has_alpha ? 4 : 3;
    mien_status st = mi_image_check("webp", w, h, limits, err);
    if (st != MIEN_OK)
        return st;
    size_t pixels = (size_t)w * (size_t)h, size = pixels * (size_t)each;
    uint8_t *data = mi_alloc_raw(size, 1);
    if (!data)
        return mi_fail(err, MIEN_ENOMEM, "webp: %d x %d pixels", w, h);
    uint8_t *done = about.has_alpha
                        ? WebPDecodeRGBAInto(bytes, n, data, size, w * 4)
                        : WebPDecodeRGBInto(bytes, n, data, size, w * 3);
    if (!done) {
        mi_free(data);
        return mi_fail(err, MIEN_EFORMAT,
                       "webp: the picture data are damaged or end early");
    }
    if (about.has_alpha)
        blend(data, pixels);
    *out = (mien_image){w, h, (ptrdiff_t)w * 3, data};
    return MIEN_OK;
}

/* Put the first frame of an animation at its place on a white canvas.  Its
 * place stands in the 16 bytes before its data, halved. */
static mien_status read_frame(const uint8_t *bytes, size_t n, int w, int h,
                              const mi_limits *limits, mien_image *out,
                              mien_error *err)
{
    size_t len;
    const uint8_t *p = find_chunk(bytes, n, "ANMF", &len);
    if (!p || len < 16)
        return mi_fail(err, MIEN_EFORMAT, "webp: no first frame");
    mien_image frame = {0}, canvas = {0};
    mien_status st = mi_image_check("webp", w, h, limits, err);
    if (st == MIEN_OK)
        st = read_still(p + 16, len - 16, limits, &frame, err);
    if (st != MIEN_OK)
        return st;
    uint32_t x = 2 * (u32le(p) & 0xffffff), y = 2 * (u32le(p + 3) & 0xffffff);
    if (x + (uint32_t)frame.w > (uint32_t)w ||
        y + (uint32_t)frame.h > (uint32_t)h)
        st = mi_fail(err, MIEN_EFORMAT,
                     "webp: a frame of %d x %d at %u, %u of %d x %d", frame.w,
                     frame.h, x, y, w, h);
    else
        st = mi_image_admit("webp", w, h, limits, &canvas, err);
    if (st == MIEN_OK) {
        memset(canvas.data, 255, (size_t)canvas.h * (size_t)canvas.stride);
        for (int i = 0; i < frame.h; i++)
            memcpy(canvas.data + (y + i) * canvas.stride + (size_t)x * 3,
                   frame.data + i * frame.stride, (size_t)frame.w * 3);
        *out = canvas;
    }
    mien_image_free(&frame);
    return st;
}

mien_status mi_webp_read(const uint8_t *bytes, size_t n,
                         const mi_limits *limits, mi_decoded *out,
                         mien_error *err)
{
    uint32_t size = u32le(bytes + 4);
    if (size > n - 8)
        return mi_fail(err, MIEN_EFORMAT,
                       "webp: ends after %zu bytes, %llu in the header", n,
                       (unsigned long long)size + 8);
    WebPBitstreamFeatures about;
    if (WebPGetFeatures(bytes, n, &about) != VP8_STATUS_OK)
        return mi_fail(err, MIEN_EFORMAT,
                       "webp: no picture header in %zu bytes", n);
    mien_status st = about.has_animation
                         ? read_frame(bytes, n, about.width, about.height,
                                      limits, &out->im, err)
                         : read_still(bytes, n, limits, &out->im, err);
    size_t exif_n;
    const uint8_t *exif = find_chunk(bytes, n, "EXIF", &exif_n);
    if (st == MIEN_OK)
        mi_exif_read(exif, exif_n, &out->exif);
    return st;
}
