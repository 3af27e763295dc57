/* k_ref_back.c: the meaning of the kernels that learn.  Included by ref.c. */
#include "kern/back.h"
#include "kern/winograd.h"

/* See mi_outer. */
static void outer_f32(const mi_outer *o)
{
    for (int i = 0; i < o->na; i++)
        for (int j = 0; j < o->nb; j++) {
            double s = (double)o->w[i * o->ld + j];
            for (int r = 0; r < o->rows; r++)
                for (int p = 0; p < o->cols; p++)
                    s += (double)o->a[r * o->a_row + p * o->a_pixel + i] *
                         (double)o->b[r * o->b_row + p * o->b_pixel + j];
            o->w[i * o->ld + j] = (float)s;
        }
}

/* w[i] += sum over pixels of a[i] b[i], i < na; nb and ld are not looked at. */
static void dots_f32(const mi_outer *o)
{
    for (int i = 0; i < o->na; i++) {
        double s = (double)o->w[i];
        for (int r = 0; r < o->rows; r++)
            for (int p = 0; p < o->cols; p++)
                s += (double)o->a[r * o->a_row + p * o->a_pixel + i] *
                     (double)o->b[r * o->b_row + p * o->b_pixel + i];
        o->w[i] = (float)s;
    }
}

/* sum[i] += x[p][i] over n pixels of c channels. */
static void pixel_sums_f32(int n, int c, const float *x, float *sum)
{
    for (int i = 0; i < c; i++) {
        double s = (double)sum[i];
        for (int p = 0; p < n; p++)
            s += (double)x[p * (ptrdiff_t)c + i];
        sum[i] = (float)s;
    }
}

/* sum[i] += (x[p][i] - xmean[i]) (y[p][i] - ymean[i]). */
static void pixel_products_f32(int n, int c, const float *x, const float *xmean,
                               const float *y, const float *ymean, float *sum)
{
    for (int i = 0; i < c; i++) {
        double s = (double)sum[i];
        for (int p = 0; p < n; p++) {
            ptrdiff_t at = p * (ptrdiff_t)c + i;
            s += ((double)x[at] - (double)xmean[i]) *
                 ((double)y[at] - (double)ymean[i]);
        }
        sum[i] = (float)s;
    }
}

/* dst = by[0] g + by[1] (x - by[2]) + by[3], n pixels, a number a channel. */
static void batch_grad_f32(int n, int c, const float *g, const float *x,
                           const float *const by[4], float *dst)
{
    for (int p = 0; p < n; p++)
        for (int i = 0; i < c; i++) {
            ptrdiff_t at = p * (ptrdiff_t)c + i;
            dst[at] =
                by[0][i] * g[at] + (by[1][i] * (x[at] - by[2][i]) + by[3][i]);
        }
}

/* The gradient before an activation whose result was y: ReLU (a clamp at 0),
 * leaky, sigmoid. */
static void act_grad_f32(int n, const mi_act *act, const float *y,
                         const float *g, float *dst)
{
    for (int i = 0; i < n; i++) {
        if (act->kind == MI_ACT_CLAMP)
            dst[i] = y[i] > 0 ? g[i] : 0;
        else if (act->kind == MI_ACT_LEAKY)
            dst[i] = y[i] < 0 ? g[i] * act->lo : g[i];
        else
            dst[i] = g[i] * (y[i] * (1 - y[i]));
    }
}

/* One number of dx, from all outputs whose window holds it. */
static float depth_data_at(const mi_conv *cv, const mi_conv_io *io, int iy,
                           int ix, int c)
{
    double s = 0;
    for (int oy = 0; oy < cv->oh; oy++)
        for (int ox = 0; ox < cv->ow; ox++)
            for (int tap = 0; tap < cv->kh * cv->kw; tap++) {
                int y = oy * cv->sy - cv->top + tap / cv->kw * cv->dy;
                int x = ox * cv->sx - cv->left + tap % cv->kw * cv->dx;
                if (y != iy || x != ix)
                    continue;
                ptrdiff_t at = (ptrdiff_t)oy * cv->ow + ox;
                s += (double)io->x[at * io->x_stride + c] *
                     (double)io->packed[tap * cv->c + c];
            }
    ptrdiff_t at = (ptrdiff_t)iy * cv->w + ix;
    return (float)(s +
                   (io->add ? (double)io->add[at * io->add_stride + c] : 0));
}

