/* tape.c: nodes copied with shapes for so many rows, which of them matter, the
 * steps, and one block of memory for results, gradients and what is kept
 * between the two. */
#include "train/tape.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"

#include <string.h>

enum { ALIGN = 16 }; /* floats: a cache line */

/* ---- which nodes matter -------------------------------------------------- */

static mien_status set_shape(mi_node *n, int64_t rows, mien_error *err)
{
    if (!n->op && !n->value && n->shape.rank > 0 && n->shape.dim[0] < 0)
        n->shape.dim[0] = rows;
    const char *why = n->op ? n->op->shape(n) : NULL;
    if (why)
        return mi_fail(err, MIEN_EARG, "train: node '%s': %s", n->name, why);
    if (mi_shape_len(&n->shape) < 0)
        return mi_fail(err, MIEN_ELIMIT,
                       "train: node '%s': its shape is free or passes %d "
                       "elements",
                       n->name, MIEN_MAX_TENSOR);
    return MIEN_OK;
}

static mien_status copy_nodes(mi_tape *t, const mien_graph *g, mien_error *err)
{
    t->n_nodes = mi_graph_size(g);
    size_t n = (size_t)t->n_nodes;
    t->node = mi_alloc(n, sizeof *t->node);
    t->live = mi_alloc(n, 1);
    t->flows = mi_alloc(n, 1);
    t->seed = mi_alloc(n, 1);
    t->step = mi_alloc(n, sizeof *t->step);
    if (!t->node || !t->live || !t->flows || !t->seed || !t->step)
        return mi_no_memory(err);
    for (int i = 0; i < t->n_nodes; i++) {
        mi_node *copy = &t->node[i];
        *copy = *mi_graph_at(g, i);
        copy->eval = copy->grad = copy->save = NULL;
        for (int k = 0; k < copy->n_in; k++)
            if (copy->in[k])
                copy->in[k] = &t->node[copy->in[k]->id];
        mien_status st = set_shape(copy, t->rows, err);
        if (st)
            return st;
    }
    return MIEN_OK;
}

static int by_gradient(const mi_node *user, int k)
{
    return user->in[k] && user->in[k]->type == MI_F32 &&
           !(user->op->statistics && k >= user->op->statistics);
}

static mien_status mark(mi_tape *t, const mi_tape_options *o, mien_error *err)
{
    for (int i = 0; i < o->n_seeds; i++)
        t->live[o->seeds[i]] = t->seed[o->seeds[i]] = 1;
    for (int i = t->n_nodes - 1; i >= 0; i--)
        for (int k = 0; t->live[i] && k < t->node[i].n_in; k++)
            if (t->node[i].in[k])
                t->live[t->node[i].in[k]->id] = 1;
    for (int i = 0; i < t->n_nodes; i++) {
        mi_node *n = &t->node[i];
        if (!n->op)
            t->flows[i] = (char)(n->learned && t->live[i]);
        for (int k = 0; n->op && t->live[i] && k < n->n_in; k++)
            if (by_gradient(n, k) && t->flows[n->in[k]->id])
                t->flows[i] = (char)(n->type == MI_F32);
        if (t->flows[i] && n->op && !n->op->grad)
            return mi_fail(err, MIEN_EUNSUP,
                           "train: node '%s': operator %s has no gradient",
                           n->name, n->op->name);
    }
    return MIEN_OK;
}

mi_node *mi_tape_only_user(const mi_tape *t, const mi_node *n)
{
    mi_node *user = NULL;
    if (t->seed[n->id])
        return NULL;
    for (int i = n->id + 1; i < t->n_nodes; i++)
        for (int k = 0; t->live[i] && k < t->node[i].n_in; k++) {
            if (t->node[i].in[k] != n)
                continue;
            if (user)
                return NULL;
            user = &t->node[i];
        }
    return user;
}

/* ---- the plain step ------------------------------------------------------ */

static void plain_forward(const mi_tape *t, const mi_tape_step *s)
{
    const mi_op *op = s->node->op;
    if (t->training && op->train)
        op->train(s->node);
    else
        op->eval(s->node);
}

static void plain_backward(const mi_tape *t, const mi_tape_step *s)
{
    (void)t;
    const mi_node *n = s->node;
    for (int k = 0; k < n->n_in; k++)
        if (s->fresh >> k & 1)
            memset(n->in[k]->grad, 0,
                   (size_t)mi_shape_len(&n->in[k]->shape) * sizeof(float));
    n->op->grad(n);
}

static void make_steps(mi_tape *t)
{
    for (int i = 0; i < t->n_nodes; i++) {
        mi_node *n = &t->node[i];
        if (!t->live[i] || t->live[i] == MI_SECOND || !n->op ||
            n->type != MI_F32)
            continue;
        mi_tape_step *s = &t->step[t->n_steps];
        *s = (mi_tape_step){.node = n, .from = n};
        if (!mi_step_dense(t, n, s) && !mi_step_simple(t, n, s) &&
            !mi_step_lstm(t, n, s)) {
            s->forward = plain_forward;
            s->backward = plain_backward;
        }
        if (s->from != s->node) {
            t->live[s->from->id] = MI_FIRST;
            t->live[s->node->id] = MI_SECOND;
        }
        t->n_steps++;
    }
}

