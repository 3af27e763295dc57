/* mien/graph.h: networks as they are described: operators with ONNX's names and
 * meaning, what they learn, and what goes in and out.
 *
 *   mien_graph_new -> inputs, layers (mien/layer.h), outputs
 *   or mien_onnx_read (mien/model.h)
 *     -> mien_plan_new (mien/engine.h) to run it
 *     -> mien_trainer_new (mien/train.h) to let it learn
 *     -> mien_onnx_write (mien/model.h) to keep it
 *
 * Shapes are ONNX's: rows come first, images are [n, channels, h, w].
 *
 * Building is sticky: a node always comes back, the first mistake is kept in
 * the graph, and mien_graph_check and whoever uses the graph return it. */
#ifndef MIEN_GRAPH_H
#define MIEN_GRAPH_H

#include "mien/base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIEN_MAX_RANK 6
/* Elements of one tensor; keeps a hostile shape from sizing memory. */
#define MIEN_MAX_TENSOR (1 << 28)

typedef struct mien_graph mien_graph;

/* A tensor of a graph that is being built; lives as long as the graph. */
typedef struct mi_node mien_node;

typedef struct mien_shape {
    int rank;                   /* 0..MIEN_MAX_RANK */
    int64_t dim[MIEN_MAX_RANK]; /* row-major; -1: known when planned */
} mien_shape;

/* ---- build ----------------------------------------------------------------
 */

/* Begin a network.
 *
 *   out  owned by the caller; free with mien_graph_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_graph_new(mien_graph **out,
                                                 mien_error *err);

/* Report the first mistake in building, if any.
 *   g  a graph
 *
 * Fails with EARG, EFORMAT (shapes that do not fit, a name that is taken),
 * ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_graph_check(const mien_graph *g,
                                                   mien_error *err);

/* Add what a network is given.
 *   g      a graph
 *   name   of the input
 *   shape  first dimension -1 (rows), the others known */
MIEN_API mien_node *mien_graph_input(mien_graph *g, const char *name,
                                     mien_shape shape);

/* Tell the shape of a node, with 1 for each free dimension.
 *   x  a node
 *
 * Its rank is -1 if it is not known: a dimension of 1 does not fit. */
MIEN_API mien_shape mien_node_shape(const mien_node *x);

/* Add numbers that stay as they are.
 *   g       a graph
 *   shape   all dimensions known; rank 0 is one number
 *   values  [...] copied
 *   name    of the node; NULL: one is made */
MIEN_API mien_node *mien_graph_constant(mien_graph *g, mien_shape shape,
                                        const float *values, const char *name);

/* Add integers, as operators take for shapes and axes.
 *   g       a graph
 *   n       how many
 *   values  [n] copied */
MIEN_API mien_node *mien_graph_integers(mien_graph *g, int n,
                                        const int64_t *values);

/* Add numbers that training changes.
 *   g       a graph
 *   shape   all dimensions known
 *   values  [...] that it begins with; copied
 *   name    of the parameter; NULL: one is made */
MIEN_API mien_node *mien_graph_parameter(mien_graph *g, mien_shape shape,
                                         const float *values, const char *name);

/* An attribute of an operator, as ONNX names it. */
typedef struct mien_attribute {
    const char *name;
    enum {
        MIEN_ATTR_INT,
        MIEN_ATTR_FLOAT,
        MIEN_ATTR_TEXT,
        MIEN_ATTR_INTS
    } kind;
    int64_t i;           /* of the kind INT */
    float f;             /* FLOAT */
    const char *text;    /* TEXT */
    int n;               /* INTS: how many */
    const int64_t *ints; /* [n] */
} mien_attribute;

/* Add any operator that mien knows (docs/operators.md lists them).
 *   g             a graph
 *   op            its name in ONNX: "Conv", "ReduceMean"
 *   n_in          inputs
 *   in            [n_in] nodes of g; NULL where an optional one is left out
 *   n_attributes  attributes that differ from ONNX's defaults
 *   attributes    [n_attributes] copied; NULL is allowed when there are none
 *   name          of the result; NULL: one is made */
