/* k_back.c: what convolutions, poolings and normalisation learn with.  Included
 * by variant.h after k_conv.c. */
#include "kern/vec.h"

/* ---- sums of products over pixels ------------------------------------------
 *
 * R rows by V vectors of w stay in registers while the pixels go by: for each
 * pixel V loads of b, then for each row one broadcast of a and V multiply-adds.
 * Rows are neighbours in memory, so that one pointer serves them all and only
 * registers of sums limit R: one vector wide, few of them leave each
 * multiply-add waiting for the one of the pixel before.
 */

#if ROWS2 >= 10
#define OUTER1 16
#else
#define OUTER1 ROWS1
#endif

/* n: floats of b in the last vector. */
VFN void outer_tile(const mi_outer *o, const float *a, const float *b, float *w,
                    int n, int R, int V)
{
    vf s[OUTER1][2];
    UNROLL
    for (int m = 0; m < R; m++) {
        UNROLL
        for (int j = 0; j < V; j++)
            s[m][j] = vload(w + m * o->ld + j * VN);
    }
    for (int row = 0; row < o->rows; row++, a += o->a_row, b += o->b_row) {
        const float *p = a, *q = b;
        for (int i = 0; i < o->cols; i++, p += o->a_pixel, q += o->b_pixel) {
            vf v[2];
            UNROLL
            for (int j = 0; j < V; j++)
                v[j] = n == VN || j < V - 1 ? vload(q + j * VN)
                                            : vload_n(q + j * VN, n);
            UNROLL
            for (int m = 0; m < R; m++) {
                vf x = vsplat(p[m]);
                UNROLL
                for (int j = 0; j < V; j++)
                    s[m][j] += x * v[j];
            }
        }
    }
    UNROLL
    for (int m = 0; m < R; m++) {
        UNROLL
        for (int j = 0; j < V; j++)
            vstore(w + m * o->ld + j * VN, s[m][j]);
    }
}

#define OUTER(R, V)                                                \
    static void outer_##R##_##V(const mi_outer *o, const float *a, \
                                const float *b, float *w, int n)   \
    {                                                              \
        if (n == VN)                                               \
            outer_tile(o, a, b, w, VN, R, V);                      \
        else                                                       \
            outer_tile(o, a, b, w, n, R, V);                       \
    }
OUTER(1, 1)
OUTER(2, 1)
OUTER(3, 1)
OUTER(4, 1)
OUTER(5, 1)
OUTER(6, 1)
OUTER(7, 1)
OUTER(8, 1)
OUTER(1, 2)
OUTER(2, 2)
OUTER(3, 2)
OUTER(4, 2)
#if ROWS1 >= 12
OUTER(9, 1)
OUTER(10, 1)
OUTER(11, 1)
OUTER(12, 1)
#endif
#if OUTER1 >= 16
OUTER(13, 1)
OUTER(14, 1)
OUTER(15, 1)
OUTER(16, 1)
#endif
#if ROWS2 >= 6
OUTER(5, 2)
OUTER(6, 2)
#endif
#if ROWS2 >= 10
OUTER(7, 2)
OUTER(8, 2)
OUTER(9, 2)
OUTER(10, 2)
#endif
#undef OUTER

typedef void outer_fn(const mi_outer *o, const float *a, const float *b,
                      float *w, int n);

static outer_fn *const outer_of_1[OUTER1] = {
    outer_1_1,  outer_2_1,  outer_3_1,  outer_4_1,
    outer_5_1,  outer_6_1,  outer_7_1,  outer_8_1,
#if ROWS1 >= 12
    outer_9_1,  outer_10_1, outer_11_1, outer_12_1,
#endif
#if OUTER1 >= 16
    outer_13_1, outer_14_1, outer_15_1, outer_16_1,
#endif
};

static outer_fn *const outer_of_2[ROWS2] = {
    outer_1_2, outer_2_2, outer_3_2, outer_4_2,
#if ROWS2 >= 6
    outer_5_2, outer_6_2,
#endif
#if ROWS2 >= 10
    outer_7_2, outer_8_2, outer_9_2, outer_10_2,
#endif
};

