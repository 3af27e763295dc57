/* sums.c: integral images of a band of rows, laid out for scanning.
 *
 * A row is summed up from left to right into a line of scratch memory, and then
 * added to the row above it, column by column, as vectors. Tilted sums: see
 * integral.c. */
#include "vision/sums.h"

#include <assert.h>
#include <string.h>

enum { PAD = 64 }; /* columns that may be read past a row's end */

ptrdiff_t mi_sums_stride(int w)
{
    return ((ptrdiff_t)w + 1 + 2 * (ptrdiff_t)PAD + 31) & ~(ptrdiff_t)31;
}

size_t mi_sums_count(ptrdiff_t stride, int rows, int tilted)
{
    return (size_t)stride * ((size_t)(rows + 1) * (tilted ? 3 : 2) + 5);
}

mi_sums mi_sums_of(uint32_t *memory, ptrdiff_t stride, int rows, int tilted,
                   int step)
{
    ptrdiff_t plane = stride * (rows + 1);
    mi_sums s = {.step = step, .rows = rows, .stride = stride, .sum = memory};
    s.square = memory + plane;
    s.tilted = tilted ? memory + 2 * plane : NULL;
    s.line = memory + (tilted ? 3 : 2) * plane;
    return s;
}

/* row = above + line, columns 0..w. */
static void lay(const mi_sums *s, int w, const uint32_t *line,
                const uint32_t *above, uint32_t *row)
{
    if (s->step == 1) {
        for (int x = 0; x <= w; x++)
            row[x] = above[x] + line[x];
        return;
    }
    ptrdiff_t odd = s->stride / 2;
    for (ptrdiff_t i = 0; i <= w / 2; i++) {
        row[i] = above[i] + line[2 * i];
        row[odd + i] = above[odd + i] + line[2 * i + 1];
    }
}

static void upright(const mi_sums *s, const uint8_t *p, int w, ptrdiff_t at)
{
    uint32_t *one = s->line, *two = one + s->stride, a = 0, b = 0;
    one[0] = two[0] = 0;
    for (int x = 0; x < w; x++) {
        uint32_t v = p[x];
        a += v;
        b += v * v;
        one[x + 1] = a;
        two[x + 1] = b;
    }
    lay(s, w, one, s->sum + at - s->stride, s->sum + at);
    lay(s, w, two, s->square + at - s->stride, s->square + at);
}

/* Rows y - 1 and y - 2 in plain order, y made behind them. */
static void tilted(const mi_sums *s, const mien_gray *g, int y)
{
    uint32_t *line = s->line + 2 * s->stride;
    uint32_t *row = line + (y % 3) * s->stride;
    const uint32_t *up = line + ((y + 2) % 3) * s->stride;
    const uint32_t *top = line + ((y + 1) % 3) * s->stride;
    const uint8_t *p = g->data + (y - 1) * g->stride;
    int w = g->w;
    if (y == 1) {
        row[0] = 0;
        for (int x = 1; x <= w; x++)
            row[x] = p[x - 1];
    } else {
        const uint8_t *q = p - g->stride;
        row[0] = up[1];
        for (int x = 1; x < w; x++)
            row[x] = up[x - 1] + up[x + 1] - top[x] + p[x - 1] + q[x - 1];
        row[w] = up[w - 1] + p[w - 1] + q[w - 1];
    }
    uint32_t *out = s->tilted + y * s->stride;
    memset(out, 0, (size_t)s->stride * sizeof *out);
    lay(s, w, row, out, out);
}

void mi_sums_fill(const mi_sums *s, const mien_gray *band)
{
    assert(band->h <= s->rows && mi_sums_stride(band->w) <= s->stride);
    size_t bytes = (size_t)s->stride * sizeof *s->sum;
    memset(s->sum, 0, bytes);
    memset(s->square, 0, bytes);
    if (s->tilted) {
        memset(s->tilted, 0, bytes);
        memset(s->line + 2 * s->stride, 0, 3 * bytes);
    }
    for (int y = 1; y <= band->h; y++) {
        upright(s, band->data + (y - 1) * band->stride, band->w, y * s->stride);
        if (s->tilted)
            tilted(s, band, y);
    }
}
