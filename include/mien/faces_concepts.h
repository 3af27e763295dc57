/* mien/faces_concepts.h: what is added to a face's code to make it younger, or
 * wear glasses.
 *
 *   "age:0-5 - age:30-40" + labelled pictures -> mien_concept_learn: the mean
 *     code of the first minus that of the second
 *     -> concepts.json beside the model, used again: mien_concept_get
 *   photo + concept -> mien_faces_add: the face with the concept, more or less
 *
 * It is not in the WebAssembly library. */
#ifndef MIEN_FACES_CONCEPTS_H
#define MIEN_FACES_CONCEPTS_H

#include "mien/faces.h"
#include "mien/file.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIEN_CONCEPTS_MAX_BYTES ((size_t)1 << 26) /* of concepts.json */
enum {
    MIEN_CONCEPT_FEW = 30, /* pictures of a side, below which it is said */
    MIEN_CONCEPTS_MAX = 1000,
    MIEN_CONCEPT_MAX_UNITS = 1 << 20
};

/* A direction in the space of codes, and where it comes from. */
typedef struct mien_concept {
    char *text;      /* "age:0-5 - age:30-40" */
    char *labels;    /* the list or folder that told, "" for two folders */
    char digest[65]; /* SHA-256 of the names of its pictures */
    int aligned;     /* 1: faces were cut out by five points */
    int64_t n[2];    /* pictures behind the mean of each side */
    int units;
    float *vector; /* [units] the mean of the first minus that of the second */
} mien_concept;

/* Release a concept.
 *
 *   c  its fields are cleared; NULL is allowed */
MIEN_API void mien_concept_free(mien_concept *c);

/* Where pictures of a concept are.  Begin with MIEN_CONCEPT_DEFAULTS. */
typedef struct mien_concept_options {
    const char *labels; /* as mien_labels_load takes it; NULL: both sides are
                           folders of pictures, or the concept is stored */
    const char *images; /* folder of the pictures; NULL: the labels' own */
    int most;           /* pictures of a side, 1 or more; taken at even
                           distances */
    /* Called after each picture; not 0: stop.  NULL: not wanted. */
    int (*on_picture)(void *arg, int64_t done, int64_t of);
    void *arg;
} mien_concept_options;
#define MIEN_CONCEPT_DEFAULTS       \
    {                               \
        NULL, NULL, 500, NULL, NULL \
    }

/* Learn a concept from labelled pictures.
 *
 *   c        a coder
 *   yunet    cuts faces out as in training; NULL: pictures are taken whole
 *   text     "A - B" with blanks around the minus, or a minus sign, U+2212,
 *            without; a side is NAME:CLASS by name
 *            or number, NAME:LOW-HIGH, NAME:LOW- or NAME:VALUE of a number,
 *            or the name of a folder
 *   options  where pictures are
 *   out      release with mien_concept_free
 *   notes    lines are added: pictures without a face, few pictures; or NULL
 *
 * Fails with EARG (a text of another form, stopped), EFORMAT (no such label or
 * no face on a side; the text says what there is), EIO, ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_concept_learn(mien_coder *c, mien_analyzer *yunet, const char *text,
                   const mien_concept_options *options, mien_concept *out,
                   mien_buffer *notes, mien_error *err);

/* ---- concepts of a model -------------------------------------------------
 */

/* What was learned with one model.  Zero-initialise before use; release with
 * mien_concepts_free. */
typedef struct mien_concepts {
    char model[65]; /* SHA-256 of model.onnx */
    int n;
    mien_concept *item; /* [n] all of the model's units */
} mien_concepts;

/* Release concepts.
 *
 *   c  its fields are cleared; NULL is allowed */
MIEN_API void mien_concepts_free(mien_concepts *c);

/* Read concepts.json.
 *
 *   bytes  [n] {"mien": "concepts/1", "model": SHA-256, "concepts":
 *          [{"concept", "labels", "pictures_sha256", "aligned", "plus":
 *          pictures, "minus": pictures, "vector": [numbers]}]}
 *   n      how many bytes
 *   out    release with mien_concepts_free
 *
 * Fails with EFORMAT (the text names the concept and what is wrong), ELIMIT
 * (more than MIEN_CONCEPTS_MAX_BYTES), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_concepts_read(const uint8_t *bytes,
                                                     size_t n,
                                                     mien_concepts *out,
                                                     mien_error *err);

/* Write concepts.json.
 *
 *   c    concepts
 *   out  the text is added */
MIEN_API void mien_concepts_write(const mien_concepts *c, mien_buffer *out);

/* Get a concept that was stored beside the model, or learn and store it.
 *
 *   c        made of model
 *   model    path of model.onnx; concepts.json lies in its folder
 *   yunet    as for mien_concept_learn
 *   text     the same
 *   options  the same; without labels the stored concept of that text is taken
 *   out      release with mien_concept_free
 *   notes    lines are added, those of learning too; or NULL
 *
 * A stored concept is taken when it was learned with this model, of pictures of
 * the same names.  Where concepts.json cannot be written it is noted.
 * Fails with what mien_concept_learn fails with; EARG also when nothing is
 * stored and no labels are given, EFORMAT when concepts.json is damaged. */
MIEN_API MIEN_CHECKED mien_status
mien_concept_get(mien_coder *c, const char *model, mien_analyzer *yunet,
                 const char *text, const mien_concept_options *options,
                 mien_concept *out, mien_buffer *notes, mien_error *err);

/* ---- adding -------------------------------------------------------------- */

typedef struct mien_add_options {
    mien_add_onto onto;
    mien_faces_look look;  /* of a code; its side of a face too */
    int n;                 /* pictures, 1 or more, asserted */
    const float *strength; /* [n] how often the concept is added: 0 none, 1 as
                              learned, -1 taken away */
} mien_add_options;

/* Add a concept to the face of a photo.
 *
 *   c        a coder
 *   yunet    cuts out the largest face; NULL: the photo is taken whole
 *   path     of the photo
 *   concept  of this coder's model
 *   options  how much, and how it is shown
 *   out      [n] each freed with mien_image_free; zeros if it fails
 *
 * Fails with what mien_photo_load fails with; EFORMAT (no face, too), EARG (a
 * concept of another length, a photo without a cut face to put it back). */
MIEN_API MIEN_CHECKED mien_status
mien_faces_add(mien_coder *c, mien_analyzer *yunet, const char *path,
               const mien_concept *concept, const mien_add_options *options,
               mien_image *out, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
