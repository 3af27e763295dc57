/* lower_elem.c: operators that treat every element, or every channel, alone. */
#include "engine/plan.h"

#include "base/error.h"
#include "graph/op_attr.h"

#include <math.h>
#include <string.h>

/* Floats a task does: the inputs and the output of one fit the L1 cache. */
enum { CHUNK = 4096 };

static int chunks(size_t len) { return (int)((len + CHUNK - 1) / CHUNK); }

/* Where task i starts, and how many floats it does. */
static size_t chunk_at(int i, size_t len, int *n)
{
    size_t at = (size_t)i * CHUNK;
    *n = (int)(len - at < CHUNK ? len - at : CHUNK);
    return at;
}

static void apply_act(const mi_kern *k, mi_act act, int n, const float *x,
                      float *y)
{
    switch (act.kind) {
    case MI_ACT_NONE: break;
    case MI_ACT_CLAMP: k->clamp_f32(n, x, act.lo, act.hi, y); break;
    case MI_ACT_LEAKY: k->leaky_f32(n, x, act.lo, y); break;
    case MI_ACT_SIGMOID: k->sigmoid_f32(n, x, y); break;
    }
}

typedef struct {
    void (*kernel)(int n, const float *x, const float *y, float *dst);
    mi_act act;
} binary_spec;

static void run_binary(const mien_plan *p, const mi_step *s, int task,
                       void *scratch)
{
    (void)scratch;
    const binary_spec *b = s->spec;
    float *out = p->value[s->out].data;
    int n;
    size_t at = chunk_at(task, p->value[s->out].len, &n);
    b->kernel(n, p->value[s->in[0]].data + at, p->value[s->in[1]].data + at,
              out + at);
    apply_act(p->kern, b->act, n, out + at, out + at);
}

static int shapes_equal(const mien_shape *a, const mien_shape *b)
{
    return a->rank == b->rank &&
           memcmp(a->dim, b->dim, (size_t)a->rank * sizeof *a->dim) == 0;
}

mien_status mi_lower_binary(mien_plan *p, mi_node *head, mien_error *err)
{
    mi_node *x = head->in[0], *y = head->in[1];
    if (!shapes_equal(&x->shape, &y->shape))
        return mi_lower_eval(p, head, err);
    binary_spec *b = mi_plan_alloc(p, 1, sizeof *b);
    mi_act act = {MI_ACT_NONE, 0, 0};
    int tail = p->of[head->id].tail;
    int last = mi_plan_lies_last(p, x) || mi_plan_lies_last(p, y);
    int in[2], out;
    mien_status st = mi_plan_use(p, x, last, &in[0], err);
    if (st == MIEN_OK)
        st = mi_plan_use(p, y, last, &in[1], err);
    if (st == MIEN_OK && tail != head->id)
        st = mi_plan_act(p, &p->node[tail], &act, err);
    if (st == MIEN_OK)
        st = mi_plan_result(p, head, last, &out, err);
    if (st != MIEN_OK)
        return st;
    mi_step *s = mi_plan_add_step(p, head->op->name, out);
    if (!b || !s)
        return mi_no_memory(err);
    b->kernel = head->op == &mi_op_add   ? p->kern->add_f32
                : head->op == &mi_op_sub ? p->kern->sub_f32
                : head->op == &mi_op_mul ? p->kern->mul_f32
                                         : p->kern->div_f32;
    b->act = act;
    s->in[s->n_in++] = in[0];
    s->in[s->n_in++] = in[1];
    s->tasks = chunks(p->value[out].len);
    s->spec = b;
    s->in_place = 1;
    s->run = run_binary;
    return MIEN_OK;
}

static void run_exp(const mien_plan *p, const mi_step *s, int task,
                    void *scratch)
{
    (void)scratch;
    int n;
    size_t at = chunk_at(task, p->value[s->out].len, &n);
    p->kern->exp_f32(n, p->value[s->in[0]].data + at,
                     p->value[s->out].data + at);
}

static void run_act(const mien_plan *p, const mi_step *s, int task,
                    void *scratch)
{
    (void)scratch;
    const mi_act *act = s->spec;
    int n;
    size_t at = chunk_at(task, p->value[s->out].len, &n);
    apply_act(p->kern, *act, n, p->value[s->in[0]].data + at,
              p->value[s->out].data + at);
}

mien_status mi_lower_unary(mien_plan *p, mi_node *head, mien_error *err)
{
    if (head->op != &mi_op_exp && mi_plan_part(p, head, 0) != MI_PART_ACT)
        return mi_lower_eval(p, head, err);
    mi_act *act = mi_plan_alloc(p, 1, sizeof *act);
    if (!act)
        return mi_no_memory(err);
    int last = mi_plan_lies_last(p, head->in[0]), in, out;
    mien_status st = mi_plan_use(p, head->in[0], last, &in, err);
    if (st == MIEN_OK && head->op != &mi_op_exp)
        st = mi_plan_act(p, head, act, err);
    if (st == MIEN_OK)
        st = mi_plan_result(p, head, last, &out, err);
    if (st != MIEN_OK)
        return st;
    mi_step *s = mi_plan_add_step(p, head->op->name, out);
    if (!s)
        return mi_no_memory(err);
    s->in[s->n_in++] = in;
    s->tasks = chunks(p->value[out].len);
    s->spec = act;
    s->in_place = 1;
    s->run = head->op == &mi_op_exp ? run_exp : run_act;
    return MIEN_OK;
}

/* y[i, c] = act(scale[c] x[i, c] + bias[c]) for rows of c floats. */
typedef struct {
    int c, rows; /* rows a task does */
    size_t all;  /* rows in all */
    float *scale, *bias;
    mi_act act;
} affine_spec;

static void run_affine(const mien_plan *p, const mi_step *s, int task,
                       void *scratch)
{
    (void)scratch;
    const affine_spec *a = s->spec;
    size_t at = (size_t)task * (size_t)a->rows, left = a->all - at;
    int n = left < (size_t)a->rows ? (int)left : a->rows;
    const float *x = p->value[s->in[0]].data + at * (size_t)a->c;
    float *y = p->value[s->out].data + at * (size_t)a->c;
    p->kern->affine_pixels_f32(n, a->c, x, a->scale, a->bias, y);
    apply_act(p->kern, a->act, n * a->c, y, y);
}

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
                       .rows = c < CHUNK ? (int)(CHUNK / c) : 1,
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
    s->in[s->n_in++] = in;
    s->tasks = (int)((a->all + (size_t)a->rows - 1) / (size_t)a->rows);
    s->spec = a;
    s->in_place = 1;
    s->run = run_affine;
    return MIEN_OK;
}
