/* pyramid.h: a picture halved again and again. */
#ifndef MI_VISION_PYRAMID_H
#define MI_VISION_PYRAMID_H

#include "mien/vision_track.h"

#include <stdint.h>

enum { MI_PYRAMID_LEVELS = 11 };

/* One size of the picture.  Around it lie margin rows and columns of its mirror
 * image. */
typedef struct mi_level {
    int w, h;
    ptrdiff_t stride;
    uint8_t *grey; /* pixel (0, 0) */
} mi_level;

struct mien_pyramid {
    int n, window, margin;
    mi_level level[MI_PYRAMID_LEVELS];
    uint8_t *pixels; /* memory of all levels */
};

/* Where pixel i of a mirrored row of n is. */
static inline int mi_mirrored(int i, int n)
{
    if (n == 1)
        return 0;
    while (i < 0 || i >= n)
        i = i < 0 ? -i : 2 * n - 2 - i;
    return i;
}

/* Fill in defaults; EARG when an option is out of range. */
mien_status mi_flow_options(mien_flow_options *o, mien_error *err);

/* The correlation of two pictures of one size at their smallest level, -1..1;
 * 1 when one of them is of a single grey. */
double mi_pyramid_likeness(const mien_pyramid *a, const mien_pyramid *b);

#endif
