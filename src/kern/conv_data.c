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
 * Source: V. Dumoulin, F. Visin, A guide to convolution arithmetic for deep
 * learning, arXiv 1603.07285, section 4. */
#include "kern/back.h"
#include "kern/tile.h"

#include <assert.h>

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

size_t mi_conv_data_packed_len(const mi_kern *kern, const mi_conv *cv)
{
    size_t len = 0;
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
    for (int i = 0; i < phases_of(cv); i++) {
        phase p = phase_of(cv, i, w);
        mi_conv_pack_from(kern, &p.conv, &p.w, bias, packed);
        packed += mi_conv_packed_len(kern, &p.conv);
    }
}

size_t mi_conv_data_scratch(const mi_kern *kern, const mi_conv *cv)
{
    size_t most = 0;
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
