/* mien/faces_models.h: models of one's own that read faces.
 *
 *   paths of model.onnx -> mien_own_models_load
 *     photo, its faces -> mien_own_models_read: expression, points, attributes
 *
 * A model is one of pictures (mien/picture_model.h), asked about the box of
 * each face; one that knows where points lay in whole pictures, about the
 * square that shows the face's five keypoints there.  It is not in the
 * WebAssembly library. */
#ifndef MIEN_FACES_MODELS_H
#define MIEN_FACES_MODELS_H

#include "mien/face.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Models that were loaded; they do not change, so that several threads may read
 * with them at once. */
typedef struct mien_own_models mien_own_models;

typedef struct mien_own_models_options {
    const char *expression; /* file of a model with one task of classes, told as
                               "expression"; NULL: none */
    const char *landmarks;  /* file of a model with points, at most 68, told as
                               the face's landmarks; NULL: none */
    int attributes;
    const char *const *attribute; /* [attributes] tasks of classes of the model
                                     of landmarks that are told, too */
} mien_own_models_options;

/* Load models.
 *
 *   options  the names in it are borrowed while the models live
 *   out      owned by the caller; free with mien_own_models_free
 *
 * Fails with EIO, EFORMAT (no model of pictures, or one that does not tell what
 * is wanted: the text says what it tells), EARG (attributes without a model of
 * landmarks, or too many), EUNSUP, ELIMIT, ENOMEM; the text begins with the
 * path. */
MIEN_API MIEN_CHECKED mien_status
mien_own_models_load(const mien_own_models_options *options,
                     mien_own_models **out, mien_error *err);

/* Release models.
 *
 *   m  nothing that was read with them is used any more; NULL is allowed */
MIEN_API void mien_own_models_free(mien_own_models *m);

/* Their digests: tasks are "expression-model" and "landmark-model".
 *
 *   m    models
 *   out  [2] the first are set
 *
 * Returns how many. */
MIEN_API int mien_own_models_digests(const mien_own_models *m,
                                     mien_model_digest out[2]);

/* Read the faces of a photo.
 *
 *   m      models
 *   photo  as mien_reader_read gives it; only read
 *   r      what it gave.  Its faces get landmarks and choices; a photo whose
 *          faces were read after a turn is turned for the models, too
 *   pool   NULL: one thread
 *
 * The same bits for any number of threads.
 * Fails with EARG (a face's box has no area), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_own_models_read(const mien_own_models *m,
                                                       const mien_image *photo,
                                                       mien_reading *r,
                                                       mien_pool *pool,
                                                       mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
