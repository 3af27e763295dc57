/* lower_product.c: rows times a matrix that changes from run to run, with its
 * bias and the activation that follows, as products of kern/gemm.h.
 *
 *   z = x op(w) + b,  y = act(z)
 *   dx = dz op(w)';  dw = x' dz (or dz' x);  db = sum of the rows of dz
 *
 * A product is two steps: its second matrix is packed, then tasks go over the
 * rows of the first. */
#include "engine/fuse.h"
#include "engine/gradient.h"
#include "engine/lowerings.h"
#include "engine/product.h"
#include "engine/values.h"

#include "base/error.h"
#include "graph/op_attr.h"

#include <string.h>

typedef struct {
    int rows, in, out;
    int transposed; /* 1: w is [out, in] */
    mi_act act;
    int x, w, bias; /* values; -1: no bias */
} dense;

static dense describe(const mi_node *n)
{
    dense d = {.bias = -1};
    if (n->op == &mi_op_gemm)
        d.transposed = ((const mi_gemm_attr *)n->attr)->transB != 0;
    const mien_shape *w = &n->in[1]->shape;
    d.in = (int)w->dim[d.transposed];
    d.out = (int)w->dim[1 - d.transposed];
    d.rows = (int)(mi_shape_len(&n->shape) / d.out);
    return d;
}

static mi_gemm forward_product(const dense *d)
{
    return (mi_gemm){.m = d->rows,
                     .n = d->out,
                     .k = d->in,
                     .lda = d->in,
                     .ldb = d->transposed ? d->in : d->out,
                     .tb = d->transposed,
                     .ldc = d->out,
                     .act = d->act};
}

static mi_gemm input_product(const dense *d)
{
    return (mi_gemm){.m = d->rows,
                     .n = d->in,
                     .k = d->out,
                     .lda = d->out,
                     .ldb = d->transposed ? d->in : d->out,
                     .tb = !d->transposed,
                     .ldc = d->in};
}

static mi_gemm weight_product(const dense *d)
{
    mi_gemm g = {.k = d->rows, .ta = 1};
    g.m = d->transposed ? d->out : d->in;
    g.n = d->transposed ? d->in : d->out;
    g.lda = g.m;
    g.ldb = g.ldc = g.n;
    return g;
}

/* in: dz; out: db. */
static void run_bias(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    (void)task;
    (void)scratch;
    const dense *d = s->spec;
    const float *dz = mi_step_in(p, s, 0);
    float *sum = mi_step_out(p, s, 0);
    if (!s->add)
        memset(sum, 0, (size_t)d->out * sizeof *sum);
    for (int i = 0; i < d->rows; i++, dz += d->out)
        p->kern->add_f32(d->out, sum, dz, sum);
}

static mien_status back_to_bias(mien_plan *p, dense *d, int dz, mien_error *err)
{
    mi_step *s = mi_gradient_step(p, "bias", d->bias);
    if (!s)
        return mi_no_memory(err);
    mi_step_reads(s, dz);
    s->spec = d;
    s->run = run_bias;
    return MIEN_OK;
}

/* Add the products backward: to bias, weights and x, as they are wanted. */
static mien_status dense_back(mien_plan *p, const mi_step *s, mien_error *err)
{
    dense *d = s->back_spec;
    int dz;
    mien_status st = mi_gradient_before(p, s, &d->act, &dz, err);
    if (!st && d->bias >= 0 && p->value[d->bias].flows)
        st = back_to_bias(p, d, dz, err);
    if (!st && p->value[d->w].flows) {
        const mi_gemm g = weight_product(d);
        mi_factors f = {d->x, dz, -1, d->w, 0, 0};
        if (d->transposed)
            f = (mi_factors){dz, d->x, -1, d->w, 0, 0};
        st = mi_product_gradient(p, &g, &f, err);
    }
    if (!st && p->value[d->x].flows) {
        const mi_gemm g = input_product(d);
        const mi_factors f = {dz, d->w, -1, d->x, 0, 0};
        st = mi_product_gradient(p, &g, &f, err);
    }
    return st;
}

mien_status mi_lower_product(mien_plan *p, mi_node *head, mien_error *err)
{
    dense *d = mi_plan_alloc(p, 1, sizeof *d);
    if (!d)
        return mi_no_memory(err);
    *d = describe(head);
    int tail = p->of[head->id].tail, y = -1;
    mi_node *bias = mi_node_in(head, 2);
    mien_status st = MIEN_OK;
    if (tail != head->id)
        st = mi_plan_act(p, &p->node[tail], &d->act, err);
    if (!st)
        st = mi_plan_use(p, head->in[0], 0, &d->x, err);
    if (!st)
        st = mi_plan_use(p, head->in[1], 0, &d->w, err);
    if (!st && bias)
        st = mi_plan_use(p, bias, 0, &d->bias, err);
    if (!st)
        st = mi_plan_result(p, head, 0, &y, err);
    if (st)
        return st;
    const mi_gemm g = forward_product(d);
    const mi_factors f = {d->x, d->w, d->bias, y, 0, 0};
    st = mi_product_add(p, &g, &f, err);
    if (!st && p->value[y].flows) {
        p->step[p->n_steps - 1].back = dense_back;
        p->step[p->n_steps - 1].back_spec = d;
    }
    return st;
}
