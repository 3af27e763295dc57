/* chip.c: a face cut out, turned and scaled so that its five points lie where
 * those of every chip do.
 *
 * The similarity that brings the points of the chip, p, to those of the photo,
 * q, with the least squares: with both taken from their means,
 *   a = sum (px qx + py qy) / sum p^2,  b = sum (py qx - px qy) / sum p^2.
 * Source: Umeyama, IEEE PAMI 13(4), 1991, in the plane, where turn and scale
 * are one complex number. */
#include "face/chip.h"

#include "base/error.h"

#include <math.h>

/* Of the chip's side: eyes, nose tip, corners of the mouth; a whole head with
 * some of what is around it. */
static const double place[5][2] = {
    {0.35, 0.42}, {0.65, 0.42}, {0.5, 0.58}, {0.38, 0.74}, {0.62, 0.74}};

/* How often a chip is made larger than it is wanted, so that pixels of a large
 * photo are averaged. */
enum { LARGER_MAX = 16 };

/* Where the five points of a wider chip lie: drawn to its middle. */
static double place_of(int point, int axis, double margin)
{
    return 0.5 + (place[point][axis] - 0.5) / (1 + 2 * margin);
}

int mi_chip_by_points(const double chip[5][2], const mien_point photo[5],
                      mien_similarity *out)
{
    double p[2] = {0, 0}, q[2] = {0, 0}, square = 0, a = 0, b = 0;
    for (int i = 0; i < 5; i++) {
        p[0] += chip[i][0] / 5;
        p[1] += chip[i][1] / 5;
        q[0] += ((double)photo[i].x - 0.5) / 5;
        q[1] += ((double)photo[i].y - 0.5) / 5;
    }
    for (int i = 0; i < 5; i++) {
        double px = chip[i][0] - p[0], py = chip[i][1] - p[1];
        double qx = (double)photo[i].x - 0.5 - q[0];
        double qy = (double)photo[i].y - 0.5 - q[1];
        square += px * px + py * py;
        a += px * qx + py * qy;
        b += py * qx - px * qy;
    }
    a /= square;
    b /= square;
    *out = (mien_similarity){(float)a, (float)b,
                             (float)(q[0] - a * p[0] - b * p[1]),
                             (float)(q[1] + b * p[0] - a * p[1])};
    double scale = hypot(a, b);
    return isfinite(scale) && scale > 0;
}

/* From pixel centres of a chip to the photo's; 0: the points lie on one spot.
 */
static int by_points(const mien_face *f, int side, double margin,
                     mien_similarity *out)
{
    double chip[5][2];
    for (int i = 0; i < 5; i++)
        for (int axis = 0; axis < 2; axis++)
            chip[i][axis] = place_of(i, axis, margin) * side - 0.5;
    return mi_chip_by_points(chip, f->keypoints, out);
}

/* The same for the square around the middle of a box; 0: it has no area. */
static int by_box(const mien_face *f, int side, double margin,
                  mien_similarity *out)
{
    double w = (double)f->box.width, h = (double)f->box.height;
    double x = (double)f->box.x + w / 2, y = (double)f->box.y + h / 2;
    double scale = fmax(w, h) * (1 + 2 * margin) / side;
    double to_edge = (0.5 - side / 2.0) * scale - 0.5;
    *out = (mien_similarity){(float)scale, 0, (float)(x + to_edge),
                             (float)(y + to_edge)};
    return isfinite(scale) && scale > 0 && isfinite(x + y);
}

mien_status mien_face_place(const mien_face *face, mien_chip_by by, int side,
                            double margin, mien_similarity *out,
                            mien_error *err)
{
    mien_similarity to;
    if (side < 1 || side > MIEN_FACE_MAX_INPUT || !(margin >= -0.4) ||
        !(margin <= 10))
        return mi_fail(err, MIEN_EARG,
                       "a chip of %d pixels with a margin of %g: wanted 1..%d "
                       "and -0.4..10",
                       side, margin, MIEN_FACE_MAX_INPUT);
    if (by == MIEN_CHIP_BOX
            ? !by_box(face, side, margin, &to)
            : face->n_keypoints != 5 || !by_points(face, side, margin, &to))
        return mi_fail(
            err, MIEN_EARG, "a face with %d points, its box %g x %g: wanted %s",
            face->n_keypoints, (double)face->box.width,
            (double)face->box.height,
            by == MIEN_CHIP_BOX ? "a box with an area" : "5 points apart");
    *out = to;
    return MIEN_OK;
}

mien_status mien_face_cut(const mien_image *photo, mien_similarity to, int side,
                          mien_image *out, mien_error *err)
{
    mien_image large = {0};
    double scale = hypot((double)to.a, (double)to.b);
    int larger = scale < 1            ? 1
                 : scale > LARGER_MAX ? LARGER_MAX
                                      : (int)ceil(scale);
    if (side * larger > MIEN_FACE_MAX_INPUT)
        larger = side < MIEN_FACE_MAX_INPUT ? MIEN_FACE_MAX_INPUT / side : 1;
    float k = (float)larger, shift = 0.5f / k - 0.5f;
    to = (mien_similarity){to.a / k, to.b / k, to.tx + (to.a + to.b) * shift,
                           to.ty + (to.a - to.b) * shift};
    mien_status st =
        mien_image_warp(photo, to, side * larger, side * larger, &large, err);
    if (!st && larger == 1) {
        *out = large;
        return st;
    }
    if (!st)
        st = mien_image_resize(&large, side, side, MIEN_AREA, out, err);
    mien_image_free(&large);
    return st;
}

mien_status mien_face_chip(const mien_image *photo, const mien_face *face,
                           int side, mien_image *out, mien_error *err)
{
    mien_similarity to;
    mien_status st = mien_face_place(face, MIEN_CHIP_POINTS, side, 0, &to, err);
    return st ? st : mien_face_cut(photo, to, side, out, err);
}
