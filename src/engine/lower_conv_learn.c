/* lower_conv_learn.c: convolutions whose weights change from run to run.
 *
 *   forward   pack w, b -> panels;  y = act(conv(x, panels))
 *   backward  dz = dy where act let it through (gradient.c)
 *             sums of x and dz over pixels -> dw, db
 *             pack w, turned -> panels;  dx = conv(dz, panels)
 *
 * A maximum of two by two behind it may belong to its steps: what lies between
 * is then never written out (kern/conv_pool.c), and dz is the gradient of the
 * maximum's result.
 *
 * Weights and their gradient lie as in ONNX, [oc, c, kh, kw]; the rest with
 * channels last.  See kern/back.h. */
#include "engine/fuse.h"
#include "engine/gradient.h"
#include "engine/infer.h"
#include "engine/join.h"
#include "engine/lowerings.h"
#include "engine/values.h"

#include "base/error.h"
#include "graph/op_attr.h"
#include "kern/back.h"

#include <string.h>

/* What all steps of one convolution know. */
typedef struct {
    mi_conv cv;
    mi_conv_source at; /* strides of weights; its w is not set */
    int images;
    int tasks; /* of one image, forward; backward to the input */
    int tasks_data;
    size_t x_len, y_len; /* floats of one image */
    int x, w, bias;      /* values; -1: no bias */
    int pooled;          /* 1: with the maximum behind it */
    mi_pool2d pool;
    size_t pool_len; /* floats of one image of its result */
    int winners;     /* value: taps of the maxima, a byte each */
} conv_spec;

static const uint8_t *winners_of(const mien_plan *p, const conv_spec *v)
{
    return v->pooled ? (const uint8_t *)p->value[v->winners].data : NULL;
}

static mi_conv_source weights_at(const conv_spec *v, const float *w)
{
    mi_conv_source at = v->at;
    at.w = w;
    return at;
}

/* ---- forward ---------------------------------------------------------------
 */

/* in: weights, bias; out: panels. */
static void run_pack(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    (void)task;
    (void)scratch;
    const conv_spec *v = s->spec;
    const mi_conv_source w = weights_at(v, mi_step_in(p, s, 0));
    mi_conv_pack_from(p->kern, &v->cv, &w,
                      s->n_in > 1 ? mi_step_in(p, s, 1) : NULL,
                      mi_step_out(p, s, 0));
}

/* in: x, panels; out: y. */
static void run_conv(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    const conv_spec *v = s->spec;
    size_t image = (size_t)(task / v->tasks);
    mi_conv_io io = {.x = mi_step_in(p, s, 0) + image * v->x_len,
                     .x_stride = v->cv.c,
                     .packed = mi_step_in(p, s, 1),
                     .y = mi_step_out(p, s, 0) + image * v->y_len,
                     .y_stride = v->cv.oc};
    mi_conv_run(p->kern, &v->cv, &io, task % v->tasks, scratch);
}

/* in: x, panels; out: the maxima of y, winners. */
static void run_conv_pool(const mien_plan *p, const mi_step *s, int task,
                          void *scratch)
{
    const conv_spec *v = s->spec;
    size_t image = (size_t)(task / v->tasks);
    mi_conv_io io = {.x = mi_step_in(p, s, 0) + image * v->x_len,
                     .x_stride = v->cv.c,
                     .packed = mi_step_in(p, s, 1),
                     .y = mi_step_out(p, s, 0) + image * v->pool_len,
                     .y_stride = v->cv.oc};
    uint8_t *winner = (uint8_t *)mi_step_out(p, s, 1) + image * v->pool_len;
    mi_conv_pool_run(p->kern, &v->cv, &v->pool, &io, winner, task % v->tasks,
                     scratch);
}

/* Multiply-adds of all images. */
static double macs(const conv_spec *v)
{
    return (double)v->y_len * v->images * v->cv.kh * v->cv.kw *
           (v->cv.depthwise ? 1 : v->cv.c);
}

