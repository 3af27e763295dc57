/* surface.c: what pictures and figures need of cairo's surfaces. */
#include "image/surface.h"

/* How many clips one drawing holds at a time, with room to spare; cairo keeps
 * 16 that were released. */
enum { CLIPS = 12 };

cairo_status_t mi_surface_ready(cairo_surface_t *s)
{
    cairo_t *cr[CLIPS];
    cairo_status_t st = CAIRO_STATUS_SUCCESS;
    for (int i = 0; i < CLIPS; i++) {
        cr[i] = cairo_create(s);
        cairo_rectangle(cr[i], 0, 0, 1, 1);
        cairo_clip(cr[i]);
        if (!st)
            st = cairo_status(cr[i]);
    }
    for (int i = 0; i < CLIPS; i++)
        cairo_destroy(cr[i]);
    return st;
}

void mi_surface_read(cairo_surface_t *s, mien_image *to)
{
    cairo_surface_flush(s);
    const unsigned char *data = cairo_image_surface_get_data(s);
    ptrdiff_t stride = cairo_image_surface_get_stride(s);
    for (int y = 0; y < to->h; y++) {
        uint8_t *p = to->data + y * to->stride;
        const uint32_t *from =
            (const uint32_t *)(const void *)(data + y * stride);
        for (int x = 0; x < to->w; x++, p += 3) {
            p[0] = (uint8_t)(from[x] >> 16);
            p[1] = (uint8_t)(from[x] >> 8);
            p[2] = (uint8_t)from[x];
        }
    }
}
