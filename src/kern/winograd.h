/* winograd.h: convolutions of three by three with fewer products: of stride 1,
 * and of a picture whose pixels are repeated twice.
 *
 *   down       y = act(conv(x, w) + bias)
 *   data       dx from dy
 *   weights    dw and db from x and dy
 *
 * Each is a sum of products of forms: sums and differences of few numbers.
 * Along one axis, with weights g, for two outputs of stride 1:
 *
 *   y0 = (d0 - d2) g0 + (d1 + d2)(g0 + g1 + g2)/2 + (d2 - d1)(g0 - g1 + g2)/2
 *   y1 = (d1 + d2)(g0 + g1 + g2)/2 - (d2 - d1)(g0 - g1 + g2)/2 - (d1 - d3) g2
 *
 * which are 4 products instead of 6; along both axes, 16 instead of 36 for a
 * square of two by two.  For four outputs they are values of polynomials at 0,
 * a, -a, b, -b and infinity, a = sqrt(1/2) and b = sqrt(2), of which those of
 * the result's are taken together again: 6 products instead of 12, along both
 * axes 36 instead of 144.  (With whole numbers and halves, as they are usual,
 * errors are two to four times as large.)  For four outputs of pixels d1, d2
 * repeated, between d0 and d3:
 *
 *   y0 = m + r + p    m = (d0 - d2) g0           p = (d1 - d2)(g1 + g2 - g0)/2
 *   y1 = r + q        r = (d1 + d2)(g0 + g1 + g2)/2
 *   y2 = r - p                                   q = (d1 - d2)(g0 + g1 - g2)/2
 *   y3 = r - q - n    n = (d1 - d3) g2
 *
 * 5 products instead of 12; along both axes 25 instead of 144.  Their gradient
 * by two pixels, from h of six outputs, the first before d1's:
 *
 *   dd1 = u + v + g1 (h1 + h2)     u = g2 (h0 + h1 - h2 - h3)
 *   dd2 = v + w + g1 (h3 + h4)     v = (g0 + g2)(h2 + h3)
 *                                  w = g0 (h4 + h5 - h2 - h3)
 *
 * and dg is made of the same forms of h times d1, d1 + d2, d2, d1 and d2.
 * Summed over channels, or over squares, each product of forms is one of
 * matrices.  What is lost is a bit or two of a float.
 *
 * Raw memory and tasks are as in conv.h, but a task is a run of squares of a
 * whole batch.  Where squares reach past a picture there are zeros.
 *
 * A. Lavin, S. Gray, Fast Algorithms for Convolutional Neural Networks,
 * CVPR 2016, section 4.1, for two outputs of stride 1; B. Barabasz et al.,
 * Error Analysis and Improving the Accuracy of Winograd Convolution, ACM TOMS
 * 46 (2020), on the choice of points. */
#ifndef MI_KERN_WINOGRAD_H
#define MI_KERN_WINOGRAD_H

#include "kern/back.h"

/* What winograd_f32 makes along both axes: forms, or numbers of sums. */
typedef enum mi_winograd_way {
    MI_WINOGRAD_INPUT,  /* 4 of x to 4 */
    MI_WINOGRAD_RESULT, /* 4 to 2 of y */
    MI_WINOGRAD_SPREAD, /* 2 of dy to 4 */
    MI_WINOGRAD_TAPS,   /* 3 of w to 4 */
    MI_WINOGRAD_GRADS,  /* 4 to 3 of dw */
    /* for four outputs: */
    MI_FOUR_INPUT,  /* 6 of x to 6 */
    MI_FOUR_RESULT, /* 6 to 4 of y */
    MI_FOUR_SPREAD, /* 4 of dy to 6 */
    MI_FOUR_TAPS,   /* 3 of w to 6 */
    MI_FOUR_GRADS,  /* 6 to 3 of dw */
    /* with pixels repeated: */
    MI_DOUBLED_INPUT,   /* 4 of x to 4 */
    MI_DOUBLED_RESULT,  /* 5 to 4 of y */
    MI_DOUBLED_TAPS,    /* 3 of w to 5 */
    MI_DOUBLED_SPREAD,  /* 6 of dy to 5 */
    MI_DOUBLED_DATA,    /* 5 to 2 of dx */
    MI_DOUBLED_FACTORS, /* 3 of w to 4, for dx */
    MI_DOUBLED_PAIR,    /* 2 of x to 3, for dw */
    MI_DOUBLED_GRADS,   /* 4 to 3 of dw */
    MI_WINOGRAD_WAYS
} mi_winograd_way;

/* Most numbers of a square, most products of it. */
enum { MI_WINOGRAD_READS = 36, MI_WINOGRAD_PRODUCTS = 36 };

/* One factor of the products: forms of a square, `reads` to `makes` an axis.
 * Of pictures also how far squares lie apart, and whether the first begins so
 * many pixels before the picture as there is padding. */
typedef struct mi_winograd_factor {
    mi_winograd_way way;
    int reads, makes;
    int of[6]; /* the form that each product of an axis takes */
    int step, before;
} mi_winograd_factor;

