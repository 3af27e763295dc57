/* conv.c: convolutions and poolings cut into tasks, and tasks into tiles.
 *
 * An output pixel is a sum over runs of inputs that lie together in memory; a
 * tile of pixels is computed from a table of where its runs begin (rows.h), so
 * no im2col is written.  Weights are packed in panels (tile.h).
 *
 * A task is a block of pixels by a group of panels.  A group fits the
 * second-level cache, and the tasks of one group follow each other.
 *
 * Method: K. Goto, R. van de Geijn, Anatomy of High-Performance Matrix
 * Multiplication, ACM TOMS 34(3), 2008, for the panels. */
#include "kern/conv.h"
#include "kern/rows.h"
#include "kern/tile.h"

#include <assert.h>
#include <string.h>

enum {
    TASK_MACS = 2000000,     /* multiply-adds worth a task of its own */
    TASK_WEIGHTS = 64 << 10, /* floats of weights worth a task of its own */
    GROUP_WEIGHTS = 192 << 10,
    TASKS_MAX = 64
};

typedef struct cut {
    int blocks; /* of pixels */
    int groups; /* of panels */
    int panels;
} cut;

static int64_t inputs_of(const mi_conv *cv)
{
    return (int64_t)cv->kh * cv->kw * cv->c;
}

static int64_t divide_up(int64_t n, int64_t d) { return (n + d - 1) / d; }

static int64_t between(int64_t v, int64_t lo, int64_t hi)
{
    v = v < hi ? v : hi;
    return v > lo ? v : lo;
}

/* Panels of weights. */
static int64_t panels_of(const mi_kern *k, const mi_conv *cv)
{
    return divide_up(cv->oc, (int64_t)2 * k->lanes);
}

/* From the shape alone, so that every machine and thread count agrees. */
static cut cut_of(const mi_kern *k, const mi_conv *cv)
{
    int64_t weights = inputs_of(cv) * cv->oc;
    int64_t pixels = (int64_t)cv->oh * cv->ow;
    int64_t panels = panels_of(k, cv);
    int64_t tasks = divide_up(weights * pixels, TASK_MACS);
    int64_t by_weights = divide_up(weights, TASK_WEIGHTS);
    int64_t groups = divide_up(weights, GROUP_WEIGHTS);
    tasks = between(tasks > by_weights ? tasks : by_weights, 1, TASKS_MAX);
    if (weights > (int64_t)cv->h * cv->w * cv->c && groups < tasks)
        groups = tasks;
    groups = between(groups, 1, panels);
    int64_t blocks = between(divide_up(tasks, groups), 1,
                             divide_up(pixels, (int64_t)2 * k->rows[1]));
    return (cut){(int)blocks, (int)groups, (int)panels};
}

static size_t panel_len(const mi_kern *k, const mi_conv *cv, int panel)
{
    int left = cv->oc - panel * 2 * k->lanes;
    int wide = left > k->lanes ? 2 : 1;
    return (size_t)(wide * k->lanes) * (size_t)(1 + inputs_of(cv));
}

static size_t padded_channels(const mi_kern *k, const mi_conv *cv)
{
    return (size_t)divide_up(cv->c, k->lanes) * (size_t)k->lanes;
}

size_t mi_conv_packed_len(const mi_kern *k, const mi_conv *cv)
{
    if (cv->depthwise)
        return padded_channels(k, cv) * (size_t)(1 + cv->kh * cv->kw);
    int last = (int)panels_of(k, cv) - 1;
    return (size_t)last * panel_len(k, cv, 0) + panel_len(k, cv, last);
}

/* Blocks of `lanes` channels: the biases, then the taps of each. */
static void pack_depthwise(const mi_kern *k, const mi_conv *cv, const float *w,
                           const float *bias, float *packed)
{
    int taps = cv->kh * cv->kw;
    memset(packed, 0, mi_conv_packed_len(k, cv) * sizeof *packed);
    for (int c = 0; c < cv->c; c++) {
        int block = c / k->lanes * k->lanes;
        float *to = packed + (ptrdiff_t)block * (1 + taps) + c - block;
        to[0] = bias ? bias[c] : 0;
        for (int tap = 0; tap < taps; tap++)
            to[(ptrdiff_t)(tap + 1) * k->lanes] = w[(ptrdiff_t)tap * cv->c + c];
    }
}

void mi_conv_pack(const mi_kern *k, const mi_conv *cv, const float *w,
                  const float *bias, float *packed)
{
    if (cv->depthwise) {
        pack_depthwise(k, cv, w, bias, packed);
        return;
    }
    int64_t inputs = inputs_of(cv);
    for (int o = 0; o < cv->oc; o += 2 * k->lanes) {
        int left = cv->oc - o;
        int wide = left > k->lanes ? 2 * k->lanes : k->lanes;
        for (int j = 0; j < wide; j++)
            packed[j] = bias && j < left ? bias[o + j] : 0;
        const float *from = w + o * inputs;
        float *to = packed + wide;
        for (int64_t i = 0; i < inputs; i++)
            for (int j = 0; j < wide; j++)
                *to++ = j < left ? from[j * inputs + i] : 0;
        packed += wide * (1 + inputs);
    }
}

