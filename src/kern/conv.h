/* conv.h: convolutions and poolings on raw NHWC memory.
 *
 * Everything here works on one image [h, w, c] of floats whose pixels are
 * `stride` floats apart (>= c, so that a step can write into a part of a wider
 * tensor, as a concatenation along channels needs).  Work is cut into tasks
 * that may run on any thread in any order: task i always computes the same
 * outputs in the same order, so the bits do not depend on the number of
 * threads. Nothing here allocates. */
#ifndef MI_KERN_CONV_H
#define MI_KERN_CONV_H

#include "kern/kern.h"

#include <stddef.h>

/* What follows the sum: y = act(sum + bias + add). */
typedef enum mi_act_kind {
    MI_ACT_NONE,
    MI_ACT_CLAMP,  /* min(max(v, lo), hi): ReLU is 0..inf, ReLU6 0..6 */
    MI_ACT_LEAKY,  /* v > 0 ? v : lo * v */
    MI_ACT_SIGMOID /* 1 / (1 + exp(-v)) */
} mi_act_kind;

typedef struct mi_act {
    mi_act_kind kind;
    float lo, hi;
} mi_act;

typedef struct mi_conv {
    int h, w, c;    /* input */
    int oh, ow, oc; /* output */
    int kh, kw;     /* window */
    int sy, sx;     /* stride */
    int dy, dx;     /* dilation */
    int top, left;  /* zeros before the first row and column; those after
                       follow from the sizes */
    int depthwise;  /* 1: oc == c, each channel alone; 0: all channels */
    int words;      /* 1: summed in 16-bit integers (mi_conv_words) */
    mi_act act;
} mi_conv;

/* Where the tensors lie.  add is NULL or [oh, ow, oc], added before act; it
 * may be y itself with the same stride.  y and x do not overlap.  Packed
 * weights and scratch are aligned to 64 bytes where speed matters (mi_alloc
 * does). */
typedef struct mi_conv_io {
    const float *x;
    ptrdiff_t x_stride;
    const float *packed;
    const float *add;
    ptrdiff_t add_stride;
    float *y;
    ptrdiff_t y_stride;
    ptrdiff_t y_row; /* floats from row to row of y and add; 0: ow pixels.  Not
                        of depthwise ones */
} mi_conv_io;

/* How weights lie: element (o, i, ky, kx) at w[o out + i in + ky down + kx
 * across]. */
typedef struct mi_conv_source {
    const float *w;
    ptrdiff_t out, in, down, across;
} mi_conv_source;

/* Weights that lie as given, times their channel's scale, in the order that
 * mi_conv_pack reads; of a depthwise one `in` is not looked at. */
void mi_conv_arrange(const mi_conv *cv, const mi_conv_source *from,
                     const float *scale, float *out);
/* 1: a convolution with these weights may have `words`, and is faster so: they
 * lie on at most 256 steps a channel, as in a network stored at eight bits. */
int mi_conv_words(const mi_kern *kern, const mi_conv *cv, const float *w);
/* Floats of the packed weights for table k. */
size_t mi_conv_packed_len(const mi_kern *kern, const mi_conv *cv);
/* w is [oc, kh, kw, c] (depthwise [kh, kw, c]); bias is NULL or [oc]. */
void mi_conv_pack(const mi_kern *kern, const mi_conv *cv, const float *w,
                  const float *bias, float *packed);
/* The same of weights that lie as given; of a depthwise one `in` is not
 * looked at.  Not for `words`. */
void mi_conv_pack_from(const mi_kern *kern, const mi_conv *cv,
                       const mi_conv_source *w, const float *bias,
                       float *packed);
/* Bytes of scratch one lane needs while it runs a task. */
size_t mi_conv_scratch(const mi_kern *kern, const mi_conv *cv);
/* How many tasks one image is cut into. */
int mi_conv_tasks(const mi_kern *kern, const mi_conv *cv);
/* Do one task. */
void mi_conv_run(const mi_kern *kern, const mi_conv *cv, const mi_conv_io *io,
                 int task, void *scratch);

/* ---- two at once ------------------------------------------------------- */

/* A depthwise convolution followed by a pointwise one (1x1, stride 1), where
 * nothing else reads what is between: it is made a few rows at a time in
 * scratch memory and never written out.  Works for any such pair; mi_pair_pays
 * says where it is faster than one by one. */
typedef struct mi_pair {
    mi_conv first;  /* depthwise */
    mi_conv second; /* pointwise; its h, w, c are first's oh, ow, oc */
} mi_pair;

typedef struct mi_pair_io {
    const float *x;
    ptrdiff_t x_stride;
    const float *first, *second; /* packed by mi_conv_pack, each alone */
    const float *add; /* NULL or [second.oh, ow, oc], before second.act */
    ptrdiff_t add_stride;
    float *y;
    ptrdiff_t y_stride;
} mi_pair_io;

/* 1 if the two fit together and that is faster than one by one. */
int mi_pair_pays(const mi_kern *kern, const mi_pair *p);
/* As mi_conv_scratch, for both. */
size_t mi_pair_scratch(const mi_kern *kern, const mi_pair *p);
/* As mi_conv_tasks, for both. */
int mi_pair_tasks(const mi_kern *kern, const mi_pair *p);
/* As mi_conv_run, for both. */
void mi_pair_run(const mi_kern *kern, const mi_pair *p, const mi_pair_io *io,
                 int task, void *scratch);

/* ---- pooling ---------------------------------------------------------- */

typedef struct mi_pool2d {
    int h, w, c, oh, ow;
    int kh, kw, sy, sx, top, left;
    int average;       /* 0: maximum */
    int relu;          /* maximum: 1: and 0, whatever the window holds */
    int count_padding; /* average: divide by kh * kw even at the border */
} mi_pool2d;

/* How many tasks one image is cut into. */
int mi_pool2d_tasks(const mi_kern *kern, const mi_pool2d *p);
/* Do one task. */
void mi_pool2d_run(const mi_kern *kern, const mi_pool2d *p, const float *x,
                   ptrdiff_t x_stride, float *y, ptrdiff_t y_stride, int task);

#endif
