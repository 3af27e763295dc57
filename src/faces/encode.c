/* encode.c: the largest face of a photo and its code. */
#include "mien/faces_code.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>

void mien_coded_free(mien_coded *c)
{
    if (!c)
        return;
    mien_image_free(&c->chip);
    mien_image_free(&c->again);
    mi_free(c->code);
    *c = (mien_coded){0};
}

/* Find the largest face and cut it out. */
static mien_status cut_out(mien_analyzer *yunet, int side, mien_coded *c,
                           mien_error *err)
{
    mien_faces faces = {0};
    if (!yunet)
        return mien_image_resize(c->photo, side, side, MIEN_AREA, &c->chip,
                                 err);
    mien_status st = mien_analyzer_run(yunet, c->photo, &faces, err);
    const mien_face *largest = st ? NULL : mien_faces_largest(&faces, 0);
    if (largest)
        c->face = *largest;
    mien_faces_free(&faces);
    if (st)
        return st;
    return largest ? mien_face_chip(c->photo, &c->face, side, &c->chip, err)
                   : mi_fail(err, MIEN_EFORMAT, "no face found");
}

mien_status mien_face_encode(mien_coder *c, mien_analyzer *yunet,
                             const mien_image *photo, mien_coded *out,
                             mien_error *err)
{
    mien_coder_info size = mien_coder_get_info(c);
    mien_coded got = {.photo = photo, .units = size.units};
    got.code = mi_alloc((size_t)size.units, sizeof *got.code);
    mien_status st = got.code ? MIEN_OK : mi_no_memory(err);
    if (!st)
        st = cut_out(yunet, size.w, &got, err);
    if (!st)
        st = mien_coder_encode(c, &got.chip, got.code, NULL, err);
    for (int i = 0; i < size.units && !st; i++)
        if (!isfinite(got.code[i]))
            st = mi_fail(err, MIEN_EFORMAT,
                         "the model makes of this face a code with %g in it",
                         (double)got.code[i]);
    if (st)
        mien_coded_free(&got);
    else
        *out = got;
    return st;
}
