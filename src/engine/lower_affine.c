/* lower_affine.c: a scale and a shift of each channel, and what follows. */
#include "kern/act.h"
#include "engine/fuse.h"
#include "engine/gradient.h"
#include "engine/lowerings.h"
#include "engine/values.h"

#include "base/error.h"

#include <string.h>

/* y[i, c] = act(scale[c] x[i, c] + bias[c]) for rows of c floats. */
typedef struct {
    int c, rows; /* rows a task does */
    size_t all;  /* rows in all */
    float *scale, *bias;
    float *zeros; /* [c] when learning */
    mi_act act;
} affine_spec;

static void run_affine(const mien_plan *p, const mi_step *s, int task,
                       void *scratch)
{
    (void)scratch;
    const affine_spec *a = s->spec;
    size_t at = (size_t)task * (size_t)a->rows, left = a->all - at;
    int n = left < (size_t)a->rows ? (int)left : a->rows;
    const float *x = mi_step_in(p, s, 0) + at * (size_t)a->c;
    float *y = mi_step_out(p, s, 0) + at * (size_t)a->c;
    p->kern->affine_pixels_f32(n, a->c, x, a->scale, a->bias, y);
    mi_act_apply(p->kern, &a->act, n * a->c, y, y);
}

/* in: gradient before the activation; out: it times the scale. */
static void run_affine_back(const mien_plan *p, const mi_step *s, int task,
                            void *scratch)
{
    const affine_spec *a = s->spec;
    size_t at = (size_t)task * (size_t)a->rows, left = a->all - at;
    int n = left < (size_t)a->rows ? (int)left : a->rows;
    const float *g = mi_step_in(p, s, 0) + at * (size_t)a->c;
    float *to = mi_step_out(p, s, 0) + at * (size_t)a->c;
    float *part = s->add ? scratch : to;
    p->kern->affine_pixels_f32(n, a->c, g, a->scale, a->zeros, part);
    if (s->add)
        p->kern->add_f32(n * a->c, to, part, to);
}

/* Add the step that takes the gradient through scale and activation. */
static mien_status affine_back(mien_plan *p, const mi_step *s, mien_error *err)
{
    affine_spec *a = s->spec;
    int dz;
    mien_status st = mi_gradient_before(p, s, &a->act, &dz, err);
    if (st)
        return st;
    a->zeros = mi_plan_alloc(p, (size_t)a->c, sizeof *a->zeros);
    mi_step *back = mi_gradient_step(p, "affine", s->in[0]);
    if (!back || !a->zeros)
        return mi_no_memory(err);
    mi_step_reads(back, dz);
    back->tasks = s->tasks;
    back->scratch = (size_t)(a->rows * a->c) * sizeof(float);
    back->spec = a;
    back->run = run_affine_back;
    return MIEN_OK;
}

/* A spec with its own copy of scale and bias; NULL without memory. */
static affine_spec *make_affine(mien_plan *p, const mi_node *head,
                                const mi_after *after)
{
    size_t c = (size_t)mi_channels(&head->shape);
    affine_spec *a = mi_plan_alloc(p, 1, sizeof *a);
    float *scale = mi_plan_alloc(p, c, sizeof *scale);
    float *bias = mi_plan_alloc(p, c, sizeof *bias);
    if (!a || !scale || !bias)
        return NULL;
    memcpy(scale, after->scale, c * sizeof *scale);
    memcpy(bias, after->bias, c * sizeof *bias);
    *a = (affine_spec){.c = (int)c,
                       .rows = c < MI_CHUNK ? (int)(MI_CHUNK / c) : 1,
                       .all = (size_t)mi_shape_len(&head->shape) / c,
                       .scale = scale,
                       .bias = bias,
                       .act = after->act};
    return a;
}

mien_status mi_lower_affine(mien_plan *p, mi_node *head, mien_error *err)
{
    mi_node *x = head->in[p->of[head->in[0]->id].constant ? 1 : 0];
    mi_after after;
    int in, out;
    mien_status st = mi_plan_use(p, x, 1, &in, err);
    if (st == MIEN_OK)
        st = mi_plan_after(p, head, &after, err);
    if (st == MIEN_OK)
        st = mi_plan_result(p, head, 1, &out, err);
    if (st != MIEN_OK)
        return st;
    affine_spec *a = make_affine(p, head, &after);
    mi_step *s = mi_plan_add_step(p, "affine", out);
    if (!a || !s)
        return mi_no_memory(err);
    mi_step_reads(s, in);
    s->tasks = (int)((a->all + (size_t)a->rows - 1) / (size_t)a->rows);
    s->spec = a;
    s->in_place = 1;
    s->run = run_affine;
    s->back = p->value[out].flows ? affine_back : NULL;
    return MIEN_OK;
}
