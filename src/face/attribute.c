/* Expression, age and gender from the crop of a face, padded with black on both
 * sides to a square and resized to 112 x 112.
 * Source: face-api.js 1.7.15, src/faceExpressionNet/FaceExpressionNet.ts,
 * src/ageGenderNet/AgeGenderNet.ts. */
#include "face/describe.h"

#include <string.h>

enum { EXPRESSIONS = 7 };

const mi_stage_kind mi_expression_stage = {
    "expression", 1, {{"expression", {2, {1, EXPRESSIONS}}}}};

const mi_stage_kind mi_age_gender_stage = {
    "age-gender", 2, {{"age", {2, {1, 1}}}, {"gender", {2, {1, 2}}}}};

mien_status mi_read_expression(mi_stage *s, mi_feeder *f,
                               const mien_image *photo, mi_crop crop,
                               float *out, mien_error *err)
{
    mi_sample sample = mi_sample_square(crop, MI_ATTRIBUTE_SIDE, 1);
    mien_status st = mi_stage_run(s, f, photo, &sample, err);
    if (st == MIEN_OK)
        memcpy(out, s->out[0].data, EXPRESSIONS * sizeof *out);
    return st;
}

mien_status mi_read_age_gender(mi_stage *s, mi_feeder *f,
                               const mien_image *photo, mi_crop crop,
                               float *age, float *male, mien_error *err)
{
    mi_sample sample = mi_sample_square(crop, MI_ATTRIBUTE_SIDE, 1);
    mien_status st = mi_stage_run(s, f, photo, &sample, err);
    if (st != MIEN_OK)
        return st;
    *age = s->out[0].data[0];
    *male = s->out[1].data[0];
    return MIEN_OK;
}
