/* vec.c: OpenCV's .vec: how many samples, pixels of each, two shorts; then of
 * each sample a byte and its pixels as shorts, least byte first. */
#include "mien/samples.h"

#include "base/bytes.h"
#include "base/error.h"

#include <assert.h>

mien_status mien_vec_read(const uint8_t *bytes, size_t n, int w, int h,
                          mien_vec *out, mien_error *err)
{
    mi_cursor at = mi_cursor_of(bytes, n);
    uint32_t count = mi_cursor_u32le(&at), size = mi_cursor_u32le(&at);
    mi_cursor_u32le(&at);
    if (at.bad || w < 1 || h < 1 || size != (uint64_t)w * (uint64_t)h)
        return mi_fail(err, MIEN_EFORMAT,
                       "%u pixels a sample, wanted %d x %d (-w and -h)", size,
                       w, h);
    uint64_t there = mi_cursor_left(&at) / (1 + 2 * (uint64_t)size);
    if (there == 0 && count > 0)
        return mi_fail(err, MIEN_EFORMAT, "cut off at sample 0 of %u", count);
    *out =
        (mien_vec){there < count ? (int64_t)there : count, count, w, h, at.p};
    return MIEN_OK;
}

void mien_vec_get(const mien_vec *v, int64_t i, uint8_t *out)
{
    assert(i >= 0 && i < v->n);
    size_t size = (size_t)v->w * (size_t)v->h;
    const uint8_t *from = v->data + (size_t)i * (1 + 2 * size) + 1;
    for (size_t k = 0; k < size; k++)
        out[k] = from[2 * k];
}
