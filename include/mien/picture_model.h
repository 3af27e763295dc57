/* mien/picture_model.h: a model of pictures, asked about boxes of a photo.
 *
 *   bytes of model.onnx -> mien_picture_model_new
 *     -> _answers, _answer, _find: what it tells
 *     photo, boxes -> mien_picture_model_ask -> mien_picture_replies
 *
 * A box is cut out, scaled and coloured as in training; a network that was
 * trained on whole pictures gets the box as its picture. */
#ifndef MIEN_PICTURE_MODEL_H
#define MIEN_PICTURE_MODEL_H

#include "mien/picture.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A model; it does not change, so that several threads may ask it at once. */
typedef struct mien_picture_model mien_picture_model;

/* One thing that a model tells; all pointers are borrowed from it. */
typedef struct mien_picture_answer {
    const char *name;      /* of the network's output */
    const char *task;      /* as the labels called it: "smile" */
    mien_answer_kind kind; /* classes, points, or a number */
    int units;             /* numbers of a reply: a probability a class; x and y
                              a point; 1 */
    int names; /* units of classes; points, or 0 if they have none */
    const char *const *of; /* [names] of the classes or points */
} mien_picture_answer;

/* Read a model.
 *
 *   bytes  [n] model.onnx as mien_picture_study_save writes it, or a graph that
 *          mien_picture_name_classes was told about
 *   n      how many bytes
 *   out    owned by the caller; free with mien_picture_model_free
 *
 * Fails with EFORMAT (no such model, or one that tells nothing of a picture, as
 * an auto-encoder), EUNSUP, ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_picture_model_new(
    const uint8_t *bytes, size_t n, mien_picture_model **out, mien_error *err);

/* Release a model.
 *
 *   m  NULL is allowed */
MIEN_API void mien_picture_model_free(mien_picture_model *m);

/* How many answers a model has.
 *
 *   m  a model */
MIEN_API int mien_picture_model_answers(const mien_picture_model *m);

/* What one answer is.
 *
 *   m  a model
 *   i  0..answers - 1, asserted */
MIEN_API mien_picture_answer
mien_picture_model_answer(const mien_picture_model *m, int i);

/* Find an answer: its number, or -1.
 *
 *   m     a model
 *   kind  of the answer
 *   task  compared byte by byte; NULL: any, if there is one of that kind */
MIEN_API int mien_picture_model_find(const mien_picture_model *m,
                                     mien_answer_kind kind, const char *task);

/* Where the points lay in the pictures that a model was judged by, on average:
 * the box around them, in shares of the picture.
 *
 *   m  a model
 *
 * Width 0: unknown, as of a model that was trained on boxes, or without points.
 * A box that has a face's points there shows it as those pictures did. */
MIEN_API mien_box mien_picture_model_frame(const mien_picture_model *m);

/* What a model says.  Zero-initialise before use; release with
 * mien_picture_replies_free. */
typedef struct mien_picture_replies {
    int64_t n;                     /* boxes */
    float *value[MIEN_MAX_LOSSES]; /* of each answer [n, units]: probabilities
                                      at the temperature, points in pixels of
                                      the photo, numbers */
} mien_picture_replies;

typedef struct mien_picture_ask_options {
    int mirror;      /* 1: the mean of a picture and its mirror */
    mien_pool *pool; /* NULL: one thread */
} mien_picture_ask_options;

/* Ask a model about a photo.
 *
 *   m        a model
 *   photo    any size; only read
 *   n        boxes
 *   box      [n] in pixels of the photo, which they may leave; border pixels go
 *            on outside.  NULL, and n is 1: the whole photo
 *   options  NULL: zeros
 *   out      release with mien_picture_replies_free
 *
 * A reply depends on its own box alone, but for the rounding of sums; the same
 * bits for any number of threads.
 * Fails with EARG (a box without area, or far away; a mirror of points without
 * names), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_picture_model_ask(
    const mien_picture_model *m, const mien_image *photo, int n,
    const mien_box *box, const mien_picture_ask_options *options,
    mien_picture_replies *out, mien_error *err);

/* Release replies.
 *
 *   r  its fields are cleared; NULL is allowed */
MIEN_API void mien_picture_replies_free(mien_picture_replies *r);

#ifdef __cplusplus
}
#endif
#endif
