/* step_dense.c: a matrix of weights times rows, with its bias and the ReLU that
 * follows, forward and backward as products of kern/gemm.h.
 *
 *   z = x op(w) + b,  y = relu(z)
 *   dz = dy where y > 0;  dx = dz op(w)';  dw = x' dz (or dz' x);  db = sum dz
 */
#include "graph/op_attr.h"
#include "train/tape.h"

#include <math.h>
#include <string.h>

typedef struct dense {
    int rows, in, out;
    int transposed; /* 1: w is [out, in] */
} dense;

/* Gemm as a dense layer uses it, or MatMul with a matrix on the right. */
static int read_dense(const mi_node *n, dense *d)
{
    const mien_shape *x = &n->in[0]->shape, *w = &n->in[1]->shape;
    int64_t len = mi_shape_len(&n->shape);
    d->transposed = 0;
    if (w->rank != 2 || x->rank < 2 || len <= 0)
        return 0;
    if (n->op == &mi_op_gemm) {
        const mi_gemm_attr *a = n->attr;
        const mi_node *b = n->n_in > 2 ? n->in[2] : NULL;
        if (a->transA || a->alpha != 1 || (b && a->beta != 1))
            return 0;
        if (b && (b->shape.rank != 1 || b->shape.dim[0] != n->shape.dim[1]))
            return 0;
        d->transposed = a->transB != 0;
    } else if (n->op != &mi_op_matmul) {
        return 0;
    }
    d->in = (int)w->dim[d->transposed];
    d->out = (int)w->dim[1 - d->transposed];
    d->rows = (int)(len / d->out);
    return d->in > 0;
}

static dense dense_of(const mi_tape_step *s)
{
    dense d = {0};
    read_dense(s->from, &d);
    return d;
}

static mi_gemm forward_product(const mi_node *n, const dense *d)
{
    const mi_node *bias = n->n_in > 2 ? n->in[2] : NULL;
    return (mi_gemm){.m = d->rows,
                     .n = d->out,
                     .k = d->in,
                     .a = n->in[0]->eval,
                     .lda = d->in,
                     .b = n->in[1]->eval,
                     .ldb = d->transposed ? d->in : d->out,
                     .tb = d->transposed,
                     .bias = bias ? bias->eval : NULL,
                     .c = n->eval,
                     .ldc = d->out};
}

static mi_gemm input_product(const mi_tape_step *s, const dense *d)
{
    const mi_node *n = s->from;
    return (mi_gemm){.m = d->rows,
                     .n = d->in,
                     .k = d->out,
                     .a = n->grad,
                     .lda = d->out,
                     .b = n->in[1]->eval,
                     .ldb = d->transposed ? d->in : d->out,
                     .tb = !d->transposed,
                     .c = n->in[0]->grad,
                     .ldc = d->in,
                     .add = !(s->fresh & 1)};
}

static mi_gemm weight_product(const mi_tape_step *s, const dense *d)
{
    const mi_node *n = s->from;
    const float *x = n->in[0]->eval;
    mi_gemm g = {.k = d->rows, .ta = 1, .c = n->in[1]->grad};
    g.add = !(s->fresh >> 1 & 1);
    g.m = d->transposed ? d->out : d->in;
    g.n = d->transposed ? d->in : d->out;
    g.a = d->transposed ? n->grad : x;
    g.b = d->transposed ? x : n->grad;
    g.lda = g.m;
    g.ldb = g.ldc = g.n;
    return g;
}

static void dense_forward(const mi_tape *t, const mi_tape_step *s)
{
    dense d = dense_of(s);
    mi_gemm g = forward_product(s->from, &d);
    if (s->from != s->node)
        g.act = (mi_act){MI_ACT_CLAMP, 0, INFINITY};
    mi_tape_gemm(t, &g);
}

static void add_bias_gradient(const mi_tape *t, const mi_tape_step *s,
                              const dense *d)
{
    const mi_node *n = s->from;
    float *sum = n->in[2]->grad;
    const float *g = n->grad;
    if (s->fresh >> 2 & 1)
        memset(sum, 0, (size_t)d->out * sizeof *sum);
    for (int i = 0; i < d->rows; i++, g += d->out)
        t->kern->add_f32(d->out, sum, g, sum);
}

static void dense_backward(const mi_tape *t, const mi_tape_step *s)
{
    dense d = dense_of(s);
    const mi_node *n = s->from;
    if (n != s->node)
        t->kern->relu_grad_f32(d.rows * d.out, s->node->eval, n->grad, n->grad);
    if (n->n_in > 2 && n->in[2] && n->in[2]->grad)
        add_bias_gradient(t, s, &d);
    if (n->in[1]->grad) {
        mi_gemm g = weight_product(s, &d);
        mi_tape_gemm(t, &g);
    }
    if (n->in[0]->grad) {
        mi_gemm g = input_product(s, &d);
        mi_tape_gemm(t, &g);
    }
}

int mi_step_dense(mi_tape *t, mi_node *node, mi_tape_step *s)
{
    dense d;
    if ((node->op != &mi_op_gemm && node->op != &mi_op_matmul) ||
        !read_dense(node, &d))
        return 0;
    mi_node *user = mi_tape_only_user(t, node);
    if (user && user->op == &mi_op_relu)
        s->node = user;
    s->forward = dense_forward;
    s->backward = dense_backward;
    mi_gemm forward = forward_product(node, &d), in = input_product(s, &d);
    mi_gemm weight = weight_product(s, &d);
    mi_tape_reserve(t, &forward);
    mi_tape_reserve(t, &in);
    mi_tape_reserve(t, &weight);
    return 1;
}
