/* graph_parts.h: the inside of a graph, for graph.c and graph_read.c only. */
#ifndef MI_NN_GRAPH_PARTS_H
#define MI_NN_GRAPH_PARTS_H

#include "nn/graph.h"

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
    mi_node **node; /* [cap] the first n are used */
    int n, cap;
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

#endif
