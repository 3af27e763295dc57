/* cascade_xml.c: read cascades from OpenCV's XML, new and old.
 *
 * New (opencv_traincascade): stages of weak classifiers whose nodes name
 * features by number, and a list of features.  Old (opencv_haartraining): each
 * node holds its feature itself. */
#include "vision/cascade_dom.h"
#include "vision/cascade.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <float.h>
#include <limits.h>
#include <string.h>

/* A tree being read; grown for the largest one. */
typedef struct tree {
    int room;
    mi_node *node;
    uint32_t *subset; /* [room, 8] */
    float *leaf;      /* [room + 1] */
    double *numbers;  /* [room * 11 + 1] */
} tree;

typedef struct reader {
    mi_xml xml;
    mien_cascade *c;
    tree tree;
    mien_error *err;
} reader;

static void tree_free(tree *t)
{
    mi_free(t->node);
    mi_free(t->subset);
    mi_free(t->leaf);
    mi_free(t->numbers);
    *t = (tree){0};
}

/* Make sure that a tree of n nodes fits into the scratch. */
static mien_status tree_room(tree *t, int n, mien_error *err)
{
    if (n <= t->room)
        return MIEN_OK;
    tree_free(t);
    size_t room = (size_t)n * 2;
    t->node = mi_alloc(room, sizeof *t->node);
    t->subset = mi_alloc(room * 8, sizeof *t->subset);
    t->leaf = mi_alloc(room + 1, sizeof *t->leaf);
    t->numbers = mi_alloc(room * 11 + 1, sizeof *t->numbers);
    if (!t->node || !t->subset || !t->leaf || !t->numbers) {
        tree_free(t);
        return mi_no_memory(err);
    }
    t->room = (int)room;
    return MIEN_OK;
}

static mien_status missing(const reader *r, int node, const char *what)
{
    const mi_xml_node *e = &r->xml.node[node];
    return mi_fail(r->err, MIEN_EFORMAT, "cascade: line %d: no <%s> in <%.40s>",
                   e->line, what, e->name);
}

/* Whether n numbers are whole ones that an int holds. */
static int whole(const double *v, int n)
{
    for (int i = 0; i < n; i++)
        if (!(v[i] >= INT_MIN && v[i] <= INT_MAX && v[i] == (int)v[i]))
            return 0;
    return 1;
}

/* The n whole numbers of an element. */
static mien_status whole_numbers(const reader *r, int node, int n, double *v,
                                 const char *wanted)
{
    const mi_xml_node *e = &r->xml.node[node];
    int found = mi_xml_numbers(&r->xml, node, n, v, r->err);
    if (found < 0)
        return MIEN_EFORMAT;
    if (found == n && whole(v, n))
        return MIEN_OK;
    return mi_fail(r->err, MIEN_EFORMAT,
                   "cascade: line %d, <%s>: '%.40s', wanted %s", e->line,
                   e->name, e->text, wanted);
}

/* The number of a child, any that a float holds. */
static mien_status any_float(const reader *r, int node, const char *name,
                             float *out)
{
    double v;
    mien_status st = mi_xml_number(&r->xml, node, name, -(double)FLT_MAX,
                                   (double)FLT_MAX, &v, r->err);
    if (st == MIEN_OK)
        *out = (float)v;
    return st;
}

/* Two or three weighted rectangles of a Haar feature. */
static mien_status feature_rects(const reader *r, int rects, mien_feature *f)
{
    const mi_xml *x = &r->xml;
    for (int i = x->node[rects].child; i >= 0; i = x->node[i].next) {
        double v[5];
        int n = mi_xml_numbers(x, i, 5, v, r->err);
        if (n < 0)
            return MIEN_EFORMAT;
        if (n != 5 || f->n == 3 || !whole(v, 4) ||
            !(v[4] <= 1e6 && v[4] >= -1e6))
            return mi_fail(r->err, MIEN_EFORMAT,
                           "cascade: line %d, <rects>: '%.40s', wanted at most "
                           "3 times x y width height weight",
                           x->node[i].line, x->node[i].text);
        f->rect[f->n++] = (mien_feature_rect){(int)v[0], (int)v[1], (int)v[2],
                                              (int)v[3], (float)v[4]};
    }
    return f->n ? MIEN_OK
                : mi_fail(r->err, MIEN_EFORMAT,
                          "cascade: line %d: no rectangles",
                          x->node[rects].line);
}

