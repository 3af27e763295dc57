/* winograd.c: forward, and backward to the inputs.  See winograd.h.
 *
 * A block of squares is transformed into matrices [squares, c] in scratch
 * memory, one a form; each product takes one of them to panels of weights
 * (tile.h) and gives [squares, oc], from all of which the outputs are made.
 * The bias is added to products that together reach all outputs of a square.
 */
#include "kern/winograd.h"

#include "kern/act.h"
#include "kern/tile.h"

#include <string.h>

enum {
    CHANNELS = 48,    /* of squares of two by two fewer do not pay */
    FEW = 16,         /* nor, of the others, fewer than that */
    SQUARES = 64,     /* most of a block and a task */
    ROOM = 400 << 10, /* floats of scratch memory wanted for a block */
    TILE_ROWS = 16,   /* more than any tile has */
    LANES = 16,       /* most of a vector */
    TAPS = 9          /* of a window */
};

/* ---- forms -----------------------------------------------------------------
 */

#define SAME             \
    {                    \
        0, 1, 2, 3, 4, 5 \
    }

static const mi_winograd_form window = {
    .products = 4,
    .in = {MI_WINOGRAD_INPUT, 4, 4, SAME, 2, 1},
    .taps = {MI_WINOGRAD_TAPS, 3, 4, SAME, 0, 0},
    .result = MI_WINOGRAD_RESULT,
    .gives = 2,
    .bias = {0, 1}};

static const mi_winograd_grads window_grads = {
    .products = 4,
    .x = {MI_WINOGRAD_INPUT, 4, 4, SAME, 2, 1},
    .dy = {MI_WINOGRAD_SPREAD, 2, 4, SAME, 2, 0},
    .sums = {MI_WINOGRAD_GRADS, 4, 3, SAME, 0, 0},
    .bias = {0, 1}};

/* Values at 0, a, -a, b, -b, infinity.  A polynomial that is 1 at all outputs
 * has a (1 + a) 2/3 of it, a (a - 1) 2/3, b (1 + b) / 12, b (b - 1) / 12. */
#define ONES                                                      \
    {                                                             \
        0, 0.80473785f, -0.13807119f, 0.28451780f, 0.04881554f, 0 \
    }

static const mi_winograd_form four = {.products = 6,
                                      .in = {MI_FOUR_INPUT, 6, 6, SAME, 4, 1},
                                      .taps = {MI_FOUR_TAPS, 3, 6, SAME, 0, 0},
                                      .result = MI_FOUR_RESULT,
                                      .gives = 4,
                                      .bias = ONES};

static const mi_winograd_grads four_grads = {
    .products = 6,
    .x = {MI_FOUR_INPUT, 6, 6, SAME, 4, 1},
    .dy = {MI_FOUR_SPREAD, 4, 6, SAME, 4, 0},
    .sums = {MI_FOUR_GRADS, 6, 3, SAME, 0, 0},
    .bias = ONES};

/* products m, p, q, n, r */
static const mi_winograd_form doubled = {
    .products = 5,
    .in = {MI_DOUBLED_INPUT, 4, 4, {0, 1, 1, 2, 3}, 2, 1},
    .taps = {MI_DOUBLED_TAPS, 3, 5, SAME, 0, 0},
    .result = MI_DOUBLED_RESULT,
    .gives = 4,
    .bias = {0, 0, 0, 0, 1}};

/* products u, v, w, and two with g1 */
static const mi_winograd_form doubled_back = {
    .products = 5,
    .in = {MI_DOUBLED_SPREAD, 6, 5, SAME, 4, 1},
    .taps = {MI_DOUBLED_FACTORS, 3, 4, {0, 1, 2, 3, 3}, 0, 0},
    .result = MI_DOUBLED_DATA,
    .gives = 2,
    .bias = {0, 1}};

static const mi_winograd_grads doubled_grads = {
    .products = 5,
    .x = {MI_DOUBLED_PAIR, 2, 3, {0, 1, 2, 0, 2}, 2, 0},
    .dy = {MI_DOUBLED_SPREAD, 6, 5, SAME, 4, 1},
    .sums = {MI_DOUBLED_GRADS, 4, 3, {0, 1, 2, 3, 3}, 0, 0},
    .bias = {0, 0, 0, 1, 1}};

/* Products of one channel, and another, by squares of n x n outputs. */
static int64_t products_of(const mi_conv *cv, int n, int products)
{
    return mi_divide_up(cv->oh, n) * mi_divide_up(cv->ow, n) *
           mi_squared(products);
}

