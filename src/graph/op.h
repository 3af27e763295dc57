/* op.h: what an operator is.  A graph node points at one of these.
 *
 * Everything known of one operator stands in one place: its file op_*.c.
 * op_list.h names them all, for whoever is about all: the ONNX reader and
 * writer, shapes and tests, which read the attribute tables too.  By name they
 * are known where one of them is meant: to what builds networks, and to
 * engine/lower.c for those that have faster steps than eval. */
#ifndef MI_GRAPH_OP_H
#define MI_GRAPH_OP_H

#include "mien/graph.h"

typedef struct mi_node mi_node;

typedef enum mi_type { MI_F32 = 1, MI_U8 = 2, MI_I64 = 7 } mi_type; /* ONNX's */

/* An attribute of an operator, as ONNX names it. */
typedef enum mi_attr_type {
    MI_ATTR_INT,   /* int64_t field */
    MI_ATTR_FLOAT, /* float field */
    MI_ATTR_TEXT,  /* char[24] field */
    MI_ATTR_INTS,  /* mi_ints field */
    MI_ATTR_TENSOR /* Constant's value: read as an initialiser */
} mi_attr_type;

enum { MI_MAX_INTS = 12, MI_MAX_IN = 16, MI_ATTR_TEXT_LEN = 24 };

typedef struct mi_ints {
    int n;
    int64_t v[MI_MAX_INTS];
} mi_ints;

typedef struct mi_attr {
    const char *name;
    mi_attr_type type;
    size_t offset; /* of the field in the operator's attribute struct */
} mi_attr;

typedef struct mi_op {
    const char *name; /* ONNX's: "Conv" */
    int min_in, max_in;
    size_t attr_size;          /* of the attribute struct; 0: none */
    const void *attr_defaults; /* attr_size bytes */
    const mi_attr *attrs;      /* ends with a NULL name; NULL: none */
    /* Set out->type, out->shape and out->n_known (and out->known where the
     * contents are known integers) from the inputs, whose shapes are known; a
     * reason when they do not fit, else NULL.  A float result is never known.
     */
    const char *(*shape)(mi_node *out);
    /* The operator in plain loops on row-major tensors: the definition, used to
     * fold constants, to test the planned steps against, and to run what has no
     * faster step.  Reads in[k]->eval (floats), ->value (uint8) and ->known,
     * writes out->eval; only after shape has accepted the node. */
    void (*eval)(const mi_node *out);
    /* What training does instead of eval, where that differs (dropout, batch
     * statistics) or where the gradient needs more than the result: may keep
     * save_len floats in out->save, and draws from out->random.  NULL: eval. */
    void (*train)(const mi_node *out);
    size_t (*save_len)(const mi_node *out); /* NULL: none */
    int statistics; /* inputs from this one on (0: none) are statistics, which
                       train updates where they are learned */
    /* The gradient in plain loops: reads out->grad, the inputs' and the
     * result's eval and out->save, and adds to in[k]->grad wherever that is not
     * NULL (whoever calls has zeroed it).  NULL: nothing flows back (shapes,
     * integers). */
    void (*grad)(const mi_node *out);
} mi_op;

#define MI_OP(name, onnx) extern const mi_op mi_op_##name;
#include "graph/op_list.h"
#undef MI_OP

/* NULL if there is no such operator. */
const mi_op *mi_op_find(const char *onnx_name);

#endif
