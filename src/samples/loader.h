/* loader.h: what the parts of a loader share. */
#ifndef MI_SAMPLES_LOADER_H
#define MI_SAMPLES_LOADER_H

#include "mien/samples_loader.h"

/* Where a pixel of the result lies in the picture: x' = xx x + xy y + tx,
 * y' = yx x + yy y + ty, in areas: the first pixel's centre is (0.5, 0.5). */
typedef struct mi_affine {
    float xx, xy, tx, yx, yy, ty;
} mi_affine;

/* A picture in memory, four bytes a pixel, made smaller by a whole number. */
typedef struct mi_source {
    int w, h;             /* as it is here */
    int whole_w, whole_h; /* before it was made smaller */
    int shrink;
    uint8_t *pixels; /* [h, w, 4] */
} mi_source;

/* What is drawn for a row: 0 and 1 where nothing changes. */
typedef struct mi_change {
    int mirror;
    float turn, dx, dy, grow, shear; /* turn in radians */
    float brightness, contrast, blur;
    float hole, hole_x, hole_y; /* shares of the cut */
    float mix;                  /* share of the row itself, 0.5..1 */
} mi_change;

/* Memory of one thread. */
typedef struct mi_lane {
    float *pixels; /* [h, w, 3] */
    float *spare;  /* [h, w, 3] */
    mi_source own; /* a picture that the labels hold */
} mi_lane;

struct mi_ahead;

struct mien_loader {
    const mien_labels *labels;
    mien_loader_options o;
    mien_target target[MIEN_LOADER_MAX_TARGETS];
    int64_t size[MIEN_LOADER_MAX_TARGETS]; /* of a row of a target */
    int *mirror[MIEN_LOADER_MAX_TARGETS];  /* points or classes, other side */
    int *mirror_point;                     /* [points] */
    int lanes;
    mi_lane *lane;      /* [lanes] of the pool's threads, then of its own */
    int64_t input, all; /* elements of a row: its input; with its targets */
    mi_source **kept;   /* [n] pictures that stay in memory */
    mien_error **error; /* [n] why a row could not be loaded */
    int64_t bytes;      /* of kept */
    int64_t failures;
    struct mi_ahead *ahead; /* NULL: no threads of its own */
};

/* ---- source.c ------------------------------------------------------------ */

/* The picture of a row.  *owned is 1 if mi_source_free has to release it after
 * use; 0: it is the loader's or the lane's. */
mien_status mi_loader_source(mien_loader *l, int64_t row, mi_lane *lane,
                             mi_source **out, int *owned, mien_error *err);
/* Release a picture; NULL is fine. */
void mi_source_free(mi_source *s);
/* What is cut out of a row's picture of w x h. */
mien_box mi_loader_cut(const mien_loader *l, int64_t row, int w, int h);
/* What is cut out for a box: grown, and made square, if so wished. */
mien_box mi_cut_of(mien_box b, float margin, int square);
/* The whole number by which a picture is made smaller for a cut that becomes
 * w x h. */
int mi_shrink_of(mien_box cut, int w, int h);
/* SHA-256 of a picture's size and pixels.  Fails with ENOMEM. */
mien_status mi_image_digest(const mien_image *im, char out[65]);
/* A picture that the labels hold as RGB. */
mien_status mi_labels_image(const mien_labels *l, int64_t row, mien_image *out,
                            mien_error *err);

/* ---- warp.c -------------------------------------------------------------- */

/* The map of a cut of `cut`, changed by `c`, to a result of w x h. */
mi_affine mi_affine_of(mien_box cut, const mi_change *c, int w, int h);
/* Where a point of the picture lies in the result. */
mien_point mi_affine_back(const mi_affine *a, mien_point p);
/* The result [h, w, 3], 0..255. */
void mi_warp(const mi_source *s, const mi_affine *a, int w, int h, float *out);

/* ---- change.c ------------------------------------------------------------ */

/* What is drawn for a row of an epoch; below 0: nothing. */
mi_change mi_change_of(const mien_augment *a, uint32_t seed, int epoch,
                       int64_t row);
/* Blur, brightness, contrast and hole; spare is as large as pixels. */
void mi_change_pixels(const mi_change *c, int w, int h, float *pixels,
                      float *spare);

/* ---- loader.c ------------------------------------------------------------ */

/* Prepare a row: its input and targets.  *weight is 0 if it cannot be loaded.
 * Fails with ENOMEM. */
mien_status mi_loader_row(mien_loader *l, int epoch, int64_t row, int lane,
                          float *input, float *const *targets, float *weight,
                          mien_error *err);

/* ---- ahead.c ------------------------------------------------------------- */

/* Start the threads that the options ask for. */
mien_status mi_ahead_start(mien_loader *l, mien_error *err);
/* End the threads. */
void mi_ahead_stop(mien_loader *l);
/* Ask for rows. */
void mi_ahead_ask(mien_loader *l, int epoch, const int64_t *rows, int n);
/* Copy a row that is ready.  0: it is not asked for, or not begun and now taken
 * back; -1: a thread is at it.  wait: until it is done.  A row that is ready
 * but failed sets *st. */
int mi_ahead_take(mien_loader *l, int epoch, int64_t row, int wait,
                  float *input, float *const *targets, float *weight,
                  mien_status *st);
/* A fill begins: rows that nobody asked for since long are forgotten. */
void mi_ahead_tick(mien_loader *l);
/* Only one thread between the two. */
void mi_loader_lock(const mien_loader *l);
/* Let the next thread in. */
void mi_loader_unlock(const mien_loader *l);

#endif
