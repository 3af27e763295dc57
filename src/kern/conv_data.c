/* conv_data.c: the gradient of a convolution by its input.
 *
 *   dx[i] = sum over taps k and outputs o with o s - top + k d = i
 *           of w[k] dy[o]
 *
 * Inputs i = q s + r with one remainder r by the stride s (a phase) meet the
 * same taps, at outputs that lie d / gcd(d, s) apart: each phase is an ordinary
 * convolution of dy with stride 1, whose window is those taps in reverse order,
 * and whose outputs lie s pixels apart.  A phase that no tap meets gives zeros.
 *
 * Phases of few channels leave most of a vector empty.  Where that needs fewer
 * vectors they are one convolution, whose window holds all of theirs, with
 * zeros where a phase has no tap, and whose outputs are dealt out row by row.
 *
 * Source: V. Dumoulin, F. Visin, A guide to convolution arithmetic for deep
 * learning, arXiv 1603.07285, section 4. */
#include "kern/back.h"

#include "kern/act.h"
#include "kern/tile.h"

#include <assert.h>
#include <string.h>

/* One axis of a phase: taps k0, k0 + step, ... (n of them), and how the
 * convolution of dy looks along it. */
typedef struct phase_axis {
    int out;      /* inputs of the phase */
    int k0, step; /* the first tap and from one to the next */
    int n;        /* taps */
    int dilation; /* of the convolution of dy */
    int padding;  /* before its first output; may be negative */
} phase_axis;

