/* lower_elem.c: operators whose result's element i depends on the elements i of
 * their inputs alone. */
#include "kern/act.h"
#include "engine/fuse.h"
#include "engine/gradient.h"
#include "engine/infer.h"
#include "engine/lowerings.h"
#include "engine/values.h"

#include "base/error.h"

#include <string.h>

/* ---- two inputs ------------------------------------------------------------
 */

typedef void binary_kernel(int n, const float *x, const float *y, float *dst);

typedef struct {
    binary_kernel *kernel;
    const mi_op *op;
    mi_act act;
} binary_spec;

static void run_binary(const mien_plan *p, const mi_step *s, int task,
                       void *scratch)
{
    (void)scratch;
    const binary_spec *b = s->spec;
    float *out = mi_step_out(p, s, 0);
    int n;
    size_t at = mi_chunk_at(task, p->value[s->out[0]].len, &n);
    b->kernel(n, mi_step_in(p, s, 0) + at, mi_step_in(p, s, 1) + at, out + at);
    mi_act_apply(p->kern, &b->act, n, out + at, out + at);
}

/* in: gradient, and the other factor of a product; out: the gradient of one
 * operand: the same, times the factor, or turned round. */
static void run_operand(const mien_plan *p, const mi_step *s, int task,
                        void *scratch)
{
    int n;
    size_t at = mi_chunk_at(task, p->value[s->out[0]].len, &n);
    const float *g = mi_step_in(p, s, 0) + at;
    float *to = mi_step_out(p, s, 0) + at, *part = s->add ? scratch : to;
    if (s->n_in > 1)
        p->kern->mul_f32(n, g, mi_step_in(p, s, 1) + at, part);
    else
        p->kern->affine_f32(n, g, -1, 0, part);
    if (s->add)
        p->kern->add_f32(n, to, part, to);
}

/* The gradient of operand `side` from that before the activation. */
static mien_status back_to_operand(mien_plan *p, const mi_step *s, int side,
                                   int dz, mien_error *err)
{
    const binary_spec *b = s->spec;
    if (b->op == &mi_op_add || (b->op == &mi_op_sub && side == 0))
        return mi_gradient_pass(p, dz, s->in[side], err);
    mi_step *back = mi_gradient_step(p, "operand", s->in[side]);
    if (!back)
        return mi_no_memory(err);
    mi_step_reads(back, dz);
    if (b->op == &mi_op_mul)
        mi_step_reads(back, s->in[1 - side]);
    back->tasks = mi_chunks(p->value[s->out[0]].len);
    back->scratch = MI_CHUNK * sizeof(float);
    back->run = run_operand;
    return MIEN_OK;
}

static mien_status binary_back(mien_plan *p, const mi_step *s, mien_error *err)
{
    const binary_spec *b = s->spec;
    int dz;
    mien_status st = mi_gradient_before(p, s, &b->act, &dz, err);
    for (int side = 0; side < 2 && !st; side++)
        if (p->value[s->in[side]].flows)
            st = back_to_operand(p, s, side, dz, err);
    return st;
}

static binary_kernel *kernel_of(const mi_kern *kern, const mi_op *op)
{
    return op == &mi_op_add   ? kern->add_f32
           : op == &mi_op_sub ? kern->sub_f32
           : op == &mi_op_mul ? kern->mul_f32
                              : kern->div_f32;
}

mien_status mi_lower_binary(mien_plan *p, mi_node *head, mien_error *err)
{
    mi_node *x = head->in[0], *y = head->in[1];
    if (!mi_shape_equal(&x->shape, &y->shape))
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
    *b = (binary_spec){kernel_of(p->kern, head->op), head->op, act};
    mi_step_reads(s, in[0]);
    mi_step_reads(s, in[1]);
    s->tasks = mi_chunks(p->value[out].len);
    s->spec = b;
    s->in_place = 1;
    s->run = run_binary;
    s->back = p->value[out].flows ? binary_back : NULL;
    return MIEN_OK;
}

/* ---- one input -------------------------------------------------------------
 */

static void run_exp(const mien_plan *p, const mi_step *s, int task,
                    void *scratch)
{
    (void)scratch;
    int n;
    size_t at = mi_chunk_at(task, p->value[s->out[0]].len, &n);
    p->kern->exp_f32(n, mi_step_in(p, s, 0) + at, mi_step_out(p, s, 0) + at);
}

static void run_act(const mien_plan *p, const mi_step *s, int task,
                    void *scratch)
{
    (void)scratch;
    int n;
    size_t at = mi_chunk_at(task, p->value[s->out[0]].len, &n);
    mi_act_apply(p->kern, s->spec, n, mi_step_in(p, s, 0) + at,
                 mi_step_out(p, s, 0) + at);
}

static mien_status act_back(mien_plan *p, const mi_step *s, mien_error *err)
{
    int dz;
    mien_status st = mi_gradient_before(p, s, s->spec, &dz, err);
    return st ? st : mi_gradient_pass(p, dz, s->in[0], err);
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
    mi_step_reads(s, in);
    s->tasks = mi_chunks(p->value[out].len);
    s->spec = act;
    s->in_place = 1;
    s->run = head->op == &mi_op_exp ? run_exp : run_act;
    s->back = p->value[out].flows ? act_back : NULL;
    return MIEN_OK;
}

