/* windows.h: 16 windows of a picture at once, through trees of a cascade.
 *
 * Sums of the picture (integral images) may lie in memory in any order of
 * columns: a window is a place in them, and a corner of a rectangle an offset
 * from it.  So windows two pixels apart are neighbours in memory when even and
 * odd columns lie apart. */
#ifndef MI_KERN_WINDOWS_H
#define MI_KERN_WINDOWS_H

#include <stdint.h>

enum { MI_WINDOWS = 16 };

/* A node.  Haar: rectangle i is s[at[4i]] - s[at[4i+1]] - s[at[4i+2]] +
 * s[at[4i+3]], and the value their weighted sum times the window's norm; left
 * if value < threshold.  LBP: at is a grid of 4 x 4 corners, and the value a
 * number 0..255, a bit for each block that is not darker than the one in the
 * middle; left if that bit of the subset is set. */
typedef struct mi_window_node {
    int32_t at[16];
    float weight[3];
    int32_t n_rects;
    float threshold;
    int32_t left, right; /* > 0: node of the tree, else leaf -left */
    int32_t subset;      /* first of 8 words */
    float leaf[2];       /* of a stump: what it says left and right */
} mi_window_node;

typedef struct mi_window_tree {
    int32_t node, n_nodes, leaf; /* first of its nodes, how many, first leaf */
} mi_window_tree;

typedef struct mi_votes {
    int lbp;
    int stumps; /* 1: every tree is one node, tree i node i */
    const mi_window_tree *tree;
    const mi_window_node *node;
    const float *leaf;
    const uint32_t *subset;
} mi_votes;

/* Trees of a stage, and the least sum of votes that passes it. */
typedef struct mi_vote_stage {
    int32_t tree, n;
    double least;
} mi_vote_stage;

/* Corners of the rectangle whose grey values give a window its norm. */
typedef struct mi_window_norm {
    int32_t at[4];
    double area;
} mi_window_norm;

#endif
