/* integral.h: sums of some rows of a picture. */
#ifndef MI_VISION_INTEGRAL_H
#define MI_VISION_INTEGRAL_H

#include "mien/vision.h"

/* Rows of the sums from row 0 on, for a picture of s->h rows; s gives where
 * they go. tilted may be NULL, square too. */
void mi_integral_fill(const mien_gray *g, const mien_integral *s);

#endif
