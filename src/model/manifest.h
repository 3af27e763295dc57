/* manifest.h: tf.js weight manifests: a JSON list of tensors beside a file of
 * their bytes. */
#ifndef MI_MODEL_MANIFEST_H
#define MI_MODEL_MANIFEST_H

#include "mien/graph.h"

enum {
    MI_MANIFEST_MAX = 1 << 20, /* bytes of JSON */
    MI_MANIFEST_WEIGHTS = 4096,
    MI_MANIFEST_NAME = 127
};

/* One tensor.  Quantised: value = byte * scale + min. */
typedef struct mi_weight {
    char name[MI_MANIFEST_NAME + 1];
    int is_float;  /* else integers, which no network of ours reads */
    int quantised; /* one byte an element; else four */
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
/* Release the list; the bytes were borrowed. */
void mi_weights_done(mi_weights *w);

#endif