/* A step that packs weights (with a bias: forward) into a new value. */
static mi_step *add_pack(mien_plan *p, conv_spec *v, size_t len, int bias)
{
    int packed = mi_plan_add_floats(p, len);
    mi_step *s = packed < 0 ? NULL : mi_plan_add_step(p, "pack", packed);
    if (!s)
        return NULL;
    mi_step_reads(s, v->w);
    if (bias >= 0)
        mi_step_reads(s, bias);
    s->spec = v;
    return s;
}

/* Add the steps that pack the weights and convolve. */
static mien_status add_forward(mien_plan *p, conv_spec *v, int y,
                               mien_error *err)
{
    mi_step *pack =
        add_pack(p, v, mi_conv_packed_len(p->kern, &v->cv), v->bias);
    if (!pack)
        return mi_no_memory(err);
    int packed = pack->out[0];
    pack->run = run_pack;
    mi_step *s = mi_plan_add_step(p, "conv", y);
    if (!s)
        return mi_no_memory(err);
    mi_step_reads(s, v->x);
    mi_step_reads(s, packed);
    s->scratch = mi_conv_scratch(p->kern, &v->cv);
    s->work = macs(v);
    s->spec = v;
    s->run = run_conv;
    if (v->pooled) {
        v->winners = mi_plan_add_floats(p, (p->value[y].len + 3) / 4);
        if (v->winners < 0)
            return mi_no_memory(err);
        mi_step_writes(s, v->winners);
        v->tasks = mi_conv_pool_tasks(&v->cv, &v->pool);
        s->what = "conv, maximum";
        s->scratch = mi_conv_pool_scratch(p->kern, &v->cv, &v->pool);
        s->run = run_conv_pool;
    }
    s->tasks = v->tasks * v->images;
    return MIEN_OK;
}

/* ---- backward to the weights -----------------------------------------------
 */

/* in: x, dz (winners); out: sums of the parts. */
static void run_products(const mien_plan *p, const mi_step *s, int task,
                         void *scratch)
{
    const conv_spec *v = s->spec;
    const mi_conv_batch b = {
        v->images, mi_step_in(p, s, 0),         mi_step_in(p, s, 1), v->cv.c,
        v->cv.oc,  v->pooled ? &v->pool : NULL, winners_of(p, v)};
    mi_conv_weights_run(p->kern, &v->cv, &b, task, mi_step_out(p, s, 0),
                        scratch);
}

/* Which gradients a step of sums gives. */
typedef struct {
    const conv_spec *conv;
    int parts;
    int w, bias; /* places among its outputs; -1: not wanted */
    int add_w, add_b;
} sums_spec;

/* in: sums, which are used up; out: dw, db. */
static void run_sums(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    (void)task;
    (void)scratch;
    const sums_spec *v = s->spec;
    const mi_conv_grads to = {
        v->conv->at, v->w < 0 ? NULL : mi_step_out(p, s, v->w),
        v->bias < 0 ? NULL : mi_step_out(p, s, v->bias), v->add_w, v->add_b};
    mi_conv_weights_sum(p->kern, &v->conv->cv, v->parts, mi_step_in(p, s, 0),
                        &to);
}

/* Add the step that adds the parts up to dw and db. */
static mien_status add_sums(mien_plan *p, const conv_spec *v, int sums,
                            mien_error *err)
{
    int w = p->value[v->w].flows;
    int bias = v->bias >= 0 && p->value[v->bias].flows;
    sums_spec *to = mi_plan_alloc(p, 1, sizeof *to);
    mi_step *s = mi_gradient_step(p, "sums", w ? v->w : v->bias);
    if (!to || !s)
        return mi_no_memory(err);
    *to = (sums_spec){
        v,          mi_conv_weights_parts(p->kern, &v->cv, v->images),
        w ? 0 : -1, bias ? w : -1,
        s->add,     s->add};
    if (w && bias) {
        to->add_b = mi_gradient_also(p, s, v->bias);
        if (to->add_b < 0)
            return mi_no_memory(err);
    }
    mi_step_reads(s, sums);
    s->spec = to;
    s->run = run_sums;
    return MIEN_OK;
}

