/* lower.c: every group of nodes becomes one step or a few, or none where the
 * result is only another view of the same memory. */
#include "engine/lower.h"

#include "base/error.h"
#include "engine/fuse.h"
#include "engine/join.h"
#include "engine/lowerings.h"
#include "engine/values.h"

/* Which function lowers which operator; the rest is evaluated as defined.  back
 * is 1 where the function adds steps backward too. */
static const struct {
    const mi_op *op;
    mi_lower *lower;
    int back;
} table[] = {
    {&mi_op_max_pool, mi_lower_pool, 1},
    {&mi_op_average_pool, mi_lower_pool, 1},
    {&mi_op_global_average_pool, mi_lower_pool, 1},
    {&mi_op_reduce_mean, mi_lower_pool, 1},
    {&mi_op_relu, mi_lower_unary, 1},
    {&mi_op_clip, mi_lower_unary, 0},
    {&mi_op_leaky_relu, mi_lower_unary, 1},
#ifndef __wasm__ /* no network of the app has it: evaluated as defined */
    {&mi_op_prelu, mi_lower_prelu, 0},
#endif
    {&mi_op_sigmoid, mi_lower_unary, 1},
    {&mi_op_exp, mi_lower_unary, 0},
    {&mi_op_add, mi_lower_binary, 1},
    {&mi_op_sub, mi_lower_binary, 1},
    {&mi_op_mul, mi_lower_binary, 1},
    {&mi_op_div, mi_lower_binary, 0},
    {&mi_op_reshape, mi_lower_alias, 1},
    {&mi_op_flatten, mi_lower_alias, 1},
    {&mi_op_squeeze, mi_lower_alias, 1},
    {&mi_op_unsqueeze, mi_lower_alias, 1},
    {&mi_op_identity, mi_lower_alias, 1},
    {&mi_op_transpose, mi_lower_transpose, 1},
    {&mi_op_concat, mi_lower_concat, 1},
    {&mi_op_pad, mi_lower_pad, 0},
    {&mi_op_resize, mi_lower_resize, 1},
    {&mi_op_group_norm, mi_lower_group_norm, 1},
    {&mi_op_lstm, mi_lower_lstm, 1},
    {&mi_op_mean_loss, mi_lower_loss, 1},
    {&mi_op_mean_squared_error, mi_lower_loss, 1},
    {&mi_op_absolute_error, mi_lower_loss, 1},
    {&mi_op_gaussian_loss, mi_lower_loss, 1},
    {&mi_op_divergence_loss, mi_lower_divergence, 1},
    {&mi_op_huber_loss, mi_lower_loss, 1},
    {&mi_op_wing_loss, mi_lower_loss, 1},
    {&mi_op_sigmoid_cross_entropy, mi_lower_loss, 1},
    {&mi_op_softmax_cross_entropy, mi_lower_loss, 1},
    {&mi_op_penalty, mi_lower_loss, 1},
};

/* Whether the channels of one of a node's inputs are scaled and shifted by
 * constants. */
static int is_affine(const mien_plan *p, const mi_node *n)
{
    for (int side = 0; side < n->n_in && side < 2; side++)
        if (n->in[side] && !p->of[n->in[side]->id].constant &&
            mi_plan_part(p, n, side) == MI_PART_AFFINE)
            return 1;
    return 0;
}

/* The lowering that makes the steps of a group's head. */
static mi_lower *lower_of(const mien_plan *p, const mi_node *n)
{
    int conv = n->op == &mi_op_conv;
    if (mi_is_packed(p, n))
        return conv ? mi_lower_conv : mi_lower_dense;
    if (mi_is_product(p, n))
        return conv                             ? mi_lower_conv_learn
               : n->op == &mi_op_conv_transpose ? mi_lower_conv_transpose
                                                : mi_lower_product;
    if (mi_is_silu(p, n))
        return mi_lower_silu;
    if (is_affine(p, n))
        return mi_lower_affine;
    if (n->op == &mi_op_batch_norm && p->learns)
        return mi_lower_batch_norm;
    if (p->of[n->id].moved)
        return mi_lower_alias;
    if (n->op == &mi_op_dropout)
        return p->learns ? mi_lower_dropout : mi_lower_alias;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].op == n->op && (table[i].back || !p->of[n->id].flows))
            return table[i].lower;
    return mi_lower_eval;
}

/* Make an input's value, or the steps of the group whose tail n is. */
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
    if (f->doubled)
        return MIEN_OK; /* done by the convolution after it */
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
        if (p->loss && p->of[n->id].constant)
            p->loss[i] = (double)p->value[v].data[0];
    }
    return MIEN_OK;
}
