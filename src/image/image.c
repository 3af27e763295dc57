/* image.c: make, copy, crop and release images. */
#include "image/codec.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <string.h>

mien_status mien_image_new(int w, int h, mien_image *out, mien_error *err)
{
    if (w < 1 || h < 1 || w > MIEN_IMAGE_MAX_SIDE || h > MIEN_IMAGE_MAX_SIDE)
        return mi_fail(err, MIEN_ELIMIT, "image: %d x %d, a side is 1..%d", w,
                       h, MIEN_IMAGE_MAX_SIDE);
    ptrdiff_t stride = (ptrdiff_t)w * 3;
    uint8_t *data = mi_alloc((size_t)h, (size_t)stride);
    if (!data)
        return mi_fail(err, MIEN_ENOMEM, "image: %d x %d", w, h);
    *out = (mien_image){w, h, stride, data};
    return MIEN_OK;
}

mien_status mi_image_check(const char *format, int64_t w, int64_t h,
                           const mi_limits *limits, mien_error *err)
{
    if (w < 1 || h < 1)
        return mi_fail(err, MIEN_EFORMAT,
                       "%s: size %lld x %lld in the header, wanted 1 or more",
                       format, (long long)w, (long long)h);
    if (w > limits->side || h > limits->side)
        return mi_fail(err, MIEN_ELIMIT,
                       "%s: size %lld x %lld in the header, at most %d a side",
                       format, (long long)w, (long long)h, limits->side);
    if (w * h > limits->pixels)
        return mi_fail(err, MIEN_ELIMIT,
                       "%s: %lld x %lld pixels in the header, at most %lld",
                       format, (long long)w, (long long)h,
                       (long long)limits->pixels);
    return MIEN_OK;
}

mien_status mi_image_admit(const char *format, int64_t w, int64_t h,
                           const mi_limits *limits, mien_image *out,
                           mien_error *err)
{
    mien_status st = mi_image_check(format, w, h, limits, err);
    return st ? st : mien_image_new((int)w, (int)h, out, err);
}

void mien_image_free(mien_image *im)
{
    if (!im)
        return;
    mi_free(im->data);
    *im = (mien_image){0};
}

mien_status mien_image_copy(const mien_image *im, mien_image *out,
                            mien_error *err)
{
    return mien_image_crop(im, 0, 0, im->w, im->h, out, err);
}

mien_status mien_image_crop(const mien_image *im, int x, int y, int w, int h,
                            mien_image *out, mien_error *err)
{
    assert(im && im->data && out);
    mien_image made;
    mien_status st = mien_image_new(w, h, &made, err);
    if (st != MIEN_OK)
        return st;
    int64_t left = x < 0 ? -(int64_t)x : 0;
    int64_t right = (int64_t)im->w - x < w ? (int64_t)im->w - x : w;
    for (int i = 0; i < h && left < right; i++) {
        int64_t row = (int64_t)y + i;
        if (row < 0 || row >= im->h)
            continue;
        memcpy(made.data + i * made.stride + left * 3,
               im->data + row * im->stride + (x + left) * 3,
               (size_t)(right - left) * 3);
    }
    *out = made;
    return MIEN_OK;
}
