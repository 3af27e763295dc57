/* gray_resize.c: planes of grey of another size.
 *
 * Output i of m reads source position (i + 0.5) n / m - 0.5, between the two
 * nearest pixels, with a weight rounded to 1/256; at the borders the nearest
 * pixel alone.  Rows are laid out across in 16 bits first, exactly, and mixed
 * downwards in 32 bits, exactly; the only rounding is the last, half up. */
#include "image/gray.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <math.h>

void mi_gray_taps(int n, int out_n, mi_tap *tap)
{
    double scale = 1.0 / ((double)out_n / n);
    for (int i = 0; i < out_n; i++) {
        double at = scale * (i + 0.5) - 0.5;
        int whole = (int)floor(at);
        if (whole < 0)
            tap[i] = (mi_tap){0, 0};
        else if (whole >= n - 1)
            tap[i] = (mi_tap){n - 1, 0};
        else
            tap[i] = (mi_tap){whole, (int)lrint((at - whole) * 256)};
    }
}

static size_t padded(size_t n) { return (n + 63) & ~(size_t)63; }

size_t mi_gray_resizer_bytes(int out_w, int out_h)
{
    return padded(((size_t)out_w + (size_t)out_h) * sizeof(mi_tap)) +
           2 * padded((size_t)out_w * sizeof(uint16_t));
}

mi_gray_resizer mi_gray_resizer_of(int w, int h, int out_w, int out_h,
                                   void *memory)
{
    uint8_t *rows = (uint8_t *)memory +
                    padded(((size_t)out_w + (size_t)out_h) * sizeof(mi_tap));
    mi_gray_resizer r = {.w = w, .h = h, .out_w = out_w, .out_h = out_h};
    r.x = memory;
    r.y = r.x + out_w;
    r.row[0] = (uint16_t *)(void *)rows;
    r.row[1] =
        (uint16_t *)(void *)(rows + padded((size_t)out_w * sizeof(uint16_t)));
    r.held[0] = r.held[1] = -1;
    mi_gray_taps(w, out_w, r.x);
    mi_gray_taps(h, out_h, r.y);
    return r;
}

/* Lay a source row out across; where the weight is 0 the pixel to the right is
 * not read. */
static void across(const mi_gray_resizer *r, const uint8_t *src, uint16_t *dst)
{
    int last = r->w - 1;
    for (int i = 0; i < r->out_w; i++) {
        int at = r->x[i].at, next = at < last ? at + 1 : last;
        int c = r->x[i].weight;
        dst[i] = (uint16_t)(src[at] * (256 - c) + src[next] * c);
    }
}

/* A source row laid out; kept, since the next output row often wants it. */
static const uint16_t *row_of(mi_gray_resizer *r, const mien_gray *g, int y,
                              int other)
{
    for (int i = 0; i < 2; i++)
        if (r->held[i] == y)
            return r->row[i];
    int i = r->held[0] == other ? 1 : 0;
    across(r, g->data + y * g->stride, r->row[i]);
    r->held[i] = y;
    return r->row[i];
}

void mi_gray_resize_rows(mi_gray_resizer *r, const mien_gray *g, int y0, int y1,
                         uint8_t *dst, ptrdiff_t stride)
{
    for (int y = y0; y < y1; y++, dst += stride) {
        int at = r->y[y].at, next = at + 1 < r->h ? at + 1 : at;
        uint32_t c = (uint32_t)r->y[y].weight, b = 256 - c;
        const uint16_t *top = row_of(r, g, at, c ? next : -1);
        const uint16_t *low = c ? row_of(r, g, next, at) : top;
        for (int x = 0; x < r->out_w; x++)
            dst[x] = (uint8_t)((top[x] * b + low[x] * c + 32768) >> 16);
    }
}

mien_status mien_gray_resize(const mien_gray *g, int w, int h, mien_gray *out,
                             mien_error *err)
{
    assert(g && g->data && out);
    mien_gray made;
    mien_status st = mien_gray_new(w, h, &made, err);
    if (st != MIEN_OK)
        return st;
    void *memory = mi_alloc_raw(mi_gray_resizer_bytes(w, h), 1);
    if (!memory) {
        mien_gray_free(&made);
        return mi_fail(err, MIEN_ENOMEM, "grey: resize to %d x %d", w, h);
    }
    mi_gray_resizer r = mi_gray_resizer_of(g->w, g->h, w, h, memory);
    mi_gray_resize_rows(&r, g, 0, h, made.data, made.stride);
    mi_free(memory);
    *out = made;
    return MIEN_OK;
}
