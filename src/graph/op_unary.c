/* op_unary.c: functions of each element alone. */
#include "graph/op_util.h"

#include <math.h>
#include <string.h>

static const char *same_shape(mi_node *out)
{
    const char *why = mi_want_floats(out);
    return why ? why : mi_set_floats(out, &out->in[0]->shape);
}

/* y = expression of x, one float each. */
#define UNARY_EVAL(word, expression)             \
    static void word##_eval(const mi_node *out)  \
    {                                            \
        int64_t len = mi_shape_len(&out->shape); \
        for (int64_t i = 0; i < len; i++) {      \
            float x = out->in[0]->eval[i];       \
            out->eval[i] = expression;           \
        }                                        \
    }
/* The slope as an expression of x and y. */
#define UNARY_GRAD(word, slope)                                 \
    static void word##_grad(const mi_node *out)                 \
    {                                                           \
        int64_t len = mi_shape_len(&out->shape);                \
        for (int64_t i = 0; out->in[0]->grad && i < len; i++) { \
            float x = out->in[0]->eval[i], y = out->eval[i];    \
            (void)x, (void)y;                                   \
            out->in[0]->grad[i] += out->grad[i] * (slope);      \
        }                                                       \
    }
#define UNARY_OP(word, onnx, expression, slope)      \
    UNARY_EVAL(word, expression)                     \
    UNARY_GRAD(word, slope)                          \
    const mi_op mi_op_##word = {.name = onnx,        \
                                .min_in = 1,         \
                                .max_in = 1,         \
                                .shape = same_shape, \
                                .eval = word##_eval, \
                                .grad = word##_grad}

UNARY_OP(abs, "Abs", fabsf(x), x > 0 ? 1 : x < 0 ? -1 : 0);
UNARY_OP(exp, "Exp", expf(x), y);
UNARY_OP(log, "Log", logf(x), 1 / x);
UNARY_OP(neg, "Neg", -x, -1);
UNARY_OP(relu, "Relu", x<0 ? 0 : x, x> 0 ? 1 : 0);
UNARY_OP(sigmoid, "Sigmoid", 1 / (1 + expf(-x)), y *(1 - y));
UNARY_OP(softplus, "Softplus", fmaxf(x, 0) + log1pf(expf(-fabsf(x))),
         1 / (1 + expf(-x)));
UNARY_OP(sqrt, "Sqrt", sqrtf(x), 0.5F / y);
UNARY_OP(tanh, "Tanh", tanhf(x), 1 - y * y);

static void leaky_relu_eval(const mi_node *out)
{
    float alpha = ((const mi_leaky_relu_attr *)out->attr)->alpha;
    int64_t len = mi_shape_len(&out->shape);
    for (int64_t i = 0; i < len; i++) {
        float x = out->in[0]->eval[i];
        out->eval[i] = x < 0 ? alpha * x : x;
    }
}

static void leaky_relu_grad(const mi_node *out)
{
    float alpha = ((const mi_leaky_relu_attr *)out->attr)->alpha;
    int64_t len = mi_shape_len(&out->shape);
    for (int64_t i = 0; out->in[0]->grad && i < len; i++)
        out->in[0]->grad[i] +=
            out->in[0]->eval[i] < 0 ? alpha * out->grad[i] : out->grad[i];
}

static const mi_leaky_relu_attr leaky_relu_defaults = {0.01F};
static const mi_attr leaky_relu_attrs[] = {
    MI_ROW(mi_leaky_relu_attr, FLOAT, alpha), MI_ROWS_END};
const mi_op mi_op_leaky_relu = {.name = "LeakyRelu",
                                .min_in = 1,
                                .max_in = 1,
                                MI_ATTRS(leaky_relu),
                                .shape = same_shape,
                                .eval = leaky_relu_eval,
                                .grad = leaky_relu_grad};

/* y = x, and alpha (exp(x) - 1) below 0, whose slope is y + alpha. */
static void elu_eval(const mi_node *out)
{
    float alpha = ((const mi_elu_attr *)out->attr)->alpha;
    int64_t len = mi_shape_len(&out->shape);
    for (int64_t i = 0; i < len; i++) {
        float x = out->in[0]->eval[i];
        out->eval[i] = x < 0 ? alpha * expm1f(x) : x;
    }
}

static void elu_grad(const mi_node *out)
{
    float alpha = ((const mi_elu_attr *)out->attr)->alpha;
    int64_t len = mi_shape_len(&out->shape);
    for (int64_t i = 0; out->in[0]->grad && i < len; i++)
        out->in[0]->grad[i] +=
            out->grad[i] * (out->in[0]->eval[i] < 0 ? out->eval[i] + alpha : 1);
}

