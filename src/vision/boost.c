/* boost.c: gentle, discrete and real AdaBoost over trees.
 *
 * With labels y = +-1 and weights w that sum up to 1, each tree f is fitted to
 * the weighted samples, and then w becomes w exp(-y f), scaled to sum up to 1.
 *
 *   gentle    leaves are sum w y / sum w: least squares
 *   discrete  leaves are +-a, the greater class, a = ln((1 - e) / e) / 2 for a
 *             tree that errs on weights e
 *   real      leaves are ln(W+ / W-) / 2
 *
 * A tree of depth d asks d questions in a row; nodes are split breadth first.
 * Weight trimming: the samples of least weight, 1 - trim of it all together,
 * take no part in a tree.  For the search weights are whole numbers, 2^-30 of
 * the node's weight each, so that it is exact in any order.
 * Source: Friedman, Hastie, Tibshirani, Annals of Statistics 28(2), 2000. */
#include "vision/boost.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void mi_booster_free(mi_booster *b)
{
    mi_free(b->weight);
    mi_free(b->sum);
    mi_free(b->sorted);
    mi_free(b->quantum);
    mi_free(b->place);
    mi_free(b->left);
    *b = (mi_booster){0};
}

mien_status mi_booster_new(mien_boost boost, int depth, double trim, int n,
                           int n_positives, mi_splitter *splitter,
                           mi_booster *out, mien_error *err)
{
    assert(depth >= 1 && depth <= MI_BOOST_MAX_DEPTH);
    assert(n_positives > 0 && n_positives < n);
    mi_booster b = {.boost = boost,
                    .depth = depth,
                    .trim = trim,
                    .n = n,
                    .n_positives = n_positives,
                    .splitter = splitter};
    size_t room = (size_t)n;
    b.weight = mi_alloc(room, sizeof *b.weight);
    b.sum = mi_alloc(room, sizeof *b.sum);
    b.sorted = mi_alloc(room, sizeof *b.sorted);
    b.quantum = mi_alloc(room, sizeof *b.quantum);
    b.place = mi_alloc(room, sizeof *b.place);
    b.left = mi_alloc(room, sizeof *b.left);
    if (!b.weight || !b.sum || !b.sorted || !b.quantum || !b.place || !b.left) {
        mi_booster_free(&b);
        return mi_fail(err, MIEN_ENOMEM, "cascade: weights of %d windows", n);
    }
    for (int i = 0; i < n; i++)
        b.weight[i] = 0.5 / (i < n_positives ? n_positives : n - n_positives);
    *out = b;
    return MIEN_OK;
}

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* The least weight that takes part. */
static double least_weight(mi_booster *b)
{
    if (b->trim >= 1)
        return 0;
    memcpy(b->sorted, b->weight, (size_t)b->n * sizeof *b->sorted);
    qsort(b->sorted, (size_t)b->n, sizeof *b->sorted, descending);
    double sum = 0;
    for (int i = 0; i < b->n; i++)
        if ((sum += b->sorted[i]) >= b->trim)
            return b->sorted[i];
    return 0;
}

static int label(const mi_booster *b, int i)
{
    return i < b->n_positives ? 1 : -1;
}

/* Weights of the samples at a place: all, and positives less negatives. */
typedef struct mass {
    double all, sum;
} mass;

enum { TRIMMED = INT32_MIN };

static mass mass_at(const mi_booster *b, int place)
{
    mass m = {0};
    for (int i = 0; i < b->n; i++)
        if (b->place[i] == place) {
            m.all += b->weight[i];
            m.sum += b->weight[i] * label(b, i);
        }
    return m;
}

/* The split of the samples at a place; none if they are of one class. */
static void split_place(mi_booster *b, int place, mi_split *out)
{
    *out = (mi_split){.candidate = -1};
    mass m = mass_at(b, place);
    if (!(fabs(m.sum) < m.all * (1 - 1e-9)))
        return;
    double scale = ((1 << 30) - 1 - b->n) / m.all;
    for (int i = 0; i < b->n; i++) {
        b->quantum[i] = 0;
        if (b->place[i] == place)
            b->quantum[i] = label(b, i) * (int32_t)lrint(b->weight[i] * scale);
    }
    mi_splitter_find(b->splitter, b->boost, b->quantum, out);
}

