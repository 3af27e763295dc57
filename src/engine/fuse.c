/* fuse.c: groups of nodes that one step does.
 *
 * A head (convolution, dense layer, sum, scaling) may be followed by
 *   affine*  y = scale[c] x + bias[c]: batch-norm, or + - * / a constant
 *   add?     a residual of the same shape (convolutions only)
 *   act?     ReLU, ReLU6 and other clips, leaky ReLU, sigmoid
 * as long as each result is read once and is not an output itself.
 *
 * When a gradient flows through it, a product whose weights are no constants
 * and a batch-norm may be followed by an activation whose slope its own result
 * tells: ReLU, leaky ReLU; a convolution also by a maximum (join.c). */
#include "engine/fuse.h"

#include "base/error.h"
#include "engine/infer.h"
#include "graph/op_attr.h"

#include <math.h>

int mi_channel_axis(const mien_shape *s)
{
    return s->rank == 4 ? 1 : s->rank - 1;
}

int64_t mi_channels(const mien_shape *s)
{
    return s->rank == 0 ? 1 : s->dim[mi_channel_axis(s)];
}

static int is_binary(const mi_op *op)
{
    return op == &mi_op_add || op == &mi_op_sub || op == &mi_op_mul ||
           op == &mi_op_div;
}

/* Whether b, spread over x, is the same for all elements of a channel. */
static int is_per_channel(const mien_shape *x, const mien_shape *b)
{
    int axis = mi_channel_axis(x);
    if (b->rank > x->rank)
        return 0;
    for (int d = 0; d < b->rank; d++) {
        int xd = d + x->rank - b->rank;
        if (b->dim[d] != 1 && (xd != axis || b->dim[d] != x->dim[xd]))
            return 0;
    }
    return 1;
}

/* Whether n is scale * x + bias of its input `side`, a constant per channel. */
static int is_affine(const mien_plan *p, const mi_node *n, int side)
{
    if (!mi_shape_equal(&n->shape, &n->in[side]->shape) || n->shape.rank == 0)
        return 0;
    if (n->op == &mi_op_batch_norm) {
        for (int k = 1; k < n->n_in; k++)
            if (!n->in[k] || !p->of[n->in[k]->id].constant)
                return 0;
        return side == 0;
    }
    if (!is_binary(n->op) || !n->in[1 - side])
        return 0;
    const mi_node *other = n->in[1 - side];
    return p->of[other->id].constant && other->type == MI_F32 &&
           !(n->op == &mi_op_div && side == 1) &&
           is_per_channel(&n->shape, &other->shape);
}

static int is_weights(const mien_plan *p, const mi_node *n)
{
    return n && n->type == MI_F32 && p->of[n->id].constant;
}

/* Bias of out channels: absent, or a constant with an element each. */
static int is_bias(const mien_plan *p, const mi_node *n, int64_t out)
{
    return !n || (is_weights(p, n) && mi_shape_len(&n->shape) == out &&
                  n->shape.rank > 0 && n->shape.dim[n->shape.rank - 1] == out);
}

int mi_is_packed(const mien_plan *p, const mi_node *n)
{
    if (p->of[n->id].flows)
        return 0;
    if (n->op == &mi_op_conv) {
        const mi_conv_attr *a = n->attr;
        int64_t c = n->in[0]->shape.dim[1], oc = n->shape.dim[1];
        return n->shape.rank == 4 && is_weights(p, n->in[1]) &&
               is_bias(p, mi_node_in(n, 2), oc) &&
               (a->group == 1 || (a->group == c && oc == c));
    }
    if (n->op == &mi_op_gemm) {
        const mi_gemm_attr *a = n->attr;
        return !a->transA && is_weights(p, n->in[1]) &&
               !p->of[n->in[0]->id].constant &&
               is_bias(p, mi_node_in(n, 2), n->shape.dim[1]);
    }
    /* of rank 4 the channels, to what follows, are not the last axis */
    return n->op == &mi_op_matmul && is_weights(p, n->in[1]) &&
           n->in[1]->shape.rank == 2 && n->shape.rank != 4 &&
           !p->of[n->in[0]->id].constant;
}

/* A bias of out channels, or none. */
static int fits_bias(const mi_node *b, int64_t out)
{
    return !b || (b->shape.rank == 1 && b->shape.dim[0] == out);
}

