/* code.h: the face of a photo and its code. */
#ifndef MI_FACES_CODE_H
#define MI_FACES_CODE_H

#include "mien/kit.h"
#include "mien/picture_code.h"

/* A photo as a coder sees it. */
typedef struct mi_coded {
    mien_photo photo;
    mien_face face;  /* score 0: the photo is taken whole */
    mien_image chip; /* the face, cut out at the width of the model's pictures,
                        or the photo brought to that square */
} mi_coded;

/* Release what mi_coded_load filled in. */
void mi_coded_free(mi_coded *c);

/* Read a photo, cut out its largest face (yunet NULL: take it whole), and
 * encode it; code [units].  Texts of failures begin with the path; EFORMAT for
 * a code that is not finite, too. */
mien_status mi_coded_load(mien_coder *c, mien_analyzer *yunet, const char *path,
                          mi_coded *out, float *code, mien_error *err);

/* The same for the code alone; chip: freed by the caller, or NULL. */
mien_status mi_faces_code(mien_coder *c, mien_analyzer *yunet, const char *path,
                          float *code, mien_image *chip, mien_error *err);

#endif
