/* conv_pool.c: a convolution and the maximum of two by two behind it.
 *
 * Written out, what lies between is the largest tensor of a network that begins
 * so, and most of its time is spent on moving it: forward once written and
 * read, backward written and read twice.  A band of rows of it stays in a cache
 * instead; backward it is made anew, from the gradient of the result and the
 * winners, by whoever needs it. */
#include "kern/back.h"
#include "kern/tile.h"

enum {
    BAND_FLOATS = 16 << 10,  /* of what lies between, forward */
    DATA_FLOATS = 40 << 10,  /* the same backward */
    WEIGHTS_MOST = 192 << 10 /* floats that stay in a cache */
};

int mi_conv_pool_fits(const mi_conv *cv, const mi_pool2d *p)
{
    return !cv->depthwise && cv->sy == 1 && cv->sx == 1 && !p->average &&
           p->kh == 2 && p->kw == 2 && p->sy == 2 && p->sx == 2 && !p->top &&
           !p->left && p->h == cv->oh && p->w == cv->ow && p->c == cv->oc &&
           p->oh == cv->oh / 2 && p->ow == cv->ow / 2 &&
           (int64_t)cv->kh * cv->kw * cv->c * cv->oc <= WEIGHTS_MOST;
}

/* Rows of the result that a task makes. */
static int rows_of(const mi_conv *cv, const mi_pool2d *p)
{
    int64_t rows = BAND_FLOATS / ((int64_t)2 * cv->ow * cv->oc);
    return (int)(rows < 1 ? 1 : rows > p->oh ? p->oh : rows);
}

int mi_conv_pool_tasks(const mi_conv *cv, const mi_pool2d *p)
{
    int rows = rows_of(cv, p);
    return (p->oh + rows - 1) / rows;
}

static size_t round_up(size_t n) { return (n + 63) / 64 * 64; }

size_t mi_conv_pool_scratch(const mi_kern *kern, const mi_conv *cv,
                            const mi_pool2d *p)
{
    size_t between = (size_t)(2 * rows_of(cv, p) * cv->ow) * (size_t)cv->oc;
    return round_up(between * sizeof(float)) + mi_conv_scratch(kern, cv);
}

/* Rows row0..row1 of what a convolution gives, as one of their own. */
static mi_conv band_of(const mi_conv *cv, int row0, int row1)
{
    mi_conv b = *cv;
    b.top -= row0 * cv->sy;
    b.oh = row1 - row0;
    return b;
}

void mi_conv_pool_run(const mi_kern *kern, const mi_conv *cv,
                      const mi_pool2d *p, const mi_conv_io *io, uint8_t *winner,
                      int task, void *scratch)
{
    int rows = rows_of(cv, p), row0 = task * rows;
    int row1 = row0 + rows < p->oh ? row0 + rows : p->oh;
    const mi_conv b = band_of(cv, 2 * row0, 2 * row1);
    float *between = scratch;
    size_t used = (size_t)(2 * rows * cv->ow) * (size_t)cv->oc * sizeof(float);
    mi_conv_io of = *io;
    of.y = between;
    of.y_stride = cv->oc;
    mi_conv_pixels(kern, &b, &of, 0, (int64_t)b.oh * b.ow,
                   (char *)scratch + round_up(used));
    mi_pool2d part = *p;
    part.h = b.oh;
    part.oh = row1 - row0;
    ptrdiff_t at = (ptrdiff_t)row0 * p->ow;
    const mi_pool2d_io to = {.x = between,
                             .x_stride = cv->oc,
                             .y = io->y + at * io->y_stride,
                             .y_stride = io->y_stride};
    kern->pool2d_winner_f32(&part, &to, winner + at * p->c, 0, part.oh);
}

void mi_pool_spread(const mi_kern *kern, const mi_pool2d *p, const float *dy,
                    const uint8_t *winner, int row0, int row1, float *to)
{
    mi_pool2d part = *p;
    ptrdiff_t at = (ptrdiff_t)(row0 / 2) * p->ow * p->c;
    part.h = row1 - row0;
    part.oh = p->oh - row0 / 2 < part.h / 2 ? p->oh - row0 / 2 : part.h / 2;
    mi_pool_back_io io = {.dy = dy + at, .winner = winner + at};
    io.dx = to;
    kern->pool_back_f32(&part, &io, 0, part.h);
}

/* ---- backward to the input -------------------------------------------------
 */

/* Rows of the input whose gradient a task makes. */
static int data_rows_of(const mi_conv *cv)
{
    int64_t rows = DATA_FLOATS / ((int64_t)cv->ow * cv->oc) - cv->kh;
    int least = 4 * cv->kh;
    rows = rows < least ? least : rows;
    return (int)(rows > cv->h ? cv->h : rows);
}

int mi_conv_pool_data_tasks(const mi_conv *cv, const mi_pool2d *p)
{
    (void)p;
    int rows = data_rows_of(cv);
    return (cv->h + rows - 1) / rows;
}

/* Bytes of the rows between that a task needs: two more for whole pairs. */
static size_t spread_bytes(const mi_conv *cv)
{
    int reach = (cv->kh - 1) * cv->dy;
    size_t rows = (size_t)data_rows_of(cv) + (size_t)reach + 2;
    return round_up(rows * (size_t)cv->ow * (size_t)cv->oc * sizeof(float));
}

size_t mi_conv_pool_data_scratch(const mi_kern *kern, const mi_conv *cv,
                                 const mi_pool2d *p)
{
    (void)p;
    return spread_bytes(cv) + mi_conv_data_scratch(kern, cv);
}

static int between(int v, int lo, int hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

void mi_conv_pool_data_run(const mi_kern *kern, const mi_conv *cv,
                           const mi_pool2d *p, const mi_conv_io *io,
                           const uint8_t *winner, int task, void *scratch)
{
    int rows = data_rows_of(cv), row0 = task * rows;
    int row1 = row0 + rows < cv->h ? row0 + rows : cv->h;
    mi_conv all = mi_conv_data_phase(cv);
    int reach = (all.kh - 1) * all.dy;
    int first = between(row0 - all.top, 0, 2 * p->oh) / 2 * 2;
    int end = between(row1 - all.top + reach + 1, first, 2 * p->oh) / 2 * 2;
    mi_conv b = band_of(&all, row0, row1);
    b.top += first;
    b.h = end - first;
    if (b.h > 0)
        mi_pool_spread(kern, p, io->x, winner, first, end, scratch);
    mi_conv_io of = *io;
    ptrdiff_t at = (ptrdiff_t)row0 * cv->w;
    of.x = scratch;
    of.x_stride = cv->oc;
    of.y = io->y + at * io->y_stride;
    of.add = io->add ? io->add + at * io->add_stride : NULL;
    mi_conv_pixels(kern, &b, &of, 0, (int64_t)b.oh * b.ow,
                   (char *)scratch + spread_bytes(cv));
}
