/* lower_lstm.c: a long short-term memory as products of whole batches.
 *
 * For all steps of the sequence at once z = x W' + Wb + Rb; then, step after
 * step, z_t += h_{t-1} R' and the gates.  Back: dz_t from dh_t and dc_t,
 * dh_{t-1} = dz_t R; then for all steps at once dx = dz W, dW = dz' x, dR = dz'
 * h (a step apart) and db.  See src/graph/op_lstm.c for the formulas and the
 * order of gates. */
#include "engine/fuse.h"
#include "engine/gradient.h"
#include "engine/lowerings.h"
#include "engine/product.h"
#include "engine/values.h"

#include "base/error.h"

#include <string.h>

/* Rows of a batch that a task does. */
enum { TASK_ROWS = 32 };

typedef struct {
    ptrdiff_t steps, batch, in, hidden, cells; /* cells: batch * hidden */
    int x, w, r, bias, y;                      /* values; -1: no bias */
    int z;          /* [steps, batch, 4, hidden] gates i, o, f, g */
    int c, squash;  /* [steps, batch, hidden] states, their tanh */
    int dz, dh, dc; /* gradients: as z; [batch, hidden] */
} lstm;

/* One step of the sequence. */
typedef struct {
    const lstm *l;
    ptrdiff_t t;
} moment;

static float *floats(const mien_plan *p, int value, ptrdiff_t at)
{
    return p->value[value].data + at;
}

/* Rows first <= row < end of a task. */
static void rows_of(const lstm *l, int task, ptrdiff_t *first, ptrdiff_t *end)
{
    *first = (ptrdiff_t)task * TASK_ROWS;
    *end = *first + TASK_ROWS < l->batch ? *first + TASK_ROWS : l->batch;
}

/* ---- products --------------------------------------------------------------
 */

/* z += x W' */
static mi_gemm input_product(const lstm *l)
{
    return (mi_gemm){.m = (int)(l->steps * l->batch),
                     .n = (int)(4 * l->hidden),
                     .k = (int)l->in,
                     .lda = l->in,
                     .ldb = l->in,
                     .tb = 1,
                     .ldc = 4 * l->hidden,
                     .add = 1};
}

/* z_t += h_{t-1} R' */
static mi_gemm state_product(const lstm *l)
{
    return (mi_gemm){.m = (int)l->batch,
                     .n = (int)(4 * l->hidden),
                     .k = (int)l->hidden,
                     .lda = l->hidden,
                     .ldb = l->hidden,
                     .tb = 1,
                     .ldc = 4 * l->hidden,
                     .add = 1};
}

/* dh = dz_t R */
static mi_gemm back_product(const lstm *l)
{
    return (mi_gemm){.m = (int)l->batch,
                     .n = (int)l->hidden,
                     .k = (int)(4 * l->hidden),
                     .lda = 4 * l->hidden,
                     .ldb = l->hidden,
                     .ldc = l->hidden};
}

/* dx = dz W */
static mi_gemm input_gradient(const lstm *l)
{
    return (mi_gemm){.m = (int)(l->steps * l->batch),
                     .n = (int)l->in,
                     .k = (int)(4 * l->hidden),
                     .lda = 4 * l->hidden,
                     .ldb = l->in,
                     .ldc = l->in};
}

/* dz' x from step `from` on, the rows of x being those of a step `from` before;
 * x has `in` columns. */
static mi_gemm weight_gradient(const lstm *l, ptrdiff_t from, ptrdiff_t in)
{
    return (mi_gemm){.m = (int)(4 * l->hidden),
                     .n = (int)in,
                     .k = (int)((l->steps - from) * l->batch),
                     .lda = 4 * l->hidden,
                     .ta = 1,
                     .ldb = in,
                     .ldc = in};
}

/* ---- forward ---------------------------------------------------------------
 */

