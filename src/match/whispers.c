/* whispers.c: Chinese whispers.  Every face begins as a group of its own; then
 * each, in a random order, takes the label that most of its neighbours have,
 * until a round changes nothing.  The changes of a round count at once, so
 * that two faces do not swap their labels for ever.
 *
 * Source: C. Biemann, Chinese Whispers: an efficient graph clustering
 * algorithm, TextGraphs 2006; dlib, dlib/clustering/chinese_whispers.h, which
 * draws faces with repetition and has a number of rounds alone. */
#include "match/cluster.h"

#include "base/alloc.h"
#include "base/error.h"

/* The label that most neighbours have; of equals the own one, so that groups
 * of as many faces do not take from each other by turns, then that of the
 * nearest neighbour: the lowest label would run through every weak link.
 *
 *   votes  [n] zeros, and zeros again at the end */
static int heard(const mi_near_list *l, const int *label, int own, int *votes)
{
    int best = own;
    for (int i = 0; i < l->n; i++)
        votes[label[l->near[i].index]]++;
    for (int i = 0; i < l->n; i++) {
        int one = label[l->near[i].index];
        if (votes[one] > votes[best])
            best = one;
    }
    for (int i = 0; i < l->n; i++)
        votes[label[l->near[i].index]] = 0;
    return best;
}

mien_status mi_cluster_whispers(const mi_neighbours *nb,
                                const mien_cluster_options *options, int *label,
                                int *rounds, mien_error *err)
{
    mien_random random;
    size_t n = (size_t)nb->n;
    int64_t *order = mi_alloc_raw(n, sizeof *order);
    int *votes = mi_alloc(n, sizeof *votes);
    mien_status st = order && votes ? MIEN_OK : mi_no_memory(err);
    int changed = 1;
    mien_random_init(&random, options->seed);
    for (int i = 0; i < nb->n && !st; i++)
        label[i] = i;
    for (*rounds = 0; !st && changed && *rounds < options->rounds; ++*rounds) {
        changed = 0;
        mien_random_permutation(&random, nb->n, order);
        for (int i = 0; i < nb->n; i++) {
            int face = (int)order[i];
            int now = heard(&nb->list[face], label, label[face], votes);
            changed += now != label[face];
            label[face] = now;
        }
    }
    mi_free(order);
    mi_free(votes);
    return st;
}
