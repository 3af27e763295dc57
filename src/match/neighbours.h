/* neighbours.h: of many descriptors, those that lie nearer to each other than
 * a threshold. */
#ifndef MI_MATCH_NEIGHBOURS_H
#define MI_MATCH_NEIGHBOURS_H

#include "match/index.h"
#include "mien/match_cluster.h"

typedef struct mi_near {
    float distance;
    int32_t index;
} mi_near;

/* Neighbours of one row. */
typedef struct mi_near_list {
    mi_near *near; /* [n] nearest first, of equals the lower index */
    int32_t n;
    int64_t all; /* as many as there are, kept or not */
} mi_near_list;

typedef struct mi_neighbours {
    int n;
    mi_near_list *list; /* [n] */
    int64_t pairs;      /* within the threshold; each counts once */
    int64_t capped;     /* rows with more neighbours than are kept */
} mi_neighbours;

/* Find for each row those at a distance (mien_descriptor_distance) less than
 * options->threshold, the nearest options->most of them: exactly these, with
 * any number of threads and any instruction set.
 *
 *   n           rows, at least 0
 *   d           numbers of a row, at least 1
 *   descriptor  [n, d]
 *   options     threshold, most, pool and on_faces count
 *   out         released by mi_neighbours_free; also after a failure
 *
 * Fails with EARG (a number that is not finite, a row longer than 1e15,
 * stopped), ENOMEM. */
mien_status mi_neighbours_find(int n, int d, const float *descriptor,
                               const mien_cluster_options *options,
                               mi_neighbours *out, mien_error *err);
/* Release the lists; fields are cleared. */
void mi_neighbours_free(mi_neighbours *nb);

#endif
