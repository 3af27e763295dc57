/* cascade.c: a cascade built up, copied, checked and asked. */
#include "vision/cascade.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <assert.h>
#include <float.h>
#include <string.h>

/* Nodes of a tree that are looked at when telling of it. */
enum { MAX_DEEP = 64 };

mien_status mi_cascade_new(mien_feature_kind kind, int w, int h,
                           mien_cascade **out, mien_error *err)
{
    if (w < 4 || h < 4 || w > MIEN_CASCADE_MAX_WINDOW ||
        h > MIEN_CASCADE_MAX_WINDOW)
        return mi_fail(err, MIEN_ELIMIT,
                       "cascade: window %d x %d, a side is 4..%d", w, h,
                       MIEN_CASCADE_MAX_WINDOW);
    mien_cascade *c = mi_alloc(1, sizeof *c);
    if (!c)
        return mi_no_memory(err);
    c->kind = kind;
    c->w = w;
    c->h = h;
    memcpy(c->boost, "GAB", 4);
    c->min_hit = 0.995;
    c->max_false_alarm = 0.5;
    c->trim = 0.95;
    c->max_depth = 1;
    c->max_trees = 100;
    *out = c;
    return MIEN_OK;
}

void mien_cascade_free(mien_cascade *c)
{
    if (!c)
        return;
    mi_free(c->stage);
    mi_free(c->tree);
    mi_free(c->node);
    mi_free(c->leaf);
    mi_free(c->feature);
    mi_free(c->subset);
    mi_free(c->mean);
    mi_free(c);
}

/* Room for `more` items behind n, at most max of them; items: T **. */
static mien_status reserve(void *items, size_t size, int n, int more, int max,
                           const char *what, mien_error *err)
{
    if (more > max - n)
        return mi_fail(err, MIEN_ELIMIT, "cascade: more than %d %s", max, what);
    return mi_grow(items, n, more, size) ? MIEN_OK : mi_no_memory(err);
}

mien_status mi_cascade_add_feature(mien_cascade *c, const mien_feature *f,
                                   mien_error *err)
{
    mien_status st = reserve(&c->feature, sizeof *f, c->n_features, 1,
                             MIEN_CASCADE_MAX_FEATURES, "features", err);
    if (st == MIEN_OK)
        c->feature[c->n_features++] = *f;
    return st;
}

mien_status mi_cascade_add_stage(mien_cascade *c, float threshold,
                                 mien_error *err)
{
    mien_status st = reserve(&c->stage, sizeof *c->stage, c->n_stages, 1,
                             MIEN_CASCADE_MAX_STAGES, "stages", err);
    if (st == MIEN_OK)
        c->stage[c->n_stages++] = (mi_stage){c->n_trees, 0, threshold};
    return st;
}

/* Room for a tree of n nodes in every list. */
static mien_status reserve_tree(mien_cascade *c, int n, mien_error *err)
{
    const int max = MIEN_CASCADE_MAX_NODES;
    mien_status st =
        reserve(&c->tree, sizeof *c->tree, c->n_trees, 1, max, "trees", err);
    if (st == MIEN_OK)
        st = reserve(&c->node, sizeof *c->node, c->n_nodes, n, max, "nodes",
                     err);
    if (st == MIEN_OK)
        st = reserve(&c->leaf, sizeof *c->leaf, c->n_leaves, n + 1, 2 * max,
                     "leaves", err);
    if (st == MIEN_OK && c->kind == MIEN_FEATURE_LBP)
        st = reserve(&c->subset, 8 * sizeof *c->subset, c->n_nodes, n, max,
                     "subsets", err);
    return st;
}

mien_status mi_cascade_add_tree(mien_cascade *c, int n, const mi_node *node,
                                const uint32_t *subset, const float *leaf,
                                mien_error *err)
{
    assert(c->n_stages > 0 && n > 0);
    mien_status st = reserve_tree(c, n, err);
    if (st != MIEN_OK)
        return st;
    c->tree[c->n_trees++] = (mi_tree){c->n_nodes, n, c->n_leaves};
    for (int i = 0; i < n; i++) {
        c->node[c->n_nodes + i] = node[i];
        c->node[c->n_nodes + i].subset = (c->n_nodes + i) * 8;
    }
    if (c->kind == MIEN_FEATURE_LBP && subset)
        memcpy(c->subset + (size_t)c->n_nodes * 8, subset,
               (size_t)n * 8 * sizeof *subset);
    memcpy(c->leaf + c->n_leaves, leaf, (size_t)(n + 1) * sizeof *leaf);
    c->n_nodes += n;
    c->n_leaves += n + 1;
    c->stage[c->n_stages - 1].n_trees++;
    return MIEN_OK;
}

