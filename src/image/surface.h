/* surface.h: surfaces of cairo's, for pictures and figures. */
#ifndef MI_IMAGE_SURFACE_H
#define MI_IMAGE_SURFACE_H

#include "mien/image.h"

#include <cairo.h>

/* Let cairo set aside what it would else allocate while it draws, without
 * looking whether that failed (_cairo_clip_copy of 1.16). */
cairo_status_t mi_surface_ready(cairo_surface_t *s);

/* Copy the pixels of an image surface to a picture of its size. */
void mi_surface_read(cairo_surface_t *s, mien_image *to);

#endif
