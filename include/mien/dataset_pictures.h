/* mien/dataset_pictures.h: what a set of pictures can and cannot say, before a
 * model learns from it.
 *
 *   mien_labels -> mien_pictures_check_new: each picture is measured once
 *     -> copies and pictures that are nearly the same, across parts and classes
 *     -> pictures far darker, brighter, flatter or less sharp than the others
 *     -> groups: how many of each, how good their pictures are
 *     -> labels that a model, which never saw them, calls another
 *   -> mien_pictures_check_text, _json, _page
 *
 * A finding is something to look at, not a verdict.  Not in the WebAssembly
 * library. */
#ifndef MIEN_DATASET_PICTURES_H
#define MIEN_DATASET_PICTURES_H

#include "mien/face.h"
#include "mien/json.h"
#include "mien/metrics_groups.h"
#include "mien/samples_loader.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- a picture ----------------------------------------------------------- */

/* Pixels of a side of the small picture by which pictures are compared. */
#define MIEN_PICTURE_THUMB 32

/* What is measured of a picture. */
typedef struct mien_picture_measure {
    int w, h;         /* pixels; 0: it could not be read */
    float sharpness;  /* variance of the Laplacian of its luma, made smaller to
                         256 pixels at most; NaN below 3 pixels */
    float brightness; /* mean of luma, 0..1 */
    float contrast;   /* deviation of luma, 0..0.5 */
    uint64_t hash;    /* signs of its 63 slowest cosines about their median */
    int faces;        /* found; -1: not looked for */
    float face;       /* longer side of the largest face's box, as a share of
                         the picture's shorter side; NaN: none */
    float turned;     /* of it: how far the nose lies off the middle of the
                         eyes, in their distance: 0 from the front, 0.5 and
                         more in profile; NaN: not known */
    float covered;    /* of it: the share of the oval from its brows to its
                         chin that something else hides; NaN: not known, as of
                         a picture that is measured by itself */
    float eyes, nose, mouth; /* the same of these parts */
    int colour;              /* 1: a pixel at least is not grey */
} mien_picture_measure;

/* Measure a picture.
 *
 *   im     any picture
 *   a      finds faces; NULL: they are not looked for
 *   thumb  [MIEN_PICTURE_THUMB, MIEN_PICTURE_THUMB] set to it in grey
 *   out    set
 *
 * Fails with ENOMEM and what mien_analyzer_run fails with.
 * Source: Pech-Pacheco et al., ICPR 2000 (variance of the Laplacian); Zauner,
 * Implementation and benchmarking of perceptual image hash functions, 2010,
 * section 3.2.1 (the hash). */
MIEN_API MIEN_CHECKED mien_status
mien_picture_measure_of(const mien_image *im, mien_analyzer *a,
                        uint8_t thumb[MIEN_PICTURE_THUMB * MIEN_PICTURE_THUMB],
                        mien_picture_measure *out, mien_error *err);

/* ---- a set --------------------------------------------------------------- */

/* Above so many readable pictures those nearly the same are not looked for. */
#define MIEN_PICTURES_MAX_ALIKE 200000
enum { MIEN_PICTURES_MAX_BY = 8, MIEN_PICTURES_MAX_GROUPS = 200 };

/* Begin with MIEN_PICTURES_CHECK_DEFAULTS. */
typedef struct mien_pictures_check_options {
    mien_picture_load *load;        /* NULL: the labels have pixels */
    void *arg;                      /* handed to it */
    mien_analyzer *const *analyzer; /* [mien_pool_size of pool] each with faces
                                       found by one thread; NULL: faces are not
                                       looked for */
    mien_pool *pool;                /* NULL: the caller's thread */
    int n_by;                       /* groupings, 0..MIEN_PICTURES_MAX_BY; 0:
                                       each task of the labels */
    const char *const *by; /* [n_by] a task; a number and ascending bounds,
                              "age:18:65": below 18, 18 to below 65, 65 and
                              more; several joined by " x " */
    /* Called now and then by the caller's thread; not 0: stop.  NULL: not
     * wanted. */
    int (*on_picture)(void *progress, int64_t done, int64_t of);
    void *progress; /* handed to it */
    int no_cover;   /* 1: what covers faces is not looked for */
    int no_noise;   /* 1: wrong labels are not looked for */
    uint32_t seed;  /* of their sample and folds */
} mien_pictures_check_options;
#define MIEN_PICTURES_CHECK_DEFAULTS                                \
    {                                                               \
        NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 0, 0, 20190402 \
    }

/* Two pictures of a set, a before b. */
typedef struct mien_picture_pair {
    int64_t a, b; /* numbers of the labels */
    float alike;  /* correlation of the small pictures, up to 1 */
    int same;     /* 1: the same pixels */
    int parts;    /* 1: they are for different parts */
    int classes;  /* 1: they differ in a class or by more than 10 % of the
                     larger in a number */
} mien_picture_pair;