mien_status mi_cascade_make_mean(mien_cascade *c, mien_error *err)
{
    if (!c->mean)
        c->mean = mi_alloc((size_t)c->w * (size_t)c->h, sizeof *c->mean);
    return c->mean ? MIEN_OK : mi_no_memory(err);
}

const uint8_t *mien_cascade_mean(const mien_cascade *c)
{
    assert(c);
    return c->mean;
}

mien_status mi_cascade_copy(const mien_cascade *c, mien_cascade **out,
                            mien_error *err)
{
    mien_cascade *made = NULL;
    mien_status st = mi_cascade_new(c->kind, c->w, c->h, &made, err);
    for (int i = 0; st == MIEN_OK && i < c->n_features; i++)
        st = mi_cascade_add_feature(made, &c->feature[i], err);
    for (int s = 0; st == MIEN_OK && s < c->n_stages; s++) {
        st = mi_cascade_add_stage(made, c->stage[s].threshold, err);
        for (int t = 0; st == MIEN_OK && t < c->stage[s].n_trees; t++) {
            const mi_tree *tree = &c->tree[c->stage[s].tree + t];
            const uint32_t *subset =
                c->subset ? c->subset + (size_t)tree->node * 8 : NULL;
            st = mi_cascade_add_tree(made, tree->n_nodes, c->node + tree->node,
                                     subset, c->leaf + tree->leaf, err);
        }
    }
    if (st == MIEN_OK && c->mean)
        st = mi_cascade_make_mean(made, err);
    if (st != MIEN_OK) {
        mien_cascade_free(made);
        return st;
    }
    if (c->mean)
        memcpy(made->mean, c->mean, (size_t)c->w * (size_t)c->h);
    memcpy(made->boost, c->boost, sizeof c->boost);
    made->min_hit = c->min_hit;
    made->max_false_alarm = c->max_false_alarm;
    made->trim = c->trim;
    made->max_depth = c->max_depth;
    made->max_trees = c->max_trees;
    *out = made;
    return MIEN_OK;
}

static int rect_inside(const mien_feature_rect *r, int tilted, int w, int h)
{
    const int max = MIEN_CASCADE_MAX_WINDOW;
    if (r->x < 0 || r->y < 0 || r->w < 1 || r->h < 1 || r->x > max ||
        r->y > max || r->w > max || r->h > max)
        return 0;
    if (tilted)
        return r->x - r->h >= 0 && r->x + r->w <= w && r->y + r->w + r->h <= h;
    return r->x + r->w <= w && r->y + r->h <= h;
}

int mi_feature_inside(const mien_feature *f, mien_feature_kind kind, int w,
                      int h)
{
    if (kind == MIEN_FEATURE_LBP) {
        mien_feature_rect all = f->rect[0];
        if (!rect_inside(&all, 0, w, h))
            return 0;
        all.w *= 3;
        all.h *= 3;
        return rect_inside(&all, 0, w, h);
    }
    for (int i = 0; i < f->n; i++)
        if (!rect_inside(&f->rect[i], f->tilted, w, h))
            return 0;
    return f->n >= 1 && f->n <= 3;
}

