/* look.c: how faces that were decoded are shown. */
#include "mien/faces_code.h"

#include "base/error.h"

/* Trim, enlarge and sharpen one face. */
static mien_status show(mien_image *im, const mien_faces_look *look,
                        mien_error *err)
{
    int x = (int)(look->trim * im->w), y = (int)(look->trim * im->h);
    const mien_image part = {im->w - 2 * x, im->h - 2 * y, im->stride,
                             im->data + y * im->stride + (ptrdiff_t)x * 3};
    int w = look->side ? look->side : part.w;
    int h = (int)((int64_t)part.h * w / part.w);
    mien_image large = {0}, sharp = {0};
    mien_status st =
        mien_image_resize(&part, w, h, MIEN_BILINEAR_CENTRE, &large, err);
    if (!st && look->sharpen) {
        mien_sharpen mask = *look->sharpen;
        mask.radius *= (double)w / part.w;
        st = mien_image_sharpen(&large, &mask, &sharp, err);
    }
    if (!st) {
        mien_image_free(im);
        *im = look->sharpen ? sharp : large;
    }
    if (st || look->sharpen)
        mien_image_free(&large);
    return st;
}

mien_status mien_faces_show(mien_image *im, int n, const mien_faces_look *look,
                            mien_error *err)
{
    mien_status st = MIEN_OK;
    if (!look)
        return st;
    if ((look->side && (look->side < 2 || look->side > MIEN_FACE_MAX_INPUT)) ||
        !(look->trim >= 0 && look->trim <= 0.4))
        return mi_fail(err, MIEN_EARG,
                       "faces of %d pixels, trimmed by %g: wanted 2..%d and "
                       "0..0.4",
                       look->side, look->trim, MIEN_FACE_MAX_INPUT);
    for (int i = 0; i < n && !st; i++)
        st = show(&im[i], look, err);
    return st;
}
