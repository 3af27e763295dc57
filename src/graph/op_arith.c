/* op_arith.c: sums, differences, products, quotients and powers of two tensors
 * that are broadcast to each other as numpy does: shapes are aligned at their
 * last axes, and an axis of 1 is repeated.  Integers that are known stay known.
 */
#include "graph/op_util.h"

#include <math.h>
#include <string.h>

/* The shape to which both can be broadcast. */
static const char *broadcast(const mien_shape *a, const mien_shape *b,
                             mien_shape *out)
{
    if (a->rank < b->rank) {
        const mien_shape *swap = a;
        a = b;
        b = swap;
    }
    *out = *a;
    for (int d = 0; d < b->rank; d++) {
        int64_t *to = &out->dim[d + a->rank - b->rank];
        if (b->dim[d] == *to || b->dim[d] == 1)
            continue;
        if (*to != 1)
            return "the shapes cannot be broadcast to each other";
        *to = b->dim[d];
    }
    return NULL;
}

/* Whether two integers have an answer, which is set. */
typedef int int_pair(int64_t a, int64_t b, int64_t *out);

/* Apply an operation to integers known of both inputs. */
static const char *pair_ints(mi_node *out, const mien_shape *shape,
                             int_pair *pair)
{
    const mi_node *a = out->in[0], *b = out->in[1];
    int64_t count = 0, made[MI_MAX_KNOWN], len = mi_shape_len(shape);
    const int64_t *u = mi_ints_of(a, &count), *v = mi_ints_of(b, &count);
    if (!u || !v || len < 0 || len > MI_MAX_KNOWN)
        return mi_set_ints(out, shape, NULL);
    mi_walk w = mi_walk_over(shape);
    mi_walk_spread(&w, 0, &a->shape);
    mi_walk_spread(&w, 1, &b->shape);
    for (int64_t i = 0; i < len; i++, mi_walk_next(&w))
        if (!pair(u[w.offset[0]], v[w.offset[1]], &made[i]))
            return "integers overflow or are divided by 0";
    return mi_set_ints(out, shape, made);
}

static const char *pair_shape(mi_node *out, int_pair *pair)
{
    mien_shape shape;
    const char *why = broadcast(&out->in[0]->shape, &out->in[1]->shape, &shape);
    if (why)
        return why;
    if (out->in[0]->type == MI_I64 && out->in[1]->type == MI_I64)
        return pair_ints(out, &shape, pair);
    why = mi_want_floats(out);
    return why ? why : mi_set_floats(out, &shape);
}

static mi_walk pair_walk(const mi_node *out)
{
    mi_walk w = mi_walk_over(&out->shape);
    mi_walk_spread(&w, 0, &out->in[0]->shape);
    mi_walk_spread(&w, 1, &out->in[1]->shape);
    return w;
}

/* Take the last axis of more than one place out of a walk: steps are what both
 * inputs move by along it.  How many places it has. */
static int64_t take_last(mi_walk *w, int64_t step[2])
{
    int d = w->rank - 1;
    while (d > 0 && w->dim[d] == 1)
        d--;
    w->rank = d > 0 ? d : 0;
    step[0] = d < 0 ? 0 : w->stride[0][d];
    step[1] = d < 0 ? 0 : w->stride[1][d];
    return d < 0 ? 1 : w->dim[d];
}

/* The usual cases of weights: 0: one number for every element, 1: each has its
 * own; -1: another case. */
static int step_of(const mi_node *out)
{
    const mien_shape *a = &out->in[0]->shape, *b = &out->in[1]->shape;
    if (mi_shape_equal(a, b))
        return 1;
    return mi_shape_len(b) == 1 && mi_shape_len(a) == mi_shape_len(&out->shape)
               ? 0
               : -1;
}

