/* The shapes of a graph's outputs, free dimensions included.
 *
 * ONNX wants the rank of every output.  Where inputs have free dimensions the
 * shapes are worked out twice, with two values for all of them; a dimension of
 * an output that differs, or that no value was found for, is free too. */
#include "model/onnx.h"

#include "base/alloc.h"
#include "base/error.h"

/* Copies of all nodes with the shapes for one value of the free dimensions. */
static mien_status infer(const mien_graph *g, mi_node *node, int64_t free_dim,
                         mien_error *err)
{
    int n = mi_graph_size(g);
    for (int i = 0; i < n; i++) {
        mi_node *m = &node[i];
        *m = *mi_graph_at(g, i);
        for (int k = 0; k < m->n_in; k++)
            if (m->in[k])
                m->in[k] = &node[m->in[k]->id];
        for (int d = 0; d < m->shape.rank && !m->op; d++)
            if (m->free >> d & 1)
                m->shape.dim[d] = free_dim;
        const char *why = m->op ? m->op->shape(m) : NULL;
        if (why)
            return mi_fail(err, MIEN_EUNSUP,
                           "onnx: node %d (%s '%.60s'), free dimensions %lld: "
                           "%s",
                           i, m->op->name, m->name, (long long)free_dim, why);
    }
    return MIEN_OK;
}

mien_status mi_onnx_shapes(const mien_graph *g, mien_shape *out,
                           mien_error *err)
{
    static const int64_t tries[2] = {128, 192};
    size_t n = (size_t)mi_graph_size(g);
    mi_node *node = mi_alloc(n ? n : 1, sizeof *node);
    if (!node)
        return mi_fail(err, MIEN_ENOMEM, "onnx: no memory for shapes");
    mien_status st = MIEN_OK;
    for (int t = 0; t < 2 && st == MIEN_OK; t++) {
        st = infer(g, node, tries[t], err);
        for (int i = 0; st == MIEN_OK && i < mien_graph_outputs(g); i++) {
            mien_shape *s = &out[i];
            const mi_node *from = &node[mi_graph_output_node(g, i)->id];
            mien_shape now = from->shape;
            for (int d = 0; t && d < now.rank; d++)
                if (now.dim[d] != s->dim[d])
                    now.dim[d] = -1;
            *s = now;
        }
    }
    mi_free(node);
    return st;
}
