/* chip.c: a face cut out of a photo. */
#include "faces/chip.h"

mien_status mi_face_chip(const mien_image *photo, const mien_reading *r,
                         const mien_face *face, const mien_crop_options *o,
                         mien_image *out, mien_error *err)
{
    mien_face f = *face;
    mien_faces one = {.n = 1, .face = &f};
    mien_similarity to;
    mien_faces_scale(&one, (float)photo->w / (float)r->w,
                     (float)photo->h / (float)r->h);
    mien_status st = mien_face_place(&f, o->by, o->side, o->margin, &to, err);
    return st ? st : mien_face_cut(photo, to, o->side, out, err);
}
