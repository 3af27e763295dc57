/* mien/samples_loader.h: labelled pictures as the tensors a network reads.
 *
 *   mien_labels -> mien_loader: load, cut, move and change by chance, scale
 *     -> mien_loader_prefetch: threads prepare the rows that come next
 *     -> mien_loader_fill: inputs [n, c, h, w] and targets of some rows
 *   mien_labels -> mien_digests -> mien_twins: the same picture in two sets
 *                              -> mien_set_digest: a name for the whole set
 *
 * What a row looks like depends on its number, the epoch and the seed alone: on
 * no order, no other row (but for mix-up: the rows it is filled with), and no
 * number of threads. */
#ifndef MIEN_SAMPLES_LOADER_H
#define MIEN_SAMPLES_LOADER_H

#include "mien/samples_labels.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what a loader is told ----------------------------------------------- */

/* How pictures are changed by chance: each at most so, up or down. */
typedef struct mien_augment {
    float mirror;     /* how often, 0..1; points and classes change sides */
    float turn;       /* degrees, 0..180 */
    float shift;      /* share of the cut's width and height, 0..1 */
    float grow;       /* share of its size, 0..0.9 */
    float shear;      /* x moves by so much of y, 0..1 */
    float brightness; /* share of the whole range, 0..1 */
    float contrast;   /* share of the distances from the mean, 0..1 */
    float blur;       /* deviation in pixels of the tensor, from 0 up; 0..8 */
    float cutout;     /* side of a square without a picture, as a share of the
                         cut's, from 0 up; 0..1 */
    float mix;        /* mix-up of two rows: alpha of its Beta distribution,
                         0.05..1; 0: none */
} mien_augment;
#define MIEN_AUGMENT_NONE            \
    {                                \
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
    }
#define MIEN_AUGMENT_MIRROR             \
    {                                   \
        0.5f, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
    }
#define MIEN_AUGMENT_FACES                                          \
    {                                                               \
        0.5f, 15, 0.06f, 0.12f, 0.06f, 0.12f, 0.25f, 0.7f, 0.25f, 0 \
    }

/* For points: boxes of any detector, heads on one side. */
#define MIEN_AUGMENT_POINTS                                        \
    {                                                              \
        0.5f, 30, 0.08f, 0.18f, 0.08f, 0.15f, 0.3f, 0.8f, 0.35f, 0 \
    }

/* What a network is to answer for a row. */
typedef enum mien_target_kind {
    MIEN_TARGET_POINTS, /* [points, 2] x, y in the cut, whose sides are 0..1 */
    MIEN_TARGET_CLASS,  /* [classes] 1 at the class of a task; 0 everywhere if
                           it is unknown */
    MIEN_TARGET_SHARES, /* [shares] */
    MIEN_TARGET_NUMBER, /* [1] */
    MIEN_TARGET_PICTURE /* [c, h, w] the input */
} mien_target_kind;

typedef struct mien_target {
    mien_target_kind kind;
    int of;       /* the task, or the column of numbers */
    float smooth; /* share that classes get alike, 0..1 */
} mien_target;

enum { MIEN_LOADER_MAX_TARGETS = 16, MIEN_LOADER_MAX_THREADS = 64 };

typedef struct mien_loader mien_loader;

/* Load a picture, upright; out is released by the caller.  Called by several
 * threads at once.  The text of an error need not name the picture. */
typedef mien_status mien_picture_load(void *arg, const char *name,
                                      mien_image *out, mien_error *err);

/* Begin with MIEN_LOADER_DEFAULTS. */
typedef struct mien_loader_options {
    mien_picture_load *load; /* NULL where the labels hold the pictures */
    void *arg;               /* for load */
    int w, h;                /* pixels of the tensor, 1..4096 */
    int gray;                /* 1: one channel; 0: red, green, blue */
    int boxed;               /* 1: the box is cut out; 0, or where there is
                                none: the whole picture */
    const mien_box *box;     /* [n] boxes instead of the labels' own, kept;
                                width 0: the whole picture */
    float margin;            /* share of the box that is added on each side,
                                -0.4..4 */
    int square;              /* 1: the shorter side is made as long */
    float mean[3], scale[3]; /* of channels: (v - mean) * scale of v 0..255 */
    mien_augment augment;
    const mien_target *target; /* [targets] copied */
    int targets;
    mien_pool *pool;     /* fills rows that are not ready; NULL: the caller */
    int threads;         /* more of them, that prepare rows; 0: none */
    int ahead;           /* rows they prepare at most; 0: 128 */
    int64_t cache_bytes; /* of pictures that stay in memory */
    uint32_t seed;
} mien_loader_options;
#define MIEN_LOADER_DEFAULTS                                                  \
    {                                                                         \
        NULL, NULL, 64, 64, 0, 0, NULL, 0, 0, {0, 0, 0},                      \
            {1 / 255.0f, 1 / 255.0f, 1 / 255.0f}, MIEN_AUGMENT_NONE, NULL, 0, \
            NULL, 0, 0, (int64_t)1 << 28, 1                                   \
    }

/* ---- make, use, free ----------------------------------------------------- */

