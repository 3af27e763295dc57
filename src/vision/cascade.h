/* cascade.h: a cascade in memory.
 *
 * Trees of all stages lie behind one another; nodes of all trees too.  A node's
 * children are > 0: the node of that number within its tree, or <= 0: leaf
 * -child of the tree (as OpenCV counts them). */
#ifndef MI_VISION_CASCADE_H
#define MI_VISION_CASCADE_H

#include "mien/vision.h"

typedef struct mi_node {
    int feature;
    int left, right; /* taken when value < threshold, and otherwise; LBP: when
                        the value's bit is set in the subset, and otherwise */
    float threshold; /* Haar */
    int subset;      /* LBP: first of 8 words in mien_cascade.subset */
} mi_node;

typedef struct mi_tree {
    int node, n_nodes; /* first of its nodes */
    int leaf;          /* first of its n_nodes + 1 leaves */
} mi_tree;

typedef struct mi_stage {
    int tree, n_trees; /* first of its trees */
    float threshold;   /* as written in the file */
} mi_stage;

/* OpenCV lowers every stage's threshold by this before it compares. */
#define MI_STAGE_EPSILON 1e-5f

struct mien_cascade {
    mien_feature_kind kind;
    int w, h;
    int n_stages, n_trees, n_nodes, n_leaves, n_features;
    mi_stage *stage;
    mi_tree *tree;
    mi_node *node;
    float *leaf;
    mien_feature *feature;
    uint32_t *subset; /* [n_nodes, 8], LBP */
    char boost[8];    /* "GAB", "DAB", "RAB", "LB": what it was trained with */
    double min_hit, max_false_alarm, trim; /* likewise, for the file */
    int max_depth, max_trees;
    uint8_t *mean; /* [h, w] of the positives; NULL: not known */
};

/* Make an empty cascade; free it with mien_cascade_free. */
mien_status mi_cascade_new(mien_feature_kind kind, int w, int h,
                           mien_cascade **out, mien_error *err);

/* Add what follows the last stage; each fails with ELIMIT, ENOMEM and then
 * leaves the cascade as it was. */
mien_status mi_cascade_add_feature(mien_cascade *c, const mien_feature *f,
                                   mien_error *err);
/* A stage without trees; its threshold is as in the file. */
mien_status mi_cascade_add_stage(mien_cascade *c, float threshold,
                                 mien_error *err);
/* A tree of n nodes and n + 1 leaves for the last stage. subset is [n, 8] or
 * NULL. */
mien_status mi_cascade_add_tree(mien_cascade *c, int n, const mi_node *node,
                                const uint32_t *subset, const float *leaf,
                                mien_error *err);

/* Room for the mean of the positives.  Fails with ENOMEM. */
mien_status mi_cascade_make_mean(mien_cascade *c, mien_error *err);

/* Copy a cascade. */
mien_status mi_cascade_copy(const mien_cascade *c, mien_cascade **out,
                            mien_error *err);

/* Check that every index lies in its range, features inside the window and
 * trees end; EFORMAT otherwise. */
mien_status mi_cascade_check(const mien_cascade *c, mien_error *err);

/* 1 if a feature lies inside a window. */
int mi_feature_inside(const mien_feature *f, mien_feature_kind kind, int w,
                      int h);

#endif
