/* op_util.h: what the operators' files share; for op*.c only. */
#ifndef MI_GRAPH_OP_UTIL_H
#define MI_GRAPH_OP_UTIL_H

#include "graph/graph.h"
#include "graph/op_attr.h"

#include <stddef.h>

/* A row of an attribute table: field f of struct s. */
#define MI_ROW(s, type, f)                 \
    {                                      \
#f, MI_ATTR_##type, offsetof(s, f) \
    }
#define MI_ROWS_END          \
    {                        \
        NULL, MI_ATTR_INT, 0 \
    }

/* The attributes of an operator, from its x_defaults and x_attrs. */
#define MI_ATTRS(x)                                                   \
    .attr_size = sizeof x##_defaults, .attr_defaults = &x##_defaults, \
    .attrs = x##_attrs

/* Input k, or NULL where it is left out. */
const mi_node *mi_op_in(const mi_node *n, int k);
/* A reason unless every input there is holds floats, one at least. */
const char *mi_want_floats(const mi_node *n);

/* Set the result to floats of a shape, or say why it cannot be. */
const char *mi_set_floats(mi_node *out, const mien_shape *shape);
/* The same of int64; value NULL: not known. */
const char *mi_set_ints(mi_node *out, const mien_shape *shape,
                        const int64_t *value);
/* The type and elements of x under another shape of as many elements. */
const char *mi_set_like(mi_node *out, const mien_shape *shape,
                        const mi_node *x);

/* Integers known of a node, row-major; NULL if they are not. */
const int64_t *mi_ints_of(const mi_node *n, int64_t *count);
/* The same as a short list. */
const char *mi_read_ints(const mi_node *n, mi_ints *out);

/* 0 .. rank - 1 from an axis that may count from the end; -1: out of range. */
int mi_axis(int64_t axis, int rank);
/* The same for a list, as bits; an axis may stand once only. */
const char *mi_axis_set(const mi_ints *axes, int rank, unsigned *out);
/* Elements between neighbours along each axis. */
void mi_row_major(const mien_shape *s, int64_t stride[MIEN_MAX_RANK]);

/* All positions of a shape in row-major order, with the offsets of the elements
 * of up to two other tensors, each a sum of position times stride. */
typedef struct mi_walk {
    int rank;
    int64_t dim[MIEN_MAX_RANK], at[MIEN_MAX_RANK];
    int64_t stride[2][MIEN_MAX_RANK];
    int64_t offset[2];
} mi_walk;

/* A walk at the first position; the strides of both sides are 0. */
mi_walk mi_walk_over(const mien_shape *s);
/* Side's strides for a tensor that is broadcast to the walk's shape. */
void mi_walk_spread(mi_walk *w, int side, const mien_shape *x);
/* Go on to the next position. */
void mi_walk_next(mi_walk *w);

/* The result's element at each position is x's at offset[0]. */
const char *mi_move_ints(mi_node *out, const mien_shape *shape, mi_walk w,
                         const mi_node *x);
/* The same of floats, in a run. */
void mi_move_floats(const mi_node *out, mi_walk w, const mi_node *x);
/* The gradient of mi_move_floats by x. */
void mi_move_grad(const mi_node *out, mi_walk w, const mi_node *x);
/* Copy the first input's elements, in order; integers have nothing to run. */
void mi_same_eval(const mi_node *out);
/* The gradient of a copy of the first input's elements, in order. */
void mi_same_grad(const mi_node *out);

#endif