/* Whether squares of four by four have clearly fewer. */
static int takes_four(const mi_conv *cv)
{
    return 5 * products_of(cv, 4, 6) < 4 * products_of(cv, 2, 4);
}

static int one_way_pays(const mi_conv *cv)
{
    int least = takes_four(cv) ? FEW : CHANNELS;
    return !cv->depthwise && cv->kh == 3 && cv->kw == 3 && cv->sy == 1 &&
           cv->sx == 1 && cv->dy == 1 && cv->dx == 1 && cv->c >= least &&
           cv->oc >= least && cv->oh > 1 && cv->ow > 1;
}

int mi_winograd_pays(const mi_conv *cv)
{
    if (!one_way_pays(cv))
        return 0;
    const mi_conv back = mi_conv_data_phase(cv);
    return one_way_pays(&back);
}

int mi_winograd_doubled_pays(const mi_conv *cv)
{
    return cv->c >= FEW && cv->oc >= FEW;
}

mi_winograd mi_winograd_of(const mi_conv *cv, int twice)
{
    if (twice)
        return (mi_winograd){*cv, &doubled, &doubled_grads, 0, 0};
    if (takes_four(cv))
        return (mi_winograd){*cv, &four, &four_grads, 0, 0};
    return (mi_winograd){*cv, &window, &window_grads, 0, 0};
}

mi_winograd mi_winograd_back(const mi_winograd *w)
{
    mi_winograd back = *w;
    mi_conv *cv = &back.cv;
    back.back = 1;
    if (w->by != &doubled) {
        *cv = mi_conv_data_phase(&w->cv);
        back.by = takes_four(cv) ? &four : &window;
        back.turned = 1;
        return back;
    }
    back.by = &doubled_back;
    cv->h = w->cv.oh, cv->w = w->cv.ow, cv->c = w->cv.oc, cv->oh = w->cv.h,
    cv->ow = w->cv.w, cv->oc = w->cv.c;
    return back;
}

/* ---- squares ---------------------------------------------------------------
 */

void mi_square_point(const mi_squares *s, int64_t at, const float *x, int first,
                     const float *outside, const float **from)
{
    int64_t row = at / s->across;
    int ix = s->step * (int)(at % s->across) - s->left;
    int iy = s->step * (int)(row % s->down) - s->top;
    ptrdiff_t line = (ptrdiff_t)s->w * s->c;
    ptrdiff_t image = (ptrdiff_t)(row / s->down) * s->h;
    x += (image + iy) * line + (ptrdiff_t)ix * s->c + first;
    for (int i = 0; i < s->reads; i++, iy++, x += line) {
        int in = iy >= 0 && iy < s->h;
        const float *pixel = x;
        for (int j = 0; j < s->reads; j++, pixel += s->c)
            *from++ = in && ix + j >= 0 && ix + j < s->w ? pixel : outside;
    }
}

static mi_squares inputs_of(const mi_winograd *w)
{
    const mi_conv *cv = &w->cv;
    const mi_winograd_factor *in = &w->by->in;
    return (mi_squares){.down = (int)mi_divide_up(cv->oh, w->by->gives),
                        .across = (int)mi_divide_up(cv->ow, w->by->gives),
                        .h = cv->h,
                        .w = cv->w,
                        .c = cv->c,
                        .reads = in->reads,
                        .step = in->step,
                        .top = in->before ? cv->top : 0,
                        .left = in->before ? cv->left : 0};
}

static mi_squares outputs_of(const mi_winograd *w)
{
    mi_squares s = inputs_of(w);
    s.h = w->cv.oh, s.w = w->cv.ow, s.c = w->cv.oc;
    s.reads = s.step = w->by->gives;
    s.top = s.left = 0;
    return s;
}

static int64_t squares_of(const mi_winograd *w, int images)
{
    const mi_squares s = inputs_of(w);
    return (int64_t)images * s.down * s.across;
}

/* ---- weights ---------------------------------------------------------------
 */

/* Floats of one form's weights: panels with room for a bias. */
static size_t one_len(const mi_kern *kern, const mi_winograd *w)
{
    size_t oc = (size_t)(mi_divide_up(w->cv.oc, kern->lanes) * kern->lanes);
    size_t len = oc * (size_t)(1 + w->cv.c);
    return mi_winograd_padded(len) + MI_WINOGRAD_APART;
}

