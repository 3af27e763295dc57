/* mark.h: what marks of all kinds share. */
#ifndef MI_DRAW_MARK_H
#define MI_DRAW_MARK_H

#include "mien/image.h"

/* A thousandth of the longer side of a picture. */
float mi_mark_unit(const mien_image *im);
/* v cut to least..most. */
float mi_mark_within(float v, float least, float most);
/* Put what was drawn into the picture, and release the canvas. */
mien_status mi_mark_finish(mien_canvas *c, mien_error *err);
/* The colour of number i, 0 .. */
mien_colour mi_mark_colour(int64_t i);

#endif
