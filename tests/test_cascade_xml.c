/* Cascades as XML: both forms, there and back, and what is refused. */
#include "base/alloc.h"
#include "tests/cascade_make.h"

#include <locale.h>
#include <float.h>
#include <math.h>

#define OLD_NODE(left, right)                                        \
    "<_><feature><rects><_>1 2 4 5 -1.</_><_>1 2 2 5 2.</_></rects>" \
    "<tilted>0</tilted></feature><threshold>0.5</threshold>" left right "</_>"
#define LEFT_VAL "<left_val>-0.25</left_val>"
#define RIGHT_VAL "<right_val>0.75</right_val>"
#define OLD(size, stage)                                       \
    "<?xml version=\"1.0\"?><opencv_storage>"                  \
    "<c type_id=\"opencv-haar-classifier\">" size "<stages>"   \
    "<_><trees>" stage "</trees><stage_threshold>0.5"          \
    "</stage_threshold><parent>-1</parent><next>-1</next></_>" \
    "</stages></c></opencv_storage>"
#define SIZE "<size>12 14</size>"

#define NEW(type, w, nodes, leaves, rect)                                     \
    "<opencv_storage><cascade><stageType>BOOST</stageType><featureType>" type \
    "</featureType><height>14</height><width>" w "</width><stages>"           \
    "<_><stageThreshold>-1.5e0</stageThreshold><weakClassifiers><_>"          \
    "<internalNodes>" nodes "</internalNodes><leafValues>" leaves             \
    "</leafValues></_></weakClassifiers></_></stages><features><_><rects>"    \
    "<_>" rect "</_></rects><tilted>0</tilted></_></features></cascade>"      \
    "</opencv_storage>"

static mien_status try(const char *xml, mien_cascade **out, mien_error *err)
{
    return mien_cascade_read((const uint8_t *)xml, strlen(xml), out, err);
}

static void check_old(void)
{
    mien_cascade *c = NULL;
    mien_error err = {0};
    CHECK_MSG(
        try(OLD(SIZE, "<_>" OLD_NODE("<left_node>1</left_node>", RIGHT_VAL)
                          OLD_NODE(LEFT_VAL, RIGHT_VAL) "</_>"),
            &c, &err) == MIEN_OK,
        "%s", err.text);
    if (!c)
        return;
    mien_cascade_info info = mien_cascade_get_info(c);
    CHECK(info.w == 12 && info.h == 14 && info.n_trees == 1);
    CHECK(info.n_nodes == 2 && info.max_depth == 2 && !info.has_tilted);
    CHECK(c->node[0].left == 1 && c->node[0].right == 0);
    CHECK(c->node[1].left == -1 && c->node[1].right == -2);
    CHECK(c->leaf[0] == 0.75f && c->leaf[1] == -0.25f && c->leaf[2] == 0.75f);
    mien_feature f = mien_cascade_feature(c, 0, 0);
    CHECK(f.n == 2 && f.rect[1].w == 2 && f.rect[1].weight == 2);
    CHECK(mien_cascade_stage(c, 0).threshold == 0.5f);
    CHECK_EQ(mien_cascade_sign(c, 0, 0), 1); /* 0.75 on both sides */
    c->leaf[0] = -1;
    CHECK_EQ(mien_cascade_sign(c, 0, 0), -1); /* below node 1 */
    c->leaf[2] = c->leaf[1] = -2;
    CHECK_EQ(mien_cascade_sign(c, 0, 0), 1);
    mien_cascade_free(c);
}