size_t mi_winograd_packed_len(const mi_kern *kern, const mi_winograd *w)
{
    return (size_t)mi_squared(w->by->taps.makes) * one_len(kern, w);
}

int mi_winograd_pack_tasks(const mi_kern *kern, const mi_winograd *w)
{
    return (int)mi_divide_up(w->cv.oc, (int64_t)2 * kern->lanes);
}

/* The weights as those of this way. */
static mi_conv_source turned(const mi_winograd *w, const mi_conv_source *at)
{
    mi_conv_source s = *at;
    if (w->back)
        s.out = at->in, s.in = at->out;
    if (w->turned) {
        s.w += 2 * at->down + 2 * at->across;
        s.down = -at->down, s.across = -at->across;
    }
    return s;
}

/* Where the forms of a panel go; its biases are put in place. */
static void begin_panel(const mi_kern *kern, const mi_winograd *w,
                        const float *bias, int have, int wide, float *packed,
                        float **to)
{
    int forms = w->by->taps.makes;
    for (int k = 0; k < forms * forms; k++, packed += one_len(kern, w)) {
        float share = w->by->bias[k / forms] * w->by->bias[k % forms];
        memset(packed, 0, (size_t)wide * sizeof *packed);
        for (int o = 0; bias && o < have; o++)
            packed[o] = share * bias[o];
        to[k] = packed + wide;
    }
}

void mi_winograd_pack(const mi_kern *kern, const mi_winograd *w,
                      const mi_conv_source *at, const float *bias, int task,
                      float *packed)
{
    const mi_conv_source s = turned(w, at);
    int o = task * 2 * kern->lanes, left = w->cv.oc - o;
    int wide = left > kern->lanes ? 2 * kern->lanes : kern->lanes;
    int have = left < wide ? left : wide, forms = mi_squared(w->by->taps.makes);
    float taps[TAPS][2 * LANES] = {{0}}, *to[MI_WINOGRAD_PRODUCTS];
    const float *from[TAPS];
    for (int t = 0; t < TAPS; t++)
        from[t] = taps[t];
    begin_panel(kern, w, bias ? bias + o : NULL, have, wide,
                packed + (ptrdiff_t)o * (1 + w->cv.c), to);
    for (int i = 0; i < w->cv.c; i++) {
        const float *first = s.w + o * s.out + i * s.in;
        for (int t = 0; t < TAPS; t++) {
            const float *tap = first + t / 3 * s.down + t % 3 * s.across;
            for (int j = 0; j < have; j++)
                taps[t][j] = tap[j * s.out];
        }
        kern->winograd_f32(wide, w->by->taps.way, from, to, 0);
        for (int k = 0; k < forms; k++)
            to[k] += wide;
    }
}

/* ---- a task ----------------------------------------------------------------
 */

/* Scratch memory of a task. */
typedef struct room {
    int squares;          /* of a block */
    float *zeros, *spare; /* [c], [oc] */
    float *in, *out;      /* [forms, in_len], [products, out_len] */
    size_t in_len, out_len, len;
} room;

/* Scratch memory dealt out; only its sizes if there is none. */
static room room_of(const mi_winograd *w, void *scratch)
{
    size_t forms = (size_t)mi_squared(w->by->in.makes);
    size_t products = (size_t)mi_squared(w->by->products);
    size_t c = mi_winograd_padded(w->cv.c), oc = mi_winograd_padded(w->cv.oc);
    size_t fit = ROOM / (forms * c + products * oc);
    room r = {.zeros = scratch};
    r.squares = fit < SQUARES ? fit < LANES ? LANES : (int)fit : SQUARES;
    r.in_len = (size_t)r.squares * c + MI_WINOGRAD_APART;
    r.out_len = (size_t)r.squares * oc + MI_WINOGRAD_APART;
    r.len = c + oc + forms * r.in_len + products * r.out_len;
    if (scratch) {
        r.spare = r.zeros + c;
        r.in = r.spare + oc;
        r.out = r.in + forms * r.in_len;
    }
    return r;
}

size_t mi_winograd_scratch(const mi_winograd *w)
{
    return room_of(w, NULL).len * sizeof(float);
}

int mi_winograd_tasks(const mi_winograd *w, int images)
{
    return (int)mi_divide_up(squares_of(w, images), room_of(w, NULL).squares);
}

