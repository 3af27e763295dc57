/* step_lstm.c: a long short-term memory as products of whole batches.
 *
 * For all steps at once z = x W' + Wb + Rb; then, step after step, z_t +=
 * h_{t-1} R' and the gates.  Back: dz_t from dh_t and dc_t, dh_{t-1} = dz_t R;
 * then for all steps at once dx = dz W, dW = dz' x, dR = dz' h (a step apart)
 * and db.  See src/graph/op_lstm.c for the formulas and the order of gates. */
#include "graph/op_attr.h"
#include "train/tape.h"

#include <assert.h>
#include <string.h>

typedef struct lstm {
    const mi_node *n;
    ptrdiff_t steps, batch, in, hidden;
    float *z;       /* [steps, batch, 4, hidden] gates i, o, f, g */
    float *dz;      /* the same: gradients */
    float *c;       /* [steps, batch, hidden] states */
    float *squash;  /* tanh of them */
    float *dh, *dc; /* [batch, hidden] */
} lstm;

static lstm lstm_of(const mi_node *n)
{
    const int64_t *x = n->in[0]->shape.dim;
    lstm l = {n,
              (ptrdiff_t)x[0],
              (ptrdiff_t)x[1],
              (ptrdiff_t)x[2],
              (ptrdiff_t)n->in[2]->shape.dim[2],
              NULL,
              NULL,
              NULL,
              NULL,
              NULL,
              NULL};
    size_t cells = (size_t)l.steps * (size_t)l.batch * (size_t)l.hidden;
    float *at = n->save;
    if (!at)
        return l;
    l.z = at;
    l.dz = at + 4 * cells;
    l.c = at + 8 * cells;
    l.squash = at + 9 * cells;
    l.dh = at + 10 * cells;
    l.dc = l.dh + (size_t)l.batch * (size_t)l.hidden;
    return l;
}

static const mi_node *bias_of(const mi_node *n)
{
    return n->n_in > 3 ? n->in[3] : NULL;
}

/* ---- products --------------------------------------------------------------
 */

static mi_gemm input_product(const lstm *l)
{
    return (mi_gemm){.m = (int)(l->steps * l->batch),
                     .n = (int)(4 * l->hidden),
                     .k = (int)(l->in),
                     .a = l->n->in[0]->eval,
                     .lda = l->in,
                     .b = l->n->in[1]->eval,
                     .ldb = l->in,
                     .tb = 1,
                     .c = l->z,
                     .ldc = 4 * l->hidden};
}

/* Before there is memory a product is only measured. */
static float *part(float *p, ptrdiff_t by) { return p ? p + by : NULL; }

static mi_gemm state_product(const lstm *l, ptrdiff_t t)
{
    ptrdiff_t cells = (ptrdiff_t)l->batch * l->hidden;
    return (mi_gemm){.m = (int)(l->batch),
                     .n = (int)(4 * l->hidden),
                     .k = (int)(l->hidden),
                     .a = part(l->n->eval, (t - 1) * cells),
                     .lda = l->hidden,
                     .b = l->n->in[2]->eval,
                     .ldb = l->hidden,
                     .tb = 1,
                     .c = part(l->z, 4 * t * cells),
                     .ldc = 4 * l->hidden,
                     .add = 1};
}

static mi_gemm back_product(const lstm *l, ptrdiff_t t)
{
    ptrdiff_t cells = (ptrdiff_t)l->batch * l->hidden;
    return (mi_gemm){.m = (int)(l->batch),
                     .n = (int)(l->hidden),
                     .k = (int)(4 * l->hidden),
                     .a = part(l->dz, 4 * t * cells),
                     .lda = 4 * l->hidden,
                     .b = l->n->in[2]->eval,
                     .ldb = l->hidden,
                     .c = l->dh,
                     .ldc = l->hidden};
}

static mi_gemm input_gradient(const lstm *l, unsigned fresh)
{
    return (mi_gemm){.m = (int)(l->steps * l->batch),
                     .n = (int)(l->in),
                     .k = (int)(4 * l->hidden),
                     .a = l->dz,
                     .lda = 4 * l->hidden,
                     .b = l->n->in[1]->eval,
                     .ldb = l->in,
                     .c = l->n->in[0]->grad,
                     .ldc = l->in,
                     .add = !(fresh & 1)};
}

/* From step `from` on, the rows of x being those of a step `from` before. */
static mi_gemm weight_gradient(const lstm *l, ptrdiff_t from, const float *x,
                               ptrdiff_t in, float *grad, int add)
{
    ptrdiff_t cells = (ptrdiff_t)l->batch * l->hidden;
    return (mi_gemm){.m = (int)(4 * l->hidden),
                     .n = (int)(in),
                     .k = (int)((l->steps - from) * l->batch),
                     .a = part(l->dz, 4 * from * cells),
                     .lda = 4 * l->hidden,
                     .ta = 1,
                     .b = x,
                     .ldb = in,
                     .c = grad,
                     .ldc = in,
                     .add = add};
}

/* ---- forward ---------------------------------------------------------------
 */

/* tanh(x) = 2 / (1 + exp(-2 x)) - 1 */
static void tanh_of(const mi_kern *k, ptrdiff_t n, const float *x, float *y)
{
    k->affine_f32((int)(n), x, 2, 0, y);
    k->sigmoid_f32((int)(n), y, y);
    k->affine_f32((int)(n), y, 2, -1, y);
}

static void put_bias(const lstm *l)
{
    const mi_node *b = bias_of(l->n);
    ptrdiff_t n = 4 * l->hidden;
    for (ptrdiff_t row = 0; row < l->steps * l->batch; row++)
        for (ptrdiff_t j = 0; j < n; j++)
            l->z[(ptrdiff_t)row * n + j] = b ? b->eval[j] + b->eval[n + j] : 0;
}