/* How many pairs, and of these. */
typedef struct mien_picture_pairs {
    int64_t n, parts, classes;
    int64_t pictures; /* that are in one, but for the first of each */
} mien_picture_pairs;

/* What is far from the others. */
typedef enum mien_picture_oddity {
    MIEN_PICTURE_BLURRED,
    MIEN_PICTURE_DARK,
    MIEN_PICTURE_BRIGHT,
    MIEN_PICTURE_FLAT,  /* of little contrast */
    MIEN_PICTURE_EMPTY, /* of one grey; these are none of the above, and in no
                           pair */
    MIEN_PICTURE_FACELESS,
    MIEN_PICTURE_TURNED, /* its face, by 0.3 or more; of those found */
    MIEN_PICTURE_COVERED /* its face, by MIEN_PICTURE_COVER or more; of those
                            that were judged */
} mien_picture_oddity;
#define MIEN_PICTURE_ODDITIES 8
/* From this share of a face it counts as covered. */
#define MIEN_PICTURE_COVER 0.1f
/* Of fewer faces nothing is said of cover: too few to learn what a face is. */
#define MIEN_PICTURES_COVER_FEWEST 2000

/* Name an oddity: "blurred", "dark", "bright", "flat", "empty", "without a face
 * found", "of a face turned away", "of a face partly covered".
 *
 *   o  an oddity; others give "unknown" */
MIEN_API const char *mien_picture_oddity_text(mien_picture_oddity o);

/* Pictures of one group. */
typedef struct mien_picture_group {
    char *name;   /* "female", "18 to 65", "female x 18 to 65"; owned */
    int64_t n;    /* pictures */
    int64_t read; /* of them */
    mien_share odd[MIEN_PICTURE_ODDITIES]; /* of those read; the last two of
                                              those with such a face */
    /* 1: the interval lies apart from that of all other groups together, by 5
     * points or more. */
    int apart[MIEN_PICTURE_ODDITIES];
    /* Medians; NaN: of none. */
    double sharpness, brightness, face, turned, covered;
} mien_picture_group;

/* The groups by one word of options.by. */
typedef struct mien_picture_grouping {
    char *by; /* owned */
    int groups;
    mien_picture_group *group; /* [groups] owned */
    int64_t unknown;           /* pictures in none: their label is not known */
    int few; /* groups of fewer than MIEN_GROUPS_FEW pictures, among them those
                of none */
} mien_picture_grouping;

/* Above so many pictures labels are looked at in a sample of as many. */
#define MIEN_PICTURES_MAX_NOISE 20000
/* Pictures of a class, for its labels to be looked at. */
#define MIEN_NOISE_LEAST 20

/* Labels of one class that are likely another. */
typedef struct mien_noise_pair {
    int given, likely;       /* classes of the task */
    double count, low, high; /* labels, with an interval of 95 % */
    double confident; /* confident learning's count, overlap of the classes
                         included */
} mien_noise_pair;

/* A picture whose label is likely wrong. */
typedef struct mien_noise_suspect {
    int64_t picture;    /* number of the labels */
    int given, likely;  /* classes of the task */
    double wrong;       /* chance that the label is wrong, 0.5 and more */
    double probability; /* the model's of the likely class */
} mien_noise_suspect;

typedef enum mien_noise_found {
    MIEN_NOISE_NONE,     /* no more than overlapping classes explain */
    MIEN_NOISE_QUESTION, /* the interval reaches below one label in a hundred */
    MIEN_NOISE_WRONG
} mien_noise_found;

/* The labels of one task, as a model sees them that learned from other
 * pictures.  It disagrees where labels are wrong, and where a kind of picture
 * is all labelled alike but looks like another class. */
typedef struct mien_noise {
    const char *task; /* its name, of the labels */
    char why[160];    /* it was not judged; empty: it was */
    int64_t pictures; /* judged */
    int64_t of;       /* that could be: labelled and read */
    int classes, few; /* judged; left out, of too few pictures */
    int faces;        /* 1: networks' answers about faces were used */
    double accuracy;  /* of the model, out of fold */
    double largest;   /* share of the largest class */
    double gain;      /* twice the log-likelihood that changed labels explain
                         of the class where it is most */
    mien_noise_found found;
    double share, low, high; /* of the labels that are wrong, 95 % */
    int pairs;
    mien_noise_pair *pair; /* [pairs] most labels first; owned */
    int64_t suspects;
    mien_noise_suspect *suspect; /* [suspects] worst first; owned */
} mien_noise;

/* A set that was looked at. */
typedef struct mien_pictures_check mien_pictures_check;

