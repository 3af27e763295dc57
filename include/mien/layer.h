/* mien/layer.h: layers: operators with what they learn and its first values.
 *
 * Rows come first: [rows, features], [rows, steps, features], images [rows,
 * channels, h, w].  The result of a layer has the layer's name; what it learns
 * is named "name.weight", "name.bias", ...  A name of NULL is made. */
#ifndef MIEN_LAYER_H
#define MIEN_LAYER_H

#include "mien/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How first values are drawn.  With n weights into a unit and m out of it:
 * uniform within +-limit, or normal cut off at two deviations, as Keras does.
 */
typedef enum mien_init {
    MIEN_INIT_GLOROT_UNIFORM, /* limit sqrt(6 / (n + m)) */
    MIEN_INIT_GLOROT_NORMAL,  /* variance 2 / (n + m) */
    MIEN_INIT_HE_UNIFORM,     /* limit sqrt(6 / n) */
    MIEN_INIT_HE_NORMAL,      /* variance 2 / n */
    MIEN_INIT_LECUN_UNIFORM,  /* limit sqrt(3 / n) */
    MIEN_INIT_LECUN_NORMAL,   /* variance 1 / n */
    MIEN_INIT_TORCH,          /* limit 1 / sqrt(n), of biases too */
    MIEN_INIT_ORTHOGONAL,     /* orthonormal columns, or rows if these are fewer
                               */
    MIEN_INIT_CONSTANT        /* all are `constant` */
} mien_init;

typedef struct mien_layer_options {
    mien_random *random; /* what values are drawn from; moved on */
    mien_init weight;    /* of weights into a layer */
    mien_init recurrent; /* LSTM: of those from its last result */
    float constant;      /* MIEN_INIT_CONSTANT */
    float bias;          /* of every bias */
    float forget;        /* LSTM: added to the forget gate's bias */
    int no_bias;         /* dense, conv2d: 1 leaves it out */
} mien_layer_options;
#define MIEN_LAYER_KERAS                                                    \
    {                                                                       \
        NULL, MIEN_INIT_GLOROT_UNIFORM, MIEN_INIT_ORTHOGONAL, 0, 0, 1.0f, 0 \
    }
#define MIEN_LAYER_TORCH                                   \
    {                                                      \
        NULL, MIEN_INIT_TORCH, MIEN_INIT_TORCH, 0, 0, 0, 0 \
    }

/* A window that slides over images.  same 1: padded so that the result is the
 * input's size over the stride, rounded up; 0: padded by `pad` on either side,
 * which is usually nothing. */
typedef struct mien_window {
    int kernel[2], stride[2], dilation[2]; /* down, across */
    int group;                             /* conv2d */
    int same;
    int pad[2]; /* down, across; where same is 0 */
} mien_window;
#define MIEN_WINDOW(size, step, is_same)                                   \
    {                                                                      \
        {(size), (size)}, {(step), (step)}, {1, 1}, 1, (is_same), { 0, 0 } \
    }

/* y = x W' + b of each row, or of each step of each row.
 *   g      a graph
 *   x      [rows, in] or [rows, steps, in]
 *   units  of the result's last axis, 1 or more
 *   o      how its weight [units, in] and bias [units] begin
 *   name   of the result */
MIEN_API mien_node *mien_layer_dense(mien_graph *g, mien_node *x, int units,
                                     const mien_layer_options *o,
                                     const char *name);

/* max(x, 0).
 *   g     a graph
 *   x     any shape
 *   name  of the result */
MIEN_API mien_node *mien_layer_relu(mien_graph *g, mien_node *x,
                                    const char *name);

/* x, and alpha x below 0.
 *   g      a graph
 *   x      any shape
 *   alpha  Keras: 0.3, PyTorch: 0.01
 *   name   of the result */
MIEN_API mien_node *mien_layer_leaky_relu(mien_graph *g, mien_node *x,
                                          float alpha, const char *name);

/* x, and alpha (exp(x) - 1) below 0.
 *   g      a graph
 *   x      any shape
 *   alpha  usually 1
 *   name   of the result */
