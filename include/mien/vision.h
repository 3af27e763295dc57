/* mien/vision.h: cascades of boosted classifiers (Viola and Jones).
 *
 *   XML of OpenCV -> mien_cascade -> mien_cascade_detect -> rectangles
 *
 * A window of fixed size slides over the picture at many scales.  A cascade is
 * a row of stages; each sums the votes of small decision trees over Haar or LBP
 * features, and a window must reach every stage's threshold.
 * Rectangles are in pixels of the picture given, x right, y down.
 * Source: Viola and Jones, Robust Real-Time Face Detection, IJCV 57(2), 2004;
 * Lienhart and Maydt, ICIP 2002 (tilted features); Liao et al., ICB 2007
 * (multi-block LBP). */
#ifndef MIEN_VISION_H
#define MIEN_VISION_H

#include "mien/image_gray.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- integral images ---------------------------------------------------- */

/* Sums over all pixels above and to the left, so that the sum of any rectangle
 * takes four reads; all modulo 2^32. */
typedef struct mien_integral {
    int w, h;         /* of the picture */
    ptrdiff_t stride; /* numbers from one row to the next, >= w + 1 */
    uint32_t *sum;    /* [h + 1, stride] */
    uint32_t *square; /* [h + 1, stride] of squares */
    uint32_t *tilted; /* [h + 1, stride] of triangles whose point is below, with
                         sides at 45 degrees; NULL: not wanted */
} mien_integral;

/* Sum a picture up.
 *
 *   g       any plane
 *   tilted  1: the sums for tilted rectangles too
 *   out     owned by the caller; free with mien_integral_free
 *
 * sum[y][x] = sum over y' < y, x' < x of g[y'][x'];
 * tilted[y][x] = sum over y' < y, |x' - x + 1| <= y - y' - 1 of g[y'][x'].
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_integral_new(const mien_gray *g,
                                                    int tilted,
                                                    mien_integral *out,
                                                    mien_error *err);

/* Release the sums.
 *
 *   s  its fields are cleared; NULL is allowed */
MIEN_API void mien_integral_free(mien_integral *s);

/* ---- cascades ----------------------------------------------------------- */

typedef struct mien_cascade mien_cascade;

typedef enum mien_feature_kind {
    MIEN_FEATURE_HAAR, /* weighted sums of two or three rectangles */
    MIEN_FEATURE_LBP   /* 8 bits: which of the blocks around are as bright */
} mien_feature_kind;

typedef struct mien_cascade_info {
    mien_feature_kind kind;
    int w, h; /* the window in pixels */
    int n_stages, n_trees, n_nodes;
    int n_features; /* different ones that trees read */
    int has_tilted; /* 1: some lie at 45 degrees */
    int max_depth;  /* 1: stumps only */
} mien_cascade_info;

#define MIEN_CASCADE_MAX_WINDOW 512
#define MIEN_CASCADE_MAX_STAGES 1000
#define MIEN_CASCADE_MAX_NODES 200000
#define MIEN_CASCADE_MAX_FEATURES 200000

/* Read a cascade.
 *
 *   xml  [n] the text of OpenCV's XML, as opencv_traincascade writes it, or in
 *        the older form of opencv_haartraining
 *   n    bytes
 *   out  owned by the caller; free with mien_cascade_free
 *
 * Document types and entities are refused.
 * Fails with EFORMAT (not XML, not a cascade; the text names line, element,
 * value found and value wanted), EUNSUP (HOG features), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_cascade_read(const uint8_t *xml,
                                                    size_t n,
                                                    mien_cascade **out,
                                                    mien_error *err);

/* Take a cascade that lies inside the library.
 *
 *   name  "face": mien's own, frontal faces
 *   out   owned by the caller; free with mien_cascade_free
 *
 * Fails with EARG (no such name), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_cascade_own(const char *name,
                                                   mien_cascade **out,
                                                   mien_error *err);

/* Write a cascade as XML that OpenCV 4 reads.
 *
 *   c    a cascade
 *   out  owned by the caller; free with mien_bytes_free
 *
 * Reading it again gives the same cascade, bit for bit.  Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_cascade_write(const mien_cascade *c,
                                                     mien_bytes *out,
                                                     mien_error *err);

/* Release a cascade.
 *
 *   c  NULL is allowed */
MIEN_API void mien_cascade_free(mien_cascade *c);

/* Tell what a cascade is made of.
 *
 *   c  a cascade */
MIEN_API mien_cascade_info mien_cascade_get_info(const mien_cascade *c);

/* A rectangle of a Haar feature, in pixels of the window. */
typedef struct mien_feature_rect {
    int x, y, w, h;
    float weight;
} mien_feature_rect;

