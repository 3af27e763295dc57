/* onnx.h: the inside of the ONNX reader and writer.
 *
 *   bytes -> wire (fields) -> read (graph, names, nodes)
 *     -> attr (attributes), tensor (constants), canon (older forms)
 *     -> mien_graph
 *
 * Field numbers are those of onnx.proto, by message. */
#ifndef MI_MODEL_ONNX_H
#define MI_MODEL_ONNX_H

#include "model/wire.h"
#include "graph/graph.h"

enum {
    MI_ONNX_OPSET_MIN = 7,
    MI_ONNX_OPSET_MAX = 21,
    MI_ONNX_OPSET = 13,        /* canonical, and written */
    MI_ONNX_OPSET_GROUPS = 21, /* written of a group normalisation */
    MI_ONNX_IR = 7,            /* written */
    MI_ONNX_MAX_NODES = 1 << 16,
    MI_ONNX_MAX_TENSORS = 1 << 16,
    MI_ONNX_MAX_METAS = 1 << 10,
    MI_ONNX_MAX_NAME = MI_MAX_NAME,
    MI_ONNX_MAX_ATTRS = 24, /* of one node */
    MI_ONNX_MAX_OUT = 8     /* results of one node */
};

/* clang-format off */
enum { MODEL_IR = 1, MODEL_PRODUCER = 2, MODEL_PRODUCER_VERSION = 3,
       MODEL_GRAPH = 7, MODEL_OPSET = 8, MODEL_META = 14 };
enum { OPSET_DOMAIN = 1, OPSET_VERSION = 2 };
enum { META_KEY = 1, META_VALUE = 2 };
enum { GRAPH_NODE = 1, GRAPH_NAME = 2, GRAPH_TENSOR = 5, GRAPH_INPUT = 11,
       GRAPH_OUTPUT = 12, GRAPH_SPARSE = 15 };
enum { NODE_INPUT = 1, NODE_OUTPUT = 2, NODE_NAME = 3, NODE_OP = 4,
       NODE_ATTR = 5, NODE_DOMAIN = 7 };
enum { ATTR_NAME = 1, ATTR_F = 2, ATTR_I = 3, ATTR_S = 4, ATTR_T = 5,
       ATTR_FLOATS = 7, ATTR_INTS = 8, ATTR_TYPE = 20 };
enum { TENSOR_DIMS = 1, TENSOR_TYPE = 2, TENSOR_FLOATS = 4, TENSOR_INT32S = 5,
       TENSOR_INT64S = 7, TENSOR_NAME = 8, TENSOR_RAW = 9, TENSOR_EXTERNAL = 13,
       TENSOR_LOCATION = 14 };
enum { VALUE_NAME = 1, VALUE_TYPE = 2 };
enum { TYPE_TENSOR = 1, TYPE_ELEMENT = 1, TYPE_SHAPE = 2 };
enum { SHAPE_DIM = 1, DIM_VALUE = 1, DIM_NAME = 2 };
/* AttributeProto.AttributeType */
enum { KIND_FLOAT = 1, KIND_INT = 2, KIND_TEXT = 3, KIND_TENSOR = 4,
       KIND_FLOATS = 6, KIND_INTS = 7 };
/* TensorProto.DataType */
enum { ELEMENT_FLOAT = 1, ELEMENT_UINT8 = 2, ELEMENT_INT8 = 3,
       ELEMENT_INT32 = 6, ELEMENT_INT64 = 7 };
/* clang-format on */

/* What a name stands for. */
typedef struct mi_symbol {
    mi_cursor name; /* in the file */
    uint32_t hash;
    int is_tensor;    /* an initialiser; its constant is made when used */
    int is_extra;     /* a second result of a node: known, not supported */
    int signed8;      /* int8 elements, kept as uint8 with 128 added */
    mi_cursor tensor; /* of an initialiser */
    mi_node *node;    /* NULL until made */
} mi_symbol;

typedef struct mi_symbols {
    mi_symbol *slot; /* [cap] open addressing; name.p NULL: free */
    size_t n, cap;
} mi_symbols;

/* The entry of that name, or NULL. */
mi_symbol *mi_symbols_find(const mi_symbols *t, mi_cursor name);
/* A new entry, NULL without memory; the name must not be there yet.  Pointers
 * to entries are valid until the next addition. */
