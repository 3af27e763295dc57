/* conv_learn.c: see conv_learn.h.
 *
 *   down         pack w, b -> panels;  y = act(conv(x, panels))
 *   up           pack w, turned, b -> panels;  x = act(conv(y, panels))
 *   to weights   sums of x and y over pixels -> dw, db
 *
 * Weights and their gradient lie as in ONNX, [oc, c, kh, kw]; the rest with
 * channels last.  See kern/back.h. */
#include "engine/conv_learn.h"

#include "engine/fuse.h"
#include "engine/gradient.h"
#include "engine/join.h"
#include "engine/values.h"

#include "base/error.h"
#include "kern/back.h"

/* One way of a convolution, as a step goes it. */
typedef struct {
    mi_conv_learn *conv;
    mi_conv cv; /* with the activation of this way */
    mi_conv_way way;
    int tasks; /* of one image */
} way_spec;

mi_conv mi_conv_of_window(const mi_window *w, int c, int oc, int depthwise)
{
    return (mi_conv){.h = (int)w->in[0],
                     .w = (int)w->in[1],
                     .c = c,
                     .oh = (int)w->out[0],
                     .ow = (int)w->out[1],
                     .oc = oc,
                     .kh = (int)w->kernel[0],
                     .kw = (int)w->kernel[1],
                     .sy = (int)w->stride[0],
                     .sx = (int)w->stride[1],
                     .dy = (int)w->dilation[0],
                     .dx = (int)w->dilation[1],
                     .top = (int)w->before[0],
                     .left = (int)w->before[1],
                     .depthwise = depthwise};
}

mi_conv_learn mi_conv_learn_of(const mi_conv *cv, int images)
{
    ptrdiff_t taps = (ptrdiff_t)cv->kh * cv->kw;
    return (mi_conv_learn){
        .cv = *cv,
        .at = {NULL, cv->depthwise ? taps : cv->c * taps, taps, cv->kw, 1},
        .images = images,
        .x_len = (size_t)(cv->h * cv->w) * (size_t)cv->c,
        .y_len = (size_t)(cv->oh * cv->ow) * (size_t)cv->oc,
        .bias = -1};
}

mien_status mi_conv_learn_use(mien_plan *p, mi_node *head, mi_conv_learn *v,
                              mien_error *err)
{
    int tail = p->of[head->id].tail;
    mi_node *bias = mi_node_in(head, 2);
    mien_status st = MIEN_OK;
    v->fixed =
        p->of[head->in[1]->id].constant && (!bias || p->of[bias->id].constant);
    if (p->node[tail].op == &mi_op_max_pool) {
        v->pooled = 1;
        mi_joined_pool(p, &p->node[tail], &v->pool);
        v->pool_len = (size_t)(v->pool.oh * v->pool.ow) * (size_t)v->pool.c;
    } else if (tail != head->id) {
        st = mi_plan_act(p, &p->node[tail], &v->act, err);
    }
    if (!st)
        st = mi_plan_use(p, head->in[1], 0, &v->w, err);
    if (!st && bias)
        st = mi_plan_use(p, bias, 0, &v->bias, err);
    return st;
}

/* ---- one way ---------------------------------------------------------------
 */

static const uint8_t *winners_of(const mien_plan *p, const mi_conv_learn *v)
{
    return v->pooled ? (const uint8_t *)p->value[v->winners].data : NULL;
}

static size_t packed_len(const mien_plan *p, const way_spec *v)
{
    if (v->way == MI_CONV_DOWN)
        return mi_conv_packed_len(p->kern, &v->cv);
    return v->cv.depthwise ? (size_t)(v->cv.kh * v->cv.kw * v->cv.c)
                           : mi_conv_data_packed_len(p->kern, &v->cv);
}

/* in: weights, and the bias if forward; out: panels. */
static void run_pack(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    (void)task;
    (void)scratch;
    const way_spec *v = s->spec;
    const float *bias = s->n_in > 1 ? mi_step_in(p, s, 1) : NULL;
    float *to = mi_step_out(p, s, 0);
    mi_conv_source at = v->conv->at;
    at.w = mi_step_in(p, s, 0);
    if (v->way == MI_CONV_DOWN) {
        mi_conv_pack_from(p->kern, &v->cv, &at, bias, to);
        return;
    }
    if (!v->cv.depthwise) {
        mi_conv_data_pack(p->kern, &v->cv, &at, bias, to);
        return;
    }
    int taps = v->cv.kh * v->cv.kw;
    for (int tap = 0; tap < taps; tap++)
        for (int c = 0; c < v->cv.c; c++)
            *to++ = at.w[c * taps + tap];
}