static const struct refusal {
    const char *xml;
    mien_status st;
    const char *text; /* stands in the message */
} refusals[] = {
    {"", MIEN_EFORMAT, "XML"},
    {"hello", MIEN_EFORMAT, "line 1"},
    {"<opencv_storage>", MIEN_EFORMAT, "XML"},
    {"<opencv_storage/>", MIEN_EFORMAT, "opencv_storage"},
    {"<html><body/></html>", MIEN_EFORMAT, "html"},
    {"<opencv_storage><x type_id='opencv-matrix'/></opencv_storage>",
     MIEN_EFORMAT, "opencv-matrix"},
    {"<!DOCTYPE a [<!ENTITY b 'bbbb'>]><opencv_storage>&b;</opencv_storage>",
     MIEN_EFORMAT, "document type"},
    {OLD("", "<_>" OLD_NODE(LEFT_VAL, RIGHT_VAL) "</_>"), MIEN_EFORMAT, "size"},
    {OLD("<size>12</size>", "<_>" OLD_NODE(LEFT_VAL, RIGHT_VAL) "</_>"),
     MIEN_EFORMAT, "width height"},
    {OLD("<size>12 900</size>", "<_>" OLD_NODE(LEFT_VAL, RIGHT_VAL) "</_>"),
     MIEN_ELIMIT, "900"},
    {OLD("<size>4 4</size>", "<_>" OLD_NODE(LEFT_VAL, RIGHT_VAL) "</_>"),
     MIEN_EFORMAT, "outside"},
    {OLD(SIZE, ""), MIEN_EFORMAT, "stage 0 has no trees"},
    {OLD(SIZE, "<_></_>"), MIEN_EFORMAT, "<_>"},
    {OLD(SIZE, "<_>" OLD_NODE(LEFT_VAL, "") "</_>"), MIEN_EFORMAT,
     "right_node"},
    {OLD(SIZE, "<_>" OLD_NODE(LEFT_VAL, "<right_node>7</right_node>") "</_>"),
     MIEN_EFORMAT, "leaves"},
    {OLD(SIZE, "<_>" OLD_NODE("<left_val>x</left_val>", RIGHT_VAL) "</_>"),
     MIEN_EFORMAT, "'x'"},
    {NEW("HOG", "12", "0 -1 0 1", "1 2", "0 0 4 4 1"), MIEN_EUNSUP, "HOG"},
    {NEW("X", "12", "0 -1 0 1", "1 2", "0 0 4 4 1"), MIEN_EFORMAT, "'X'"},
    {NEW("HAAR", "nan", "0 -1 0 1", "1 2", "0 0 4 4 1"), MIEN_EFORMAT, "'nan'"},
    {NEW("HAAR", "-12", "0 -1 0 1", "1 2", "0 0 4 4 1"), MIEN_EFORMAT, "'-12'"},
    {NEW("HAAR", "12", "0 -1 0", "1 2", "0 0 4 4 1"), MIEN_EFORMAT, "4 a node"},
    {NEW("HAAR", "12", "0 -1 1 0.5", "1 2", "0 0 4 4 1"), MIEN_EFORMAT,
     "feature 1"},
    {NEW("HAAR", "12", "0 -1 -1 0.5", "1 2", "0 0 4 4 1"), MIEN_EFORMAT,
     "feature -1"},
    {NEW("HAAR", "12", "0 -2 0 0.5", "1 2", "0 0 4 4 1"), MIEN_EFORMAT,
     "child -2"},
    {NEW("HAAR", "12", "0 0.5 0 0.5", "1 2", "0 0 4 4 1"), MIEN_EFORMAT,
     "whole"},
    {NEW("HAAR", "12", "1e30 0 0 0.5", "1 2", "0 0 4 4 1"), MIEN_EFORMAT,
     "whole"},
    {NEW("HAAR", "12", "1 0 0 0.5 0 -1 0 1", "1 2", "0 0 4 4 1"), MIEN_EFORMAT,
     "wanted 3"},
    {NEW("HAAR", "12", "1 0 0 .5 1 -1 0 1", "1 2 3", "0 0 4 4 1"), MIEN_EFORMAT,
     "child 1"},
    {NEW("HAAR", "12", "0 -1 0 1", "1e39 2", "0 0 4 4 1"), MIEN_EFORMAT,
     "'1e39 2'"},
    {NEW("HAAR", "12", "0 -1 0 -1e39", "1 2", "0 0 4 4 1"), MIEN_EFORMAT,
     "'-1e39'"},
    {NEW("HAAR", "12", "0 -1 0 1", "1 2", "0 0 4 4"), MIEN_EFORMAT, "weight"},
    {NEW("HAAR", "12", "0 -1 0 1", "1 2", "9 0 4 4 1"), MIEN_EFORMAT,
     "outside"},
    {NEW("HAAR", "12", "0 -1 0 1", "1 2", "0 0 2147483647 4 1"), MIEN_EFORMAT,
     "outside"},
    {NEW("HAAR", "12", "0 -1 0 1", "1 2", "-1 0 4 4 1"), MIEN_EFORMAT,
     "outside"},
    {NEW("HAAR", "12", "0 -1 0 1", "1 2", "0 0 4 4 .Nan"), MIEN_EFORMAT,
     "weight"},
    {NEW("HAAR", "12", ".Nan -1 0 1", "1 2", "0 0 4 4 1"), MIEN_EFORMAT,
     "whole"},
    {NEW("HAAR", "12", "0 -1 0 1", "1 2",
         "0 0 4 4 1</_><_>0 0 1 1 1</_><_>0 0 "
         "1 1 1</_><_>0 0 1 1 1"),
     MIEN_EFORMAT, "3 times"},
    {NEW("LBP", "12", "0 -1 0 1 2 3 4 5 6 7 8", "1 2", "0 0 4 4 1"),
     MIEN_EFORMAT, "rect"},
};

