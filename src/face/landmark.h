/* landmark.h: 68 points of a face, and the boxes that follow from them. */
#ifndef MI_FACE_LANDMARK_H
#define MI_FACE_LANDMARK_H

#include "sight/box.h"
#include "sight/stage.h"

enum { MI_LANDMARKS = 68, MI_LANDMARK_NUMBERS = 2 * MI_LANDMARKS };

typedef struct mi_landmarks {
    double x[MI_LANDMARKS], y[MI_LANDMARKS]; /* pixels of the photo */
    mi_crop crop;                            /* what the network saw */
} mi_landmarks;

extern const mi_stage_kind mi_landmark_stage;

/* Find the points of the face in a box.  crop.w is 0, and no point means
 * anything, where the box lies outside the photo or the network gives what are
 * no numbers. */
mien_status mi_landmarks_find(mi_stage *s, mi_feeder *f,
                              const mien_image *photo, mi_rect box,
                              mi_landmarks *out, mien_error *err);
/* The smallest box around the points, grown by a fifth: what attributes are
 * read from. */
mi_rect mi_align_around(const mi_landmarks *l);
/* Eyes, nose tip and corners of the mouth, as YuNet's five points. */
void mi_align_five(const mi_landmarks *l, mien_point out[5]);
/* The square that eyes and mouth ask for: what is described. */
mi_rect mi_align_square(const mi_landmarks *l);

#endif
