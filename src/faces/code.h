/* code.h: the face of a photo's file and its code. */
#ifndef MI_FACES_CODE_H
#define MI_FACES_CODE_H

#include "mien/faces_code.h"
#include "mien/kit.h"

/* A photo as a coder sees it; it stays where it is: the face borrows the
 * photo. */
typedef struct mi_coded {
    mien_photo photo;
    mien_coded face;
} mi_coded;

/* Release what mi_coded_load filled in. */
void mi_coded_free(mi_coded *c);

/* mien_face_encode of a file.  Texts of failures begin with the path. */
mien_status mi_coded_load(mien_coder *c, mien_analyzer *yunet, const char *path,
                          mi_coded *out, mien_error *err);

/* The same for the code alone, [units]; chip: freed by the caller, or NULL. */
mien_status mi_faces_code(mien_coder *c, mien_analyzer *yunet, const char *path,
                          float *code, mien_image *chip, mien_error *err);

#endif
