/* mien/net.h: networks as text, net.json (docs/networks.md).
 *
 *   bytes -> mien_net_read -> a graph (mien/graph.h) with its inputs, outputs
 *                             and losses
 *     -> net->layer, mien_net_table, mien_net_json   what it is made of
 *     -> mien_trainer_new (mien/train.h) with net->loss
 *
 * Nothing about a network is compiled in: layers, their order, what pixels are
 * scaled by and what is learned stand in the text. */
#ifndef MIEN_NET_H
#define MIEN_NET_H

#include "mien/text.h"
#include "mien/train.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a text may hold; more is ELIMIT. */
#define MIEN_NET_MAX_BYTES (1 << 20)
#define MIEN_NET_MAX_PARAMETERS (1 << 27)
enum {
    MIEN_NET_NAME = 64, /* bytes of a name, the zero byte included */
    MIEN_NET_MAX_LAYERS = 1024,
    MIEN_NET_MAX_INPUTS = 8,
    MIEN_NET_MAX_OUTPUTS = 16,
    MIEN_NET_MAX_FROM = 16 /* layers that one layer takes */
};

/* How the channels of pixels lie. */
typedef enum mien_net_colour {
    MIEN_NET_NO_COLOUR, /* rows of numbers, or another number of channels */
    MIEN_NET_GREY,
    MIEN_NET_RGB,
    MIEN_NET_BGR
} mien_net_colour;

/* An input of a network, in the order of mien_graph_inputs. */
typedef struct mien_net_input {
    char name[MIEN_NET_NAME];
    mien_shape shape; /* rows (-1) first; pixels [-1, channels, h, w] */
    mien_net_colour colour;
    float mean[3], scale[3]; /* of a channel: a pixel of 0..255 goes in as
                                (pixel - mean) * scale */
    int noise; /* 1: nothing from data, but numbers of mean 0 and deviation 1
                  while training, zeros else */
} mien_net_input;

/* A layer, as read. */
typedef struct mien_net_layer {
    char name[MIEN_NET_NAME];
    const char *kind; /* "conv2d" */
    int n_from;
    int from[MIEN_NET_MAX_FROM]; /* the layers it takes, by number */
    mien_shape shape;            /* of its result; rows (-1) first */
    int64_t parameters;          /* that training changes */
    int64_t statistics;          /* of batch normalisation */
    int components; /* 1: it begins as components of what is learned from
                       (mien_picture_study_new) */
    double flops;   /* of one row: two a multiply-add of convolutions and
                       products, else one an element looked at */
} mien_net_layer;

/* A network that was read. */
typedef struct mien_net {
    char name[MIEN_NET_NAME];
    mien_graph *graph;
    int n_inputs;
    mien_net_input input[MIEN_NET_MAX_INPUTS];
    int n_outputs; /* that the text names; losses may add more to the graph */
    int n_losses;
    mien_loss loss[MIEN_MAX_LOSSES]; /* for mien_trainer_options.losses */
    char target[MIEN_MAX_LOSSES][MIEN_NET_NAME]; /* the label or input that a
                        loss compares with; empty where there is none */
    int n_layers;
    mien_net_layer *layer;
} mien_net;

/* A number that a text calls by a name, "numbers" of net.json. */
typedef struct mien_net_number {
    const char *name;
    int value; /* 1..65536 */
} mien_net_number;

typedef struct mien_net_options {
    uint32_t seed;                 /* of the first values */
    int64_t max_parameters;        /* 0: MIEN_NET_MAX_PARAMETERS */
    const mien_net_number *number; /* [n_numbers] in place of the text's own */
    int n_numbers;
} mien_net_options;
#define MIEN_NET_DEFAULTS \
    {                     \
        0, 0, NULL, 0     \
    }

/* Read a network.
 *
 *   bytes    [n] JSON, "mien": "net/1"; any bytes may be given
 *   n        how many
 *   options  NULL: MIEN_NET_DEFAULTS
 *   out      owned by the caller; free with mien_net_free
 *
 * The same text and seed give the same first values.  Not in the WebAssembly
 * library.
 * Fails with EFORMAT (no such JSON; a layer's name, key, value or input that
 * does not fit: the text names the layer, what was found and what is wanted),
 * EUNSUP (another version), EARG (a number that the text does not have),
 * ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_net_read(const uint8_t *bytes, size_t n,
                                                const mien_net_options *options,
                                                mien_net **out,
                                                mien_error *err);

typedef struct mien_keras_options {
    int logits; /* 1: a softmax or sigmoid that ends the network is left out,
                   as losses of net.json and mien_picture_name_classes want */
} mien_keras_options;

/* Read a network that Keras saved whole: model.save of Keras 1 or 2, .h5 or
 * .hdf5.
 *
 *   bytes    [n] the file; any bytes may be given
 *   n        how many
 *   options  NULL: zeros
 *   out      owned by the caller; free with mien_net_free
 *   text     its net.json; free with mien_bytes_free.  NULL: not wanted
 *
 * Sequential and functional models of the layers that net.json has; pictures
 * come channels first, as everywhere here.  Nothing in the file is executed,
 * nothing outside it opened.  One thread reads at a time, others wait.  Not in
 * the WebAssembly library.
 * Fails with EFORMAT (damaged, or no model in it), EUNSUP (a layer, named;
 * libhdf5 missing; links and arrays that lead elsewhere, filters but gzip and
 * shuffle), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_keras_read(
    const uint8_t *bytes, size_t n, const mien_keras_options *options,
    mien_net **out, mien_bytes *text, mien_error *err);

/* Release a network and its graph.
 *
 *   net  no plan or trainer of its graph may be in use; NULL is allowed */
MIEN_API void mien_net_free(mien_net *net);

/* Add the layers as a table: name, kind, shape, parameters, operations, what a
 * layer takes; sums below it.
 *
 *   net  a network
 *   out  lines of text */
MIEN_API void mien_net_table(const mien_net *net, mien_buffer *out);

/* Add the same as a JSON object, with inputs and losses.
 *
 *   net  a network
 *   out  an object and a line's end */
MIEN_API void mien_net_json(const mien_net *net, mien_buffer *out);

/* Count the numbers of all layers: those that training changes, and running
 * statistics; as the table has them.
 *
 *   net  a network */
MIEN_API int64_t mien_net_parameters(const mien_net *net);

/* Tell the memory that a step of training takes, by making ready for one.
 *
 *   net   a network; without losses it is taken to learn from its first output
 *   rows  of a batch, 1 or more
 *   out   set to bytes: tensors, gradients, parameters and their moments
 *
 * Fails with what mien_trainer_new fails with. */
MIEN_API MIEN_CHECKED mien_status mien_net_memory(const mien_net *net, int rows,
                                                  size_t *out, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
