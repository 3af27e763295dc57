/* conv_squares.c: convolutions that learn, by squares of outputs: see
 * conv_learn.h and kern/winograd.h.  Up is the convolution of y with turned
 * weights, which is as large. */
#include "engine/conv_learn.h"
#include "engine/gradient.h"
#include "engine/values.h"

#include "base/error.h"
#include "kern/tile.h"
#include "kern/winograd.h"

/* One way, as a convolution of its own. */
typedef struct {
    const mi_conv_learn *conv;
    mi_conv cv; /* with the activation of this way */
    mi_conv_way way;
} way_spec;

int mi_conv_squares_pay(const mi_conv_learn *v)
{
    if (v->pooled || !mi_winograd_pays(&v->cv))
        return 0;
    const mi_conv up = mi_conv_data_phase(&v->cv);
    return mi_winograd_pays(&up);
}

/* Lay out part of the weights w, and of a bias or NULL. */
static void pack(const mien_plan *p, const way_spec *v, const float *w,
                 const float *bias, int task, float *to)
{
    mi_conv_source at = v->conv->at;
    at.w = w;
    if (v->way == MI_CONV_UP)
        at = mi_conv_data_source(&v->conv->cv, &at);
    mi_winograd_pack(p->kern, &v->cv, &at, bias, task, to);
}

/* in: weights, and the bias if forward; out: panels. */
static void run_pack(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    (void)scratch;
    pack(p, s->spec, mi_step_in(p, s, 0),
         s->n_in > 1 ? mi_step_in(p, s, 1) : NULL, task, mi_step_out(p, s, 0));
}

/* in: one side, panels; out: the other. */
static void run_way(const mien_plan *p, const mi_step *s, int task,
                    void *scratch)
{
    const way_spec *v = s->spec;
    const mi_winograd_io io = {v->conv->images, mi_step_in(p, s, 0),
                               mi_step_in(p, s, 1), mi_step_out(p, s, 0),
                               s->add};
    mi_winograd_run(p->kern, &v->cv, &io, task, scratch);
}

/* Multiply-adds of all images as they are counted, not as they are done. */
static double macs(const mi_conv_learn *v)
{
    return (double)v->y_len * v->images * v->cv.kh * v->cv.kw * v->cv.c;
}

/* A value of packed weights: a constant where they are, else what a step makes
 * of them in each run.  -1 without memory. */
static int add_pack(mien_plan *p, way_spec *v, int bias)
{
    size_t len = mi_winograd_packed_len(p->kern, &v->cv);
    int packed = mi_plan_add_floats(p, len), w = v->conv->w;
    int tasks = mi_winograd_pack_tasks(p->kern, &v->cv);
    if (packed < 0)
        return -1;
    if (v->conv->fixed) {
        float *to = mi_plan_keep_raw(p, len);
        for (int i = 0; to && i < tasks; i++)
            pack(p, v, p->value[w].data, bias < 0 ? NULL : p->value[bias].data,
                 i, to);
        p->value[packed].data = to;
        return to ? packed : -1;
    }
    mi_step *s = mi_plan_add_step(p, "pack", packed);
    if (!s)
        return -1;
    mi_step_reads(s, w);
    if (bias >= 0)
        mi_step_reads(s, bias);
    s->tasks = tasks;
    s->spec = v;
    s->run = run_pack;
    return packed;
}

static way_spec *new_way(mien_plan *p, const mi_conv_learn *v, mi_conv_way way)
{
    way_spec *w = mi_plan_alloc(p, 1, sizeof *w);
    if (w)
        *w = (way_spec){
            v, way == MI_CONV_DOWN ? v->cv : mi_conv_data_phase(&v->cv), way};
    return w;
}

/* What a step that goes one way reads and does. */
static void set_way(mi_step *s, way_spec *w, int from, int packed)
{
    mi_step_reads(s, from);
    mi_step_reads(s, packed);
    s->tasks = mi_winograd_tasks(&w->cv, w->conv->images);
    s->scratch = mi_winograd_scratch(&w->cv);
    s->work = macs(w->conv);
    s->spec = w;
    s->run = run_way;
}

