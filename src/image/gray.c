/* gray.c: planes of grey: made, seen in part, turned, equalised. */
#include "image/gray.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <math.h>
#include <string.h>

mien_status mien_gray_new(int w, int h, mien_gray *out, mien_error *err)
{
    if (w < 1 || h < 1 || w > MIEN_IMAGE_MAX_SIDE || h > MIEN_IMAGE_MAX_SIDE)
        return mi_fail(err, MIEN_ELIMIT, "grey: %d x %d, a side is 1..%d", w, h,
                       MIEN_IMAGE_MAX_SIDE);
    uint8_t *data = mi_alloc((size_t)h, (size_t)w);
    if (!data)
        return mi_fail(err, MIEN_ENOMEM, "grey: %d x %d", w, h);
    *out = (mien_gray){w, h, w, data};
    return MIEN_OK;
}

void mien_gray_free(mien_gray *g)
{
    if (!g)
        return;
    mi_free(g->data);
    *g = (mien_gray){0};
}

mien_status mien_gray_from(const mien_image *im, mien_gray *out,
                           mien_error *err)
{
    assert(im && im->data && out);
    mien_gray made;
    mien_status st = mien_gray_new(im->w, im->h, &made, err);
    if (st != MIEN_OK)
        return st;
    for (int y = 0; y < im->h; y++) {
        const uint8_t *p = im->data + y * im->stride;
        uint8_t *to = made.data + y * made.stride;
        for (int x = 0; x < im->w; x++, p += 3)
            to[x] =
                (uint8_t)((p[0] * 9798 + p[1] * 19235 + p[2] * 3735 + 16384) >>
                          15);
    }
    *out = made;
    return MIEN_OK;
}

mien_status mien_gray_to_image(const mien_gray *g, mien_image *out,
                               mien_error *err)
{
    assert(g && g->data && out);
    mien_image made;
    mien_status st = mien_image_new(g->w, g->h, &made, err);
    if (st != MIEN_OK)
        return st;
    for (int y = 0; y < g->h; y++) {
        const uint8_t *p = g->data + y * g->stride;
        uint8_t *to = made.data + y * made.stride;
        for (int x = 0; x < g->w; x++, to += 3)
            to[0] = to[1] = to[2] = p[x];
    }
    *out = made;
    return MIEN_OK;
}

mien_gray mien_gray_view(const mien_gray *g, int x, int y, int w, int h)
{
    assert(x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= g->w &&
           y + h <= g->h);
    return (mien_gray){w, h, g->stride, g->data + y * g->stride + x};
}

static int clamped(int v, int n) { return v < 0 ? 0 : v >= n ? n - 1 : v; }

static uint8_t sample(const mien_gray *g, double x, double y)
{
    double x0 = floor(x), y0 = floor(y), u = x - x0, v = y - y0;
    int l = clamped((int)x0, g->w), r = clamped((int)x0 + 1, g->w);
    const uint8_t *a = g->data + clamped((int)y0, g->h) * g->stride;
    const uint8_t *b = g->data + clamped((int)y0 + 1, g->h) * g->stride;
    double top = a[l] + u * (a[r] - a[l]), low = b[l] + u * (b[r] - b[l]);
    return (uint8_t)(top + v * (low - top) + 0.5);
}

mien_status mien_gray_rotate(const mien_gray *g, double degrees, mien_gray *out,
                             mien_error *err)
{
    assert(g && g->data && out);
    mien_gray made;
    mien_status st = mien_gray_new(g->w, g->h, &made, err);
    if (st != MIEN_OK)
        return st;
    double a = degrees * 3.14159265358979323846 / 180, c = cos(a), s = sin(a);
    double cx = (g->w - 1) / 2.0, cy = (g->h - 1) / 2.0;
    for (int y = 0; y < g->h; y++)
        for (int x = 0; x < g->w; x++) {
            double dx = x - cx, dy = y - cy;
            made.data[y * made.stride + x] =
                sample(g, cx + c * dx - s * dy, cy + s * dx + c * dy);
        }
    *out = made;
    return MIEN_OK;
}

void mien_gray_equalize(mien_gray *g)
{
    assert(g && g->data);
    int64_t count[256] = {0}, total = (int64_t)g->w * g->h;
    for (int y = 0; y < g->h; y++)
        for (int x = 0; x < g->w; x++)
            count[g->data[y * g->stride + x]]++;
    int first = 0;
    while (!count[first])
        first++;
    if (count[first] == total)
        return;
    float scale = 255.0f / (float)(total - count[first]);
    uint8_t map[256] = {0};
    int64_t sum = 0;
    for (int v = first + 1; v < 256; v++) {
        sum += count[v];
        map[v] = (uint8_t)lrintf((float)sum * scale);
    }
    for (int y = 0; y < g->h; y++)
        for (int x = 0; x < g->w; x++) {
            uint8_t *p = g->data + y * g->stride + x;
            *p = map[*p];
        }
}
