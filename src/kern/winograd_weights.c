/* winograd_weights.c: backward to the weights.  See winograd.h.
 *
 * Blocks of squares of x and of dy become matrices, one a form, whose outer
 * products are summed.  A batch is cut into parts with sums of their own, a
 * part into groups of outputs where there are few parts.  Vectors lie along the
 * outputs, or along the inputs where there are too few outputs.
 *
 * Order of the sums of a part: sum, row, column; then the bias. */
#include "kern/winograd.h"

#include "kern/tile.h"

#include <string.h>

enum {
    SQUARES = 64,           /* of a block */
    PARTS_FLOATS = 1 << 20, /* of all parts together, if one is smaller */
    TASKS = 4,              /* wanted */
    SUM_ROWS = 16,          /* rows of sums a task puts together */
    LANES = 16,
    TAPS = 9
};

/* How the sums lie. */
typedef struct layout {
    int swapped; /* 1: rows are outputs, columns inputs */
    int rows, columns;
    size_t ld, one; /* floats of a row, of all rows of a sum */
    size_t sums;    /* of all sums */
} layout;

static layout layout_of(const mi_kern *kern, const mi_winograd *w)
{
    layout l = {.rows = w->cv.c, .columns = w->cv.oc};
    l.swapped = w->cv.oc < kern->lanes && w->cv.c > w->cv.oc;
    if (l.swapped)
        l.rows = w->cv.oc, l.columns = w->cv.c;
    l.ld = mi_winograd_padded(l.columns);
    l.one = (size_t)l.rows * l.ld + MI_WINOGRAD_APART;
    l.sums = (size_t)mi_squared(w->grads->sums.reads) * l.one;
    return l;
}

size_t mi_winograd_len(const mi_kern *kern, const mi_winograd *w)
{
    return layout_of(kern, w).sums + mi_winograd_padded(w->cv.oc);
}

/* Squares of one of both pictures. */
static mi_squares squares_of(const mi_winograd *w, const mi_winograd_factor *by)
{
    const mi_conv *cv = &w->cv;
    int of_x = by == &w->grads->x, step = w->grads->dy.step;
    return (mi_squares){.down = (int)mi_divide_up(cv->oh, step),
                        .across = (int)mi_divide_up(cv->ow, step),
                        .h = of_x ? cv->h : cv->oh,
                        .w = of_x ? cv->w : cv->ow,
                        .c = of_x ? cv->c : cv->oc,
                        .reads = by->reads,
                        .step = by->step,
                        .top = by->before ? cv->top : 0,
                        .left = by->before ? cv->left : 0};
}

static int64_t count(const mi_winograd *w, int images)
{
    const mi_squares s = squares_of(w, &w->grads->dy);
    return (int64_t)images * s.down * s.across;
}

int mi_winograd_parts(const mi_kern *kern, const mi_winograd *w, int images)
{
    int64_t most = (int64_t)(PARTS_FLOATS / mi_winograd_len(kern, w));
    int64_t blocks = mi_divide_up(count(w, images), SQUARES);
    most = most < blocks ? most : blocks;
    most = most < TASKS ? most : TASKS;
    return most > 1 ? (int)most : 1;
}

/* Groups of outputs that a part is cut into. */
static int groups_of(const mi_kern *kern, const mi_winograd *w, int parts)
{
    int64_t panels = mi_divide_up(w->cv.oc, (int64_t)2 * kern->lanes);
    int64_t groups = mi_divide_up(TASKS, parts);
    if (layout_of(kern, w).swapped)
        return 1;
    return (int)(groups < panels ? groups : panels);
}

int mi_winograd_products_tasks(const mi_kern *kern, const mi_winograd *w,
                               int images)
{
    int parts = mi_winograd_parts(kern, w, images);
    return parts * groups_of(kern, w, parts);
}

/* Forms of one of both pictures: channels first .. first + n - 1. */
typedef struct forms {
    const mi_winograd_factor *by;
    mi_squares squares;
    const float *from, *zeros;
    int first, n;
    float *made; /* [makes makes, len] */
    size_t len;
} forms;

/* What a task does. */
typedef struct products {
    const mi_kern *kern;
    const mi_winograd *w;
    layout l;
    forms x, dy;
    float *sums, *bias;
    float *sum; /* [oc], of a form of dy */
} products;

static size_t zeros_len(const mi_winograd *w)
{
    return mi_winograd_padded(w->cv.c > w->cv.oc ? w->cv.c : w->cv.oc);
}

static size_t forms_len(int c)
{
    return SQUARES * mi_winograd_padded(c) + MI_WINOGRAD_APART;
}

