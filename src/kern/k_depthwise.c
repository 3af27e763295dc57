/* k_depthwise.c: each channel convolved alone.  Included by variant.h.
 *
 * Vectors lie along the channels.  In a 3x3 window, away from the left and
 * right border, four output pixels are summed together, so that a loaded
 * column serves all the windows it is in; elsewhere each pixel is summed alone
 * over the taps that are inside.  All channels of these pixels are done before
 * the next pixels are begun: memory is read in the order it lies. */
#include "kern/vec.h"

enum { DW_X = 4 }; /* pixels together */

/* One output row. */
typedef struct dw_line {
    const float *x;   /* pixel 0 of the first input row of the window */
    const float *w;   /* [blocks of VN channels, 1 + kh * kw, VN] */
    const float *add; /* or NULL */
    float *y;
    ptrdiff_t row, x_stride, add_stride, y_stride;
    mi_span ys; /* rows of the window that are inside */
    int leaky;
    float lo, hi; /* clamp; lo is the slope of a leaky one */
} dw_line;

VFN vf dw_load(const float *p, int n)
{
    return n == VN ? vload(p) : vload_n(p, n);
}

VFN void dw_store(float *p, vf v, int n)
{
    if (n == VN)
        vstore(p, v);
    else
        vstore_n(p, v, n);
}

/* add, act and store n channels of P pixels. */
VFN void dw_finish(const dw_line *l, vf s[DW_X], ptrdiff_t ox, int c, int n,
                   int P)
{
    if (l->add) {
        const float *add = l->add + ox * l->add_stride + c;
        UNROLL
        for (int i = 0; i < P; i++)
            s[i] += dw_load(add + i * l->add_stride, n);
    }
    vf lo = vsplat(l->lo), hi = vsplat(l->hi), zero = {0};
    if (l->leaky) {
        UNROLL
        for (int i = 0; i < P; i++)
            s[i] = vmax(zero, s[i]) + lo * vmin(zero, s[i]);
    } else {
        UNROLL
        for (int i = 0; i < P; i++)
            s[i] = vmin(hi, vmax(lo, s[i]));
    }
    float *y = l->y + ox * l->y_stride + c;
    UNROLL
    for (int i = 0; i < P; i++)
        dw_store(y + i * l->y_stride, s[i], n);
}

/* n channels of P pixels whose three columns begin at x; K rows. */
VFN void dw_group(const dw_line *l, const float *x, ptrdiff_t ox, int c, int n,
                  int K, int S, int P)
{
    vf s[DW_X];
    const int columns = (P - 1) * S + 3;
    const float *w = l->w + (ptrdiff_t)c * 10; /* 1 bias, 9 taps */
    UNROLL
    for (int i = 0; i < P; i++)
        s[i] = vload(w);
    w += (1 + 3 * l->ys.lo) * VN;
    UNROLL
    for (int ky = 0; ky < K; ky++, x += l->row, w += 3 * VN) {
        vf tap[3] = {vload(w), vload(w + VN), vload(w + 2 * VN)};
        UNROLL
        for (int j = 0; j < columns; j++) {
            vf v = dw_load(x + j * l->x_stride, n);
            UNROLL
            for (int i = 0; i < P; i++)
                if (j >= i * S && j < i * S + 3)
                    s[i] = vmadd(v, tap[j - i * S], s[i]);
        }
    }
    dw_finish(l, s, ox, c, n, P);
}

/* All channels of P pixels from ox on. */
VFN void dw_channels(const mi_conv *cv, const dw_line *l, int ox, int K, int S,
                     int P)
{
    const float *x =
        l->x + l->ys.lo * l->row + (ptrdiff_t)(ox * S - cv->left) * l->x_stride;
    int c = 0;
    for (; c + VN <= cv->c; c += VN)
        dw_group(l, x + c, ox, c, VN, K, S, P);
    if (c < cv->c)
        dw_group(l, x + c, ox, c, cv->c - c, K, S, P);
}

/* Pixels lo <= ox < hi, with all columns inside. */
VFN void dw_3(const mi_conv *cv, const dw_line *line, mi_span out, int K, int S)
{
    const dw_line l = *line;
    int ox = out.lo;
    for (; ox + DW_X <= out.hi; ox += DW_X)
        dw_channels(cv, &l, ox, K, S, DW_X);
    for (; ox < out.hi; ox++)
        dw_channels(cv, &l, ox, K, S, 1);
}

