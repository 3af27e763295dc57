/* lower.c: nodes to steps.
 *
 * Every group of nodes becomes one step, or none where the result is only
 * another view of the same memory.  A value of rank 4 lies with its channels
 * together or in ONNX's order; whoever needs the other order asks mi_plan_use,
 * which adds a step that reorders. */
#include "engine/plan.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>

/* Room for one more element of an array that doubles. */
static int grow(mien_plan *p, void *array, int n, int *cap, size_t size)
{
    if (n < *cap)
        return 1;
    int more = *cap ? *cap * 2 : 64;
    void *old, *grown = mi_plan_alloc(p, (size_t)more, size);
    if (!grown)
        return 0;
    memcpy(&old, array, sizeof old);
    if (n)
        memcpy(grown, old, (size_t)n * size);
    memcpy(array, &grown, sizeof grown);
    *cap = more;
    return 1;
}

int mi_plan_add_value(mien_plan *p, const mien_shape *shape, int channels_last)
{
    if (!grow(p, &p->value, p->n_values, &p->cap_values, sizeof *p->value))
        return -1;
    mi_value v = {.shape = *shape,
                  .channels_last = channels_last,
                  .same_as = -1,
                  .len = (size_t)mi_shape_len(shape)};
    p->value[p->n_values] = v;
    return p->n_values++;
}

mi_step *mi_plan_add_step(mien_plan *p, const char *what, int out)
{
    if (!grow(p, &p->step, p->n_steps, &p->cap_steps, sizeof *p->step))
        return NULL;
    mi_step *s = &p->step[p->n_steps++];
    *s = (mi_step){.what = what, .out = out, .tasks = 1};
    s->work = (double)p->value[out].len;
    return s;
}

/* [n, c, h, w] <-> [n, h, w, c]: rows x cols turned to cols x rows. */
static void run_reorder(const mien_plan *p, const mi_step *s, int task,
                        void *scratch)
{
    (void)scratch;
    const mi_value *x = &p->value[s->in[0]], *y = &p->value[s->out];
    size_t c = (size_t)x->shape.dim[1];
    size_t hw = (size_t)x->shape.dim[2] * (size_t)x->shape.dim[3];
    size_t rows = x->channels_last ? hw : c, cols = x->channels_last ? c : hw;
    const float *from = x->data + (size_t)task * rows * cols;
    float *to = y->data + (size_t)task * rows * cols;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            to[j * rows + i] = from[i * cols + j];
}

/* Whether both orders of a rank-4 shape lie alike in memory. */
static int orders_agree(const mien_shape *s)
{
    return s->rank != 4 || s->dim[1] == 1 || s->dim[2] * s->dim[3] == 1;
}

static mien_status reorder(mien_plan *p, int from, int *out, mien_error *err)
{
    mi_value v = p->value[from];
    int to = mi_plan_add_value(p, &v.shape, !v.channels_last);
    if (to < 0)
        return mi_no_memory(err);
    if (orders_agree(&v.shape)) {
        p->value[to].same_as = from;
        *out = to;
        return MIEN_OK;
    }
    mi_step *s = mi_plan_add_step(p, "reorder", to);
    if (!s)
        return mi_no_memory(err);
    s->in[s->n_in++] = from;
    s->tasks = (int)v.shape.dim[0];
    s->run = run_reorder;
    *out = to;
    return MIEN_OK;
}

/* A constant that a step reads: its elements are kept in the plan. */
static mien_status keep_constant(mien_plan *p, mi_node *n, int *out,
                                 mien_error *err)
{
    const float *from = NULL;
    mien_status st = mi_plan_floats(p, n, &from, err);
    if (st != MIEN_OK)
        return st;
    int v = mi_plan_add_value(p, &n->shape, 0);
    size_t len = (size_t)mi_shape_len(&n->shape);
    float *data = mi_plan_alloc(p, len, sizeof *data);
    if (v < 0 || !data)
        return mi_no_memory(err);
    memcpy(data, from, len * sizeof *data);
    p->value[v].data = data;
    *out = v;
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
    tail->value = v;
    *out = v;
    return MIEN_OK;
}

/* Which function lowers which operator; the rest is evaluated as defined. */
static mi_lower *lower_of(const mien_plan *p, const mi_node *n)
{
    static const struct {
        const mi_op *op;
        mi_lower *lower;
    } table[] = {
        {&mi_op_max_pool, mi_lower_pool},
        {&mi_op_average_pool, mi_lower_pool},
        {&mi_op_global_average_pool, mi_lower_pool},
        {&mi_op_reduce_mean, mi_lower_pool},
        {&mi_op_relu, mi_lower_unary},
        {&mi_op_clip, mi_lower_unary},
        {&mi_op_leaky_relu, mi_lower_unary},
        {&mi_op_sigmoid, mi_lower_unary},
        {&mi_op_exp, mi_lower_unary},
        {&mi_op_add, mi_lower_binary},
        {&mi_op_sub, mi_lower_binary},
        {&mi_op_mul, mi_lower_binary},
        {&mi_op_div, mi_lower_binary},
        {&mi_op_reshape, mi_lower_alias},
        {&mi_op_flatten, mi_lower_alias},
        {&mi_op_squeeze, mi_lower_alias},
        {&mi_op_unsqueeze, mi_lower_alias},
        {&mi_op_identity, mi_lower_alias},
        {&mi_op_dropout, mi_lower_alias},
        {&mi_op_transpose, mi_lower_transpose},
        {&mi_op_concat, mi_lower_concat},
        {&mi_op_pad, mi_lower_pad},
        {&mi_op_resize, mi_lower_resize},
    };
    if (mi_is_packed(p, n))
        return n->op == &mi_op_conv ? mi_lower_conv : mi_lower_dense;
    for (int side = 0; side < n->n_in && side < 2; side++)
        if (n->in[side] && !p->of[n->in[side]->id].constant &&
            mi_plan_part(p, n, side) == MI_PART_AFFINE)
            return mi_lower_affine;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].op == n->op)
            return table[i].lower;
    return mi_lower_eval;
}

static mien_status lower_node(mien_plan *p, mi_node *n, mien_error *err)
{
    const mi_node_facts *f = &p->of[n->id];
    if (!n->op) {
        int v = mi_plan_add_value(p, &n->shape, n->shape.rank == 4);
        if (v < 0)
            return mi_no_memory(err);
        p->of[n->id].value = v;
        return MIEN_OK;
    }
    mi_node *head = &p->node[f->head];
    if (p->of[head->id].tail != n->id)
        return MIEN_OK; /* done by the step of its group */
    mien_status st = lower_of(p, head)(p, head, err);
    mi_plan_forget(p);
    return st;
}

mien_status mi_plan_lower(mien_plan *p, mien_error *err)
{
    for (int i = 0; i < p->n_nodes; i++) {
        const mi_node_facts *f = &p->of[i];
        mi_node *n = &p->node[i];
        int wanted = f->input || (n->op && f->live && !f->constant);
        mien_status st = wanted ? lower_node(p, n, err) : MIEN_OK;
        if (st != MIEN_OK)
            return st;
    }
    for (int i = 0; i < mien_graph_outputs(p->graph); i++) {
        mi_node *n = &p->node[mi_graph_output_node(p->graph, i)->id];
        int v;
        mien_status st = mi_plan_use(p, n, mi_plan_lies_last(p, n), &v, err);
        mi_plan_forget(p);
        if (st != MIEN_OK)
            return st;
    }
    return MIEN_OK;
}