/* in: one side, panels; out: the other. */
static void run_way(const mien_plan *p, const mi_step *s, int task,
                    void *scratch)
{
    const way_spec *v = s->spec;
    const mi_conv *cv = &v->cv;
    size_t image = (size_t)(task / v->tasks);
    int down = v->way == MI_CONV_DOWN;
    size_t from = down ? v->conv->x_len : v->conv->y_len;
    size_t to = down ? v->conv->y_len : v->conv->x_len;
    float *y = mi_step_out(p, s, 0) + image * to;
    mi_conv_io io = {.x = mi_step_in(p, s, 0) + image * from,
                     .x_stride = down ? cv->c : cv->oc,
                     .packed = mi_step_in(p, s, 1),
                     .add = s->add ? y : NULL,
                     .add_stride = down ? cv->oc : cv->c,
                     .y = y,
                     .y_stride = down ? cv->oc : cv->c};
    if (down)
        mi_conv_run(p->kern, cv, &io, task % v->tasks, scratch);
    else if (cv->depthwise)
        mi_depth_data_run(p->kern, cv, &io, task % v->tasks);
    else
        mi_conv_data_run(p->kern, cv, &io, task % v->tasks, scratch);
}

/* in: x, panels; out: the maxima of y, winners. */
static void run_pool(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    const way_spec *w = s->spec;
    const mi_conv_learn *v = w->conv;
    size_t image = (size_t)(task / w->tasks);
    mi_conv_io io = {.x = mi_step_in(p, s, 0) + image * v->x_len,
                     .x_stride = v->cv.c,
                     .packed = mi_step_in(p, s, 1),
                     .y = mi_step_out(p, s, 0) + image * v->pool_len,
                     .y_stride = v->cv.oc};
    uint8_t *winner = (uint8_t *)mi_step_out(p, s, 1) + image * v->pool_len;
    mi_conv_pool_run(p->kern, &v->cv, &v->pool, &io, winner, task % w->tasks,
                     scratch);
}

/* in: the gradient of the maxima, panels, winners; out: dx. */
static void run_pool_data(const mien_plan *p, const mi_step *s, int task,
                          void *scratch)
{
    const way_spec *w = s->spec;
    const mi_conv_learn *v = w->conv;
    size_t image = (size_t)(task / w->tasks), from = image * v->pool_len;
    float *dx = mi_step_out(p, s, 0) + image * v->x_len;
    mi_conv_io io = {.x = mi_step_in(p, s, 0) + from,
                     .x_stride = v->cv.oc,
                     .packed = mi_step_in(p, s, 1),
                     .add = s->add ? dx : NULL,
                     .add_stride = v->cv.c,
                     .y = dx,
                     .y_stride = v->cv.c};
    mi_conv_pool_data_run(p->kern, &v->cv, &v->pool, &io,
                          winners_of(p, v) + from, task % w->tasks, scratch);
}

/* Multiply-adds of all images. */
static double macs(const mi_conv_learn *v)
{
    return (double)v->y_len * v->images * v->cv.kh * v->cv.kw *
           (v->cv.depthwise ? 1 : v->cv.c);
}

int mi_conv_add_pack(mien_plan *p, const mi_conv_learn *v, int bias,
                     const mi_conv_packing *by)
{
    int packed = mi_plan_add_floats(p, by->len);
    mi_step now = {.out = {packed}, .n_out = 1};
    mi_step *s = packed < 0 ? NULL
                 : v->fixed ? &now
                            : mi_plan_add_step(p, "pack", packed);
    if (!s)
        return -1;
    mi_step_reads(s, v->w);
    if (bias >= 0)
        mi_step_reads(s, bias);
    s->tasks = by->tasks;
    s->spec = by->spec;
    s->run = by->run;
    if (!v->fixed)
        return packed;
    float *to = mi_plan_keep_raw(p, by->len);
    p->value[packed].data = to;
    for (int i = 0; to && i < by->tasks; i++)
        by->run(p, s, i, NULL);
    return to ? packed : -1;
}

static int add_pack(mien_plan *p, way_spec *v, int bias)
{
    const mi_conv_packing by = {packed_len(p, v), 1, v, run_pack};
    return mi_conv_add_pack(p, v->conv, bias, &by);
}