/* dx rows row0 <= y < row1 of a depthwise convolution: io->x is dy, packed the
 * weights [kh, kw, c] as they are. */
static void depth_data_f32(const mi_conv *cv, const mi_conv_io *io, int row0,
                           int row1)
{
    for (int iy = row0; iy < row1; iy++)
        for (int ix = 0; ix < cv->w; ix++)
            for (int c = 0; c < cv->c; c++)
                io->y[((ptrdiff_t)iy * cv->w + ix) * io->y_stride + c] =
                    depth_data_at(cv, io, iy, ix, c);
}

/* As pool2d_f32 of maxima, with the tap of the first that is as large. */
static void pool2d_winner_f32(const mi_pool2d *p, const mi_pool2d_io *io,
                              uint8_t *winner, int row0, int row1)
{
    for (int oy = row0; oy < row1; oy++)
        for (int ox = 0; ox < p->ow; ox++)
            for (int c = 0; c < p->c; c++) {
                ptrdiff_t to = (ptrdiff_t)oy * p->ow + ox;
                int y0 = oy * p->sy - p->top, x0 = ox * p->sx - p->left;
                mi_span ys = mi_span_of(y0, p->kh, 1, p->h);
                mi_span xs = mi_span_of(x0, p->kw, 1, p->w);
                float top = p->relu ? 0 : -INFINITY;
                int tap = p->relu ? MI_NO_WINNER : ys.lo * p->kw + xs.lo;
                for (int ky = ys.lo; ky < ys.hi; ky++)
                    for (int kx = xs.lo; kx < xs.hi; kx++) {
                        ptrdiff_t at = (ptrdiff_t)(y0 + ky) * p->w + x0 + kx;
                        float v = io->x[at * io->x_stride + c];
                        if (!(v > top || isnan(v)))
                            continue;
                        top = v;
                        tap = ky * p->kw + kx;
                    }
                io->y[to * io->y_stride + c] = top;
                winner[to * p->c + c] = (uint8_t)tap;
            }
}

/* What output (oy, ox) says to the input at (iy, ix). */
static double pool_share_of(const mi_pool2d *p, const mi_pool_back_io *io,
                            int oy, int ox, int iy, int ix, int c)
{
    int y0 = oy * p->sy - p->top, x0 = ox * p->sx - p->left;
    ptrdiff_t from = ((ptrdiff_t)oy * p->ow + ox) * p->c + c;
    if (iy < y0 || iy >= y0 + p->kh || ix < x0 || ix >= x0 + p->kw)
        return 0;
    if (io->winner)
        return io->winner[from] == (iy - y0) * p->kw + ix - x0
                   ? (double)io->dy[from]
                   : 0;
    mi_span ys = mi_span_of(y0, p->kh, 1, p->h);
    mi_span xs = mi_span_of(x0, p->kw, 1, p->w);
    int inside = (ys.hi - ys.lo) * (xs.hi - xs.lo);
    return (double)io->dy[from] / (p->count_padding ? p->kh * p->kw : inside);
}

/* Input rows row0 <= y < row1 of dx. */
static void pool_back_f32(const mi_pool2d *p, const mi_pool_back_io *io,
                          int row0, int row1)
{
    for (int iy = row0; iy < row1; iy++)
        for (int ix = 0; ix < p->w; ix++)
            for (int c = 0; c < p->c; c++) {
                float *dx = io->dx + ((ptrdiff_t)iy * p->w + ix) * p->c + c;
                double s = io->add ? (double)*dx : 0;
                for (int oy = 0; oy < p->oh; oy++)
                    for (int ox = 0; ox < p->ow; ox++)
                        s += pool_share_of(p, io, oy, ox, iy, ix, c);
                *dx = (float)s;
            }
}

