/* k_pool.c: the largest or the mean of a window, along the channels.  Included
 * by variant.h. */
#include "kern/vec.h"

typedef struct pool_window {
    const float *x; /* its first pixel that is inside */
    ptrdiff_t row, x_stride;
    int rows, columns;
} pool_window;

VFN vf pool_max(const pool_window *p, float least, int c, int n)
{
    vf s = vsplat(least);
    for (int ky = 0; ky < p->rows; ky++)
        for (int kx = 0; kx < p->columns; kx++) {
            const float *x = p->x + ky * p->row + kx * p->x_stride + c;
            s = vmax(n == VN ? vload(x) : vload_n(x, n), s);
        }
    return s;
}

VFN vf pool_sum(const pool_window *p, int c, int n)
{
    vf s = {0};
    for (int ky = 0; ky < p->rows; ky++)
        for (int kx = 0; kx < p->columns; kx++) {
            const float *x = p->x + ky * p->row + kx * p->x_stride + c;
            s += n == VN ? vload(x) : vload_n(x, n);
        }
    return s;
}

/* All channels of one result: the maximum or mean of its window. */
static void pool_pixel(const mi_pool2d *p, const pool_window *w, float *y)
{
    int inside = w->rows * w->columns;
    int n = p->count_padding ? p->kh * p->kw : inside;
    vf count = vsplat(n ? (float)n : 1.f);
    float least = p->relu ? 0 : -__builtin_inff();
    int c = 0;
    for (; c + VN <= p->c; c += VN)
        vstore(y + c, p->average ? pool_sum(w, c, VN) / count
                                 : pool_max(w, least, c, VN));
    int left = p->c - c;
    if (left)
        vstore_n(y + c,
                 p->average ? pool_sum(w, c, left) / count
                            : pool_max(w, least, c, left),
                 left);
}

/* Rows row0..row1 of a pooling. */
static void pool2d_f32(const mi_pool2d *p, const mi_pool2d_io *io, int row0,
                       int row1)
{
    pool_window w = {.row = p->w * io->x_stride, .x_stride = io->x_stride};
    for (int oy = row0; oy < row1; oy++) {
        int y0 = oy * p->sy - p->top;
        mi_span ys = mi_span_of(y0, p->kh, 1, p->h);
        float *y = io->y + (ptrdiff_t)oy * p->ow * io->y_stride;
        w.rows = ys.hi - ys.lo;
        for (int ox = 0; ox < p->ow; ox++, y += io->y_stride) {
            int x0 = ox * p->sx - p->left;
            mi_span xs = mi_span_of(x0, p->kw, 1, p->w);
            w.columns = xs.hi - xs.lo;
            w.x = io->x + (y0 + ys.lo) * w.row + (x0 + xs.lo) * w.x_stride;
            pool_pixel(p, &w, y);
        }
    }
}
