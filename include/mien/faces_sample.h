/* mien/faces_sample.h: faces of nobody, and who is like whom.
 *
 *   model.onnx -> mien_codes_load: how the codes of its pictures are spread
 *     -> mien_faces_sample: faces of codes that were drawn
 *     -> mien_faces_walk: frames from one such face to the next, and back
 *   photo + photos -> mien_faces_near: those with the nearest codes
 *     -> mien_near_draw, mien_near_json
 *
 * In the WebAssembly library only codes and faces are drawn. */
#ifndef MIEN_FACES_SAMPLE_H
#define MIEN_FACES_SAMPLE_H

#include "mien/faces.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- faces of nobody ----------------------------------------------------- */

/* Read codes.json, which lies beside a model.
 *
 *   model  path of model.onnx
 *   c      made of it
 *   out    release with mien_codes_free; a mixture of 0 distributions when
 *          there is no such file
 *   notes  a line is added when there is none; or NULL
 *
 * Fails with EFORMAT (damaged, or of codes of another length), EUNSUP, ELIMIT,
 * ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_codes_load(const char *model,
                                                  const mien_coder *c,
                                                  mien_codes *out,
                                                  mien_buffer *notes,
                                                  mien_error *err);

/* How codes are drawn.  Begin with MIEN_SAMPLING_DEFAULTS. */
typedef struct mien_sampling {
    const mien_codes *codes; /* NULL, or without distributions: from the
                                standard normal distribution; borrowed */
    uint32_t seed;
    double spread; /* of codes around their mean, 0..10: 1 as they are, less for
                      faces that are more usual */
    int stops;     /* of a walk, 2..10000 */
} mien_sampling;
#define MIEN_SAMPLING_DEFAULTS \
    {                          \
        NULL, 1, 1, 8          \
    }

/* Draw codes.
 *
 *   units    numbers of a code, 1 or more, asserted
 *   options  NULL: MIEN_SAMPLING_DEFAULTS
 *   n        how many, 1 or more, asserted
 *   out      [n, units]
 *
 * Fails with EARG (an option out of range, codes of another length), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_codes_draw(int units,
                                                  const mien_sampling *options,
                                                  int n, float *out,
                                                  mien_error *err);

/* Draw the codes of mien_faces_walk.
 *
 *   units    numbers of a code, 1 or more, asserted
 *   options  as for mien_codes_draw, and how many stops
 *   steps    1 or more, asserted
 *   out      [steps, units]
 *
 * Fails with EARG (an option out of range, codes of another length), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_codes_walk(int units,
                                                  const mien_sampling *options,
                                                  int steps, float *out,
                                                  mien_error *err);

/* Draw faces.
 *
 *   c        a coder
 *   options  NULL: MIEN_SAMPLING_DEFAULTS
 *   n        how many, 1 or more, asserted
 *   out      [n] each freed with mien_image_free; zeros if it fails
 *
 * Fails with EARG (an option out of range), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_faces_sample(mien_coder *c, const mien_sampling *options, int n,
                  mien_image *out, mien_error *err);

/* Walk through codes that were drawn and back to the first, along a smooth
 * curve (Catmull and Rom), at even steps between each two.
 *
 *   c        a coder
 *   options  as for mien_faces_sample, and how many stops
 *   steps    frames, 1 or more, asserted; after the last comes the first
 *   out      [steps] each freed with mien_image_free; zeros if it fails
 *
 * Fails with EARG (an option out of range), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_faces_walk(mien_coder *c,
                                                  const mien_sampling *options,
                                                  int steps, mien_image *out,
                                                  mien_error *err);

/* ---- who is like whom ---------------------------------------------------- */

/* A photo and how far its code is. */
typedef struct mien_near {
    char *path;
    double distance; /* Euclid's, of the codes */
} mien_near;

/* The nearest photos.  Release with mien_near_free. */
typedef struct mien_near_list {
    int n;
    mien_near *item;  /* [n] the nearest first */
    int64_t left_out; /* photos without a face, or that could not be read */
} mien_near_list;

typedef struct mien_near_options {
    int most; /* photos that are kept, 1 or more */
    /* Called after each photo; not 0: stop.  NULL: not wanted. */
    int (*on_picture)(void *arg, int64_t done, int64_t of);
    void *arg;
} mien_near_options;

/* Release a list.
 *
 *   l  its fields are cleared; NULL is allowed */
MIEN_API void mien_near_free(mien_near_list *l);

/* Find the photos whose faces have the nearest codes.
 *
 *   c        a coder
 *   yunet    cuts out the largest face; NULL: photos are taken whole
 *   path     of the photo that is compared
 *   among    the others; the same file is passed over
 *   options  how many
 *   out      release with mien_near_free; of equals the first of the list
 *            comes first
 *   notes    a line for each photo that is left out; NULL: not wanted
 *
 * Fails with EARG (stopped, options), EFORMAT (no face in path, or in any of
 * the others), EIO and what mien_photo_load fails with. */
MIEN_API MIEN_CHECKED mien_status
mien_faces_near(mien_coder *c, mien_analyzer *yunet, const char *path,
                const mien_photo_list *among, const mien_near_options *options,
                mien_near_list *out, mien_buffer *notes, mien_error *err);

/* Draw the face of a photo, in a frame, and those that are near, each with its
 * distance, five in a row.
 *
 *   yunet  as for mien_faces_near
 *   path   of the photo that was compared
 *   near   what was found
 *   side   pixels of a face, 16..MIEN_FACE_MAX_INPUT
 *   out    owned by the caller; free with mien_image_free
 *
 * Fails with EARG, ELIMIT, ENOMEM, and what mien_chip_load fails with. */
MIEN_API MIEN_CHECKED mien_status mien_near_draw(mien_analyzer *yunet,
                                                 const char *path,
                                                 const mien_near_list *near,
                                                 int side, mien_image *out,
                                                 mien_error *err);

/* Add the record of what was found.
 *
 *   path   of the photo that was compared
 *   model  path of model.onnx
 *   near   what was found
 *   out    a line is added: {"schema", "file", "model", "near": [{"file",
 *          "distance"}], "left_out"} */
MIEN_API void mien_near_json(const char *path, const char *model,
                             const mien_near_list *near, mien_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
