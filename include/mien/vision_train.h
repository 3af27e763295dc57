/* mien/vision_train.h: train a cascade by boosting.
 *
 *   chips of the object + scenes without it
 *     -> mien_cascade_trainer_stage, again and again -> mien_cascade
 *
 * Each stage is boosted until it keeps a share of the positives (its hit rate)
 * and drops a share of the negatives that all stages before let through (its
 * false alarm rate).  After each stage the cascade so far is whole: write it
 * down, and a later run continues from there with the same bits.
 * Source: Viola and Jones 2004; Friedman, Hastie, Tibshirani, Additive Logistic
 * Regression, Annals of Statistics 28(2), 2000 (discrete, real, gentle). */
#ifndef MIEN_VISION_TRAIN_H
#define MIEN_VISION_TRAIN_H

#include "mien/vision.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum mien_boost {
    MIEN_BOOST_GENTLE, /* weighted least squares; OpenCV's default */
    MIEN_BOOST_DISCRETE,
    MIEN_BOOST_REAL
} mien_boost;

typedef enum mien_haar_set {
    MIEN_HAAR_BASIC, /* upright edges, lines and checkers */
    MIEN_HAAR_CORE,  /* and lines of four and a centre with surround */
    MIEN_HAAR_ALL    /* and those turned by 45 degrees */
} mien_haar_set;

/* Count the features of a window; 162,336 basic ones at 24 x 24.
 *
 *   set  which
 *   w    pixels, 1..MIEN_CASCADE_MAX_WINDOW
 *   h    the same */
MIEN_API int64_t mien_haar_count(mien_haar_set set, int w, int h);

/* Pictures of the object, all of one size. */
typedef struct mien_chips {
    int64_t n;
    int w, h;
    const uint8_t *data; /* [n, h, w] grey */
} mien_chips;

/* Count pictures without contrast: a detector passes over such windows, so a
 * cascade does not find them.
 *
 *   c  pictures of 3 x 3 pixels or more */
MIEN_API int64_t mien_chips_flat(const mien_chips *c);

/* Where negatives come from: n scenes, loaded when needed. */
typedef struct mien_scenes {
    int64_t n;
    /* Load scene i into out, freed with mien_gray_free by the trainer; 0 x 0
     * pixels: there is nothing to look at.  A failure ends the training with
     * it.  Called by one thread at a time. */
    mien_status (*load)(void *user, int64_t i, mien_gray *out, mien_error *err);
    void *user;
} mien_scenes;

typedef struct mien_cascade_progress {
    int stage; /* 0.. */
    int trees; /* of the stage so far; 0: negatives are being gathered */
    double hit, false_alarm;     /* of the stage so far, 0..1 */
    int64_t positives, consumed; /* used, of so many looked at */
    int64_t negatives, windows;  /* found, of so many windows looked at */
    double seconds;              /* since the stage began */
} mien_cascade_progress;

/* Begin with MIEN_CASCADE_TRAIN_DEFAULTS, or with zeros, which mean the same.
 */
typedef struct mien_cascade_train_options {
    mien_feature_kind kind;
    mien_haar_set set;
    mien_boost boost;
    int w, h;               /* the window; 0: 24 */
    int stages;             /* at most; 0: 20 */
    int64_t positives;      /* a stage; 0: 0.9 of the chips */
    int64_t negatives;      /* a stage; 0: as many as positives; both together
                               at most 32767 */
    double min_hit;         /* of a stage, 0..1; 0: 0.995 */
    double max_false_alarm; /* of a stage, 0..1; 0: 0.5 */
    double target;          /* stop when the cascade's false alarm rate is this
                               or less; 0: not before the last stage */
    double trim;         /* share of the weight that is trained on; 0: 0.95 */
    int depth;           /* of a tree, 1..8; 0: 1, a stump */
    int max_trees;       /* a stage; 0: 100 */
    int64_t cache_bytes; /* for sorted feature values; 0: 2 GiB */
    uint32_t seed;
    mien_pool *pool; /* NULL: one thread */
    /* Told now and then; return 0 to stop after this stage's tree. */
    int (*progress)(void *user, const mien_cascade_progress *p);
    void *user;
} mien_cascade_train_options;
#define MIEN_CASCADE_TRAIN_DEFAULTS                                           \
    {                                                                         \
        MIEN_FEATURE_HAAR, MIEN_HAAR_BASIC, MIEN_BOOST_GENTLE, 24, 24, 20, 0, \
            0, 0.995, 0.5, 0, 0.95, 1, 100, (int64_t)2 << 30, 0, NULL, NULL,  \
            NULL                                                              \
    }

typedef struct mien_cascade_trainer mien_cascade_trainer;

typedef struct mien_stage_report {
    int stage;
    int n_trees;
    double hit, false_alarm; /* of this stage on its training windows */
    double cascade_hit, cascade_false_alarm; /* of all stages so far */
    int64_t positives, consumed, negatives, windows;
    double seconds;
    const double *curve_hit, *curve_false; /* [n_trees] after each tree,
                                              borrowed until the next call */
} mien_stage_report;

/* Prepare to train.
 *
 *   options  copied; NULL is not allowed
 *   chips    borrowed while the trainer lives; of the window's size
 *   scenes   copied; what user points to is borrowed
 *   begin    a cascade of fewer stages to go on from; NULL: none
 *   out      owned by the caller; free with mien_cascade_trainer_free
 *
 * Fails with EARG (an option out of range, chips of another size, begin of
 * another window or kind, fewer than 2 positives, no scenes), EFORMAT (no
 * positive has contrast), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_cascade_trainer_new(
    const mien_cascade_train_options *options, const mien_chips *chips,
    const mien_scenes *scenes, const mien_cascade *begin,
    mien_cascade_trainer **out, mien_error *err);

/* Train the next stage.
 *
 *   t       a trainer
 *   report  what was reached
 *   more    set to 0 when training has ended: all stages, or so small a share
 *           of windows passes that the target is reached, or too few negatives
 *           are left (a quarter of those wanted), or progress said stop; in the
 *           last three cases no stage was added and report's n_trees may be 0
 *
 * Fails with EFORMAT (all scenes are smaller than the window or cannot be
 * loaded; fewer than 2 positives pass the stages before; no feature tells the
 * classes apart), ENOMEM and what scenes.load fails with. */
MIEN_API MIEN_CHECKED mien_status
mien_cascade_trainer_stage(mien_cascade_trainer *t, mien_stage_report *report,
                           int *more, mien_error *err);

/* Look at the cascade so far.
 *
 *   t  a trainer
 *
 * Borrowed until the next stage. */
MIEN_API const mien_cascade *
mien_cascade_trainer_get(const mien_cascade_trainer *t);

/* Release a trainer.
 *
 *   t  NULL is allowed */
MIEN_API void mien_cascade_trainer_free(mien_cascade_trainer *t);

#ifdef __cplusplus
}
#endif
#endif