static void check_refusals(void)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const struct refusal *r = &refusals[i];
        mien_cascade *c = NULL;
        mien_error err = {0};
        mien_status st = try(r->xml, &c, &err);
        CHECK_MSG(st == r->st, "%zu: %s (%s), want %s", i, mien_status_name(st),
                  err.text, mien_status_name(r->st));
        CHECK_MSG(strstr(err.text, r->text) != NULL, "%zu: '%s' lacks '%s'", i,
                  err.text, r->text);
        CHECK(c == NULL);
    }
    char deep[4096] = "<opencv_storage>";
    for (size_t at = strlen(deep), i = 0; i < 200; i++, at += 3)
        memcpy(deep + at, "<a>", 4);
    mien_cascade *c;
    CHECK_EQ(try(deep, &c, NULL), MIEN_ELIMIT);
}

/* A cascade with a mean of its positives, as a trainer makes it. */
#define COMMENT "<!-----\n l\xe9 -- monde <_>\n---->"
#define TREE "<_>" OLD_NODE(LEFT_VAL, RIGHT_VAL) "</_>"
#define OLD_STAGE(parent, next)                                     \
    "<_><trees>" TREE                                               \
    "</trees><stage_threshold>0.5</stage_threshold><parent>" parent \
    "</parent><next>" next "</next></_>"

/* Comments that XML forbids, encodings and zero bytes of other programs, and
 * OpenCV 2's tree of stages as a row. */
static void check_wild(void)
{
    static const char row[] =
        "\n" COMMENT "<opencv_storage>" COMMENT
        "<c type_id=\"opencv-haar-classifier\">" SIZE
        "<stages>" OLD_STAGE("-1", "-1") COMMENT OLD_STAGE("0", "2")
            OLD_STAGE("0", "-1") "</stages></c></opencv_storage>" COMMENT;
    mien_cascade *c = NULL;
    mien_error err = {0};
    CHECK_MSG(try(row, &c, &err) == MIEN_OK, "%s", err.text);
    CHECK(c && mien_cascade_get_info(c).n_stages == 3 && c->n_trees == 3);
    mien_cascade_free(c);
    static const char padded[] =
        "<?xml version=\"1.0\" encoding=\"GB2312\"?>\n"
        "<!-- \xc4\xe3 -->" NEW("HAAR", "12", "0 -1 0 1", "1 2",
                                "0 0 4 4 1") "\n\0\0";
    c = NULL;
    CHECK_MSG(mien_cascade_read((const uint8_t *)padded, sizeof padded - 1, &c,
                                &err) == MIEN_OK,
              "%s", err.text);
    mien_cascade_free(c);
    c = NULL;
    CHECK_EQ(mien_cascade_read((const uint8_t *)"\0\0", 2, &c, &err),
             MIEN_EFORMAT);
    CHECK_EQ(try(COMMENT "\n<opencv_storage><!-- </opencv_storage>", &c, &err),
             MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "line 4: a comment without an end"), "%s",
              err.text);
    CHECK_EQ(try(COMMENT "<opencv_storage><a></b>", &c, &err), MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "line 3:"), "%s", err.text);
    CHECK_EQ(try("<!--", &c, &err), MIEN_EFORMAT);
    CHECK_EQ(try("<!-->", &c, &err), MIEN_EFORMAT);
}

