/* similarity.h: how a set of points moved as one. */
#ifndef MI_VISION_SIMILARITY_H
#define MI_VISION_SIMILARITY_H

#include "mien/image.h"

/* (x, y) goes to (a x - b y + dx, b x + a y + dy). */
typedef struct mi_similarity {
    double a, b, dx, dy;
} mi_similarity;

/* Where a point goes. */
mien_point mi_similarity_apply(const mi_similarity *s, mien_point p);

/* The motion that most points agree on, within `limit` pixels.
 *   from, to  [n], finite; n >= 2
 *   in        [n] set to 1 for points that agree, else 0
 * Returns how many agree; below 2 there is no motion and out is untouched. */
int mi_similarity_fit(int n, const mien_point *from, const mien_point *to,
                      double limit, unsigned char *in, mi_similarity *out);

#endif
