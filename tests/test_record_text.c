/* Tables for a person, and files' insides: byte for byte where they are made
 * here. */
#include "mien/model.h"
#include "mien/record_text.h"

#include "base/alloc.h"
#include "tests/cascade_make.h"
#include "tests/record_make.h"

static void test_hits(void)
{
    mien_hit hit[] = {{1, 2, 3, 4, 5, 6, 7.25, 0}, {9, 8, 7, 6, 5, 4, 3, -30}};
    mien_hits hits[] = {{2, hit}, {0, NULL}};
    const char *const name[] = {"eye", "smile"};
    mien_hits_record r = {"a\x1b", 640, 480, 2, name, hits, 0.0012, NULL};
    mien_buffer b = {0};
    mien_record_hits_text(&r, &b);
    check_text(&b, "a?  640 x 480  1 ms\n  eye: 2\n"
                   "       1      2      3 x 4      neighbors 5    weight "
                   "7.25\n"
                   "       9      8      7 x 6      neighbors 5    weight "
                   "3.00  turned -30\n"
                   "  smile: 0\n");
}

static void test_tracks(void)
{
    mien_gray g = made_picture(120, 90, 6);
    mien_tracker *t = NULL;
    mien_history *h = NULL;
    mien_buffer b = {0};
    CHECK(mien_tracker_new(NULL, &t, NULL) == MIEN_OK);
    CHECK(mien_history_new(0, &h, NULL) == MIEN_OK);
    mien_record_tracks_text(h, &b);
    check_text(&b, "    id     from       to   frames  detected  points\n"
                   "nothing was found\n0 points lost\n");
    CHECK(mien_tracker_follow(t, &g, NULL) == MIEN_OK);
    CHECK(mien_tracker_detected(t, 1, &(mien_box){50, 20, 40, 40},
                                &(float){0.5f}, NULL) == MIEN_OK);
    CHECK(mien_history_add(h, t, 0, 1, NULL) == MIEN_OK);
    mien_record_tracks_text(h, &b);
    const char *text = taken(&b);
    CHECK_MSG(strstr(text, "\n     1    0.00s") && strstr(text, "points lost"),
              "%s", text);
    CHECK(!strstr(text, "nothing was found"));
    mien_history_free(h);
    mien_tracker_free(t);
    mien_gray_free(&g);
}

static void test_smiles(void)
{
    const made_as face = {MIEN_FEATURE_HAAR, 0, 1, 12, 12, 3, 4};
    mien_cascade *c = made_cascade(&face, 12), *none = made_cascade(&face, 10);
    mien_gray g = made_picture(60, 50, 6);
    mien_smile_options o = MIEN_SMILE_DEFAULTS;
    mien_smiles *s = NULL;
    mien_buffer b = {0};
    o.faces = (mien_sight){c, MIEN_CASCADE_DEFAULTS, 0, 0};
    o.eyes.cascade = o.smiles.cascade = none;
    CHECK(mien_smiles_new(&o, &s, NULL) == MIEN_OK);
    CHECK_EQ(mien_record_smiles_text(s, &b), 0);
    check_text(&b, "    id     smile    until  length\nno smile was seen\n\n"
                   "    id      from       to  frames  smiling\n"
                   "no face was found\n");
    CHECK(mien_smiles_next(s, &g, 0, 1, NULL) == MIEN_OK);
    CHECK_EQ(mien_record_smiles_text(s, &b), 0);
    const char *text = taken(&b);
    CHECK_MSG(strstr(text, "\n     1     0.00s") && strstr(text, "  0.0 %\n"),
              "%s", text);
    mien_smiles_free(s);
    mien_cascade_free(c);
    mien_cascade_free(none);
    mien_gray_free(&g);
}

static void test_pairs(void)
{
    mien_face f = {.box = {1, -0.2f, 3, 4}}, two[2] = {f, f};
    mien_reading one = {.faces = {.n = 1, .face = &f}},
                 more = {.faces = {.n = 2, .face = two}};
    mien_buffer b = {0};
    mien_pair_record r = {.file = {"a", "b\r"},
                          .reading = {&one, &more},
                          .face = {&f, two},
                          .verdict = {0.125f, 0.6f, 1}};
    mien_record_pair_text(&r, &b);
    check_text(&b, "same person\ndistance   0.1250 (same below 0.6)\n"
                   "first      a: 3 x 4 pixels at 1, 0\n"
                   "second     b?: the largest of 2 faces, 3 x 4 pixels at 1, "
                   "0\n");
}

