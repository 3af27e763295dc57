/* back.h: convolutions and poolings backward, on raw NHWC memory.
 *
 *   mi_conv_data_*     dx from dy: convolutions of dy with turned weights
 *   mi_conv_weights_*  dw and db from x and dy, over all images of a batch
 *   mi_depth_data_*    dx of depthwise convolutions, whose dw is as the others'
 *   mi_pool_back_*     dx from dy, of maxima (by the winner) and means
 *
 * As in conv.h work is cut into tasks by the shape alone, so that the bits do
 * not depend on the number of threads, and nothing allocates. */
#ifndef MI_KERN_BACK_H
#define MI_KERN_BACK_H

#include "kern/conv.h"

/* ---- kernels' arguments ---------------------------------------------------
 */

/* Sums over rows x cols pixels of products of what lies at each pixel of two
 * tensors: w[i][j] += sum a[i] b[j] for i < na, j < nb.  ld is nb rounded up
 * to whole vectors; what lies in w past nb is not said. */
typedef struct mi_outer {
    int rows, cols, na, nb;
    const float *a, *b;
    ptrdiff_t a_pixel, a_row, b_pixel, b_row; /* floats from one to the next */
    float *w;                                 /* [na, ld] */
    ptrdiff_t ld;
} mi_outer;

/* Rows of a pooling's input, from the gradient of its result. */
typedef struct mi_pool_back_io {
    const float *dy;       /* [oh, ow, c] */
    const uint8_t *winner; /* [oh, ow, c] of maxima; NULL: means */
    float *dx;             /* [h, w, c] */
    int add;               /* 1: to what is in dx */
} mi_pool_back_io;

/* ---- convolution, all channels --------------------------------------------
 */

/* Floats of the packed weights of a convolution's gradient by its input. */
size_t mi_conv_data_packed_len(const mi_kern *kern, const mi_conv *cv);
/* Lay the weights out, turned, for the tasks; bias is NULL or [c], for
 * transposed convolutions. */
void mi_conv_data_pack(const mi_kern *kern, const mi_conv *cv,
                       const mi_conv_source *w, const float *bias,
                       float *packed);
/* Bytes of scratch one lane needs while it runs a task. */
size_t mi_conv_data_scratch(const mi_kern *kern, const mi_conv *cv);
/* How many tasks one image is cut into. */
int mi_conv_data_tasks(const mi_kern *kern, const mi_conv *cv);
/* io->x is dy of one image, io->y dx; io->add NULL, or dx again.  cv->act
 * follows the sum. */
void mi_conv_data_run(const mi_kern *kern, const mi_conv *cv,
                      const mi_conv_io *io, int task, void *scratch);

/* A batch of images: x [n, h, w, c] and dy [n, oh, ow, oc], pixels so many
 * floats apart.  With a maximum behind the convolution (mi_conv_pool_fits) dy
 * is that of its result, [n, oh / 2, ow / 2, oc], beside its winners. */
typedef struct mi_conv_batch {
    int images;
    const float *x, *dy;
    ptrdiff_t x_stride, dy_stride;
    const mi_pool2d *pool; /* NULL: none */
    const uint8_t *winner;
} mi_conv_batch;

/* The sums of a batch are taken in parts, one buffer each of so many floats;
 * the tasks fill them all. */
int mi_conv_weights_parts(const mi_kern *kern, const mi_conv *cv, int images);
/* Floats of one part. */
size_t mi_conv_weights_len(const mi_kern *kern, const mi_conv *cv);
/* How many tasks fill all parts. */
int mi_conv_weights_tasks(const mi_kern *kern, const mi_conv *cv, int images);
/* Bytes of scratch one lane needs while it runs a task of a batch with a
 * maximum; none without. */
size_t mi_conv_weights_scratch(const mi_kern *kern, const mi_conv *cv);
/* sums is [parts, len]. */
void mi_conv_weights_run(const mi_kern *kern, const mi_conv *cv,
                         const mi_conv_batch *b, int task, float *sums,
                         void *scratch);

