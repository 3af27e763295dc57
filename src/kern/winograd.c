/* winograd.c: forward, and backward to the inputs.  See winograd.h.
 *
 * A block of squares is transformed into 16 matrices [squares, c] in scratch
 * memory; each meets its panels of weights (tile.h) and gives [squares, oc],
 * from which the outputs are made.  The bias is added to the one of the 16
 * numbers that reaches all outputs of a square. */
#include "kern/winograd.h"

#include "kern/act.h"
#include "kern/tile.h"

#include <string.h>

enum {
    N = MI_WINOGRAD_NUMBERS,
    SQUARES = 64,   /* of a block and a task */
    CHANNELS = 48,  /* fewer than that do not pay */
    APART = 16,     /* floats between matrices, which would share their lines
                       of a cache without */
    CENTRE = 5,     /* the number whose share in all outputs is 1 */
    TILE_ROWS = 16, /* more than any tile has */
    LANES = 16
};

static int64_t divide_up(int64_t n, int64_t d) { return (n + d - 1) / d; }

int mi_winograd_pays(const mi_conv *cv)
{
    return !cv->depthwise && cv->kh == 3 && cv->kw == 3 && cv->sy == 1 &&
           cv->sx == 1 && cv->dy == 1 && cv->dx == 1 && cv->c >= CHANNELS &&
           cv->oc >= CHANNELS && cv->oh > 1 && cv->ow > 1;
}

/* ---- squares ---------------------------------------------------------------
 */

mi_squares mi_squares_of(const mi_conv *cv, int images)
{
    int down = (cv->oh + 1) / 2, across = (cv->ow + 1) / 2;
    return (mi_squares){cv, down, across, (int64_t)images * down * across};
}

/* Where a square's first output lies. */
static int64_t place_of(const mi_squares *s, int64_t at, int *y, int *x)
{
    int64_t row = at / s->across;
    *x = 2 * (int)(at % s->across);
    *y = 2 * (int)(row % s->down);
    return row / s->down;
}

void mi_square_inputs(const mi_squares *s, int64_t at, const float *x,
                      const float *zeros, const float **from)
{
    const mi_conv *cv = s->cv;
    int oy, ox;
    int64_t image = place_of(s, at, &oy, &ox);
    int iy = oy - cv->top, ix = ox - cv->left;
    ptrdiff_t c = cv->c, row = cv->w * c;
    x += ((ptrdiff_t)image * cv->h + iy) * row + ix * c;
    for (int i = 0; i < 4; i++, iy++, x += row) {
        int in = iy >= 0 && iy < cv->h;
        for (int j = 0; j < 4; j++)
            *from++ = in && ix + j >= 0 && ix + j < cv->w ? x + j * c : zeros;
    }
}

void mi_square_outputs(const mi_squares *s, int64_t at, int64_t pixel[4])
{
    const mi_conv *cv = s->cv;
    int y, x;
    int64_t first = (place_of(s, at, &y, &x) * cv->oh + y) * cv->ow + x;
    for (int i = 0; i < 4; i++)
        pixel[i] = y + i / 2 < cv->oh && x + i % 2 < cv->ow
                       ? first + (i / 2 ? cv->ow : 0) + i % 2
                       : -1;
}

/* ---- weights ---------------------------------------------------------------
 */

/* One of the 16 products' weights as those of a 1 x 1 convolution. */
static mi_conv one_of(const mi_conv *cv)
{
    return (mi_conv){.h = 1,
                     .w = 1,
                     .c = cv->c,
                     .oh = 1,
                     .ow = 1,
                     .oc = cv->oc,
                     .kh = 1,
                     .kw = 1,
                     .sy = 1,
                     .sx = 1,
                     .dy = 1,
                     .dx = 1};
}

static size_t one_len(const mi_kern *kern, const mi_conv *cv)
{
    const mi_conv one = one_of(cv);
    size_t len = mi_conv_packed_len(kern, &one);
    return (len + APART - 1) / APART * APART + APART;
}

size_t mi_winograd_packed_len(const mi_kern *kern, const mi_conv *cv)
{
    return N * one_len(kern, cv);
}

int mi_winograd_pack_tasks(const mi_kern *kern, const mi_conv *cv)
{
    return (int)divide_up(cv->oc, (int64_t)2 * kern->lanes);
}

void mi_winograd_pack(const mi_kern *kern, const mi_conv *cv,
                      const mi_conv_source *w, const float *bias, int task,
                      float *packed)
{
    int o = task * 2 * kern->lanes, left = cv->oc - o;
    int wide = left > kern->lanes ? 2 * kern->lanes : kern->lanes;
    int have = left < wide ? left : wide;
    float taps[9][2 * LANES] = {{0}}, *to[N];
    const float *from[9];
    for (int t = 0; t < 9; t++)
        from[t] = taps[t];
    packed += (ptrdiff_t)o * (1 + cv->c);
    for (int k = 0; k < N; k++, packed += one_len(kern, cv)) {
        memset(packed, 0, (size_t)wide * sizeof *packed);
        if (bias && k == CENTRE)
            memcpy(packed, bias + o, (size_t)have * sizeof *packed);
        to[k] = packed + wide;
    }
    for (int i = 0; i < cv->c; i++) {
        const float *first = w->w + o * w->out + i * w->in;
        for (int t = 0; t < 9; t++) {
            const float *tap = first + t / 3 * w->down + t % 3 * w->across;
            for (int j = 0; j < have; j++)
                taps[t][j] = tap[j * w->out];
        }
        kern->winograd_f32(wide, MI_WINOGRAD_TAPS, from, to, 0);
        for (int k = 0; k < N; k++)
            to[k] += wide;
    }
}

