/* pair.c: a depthwise and a pointwise convolution, a few rows at a time.
 *
 * What lies between them is as large as the tensors around them and read once,
 * so it is worth keeping in the cache: a strip of rows goes through both
 * before the next strip is begun.  When the depthwise one is second its strips
 * overlap by the height of its window; the rows that two strips share are kept
 * within a task, and made twice where two tasks meet. */
#include "kern/conv.h"
#include "kern/tile.h"

#include <assert.h>
#include <string.h>

enum {
    STRIP = 8 << 10,     /* floats of a strip, unless a row is longer */
    TASK_MACS = 2000000, /* multiply-adds worth a task of its own */
    TASK_ROWS = 8,       /* fewest rows of a task where rows are shared */
    TASKS_MAX = 64,
    PAYS_WEIGHTS = 160 << 10 /* floats: they must stay in the cache */
};

static int pointwise(const mi_conv *cv)
{
    return !cv->depthwise && cv->kh == 1 && cv->kw == 1 && cv->sy == 1 &&
           cv->sx == 1 && cv->top == 0 && cv->left == 0 && cv->oh == cv->h &&
           cv->ow == cv->w;
}

int mi_pair_pays(const mi_kern *k, const mi_pair *p)
{
    const mi_conv *a = &p->first, *b = &p->second;
    int fits = (a->depthwise && pointwise(b)) || (pointwise(a) && b->depthwise);
    if (!fits || k->lanes == 1 || b->h != a->oh || b->w != a->ow)
        return 0;
    int64_t between = (int64_t)a->oh * a->ow * a->oc;
    int64_t weights = (int64_t)b->c * b->oc;
    if (b->depthwise)
        weights = (int64_t)a->c * a->oc;
    return weights <= PAYS_WEIGHTS && between > 2 * STRIP;
}

/* Rows of what is between that a strip of n output rows needs. */
static int rows_between(const mi_pair *p, int n)
{
    const mi_conv *b = &p->second;
    return (n - 1) * b->sy + (b->kh - 1) * b->dy + 1;
}

/* Output rows of a strip. */
static int strip_rows(const mi_pair *p)
{
    int64_t row = (int64_t)p->first.ow * p->first.oc * p->second.sy;
    int64_t n = STRIP / row;
    n = n < 1 ? 1 : n;
    return n < p->second.oh ? (int)n : p->second.oh;
}

static size_t strip_floats(const mi_pair *p)
{
    size_t row = (size_t)p->first.ow * (size_t)p->first.oc;
    size_t n = row * (size_t)rows_between(p, strip_rows(p));
    return (n + 15) / 16 * 16;
}

size_t mi_pair_scratch(const mi_kern *k, const mi_pair *p)
{
    const mi_conv *point = p->first.depthwise ? &p->second : &p->first;
    return strip_floats(p) * sizeof(float) + mi_conv_scratch(k, point);
}

int mi_pair_tasks(const mi_kern *k, const mi_pair *p)
{
    const mi_conv *a = &p->first, *b = &p->second;
    (void)k;
    int64_t macs = (int64_t)b->oh * b->ow * b->oc * b->c;
    if (b->depthwise)
        macs = (int64_t)a->oh * a->ow * a->oc * a->c;
    int least = b->depthwise ? TASK_ROWS : 1;
    int64_t n = macs / TASK_MACS, most = b->oh / least;
    n = n < most ? n : most;
    n = n < TASKS_MAX ? n : TASKS_MAX;
    return n < 1 ? 1 : (int)n;
}

/* Output rows row0 <= y < row1 of a depthwise convolution whose input x begins
 * with its row `from` and has n rows; y begins with row0. */
static void depthwise_rows(const mi_kern *k, const mi_conv *cv, mi_conv_io *io,
                           int from, int n, mi_span rows)
{
    mi_conv part = *cv;
    part.h = n;
    part.top = cv->top - rows.lo * cv->sy + from;
    part.oh = rows.hi - rows.lo;
    k->depthwise_f32(&part, io, 0, part.oh);
}

