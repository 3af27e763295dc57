/* op_attr.h: the attribute structs of the operators, with ONNX's names, and the
 * window of a convolution or pool worked out from them.
 *
 * A caller that builds a node starts from a copy of op->attr_defaults and
 * changes what differs. */
#ifndef MI_GRAPH_OP_ATTR_H
#define MI_GRAPH_OP_ATTR_H

#include "graph/op.h"

/* An axis that must be given and was not. */
#define MI_NO_AXIS INT64_MIN

typedef struct mi_conv_attr {
    mi_ints kernel_shape; /* empty: the weights' */
    mi_ints strides, dilations;
    mi_ints pads; /* top, left, bottom, right; empty: 0 */
    int64_t group;
    char auto_pad[MI_ATTR_TEXT_LEN];
} mi_conv_attr;

typedef struct mi_conv_transpose_attr {
    mi_ints kernel_shape; /* empty: the weights' */
    mi_ints strides, dilations;
    mi_ints pads;           /* taken off the result; not with output_shape */
    mi_ints output_padding; /* more at the end; empty: 0 */
    mi_ints output_shape;   /* [h, w] of the result; empty: by the rest */
    int64_t group;
    char auto_pad[MI_ATTR_TEXT_LEN];
} mi_conv_transpose_attr;

/* MaxPool and AveragePool. */
typedef struct mi_pool_attr {
    mi_ints kernel_shape, strides, dilations, pads;
    int64_t ceil_mode;
    int64_t count_include_pad; /* AveragePool */
    int64_t storage_order; /* MaxPool: of the indices, which we never give */
    char auto_pad[MI_ATTR_TEXT_LEN];
} mi_pool_attr;

typedef struct mi_batch_norm_attr {
    float epsilon, momentum;
    int64_t training_mode;
} mi_batch_norm_attr;

typedef struct mi_cast_attr {
    int64_t to; /* an mi_type */
} mi_cast_attr;

typedef struct mi_concat_attr {
    int64_t axis;
} mi_concat_attr;

typedef struct mi_dequantize_attr {
    int64_t axis;
} mi_dequantize_attr;

typedef struct mi_dropout_attr {
    int64_t seed;
} mi_dropout_attr;

typedef struct mi_elu_attr {
    float alpha;
} mi_elu_attr;

typedef struct mi_flatten_attr {
    int64_t axis;
} mi_flatten_attr;

typedef struct mi_gather_attr {
    int64_t axis;
} mi_gather_attr;

typedef struct mi_gemm_attr {
    float alpha, beta;
    int64_t transA, transB;
} mi_gemm_attr;

typedef struct mi_group_norm_attr {
    float epsilon;
    int64_t num_groups;
    int64_t stash_type; /* in which type the sums are taken; ours are floats */
} mi_group_norm_attr;

typedef struct mi_huber_attr {
    float delta;
} mi_huber_attr;

typedef struct mi_leaky_relu_attr {
    float alpha;
} mi_leaky_relu_attr;

typedef struct mi_smoothing_attr {
    float smoothing;
} mi_smoothing_attr;

typedef struct mi_divergence_attr {
    float free;
} mi_divergence_attr;

typedef struct mi_wing_attr {
    float width, curvature;
} mi_wing_attr;

typedef struct mi_pad_attr {
    char mode[MI_ATTR_TEXT_LEN];
} mi_pad_attr;

typedef struct mi_penalty_attr {
    float l1, l2;
    int64_t mean; /* 1: over the rows */
} mi_penalty_attr;

typedef struct mi_reduce_mean_attr {
    mi_ints axes; /* empty: all */
    int64_t keepdims;
} mi_reduce_mean_attr;

/* ReduceSum: the axes are an input. */
typedef struct mi_reduce_sum_attr {
    int64_t keepdims, noop_with_empty_axes;
} mi_reduce_sum_attr;

/* One direction, the usual activations. */
typedef struct mi_lstm_attr {
    int64_t hidden_size, input_forget, layout;
    char direction[MI_ATTR_TEXT_LEN];
} mi_lstm_attr;

typedef struct mi_reshape_attr {
    int64_t allowzero;
} mi_reshape_attr;

typedef struct mi_resize_attr {
    char coordinate_transformation_mode[MI_ATTR_TEXT_LEN];
    char mode[MI_ATTR_TEXT_LEN];
    char nearest_mode[MI_ATTR_TEXT_LEN];
    char keep_aspect_ratio_policy[MI_ATTR_TEXT_LEN];
    mi_ints axes;
    int64_t antialias, exclude_outside;
    float cubic_coeff_a, extrapolation_value;
} mi_resize_attr;

typedef struct mi_shape_attr {
    int64_t start, end;
} mi_shape_attr;

typedef struct mi_softmax_attr {
    int64_t axis;
} mi_softmax_attr;

typedef struct mi_transpose_attr {
    mi_ints perm; /* empty: the axes in reverse */
} mi_transpose_attr;

/* The window of a convolution or pool over [h, w]: [0] down, [1] across.
 * Output o covers input o * stride - before + k * dilation, 0 <= k < kernel. */
typedef struct mi_window {
    int64_t kernel[2], stride[2], dilation[2];
    int64_t before[2], after[2]; /* padding, auto_pad worked out */
    int64_t in[2], out[2];
} mi_window;

/* The window of a Conv whose input shapes are known.  A reason if they do not
 * fit. */
const char *mi_conv_window(const mi_node *n, mi_window *out);
/* The window of the convolution that a ConvTranspose turns round: `in` is the
 * result's [h, w], `out` those of its input. */
const char *mi_conv_transpose_window(const mi_node *n, mi_window *out);
/* The same of a MaxPool or AveragePool. */
const char *mi_pool_window(const mi_node *n, mi_window *out);

/* The two places of an axis between which place i of a Resize's result lies,
 * and how far it is from the first to the second. */
void mi_resize_sample(const mi_node *n, int axis, int64_t i, int64_t at[2],
                      float *far);

#endif
