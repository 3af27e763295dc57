#include "engine/join.h"

#include "engine/fuse.h"
#include "graph/op_attr.h"
#include "kern/back.h"
#include "kern/winograd.h"

/* The maximum of a window of max(x, 0) is the maximum of x, and 0. */
static void move_relus(mien_plan *p)
{
    for (int i = 0; p->learns && i < p->n_nodes; i++) {
        mi_node_facts *f = &p->of[i];
        mi_window w;
        if (!f->flows || p->node[i].op != &mi_op_relu || f->users != 1 ||
            f->output || p->node[f->user].op != &mi_op_max_pool ||
            mi_pool_window(&p->node[f->user], &w))
            continue;
        if (!w.before[0] && !w.before[1] && !w.after[0] && !w.after[1] &&
            w.dilation[0] == 1 && w.dilation[1] == 1 &&
            w.kernel[0] * w.kernel[1] <= MI_WINNER_TAPS)
            f->moved = 1;
    }
}

/* The convolution whose result a maximum takes, or NULL: nothing else reads
 * it, and it learns. */
static const mi_node *convolution_before(const mien_plan *p, const mi_node *n)
{
    const mi_node *x = n->in[0];
    if (p->of[x->id].moved)
        x = x->in[0];
    const mi_node_facts *f = &p->of[x->id];
    return x->op == &mi_op_conv && f->flows && f->users == 1 && !f->output &&
                   f->head == x->id && mi_is_product(p, x)
               ? x
               : NULL;
}

void mi_joined_pool(const mien_plan *p, const mi_node *tail, mi_pool2d *out)
{
    mi_pool_describe(tail, out);
    out->relu = p->of[tail->in[0]->id].moved;
}

int mi_is_silu(const mien_plan *p, const mi_node *head)
{
    const mi_node_facts *f = &p->of[head->id];
    return head->op == &mi_op_sigmoid && p->node[f->tail].op == &mi_op_mul;
}

/* The node that begins the group of a SiLU with sigmoid s: the batch
 * normalisation before it, if that learns and nothing else reads its result. */
static int head_of_silu(const mien_plan *p, const mi_node *s)
{
    const mi_node *x = s->in[0];
    const mi_node_facts *f = &p->of[x->id];
    return x->op == &mi_op_batch_norm && p->learns && f->users == 2 &&
                   !f->output && mi_plan_part(p, x, 0) != MI_PART_AFFINE
               ? x->id
               : s->id;
}

/* x times its sigmoid, which nothing else reads, becomes a group. */
static void join_silus(mien_plan *p)
{
    for (int i = 0; i < p->n_nodes; i++) {
        const mi_node *n = &p->node[i];
        if (n->op != &mi_op_mul || !p->of[i].live || p->of[i].constant)
            continue;
        for (int side = 0; side < 2; side++) {
            const mi_node *s = n->in[side];
            const mi_node_facts *f = s ? &p->of[s->id] : NULL;
            if (!f || s->op != &mi_op_sigmoid || !s->in[0] ||
                s->in[0] != n->in[1 - side] || f->users != 1 || f->output)
                continue;
            int head = head_of_silu(p, s);
            p->of[i].head = p->of[s->id].head = head;
            p->of[head].tail = i;
        }
    }
}

/* Whether a convolution that learns is of 3x3 taps with a border of one. */
static int is_three_by_three(const mien_plan *p, const mi_node *n)
{
    mi_conv cv;
    return n->op == &mi_op_conv && p->of[n->id].flows && mi_is_product(p, n) &&
           !p->of[n->in[1]->id].constant && !mi_conv_describe(n, &cv) &&
           !cv.depthwise && cv.kh == 3 && cv.kw == 3 && cv.sy == 1 &&
           cv.sx == 1 && cv.dy == 1 && cv.dx == 1 && cv.top == 1 &&
           cv.left == 1 && cv.oh == cv.h && cv.ow == cv.w;
}

/* A convolution of repeated pixels needs fewer products of the pixels
 * themselves (kern/winograd.h). */
static void join_doubled(mien_plan *p)
{
    for (int i = 0; i < p->n_nodes; i++) {
        mi_node_facts *f = &p->of[i];
        if (p->node[i].op == &mi_op_resize && f->live && !f->constant &&
            f->users == 1 && !f->output && p->of[f->user].tail == f->user &&
            p->node[f->user].in[0] == &p->node[i] &&
            is_three_by_three(p, &p->node[f->user]) &&
            mi_resize_doubles(&p->node[i]))
            f->doubled = 1;
    }
}

void mi_plan_join(mien_plan *p)
{
    join_silus(p);
    move_relus(p);
    for (int i = 0; p->learns && i < p->n_nodes; i++) {
        mi_conv cv;
        mi_pool2d pool;
        const mi_node *n = &p->node[i];
        if (n->op != &mi_op_max_pool || !p->of[i].live || !p->of[i].flows)
            continue;
        const mi_node *conv = convolution_before(p, n);
        if (!conv || mi_conv_describe(conv, &cv) ||
            !mi_pool_describe(n, &pool) || !mi_conv_pool_fits(&cv, &pool) ||
            mi_winograd_pays(&cv))
            continue;
        p->of[n->in[0]->id].head = conv->id;
        p->of[i].head = conv->id;
        p->of[conv->id].tail = i;
    }
    if (p->learns)
        join_doubled(p);
}