size_t mi_winograd_products_scratch(const mi_winograd *w)
{
    size_t x = (size_t)mi_squared(w->grads->x.makes) * forms_len(w->cv.c);
    size_t dy = (size_t)mi_squared(w->grads->dy.makes) * forms_len(w->cv.oc);
    return (2 * zeros_len(w) + x + dy) * sizeof(float);
}

static forms forms_of(const mi_winograd *w, const mi_winograd_factor *by,
                      const float *from, const float *zeros, float *made)
{
    const mi_squares s = squares_of(w, by);
    return (forms){by, s, from, zeros, 0, s.c, made, forms_len(s.c)};
}

/* The forms of n squares from `at` on. */
static void transform(const mi_kern *kern, const forms *f, int64_t at, int n)
{
    const float *from[MI_WINOGRAD_READS];
    float *to[MI_WINOGRAD_PRODUCTS];
    int makes = mi_squared(f->by->makes);
    for (int k = 0; k < makes; k++)
        to[k] = f->made + (size_t)k * f->len;
    for (int i = 0; i < n; i++) {
        mi_square_point(&f->squares, at + i, f->from, f->first, f->zeros, from);
        kern->winograd_f32(f->n, f->by->way, from, to, 0);
        for (int k = 0; k < makes; k++)
            to[k] += f->n;
    }
}

/* The form of a product along both axes. */
static const float *form_at(const forms *f, int i, int j)
{
    int k = f->by->of[i] * f->by->makes + f->by->of[j];
    return f->made + (size_t)k * f->len;
}

/* Add one form of dy of n squares to the bias' sums. */
static void add_bias(const products *p, int i, int j, int n)
{
    const mi_winograd_grads *g = p->w->grads;
    float share = g->bias[i] * g->bias[j], *to = p->bias + p->dy.first;
    if (share == 0)
        return;
    memset(p->sum, 0, (size_t)p->dy.n * sizeof *p->sum);
    p->kern->pixel_sums_f32(n, p->dy.n, form_at(&p->dy, i, j), p->sum);
    for (int o = 0; o < p->dy.n; o++)
        to[o] += share * p->sum[o];
}

/* Add what n transformed squares give to the sums. */
static void add_block(const products *p, int n)
{
    const mi_winograd_grads *g = p->w->grads;
    const forms *a = p->l.swapped ? &p->dy : &p->x;
    const forms *b = p->l.swapped ? &p->x : &p->dy;
    mi_outer o = {.rows = 1,
                  .cols = n,
                  .na = a->n,
                  .nb = b->n,
                  .a_pixel = a->n,
                  .b_pixel = b->n,
                  .ld = (ptrdiff_t)p->l.ld};
    for (int k = 0; k < mi_squared(g->products); k++) {
        int i = k / g->products, j = k % g->products;
        int to = g->sums.of[i] * g->sums.reads + g->sums.of[j];
        o.a = form_at(a, i, j);
        o.b = form_at(b, i, j);
        o.w = p->sums + (size_t)to * p->l.one + b->first;
        p->kern->outer_f32(&o);
    }
    for (int k = 0; k < mi_squared(g->products); k++)
        add_bias(p, k / g->products, k % g->products, n);
}

/* The sums that a task will add to become 0. */
static void clear(const products *p)
{
    const forms *b = p->l.swapped ? &p->x : &p->dy;
    int last = b->first + b->n == p->l.columns;
    size_t n = last ? p->l.ld - (size_t)b->first : (size_t)b->n;
    for (int k = 0; k < mi_squared(p->w->grads->sums.reads); k++) {
        float *row = p->sums + (size_t)k * p->l.one + b->first;
        for (int i = 0; i < p->l.rows; i++, row += p->l.ld)
            memset(row, 0, n * sizeof *row);
    }
    memset(p->bias + p->dy.first, 0, (size_t)p->dy.n * sizeof *p->bias);
}

/* The first output of a group. */
static int group_at(const mi_kern *kern, const mi_conv *cv, int group,
                    int groups)
{
    int64_t panels = mi_divide_up(cv->oc, (int64_t)2 * kern->lanes);
    int64_t o = panels * group / groups * 2 * kern->lanes;
    return o < cv->oc ? (int)o : cv->oc;
}