static void outer_f32(const mi_outer *o)
{
    for (int j = 0; j < o->nb; j += 2 * VN) {
        int left = o->nb - j, two = left > VN;
        int n = two ? left - VN : left, most = two ? ROWS2 : OUTER1;
        n = n > VN ? VN : n;
        int i = 0;
        for (int tiles = (o->na + most - 1) / most; tiles > 0; tiles--) {
            int r = (o->na - i) / tiles;
            outer_fn *tile = two ? outer_of_2[r - 1] : outer_of_1[r - 1];
            tile(o, o->a + i, o->b + j, o->w + i * o->ld + j, n);
            i += r;
        }
    }
}

/* ---- sums along pixels, a channel a lane ----------------------------------
 */

/* The sum of expression over n pixels, added to sum[i ...]; m lanes count. */
#define PIXEL_SUM(expression)                    \
    for (int i = 0; i < c; i += VN) {            \
        int m = c - i < VN ? c - i : VN;         \
        vf s[2] = {vload_n(sum + i, m), {0}};    \
        for (int p = 0; p < n; p++) {            \
            ptrdiff_t at = (ptrdiff_t)p * c + i; \
            s[p & 1] += (expression);            \
        }                                        \
        vstore_n(sum + i, s[0] + s[1], m);       \
    }

static void pixel_sums_f32(int n, int c, const float *x, float *sum){
    PIXEL_SUM(m == VN ? vload(x + at) : vload_n(x + at, m))}

VFN vf minus(const float *x, const float *mean, int m)
{
    return m == VN ? vload(x) - vload(mean) : vload_n(x, m) - vload_n(mean, m);
}

static void pixel_products_f32(int n, int c, const float *x, const float *xmean,
                               const float *y, const float *ymean, float *sum)
{
    PIXEL_SUM(minus(x + at, xmean + i, m) * minus(y + at, ymean + i, m))
}

static void dots_f32(const mi_outer *o)
{
    for (int i = 0; i < o->na; i += VN) {
        int m = o->na - i < VN ? o->na - i : VN;
        vf s[2] = {vload_n(o->w + i, m), {0}};
        const float *a = o->a + i, *b = o->b + i;
        for (int row = 0; row < o->rows; row++, a += o->a_row, b += o->b_row) {
            const float *p = a, *q = b;
            for (int j = 0; j < o->cols; j++, p += o->a_pixel, q += o->b_pixel)
                s[j & 1] += m == VN ? vload(p) * vload(q)
                                    : vload_n(p, m) * vload_n(q, m);
        }
        vstore_n(o->w + i, s[0] + s[1], m);
    }
}

VFN vf grad_of(const float *g, const float *x, const float *const by[4], int i,
               int m)
{
    return vload_n(by[0] + i, m) * vload_n(g, m) +
           (vload_n(by[1] + i, m) * (vload_n(x, m) - vload_n(by[2] + i, m)) +
            vload_n(by[3] + i, m));
}

static void batch_grad_f32(int n, int c, const float *g, const float *x,
                           const float *const by[4], float *dst)
{
    for (int p = 0; p < n; p++, g += c, x += c, dst += c) {
        int i = 0;
        for (; i + VN <= c; i += VN)
            vstore(dst + i, grad_of(g + i, x + i, by, i, VN));
        if (i < c)
            vstore_n(dst + i, grad_of(g + i, x + i, by, i, c - i), c - i);
    }
}

/* ---- depthwise --------------------------------------------------------------
 */

/* n channels of dx at (iy, ix): the taps that met it, each where the step from
 * the padded input to the tap is a whole number of strides. */
VFN vf depth_sum(const mi_conv *cv, const mi_conv_io *io, int iy, int ix, int c,
                 int n)
{
    vf s = {0};
    for (int ky = 0; ky < cv->kh; ky++) {
        int y = iy + cv->top - ky * cv->dy, oy = y / cv->sy;
        if (y < 0 || oy * cv->sy != y || oy >= cv->oh)
            continue;
        for (int kx = 0; kx < cv->kw; kx++) {
            int x = ix + cv->left - kx * cv->dx, ox = x / cv->sx;
            if (x < 0 || ox * cv->sx != x || ox >= cv->ow)
                continue;
            const float *w =
                io->packed + (ptrdiff_t)(ky * cv->kw + kx) * cv->c + c;
            const float *dy =
                io->x + ((ptrdiff_t)oy * cv->ow + ox) * io->x_stride + c;
            s +=
                n == VN ? vload(w) * vload(dy) : vload_n(w, n) * vload_n(dy, n);
        }
    }
    return s;
}

