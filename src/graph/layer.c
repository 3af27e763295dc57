/* layer.c: layers that work on any rows.  A layer is one ONNX operator or a
 * few, with named parameters. */
#include "graph/layer.h"

#include "base/alloc.h"

#include <stdio.h>
#include <string.h>

/* ---- what layers share ----------------------------------------------------
 */

mi_layer mi_layer_begin(mien_graph *g, const char *what, const char *name)
{
    mi_layer l = {.graph = g, .what = what};
    if (name && strlen(name) > MI_MAX_NAME)
        mi_layer_wrong(&l, MIEN_ELIMIT, "its name is too long");
    else if (name)
        memcpy(l.name, name, strlen(name) + 1);
    else
        snprintf(l.name, sizeof l.name, "%s_%d", what, mi_graph_size(g));
    return l;
}

mi_node *mi_layer_wrong(const mi_layer *l, mien_status st, const char *why)
{
    return mi_graph_wrong(l->graph, st, l->what, why);
}

int mi_layer_shape(const mi_layer *l, const mi_node *x, int least, int most,
                   mien_shape *out)
{
    if (mi_graph_check(l->graph, NULL))
        return 0;
    if (x->id >= mi_graph_size(l->graph) || mi_graph_at(l->graph, x->id) != x) {
        mi_layer_wrong(l, MIEN_EARG, "its input is of another graph");
        return 0;
    }
    const char *why = x->unshaped;
    *out = x->shape;
    if (!why && (out->rank < least || out->rank > most))
        why = "its input has another number of dimensions than it takes";
    if (why)
        mi_layer_wrong(l, MIEN_EFORMAT, why);
    return !why;
}

mi_node *mi_layer_result(const mi_layer *l, const mi_op *op, mi_node *const *in,
                         int n_in, const void *attr)
{
    return mi_graph_node(l->graph, op, in, n_in, attr, l->name);
}

mi_node *mi_layer_ints(const mi_layer *l, int n, const int64_t *v)
{
    return mi_graph_constant(l->graph, NULL, MI_I64, (mien_shape){1, {n}}, v,
                             MI_COPY);
}

mi_node *mi_layer_parameter(const mi_layer *l, const char *part,
                            mien_shape shape, const mi_drawing *d)
{
    char name[MI_MAX_NAME + 16];
    int64_t len = mi_shape_len(&shape), cols = shape.dim[shape.rank - 1];
    if (mi_graph_check(l->graph, NULL) != MIEN_OK)
        return mi_layer_wrong(l, MIEN_EARG, "");
    if (len < 1)
        return mi_layer_wrong(l, MIEN_ELIMIT, "its size is out of range");
    float *x = mi_alloc((size_t)len, sizeof *x);
    if (!x || !mi_initialise(d, len / cols, cols, x)) {
        mi_free(x);
        return mi_layer_wrong(l, MIEN_ENOMEM, "no memory for its parameters");
    }
    snprintf(name, sizeof name, "%s.%s", l->name, part);
    mi_node *n = mi_graph_parameter(l->graph, name, shape, x);
    mi_free(x);
    return n;
}

mi_drawing mi_layer_bias(const mien_layer_options *o, double in)
{
    return (mi_drawing){o->weight == MIEN_INIT_TORCH ? MIEN_INIT_TORCH
                                                     : MIEN_INIT_CONSTANT,
                        o->random, in, in, o->bias};
}

/* ---- layers ----------------------------------------------------------------
 */

/* A dense layer of rows [n, features]: its parameters and a Gemm. */
static mi_node *dense_rows(const mi_layer *l, mi_node *x, int64_t features,
                           int units, const mien_layer_options *o, int inner)
{
    const mi_drawing weight = {o->weight, o->random, (double)features, units,
                               o->constant};
    const mi_drawing bias = mi_layer_bias(o, (double)features);
    mi_gemm_attr attr = *(const mi_gemm_attr *)mi_op_gemm.attr_defaults;
    mi_node *in[3] = {x};
    attr.transB = 1;
    in[1] = mi_layer_parameter(l, "weight", (mien_shape){2, {units, features}},
                               &weight);
    if (!o->no_bias)
        in[2] = mi_layer_parameter(l, "bias", (mien_shape){1, {units}}, &bias);
    return mi_graph_node(l->graph, &mi_op_gemm, in, o->no_bias ? 2 : 3, &attr,
                         inner ? NULL : l->name);
}

mien_node *mien_layer_dense(mien_graph *g, mien_node *x, int units,
                            const mien_layer_options *o, const char *name)
{
    mi_layer l = mi_layer_begin(g, "dense", name);
    mien_shape s;
    if (units < 1)
        return mi_layer_wrong(&l, MIEN_EARG, "it has no units");
    if (!mi_layer_shape(&l, x, 2, 3, &s))
        return mi_layer_wrong(&l, MIEN_EARG, "");
    if (s.rank == 2)
        return dense_rows(&l, x, s.dim[1], units, o, 0);
    mi_node *rows[] = {x, mi_layer_ints(&l, 2, (int64_t[]){-1, s.dim[2]})};
    mi_node *y = mi_graph_node(g, &mi_op_reshape, rows, 2, NULL, NULL);
    y = dense_rows(&l, y, s.dim[2], units, o, 1);
    mi_node *steps[] = {y,
                        mi_layer_ints(&l, 3, (int64_t[]){-1, s.dim[1], units})};
    return mi_layer_result(&l, &mi_op_reshape, steps, 2, NULL);
}

