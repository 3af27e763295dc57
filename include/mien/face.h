/* mien/face.h: faces in a photo.
 *
 *   options -> mien_analyzer_find: the networks that they need, looked up
 *   mien_image -> mien_analyzer_run
 *     detect -> landmarks -> align -> descriptor, attributes
 *
 * Boxes and points are in pixels of the photo given, x right, y down, also
 * where it was turned to read it (mien_rotate).
 * Nothing is computed that was not asked for: landmarks, descriptor and each
 * attribute are separate choices, and attributes are off unless named. */
#ifndef MIEN_FACE_H
#define MIEN_FACE_H

#include "mien/engine.h"
#include "mien/image.h"
#include "mien/match.h"
#include "mien/model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum mien_detector {
    MIEN_DETECTOR_YUNET, /* five points, faces from 10 pixels */
    MIEN_DETECTOR_TINY,  /* face-api.js tiny face detector */
    MIEN_DETECTOR_SSD    /* face-api.js SSD MobileNet v1 */
} mien_detector;

/* How a photo is turned before it is read, clockwise. */
typedef enum mien_rotate {
    MIEN_ROTATE_0,
    MIEN_ROTATE_90,
    MIEN_ROTATE_180,
    MIEN_ROTATE_270,
    MIEN_ROTATE_AUTO /* not, unless its faces are surer in another turn */
} mien_rotate;

/* What to find for each face; OR them. */
enum {
    MIEN_FACE_LANDMARKS = 1,
    MIEN_FACE_DESCRIPTOR = 2, /* implies landmarks, but of MobileFaceNet where
                                 the detector finds five points */
    MIEN_FACE_EXPRESSION = 4,
    MIEN_FACE_AGE = 8,
    MIEN_FACE_GENDER = 16
};

/* X(index, name): order of the expression network's outputs. */
#define MIEN_EXPRESSION_LIST(X) \
    X(0, neutral)               \
    X(1, happy)                 \
    X(2, sad)                   \
    X(3, angry)                 \
    X(4, fearful)               \
    X(5, disgusted)             \
    X(6, surprised)

typedef struct mien_face {
    mien_box box; /* may reach outside the photo */
    float score;  /* 0..1, higher is surer; not comparable across detectors */
    unsigned has; /* MIEN_FACE_*: what was asked for and could be computed */
    int rotation; /* degrees by which the photo was turned clockwise to read
                     this face: 0, 90, 180, 270 */
    int n_keypoints;          /* 5 with YuNet, else 0 */
    mien_point keypoints[5];  /* the subject's right eye, left eye, nose tip,
                                 right and left mouth corner */
    int n_landmarks;          /* 68, or as many as mien_own_models tells */
    mien_point landmarks[68]; /* iBUG order, 0-based, or that model's */
    mien_box aligned;         /* around the landmarks, grown by a fifth: what
                                 attributes are read from; all 0 if no landmarks
                                 were found */
    mien_describer describer; /* whose descriptor it is */
    float descriptor[MIEN_DESCRIPTOR_MOST]; /* the first mien_describer_numbers
                                               are set; compare with
                                               mien_face_verify, 128 also with
                                               mien_descriptor_distance */
    float expression[7]; /* probabilities, order of MIEN_EXPRESSION_LIST */
    float age;           /* years */
    float male;          /* probability 0..1; the other is 1 - male */
} mien_face;

/* What a model of one's own tells of each face: one class of several. */
typedef struct mien_face_choice {
    const char *task; /* "smile"; borrowed from the model, as the names are */
    int classes;
    const char *const *class_name; /* [classes] */
    float *probability;            /* [faces, classes] */
} mien_face_choice;

enum { MIEN_FACE_MAX_CHOICES = 8 };

typedef struct mien_faces {
    int n;
    mien_face *face; /* [n], best score first */
    int choices;     /* 0, but after mien_own_models_read */
    mien_face_choice choice[MIEN_FACE_MAX_CHOICES];
} mien_faces;

/* The networks an analyzer needs; NULL for those that are not asked for.
 * Borrowed while the analyzer lives.  landmarks (either size) is needed for
 * landmarks and descriptor; given with attributes only, these are read from the
 * aligned box instead of the detector's, which is what the networks know. */