static int most_rows(const mi_kern *k)
{
    return k->rows[0] > k->rows[1] ? k->rows[0] : k->rows[1];
}

size_t mi_conv_scratch(const mi_kern *k, const mi_conv *cv)
{
    return cv->depthwise ? 0 : mi_rows_scratch(cv, most_rows(k));
}

/* Pixels p0 <= p < p1 in tiles that differ by one row at most. */
static void run_block(const mi_kern *k, const mi_rows *r, mi_tile *t,
                      int64_t p0, int64_t p1)
{
    int most = t->oc > k->lanes ? k->rows[1] : k->rows[0];
    for (int64_t tiles = divide_up(p1 - p0, most); tiles > 0; tiles--) {
        t->rows = (int)((p1 - p0) / tiles);
        mi_rows_point(r, p0, t->rows);
        k->conv_tile_f32(t);
        t->y += t->rows * t->y_stride;
        if (t->add)
            t->add += t->rows * t->add_stride;
        p0 += t->rows;
    }
}

/* Pixels p0 <= p < p1 of panels first <= i < end. */
typedef struct part {
    int64_t p0, p1;
    int first, end;
} part;

static void run_part(const mi_kern *k, const mi_conv *cv, const mi_conv_io *io,
                     part at, void *scratch)
{
    int o = at.first * 2 * k->lanes, last = at.end * 2 * k->lanes;
    mi_rows r = mi_rows_of(cv, io->x, io->x_stride, most_rows(k), scratch);
    mi_tile t = {
        .a = r.table,
        .taps = r.runs,
        .run = r.run,
        .w = io->packed + (size_t)at.first * panel_len(k, cv, 0),
        .oc = (last < cv->oc ? last : cv->oc) - o,
        .add = io->add ? io->add + at.p0 * io->add_stride + o : NULL,
        .add_stride = io->add_stride,
        .y = io->y + at.p0 * io->y_stride + o,
        .y_stride = io->y_stride,
        .act = cv->act,
    };
    run_block(k, &r, &t, at.p0, at.p1);
}

static void run_task(const mi_kern *k, const mi_conv *cv, const mi_conv_io *io,
                     int task, void *scratch)
{
    cut parts = cut_of(k, cv);
    int64_t group = task / parts.blocks, block = task % parts.blocks;
    int64_t pixels = (int64_t)cv->oh * cv->ow, panels = parts.panels;
    part at = {pixels * block / parts.blocks,
               pixels * (block + 1) / parts.blocks,
               (int)(panels * group / parts.groups),
               (int)(panels * (group + 1) / parts.groups)};
    run_part(k, cv, io, at, scratch);
}

void mi_conv_pixels(const mi_kern *k, const mi_conv *cv, const mi_conv_io *io,
                    int64_t p0, int64_t p1, void *scratch)
{
    part all = {p0, p1, 0, (int)panels_of(k, cv)};
    run_part(k, cv, io, all, scratch);
}

/* Bands of rows for what has no sum over channels. */
static int bands(int oh, int64_t row_floats)
{
    int64_t wanted = divide_up(oh * row_floats, 64 << 10);
    return (int)between(wanted, 1, oh < TASKS_MAX ? oh : TASKS_MAX);
}

static int depthwise_bands(const mi_conv *cv)
{
    return bands(cv->oh, (int64_t)cv->ow * cv->c);
}

int mi_conv_tasks(const mi_kern *k, const mi_conv *cv)
{
    if (cv->depthwise)
        return depthwise_bands(cv);
    cut parts = cut_of(k, cv);
    return parts.blocks * parts.groups;
}

void mi_conv_run(const mi_kern *k, const mi_conv *cv, const mi_conv_io *io,
                 int task, void *scratch)
{
    assert(task >= 0 && task < mi_conv_tasks(k, cv));
    if (!cv->depthwise) {
        run_task(k, cv, io, task, scratch);
        return;
    }
    int n = depthwise_bands(cv);
    k->depthwise_f32(cv, io, (int)((int64_t)cv->oh * task / n),
                     (int)((int64_t)cv->oh * (task + 1) / n));
}

int mi_pool2d_tasks(const mi_kern *k, const mi_pool2d *p)
{
    (void)k;
    return bands(p->oh, (int64_t)p->ow * p->c);
}

void mi_pool2d_run(const mi_kern *k, const mi_pool2d *p, const float *x,
                   ptrdiff_t x_stride, float *y, ptrdiff_t y_stride, int task)
{
    mi_pool2d_io io = {.x = x, .x_stride = x_stride, .y_stride = y_stride};
    io.y = y;
    int n = mi_pool2d_tasks(k, p);
    k->pool2d_f32(p, &io, (int)((int64_t)p->oh * task / n),
                  (int)((int64_t)p->oh * (task + 1) / n));
}
