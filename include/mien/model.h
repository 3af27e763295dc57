/* mien/model.h: network files.  ONNX is the one format at rest.
 *
 *   bytes -> mien_onnx_read -> mien_graph -> mien_onnx_write -> bytes
 *   face-api.js weights -> mien_faceapi_convert -> mien_graph
 *
 * The catalogue names the models that mien knows, with their digests; one of
 * them is built into the library. */
#ifndef MIEN_MODEL_H
#define MIEN_MODEL_H

#include "mien/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Read an ONNX file.
 *
 *   bytes  [n] the whole file; the caller may free it at once
 *   n      how many
 *   out    owned by the caller; free with mien_graph_free
 *
 * Opsets 7 to 21 of the domain ai.onnx are read and brought to the operators of
 * opset 13.  Inputs and outputs are float; weights may be float32, uint8, int8
 * (behind DequantizeLinear), int32 and int64.  Any bytes may be given: every
 * count and length in them is checked before it sizes anything.
 * Fails with EFORMAT (the place in the file or the node is named), EUNSUP (an
 * operator, attribute, opset or type that mien has not, weights in other
 * files), ELIMIT, ENOMEM.
 * Source: ONNX IR specification, version 10; onnx.proto. */
MIEN_API MIEN_CHECKED mien_status mien_onnx_read(const uint8_t *bytes, size_t n,
                                                 mien_graph **out,
                                                 mien_error *err);

/* Read an ONNX file without copying its weights: the graph points into it.
 *
 *   bytes  [n] the whole file; borrowed as long as the graph lives
 *   n      how many
 *   out    owned by the caller; free with mien_graph_free
 *
 * Weights that do not lie aligned in the file, or are int8 or int32, are copied
 * all the same.  Fails with what mien_onnx_read fails with. */
MIEN_API MIEN_CHECKED mien_status mien_onnx_read_borrowed(const uint8_t *bytes,
                                                          size_t n,
                                                          mien_graph **out,
                                                          mien_error *err);

/* Write a graph as an ONNX file of opset 13.
 *
 *   g    a graph
 *   out  the file; free with mien_bytes_free
 *
 * The same graph gives the same bytes.  Weights lie at multiples of 16 bytes of
 * the file, so that a reader may use them in place.
 * Fails with EUNSUP (the shape of an output cannot be told), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_onnx_write(const mien_graph *g,
                                                  mien_bytes *out,
                                                  mien_error *err);

/* Make the same network with the filters of its convolutions in bytes, a scale
 * and a zero point for each output channel.
 *
 *   g    a graph; it may be freed at once
 *   out  owned by the caller; free with mien_graph_free
 *
 * About a quarter of the size; each weight is off by at most half of a 255th of
 * its channel's range.  Weights that are not finite, those that training
 * changes and those of other operators stay as they are.
 * Fails with ELIMIT, ENOMEM, and with the first mistake in g. */
MIEN_API MIEN_CHECKED mien_status mien_onnx_pack(const mien_graph *g,
                                                 mien_graph **out,
                                                 mien_error *err);

typedef struct mien_faceapi_options {
    int float32; /* 1: weights as float32, not uint8 with a DequantizeLinear */
} mien_faceapi_options;
#define MIEN_FACEAPI_DEFAULTS \
    {                         \
        0                     \
    }

/* Make a graph of one of face-api.js' networks.
 *
 *   kind        "tiny_face_detector", "ssd_mobilenetv1", "face_landmark_68",
 *               "face_landmark_68_tiny", "face_recognition", "face_expression"
 *               or "age_gender"
 *   manifest    [manifest_n] the JSON, KIND_model-weights_manifest.json
 *   manifest_n  how many bytes
 *   weights     [weights_n] the numbers, KIND_model.bin
 *   weights_n   how many bytes
 *   options     NULL: MIEN_FACEAPI_DEFAULTS
 *   out         owned by the caller, who may free the inputs at once; free
 *               with mien_graph_free
 *
 * The graph's input "pixels" is [1, 3, h, w] RGB 0..255; what face-api.js does
 * to pixels before the network stands in the graph.  Its answers are face-api's
 * to about 1e-6.  Not in the WebAssembly library, which has mien_faceapi_build.
 * Fails with EFORMAT (a weight is missing or of another shape, the bytes do not
 * fit the manifest), EUNSUP (no such network, another dtype), ELIMIT, ENOMEM.
 * Source: face-api.js 1.7.15 (vladmandic). */