static int add_ints(int64_t a, int64_t b, int64_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

static int sub_ints(int64_t a, int64_t b, int64_t *out)
{
    return !__builtin_sub_overflow(a, b, out);
}

static int mul_ints(int64_t a, int64_t b, int64_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

static int div_ints(int64_t a, int64_t b, int64_t *out)
{
    if (b == 0 || (b == -1 && a == INT64_MIN))
        return 0;
    *out = a / b;
    return 1;
}

/* da and db are what the gradient is multiplied with, of floats a and b. */
#define PAIR_GRAD(word, da, db)                                              \
    static void word##_grad(const mi_node *out)                              \
    {                                                                        \
        const mi_node *left = out->in[0], *right = out->in[1];               \
        int64_t len = mi_shape_len(&out->shape);                             \
        mi_walk w = pair_walk(out);                                          \
        for (int64_t i = 0; i < len; i++, mi_walk_next(&w)) {                \
            float a = left->eval[w.offset[0]], b = right->eval[w.offset[1]]; \
            (void)a, (void)b;                                                \
            if (left->grad)                                                  \
                left->grad[w.offset[0]] += out->grad[i] * (da);              \
            if (right->grad)                                                 \
                right->grad[w.offset[1]] += out->grad[i] * (db);             \
        }                                                                    \
    }
PAIR_GRAD(add, 1, 1)
PAIR_GRAD(sub, 1, -1)
PAIR_GRAD(mul, b, a)
PAIR_GRAD(div, 1 / b, -a / (b * b))
PAIR_GRAD(pow, b == 0 ? 0 : b * powf(a, b - 1),
          a > 0 ? powf(a, b) * logf(a) : 0)
PAIR_GRAD(prelu, a < 0 ? b : 1, a < 0 ? a : 0)

#define PAIR_OP(word, onnx, sign)                                  \
    static const char *word##_shape(mi_node *out)                  \
    {                                                              \
        return pair_shape(out, word##_ints);                       \
    }                                                              \
    static void word##_eval(const mi_node *out)                    \
    {                                                              \
        const float *a = out->in[0]->eval, *b = out->in[1]->eval;  \
        int64_t len = mi_shape_len(&out->shape);                   \
        int step = step_of(out);                                   \
        if (step >= 0) {                                           \
            for (int64_t i = 0; i < len; i++)                      \
                out->eval[i] = a[i] sign b[i * step];              \
            return;                                                \
        }                                                          \
        mi_walk w = pair_walk(out);                                \
        int64_t by[2], n = take_last(&w, by);                      \
        for (int64_t i = 0; i < len; i += n, mi_walk_next(&w)) {   \
            const float *u = a + w.offset[0];                      \
            const float *v = b + w.offset[1];                      \
            for (int64_t k = 0; k < n; k++)                        \
                out->eval[i + k] = u[k * by[0]] sign v[k * by[1]]; \
        }                                                          \
    }                                                              \
    const mi_op mi_op_##word = {.name = onnx,                      \
                                .min_in = 2,                       \
                                .max_in = 2,                       \
                                .shape = word##_shape,             \
                                .eval = word##_eval,               \
                                .grad = word##_grad}

PAIR_OP(add, "Add", +);
PAIR_OP(sub, "Sub", -);
PAIR_OP(mul, "Mul", *);
PAIR_OP(div, "Div", /);

/* y = a^b; by b only where a > 0. */
static const char *pow_shape(mi_node *out)
{
    mien_shape y;
    const char *why = mi_want_floats(out);
    if (!why)
        why = broadcast(&out->in[0]->shape, &out->in[1]->shape, &y);
    return why ? why : mi_set_floats(out, &y);
}

static void pow_eval(const mi_node *out)
{
    const float *a = out->in[0]->eval, *b = out->in[1]->eval;
    int64_t len = mi_shape_len(&out->shape);
    mi_walk w = pair_walk(out);
    for (int64_t i = 0; i < len; i++, mi_walk_next(&w))
        out->eval[i] = powf(a[w.offset[0]], b[w.offset[1]]);
}

const mi_op mi_op_pow = {.name = "Pow",
                         .min_in = 2,
                         .max_in = 2,
                         .shape = pow_shape,
                         .eval = pow_eval,
                         .grad = pow_grad};

/* y = x, and slope x below 0; the slope is broadcast to x. */
static const char *prelu_shape(mi_node *out)
{
    const mien_shape *x = &out->in[0]->shape;
    mien_shape y;
    const char *why = mi_want_floats(out);
    if (!why)
        why = broadcast(x, &out->in[1]->shape, &y);
    if (why)
        return why;
    if (y.rank != x->rank ||
        memcmp(y.dim, x->dim, (size_t)x->rank * sizeof *x->dim) != 0)
        return "the slope cannot be broadcast to the input";
    return mi_set_floats(out, x);
}

static void prelu_eval(const mi_node *out)
{
    int64_t len = mi_shape_len(&out->shape);
    mi_walk w = pair_walk(out);
    for (int64_t i = 0; i < len; i++, mi_walk_next(&w)) {
        float x = out->in[0]->eval[i];
        out->eval[i] = x < 0 ? x * out->in[1]->eval[w.offset[1]] : x;
    }
}

const mi_op mi_op_prelu = {.name = "PRelu",
                           .min_in = 2,
                           .max_in = 2,
                           .shape = prelu_shape,
                           .eval = prelu_eval,
                           .grad = prelu_grad};