/* Look at each picture of a set.
 *
 *   labels   borrowed while the result lives
 *   options  as above
 *   out      owned by the caller; free with mien_pictures_check_free
 *
 * Memory: about 1.2 kB a picture, 1 kB more where cover is looked for, and
 * 6.3 kB for each, MIEN_PICTURES_MAX_NOISE at most, whose labels are looked
 * at.  The same answer with any number of threads.
 * Fails with EARG (no such task or number, bounds, too many groups; stopped),
 * ELIMIT, ENOMEM; a picture that cannot be read is counted.
 * Source: Iglewicz and Hoaglin 1993: beyond 3.5 of their modified z-score a
 * picture is far from the others; Northcutt, Jiang, Chuang, Confident learning,
 * JAIR 70, 2021. */
MIEN_API MIEN_CHECKED mien_status mien_pictures_check_new(
    const mien_labels *labels, const mien_pictures_check_options *options,
    mien_pictures_check **out, mien_error *err);

/* Release a result.
 *
 *   c  NULL is allowed */
MIEN_API void mien_pictures_check_free(mien_pictures_check *c);

/* The measures, one a picture, in the labels' order; borrowed.
 *
 *   c  a result */
MIEN_API const mien_picture_measure *
mien_pictures_check_measures(const mien_pictures_check *c);

/* Is a picture far from the others in a way?
 *
 *   c  a result
 *   i  of the labels, asserted
 *   o  an oddity */
MIEN_API int mien_pictures_check_odd(const mien_pictures_check *c, int64_t i,
                                     mien_picture_oddity o);

/* Pairs of pictures that are the same or nearly so, in the order of a, then b;
 * borrowed.  Of many copies of one picture each is paired with the first.
 *
 *   c  a result
 *   n  set to how many */
MIEN_API const mien_picture_pair *
mien_pictures_check_pairs(const mien_pictures_check *c, int64_t *n);

/* Count pairs.
 *
 *   c     a result
 *   same  1: of the same pixels; 0: of others that are nearly the same */
MIEN_API mien_picture_pairs
mien_pictures_check_count(const mien_pictures_check *c, int same);

/* Name the set that was looked at by its pictures and what is known of them,
 * as mien_set_digest does.
 *
 *   c    a result
 *   out  SHA-256: 64 hexadecimal digits and a zero byte
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_pictures_check_digest(
    const mien_pictures_check *c, char out[65], mien_error *err);

/* The groups, one grouping for each word; borrowed.
 *
 *   c  a result
 *   n  set to how many */
MIEN_API const mien_picture_grouping *
mien_pictures_check_groupings(const mien_pictures_check *c, int *n);

/* What was found of wrong labels, one a task; borrowed.  The first
 * MIEN_PICTURES_MAX_BY tasks are looked at.
 *
 *   c  a result
 *   n  set to how many; 0: not looked for, or nothing is labelled */
MIEN_API const mien_noise *
mien_pictures_check_noise(const mien_pictures_check *c, int *n);

/* How many findings the text has.
 *
 *   c  a result */
MIEN_API int mien_pictures_check_findings(const mien_pictures_check *c);

/* Tell findings, the gravest first, then groups: lines of text.
 *
 *   c    a result
 *   out  the text is added */
MIEN_API void mien_pictures_check_text(const mien_pictures_check *c,
                                       mien_buffer *out);

/* Add all figures as one line of JSON: {"schema": "mien/1", "pictures", "read",
 * "unread", "left_out", "findings": [text], "copies" and "near": {"pairs",
 * "pictures", "across_parts", "other_labels"}, "pairs": [{"a", "b": file,
 * "alike", "same", "parts", "labels"}, the first 1000], "odd": {name: count},
 * "cover": {"faces", "judged"}, "groupings": [{"by", "unknown", "groups":
 * [{"name", "pictures", "read", "sharpness", "brightness", "face", "turned",
 * "covered", "odd": {name: {"count", "of", "value", "low", "high",
 * "apart"}}}]}], "label_noise": [{"task", "why" or "pictures",
 * "of", "classes", "few", "faces", "accuracy", "largest", "gain", "found",
 * "share", "low", "high", "pairs": [{"given", "likely", "count", "low", "high",
 * "confident"}], "suspects", "suspect": [{"file", "given", "likely", "wrong",
 * "probability"}, the first 1000]}]}.
 *
 *   c    a result
 *   out  the line is added */
MIEN_API void mien_pictures_check_json(const mien_pictures_check *c,
                                       mien_buffer *out);

/* Add a page of HTML that needs no other file: findings, groups as tables, and
 * some pictures that were found.
 *
 *   c      a result
 *   title  of the page
 *   out    the page is added
 *
 * Pictures are loaded again by the options' callback.  Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_pictures_check_page(const mien_pictures_check *c, const char *title,
                         mien_buffer *out, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