static const mi_elu_attr elu_defaults = {1};
static const mi_attr elu_attrs[] = {MI_ROW(mi_elu_attr, FLOAT, alpha),
                                    MI_ROWS_END};
const mi_op mi_op_elu = {.name = "Elu",
                         .min_in = 1,
                         .max_in = 1,
                         MI_ATTRS(elu),
                         .shape = same_shape,
                         .eval = elu_eval,
                         .grad = elu_grad};

static const char *clip_shape(mi_node *out)
{
    for (int k = 1; k < out->n_in; k++)
        if (out->in[k] && mi_shape_len(&out->in[k]->shape) != 1)
            return "a bound is not one number";
    return same_shape(out);
}

static void clip_eval(const mi_node *out)
{
    const mi_node *least = mi_op_in(out, 1), *most = mi_op_in(out, 2);
    int64_t len = mi_shape_len(&out->shape);
    float lo = least ? least->eval[0] : -INFINITY;
    float hi = most ? most->eval[0] : INFINITY;
    for (int64_t i = 0; i < len; i++) {
        float x = out->in[0]->eval[i];
        x = x < lo ? lo : x;
        out->eval[i] = x > hi ? hi : x;
    }
}

/* By the input; the bounds are given. */
static void clip_grad(const mi_node *out)
{
    const mi_node *least = mi_op_in(out, 1), *most = mi_op_in(out, 2);
    int64_t len = mi_shape_len(&out->shape);
    float lo = least ? least->eval[0] : -INFINITY;
    float hi = most ? most->eval[0] : INFINITY;
    for (int64_t i = 0; out->in[0]->grad && i < len; i++) {
        float x = out->in[0]->eval[i];
        out->in[0]->grad[i] += x < lo || x > hi ? 0 : out->grad[i];
    }
}

const mi_op mi_op_clip = {.name = "Clip",
                          .min_in = 1,
                          .max_in = 3,
                          .shape = clip_shape,
                          .eval = clip_eval,
                          .grad = clip_grad};

/* Identity, and Dropout once training is over. */
static const char *identity_shape(mi_node *out)
{
    return mi_set_like(out, &out->in[0]->shape, out->in[0]);
}

const mi_op mi_op_identity = {.name = "Identity",
                              .min_in = 1,
                              .max_in = 1,
                              .shape = identity_shape,
                              .eval = mi_same_eval,
                              .grad = mi_same_grad};

/* Training drops elements and makes up for them: kept is 0 or 1 / (1 - ratio).
 */
static const char *dropout_shape(mi_node *out)
{
    const mi_node *ratio = mi_op_in(out, 1);
    if (ratio && (ratio->type != MI_F32 || mi_shape_len(&ratio->shape) != 1))
        return "the ratio is not one float";
    return identity_shape(out);
}

static void dropout_train(const mi_node *out)
{
    const mi_node *given = mi_op_in(out, 1);
    double ratio = given && given->eval ? (double)given->eval[0] : 0.5;
    float kept = ratio < 1 ? (float)(1 / (1 - ratio)) : 0;
    int64_t len = mi_shape_len(&out->shape);
    for (int64_t i = 0; i < len; i++) {
        int drop = (double)mien_random_u32(out->random) < ratio * 4294967296.0;
        out->save[i] = drop ? 0 : kept;
        out->eval[i] = out->in[0]->eval[i] * out->save[i];
    }
}

static size_t dropout_save_len(const mi_node *out)
{
    return (size_t)mi_shape_len(&out->shape);
}

static void dropout_grad(const mi_node *out)
{
    int64_t len = mi_shape_len(&out->shape);
    for (int64_t i = 0; out->in[0]->grad && i < len; i++)
        out->in[0]->grad[i] += out->grad[i] * out->save[i];
}

static const mi_dropout_attr dropout_defaults = {0};
static const mi_attr dropout_attrs[] = {MI_ROW(mi_dropout_attr, INT, seed),
                                        MI_ROWS_END};
const mi_op mi_op_dropout = {.name = "Dropout",
                             .min_in = 1,
                             .max_in = 2,
                             MI_ATTRS(dropout),
                             .shape = dropout_shape,
                             .eval = mi_same_eval,
                             .train = dropout_train,
                             .save_len = dropout_save_len,
                             .grad = dropout_grad};
