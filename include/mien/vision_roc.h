/* mien/vision_roc.h: how well a cascade finds known objects.
 *
 *   pictures with known objects -> mien_roc_measure -> detections against
 *   false positives
 *
 * Every group of at least one window is a call; calls are ranked by the number
 * of windows that agree, and walking down that list gives detections against
 * false positives.  At each number of false positives the last stages are left
 * out that find most there, as Viola and Jones drew theirs.
 * A call is right when its centre lies within 0.3 of the object's width of the
 * object's centre and its width within a factor of 1.5.
 * Source: Viola and Jones, IJCV 57(2), 2004; opencv_performance. */
#ifndef MIEN_VISION_ROC_H
#define MIEN_VISION_ROC_H

#include "mien/vision_search.h"

#ifdef __cplusplus
extern "C" {
#endif

/* False positives up to which a curve goes. */
#define MIEN_ROC_WRONG 200

typedef struct mien_roc {
    int objects, pictures;
    int found[MIEN_ROC_WRONG + 1]; /* objects found with at most so many false
                                      positives */
    int right, wrong; /* calls of the whole cascade, whatever their rank */
    double seconds;   /* of detection by the whole cascade, all pictures */
} mien_roc;

/* Pictures whose objects are known, read one by one and several times. */
typedef struct mien_roc_pictures {
    int n;
    /* Read picture i.
     *
     *   g        set to the picture; released with mien_gray_free
     *   n        set to the number of objects in it
     *   objects  set to [n], borrowed until the next call
     *
     * A failure ends the measuring, which fails with the same. */
    mien_status (*read)(void *arg, int i, mien_gray *g, int *n,
                        const mien_region **objects, mien_error *err);
    void *arg;
} mien_roc_pictures;

/* Look for known objects with a cascade.
 *
 *   c         a cascade
 *   pictures  read once for each number of stages that is tried: from all of
 *             them down to where four times MIEN_ROC_WRONG calls are wrong
 *   pool      NULL: one thread; the result is the same
 *   out       set whole
 *
 * Fails with ENOMEM, and what reading a picture fails with. */
MIEN_API MIEN_CHECKED mien_status
mien_roc_measure(const mien_cascade *c, const mien_roc_pictures *pictures,
                 mien_pool *pool, mien_roc *out, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
