/* op_cast.c: between the types of elements. */
#include "graph/op_util.h"

#include <math.h>
#include <string.h>

/* Floats that are a constant, to integers toward zero; no reason and nothing
 * known where they are not. */
static const char *ints_of_floats(mi_node *out)
{
    const mi_node *x = out->in[0];
    const float *v = x->value;
    int64_t made[MI_MAX_KNOWN], len = mi_shape_len(&x->shape);
    if (!v || len > MI_MAX_KNOWN)
        return mi_set_ints(out, &x->shape, NULL);
    for (int64_t i = 0; i < len; i++) {
        if (!(fabsf(v[i]) < 9223372036854775808.0F)) /* 2^63; not a number */
            return "a float does not fit an int64";
        made[i] = (int64_t)v[i];
    }
    return mi_set_ints(out, &x->shape, made);
}

/* Casts between floats and int64, of what is known before a run. */
static const char *cast_shape(mi_node *out)
{
    const mi_node *x = out->in[0];
    int64_t to = ((const mi_cast_attr *)out->attr)->to, count = 0;
    if (to != MI_F32 && to != MI_I64)
        return "the type it casts to is neither float nor int64";
    if (to == MI_F32 && x->type == MI_I64 && !mi_ints_of(x, &count))
        return "its integers are not known before a run";
    if (to == MI_F32 && x->type == MI_U8 && !x->value)
        return "its bytes are not a constant";
    if (to == MI_F32)
        return mi_set_floats(out, &x->shape);
    if (x->type == MI_U8)
        return "uint8 is not cast to int64";
    return x->type == MI_I64 ? mi_set_like(out, &x->shape, x)
                             : ints_of_floats(out);
}

static void cast_eval(const mi_node *out)
{
    const mi_node *x = out->in[0];
    int64_t len = mi_shape_len(&out->shape), count = 0;
    if (out->type != MI_F32)
        return;
    if (x->type == MI_F32) {
        memcpy(out->eval, x->eval, (size_t)len * sizeof *out->eval);
        return;
    }
    const int64_t *ints = mi_ints_of(x, &count);
    const uint8_t *bytes = x->value;
    for (int64_t i = 0; i < len; i++)
        out->eval[i] = ints ? (float)ints[i] : (float)bytes[i];
}

static const mi_cast_attr cast_defaults = {0};
static const mi_attr cast_attrs[] = {MI_ROW(mi_cast_attr, INT, to),
                                     MI_ROWS_END};
const mi_op mi_op_cast = {.name = "Cast",
                          .min_in = 1,
                          .max_in = 1,
                          MI_ATTRS(cast),
                          .shape = cast_shape,
                          .eval = cast_eval,
                          .grad = mi_same_grad};

/* y = (x - zero_point) * scale, scale and zero point one number or one for each
 * place along the axis. */
static const char *dequantize_shape(mi_node *out)
{
    const mi_node *x = out->in[0], *scale = out->in[1];
    const mi_node *zero = mi_op_in(out, 2);
    int64_t axis = ((const mi_dequantize_attr *)out->attr)->axis;
    if (x->type != MI_U8 || !x->value)
        return "its input is not a uint8 constant";
    if (scale->type != MI_F32 || scale->shape.rank > 1)
        return "scale is not a float or a list of floats";
    int64_t n = mi_shape_len(&scale->shape);
    int a = mi_axis(axis, x->shape.rank);
    if (n != 1 && (a < 0 || n != x->shape.dim[a]))
        return "scale has not as many elements as its axis";
    if (zero && (zero->type != MI_U8 || !zero->value))
        return "the zero point is not a uint8 constant";
    if (zero && (zero->shape.rank > 1 || mi_shape_len(&zero->shape) != n))
        return "the zero point is not shaped as scale";
    return mi_set_floats(out, &x->shape);
}

/* (x - zero point) * scale, one of each for all or for each channel. */
static void dequantize_eval(const mi_node *out)
{
    const uint8_t *x = out->in[0]->value;
    const float *scale = out->in[1]->eval;
    const mi_node *zero = mi_op_in(out, 2);
    const uint8_t *z = zero ? zero->value : NULL;
    int a =
        mi_axis(((const mi_dequantize_attr *)out->attr)->axis, out->shape.rank);
    int64_t len = mi_shape_len(&out->shape);
    if (mi_shape_len(&out->in[1]->shape) == 1) {
        int zero_point = z ? z[0] : 0;
        for (int64_t i = 0; i < len; i++)
            out->eval[i] = (float)(x[i] - zero_point) * scale[0];
        return;
    }
    int64_t stride[MIEN_MAX_RANK];
    mi_row_major(&out->shape, stride);
    for (int64_t i = 0; i < len; i += stride[a]) {
        int64_t k = i / stride[a] % out->shape.dim[a];
        int zero_point = z ? z[k] : 0;
        for (int64_t j = i; j < i + stride[a]; j++)
            out->eval[j] = (float)(x[j] - zero_point) * scale[k];
    }
}

static const mi_dequantize_attr dequantize_defaults = {1};
static const mi_attr dequantize_attrs[] = {
    MI_ROW(mi_dequantize_attr, INT, axis), MI_ROWS_END};
const mi_op mi_op_dequantize = {.name = "DequantizeLinear",
                                .min_in = 2,
                                .max_in = 3,
                                MI_ATTRS(dequantize),
                                .shape = dequantize_shape,
                                .eval = dequantize_eval};