/* The forms of n squares from `first` on. */
static void transform(const mi_kern *kern, const mi_winograd *w, const room *r,
                      const float *x, int64_t first, int n)
{
    const mi_squares s = inputs_of(w);
    const mi_winograd_factor *in = &w->by->in;
    const float *from[MI_WINOGRAD_READS];
    float *to[MI_WINOGRAD_PRODUCTS];
    for (int k = 0; k < mi_squared(in->makes); k++)
        to[k] = r->in + (size_t)k * r->in_len;
    for (int i = 0; i < n; i++) {
        mi_square_point(&s, first + i, x, 0, r->zeros, from);
        kern->winograd_f32(s.c, in->way, from, to, 0);
        for (int k = 0; k < mi_squared(in->makes); k++)
            to[k] += s.c;
    }
}

/* to = from times the weights of one form, for n squares. */
static void multiply(const mi_kern *kern, const mi_conv *cv, const float *from,
                     const float *packed, float *to, int n)
{
    const float *a[TILE_ROWS];
    int panel = 2 * kern->lanes;
    for (int o = 0; o < cv->oc; o += panel) {
        int left = cv->oc - o, done = 0;
        int most = left > kern->lanes ? kern->rows[1] : kern->rows[0];
        mi_tile t = {.a = a,
                     .taps = 1,
                     .run = cv->c,
                     .w = packed + (ptrdiff_t)o * (1 + cv->c),
                     .oc = left < panel ? left : panel,
                     .y_stride = cv->oc};
        t.y = to + o;
        for (int64_t tiles = mi_divide_up(n, most); tiles > 0; tiles--) {
            t.rows = (int)((n - done) / tiles);
            for (int i = 0; i < t.rows; i++, done++)
                a[i] = from + (ptrdiff_t)done * cv->c;
            kern->conv_tile_f32(&t);
            t.y += t.rows * t.y_stride;
        }
    }
}

/* All products of n squares. */
static void multiply_all(const mi_kern *kern, const mi_winograd *w,
                         const room *r, const float *packed, int n)
{
    const mi_winograd_factor *in = &w->by->in, *taps = &w->by->taps;
    int products = w->by->products;
    size_t len = one_len(kern, w);
    for (int k = 0; k < products * products; k++) {
        int i = k / products, j = k % products;
        int x = in->of[i] * in->makes + in->of[j];
        int g = taps->of[i] * taps->makes + taps->of[j];
        multiply(kern, &w->cv, r->in + (size_t)x * r->in_len,
                 packed + (size_t)g * len, r->out + (size_t)k * r->out_len, n);
    }
}

/* The outputs of n squares from `first` on, and what follows them. */
static void finish(const mi_kern *kern, const mi_winograd *w, const room *r,
                   const mi_winograd_io *io, int64_t first, int n)
{
    const mi_squares s = outputs_of(w);
    int products = mi_squared(w->by->products);
    int gives = mi_squared(w->by->gives);
    const float *from[MI_WINOGRAD_PRODUCTS], *at[MI_WINOGRAD_READS] = {NULL};
    float *to[MI_WINOGRAD_READS];
    for (int k = 0; k < products; k++)
        from[k] = r->out + (size_t)k * r->out_len;
    for (int i = 0; i < n; i++) {
        mi_square_point(&s, first + i, io->y, 0, r->spare, at);
        for (int k = 0; k < gives; k++)
            to[k] = at[k] == r->spare ? r->spare : io->y + (at[k] - io->y);
        kern->winograd_f32(s.c, w->by->result, from, to, io->add);
        for (int k = 0; k < gives && w->cv.act.kind != MI_ACT_NONE; k++)
            if (to[k] != r->spare)
                mi_act_apply(kern, &w->cv.act, s.c, to[k], to[k]);
        for (int k = 0; k < products; k++)
            from[k] += s.c;
    }
}

void mi_winograd_run(const mi_kern *kern, const mi_winograd *w,
                     const mi_winograd_io *io, int task, void *scratch)
{
    const room r = room_of(w, scratch);
    int64_t all = squares_of(w, io->images);
    int64_t tasks = mi_divide_up(all, r.squares);
    int64_t first = all * task / tasks;
    int n = (int)(all * (task + 1) / tasks - first);
    memset(r.zeros, 0, (size_t)(r.in - r.zeros) * sizeof *r.zeros);
    transform(kern, w, &r, io->x, first, n);
    multiply_all(kern, w, &r, io->packed, n);
    finish(kern, w, &r, io, first, n);
}