/* OpenCV writes a leaf that is not a number as .Nan; a window that gets there
 * passes. */
static void check_nan(void)
{
    mien_cascade *c = NULL, *again = NULL;
    mien_error err = {0};
    CHECK_MSG(try(NEW("HAAR", "12", "0 -1 0 1", ".Nan -2", "0 0 4 4 1"), &c,
                  &err) == MIEN_OK,
              "%s", err.text);
    if (!c)
        return;
    uint8_t dark[20 * 20] = {0};
    for (int i = 0; i < 400; i++)
        dark[i] = (uint8_t)(i * 7 % 64);
    mien_gray g = {20, 20, 20, dark};
    mien_cascade_options o = MIEN_CASCADE_DEFAULTS;
    o.neighbors = 0;
    mien_hits all = {0}, few = {0};
    CHECK_EQ(mien_cascade_detect(c, &g, &o, &all, NULL), MIEN_OK);
    mien_bytes xml = {0};
    CHECK_EQ(mien_cascade_write(c, &xml, NULL), MIEN_OK);
    CHECK(xml.data && memmem(xml.data, xml.n, " .Nan -2<", 9));
    CHECK_EQ(mien_cascade_read(xml.data, xml.n, &again, NULL), MIEN_OK);
    CHECK(again && isnan(again->leaf[0]) && again->leaf[1] == -2);
    c->leaf[0] = -2;
    CHECK_EQ(mien_cascade_detect(c, &g, &o, &few, NULL), MIEN_OK);
    CHECK(all.n > 0 && few.n == 0);
    mien_hits_free(&all);
    mien_hits_free(&few);
    mien_bytes_free(&xml);
    mien_cascade_free(again);
    mien_cascade_free(c);
}

/* Leaves as OpenCV reads them, and what is none. */
static void check_leaves(void)
{
    mien_cascade *c = NULL;
    mien_error err = {0};
    CHECK_MSG(try(NEW("\nHAAR ", "12", "0 -1 0 1", ".Inf -.Inf", "0 0 4 4 1"),
                  &c, &err) == MIEN_OK,
              "%s", err.text);
    CHECK(c && c->leaf[0] == FLT_MAX && c->leaf[1] == -FLT_MAX);
    mien_bytes xml = {0};
    CHECK(c && mien_cascade_write(c, &xml, NULL) == MIEN_OK);
    mien_cascade_free(c);
    c = NULL;
    CHECK_MSG(mien_cascade_read(xml.data, xml.n, &c, &err) == MIEN_OK, "%s",
              err.text);
    CHECK(c && c->leaf[0] == FLT_MAX && c->leaf[1] == -FLT_MAX);
    mien_bytes_free(&xml);
    mien_cascade_free(c);
    c = NULL;
    CHECK_EQ(
        try(NEW("HAAR", "12", "0 -1 0 1", "nan +.5", "0 0 4 4 1"), &c, NULL),
        MIEN_OK);
    CHECK(c && isnan(c->leaf[0]) && c->leaf[1] == 0.5f);
    mien_cascade_free(c);
    static const char *const none[] = {
        NEW("HAAR", "12", "0 -1 0 1", "--1 2", "0 0 4 4 1"),
        NEW("HAAR", "12", "0 -1 0 1", "1e999 2", "0 0 4 4 1"),
        NEW("HAAR", "12", "0 -1 0 1", "-1e39 2", "0 0 4 4 1"),
        NEW("HAAR", "12", "0 -1 0 1", ". 2", "0 0 4 4 1"),
        NEW("HAAR", "12", "0 -1 0 1", "- 2", "0 0 4 4 1"),
        NEW("HAAR", "12", "0 -1 0 1", "1 .word", "0 0 4 4 1")};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        c = NULL;
        CHECK_EQ(try(none[i], &c, &err), MIEN_EFORMAT);
        CHECK_MSG(!c && strstr(err.text, "numbers that a float holds"), "%s",
                  err.text);
    }
}

