/* conv_weights.c: the gradient of a convolution by its weights and bias.
 *
 *   dw[o][k][i] = sum over images and pixels p of dy[p][o] x[p at tap k][i]
 *   db[o] = sum of dy[p][o]
 *
 * For each tap that is a sum of outer products over pixels (outer_f32), whose
 * operands are read where they lie.  With few channels a row of the window is
 * one run of inputs, except at the left and right border.  Vectors lie along
 * the outputs, or along the inputs where there are too few outputs.
 *
 * A batch is cut into parts by images and bands of rows, each with sums of its
 * own, which are added up in order; where the weights are many and the parts
 * few, a part is cut once more by vectors.  All cuts follow from the shape.
 *
 * Order of the sums of a part: run of the window, row of the first operand,
 * column of the second; then the bias. */
#include "kern/back.h"
#include "kern/tile.h"

#include <string.h>

enum {
    PART_MACS = 8000000, /* multiply-adds worth a part of its own */
    PARTS_MAX = 16,
    PARTS_FLOATS = 1 << 20, /* of all parts together, if one is smaller */
    TASKS_MIN = 8,
    BAND_FLOATS = 12 << 10, /* of both operands, so that a band stays in a
                               cache while all taps go over it */
    SHORT_RUN = 16          /* channels below which rows of a window are runs */
};

/* How the work of one convolution is cut. */
typedef struct weights_cut {
    int joined;      /* 1: a run is a row of the window */
    int runs, run;   /* of a window, and their length */
    int swapped;     /* 1: vectors lie along the inputs */
    int na, nb;      /* rows and columns of a run's sums */
    ptrdiff_t ld;    /* nb rounded up to vectors */
    int rows, bands; /* rows of a band, bands of an image */
} weights_cut;

static int64_t round_up(int64_t n, int64_t d) { return mi_divide_up(n, d) * d; }

/* How a window is cut into runs and an image into bands. */
static weights_cut cut_of(const mi_kern *kern, const mi_conv *cv)
{
    weights_cut c = {0};
    c.joined = !cv->depthwise && cv->c < SHORT_RUN && cv->dx == 1 && cv->kw > 1;
    c.runs = c.joined ? cv->kh : cv->kh * cv->kw;
    c.run = cv->depthwise ? 1 : c.joined ? cv->kw * cv->c : cv->c;
    c.swapped = cv->oc < kern->lanes && c.run > cv->oc;
    c.na = c.swapped ? cv->oc : c.run;
    c.nb = c.swapped ? c.run : cv->oc;
    c.ld = (ptrdiff_t)round_up(c.nb, kern->lanes);
    int64_t row = (int64_t)cv->ow * cv->oc + (int64_t)cv->w * cv->c * cv->sy;
    int64_t rows = BAND_FLOATS / (row ? row : 1);
    rows += rows & 1; /* pairs, which a maximum behind it needs */
    c.rows = (int)(rows < 2 ? 2 : rows > cv->oh ? cv->oh : rows);
    c.bands = (int)mi_divide_up(cv->oh, c.rows);
    return c;
}

/* Floats of the sums by weights, with room for a vector past the last. */
static size_t weights_len(const mi_kern *kern, const weights_cut *c)
{
    return (size_t)c->runs * (size_t)c->na * (size_t)c->ld +
           (size_t)kern->lanes;
}

size_t mi_conv_weights_len(const mi_kern *kern, const mi_conv *cv)
{
    weights_cut c = cut_of(kern, cv);
    return weights_len(kern, &c) + (size_t)round_up(cv->oc, 16);
}

int mi_conv_weights_parts(const mi_kern *kern, const mi_conv *cv, int images)
{
    weights_cut c = cut_of(kern, cv);
    int64_t macs = (int64_t)images * cv->oh * cv->ow * cv->oc * c.runs * c.run;
    int64_t most = (int64_t)(PARTS_FLOATS / mi_conv_weights_len(kern, cv));
    int64_t parts = mi_divide_up(macs, PART_MACS);
    parts = parts < PARTS_MAX ? parts : PARTS_MAX;
    parts = parts < most ? parts : most;
    parts =
        parts < (int64_t)images * c.bands ? parts : (int64_t)images * c.bands;
    return parts < 1 ? 1 : (int)parts;
}

/* Groups of vectors that a part is cut into. */
static int groups_of(const mi_kern *kern, const weights_cut *c, int parts)
{
    int64_t blocks = mi_divide_up(c->nb, (int64_t)2 * kern->lanes);
    int64_t groups = parts < TASKS_MIN ? TASKS_MIN / parts : 1;
    if (c->swapped || (int64_t)c->na * c->ld * c->runs < 1 << 14)
        groups = 1;
    return (int)(groups < blocks ? groups : blocks);
}

int mi_conv_weights_tasks(const mi_kern *kern, const mi_conv *cv, int images)
{
    weights_cut c = cut_of(kern, cv);
    int parts = mi_conv_weights_parts(kern, cv, images);
    return parts * groups_of(kern, &c, parts);
}

