/* winograd_weights.c: backward to the weights.  See winograd.h.
 *
 * Blocks of squares of x and of dy become 16 matrices each, whose outer
 * products are summed.  A batch is cut into parts with sums of their own, a
 * part into groups of outputs where there are few parts.
 *
 * Order of the sums of a part: one of the 16, input, output; then the bias. */
#include "kern/winograd.h"

#include <string.h>

enum {
    N = MI_WINOGRAD_NUMBERS,
    SQUARES = 64,           /* of a block */
    PARTS_FLOATS = 1 << 20, /* of all parts together, if one is smaller */
    TASKS = 4,              /* wanted */
    SUM_INPUTS = 16,        /* inputs a task puts together */
    APART = 16,
    CENTRE = 5, /* the number that is the sum of a square of dy */
    LANES = 16
};

static int64_t divide_up(int64_t n, int64_t d) { return (n + d - 1) / d; }

static size_t padded(int c) { return ((size_t)c + APART - 1) / APART * APART; }

/* Floats of one of the 16 sums. */
static size_t one_len(const mi_conv *cv)
{
    return (size_t)cv->c * padded(cv->oc) + APART;
}

size_t mi_winograd_len(const mi_kern *kern, const mi_conv *cv)
{
    (void)kern;
    return N * one_len(cv) + padded(cv->oc);
}

int mi_winograd_parts(const mi_kern *kern, const mi_conv *cv, int images)
{
    int64_t most = (int64_t)(PARTS_FLOATS / mi_winograd_len(kern, cv));
    int64_t blocks = divide_up(mi_squares_of(cv, images).all, SQUARES);
    most = most < blocks ? most : blocks;
    most = most < TASKS ? most : TASKS;
    return most > 1 ? (int)most : 1;
}

/* Groups of outputs that a part is cut into. */
static int groups_of(const mi_kern *kern, const mi_conv *cv, int parts)
{
    int64_t panels = divide_up(cv->oc, (int64_t)2 * kern->lanes);
    int64_t groups = divide_up(TASKS, parts);
    return (int)(groups < panels ? groups : panels);
}

int mi_winograd_products_tasks(const mi_kern *kern, const mi_conv *cv,
                               int images)
{
    int parts = mi_winograd_parts(kern, cv, images);
    return parts * groups_of(kern, cv, parts);
}

/* A task's outputs first <= o < end, and its scratch memory. */
typedef struct products {
    const mi_kern *kern;
    const mi_conv *cv;
    const mi_conv_batch *b;
    mi_squares squares;
    int first, end;
    float *zeros;   /* [c or oc] */
    float *in, *by; /* [16, in_len], [16, by_len] */
    size_t in_len, by_len;
    float *sums, *bias;
} products;

static size_t most_channels(const mi_conv *cv)
{
    return padded(cv->c > cv->oc ? cv->c : cv->oc);
}

static void set_room(products *p, float *scratch)
{
    p->zeros = scratch;
    p->in_len = SQUARES * padded(p->cv->c) + APART;
    p->by_len = SQUARES * padded(p->cv->oc) + APART;
    p->in = p->zeros + most_channels(p->cv);
    p->by = p->in + N * p->in_len;
    memset(p->zeros, 0, most_channels(p->cv) * sizeof *p->zeros);
}

size_t mi_winograd_products_scratch(const mi_conv *cv)
{
    size_t len = SQUARES * (padded(cv->c) + padded(cv->oc)) + APART + APART;
    return (most_channels(cv) + N * len) * sizeof(float);
}

/* Transform square `at` of x and dy to place i of the block. */
static void transform(const products *p, int64_t at, int i)
{
    const mi_conv *cv = p->cv;
    const float *from[N];
    int64_t pixel[4];
    float *to[N];
    int n = p->end - p->first;
    mi_square_inputs(&p->squares, at, p->b->x, p->zeros, from);
    for (int k = 0; k < N; k++)
        to[k] = p->in + (size_t)k * p->in_len + (ptrdiff_t)i * cv->c;
    p->kern->winograd_f32(cv->c, MI_WINOGRAD_INPUT, from, to, 0);
    mi_square_outputs(&p->squares, at, pixel);
    for (int k = 0; k < 4; k++)
        from[k] =
            pixel[k] < 0 ? p->zeros : p->b->dy + pixel[k] * cv->oc + p->first;
    for (int k = 0; k < N; k++)
        to[k] = p->by + (size_t)k * p->by_len + (ptrdiff_t)i * n;
    p->kern->winograd_f32(n, MI_WINOGRAD_SPREAD, from, to, 0);
}