typedef struct mien_face_models {
    const mien_graph *detector, *landmarks, *descriptor, *expression,
        *age_gender;
} mien_face_models;

#define MIEN_FACE_MAX_INPUT 4096

typedef struct mien_face_options {
    mien_detector detector;
    unsigned want;     /* MIEN_FACE_* */
    int input_size;    /* side of the square (YuNet: the long side) to which a
                          photo is brought for the detector, in pixels, a
                          multiple of 32 up to MIEN_FACE_MAX_INPUT; SSD has 512
                          only; 0: tiny 416, YuNet 640, to which small
                          photos are at most doubled */
    float min_score;   /* 0: the detector's default, YuNet 0.6, others 0.5 */
    float max_overlap; /* boxes of one face overlap by more than this share;
                          0: the default, YuNet 0.3, tiny 0.4, SSD 0.5 */
    int max_faces;     /* 0: the default, SSD 100, others all */
    mien_pool *pool;   /* NULL: one thread; borrowed while the analyzer lives */
    int tiny_landmarks; /* 1: the small network of landmarks is looked for */
    mien_rotate rotate; /* of mien_analyzer_run */
    mien_describer describer; /* of MIEN_FACE_DESCRIPTOR */
} mien_face_options;
#define MIEN_FACE_DEFAULTS                                          \
    {                                                               \
        MIEN_DETECTOR_YUNET, 0, 0, 0, 0, 0, NULL, 0, MIEN_ROTATE_0, \
            MIEN_DESCRIBER_DLIB                                     \
    }

/* Networks planned for what is asked of each face. */
typedef struct mien_analyzer mien_analyzer;

/* Prepare to read faces.
 *
 *   models   borrowed while the analyzer lives
 *   options  NULL: MIEN_FACE_DEFAULTS
 *   out      owned by the caller; free with mien_analyzer_free
 *
 * Fails with EARG (an option out of range, a model that is needed is missing;
 * the text says which), EFORMAT (a model that is not one for its task), ENOMEM
 * and what mien_plan_new fails with. */
MIEN_API MIEN_CHECKED mien_status mien_analyzer_new(
    const mien_face_models *models, const mien_face_options *options,
    mien_analyzer **out, mien_error *err);

/* Networks that one wish may need. */
#define MIEN_FACE_MAX_MODELS 5

/* Tell which models of the catalogue options need.
 *
 *   options  NULL: MIEN_FACE_DEFAULTS
 *   out      [MIEN_FACE_MAX_MODELS] the first are set, the detector's first
 *
 * Returns how many.  All that is read of a face needs landmarks, attributes
 * too: they are read from the box around them. */
MIEN_API int mien_face_needs(const mien_face_options *options,
                             const mien_model_entry **out);

/* A network with the file it lies in. */
typedef struct mien_face_model {
    const mien_model_entry *entry;
    mien_model_file file; /* empty for a model inside the library */
    mien_graph *graph;
} mien_face_model;

/* The networks that options need. */
typedef struct mien_face_kit {
    int n;
    mien_face_model model[MIEN_FACE_MAX_MODELS]; /* [n] as mien_face_needs */
    mien_face_models graphs; /* the same, for mien_analyzer_new */
} mien_face_kit;

/* Find and read the networks that options need.
 *
 *   options  NULL: MIEN_FACE_DEFAULTS
 *   find     asked for each file; those inside the library are not asked for,
 *            so that NULL is enough for YuNet alone
 *   arg      handed to find
 *   out      set whole; release with mien_face_kit_done after the analyzers
 *            that were made of it
 *
 * Fails with EIO (find is NULL and a file is needed), EFORMAT (a file that is
 * not the model it is called; the text says where it came from, what it gives
 * and what was wanted), EUNSUP, ELIMIT, ENOMEM, and what find fails with. */
MIEN_API MIEN_CHECKED mien_status
mien_face_kit_find(const mien_face_options *options, mien_model_lookup *find,
                   void *arg, mien_face_kit *out, mien_error *err);

/* Release networks and their files.
 *
 *   kit  its fields are cleared; NULL is allowed */
MIEN_API void mien_face_kit_done(mien_face_kit *kit);

