/* mien/model.h: network files.  ONNX is the one format at rest.
 *
 *   bytes -> mien_onnx_read -> mien_graph -> mien_onnx_write -> bytes
 *   face-api.js weights -> mien_faceapi_convert -> mien_graph */
#ifndef MIEN_MODEL_H
#define MIEN_MODEL_H

#include "mien/nn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* bytes are borrowed as long as the graph lives (weights point into them) */
MIEN_API MIEN_CHECKED mien_status mien_onnx_read(const uint8_t *bytes, size_t n,
                                                 mien_graph **out,
                                                 mien_error *err);
MIEN_API MIEN_CHECKED mien_status mien_onnx_write(const mien_graph *g,
                                                  mien_bytes *out,
                                                  mien_error *err);

/* kind: "tiny_face_detector", ...; manifest: the JSON; weights: the .bin */
typedef struct mien_faceapi_options {
    int float32; /* 1: write weights as float32, not uint8 + DequantizeLinear */
} mien_faceapi_options;
#define MIEN_FACEAPI_DEFAULTS {0}
MIEN_API MIEN_CHECKED mien_status mien_faceapi_convert(
    const char *kind, const uint8_t *manifest, size_t manifest_n,
    const uint8_t *weights, size_t weights_n,
    const mien_faceapi_options *options, mien_graph **out, mien_error *err);

/* One known model.  Digests are lower-case hex SHA-256. */
typedef struct mien_model_entry {
    const char *name;       /* "face_recognition" */
    const char *task;       /* "descriptor" */
    const char *file;       /* "face_recognition.onnx" */
    const char *sha256;     /* of that file as mien writes it */
    const char *source;     /* "npm @vladmandic/face-api" */
    const char *version;    /* "1.7.15" */
    const char *source_file; /* "model/face_recognition_model.bin"; its manifest
                                is the same with -weights_manifest.json */
    const char *source_sha256, *manifest_sha256;
    const char *licence;    /* SPDX: "MIT", "BSD-3-Clause" */
    const char *summary;    /* one line, inputs and outputs */
} mien_model_entry;
/* entry i, or NULL past the last */
MIEN_API const mien_model_entry *mien_model_at(int i);
MIEN_API const mien_model_entry *mien_model_find(const char *name);
/* the detector built into the library: YuNet-n, any input of multiples of 32 */
MIEN_API const uint8_t *mien_model_embedded(const char *name, size_t *n);

#ifdef __cplusplus
}
#endif
#endif