/* Add what n transformed squares give to the sums. */
static void add_block(const products *p, int n)
{
    const mi_conv *cv = p->cv;
    int outputs = p->end - p->first;
    mi_outer o = {.rows = 1,
                  .cols = n,
                  .na = cv->c,
                  .nb = outputs,
                  .a_pixel = cv->c,
                  .b_pixel = outputs,
                  .ld = (ptrdiff_t)padded(cv->oc)};
    for (int k = 0; k < N; k++) {
        o.a = p->in + (size_t)k * p->in_len;
        o.b = p->by + (size_t)k * p->by_len;
        o.w = p->sums + (size_t)k * one_len(cv) + p->first;
        p->kern->outer_f32(&o);
    }
    p->kern->pixel_sums_f32(n, outputs, p->by + CENTRE * p->by_len,
                            p->bias + p->first);
}

/* The sums that a task will add to become 0. */
static void clear(const products *p)
{
    size_t ld = padded(p->cv->oc), n = (size_t)(p->end - p->first);
    if (p->end == p->cv->oc)
        n = ld - (size_t)p->first;
    for (int k = 0; k < N; k++) {
        float *row = p->sums + (size_t)k * one_len(p->cv) + p->first;
        for (int i = 0; i < p->cv->c; i++, row += ld)
            memset(row, 0, n * sizeof *row);
    }
    memset(p->bias + p->first, 0, n * sizeof *p->bias);
}

void mi_winograd_products(const mi_kern *kern, const mi_conv *cv,
                          const mi_conv_batch *b, int task, float *sums,
                          void *scratch)
{
    products p = {.kern = kern, .cv = cv, .b = b};
    int64_t panels = divide_up(cv->oc, (int64_t)2 * kern->lanes);
    int parts = mi_winograd_parts(kern, cv, b->images);
    int groups = groups_of(kern, cv, parts), group = task % groups;
    int64_t part = task / groups;
    p.squares = mi_squares_of(cv, b->images);
    p.first = (int)(panels * group / groups) * 2 * kern->lanes;
    p.end = (int)(panels * (group + 1) / groups) * 2 * kern->lanes;
    p.end = p.end < cv->oc ? p.end : cv->oc;
    p.sums = sums + (size_t)part * mi_winograd_len(kern, cv);
    p.bias = p.sums + N * one_len(cv);
    set_room(&p, scratch);
    clear(&p);
    int64_t at = p.squares.all * part / parts;
    int64_t end = p.squares.all * (part + 1) / parts;
    while (at < end) {
        int n = end - at < SQUARES ? (int)(end - at) : SQUARES;
        for (int i = 0; i < n; i++)
            transform(&p, at + i, i);
        add_block(&p, n);
        at += n;
    }
}

/* ---- sums ------------------------------------------------------------------
 */

int mi_winograd_sum_tasks(const mi_conv *cv)
{
    return (int)divide_up(cv->c, SUM_INPUTS);
}

static void put(float *to, float v, int add) { *to = add ? *to + v : v; }

/* The gradients of input i's weights by outputs o .. o + n - 1. */
static void put_taps(const mi_conv_grads *to, float taps[9][LANES], int i,
                     int o, int n)
{
    float *first = to->dw + o * to->at.out + i * to->at.in;
    for (int j = 0; j < n; j++, first += to->at.out)
        for (int t = 0; t < 9; t++)
            put(first + t / 3 * to->at.down + t % 3 * to->at.across, taps[t][j],
                to->add_w);
}

/* Of one input, from sums that are put together. */
static void put_input(const mi_kern *kern, const mi_conv *cv, const float *sums,
                      const mi_conv_grads *to, int i)
{
    float taps[9][LANES], *out[9];
    for (int t = 0; t < 9; t++)
        out[t] = taps[t];
    for (int o = 0; o < cv->oc; o += LANES) {
        int n = cv->oc - o < LANES ? cv->oc - o : LANES;
        const float *from[N];
        for (int k = 0; k < N; k++)
            from[k] =
                sums + (size_t)k * one_len(cv) + (size_t)i * padded(cv->oc) + o;
        kern->winograd_f32(n, MI_WINOGRAD_GRADS, from, out, 0);
        put_taps(to, taps, i, o, n);
    }
}

void mi_winograd_sum(const mi_kern *kern, const mi_conv *cv, int parts,
                     float *sums, const mi_conv_grads *to, int task)
{
    size_t len = mi_winograd_len(kern, cv), ld = padded(cv->oc);
    int first = task * SUM_INPUTS;
    int end = first + SUM_INPUTS < cv->c ? first + SUM_INPUTS : cv->c;
    float *bias = sums + N * one_len(cv);
    for (int i = 1; task == 0 && i < parts; i++)
        kern->add_f32(cv->oc, bias, bias + (size_t)i * len, bias);
    for (int o = 0; task == 0 && to->db && o < cv->oc; o++)
        put(&to->db[o], bias[o], to->add_b);
    if (!to->dw)
        return;
    for (int k = 0; k < N; k++) {
        float *rows = sums + (size_t)k * one_len(cv) + (size_t)first * ld;
        for (int i = 1; i < parts; i++)
            kern->add_f32((int)((size_t)(end - first) * ld), rows,
                          rows + (size_t)i * len, rows);
    }
    for (int i = first; i < end; i++)
        put_input(kern, cv, sums, to, i);
}
