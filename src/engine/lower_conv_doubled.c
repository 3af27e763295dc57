/* lower_conv_doubled.c: a 3x3 convolution of a picture made twice as large by
 * repeating its pixels, which learns.
 *
 *   y[o] = sum over k of w[k] x[floor((o + k - 1) / 2)]
 *        = sum over i of K[o - 2 i + 1] x[i],
 *   K = w[2], w[1] + w[2], w[0] + w[1], w[0]
 *
 * along each axis: a transposed convolution of the small picture, of stride 2
 * with 4x4 taps.  A number of y is then a sum of 4 products instead of 9, and
 * the large picture is never written; so too backward.  Forward a step makes
 * the taps K of the weights, backward one adds the gradient of K up to theirs;
 * the rest is conv_learn.h's.  This is the way of few channels; with more,
 * squares need fewer products still (kern/winograd.h). */
#include "engine/conv_learn.h"
#include "engine/gradient.h"
#include "engine/join.h"
#include "engine/lowerings.h"
#include "engine/values.h"

#include "base/error.h"

enum { TAPS = 9, MADE = 16 }; /* of weights, and of what is made of them */

/* Along an axis tap t of K has in it the weights first[t] <= k <= last[t]. */
static const int first[4] = {2, 1, 0, 0}, last[4] = {2, 2, 1, 0};

/* in: weights [oc, c, 3, 3]; out: [oc, c, 4, 4]. */
static void run_taps(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    (void)task;
    (void)scratch;
    const float *w = mi_step_in(p, s, 0);
    float *to = mi_step_out(p, s, 0);
    for (size_t n = p->value[s->in[0]].len / TAPS; n > 0; n--, w += TAPS)
        for (int t = 0; t < MADE; t++) {
            float sum = 0;
            for (int i = first[t / 4]; i <= last[t / 4]; i++)
                for (int j = first[t % 4]; j <= last[t % 4]; j++)
                    sum += w[3 * i + j];
            *to++ = sum;
        }
}

/* in: the gradient of [oc, c, 4, 4]; out: that of the weights. */
static void run_taps_back(const mien_plan *p, const mi_step *s, int task,
                          void *scratch)
{
    (void)task;
    (void)scratch;
    const float *from = mi_step_in(p, s, 0);
    float *to = mi_step_out(p, s, 0);
    for (size_t n = p->value[s->in[0]].len / MADE; n > 0; n--, from += MADE) {
        float sum[TAPS] = {0};
        for (int t = 0; t < MADE; t++)
            for (int i = first[t / 4]; i <= last[t / 4]; i++)
                for (int j = first[t % 4]; j <= last[t % 4]; j++)
                    sum[3 * i + j] += from[t];
        for (int k = 0; k < TAPS; k++, to++)
            *to = s->add ? *to + sum[k] : sum[k];
    }
}

static mien_status taps_back(mien_plan *p, const mi_step *s, mien_error *err)
{
    int g = mi_gradient_of(p, s->out[0]);
    mi_step *back = g < 0 ? NULL : mi_gradient_step(p, "taps", s->in[0]);
    if (!back)
        return mi_no_memory(err);
    mi_step_reads(back, g);
    back->run = run_taps_back;
    return MIEN_OK;
}

/* Put a step before the convolution that makes its taps of its weights. */
static mien_status add_taps(mien_plan *p, mi_conv_learn *v, mien_error *err)
{
    int taps = mi_plan_add_floats(p, p->value[v->w].len / TAPS * MADE);
    mi_step *s = taps < 0 ? NULL : mi_plan_add_step(p, "taps", taps);
    if (!s)
        return mi_no_memory(err);
    mi_step_reads(s, v->w);
    s->run = run_taps;
    s->back = p->value[v->w].flows ? taps_back : NULL;
    p->value[taps].flows = p->value[v->w].flows;
    v->w = taps;
    return MIEN_OK;
}

/* The convolution from the result [oc] down to the small picture [c]. */
static mi_conv conv_of(const mi_node *conv, const mi_node *small)
{
    const int64_t *x = small->shape.dim, *y = conv->shape.dim;
    return (mi_conv){.h = (int)y[2],
                     .w = (int)y[3],
                     .c = (int)y[1],
                     .oh = (int)x[2],
                     .ow = (int)x[3],
                     .oc = (int)x[1],
                     .kh = 4,
                     .kw = 4,
                     .sy = 2,
                     .sx = 2,
                     .dy = 1,
                     .dx = 1,
                     .top = 1,
                     .left = 1};
}

mien_status mi_lower_conv_doubled(mien_plan *p, mi_node *head, mien_error *err)
{
    mi_node *small = head->in[0]->in[0];
    const mi_conv cv = conv_of(head, small);
    mi_conv_learn *v = mi_plan_alloc(p, 1, sizeof *v);
    if (!v)
        return mi_no_memory(err);
    *v = mi_conv_learn_of(&cv, (int)head->shape.dim[0]);
    v->at.out = MADE; /* they lie as the weights, the result's channels first */
    v->at.in = (ptrdiff_t)cv.oc * MADE;
    int xy[2];
    mien_status st = mi_conv_learn_use(p, head, v, err);
    if (!st)
        st = add_taps(p, v, err);
    if (!st)
        st = mi_plan_use(p, small, 1, &xy[0], err);
    if (!st)
        st = mi_plan_result(p, head, 1, &xy[1], err);
    if (!st)
        st = mi_conv_forward(p, v, MI_CONV_UP, xy, err);
    if (!st && p->value[xy[1]].flows)
        p->step[p->n_steps - 1].back = mi_conv_transpose_back;
    return st;
}