/* tanh(x) = 2 / (1 + exp(-2 x)) - 1 */
static void tanh_of(const mi_kern *kern, ptrdiff_t n, const float *x, float *y)
{
    kern->affine_f32((int)n, x, 2, 0, y);
    kern->sigmoid_f32((int)n, y, y);
    kern->affine_f32((int)n, y, 2, -1, y);
}

/* Both biases into every row of z. */
static void run_bias(const mien_plan *p, const mi_step *s, int task,
                     void *scratch)
{
    (void)task;
    (void)scratch;
    const lstm *l = s->spec;
    const float *b = l->bias < 0 ? NULL : floats(p, l->bias, 0);
    ptrdiff_t n = 4 * l->hidden;
    float *z = floats(p, l->z, 0);
    for (ptrdiff_t row = 0; row < l->steps * l->batch; row++)
        for (ptrdiff_t j = 0; j < n; j++)
            *z++ = b ? b[j] + b[n + j] : 0;
}

/* States and results of a step of the sequence. */
static void run_gates(const mien_plan *p, const mi_step *s, int task,
                      void *scratch)
{
    (void)scratch;
    const moment *m = s->spec;
    const lstm *l = m->l;
    const mi_kern *kern = p->kern;
    ptrdiff_t h = l->hidden, first, end;
    rows_of(l, task, &first, &end);
    for (ptrdiff_t row = first; row < end; row++) {
        ptrdiff_t at = m->t * l->cells + row * h;
        float *z = floats(p, l->z, 4 * at), *c = floats(p, l->c, at);
        float *squash = floats(p, l->squash, at);
        kern->sigmoid_f32((int)(3 * h), z, z);
        tanh_of(kern, h, z + 3 * h, z + 3 * h);
        for (ptrdiff_t u = 0; u < h; u++) {
            float before = m->t ? c[u - l->cells] : 0;
            c[u] = z[2 * h + u] * before + z[u] * z[3 * h + u];
        }
        tanh_of(kern, h, c, squash);
        kern->mul_f32((int)h, z + h, squash, floats(p, l->y, at));
    }
}

static mien_status add_bias(mien_plan *p, lstm *l, mien_error *err)
{
    mi_step *s = mi_plan_add_step(p, "bias", l->z);
    if (!s)
        return mi_no_memory(err);
    if (l->bias >= 0)
        mi_step_reads(s, l->bias);
    s->spec = l;
    s->run = run_bias;
    return MIEN_OK;
}

static mi_step *add_moment(mien_plan *p, const lstm *l, ptrdiff_t t, int out)
{
    moment *m = mi_plan_alloc(p, 1, sizeof *m);
    mi_step *s = m ? mi_plan_add_step(p, "gates", out) : NULL;
    if (!s)
        return NULL;
    *m = (moment){l, t};
    s->tasks = (int)((l->batch + TASK_ROWS - 1) / TASK_ROWS);
    s->work = 10 * (double)l->cells;
    s->spec = m;
    return s;
}

static mien_status add_gates(mien_plan *p, const lstm *l, ptrdiff_t t,
                             mien_error *err)
{
    mi_step *s = add_moment(p, l, t, l->y);
    if (!s)
        return mi_no_memory(err);
    mi_step_writes(s, l->z);
    mi_step_writes(s, l->c);
    mi_step_writes(s, l->squash);
    mi_step_reads(s, l->z);
    s->run = run_gates;
    return MIEN_OK;
}

/* Add the product with x of all times, then product and gates time by time. */
static mien_status add_forward(mien_plan *p, lstm *l, mien_error *err)
{
    const mi_gemm input = input_product(l), state = state_product(l);
    const mi_factors of_input = {l->x, l->w, -1, l->z, 0, 0};
    int packed = -1;
    mien_status st = add_bias(p, l, err);
    if (!st)
        st = mi_product_add(p, &input, &of_input, err);
    if (!st && l->steps > 1)
        st = mi_product_pack(p, &state, l->r, -1, &packed, err);
    for (ptrdiff_t t = 0; t < l->steps && !st; t++) {
        const mi_factors f = {l->y,
                              -1,
                              -1,
                              l->z,
                              (size_t)((t - 1) * l->cells),
                              (size_t)(4 * t * l->cells)};
        if (t)
            st = mi_product_run(p, &state, &f, packed, err);
        if (!st)
            st = add_gates(p, l, t, err);
    }
    return st;
}