static mien_status haar_feature(const reader *r, int node, mien_feature *f)
{
    const mi_xml *x = &r->xml;
    int rects = mi_xml_child(x, node, "rects");
    if (rects < 0)
        return missing(r, node, "rects");
    *f = (mien_feature){0};
    mien_status st = feature_rects(r, rects, f);
    double tilted = 0;
    if (st == MIEN_OK && mi_xml_child(x, node, "tilted") >= 0)
        st = mi_xml_number(x, node, "tilted", 0, 1, &tilted, r->err);
    f->tilted = tilted != 0;
    return st;
}

/* The one rectangle of an LBP feature. */
static mien_status lbp_feature(const reader *r, int node, mien_feature *f)
{
    int rect = mi_xml_child(&r->xml, node, "rect");
    if (rect < 0)
        return missing(r, node, "rect");
    double v[4];
    mien_status st = whole_numbers(r, rect, 4, v, "x y width height");
    if (st != MIEN_OK)
        return st;
    *f = (mien_feature){.n = 1};
    f->rect[0] =
        (mien_feature_rect){(int)v[0], (int)v[1], (int)v[2], (int)v[3], 1};
    return MIEN_OK;
}

/* What the stages of a form are made of. */
typedef struct form {
    const char *threshold, *trees;
    mien_status (*read_tree)(reader *r, int node);
} form;

/* All stages with their trees. */
static mien_status read_stages(reader *r, int stages, const form *f)
{
    const mi_xml *x = &r->xml;
    for (int s = x->node[stages].child; s >= 0; s = x->node[s].next) {
        float threshold;
        mien_status st = any_float(r, s, f->threshold, &threshold);
        if (st == MIEN_OK)
            st = mi_cascade_add_stage(r->c, threshold, r->err);
        int trees = mi_xml_child(x, s, f->trees);
        if (st == MIEN_OK && trees < 0)
            return missing(r, s, f->trees);
        for (int t = trees >= 0 ? x->node[trees].child : -1;
             st == MIEN_OK && t >= 0; t = x->node[t].next)
            st = f->read_tree(r, t);
        if (st != MIEN_OK)
            return st;
    }
    return MIEN_OK;
}

/* ---- the new form ------------------------------------------------------- */

/* Nodes: left right feature and a threshold, or 8 words of a subset. */
static mien_status new_nodes(const reader *r, const double *v, int n, int per,
                             int line)
{
    const tree *t = &r->tree;
    for (int i = 0; i < n; i++, v += per) {
        for (int k = 0; k < (per == 4 ? 3 : per); k++)
            if (!whole(&v[k], 1) &&
                !(k >= 3 && v[k] >= 0 && v[k] <= UINT32_MAX))
                return mi_fail(r->err, MIEN_EFORMAT,
                               "cascade: line %d, <internalNodes>: %g, wanted "
                               "a whole number",
                               line, v[k]);
        t->node[i] = (mi_node){.left = (int)v[0],
                               .right = (int)v[1],
                               .feature = (int)v[2],
                               .threshold = per == 4 ? (float)v[3] : 0};
        for (int k = 0; per != 4 && k < 8; k++)
            t->subset[i * 8 + k] = (uint32_t)(int64_t)v[3 + k];
    }
    return MIEN_OK;
}

/* How many numbers a text can hold at most. */
static int at_most(const char *s)
{
    size_t n = strlen(s) / 2 + 1;
    return n > INT_MAX / 16 ? INT_MAX / 16 : (int)n;
}

