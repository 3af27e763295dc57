/* tfjs.h: the inside of the reader of TensorFlow.js' graph models.
 *
 *   model.json -> tfjs (nodes by name, names of files)
 *     -> tfjs_walk (which nodes the results need, in order)
 *     -> tfjs_conv, tfjs_math, tfjs_move (what each is in a graph)
 *
 * TensorFlow keeps the channels of pixels last, a graph first.  A value of
 * pixels is kept as the graph has it, and brought to TensorFlow's order where
 * an operator looks at axes. */
#ifndef MI_MODEL_TFJS_H
#define MI_MODEL_TFJS_H

#include "mien/model_tfjs.h"

#include "model/manifest.h"
#include "graph/graph.h"
#include "graph/op_attr.h"

#include <jansson.h>

enum {
    MI_TF_MAX_NODES = 1 << 14,
    MI_TF_MAX_INTS = MI_MAX_KNOWN, /* integers of one value */
    MI_TF_MAX_SHARDS = 1 << 10
};

/* A convolution that may still take a factor and a sum into itself. */
typedef struct mi_tf_conv {
    mi_node *x;
    const char *name;
    float *filters; /* [out, in, h, w] */
    float *bias;    /* [out] */
    int64_t out, in, h, w;
    int64_t group, stride[2], dilation[2];
    int same; /* 1: padding SAME, 0: VALID */
    int last; /* 1: no further layer reads its pixels */
} mi_tf_conv;

typedef enum mi_tf_kind {
    MI_TF_NONE,
    MI_TF_INTS,   /* integers that are known: shapes, axes */
    MI_TF_WEIGHT, /* floats of the file */
    MI_TF_CONV,
    MI_TF_NODE,
    MI_TF_PARTS /* a node that is taken apart along an axis: Unpack */
} mi_tf_kind;

/* What a node of the file stands for. */
typedef struct mi_tf_value {
    mi_tf_kind kind;
    mi_node *node; /* NODE, PARTS */
    int pixels;    /* NODE: [1, c, h, w] here, [1, h, w, c] in the file */
    int axis;      /* PARTS */
    int part;      /* the same: which one, of an input */
    const mi_weight *weight;
    mi_tf_conv *conv; /* owned */
    int n;            /* INTS; -1: one, a scalar */
    int64_t ints[MI_TF_MAX_INTS];
} mi_tf_value;

typedef struct mi_tf_node {
    const char *name, *op; /* of the JSON */
    const json_t *inputs, *attr;
    int uses;  /* inputs of nodes in use that are this one */
    int state; /* of the walk */
    mi_tf_value value;
} mi_tf_node;

/* A name and where it stands, sorted by name. */
typedef struct mi_tf_name {
    const char *name;
    int at;
} mi_tf_name;

struct mien_tfjs {
    json_t *root;
    const json_t *manifest;
    mi_tf_name *node; /* [n] of the list of nodes */
    const json_t *nodes;
    int n;
    const char **shard; /* [n_shards] */
    int n_shards;
};

/* A conversion. */
typedef struct mi_tf {
    const mien_tfjs *model;
    mien_graph *g;
    int float32, small;
    mi_tf_node *node; /* [model->n] in the file's order */
    mi_tf_node *now;  /* being converted, or NULL: messages name it */
    int *order;       /* [n_order] nodes in use, inputs first */
    int n_order;
    int *output; /* [n_output] nodes */
    int n_output;
    mi_weights weights;
    mi_tf_name *weight; /* [weights.n] */
    mien_error *err;
} mi_tf;

/* Where a name stands in a sorted list; -1: nowhere. */
int mi_tf_find(const mi_tf_name *list, int n, const char *name, size_t len);
/* Sort a list.  Fails with EFORMAT if a name stands in it twice. */
mien_status mi_tf_sort(mi_tf_name *list, int n, mien_error *err);

