/* cascade_write.c: cascades as XML that OpenCV 4 reads.
 *
 * Floats are written with nine digits, which give the same float back. */
#include "vision/cascade.h"

#include "base/bytes.h"
#include "base/error.h"

#include <assert.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Append a line of at most 511 bytes. */
static void put(mien_buffer *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void put(mien_buffer *b, const char *format, ...)
{
    char line[512];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (n > 0)
        mien_buffer_put(b, line, (size_t)n);
}

/* All that comes before the stages. */
static void put_head(mien_buffer *b, const mien_cascade *c)
{
    int lbp = c->kind == MIEN_FEATURE_LBP, tilted = 0;
    for (int i = 0; i < c->n_features; i++)
        tilted |= c->feature[i].tilted;
    put(b, "<?xml version=\"1.0\"?>\n<opencv_storage>\n"
           "<cascade type_id=\"opencv-cascade-classifier\">\n"
           "  <stageType>BOOST</stageType>\n");
    put(b, "  <featureType>%s</featureType>\n", lbp ? "LBP" : "HAAR");
    put(b, "  <height>%d</height>\n  <width>%d</width>\n", c->h, c->w);
    put(b, "  <stageParams>\n    <boostType>%s</boostType>\n", c->boost);
    put(b, "    <minHitRate>%.9g</minHitRate>\n", c->min_hit);
    put(b, "    <maxFalseAlarm>%.9g</maxFalseAlarm>\n", c->max_false_alarm);
    put(b, "    <weightTrimRate>%.9g</weightTrimRate>\n", c->trim);
    put(b, "    <maxDepth>%d</maxDepth>\n", c->max_depth);
    put(b, "    <maxWeakCount>%d</maxWeakCount></stageParams>\n", c->max_trees);
    put(b,
        "  <featureParams>\n    <maxCatCount>%d</maxCatCount>\n"
        "    <featSize>1</featSize>",
        lbp ? 256 : 0);
    if (!lbp)
        put(b, "\n    <mode>%s</mode>", tilted ? "ALL" : "BASIC");
    put(b, "</featureParams>\n  <stageNum>%d</stageNum>\n", c->n_stages);
}

/* One tree: nodes with their features, then leaves. */
static void put_tree(mien_buffer *b, const mien_cascade *c, const mi_tree *t)
{
    put(b, "        <_>\n          <internalNodes>\n           ");
    for (int i = 0; i < t->n_nodes; i++) {
        const mi_node *node = &c->node[t->node + i];
        put(b, " %d %d %d", node->left, node->right, node->feature);
        if (c->kind == MIEN_FEATURE_HAAR)
            put(b, " %.9g", (double)node->threshold);
        for (int k = 0; c->kind == MIEN_FEATURE_LBP && k < 8; k++)
            put(b, " %d", (int)c->subset[node->subset + k]);
    }
    put(b, "</internalNodes>\n          <leafValues>\n           ");
    for (int i = 0; i <= t->n_nodes; i++) {
        double leaf = (double)c->leaf[t->leaf + i];
        if (isnan(leaf))
            put(b, " .Nan");
        else
            put(b, " %.9g", leaf);
    }
    put(b, "</leafValues></_>\n");
}

/* All stages with their trees. */
static void put_stages(mien_buffer *b, const mien_cascade *c)
{
    put(b, "  <stages>\n");
    for (int s = 0; s < c->n_stages; s++) {
        const mi_stage *stage = &c->stage[s];
        put(b,
            "    <!-- stage %d -->\n    <_>\n"
            "      <maxWeakCount>%d</maxWeakCount>\n",
            s, stage->n_trees);
        put(b,
            "      <stageThreshold>%.9g</stageThreshold>\n"
            "      <weakClassifiers>\n",
            (double)stage->threshold);
        for (int t = 0; t < stage->n_trees; t++)
            put_tree(b, c, &c->tree[stage->tree + t]);
        put(b, "      </weakClassifiers></_>\n");
    }
    put(b, "  </stages>\n");
}

/* All features: rectangles with weights, or LBP's one. */
static void put_features(mien_buffer *b, const mien_cascade *c)
{
    put(b, "  <features>\n");
    for (int i = 0; i < c->n_features; i++) {
        const mien_feature *f = &c->feature[i];
        const mien_feature_rect *r = f->rect;
        if (c->kind == MIEN_FEATURE_LBP) {
            put(b, "    <_>\n      <rect>%d %d %d %d</rect></_>\n", r->x, r->y,
                r->w, r->h);
            continue;
        }
        put(b, "    <_>\n      <rects>\n");
        for (int k = 0; k < f->n; k++, r++)
            put(b, "        <_>%d %d %d %d %.9g</_>\n", r->x, r->y, r->w, r->h,
                (double)r->weight);
        put(b, "      </rects>\n      <tilted>%d</tilted></_>\n", f->tilted);
    }
    put(b, "  </features>");
}

/* OpenCV passes over an element that it does not know. */
static void put_mean(mien_buffer *b, const mien_cascade *c)
{
    if (!c->mean)
        return;
    put(b, "\n  <meanPositive>");
    for (int y = 0; y < c->h; y++) {
        put(b, "\n   ");
        for (int x = 0; x < c->w; x++)
            put(b, " %d", (int)c->mean[y * c->w + x]);
    }
    put(b, "</meanPositive>");
}

mien_status mien_cascade_write(const mien_cascade *c, mien_bytes *out,
                               mien_error *err)
{
    assert(c && out);
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t before = uselocale(plain);
    mien_buffer b = {0};
    put_head(&b, c);
    put_stages(&b, c);
    put_features(&b, c);
    put_mean(&b, c);
    put(&b, "</cascade>\n</opencv_storage>\n");
    uselocale(before);
    freelocale(plain);
    return mien_buffer_give(&b, out, err);
}
