/* boost.h: trees grown one after the other on samples that are re-weighted. */
#ifndef MI_VISION_BOOST_H
#define MI_VISION_BOOST_H

#include "vision/split.h"

enum { MI_BOOST_MAX_DEPTH = 8, MI_BOOST_MAX_NODES = 255 };

/* A tree of a cascade whose features are candidates.  Children as mi_node's. */
typedef struct mi_grown {
    int n; /* nodes; 0: nothing parts the samples */
    mi_split split[MI_BOOST_MAX_NODES];
    int left[MI_BOOST_MAX_NODES], right[MI_BOOST_MAX_NODES];
    float leaf[MI_BOOST_MAX_NODES + 1];
} mi_grown;

typedef struct mi_booster {
    mien_boost boost;
    int depth;
    double trim;
    int n, n_positives; /* samples; positives come first */
    mi_splitter *splitter;
    double *weight;   /* [n] */
    double *sum;      /* [n] of votes so far */
    double *sorted;   /* [n] scratch */
    int32_t *quantum; /* [n] weights of one node */
    int32_t *place;   /* [n] node a sample is at, or leaf -place */
    uint8_t *left;    /* [n] */
} mi_booster;

/* Begin with equal weights in each class, half of all for each.  The splitter
 * is borrowed.  Fails with ENOMEM. */
mien_status mi_booster_new(mien_boost boost, int depth, double trim, int n,
                           int n_positives, mi_splitter *splitter,
                           mi_booster *out, mien_error *err);
/* Release what mi_booster_new allocated. */
void mi_booster_free(mi_booster *b);

/* Grow the next tree, add its votes and change the weights. */
void mi_booster_grow(mi_booster *b, mi_grown *out);

#endif
