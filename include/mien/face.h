/* mien/face.h: faces in a photo.
 *
 *   mien_image -> detect -> landmarks -> align -> descriptor, attributes
 *
 * Boxes and points are in pixels of the photo given, x right, y down.
 * Nothing is computed that was not asked for: landmarks, descriptor and each
 * attribute are separate choices, and attributes are off unless named. */
#ifndef MIEN_FACE_H
#define MIEN_FACE_H

#include "mien/image.h"
#include "mien/nn.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum mien_detector {
    MIEN_DETECTOR_YUNET, /* five points, faces from 10 pixels */
    MIEN_DETECTOR_TINY,  /* face-api.js tiny face detector */
    MIEN_DETECTOR_SSD    /* face-api.js SSD MobileNet v1 */
} mien_detector;

/* What to find for each face; OR them. */
enum {
    MIEN_FACE_LANDMARKS = 1,
    MIEN_FACE_DESCRIPTOR = 2, /* implies landmarks */
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
    mien_box box;
    float score;    /* 0..1, higher is surer; not comparable across detectors */
    unsigned has;   /* what of the below was computed: MIEN_FACE_* */
    int n_keypoints; /* 5 with YuNet, else 0 */
    mien_point keypoints[5]; /* the subject's right eye, left eye, nose tip,
                                right and left mouth corner */
    mien_point landmarks[68]; /* iBUG order, 0-based */
    mien_box aligned;         /* the square that was described */
    float descriptor[128];
    float expression[7];
    float age;              /* years */
    float male;             /* probability 0..1; the other is 1 - male */
} mien_face;

typedef struct mien_faces {
    int n;
    mien_face *face; /* [n], best score first */
} mien_faces;

/* The networks an analyzer needs; NULL for those that are not asked for.
 * Borrowed while the analyzer lives. */
typedef struct mien_face_models {
    const mien_graph *detector, *landmarks, *descriptor, *expression,
        *age_gender;
} mien_face_models;

typedef struct mien_face_options {
    mien_detector detector;
    unsigned want;      /* MIEN_FACE_* */
    int input_size;     /* detector input side in pixels, a multiple of 32;
                           0: the detector's default */
    float min_score;    /* 0: the detector's default */
    float max_overlap;  /* IoU of non-maximum suppression; 0: default */
    int max_faces;      /* 0: the detector's default */
    mien_pool *pool;    /* NULL: one thread */
} mien_face_options;
#define MIEN_FACE_DEFAULTS {MIEN_DETECTOR_YUNET, 0, 0, 0, 0, 0, NULL}

typedef struct mien_analyzer mien_analyzer;

MIEN_API MIEN_CHECKED mien_status
mien_analyzer_new(const mien_face_models *models,
                  const mien_face_options *options, mien_analyzer **out,
                  mien_error *err);
MIEN_API void mien_analyzer_free(mien_analyzer *a);
/* may plan again when the photo's shape asks for another input size */
MIEN_API MIEN_CHECKED mien_status mien_analyzer_run(mien_analyzer *a,
                                                    const mien_image *photo,
                                                    mien_faces *out,
                                                    mien_error *err);
/* seconds of the last run: detect, landmarks, descriptor, attributes */
typedef struct mien_face_times {
    double detect, landmarks, descriptor, attributes;
} mien_face_times;
MIEN_API mien_face_times mien_analyzer_times(const mien_analyzer *a);
MIEN_API void mien_faces_free(mien_faces *f);

/* Euclidean distance of two 128-d descriptors; below the threshold: the same
 * person. */
MIEN_API float mien_descriptor_distance(const float *a, const float *b);
#define MIEN_SAME_PERSON 0.6f

#ifdef __cplusplus
}
#endif
#endif