static mien_cascade *made_with_mean(const made_as *as, unsigned seed)
{
    mien_cascade *c = made_cascade(as, seed);
    CHECK_EQ(mi_cascade_make_mean(c, NULL), MIEN_OK);
    for (int i = 0; i < c->w * c->h; i++)
        c->mean[i] = (uint8_t)check_rand(&seed);
    return c;
}

static int same_mean(const mien_cascade *a, const mien_cascade *b)
{
    const uint8_t *p = mien_cascade_mean(a), *q = mien_cascade_mean(b);
    return p && q ? !memcmp(p, q, (size_t)a->w * (size_t)a->h) : p == q;
}

/* A mean with the wrong numbers is refused. */
static void check_mean(const made_as *as)
{
    static const struct refusal wrong[] = {
        {"999", MIEN_EFORMAT, "wanted 480 of 0..255"},
        {" -1", MIEN_EFORMAT, "wanted 480 of 0..255"},
        {"1 1", MIEN_EFORMAT, "wanted at most 480 numbers"},
        {"   ", MIEN_EFORMAT, "479 numbers, wanted 480"},
        {"abc", MIEN_EFORMAT, "'abc"}};
    mien_cascade *c = made_cascade(as, 3), *again = NULL;
    mien_bytes xml;
    CHECK(mien_cascade_mean(c) == NULL);
    CHECK_EQ(mi_cascade_make_mean(c, NULL), MIEN_OK);
    memset(c->mean, 222, (size_t)c->w * (size_t)c->h);
    CHECK_EQ(mien_cascade_write(c, &xml, NULL), MIEN_OK);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        mien_error err = {0};
        uint8_t *at = xml.data + xml.n - 100;
        while (memcmp(at, "222", 3) != 0)
            at++;
        memcpy(at, wrong[i].xml, 3);
        CHECK_EQ(mien_cascade_read(xml.data, xml.n, &again, &err), wrong[i].st);
        CHECK_MSG(strstr(err.text, wrong[i].text) != NULL, "%s", err.text);
        memcpy(at, "222", 3);
    }
    mien_bytes_free(&xml);
    mien_cascade_free(c);
}

static int same(const mien_cascade *a, const mien_cascade *b)
{
    if (!same_mean(a, b))
        return 0;
    if (a->n_stages != b->n_stages || a->n_trees != b->n_trees ||
        a->n_nodes != b->n_nodes || a->n_leaves != b->n_leaves ||
        a->n_features != b->n_features || a->kind != b->kind || a->w != b->w ||
        a->h != b->h)
        return 0;
    int good =
        !memcmp(a->stage, b->stage, (size_t)a->n_stages * sizeof *a->stage) &&
        !memcmp(a->leaf, b->leaf, (size_t)a->n_leaves * sizeof *a->leaf);
    for (int i = 0; i < a->n_nodes; i++)
        good &= a->node[i].feature == b->node[i].feature &&
                a->node[i].left == b->node[i].left &&
                a->node[i].right == b->node[i].right &&
                (a->kind == MIEN_FEATURE_LBP ||
                 a->node[i].threshold == b->node[i].threshold);
    if (a->kind == MIEN_FEATURE_LBP)
        good &= !memcmp(a->subset, b->subset,
                        (size_t)a->n_nodes * 8 * sizeof *a->subset);
    for (int i = 0; i < a->n_features; i++)
        for (int k = 0; k < a->feature[i].n; k++)
            good &= a->feature[i].tilted == b->feature[i].tilted &&
                    !memcmp(&a->feature[i].rect[k], &b->feature[i].rect[k],
                            sizeof a->feature[i].rect[k]);
    return good;
}