/* A tree of the new form: <internalNodes> and <leafValues>. */
static mien_status new_tree(reader *r, int node)
{
    const mi_xml *x = &r->xml;
    int nodes = mi_xml_child(x, node, "internalNodes");
    int leaves = mi_xml_child(x, node, "leafValues");
    if (nodes < 0 || leaves < 0)
        return missing(r, node, nodes < 0 ? "internalNodes" : "leafValues");
    int per = r->c->kind == MIEN_FEATURE_HAAR ? 4 : 11;
    int room = at_most(x->node[nodes].text) / per + 1;
    int more = at_most(x->node[leaves].text) / per + 1;
    tree *t = &r->tree;
    mien_status st = tree_room(t, room > more ? room : more, r->err);
    if (st != MIEN_OK)
        return st;
    int max = t->room * 11;
    int n = mi_xml_numbers(x, nodes, max, t->numbers, r->err);
    if (n < 0)
        return MIEN_EFORMAT;
    if (n == 0 || n % per)
        return mi_fail(r->err, MIEN_EFORMAT,
                       "cascade: line %d, <internalNodes>: %d numbers, wanted "
                       "%d a node",
                       x->node[nodes].line, n, per);
    n /= per;
    st = new_nodes(r, t->numbers, n, per, x->node[nodes].line);
    if (st != MIEN_OK)
        return st;
    int n_leaves = mi_xml_numbers(x, leaves, max, t->numbers, r->err);
    if (n_leaves < 0)
        return MIEN_EFORMAT;
    if (n_leaves != n + 1)
        return mi_fail(r->err, MIEN_EFORMAT,
                       "cascade: line %d, <leafValues>: %d numbers, wanted %d",
                       x->node[leaves].line, n_leaves, n + 1);
    for (int i = 0; i <= n; i++)
        t->leaf[i] = (float)t->numbers[i];
    return mi_cascade_add_tree(r->c, n, t->node, t->subset, t->leaf, r->err);
}

static const form new_form = {"stageThreshold", "weakClassifiers", new_tree};

static mien_status new_features(reader *r, int features)
{
    const mi_xml *x = &r->xml;
    int haar = r->c->kind == MIEN_FEATURE_HAAR;
    for (int i = x->node[features].child; i >= 0; i = x->node[i].next) {
        mien_feature f;
        mien_status st = haar ? haar_feature(r, i, &f) : lbp_feature(r, i, &f);
        if (st == MIEN_OK)
            st = mi_cascade_add_feature(r->c, &f, r->err);
        if (st != MIEN_OK)
            return st;
    }
    return MIEN_OK;
}

/* What it was trained with; it may be missing. */
static void new_params(reader *r, int root)
{
    const mi_xml *x = &r->xml;
    mien_cascade *c = r->c;
    double v;
    int params = mi_xml_child(x, root, "stageParams");
    if (params < 0)
        return;
    int boost = mi_xml_child(x, params, "boostType");
    if (boost >= 0 && strlen(x->node[boost].text) < sizeof c->boost)
        memcpy(c->boost, x->node[boost].text, strlen(x->node[boost].text) + 1);
    if (!mi_xml_number(x, params, "minHitRate", 0, 1, &v, NULL))
        c->min_hit = v;
    if (!mi_xml_number(x, params, "maxFalseAlarm", 0, 1, &v, NULL))
        c->max_false_alarm = v;
    if (!mi_xml_number(x, params, "weightTrimRate", 0, 1, &v, NULL))
        c->trim = v;
    if (!mi_xml_number(x, params, "maxDepth", 0, 1000, &v, NULL))
        c->max_depth = (int)v;
    if (!mi_xml_number(x, params, "maxWeakCount", 0, 1e6, &v, NULL))
        c->max_trees = (int)v;
}

/* mien's own: the mean of the positives, for pictures of the cascade. */
static mien_status mean_positive(reader *r, int e)
{
    int n = r->c->w * r->c->h, good = 1;
    mien_status st = mi_cascade_make_mean(r->c, r->err);
    if (st != MIEN_OK)
        return st;
    double *v = mi_alloc((size_t)n, sizeof *v);
    if (!v)
        return mi_no_memory(r->err);
    int found = mi_xml_numbers(&r->xml, e, n, v, r->err);
    for (int i = 0; i < found && good; i++) {
        good = v[i] >= 0 && v[i] <= 255;
        r->c->mean[i] = good ? (uint8_t)v[i] : 0;
    }
    mi_free(v);
    if (found == n && good)
        return MIEN_OK;
    return found < 0 ? MIEN_EFORMAT
                     : mi_fail(r->err, MIEN_EFORMAT,
                               "cascade: line %d, <meanPositive>: %d numbers, "
                               "wanted %d of 0..255",
                               r->xml.node[e].line, found, n);
}

