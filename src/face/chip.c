/* chip.c: a face cut out, turned and scaled so that its five points lie where
 * those of every chip do.
 *
 * The similarity that brings the points of the chip, p, to those of the photo,
 * q, with the least squares: with both taken from their means,
 *   a = sum (px qx + py qy) / sum p^2,  b = sum (py qx - px qy) / sum p^2.
 * Source: Umeyama, IEEE PAMI 13(4), 1991, in the plane, where turn and scale
 * are one complex number. */
#include "mien/face.h"

#include "base/error.h"

#include <math.h>

/* Of the chip's side: eyes, nose tip, corners of the mouth; a whole head with
 * some of what is around it. */
static const double place[5][2] = {
    {0.35, 0.42}, {0.65, 0.42}, {0.5, 0.58}, {0.38, 0.74}, {0.62, 0.74}};

/* How often a chip is made larger than it is wanted, so that pixels of a large
 * photo are averaged. */
enum { LARGER_MAX = 16 };

/* From pixel centres of a chip to the photo's; 0: the points lie on one spot.
 */
static int find_similarity(const mien_face *f, int side, mien_similarity *out)
{
    double p[2] = {0, 0}, q[2] = {0, 0}, square = 0, a = 0, b = 0;
    for (int i = 0; i < 5; i++) {
        p[0] += (place[i][0] * side - 0.5) / 5;
        p[1] += (place[i][1] * side - 0.5) / 5;
        q[0] += ((double)f->keypoints[i].x - 0.5) / 5;
        q[1] += ((double)f->keypoints[i].y - 0.5) / 5;
    }
    for (int i = 0; i < 5; i++) {
        double px = place[i][0] * side - 0.5 - p[0];
        double py = place[i][1] * side - 0.5 - p[1];
        double qx = (double)f->keypoints[i].x - 0.5 - q[0];
        double qy = (double)f->keypoints[i].y - 0.5 - q[1];
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

mien_status mien_face_chip(const mien_image *photo, const mien_face *face,
                           int side, mien_image *out, mien_error *err)
{
    mien_similarity to;
    mien_image large = {0};
    if (face->n_keypoints != 5 || side < 1 || side > MIEN_FACE_MAX_INPUT ||
        !find_similarity(face, side, &to))
        return mi_fail(err, MIEN_EARG,
                       "a face with %d points, a chip of %d pixels: wanted 5 "
                       "points apart and 1..%d",
                       face->n_keypoints, side, MIEN_FACE_MAX_INPUT);
    double scale = hypot((double)to.a, (double)to.b);
    int larger = scale < 1            ? 1
                 : scale > LARGER_MAX ? LARGER_MAX
                                      : (int)ceil(scale);
    if (side * larger > MIEN_FACE_MAX_INPUT)
        larger = MIEN_FACE_MAX_INPUT / side;
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
