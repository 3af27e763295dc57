/* mien/faces.h: faces of photos through an auto-encoder.
 *
 *   path of model.onnx -> mien_coder_load
 *     photos -> mien_faces_again: each face beside what is made of its code
 *     two photos -> mien_faces_between: frames from one face to the other
 *       -> mien_frames_save: a video, or a sheet; both: mien_faces_morph
 *
 * It is not in the WebAssembly library. */
#ifndef MIEN_FACES_H
#define MIEN_FACES_H

#include "mien/faces_code.h"
#include "mien/kit.h"
#include "mien/picture.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Prepare a model in a file (mien_coder_new).
 *
 *   path  model.onnx
 *   pool  NULL: one thread
 *   out   owned by the caller; free with mien_coder_free
 *
 * Fails with EIO, EFORMAT, ELIMIT, ENOMEM; the text begins with the path. */
MIEN_API MIEN_CHECKED mien_status mien_coder_load(const char *path,
                                                  mien_pool *pool,
                                                  mien_coder **out,
                                                  mien_error *err);

/* Find a model of faces: "vae/model.onnx" in the working folder, else
 * "faces/model.onnx" in a folder of models (mien_models_folder).
 *
 *   path  of a model, taken as it is; NULL: looked for
 *   out   [MIEN_PATH_MAX] its path
 *
 * 0: there is none, or the path is too long. */
MIEN_API int mien_coder_find(const char *path, char *out);

/* Draw the face of each photo, and beside it what a model makes of its code:
 * four pairs in a row.
 *
 *   c      a coder
 *   yunet  cuts out the largest face; NULL: photos are taken whole
 *   n      photos, 1 or more
 *   path   [n]
 *   look   how both are shown; NULL: as the model has them
 *   out    owned by the caller; free with mien_image_free
 *   notes  a line for each photo that is left out; NULL: not wanted
 *
 * Fails with EFORMAT (no photo is left), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_faces_again(mien_coder *c, mien_analyzer *yunet, int n,
                 const char *const *path, const mien_faces_look *look,
                 mien_image *out, mien_buffer *notes, mien_error *err);

/* Make frames from the face of one photo to that of another, in a straight line
 * of codes.
 *
 *   c      a coder
 *   yunet  as for mien_faces_again
 *   path   [2]
 *   steps  frames, 2 or more, asserted
 *   out    [steps] each freed with mien_image_free; zeros if it fails
 *
 * Fails with what mien_chip_load fails with, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_faces_between(mien_coder *c,
                                                     mien_analyzer *yunet,
                                                     const char *const path[2],
                                                     int steps, mien_image *out,
                                                     mien_error *err);

/* Save frames of one size: as .png or .jpg side by side, eight in a row, else
 * as a video (mien_movie_new).
 *
 *   path  its ending tells the kind
 *   im    [n] frames
 *   n     how many, 1 or more
 *   fps   of a video, 0.1..1000
 *
 * Fails with EIO, EARG, EUNSUP, ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_frames_save(const char *path,
                                                   const mien_image *im, int n,
                                                   double fps, mien_error *err);

/* All at once: mien_faces_between, mien_faces_show, mien_frames_save.
 *
 *   c      a coder
 *   yunet  as for mien_faces_again
 *   path   [2] photos
 *   to     the file to save
 *   steps  frames, 2 or more
 *   fps    of a video
 *   look   how frames are shown; NULL: as they are
 *
 * Fails with what those fail with. */
MIEN_API MIEN_CHECKED mien_status
mien_faces_morph(mien_coder *c, mien_analyzer *yunet, const char *const path[2],
                 const char *to, int steps, double fps,
                 const mien_faces_look *look, mien_error *err);

/* ---- how much of an identity is kept --------------------------------------
 */

/* Compare faces with what a model makes of them, by the network that recognises
 * people.
 *
 *   model   model.onnx of an auto-encoder
 *   models  a folder of models looked into before the others, or NULL
 *   set     of aligned faces (mien_aligned_image)
 *   row     [n] which of its samples; NULL: the first n
 *   n       how many; at most 200 of them are taken, at even distances
 *   out     set; its n is 0 where that network is not installed
 *
 * Fails with EFORMAT (no auto-encoder), ENOMEM, and what mien_analyzer_find
 * fails with. */
MIEN_API MIEN_CHECKED mien_status mien_identity_of(
    const mien_bytes *model, const char *models, const mien_picture_set *set,
    const int64_t *row, int64_t n, mien_identity *out, mien_error *err);

/* Judge a study (mien_picture_study_judge), and of aligned faces also how much
 * of an identity is kept.
 *
 *   s       has learned
 *   models  a folder of models looked into before the others, or NULL
 *   test    the set whose samples judge
 *
 * Fails with what mien_picture_study_judge and mien_identity_of fail with. */
MIEN_API MIEN_CHECKED mien_status mien_faces_judge(mien_picture_study *s,
                                                   const char *models,
                                                   const mien_picture_set *test,
                                                   mien_error *err);

/* Judge a model (mien_picture_evaluate), and of aligned faces also how much of
 * an identity is kept.
 *
 *   model    model.onnx
 *   models   a folder of models looked into before the others, or NULL
 *   set      pictures; aligned faces where mien_picture_view_of says so
 *   options  NULL: zeros
 *   out      free with mien_picture_verdict_free
 *
 * Fails with what mien_picture_evaluate and mien_identity_of fail with. */
MIEN_API MIEN_CHECKED mien_status mien_faces_evaluate(
    const mien_bytes *model, const char *models, const mien_picture_set *set,
    const mien_picture_evaluate_options *options, mien_picture_verdict *out,
    mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
