/* flow.h: windows of a picture for optical flow.
 *
 * A window between pixels is read with the four weights of bilinear
 * interpolation, whole numbers that add up to 2^14.  Grey values keep five
 * more bits.  Rows of a patch are padded with columns that count for nothing:
 * their gradients are 0. */
#ifndef MI_KERN_FLOW_H
#define MI_KERN_FLOW_H

#include <stddef.h>
#include <stdint.h>

enum {
    MI_FLOW_BITS = 14,
    MI_FLOW_MORE = 5,    /* bits of a grey value below one */
    MI_FLOW_WINDOW = 99, /* widest window */
    MI_FLOW_LANES = 32   /* rows of a patch are padded to these */
};

typedef struct mi_flow_patch {
    int w, h;
    int row;                 /* numbers from one row to the next, padded */
    int16_t *grey, *dx, *dy; /* [h, row] */
} mi_flow_patch;

/* Where a window is read: its upper left pixel. */
typedef struct mi_flow_place {
    const uint8_t *p;
    ptrdiff_t stride;
    int32_t weight[4];            /* here, right, below, below right */
    int left, right, top, bottom; /* columns and rows of the window before
                                     which and from which on gradients are 0:
                                     they lie outside the picture */
} mi_flow_place;

#endif