static void depth_data_f32(const mi_conv *cv, const mi_conv_io *io, int row0,
                           int row1)
{
    for (int iy = row0; iy < row1; iy++)
        for (int ix = 0; ix < cv->w; ix++) {
            ptrdiff_t at = (ptrdiff_t)iy * cv->w + ix;
            for (int c = 0; c < cv->c; c += VN) {
                int n = cv->c - c < VN ? cv->c - c : VN;
                vf s = depth_sum(cv, io, iy, ix, c, n);
                if (io->add)
                    s += dw_load(io->add + at * io->add_stride + c, n);
                dw_store(io->y + at * io->y_stride + c, s, n);
            }
        }
}

/* ---- activations -----------------------------------------------------------
 */

VFN vf act_slope(const mi_act *act, vf y, vf g)
{
    vi keep = (vi)(y > (vf){0}), below = (vi)(y < (vf){0});
    if (act->kind == MI_ACT_CLAMP)
        return (vf)((vi)g & keep);
    if (act->kind == MI_ACT_LEAKY) {
        vf less = g * act->lo;
        return (vf)(((vi)less & below) | ((vi)g & ~below));
    }
    return g * (y * (1.f - y));
}

static void act_grad_f32(int n, const mi_act *act, const float *y,
                         const float *g, float *dst)
{
    int i = 0;
    for (; i + VN <= n; i += VN)
        vstore(dst + i, act_slope(act, vload(y + i), vload(g + i)));
    if (i < n)
        vstore_n(dst + i,
                 act_slope(act, vload_n(y + i, n - i), vload_n(g + i, n - i)),
                 n - i);
}

/* ---- pooling ----------------------------------------------------------------
 */

/* The largest of a window, a NaN if there is one, and its tap, counted over the
 * whole window; the first of those that are as large.  None wins where a ReLU
 * lets none of them through. */
VFN void winner_of(const mi_pool2d *p, const pool_window *w, int first, int c,
                   int n, float *y, uint8_t *winner)
{
    vf top = vsplat(p->relu ? 0 : -__builtin_inff());
    vi tap = (p->relu ? MI_NO_WINNER : first) - (vi){0};
    for (int ky = 0; ky < w->rows; ky++)
        for (int kx = 0; kx < w->columns; kx++) {
            const float *x = w->x + ky * w->row + kx * w->x_stride + c;
            vf v = n == VN ? vload(x) : vload_n(x, n);
            vi wins = (vi)(v > top) | (vi)(v != v);
            vi here = (first + ky * p->kw + kx) - (vi){0};
            top = (vf)(((vi)v & wins) | ((vi)top & ~wins));
            tap = (here & wins) | (tap & ~wins);
        }
    if (n == VN) {
        vstore(y + c, top);
        vstore_u8(winner + c, tap);
    } else {
        uint8_t few[VN];
        vstore_n(y + c, top, n);
        vstore_u8(few, tap);
        memcpy(winner + c, few, (size_t)n);
    }
}

/* Maxima of rows row0..row1 of the result, with the tap that won. */
static void pool2d_winner_f32(const mi_pool2d *p, const mi_pool2d_io *io,
                              uint8_t *winner, int row0, int row1)
{
    pool_window w = {.row = p->w * io->x_stride, .x_stride = io->x_stride};
    for (int oy = row0; oy < row1; oy++) {
        int y0 = oy * p->sy - p->top;
        mi_span ys = mi_span_of(y0, p->kh, 1, p->h);
        w.rows = ys.hi - ys.lo;
        for (int ox = 0; ox < p->ow; ox++) {
            int x0 = ox * p->sx - p->left;
            mi_span xs = mi_span_of(x0, p->kw, 1, p->w);
            w.columns = xs.hi - xs.lo;
            w.x = io->x + (y0 + ys.lo) * w.row + (x0 + xs.lo) * w.x_stride;
            ptrdiff_t at = (ptrdiff_t)oy * p->ow + ox;
            int c = 0, first = ys.lo * p->kw + xs.lo;
            for (; c + VN <= p->c; c += VN)
                winner_of(p, &w, first, c, VN, io->y + at * io->y_stride,
                          winner + at * p->c);
            if (c < p->c)
                winner_of(p, &w, first, c, p->c - c, io->y + at * io->y_stride,
                          winner + at * p->c);
        }
    }
}