#define A 0.70710678118654752
#define B 1.4142135623730950

/* What a way makes, along an axis, of p numbers: q. */
static const struct {
    int p, q;
    double m[6][6];
} squares_by[] = {
    {4, 4, {{1, 0, -1}, {0, 1, 1}, {0, -1, 1}, {0, 1, 0, -1}}},
    {4, 2, {{1, 1, 1}, {0, 1, -1, -1}}},
    {2, 4, {{1}, {1, 1}, {1, -1}, {0, -1}}},
    {3, 4, {{1}, {.5, .5, .5}, {.5, -.5, .5}, {0, 0, 1}}},
    {4, 3, {{1, .5, .5}, {0, .5, -.5}, {0, .5, .5, 1}}},
    {6,
     6,
     {{1, 0, -2.5, 0, 1},
      {0, -2 * A, -2, A, 1},
      {0, 2 * A, -2, -A, 1},
      {0, -.5 * B, -.5, B, 1},
      {0, .5 * B, -.5, -B, 1},
      {0, 1, 0, -2.5, 0, 1}}},
    {6,
     4,
     {{1, 1, 1, 1, 1},
      {0, A, -A, B, -B},
      {0, .5, .5, 2, 2},
      {0, .5 * A, -.5 * A, 2 * B, -2 * B, 1}}},
    {4,
     6,
     {{1},
      {1, A, .5, .5 * A},
      {1, -A, .5, -.5 * A},
      {1, B, 2, 2 * B},
      {1, -B, 2, -2 * B},
      {0, 0, 0, 1}}},
    {3,
     6,
     {{1},
      {-2. / 3, -2. / 3 * A, -1. / 3},
      {-2. / 3, 2. / 3 * A, -1. / 3},
      {1. / 6, B / 6, 1. / 3},
      {1. / 6, -B / 6, 1. / 3},
      {0, 0, 1}}},
    {6,
     3,
     {{1, -2. / 3, -2. / 3, 1. / 6, 1. / 6},
      {0, -2. / 3 * A, 2. / 3 * A, B / 6, -B / 6},
      {0, -1. / 3, -1. / 3, 1. / 3, 1. / 3, 1}}},
    {4, 4, {{1, 0, -1}, {0, 1, -1}, {0, 1, 0, -1}, {0, 1, 1}}},
    {5,
     4,
     {{1, 1, 0, 0, 1}, {0, 0, 1, 0, 1}, {0, -1, 0, 0, 1}, {0, 0, -1, -1, 1}}},
    {3, 5, {{1}, {-.5, .5, .5}, {.5, .5, -.5}, {0, 0, 1}, {.5, .5, .5}}},
    {6,
     5,
     {{1, 1, -1, -1},
      {0, 0, 1, 1},
      {0, 0, -1, -1, 1, 1},
      {0, 1, 1},
      {0, 0, 0, 1, 1}}},
    {5, 2, {{1, 1, 0, 1}, {0, 1, 1, 0, 1}}},
    {3, 4, {{0, 0, 1}, {1, 0, 1}, {1}, {0, 1}}},
    {2, 3, {{1}, {1, 1}, {0, 1}}},
    {4, 3, {{0, 1, 1}, {0, 0, 0, 1}, {1, 1}}},
};
#undef A
#undef B

/* Squares of n channels, from [p, p] to [q, q]: M x M', see mi_winograd_way;
 * with add, to what is there. */
static void winograd_f32(int n, int way, const float *const *from,
                         float *const *to, int add)
{
    int p = squares_by[way].p, q = squares_by[way].q;
    for (int c = 0; c < n; c++) {
        double s[36];
        for (int k = 0; k < q * q; k++) {
            s[k] = add ? (double)to[k][c] : 0;
            for (int i = 0; i < p * p; i++)
                s[k] += squares_by[way].m[k / q][i / p] *
                        squares_by[way].m[k % q][i % p] * (double)from[i][c];
        }
        for (int k = 0; k < q * q; k++)
            to[k][c] = (float)s[k];
    }
}
