/* conv_tasks.c: convolutions cut into tasks, and tasks into tiles.
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
#include "kern/back.h"
#include "kern/conv.h"
#include "kern/rows.h"
#include "kern/tile.h"
#include "kern/words.h"

#include <assert.h>
#include <string.h>

enum {
    TASK_MACS = 2000000,     /* multiply-adds worth a task of its own */
    TASK_WEIGHTS = 64 << 10, /* floats of weights worth a task of its own */
    GROUP_WEIGHTS = 192 << 10
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

static int64_t between(int64_t v, int64_t lo, int64_t hi)
{
    v = v < hi ? v : hi;
    return v > lo ? v : lo;
}

/* Channels of a panel of weights. */
static int panel_wide(const mi_kern *kern, const mi_conv *cv)
{
    return (cv->words ? MI_WORDS_WIDE : 2) * kern->lanes;
}

/* Panels of weights. */
static int64_t panels_of(const mi_kern *kern, const mi_conv *cv)
{
    return mi_divide_up(cv->oc, panel_wide(kern, cv));
}

/* From the shape alone, so that every machine and thread count agrees. */
static cut cut_of(const mi_kern *kern, const mi_conv *cv)
{
    int64_t weights = inputs_of(cv) * cv->oc;
    int64_t pixels = (int64_t)cv->oh * cv->ow;
    int64_t panels = panels_of(kern, cv);
    int64_t tasks = mi_divide_up(weights * pixels, TASK_MACS);
    int64_t by_weights = mi_divide_up(weights, TASK_WEIGHTS);
    int64_t groups = mi_divide_up(weights, GROUP_WEIGHTS);
    tasks = between(tasks > by_weights ? tasks : by_weights, 1, MI_TASKS_MAX);
    if (weights > (int64_t)cv->h * cv->w * cv->c && groups < tasks)
        groups = tasks;
    groups = between(groups, 1, panels);
    int64_t blocks = between(mi_divide_up(tasks, groups), 1,
                             mi_divide_up(pixels, (int64_t)2 * kern->rows[1]));
    return (cut){(int)blocks, (int)groups, (int)panels};
}

static size_t panel_len(const mi_kern *kern, const mi_conv *cv, int panel)
{
    int left = cv->oc - panel * 2 * kern->lanes;
    int wide = left > kern->lanes ? 2 : 1;
    return (size_t)(wide * kern->lanes) * (size_t)(1 + inputs_of(cv));
}

/* Where the packed weights of panel `first` begin: all before are whole. */
static size_t panel_at(const mi_kern *kern, const mi_conv *cv, int first)
{
    size_t wide = (size_t)first * (size_t)panel_wide(kern, cv);
    size_t deep = (size_t)inputs_of(cv);
    return cv->words ? MI_WORDS_HEAD + wide * (3 + deep / 2)
                     : wide * (1 + deep);
}

static size_t padded_channels(const mi_kern *kern, const mi_conv *cv)
{
    return (size_t)mi_divide_up(cv->c, kern->lanes) * (size_t)kern->lanes;
}

size_t mi_conv_packed_len(const mi_kern *kern, const mi_conv *cv)
{
    if (cv->depthwise)
        return padded_channels(kern, cv) * (size_t)(1 + cv->kh * cv->kw);
    if (cv->words)
        return mi_words_packed_len(kern, cv);
    int last = (int)panels_of(kern, cv) - 1;
    return (size_t)last * panel_len(kern, cv, 0) + panel_len(kern, cv, last);
}

/* Blocks of `lanes` channels: the biases, then the taps of each. */
static void pack_depthwise(const mi_kern *kern, const mi_conv *cv,
                           const mi_conv_source *w, const float *bias,
                           float *packed)
{
    int taps = cv->kh * cv->kw;
    memset(packed, 0, mi_conv_packed_len(kern, cv) * sizeof *packed);
    for (int c = 0; c < cv->c; c++) {
        int block = c / kern->lanes * kern->lanes;
        float *to = packed + (ptrdiff_t)block * (1 + taps) + c - block;
        to[0] = bias ? bias[c] : 0;
        for (int ky = 0; ky < cv->kh; ky++)
            for (int kx = 0; kx < cv->kw; kx++) {
                to += kern->lanes;
                *to = w->w[c * w->out + ky * w->down + kx * w->across];
            }
    }
}

/* One tap of a panel: `wide` channels from o on, of which `have` exist. */
static float *pack_tap(const mi_conv *cv, const mi_conv_source *w,
                       const float *from, int wide, int have, float *to)
{
    for (int i = 0; i < cv->c; i++, from += w->in, to += wide)
        for (int j = 0; j < wide; j++)
            to[j] = j < have ? from[j * w->out] : 0;
    return to;
}