/* Check that a tree's features exist and its children come later. */
static mien_status check_tree(const mien_cascade *c, int t, mien_error *err)
{
    const mi_tree *tree = &c->tree[t];
    for (int i = 0; i < tree->n_nodes; i++) {
        const mi_node *node = &c->node[tree->node + i];
        if (node->feature < 0 || node->feature >= c->n_features)
            return mi_fail(err, MIEN_EFORMAT,
                           "cascade: tree %d, node %d: feature %d, wanted "
                           "0..%d",
                           t, i, node->feature, c->n_features - 1);
        int child[2] = {node->left, node->right};
        for (int k = 0; k < 2; k++)
            if (child[k] > 0 ? child[k] <= i || child[k] >= tree->n_nodes
                             : child[k] < -tree->n_nodes)
                return mi_fail(err, MIEN_EFORMAT,
                               "cascade: tree %d, node %d: child %d, wanted a "
                               "later node (at most %d) or a leaf (0..-%d)",
                               t, i, child[k], tree->n_nodes - 1,
                               tree->n_nodes);
    }
    return MIEN_OK;
}

mien_status mi_cascade_check(const mien_cascade *c, mien_error *err)
{
    if (!c->n_stages)
        return mi_fail(err, MIEN_EFORMAT, "cascade: no stages");
    for (int i = 0; i < c->n_stages; i++)
        if (!c->stage[i].n_trees)
            return mi_fail(err, MIEN_EFORMAT, "cascade: stage %d has no trees",
                           i);
    for (int i = 0; i < c->n_features; i++)
        if (!mi_feature_inside(&c->feature[i], c->kind, c->w, c->h))
            return mi_fail(err, MIEN_EFORMAT,
                           "cascade: feature %d reaches outside the window of "
                           "%d x %d",
                           i, c->w, c->h);
    for (int t = 0; t < c->n_trees; t++) {
        mien_status st = check_tree(c, t, err);
        if (st != MIEN_OK)
            return st;
    }
    return MIEN_OK;
}

mien_cascade_info mien_cascade_get_info(const mien_cascade *c)
{
    assert(c);
    mien_cascade_info info = {.kind = c->kind,
                              .w = c->w,
                              .h = c->h,
                              .n_stages = c->n_stages,
                              .n_trees = c->n_trees,
                              .n_nodes = c->n_nodes,
                              .n_features = c->n_features};
    for (int i = 0; i < c->n_features; i++)
        info.has_tilted |= c->feature[i].tilted;
    for (int t = 0; t < c->n_trees; t++) {
        /* Children come after their parents, so depth runs forwards. */
        int depth[MAX_DEEP] = {1}, n = c->tree[t].n_nodes;
        const mi_node *node = c->node + c->tree[t].node;
        for (int i = 0; i < n && i < MAX_DEEP; i++) {
            if (depth[i] > info.max_depth)
                info.max_depth = depth[i];
            if (node[i].left > 0 && node[i].left < MAX_DEEP)
                depth[node[i].left] = depth[i] + 1;
            if (node[i].right > 0 && node[i].right < MAX_DEEP)
                depth[node[i].right] = depth[i] + 1;
        }
    }
    return info;
}

mien_stage_info mien_cascade_stage(const mien_cascade *c, int i)
{
    assert(c && i >= 0 && i < c->n_stages);
    return (mien_stage_info){c->stage[i].n_trees, c->stage[i].threshold};
}

mien_feature mien_cascade_feature(const mien_cascade *c, int i, int tree)
{
    assert(c && i >= 0 && i < c->n_stages);
    assert(tree >= 0 && tree < c->stage[i].n_trees);
    return c->feature[c->node[c->tree[c->stage[i].tree + tree].node].feature];
}

int mien_cascade_sign(const mien_cascade *c, int i, int tree)
{
    assert(c && i >= 0 && i < c->n_stages);
    assert(tree >= 0 && tree < c->stage[i].n_trees);
    const mi_tree *t = &c->tree[c->stage[i].tree + tree];
    float best[MAX_DEEP], of[2] = {0};
    /* Children come after their parents, so leaves run backwards. */
    for (int k = (t->n_nodes < MAX_DEEP ? t->n_nodes : MAX_DEEP) - 1; k >= 0;
         k--) {
        const mi_node *node = &c->node[t->node + k];
        int child[2] = {node->left, node->right};
        for (int s = 0; s < 2; s++)
            of[s] = child[s] <= 0         ? c->leaf[t->leaf - child[s]]
                    : child[s] < MAX_DEEP ? best[child[s]]
                                          : -FLT_MAX;
        best[k] = of[0] > of[1] ? of[0] : of[1];
    }
    return of[0] > of[1] ? -1 : 1;
}