mien_status mi_conv_squares_forward(mien_plan *p, mi_conv_learn *v,
                                    mi_conv_way way, const int xy[2],
                                    mien_error *err)
{
    way_spec *w = new_way(p, v, way);
    int packed = w ? add_pack(p, w, v->bias) : -1;
    const char *what = way == MI_CONV_DOWN ? "conv" : "conv transpose";
    mi_step *s = packed < 0 ? NULL : mi_plan_add_step(p, what, xy[1]);
    if (!s)
        return mi_no_memory(err);
    w->cv.act = v->act;
    set_way(s, w, xy[0], packed);
    s->back_spec = v;
    return MIEN_OK;
}

mien_status mi_conv_squares_to_input(mien_plan *p, mi_conv_learn *v,
                                     mi_conv_way way, int dz, int of,
                                     mien_error *err)
{
    way_spec *w = new_way(p, v, way);
    int packed = w ? add_pack(p, w, -1) : -1;
    mi_step *s = packed < 0 ? NULL : mi_gradient_step(p, "data", of);
    if (!s)
        return mi_no_memory(err);
    set_way(s, w, dz, packed);
    return MIEN_OK;
}

/* ---- to the weights --------------------------------------------------------
 */

/* in: x, y; out: sums of the parts. */
static void run_products(const mien_plan *p, const mi_step *s, int task,
                         void *scratch)
{
    const mi_conv_learn *v = s->spec;
    const mi_conv_batch b = {.images = v->images,
                             .x = mi_step_in(p, s, 0),
                             .dy = mi_step_in(p, s, 1),
                             .x_stride = v->cv.c,
                             .dy_stride = v->cv.oc};
    mi_winograd_products(p->kern, &v->cv, &b, task, mi_step_out(p, s, 0),
                         scratch);
}

/* Which gradients a step of sums gives. */
typedef struct {
    const mi_conv_learn *conv;
    int parts;
    int w, bias; /* places among its outputs; -1: not wanted */
    int add_w, add_b;
} sums_spec;

/* in: sums, which are used up; out: dw, db. */
static void run_sums(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    (void)scratch;
    const sums_spec *v = s->spec;
    const mi_conv_grads to = {
        v->conv->at, v->w < 0 ? NULL : mi_step_out(p, s, v->w),
        v->bias < 0 ? NULL : mi_step_out(p, s, v->bias), v->add_w, v->add_b};
    mi_winograd_sum(p->kern, &v->conv->cv, v->parts, mi_step_in(p, s, 0), &to,
                    task);
}

/* Add the step that puts the sums together to dw and db. */
static mien_status add_sums(mien_plan *p, const mi_conv_learn *v, int sums,
                            int bias, mien_error *err)
{
    int w = p->value[v->w].flows;
    sums_spec *to = mi_plan_alloc(p, 1, sizeof *to);
    mi_step *s = to ? mi_gradient_step(p, "sums", w ? v->w : v->bias) : NULL;
    if (!s)
        return mi_no_memory(err);
    *to = (sums_spec){v,          mi_winograd_parts(p->kern, &v->cv, v->images),
                      w ? 0 : -1, bias ? w : -1,
                      s->add,     s->add};
    if (w && bias) {
        to->add_b = mi_gradient_also(p, s, v->bias);
        if (to->add_b < 0)
            return mi_no_memory(err);
    }
    mi_step_reads(s, sums);
    s->tasks = mi_winograd_sum_tasks(&v->cv);
    s->spec = to;
    s->run = run_sums;
    return MIEN_OK;
}

mien_status mi_conv_squares_to_weights(mien_plan *p, mi_conv_learn *v, int x,
                                       int y, int bias, mien_error *err)
{
    int parts = mi_winograd_parts(p->kern, &v->cv, v->images);
    int sums =
        mi_plan_add_floats(p, (size_t)parts * mi_winograd_len(p->kern, &v->cv));
    mi_step *s = sums < 0 ? NULL : mi_plan_add_step(p, "products", sums);
    if (!s)
        return mi_no_memory(err);
    mi_step_reads(s, x);
    mi_step_reads(s, y);
    s->tasks = mi_winograd_products_tasks(p->kern, &v->cv, v->images);
    s->scratch = mi_winograd_products_scratch(&v->cv);
    s->work = macs(v);
    s->spec = v;
    s->run = run_products;
    return add_sums(p, v, sums, bias, err);
}