/* Find the networks that options need and prepare to read faces with them.
 *
 *   options  NULL: MIEN_FACE_DEFAULTS
 *   find     as for mien_face_kit_find
 *   arg      handed to find
 *   out      owns the networks; free with mien_analyzer_free
 *
 * Fails with what mien_face_kit_find and mien_analyzer_new fail with: EARG,
 * EIO, EFORMAT, EUNSUP, ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_analyzer_find(const mien_face_options *options, mien_model_lookup *find,
                   void *arg, mien_analyzer **out, mien_error *err);

/* Release an analyzer.
 *
 *   a  not running; NULL is allowed */
MIEN_API void mien_analyzer_free(mien_analyzer *a);

/* Find the faces of a photo and read what was asked for.
 *
 *   a      one run at a time
 *   photo  any size; only read
 *   out    the faces, best score first; free with mien_faces_free
 *
 * No face is no failure: n is 0.  What cannot be computed of a face (its box
 * lies outside the photo) is missing from its has.
 * MIEN_ROTATE_AUTO tries the other three turns where no face is sure, and reads
 * the whole photo in the one whose face is surest by a margin.
 * With YuNet the first photo of a new shape makes a plan; the last four are
 * kept.  The same bits for any number of threads.
 * Fails with ENOMEM, and when planning with EFORMAT, ELIMIT. */
MIEN_API MIEN_CHECKED mien_status mien_analyzer_run(mien_analyzer *a,
                                                    const mien_image *photo,
                                                    mien_faces *out,
                                                    mien_error *err);

/* Read what was asked for of a face whose box is known, as from a tracker or
 * from a detector of one's own.
 *
 *   a      one run at a time
 *   photo  any size; only read
 *   box    of the face, in pixels of the photo; it may reach outside
 *   out    one face of that box, its score 1
 *
 * Fails with EARG (a box without area or with numbers that are not finite),
 * ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_analyzer_read(mien_analyzer *a,
                                                     const mien_image *photo,
                                                     mien_box box,
                                                     mien_face *out,
                                                     mien_error *err);

/* Read what was asked for of a face that was found before, of its box and,
 * where it has them, its five points: MobileFaceNet reads those, and the 68 are
 * not looked for where it alone was asked for.
 *
 *   a      one run at a time
 *   photo  the one that the face was found in, not turned; only read
 *   found  its box, score and keypoints; may be out
 *   out    one face of that box, score and keypoints
 *
 * The descriptor of MobileFaceNet has the bits that mien_analyzer_run gives it
 * without a turn.
 * Fails with EARG and ENOMEM, as mien_analyzer_read does. */
MIEN_API MIEN_CHECKED mien_status mien_analyzer_read_face(
    mien_analyzer *a, const mien_image *photo, const mien_face *found,
    mien_face *out, mien_error *err);

/* Seconds of a run by part, over all faces. */
typedef struct mien_face_times {
    double detect, landmarks, descriptor, attributes;
    double own; /* of mien_own_models_read */
} mien_face_times;

/* Tell how long the last run took.
 *
 *   a  an analyzer; zeros before its first run */
MIEN_API mien_face_times mien_analyzer_times(const mien_analyzer *a);

/* Release the faces of a run.
 *
 *   f  its fields are cleared; NULL is allowed */
MIEN_API void mien_faces_free(mien_faces *f);

/* ---- what was found -------------------------------------------------------
 */

/* What a photo gave. */
typedef struct mien_reading {
    int w, h; /* of the photo, in whose pixels the faces are */
    mien_faces faces;
    double decode; /* seconds to read and decode the file */
    mien_face_times times;
    char warning[MIEN_WARNING_MAX]; /* mien_photo.warning */
    char remark[MIEN_WARNING_MAX];  /* how MIEN_ROTATE_AUTO turned it, in words;
                                       empty: not at all */
    char taken[11];                 /* mien_photo.taken */
} mien_reading;

/* Take faces to another size of their photo: boxes and points.
 *
 *   f  changed
 *   x  how many times as wide the photo is
 *   y  how many times as high */
MIEN_API void mien_faces_scale(mien_faces *f, float x, float y);

/* Choose the face of the largest area.
 *
 *   f    borrowed by the answer
 *   has  MIEN_FACE_*: only faces that have all of these; 0: any
 *
 * Of equals the surest; NULL if there is none. */
MIEN_API const mien_face *mien_faces_largest(const mien_faces *f, unsigned has);