static int greatest_divisor(int a, int b)
{
    while (b) {
        int rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Phase r of an axis of `size` inputs. */
static phase_axis axis_of(int size, int r, int kernel, int stride, int dilation,
                          int top)
{
    int g = greatest_divisor(dilation, stride);
    phase_axis a = {.out = (size - r + stride - 1) / stride,
                    .step = stride / g,
                    .dilation = dilation / g};
    /* the first tap k with r + top - k d a multiple of the stride */
    int k0 = 0;
    while (k0 < a.step && (r + top - k0 * dilation) % stride != 0)
        k0++;
    if (k0 == a.step || k0 >= kernel)
        return a;
    a.k0 = k0;
    a.n = (kernel - k0 + a.step - 1) / a.step;
    /* output o = q + base - j dilation of tap number j */
    int base = (r + top - k0 * dilation) / stride;
    a.padding = (a.n - 1) * a.dilation - base;
    return a;
}

/* A phase as a convolution of dy [oh, ow, oc], and where its first weight and
 * its first result lie. */
typedef struct phase {
    mi_conv conv;
    mi_conv_source w;
    ptrdiff_t first; /* pixel of dx */
} phase;

static int phases_of(const mi_conv *cv)
{
    int down = cv->sy < cv->h ? cv->sy : cv->h;
    int across = cv->sx < cv->w ? cv->sx : cv->w;
    return down * across;
}

/* Phase i of a strided convolution's gradient: a convolution of its own. */
static phase phase_of(const mi_conv *cv, int i, const mi_conv_source *w)
{
    int across = cv->sx < cv->w ? cv->sx : cv->w;
    int ry = i / across, rx = i % across;
    phase_axis y = axis_of(cv->h, ry, cv->kh, cv->sy, cv->dy, cv->top);
    phase_axis x = axis_of(cv->w, rx, cv->kw, cv->sx, cv->dx, cv->left);
    phase p = {.first = (ptrdiff_t)ry * cv->w + rx};
    p.conv = (mi_conv){.h = cv->oh,
                       .w = cv->ow,
                       .c = cv->oc,
                       .oh = y.out,
                       .ow = x.out,
                       .oc = cv->c,
                       .kh = y.n && x.n ? y.n : 0,
                       .kw = y.n && x.n ? x.n : 0,
                       .sy = 1,
                       .sx = 1,
                       .dy = y.dilation,
                       .dx = x.dilation,
                       .top = y.padding,
                       .left = x.padding,
                       .act = cv->act};
    if (w && p.conv.kh) {
        p.w = (mi_conv_source){w->w, w->in, w->out, -w->down * y.step,
                               -w->across * x.step};
        p.w.w += w->down * (y.k0 + (ptrdiff_t)(y.n - 1) * y.step) +
                 w->across * (x.k0 + (ptrdiff_t)(x.n - 1) * x.step);
    }
    return p;
}

mi_conv mi_conv_data_phase(const mi_conv *cv)
{
    return phase_of(cv, 0, NULL).conv;
}

/* ---- phases as one ---------------------------------------------------------
 */

static int larger(int a, int b) { return a > b ? a : b; }

static int vectors_of(const mi_kern *kern, int channels)
{
    return (channels + kern->lanes - 1) / kern->lanes;
}

/* The convolution that gives all phases beside each other, [oh, ow, phases, c];
 * 0 if there is none, or none that is faster. */
static int join_phases(const mi_kern *kern, const mi_conv *cv, mi_conv *join)
{
    int n = phases_of(cv), apart = 0, below = 0, right = 0;
    if (n < 2 || n != cv->sy * cv->sx || cv->h % cv->sy || cv->w % cv->sx ||
        n * cv->c > 2 * kern->lanes)
        return 0;
    mi_conv j = phase_of(cv, 0, NULL).conv;
    for (int i = 0; i < n; i++) {
        const mi_conv p = phase_of(cv, i, NULL).conv;
        if (!p.kh || p.dy != 1 || p.dx != 1)
            return 0;
        j.top = larger(j.top, p.top);
        j.left = larger(j.left, p.left);
        below = larger(below, p.kh - p.top);
        right = larger(right, p.kw - p.left);
        apart += p.kh * p.kw * vectors_of(kern, cv->c);
    }
    j.kh = j.top + below;
    j.kw = j.left + right;
    j.oc = n * cv->c;
    *join = j;
    return j.kh * j.kw * vectors_of(kern, j.oc) < apart;
}

/* One panel: biases, then a row for each tap and input. */
static void pack_joined(const mi_kern *kern, const mi_conv *cv,
                        const mi_conv *join, const mi_conv_source *w,
                        const float *bias, float *packed)
{
    int wide = kern->lanes * (join->oc > kern->lanes ? 2 : 1);
    memset(packed, 0, mi_conv_packed_len(kern, join) * sizeof *packed);
    for (int k = 0; k < join->oc; k++) {
        int c = k % cv->c;
        const phase p = phase_of(cv, k / cv->c, w);
        const float *from = p.w.w + c * p.w.out;
        packed[k] = bias ? bias[c] : 0;
        for (int t = 0; t < p.conv.kh * p.conv.kw; t++) {
            int ky = t / p.conv.kw, kx = t % p.conv.kw;
            int row = join->top - p.conv.top + ky;
            int tap = row * join->kw + join->left - p.conv.left + kx;
            float *to = packed + (1 + (ptrdiff_t)tap * join->c) * wide + k;
            for (int i = 0; i < join->c; i++, to += wide)
                *to = from[i * p.w.in + ky * p.w.down + kx * p.w.across];
        }
    }
}

static int joined_tasks(const mi_conv *join)
{
    return mi_bands(join->oh, (int64_t)join->ow * join->oc * join->kh);
}

/* Bytes of a row; the scratch memory of a tile is behind it. */
static size_t row_bytes(const mi_conv *join)
{
    size_t n = (size_t)join->ow * (size_t)join->oc * sizeof(float);
    return (n + 63) / 64 * 64;
}

static size_t joined_scratch(const mi_kern *kern, const mi_conv *join)
{
    return row_bytes(join) + mi_conv_scratch(kern, join);
}

/* Put a row of phases where they belong; what is added comes before act. */
static void deal_row(const mi_kern *kern, const mi_conv *cv,
                     const mi_conv *join, const float *from,
                     const mi_conv_io *io, int row)
{
    for (int i = 0; i < cv->sy * cv->sx; i++) {
        ptrdiff_t first = (ptrdiff_t)(row * cv->sy + i / cv->sx) * cv->w;
        first += i % cv->sx;
        float *to = io->y + first * io->y_stride;
        const float *add = io->add ? io->add + first * io->add_stride : NULL;
        const float *at = from + (ptrdiff_t)i * cv->c;
        ptrdiff_t step = cv->sx * io->y_stride;
        for (int x = 0; x < join->ow; x++, at += join->oc, to += step) {
            for (int c = 0; c < cv->c; c++)
                to[c] = add ? at[c] + add[c] : at[c];
            if (!add)
                continue;
            mi_act_apply(kern, &cv->act, cv->c, to, to);
            add += cv->sx * io->add_stride;
        }
    }
}

/* One band of rows of what phases make together. */
static void run_joined(const mi_kern *kern, const mi_conv *cv,
                       const mi_conv *join, const mi_conv_io *io, int task,
                       void *scratch)
{
    mi_conv conv = *join;
    if (io->add)
        conv.act.kind = MI_ACT_NONE;
    int tasks = joined_tasks(join), end = join->oh * (task + 1) / tasks;
    float *row = scratch;
    char *tile = (char *)scratch + row_bytes(join);
    for (int y = join->oh * task / tasks; y < end; y++) {
        mi_conv_io of = *io;
        int64_t first = (int64_t)y * join->ow;
        of.add = NULL;
        of.y_stride = join->oc;
        of.y_row = 0;
        of.y = row - first * join->oc;
        mi_conv_pixels(kern, &conv, &of, first, first + join->ow, tile);
        deal_row(kern, cv, join, row, io, y);
    }
}

/* ---- all of it -------------------------------------------------------------
 */

size_t mi_conv_data_packed_len(const mi_kern *kern, const mi_conv *cv)
{
    size_t len = 0;
    mi_conv join;
    if (join_phases(kern, cv, &join))
        return mi_conv_packed_len(kern, &join);
    for (int i = 0; i < phases_of(cv); i++) {
        phase p = phase_of(cv, i, NULL);
        len += mi_conv_packed_len(kern, &p.conv);
    }
    return len;
}

void mi_conv_data_pack(const mi_kern *kern, const mi_conv *cv,
                       const mi_conv_source *w, const float *bias,
                       float *packed)
{
    mi_conv join;
    if (join_phases(kern, cv, &join)) {
        pack_joined(kern, cv, &join, w, bias, packed);
        return;
    }
    for (int i = 0; i < phases_of(cv); i++) {
        phase p = phase_of(cv, i, w);
        mi_conv_pack_from(kern, &p.conv, &p.w, bias, packed);
        packed += mi_conv_packed_len(kern, &p.conv);
    }
}

size_t mi_conv_data_scratch(const mi_kern *kern, const mi_conv *cv)
{
    size_t most = 0;
    mi_conv join;
    if (join_phases(kern, cv, &join))
        return joined_scratch(kern, &join);
    for (int i = 0; i < phases_of(cv); i++) {
        phase p = phase_of(cv, i, NULL);
        size_t n = mi_conv_scratch(kern, &p.conv);
        most = n > most ? n : most;
    }
    return most;
}

int mi_conv_data_tasks(const mi_kern *kern, const mi_conv *cv)
{
    int n = 0;
    mi_conv join;
    if (join_phases(kern, cv, &join))
        return joined_tasks(&join);
    for (int i = 0; i < phases_of(cv); i++) {
        phase p = phase_of(cv, i, NULL);
        n += mi_conv_tasks(kern, &p.conv);
    }
    return n;
}

void mi_conv_data_run(const mi_kern *kern, const mi_conv *cv,
                      const mi_conv_io *io, int task, void *scratch)
{
    mi_conv_io of = *io;
    mi_conv join;
    if (join_phases(kern, cv, &join)) {
        run_joined(kern, cv, &join, io, task, scratch);
        return;
    }
    for (int i = 0; i < phases_of(cv); i++) {
        phase p = phase_of(cv, i, NULL);
        int tasks = mi_conv_tasks(kern, &p.conv);
        if (task >= tasks) {
            task -= tasks;
            of.packed += mi_conv_packed_len(kern, &p.conv);
            continue;
        }
        of.y = io->y + p.first * io->y_stride;
        of.add = io->add ? io->add + p.first * io->add_stride : NULL;
        of.y_stride = io->y_stride * cv->sx;
        of.add_stride = io->add_stride * cv->sx;
        of.y_row = (ptrdiff_t)cv->w * cv->sy * io->y_stride;
        mi_conv_run(kern, &p.conv, &of, task, scratch);
        return;
    }
    assert(0); /* a task of no phase */
}