MIEN_API mien_node *mien_layer_elu(mien_graph *g, mien_node *x, float alpha,
                                   const char *name);

/* 1 / (1 + exp(-x)).
 *   g     a graph
 *   x     any shape
 *   name  of the result */
MIEN_API mien_node *mien_layer_sigmoid(mien_graph *g, mien_node *x,
                                       const char *name);

/* x / (1 + exp(-x)), also called swish.
 *   g     a graph
 *   x     any shape
 *   name  of the result */
MIEN_API mien_node *mien_layer_silu(mien_graph *g, mien_node *x,
                                    const char *name);

/* x, and below 0 x times a slope that each channel learns.
 *   g      a graph
 *   x      [rows, n] or [rows, n, h, w]
 *   alpha  that every slope begins with; usually 0.25
 *   name   of the result; it learns "name.slope" */
MIEN_API mien_node *mien_layer_prelu(mien_graph *g, mien_node *x, float alpha,
                                     const char *name);

/* The hyperbolic tangent.
 *   g     a graph
 *   x     any shape
 *   name  of the result */
MIEN_API mien_node *mien_layer_tanh(mien_graph *g, mien_node *x,
                                    const char *name);

/* exp(x) over its sum along the last axis.
 *   g     a graph
 *   x     rank 1 or more
 *   name  of the result */
MIEN_API mien_node *mien_layer_softmax(mien_graph *g, mien_node *x,
                                       const char *name);

/* While training, set a part of the numbers to 0 and enlarge the others so that
 * their mean stays.
 *
 *   g      a graph
 *   x      any shape
 *   ratio  that is dropped, in [0, 1)
 *   name   of the result */
MIEN_API mien_node *mien_layer_dropout(mien_graph *g, mien_node *x, float ratio,
                                       const char *name);

/* Normalise each channel (axis 1) with the batch's mean and variance while
 * training, with running ones after; then scale and shift.
 *
 *   g         a graph
 *   x         [rows, n] or [rows, n, h, w]
 *   epsilon   added to the variance; Keras: 1e-3, PyTorch: 1e-5
 *   momentum  of the running statistics; Keras: 0.99, PyTorch's 0.1 is 0.9
 *   name      of the result; it learns "name.weight" (1) and "name.bias" (0),
 *             and keeps "name.mean" and "name.variance"
 *
 * The running variance is the biased one, as Keras has it. */
MIEN_API mien_node *mien_layer_batch_norm(mien_graph *g, mien_node *x,
                                          float epsilon, float momentum,
                                          const char *name);

/* Normalise each group of channels with its own mean and variance, of each
 * picture by itself; then scale and shift each channel.
 *
 *   g        a graph
 *   x        [rows, channels, h, w]
 *   groups   a divisor of the channels; 1: layer normalisation, as many as
 *            channels: instance normalisation
 *   epsilon  added to the variance; PyTorch: 1e-5
 *   name     of the result; it learns "name.weight" (1) and "name.bias" (0),
 *            [channels, 1, 1]
 *
 * Built of operators of opset 13.  Source: Wu and He, Group Normalization,
 * ECCV 2018. */
MIEN_API mien_node *mien_layer_group_norm(mien_graph *g, mien_node *x,
                                          int groups, float epsilon,
                                          const char *name);

/* A convolution.
 *   g      a graph
 *   x      [rows, channels, h, w]
 *   units  channels of the result, 1 or more; a multiple of w->group
 *   w      its window
 *   o      how its weight [units, channels / group, kernel] and bias begin
 *   name   of the result */
MIEN_API mien_node *mien_layer_conv2d(mien_graph *g, mien_node *x, int units,
                                      const mien_window *w,
                                      const mien_layer_options *o,
                                      const char *name);

/* A transposed convolution: as a convolution's gradient goes back, so that a
 * stride makes the picture larger.
 *   g      a graph
 *   x      [rows, channels, h, w]
 *   units  channels of the result, 1 or more; a multiple of w->group
 *   w      its window; `same` makes a result of stride times h and w, else it
 *          is (h - 1) stride + (kernel - 1) dilation + 1 - 2 pad high
 *   o      how its weight [channels, units / group, kernel] and bias begin; a
 *          number is taken to be the sum of kernel / stride products a channel
 *   name   of the result */