MIEN_API mien_node *mien_graph_op(mien_graph *g, const char *op, int n_in,
                                  mien_node *const *in, int n_attributes,
                                  const mien_attribute *attributes,
                                  const char *name);

/* Make a node a result of the network.
 *   g     a graph
 *   x     one of its nodes
 *   name  of the output; NULL: the node's own */
MIEN_API void mien_graph_output(mien_graph *g, mien_node *x, const char *name);

/* Keep a text with the network.
 *   g      a graph
 *   key    copied; given again it takes the new value
 *   value  copied */
MIEN_API void mien_graph_set_meta(mien_graph *g, const char *key,
                                  const char *value);

/* Find what a network has learned, or begins with.
 *   g      a graph; the numbers live as long and change while it is trained
 *   name   "dense1.weight"
 *   shape  set to theirs; NULL is allowed
 *
 * NULL if there are no such numbers. */
MIEN_API const float *mien_graph_values(const mien_graph *g, const char *name,
                                        mien_shape *shape);

/* Let a network begin with numbers of one's own.
 *
 *   g       a graph of which no trainer has been made
 *   name    of what it learns: "dense1.weight"
 *   values  as many as mien_graph_values has; copied
 *
 * Fails with EARG (it learns nothing of that name). */
MIEN_API MIEN_CHECKED mien_status mien_graph_set_values(mien_graph *g,
                                                        const char *name,
                                                        const float *values,
                                                        mien_error *err);

/* Release a graph.
 *
 *   g  no plan of it may be in use; NULL is allowed */
MIEN_API void mien_graph_free(mien_graph *g);

/* ---- look up --------------------------------------------------------------
 */

/* Count the tensors a graph is given.
 *
 *   g  a graph */
MIEN_API int mien_graph_inputs(const mien_graph *g);

/* Count the tensors a graph gives.
 *
 *   g  a graph */
MIEN_API int mien_graph_outputs(const mien_graph *g);

/* Name an input.
 *
 *   g  a graph; the name lives as long
 *   i  0..mien_graph_inputs - 1, asserted */
MIEN_API const char *mien_graph_input_name(const mien_graph *g, int i);

/* Name an output.
 *
 *   g  a graph; the name lives as long
 *   i  0..mien_graph_outputs - 1, asserted */
MIEN_API const char *mien_graph_output_name(const mien_graph *g, int i);

/* Tell an input's shape; a dimension of -1 is decided when planned.
 *
 *   g  a graph
 *   i  0..mien_graph_inputs - 1, asserted */
MIEN_API mien_shape mien_graph_input_shape(const mien_graph *g, int i);

/* Look up a text that came with the model (ONNX: metadata_props).
 *
 *   g    a graph; the text lives as long
 *   key  its name, "mien.task"
 *
 * NULL if there is none. */
MIEN_API const char *mien_graph_meta(const mien_graph *g, const char *key);

/* Tell an output's shape as far as it is known without a plan.
 *
 *   g  a graph
 *   i  0..mien_graph_outputs - 1, asserted
 *
 * A dimension of -1 is decided when planned; in a graph that was built here,
 * and not read, free dimensions count as 1. */
MIEN_API mien_shape mien_graph_output_shape(const mien_graph *g, int i);

/* Count the nodes of a graph: inputs, constants and operators.
 *
 *   g  a graph */
MIEN_API int mien_graph_nodes(const mien_graph *g);

/* Name a node's operator as ONNX does, "Conv".
 *
 *   g  a graph
 *   i  0..mien_graph_nodes - 1, asserted; in the order they are computed
 *
 * NULL for an input or a constant. */
MIEN_API const char *mien_graph_operator(const mien_graph *g, int i);

/* Count the numbers that a network keeps: the elements of its constants.
 *
 *   g  a graph */
MIEN_API int64_t mien_graph_parameters(const mien_graph *g);

/* Walk the texts that came with the model.
 *
 *   g      a graph
 *   i      0, 1, 2, ...
 *   key    set to its name; lives as long as the graph
 *   value  set to the text; the same
 *
 * 0 past the last, and nothing is set. */
MIEN_API int mien_graph_meta_at(const mien_graph *g, int i, const char **key,
                                const char **value);

#ifdef __cplusplus
}
#endif
#endif