typedef struct mien_feature {
    int tilted; /* 1: turned by 45 degrees about its upper corner (x, y) */
    int n;      /* 2 or 3 rectangles; LBP: 1, the upper left of 3 x 3 blocks */
    mien_feature_rect rect[3];
} mien_feature;

typedef struct mien_stage_info {
    int n_trees;
    float threshold; /* the sum of votes a window must reach */
} mien_stage_info;

/* Tell what a stage is made of.
 *
 *   c  a cascade
 *   i  0 .. n_stages - 1 */
MIEN_API mien_stage_info mien_cascade_stage(const mien_cascade *c, int i);

/* Tell which feature the root of a tree reads.
 *
 *   c     a cascade
 *   i     stage, 0 .. n_stages - 1
 *   tree  0 .. n_trees - 1 of the stage */
MIEN_API mien_feature mien_cascade_feature(const mien_cascade *c, int i,
                                           int tree);

/* Tell which values of that feature speak for the object: 1 the larger ones, -1
 * the smaller ones.  Of a tree the best leaf on either side of the root counts;
 * LBP: 1 the codes outside its subset, -1 those in it.
 *
 *   c     a cascade
 *   i     stage, 0 .. n_stages - 1
 *   tree  0 .. n_trees - 1 of the stage */
MIEN_API int mien_cascade_sign(const mien_cascade *c, int i, int tree);

/* Look at the mean of the positives that a cascade was trained on.
 *
 *   c  a cascade
 *
 * Returns [h, w] greys, borrowed from c; NULL when its file does not have it
 * (only mien writes it). */
MIEN_API const uint8_t *mien_cascade_mean(const mien_cascade *c);

typedef struct mien_cascade_options {
    double scale;     /* from one window size to the next, > 1; 0: 1.1 */
    int neighbors;    /* rectangles that must agree; 0: all are given as they
                         are; -1: 3 */
    int min_w, min_h; /* least size in pixels; 0: the window's */
    int max_w, max_h; /* greatest size; 0: the picture's */
    double group;     /* how far rectangles of one group may lie apart, as a
                         share of their size; 0: 0.2 */
    int stages;       /* only the first so many, which finds more objects and
                         more mistakes; 0: all */
    mien_pool *pool;  /* NULL: one thread */
} mien_cascade_options;
#define MIEN_CASCADE_DEFAULTS         \
    {                                 \
        0, -1, 0, 0, 0, 0, 0, 0, NULL \
    }

typedef struct mien_hit {
    int x, y, w, h; /* pixels of the picture */
    int neighbors;  /* windows that were joined */
    int level;      /* stages passed */
    double weight;  /* the best sum of the last stage among them */
    float angle;    /* degrees the picture was turned to find it */
} mien_hit;

typedef struct mien_hits {
    int n;
    mien_hit *hit; /* [n] from the left, then from the top */
} mien_hits;

/* Find a cascade's objects in a picture.
 *
 *   c        a cascade
 *   g        any size; smaller than the window: no hits
 *   options  NULL: the defaults
 *   out      free with mien_hits_free
 *
 * The rectangles of OpenCV's detectMultiScale, with the levels and weights of
 * detectMultiScale3; a part of a picture is searched
 * by giving a mien_gray_view.  The same for any number of threads.
 * Fails with EARG (an option out of range), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_cascade_detect(
    const mien_cascade *c, const mien_gray *g,
    const mien_cascade_options *options, mien_hits *out, mien_error *err);

/* Find objects at several turns of the picture.
 *
 *   c        a cascade
 *   g        any size
 *   options  as for mien_cascade_detect
 *   n        angles, 1..36
 *   degrees  [n] by which the head may be turned, counter-clockwise as seen
 *   out      upright squares about what was found, with the angle; of those
 *            that overlap by more than 0.4 of their union the one of most
 *            neighbors; free with mien_hits_free
 *
 * Fails with EARG (an option out of range), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_cascade_detect_turned(
    const mien_cascade *c, const mien_gray *g,
    const mien_cascade_options *options, int n, const double *degrees,
    mien_hits *out, mien_error *err);

/* Release hits.
 *
 *   h  its fields are cleared; NULL is allowed */
MIEN_API void mien_hits_free(mien_hits *h);

/* Follow one window through the stages.
 *
 *   c       a cascade
 *   window  exactly the cascade's window size
 *   sums    [n_stages] the sum of votes of each stage, whether it passed or
 *           not; NULL is allowed
 *   passed  set to the number of stages passed in a row
 *
 * Fails with EARG (another size), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_cascade_follow(const mien_cascade *c,
                                                      const mien_gray *window,
                                                      double *sums, int *passed,
                                                      mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