/* HAAR or LBP; blanks around the word do not matter. */
static mien_status kind_of(const reader *r, int root, mien_feature_kind *kind)
{
    int type = mi_xml_child(&r->xml, root, "featureType");
    if (type < 0)
        return missing(r, root, "featureType");
    static const char blank[] = " \n\r\t";
    const char *text = r->xml.node[type].text;
    text += strspn(text, blank);
    size_t n = strcspn(text, blank);
    if ((n == 4 && !memcmp(text, "HAAR", n)) ||
        (n == 3 && !memcmp(text, "LBP", n))) {
        *kind = text[0] == 'H' ? MIEN_FEATURE_HAAR : MIEN_FEATURE_LBP;
        return MIEN_OK;
    }
    return mi_fail(r->err, strncmp(text, "HOG", 3) ? MIEN_EFORMAT : MIEN_EUNSUP,
                   "cascade: line %d, <featureType>: '%.20s', wanted HAAR or "
                   "LBP",
                   r->xml.node[type].line, text);
}

/* A cascade of the new form, opencv-cascade-classifier. */
static mien_status new_cascade(reader *r, int root)
{
    double w, h;
    mien_feature_kind kind = MIEN_FEATURE_HAAR;
    const int max = MIEN_CASCADE_MAX_WINDOW;
    mien_status st = kind_of(r, root, &kind);
    if (st == MIEN_OK)
        st = mi_xml_number(&r->xml, root, "width", 4, max, &w, r->err);
    if (st == MIEN_OK)
        st = mi_xml_number(&r->xml, root, "height", 4, max, &h, r->err);
    if (st == MIEN_OK)
        st = mi_cascade_new(kind, (int)w, (int)h, &r->c, r->err);
    if (st != MIEN_OK)
        return st;
    new_params(r, root);
    int stages = mi_xml_child(&r->xml, root, "stages");
    int features = mi_xml_child(&r->xml, root, "features");
    if (stages < 0 || features < 0)
        return missing(r, root, stages < 0 ? "stages" : "features");
    st = read_stages(r, stages, &new_form);
    if (st == MIEN_OK)
        st = new_features(r, features);
    int mean = mi_xml_child(&r->xml, root, "meanPositive");
    return st == MIEN_OK && mean >= 0 ? mean_positive(r, mean) : st;
}

/* ---- the old form ------------------------------------------------------- */

/* One side of a node: a value, which becomes the next leaf, or a node. */
static mien_status old_side(reader *r, int node, const char *const name[2],
                            int *leaves, int *child)
{
    const mi_xml *x = &r->xml;
    if (mi_xml_child(x, node, name[0]) < 0) {
        double v;
        mien_status st = mi_xml_number(x, node, name[1], 1, 1e6, &v, r->err);
        if (st == MIEN_OK)
            *child = (int)v;
        return st;
    }
    float leaf;
    mien_status st = any_float(r, node, name[0], &leaf);
    if (st != MIEN_OK)
        return st;
    if (*leaves > r->tree.room)
        return mi_fail(r->err, MIEN_EFORMAT,
                       "cascade: line %d: too many leaves", x->node[node].line);
    r->tree.leaf[*leaves] = leaf;
    *child = -(*leaves)++;
    return MIEN_OK;
}

