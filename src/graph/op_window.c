/* op_window.c: how large the result of sliding a window is, and the padding
 * that it takes. */
#include "graph/op_window.h"

#include <string.h>

/* Of a stride, a dilation and a padding. */
enum { MAX_STEP = 1 << 16, MAX_PAD = 1 << 20, MAX_TAPS = 1 << 26 };

/* Two numbers from a list that may be empty (both are 1 then). */
static int two(const mi_ints *list, int64_t out[2])
{
    for (int d = 0; d < 2; d++) {
        out[d] = list->n ? list->v[d] : 1;
        if (out[d] < 1 || out[d] > MAX_STEP)
            return 0;
    }
    return list->n == 0 || list->n == 2;
}

static const char *set_pads(const mi_ints *pads, mi_window *w)
{
    if (pads->n != 0 && pads->n != 4)
        return "pads are not four numbers";
    for (int d = 0; d < 2; d++) {
        w->before[d] = pads->n ? pads->v[d] : 0;
        w->after[d] = pads->n ? pads->v[d + 2] : 0;
        if (w->before[d] < 0 || w->before[d] > MAX_PAD || w->after[d] < 0 ||
            w->after[d] > MAX_PAD)
            return "pads are negative or too large";
    }
    return NULL;
}

/* Pad so that the result is in / stride, rounded up; the odd one at the end, or
 * at the start if lower. */
static void pad_to_same(mi_window *w, int lower)
{
    for (int d = 0; d < 2; d++) {
        int64_t extent = (w->kernel[d] - 1) * w->dilation[d] + 1;
        w->out[d] = (w->in[d] + w->stride[d] - 1) / w->stride[d];
        int64_t pad = (w->out[d] - 1) * w->stride[d] + extent - w->in[d];
        pad = pad < 0 ? 0 : pad;
        w->before[d] = (pad + lower) / 2;
        w->after[d] = pad - w->before[d];
    }
}

/* With ceil_mode a last window that hangs over the end counts, unless it would
 * start beyond the input and the padding before it. */
static int slide(mi_window *w, int64_t ceil_mode)
{
    for (int d = 0; d < 2; d++) {
        int64_t extent = (w->kernel[d] - 1) * w->dilation[d] + 1;
        int64_t room = w->before[d] + w->in[d] + w->after[d] - extent;
        if (room < 0)
            return 0;
        w->out[d] = room / w->stride[d] + 1;
        if (ceil_mode && room % w->stride[d] != 0 &&
            w->out[d] * w->stride[d] < w->in[d] + w->before[d])
            w->out[d]++;
    }
    return 1;
}

const char *mi_window_of(const mi_window_spec *spec, const mien_shape *x,
                         mi_window *out)
{
    mi_window w = {.in = {x->dim[2], x->dim[3]}};
    if (spec->kernel->n != 2 || !two(spec->kernel, w.kernel))
        return "the kernel is not two numbers in range";
    if (!two(spec->strides, w.stride))
        return "strides are not two numbers in range";
    if (!two(spec->dilations, w.dilation))
        return "dilations are not two numbers in range";
    if (w.kernel[0] * w.kernel[1] > MAX_TAPS)
        return "the window is too large";
    for (int d = 0; d < 2; d++) {
        if ((w.kernel[d] - 1) * w.dilation[d] >= MAX_PAD)
            return "the window is too large";
        if (w.kernel[d] == 1) /* of one tap; it only costs */
            w.dilation[d] = 1;
    }

    int lower = strcmp(spec->auto_pad, "SAME_LOWER") == 0;
    if (lower || strcmp(spec->auto_pad, "SAME_UPPER") == 0) {
        pad_to_same(&w, lower);
        *out = w;
        return NULL;
    }
    if (strcmp(spec->auto_pad, "NOTSET") == 0) {
        const char *why = set_pads(spec->pads, &w);
        if (why)
            return why;
    } else if (strcmp(spec->auto_pad, "VALID") != 0) {
        return "auto_pad is unknown";
    }
    if (!slide(&w, spec->ceil_mode))
        return "the window is larger than the input";
    *out = w;
    return NULL;
}