static void check_round_trip(const made_as *as, unsigned seed)
{
    mien_cascade *c =
        seed % 2 ? made_with_mean(as, seed) : made_cascade(as, seed);
    mien_cascade *again = NULL, *copy = NULL;
    mien_bytes xml, more;
    mien_error err = {0};
    CHECK_EQ(mien_cascade_write(c, &xml, NULL), MIEN_OK);
    CHECK_MSG(mien_cascade_read(xml.data, xml.n, &again, &err) == MIEN_OK, "%s",
              err.text);
    CHECK(again && same(c, again));
    CHECK_EQ(mi_cascade_copy(c, &copy, NULL), MIEN_OK);
    CHECK(copy && same(c, copy));
    CHECK_EQ(mien_cascade_write(copy, &more, NULL), MIEN_OK);
    CHECK(more.n == xml.n && !memcmp(more.data, xml.data, xml.n));
    mien_bytes_free(&more);
    mien_bytes_free(&xml);
    mien_cascade_free(copy);
    mien_cascade_free(again);
    mien_cascade_free(c);
}

static void check_damage(const made_as *as)
{
    mien_cascade *c = made_with_mean(as, 8);
    mien_bytes xml;
    CHECK_EQ(mien_cascade_write(c, &xml, NULL), MIEN_OK);
    mien_cascade_free(c);
    unsigned r = 1;
    for (size_t i = 0; i < xml.n; i += 3) {
        uint8_t was = xml.data[i];
        xml.data[i] = (uint8_t)check_rand(&r);
        if (mien_cascade_read(xml.data, xml.n, &c, NULL) == MIEN_OK)
            mien_cascade_free(c);
        xml.data[i] = was;
        if (mien_cascade_read(xml.data, i, &c, NULL) == MIEN_OK)
            mien_cascade_free(c);
    }
    mien_status st = MIEN_ENOMEM;
    for (long n = 0; st == MIEN_ENOMEM && n < 100000; n++) {
        mien_cascade *made = NULL;
        mien_bytes text = {0};
        mi_alloc_fail_after(n);
        st = mien_cascade_read(xml.data, xml.n, &made, NULL);
        if (st == MIEN_OK)
            st = mien_cascade_write(made, &text, NULL);
        mi_alloc_fail_after(-1);
        mien_cascade_free(made);
        mien_bytes_free(&text);
    }
    CHECK_EQ(st, MIEN_OK);
    mien_bytes_free(&xml);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    setlocale(LC_ALL, "de_DE.UTF-8"); /* where it is there: a decimal comma */
    static const made_as kinds[] = {{MIEN_FEATURE_HAAR, 1, 1, 24, 20, 3, 9},
                                    {MIEN_FEATURE_HAAR, 0, 2, 20, 24, 2, 5},
                                    {MIEN_FEATURE_LBP, 0, 1, 24, 24, 3, 4},
                                    {MIEN_FEATURE_LBP, 0, 2, 20, 24, 2, 5}};
    RUN(check_old);
    RUN(check_refusals);
    RUN(check_wild);
    RUN(check_nan);
    RUN(check_leaves);
    RUN(check_mean, &kinds[0]);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (unsigned seed = 1; seed < 5; seed++)
            RUN(check_round_trip, &kinds[i], seed);
    RUN(check_damage, &(made_as){MIEN_FEATURE_HAAR, 1, 2, 20, 20, 2, 2});
    RUN(check_damage, &(made_as){MIEN_FEATURE_LBP, 0, 1, 20, 20, 2, 2});
    return check_done();
}
