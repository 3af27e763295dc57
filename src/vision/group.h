/* group.h: rectangles that mean the same, made one. */
#ifndef MI_VISION_GROUP_H
#define MI_VISION_GROUP_H

#include "mien/vision.h"

/* Join rectangles that lie close in place and size, and drop groups of at most
 * `neighbors` and small ones inside larger ones, in place; neighbors 0 changes
 * nothing but the order. The result is sorted.  Fails with ENOMEM. */
mien_status mi_group(mien_hits *hits, int neighbors, double eps,
                     mien_error *err);

/* Put hits behind those there are, which only this function put there.  Fails
 * with ENOMEM. */
mien_status mi_hits_append(mien_hits *all, const mien_hits *more,
                           mien_error *err);

#endif
