/* mien/samples.h: labelled pictures by number, for training.
 *
 *   a text of objects or paths -> mien_sample_list
 *     -> mien_sample_set (pictures are loaded by a callback when needed)
 *     -> mien_sample_set_get: cut out, moved a little, by number and epoch
 *     -> mien_sample_set_chips, _scenes: what trains a cascade (vision_train.h)
 *   OpenCV's .vec -> mien_vec -> mien_vec_chips
 *
 * Nothing here opens a file or decodes one: lists and .vec files are read from
 * memory, and pictures come from the callback.  What a sample looks like in an
 * epoch depends on its number, the epoch and the seed alone. */
#ifndef MIEN_SAMPLES_H
#define MIEN_SAMPLES_H

#include "mien/image_gray.h"
#include "mien/vision_train.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- lists --------------------------------------------------------------- */

#define MIEN_SAMPLE_MAX_SIDE 1000000            /* pixels, also of a corner */
#define MIEN_SAMPLE_MAX_LIST ((size_t)64 << 20) /* bytes of a list */

/* What is to be learned from a picture. */
typedef struct mien_sample {
    int64_t picture; /* in the list's names */
    int x, y, w, h;  /* the object; w 0: the whole picture */
    int label;       /* its class */
    int line;        /* of the text it came from, from 1; 0: none */
} mien_sample;

/* Zero-initialise before use; release with mien_sample_list_free. */
typedef struct mien_sample_list {
    int64_t n;
    mien_sample *sample; /* [n] those of a picture follow each other */
    int64_t names;
    char **name; /* [names] of the pictures */
} mien_sample_list;

/* Add a picture with one sample.
 *
 *   list    changed
 *   name    of the picture, copied
 *   sample  copied but for its picture; NULL: the whole picture, of class 0
 *
 * Fails with EARG (a rectangle beyond MIEN_SAMPLE_MAX_SIDE), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_sample_list_add(mien_sample_list *list, const char *name,
                     const mien_sample *sample, mien_error *err);

/* Read objects in pictures, as opencv_createsamples has them.
 *
 *   bytes   [n] lines of "picture count x y width height ..."; empty lines and
 *           those that begin with # are passed over; names may have blanks,
 *           quotes around them, a backslash before blanks or for slashes
 *   n       how many bytes
 *   folder  put before names that do not begin with /; NULL: nothing is
 *   out     objects of class 1, and for a picture with count 0 the whole of it
 *           as class 0; release with mien_sample_list_free
 *
 * Fails with EFORMAT (the text names the line), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_object_list_read(const uint8_t *bytes,
                                                        size_t n,
                                                        const char *folder,
                                                        mien_sample_list *out,
                                                        mien_error *err);

/* Read the names of pictures, one a line; empty lines are passed over.
 *
 *   bytes   [n] the text
 *   n       how many bytes
 *   folder  put before names that do not begin with /; NULL: nothing is
 *   out     whole pictures of class 0; release with mien_sample_list_free
 *
 * Fails with EFORMAT (a zero byte), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_path_list_read(const uint8_t *bytes,
                                                      size_t n,
                                                      const char *folder,
                                                      mien_sample_list *out,
                                                      mien_error *err);

/* Release a list.
 *
 *   list  its fields are cleared; NULL is allowed */
MIEN_API void mien_sample_list_free(mien_sample_list *list);

/* Does enough of an object lie in its picture?  Of one from a text at least
 * half, of another all.
 *
 *   list  of the sample
 *   i     0..n - 1, asserted
 *   w     width of the picture
 *   h     its height
 *
 * Fails with EARG (not enough). */
MIEN_API MIEN_CHECKED mien_status mien_sample_fits(const mien_sample_list *list,
                                                   int64_t i, int w, int h,
                                                   mien_error *err);

/* ---- sets ---------------------------------------------------------------- */

/* How samples are moved a little: each at most so. */
typedef struct mien_jitter {
    float turn;  /* degrees */
    float shift; /* share of the object's size */
    float grow;  /* share by which it is larger or smaller */
} mien_jitter;
#define MIEN_JITTER     \
    {                   \
        8, 0.04f, 0.06f \
    }

typedef struct mien_sample_set mien_sample_set;

/* Begin with MIEN_SAMPLE_SET_DEFAULTS. */
typedef struct mien_sample_set_options {
    /* Load a picture, upright; out is released by the set.  The text of an
     * error need not name the picture. */
    mien_status (*load)(void *arg, const char *name, mien_image *out,
                        mien_error *err);
    void *arg;
    int64_t cache_bytes; /* of pictures that stay in memory */
    int w, h;            /* pixels of a sample */
    mien_jitter jitter;  /* of copies, and of epochs from 1 on */
    int mirror;          /* 1: mirrored as well: copies all, epochs every other
                            one by chance */
    uint32_t seed;
} mien_sample_set_options;
#define MIEN_SAMPLE_SET_DEFAULTS                                \
    {                                                           \
        NULL, NULL, (int64_t)1 << 30, 24, 24, MIEN_JITTER, 0, 1 \
    }