/* ---- backward --------------------------------------------------------------
 */

static void run_begin(const mien_plan *p, const mi_step *s, int task,
                      void *scratch)
{
    (void)task;
    (void)scratch;
    size_t bytes = p->value[s->out[0]].len * sizeof(float);
    memset(mi_step_out(p, s, 0), 0, bytes);
    memset(mi_step_out(p, s, 1), 0, bytes);
}

/* in: dy; dz of a step from dh, and dc, which it moves a step back. */
static void run_gates_back(const mien_plan *p, const mi_step *s, int task,
                           void *scratch)
{
    (void)scratch;
    const moment *m = s->spec;
    const lstm *l = m->l;
    ptrdiff_t h = l->hidden, first, end;
    rows_of(l, task, &first, &end);
    const float *dy = mi_step_in(p, s, 0) + m->t * l->cells;
    const float *squash = floats(p, l->squash, m->t * l->cells);
    const float *c = floats(p, l->c, m->t * l->cells);
    float *dh = floats(p, l->dh, 0), *dc = floats(p, l->dc, 0);
    for (ptrdiff_t at = first * h; at < end * h; at++) {
        ptrdiff_t gate = 4 * (m->t * l->cells + at / h * h) + at % h;
        const float *z = floats(p, l->z, gate);
        float *dz = floats(p, l->dz, gate);
        float i = z[0], o = z[h], f = z[2 * h], g = z[3 * h];
        float dh_all = dy[at] + dh[at];
        float d = dc[at] + dh_all * o * (1 - squash[at] * squash[at]);
        dz[0] = d * g * i * (1 - i);
        dz[h] = dh_all * squash[at] * o * (1 - o);
        dz[2 * h] = d * (m->t ? c[at - l->cells] : 0) * f * (1 - f);
        dz[3 * h] = d * i * (1 - g * g);
        dc[at] = d * f;
    }
}

/* in: dz; out: the gradient of both biases. */
static void run_bias_back(const mien_plan *p, const mi_step *s, int task,
                          void *scratch)
{
    (void)task;
    (void)scratch;
    const lstm *l = s->spec;
    ptrdiff_t n = 4 * l->hidden;
    float *sum = mi_step_out(p, s, 0);
    if (!s->add)
        memset(sum, 0, 2 * (size_t)n * sizeof *sum);
    for (ptrdiff_t row = 0; row < l->steps * l->batch; row++)
        for (int side = 0; side < 2; side++)
            p->kern->add_f32((int)n, sum + side * n, floats(p, l->dz, row * n),
                             sum + side * n);
}

/* The steps from the last step of the sequence to the first. */
static mien_status back_in_time(mien_plan *p, lstm *l, int g, mien_error *err)
{
    const mi_gemm product = back_product(l);
    int packed = -1;
    mi_step *s = mi_plan_add_step(p, "begin", l->dh);
    if (!s)
        return mi_no_memory(err);
    mi_step_writes(s, l->dc);
    s->run = run_begin;
    mien_status st = MIEN_OK;
    if (l->steps > 1)
        st = mi_product_pack(p, &product, l->r, -1, &packed, err);
    for (ptrdiff_t t = l->steps - 1; t >= 0 && !st; t--) {
        s = add_moment(p, l, t, l->dz);
        if (!s)
            return mi_no_memory(err);
        const int reads[] = {g, l->z, l->c, l->squash, l->dh, l->dc};
        for (int i = 0; i < 6; i++)
            mi_step_reads(s, reads[i]);
        mi_step_writes(s, l->dc);
        s->run = run_gates_back;
        const mi_factors f = {l->dz, -1, -1, l->dh, (size_t)(4 * t * l->cells),
                              0};
        if (t)
            st = mi_product_run(p, &product, &f, packed, err);
    }
    return st;
}