int mi_is_product(const mien_plan *p, const mi_node *n)
{
    if (n->type != MI_F32 || mi_is_packed(p, n) || p->of[n->id].constant)
        return 0;
    if (n->op == &mi_op_conv) {
        const mi_conv_attr *a = n->attr;
        int64_t c = n->in[0]->shape.dim[1], oc = n->shape.dim[1];
        return n->shape.rank == 4 &&
               (a->group == 1 || (a->group == c && oc == c));
    }
    if (n->op == &mi_op_conv_transpose)
        return n->shape.rank == 4 &&
               ((const mi_conv_transpose_attr *)n->attr)->group == 1;
    if (n->op == &mi_op_gemm) {
        const mi_gemm_attr *a = n->attr;
        return !a->transA && a->alpha == 1 &&
               (!mi_node_in(n, 2) || a->beta == 1) &&
               fits_bias(mi_node_in(n, 2), n->shape.dim[1]);
    }
    return n->op == &mi_op_matmul && n->in[1]->shape.rank == 2 &&
           n->in[0]->shape.rank >= 2;
}

static int is_act(const mien_plan *p, const mi_node *n)
{
    if (n->op == &mi_op_clip) {
        for (int k = 1; k < n->n_in; k++)
            if (n->in[k] && !p->of[n->in[k]->id].constant)
                return 0;
        return 1;
    }
    return n->op == &mi_op_relu || n->op == &mi_op_leaky_relu ||
           n->op == &mi_op_sigmoid;
}

/* Whether its own result tells the slope of an activation. */
static int tells_slope(const mi_node *n)
{
    return n->op == &mi_op_relu || n->op == &mi_op_sigmoid ||
           (n->op == &mi_op_leaky_relu &&
            ((const mi_leaky_relu_attr *)n->attr)->alpha > 0);
}

mi_part mi_plan_part(const mien_plan *p, const mi_node *n, int side)
{
    if (!n->op || n->type != MI_F32)
        return MI_PART_NONE;
    if (side == 0 && is_act(p, n) && (!p->of[n->id].flows || tells_slope(n)))
        return MI_PART_ACT;
    if (is_affine(p, n, side))
        return MI_PART_AFFINE;
    if (n->op == &mi_op_add && n->in[0] != n->in[1] &&
        mi_shape_equal(&n->in[0]->shape, &n->in[1]->shape) &&
        !p->of[n->in[1 - side]->id].constant)
        return MI_PART_ADD;
    return MI_PART_NONE;
}

static int side_of(const mi_node *n, const mi_node *x)
{
    return n->n_in > 1 && n->in[1] == x ? 1 : 0;
}

/* A batch-norm with statistics of the batch, or a product with weights that are
 * no constants. */
static int takes_only_act(const mien_plan *p, const mi_node *n)
{
    return mi_is_product(p, n) ||
           (n->op == &mi_op_batch_norm && p->learns && !is_affine(p, n, 0));
}

/* What may follow a head: the furthest part it can absorb first. */
static mi_part first_part(const mien_plan *p, const mi_node *n)
{
    if (mi_is_packed(p, n))
        return MI_PART_AFFINE;
    if (takes_only_act(p, n))
        return MI_PART_ACT;
    for (int side = 0; side < 2 && side < n->n_in; side++)
        if (n->in[side] && !p->of[n->in[side]->id].constant &&
            is_affine(p, n, side))
            return MI_PART_AFFINE;
    int plain_add = n->op == &mi_op_add && n->in[0] && n->in[1] &&
                    !p->of[n->in[0]->id].constant &&
                    !p->of[n->in[1]->id].constant &&
                    mi_shape_equal(&n->in[0]->shape, &n->in[1]->shape);
    return plain_add ? MI_PART_ACT : MI_PART_NONE;
}

/* Take the nodes behind head into its group while one step can do them. */
static void grow_group(mien_plan *p, mi_node *head)
{
    mi_part next = first_part(p, head);
    if (next == MI_PART_NONE)
        return;
    mi_node *tail = head;
    for (;;) {
        const mi_node_facts *f = &p->of[tail->id];
        if (f->users != 1 || f->output)
            return;
        mi_node *n = &p->node[f->user];
        mi_part part = mi_plan_part(p, n, side_of(n, tail));
        if (p->of[n->id].moved)
            return;
        int allowed = part >= next && part != MI_PART_NONE &&
                      p->of[n->id].head == n->id &&
                      (part != MI_PART_ADD ||
                       (head->op == &mi_op_conv && !p->of[n->id].flows)) &&
                      !(n->op == &mi_op_sigmoid && takes_only_act(p, head));
        if (!allowed)
            return;
        p->of[n->id].head = head->id;
        p->of[head->id].tail = n->id;
        if (part == MI_PART_ACT)
            return;
        next = part == MI_PART_ADD ? MI_PART_ACT : MI_PART_AFFINE;
        tail = n;
    }
}

void mi_plan_fuse(mien_plan *p)
{
    for (int i = 0; i < p->n_nodes; i++) {
        const mi_node_facts *f = &p->of[i];
        if (f->live && !f->constant && p->node[i].op && f->head == i &&
            f->tail == i)
            grow_group(p, &p->node[i]);
    }
}

