/* k_depthwise.c: each channel convolved alone.  Included by variant.h.
 *
 * Vectors lie along the channels.  Away from the left and right border four
 * output pixels are summed together, so that a loaded column serves all the
 * windows it is in; at the border each pixel is summed alone over the taps
 * that are inside. */
#include "kern/vec.h"

enum { DW_X = 4 }; /* pixels together */

/* One block of at most VN channels of some output pixels of one row. */
typedef struct dw_block {
    const float *x; /* pixel (0, 0) of the input, at this channel */
    const float *w; /* bias, at this channel */
    const float *add;
    float *y;
    ptrdiff_t row, x_stride, w_stride, add_stride, y_stride;
    int n; /* channels that exist */
} dw_block;

VFN vf dw_act(const mi_conv *cv, vf v)
{
    if (cv->act.kind == MI_ACT_CLAMP)
        return vmin(vsplat(cv->act.hi), vmax(vsplat(cv->act.lo), v));
    if (cv->act.kind == MI_ACT_LEAKY)
        return vmax((vf){0}, v) + vsplat(cv->act.lo) * vmin((vf){0}, v);
    return v;
}

VFN vf dw_load(const float *p, int n)
{
    return n == VN ? vload(p) : vload_n(p, n);
}

VFN void dw_finish(const mi_conv *cv, const dw_block *b, int ox, vf v)
{
    if (b->add)
        v += dw_load(b->add + ox * b->add_stride, b->n);
    v = dw_act(cv, v);
    if (cv->act.kind == MI_ACT_SIGMOID)
        v = vsigmoid(v);
    if (b->n == VN)
        vstore(b->y + ox * b->y_stride, v);
    else
        vstore_n(b->y + ox * b->y_stride, v, b->n);
}

/* Any window, any place: rows y0 + ky * dy for ys.lo <= ky < ys.hi. */
VFN void dw_pixel(const mi_conv *cv, const dw_block *b, int y0, mi_span ys,
                  int ox)
{
    int x0 = ox * cv->sx - cv->left;
    mi_span xs = mi_span_of(x0, cv->kw, cv->dx, cv->w);
    vf s = vload(b->w);
    for (int ky = ys.lo; ky < ys.hi; ky++) {
        const float *x = b->x + (y0 + ky * cv->dy) * b->row;
        const float *w = b->w + (1 + ky * cv->kw) * b->w_stride;
        for (int kx = xs.lo; kx < xs.hi; kx++)
            s += dw_load(x + (x0 + kx * cv->dx) * b->x_stride, b->n) *
                 vload(w + kx * b->w_stride);
    }
    dw_finish(cv, b, ox, s);
}

/* DW_X pixels from ox on, 3 columns, K rows from x0 on with weights w[K][3]. */
VFN void dw_3(const mi_conv *cv, const dw_block *b, const float *x0, vf w[3][3],
              int ox, int K, int S, int n)
{
    vf s[DW_X];
    const int columns = (DW_X - 1) * S + 3;
    UNROLL
    for (int i = 0; i < DW_X; i++)
        s[i] = vload(b->w);
    UNROLL
    for (int ky = 0; ky < K; ky++) {
        const float *x = x0 + ky * b->row;
        UNROLL
        for (int j = 0; j < columns; j++) {
            vf v = dw_load(x + j * b->x_stride, n);
            UNROLL
            for (int i = 0; i < DW_X; i++)
                if (j >= i * S && j < i * S + 3)
                    s[i] += v * w[ky][j - i * S];
        }
    }
    UNROLL
    for (int i = 0; i < DW_X; i++)
        dw_finish(cv, b, ox + i, s[i]);
}

