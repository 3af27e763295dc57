/* The descriptor: 128 numbers in which photos of one person lie near each
 * other.
 *
 * The crop, padded with black on both sides to a square and resized to 150 x
 * 150, goes through a residual network of 29 layers.
 * Source: dlib, dnn_face_recognition_ex; face-api.js 1.7.15,
 * src/faceRecognitionNet/FaceRecognitionNet.ts. */
#include "face/describe.h"

#include "mien/match.h"

#include <string.h>

const mi_stage_kind mi_descriptor_stage = {
    "descriptor", 1, {{"descriptor", {2, {1, MIEN_DESCRIPTOR}}}}};

mien_status mi_describe(mi_stage *s, mi_feeder *f, const mien_image *photo,
                        mi_crop crop, float *out, mien_error *err)
{
    mi_sample sample = mi_sample_square(crop, MI_DESCRIPTOR_SIDE, 1);
    mien_status st = mi_stage_run(s, f, photo, &sample, err);
    if (st == MIEN_OK)
        memcpy(out, s->out[0].data, MIEN_DESCRIPTOR * sizeof *out);
    return st;
}