static way_spec *new_way(mien_plan *p, mi_conv_learn *v, mi_conv_way way)
{
    way_spec *w = mi_plan_alloc(p, 1, sizeof *w);
    if (!w)
        return NULL;
    *w = (way_spec){.conv = v, .cv = v->cv, .way = way};
    w->tasks = way == MI_CONV_DOWN ? mi_conv_tasks(p->kern, &v->cv)
               : v->cv.depthwise   ? mi_depth_data_tasks(p->kern, &v->cv)
                                   : mi_conv_data_tasks(p->kern, &v->cv);
    return w;
}

/* The step forward gives the maxima behind it too. */
static mien_status add_pool(mien_plan *p, mi_step *s, way_spec *w,
                            mien_error *err)
{
    mi_conv_learn *v = w->conv;
    v->winners = mi_plan_add_floats(p, (p->value[s->out[0]].len + 3) / 4);
    if (v->winners < 0)
        return mi_no_memory(err);
    mi_step_writes(s, v->winners);
    w->tasks = mi_conv_pool_tasks(&v->cv, &v->pool);
    s->what = "conv, maximum";
    s->tasks = w->tasks * v->images;
    s->scratch = mi_conv_pool_scratch(p->kern, &v->cv, &v->pool);
    s->run = run_pool;
    return MIEN_OK;
}

/* The step backward begins with the gradient of the maxima. */
static void read_pool(const mien_plan *p, mi_step *s, way_spec *w)
{
    const mi_conv_learn *v = w->conv;
    mi_step_reads(s, v->winners);
    w->tasks = mi_conv_pool_data_tasks(&v->cv, &v->pool);
    s->tasks = w->tasks * v->images;
    s->scratch = mi_conv_pool_data_scratch(p->kern, &v->cv, &v->pool);
    s->run = run_pool_data;
}

/* What a step that goes one way reads and does. */
static void set_way(mien_plan *p, mi_step *s, way_spec *w, int from, int packed)
{
    mi_step_reads(s, from);
    mi_step_reads(s, packed);
    s->tasks = w->tasks * w->conv->images;
    if (w->way == MI_CONV_DOWN)
        s->scratch = mi_conv_scratch(p->kern, &w->cv);
    else if (!w->cv.depthwise)
        s->scratch = mi_conv_data_scratch(p->kern, &w->cv);
    s->work = macs(w->conv);
    s->spec = w;
    s->run = run_way;
}

static int by_squares(const mien_plan *p, const mi_conv_learn *v)
{
    return mi_kern_learns(p->kern) && mi_conv_squares_pay(v);
}

mien_status mi_conv_forward(mien_plan *p, mi_conv_learn *v, mi_conv_way way,
                            const int xy[2], mien_error *err)
{
    if (by_squares(p, v))
        return mi_conv_squares_forward(p, v, way, xy, err);
    way_spec *w = new_way(p, v, way);
    if (!w)
        return mi_no_memory(err);
    if (!v->pooled)
        w->cv.act = v->act;
    int packed = add_pack(p, w, v->bias);
    mi_step *s =
        packed < 0
            ? NULL
            : mi_plan_add_step(
                  p, way == MI_CONV_DOWN ? "conv" : "conv transpose", xy[1]);
    if (!s)
        return mi_no_memory(err);
    set_way(p, s, w, xy[0], packed);
    s->back_spec = v;
    return v->pooled ? add_pool(p, s, w, err) : MIEN_OK;
}

mien_status mi_conv_to_input(mien_plan *p, mi_conv_learn *v, mi_conv_way way,
                             int dz, int of, mien_error *err)
{
    if (by_squares(p, v))
        return mi_conv_squares_to_input(p, v, way, dz, of, err);
    way_spec *w = new_way(p, v, way);
    int packed = w ? add_pack(p, w, -1) : -1;
    mi_step *s = packed < 0 ? NULL : mi_gradient_step(p, "data", of);
    if (!s)
        return mi_no_memory(err);
    set_way(p, s, w, dz, packed);
    if (v->pooled)
        read_pool(p, s, w);
    return MIEN_OK;
}

/* ---- to the weights --------------------------------------------------------
 */

