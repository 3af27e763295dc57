/* lower_conv_transpose.c: transposed convolutions, constant weights or not.
 *
 *   forward   up, then bias and activation
 *   backward  dz = dy where act let it through (gradient.c)
 *             to the weights from dz and x;  db = sum of dz over pixels
 *             dx from dz, down
 *
 * with the steps of conv_learn.h, whose larger side is the result. */
#include "engine/conv_learn.h"
#include "engine/gradient.h"
#include "engine/lowerings.h"
#include "engine/values.h"

#include "base/error.h"

#include <string.h>

/* in: dz; out: the sums of each image. */
static void run_pixels(const mien_plan *p, const mi_step *s, int task,
                       void *scratch)
{
    (void)scratch;
    const mi_conv_learn *v = s->spec;
    int c = v->cv.c;
    float *to = mi_step_out(p, s, 0) + (size_t)task * (size_t)c;
    memset(to, 0, (size_t)c * sizeof *to);
    p->kern->pixel_sums_f32(v->cv.h * v->cv.w, c,
                            mi_step_in(p, s, 0) + (size_t)task * v->x_len, to);
}

/* in: the sums of each image; out: db. */
static void run_bias(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    (void)task;
    (void)scratch;
    const mi_conv_learn *v = s->spec;
    const float *from = mi_step_in(p, s, 0);
    float *to = mi_step_out(p, s, 0);
    for (int c = 0; c < v->cv.c; c++) {
        double sum = s->add ? (double)to[c] : 0;
        for (int n = 0; n < v->images; n++)
            sum += (double)from[n * v->cv.c + c];
        to[c] = (float)sum;
    }
}

/* Add the steps from dz to the gradient of the bias. */
static mien_status back_to_bias(mien_plan *p, mi_conv_learn *v, int dz,
                                mien_error *err)
{
    int sums = mi_plan_add_floats(p, (size_t)v->images * (size_t)v->cv.c);
    mi_step *s = sums < 0 ? NULL : mi_plan_add_step(p, "pixels", sums);
    if (!s)
        return mi_no_memory(err);
    mi_step_reads(s, dz);
    s->tasks = v->images;
    s->work = (double)v->x_len * v->images;
    s->spec = v;
    s->run = run_pixels;
    s = mi_gradient_step(p, "bias", v->bias);
    if (!s)
        return mi_no_memory(err);
    mi_step_reads(s, sums);
    s->spec = v;
    s->run = run_bias;
    return MIEN_OK;
}

mien_status mi_conv_transpose_back(mien_plan *p, const mi_step *s,
                                   mien_error *err)
{
    mi_conv_learn *v = s->back_spec;
    int dz, x = s->in[0];
    mien_status st = mi_gradient_before(p, s, &v->act, &dz, err);
    if (!st)
        st = mi_conv_to_weights(p, v, dz, x, 0, err);
    if (!st && v->bias >= 0 && p->value[v->bias].flows)
        st = back_to_bias(p, v, dz, err);
    if (!st && p->value[x].flows)
        st = mi_conv_to_input(p, v, MI_CONV_DOWN, dz, x, err);
    return st;
}

mien_status mi_lower_conv_transpose(mien_plan *p, mi_node *head,
                                    mien_error *err)
{
    mi_window w;
    const char *why = mi_conv_transpose_window(head, &w);
    if (why)
        return mi_fail(err, MIEN_EFORMAT, "plan: ConvTranspose '%s': %s",
                       head->name, why);
    const mi_conv cv = mi_conv_of_window(&w, (int)head->shape.dim[1],
                                         (int)head->in[0]->shape.dim[1], 0);
    return mi_conv_lower(p, head, &cv, MI_CONV_UP, mi_conv_transpose_back, err);
}
