/* Boxes from landmarks: around all points for attributes, and the square that
 * the descriptor was trained on (dlib's, upright).
 *
 * The square: e = mean distance of the eyes' centres from the mouth's centre;
 * its side is floor(e / 0.45); the mean of the three centres lies at 0.5 of its
 * width and 0.43 of its height.
 * Source: face-api.js 1.7.15, src/classes/FaceLandmarks.ts (align, alignDlib,
 * alignMinBbox), src/ops/minBbox.ts. */
#include "face/landmark.h"

#include <math.h>

#include "base/exact.h"

static const double grow = 0.2;
static const double rel_x = 0.5, rel_y = 0.43, rel_scale = 0.45;

mi_rect mi_align_around(const mi_landmarks *l)
{
    double left = HUGE_VAL, top = HUGE_VAL, right = 0, bottom = 0;
    for (int i = 0; i < MI_LANDMARKS; i++) {
        left = fmin(left, l->x[i]);
        top = fmin(top, l->y[i]);
        right = fmax(right, l->x[i]);
        bottom = fmax(bottom, l->y[i]);
    }
    double w = right - left, h = bottom - top;
    double pad_x = w * grow, pad_y = h * grow;
    return (mi_rect){left - pad_x / 2, top - pad_y / 2, w + pad_x, h + pad_y};
}

typedef struct {
    double x, y;
} point;

static point centre(const mi_landmarks *l, int first, int last)
{
    point sum = {0, 0};
    for (int i = first; i <= last; i++) {
        sum.x += l->x[i];
        sum.y += l->y[i];
    }
    int n = last - first + 1;
    return (point){sum.x / n, sum.y / n};
}

static double distance(point a, point b)
{
    double x = a.x - b.x, y = a.y - b.y;
    return sqrt(x * x + y * y);
}

void mi_align_five(const mi_landmarks *l, mien_point out[5])
{
    const point of[5] = {centre(l, 36, 41), centre(l, 42, 47),
                         centre(l, 30, 30), centre(l, 48, 48),
                         centre(l, 54, 54)};
    for (int i = 0; i < 5; i++)
        out[i] = (mien_point){(float)of[i].x, (float)of[i].y};
}

mi_rect mi_align_square(const mi_landmarks *l)
{
    point left = centre(l, 36, 41), right = centre(l, 42, 47);
    point mouth = centre(l, 48, 67);
    double size =
        floor((distance(mouth, left) + distance(mouth, right)) / 2 / rel_scale);
    point middle = {(left.x + right.x + mouth.x) / 3,
                    (left.y + right.y + mouth.y) / 3};
    double x = floor(fmax(0, middle.x - rel_x * size));
    double y = floor(fmax(0, middle.y - rel_y * size));
    return (mi_rect){x, y, fmin(size, l->crop.w + x),
                     fmin(size, l->crop.h + y)};
}