/* in: x, y (winners); out: sums of the parts. */
static void run_products(const mien_plan *p, const mi_step *s, int task,
                         void *scratch)
{
    const mi_conv_learn *v = s->spec;
    const mi_conv_batch b = {
        v->images, mi_step_in(p, s, 0),         mi_step_in(p, s, 1), v->cv.c,
        v->cv.oc,  v->pooled ? &v->pool : NULL, winners_of(p, v)};
    mi_conv_weights_run(p->kern, &v->cv, &b, task, mi_step_out(p, s, 0),
                        scratch);
}

mi_conv_grads mi_conv_sums_to(const mien_plan *p, const mi_step *s)
{
    const mi_conv_sums *v = s->spec;
    return (mi_conv_grads){
        v->conv->at, v->w < 0 ? NULL : mi_step_out(p, s, v->w),
        v->bias < 0 ? NULL : mi_step_out(p, s, v->bias), v->add_w, v->add_b};
}

/* in: sums, which are used up; out: dw, db. */
static void run_sums(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    (void)task;
    (void)scratch;
    const mi_conv_sums *v = s->spec;
    const mi_conv_grads to = mi_conv_sums_to(p, s);
    mi_conv_weights_sum(p->kern, &v->conv->cv, v->parts, mi_step_in(p, s, 0),
                        &to);
}

mi_step *mi_conv_add_sums(mien_plan *p, const mi_conv_learn *v, int sums,
                          int parts, int bias)
{
    int w = p->value[v->w].flows;
    mi_conv_sums *to = mi_plan_alloc(p, 1, sizeof *to);
    mi_step *s = to ? mi_gradient_step(p, "sums", w ? v->w : v->bias) : NULL;
    if (!s)
        return NULL;
    *to = (mi_conv_sums){v, parts, w ? 0 : -1, bias ? w : -1, s->add, s->add};
    if (w && bias) {
        to->add_b = mi_gradient_also(p, s, v->bias);
        if (to->add_b < 0)
            return NULL;
    }
    mi_step_reads(s, sums);
    s->spec = to;
    return s;
}

mien_status mi_conv_to_weights(mien_plan *p, mi_conv_learn *v, int x, int y,
                               int bias, mien_error *err)
{
    bias = bias && v->bias >= 0 && p->value[v->bias].flows;
    if (!bias && !p->value[v->w].flows)
        return MIEN_OK;
    if (by_squares(p, v))
        return mi_conv_squares_to_weights(p, v, x, y, bias, err);
    int parts = mi_conv_weights_parts(p->kern, &v->cv, v->images);
    size_t len = (size_t)parts * mi_conv_weights_len(p->kern, &v->cv);
    int sums = mi_plan_add_floats(p, len);
    mi_step *s = sums < 0 ? NULL : mi_plan_add_step(p, "products", sums);
    if (!s)
        return mi_no_memory(err);
    mi_step_reads(s, x);
    mi_step_reads(s, y);
    if (v->pooled) {
        mi_step_reads(s, v->winners);
        s->scratch = mi_conv_weights_scratch(p->kern, &v->cv);
    }
    s->tasks = mi_conv_weights_tasks(p->kern, &v->cv, v->images);
    s->work = macs(v);
    s->spec = v;
    s->run = run_products;
    s = mi_conv_add_sums(p, v, sums, parts, bias);
    if (!s)
        return mi_no_memory(err);
    s->run = run_sums;
    return MIEN_OK;
}

mien_status mi_conv_lower(mien_plan *p, mi_node *head, const mi_conv *cv,
                          mi_conv_way way,
                          mien_status (*back)(mien_plan *p, const mi_step *s,
                                              mien_error *err),
                          mien_error *err)
{
    mi_conv_learn *v = mi_plan_alloc(p, 1, sizeof *v);
    if (!v)
        return mi_no_memory(err);
    *v = mi_conv_learn_of(cv, (int)head->shape.dim[0]);
    mi_node *x = head->in[0];
    v->doubled = p->of[x->id].doubled;
    if (v->doubled)
        x = x->in[0];
    int xy[2];
    mien_status st = mi_conv_learn_use(p, head, v, err);
    if (!st)
        st = mi_plan_use(p, x, 1, &xy[0], err);
    if (!st)
        st = mi_plan_result(p, head, 1, &xy[1], err);
    if (!st)
        st = mi_conv_forward(p, v, way, xy, err);
    if (!st && p->value[xy[1]].flows)
        p->step[p->n_steps - 1].back = back;
    return st;
}