/* A node of the old form, which holds its feature and leaves itself. */
static mien_status old_node(reader *r, int e, mi_node *node, int *leaves)
{
    static const char *const left[] = {"left_val", "left_node"};
    static const char *const right[] = {"right_val", "right_node"};
    int feature = mi_xml_child(&r->xml, e, "feature");
    if (feature < 0)
        return missing(r, e, "feature");
    mien_feature f;
    *node = (mi_node){.feature = r->c->n_features};
    mien_status st = haar_feature(r, feature, &f);
    if (st == MIEN_OK)
        st = mi_cascade_add_feature(r->c, &f, r->err);
    if (st == MIEN_OK)
        st = any_float(r, e, "threshold", &node->threshold);
    if (st == MIEN_OK)
        st = old_side(r, e, left, leaves, &node->left);
    if (st == MIEN_OK)
        st = old_side(r, e, right, leaves, &node->right);
    return st;
}

/* A tree of the old form. */
static mien_status old_tree(reader *r, int e)
{
    const mi_xml *x = &r->xml;
    int n = 0, leaves = 0;
    for (int i = x->node[e].child; i >= 0; i = x->node[i].next)
        n++;
    if (!n)
        return missing(r, e, "_");
    mien_status st = tree_room(&r->tree, n, r->err);
    n = 0;
    for (int i = x->node[e].child; st == MIEN_OK && i >= 0; i = x->node[i].next)
        st = old_node(r, i, &r->tree.node[n++], &leaves);
    if (st == MIEN_OK && leaves != n + 1)
        return mi_fail(r->err, MIEN_EFORMAT,
                       "cascade: line %d: a tree of %d nodes has %d leaves, "
                       "wanted %d",
                       x->node[e].line, n, leaves, n + 1);
    return st != MIEN_OK ? st
                         : mi_cascade_add_tree(r->c, n, r->tree.node, NULL,
                                               r->tree.leaf, r->err);
}

/* Stages may name a parent and a next one, as a tree; they are read as the row
 * that they stand in, as OpenCV does since its version 3. */
static const form old_form = {"stage_threshold", "trees", old_tree};

/* A cascade of the old form, opencv-haar-classifier. */
static mien_status old_cascade(reader *r, int root)
{
    int size = mi_xml_child(&r->xml, root, "size");
    int stages = mi_xml_child(&r->xml, root, "stages");
    if (size < 0 || stages < 0)
        return missing(r, root, size < 0 ? "size" : "stages");
    double v[2];
    mien_status st = whole_numbers(r, size, 2, v, "width height");
    if (st == MIEN_OK)
        st = mi_cascade_new(MIEN_FEATURE_HAAR, (int)v[0], (int)v[1], &r->c,
                            r->err);
    return st == MIEN_OK ? read_stages(r, stages, &old_form) : st;
}

/* Find out which form the document has, and read it. */
static mien_status read_root(reader *r)
{
    const mi_xml *x = &r->xml;
    int root = x->n ? x->node[0].child : -1;
    if (root < 0 || strcmp(x->node[0].name, "opencv_storage") != 0)
        return mi_fail(r->err, MIEN_EFORMAT,
                       "cascade: <%.40s>, wanted <opencv_storage> with a "
                       "cascade",
                       x->n ? x->node[0].name : "");
    if (!strcmp(x->node[root].type, "opencv-haar-classifier"))
        return old_cascade(r, root);
    if (mi_xml_child(x, root, "stageType") >= 0)
        return new_cascade(r, root);
    return mi_fail(r->err, MIEN_EFORMAT,
                   "cascade: line %d: <%.40s> of type '%.40s', wanted "
                   "opencv-cascade-classifier or opencv-haar-classifier",
                   x->node[root].line, x->node[root].name, x->node[root].type);
}

mien_status mien_cascade_read(const uint8_t *xml, size_t n, mien_cascade **out,
                              mien_error *err)
{
    assert((xml || !n) && out);
    reader r = {.err = err};
    mien_status st = mi_xml_read(xml, n, &r.xml, err);
    if (st == MIEN_OK)
        st = read_root(&r);
    if (st == MIEN_OK)
        st = mi_cascade_check(r.c, err);
    mi_xml_free(&r.xml);
    tree_free(&r.tree);
    if (st == MIEN_OK)
        *out = r.c;
    else
        mien_cascade_free(r.c);
    return st;
}
