/* infer.c: what a graph means for given input shapes: the shape of every node,
 * which nodes are constant, which are needed, and constants' elements. */
#include "engine/infer.h"

#include "base/alloc.h"
#include "base/error.h"
#include "graph/op_attr.h"

#include <string.h>

/* Constants made of constants: longest chain that is followed. */
enum { MAX_CHAIN = 64 };
/* What constants may take to work out: so many operations, and so many more a
 * byte of the file's own constants, so that a small file stays small. */
#define FOLD_WORK (double)(1 << 24)
#define FOLD_WORK_PER_BYTE 1024
#define MAX_FOLD_WORK 1e10

static const char *node_title(const mi_node *n)
{
    return n->op ? n->op->name : "input";
}

/* Give input i its shape, after comparing it with what the graph declares. */
static mien_status set_input(const mien_plan *p, mi_node *n, int i,
                             const mien_shape *shape, mien_error *err)
{
    const mien_shape got = mien_graph_input_shape(p->graph, i), *want = &got;
    if (shape->rank != want->rank)
        return mi_fail(err, MIEN_EARG,
                       "plan: input %d '%s': rank %d, wanted %d", i, n->name,
                       shape->rank, want->rank);
    for (int d = 0; d < want->rank; d++)
        if (shape->dim[d] < 1 ||
            (want->dim[d] >= 0 && want->dim[d] != shape->dim[d]))
            return mi_fail(
                err, MIEN_EARG,
                "plan: input %d '%s': dimension %d is %lld, wanted %lld", i,
                n->name, d, (long long)shape->dim[d], (long long)want->dim[d]);
    n->shape = *shape;
    if (mi_shape_len(shape) < 0)
        return mi_fail(err, MIEN_ELIMIT, "plan: input %d '%s' is too large", i,
                       n->name);
    return MIEN_OK;
}

/* Copies whose inputs are the copies. */
static mien_status copy_nodes(mien_plan *p, mien_error *err)
{
    p->n_nodes = mi_graph_size(p->graph);
    p->node = mi_plan_alloc(p, (size_t)p->n_nodes, sizeof *p->node);
    p->of = mi_plan_alloc(p, (size_t)p->n_nodes, sizeof *p->of);
    p->folded = mi_plan_alloc(p, (size_t)p->n_nodes, sizeof *p->folded);
    if (!p->node || !p->of || !p->folded)
        return mi_no_memory(err);
    for (int i = 0; i < p->n_nodes; i++) {
        p->node[i] = *mi_graph_at(p->graph, i);
        p->node[i].eval = NULL;
        for (int k = 0; k < p->node[i].n_in; k++)
            if (p->node[i].in[k])
                p->node[i].in[k] = &p->node[p->node[i].in[k]->id];
        p->of[i] = (mi_node_facts){
            .head = i, .tail = i, .user = -1, .value = -1, .other = -1};
    }
    return MIEN_OK;
}

static int is_constant(const mien_plan *p, const mi_node *n)
{
    if (n->value)
        return !(n->learned && p->learns);
    if (n->n_known >= 0)
        return 1;
    if (!n->op || n->n_in == 0)
        return 0;
    for (int k = 0; k < n->n_in; k++)
        if (n->in[k] && !p->of[n->in[k]->id].constant)
            return 0;
    return 1;
}

/* Infer all shapes in order, and the work that constants may cost. */
static mien_status set_shapes(mien_plan *p, mien_error *err)
{
    p->max_work = FOLD_WORK;
    for (int i = 0; i < p->n_nodes; i++) {
        mi_node *n = &p->node[i];
        const char *why = n->op ? n->op->shape(n) : NULL;
        if (why)
            return mi_fail(err, MIEN_EFORMAT, "plan: node %d (%s '%s'): %s", i,
                           node_title(n), n->name, why);
        if (mi_shape_len(&n->shape) < 0)
            return mi_fail(err, MIEN_ELIMIT,
                           "plan: node %d (%s '%s'): more than %d elements", i,
                           node_title(n), n->name, MIEN_MAX_TENSOR);
        p->of[i].constant = (char)is_constant(p, n);
        if (n->value)
            p->max_work += FOLD_WORK_PER_BYTE * (double)mi_type_size(n->type) *
                           (double)mi_shape_len(&n->shape);
    }
    p->max_work = p->max_work < MAX_FOLD_WORK ? p->max_work : MAX_FOLD_WORK;
    return MIEN_OK;
}

/* From the outputs back; inputs come before users, so one pass is enough. */
static void mark_live(mien_plan *p)
{
    for (int i = 0; i < mien_graph_outputs(p->graph); i++) {
        mi_node_facts *f = &p->of[mi_graph_output_node(p->graph, i)->id];
        f->live = f->output = 1;
    }
    for (int i = p->n_nodes - 1; i >= 0; i--) {
        if (!p->of[i].live || p->of[i].constant)
            continue;
        for (int k = 0; k < p->node[i].n_in; k++) {
            if (!p->node[i].in[k])
                continue;
            mi_node_facts *f = &p->of[p->node[i].in[k]->id];
            f->live = 1;
            f->users++;
            f->user = i;
        }
    }
}

int mi_flows_back(const mien_plan *p, const mi_node *n, int i)
{
    const mi_node *in = n->in[i];
    int statistic = n->op->statistics && i >= n->op->statistics;
    return in && in->type == MI_F32 && !statistic && p->of[in->id].flows;
}

