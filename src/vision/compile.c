/* compile.c: a cascade's rectangles as offsets in sums of one layout. */
#include "vision/scan.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>

typedef struct layout {
    ptrdiff_t stride, tilted;
    int step;
} layout;

static int32_t place(const layout *l, int x, int y)
{
    return (int32_t)(y * l->stride) + mi_sums_column(x, l->step, l->stride);
}

static void upright(const layout *l, const mien_feature_rect *r, int32_t *at)
{
    at[0] = place(l, r->x, r->y);
    at[1] = place(l, r->x + r->w, r->y);
    at[2] = place(l, r->x, r->y + r->h);
    at[3] = place(l, r->x + r->w, r->y + r->h);
}

/* Its corners: upper, left, right, lower. */
static void tilted_corners(const layout *l, const mien_feature_rect *r,
                           int32_t *at)
{
    int32_t t = (int32_t)l->tilted;
    at[0] = t + place(l, r->x, r->y);
    at[1] = t + place(l, r->x - r->h, r->y + r->h);
    at[2] = t + place(l, r->x + r->w, r->y + r->w);
    at[3] = t + place(l, r->x + r->w - r->h, r->y + r->w + r->h);
}

static void haar_node(const layout *l, const mien_feature *f,
                      mi_window_node *node)
{
    for (int i = 0; i < f->n; i++) {
        if (f->tilted)
            tilted_corners(l, &f->rect[i], node->at + (ptrdiff_t)i * 4);
        else
            upright(l, &f->rect[i], node->at + (ptrdiff_t)i * 4);
        node->weight[i] = f->rect[i].weight;
    }
    node->n_rects = f->n < 2 ? 2 : f->n;
}

static void lbp_node(const layout *l, const mien_feature *f,
                     mi_window_node *node)
{
    const mien_feature_rect *r = &f->rect[0];
    for (int y = 0; y < 4; y++)
        for (int x = 0; x < 4; x++)
            node->at[y * 4 + x] = place(l, r->x + x * r->w, r->y + y * r->h);
}

/* Nodes, trees and stages with offsets in place of features. */
static void fill(mi_compiled *p, const layout *l)
{
    const mien_cascade *c = p->c;
    for (int i = 0; i < c->n_nodes; i++) {
        const mi_node *from = &c->node[i];
        mi_window_node *to = &p->node[i];
        *to = (mi_window_node){.threshold = from->threshold,
                               .left = from->left,
                               .right = from->right,
                               .subset = from->subset};
        const mien_feature *f = &c->feature[from->feature];
        if (c->kind == MIEN_FEATURE_LBP)
            lbp_node(l, f, to);
        else
            haar_node(l, f, to);
    }
    for (int t = 0; t < c->n_trees; t++) {
        const mi_tree *from = &c->tree[t];
        mi_window_node *root = &p->node[from->node];
        p->tree[t] = (mi_window_tree){from->node, from->n_nodes, from->leaf};
        if (from->n_nodes > 1)
            continue;
        root->leaf[0] = c->leaf[from->leaf - root->left];
        root->leaf[1] = c->leaf[from->leaf - root->right];
    }
    for (int i = 0; i < c->n_stages; i++)
        p->stage[i] =
            (mi_vote_stage){c->stage[i].tree, c->stage[i].n_trees,
                            (double)(c->stage[i].threshold - MI_STAGE_EPSILON)};
}

mien_status mi_compile(const mien_cascade *c, ptrdiff_t stride, int step,
                       ptrdiff_t tilted, mi_compiled *out, mien_error *err)
{
    mi_compiled p = {.c = c, .step = step, .n_stages = c->n_stages};
    p.tree = mi_alloc((size_t)c->n_trees + 1, sizeof *p.tree);
    p.node = mi_alloc((size_t)c->n_nodes + 1, sizeof *p.node);
    p.stage = mi_alloc((size_t)c->n_stages + 1, sizeof *p.stage);
    if (!p.tree || !p.node || !p.stage) {
        mi_compiled_free(&p);
        return mi_fail(err, MIEN_ENOMEM, "cascade: to run it");
    }
    layout l = {stride, tilted, step};
    fill(&p, &l);
    p.votes = (mi_votes){c->kind == MIEN_FEATURE_LBP,
                         c->n_trees == c->n_nodes,
                         p.tree,
                         p.node,
                         c->leaf,
                         c->subset};
    mien_feature_rect inner = {1, 1, c->w - 2, c->h - 2, 1};
    upright(&l, &inner, p.norm.at);
    p.norm.area = (double)inner.w * inner.h;
    *out = p;
    return MIEN_OK;
}

void mi_compiled_free(mi_compiled *p)
{
    mi_free(p->tree);
    mi_free(p->node);
    mi_free(p->stage);
    *p = (mi_compiled){0};
}
