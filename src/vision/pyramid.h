/* pyramid.h: a picture halved again and again, with its gradients. */
#ifndef MI_VISION_PYRAMID_H
#define MI_VISION_PYRAMID_H

#include "mien/vision_track.h"

#include <stdint.h>

enum { MI_PYRAMID_LEVELS = 11 };

/* One size of the picture.  Around it lie margin rows and columns: of the
 * picture its mirror image, of the gradients zeros. */
typedef struct mi_level {
    int w, h;
    ptrdiff_t stride; /* of all three */
    uint8_t *grey;    /* pixel (0, 0) */
    int16_t *dx, *dy; /* Scharr's gradients, 32 times those of grey */
} mi_level;

struct mien_pyramid {
    int n, window, margin;
    mi_level level[MI_PYRAMID_LEVELS];
    uint8_t *pixels;    /* memory of all levels */
    int16_t *gradients; /* likewise */
};

/* Fill in defaults; EARG when an option is out of range. */
mien_status mi_flow_options(mien_flow_options *o, mien_error *err);

#endif