MIEN_API mien_node *mien_layer_conv2d_transpose(mien_graph *g, mien_node *x,
                                                int units, const mien_window *w,
                                                const mien_layer_options *o,
                                                const char *name);

/* The largest number of each window; padding is none.
 *   g     a graph
 *   x     [rows, channels, h, w]
 *   w     the window
 *   name  of the result */
MIEN_API mien_node *mien_layer_max_pool(mien_graph *g, mien_node *x,
                                        const mien_window *w, const char *name);

/* The mean of each window, without its padding.
 *   g     a graph
 *   x     [rows, channels, h, w]
 *   w     the window
 *   name  of the result */
MIEN_API mien_node *mien_layer_average_pool(mien_graph *g, mien_node *x,
                                            const mien_window *w,
                                            const char *name);

/* The mean of each channel: [rows, channels].
 *   g     a graph
 *   x     [rows, channels, h, w]
 *   name  of the result */
MIEN_API mien_node *mien_layer_global_pool(mien_graph *g, mien_node *x,
                                           const char *name);

/* Make images larger.
 *   g       a graph
 *   x       [rows, channels, h, w]
 *   factor  of both sides, 1 or more
 *   linear  1: between pixel centres; 0: each pixel is repeated
 *   name    of the result */
MIEN_API mien_node *mien_layer_upsample(mien_graph *g, mien_node *x, int factor,
                                        int linear, const char *name);

/* Make one long row of each row.
 *   g     a graph
 *   x     [rows, ...]
 *   name  of the result, [rows, n] */
MIEN_API mien_node *mien_layer_flatten(mien_graph *g, mien_node *x,
                                       const char *name);

/* Give the numbers of each row another shape.
 *   g     a graph
 *   x     [rows, ...]
 *   each  shape of a row of the result, all dimensions known
 *   name  of the result, [rows, each...] */
MIEN_API mien_node *mien_layer_reshape(mien_graph *g, mien_node *x,
                                       mien_shape each, const char *name);

/* A long short-term memory over the steps of each row, from zero states.
 *   g          a graph
 *   x          [rows, steps, features]
 *   units      of the result's last axis, 1 or more
 *   sequences  1: the results of all steps [rows, steps, units]; 0: of the last
 *              one [rows, units]
 *   o          how "name.weight" [1, 4 units, features], "name.recurrent"
 *              [1, 4 units, units] and "name.bias" [1, 8 units] begin
 *   name       of the result
 *
 * Gates lie in ONNX's order: input, output, forget, cell. */
MIEN_API mien_node *mien_layer_lstm(mien_graph *g, mien_node *x, int units,
                                    int sequences, const mien_layer_options *o,
                                    const char *name);

/* Repeat each row as steps.
 *   g     a graph
 *   x     [rows, features]
 *   n     how often, 1 or more
 *   name  of the result, [rows, n, features] */
MIEN_API mien_node *mien_layer_repeat(mien_graph *g, mien_node *x, int n,
                                      const char *name);

/* The sum of two tensors; sizes of 1 are repeated.
 *   g     a graph
 *   a     any shape
 *   b     the same, or one that fits
 *   name  of the result */
MIEN_API mien_node *mien_layer_add(mien_graph *g, mien_node *a, mien_node *b,
                                   const char *name);

/* The product of two tensors, element by element; sizes of 1 are repeated.
 *   g     a graph
 *   a     any shape
 *   b     the same, or one that fits
 *   name  of the result */
MIEN_API mien_node *mien_layer_multiply(mien_graph *g, mien_node *a,
                                        mien_node *b, const char *name);

/* Lay tensors side by side.
 *   g     a graph
 *   x     [n] of one shape but for the axis
 *   n     1..16
 *   axis  1: features or channels; -1: the last
 *   name  of the result */
MIEN_API mien_node *mien_layer_concat(mien_graph *g, mien_node *const *x, int n,
                                      int axis, const char *name);

#ifdef __cplusplus
}
#endif
#endif
