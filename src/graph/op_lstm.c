/* op_lstm.c: a long short-term memory over a sequence, from zero states.
 *
 * For step t, rows x_t of [batch, in] and h_t, c_t of [batch, hidden], with
 * ONNX's order of gates i, o, f, c along the rows of W and R:
 *
 *   i, o, f = sigmoid(x_t W' + h_{t-1} R' + Wb + Rb),  g = tanh(the same)
 *   c_t = f c_{t-1} + i g,   h_t = o tanh(c_t)
 *
 * The result is Y alone, [steps, 1, batch, hidden]: a node has one result.
 *
 * S. Hochreiter, J. Schmidhuber, Long short-term memory, Neural Computation
 * 9(8), 1997; F. Gers et al. for the forget gate, 2000. */
#include "graph/op_util.h"

#include <math.h>
#include <string.h>

enum { MAX_UNITS = 4096 };

typedef struct {
    int64_t steps, batch, in, hidden;
} sizes;

static sizes sizes_of(const mi_node *out)
{
    const int64_t *x = out->in[0]->shape.dim;
    return (sizes){x[0], x[1], x[2], out->in[2]->shape.dim[2]};
}

/* [time, 1, batch, units], when weights and bias fit each other. */
static const char *lstm_shape(mi_node *out)
{
    const mi_lstm_attr *a = out->attr;
    const mien_shape *x = &out->in[0]->shape, *w = &out->in[1]->shape;
    const mien_shape *r = &out->in[2]->shape;
    const mi_node *b = mi_op_in(out, 3);
    const char *why = mi_want_floats(out);
    if (why)
        return why;
    if (strcmp(a->direction, "forward") != 0 || a->layout != 0 ||
        a->input_forget != 0)
        return "only one direction, layout 0 and no coupled gates are "
               "supported";
    if (x->rank != 3 || w->rank != 3 || r->rank != 3)
        return "an input has not three dimensions";
    int64_t h = r->dim[2];
    if (w->dim[0] != 1 || r->dim[0] != 1 || r->dim[1] != 4 * h ||
        w->dim[1] != 4 * h || w->dim[2] != x->dim[2] ||
        (a->hidden_size != 0 && a->hidden_size != h))
        return "the weights do not fit the input or each other";
    if (h > MAX_UNITS)
        return "it has too many units";
    if (b && (b->shape.rank != 2 || b->shape.dim[0] != 1 ||
              b->shape.dim[1] != 8 * h))
        return "the bias has not 8 numbers for each unit";
    for (int k = 4; k < out->n_in; k++)
        if (out->in[k])
            return "lengths, initial states and peepholes are not supported";
    const mien_shape y = {4, {x->dim[0], 1, x->dim[1], h}};
    return mi_set_floats(out, &y);
}

static double squash(double z) { return 1 / (1 + exp(-z)); }

/* What each gate of a unit is given. */
static void gates_of(const mi_node *out, const sizes *s, const float *x,
                     const float *h, int64_t unit, double z[4])
{
    const float *w = out->in[1]->eval, *r = out->in[2]->eval;
    const float *b = mi_op_in(out, 3) ? out->in[3]->eval : NULL;
    for (int64_t g = 0; g < 4; g++) {
        int64_t row = g * s->hidden + unit;
        z[g] = b ? (double)b[row] + (double)b[4 * s->hidden + row] : 0;
        for (int64_t j = 0; j < s->in; j++)
            z[g] += (double)x[j] * (double)w[row * s->in + j];
        for (int64_t j = 0; h && j < s->hidden; j++)
            z[g] += (double)h[j] * (double)r[row * s->hidden + j];
    }
}

/* Kept while training, for each step, row and unit. */
typedef struct {
    float i, o, f, g, state;
} cell;

/* Unit u of a row at step t, whose state before was `before`. */
static cell run_cell(const mi_node *out, const sizes *s, int64_t at, int64_t u,
                     float before)
{
    const float *h =
        at >= s->batch ? out->eval + (at - s->batch) * s->hidden : NULL;
    double z[4];
    gates_of(out, s, out->in[0]->eval + at * s->in, h, u, z);
    double i = squash(z[0]), o = squash(z[1]), f = squash(z[2]), g = tanh(z[3]);
    return (cell){(float)i, (float)o, (float)f, (float)g,
                  (float)(f * (double)before + i * g)};
}

static float result_of(const cell *c)
{
    return (float)((double)c->o * tanh((double)c->state));
}

/* Row after row, with the row's states alone at hand. */
static void lstm_eval(const mi_node *out)
{
    sizes s = sizes_of(out);
    for (int64_t row = 0; row < s.batch; row++) {
        float state[MAX_UNITS] = {0};
        for (int64_t at = row; at < s.steps * s.batch; at += s.batch)
            for (int64_t u = 0; u < s.hidden; u++) {
                cell c = run_cell(out, &s, at, u, state[u]);
                state[u] = c.state;
                out->eval[at * s.hidden + u] = result_of(&c);
            }
    }
}