/* Make a loader.
 *
 *   labels   borrowed while it lives
 *   options  copied
 *   out      owned by the caller; free with mien_loader_free
 *
 * Fails with EARG (a value out of its range, a target that is not there, a
 * target of points or numbers of which some are unknown), EUNSUP (a thread
 * could not be started), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_loader_new(const mien_labels *labels, const mien_loader_options *options,
                mien_loader **out, mien_error *err);

/* Stop the threads and release a loader; the labels stay.
 *
 *   l  NULL is allowed */
MIEN_API void mien_loader_free(mien_loader *l);

/* The elements of a row of a target.
 *
 *   l  a loader
 *   t  0..targets - 1, asserted */
MIEN_API int64_t mien_loader_target_size(const mien_loader *l, int t);

/* Fill in some rows.
 *
 *   l        a loader
 *   epoch    from 0 on: changed by chance; -1: as they are
 *   rows     [n] 0..labels->n - 1, asserted
 *   n        how many
 *   inputs   [1] of [n, c, h, w]
 *   targets  [targets] of [n, ...]
 *   weights  [n] 1; 0 for a row whose picture cannot be loaded: its inputs and
 *            targets are 0, and mien_loader_failure says why
 *
 * Allocates nothing but for pictures that are loaded.
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_loader_fill(
    mien_loader *l, int epoch, const int64_t *rows, int n, float *const *inputs,
    float *const *targets, float *weights, mien_error *err);

/* Say which rows are filled in next, so that threads prepare them; at most
 * `ahead` of them are.  Without threads nothing happens.
 *
 *   l      a loader
 *   epoch  of the rows
 *   rows   [n] 0..labels->n - 1, asserted
 *   n      how many */
MIEN_API void mien_loader_prefetch(mien_loader *l, int epoch,
                                   const int64_t *rows, int n);

/* A row as it is filled in, but as a picture, not mixed up.
 *
 *   l      a loader
 *   epoch  as for mien_loader_fill
 *   row    0..labels->n - 1, asserted
 *   out    w x h; free with mien_image_free
 *   point  [points] in pixels of out, or NULL
 *   label  [tasks] classes, or NULL
 *
 * Fails with what load fails with, EARG (a point far outside), ELIMIT,
 * ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_loader_picture(mien_loader *l, int epoch, int64_t row, mien_image *out,
                    mien_point *point, int *label, mien_error *err);

/* What is cut out of a row's picture when nothing is changed by chance.
 *
 *   l    a loader
 *   row  0..labels->n - 1, asserted
 *   out  in pixels of the picture; may reach outside
 *
 * Fails with what load fails with, EARG (a point far outside), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_loader_box(mien_loader *l, int64_t row,
                                                  mien_box *out,
                                                  mien_error *err);

/* How many rows could not be loaded so far.
 *
 *   l  a loader */
MIEN_API int64_t mien_loader_failures(const mien_loader *l);

/* Why a row could not be loaded; NULL if it was, or has not been tried.
 *
 *   l    a loader
 *   row  0..labels->n - 1, asserted */
MIEN_API const mien_error *mien_loader_failure(const mien_loader *l,
                                               int64_t row);

/* Which rows could not be loaded and why, lines of text: the first of them.
 *
 *   l    a loader
 *   out  the text is added */
MIEN_API void mien_loader_notes(const mien_loader *l, mien_buffer *out);

/* ---- the same picture twice ---------------------------------------------- */

/* The pixels of samples as SHA-256.  Zero-initialise before use; release with
 * mien_digests_free. */
typedef struct mien_digests {
    int64_t n;
    char (*digest)[65]; /* [n] "" if the picture cannot be loaded */
    int64_t failures;   /* how many cannot be */
    mien_error told[MIEN_LABELS_TOLD]; /* why, of the first of them */
} mien_digests;

/* Load every picture once.
 *
 *   labels  samples
 *   load    NULL where the labels hold the pictures
 *   arg     for load
 *   pool    NULL: one thread
 *   out     release with mien_digests_free
 *
 * Two pictures have the same digest if they have the same size and pixels.
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_digests_new(const mien_labels *labels,
                                                   mien_picture_load *load,
                                                   void *arg, mien_pool *pool,
                                                   mien_digests *out,
                                                   mien_error *err);

/* Release digests.
 *
 *   d  its fields are cleared; NULL is allowed */
MIEN_API void mien_digests_free(mien_digests *d);

/* Name a set by its pictures and all that is known of them: a digest that does
 * not change with the order of the samples, nor with the folder they are in.
 *
 *   labels  samples
 *   of      of mien_digests_new, of the same samples
 *   out     SHA-256: 64 hexadecimal digits and a zero byte
 *
 * A picture that cannot be loaded counts with its name and labels.  Fails with
 * ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_set_digest(const mien_labels *labels,
                                                  const mien_digests *of,
                                                  char out[65],
                                                  mien_error *err);

/* Find the pictures of one set that another holds too.
 *
 *   a      one set
 *   b      another
 *   twin   [a->n] the first of b that is the same, or -1
 *   count  how many have one
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_twins(const mien_digests *a,
                                             const mien_digests *b,
                                             int64_t *twin, int64_t *count,
                                             mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