static void test_curves(void)
{
    static mien_roc r[2] = {{.objects = 8, .pictures = 5, .right = 6},
                            {.objects = 0, .pictures = 5}};
    const char *const name[] = {"one", "none"};
    mien_buffer b = {0};
    for (int i = 0; i <= MIEN_ROC_WRONG; i++)
        r[0].found[i] = i < 10 ? 2 : 6;
    r[0].wrong = 12;
    mien_record_roc_text(2, name, r, &b);
    const char *text = taken(&b);
    CHECK(strncmp(text, "8 objects in 5 pictures; detections in per cent\n",
                  48) == 0);
    CHECK_MSG(strstr(text, "\n                0                      25.0"
                           "                       0.0  "),
              "%s", text);
    CHECK(strstr(text, "75.0 at 12") && strstr(text, "0.0 at 0"));
}

static void test_cascades(void)
{
    const made_as face = {MIEN_FEATURE_HAAR, 0, 1, 12, 12, 3, 4};
    mien_cascade *c = made_cascade(&face, 12);
    mien_gray g = made_picture(60, 50, 6);
    mien_fall fall = {0};
    mien_buffer b = {0};
    mien_cascade_record r = {"x", c, 1, 2, &fall, NULL};
    char want[80];
    snprintf(want, sizeof want, "x: 12 x 12, Haar, 3 stages, %d weak class",
             mien_cascade_get_info(c).n_trees);
    mien_record_cascade_text(&r, &b);
    const char *text = taken(&b);
    CHECK_MSG(strncmp(text, want, strlen(want)) == 0, "%s", text);
    CHECK(strstr(text, "\n    1  ") && strstr(text, "\n    2  ") &&
          !strstr(text, "\n    0  ") && !strstr(text, "windows"));
    mien_record_cascade(&r, &b);
    text = taken(&b);
    CHECK_MSG(strstr(text, "\"features\": \"HAAR\"") &&
                  !strstr(text, "\"left\"") && !strstr(text, "\"sum\""),
              "%s", text);
    CHECK(mien_fall_count(c, &g, 0, &fall, NULL) == MIEN_OK);
    r.followed = fall.followed ? "best window" : NULL;
    mien_record_cascade_text(&r, &b);
    text = taken(&b);
    CHECK(strstr(text, "windows; the best one passes"));
    CHECK(!r.followed || strstr(text, "  best window\n"));
    mien_record_cascade(&r, &b);
    text = taken(&b);
    CHECK(strstr(text, "\"windows\": ") && strstr(text, "\"left\": "));
    mien_fall_done(&fall);
    mien_cascade_free(c);
    mien_gray_free(&g);
}

static void test_models(void)
{
    mien_graph *g = NULL;
    size_t n = 0;
    const uint8_t *bytes = mien_model_embedded("yunet", &n);
    mien_buffer b = {0};
    mien_error err = {0};
    for (int i = 0; !bytes && mien_model_at(i); i++)
        bytes = mien_model_embedded(mien_model_at(i)->name, &n);
    CHECK(bytes && mien_onnx_read_borrowed(bytes, n, &g, &err) == MIEN_OK);
    if (!g)
        return;
    mien_model_record r = {"a\nb.onnx", bytes, n, g};
    mien_record_model_text(&r, &b);
    const char *text = taken(&b);
    CHECK_MSG(strncmp(text, "file        a?b.onnx\nsize ", 26) == 0, "%s",
              text);
    CHECK(strstr(text, "\ncatalogue   ") && !strstr(text, "not in it") &&
          strstr(text, "\ninput       ") && strstr(text, " Conv "));
    mien_record_model(&r, &b);
    text = taken(&b);
    CHECK(strstr(text, "\"file\": \"a\\nb.onnx\"") &&
          strstr(text, "\"Conv\": ") && strstr(text, "\"shape\": ["));
    r.n--; /* a file that nobody knows */
    mien_record_model_text(&r, &b);
    CHECK(strstr(taken(&b), "catalogue   not in it\n"));
    mien_record_model(&r, &b);
    CHECK(strstr(taken(&b), "\"name\": null"));
    mi_alloc_fail_after(0);
    mien_record_model(&r, &b);
    mi_alloc_fail_after(-1);
    CHECK(b.failed);
    mien_buffer_free(&b);
    mien_graph_free(g);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_hits);
    RUN(test_tracks);
    RUN(test_smiles);
    RUN(test_pairs);
    RUN(test_curves);
    RUN(test_cascades);
    RUN(test_models);
    return check_done();
}