static size_t lstm_save_len(const mi_node *out)
{
    sizes s = sizes_of(out);
    return (size_t)(10 * s.steps * s.batch * s.hidden + 2 * s.batch * s.hidden +
                    6 * s.hidden);
}

static void lstm_train(const mi_node *out)
{
    sizes s = sizes_of(out);
    cell *kept = (cell *)(void *)out->save;
    int64_t each = s.batch * s.hidden;
    for (int64_t i = 0; i < s.steps * each; i++) {
        float before = i >= each ? kept[i - each].state : 0;
        kept[i] = run_cell(out, &s, i / s.hidden, i % s.hidden, before);
        out->eval[i] = result_of(&kept[i]);
    }
}

/* What flows back through a unit: to its four gates, and to its state. */
static void cell_grad(const cell *c, float before, double dh, float *dc,
                      double dz[4])
{
    double i = (double)c->i, o = (double)c->o, f = (double)c->f;
    double g = (double)c->g, squashed = tanh((double)c->state);
    double d = (double)*dc + dh * o * (1 - squashed * squashed);
    dz[0] = d * g * i * (1 - i);
    dz[1] = dh * squashed * o * (1 - o);
    dz[2] = d * (double)before * f * (1 - f);
    dz[3] = d * i * (1 - g * g);
    *dc = (float)(d * f);
}

/* Row `row` of the weights was given dz at place `at` of the sequence; dh is
 * the gradient by the result of the step before. */
static void gate_grad(const mi_node *out, const sizes *s, int64_t row,
                      int64_t at, float *dh, float dz)
{
    const mi_node *x = out->in[0], *w = out->in[1], *r = out->in[2];
    float *db = mi_op_in(out, 3) ? out->in[3]->grad : NULL;
    const float *h =
        at >= s->batch ? out->eval + (at - s->batch) * s->hidden : NULL;
    for (int64_t j = 0; j < s->in; j++) {
        if (x->grad)
            x->grad[at * s->in + j] += dz * w->eval[row * s->in + j];
        if (w->grad)
            w->grad[row * s->in + j] += dz * x->eval[at * s->in + j];
    }
    for (int64_t j = 0; h && j < s->hidden; j++) {
        dh[j] += dz * r->eval[row * s->hidden + j];
        if (r->grad)
            r->grad[row * s->hidden + j] += dz * h[j];
    }
    if (db) {
        db[row] += dz;
        db[4 * s->hidden + row] += dz;
    }
}

/* One sequence's step back in time: gates, then state and parameters. */
static void step_grad(const mi_node *out, const sizes *s, int64_t at,
                      float *states)
{
    const cell *kept = (const cell *)(const void *)out->save;
    int64_t n = s->hidden;
    float *dh = states, *dc = states + n, *dz = states + 2 * n;
    for (int64_t u = 0; u < n; u++) {
        double gate[4];
        float before = at >= s->batch ? kept[(at - s->batch) * n + u].state : 0;
        cell_grad(&kept[at * n + u], before,
                  (double)out->grad[at * n + u] + (double)dh[u], &dc[u], gate);
        for (int64_t g = 0; g < 4; g++)
            dz[g * n + u] = (float)gate[g];
    }
    memset(dh, 0, (size_t)n * sizeof *dh);
    for (int64_t i = 0; i < 4 * n; i++)
        gate_grad(out, s, i, at, dh, dz[i]);
}

/* Back-propagation through time, one row of the batch after the other. */
static void lstm_grad(const mi_node *out)
{
    sizes s = sizes_of(out);
    float *states = out->save + lstm_save_len(out) - 6 * s.hidden;
    for (int64_t row = 0; row < s.batch; row++) {
        memset(states, 0, (size_t)(2 * s.hidden) * sizeof *states);
        for (int64_t t = s.steps - 1; t >= 0; t--)
            step_grad(out, &s, t * s.batch + row, states);
    }
}

static const mi_lstm_attr lstm_defaults = {.direction = "forward"};
static const mi_attr lstm_attrs[] = {
    MI_ROW(mi_lstm_attr, INT, hidden_size),
    MI_ROW(mi_lstm_attr, INT, input_forget), MI_ROW(mi_lstm_attr, INT, layout),
    MI_ROW(mi_lstm_attr, TEXT, direction), MI_ROWS_END};
const mi_op mi_op_lstm = {.name = "LSTM",
                          .min_in = 3,
                          .max_in = 8,
                          MI_ATTRS(lstm),
                          .shape = lstm_shape,
                          .eval = lstm_eval,
                          .train = lstm_train,
                          .save_len = lstm_save_len,
                          .grad = lstm_grad};