static mi_node *one(mien_graph *g, const char *what, const mi_op *op,
                    mi_node *x, const void *attr, const char *name)
{
    mi_layer l = mi_layer_begin(g, what, name);
    return mi_layer_result(&l, op, &x, 1, attr);
}

mien_node *mien_layer_relu(mien_graph *g, mien_node *x, const char *name)
{
    return one(g, "relu", &mi_op_relu, x, NULL, name);
}

mien_node *mien_layer_leaky_relu(mien_graph *g, mien_node *x, float alpha,
                                 const char *name)
{
    const mi_leaky_relu_attr attr = {alpha};
    return one(g, "leaky_relu", &mi_op_leaky_relu, x, &attr, name);
}

mien_node *mien_layer_elu(mien_graph *g, mien_node *x, float alpha,
                          const char *name)
{
    const mi_elu_attr attr = {alpha};
    return one(g, "elu", &mi_op_elu, x, &attr, name);
}

mien_node *mien_layer_sigmoid(mien_graph *g, mien_node *x, const char *name)
{
    return one(g, "sigmoid", &mi_op_sigmoid, x, NULL, name);
}

mien_node *mien_layer_silu(mien_graph *g, mien_node *x, const char *name)
{
    mi_layer l = mi_layer_begin(g, "silu", name);
    mi_node *in[] = {x, mi_graph_node(g, &mi_op_sigmoid, &x, 1, NULL, NULL)};
    return mi_layer_result(&l, &mi_op_mul, in, 2, NULL);
}

mien_node *mien_layer_prelu(mien_graph *g, mien_node *x, float alpha,
                            const char *name)
{
    mi_layer l = mi_layer_begin(g, "prelu", name);
    const mi_drawing d = {MIEN_INIT_CONSTANT, NULL, 1, 1, alpha};
    mien_shape s, slopes = {1, {1, 1, 1}};
    if (!mi_layer_shape(&l, x, 2, 4, &s))
        return mi_layer_wrong(&l, MIEN_EARG, "");
    slopes.rank = s.rank - 1; /* [n] or [n, 1, 1] */
    slopes.dim[0] = s.dim[1];
    mi_node *in[] = {x, mi_layer_parameter(&l, "slope", slopes, &d)};
    return mi_layer_result(&l, &mi_op_prelu, in, 2, NULL);
}

mien_node *mien_layer_tanh(mien_graph *g, mien_node *x, const char *name)
{
    return one(g, "tanh", &mi_op_tanh, x, NULL, name);
}

mien_node *mien_layer_softmax(mien_graph *g, mien_node *x, const char *name)
{
    return one(g, "softmax", &mi_op_softmax, x, NULL, name);
}

mien_node *mien_layer_dropout(mien_graph *g, mien_node *x, float ratio,
                              const char *name)
{
    mi_layer l = mi_layer_begin(g, "dropout", name);
    if (!(ratio >= 0 && ratio < 1))
        return mi_layer_wrong(&l, MIEN_EARG, "its ratio is not in [0, 1)");
    mi_node *in[] = {x, mi_graph_constant(g, NULL, MI_F32, (mien_shape){0},
                                          &ratio, MI_COPY)};
    return mi_layer_result(&l, &mi_op_dropout, in, 2, NULL);
}

mien_node *mien_layer_flatten(mien_graph *g, mien_node *x, const char *name)
{
    return one(g, "flatten", &mi_op_flatten, x, NULL, name);
}

mien_node *mien_layer_reshape(mien_graph *g, mien_node *x, mien_shape each,
                              const char *name)
{
    mi_layer l = mi_layer_begin(g, "reshape", name);
    int64_t list[MIEN_MAX_RANK + 1] = {-1};
    if (each.rank < 0 || each.rank >= MIEN_MAX_RANK || mi_shape_len(&each) < 1)
        return mi_layer_wrong(&l, MIEN_EARG, "the shape of a row is not known");
    memcpy(list + 1, each.dim, (size_t)each.rank * sizeof *list);
    mi_node *in[] = {x, mi_layer_ints(&l, each.rank + 1, list)};
    return mi_layer_result(&l, &mi_op_reshape, in, 2, NULL);
}

mien_node *mien_layer_add(mien_graph *g, mien_node *a, mien_node *b,
                          const char *name)
{
    mi_layer l = mi_layer_begin(g, "add", name);
    mi_node *in[] = {a, b};
    return mi_layer_result(&l, &mi_op_add, in, 2, NULL);
}

mien_node *mien_layer_multiply(mien_graph *g, mien_node *a, mien_node *b,
                               const char *name)
{
    mi_layer l = mi_layer_begin(g, "multiply", name);
    mi_node *in[] = {a, b};
    return mi_layer_result(&l, &mi_op_mul, in, 2, NULL);
}

mien_node *mien_layer_concat(mien_graph *g, mien_node *const *x, int n,
                             int axis, const char *name)
{
    mi_layer l = mi_layer_begin(g, "concat", name);
    const mi_concat_attr attr = {axis};
    return mi_layer_result(&l, &mi_op_concat, x, n, &attr);
}
