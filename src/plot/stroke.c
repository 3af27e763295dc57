/* stroke.c: lines on pixels.  A pixel is covered as its middle is near the
 * line; a mask keeps the largest share of each, so that pieces do not show
 * where they meet, and nothing is allocated but the mask. */
#include "plot/draw.h"

#include <math.h>

int mi_stroke_begin(mi_stroke *s, cairo_t *cr, double wide)
{
    cairo_surface_t *to = cairo_get_target(cr);
    *s = (mi_stroke){.half = wide / 2};
    if (cairo_surface_get_type(to) != CAIRO_SURFACE_TYPE_IMAGE)
        return 0;
    s->w = cairo_image_surface_get_width(to);
    s->h = cairo_image_surface_get_height(to);
    s->mask = cairo_image_surface_create(CAIRO_FORMAT_A8, s->w, s->h);
    s->data = cairo_image_surface_get_data(s->mask);
    s->stride = cairo_image_surface_get_stride(s->mask);
    return 1;
}

/* The distance of a point from the segment from a by d; dd: d times d. */
static double distance(double x, double y, const double a[2], const double d[2],
                       double dd)
{
    double px = x - a[0], py = y - a[1];
    double t = dd > 0 ? (px * d[0] + py * d[1]) / dd : 0;
    t = fmin(fmax(t, 0), 1);
    return hypot(px - t * d[0], py - t * d[1]);
}

/* The pixels of a row between which a segment can cover any. */
static void span_of(const mi_stroke *s, double y, const double a[2],
                    const double d[2], int span[2])
{
    double reach = s->half + 1, t[2] = {0, 1};
    if (fabs(d[1]) > 1e-9) {
        double k = (y - reach - a[1]) / d[1], m = (y + reach - a[1]) / d[1];
        t[0] = fmin(fmax(fmin(k, m), 0), 1);
        t[1] = fmin(fmax(fmax(k, m), 0), 1);
    }
    double lo = a[0] + fmin(t[0] * d[0], t[1] * d[0]) - reach;
    double hi = a[0] + fmax(t[0] * d[0], t[1] * d[0]) + reach;
    span[0] = (int)fmax(lo, 0);
    span[1] = (int)fmin(hi, s->w - 1);
}

void mi_stroke_segment(mi_stroke *s, const double from[2], const double to[2])
{
    const double d[2] = {to[0] - from[0], to[1] - from[1]};
    double dd = d[0] * d[0] + d[1] * d[1], reach = s->half + 1;
    int first = (int)fmax(fmin(from[1], to[1]) - reach, 0);
    int last = (int)fmin(fmax(from[1], to[1]) + reach, s->h - 1);
    for (int y = first; s->data && y <= last; y++) {
        unsigned char *row = s->data + (ptrdiff_t)y * s->stride;
        int span[2];
        span_of(s, y + .5, from, d, span);
        for (int x = span[0]; x <= span[1]; x++) {
            double near = distance(x + .5, y + .5, from, d, dd);
            double share = fmin(fmax(s->half + .5 - near, 0), 1);
            unsigned char v = (unsigned char)(255 * share + .5);
            row[x] = v > row[x] ? v : row[x];
        }
    }
}

void mi_stroke_end(mi_stroke *s, cairo_t *cr)
{
    cairo_surface_mark_dirty(s->mask);
    cairo_mask_surface(cr, s->mask, 0, 0);
    cairo_surface_destroy(s->mask);
}