/* A band of one image, and the columns first <= j < end of the sums. */
typedef struct band {
    const mi_kern *kern;
    const mi_conv *cv;
    const weights_cut *c;
    const mi_conv_batch *b;
    const float *x, *dy; /* of the image, or, of dy, from row dy_row on */
    int dy_row;
    float *sums;
    int row0, row1, first, end;
} band;

/* Inputs lo <= i < hi of a run, at a rectangle of outputs whose first is
 * (oy, ox), and whose run begins at the input (iy, ix). */
typedef struct area {
    int oy, ox, iy, ix, rows, cols, run, lo, hi;
} area;

/* Add the products of an area's pixels to the sums of one run. */
static void add_products(const band *d, const area *at)
{
    const mi_conv *cv = d->cv;
    const weights_cut *c = d->c;
    ptrdiff_t xs = d->b->x_stride, ys = d->b->dy_stride;
    const float *x =
        d->x + (((ptrdiff_t)at->iy * cv->w + at->ix) * xs + at->lo);
    ptrdiff_t row = at->oy - d->dy_row;
    const float *y = d->dy + (row * cv->ow + at->ox) * ys;
    float *sums = d->sums + (ptrdiff_t)at->run * c->na * c->ld;
    mi_outer o = {.rows = at->rows, .cols = at->cols, .ld = c->ld};
    ptrdiff_t x_pixel = cv->sx * xs, x_row = xs * cv->sy * cv->w;
    if (c->swapped) {
        o.a = y, o.a_pixel = ys, o.a_row = cv->ow * ys, o.na = cv->oc;
        o.b = x, o.b_pixel = x_pixel, o.b_row = x_row, o.nb = at->hi - at->lo;
        o.w = sums + at->lo;
    } else {
        o.a = x, o.a_pixel = x_pixel, o.a_row = x_row, o.na = at->hi - at->lo;
        o.b = y + d->first, o.b_pixel = ys, o.b_row = cv->ow * ys;
        o.nb = d->end - d->first;
        o.w = sums + at->lo * c->ld + d->first;
    }
    if (cv->depthwise)
        o.na = cv->oc;
    (cv->depthwise ? d->kern->dots_f32 : d->kern->outer_f32)(&o);
}

/* Outputs lo <= o < hi whose tap, `at` past the window's first, is inside. */
static mi_span outputs_of(int at, int before, int stride, int size, int n)
{
    int first = before - at, last = size - 1 + before - at;
    mi_span s = {first > 0 ? (first + stride - 1) / stride : 0,
                 last >= 0 ? last / stride + 1 : 0};
    s.hi = s.hi < n ? s.hi : n;
    s.lo = s.lo < s.hi ? s.lo : s.hi;
    return s;
}

/* A row of the window as one run; at the border column by column. */
static void add_joined(const band *d, area at)
{
    const mi_conv *cv = d->cv;
    mi_span left = outputs_of(0, cv->left, cv->sx, cv->w, cv->ow);
    mi_span right = outputs_of(cv->kw - 1, cv->left, cv->sx, cv->w, cv->ow);
    int lo = left.lo, hi = right.hi > lo ? right.hi : lo;
    at.lo = 0, at.hi = cv->kw * cv->c;
    at.ox = lo, at.ix = lo * cv->sx - cv->left, at.cols = hi - lo;
    if (at.cols > 0)
        add_products(d, &at);
    for (int ox = 0; ox < cv->ow; ox++) {
        if (ox == lo)
            ox = hi;
        if (ox >= cv->ow)
            break;
        int x0 = ox * cv->sx - cv->left;
        mi_span in = mi_span_of(x0, cv->kw, 1, cv->w);
        at.lo = in.lo * cv->c, at.hi = in.hi * cv->c;
        at.ox = ox, at.ix = x0, at.cols = 1;
        if (in.hi > in.lo)
            add_products(d, &at);
    }
}

/* Add what one band gives to the sums of every run of the window. */
static void add_window(const band *d)
{
    const mi_conv *cv = d->cv;
    for (int ky = 0; ky < cv->kh; ky++) {
        mi_span ys = outputs_of(ky * cv->dy, cv->top, cv->sy, cv->h, cv->oh);
        ys.lo = ys.lo > d->row0 ? ys.lo : d->row0;
        ys.hi = ys.hi < d->row1 ? ys.hi : d->row1;
        if (ys.hi <= ys.lo)
            continue;
        area at = {.oy = ys.lo, .rows = ys.hi - ys.lo, .run = ky};
        at.iy = ys.lo * cv->sy - cv->top + ky * cv->dy;
        if (d->c->joined) {
            add_joined(d, at);
            continue;
        }
        at.hi = d->c->run;
        for (int kx = 0; kx < cv->kw; kx++) {
            mi_span xs =
                outputs_of(kx * cv->dx, cv->left, cv->sx, cv->w, cv->ow);
            at.run = ky * cv->kw + kx;
            at.ox = xs.lo, at.cols = xs.hi - xs.lo;
            at.ix = xs.lo * cv->sx - cv->left + kx * cv->dx;
            if (at.cols > 0)
                add_products(d, &at);
        }
    }
}