/* ---- x times its sigmoid ---------------------------------------------------
 */

static void run_silu(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    (void)scratch;
    int n;
    size_t at = mi_chunk_at(task, p->value[s->out[0]].len, &n);
    p->kern->silu_f32(n, mi_step_in(p, s, 0) + at, mi_step_out(p, s, 0) + at);
}

/* in: gradient, x; out: the gradient of x. */
static void run_silu_back(const mien_plan *p, const mi_step *s, int task,
                          void *scratch)
{
    int n;
    size_t at = mi_chunk_at(task, p->value[s->out[0]].len, &n);
    float *to = mi_step_out(p, s, 0) + at, *part = s->add ? scratch : to;
    p->kern->silu_grad_f32(n, mi_step_in(p, s, 1) + at,
                           mi_step_in(p, s, 0) + at, part);
    if (s->add)
        p->kern->add_f32(n, to, part, to);
}

static mien_status silu_back(mien_plan *p, const mi_step *s, mien_error *err)
{
    int g = mi_gradient_of(p, s->out[0]);
    mi_step *back = g < 0 ? NULL : mi_gradient_step(p, "silu", s->in[0]);
    if (!back)
        return mi_no_memory(err);
    mi_step_reads(back, g);
    mi_step_reads(back, s->in[0]);
    back->tasks = mi_chunks(p->value[g].len);
    back->in_place = !back->add;
    back->scratch = MI_CHUNK * sizeof(float);
    back->run = run_silu_back;
    return MIEN_OK;
}

/* head is the sigmoid of a group that ends with the product (join.c). */
mien_status mi_lower_silu(mien_plan *p, mi_node *head, mien_error *err)
{
    int last = mi_plan_lies_last(p, head->in[0]), in, out;
    mien_status st = mi_plan_use(p, head->in[0], last, &in, err);
    if (!st)
        st = mi_plan_result(p, head, last, &out, err);
    if (st)
        return st;
    mi_step *s = mi_plan_add_step(p, "silu", out);
    if (!s)
        return mi_no_memory(err);
    mi_step_reads(s, in);
    s->tasks = mi_chunks(p->value[out].len);
    s->in_place = 1;
    s->run = run_silu;
    s->back = p->value[out].flows ? silu_back : NULL;
    return MIEN_OK;
}

/* ---- dropout ----------------------------------------------------------------
 *
 * In training each number is dropped, or enlarged to make up for the others;
 * which, a second result keeps.  Numbers are drawn in the order of memory. */

typedef struct {
    double ratio;
    float kept;
} dropout_spec;

/* in: x; out: y, factors. */
static void run_dropout(const mien_plan *p, const mi_step *s, int task,
                        void *scratch)
{
    (void)task;
    (void)scratch;
    const dropout_spec *d = s->spec;
    const float *x = mi_step_in(p, s, 0);
    float *y = mi_step_out(p, s, 0), *factor = mi_step_out(p, s, 1);
    size_t len = p->value[s->out[0]].len;
    if (!p->training) {
        memcpy(y, x, len * sizeof *y);
        return;
    }
    for (size_t i = 0; i < len; i++) {
        double drawn = (double)mien_random_u32(p->random);
        factor[i] = drawn < d->ratio * 4294967296.0 ? 0 : d->kept;
        y[i] = x[i] * factor[i];
    }
}

static mien_status dropout_back(mien_plan *p, const mi_step *s, mien_error *err)
{
    int g = mi_gradient_of(p, s->out[0]);
    mi_step *back = mi_gradient_step(p, "operand", s->in[0]);
    if (g < 0 || !back)
        return mi_no_memory(err);
    mi_step_reads(back, g);
    mi_step_reads(back, s->out[1]);
    back->tasks = mi_chunks(p->value[g].len);
    back->scratch = MI_CHUNK * sizeof(float);
    back->run = run_operand;
    return MIEN_OK;
}

mien_status mi_lower_dropout(mien_plan *p, mi_node *head, mien_error *err)
{
    const float *ratio = NULL;
    dropout_spec *d = mi_plan_alloc(p, 1, sizeof *d);
    int last = mi_plan_lies_last(p, head->in[0]), in, out;
    mien_status st = d ? MIEN_OK : mi_no_memory(err);
    if (!st && mi_node_in(head, 1))
        st = mi_plan_floats(p, head->in[1], &ratio, err);
    if (!st)
        st = mi_plan_use(p, head->in[0], last, &in, err);
    if (!st)
        st = mi_plan_result(p, head, last, &out, err);
    if (st)
        return st;
    d->ratio = ratio ? (double)*ratio : 0.5;
    d->kept = d->ratio < 1 ? (float)(1 / (1 - d->ratio)) : 0;
    int factors = mi_plan_add_floats(p, p->value[out].len);
    mi_step *s = factors < 0 ? NULL : mi_plan_add_step(p, "dropout", out);
    if (!s)
        return mi_no_memory(err);
    mi_step_writes(s, factors);
    mi_step_reads(s, in);
    s->spec = d;
    s->run = run_dropout;
    s->back = p->value[out].flows ? dropout_back : NULL;
    return MIEN_OK;
}