/* All that a way of a convolution consists of, along an axis. */
typedef struct mi_winograd_form {
    int products;
    mi_winograd_factor in, taps;
    mi_winograd_way result;
    int gives;     /* numbers of a square of the result */
    float bias[6]; /* what each form of taps has of one that all outputs have */
} mi_winograd_form;

/* The same of the weights' gradient: sums are what products add to. */
typedef struct mi_winograd_grads {
    int products;
    mi_winograd_factor x, dy, sums;
    float bias[6]; /* the sum of dy, of its forms */
} mi_winograd_grads;

/* A convolution; back: the gradient by its input, whose cv takes dy to dx. */
typedef struct mi_winograd {
    mi_conv cv;
    const mi_winograd_form *by;
    const mi_winograd_grads *grads;
    int back;
    int turned; /* 1: the last tap is the first */
} mi_winograd;

/* 1 if a convolution can be done so, forward and back, and that is faster. */
int mi_winograd_pays(const mi_conv *cv);
/* 1 if a 3x3 convolution of repeated pixels has the channels to be faster. */
int mi_winograd_doubled_pays(const mi_conv *cv);
/* A convolution of stride 1; or, with `doubled`, of repeated pixels: x [h, w,
 * c], y [2 h, 2 w, oc], and cv has a padding of 1. */
mi_winograd mi_winograd_of(const mi_conv *cv, int doubled);
/* Its gradient by the input. */
mi_winograd mi_winograd_back(const mi_winograd *w);

/* ---- forward, and backward to the inputs ----------------------------------
 */

/* A batch: x [n, h, w, c], y [n, oh, ow, oc], pixels side by side. */
typedef struct mi_winograd_io {
    int images;
    const float *x;
    const float *packed;
    float *y;
    int add; /* 1: y is added to what is there, before act */
} mi_winograd_io;

/* Floats of the packed weights. */
size_t mi_winograd_packed_len(const mi_kern *kern, const mi_winograd *w);
/* How many tasks pack them. */
int mi_winograd_pack_tasks(const mi_kern *kern, const mi_winograd *w);
/* Do one; `at` are the weights of the convolution, forward and back; bias is
 * NULL or [oc]. */
void mi_winograd_pack(const mi_kern *kern, const mi_winograd *w,
                      const mi_conv_source *at, const float *bias, int task,
                      float *packed);
/* Bytes of scratch one lane needs while it runs a task. */
size_t mi_winograd_scratch(const mi_winograd *w);
/* How many tasks a batch is cut into. */
int mi_winograd_tasks(const mi_winograd *w, int images);
/* Do one task. */
void mi_winograd_run(const mi_kern *kern, const mi_winograd *w,
                     const mi_winograd_io *io, int task, void *scratch);

/* ---- to the weights --------------------------------------------------------
 *
 * As mi_conv_weights_*, of the convolution forward; a batch has no maximum, and
 * its pixels lie side by side. */

/* How many buffers of sums. */
int mi_winograd_parts(const mi_kern *kern, const mi_winograd *w, int images);
/* Floats of one. */
size_t mi_winograd_len(const mi_kern *kern, const mi_winograd *w);
/* How many tasks fill them. */
int mi_winograd_products_tasks(const mi_kern *kern, const mi_winograd *w,
                               int images);
/* Bytes of scratch one lane needs while it runs a task. */
size_t mi_winograd_products_scratch(const mi_winograd *w);
/* Do one task; sums is [parts, len]. */
void mi_winograd_products(const mi_kern *kern, const mi_winograd *w,
                          const mi_conv_batch *b, int task, float *sums,
                          void *scratch);
/* How many tasks put the sums together. */
int mi_winograd_sum_tasks(const mi_kern *kern, const mi_winograd *w);
/* Do one: add some inputs' parts up, in their order, which changes them. */
void mi_winograd_sum(const mi_kern *kern, const mi_winograd *w, int parts,
                     float *sums, const mi_conv_grads *to, int task);

/* ---- squares: what both have -----------------------------------------------
 */

/* A picture of a batch that squares of reads x reads are taken from. */
typedef struct mi_squares {
    int down, across; /* squares of an image */
    int h, w, c;      /* an image */
    int reads, step;
    int top, left; /* pixels that the first begins before the image */
} mi_squares;

/* Floats between matrices, which would share their lines of a cache without. */
enum { MI_WINOGRAD_APART = 16 };

/* n floats, and those that fill up their last line. */
static inline size_t mi_winograd_padded(size_t n)
{
    return (n + MI_WINOGRAD_APART - 1) / MI_WINOGRAD_APART * MI_WINOGRAD_APART;
}

/* Of n numbers an axis. */
static inline int mi_squared(int n) { return n * n; }

/* Where the numbers of square `at` lie, each c floats from channel `first` on;
 * `outside` where there are none. */
void mi_square_point(const mi_squares *s, int64_t at, const float *x, int first,
                     const float *outside, const float **from);

#endif
