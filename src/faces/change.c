/* change.c: a face with another code than its own.
 *
 * Onto a face or photo, only what the code changes is added to its pixels:
 * decoded(code) - decoded(code of the face), bilinear between the model's
 * pixels, so that detail which the model does not hold stays. */
#include "mien/faces_code.h"

#include "base/error.h"

#include <math.h>

/* How much of a chip's side lies between nothing of the change and all. */
static const double EDGE = 0.2;

/* What is changed, and by what. */
typedef struct change {
    mien_image before, after; /* decoded, one size */
    double to_model;          /* rows of the model a row of the chip */
    int feather;              /* 1: it fades out at the chip's edges */
} change;

/* How much of the change counts at a place of the chip. */
static double weight_at(const change *c, double x, double y)
{
    double w = c->before.w;
    double near = fmin(fmin(x, w - 1 - x), fmin(y, w - 1 - y)) + 0.5;
    double t = fmin(fmax(near / (EDGE * w), 0), 1);
    return c->feather ? t * t * (3 - 2 * t) : 1;
}

/* The difference of one channel of a pixel. */
static double difference(const change *c, int x, int y, int channel)
{
    ptrdiff_t at = y * c->before.stride + (ptrdiff_t)x * 3 + channel;
    return (double)c->after.data[at] - (double)c->before.data[at];
}

/* The difference between the model's pixels, by the nearest at its edges. */
static double difference_at(const change *c, double x, double y, int channel)
{
    int w = c->before.w, h = c->before.h;
    x = fmin(fmax(x, 0), w - 1);
    y = fmin(fmax(y, 0), h - 1);
    int x0 = (int)x, y0 = (int)y;
    int x1 = x0 + 1 < w ? x0 + 1 : x0, y1 = y0 + 1 < h ? y0 + 1 : y0;
    double fx = x - x0, fy = y - y0;
    return (1 - fy) * ((1 - fx) * difference(c, x0, y0, channel) +
                       fx * difference(c, x1, y0, channel)) +
           fy * ((1 - fx) * difference(c, x0, y1, channel) +
                 fx * difference(c, x1, y1, channel));
}

/* Add the change to an image; to: from its pixels to the chip's. */
static void add_change(const change *c, mien_similarity to, mien_image *im)
{
    double a = (double)to.a, b = (double)to.b;
    for (int v = 0; v < im->h; v++)
        for (int u = 0; u < im->w; u++) {
            double x = a * u + b * v + (double)to.tx;
            double y = -b * u + a * v + (double)to.ty;
            double weight = weight_at(c, x, y);
            uint8_t *p = im->data + v * im->stride + (ptrdiff_t)u * 3;
            if (weight <= 0)
                continue;
            y = (y + 0.5) * c->to_model - 0.5;
            for (int i = 0; i < 3; i++) {
                double value = p[i] + weight * difference_at(c, x, y, i);
                p[i] = (uint8_t)(fmin(fmax(value, 0), 255) + 0.5);
            }
        }
}

/* The way back of a similarity that is one. */
static mien_similarity inverse(mien_similarity s)
{
    double a = (double)s.a, b = (double)s.b, square = a * a + b * b;
    double ia = a / square, ib = -b / square;
    return (mien_similarity){(float)ia, (float)ib,
                             (float)-(ia * (double)s.tx + ib * (double)s.ty),
                             (float)-(-ib * (double)s.tx + ia * (double)s.ty)};
}

/* The face's own pixels at the size that is shown, with the change. */
static mien_status onto_face(const mien_coded *from, const change *c, int side,
                             mien_image *out, mien_error *err)
{
    float k = (float)c->before.w / (float)side;
    const mien_similarity to = {k, 0, 0.5f * k - 0.5f, 0.5f * k - 0.5f};
    mien_status st =
        from->face.n_keypoints
            ? mien_face_chip(from->photo, &from->face, side, out, err)
            : mien_image_resize(from->photo, side, side, MIEN_AREA, out, err);
    if (!st)
        add_change(c, to, out);
    return st;
}

/* The whole photo with the change. */
static mien_status onto_photo(const mien_coded *from, const change *c,
                              mien_image *out, mien_error *err)
{
    mien_similarity to;
    if (!from->face.n_keypoints)
        return mi_fail(err, MIEN_EARG,
                       "a change is put back into a photo where faces are cut "
                       "out; these are taken whole");
    mien_status st = mien_face_place(&from->face, MIEN_CHIP_POINTS, c->before.w,
                                     0, &to, err);
    if (!st)
        st = mien_image_copy(from->photo, out, err);
    if (!st)
        add_change(c, inverse(to), out);
    return st;
}

/* The face that is made of a code. */
static mien_status onto_code(const mien_faces_look *look, mien_image *after,
                             mien_image *out, mien_error *err)
{
    mien_status st = mien_faces_show(after, 1, look, err);
    if (!st) {
        *out = *after;
        *after = (mien_image){0};
    }
    return st;
}

mien_status mien_coded_show(mien_coder *c, mien_coded *from, const float *code,
                            mien_add_onto onto, const mien_faces_look *look,
                            mien_image *out, mien_error *err)
{
    mien_image after = {0};
    mien_status st = MIEN_OK;
    int side = look && look->side ? look->side : mien_coder_get_info(c).w;
    if (onto != MIEN_ONTO_CODE && !from->again.data)
        st = mien_coder_decode(c, from->code, &from->again, err);
    if (!st)
        st = mien_coder_decode(c, code, &after, err);
    if (st)
        return st;
    const change ch = {from->again, after, (double)after.h / after.w,
                       onto == MIEN_ONTO_PHOTO};
    if (onto == MIEN_ONTO_CODE)
        st = onto_code(look, &after, out, err);
    else if (onto == MIEN_ONTO_FACE)
        st = onto_face(from, &ch, side, out, err);
    else
        st = onto_photo(from, &ch, out, err);
    mien_image_free(&after);
    return st;
}