/* The band's share of the bias, by whoever does its first vectors. */
static void add_bias(const band *d, float *bias)
{
    const mi_conv *cv = d->cv;
    ptrdiff_t stride = d->b->dy_stride;
    const float *y = d->dy + (ptrdiff_t)(d->row0 - d->dy_row) * cv->ow * stride;
    int n = (d->row1 - d->row0) * cv->ow;
    if (d->first > 0)
        return;
    if (stride == cv->oc) {
        d->kern->pixel_sums_f32(n, cv->oc, y, bias);
        return;
    }
    for (int p = 0; p < n; p++, y += stride)
        d->kern->pixel_sums_f32(1, cv->oc, y, bias);
}

/* The sums that this task will add to become 0. */
static void clear(const band *d, float *bias)
{
    const weights_cut *c = d->c;
    ptrdiff_t end = d->end == c->nb ? c->ld : d->end;
    float *row = d->sums;
    for (int i = 0; i < c->runs * c->na; i++, row += c->ld)
        memset(row + d->first, 0, (size_t)(end - d->first) * sizeof *row);
    if (d->first > 0)
        return;
    memset(row, 0, (size_t)(bias - row) * sizeof *row);
    memset(bias, 0, (size_t)round_up(d->cv->oc, 16) * sizeof *bias);
}

size_t mi_conv_weights_scratch(const mi_kern *kern, const mi_conv *cv)
{
    weights_cut c = cut_of(kern, cv);
    return (size_t)c.rows * (size_t)cv->ow * (size_t)cv->oc * sizeof(float);
}

/* Point a band at its image's dy, which is made in scratch behind a maximum. */
static void point_dy(band *d, ptrdiff_t image, float *scratch)
{
    const mi_conv *cv = d->cv;
    const mi_pool2d *p = d->b->pool;
    if (!p) {
        d->dy = d->b->dy + image * cv->oh * cv->ow * d->b->dy_stride;
        return;
    }
    ptrdiff_t at = image * p->oh * p->ow * cv->oc;
    mi_pool_spread(d->kern, p, d->b->dy + at, d->b->winner + at, d->row0,
                   d->row1, scratch);
    d->dy = scratch;
    d->dy_row = d->row0;
}

void mi_conv_weights_run(const mi_kern *kern, const mi_conv *cv,
                         const mi_conv_batch *b, int task, float *sums,
                         void *scratch)
{
    weights_cut c = cut_of(kern, cv);
    int parts = mi_conv_weights_parts(kern, cv, b->images);
    int groups = groups_of(kern, &c, parts), group = task % groups;
    int64_t part = task / groups, all = (int64_t)b->images * c.bands;
    int64_t blocks = mi_divide_up(c.nb, (int64_t)2 * kern->lanes);
    band d = {.kern = kern, .cv = cv, .c = &c, .b = b};
    d.sums = sums + (size_t)part * mi_conv_weights_len(kern, cv);
    d.first = (int)(blocks * group / groups) * 2 * kern->lanes;
    d.end = (int)(blocks * (group + 1) / groups) * 2 * kern->lanes;
    d.end = d.end < c.nb ? d.end : c.nb;
    float *bias = d.sums + weights_len(kern, &c);
    clear(&d, bias);
    int64_t end = all * (part + 1) / parts;
    for (int64_t i = all * part / parts; i < end; i++) {
        ptrdiff_t image = (ptrdiff_t)(i / c.bands);
        d.x = b->x + image * cv->h * cv->w * b->x_stride;
        d.row0 = (int)(i % c.bands) * c.rows;
        d.row1 = d.row0 + c.rows < cv->oh ? d.row0 + c.rows : cv->oh;
        point_dy(&d, image, scratch);
        add_window(&d);
        add_bias(&d, bias);
    }
}

static void put(float *to, float v, int add) { *to = add ? *to + v : v; }

void mi_conv_weights_sum(const mi_kern *kern, const mi_conv *cv, int parts,
                         float *sums, const mi_conv_grads *to)
{
    weights_cut c = cut_of(kern, cv);
    size_t len = mi_conv_weights_len(kern, cv);
    for (int i = 1; i < parts; i++)
        kern->add_f32((int)len, sums, sums + (size_t)i * len, sums);
    const float *bias = sums + weights_len(kern, &c);
    for (int o = 0; to->db && o < cv->oc; o++)
        put(&to->db[o], bias[o], to->add_b);
    if (!to->dw)
        return;
    ptrdiff_t step = c.swapped ? 1 : c.ld, across = c.swapped ? c.ld : 1;
    for (int run = 0; run < c.runs; run++, sums += c.na * c.ld) {
        for (int i = 0; i < c.run; i++) {
            int ky = c.joined ? run : run / cv->kw;
            int kx = c.joined ? i / cv->c : run % cv->kw;
            float *w = to->dw + ky * to->at.down + kx * to->at.across +
                       (c.joined ? i % cv->c : i) * to->at.in;
            for (int o = 0; o < cv->oc; o++)
                put(w + o * to->at.out, sums[i * step + o * across], to->add_w);
        }
    }
}
