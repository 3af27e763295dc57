/* rows.h: where the inputs of output pixels begin in memory. */
#ifndef MI_KERN_ROWS_H
#define MI_KERN_ROWS_H

#include "kern/conv.h"

/* The table of a tile: one row for each run of inputs in a window, one column
 * for each pixel.  Three shapes of run:
 *   - each tap of the window is a run of c inputs;
 *   - with few channels and x_stride == c, a row of the window is one run of
 *     kw * c inputs; a pixel at the border has its runs copied, with zeros;
 *   - a 1x1 convolution is a matrix product: one run a pixel.
 * All three give the inputs in the same order: row, column, channel. */
typedef struct mi_rows {
    const mi_conv *cv;
    const float *x;
    ptrdiff_t x_stride;
    const float **table; /* [runs, rows of the tile] */
    ptrdiff_t *offset;   /* [runs] from the first run of a window */
    float *zeros;        /* [c], where a tap is outside */
    float *copies;       /* [rows, kh, kw * c] joined runs at the border */
    int joined;          /* 1: rows of the window are runs */
    int flat;            /* 1: output pixel p is made from input pixel p */
    int runs, run;       /* how many, and their length */
} mi_rows;

/* Bytes of scratch memory for tiles of so many rows. */
size_t mi_rows_scratch(const mi_conv *cv, int rows);
/* The table for tiles of so many rows, in scratch memory. */
mi_rows mi_rows_of(const mi_conv *cv, const float *x, ptrdiff_t x_stride,
                   int rows, void *scratch);
/* Fill the table for `rows` output pixels from `pixel` on. */
void mi_rows_point(const mi_rows *r, int64_t pixel, int rows);

#endif
