/* cluster.h: ways from neighbours to groups. */
#ifndef MI_MATCH_CLUSTER_H
#define MI_MATCH_CLUSTER_H

#include "match/neighbours.h"

/* Give every face a label, 0..n - 1, the same to those of one group.
 *
 *   label   [n] set
 *   rounds  set to how many were needed
 *
 * Fails with ENOMEM. */
typedef mien_status mi_cluster_way(const mi_neighbours *nb,
                                   const mien_cluster_options *options,
                                   int *label, int *rounds, mien_error *err);
mi_cluster_way mi_cluster_whispers, mi_cluster_density;

#endif
