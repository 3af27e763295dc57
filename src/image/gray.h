/* gray.h: planes of grey, resized some rows at a time. */
#ifndef MI_IMAGE_GRAY_H
#define MI_IMAGE_GRAY_H

#include "mien/image_gray.h"

/* Where one axis of a resized picture reads: between at and at + 1 of the
 * source, the second with weight / 256. */
typedef struct mi_tap {
    int32_t at;
    int32_t weight; /* 0..256 */
} mi_tap;

/* Taps of an axis of n pixels brought to out_n. */
void mi_gray_taps(int n, int out_n, mi_tap *tap);

/* A resize prepared: taps of both axes, and rows already laid out across. */
typedef struct mi_gray_resizer {
    int w, h; /* of the source */
    int out_w, out_h;
    mi_tap *x, *y;    /* [out_w], [out_h] */
    uint16_t *row[2]; /* [out_w] a source row laid out across, in 1/256 */
    int held[2];      /* which source rows these are; -1: none */
} mi_gray_resizer;

/* Bytes of memory a resizer needs; mi_gray_resizer_of takes them. */
size_t mi_gray_resizer_bytes(int out_w, int out_h);
/* A resizer from w x h in that memory, which is borrowed. */
mi_gray_resizer mi_gray_resizer_of(int w, int h, int out_w, int out_h,
                                   void *memory);

/* Make rows y0 .. y1 - 1 of the result. */
void mi_gray_resize_rows(mi_gray_resizer *r, const mien_gray *g, int y0, int y1,
                         uint8_t *dst, ptrdiff_t stride);

#endif