/* From the parameters on. */
static mien_status mark_flows(mien_plan *p, mien_error *err)
{
    for (int i = 0; p->learns && i < p->n_nodes; i++) {
        const mi_node *n = &p->node[i];
        mi_node_facts *f = &p->of[i];
        if (!f->live || n->type != MI_F32)
            continue;
        f->flows = (char)(!n->op && n->learned);
        for (int k = 0; n->op && k < n->n_in; k++)
            if (mi_flows_back(p, n, k))
                f->flows = 1;
        if (f->flows && n->op && !n->op->grad)
            return mi_fail(err, MIEN_EUNSUP,
                           "train: node '%s': operator %s has no gradient",
                           n->name, n->op->name);
    }
    return MIEN_OK;
}

/* Elements of input k. */
static double len_of(const mi_node *n, int k)
{
    return k < n->n_in && n->in[k] ? (double)mi_shape_len(&n->in[k]->shape) : 0;
}

double mi_plan_work_of(const mi_node *n)
{
    double len = (double)mi_shape_len(&n->shape), each = 1;
    mi_window w;
    if (n->op == &mi_op_conv) {
        each = len_of(n, 1) / (double)n->in[1]->shape.dim[0];
    } else if (n->op == &mi_op_conv_transpose) {
        each = len_of(n, 1) / (double)n->in[1]->shape.dim[0];
        return len + len_of(n, 0) * (each > 1 ? each : 1);
    } else if ((n->op == &mi_op_gemm || n->op == &mi_op_matmul) && n->in[0]) {
        const mien_shape *a = &n->in[0]->shape;
        int across = n->op == &mi_op_gemm &&
                     ((const mi_gemm_attr *)n->attr)->transA != 0;
        each = (double)a->dim[a->rank - 1 - across];
    } else if (n->op == &mi_op_max_pool || n->op == &mi_op_average_pool) {
        if (!mi_pool_window(n, &w))
            each = (double)(w.kernel[0] * w.kernel[1]);
    } else if (n->op == &mi_op_resize) {
        each = (double)(1 << n->shape.rank);
    }
    return len * each + len_of(n, 0);
}

/* What a run takes altogether. */
static mien_status check_work(const mien_plan *p, mien_error *err)
{
    double work = 0;
    for (int i = 0; i < p->n_nodes; i++)
        if (p->of[i].live && !p->of[i].constant && p->node[i].op)
            work += mi_plan_work_of(&p->node[i]);
    return work <= MIEN_MAX_WORK
               ? MIEN_OK
               : mi_fail(err, MIEN_ELIMIT,
                         "plan: a run takes %.3g operations, at most %g", work,
                         MIEN_MAX_WORK);
}

mien_status mi_plan_infer(mien_plan *p, const mien_shape *shapes, int n_shapes,
                          mien_error *err)
{
    mien_status st = copy_nodes(p, err);
    if (st != MIEN_OK)
        return st;
    int n_inputs = mien_graph_inputs(p->graph);
    if (n_shapes != n_inputs)
        return mi_fail(err, MIEN_EARG, "plan: %d input shapes, wanted %d",
                       n_shapes, n_inputs);
    for (int i = 0; i < n_inputs; i++) {
        mi_node *n = &p->node[mi_graph_input_node(p->graph, i)->id];
        p->of[n->id].input = 1;
        st = set_input(p, n, i, &shapes[i], err);
        if (st != MIEN_OK)
            return st;
    }
    st = set_shapes(p, err);
    if (st != MIEN_OK)
        return st;
    mark_live(p);
    st = mark_flows(p, err);
    return st ? st : check_work(p, err);
}

/* Work a constant node out, its inputs first. */
static mien_status fold(mien_plan *p, mi_node *n, int depth, mien_error *err)
{
    if (n->eval || n->n_known >= 0 || (n->value && n->type != MI_F32))
        return MIEN_OK;
    if (n->value) {
        union {
            const void *in;
            float *out;
        } borrowed = {n->value};
        n->eval = borrowed.out;
        p->folded[p->n_folded++] = n->id;
        return MIEN_OK;
    }
    if (depth == MAX_CHAIN)
        return mi_fail(err, MIEN_ELIMIT,
                       "plan: node %d (%s '%s'): %d constants in a chain",
                       n->id, node_title(n), n->name, depth);
    for (int k = 0; k < n->n_in; k++) {
        mien_status st = n->in[k] ? fold(p, n->in[k], depth + 1, err) : MIEN_OK;
        if (st != MIEN_OK)
            return st;
    }
    p->work += mi_plan_work_of(n);
    if (p->work > p->max_work)
        return mi_fail(err, MIEN_ELIMIT,
                       "plan: node %d (%s '%s'): more than %g operations to "
                       "work out constants",
                       n->id, node_title(n), n->name, p->max_work);
    n->eval = mi_plan_temp_raw(p, (size_t)mi_shape_len(&n->shape));
    if (!n->eval)
        return mi_no_memory(err);
    p->folded[p->n_folded++] = n->id;
    n->op->eval(n);
    return MIEN_OK;
}

mien_status mi_plan_floats(mien_plan *p, mi_node *n, const float **out,
                           mien_error *err)
{
    if (n->type != MI_F32)
        return mi_fail(err, MIEN_EUNSUP,
                       "plan: '%s' is not a float constant where one is needed",
                       n->name);
    mien_status st = fold(p, n, 0, err);
    if (st == MIEN_OK)
        *out = n->eval;
    return st;
}
