/* layer.h: what the files of layers share. */
#ifndef MI_GRAPH_LAYER_H
#define MI_GRAPH_LAYER_H

#include "graph/graph.h"
#include "graph/op_attr.h"
#include "graph/initialise.h"

/* A layer being built. */
typedef struct mi_layer {
    mien_graph *graph;
    const char *what;           /* "dense": for messages and made names */
    char name[MI_MAX_NAME + 1]; /* of its result */
} mi_layer;

/* name NULL: one is made. */
mi_layer mi_layer_begin(mien_graph *g, const char *what, const char *name);
/* The shape of x when all inputs have one row; 0, and the mistake noted, if
 * there is none or its rank is not one of those between. */
int mi_layer_shape(const mi_layer *l, const mi_node *x, int least, int most,
                   mien_shape *out);
/* Note the layer's mistake; what stands for the node. */
mi_node *mi_layer_wrong(const mi_layer *l, mien_status st, const char *why);
/* The layer's result. */
mi_node *mi_layer_result(const mi_layer *l, const mi_op *op, mi_node *const *in,
                         int n_in, const void *attr);
/* A list of integers. */
mi_node *mi_layer_ints(const mi_layer *l, int n, const int64_t *v);
/* "name.part"; for orthogonal values its columns are the last axis. */
mi_node *mi_layer_parameter(const mi_layer *l, const char *part,
                            mien_shape shape, const mi_drawing *d);
/* What a bias begins with. */
mi_drawing mi_layer_bias(const mien_layer_options *o, double in);

#endif
