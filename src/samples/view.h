/* view.h: how a sample is cut out of its picture. */
#ifndef MI_SAMPLES_VIEW_H
#define MI_SAMPLES_VIEW_H

#include "mien/samples.h"

/* The object in the middle half of a frame of 4 w x 4 h, border pixels where it
 * reaches out of the picture.  s has a rectangle. */
mien_status mi_view_frame(const mien_image *im, const mien_sample *s, int w,
                          int h, mien_image *out, mien_error *err);

/* The middle of a frame as w x h, moved by what is drawn from r; r NULL: not
 * moved. */
mien_status mi_view_of(const mien_image *frame, const mien_jitter *jitter,
                       mien_random *r, int w, int h, mien_image *out,
                       mien_error *err);

#endif
