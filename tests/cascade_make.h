/* cascade_make.h: random cascades and pictures for tests. */
#ifndef CASCADE_MAKE_H
#define CASCADE_MAKE_H

#include "mien/vision.h"
#include "tests/check.h"
#include "vision/cascade.h"

#include <stdlib.h>
#include <string.h>

/* What a random cascade is made of. */
typedef struct made_as {
    mien_feature_kind kind;
    int tilted; /* 1: some features are */
    int depth;  /* of trees, 1 or 2 */
    int w, h, stages, trees;
} made_as;

static inline int made_below(unsigned *r, int n)
{
    return (int)(check_rand(r) % (unsigned)n);
}

static inline mien_feature made_feature(const made_as *a, unsigned *r)
{
    for (;;) {
        mien_feature f = {.n = 1};
        if (a->kind == MIEN_FEATURE_HAAR) {
            f.n = 2 + made_below(r, 2);
            f.tilted = a->tilted && made_below(r, 2);
        }
        int w = 1 + made_below(r, a->w / 3), h = 1 + made_below(r, a->h / 3);
        for (int i = 0; i < f.n; i++)
            f.rect[i] =
                (mien_feature_rect){made_below(r, a->w), made_below(r, a->h), w,
                                    h, i || f.n == 1 ? 1 : 1 - (float)f.n};
        if (mi_feature_inside(&f, a->kind, a->w, a->h))
            return f;
    }
}

static inline void made_tree(mien_cascade *c, const made_as *a, unsigned *r)
{
    int n = a->depth == 1 ? 1 : 1 + made_below(r, 3);
    mi_node node[3];
    uint32_t subset[24];
    float leaf[4];
    for (int i = 0; i < n; i++) {
        mien_feature f = made_feature(a, r);
        CHECK_EQ(mi_cascade_add_feature(c, &f, NULL), MIEN_OK);
        node[i] =
            (mi_node){.feature = c->n_features - 1,
                      .threshold = (float)(made_below(r, 200) - 100) / 2000.f};
    }
    /* a chain or, with three nodes, a full tree */
    node[0].left = n > 1 ? 1 : 0;
    node[0].right = n > 2 ? 2 : -1;
    if (n > 1) {
        node[1].left = 0;
        node[1].right = -2;
    }
    if (n > 2) {
        node[2].left = -1;
        node[2].right = -3;
    }
    for (int i = 0; i < 24; i++)
        subset[i] = check_rand(r) << 16 ^ check_rand(r);
    for (int i = 0; i <= n; i++)
        leaf[i] = (float)(made_below(r, 2000) - 1000) / 999.f;
    CHECK_EQ(mi_cascade_add_tree(c, n, node, subset, leaf, NULL), MIEN_OK);
}

static inline mien_cascade *made_cascade(const made_as *a, unsigned seed)
{
    mien_cascade *c = NULL;
    CHECK_EQ(mi_cascade_new(a->kind, a->w, a->h, &c, NULL), MIEN_OK);
    for (int s = 0; s < a->stages; s++) {
        CHECK_EQ(mi_cascade_add_stage(c, -0.8f, NULL), MIEN_OK);
        for (int t = 0; t < a->trees; t++)
            made_tree(c, a, &seed);
    }
    CHECK_EQ(mi_cascade_check(c, NULL), MIEN_OK);
    return c;
}

/* Blocks of random grey with some noise, flat in one corner. */
static inline mien_gray made_picture(int w, int h, unsigned seed)
{
    mien_gray g;
    if (mien_gray_new(w, h, &g, NULL) != MIEN_OK)
        abort();
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            unsigned block =
                (unsigned)(x / 7) * 7919u + (unsigned)(y / 5) * 104729u + seed;
            int v =
                (int)(check_rand(&block) % 200) + (int)(check_rand(&seed) % 40);
            g.data[y * g.stride + x] =
                (uint8_t)(x < w / 4 && y < h / 4 ? 90 : v);
        }
    return g;
}

#endif