/* A pixel of the input: the windows that cover it, as spans of outputs. */
typedef struct pool_windows {
    int y0, y1, x0, x1; /* outputs y0 <= y < y1, x0 <= x < x1 */
    int iy, ix;
} pool_windows;

/* What one window says to the pixel: its gradient if tap was the winner, or its
 * share of a mean. */
VFN vf pool_share(const mi_pool2d *p, const mi_pool_back_io *io,
                  const pool_windows *at, int oy, int ox, int c, int n)
{
    ptrdiff_t from = ((ptrdiff_t)oy * p->ow + ox) * p->c + c;
    vf g = n == VN ? vload(io->dy + from) : vload_n(io->dy + from, n);
    int y0 = oy * p->sy - p->top, x0 = ox * p->sx - p->left;
    if (io->winner) {
        vf tap = vsplat((float)((at->iy - y0) * p->kw + at->ix - x0)), is;
        if (n == VN) {
            is = vload_u8(io->winner + from);
        } else {
            uint8_t few[VN] = {0};
            memcpy(few, io->winner + from, (size_t)n);
            is = vload_u8(few);
        }
        return (vf)((vi)g & (vi)(is == tap));
    }
    mi_span ys = mi_span_of(y0, p->kh, 1, p->h);
    mi_span xs = mi_span_of(x0, p->kw, 1, p->w);
    int count =
        p->count_padding ? p->kh * p->kw : (ys.hi - ys.lo) * (xs.hi - xs.lo);
    return g / (float)count;
}

VFN void pool_back_pixel(const mi_pool2d *p, const mi_pool_back_io *io,
                         const pool_windows *at, float *dx, int c, int n)
{
    vf s = {0};
    if (io->add)
        s = n == VN ? vload(dx + c) : vload_n(dx + c, n);
    for (int oy = at->y0; oy < at->y1; oy++)
        for (int ox = at->x0; ox < at->x1; ox++)
            s += pool_share(p, io, at, oy, ox, c, n);
    if (n == VN)
        vstore(dx + c, s);
    else
        vstore_n(dx + c, s, n);
}

/* Outputs whose window of `kernel` from o stride - before on covers i. */
static inline mi_span outputs_of(int i, int before, int kernel, int stride,
                                 int n)
{
    int last = (i + before) / stride, least = i + before - kernel + 1;
    mi_span s = {least > 0 ? (least + stride - 1) / stride : 0, last + 1};
    s.hi = s.hi < n ? s.hi : n;
    return s;
}

/* Row ky of a maximum's window: dy where the winner is. */
VFN void spread_window(const mi_pool2d *p, const float *dy,
                       const uint8_t *winner, int ky, float *dx, int n)
{
    vf g, is;
    if (n == VN) {
        g = vload(dy);
        is = vload_u8(winner);
    } else {
        uint8_t few[VN] = {0};
        memcpy(few, winner, (size_t)n);
        g = vload_n(dy, n);
        is = vload_u8(few);
    }
    for (int kx = 0; kx < p->kw; kx++, dx += p->c) {
        vf tap = vsplat((float)(ky * p->kw + kx));
        vf here = (vf)((vi)g & (vi)(is == tap));
        if (n == VN)
            vstore(dx, here);
        else
            vstore_n(dx, here, n);
    }
}

/* 1 if the windows of a maximum lie side by side. */
static inline int is_tiled(const mi_pool2d *p)
{
    return p->sy == p->kh && p->sx == p->kw && !p->top && !p->left &&
           p->oh * p->kh <= p->h && p->ow * p->kw <= p->w;
}