MIEN_API MIEN_CHECKED mien_status mien_faceapi_convert(
    const char *kind, const uint8_t *manifest, size_t manifest_n,
    const uint8_t *weights, size_t weights_n,
    const mien_faceapi_options *options, mien_graph **out, mien_error *err);

/* How the elements of a weight lie in its file. */
typedef enum mien_packed {
    MIEN_PACKED_NOT, /* as they are, in four bytes */
    MIEN_PACKED_U8,  /* value = byte * scale + min */
    MIEN_PACKED_U16, /* the same of two bytes */
    MIEN_PACKED_F16  /* floats of 16 bits */
} mien_packed;

/* One weight of a manifest. */
typedef struct mien_faceapi_weight {
    const char *name; /* "conv0/filters" */
    mien_shape shape;
    int whole; /* 1: int32, 0: float32 */
    mien_packed packed;
    double scale, min;
} mien_faceapi_weight;

/* Make the same of a manifest that the caller has read.
 *
 *   kind     as for mien_faceapi_convert
 *   n        weights
 *   weight   [n] in the order in which they lie in the file
 *   bytes    [bytes_n] the numbers; several files: one after the other
 *   bytes_n  how many bytes
 *   options  NULL: MIEN_FACEAPI_DEFAULTS
 *   out      owned by the caller, who may free the inputs at once; free with
 *            mien_graph_free
 *
 * Fails with what mien_faceapi_convert fails with: EFORMAT, EUNSUP, ELIMIT,
 * ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_faceapi_build(
    const char *kind, int n, const mien_faceapi_weight *weight,
    const uint8_t *bytes, size_t bytes_n, const mien_faceapi_options *options,
    mien_graph **out, mien_error *err);

/* One known model.  Digests are lower-case hex SHA-256. */
typedef struct mien_model_entry {
    const char *name;        /* "face_recognition" */
    const char *task;        /* "descriptor" */
    const char *file;        /* "face_recognition.onnx" */
    const char *sha256;      /* of that file as mien writes it */
    const char *source;      /* "npm @vladmandic/face-api" */
    const char *version;     /* "1.7.15" */
    const char *source_file; /* "model/face_recognition_model.bin"; its manifest
                                is the same with -weights_manifest.json; or a
                                model.json, which names its files of weights;
                                or an .onnx of floats;
                                NULL: the file is used as it came */
    const char *source_sha256;   /* of the weights, all files of them one after
                                    the other; NULL like source_file */
    const char *manifest_sha256; /* of the JSON; NULL like source_file */
    const char *licence;         /* SPDX: "MIT" */
    const char *summary;         /* one line, inputs and outputs */
    const char *note;    /* what to know before it is used, such as what is not
                            stated about its training; NULL: nothing */
    const char *install; /* the command that installs it, if it is not installed
                            with the others; NULL */
} mien_model_entry;

/* Walk the catalogue.
 *
 *   i  0, 1, 2, ...
 *
 * NULL past the last. */
MIEN_API const mien_model_entry *mien_model_at(int i);

/* Look up a model.
 *
 *   name  an entry's name; "yunet" means "yunet_n"
 *
 * NULL if there is none. */
MIEN_API const mien_model_entry *mien_model_find(const char *name);

/* A model's file, as a look-up gives it. */
typedef struct mien_model_file {
    mien_bytes bytes; /* of the ONNX file; owned by whoever asked */
    char place[256];  /* path or address, for messages; its end if longer */
} mien_model_file;

/* Looks a model up: in folders (mien_models_lookup of mien/kit.h), on a
 * server, in an archive.
 *
 *   arg    the asker's
 *   entry  of the catalogue
 *   out    zeroed; set bytes, and place if there is one
 *
 * Fails with EIO if it is not there, and what else reading fails with; the text
 * names the model. */
typedef mien_status mien_model_lookup(void *arg, const mien_model_entry *entry,
                                      mien_model_file *out, mien_error *err);

/* The SHA-256 of a model in use. */
typedef struct mien_model_digest {
    const char *task; /* of the catalogue: "detector" */
    char sha256[65];  /* lower-case hex */
} mien_model_digest;

/* Give the file of a model that is built into the library.
 *
 *   name  "yunet_n" (or "yunet"): the detector YuNet-n, whose input "input" is
 *         [1, 3, h, w] BGR 0..255 with sides of multiples of 32
 *   n     set to its size in bytes, unless NULL is returned
 *
 * The bytes live as long as the program; NULL for any other name. */
MIEN_API const uint8_t *mien_model_embedded(const char *name, size_t *n);

#ifdef __cplusplus
}
#endif
#endif