/* What a leaf votes. alpha is for discrete only. */
static float leaf_value(const mi_booster *b, mass m, double alpha)
{
    if (b->boost == MIEN_BOOST_DISCRETE)
        return (float)(m.sum < 0 ? -alpha : alpha);
    if (b->boost == MIEN_BOOST_GENTLE)
        return m.all > 0 ? (float)(m.sum / m.all) : 0;
    double p = m.all > 0 ? (1 + m.sum / m.all) / 2 : 0.5, least = 1e-5;
    p = p < least ? least : p > 1 - least ? 1 - least : p;
    return (float)(0.5 * log(p / (1 - p)));
}

/* A node or leaf yet to come. */
typedef struct pending {
    int place; /* what its samples are marked with */
    int depth;
    int *link; /* where its number goes */
} pending;

/* Nodes are marked by 2, 3, ..., leaves by 0, -1, ...: 1 is the root. */
enum { ROOT = 1 };

static void part_samples(mi_booster *b, const mi_split *split, int place,
                         int left, int right)
{
    mi_splitter_apply(b->splitter, split, b->left);
    for (int i = 0; i < b->n; i++)
        if (b->place[i] == place)
            b->place[i] = b->left[i] ? left : right;
}

/* Mark trimmed samples, and the others as the root's. */
static void start_places(mi_booster *b)
{
    double least = least_weight(b);
    for (int i = 0; i < b->n; i++)
        b->place[i] = b->weight[i] >= least ? ROOT : TRIMMED;
}

/* Split breadth first; leaves get their masses.  Returns the leaves. */
static int grow_nodes(mi_booster *b, mi_grown *t, mass *masses)
{
    pending queue[2 * MI_BOOST_MAX_NODES + 1] = {{ROOT, 1, NULL}};
    int n = 1, leaves = 0, next = ROOT + 1;
    t->n = 0;
    for (int i = 0; i < n; i++) {
        pending at = queue[i];
        mi_split split = {.candidate = -1};
        if (at.depth <= b->depth)
            split_place(b, at.place, &split);
        if (split.candidate < 0) {
            if (at.link)
                *at.link = -leaves;
            masses[leaves++] = mass_at(b, at.place);
            continue;
        }
        int node = t->n++;
        if (at.link)
            *at.link = node;
        t->split[node] = split;
        queue[n++] = (pending){next, at.depth + 1, &t->left[node]};
        queue[n++] = (pending){next + 1, at.depth + 1, &t->right[node]};
        part_samples(b, &split, at.place, next, next + 1);
        next += 2;
    }
    return leaves;
}

/* Where each sample ends, trimmed ones too: place = leaf. */
static void run_tree(mi_booster *b, const mi_grown *t)
{
    for (int i = 0; i < b->n; i++)
        b->place[i] = ROOT;
    /* nodes in front of leaves: node k is marked ROOT + k, leaf k as -k */
    for (int k = 0; k < t->n; k++) {
        int left = t->left[k], right = t->right[k];
        part_samples(b, &t->split[k], ROOT + k, left > 0 ? ROOT + left : left,
                     right > 0 ? ROOT + right : right);
    }
}

/* Half the logarithm of right weights over wrong ones, all leaves together. */
static double discrete_alpha(int leaves, const mass *masses)
{
    double all = 0, wrong = 0;
    for (int i = 0; i < leaves; i++) {
        all += masses[i].all;
        wrong += (masses[i].all - fabs(masses[i].sum)) / 2;
    }
    double e = wrong / all, least = 1e-5;
    e = e < least ? least : e;
    return 0.5 * log((1 - e) / e);
}

void mi_booster_grow(mi_booster *b, mi_grown *out)
{
    mass masses[MI_BOOST_MAX_NODES + 1];
    start_places(b);
    int leaves = grow_nodes(b, out, masses);
    if (out->n == 0)
        return;
    double alpha = discrete_alpha(leaves, masses);
    for (int i = 0; i < leaves; i++)
        out->leaf[i] = leaf_value(b, masses[i], alpha);
    run_tree(b, out);
    double total = 0;
    for (int i = 0; i < b->n; i++) {
        double vote = (double)out->leaf[-b->place[i]];
        b->sum[i] += vote;
        b->weight[i] *= exp(-label(b, i) * vote);
        total += b->weight[i];
    }
    for (int i = 0; i < b->n; i++)
        b->weight[i] /= total;
}
