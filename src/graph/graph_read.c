/* graph_read.c: what a finished graph holds. */
#include "graph/graph.h"

#include <assert.h>
#include <string.h>

int mi_graph_size(const mien_graph *g) { return g->n; }

mi_node *mi_graph_at(const mien_graph *g, int id)
{
    assert(id >= 0 && id < g->n);
    return g->node[id];
}

mi_node *mi_graph_output_node(const mien_graph *g, int i)
{
    assert(i >= 0 && i < g->n_out);
    return g->out[i].node;
}

mi_node *mi_graph_input_node(const mien_graph *g, int i)
{
    assert(i >= 0 && i < g->n_in);
    return g->in[i].node;
}

const char *mi_graph_dim_name_of(const mien_graph *g, int input, int axis)
{
    assert(input >= 0 && input < g->n_in && axis >= 0 && axis < MIEN_MAX_RANK);
    return g->in[input].dim_name[axis];
}

int mien_graph_meta_at(const mien_graph *g, int i, const char **key,
                       const char **value)
{
    if (i < 0 || i >= g->n_metas)
        return 0;
    *key = g->metas[i].key;
    *value = g->metas[i].value;
    return 1;
}

int mien_graph_nodes(const mien_graph *g) { return g->n; }

const char *mien_graph_operator(const mien_graph *g, int i)
{
    const mi_op *op = mi_graph_at(g, i)->op;
    return op ? op->name : NULL;
}

int64_t mien_graph_parameters(const mien_graph *g)
{
    int64_t sum = 0;
    for (int i = 0; i < g->n; i++) {
        const mi_node *n = g->node[i];
        int64_t len = mi_shape_len(&n->shape);
        sum += !n->op && n->value && len > 0 ? len : 0;
    }
    return sum;
}

int mien_graph_inputs(const mien_graph *g) { return g->n_in; }

int mien_graph_outputs(const mien_graph *g) { return g->n_out; }

const char *mien_graph_input_name(const mien_graph *g, int i)
{
    return mi_graph_input_node(g, i)->name;
}

const char *mien_graph_output_name(const mien_graph *g, int i)
{
    return mi_graph_output_node(g, i)->name;
}

mien_shape mien_graph_input_shape(const mien_graph *g, int i)
{
    const mi_node *n = mi_graph_input_node(g, i);
    mien_shape s = n->shape;
    for (int d = 0; d < s.rank; d++)
        if (n->free >> d & 1)
            s.dim[d] = -1;
    return s;
}

mien_shape mien_graph_output_shape(const mien_graph *g, int i)
{
    return mi_graph_output_node(g, i)->shape;
}

const char *mien_graph_meta(const mien_graph *g, const char *key)
{
    for (int i = 0; i < g->n_metas; i++)
        if (strcmp(g->metas[i].key, key) == 0)
            return g->metas[i].value;
    return NULL;
}
