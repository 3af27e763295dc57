/* code.c: the face of a photo's file and its code. */
#include "faces/code.h"

#include "base/error.h"
#include "kit/image.h"

#include <string.h>

void mi_coded_free(mi_coded *c)
{
    mien_coded_free(&c->face);
    mien_photo_free(&c->photo);
}

mien_status mi_coded_load(mien_coder *c, mien_analyzer *yunet, const char *path,
                          mi_coded *out, mien_error *err)
{
    mien_error why = {0};
    *out = (mi_coded){0};
    mien_status st = mi_photo_load(path, NULL, &out->photo, &why);
    if (!st)
        st = mien_face_encode(c, yunet, &out->photo.im, &out->face, &why);
    if (!st)
        return st;
    mi_coded_free(out);
    return mi_file_fail(err, st, path, why.text);
}

mien_status mi_faces_code(mien_coder *c, mien_analyzer *yunet, const char *path,
                          float *code, mien_image *chip, mien_error *err)
{
    mi_coded got;
    mien_status st = mi_coded_load(c, yunet, path, &got, err);
    if (st)
        return st;
    memcpy(code, got.face.code, (size_t)got.face.units * sizeof *code);
    if (chip) {
        *chip = got.face.chip;
        got.face.chip = (mien_image){0};
    }
    mi_coded_free(&got);
    return MIEN_OK;
}