#define DW_3(K, S)                                                  \
    static void dw_3_##K##_##S(const mi_conv *cv, const dw_line *l, \
                               mi_span out)                         \
    {                                                               \
        dw_3(cv, l, out, K, S);                                     \
    }
DW_3(2, 1)
DW_3(2, 2)
DW_3(3, 1)
DW_3(3, 2)
#undef DW_3

/* Any window, any place. */
VFN void dw_pixel(const mi_conv *cv, const dw_line *l, mi_span xs, int ox,
                  int c, int n)
{
    int taps = cv->kh * cv->kw;
    const float *w = l->w + (ptrdiff_t)(c / VN) * (1 + taps) * VN;
    ptrdiff_t x0 = ox * cv->sx - cv->left;
    vf s[DW_X] = {vload(w)};
    for (int ky = l->ys.lo; ky < l->ys.hi; ky++) {
        const float *x = l->x + ky * l->row + x0 * l->x_stride + c;
        for (int kx = xs.lo; kx < xs.hi; kx++)
            s[0] += dw_load(x + kx * cv->dx * l->x_stride, n) *
                    vload(w + (ptrdiff_t)(1 + ky * cv->kw + kx) * VN);
    }
    dw_finish(l, s, ox, c, n, 1);
}

static void dw_pixels(const mi_conv *cv, const dw_line *l, int lo, int hi)
{
    for (int ox = lo; ox < hi; ox++) {
        int x0 = ox * cv->sx - cv->left, c = 0;
        mi_span xs = mi_span_of(x0, cv->kw, cv->dx, cv->w);
        for (; c + VN <= cv->c; c += VN)
            dw_pixel(cv, l, xs, ox, c, VN);
        if (c < cv->c)
            dw_pixel(cv, l, xs, ox, c, cv->c - c);
    }
}

/* Pixels of an output row with all columns inside. */
static mi_span dw_inside(const mi_conv *cv)
{
    int room = cv->w + cv->left - (cv->kw - 1) * cv->dx - 1;
    mi_span s = {(cv->left + cv->sx - 1) / cv->sx,
                 room < 0 ? 0 : room / cv->sx + 1};
    s.hi = s.hi < cv->ow ? s.hi : cv->ow;
    s.lo = s.lo < s.hi ? s.lo : s.hi;
    return s;
}

static void dw_row(const mi_conv *cv, const dw_line *l)
{
    static void (*const shaped[2][2])(const mi_conv *, const dw_line *,
                                      mi_span) = {{dw_3_2_1, dw_3_2_2},
                                                  {dw_3_3_1, dw_3_3_2}};
    int rows = l->ys.hi - l->ys.lo;
    mi_span in = {cv->ow, cv->ow};
    if (cv->kh == 3 && cv->kw == 3 && cv->dx == 1 && cv->dy == 1 &&
        cv->sx <= 2 && rows >= 2)
        in = dw_inside(cv);
    dw_pixels(cv, l, 0, in.lo);
    if (in.lo < in.hi)
        shaped[rows - 2][cv->sx - 1](cv, l, in);
    dw_pixels(cv, l, in.hi, cv->ow);
}

/* Rows row0..row1 of a depthwise convolution, with its activation. */
static void depthwise_f32(const mi_conv *cv, const mi_conv_io *io, int row0,
                          int row1)
{
    mi_act act = cv->act;
    dw_line l = {.w = io->packed,
                 .row = (ptrdiff_t)cv->dy * cv->w * io->x_stride,
                 .x_stride = io->x_stride,
                 .add_stride = io->add_stride,
                 .y_stride = io->y_stride,
                 .leaky = act.kind == MI_ACT_LEAKY,
                 .lo = -__builtin_inff(),
                 .hi = __builtin_inff()};
    if (act.kind == MI_ACT_CLAMP || act.kind == MI_ACT_LEAKY)
        l.lo = act.lo, l.hi = act.hi;
    for (int oy = row0; oy < row1; oy++) {
        int y0 = oy * cv->sy - cv->top;
        ptrdiff_t first = (ptrdiff_t)oy * cv->ow;
        l.ys = mi_span_of(y0, cv->kh, cv->dy, cv->h);
        l.x = io->x + (ptrdiff_t)y0 * cv->w * io->x_stride;
        l.add = io->add ? io->add + first * io->add_stride : NULL;
        l.y = io->y + first * io->y_stride;
        dw_row(cv, &l);
        for (int ox = 0; act.kind == MI_ACT_SIGMOID && ox < cv->ow; ox++)
            sigmoid_f32(cv->c, l.y + ox * l.y_stride, l.y + ox * l.y_stride);
    }
}
