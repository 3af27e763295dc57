/* manifest.h: tf.js weight manifests: a JSON list of tensors beside a file of
 * their bytes. */
#ifndef MI_MODEL_MANIFEST_H
#define MI_MODEL_MANIFEST_H

#include "model/weight.h"

struct json_t; /* jansson's, which WebAssembly has not */

enum { MI_MANIFEST_MAX = 1 << 20 }; /* bytes of JSON */

/* Read a manifest and lay it over the bytes of its file (several files: one
 * after the other), which must be neither more nor fewer and must outlive it.
 * out is released with mi_weights_done. */
mien_status mi_manifest_read(const uint8_t *json, size_t json_n,
                             const uint8_t *bytes, size_t bytes_n,
                             mi_weights *out, mien_error *err);
/* The same of a list that is JSON already. */
mien_status mi_manifest_of(const struct json_t *list, const uint8_t *bytes,
                           size_t bytes_n, mi_weights *out, mien_error *err);

#endif