/* Fold a batch normalisation into the scale and bias of what comes before. */
static mien_status batch_norm(mien_plan *p, mi_node *n, mi_after *a,
                              mien_error *err)
{
    const float *v[5] = {NULL};
    for (int k = 1; k < 5; k++) {
        mien_status st = mi_plan_floats(p, n->in[k], &v[k], err);
        if (st != MIEN_OK)
            return st;
    }
    const mi_batch_norm_attr *attr = n->attr;
    for (int64_t c = 0; c < mi_channels(&n->shape); c++) {
        double s =
            (double)v[1][c] / sqrt((double)v[4][c] + (double)attr->epsilon);
        a->bias[c] = (float)(((double)a->bias[c] - (double)v[3][c]) * s +
                             (double)v[2][c]);
        a->scale[c] = (float)((double)a->scale[c] * s);
    }
    return MIEN_OK;
}

/* Fold a sum, product or quotient with a constant into scale and bias. */
static mien_status constant_operand(mien_plan *p, mi_node *n, int side,
                                    mi_after *a, mien_error *err)
{
    const float *b = NULL;
    mi_node *other = n->in[1 - side];
    mien_status st = mi_plan_floats(p, other, &b, err);
    if (st != MIEN_OK)
        return st;
    int64_t step = mi_shape_len(&other->shape) > 1;
    for (int64_t c = 0; c < mi_channels(&n->shape); c++) {
        double s = (double)a->scale[c], t = (double)a->bias[c];
        double v = (double)b[c * step];
        if (n->op == &mi_op_add) {
            t += v;
        } else if (n->op == &mi_op_sub) {
            s = side == 0 ? s : -s;
            t = side == 0 ? t - v : v - t;
        } else {
            s = n->op == &mi_op_mul ? s * v : s / v;
            t = n->op == &mi_op_mul ? t * v : t / v;
        }
        a->scale[c] = (float)s;
        a->bias[c] = (float)t;
    }
    return MIEN_OK;
}

mien_status mi_plan_act(mien_plan *p, mi_node *n, mi_act *act, mien_error *err)
{
    *act = (mi_act){MI_ACT_CLAMP, 0, INFINITY};
    if (n->op == &mi_op_sigmoid)
        act->kind = MI_ACT_SIGMOID;
    if (n->op == &mi_op_leaky_relu) {
        act->kind = MI_ACT_LEAKY;
        act->lo = ((const mi_leaky_relu_attr *)n->attr)->alpha;
    }
    if (n->op != &mi_op_clip)
        return MIEN_OK;
    act->lo = -INFINITY;
    for (int k = 1; k < n->n_in; k++) {
        const float *v = NULL;
        mien_status st =
            n->in[k] ? mi_plan_floats(p, n->in[k], &v, err) : MIEN_OK;
        if (st != MIEN_OK)
            return st;
        if (v && k == 1)
            act->lo = *v;
        else if (v)
            act->hi = *v;
    }
    return MIEN_OK;
}

/* Add node n, a part of a group, to what is known of the group. */
static mien_status gather(mien_plan *p, mi_node *n, int side, mi_after *a,
                          mien_error *err)
{
    switch (mi_plan_part(p, n, side)) {
    case MI_PART_ACT: return mi_plan_act(p, n, &a->act, err);
    case MI_PART_ADD: a->add = n->in[1 - side]; return MIEN_OK;
    case MI_PART_AFFINE:
        a->affine = 1;
        return n->op == &mi_op_batch_norm
                   ? batch_norm(p, n, a, err)
                   : constant_operand(p, n, side, a, err);
    case MI_PART_NONE: break;
    }
    return MIEN_OK;
}

mien_status mi_plan_after(mien_plan *p, mi_node *head, mi_after *out,
                          mien_error *err)
{
    size_t c = (size_t)mi_channels(&head->shape);
    mi_after a = {.act = {MI_ACT_NONE, 0, 0}};
    a.scale = mi_plan_temp(p, c, sizeof *a.scale);
    a.bias = mi_plan_temp(p, c, sizeof *a.bias);
    if (!a.scale || !a.bias)
        return mi_no_memory(err);
    for (size_t i = 0; i < c; i++)
        a.scale[i] = 1;

    mi_node *n = head, *tail = &p->node[p->of[head->id].tail];
    if (first_part(p, head) == MI_PART_AFFINE && !mi_is_packed(p, head)) {
        int side = p->of[head->in[0]->id].constant;
        mien_status st = gather(p, head, side, &a, err);
        if (st != MIEN_OK)
            return st;
    }
    while (n != tail) {
        mi_node *next = &p->node[p->of[n->id].user];
        mien_status st = gather(p, next, side_of(next, n), &a, err);
        if (st != MIEN_OK)
            return st;
        n = next;
    }
    *out = a;
    return MIEN_OK;
}
