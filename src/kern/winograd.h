/* winograd.h: convolutions of three by three, stride 1, with 16 products for
 * each square of two by two outputs instead of 36.
 *
 *   down       y = act(conv(x, w) + bias)
 *   data       dx from dy: the same with turned weights
 *   weights    dw and db from x and dy
 *
 * A square of outputs is made from a square of 4 x 4 inputs:
 *
 *   y = A' [(G w G') . (B' x B)] A        . of 16 numbers, summed over channels
 *   dw = G' [sum of (A dy A') . (B' x B)] G
 *
 * so that the sums over channels, and over squares of dw, are 16 products of
 * matrices.  A and B add and take away, G halves too: what is lost is a bit or
 * two of a float.
 *
 * Raw memory and tasks are as in conv.h, but a task is a run of squares of a
 * whole batch.  Where the squares reach past the outputs, or the inputs past
 * the borders, there are zeros.
 *
 * A. Lavin, S. Gray, Fast Algorithms for Convolutional Neural Networks,
 * CVPR 2016, section 4.1. */
#ifndef MI_KERN_WINOGRAD_H
#define MI_KERN_WINOGRAD_H

#include "kern/back.h"

/* What winograd_f32 makes of squares, M x M' with M of the formulas above. */
typedef enum mi_winograd_way {
    MI_WINOGRAD_INPUT,  /* B': 4 x 4 of x to 4 x 4 */
    MI_WINOGRAD_RESULT, /* A': 4 x 4 to 2 x 2 of y */
    MI_WINOGRAD_SPREAD, /* A: 2 x 2 of dy to 4 x 4 */
    MI_WINOGRAD_TAPS,   /* G: 3 x 3 of w to 4 x 4 */
    MI_WINOGRAD_GRADS   /* G': 4 x 4 to 3 x 3 of dw */
} mi_winograd_way;

/* Numbers of a square of sums or products. */
enum { MI_WINOGRAD_NUMBERS = 16 };

/* A batch: x [n, h, w, c], y [n, oh, ow, oc], pixels side by side. */
typedef struct mi_winograd_io {
    int images;
    const float *x;
    const float *packed;
    float *y;
    int add; /* 1: y is added to what is there, before act */
} mi_winograd_io;

/* 1 if the convolution can be done so, and that is faster. */
int mi_winograd_pays(const mi_conv *cv);

/* ---- forward, and backward to the inputs ----------------------------------
 */

/* Floats of the packed weights. */
size_t mi_winograd_packed_len(const mi_kern *kern, const mi_conv *cv);
/* How many tasks pack them. */
int mi_winograd_pack_tasks(const mi_kern *kern, const mi_conv *cv);
/* Do one; bias is NULL or [oc]. */
void mi_winograd_pack(const mi_kern *kern, const mi_conv *cv,
                      const mi_conv_source *w, const float *bias, int task,
                      float *packed);
/* Bytes of scratch one lane needs while it runs a task. */
size_t mi_winograd_scratch(const mi_conv *cv);
/* How many tasks a batch is cut into. */
int mi_winograd_tasks(const mi_conv *cv, int images);
/* Do one task. */
void mi_winograd_run(const mi_kern *kern, const mi_conv *cv,
                     const mi_winograd_io *io, int task, void *scratch);

/* ---- to the weights --------------------------------------------------------
 *
 * As mi_conv_weights_*; a batch has no maximum, and its pixels lie side by
 * side. */

/* How many buffers of sums. */
int mi_winograd_parts(const mi_kern *kern, const mi_conv *cv, int images);
/* Floats of one. */
size_t mi_winograd_len(const mi_kern *kern, const mi_conv *cv);
/* How many tasks fill them. */
int mi_winograd_products_tasks(const mi_kern *kern, const mi_conv *cv,
                               int images);
/* Bytes of scratch one lane needs while it runs a task. */
size_t mi_winograd_products_scratch(const mi_conv *cv);
/* Do one task; sums is [parts, len]. */
void mi_winograd_products(const mi_kern *kern, const mi_conv *cv,
                          const mi_conv_batch *b, int task, float *sums,
                          void *scratch);
/* How many tasks put the sums together. */
int mi_winograd_sum_tasks(const mi_conv *cv);
/* Do one: add some inputs' parts up, in their order, which changes them. */
void mi_winograd_sum(const mi_kern *kern, const mi_conv *cv, int parts,
                     float *sums, const mi_conv_grads *to, int task);

/* ---- what both have --------------------------------------------------------
 */

/* The squares of a batch. */
typedef struct mi_squares {
    const mi_conv *cv;
    int down, across; /* of an image */
    int64_t all;      /* of the batch */
} mi_squares;

/* How a batch of outputs is cut into squares. */
mi_squares mi_squares_of(const mi_conv *cv, int images);
/* The 16 inputs, each c floats, that square `at` needs; zeros where outside. */
void mi_square_inputs(const mi_squares *s, int64_t at, const float *x,
                      const float *zeros, const float **from);
/* The pixels of its 4 outputs, counted through the batch; -1 outside. */
void mi_square_outputs(const mi_squares *s, int64_t at, int64_t pixel[4]);

#endif
