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

int mi_graph_metas(const mien_graph *g) { return g->n_metas; }

void mi_graph_meta_at(const mien_graph *g, int i, const char **key,
                      const char **value)
{
    assert(i >= 0 && i < g->n_metas);
    *key = g->metas[i].key;
    *value = g->metas[i].value;
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

const char *mien_graph_meta(const mien_graph *g, const char *key)
{
    for (int i = 0; i < g->n_metas; i++)
        if (strcmp(g->metas[i].key, key) == 0)
            return g->metas[i].value;
    return NULL;
}
