/* conv_learn.h: the steps of convolutions whose weights change, which
 * transposed ones take the other way round.
 *
 * A convolution goes from its larger side, x [h, w, c], down to its smaller, y
 * [oh, ow, oc]; up is its gradient by x.  A transposed one goes up forward, and
 * down backward.
 *
 * A maximum of two by two behind a convolution may belong to its steps: what
 * lies between is then never written out (kern/conv_pool.c), and its gradient
 * is that of the maximum's result.
 *
 * A 3x3 convolution of a picture whose pixels are repeated twice reads the
 * small one (kern/winograd.h). */
#ifndef MI_ENGINE_CONV_LEARN_H
#define MI_ENGINE_CONV_LEARN_H

#include "engine/steps.h"
#include "graph/op_attr.h"
#include "kern/back.h"

/* What all steps of one convolution know. */
typedef struct mi_conv_learn {
    mi_conv cv;        /* without what follows it */
    mi_conv_source at; /* strides of weights; its w is not set */
    mi_act act;        /* that follows it forward */
    int images;
    size_t x_len, y_len; /* floats of one image */
    int w, bias;         /* values; -1: no bias */
    int fixed;           /* 1: weights and bias are constants */
    int doubled;         /* 1: each pixel of x counts for two by two */
    int pooled;          /* 1: with the maximum behind it */
    mi_pool2d pool;
    size_t pool_len; /* floats of one image of its result */
    int winners;     /* value: taps of the maxima, a byte each */
} mi_conv_learn;

typedef enum mi_conv_way { MI_CONV_DOWN, MI_CONV_UP } mi_conv_way;

/* The kernel's description of a convolution by a window. */
mi_conv mi_conv_of_window(const mi_window *w, int c, int oc, int depthwise);
/* What follows from a convolution and how many images; weights lie as in ONNX.
 */
mi_conv_learn mi_conv_learn_of(const mi_conv *cv, int images);
/* The values of a node's weights and bias, and the activation fused behind it.
 */
mien_status mi_conv_learn_use(mien_plan *p, mi_node *head, mi_conv_learn *v,
                              mien_error *err);

/* Add the steps that pack the weights and go one way, forward: y is made from
 * x, then bias and activation.  back may be NULL; it reads back_spec. */
mien_status mi_conv_forward(mien_plan *p, mi_conv_learn *v, mi_conv_way way,
                            const int xy[2], mien_error *err);
/* Lower a node whose convolution, from the larger side down, is cv: values, the
 * steps forward, and `back` where a gradient flows.  Where an upsampling by two
 * is left to it, cv is that of the small picture. */
mien_status mi_conv_lower(mien_plan *p, mi_node *head, const mi_conv *cv,
                          mi_conv_way way,
                          mien_status (*back)(mien_plan *p, const mi_step *s,
                                              mien_error *err),
                          mien_error *err);
/* The same for a gradient: that of value `of` is made from dz. */
mien_status mi_conv_to_input(mien_plan *p, mi_conv_learn *v, mi_conv_way way,
                             int dz, int of, mien_error *err);
/* Add the steps from the larger and the smaller side, one of which is a
 * gradient, to that of the weights and, where `bias` is 1 and one is learned,
 * of the bias. */
mien_status mi_conv_to_weights(mien_plan *p, mi_conv_learn *v, int x, int y,
                               int bias, mien_error *err);
/* The `back` of a step that goes up: to weights, bias and the smaller side. */
mien_status mi_conv_transpose_back(mien_plan *p, const mi_step *s,
                                   mien_error *err);

/* ---- what both kinds of steps have ------------------------------------------
 */

/* How a step packs weights: its tasks, in: weights, and a bias or none; out:
 * `len` floats. */
typedef struct mi_conv_packing {
    size_t len;
    int tasks;
    void *spec;
    void (*run)(const mien_plan *p, const mi_step *s, int task, void *scratch);
} mi_conv_packing;

/* A value of packed weights: a constant where they are, else what a step makes
 * of them in each run.  bias may be -1.  -1 without memory. */
int mi_conv_add_pack(mien_plan *p, const mi_conv_learn *v, int bias,
                     const mi_conv_packing *by);

/* Which gradients a step of sums gives. */
typedef struct mi_conv_sums {
    const mi_conv_learn *conv;
    int parts;
    int w, bias; /* places among its outputs; -1: not wanted */
    int add_w, add_b;
} mi_conv_sums;

/* Add the step that adds the parts of value `sums` up to dw and db; it has no
 * run yet.  NULL without memory. */
mi_step *mi_conv_add_sums(mien_plan *p, const mi_conv_learn *v, int sums,
                          int parts, int bias);
/* Where they go. */
mi_conv_grads mi_conv_sums_to(const mien_plan *p, const mi_step *s);

/* ---- by squares ------------------------------------------------------------
 *
 * conv_squares.c: the same steps where squares of outputs take fewer products
 * (kern/winograd.h); the three ways above go there by themselves. */

/* 1 if a convolution goes so, all three ways, where the kernels are there. */
int mi_conv_squares_pay(const mi_conv_learn *v);
/* As mi_conv_forward. */
mien_status mi_conv_squares_forward(mien_plan *p, mi_conv_learn *v,
                                    mi_conv_way way, const int xy[2],
                                    mien_error *err);
/* As mi_conv_to_input. */
mien_status mi_conv_squares_to_input(mien_plan *p, mi_conv_learn *v,
                                     mi_conv_way way, int dz, int of,
                                     mien_error *err);
/* As mi_conv_to_weights, where a gradient is wanted: of the bias if `bias`. */
mien_status mi_conv_squares_to_weights(mien_plan *p, mi_conv_learn *v, int x,
                                       int y, int bias, mien_error *err);

#endif