void mi_conv_pack_from(const mi_kern *kern, const mi_conv *cv,
                       const mi_conv_source *w, const float *bias,
                       float *packed)
{
    if (cv->depthwise) {
        pack_depthwise(kern, cv, w, bias, packed);
        return;
    }
    for (int o = 0; o < cv->oc; o += 2 * kern->lanes) {
        int left = cv->oc - o;
        int wide = left > kern->lanes ? 2 * kern->lanes : kern->lanes;
        int have = left < wide ? left : wide;
        for (int j = 0; j < wide; j++)
            packed[j] = bias && j < have ? bias[o + j] : 0;
        packed += wide;
        for (int ky = 0; ky < cv->kh; ky++)
            for (int kx = 0; kx < cv->kw; kx++)
                packed = pack_tap(
                    cv, w, w->w + o * w->out + ky * w->down + kx * w->across,
                    wide, have, packed);
    }
}

/* One tap of an output channel. */
static void arrange_tap(const float *w, ptrdiff_t in, int c, float scale,
                        float *out)
{
    if (in == 1) { /* of which vectors can be made */
        for (int i = 0; i < c; i++)
            out[i] = w[i] * scale;
        return;
    }
    for (int i = 0; i < c; i++, w += in)
        out[i] = *w * scale;
}

void mi_conv_arrange(const mi_conv *cv, const mi_conv_source *from,
                     const float *scale, float *out)
{
    int taps = cv->kh * cv->kw, c = cv->c;
    for (int o = 0; o < (cv->depthwise ? 1 : cv->oc); o++)
        for (int t = 0; t < taps; t++, out += c) {
            const float *w =
                from->w + t / cv->kw * from->down + t % cv->kw * from->across;
            if (!cv->depthwise)
                arrange_tap(w + o * from->out, from->in, c, scale[o], out);
            for (int i = 0; cv->depthwise && i < c; i++)
                out[i] = w[i * from->out] * scale[i];
        }
}

void mi_conv_pack(const mi_kern *kern, const mi_conv *cv, const float *w,
                  const float *bias, float *packed)
{
    if (cv->words) {
        mi_words_pack(kern, cv, w, bias, packed);
        return;
    }
    mi_conv_source from = {w, (ptrdiff_t)inputs_of(cv), 1,
                           (ptrdiff_t)cv->kw * cv->c, cv->c};
    if (cv->depthwise)
        from.out = 1;
    mi_conv_pack_from(kern, cv, &from, bias, packed);
}

static int most_rows(const mi_kern *kern, const mi_conv *cv)
{
    if (cv->words)
        return MI_WORDS_ROWS;
    return kern->rows[0] > kern->rows[1] ? kern->rows[0] : kern->rows[1];
}

/* Bytes of the table of rows, so that whole numbers may follow. */
static size_t table_bytes(const mi_kern *kern, const mi_conv *cv)
{
    return (mi_rows_scratch(cv, most_rows(kern, cv)) + 63) / 64 * 64;
}

size_t mi_conv_scratch(const mi_kern *kern, const mi_conv *cv)
{
    size_t words = cv->words ? (size_t)MI_WORDS_ROWS *
                                   (size_t)mi_words_deep(cv) * sizeof(int16_t)
                             : 0;
    return cv->depthwise ? 0 : table_bytes(kern, cv) + words;
}

/* Pixels p0 <= p < p1 in tiles that differ by one row at most. */
static void run_block(const mi_kern *kern, const mi_rows *r, mi_tile *t,
                      int64_t p0, int64_t p1)
{
    int most = t->oc > kern->lanes ? kern->rows[1] : kern->rows[0];
    for (int64_t tiles = mi_divide_up(p1 - p0, most); tiles > 0; tiles--) {
        t->rows = (int)((p1 - p0) / tiles);
        mi_rows_point(r, p0, t->rows);
        kern->conv_tile_f32(t);
        t->y += t->rows * t->y_stride;
        if (t->add)
            t->add += t->rows * t->add_stride;
        p0 += t->rows;
    }
}

/* The same in whole numbers, which are put into scratch memory. */
static void run_words(const mi_kern *kern, const mi_rows *r, mi_tile *t,
                      const float *head, int64_t p0, int64_t p1, void *scratch)
{
    int16_t *q = scratch;
    mi_words_row row[MI_WORDS_ROWS];
    mi_words_tile tile = {.row = row,
                          .deep = t->taps * t->run,
                          .w = t->w,
                          .oc = t->oc,
                          .add_stride = t->add_stride,
                          .y_stride = t->y_stride,
                          .act = t->act};
    for (; p0 < p1; p0 += tile.rows) {
        tile.rows = p1 - p0 >= MI_WORDS_ROWS ? MI_WORDS_ROWS : 1;
        mi_rows_point(r, p0, tile.rows);
        for (int m = 0; m < tile.rows; m++) {
            row[m] = (mi_words_row){.a = t->a + m,
                                    .a_stride = tile.rows,
                                    .taps = t->taps,
                                    .run = t->run,
                                    .most = head[0],
                                    .q = q + (ptrdiff_t)m * tile.deep};
            kern->words_row_i16(&row[m]);
        }
        tile.y = t->y;
        tile.add = t->add;
        kern->words_tile_i16(&tile);
        t->y += tile.rows * t->y_stride;
        if (t->add)
            t->add += tile.rows * t->add_stride;
    }
}

