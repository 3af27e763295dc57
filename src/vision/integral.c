/* integral.c: sums over all pixels above and to the left.
 *
 * A tilted sum of row y follows from the two rows above: the triangle under
 * (x, y) is those under (x - 1, y - 1) and (x + 1, y - 1) together, less the
 * one under (x, y - 2) that both cover, plus the two pixels of the column
 * between that neither has.  At the left and right border a triangle is cut
 * off; the one that would lie outside is the one above, moved along the border.
 * Source: Lienhart and Maydt, ICIP 2002. */
#include "vision/integral.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <string.h>

static void upright_row(const uint8_t *p, int w, const uint32_t *above,
                        uint32_t *row)
{
    uint32_t sum = 0;
    row[0] = 0;
    for (int x = 0; x < w; x++) {
        sum += p[x];
        row[x + 1] = above[x + 1] + sum;
    }
}

static void square_row(const uint8_t *p, int w, const uint32_t *above,
                       uint32_t *row)
{
    uint32_t sum = 0;
    row[0] = 0;
    for (int x = 0; x < w; x++) {
        sum += (uint32_t)p[x] * p[x];
        row[x + 1] = above[x + 1] + sum;
    }
}

/* The triangle whose lowest pixel would be (x - 1, y - 1). */
static void tilted_row(const mien_gray *g, int y, const mien_integral *s)
{
    uint32_t *row = s->tilted + y * s->stride;
    const uint32_t *up = row - s->stride;
    const uint8_t *p = g->data + (y - 1) * g->stride;
    const uint8_t *q = y > 1 ? p - g->stride : NULL;
    int w = s->w;
    row[0] = up[1];
    for (int x = 1; x <= w; x++) {
        uint32_t right = x < w ? up[x + 1] : y > 1 ? (up - s->stride)[x] : 0;
        uint32_t both = y > 1 ? (up - s->stride)[x] : 0;
        row[x] = up[x - 1] + right - both + p[x - 1] + (q ? q[x - 1] : 0);
    }
}

void mi_integral_fill(const mien_gray *g, const mien_integral *s)
{
    size_t bytes = ((size_t)s->w + 1) * sizeof(uint32_t);
    memset(s->sum, 0, bytes);
    if (s->square)
        memset(s->square, 0, bytes);
    if (s->tilted)
        memset(s->tilted, 0, bytes);
    for (int y = 1; y <= s->h; y++) {
        const uint8_t *p = g->data + (y - 1) * g->stride;
        ptrdiff_t at = y * s->stride;
        upright_row(p, s->w, s->sum + at - s->stride, s->sum + at);
        if (s->square)
            square_row(p, s->w, s->square + at - s->stride, s->square + at);
        if (s->tilted)
            tilted_row(g, y, s);
    }
}

mien_status mien_integral_new(const mien_gray *g, int tilted,
                              mien_integral *out, mien_error *err)
{
    assert(g && g->data && out);
    mien_integral s = {.w = g->w, .h = g->h, .stride = g->w + 1};
    size_t n = (size_t)g->h + 1, row = (size_t)s.stride * sizeof *s.sum;
    s.sum = mi_alloc_raw(n, row);
    s.square = mi_alloc_raw(n, row);
    s.tilted = tilted ? mi_alloc_raw(n, row) : NULL;
    if (!s.sum || !s.square || (tilted && !s.tilted)) {
        mien_integral_free(&s);
        return mi_fail(err, MIEN_ENOMEM, "integral image: %d x %d", g->w, g->h);
    }
    mi_integral_fill(g, &s);
    *out = s;
    return MIEN_OK;
}

void mien_integral_free(mien_integral *s)
{
    if (!s)
        return;
    mi_free(s->sum);
    mi_free(s->square);
    mi_free(s->tilted);
    *s = (mien_integral){0};
}
