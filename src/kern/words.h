/* words.h: convolutions whose weights are a few hundred steps apart, summed in
 * 16-bit integers.
 *
 * A network stored at eight bits a weight has, for each output channel, weights
 * middle + step * j with whole j of at most eight bits; they are taken as they
 * are.  The inputs of an output pixel become whole numbers of up to 15 bits, by
 * a scale of that pixel's own: the largest that no sum overflows with.  Then
 *   y = act(bias + scale (step * sum of j q + middle * sum of q) + add)
 * Two products are added in one instruction of any processor: where it has no
 * multiply-add of floats that is twice as fast.  An input is off by half a step
 * of its pixel's largest one at most.  Pixels with inputs that are not finite
 * or beyond MI_WORDS_MOST are summed in floats, of the same weights.
 *
 * Packed weights are HEAD floats, of which the first is the largest input, then
 * panels of MI_WORDS_WIDE vectors of channels, the last one filled up with
 * zeros: biases, steps, middles, then the j of inputs 2 i (low half) and
 * 2 i + 1. */
#ifndef MI_KERN_WORDS_H
#define MI_KERN_WORDS_H

#include "kern/conv.h"

enum {
    MI_WORDS_HEAD = 16,
    MI_WORDS_WIDE = 4,
    MI_WORDS_ROWS = 3,  /* pixels of a tile, or one */
    MI_WORDS_UNIT = 16, /* inputs lie in multiples of this */
    /* the most inputs of an output pixel: |j| <= 128, so that inputs may be
     * whole numbers up to 2047 and neither sum leaves 32 bits */
    MI_WORDS_DEEP = 8192
};
/* Inputs of a pixel all below this are zeros, and weights of a channel within
 * it are equal: far below what a float sum keeps, far above where 1 / x is
 * infinite. */
#define MI_WORDS_LEAST 1e-30f
/* Weights within this are taken, and inputs made whole numbers: no part of a
 * sum is infinite. */
#define MI_WORDS_MOST 1e15f

/* The inputs of one pixel, to be made whole numbers. */
typedef struct mi_words_row {
    const float *const *a; /* [taps], a_stride apart: where runs begin */
    ptrdiff_t a_stride;
    int taps, run; /* a run is a multiple of MI_WORDS_UNIT */
    float most;    /* the largest input is to become this */
    int16_t *q;    /* [taps, run] */
    float scale;   /* told: q scale is the input; -1: q and sum are not told, as
                      an input is beyond MI_WORDS_MOST or no number */
    float sum;     /* told: sum of q, times scale */
} mi_words_row;

/* A few output pixels and their channels, as mi_tile. */
typedef struct mi_words_tile {
    const mi_words_row *row; /* [rows] */
    int rows, deep;          /* rows: 1 or MI_WORDS_ROWS */
    const float *w;          /* the first panel */
    int oc;
    const float *add;
    ptrdiff_t add_stride;
    float *y;
    ptrdiff_t y_stride;
    mi_act act;
} mi_words_tile;

/* 1: a convolution with these weights may have `words`, whether that is faster
 * or not. */
int mi_words_fit(const mi_conv *cv, const float *w);
/* Inputs of an output pixel. */
int mi_words_deep(const mi_conv *cv);
/* As mi_conv_packed_len. */
size_t mi_words_packed_len(const mi_kern *kern, const mi_conv *cv);
/* As mi_conv_pack, of weights that fit. */
void mi_words_pack(const mi_kern *kern, const mi_conv *cv, const float *w,
                   const float *bias, float *packed);

#endif
