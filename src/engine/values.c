/* values.c: a value of rank 4 lies with its channels together or in ONNX's
 * order; whoever needs the other order asks mi_plan_use, which adds a step that
 * reorders, once. */
#include "engine/values.h"

#include "base/error.h"
#include "engine/gradient.h"
#include "engine/infer.h"

#include <string.h>

/* [n, c, h, w] <-> [n, h, w, c]: rows x cols turned to cols x rows. */
static void run_reorder(const mien_plan *p, const mi_step *s, int task,
                        void *scratch)
{
    (void)scratch;
    const mi_value *x = &p->value[s->in[0]];
    size_t c = (size_t)x->shape.dim[1];
    size_t hw = (size_t)x->shape.dim[2] * (size_t)x->shape.dim[3];
    size_t rows = x->channels_last ? hw : c, cols = x->channels_last ? c : hw;
    const float *from = x->data + (size_t)task * rows * cols;
    float *to = mi_step_out(p, s, 0) + (size_t)task * rows * cols;
    for (size_t i = 0; i < rows && !s->add; i++)
        for (size_t j = 0; j < cols; j++)
            to[j * rows + i] = from[i * cols + j];
    for (size_t i = 0; i < rows && s->add; i++)
        for (size_t j = 0; j < cols; j++)
            to[j * rows + i] += from[i * cols + j];
}

/* Whether both orders of a rank-4 shape lie alike in memory. */
static int orders_agree(const mien_shape *s)
{
    return s->rank != 4 || s->dim[1] == 1 || s->dim[2] * s->dim[3] == 1;
}

/* The gradient turned back. */
static mien_status reorder_back(mien_plan *p, const mi_step *s, mien_error *err)
{
    mi_step *b = mi_gradient_step(p, "reorder", s->in[0]);
    int g = mi_gradient_of(p, s->out[0]);
    if (!b || g < 0)
        return mi_no_memory(err);
    mi_step_reads(b, g);
    b->tasks = s->tasks;
    b->run = run_reorder;
    return MIEN_OK;
}

/* The same tensor in the other order of memory: a view, or a step's result. */
static mien_status reorder(mien_plan *p, int from, int *out, mien_error *err)
{
    mi_value v = p->value[from];
    int to = mi_plan_add_value(p, &v.shape, !v.channels_last);
    if (to < 0)
        return mi_no_memory(err);
    p->value[to].flows = v.flows;
    *out = to;
    if (orders_agree(&v.shape)) {
        p->value[to].same_as = from;
        return MIEN_OK;
    }
    mi_step *s = mi_plan_add_step(p, "reorder", to);
    if (!s)
        return mi_no_memory(err);
    mi_step_reads(s, from);
    s->tasks = (int)v.shape.dim[0];
    s->run = run_reorder;
    s->back = v.flows ? reorder_back : NULL;
    return MIEN_OK;
}

/* A constant that a step reads: its elements are kept in the plan.  Of a
 * parameter that learns they stay where they are. */
static mien_status keep_constant(mien_plan *p, mi_node *n, int *out,
                                 mien_error *err)
{
    int v = mi_plan_add_value(p, &n->shape, 0);
    if (v < 0)
        return mi_no_memory(err);
    *out = v;
    if (p->learns && n->learned) {
        p->value[v].data = mi_values_of(n);
        p->value[v].flows = p->of[n->id].flows;
        return MIEN_OK;
    }
    const float *from = NULL;
    mien_status st = mi_plan_floats(p, n, &from, err);
    if (st != MIEN_OK)
        return st;
    size_t len = (size_t)mi_shape_len(&n->shape);
    float *data = mi_plan_alloc(p, len, sizeof *data);
    if (!data)
        return mi_no_memory(err);
    memcpy(data, from, len * sizeof *data);
    p->value[v].data = data;
    return MIEN_OK;
}

mien_status mi_plan_use(mien_plan *p, mi_node *n, int channels_last, int *out,
                        mien_error *err)
{
    mi_node_facts *f = &p->of[n->id];
    if (f->value < 0) {
        mien_status st = keep_constant(p, n, &f->value, err);
        if (st != MIEN_OK)
            return st;
    }
    *out = f->value;
    if (n->shape.rank != 4 || p->value[f->value].channels_last == channels_last)
        return MIEN_OK;
    if (f->other < 0) {
        mien_status st = reorder(p, f->value, &f->other, err);
        if (st != MIEN_OK)
            return st;
    }
    *out = f->other;
    return MIEN_OK;
}

int mi_plan_lies_last(const mien_plan *p, const mi_node *n)
{
    int v = p->of[n->id].value;
    return v >= 0 && p->value[v].channels_last;
}

mien_status mi_plan_result(mien_plan *p, const mi_node *head, int channels_last,
                           int *out, mien_error *err)
{
    mi_node_facts *tail = &p->of[p->of[head->id].tail];
    const mien_shape *shape = &p->node[p->of[head->id].tail].shape;
    int v = mi_plan_add_value(p, shape, shape->rank == 4 && channels_last);
    if (v < 0)
        return mi_no_memory(err);
    p->value[v].flows = tail->flows;
    tail->value = v;
    *out = v;
    return MIEN_OK;
}
