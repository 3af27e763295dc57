/* density.c: DBSCAN.  A face with as many faces as options->core within the
 * threshold is a core; cores that are neighbours are of one group; another
 * face comes to the nearest core that it is a neighbour of, if any.
 *
 * A core that keeps only its nearest neighbours is still one; two cores of
 * which neither keeps the other may part. Source: M. Ester, H.-P. Kriegel, J.
 * Sander, X. Xu, KDD 1996. */
#include "match/cluster.h"

/* The first face of a group, by the way there, which becomes shorter. */
static int root(int *label, int i)
{
    while (label[i] != i)
        i = label[i] = label[label[i]];
    return i;
}

static void join(int *label, int a, int b)
{
    a = root(label, a);
    b = root(label, b);
    if (a < b)
        label[b] = a;
    else
        label[a] = b;
}

mien_status mi_cluster_density(const mi_neighbours *nb,
                               const mien_cluster_options *options, int *label,
                               int *rounds, mien_error *err)
{
    const mi_near_list *list = nb->list;
    int others = options->core - 1;
    (void)err;
    *rounds = 1;
    for (int i = 0; i < nb->n; i++)
        label[i] = i;
    for (int i = 0; i < nb->n; i++)
        for (int k = 0; k < list[i].n && list[i].all >= others; k++)
            if (list[list[i].near[k].index].all >= others)
                join(label, i, list[i].near[k].index);
    for (int i = 0; i < nb->n; i++) {
        label[i] = root(label, i);
        for (int k = 0; k < list[i].n && list[i].all < others; k++) {
            int core = list[i].near[k].index;
            if (list[core].all < others)
                continue;
            label[i] = root(label, core);
            break;
        }
    }
    return MIEN_OK;
}
