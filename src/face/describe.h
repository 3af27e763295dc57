/* describe.h: numbers read from the crop of a face. */
#ifndef MI_FACE_DESCRIBE_H
#define MI_FACE_DESCRIBE_H

#include "sight/stage.h"

enum {
    MI_DESCRIPTOR_SIDE = 150, /* input of the descriptor network */
    MI_MOBILEFACENET_SIDE = 112,
    MI_ATTRIBUTE_SIDE = 112 /* of the expression and age-gender networks */
};

/* WebAssembly has the first descriptor alone: the second's network is not in
 * the app, which is to stay small. */
#ifdef __wasm__
enum { MI_HAS_MOBILEFACENET = 0 };
#else
enum { MI_HAS_MOBILEFACENET = 1 };
#endif

extern const mi_stage_kind mi_descriptor_stage, mi_mobilefacenet_stage,
    mi_expression_stage, mi_age_gender_stage;

/* out [128] */
mien_status mi_describe(mi_stage *s, mi_feeder *f, const mien_image *photo,
                        mi_crop crop, float *out, mien_error *err);
/* out [512]; *found 0: the five points are no face's, or what the network gives
 * has no length, and out stays. */
mien_status mi_describe_points(mi_stage *s, const mien_image *photo,
                               const mien_point five[5], float *out, int *found,
                               mien_error *err);
/* out [7] probabilities */
mien_status mi_read_expression(mi_stage *s, mi_feeder *f,
                               const mien_image *photo, mi_crop crop,
                               float *out, mien_error *err);
/* Age in years and the probability of male, 0..1. */
mien_status mi_read_age_gender(mi_stage *s, mi_feeder *f,
                               const mien_image *photo, mi_crop crop,
                               float *age, float *male, mien_error *err);

#endif
