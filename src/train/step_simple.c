/* step_simple.c: operators whose result's element i comes from the elements i
 * of their inputs alone, where a kernel or a copy is faster than the operator
 * in plain loops. */
#include "graph/op_attr.h"
#include "train/tape.h"

#include <math.h>
#include <string.h>

static int len_of(const mi_node *n) { return (int)mi_shape_len(&n->shape); }

/* g, which is a gradient by the input: put there or added to what is there. */
static void pass(const mi_tape *t, const mi_tape_step *s, int k, const float *g)
{
    const mi_node *in = s->from->in[k];
    int n = len_of(in);
    if (!in->grad)
        return;
    if (s->fresh >> k & 1)
        memcpy(in->grad, g, (size_t)n * sizeof *g);
    else
        t->kern->add_f32(n, in->grad, g, in->grad);
}

/* ---- the same elements under another shape --------------------------------
 */

static void view_forward(const mi_tape *t, const mi_tape_step *s)
{
    (void)t;
    memcpy(s->node->eval, s->node->in[0]->eval,
           (size_t)len_of(s->node) * sizeof(float));
}

static void view_backward(const mi_tape *t, const mi_tape_step *s)
{
    pass(t, s, 0, s->node->grad);
}

/* ---- functions of one number --------------------------------------------- */

static void relu_forward(const mi_tape *t, const mi_tape_step *s)
{
    t->kern->clamp_f32(len_of(s->node), s->node->in[0]->eval, 0, INFINITY,
                       s->node->eval);
}

/* The gradient of the result is not needed again: it is changed in place. */
static void relu_backward(const mi_tape *t, const mi_tape_step *s)
{
    mi_node *n = s->node;
    t->kern->relu_grad_f32(len_of(n), n->eval, n->grad, n->grad);
    pass(t, s, 0, n->grad);
}

static void sigmoid_forward(const mi_tape *t, const mi_tape_step *s)
{
    t->kern->sigmoid_f32(len_of(s->node), s->node->in[0]->eval, s->node->eval);
}

static void sigmoid_backward(const mi_tape *t, const mi_tape_step *s)
{
    mi_node *n = s->node;
    for (int i = 0, len = len_of(n); i < len; i++)
        n->grad[i] *= n->eval[i] * (1 - n->eval[i]);
    pass(t, s, 0, n->grad);
}

/* ---- sums ------------------------------------------------------------------
 */

static void add_forward(const mi_tape *t, const mi_tape_step *s)
{
    t->kern->add_f32(len_of(s->node), s->node->in[0]->eval,
                     s->node->in[1]->eval, s->node->eval);
}

static void add_backward(const mi_tape *t, const mi_tape_step *s)
{
    pass(t, s, 0, s->node->grad);
    pass(t, s, 1, s->node->grad);
}

static int same_shape(const mien_shape *a, const mien_shape *b)
{
    int same = a->rank == b->rank;
    for (int d = 0; same && d < a->rank; d++)
        same = a->dim[d] == b->dim[d];
    return same;
}

static const struct simple {
    const mi_op *op;
    void (*forward)(const mi_tape *t, const mi_tape_step *s);
    void (*backward)(const mi_tape *t, const mi_tape_step *s);
} simple[] = {
    {&mi_op_reshape, view_forward, view_backward},
    {&mi_op_flatten, view_forward, view_backward},
    {&mi_op_squeeze, view_forward, view_backward},
    {&mi_op_unsqueeze, view_forward, view_backward},
    {&mi_op_identity, view_forward, view_backward},
    {&mi_op_relu, relu_forward, relu_backward},
    {&mi_op_sigmoid, sigmoid_forward, sigmoid_backward},
    {&mi_op_add, add_forward, add_backward},
};

int mi_step_simple(mi_tape *t, mi_node *node, mi_tape_step *s)
{
    (void)t;
    if (node->op == &mi_op_add &&
        (node->in[0] == node->in[1] ||
         !same_shape(&node->in[0]->shape, &node->in[1]->shape)))
        return 0;
    for (size_t i = 0; i < sizeof simple / sizeof *simple; i++)
        if (simple[i].op == node->op) {
            s->forward = simple[i].forward;
            s->backward = simple[i].backward;
            return 1;
        }
    return 0;
}