/* Scratch memory dealt out, and the group's outputs. */
static void begin(products *p, const mi_conv_batch *b, int group, int groups,
                  float *scratch)
{
    const mi_winograd *w = p->w;
    float *made = scratch + 2 * zeros_len(w);
    p->sum = scratch + zeros_len(w);
    memset(scratch, 0, zeros_len(w) * sizeof *scratch);
    p->x = forms_of(w, &w->grads->x, b->x, scratch, made);
    made += (size_t)mi_squared(w->grads->x.makes) * p->x.len;
    p->dy = forms_of(w, &w->grads->dy, b->dy, scratch, made);
    p->dy.first = group_at(p->kern, &w->cv, group, groups);
    p->dy.n = group_at(p->kern, &w->cv, group + 1, groups) - p->dy.first;
    clear(p);
}

void mi_winograd_products(const mi_kern *kern, const mi_winograd *w,
                          const mi_conv_batch *b, int task, float *sums,
                          void *scratch)
{
    products p = {.kern = kern, .w = w, .l = layout_of(kern, w)};
    int parts = mi_winograd_parts(kern, w, b->images);
    int groups = groups_of(kern, w, parts);
    int64_t part = task / groups, all = count(w, b->images);
    p.sums = sums + (size_t)part * mi_winograd_len(kern, w);
    p.bias = p.sums + p.l.sums;
    begin(&p, b, task % groups, groups, scratch);
    int64_t end = all * (part + 1) / parts;
    for (int64_t at = all * part / parts; at < end; at += SQUARES) {
        int n = end - at < SQUARES ? (int)(end - at) : SQUARES;
        transform(kern, &p.x, at, n);
        transform(kern, &p.dy, at, n);
        add_block(&p, n);
    }
}

/* ---- sums ------------------------------------------------------------------
 */

int mi_winograd_sum_tasks(const mi_kern *kern, const mi_winograd *w)
{
    return (int)mi_divide_up(layout_of(kern, w).rows, SUM_ROWS);
}

static void put(float *to, float v, int add) { *to = add ? *to + v : v; }

/* The gradients of a row's weights in columns j .. j + n - 1. */
static void put_taps(const mi_conv_grads *to, float taps[TAPS][LANES],
                     float *first, ptrdiff_t across, int n)
{
    for (int j = 0; j < n; j++, first += across)
        for (int t = 0; t < TAPS; t++)
            put(first + t / 3 * to->at.down + t % 3 * to->at.across, taps[t][j],
                to->add_w);
}

/* Of one row, from sums that are put together. */
static void put_row(const mi_kern *kern, const mi_winograd *w, const layout *l,
                    const float *sums, const mi_conv_grads *to, int row)
{
    float taps[TAPS][LANES], *out[TAPS];
    const float *from[MI_WINOGRAD_PRODUCTS];
    ptrdiff_t down = l->swapped ? to->at.out : to->at.in;
    ptrdiff_t across = l->swapped ? to->at.in : to->at.out;
    for (int t = 0; t < TAPS; t++)
        out[t] = taps[t];
    for (int j = 0; j < l->columns; j += LANES) {
        int n = l->columns - j < LANES ? l->columns - j : LANES;
        for (int k = 0; k < mi_squared(w->grads->sums.reads); k++)
            from[k] = sums + (size_t)k * l->one + (size_t)row * l->ld + j;
        kern->winograd_f32(n, w->grads->sums.way, from, out, 0);
        put_taps(to, taps, to->dw + row * down + j * across, across, n);
    }
}

/* The bias' parts. */
static void put_bias(const mi_kern *kern, const mi_conv *cv, int parts,
                     size_t len, float *bias, const mi_conv_grads *to)
{
    for (int i = 1; i < parts; i++)
        kern->add_f32(cv->oc, bias, bias + (size_t)i * len, bias);
    for (int o = 0; o < cv->oc; o++)
        put(&to->db[o], bias[o], to->add_b);
}

void mi_winograd_sum(const mi_kern *kern, const mi_winograd *w, int parts,
                     float *sums, const mi_conv_grads *to, int task)
{
    const layout l = layout_of(kern, w);
    size_t len = mi_winograd_len(kern, w);
    int first = task * SUM_ROWS, end = first + SUM_ROWS;
    end = end < l.rows ? end : l.rows;
    if (task == 0 && to->db)
        put_bias(kern, &w->cv, parts, len, sums + l.sums, to);
    if (!to->dw)
        return;
    for (int k = 0; k < mi_squared(w->grads->sums.reads); k++) {
        float *rows = sums + (size_t)k * l.one + (size_t)first * l.ld;
        for (int i = 1; i < parts; i++)
            kern->add_f32((int)((size_t)(end - first) * l.ld), rows,
                          rows + (size_t)i * len, rows);
    }
    for (int i = first; i < end; i++)
        put_row(kern, w, &l, sums, to, i);
}