static void depthwise_first(const mi_kern *k, const mi_pair *p,
                            const mi_pair_io *io, mi_span rows, float *strip)
{
    const mi_conv *b = &p->second;
    void *scratch = strip + strip_floats(p);
    int step = strip_rows(p);
    for (int lo = rows.lo; lo < rows.hi; lo += step) {
        mi_span now = {lo, lo + step < rows.hi ? lo + step : rows.hi};
        mi_conv_io first = {.x = io->x,
                            .x_stride = io->x_stride,
                            .packed = io->first,
                            .y = strip,
                            .y_stride = b->c};
        depthwise_rows(k, &p->first, &first, 0, p->first.h, now);

        ptrdiff_t at = (ptrdiff_t)lo * b->ow;
        mi_conv_io second = {.x = strip,
                             .x_stride = b->c,
                             .packed = io->second,
                             .add =
                                 io->add ? io->add + at * io->add_stride : NULL,
                             .add_stride = io->add_stride,
                             .y = io->y + at * io->y_stride,
                             .y_stride = io->y_stride};
        mi_conv part = *b;
        part.h = part.oh = now.hi - now.lo;
        mi_conv_pixels(k, &part, &second, 0, (int64_t)part.oh * part.ow,
                       scratch);
    }
}

/* Rows of what is between that output rows `rows` need. */
static mi_span span_between(const mi_conv *b, mi_span rows)
{
    mi_span s = {rows.lo * b->sy - b->top,
                 (rows.hi - 1) * b->sy - b->top + (b->kh - 1) * b->dy + 1};
    s.lo = s.lo < 0 ? 0 : s.lo;
    s.hi = s.hi < b->h ? s.hi : b->h;
    s.lo = s.lo < s.hi ? s.lo : s.hi;
    return s;
}

static void pointwise_rows(const mi_kern *k, const mi_pair *p,
                           const mi_pair_io *io, mi_span rows, float *y,
                           void *scratch)
{
    const mi_conv *a = &p->first;
    if (rows.lo >= rows.hi)
        return;
    mi_conv part = *a;
    part.h = part.oh = rows.hi - rows.lo;
    mi_conv_io first = {.x = io->x + (ptrdiff_t)rows.lo * a->w * io->x_stride,
                        .x_stride = io->x_stride,
                        .packed = io->first,
                        .y = y,
                        .y_stride = a->oc};
    mi_conv_pixels(k, &part, &first, 0, (int64_t)part.oh * part.ow, scratch);
}

static void pointwise_first(const mi_kern *k, const mi_pair *p,
                            const mi_pair_io *io, mi_span rows, float *strip)
{
    const mi_conv *b = &p->second;
    ptrdiff_t row = (ptrdiff_t)b->w * b->c;
    void *scratch = strip + strip_floats(p);
    int step = strip_rows(p);
    mi_span have = {0, 0}; /* rows of what is between, in strip */
    for (int lo = rows.lo; lo < rows.hi; lo += step) {
        mi_span now = {lo, lo + step < rows.hi ? lo + step : rows.hi};
        mi_span need = span_between(b, now);
        int kept = have.hi > need.lo ? have.hi - need.lo : 0;
        if (kept)
            memmove(strip, strip + (need.lo - have.lo) * row,
                    (size_t)(kept * row) * sizeof *strip);
        have = need;
        need.lo += kept;
        pointwise_rows(k, p, io, need, strip + kept * row, scratch);

        ptrdiff_t at = (ptrdiff_t)lo * b->ow;
        mi_conv_io second = {.x = strip,
                             .x_stride = b->c,
                             .packed = io->second,
                             .add =
                                 io->add ? io->add + at * io->add_stride : NULL,
                             .add_stride = io->add_stride,
                             .y = io->y + at * io->y_stride,
                             .y_stride = io->y_stride};
        depthwise_rows(k, b, &second, have.lo, have.hi - have.lo, now);
    }
}

void mi_pair_run(const mi_kern *k, const mi_pair *p, const mi_pair_io *io,
                 int task, void *scratch)
{
    int n = mi_pair_tasks(k, p);
    assert(task >= 0 && task < n);
    int64_t oh = p->second.oh;
    mi_span rows = {(int)(oh * task / n), (int)(oh * (task + 1) / n)};
    if (p->first.depthwise)
        depthwise_first(k, p, io, rows, scratch);
    else
        pointwise_first(k, p, io, rows, scratch);
}
