/* weight.h: tensors that lie one after the other in a file's bytes.
 *
 *   mi_laying l = {bytes, n}, begin -> name, its facts, add; ... -> end */
#ifndef MI_MODEL_WEIGHT_H
#define MI_MODEL_WEIGHT_H

#include "mien/model.h"

enum { MI_WEIGHTS_MAX = 4096, MI_WEIGHT_NAME = 127 };

/* One tensor. */
typedef struct mi_weight {
    char name[MI_WEIGHT_NAME + 1];
    int is_float; /* else int32 */
    mien_packed packed;
    double scale, min;
    mien_shape shape;
    size_t len;          /* elements */
    const uint8_t *data; /* in the file's bytes, not aligned */
} mi_weight;

typedef struct mi_weights {
    int n;
    mi_weight *weight; /* [n] */
} mi_weights;

/* Weights being laid over bytes, which outlive them; messages begin with
 * "manifest: ". */
typedef struct mi_laying {
    const uint8_t *bytes;
    size_t n, at;
    mi_weights w;
    mien_error *err;
} mi_laying;

/* Make room for n weights.  Fails with ELIMIT, ENOMEM. */
mien_status mi_laying_begin(mi_laying *l, size_t n);
/* Begin the next weight, whose other facts the caller fills in. */
mien_status mi_laying_name(mi_laying *l, const char *name, mi_weight **out);
/* Check it, and lay it over the next bytes. */
mien_status mi_laying_add(mi_laying *l);
/* With st MIEN_OK and all bytes taken: out is released with mi_weights_done;
 * else the weights are released. */
mien_status mi_laying_end(mi_laying *l, mien_status st, mi_weights *out);

/* All elements as floats. */
void mi_weight_floats(const mi_weight *w, float *out);
/* Element i as an integer. */
int64_t mi_weight_int(const mi_weight *w, size_t i);
/* Release the list; the bytes were borrowed. */
void mi_weights_done(mi_weights *w);

#endif