/* "tf.js: " and, while a node is converted, which one, before the text. */
mien_status mi_tf_fail(const mi_tf *t, mien_status st, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The number of a node's inputs, those that only order nodes left out. */
int mi_tf_inputs(const mi_tf_node *n);
/* The place of input i among the nodes, and which of its results is meant. */
mien_status mi_tf_input_at(const mi_tf *t, const mi_tf_node *n, int i, int *at,
                           int *part);

/* tfjs_walk.c: the results, and the nodes that they need, into t. */
mien_status mi_tf_walk(mi_tf *t);
/* The operator behind which a loop over the pictures of a batch ends. */
int mi_tf_is_batch(const mi_tf_node *n);

/* tfjs_value.c: inputs and attributes of the node being converted.
 *
 * An input as it is. */
mien_status mi_tf_input(mi_tf *t, int i, mi_tf_value *out);
/* An input as a node; pixels 1 leaves pixels as the graph has them and tells.
 */
mien_status mi_tf_tensor(mi_tf *t, int i, int *pixels, mi_node **out);
/* Integers of an input; n is set to how many. */
mien_status mi_tf_ints(mi_tf *t, int i, int *n, int64_t *out);
/* One integer. */
mien_status mi_tf_int(mi_tf *t, int i, int64_t *out);
/* An integer of the attributes; what stands for it where it is left out. */
int64_t mi_tf_attr(const mi_tf_node *n, const char *name, int64_t usual);
/* A list of integers; how many there are, at most `most`. */
int mi_tf_attr_list(const mi_tf_node *n, const char *name, int most,
                    int64_t *out);
/* 1 if a text is that one; files have it in numbers or in base64. */
int mi_tf_attr_is(const mi_tf_node *n, const char *name, const char *text,
                  const char *base64);
/* How many texts a list has. */
int mi_tf_attr_texts(const mi_tf_node *n, const char *name);
/* 1 if one of them is that one. */
int mi_tf_attr_has(const mi_tf_node *n, const char *name, const char *text,
                   const char *base64);
/* The name of the graph's node that stands for this one. */
const char *mi_tf_name_of(const mi_tf_node *n);
/* A value as a node of the graph. */
mien_status mi_tf_node_of(mi_tf *t, const mi_tf_value *v, int *pixels,
                          mi_node **out);
/* The graph's first mistake, or why a node that was made of it has no shape, as
 * the failure of the node being converted. */
mien_status mi_tf_check(const mi_tf *t, const mi_node *made);
/* A value of a node. */
static inline mi_tf_value mi_tf_made(mi_node *node, int pixels)
{
    return (mi_tf_value){.kind = MI_TF_NODE, .node = node, .pixels = pixels};
}
/* Integers as a constant. */
mi_node *mi_tf_list(mi_tf *t, const int64_t *v, int n);

/* tfjs_conv.c: add a convolution to the graph. */
mi_node *mi_tf_conv_node(mi_tf *t, const mi_tf_conv *c, mien_status *st);
/* tfjs_pack.c: its filters in bytes, as a node; NULL without memory. */
mi_node *mi_tf_packed(mi_tf *t, const mi_tf_conv *c);
/* Take factors and sums, [out] each, into a convolution; NULL: none. */
void mi_tf_conv_scale(mi_tf_conv *c, const float *factor, const float *sum);
/* Release a convolution; NULL is fine. */
void mi_tf_conv_free(mi_tf_conv *c);

/* What an operator of TensorFlow is. */
typedef mien_status mi_tf_op(mi_tf *t, mi_tf_value *out);
mi_tf_op mi_tf_conv2d, mi_tf_depthwise, mi_tf_fused, mi_tf_fused_depthwise,
    mi_tf_batch_norm, mi_tf_add, mi_tf_sub, mi_tf_mul, mi_tf_add_n, mi_tf_relu,
    mi_tf_relu6, mi_tf_sigmoid, mi_tf_exp, mi_tf_reshape, mi_tf_concat,
    mi_tf_squeeze, mi_tf_expand, mi_tf_slice, mi_tf_strided_slice,
    mi_tf_transpose, mi_tf_pack, mi_tf_unpack, mi_tf_tile, mi_tf_shape,
    mi_tf_identity;

#endif
