/* op_window.c: how large the result of sliding a window is, and the padding
 * that it takes. */
#include "graph/op_window.h"

#include "graph/graph.h"

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

/* Kernel, strides and dilations, of which none is out of range. */
static const char *set_steps(const mi_window_spec *spec, mi_window *w)
{
    if (spec->kernel->n != 2 || !two(spec->kernel, w->kernel))
        return "the kernel is not two numbers in range";
    if (!two(spec->strides, w->stride))
        return "strides are not two numbers in range";
    if (!two(spec->dilations, w->dilation))
        return "dilations are not two numbers in range";
    if (w->kernel[0] * w->kernel[1] > MAX_TAPS)
        return "the window is too large";
    for (int d = 0; d < 2; d++) {
        if ((w->kernel[d] - 1) * w->dilation[d] >= MAX_PAD)
            return "the window is too large";
        if (w->kernel[d] == 1) /* of one tap; it only costs */
            w->dilation[d] = 1;
    }
    return NULL;
}

const char *mi_window_of(const mi_window_spec *spec, const mien_shape *x,
                         mi_window *out)
{
    mi_window w = {.in = {x->dim[2], x->dim[3]}};
    const char *why = set_steps(spec, &w);
    if (why)
        return why;

    int lower = strcmp(spec->auto_pad, "SAME_LOWER") == 0;
    if (lower || strcmp(spec->auto_pad, "SAME_UPPER") == 0) {
        pad_to_same(&w, lower);
        *out = w;
        return NULL;
    }
    if (strcmp(spec->auto_pad, "NOTSET") == 0) {
        why = set_pads(spec->pads, &w);
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

/* Cut what is too long of axis d off its ends, the odd one at the end, or at
 * the start if lower. */
static void cut_to(mi_window *w, int d, int64_t natural, int lower)
{
    int64_t pad = natural > w->in[d] ? natural - w->in[d] : 0;
    w->before[d] = (pad + lower) / 2;
    w->after[d] = pad - w->before[d];
}

/* Elements added at the end of each axis: fewer than a stride or a dilation. */
static const char *set_more(const mi_ints *list, const mi_window *w,
                            int64_t more[2])
{
    if (list->n != 0 && list->n != 2)
        return "output_padding is not two numbers";
    for (int d = 0; d < 2; d++) {
        int64_t most =
            w->stride[d] > w->dilation[d] ? w->stride[d] : w->dilation[d];
        more[d] = list->n ? list->v[d] : 0;
        if (more[d] < 0 || more[d] >= most)
            return "output_padding is negative or not less than the stride";
    }
    return NULL;
}

/* The result's size, where it is given or follows from auto_pad. */
static const char *set_size(const mi_ints *size, const char *auto_pad,
                            mi_window *w)
{
    if (size->n != 0 && size->n != 2)
        return "output_shape is not two numbers";
    for (int d = 0; d < 2; d++) {
        w->in[d] = 0;
        if (size->n)
            w->in[d] = size->v[d];
        else if (strncmp(auto_pad, "SAME_", 5) == 0)
            w->in[d] = w->out[d] * w->stride[d];
        if (size->n && (w->in[d] < 1 || w->in[d] > MIEN_MAX_TENSOR))
            return "output_shape is out of range";
    }
    return NULL;
}

const char *mi_window_back(const mi_window_spec *spec, const mien_shape *x,
                           const mi_ints *more, const mi_ints *size,
                           mi_window *out)
{
    mi_window w = {.out = {x->dim[2], x->dim[3]}};
    int64_t added[2] = {0};
    int upper = strcmp(spec->auto_pad, "SAME_UPPER") == 0, given = size->n != 0;
    int same = upper || strcmp(spec->auto_pad, "SAME_LOWER") == 0;
    if (!same && strcmp(spec->auto_pad, "NOTSET") != 0 &&
        strcmp(spec->auto_pad, "VALID") != 0)
        return "auto_pad is unknown";
    const char *why = set_steps(spec, &w);
    if (!why)
        why = set_more(more, &w, added);
    if (!why)
        why = set_size(size, spec->auto_pad, &w);
    if (!why && !given && strcmp(spec->auto_pad, "NOTSET") == 0)
        why = set_pads(spec->pads, &w);
    if (why)
        return why;
    for (int d = 0; d < 2; d++) {
        int64_t natural = (w.out[d] - 1) * w.stride[d] + added[d] +
                          (w.kernel[d] - 1) * w.dilation[d] + 1;
        if (same || given)
            cut_to(&w, d, natural, !upper);
        else
            w.in[d] = natural - w.before[d] - w.after[d];
        if (w.in[d] < 1)
            return "the pads leave nothing of the result";
    }
    *out = w;
    return NULL;
}

const char *mi_window_kernel(const mi_node *n, const mi_ints *given,
                             mi_ints *kernel)
{
    const mien_shape *x = &n->in[0]->shape, *w = &n->in[1]->shape;
    if (x->rank != 4 || w->rank != 4)
        return "only two spatial dimensions are supported";
    *kernel = (mi_ints){2, {w->dim[2], w->dim[3]}};
    if (given->n != 0 && (given->n != 2 || given->v[0] != kernel->v[0] ||
                          given->v[1] != kernel->v[1]))
        return "kernel_shape differs from the weights";
    return NULL;
}
