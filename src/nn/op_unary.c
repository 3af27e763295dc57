/* op_unary.c: functions of each element alone. */
#include "nn/op_util.h"

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
#define UNARY_OP(word, onnx, expression)             \
    UNARY_EVAL(word, expression)                     \
    const mi_op mi_op_##word = {.name = onnx,        \
                                .min_in = 1,         \
                                .max_in = 1,         \
                                .shape = same_shape, \
                                .eval = word##_eval}

UNARY_OP(exp, "Exp", expf(x));
UNARY_OP(relu, "Relu", x < 0 ? 0 : x);
UNARY_OP(sigmoid, "Sigmoid", 1 / (1 + expf(-x)));
UNARY_OP(tanh, "Tanh", tanhf(x));

static void leaky_relu_eval(const mi_node *out)
{
    float alpha = ((const mi_leaky_relu_attr *)out->attr)->alpha;
    int64_t len = mi_shape_len(&out->shape);
    for (int64_t i = 0; i < len; i++) {
        float x = out->in[0]->eval[i];
        out->eval[i] = x < 0 ? alpha * x : x;
    }
}

static const mi_leaky_relu_attr leaky_relu_defaults = {0.01F};
static const mi_attr leaky_relu_attrs[] = {
    MI_ROW(mi_leaky_relu_attr, FLOAT, alpha), MI_ROWS_END};
const mi_op mi_op_leaky_relu = {.name = "LeakyRelu",
                                .min_in = 1,
                                .max_in = 1,
                                .attr_size = sizeof leaky_relu_defaults,
                                .attr_defaults = &leaky_relu_defaults,
                                .attrs = leaky_relu_attrs,
                                .shape = same_shape,
                                .eval = leaky_relu_eval};

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

const mi_op mi_op_clip = {.name = "Clip",
                          .min_in = 1,
                          .max_in = 3,
                          .shape = clip_shape,
                          .eval = clip_eval};

/* Identity, and Dropout once training is over. */
static const char *identity_shape(mi_node *out)
{
    return mi_set_like(out, &out->in[0]->shape, out->in[0]);
}

static void identity_eval(const mi_node *out)
{
    size_t len = (size_t)mi_shape_len(&out->shape);
    if (out->type == MI_F32)
        memcpy(out->eval, out->in[0]->eval, len * sizeof *out->eval);
}

const mi_op mi_op_identity = {.name = "Identity",
                              .min_in = 1,
                              .max_in = 1,
                              .shape = identity_shape,
                              .eval = identity_eval};

static const mi_dropout_attr dropout_defaults = {0};
static const mi_attr dropout_attrs[] = {MI_ROW(mi_dropout_attr, INT, seed),
                                        MI_ROWS_END};
const mi_op mi_op_dropout = {.name = "Dropout",
                             .min_in = 1,
                             .max_in = 2,
                             .attr_size = sizeof dropout_defaults,
                             .attr_defaults = &dropout_defaults,
                             .attrs = dropout_attrs,
                             .shape = identity_shape,
                             .eval = identity_eval};