static mien_status back_to_bias(mien_plan *p, lstm *l, mien_error *err)
{
    mi_step *s = mi_gradient_step(p, "bias", l->bias);
    if (!s)
        return mi_no_memory(err);
    mi_step_reads(s, l->dz);
    s->spec = l;
    s->run = run_bias_back;
    return MIEN_OK;
}

/* Add the steps back through time, then those to x, w, r and the bias. */
static mien_status lstm_back(mien_plan *p, const mi_step *s, mien_error *err)
{
    lstm *l = s->back_spec;
    int g = mi_gradient_of(p, l->y);
    l->dz = mi_plan_add_floats(p, p->value[l->z].len);
    l->dh = mi_plan_add_floats(p, (size_t)l->cells);
    l->dc = mi_plan_add_floats(p, (size_t)l->cells);
    if (g < 0 || l->dz < 0 || l->dh < 0 || l->dc < 0)
        return mi_no_memory(err);
    mien_status st = back_in_time(p, l, g, err);
    const mi_gemm dx = input_gradient(l);
    const mi_gemm dw = weight_gradient(l, 0, l->in);
    const mi_gemm dr = weight_gradient(l, 1, l->hidden);
    const mi_factors to_x = {l->dz, l->w, -1, l->x, 0, 0};
    const mi_factors to_w = {l->dz, l->x, -1, l->w, 0, 0};
    const mi_factors to_r = {l->dz, l->y, -1, l->r, (size_t)(4 * l->cells), 0};
    if (!st && p->value[l->x].flows)
        st = mi_product_gradient(p, &dx, &to_x, err);
    if (!st && p->value[l->w].flows)
        st = mi_product_gradient(p, &dw, &to_w, err);
    if (!st && p->value[l->r].flows)
        st = mi_product_gradient(p, &dr, &to_r, err);
    if (!st && l->bias >= 0 && p->value[l->bias].flows)
        st = back_to_bias(p, l, err);
    return st;
}

/* ---- lowering --------------------------------------------------------------
 */

/* Number the values it reads, its result and what it keeps of each time. */
static mien_status use_values(mien_plan *p, mi_node *head, lstm *l,
                              mien_error *err)
{
    mi_node *bias = mi_node_in(head, 3);
    mien_status st = mi_plan_use(p, head->in[0], 0, &l->x, err);
    if (!st)
        st = mi_plan_use(p, head->in[1], 0, &l->w, err);
    if (!st)
        st = mi_plan_use(p, head->in[2], 0, &l->r, err);
    if (!st && bias)
        st = mi_plan_use(p, bias, 0, &l->bias, err);
    if (!st)
        st = mi_plan_result(p, head, 0, &l->y, err);
    if (st)
        return st;
    size_t all = (size_t)(l->steps * l->cells);
    l->z = mi_plan_add_floats(p, 4 * all);
    l->c = mi_plan_add_floats(p, all);
    l->squash = mi_plan_add_floats(p, all);
    return l->z < 0 || l->c < 0 || l->squash < 0 ? mi_no_memory(err) : MIEN_OK;
}

mien_status mi_lower_lstm(mien_plan *p, mi_node *head, mien_error *err)
{
    const int64_t *x = head->in[0]->shape.dim;
    lstm *l = mi_plan_alloc(p, 1, sizeof *l);
    if (!l)
        return mi_no_memory(err);
    *l = (lstm){.steps = (ptrdiff_t)x[0],
                .batch = (ptrdiff_t)x[1],
                .in = (ptrdiff_t)x[2],
                .hidden = (ptrdiff_t)head->in[2]->shape.dim[2],
                .bias = -1};
    l->cells = l->batch * l->hidden;
    mien_status st = use_values(p, head, l, err);
    if (!st)
        st = add_forward(p, l, err);
    if (!st && p->value[l->y].flows) {
        p->step[p->n_steps - 1].back = lstm_back;
        p->step[p->n_steps - 1].back_spec = l;
    }
    return st;
}