/* Add the steps from dz to the gradients of weights and bias. */
static mien_status back_to_weights(mien_plan *p, conv_spec *v, int dz,
                                   mien_error *err)
{
    int parts = mi_conv_weights_parts(p->kern, &v->cv, v->images);
    size_t len = (size_t)parts * mi_conv_weights_len(p->kern, &v->cv);
    int sums = mi_plan_add_floats(p, len);
    mi_step *s = sums < 0 ? NULL : mi_plan_add_step(p, "products", sums);
    if (!s)
        return mi_no_memory(err);
    mi_step_reads(s, v->x);
    mi_step_reads(s, dz);
    if (v->pooled) {
        mi_step_reads(s, v->winners);
        s->scratch = mi_conv_weights_scratch(p->kern, &v->cv);
    }
    s->tasks = mi_conv_weights_tasks(p->kern, &v->cv, v->images);
    s->work = macs(v);
    s->spec = v;
    s->run = run_products;
    return add_sums(p, v, sums, err);
}

/* ---- backward to the input -------------------------------------------------
 */

/* in: weights; out: panels of the turned ones. */
static void run_pack_flipped(const mien_plan *p, const mi_step *s, int task,
                             void *scratch)
{
    (void)task;
    (void)scratch;
    const conv_spec *v = s->spec;
    const float *w = mi_step_in(p, s, 0);
    float *to = mi_step_out(p, s, 0);
    const mi_conv_source at = weights_at(v, w);
    if (!v->cv.depthwise) {
        mi_conv_data_pack(p->kern, &v->cv, &at, to);
        return;
    }
    int taps = v->cv.kh * v->cv.kw;
    for (int tap = 0; tap < taps; tap++)
        for (int c = 0; c < v->cv.c; c++)
            *to++ = w[c * taps + tap];
}

/* in: dz, panels (winners); out: dx. */
static void run_data(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    const conv_spec *v = s->spec;
    size_t image = (size_t)(task / v->tasks_data);
    float *dx = mi_step_out(p, s, 0) + image * v->x_len;
    size_t from = image * (v->pooled ? v->pool_len : v->y_len);
    mi_conv_io io = {.x = mi_step_in(p, s, 0) + from,
                     .x_stride = v->cv.oc,
                     .packed = mi_step_in(p, s, 1),
                     .add = s->add ? dx : NULL,
                     .add_stride = v->cv.c,
                     .y = dx,
                     .y_stride = v->cv.c};
    if (v->pooled)
        mi_conv_pool_data_run(p->kern, &v->cv, &v->pool, &io,
                              winners_of(p, v) + from, task % v->tasks_data,
                              scratch);
    else if (v->cv.depthwise)
        mi_depth_data_run(p->kern, &v->cv, &io, task % v->tasks_data);
    else
        mi_conv_data_run(p->kern, &v->cv, &io, task % v->tasks_data, scratch);
}

/* Add the steps from dz to the gradient of x, with turned weights. */
static mien_status back_to_input(mien_plan *p, conv_spec *v, int dz,
                                 mien_error *err)
{
    const mi_conv *cv = &v->cv;
    size_t len = cv->depthwise ? (size_t)(cv->kh * cv->kw * cv->c)
                               : mi_conv_data_packed_len(p->kern, cv);
    mi_step *pack = add_pack(p, v, len, -1);
    if (!pack)
        return mi_no_memory(err);
    int packed = pack->out[0];
    pack->run = run_pack_flipped;
    mi_step *s = mi_gradient_step(p, "data", v->x);
    if (!s)
        return mi_no_memory(err);
    mi_step_reads(s, dz);
    mi_step_reads(s, packed);
    v->tasks_data = cv->depthwise ? mi_depth_data_tasks(p->kern, cv)
                                  : mi_conv_data_tasks(p->kern, cv);
    s->scratch = cv->depthwise ? 0 : mi_conv_data_scratch(p->kern, cv);
    if (v->pooled) {
        mi_step_reads(s, v->winners);
        v->tasks_data = mi_conv_pool_data_tasks(cv, &v->pool);
        s->scratch = mi_conv_pool_data_scratch(p->kern, cv, &v->pool);
    }
    s->tasks = v->tasks_data * v->images;
    s->work = macs(v);
    s->spec = v;
    s->run = run_data;
    return MIEN_OK;
}