/* Both rows of a window of two by two, the second `row` floats on. */
VFN void spread_square(const float *dy, const uint8_t *winner, float *dx, int c,
                       ptrdiff_t row, int n)
{
    vf g, is;
    if (n == VN) {
        g = vload(dy);
        is = vload_u8(winner);
    } else {
        uint8_t few[VN] = {0};
        memcpy(few, winner, (size_t)n);
        g = vload_n(dy, n);
        is = vload_u8(few);
    }
    UNROLL
    for (int tap = 0; tap < 4; tap++) {
        vf here = (vf)((vi)g & (vi)(is == vsplat((float)tap)));
        float *to = dx + tap / 2 * row + tap % 2 * c;
        if (n == VN)
            vstore(to, here);
        else
            vstore_n(to, here, n);
    }
}

/* Two rows that windows of two by two cover, but for a last column. */
static void spread_squares(const mi_pool2d *p, const float *dy,
                           const uint8_t *winner, float *dx)
{
    int c = p->c;
    ptrdiff_t row = (ptrdiff_t)p->w * c;
    for (int ox = 0; ox < p->ow; ox++, dx += 2 * c, dy += c, winner += c) {
        int i = 0;
        for (; i + VN <= c; i += VN)
            spread_square(dy + i, winner + i, dx + i, c, row, VN);
        if (i < c)
            spread_square(dy + i, winner + i, dx + i, c, row, c - i);
    }
    size_t rest = (size_t)(row - (ptrdiff_t)2 * p->ow * c) * sizeof *dx;
    memset(dx, 0, rest);
    memset(dx + row, 0, rest);
}

/* As pool_back_f32, of maxima whose windows lie side by side. */
static void spread_rows(const mi_pool2d *p, const mi_pool_back_io *io, int row0,
                        int row1)
{
    ptrdiff_t row = (ptrdiff_t)p->w * p->c, step = (ptrdiff_t)p->kw * p->c;
    int square = p->kh == 2 && p->kw == 2;
    for (int iy = row0; iy < row1; iy++) {
        float *dx = io->dx + iy * row, *end = dx + row;
        int oy = iy / p->sy, used = oy < p->oh ? p->ow : 0;
        ptrdiff_t from = (ptrdiff_t)oy * p->ow * p->c;
        if (square && used && iy % 2 == 0 && iy + 1 < row1) {
            spread_squares(p, io->dy + from, io->winner + from, dx);
            iy++;
            continue;
        }
        for (int ox = 0; ox < used; ox++, dx += step, from += p->c) {
            int c = 0;
            for (; c + VN <= p->c; c += VN)
                spread_window(p, io->dy + from + c, io->winner + from + c,
                              iy % p->sy, dx + c, VN);
            if (c < p->c)
                spread_window(p, io->dy + from + c, io->winner + from + c,
                              iy % p->sy, dx + c, p->c - c);
        }
        memset(dx, 0, (size_t)(end - dx) * sizeof *dx);
    }
}

/* The gradient of rows row0..row1 of a pooling's input. */
static void pool_back_f32(const mi_pool2d *p, const mi_pool_back_io *io,
                          int row0, int row1)
{
    if (io->winner && !io->add && is_tiled(p)) {
        spread_rows(p, io, row0, row1);
        return;
    }
    for (int iy = row0; iy < row1; iy++) {
        mi_span ys = outputs_of(iy, p->top, p->kh, p->sy, p->oh);
        for (int ix = 0; ix < p->w; ix++) {
            mi_span xs = outputs_of(ix, p->left, p->kw, p->sx, p->ow);
            pool_windows at = {ys.lo, ys.hi, xs.lo, xs.hi, iy, ix};
            float *dx = io->dx + ((ptrdiff_t)iy * p->w + ix) * p->c;
            int c = 0;
            for (; c + VN <= p->c; c += VN)
                pool_back_pixel(p, io, &at, dx, c, VN);
            if (c < p->c)
                pool_back_pixel(p, io, &at, dx, c, p->c - c);
        }
    }
}
