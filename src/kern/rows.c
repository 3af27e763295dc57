/* rows.c: the indirection that spares a convolution its im2col.
 *
 * Method: M. Dukhan, The Indirect Convolution Algorithm, arXiv 1907.02129. */
#include "kern/rows.h"
#include "kern/tile.h"

#include <string.h>

enum { SHORT_RUN = 16 }; /* channels below which rows are joined */

static size_t taps_of(const mi_conv *cv)
{
    return (size_t)cv->kh * (size_t)cv->kw;
}

size_t mi_rows_scratch(const mi_conv *cv, int rows)
{
    size_t n = (size_t)rows, taps = taps_of(cv), c = (size_t)cv->c;
    size_t copies = cv->c < SHORT_RUN ? n * taps * c : 0;
    return n * taps * sizeof(float *) + taps * sizeof(ptrdiff_t) +
           (c + copies) * sizeof(float);
}

mi_rows mi_rows_of(const mi_conv *cv, const float *x, ptrdiff_t x_stride,
                   int rows, void *scratch)
{
    mi_rows r = {.cv = cv, .x = x, .x_stride = x_stride};
    r.table = scratch;
    r.offset = (ptrdiff_t *)(r.table + (size_t)rows * taps_of(cv));
    r.zeros = (float *)(r.offset + taps_of(cv));
    r.copies = r.zeros + cv->c;
    memset(r.zeros, 0, (size_t)cv->c * sizeof *r.zeros);

    r.joined =
        cv->c < SHORT_RUN && cv->dx == 1 && x_stride == cv->c && cv->kw > 1;
    r.flat = cv->kh == 1 && cv->kw == 1 && cv->sy == 1 && cv->sx == 1 &&
             cv->top == 0 && cv->left == 0 && cv->ow == cv->w &&
             cv->oh == cv->h;
    int across = r.joined ? 1 : cv->kw;
    r.run = r.joined ? cv->kw * cv->c : cv->c;
    for (int ky = 0; ky < cv->kh; ky++)
        for (int kx = 0; kx < across; kx++)
            r.offset[r.runs++] =
                ((ptrdiff_t)ky * cv->dy * cv->w + (ptrdiff_t)kx * cv->dx) *
                x_stride;
    return r;
}

/* Row ky of the window at column x0, with zeros for what is outside. */
static void copy_run(const mi_rows *r, int y, int x0, float *to)
{
    const mi_conv *cv = r->cv;
    mi_span xs = mi_span_of(x0, cv->kw, 1, cv->w);
    if (y < 0 || y >= cv->h)
        xs.lo = xs.hi = 0;
    size_t c = (size_t)cv->c, n = (size_t)(xs.hi - xs.lo) * c;
    memset(to, 0, (size_t)cv->kw * c * sizeof *to);
    if (n)
        memcpy(to + (size_t)xs.lo * c,
               r->x + ((ptrdiff_t)y * cv->w + x0 + xs.lo) * cv->c,
               n * sizeof *to);
}

/* Column m of the table at the border, when rows of the window are runs. */
static void point_joined(const mi_rows *r, int y0, int x0, int m, int rows)
{
    const mi_conv *cv = r->cv;
    for (int ky = 0; ky < cv->kh; ky++) {
        float *copy = r->copies + (ptrdiff_t)(m * cv->kh + ky) * r->run;
        copy_run(r, y0 + ky * cv->dy, x0, copy);
        r->table[ky * rows + m] = copy;
    }
}

/* Column m of the table at the border, when each tap is a run. */
static void point_taps(const mi_rows *r, int y0, int x0, int m, int rows)
{
    const mi_conv *cv = r->cv;
    mi_span ys = mi_span_of(y0, cv->kh, cv->dy, cv->h);
    mi_span xs = mi_span_of(x0, cv->kw, cv->dx, cv->w);
    const float **at = r->table + m;
    ptrdiff_t first = ((ptrdiff_t)y0 * cv->w + x0) * r->x_stride;
    const ptrdiff_t *offset = r->offset;
    for (int ky = 0; ky < cv->kh; ky++) {
        int inside = ky >= ys.lo && ky < ys.hi;
        for (int kx = 0; kx < cv->kw; kx++, at += rows, offset++)
            *at = inside && kx >= xs.lo && kx < xs.hi ? r->x + (first + *offset)
                                                      : r->zeros;
    }
}

/* Columns m, m + 1, ... of the table for n pixels whose windows are inside, the
 * first at (y0, x0). */
static void point_inside(const mi_rows *r, int y0, int x0, int m, int n,
                         int rows)
{
    const mi_conv *cv = r->cv;
    const float *x = r->x + ((ptrdiff_t)y0 * cv->w + x0) * r->x_stride;
    const float **at = r->table + m;
    ptrdiff_t step = cv->sx * r->x_stride;
    for (int i = 0; i < r->runs; i++, at += rows) {
        const float *from = x + r->offset[i];
        for (int k = 0; k < n; k++, from += step)
            at[k] = from;
    }
}

/* Pixels of one output row, the first at (y0, x0) of the input. */
static void point_span(const mi_rows *r, int y0, int x0, int m, int end,
                       int rows)
{
    const mi_conv *cv = r->cv;
    int high = y0 >= 0 && y0 + (cv->kh - 1) * cv->dy < cv->h;
    int last = cv->w - 1 - (cv->kw - 1) * cv->dx; /* place of a window */
    while (m < end) {
        int n = 1;
        if (high && x0 >= 0 && x0 <= last) {
            int inside = (last - x0) / cv->sx + 1;
            n = inside < end - m ? inside : end - m;
            point_inside(r, y0, x0, m, n, rows);
        } else if (r->joined) {
            point_joined(r, y0, x0, m, rows);
        } else {
            point_taps(r, y0, x0, m, rows);
        }
        m += n;
        x0 += n * cv->sx;
    }
}

void mi_rows_point(const mi_rows *r, int64_t pixel, int rows)
{
    const mi_conv *cv = r->cv;
    if (r->flat) {
        const float *x = r->x + pixel * r->x_stride;
        for (int m = 0; m < rows; m++, x += r->x_stride)
            r->table[m] = x;
        return;
    }
    int oy = (int)(pixel / cv->ow), ox = (int)(pixel % cv->ow);
    for (int m = 0; m < rows;) {
        int end = m + cv->ow - ox < rows ? m + cv->ow - ox : rows;
        point_span(r, oy * cv->sy - cv->top, ox * cv->sx - cv->left, m, end,
                   rows);
        m = end;
        ox = 0;
        oy++;
    }
}