/* Pixels p0 <= p < p1 of panels first <= i < end. */
typedef struct part {
    int64_t p0, p1;
    int first, end;
} part;

/* The tiles of some panels of weights for some pixels. */
static void run_part(const mi_kern *kern, const mi_conv *cv,
                     const mi_conv_io *io, part at, void *scratch)
{
    int wide = panel_wide(kern, cv), o = at.first * wide, last = at.end * wide;
    mi_rows r =
        mi_rows_of(cv, io->x, io->x_stride, most_rows(kern, cv), scratch);
    void *words = (char *)scratch + table_bytes(kern, cv);
    mi_tile t = {
        .a = r.table,
        .taps = r.runs,
        .run = r.run,
        .w = io->packed + panel_at(kern, cv, at.first),
        .oc = (last < cv->oc ? last : cv->oc) - o,
        .add_stride = io->add_stride,
        .y_stride = io->y_stride,
        .act = cv->act,
    };
    /* all pixels at once, or those of one row after the other */
    int64_t p1;
    for (int64_t p0 = at.p0; p0 < at.p1; p0 = p1) {
        int64_t row = io->y_row ? p0 / cv->ow : 0, first = row * cv->ow;
        p1 = io->y_row && first + cv->ow < at.p1 ? first + cv->ow : at.p1;
        ptrdiff_t at_row = (ptrdiff_t)row * io->y_row + o;
        ptrdiff_t column = (ptrdiff_t)(p0 - first);
        t.y = io->y + at_row + column * io->y_stride;
        t.add = io->add ? io->add + at_row + column * io->add_stride : NULL;
        if (cv->words)
            run_words(kern, &r, &t, io->packed, p0, p1, words);
        else
            run_block(kern, &r, &t, p0, p1);
    }
}

static void run_task(const mi_kern *kern, const mi_conv *cv,
                     const mi_conv_io *io, int task, void *scratch)
{
    cut parts = cut_of(kern, cv);
    int64_t group = task / parts.blocks, block = task % parts.blocks;
    int64_t pixels = (int64_t)cv->oh * cv->ow, panels = parts.panels;
    part at = {pixels * block / parts.blocks,
               pixels * (block + 1) / parts.blocks,
               (int)(panels * group / parts.groups),
               (int)(panels * (group + 1) / parts.groups)};
    run_part(kern, cv, io, at, scratch);
}

void mi_conv_pixels(const mi_kern *kern, const mi_conv *cv,
                    const mi_conv_io *io, int64_t p0, int64_t p1, void *scratch)
{
    part all = {p0, p1, 0, (int)panels_of(kern, cv)};
    run_part(kern, cv, io, all, scratch);
}

static int depthwise_bands(const mi_conv *cv)
{
    return mi_bands(cv->oh, (int64_t)cv->ow * cv->c);
}

int mi_conv_tasks(const mi_kern *kern, const mi_conv *cv)
{
    if (cv->depthwise)
        return depthwise_bands(cv);
    cut parts = cut_of(kern, cv);
    return parts.blocks * parts.groups;
}

void mi_conv_run(const mi_kern *kern, const mi_conv *cv, const mi_conv_io *io,
                 int task, void *scratch)
{
    assert(task >= 0 && task < mi_conv_tasks(kern, cv));
    if (!cv->depthwise) {
        run_task(kern, cv, io, task, scratch);
        return;
    }
    int n = depthwise_bands(cv);
    kern->depthwise_f32(cv, io, (int)((int64_t)cv->oh * task / n),
                        (int)((int64_t)cv->oh * (task + 1) / n));
}

int mi_depth_data_tasks(const mi_kern *kern, const mi_conv *cv)
{
    (void)kern;
    return mi_bands(cv->h, (int64_t)cv->w * cv->c);
}

void mi_depth_data_run(const mi_kern *kern, const mi_conv *cv,
                       const mi_conv_io *io, int task)
{
    int n = mi_depth_data_tasks(kern, cv);
    kern->depth_data_f32(cv, io, (int)((int64_t)cv->h * task / n),
                         (int)((int64_t)cv->h * (task + 1) / n));
}