/* Make a set of a list.
 *
 *   list     borrowed while the set lives
 *   options  copied
 *   out      owned by the caller; free with mien_sample_set_free
 *
 * Fails with EARG (sizes out of range, no load), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_sample_set_new(
    const mien_sample_list *list, const mien_sample_set_options *options,
    mien_sample_set **out, mien_error *err);

/* Release a set; the list stays.
 *
 *   s  NULL is allowed */
MIEN_API void mien_sample_set_free(mien_sample_set *s);

/* How many samples there are.
 *
 *   s  a set */
MIEN_API int64_t mien_sample_set_count(const mien_sample_set *s);

/* The class of a sample.
 *
 *   s  a set
 *   i  0..count - 1, asserted */
MIEN_API int mien_sample_set_label(const mien_sample_set *s, int64_t i);

/* Cut out a sample.
 *
 *   s      a set; one call at a time
 *   i      0..count - 1, asserted
 *   epoch  0: as it is; others: moved and mirrored by chance
 *   out    w x h of the options; free with mien_image_free
 *
 * Border pixels go on where an object reaches out of its picture.  A picture
 * that cannot be loaded is not tried again.
 * Fails with what load fails with, EARG (the object lies outside), ELIMIT,
 * ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_sample_set_get(mien_sample_set *s,
                                                      int64_t i, int epoch,
                                                      mien_image *out,
                                                      mien_error *err);

/* The whole picture of a sample in grey.
 *
 *   s    a set; one call at a time
 *   i    0..count - 1, asserted
 *   out  free with mien_gray_free
 *
 * Fails with what load fails with, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_sample_set_gray(mien_sample_set *s,
                                                       int64_t i,
                                                       mien_gray *out,
                                                       mien_error *err);

/* How many pictures could not be loaded so far.
 *
 *   s  a set */
MIEN_API int64_t mien_sample_set_failures(const mien_sample_set *s);

/* Why the picture of a sample could not be loaded; NULL if it was, or has not
 * been tried.  Borrowed.
 *
 *   s  a set
 *   i  0..count - 1, asserted */
MIEN_API const mien_error *mien_sample_set_failure(const mien_sample_set *s,
                                                   int64_t i);

/* ---- for cascades -------------------------------------------------------- */

/* Cut out all objects (class 1 and more) in grey.
 *
 *   s       a set
 *   copies  more of each object, moved a little; drawn one after the other
 *           from the set's seed
 *   stop    asked before each; not 0: the rest is left out.  NULL: not wanted
 *   arg     for stop
 *   out     release with mien_chips_free
 *
 * Pictures that cannot be loaded are left out: see mien_sample_set_failure.
 * Fails with EARG (an object lies outside its picture), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_sample_set_chips(mien_sample_set *s, int copies, int (*stop)(void *arg),
                      void *arg, mien_chips *out, mien_error *err);

/* All pictures in grey as scenes without the object; those that cannot be
 * loaded are empty, and mien_sample_set_failure says why.
 *
 *   s  borrowed as long as they are used */
MIEN_API mien_scenes mien_sample_set_scenes(mien_sample_set *s);

/* Release chips.
 *
 *   c  its fields are cleared; NULL is allowed */
MIEN_API void mien_chips_free(mien_chips *c);

/* Samples of opencv_createsamples: grey, all of one size. */
typedef struct mien_vec {
    int64_t n;    /* whole samples that are there */
    int64_t said; /* samples by the file's head: more if it is cut off */
    int w, h;
    const uint8_t *data; /* borrowed: of each a byte, then 16-bit pixels */
} mien_vec;

/* Read a .vec file.
 *
 *   bytes  [n] the file; borrowed while the samples are used
 *   n      how many
 *   w      pixels of a sample: the file knows w * h alone
 *   h      the same
 *   out    the samples
 *
 * Fails with EFORMAT (another size, or cut off before the first sample). */
MIEN_API MIEN_CHECKED mien_status mien_vec_read(const uint8_t *bytes, size_t n,
                                                int w, int h, mien_vec *out,
                                                mien_error *err);

/* Read a sample.
 *
 *   v    samples
 *   i    0..n - 1, asserted
 *   out  [h, w] grey */
MIEN_API void mien_vec_get(const mien_vec *v, int64_t i, uint8_t *out);

/* All samples as chips.
 *
 *   v       samples
 *   mirror  1: each mirrored too
 *   out     release with mien_chips_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_vec_chips(const mien_vec *v, int mirror,
                                                 mien_chips *out,
                                                 mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