static mien_status conv_back(mien_plan *p, const mi_step *s, mien_error *err)
{
    conv_spec *v = s->spec;
    int dz;
    const mi_act relu = {v->pool.relu ? MI_ACT_CLAMP : MI_ACT_NONE, 0, 0};
    mien_status st =
        mi_gradient_before(p, s, v->pooled ? &relu : &v->cv.act, &dz, err);
    if (!st &&
        (p->value[v->w].flows || (v->bias >= 0 && p->value[v->bias].flows)))
        st = back_to_weights(p, v, dz, err);
    if (!st && p->value[v->x].flows)
        st = back_to_input(p, v, dz, err);
    return st;
}

/* ---- lowering --------------------------------------------------------------
 */

const char *mi_conv_describe(const mi_node *n, mi_conv *out)
{
    const mien_shape *x = &n->in[0]->shape, *y = &n->shape;
    const mi_conv_attr *a = n->attr;
    mi_window w;
    const char *why = mi_conv_window(n, &w);
    if (why)
        return why;
    *out = (mi_conv){.h = (int)w.in[0],
                     .w = (int)w.in[1],
                     .c = (int)x->dim[1],
                     .oh = (int)w.out[0],
                     .ow = (int)w.out[1],
                     .oc = (int)y->dim[1],
                     .kh = (int)w.kernel[0],
                     .kw = (int)w.kernel[1],
                     .sy = (int)w.stride[0],
                     .sx = (int)w.stride[1],
                     .dy = (int)w.dilation[0],
                     .dx = (int)w.dilation[1],
                     .top = (int)w.before[0],
                     .left = (int)w.before[1],
                     .depthwise = a->group > 1};
    return NULL;
}

/* Complete what follows from the convolution's description. */
static void complete(const mien_plan *p, const mi_node *n, conv_spec *v)
{
    ptrdiff_t taps = (ptrdiff_t)v->cv.kh * v->cv.kw;
    v->images = (int)n->in[0]->shape.dim[0];
    v->bias = -1;
    v->at = (mi_conv_source){NULL, v->cv.depthwise ? taps : v->cv.c * taps,
                             taps, v->cv.kw, 1};
    v->tasks = mi_conv_tasks(p->kern, &v->cv);
    v->x_len = (size_t)(v->cv.h * v->cv.w) * (size_t)v->cv.c;
    v->y_len = (size_t)(v->cv.oh * v->cv.ow) * (size_t)v->cv.oc;
    const mi_node *tail = &p->node[p->of[n->id].tail];
    v->pooled = tail->op == &mi_op_max_pool;
    if (v->pooled)
        mi_joined_pool(p, tail, &v->pool);
    v->pool_len = (size_t)(v->pool.oh * v->pool.ow) * (size_t)v->pool.c;
}

mien_status mi_lower_conv_learn(mien_plan *p, mi_node *head, mien_error *err)
{
    conv_spec *v = mi_plan_alloc(p, 1, sizeof *v);
    if (!v)
        return mi_no_memory(err);
    const char *why = mi_conv_describe(head, &v->cv);
    if (why)
        return mi_fail(err, MIEN_EFORMAT, "plan: Conv '%s': %s", head->name,
                       why);
    complete(p, head, v);
    int tail = p->of[head->id].tail, y = -1;
    mi_node *bias = mi_node_in(head, 2);
    mien_status st = MIEN_OK;
    if (tail != head->id && !v->pooled)
        st = mi_plan_act(p, &p->node[tail], &v->cv.act, err);
    if (!st)
        st = mi_plan_use(p, head->in[0], 1, &v->x, err);
    if (!st)
        st = mi_plan_use(p, head->in[1], 0, &v->w, err);
    if (!st && bias)
        st = mi_plan_use(p, bias, 0, &v->bias, err);
    if (!st)
        st = mi_plan_result(p, head, 1, &y, err);
    if (!st)
        st = add_forward(p, v, y, err);
    if (!st && p->value[y].flows)
        p->step[p->n_steps - 1].back = conv_back;
    return st;
}
