/* conv_squares.c: convolutions that learn, by squares of outputs: see
 * conv_learn.h and kern/winograd.h.  */
#include "engine/conv_learn.h"
#include "engine/gradient.h"
#include "engine/values.h"

#include "base/error.h"
#include "kern/winograd.h"

/* One way, as a convolution of its own. */
typedef struct {
    const mi_conv_learn *conv;
    mi_winograd by; /* with the activation of this way */
} way_spec;

int mi_conv_squares_pay(const mi_conv_learn *v)
{
    return v->doubled || mi_winograd_pays(&v->cv);
}

/* in: weights, and the bias if forward; out: panels. */
static void run_pack(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    (void)scratch;
    const way_spec *v = s->spec;
    mi_conv_source at = v->conv->at;
    at.w = mi_step_in(p, s, 0);
    mi_winograd_pack(p->kern, &v->by, &at,
                     s->n_in > 1 ? mi_step_in(p, s, 1) : NULL, task,
                     mi_step_out(p, s, 0));
}

/* in: one side, panels; out: the other. */
static void run_way(const mien_plan *p, const mi_step *s, int task,
                    void *scratch)
{
    const way_spec *v = s->spec;
    const mi_winograd_io io = {v->conv->images, mi_step_in(p, s, 0),
                               mi_step_in(p, s, 1), mi_step_out(p, s, 0),
                               s->add};
    mi_winograd_run(p->kern, &v->by, &io, task, scratch);
}

/* Multiply-adds of all images that windows would need: of repeated pixels 4 for
 * an output and an input channel, since taps that meet one pixel are added. */
static double macs(const mi_conv_learn *v)
{
    return (double)v->y_len * v->images * (v->doubled ? 4 : 9) * v->cv.c;
}

static int add_pack(mien_plan *p, way_spec *v, int bias)
{
    const mi_conv_packing by = {mi_winograd_packed_len(p->kern, &v->by),
                                mi_winograd_pack_tasks(p->kern, &v->by), v,
                                run_pack};
    return mi_conv_add_pack(p, v->conv, bias, &by);
}

static way_spec *new_way(mien_plan *p, const mi_conv_learn *v, mi_conv_way way)
{
    way_spec *w = mi_plan_alloc(p, 1, sizeof *w);
    if (!w)
        return NULL;
    w->conv = v;
    w->by = mi_winograd_of(&v->cv, v->doubled);
    if (way == MI_CONV_UP)
        w->by = mi_winograd_back(&w->by);
    return w;
}

/* What a step that goes one way reads and does. */
static void set_way(mi_step *s, way_spec *w, int from, int packed)
{
    mi_step_reads(s, from);
    mi_step_reads(s, packed);
    s->tasks = mi_winograd_tasks(&w->by, w->conv->images);
    s->scratch = mi_winograd_scratch(&w->by);
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
    const char *what = v->doubled            ? "conv doubled"
                       : way == MI_CONV_DOWN ? "conv"
                                             : "conv transpose";
    mi_step *s = packed < 0 ? NULL : mi_plan_add_step(p, what, xy[1]);
    if (!s)
        return mi_no_memory(err);
    w->by.cv.act = v->act;
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
    const way_spec *w = s->spec;
    const mi_conv_learn *v = w->conv;
    const mi_conv_batch b = {.images = v->images,
                             .x = mi_step_in(p, s, 0),
                             .dy = mi_step_in(p, s, 1),
                             .x_stride = v->cv.c,
                             .dy_stride = v->cv.oc};
    mi_winograd_products(p->kern, &w->by, &b, task, mi_step_out(p, s, 0),
                         scratch);
}

/* in: sums, which are used up; out: dw, db. */
static void run_sums(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    (void)scratch;
    const mi_conv_sums *v = s->spec;
    const mi_conv_grads to = mi_conv_sums_to(p, s);
    const mi_winograd by = mi_winograd_of(&v->conv->cv, v->conv->doubled);
    mi_winograd_sum(p->kern, &by, v->parts, mi_step_in(p, s, 0), &to, task);
}

mien_status mi_conv_squares_to_weights(mien_plan *p, mi_conv_learn *v, int x,
                                       int y, int bias, mien_error *err)
{
    way_spec *w = new_way(p, v, MI_CONV_DOWN);
    if (!w)
        return mi_no_memory(err);
    int parts = mi_winograd_parts(p->kern, &w->by, v->images);
    int sums =
        mi_plan_add_floats(p, (size_t)parts * mi_winograd_len(p->kern, &w->by));
    mi_step *s = sums < 0 ? NULL : mi_plan_add_step(p, "products", sums);
    if (!s)
        return mi_no_memory(err);
    mi_step_reads(s, x);
    mi_step_reads(s, y);
    s->tasks = mi_winograd_products_tasks(p->kern, &w->by, v->images);
    s->scratch = mi_winograd_products_scratch(&w->by);
    s->work = macs(v);
    s->spec = w;
    s->run = run_products;
    s = mi_conv_add_sums(p, v, sums, parts, bias);
    if (!s)
        return mi_no_memory(err);
    s->tasks = mi_winograd_sum_tasks(p->kern, &w->by);
    s->run = run_sums;
    return MIEN_OK;
}
