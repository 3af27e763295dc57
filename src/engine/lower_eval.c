/* lower_eval.c: nodes that run as their operators are defined, on memory in
 * ONNX's order: plain loops, one thread. */
#include "engine/gradient.h"
#include "engine/infer.h"
#include "engine/lowerings.h"
#include "engine/values.h"

#include "base/error.h"

#include <string.h>

typedef struct {
    mi_node node;
    mi_node *in;          /* [node.n_in] copies that node.in points at */
    int value[MI_MAX_IN]; /* -1: the input is known, not run */
    int y, save;          /* values; save -1: nothing is kept */
} eval_spec;

/* The nodes' floats lie where those of the values do. */
static void bind_forward(const mien_plan *p, mi_step *s)
{
    eval_spec *e = s->spec;
    e->node.eval = p->value[e->y].data;
    e->node.save = e->save < 0 ? NULL : p->value[e->save].data;
    e->node.random = p->random;
    for (int i = 0; i < e->node.n_in; i++)
        if (e->value[i] >= 0)
            e->in[i].eval = p->value[e->value[i]].data;
}

static void run_forward(const mien_plan *p, const mi_step *s, int task,
                        void *scratch)
{
    (void)task;
    (void)scratch;
    const eval_spec *e = s->spec;
    if (p->training && e->node.op->train)
        e->node.op->train(&e->node);
    else
        e->node.op->eval(&e->node);
}

/* ---- backward --------------------------------------------------------------
 */

typedef struct {
    mi_node node;
    mi_node *in; /* [node.n_in] */
    const eval_spec *forward;
    int to[MI_MAX_IN];  /* the gradient's value; -1: not wanted */
    int add[MI_MAX_IN]; /* 0: it is made 0 first */
} back_spec;

static void bind_back(const mien_plan *p, mi_step *s)
{
    back_spec *b = s->spec;
    const eval_spec *e = b->forward;
    for (int i = 0; i < e->node.n_in; i++) {
        b->in[i] = e->in[i];
        b->node.in[i] = e->node.in[i] ? &b->in[i] : NULL;
        if (e->value[i] >= 0)
            b->in[i].eval = p->value[e->value[i]].data;
        b->in[i].grad = b->to[i] < 0 ? NULL : p->value[b->to[i]].data;
    }
    b->node.eval = p->value[e->y].data;
    b->node.save = e->save < 0 ? NULL : p->value[e->save].data;
    b->node.grad = mi_step_in(p, s, 0);
}

static void run_back(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    (void)task;
    (void)scratch;
    const back_spec *b = s->spec;
    for (int i = 0; i < b->node.n_in; i++)
        if (b->to[i] >= 0 && !b->add[i])
            memset(b->in[i].grad, 0, p->value[b->to[i]].len * sizeof(float));
    b->node.op->grad(&b->node);
}

/* Add one step that calls the operator's own gradient for all inputs. */
static mien_status eval_back(mien_plan *p, const mi_step *s, mien_error *err)
{
    const eval_spec *e = s->spec;
    back_spec *b = mi_plan_alloc(p, 1, sizeof *b);
    mi_node *in = mi_plan_alloc(p, (size_t)e->node.n_in, sizeof *in);
    int g = mi_gradient_of(p, s->out[0]);
    if (!b || !in || g < 0)
        return mi_no_memory(err);
    *b = (back_spec){.node = e->node, .in = in, .forward = e};
    mi_step *back = NULL;
    for (int i = 0; i < e->node.n_in; i++) {
        const mi_node *n = &p->node[e->node.id];
        b->to[i] = -1;
        if (e->value[i] < 0 || !mi_flows_back(p, n, i))
            continue;
        if (!back) {
            back = mi_gradient_step(p, e->node.op->name, e->value[i]);
            b->add[i] = back ? back->add : -1;
        } else {
            b->add[i] = mi_gradient_also(p, back, e->value[i]);
        }
        if (b->add[i] < 0)
            return mi_no_memory(err);
        b->to[i] = mi_gradient_of(p, e->value[i]);
    }
    if (!back)
        return MIEN_OK;
    mi_step_reads(back, g);
    for (int i = 0; i < s->n_in; i++)
        mi_step_reads(back, s->in[i]);
    mi_step_reads(back, e->y);
    if (e->save >= 0)
        mi_step_reads(back, e->save);
    back->spec = b;
    back->bind = bind_back;
    back->run = run_back;
    return MIEN_OK;
}

/* ---- lowering --------------------------------------------------------------
 */

/* Copies of the node and its inputs, and the inputs' values. */
static mien_status copy_node(mien_plan *p, mi_node *head, eval_spec *e,
                             mien_error *err)
{
    e->node = *head;
    e->in = mi_plan_alloc(p, (size_t)head->n_in, sizeof *e->in);
    e->save = -1;
    if (!e->in)
        return mi_no_memory(err);
    for (int i = 0; i < head->n_in; i++) {
        e->value[i] = -1;
        if (!head->in[i])
            continue;
        e->in[i] = *head->in[i];
        e->node.in[i] = &e->in[i];
        if (head->in[i]->type != MI_F32)
            continue;
        mien_status st = mi_plan_use(p, head->in[i], 0, &e->value[i], err);
        if (st != MIEN_OK)
            return st;
    }
    return mi_plan_result(p, head, 0, &e->y, err);
}

mien_status mi_lower_eval(mien_plan *p, mi_node *head, mien_error *err)
{
    if (head->type != MI_F32)
        return mi_fail(err, MIEN_EUNSUP,
                       "plan: node %d (%s '%s'): integers that depend on the "
                       "input's values",
                       head->id, head->op->name, head->name);
    eval_spec *e = mi_plan_alloc(p, 1, sizeof *e);
    if (!e)
        return mi_no_memory(err);
    mien_status st = copy_node(p, head, e, err);
    if (st)
        return st;
    if (p->learns && head->op->save_len) {
        e->save = mi_plan_add_floats(p, head->op->save_len(head));
        if (e->save < 0)
            return mi_no_memory(err);
    }
    mi_step *s = mi_plan_add_step(p, head->op->name, e->y);
    if (!s)
        return mi_no_memory(err);
    if (e->save >= 0)
        mi_step_writes(s, e->save);
    for (int i = 0; i < head->n_in; i++)
        if (e->value[i] >= 0)
            mi_step_reads(s, e->value[i]);
    s->spec = e;
    s->bind = bind_forward;
    s->run = run_forward;
    s->back = p->value[e->y].flows ? eval_back : NULL;
    return MIEN_OK;
}
