/* pictures_noise.h: labels of pictures that are wrong.
 *
 *   each picture of a sample -> mi_picture_features, mi_picture_face_features
 *     (while it is in memory for its measures)
 *   all of them -> mi_picture_reduce -> logistic regressions, out of fold
 *     -> mi_noise_judge: how many labels are wrong, and which */
#ifndef MI_DATASET_PICTURES_NOISE_H
#define MI_DATASET_PICTURES_NOISE_H

#include "dataset/noise_rate.h"
#include "dataset/pictures.h"
#include "mien/face.h"

enum {
    MI_PICTURE_FEATURES = 1116 + 144 + 32,
    MI_FACE_FEATURES = 9,
    MI_PICTURE_NUMBERS = 120, /* that features are reduced to, at most */
    MI_NOISE_CLASSES = 100,   /* that are told apart, at most */
    MI_NOISE_FOLDS = 5
};

/* The pictures whose labels are looked at. */
struct mi_picture_noise {
    int64_t room;     /* pictures of the sample */
    int32_t *slot;    /* [labels] place in the sample, or -1 */
    float *feature;   /* [room, MI_PICTURE_FEATURES] */
    float *face;      /* [room, MI_FACE_FEATURES] NaN: not known */
    mien_noise *task; /* [tasks] */
    int tasks;
};
typedef struct mi_picture_noise mi_picture_noise;

/* One task under way. */
typedef struct mi_noise_work {
    const mien_pictures_check *c;
    int64_t n;     /* pictures */
    int classes;   /* that are told apart */
    int64_t *row;  /* [n] numbers of the labels */
    int *of;       /* [n] class of those told apart */
    uint8_t *fold; /* [n] */
    int faces;     /* 1: answers about faces are among the columns */
    int width;
    double *x;           /* [n, width] */
    double *probability; /* [n, classes] out of fold, one class at a time */
    double *wrong;       /* [n] chance that the label is wrong */
    int class_of[MI_NOISE_CLASSES]; /* number of the task's class */
} mi_noise_work;

/* A picture in numbers that a linear model can tell classes from. */
mien_status mi_picture_features(const mien_image *im,
                                float out[MI_PICTURE_FEATURES],
                                mien_error *err);
/* What networks said of the largest face: log-probabilities of expressions,
 * age, log-odds of male; NaN where they were not asked. */
void mi_picture_face_features(const mien_faces *faces,
                              float out[MI_FACE_FEATURES]);

/* The first k directions' numbers of the pictures of w, into the first columns
 * of its x. */
mien_status mi_picture_reduce(mi_noise_work *w, const mi_picture_noise *s,
                              int k, mien_error *err);

/* Columns and probabilities of a task whose rows are chosen. */
mien_status mi_noise_fit(mi_noise_work *w, const mi_picture_noise *s,
                         mien_error *err);

/* Labels of two classes, y [n], that were changed, from two heaps of scores
 * with a gap; flips and the errors of its rates' logarithms are replaced where
 * it explains more. */
mien_status mi_noise_heaps(int64_t n, const double *score, const uint8_t *y,
                           mi_flips *flips, double error[2]);

/* How many labels are wrong, and which; into out. */
mien_status mi_noise_judge(mi_noise_work *w, mien_noise *out, mien_error *err);

#endif