/* Pixels lo <= ox < hi, whose 3 columns are all inside. */
VFN void dw_3_row(const mi_conv *cv, const dw_block *b, int y0, mi_span ys,
                  mi_span out, int K, int S)
{
    vf w[3][3];
    UNROLL
    for (int ky = 0; ky < K; ky++) {
        UNROLL
        for (int kx = 0; kx < 3; kx++)
            w[ky][kx] = vload(b->w + (1 + (ys.lo + ky) * 3 + kx) * b->w_stride);
    }
    const float *x = b->x + (y0 + ys.lo) * b->row;
    int ox = out.lo;
    for (; ox + DW_X <= out.hi; ox += DW_X) {
        const float *at = x + (ox * S - cv->left) * b->x_stride;
        if (b->n == VN)
            dw_3(cv, b, at, w, ox, K, S, VN);
        else
            dw_3(cv, b, at, w, ox, K, S, b->n);
    }
    for (; ox < out.hi; ox++)
        dw_pixel(cv, b, y0, ys, ox);
}

static void dw_3_3_1(const mi_conv *cv, const dw_block *b, int y0, mi_span ys,
                     mi_span out)
{
    dw_3_row(cv, b, y0, ys, out, 3, 1);
}
static void dw_3_3_2(const mi_conv *cv, const dw_block *b, int y0, mi_span ys,
                     mi_span out)
{
    dw_3_row(cv, b, y0, ys, out, 3, 2);
}
static void dw_3_2_1(const mi_conv *cv, const dw_block *b, int y0, mi_span ys,
                     mi_span out)
{
    dw_3_row(cv, b, y0, ys, out, 2, 1);
}
static void dw_3_2_2(const mi_conv *cv, const dw_block *b, int y0, mi_span ys,
                     mi_span out)
{
    dw_3_row(cv, b, y0, ys, out, 2, 2);
}

/* Pixels of the output row whose whole window lies inside the columns. */
static mi_span dw_inside(const mi_conv *cv)
{
    mi_span s;
    s.lo = (cv->left + cv->sx - 1) / cv->sx;
    int room = cv->w + cv->left - (cv->kw - 1) * cv->dx - 1;
    s.hi = room < 0 ? 0 : room / cv->sx + 1;
    s.hi = s.hi < cv->ow ? s.hi : cv->ow;
    s.lo = s.lo < s.hi ? s.lo : s.hi;
    return s;
}

static void dw_row(const mi_conv *cv, const dw_block *b, int oy)
{
    int y0 = oy * cv->sy - cv->top;
    mi_span ys = mi_span_of(y0, cv->kh, cv->dy, cv->h);
    mi_span in = dw_inside(cv);
    int rows = ys.hi - ys.lo;
    int shaped = cv->kh == 3 && cv->kw == 3 && cv->dx == 1 && cv->dy == 1 &&
                 cv->sx <= 2 && rows >= 2;
    if (!shaped)
        in.lo = in.hi = cv->ow;
    for (int ox = 0; ox < in.lo; ox++)
        dw_pixel(cv, b, y0, ys, ox);
    if (in.lo < in.hi) {
        if (rows == 3)
            (cv->sx == 1 ? dw_3_3_1 : dw_3_3_2)(cv, b, y0, ys, in);
        else
            (cv->sx == 1 ? dw_3_2_1 : dw_3_2_2)(cv, b, y0, ys, in);
    }
    for (int ox = in.hi; ox < cv->ow; ox++)
        dw_pixel(cv, b, y0, ys, ox);
}

static void depthwise_f32(const mi_conv *cv, const mi_conv_io *io, int row0,
                          int row1)
{
    dw_block b = {.row = cv->w * io->x_stride,
                  .x_stride = io->x_stride,
                  .w_stride = (cv->c + VN - 1) / VN * VN,
                  .add_stride = io->add_stride,
                  .y_stride = io->y_stride};
    for (int c = 0; c < cv->c; c += VN) {
        b.x = io->x + c;
        b.w = io->packed + c;
        b.n = cv->c - c < VN ? cv->c - c : VN;
        for (int oy = row0; oy < row1; oy++) {
            ptrdiff_t first = (ptrdiff_t)oy * cv->ow;
            b.add = io->add ? io->add + first * io->add_stride + c : NULL;
            b.y = io->y + first * io->y_stride + c;
            dw_row(cv, &b, oy);
        }
    }
}
