/* copy.c: a graph that shares its constants and parameters with another. */
#include "graph/graph.h"

#include "base/alloc.h"

#include <string.h>

/* Copy node n, whose inputs are copied already. */
static mi_node *copy_node(mien_graph *to, const mi_node *n, int input,
                          const mien_graph *from)
{
    mi_node *in[MI_MAX_IN], *copy;
    if (input >= 0)
        return mi_graph_input(to, n->name, mien_graph_input_shape(from, input));
    if (!n->op) {
        copy = mi_graph_constant(to, n->name, n->type, n->shape, n->value,
                                 MI_BORROW);
        copy->learned = n->learned;
        return copy;
    }
    for (int k = 0; k < n->n_in; k++)
        in[k] = n->in[k] ? mi_graph_at(to, n->in[k]->id) : NULL;
    return mi_graph_node(to, n->op, in, n->n_in, n->attr, n->name);
}

mien_status mi_graph_copy(const mien_graph *g, mien_graph **out,
                          mien_error *err)
{
    mien_graph *to;
    int inputs = 0;
    mien_status st = mi_graph_check(g, err);
    if (!st)
        st = mi_graph_new(&to, err);
    if (st)
        return st;
    for (int i = 0; i < mi_graph_size(g) && !mi_graph_check(to, NULL); i++) {
        const mi_node *n = mi_graph_at(g, i);
        int input = inputs < mien_graph_inputs(g) &&
                    mi_graph_input_node(g, inputs) == n;
        copy_node(to, n, input ? inputs : -1, g);
        inputs += input;
    }
    st = mi_graph_check(to, err);
    if (st)
        mien_graph_free(to);
    else
        *out = to;
    return st;
}
