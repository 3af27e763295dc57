/* mien/objects.h: people, animals, vehicles and things in photos: the 80
 * classes of COCO, by coco-ssd's network.
 *
 *   mien_object_detector_find: the network, looked up
 *   mien_image -> mien_object_detector_run -> boxes with classes and scores
 *
 * Boxes are in pixels of the photo given, x right, y down. */
#ifndef MIEN_OBJECTS_H
#define MIEN_OBJECTS_H

#include "mien/engine.h"
#include "mien/image.h"
#include "mien/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A class, in both of the numberings that are in use. */
typedef struct mien_coco_class {
    int id;    /* 1..90: COCO's own, with ten that were never used */
    int index; /* 0..79: the same without gaps, as many networks have it */
    const char *name; /* "person", "cell phone" */
} mien_coco_class;

enum { MIEN_COCO_CLASSES = 80, MIEN_COCO_IDS = 90 };

/* Walk the classes.
 *
 *   index  0, 1, 2, ...: mien_coco_class.index
 *
 * NULL past the last. */
MIEN_API const mien_coco_class *mien_coco_at(int index);

/* Look up a class by COCO's own number.
 *
 *   id  1..90
 *
 * NULL if there is none of that number. */
MIEN_API const mien_coco_class *mien_coco_of(int id);

/* Look up a class by its name.
 *
 *   name  of letters in either case
 *
 * NULL if there is none. */
MIEN_API const mien_coco_class *mien_coco_find(const char *name);

typedef struct mien_object {
    mien_box box; /* inside the photo, but for a few pixels */
    float score;  /* 0..1, higher is surer */
    const mien_coco_class *what;
} mien_object;

typedef struct mien_objects {
    int n;
    mien_object *object; /* [n], best score first */
} mien_objects;

typedef struct mien_object_options {
    float min_score;     /* only surer ones; 0: 0.5 */
    float max_overlap;   /* boxes of one thing overlap by more than this share
                            (intersection over union); 0: 0.5 */
    int max_objects;     /* at most so many, the surest; 0: 20 */
    int by_class;        /* 1: boxes of different classes are different things;
                            0: of boxes that overlap the surest stays, whatever
                            it is, as in coco-ssd */
    const char *classes; /* names with commas between: only these are told;
                            NULL: all */
    mien_pool *pool; /* NULL: one thread; borrowed while the detector lives */
} mien_object_options;
#define MIEN_OBJECT_DEFAULTS   \
    {                          \
        0, 0, 0, 0, NULL, NULL \
    }

/* A network planned for what is asked. */
typedef struct mien_object_detector mien_object_detector;

/* Find the network of the catalogue and prepare to look for objects.
 *
 *   options  NULL: MIEN_OBJECT_DEFAULTS
 *   find     asked for the file of "ssdlite_mobilenet_v2"
 *   arg      handed to find
 *   out      owned by the caller; free with mien_object_detector_free
 *
 * Fails with EARG (an option out of range, a name that is no class; the text
 * says which), EIO, EFORMAT (the file is another model), EUNSUP, ELIMIT, ENOMEM
 * and what find fails with. */
MIEN_API MIEN_CHECKED mien_status mien_object_detector_find(
    const mien_object_options *options, mien_model_lookup *find, void *arg,
    mien_object_detector **out, mien_error *err);

/* The same with a network that was read.
 *
 *   g        one input [1, 3, h, w] of given sides, RGB 0..255, and the outputs
 *            "boxes" [1, n, 1, 4] (top, left, bottom, right in parts of the
 *            sides) and "scores" [1, n, 90], of COCO's own numbers from 1;
 *            borrowed while the detector lives
 *   options  NULL: MIEN_OBJECT_DEFAULTS
 *   out      owned by the caller; free with mien_object_detector_free
 *
 * Fails with EARG (as above), EFORMAT (another network), ENOMEM and what
 * mien_plan_new fails with. */
MIEN_API MIEN_CHECKED mien_status mien_object_detector_new(
    const mien_graph *g, const mien_object_options *options,
    mien_object_detector **out, mien_error *err);

/* Release a detector.
 *
 *   d  not running; NULL is allowed */
MIEN_API void mien_object_detector_free(mien_object_detector *d);

/* Look for objects in a photo.
 *
 *   d      one run at a time
 *   photo  any size; only read
 *   out    the objects, best score first; free with mien_objects_free
 *
 * The photo is brought to the network's sides, its own proportions lost, as
 * coco-ssd does it; a box has the class with the highest score.  None is no
 * failure: n is 0.  The same bits for any number of threads.
 * Fails with ENOMEM.
 * Source: @tensorflow-models/coco-ssd 2.2.3, whose detect(image, most, score)
 * takes the least score as the largest overlap, too. */
MIEN_API MIEN_CHECKED mien_status
mien_object_detector_run(mien_object_detector *d, const mien_image *photo,
                         mien_objects *out, mien_error *err);

/* Tell how long the last run took.
 *
 *   d  a detector
 *
 * Seconds; 0 before its first run. */
MIEN_API double mien_object_detector_seconds(const mien_object_detector *d);

/* The network's answers for the last photo, before one box a thing is left.
 *
 *   d       a detector that ran
 *   n       set to how many boxes there are
 *   scores  set to [n, 90], of COCO's own numbers from 1; borrowed
 *   boxes   set to [n, 4]: top, left, bottom, right in parts of the photo's
 *           sides; borrowed */
MIEN_API void mien_object_detector_raw(const mien_object_detector *d, int *n,
                                       const float **scores,
                                       const float **boxes);

/* Take objects to another size of their photo.
 *
 *   o  changed
 *   x  how many times as wide the photo is
 *   y  how many times as high */
MIEN_API void mien_objects_scale(mien_objects *o, float x, float y);

/* Release the objects of a run.
 *
 *   o  its fields are cleared; NULL is allowed */
MIEN_API void mien_objects_free(mien_objects *o);

#ifdef __cplusplus
}
#endif
#endif
