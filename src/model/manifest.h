/* manifest.h: tf.js weight manifests: a JSON list of tensors beside a file of
 * their bytes. */
#ifndef MI_MODEL_MANIFEST_H
#define MI_MODEL_MANIFEST_H

#include "mien/graph.h"

struct json_t; /* jansson's, which WebAssembly has not */

enum {
    MI_MANIFEST_MAX = 1 << 20, /* bytes of JSON */
    MI_MANIFEST_WEIGHTS = 4096,
    MI_MANIFEST_NAME = 127
};

/* How elements lie in the file. */
typedef enum mi_packed {
    MI_PACKED_NOT, /* as they are, in four bytes */
    MI_PACKED_U8,  /* value = byte * scale + min */
    MI_PACKED_U16, /* the same of two bytes */
    MI_PACKED_F16  /* floats of 16 bits */
} mi_packed;

/* One tensor. */
typedef struct mi_weight {
    char name[MI_MANIFEST_NAME + 1];
    int is_float; /* else int32 */
    mi_packed packed;
    double scale, min;
    mien_shape shape;
    size_t len;          /* elements */
    const uint8_t *data; /* in the file's bytes, not aligned */
} mi_weight;

typedef struct mi_weights {
    int n;
    mi_weight *weight; /* [n] */
} mi_weights;

/* Read a manifest and lay it over the bytes of its file (several files: one
 * after the other), which must be neither more nor fewer and must outlive it.
 * out is released with mi_weights_done. */
mien_status mi_manifest_read(const uint8_t *json, size_t json_n,
                             const uint8_t *bytes, size_t bytes_n,
                             mi_weights *out, mien_error *err);
/* The same of a list that is JSON already. */
mien_status mi_manifest_of(const struct json_t *list, const uint8_t *bytes,
                           size_t bytes_n, mi_weights *out, mien_error *err);
/* Read JSON of at most MI_MANIFEST_MAX bytes; messages begin with what.  out is
 * released with json_decref.  Fails with EFORMAT, ELIMIT, ENOMEM. */
mien_status mi_manifest_json(const char *what, const uint8_t *json, size_t n,
                             struct json_t **out, mien_error *err);
/* All elements as floats. */
void mi_weight_floats(const mi_weight *w, float *out);
/* Element i as an integer. */
int64_t mi_weight_int(const mi_weight *w, size_t i);
/* Release the list; the bytes were borrowed. */
void mi_weights_done(mi_weights *w);

#endif
