/* pair.c: a depthwise and then a pointwise convolution, a few rows at a time.
 *
 * What lies between the two is as large as the tensors around it and read
 * once, so a strip of it is made, kept in the cache, and used up before the
 * next.  (The other order was tried too: its strips overlap by the height of
 * the window, and it gained nothing.) */
#include "kern/conv.h"
#include "kern/tile.h"

#include <assert.h>

enum {
    STRIP = 16 << 10,    /* floats of a strip, unless a row is longer */
    TASK_MACS = 2000000, /* multiply-adds worth a task of its own */
    TASKS_MAX = 64,
    PAYS_WEIGHTS = 160 << 10, /* floats: they must stay in the cache, too */
    PAYS_BETWEEN = 128 << 10  /* floats: less stays in the cache anyway */
};

int mi_pair_pays(const mi_kern *kern, const mi_pair *p)
{
    const mi_conv *a = &p->first, *b = &p->second;
    int fits = a->depthwise && !b->depthwise && b->kh == 1 && b->kw == 1 &&
               b->sy == 1 && b->sx == 1 && b->top == 0 && b->left == 0 &&
               b->h == a->oh && b->w == a->ow && b->c == a->oc &&
               b->oh == b->h && b->ow == b->w;
    return fits && kern->lanes > 1 && (int64_t)b->c * b->oc <= PAYS_WEIGHTS &&
           (int64_t)a->oh * a->ow * a->oc >= PAYS_BETWEEN;
}

static int strip_rows(const mi_pair *p)
{
    int64_t n = STRIP / ((int64_t)p->first.ow * p->first.oc);
    n = n < 1 ? 1 : n;
    return n < p->first.oh ? (int)n : p->first.oh;
}

static size_t strip_floats(const mi_pair *p)
{
    size_t row = (size_t)p->first.ow * (size_t)p->first.oc;
    return (row * (size_t)strip_rows(p) + 15) / 16 * 16;
}

size_t mi_pair_scratch(const mi_kern *kern, const mi_pair *p)
{
    return strip_floats(p) * sizeof(float) + mi_conv_scratch(kern, &p->second);
}

int mi_pair_tasks(const mi_kern *kern, const mi_pair *p)
{
    (void)kern;
    const mi_conv *b = &p->second;
    int64_t n = (int64_t)b->oh * b->ow * b->oc * b->c / TASK_MACS;
    n = n < b->oh ? n : b->oh;
    n = n < TASKS_MAX ? n : TASKS_MAX;
    return n < 1 ? 1 : (int)n;
}

/* Some rows of both: depthwise into the strip, pointwise out of it. */
static void run_strip(const mi_kern *kern, const mi_pair *p,
                      const mi_pair_io *io, mi_span rows, float *strip)
{
    mi_conv a = p->first, b = p->second;
    a.top -= rows.lo * a.sy;
    a.oh = b.h = b.oh = rows.hi - rows.lo;
    mi_conv_io first = {.x = io->x,
                        .x_stride = io->x_stride,
                        .packed = io->first,
                        .y = strip,
                        .y_stride = a.oc};
    kern->depthwise_f32(&a, &first, 0, a.oh);

    ptrdiff_t at = (ptrdiff_t)rows.lo * b.ow;
    mi_conv_io second = {.x = strip,
                         .x_stride = b.c,
                         .packed = io->second,
                         .add = io->add ? io->add + at * io->add_stride : NULL,
                         .add_stride = io->add_stride,
                         .y = io->y + at * io->y_stride,
                         .y_stride = io->y_stride};
    mi_conv_pixels(kern, &b, &second, 0, (int64_t)b.oh * b.ow,
                   strip + strip_floats(p));
}

void mi_pair_run(const mi_kern *kern, const mi_pair *p, const mi_pair_io *io,
                 int task, void *scratch)
{
    int n = mi_pair_tasks(kern, p), step = strip_rows(p);
    assert(task >= 0 && task < n);
    int64_t oh = p->second.oh;
    int end = (int)(oh * (task + 1) / n);
    for (int lo = (int)(oh * task / n); lo < end; lo += step) {
        mi_span rows = {lo, lo + step < end ? lo + step : end};
        run_strip(kern, p, io, rows, scratch);
    }
}
