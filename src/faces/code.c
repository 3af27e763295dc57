/* code.c: the face of a photo and its code. */
#include "faces/code.h"

#include "base/error.h"
#include "kit/image.h"

#include <math.h>

void mi_coded_free(mi_coded *c)
{
    mien_photo_free(&c->photo);
    mien_image_free(&c->chip);
}

/* Find the largest face and cut it out. */
static mien_status cut_out(mien_analyzer *yunet, int side, mi_coded *c,
                           mien_error *err)
{
    mien_faces faces = {0};
    if (!yunet)
        return mien_image_resize(&c->photo.im, side, side, MIEN_AREA, &c->chip,
                                 err);
    mien_status st = mien_analyzer_run(yunet, &c->photo.im, &faces, err);
    const mien_face *largest = st ? NULL : mien_faces_largest(&faces, 0);
    if (largest)
        c->face = *largest;
    mien_faces_free(&faces);
    if (st)
        return st;
    return largest ? mien_face_chip(&c->photo.im, &c->face, side, &c->chip, err)
                   : mi_fail(err, MIEN_EFORMAT, "no face found");
}

mien_status mi_coded_load(mien_coder *c, mien_analyzer *yunet, const char *path,
                          mi_coded *out, float *code, mien_error *err)
{
    mien_coder_info size = mien_coder_get_info(c);
    mi_coded got = {0};
    mien_error why = {0};
    mien_status st = mi_photo_load(path, NULL, &got.photo, &why);
    if (!st)
        st = cut_out(yunet, size.w, &got, &why);
    if (!st)
        st = mien_coder_encode(c, &got.chip, code, NULL, &why);
    for (int i = 0; i < size.units && !st; i++)
        if (!isfinite(code[i]))
            st = mi_fail(&why, MIEN_EFORMAT,
                         "the model makes of this face a code with %g in it",
                         (double)code[i]);
    if (!st) {
        *out = got;
        return st;
    }
    mi_coded_free(&got);
    return mi_file_fail(err, st, path, why.text);
}

mien_status mi_faces_code(mien_coder *c, mien_analyzer *yunet, const char *path,
                          float *code, mien_image *chip, mien_error *err)
{
    mi_coded got = {0};
    mien_status st = mi_coded_load(c, yunet, path, &got, code, err);
    if (st)
        return st;
    if (chip) {
        *chip = got.chip;
        got.chip = (mien_image){0};
    }
    mi_coded_free(&got);
    return MIEN_OK;
}
