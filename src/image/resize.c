/* resize.c: images of another size, and turned ones. */
#include "image/sample.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <math.h>

enum { BAND = 32 }; /* rows */

static uint8_t rounded(float v)
{
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v + 0.5f);
}

/* Some rows of floats at a time, rounded into the result. */
static void fill(const mien_image *im, const mi_sample *s, float *rows,
                 void *scratch, const mien_image *made)
{
    size_t n = (size_t)made->w * 3;
    for (int y = 0; y < made->h; y += BAND) {
        int end = y + BAND < made->h ? y + BAND : made->h;
        mi_sample_band(im, s, rows, y, end, scratch);
        uint8_t *to = made->data + y * made->stride;
        for (size_t i = 0; i < n * (size_t)(end - y); i++)
            to[i] = rounded(rows[i]);
    }
}

mien_status mien_image_resize(const mien_image *im, int w, int h,
                              mien_filter filter, mien_image *out,
                              mien_error *err)
{
    assert(im && im->data && out);
    mien_image made;
    mien_status st = mien_image_new(w, h, &made, err);
    if (st != MIEN_OK)
        return st;
    mi_sample s = {
        .w = im->w, .h = im->h, .filter = filter, .out_w = w, .out_h = h};
    float *rows = mi_alloc_raw((size_t)w * 3 * BAND, sizeof *rows);
    void *scratch = mi_alloc(mi_sample_scratch(&s), 1);
    if (rows && scratch)
        fill(im, &s, rows, scratch, &made);
    else
        st = mi_fail(err, MIEN_ENOMEM, "image: resize to %d x %d", w, h);
    mi_free(rows);
    mi_free(scratch);
    if (st != MIEN_OK) {
        mien_image_free(&made);
        return st;
    }
    *out = made;
    return MIEN_OK;
}

static float pixel(const mien_image *im, int x, int y, int k)
{
    return x >= 0 && x < im->w && y >= 0 && y < im->h
               ? (float)im->data[y * im->stride + (ptrdiff_t)x * 3 + k]
               : 0;
}

mien_status mien_image_warp(const mien_image *im, mien_similarity to_source,
                            int w, int h, mien_image *out, mien_error *err)
{
    assert(im && im->data && out);
    mien_image made;
    mien_status st = mien_image_new(w, h, &made, err);
    if (st != MIEN_OK)
        return st;
    mien_similarity m = to_source;
    for (int j = 0; j < h; j++)
        for (int i = 0; i < w; i++) {
            float x = m.a * (float)i + m.b * (float)j + m.tx;
            float y = -m.b * (float)i + m.a * (float)j + m.ty;
            if (!(x > -1 && x < (float)im->w && y > -1 && y < (float)im->h))
                continue;
            float x0 = floorf(x), y0 = floorf(y), u = x - x0, v = y - y0;
            int p = (int)x0, q = (int)y0;
            for (int k = 0; k < 3; k++) {
                float top =
                    pixel(im, p, q, k) * (1 - u) + pixel(im, p + 1, q, k) * u;
                float low = pixel(im, p, q + 1, k) * (1 - u) +
                            pixel(im, p + 1, q + 1, k) * u;
                made.data[j * made.stride + (ptrdiff_t)i * 3 + k] =
                    rounded(top * (1 - v) + low * v);
            }
        }
    *out = made;
    return MIEN_OK;
}
