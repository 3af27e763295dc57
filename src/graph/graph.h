/* graph.h: nodes and how they are built.  Building is sticky: the first mistake
 * is kept in the graph, later calls still return a node, and mi_graph_check
 * reports it. */
#ifndef MI_GRAPH_GRAPH_H
#define MI_GRAPH_GRAPH_H

#include "graph/op.h"

#include <string.h>

/* Integer contents that are known before a run (shapes, axes, sizes). */
enum { MI_MAX_KNOWN = 16 };

/* What a graph may hold; more is ELIMIT. */
enum {
    MI_MAX_NODES = 1 << 16, /* inputs and constants included */
    MI_MAX_NAME = 255,      /* bytes */
    MI_MAX_PORTS = 256,     /* inputs; outputs */
    MI_MAX_METAS = 256,
    MI_MAX_META_TEXT = 1 << 28, /* bytes of a key or value */
};
#define MI_MAX_CONSTANTS ((int64_t)1 << 30) /* bytes of all constants */

struct mi_node {
    const mi_op *op; /* NULL: an input or a constant */
    char *name;      /* of its one result; unique in the graph */
    int n_in;
    mi_node *in[MI_MAX_IN]; /* NULL: an optional input left out */
    void *attr;             /* the operator's attribute struct */
    mi_type type;
    mien_shape shape;     /* with 1 for each free dimension; of an operator's
                             result it is worked out when it is added, and again
                             when planned */
    unsigned free;        /* of an input: bit d: dimension d is free */
    const char *unshaped; /* why the shape is not known, or NULL */
    const void *value;    /* a constant's elements, row-major; else NULL */
    int n_known;          /* integers known, or -1 */
    int64_t known[MI_MAX_KNOWN];
    int id;      /* position in the graph: inputs come before users */
    float *eval; /* where op->eval writes, while folding, testing, training */
    float *grad; /* of the loss by each element of eval, while training */
    float *save; /* what op->train keeps for op->grad */
    mien_random *random; /* what op->train draws from */
    int learned; /* a constant that training changes: value is the graph's */
};

/* Memory that is freed with the graph. */
typedef struct mi_chunk mi_chunk;
struct mi_chunk {
    mi_chunk *next;
    size_t used, room;
    uint8_t pad[64 - sizeof(mi_chunk *) - 2 * sizeof(size_t)];
};

/* An input or output of the graph. */
typedef struct mi_port {
    mi_node *node;
    const char *dim_name[MIEN_MAX_RANK];
} mi_port;

typedef struct mi_meta {
    const char *key, *value;
} mi_meta;

struct mien_graph {
    mi_chunk *chunks;
    mi_node **node; /* [n] */
    int n;
    int *slot; /* [n_slots] 1 + id of the node whose name hashes there; 0 */
    uint32_t n_slots;
    unsigned made; /* names made so far */
    int64_t constant_bytes;
    mi_port in[MI_MAX_PORTS], out[MI_MAX_PORTS];
    mi_meta metas[MI_MAX_METAS];
    int n_in, n_out, n_metas;
    mien_error mistake; /* the first; status 0: none */
    mi_node bad;        /* what is returned after a mistake */
    char no_name[1];
};

/* Where the bytes of a constant live. */
typedef enum mi_own { MI_BORROW, MI_COPY } mi_own;

/* An empty graph; mien_graph_free releases it.  Fails with ENOMEM. */
mien_status mi_graph_new(mien_graph **out, mien_error *err);
/* copy.c: the same nodes with the same ids, without outputs and metadata.
 * Constants and parameters stay those of g, which has to live as long; what
 * learns through the copy, g has learned. */
mien_status mi_graph_copy(const mien_graph *g, mien_graph **out,
                          mien_error *err);
/* Floats that a run is given.  A dimension of -1 is free. */
mi_node *mi_graph_input(mien_graph *g, const char *name, mien_shape shape);
/* Symbolic name of a free dimension ("height"), for the ONNX writer. */
void mi_graph_dim_name(mien_graph *g, int input, int axis, const char *name);
/* value holds the shape's elements of the type, row-major, aligned as its type.
 * name NULL: one is made. */
mi_node *mi_graph_constant(mien_graph *g, const char *name, mi_type type,
                           mien_shape shape, const void *value, mi_own own);
/* A constant of floats that training changes in place; value is copied. */
mi_node *mi_graph_parameter(mien_graph *g, const char *name, mien_shape shape,
                            const float *value);
/* in holds earlier nodes of g, NULL where an optional input is left out.
 * attr NULL: the operator's defaults; else copied.  name NULL: one is made. */
mi_node *mi_graph_node(mien_graph *g, const mi_op *op, mi_node *const *in,
                       int n_in, const void *attr, const char *name);
/* Name a result of the graph.  Where the name is not the node's own (or NULL),
 * an Identity of that name is added. */
void mi_graph_output(mien_graph *g, mi_node *node, const char *name);
/* A key given again takes the new value. */
void mi_graph_set_meta(mien_graph *g, const char *key, const char *value);
/* Note a mistake of whoever builds with `what`; what stands for the node. */
mi_node *mi_graph_wrong(mien_graph *g, mien_status st, const char *what,
                        const char *why);
/* The first mistake, if any. */
mien_status mi_graph_check(const mien_graph *g, mien_error *err);

/* The node of that name, or NULL. */
mi_node *mi_graph_find(const mien_graph *g, const char *name);

/* For the writer and the plan: walk in order. */
int mi_graph_size(const mien_graph *g);
/* Node number id, 0 .. size - 1. */
mi_node *mi_graph_at(const mien_graph *g, int id);
/* The node that is output i. */
mi_node *mi_graph_output_node(const mien_graph *g, int i);
/* The node that is input i. */
mi_node *mi_graph_input_node(const mien_graph *g, int i);
/* NULL if the dimension has no name */
const char *mi_graph_dim_name_of(const mien_graph *g, int input, int axis);

/* The numbers of a parameter, which training writes. */
static inline float *mi_values_of(const mi_node *n)
{
    float *p;
    memcpy(&p, &n->value, sizeof p);
    return p;
}

/* Bytes of an element. */
size_t mi_type_size(mi_type type);
/* Elements of a shape; -1 if a dimension is free or it passes the limit. */
int64_t mi_shape_len(const mien_shape *s);
/* 1 if rank and all dimensions are the same. */
int mi_shape_equal(const mien_shape *a, const mien_shape *b);

#endif