/* Where the gradients go: to weights that lie as w says, its w being those of
 * the gradient, and to a bias [oc]; either may be left out. */
typedef struct mi_conv_grads {
    mi_conv_source at; /* strides; its w is not looked at */
    float *dw, *db;    /* NULL: not wanted */
    int add_w, add_b;  /* 1: to what is there */
} mi_conv_grads;
/* Add the parts up, in their order; they are changed. */
void mi_conv_weights_sum(const mi_kern *kern, const mi_conv *cv, int parts,
                         float *sums, const mi_conv_grads *to);

/* ---- convolution and the maximum behind it ---------------------------------
 *
 * What lies between, four times as large as the result, is made a band of rows
 * at a time in scratch memory and never written out, forward or backward. */

/* 1 if both can be done at once: all channels, stride 1, weights that stay in a
 * cache, and windows of two by two side by side. */
int mi_conv_pool_fits(const mi_conv *cv, const mi_pool2d *p);
/* How many tasks one image is cut into. */
int mi_conv_pool_tasks(const mi_conv *cv, const mi_pool2d *p);
/* Bytes of scratch one lane needs while it runs a task. */
size_t mi_conv_pool_scratch(const mi_kern *kern, const mi_conv *cv,
                            const mi_pool2d *p);
/* Do one task: io->y is the maximum's result [oh / 2, ow / 2, oc], winner the
 * tap of each, which its gradient needs. */
void mi_conv_pool_run(const mi_kern *kern, const mi_conv *cv,
                      const mi_pool2d *p, const mi_conv_io *io, uint8_t *winner,
                      int task, void *scratch);
/* The gradient by the input, with weights of mi_conv_data_pack: io->x is the
 * gradient of the maximum's result, io->y dx, io->add NULL, or dx again. */
int mi_conv_pool_data_tasks(const mi_conv *cv, const mi_pool2d *p);
/* Bytes of scratch of its tasks. */
size_t mi_conv_pool_data_scratch(const mi_kern *kern, const mi_conv *cv,
                                 const mi_pool2d *p);
/* Do one of its tasks. */
void mi_conv_pool_data_run(const mi_kern *kern, const mi_conv *cv,
                           const mi_pool2d *p, const mi_conv_io *io,
                           const uint8_t *winner, int task, void *scratch);

/* Rows row0..row1, row0 even, of the gradient before a maximum, from that of
 * its result [oh, ow, c]: to [row1 - row0, w, c]. */
void mi_pool_spread(const mi_kern *kern, const mi_pool2d *p, const float *dy,
                    const uint8_t *winner, int row0, int row1, float *to);

/* ---- convolution, each channel alone ---------------------------------------
 */

/* dx of one image in bands of rows: io->x is dy, io->packed the weights [kh,
 * kw, c] as they are, io->y dx, io->add NULL or dx again. */
int mi_depth_data_tasks(const mi_kern *kern, const mi_conv *cv);
/* Do one band. */
void mi_depth_data_run(const mi_kern *kern, const mi_conv *cv,
                       const mi_conv_io *io, int task);

/* ---- pooling ---------------------------------------------------------------
 */

/* Most taps of a window whose winner a byte holds, and what it holds where a
 * maximum with a ReLU is 0 because of that. */
enum { MI_WINNER_TAPS = 255, MI_NO_WINNER = 255 };

/* Bands of rows of the input. */
int mi_pool_back_tasks(const mi_kern *kern, const mi_pool2d *p);
/* Do one band. */
void mi_pool_back_run(const mi_kern *kern, const mi_pool2d *p,
                      const mi_pool_back_io *io, int task);
/* As mi_pool2d_run of maxima, in its tasks, with the winners. */
void mi_pool_winner_run(const mi_kern *kern, const mi_pool2d *p, const float *x,
                        float *y, uint8_t *winner, int task);

#endif