/* ---- a task ----------------------------------------------------------------
 */

/* Scratch memory of a task. */
typedef struct room {
    float *zeros, *spare; /* [c], [oc] */
    float *in, *out;      /* [16, in_len], [16, out_len] */
    size_t in_len, out_len;
} room;

static size_t channels(int c)
{
    return ((size_t)c + APART - 1) / APART * APART;
}

static room room_of(const mi_conv *cv, void *scratch)
{
    room r = {.zeros = scratch};
    r.in_len = SQUARES * channels(cv->c) + APART;
    r.out_len = SQUARES * channels(cv->oc) + APART;
    r.spare = r.zeros + channels(cv->c);
    r.in = r.spare + channels(cv->oc);
    r.out = r.in + N * r.in_len;
    return r;
}

size_t mi_winograd_scratch(const mi_conv *cv)
{
    const room r = room_of(cv, NULL);
    return (channels(cv->c) + channels(cv->oc) + N * (r.in_len + r.out_len)) *
           sizeof(float);
}

int mi_winograd_tasks(const mi_conv *cv, int images)
{
    return (int)divide_up(mi_squares_of(cv, images).all, SQUARES);
}

/* out[k] = in[k] times the weights of one of the 16, for n squares. */
static void multiply(const mi_kern *kern, const mi_conv *cv, const room *r,
                     const float *packed, int k, int n)
{
    const float *a[TILE_ROWS];
    int panel = 2 * kern->lanes;
    for (int o = 0; o < cv->oc; o += panel) {
        int left = cv->oc - o;
        int most = left > kern->lanes ? kern->rows[1] : kern->rows[0];
        mi_tile t = {.a = a,
                     .taps = 1,
                     .run = cv->c,
                     .w = packed + (ptrdiff_t)o * (1 + cv->c),
                     .oc = left < panel ? left : panel,
                     .y = r->out + (size_t)k * r->out_len + o,
                     .y_stride = cv->oc};
        const float *from = r->in + (size_t)k * r->in_len;
        int done = 0;
        for (int64_t tiles = divide_up(n, most); tiles > 0; tiles--) {
            t.rows = (int)((n - done) / tiles);
            for (int i = 0; i < t.rows; i++, from += cv->c)
                a[i] = from;
            kern->conv_tile_f32(&t);
            t.y += t.rows * t.y_stride;
            done += t.rows;
        }
    }
}

/* The outputs of a square from its sums, and what follows them. */
static void finish(const mi_kern *kern, const mi_squares *s, const room *r,
                   const mi_winograd_io *io, int64_t first, int i)
{
    const mi_conv *cv = s->cv;
    const float *from[N];
    int64_t pixel[4];
    float *to[4];
    for (int k = 0; k < N; k++)
        from[k] = r->out + (size_t)k * r->out_len + (ptrdiff_t)i * cv->oc;
    mi_square_outputs(s, first + i, pixel);
    for (int k = 0; k < 4; k++)
        to[k] = pixel[k] < 0 ? r->spare : io->y + pixel[k] * cv->oc;
    kern->winograd_f32(cv->oc, MI_WINOGRAD_RESULT, from, to, io->add);
    for (int k = 0; k < 4 && cv->act.kind != MI_ACT_NONE; k++)
        if (pixel[k] >= 0)
            mi_act_apply(kern, &cv->act, cv->oc, to[k], to[k]);
}

void mi_winograd_run(const mi_kern *kern, const mi_conv *cv,
                     const mi_winograd_io *io, int task, void *scratch)
{
    const mi_squares s = mi_squares_of(cv, io->images);
    const room r = room_of(cv, scratch);
    int64_t tasks = divide_up(s.all, SQUARES), first = s.all * task / tasks;
    int n = (int)(s.all * (task + 1) / tasks - first);
    size_t len = one_len(kern, cv);
    memset(r.zeros, 0, (size_t)(r.in - r.zeros) * sizeof *r.zeros);
    for (int i = 0; i < n; i++) {
        const float *from[N];
        float *to[N];
        mi_square_inputs(&s, first + i, io->x, r.zeros, from);
        for (int k = 0; k < N; k++)
            to[k] = r.in + (size_t)k * r.in_len + (ptrdiff_t)i * cv->c;
        kern->winograd_f32(cv->c, MI_WINOGRAD_INPUT, from, to, 0);
    }
    for (int k = 0; k < N; k++)
        multiply(kern, cv, &r, io->packed + (size_t)k * len, k, n);
    for (int i = 0; i < n; i++)
        finish(kern, &s, &r, io, first, i);
}