/* Choose the face whose centre is nearest to the middle of the photo.
 *
 *   f    borrowed by the answer
 *   w    of the photo in pixels
 *   h    the same
 *   has  MIEN_FACE_*: only faces that have all of these; 0: any
 *
 * Of equals the surest; NULL if there is none. */
MIEN_API const mien_face *mien_faces_central(const mien_faces *f, int w, int h,
                                             unsigned has);

/* Name an expression.
 *
 *   i  0..6, asserted: the order of mien_face.expression
 *
 * "happy"; never freed. */
MIEN_API const char *mien_expression_name(int i);

/* Tell the likeliest expression of a face.
 *
 *   f            has MIEN_FACE_EXPRESSION
 *   probability  set to its own; NULL is allowed
 *
 * Its name; never freed. */
MIEN_API const char *mien_face_expression(const mien_face *f,
                                          double *probability);

/* Tell the likelier gender of a face.
 *
 *   f            has MIEN_FACE_GENDER
 *   probability  set to its own; NULL is allowed
 *
 * "male" or "female"; never freed. */
MIEN_API const char *mien_face_gender(const mien_face *f, double *probability);

/* Tell the likeliest class of a face, by a model of one's own.
 *
 *   f            faces
 *   choice       0..choices - 1, asserted
 *   face         0..n - 1, asserted
 *   probability  set to its own; NULL is allowed
 *
 * Its name; borrowed from the model. */
MIEN_API const char *mien_faces_chosen(const mien_faces *f, int choice,
                                       int face, double *probability);

/* Whether a face has a descriptor of a network.
 *
 *   f  a face
 *   d  the network
 *
 * 1: it has; 0: none, or one of another network. */
MIEN_API int mien_face_described(const mien_face *f, mien_describer d);

/* Decide whether two faces are one person, by their descriptors.
 *
 *   a          a face with a descriptor
 *   b          another, of the same network
 *   threshold  a distance, smaller is stricter; negative: that of
 *              mien_describer_threshold
 *   out        set to the distance and the answer
 *
 * Fails with EARG (a face without a descriptor, descriptors of two networks;
 * the text says which). */
MIEN_API MIEN_CHECKED mien_status mien_face_verify(const mien_face *a,
                                                   const mien_face *b,
                                                   float threshold,
                                                   mien_verification *out,
                                                   mien_error *err);

/* How a face is cut out. */
typedef enum mien_chip_by {
    MIEN_CHIP_POINTS, /* turned and scaled by its five points */
    MIEN_CHIP_BOX     /* the square around the middle of its box, as wide as the
                         box's longer side */
} mien_chip_by;

/* Tell where a face's chip lies in its photo.
 *
 *   face    with 5 keypoints, or a box
 *   by      which of them
 *   side    pixels of the chip, 1..MIEN_FACE_MAX_INPUT
 *   margin  how much wider on each side, as a share of the chip without it:
 *           -0.4..10; 0: mien_face_chip
 *   out     from pixel centres of the chip to the photo's (mien_image_warp)
 *
 * Fails with EARG (no five points, all on one spot, a box without area). */
MIEN_API MIEN_CHECKED mien_status mien_face_place(const mien_face *face,
                                                  mien_chip_by by, int side,
                                                  double margin,
                                                  mien_similarity *out,
                                                  mien_error *err);

/* Cut out what mien_face_place tells, averaged where the photo is larger.
 *
 *   photo  any size; black outside
 *   to     of mien_face_place
 *   side   as it was given there
 *   out    side x side; free with mien_image_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_face_cut(const mien_image *photo,
                                                mien_similarity to, int side,
                                                mien_image *out,
                                                mien_error *err);

/* Cut a face out, turned and scaled by its five points: the eyes at (0.35,
 * 0.42) and (0.65, 0.42) of the side, the nose at (0.5, 0.58), the corners of
 * the mouth at (0.38, 0.74) and (0.62, 0.74), with the least squares.
 *
 *   photo  any size; black outside
 *   face   of it, with 5 keypoints
 *   side   pixels of the chip, 1..MIEN_FACE_MAX_INPUT
 *   out    owned by the caller; free with mien_image_free
 *
 * Fails with EARG (no five points, or all on one spot), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_face_chip(const mien_image *photo,
                                                 const mien_face *face,
                                                 int side, mien_image *out,
                                                 mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