mi_symbol *mi_symbols_add(mi_symbols *t, mi_cursor name);
/* Release all entries. */
void mi_symbols_done(mi_symbols *t);

/* An attribute as the file gives it. */
typedef struct mi_onnx_attr {
    mi_cursor name;
    int kind; /* KIND_* */
    float f;
    int64_t i;
    mi_cursor s, t;
    int n_ints, n_floats; /* in the file; the first MI_MAX_INTS are kept */
    int64_t ints[MI_MAX_INTS];
    float floats[MI_MAX_INTS];
} mi_onnx_attr;

typedef struct mi_onnx_node {
    char op_type[48], name[64]; /* for messages; op_type is whole */
    int n_in, n_out, n_attr;
    mi_cursor in_name[MI_MAX_IN];
    mi_cursor out_name[MI_ONNX_MAX_OUT];
    mi_node *in[MI_MAX_IN]; /* NULL: left out */
    char signed8[MI_MAX_IN];
    mi_onnx_attr attr[MI_ONNX_MAX_ATTRS];
} mi_onnx_node;

/* A file being read. */
typedef struct mi_onnx {
    const uint8_t *file;
    size_t file_n;
    mien_graph *graph;
    mien_error *err;
    int opset;
    mi_own own; /* of weights that can be used as they lie in the file */
    mi_symbols names;
    mi_onnx_node node; /* the one being read */
    int index;         /* of that node, or -1: messages name it */
} mi_onnx;

/* "onnx: " and, inside a node, which one, before the text. */
mien_status mi_onnx_fail(mi_onnx *r, mien_status st, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The bytes at c are no field of what. */
mien_status mi_onnx_broken(mi_onnx *r, const mi_cursor *c, const char *what);
/* Copy a name or text into out [max + 1]. */
mien_status mi_onnx_text(mi_onnx *r, const mi_cursor *c, const char *what,
                         size_t max, char *out);
/* A cursor over a text, without its zero byte. */
mi_cursor mi_onnx_cursor(const char *text);

/* onnx_tensor.c: a constant from a TensorProto.  *signed8 is set to 1 for int8
 * elements, which are kept as uint8 with 128 added. */
mien_status mi_onnx_constant(mi_onnx *r, mi_cursor tensor, const char *name,
                             int *signed8, mi_node **out);
/* The name in a TensorProto, empty if it has none. */
mien_status mi_onnx_tensor_name(mi_onnx *r, mi_cursor tensor, mi_cursor *name);

/* onnx_attr.c: read one attribute. */
mien_status mi_onnx_attr_read(mi_onnx *r, mi_cursor c, mi_onnx_attr *out);
/* The node's attribute of that name, or NULL. */
mi_onnx_attr *mi_onnx_attr_find(mi_onnx_node *n, const char *name);
/* Append a list of integers to r->node's attributes. */
mien_status mi_onnx_attr_ints(mi_onnx *r, const char *name, const int64_t *v,
                              int n);
/* Append an integer to them. */
mien_status mi_onnx_attr_int(mi_onnx *r, const char *name, int64_t v);
/* Append a text to them. */
mien_status mi_onnx_attr_text(mi_onnx *r, const char *name, const char *text);
/* Take an attribute out of the node's. */
void mi_onnx_attr_remove(mi_onnx_node *n, mi_onnx_attr *a);
/* Fill the operator's attribute struct, which holds its defaults, from all of
 * the node's attributes; refuse those that it does not know. */
mien_status mi_onnx_attr_fill(mi_onnx *r, const mi_op *op, void *out);

/* onnx_canon.c: bring r->node to the form of opset 13. */
mien_status mi_onnx_canon(mi_onnx *r);

/* onnx_node.c: read one node and add what it means to the graph. */
mien_status mi_onnx_node_read(mi_onnx *r, mi_cursor c);
/* The node that a name stands for, made now if it is an initialiser. */
mien_status mi_onnx_use(mi_onnx *r, mi_cursor name, mi_symbol **out);
/* A node from r->node's operator, inputs and attributes; name NULL: made. */
mien_status mi_onnx_build(mi_onnx *r, const char *name, mi_node **out);

/* onnx_shapes.c: the shape of each output; -1: free.  out has room for all. */
mien_status mi_onnx_shapes(const mien_graph *g, mien_shape *out,
                           mien_error *err);

#endif
