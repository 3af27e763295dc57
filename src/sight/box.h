/* box.h: rectangles in double precision, and the whole pixels they cover. */
#ifndef MI_SIGHT_BOX_H
#define MI_SIGHT_BOX_H

#include "mien/image.h"

/* Pixels of the photo unless said otherwise. */
typedef struct mi_rect {
    double x, y, w, h;
} mi_rect;

/* Whole pixels inside an image; w or h is 0 where nothing is left. */
typedef struct mi_crop {
    int x, y, w, h;
} mi_crop;

/* All four numbers multiplied: x and w by sx, y and h by sy. */
mi_rect mi_rect_scale(mi_rect r, double sx, double sy);
/* Twice to shares of the image and back, as a detection of face-api.js is
 * asked for the image's own size: last bits move, floors see them. */
mi_rect mi_rect_for_size(mi_rect r, int w, int h);
/* The part inside an image of w x h, each number rounded down.
 * Source: face-api.js, Box.clipAtImageBorders. */
mi_crop mi_rect_clip(mi_rect r, int w, int h);
/* Intersection over union, 0..1; 0 if either has no area. */
double mi_rect_overlap(mi_rect a, mi_rect b);
/* The share of a that lies inside b, 0..1; 0 if a has no area. */
double mi_rect_inside(mi_rect a, mi_rect b);
/* To the nearest whole number, halves up, as Math.round does. */
double mi_round(double v);
/* The same rectangle in the floats of the public form. */
mien_box mi_rect_box(mi_rect r);

#endif