/* The gradient of an input is begun by the last step that reads it. */
static void mark_fresh(mi_tape *t, char *begun)
{
    memcpy(begun, t->seed, (size_t)t->n_nodes);
    for (int i = t->n_steps - 1; i >= 0; i--) {
        mi_tape_step *s = &t->step[i];
        for (int k = 0; t->flows[s->node->id] && k < s->from->n_in; k++) {
            const mi_node *in = s->from->in[k];
            if (!in || !t->flows[in->id] || begun[in->id])
                continue;
            begun[in->id] = 1;
            s->fresh |= 1u << k;
        }
    }
}

/* ---- memory -------------------------------------------------------------- */

static size_t padded(size_t n) { return (n + ALIGN - 1) / ALIGN * ALIGN; }

/* Give p, if it wants any, n floats of the block from *at on; with no block
 * only count. */
static float *take(const mi_tape *t, size_t n, size_t *at)
{
    float *p = t->memory ? t->memory + *at : NULL;
    *at += padded(n);
    return p;
}

/* Bytes a hostile graph may ask for are those of a plan. */
static size_t lay_out(mi_tape *t)
{
    size_t at = 0;
    for (int i = 0; i < t->n_nodes; i++) {
        mi_node *n = &t->node[i];
        size_t len = (size_t)mi_shape_len(&n->shape);
        if (!t->live[i] || t->live[i] == MI_FIRST || n->type != MI_F32)
            continue;
        if (n->value)
            n->eval = mi_values_of(n);
        else
            n->eval = take(t, len, &at);
        if (t->flows[i] || t->seed[i])
            n->grad = take(t, len, &at);
        if (n->op && n->op->save_len)
            n->save = take(t, n->op->save_len(n), &at);
    }
    return at;
}

/* The first node of a step of two has no memory of its own. */
static void share(mi_tape *t)
{
    for (int i = 0; i < t->n_steps; i++) {
        mi_tape_step *s = &t->step[i];
        if (s->from != s->node) {
            s->from->eval = s->node->eval;
            s->from->grad = s->node->grad;
        }
    }
}

static mien_status get_memory(mi_tape *t, mien_error *err)
{
    size_t n = lay_out(t) + t->packed_len;
    if (n > MIEN_MAX_PLAN / sizeof(float))
        return mi_fail(err, MIEN_ELIMIT,
                       "train: %lld rows take more than %d bytes",
                       (long long)t->rows, MIEN_MAX_PLAN);
    t->memory = mi_alloc(n + 1, sizeof *t->memory);
    if (!t->memory)
        return mi_no_memory(err);
    t->packed = t->memory + lay_out(t);
    share(t);
    return MIEN_OK;
}

/* ---- making and running -------------------------------------------------- */

static mien_status build(mi_tape *t, const mien_graph *g,
                         const mi_tape_options *o, mien_error *err)
{
    mien_status st = copy_nodes(t, g, err);
    if (!st)
        st = mark(t, o, err);
    if (st)
        return st;
    for (int i = 0; i < t->n_nodes; i++)
        t->node[i].random = o->random;
    make_steps(t);
    char *begun = mi_alloc((size_t)t->n_nodes, 1);
    if (!begun)
        return mi_no_memory(err);
    mark_fresh(t, begun);
    mi_free(begun);
    return get_memory(t, err);
}

mien_status mi_tape_new(const mien_graph *g, int64_t rows,
                        const mi_tape_options *o, mi_tape **out,
                        mien_error *err)
{
    mi_tape *t = mi_alloc(1, sizeof *t);
    if (!t)
        return mi_no_memory(err);
    t->kern = mi_kern_best();
    t->pool = o->pool;
    t->rows = rows;
    t->training = 1;
    mien_status st = build(t, g, o, err);
    if (st) {
        mi_tape_free(t);
        return st;
    }
    *out = t;
    return MIEN_OK;
}

void mi_tape_free(mi_tape *t)
{
    if (!t)
        return;
    mi_free(t->node);
    mi_free(t->live);
    mi_free(t->flows);
    mi_free(t->seed);
    mi_free(t->step);
    mi_free(t->memory);
    mi_free(t);
}

void mi_tape_forward(const mi_tape *t)
{
    for (int i = 0; i < t->n_steps; i++)
        t->step[i].forward(t, &t->step[i]);
}

void mi_tape_seed(const mi_tape *t)
{
    for (int i = 0; i < t->n_nodes; i++)
        if (t->seed[i])
            memset(t->node[i].grad, 0,
                   (size_t)mi_shape_len(&t->node[i].shape) * sizeof(float));
}

void mi_tape_backward(const mi_tape *t)
{
    for (int i = t->n_steps - 1; i >= 0; i--)
        if (t->flows[t->step[i].node->id])
            t->step[i].backward(t, &t->step[i]);
}

/* ---- products ------------------------------------------------------------ */

typedef struct product {
    const mi_tape *t;
    const mi_gemm *g;
} product;

static void run_product(void *arg, int i, int lane)
{
    (void)lane;
    const product *p = arg;
    mi_gemm_run(p->t->kern, p->g, p->t->packed, i);
}

void mi_tape_gemm(const mi_tape *t, const mi_gemm *g)
{
    product p = {t, g};
    mi_gemm_pack(t->kern, g, t->packed);
    int tasks = mi_gemm_tasks(t->kern, g);
    if (tasks == 1)
        run_product(&p, 0, 0);
    else
        mi_pool_run(t->pool, tasks, run_product, &p);
}

void mi_tape_reserve(mi_tape *t, const mi_gemm *g)
{
    size_t n = mi_gemm_packed_len(t->kern, g);
    if (n > t->packed_len)
        t->packed_len = n;
}
