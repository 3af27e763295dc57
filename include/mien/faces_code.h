/* mien/faces_code.h: the face of a photo and its code, in memory.
 *
 *   photo -> mien_face_encode: its largest face as a chip, and the code
 *     code, changed (mien_code_add, mien_code_between)
 *       -> mien_coded_show: the face made of it, or only what changed, on the
 *          face's own pixels or in the photo
 *   codes -> mien_coder_decode -> mien_faces_show: trimmed, enlarged, sharpened
 */
#ifndef MIEN_FACES_CODE_H
#define MIEN_FACES_CODE_H

#include "mien/face.h"
#include "mien/picture_code.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How faces that were decoded are shown.  Zeros: as they are. */
typedef struct mien_faces_look {
    double trim; /* share of the width and height that is cut off at each side
                    first, where training had black: 0..0.4 */
    int side; /* pixels across, bilinear: 2..MIEN_FACE_MAX_INPUT; 0: the model's
                 own */
    const mien_sharpen *sharpen; /* after that, its radius in pixels of the
                                    model; borrowed; NULL: not */
} mien_faces_look;

/* Trim, enlarge and sharpen faces.
 *
 *   im    [n] each replaced
 *   n     how many
 *   look  how; NULL: nothing happens
 *
 * Fails with EARG, ELIMIT, ENOMEM; some are changed then. */
MIEN_API MIEN_CHECKED mien_status mien_faces_show(mien_image *im, int n,
                                                  const mien_faces_look *look,
                                                  mien_error *err);

/* ---- a face and its code ------------------------------------------------- */

/* A photo as a coder sees it.  Zero-initialise before use; release with
 * mien_coded_free. */
typedef struct mien_coded {
    const mien_image *photo; /* borrowed */
    mien_face face;          /* score 0: the photo is taken whole */
    mien_image chip;  /* the face, cut out at the width of the model's pictures,
                         or the photo brought to that square */
    mien_image again; /* what is made of the code; no pixels before
                         mien_coded_show */
    int units;
    float *code; /* [units] */
} mien_coded;

/* Release a face and its code.
 *
 *   c  its fields are cleared; NULL is allowed */
MIEN_API void mien_coded_free(mien_coded *c);

/* Cut out the largest face of a photo, and encode it.
 *
 *   c      a coder
 *   yunet  finds it; NULL: the photo is taken whole
 *   photo  borrowed while out is used
 *   out    release with mien_coded_free
 *
 * Fails with EFORMAT (no face, a code with numbers that are not finite),
 * ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_face_encode(mien_coder *c,
                                                   mien_analyzer *yunet,
                                                   const mien_image *photo,
                                                   mien_coded *out,
                                                   mien_error *err);

/* What the change is seen on. */
typedef enum mien_add_onto {
    MIEN_ONTO_CODE, /* the face as the model makes it of the code */
    MIEN_ONTO_FACE, /* the face's own pixels: only what the concept changes is
                       added */
    MIEN_ONTO_PHOTO /* the same in the whole photo, fading out around the face
                     */
} mien_add_onto;

/* Show a face with another code than its own.
 *
 *   c      the coder that encoded it
 *   from   a face and its code; again is filled in
 *   code   [units]
 *   onto   what the change is seen on
 *   look   of the code's face; of the face's own pixels its side; NULL: as they
 *          are
 *   out    owned by the caller; free with mien_image_free
 *
 * Fails with EARG (the look is out of range, a photo that was taken whole has
 * no face to be put back), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_coded_show(
    mien_coder *c, mien_coded *from, const float *code, mien_add_onto onto,
    const mien_faces_look *look, mien_image *out, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
