/* onnx_pack.c: a network whose convolutions have their filters in bytes. */
#include "mien/model.h"

#include "base/alloc.h"
#include "base/error.h"
#include "model/pack.h"
#include "graph/op_attr.h"

#include <math.h>

/* Weights that are not finite have no range: they stay floats. */
static int is_finite(const mi_node *f)
{
    const float *v = f->value;
    int64_t n = mi_shape_len(&f->shape), i = 0;
    while (i < n && isfinite(v[i]))
        i++;
    return n > 0 && i == n;
}

/* Which constants are filters of convolutions, by the node's id. */
static uint8_t *filters_of(const mien_graph *g)
{
    uint8_t *is = mi_alloc((size_t)mi_graph_size(g) + 1, 1);
    for (int i = 0; is && i < mi_graph_size(g); i++) {
        const mi_node *n = mi_graph_at(g, i);
        if (n->op != &mi_op_conv)
            continue;
        const mi_node *f = n->in[1];
        is[f->id] = f->value && f->type == MI_F32 && is_finite(f);
    }
    return is;
}

/* The filters f in bytes, in a graph. */
static mi_node *packed(mien_graph *to, const mi_node *f)
{
    int64_t n = f->shape.dim[0], each = mi_shape_len(&f->shape) / n;
    uint8_t *byte = mi_alloc((size_t)n, (size_t)each + 1);
    float *scale = mi_alloc((size_t)n, sizeof *scale);
    mi_node *out = NULL;
    if (byte && scale) {
        uint8_t *zero = byte + n * each;
        const float *v = f->value;
        for (int64_t o = 0; o < n; o++)
            mi_pack_channel(v + o * each, each, byte + o * each, &scale[o],
                            &zero[o]);
        out = mi_pack_node(to, f->shape, byte, scale, zero, f->name);
    }
    mi_free(byte);
    mi_free(scale);
    return out;
}

/* The same of node n, whose inputs stand in `made`; NULL: no memory. */
static mi_node *remade(mien_graph *to, const mi_node *n, mi_node *const *made,
                       int filters)
{
    mi_node *in[MI_MAX_IN];
    if (!n->op)
        return filters ? packed(to, n)
                       : mi_graph_constant(to, n->name, n->type, n->shape,
                                           n->value, MI_COPY);
    for (int k = 0; k < n->n_in; k++)
        in[k] = n->in[k] ? made[n->in[k]->id] : NULL;
    return mi_graph_node(to, n->op, in, n->n_in, n->attr, n->name);
}

/* Input i with the names of its dimensions. */
static mi_node *input_of(mien_graph *to, const mien_graph *g, int i)
{
    mien_shape shape = mien_graph_input_shape(g, i);
    mi_node *n = mi_graph_input(to, mi_graph_input_node(g, i)->name, shape);
    for (int d = 0; d < shape.rank; d++)
        if (mi_graph_dim_name_of(g, i, d))
            mi_graph_dim_name(to, i, d, mi_graph_dim_name_of(g, i, d));
    return n;
}

/* All nodes of g, its outputs and what is written beside them. */
static mien_status remake(const mien_graph *g, mien_graph *to,
                          const uint8_t *filters, mi_node **made,
                          mien_error *err)
{
    int inputs = 0;
    for (int i = 0; i < mi_graph_size(g); i++) {
        const mi_node *n = mi_graph_at(g, i);
        int input = inputs < mien_graph_inputs(g) &&
                    mi_graph_input_node(g, inputs) == n;
        made[i] =
            input ? input_of(to, g, inputs++) : remade(to, n, made, filters[i]);
        if (!made[i])
            return mi_no_memory(err);
    }
    for (int i = 0; i < mien_graph_outputs(g); i++)
        mi_graph_output(to, made[mi_graph_output_node(g, i)->id],
                        mien_graph_output_name(g, i));
    const char *key, *value;
    for (int i = 0; mien_graph_meta_at(g, i, &key, &value); i++)
        mi_graph_set_meta(to, key, value);
    return mi_graph_check(to, err);
}

mien_status mien_onnx_pack(const mien_graph *g, mien_graph **out,
                           mien_error *err)
{
    mien_graph *to = NULL;
    mien_status st = mi_graph_check(g, err);
    if (!st)
        st = mi_graph_new(&to, err);
    if (st)
        return st;
    uint8_t *filters = filters_of(g);
    mi_node **made = mi_alloc((size_t)mi_graph_size(g) + 1, sizeof(mi_node *));
    st =
        filters && made ? remake(g, to, filters, made, err) : mi_no_memory(err);
    mi_free(filters);
    mi_free(made);
    if (st)
        mien_graph_free(to);
    else
        *out = to;
    return st;
}
