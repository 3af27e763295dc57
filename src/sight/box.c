/* Rectangles.  Sums and products stand in the order in which face-api.js 1.7.15
 * does them (src/classes/Box.ts, ObjectDetection.ts, ops/iou.ts). */
#include "sight/box.h"

#include <math.h>

#include "base/exact.h"

mi_rect mi_rect_scale(mi_rect r, double sx, double sy)
{
    return (mi_rect){r.x * sx, r.y * sy, r.w * sx, r.h * sy};
}

mi_rect mi_rect_for_size(mi_rect r, int w, int h)
{
    for (int i = 0; i < 2; i++)
        r = mi_rect_scale(mi_rect_scale(r, 1.0 / w, 1.0 / h), w, h);
    return r;
}

mi_crop mi_rect_clip(mi_rect r, int w, int h)
{
    double x = fmax(r.x, 0), y = fmax(r.y, 0);
    double width = fmin(r.x + r.w - x, w - x);
    double height = fmin(r.y + r.h - y, h - y);
    mi_crop empty = {0};
    if (isnan(r.x + r.y + r.w + r.h) || width < 1 || height < 1)
        return empty;
    return (mi_crop){(int)x, (int)y, (int)width, (int)height};
}

/* The area that two rectangles share. */
static double shared(mi_rect a, mi_rect b)
{
    double w = fmin(a.x + a.w, b.x + b.w) - fmax(a.x, b.x);
    double h = fmin(a.y + a.h, b.y + b.h) - fmax(a.y, b.y);
    return fmax(0, w) * fmax(0, h);
}

double mi_rect_overlap(mi_rect a, mi_rect b)
{
    double area_a = a.w * a.h, area_b = b.w * b.h;
    if (!(area_a > 0 && area_b > 0))
        return 0;
    double both = shared(a, b);
    return both / (area_a + area_b - both);
}

double mi_rect_inside(mi_rect a, mi_rect b)
{
    double area = a.w * a.h;
    return area > 0 ? shared(a, b) / area : 0;
}

double mi_round(double v) { return floor(v + 0.5); }

mien_box mi_rect_box(mi_rect r)
{
    return (mien_box){(float)r.x, (float)r.y, (float)r.w, (float)r.h};
}
