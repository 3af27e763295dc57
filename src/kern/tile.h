/* tile.h: what the convolution driver and the kernels say to each other. */
#ifndef MI_KERN_TILE_H
#define MI_KERN_TILE_H

#include "kern/conv.h"

/* A few output pixels and some of their channels:
 *   y[m][o] = act(bias[o] + sum over t, i of a[t][m][i] * w[t][i][o] + add)
 * Weights are cut into panels of 2 * lanes output channels; the last is lanes
 * wide if no more than lanes are left.  A panel is its biases, then a row of
 * weights for each of taps * run inputs; channels past the end are 0. */
typedef struct mi_tile {
    const float *const *a; /* [taps, rows] where each run of inputs begins */
    int rows, taps, run;
    const float *w; /* the first panel */
    int oc;         /* channels to compute, from the first panel on */
    const float *add;
    ptrdiff_t add_stride;
    float *y;
    ptrdiff_t y_stride;
    mi_act act;
} mi_tile;

/* Output pixels p0 <= p < p1 of a convolution (not a depthwise one), all its
 * channels; scratch as mi_conv_run's. */
void mi_conv_pixels(const mi_kern *kern, const mi_conv *cv,
                    const mi_conv_io *io, int64_t p0, int64_t p1,
                    void *scratch);

/* A convolution's gradient by its input, of stride 1, as a convolution of dy.
 */
mi_conv mi_conv_data_phase(const mi_conv *cv);

typedef struct mi_pool2d_io {
    const float *x;
    ptrdiff_t x_stride;
    float *y;
    ptrdiff_t y_stride;
} mi_pool2d_io;

enum { MI_TASKS_MAX = 64 };

/* Parts of d that hold n, the last of which may be smaller. */
static inline int64_t mi_divide_up(int64_t n, int64_t d)
{
    return (n + d - 1) / d;
}

/* Bands of rows, for what has no sum over channels. */
static inline int mi_bands(int rows, int64_t row_floats)
{
    int64_t wanted = (rows * row_floats + (64 << 10) - 1) / (64 << 10);
    wanted = wanted < rows ? wanted : rows;
    wanted = wanted < MI_TASKS_MAX ? wanted : MI_TASKS_MAX;
    return wanted > 1 ? (int)wanted : 1;
}

/* The part lo <= i < hi of a window's n taps, `step` apart and the first at
 * `first`, that falls on 0..size-1. */
typedef struct mi_span {
    int lo, hi;
} mi_span;

static inline mi_span mi_span_of(int first, int n, int step, int size)
{
    mi_span s = {0, n};
    if (first < 0)
        s.lo = (-first + step - 1) / step;
    if (first + (n - 1) * step >= size)
        s.hi = first < size ? (size - first + step - 1) / step : 0;
    if (s.lo > s.hi)
        s.lo = s.hi;
    return s;
}

#endif
