/* mien/model_tfjs.h: networks of TensorFlow.js.
 *
 *   model.json -> mien_tfjs_read: its nodes, and which files hold the weights
 *   + the bytes of those files -> mien_tfjs_convert -> mien_graph
 *
 * A graph model is what tensorflowjs_converter writes: TensorFlow's nodes as
 * JSON, and the numbers in files of a few megabytes ("shards").  Nothing in it
 * is executed.  Not in the WebAssembly library. */
#ifndef MIEN_MODEL_TFJS_H
#define MIEN_MODEL_TFJS_H

#include "mien/graph.h"
#include "mien/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A model.json that was read. */
typedef struct mien_tfjs mien_tfjs;

/* Read a model.json of a graph model.
 *
 *   json  [n] the whole file; the caller may free it at once
 *   n     how many bytes, at most 2^20
 *   out   owned by the caller; free with mien_tfjs_free
 *
 * Fails with EFORMAT (no JSON, no graph model, a node without a name or with
 * the name of another, a file outside the folder), EUNSUP (a model of layers,
 * not of nodes), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_tfjs_read(const uint8_t *json, size_t n,
                                                 mien_tfjs **out,
                                                 mien_error *err);

/* Release a model.json.
 *
 *   m  NULL is allowed */
MIEN_API void mien_tfjs_free(mien_tfjs *m);

/* Walk the files that hold the weights, in the order of their bytes.
 *
 *   m  as read
 *   i  0, 1, 2, ...
 *
 * A name without a folder, "group1-shard1of5"; NULL past the last. */
MIEN_API const char *mien_tfjs_shard(const mien_tfjs *m, int i);

typedef struct mien_tfjs_options {
    int float32; /* 1: filters as float32, not bytes with a scale and a zero
                    point for each channel */
    int small;   /* 1: a byte each; 0: more for filters whose errors go through
                    further layers, so that answers stay near those of floats */
    const mien_model_entry *entry; /* what the graph says of itself: name, task,
                                      source, licence; NULL: nothing */
} mien_tfjs_options;
#define MIEN_TFJS_DEFAULTS \
    {                      \
        0, 0, NULL         \
    }

/* Make a graph of it.
 *
 *   m          as read; it can be converted again
 *   weights    [weights_n] the files' bytes, one after the other
 *   weights_n  how many
 *   options    NULL: MIEN_TFJS_DEFAULTS
 *   out        owned by the caller, who may free all else at once; free with
 *              mien_graph_free
 *
 * What the results need is converted, from the last node back.  Where a loop
 * resizes every picture of a batch to one size before the network, the graph
 * begins behind it, with an input "pixels" [1, 3, h, w] of that size: the
 * caller resizes (bilinear, the corners of both at one place:
 * MIEN_BILINEAR_CORNER).  Additions and factors behind a convolution become
 * part of its filters and bias.  The results of TensorFlow's object detection
 * networks are called "boxes" [1, n, 1, 4] (top, left, bottom, right, in parts
 * of the sides) and "scores" [1, n, classes]; others keep their names.
 * Fails with EFORMAT (the weights do not fit, nodes go in a circle or miss an
 * input; the text names the node), EUNSUP (an operator or type that is not
 * known), ELIMIT, ENOMEM.
 * Source: TensorFlow.js 4.22, tfjs-converter and tfjs-core (io/types.ts). */
MIEN_API MIEN_CHECKED mien_status mien_tfjs_convert(
    const mien_tfjs *m, const uint8_t *weights, size_t weights_n,
    const mien_tfjs_options *options, mien_graph **out, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