static void run_gates(const mi_kern *k, const lstm *l, ptrdiff_t t)
{
    ptrdiff_t h = l->hidden, cells = l->batch * h;
    float *c = l->c + (ptrdiff_t)t * cells;
    float *squash = l->squash + (ptrdiff_t)t * cells;
    float *y = l->n->eval + (ptrdiff_t)t * cells;
    for (ptrdiff_t row = 0; row < l->batch; row++) {
        float *z = l->z + 4 * ((ptrdiff_t)t * cells + row * h);
        k->sigmoid_f32((int)(3 * h), z, z);
        tanh_of(k, h, z + 3 * h, z + 3 * h);
        for (ptrdiff_t u = 0; u < h; u++) {
            ptrdiff_t at = row * h + u;
            float before = t ? c[at - cells] : 0;
            c[at] = z[2 * h + u] * before + z[u] * z[3 * h + u];
        }
    }
    tanh_of(k, cells, c, squash);
    for (ptrdiff_t row = 0; row < l->batch; row++) {
        const float *o = l->z + 4 * ((ptrdiff_t)t * cells + row * h) + h;
        k->mul_f32((int)(h), o, squash + row * h, y + row * h);
    }
}

static void lstm_forward(const mi_tape *t, const mi_tape_step *s)
{
    lstm l = lstm_of(s->node);
    assert(l.z);
    put_bias(&l);
    mi_gemm g = input_product(&l);
    g.add = 1;
    mi_tape_gemm(t, &g);
    for (ptrdiff_t step = 0; step < l.steps; step++) {
        if (step) {
            g = state_product(&l, step);
            mi_tape_gemm(t, &g);
        }
        run_gates(t->kern, &l, step);
    }
}

/* ---- backward --------------------------------------------------------------
 */

/* dz of step t from dh, which it completes, and dc, which it moves a step. */
static void gates_gradient(const lstm *l, ptrdiff_t t)
{
    ptrdiff_t h = l->hidden, cells = l->batch * h;
    const float *dy = l->n->grad + (ptrdiff_t)t * cells;
    const float *squash = l->squash + (ptrdiff_t)t * cells;
    const float *c = l->c + (ptrdiff_t)t * cells;
    for (ptrdiff_t at = 0; at < cells; at++) {
        ptrdiff_t gate = 4 * ((ptrdiff_t)t * cells + at / h * h) + at % h;
        const float *z = l->z + gate;
        float *dz = l->dz + gate;
        float i = z[0], o = z[h], f = z[2 * h], g = z[3 * h];
        float dh = dy[at] + l->dh[at];
        float dc = l->dc[at] + dh * o * (1 - squash[at] * squash[at]);
        dz[0] = dc * g * i * (1 - i);
        dz[h] = dh * squash[at] * o * (1 - o);
        dz[2 * h] = dc * (t ? c[at - cells] : 0) * f * (1 - f);
        dz[3 * h] = dc * i * (1 - g * g);
        l->dc[at] = dc * f;
    }
}

static void bias_gradient(const mi_tape *t, const lstm *l, int fresh)
{
    const mi_node *b = bias_of(l->n);
    ptrdiff_t n = 4 * l->hidden;
    if (!b || !b->grad)
        return;
    if (fresh)
        memset(b->grad, 0, 2 * (size_t)n * sizeof *b->grad);
    for (ptrdiff_t row = 0; row < l->steps * l->batch; row++)
        for (int side = 0; side < 2; side++)
            t->kern->add_f32((int)(n), b->grad + side * n,
                             l->dz + (ptrdiff_t)row * n, b->grad + side * n);
}

static void lstm_backward(const mi_tape *t, const mi_tape_step *s)
{
    lstm l = lstm_of(s->node);
    const mi_node *const *in = (const mi_node *const *)l.n->in;
    size_t bytes = (size_t)l.batch * (size_t)l.hidden * sizeof(float);
    mi_gemm g;
    assert(l.dh && l.dc);
    memset(l.dh, 0, bytes);
    memset(l.dc, 0, bytes);
    for (ptrdiff_t step = l.steps - 1; step >= 0; step--) {
        gates_gradient(&l, step);
        g = back_product(&l, step);
        if (step)
            mi_tape_gemm(t, &g);
    }
    if (in[0]->grad) {
        g = input_gradient(&l, s->fresh);
        mi_tape_gemm(t, &g);
    }
    if (in[1]->grad) {
        g = weight_gradient(&l, 0, in[0]->eval, l.in, in[1]->grad,
                            !(s->fresh >> 1 & 1));
        mi_tape_gemm(t, &g);
    }
    if (in[2]->grad) {
        g = weight_gradient(&l, 1, l.n->eval, l.hidden, in[2]->grad,
                            !(s->fresh >> 2 & 1));
        mi_tape_gemm(t, &g);
    }
    bias_gradient(t, &l, (int)(s->fresh >> 3 & 1));
}

int mi_step_lstm(mi_tape *t, mi_node *node, mi_tape_step *s)
{
    if (node->op != &mi_op_lstm)
        return 0;
    lstm l = lstm_of(node);
    const mi_gemm products[] = {
        input_product(&l),
        state_product(&l, 1),
        back_product(&l, 1),
        input_gradient(&l, 0),
        weight_gradient(&l, 0, NULL, l.in, NULL, 0),
        weight_gradient(&l, 1, NULL, l.hidden, NULL, 0)};
    for (size_t i = 0; i < sizeof products / sizeof *products; i++)
        mi_tape_reserve(t, &products[i]);
    s->forward = lstm_forward;
    s->backward = lstm_backward;
    return 1;
}
