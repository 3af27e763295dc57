/* What was found, marked in pictures: what is marked is seen, all else stays;
 * cascades as pages; curves as figures. */
/* Not as WebAssembly: needs cairo. */
#include "base/alloc.h"
#include "mien/draw.h"
#include "tests/cascade_make.h"

/* Of the leak sanitizer: fonts stay in fontconfig's own memory. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libfontconfig"; }

static const mien_colour green = {0, 229, 160}, orange = {255, 170, 40};
static const mien_colour grey = {100, 100, 100};
static const mien_colour pink = {255, 120, 190}, yellow = {255, 221, 51};

static mien_image grey_image(int w, int h)
{
    mien_image im = {0};
    CHECK_EQ(mien_image_new(w, h, &im, NULL), MIEN_OK);
    for (int y = 0; y < h; y++)
        memset(im.data + y * im.stride, 100, (size_t)w * 3);
    return im;
}

static int apart(const uint8_t *p, mien_colour c)
{
    return abs(p[0] - c.r) + abs(p[1] - c.g) + abs(p[2] - c.b);
}

/* Is a pixel nearer to a colour than grey is?  Lines are drawn between pixels
 * too. */
static int is(const mien_image *im, int x, int y, mien_colour c)
{
    static const uint8_t ground[3] = {100, 100, 100};
    return apart(im->data + y * im->stride + (ptrdiff_t)x * 3, c) <=
           0.8 * apart(ground, c);
}

static int count(const mien_image *im, mien_colour c)
{
    int n = 0;
    for (int y = 0; y < im->h; y++)
        for (int x = 0; x < im->w; x++)
            n += is(im, x, y, c);
    return n;
}

static int untouched(const mien_image *im)
{
    return count(im, grey) == im->w * im->h;
}

static void test_faces(void)
{
    mien_image im = grey_image(400, 300), plain = grey_image(400, 300);
    mien_face f[2] = {{.box = {100, 100, 80, 90}, .score = 0.5f},
                      {.box = {300, 100, 80, 90}, .score = 0.25f}};
    mien_faces faces = {.n = 2, .face = f}, none = {0};
    f[0].n_keypoints = 1;
    f[0].keypoints[0] = (mien_point){140, 150};
    CHECK_EQ(mien_draw_faces(&im, &none, NULL), MIEN_OK);
    CHECK(untouched(&im));
    CHECK_EQ(mien_draw_faces(&im, &faces, NULL), MIEN_OK);
    for (int i = 0; i < 2; i++) {
        int x = (int)f[i].box.x, y = (int)f[i].box.y;
        CHECK(is(&im, x, y + 40, green) && is(&im, x + 80, y + 40, green));
        CHECK(is(&im, x + 40, y + 90, green));
    }
    CHECK(is(&im, 140, 150, yellow) && !is(&im, 340, 150, yellow));
    CHECK(is(&im, 140, 170, grey) && !is(&im, 100, 140, grey));
    /* Attributes make the label larger. */
    f[0].has = f[1].has = MIEN_FACE_AGE | MIEN_FACE_GENDER;
    CHECK_EQ(mien_draw_faces(&plain, &faces, NULL), MIEN_OK);
    CHECK(count(&plain, green) > count(&im, green));
    mien_image_free(&plain);
    mien_image_free(&im);
}

static void test_a_crowd_has_no_labels(void)
{
    mien_image im = grey_image(1000, 800), named = grey_image(1000, 800);
    mien_face f = {.box = {100, 100, 20, 20}, .score = 0.5f};
    mien_faces faces = {.n = 1, .face = &f};
    CHECK_EQ(mien_draw_faces(&im, &faces, NULL), MIEN_OK);
    CHECK(count(&im, green) > 0 && !is(&im, 105, 92, green));
    f.has = MIEN_FACE_EXPRESSION;
    CHECK_EQ(mien_draw_faces(&named, &faces, NULL), MIEN_OK);
    CHECK(count(&named, green) > 2 * count(&im, green));
    mien_image_free(&im);
    mien_image_free(&named);
}

static void test_hits_have_a_colour_each(void)
{
    mien_image im = grey_image(400, 300);
    mien_hit hit[2] = {{.x = 100, .y = 100, .w = 80, .h = 80, .neighbors = 3},
                       {.x = 250, .y = 100, .w = 80, .h = 80, .angle = 30}};
    mien_hits hits[2] = {{1, &hit[0]}, {1, &hit[1]}};
    const char *const names[] = {"face", "eye"};
    CHECK_EQ(mien_draw_hits(&im, 0, names, hits, NULL), MIEN_OK);
    CHECK(untouched(&im));
    CHECK_EQ(mien_draw_hits(&im, 2, names, hits, NULL), MIEN_OK);
    CHECK(is(&im, 100, 140, green) && is(&im, 250, 140, orange));
    mien_image_free(&im);
}

static void test_objects_have_names(void)
{
    mien_image im = grey_image(400, 300), bare = grey_image(400, 300);
    mien_object o[2] = {{{100, 100, 80, 80}, 0.75F, mien_coco_of(1)},
                        {{250, 100, 80, 80}, 0.5F, mien_coco_of(2)}};
    mien_objects all = {2, o}, none = {0, NULL};
    CHECK_EQ(mien_draw_objects(&im, &none, NULL), MIEN_OK);
    CHECK(untouched(&im));
    CHECK_EQ(mien_draw_objects(&im, &all, NULL), MIEN_OK);
    CHECK(is(&im, 100, 140, green) && is(&im, 250, 140, orange));
    /* a shorter name of the same colour takes less room */
    o[0].what = mien_coco_at(8); /* boat */
    CHECK_EQ(mien_draw_objects(&bare, &all, NULL), MIEN_OK);
    CHECK(count(&im, green) > count(&bare, green));
    mien_image_free(&im);
    mien_image_free(&bare);
}

static void test_tracks_and_landmarks(void)
{
    mien_gray g = made_picture(120, 90, 6);
    mien_image im = grey_image(120, 90);
    mien_tracker *t = NULL;
    mien_history *h = NULL;
    CHECK(mien_tracker_new(NULL, &t, NULL) == MIEN_OK);
    CHECK(mien_history_new(0, &h, NULL) == MIEN_OK);
    CHECK(mien_tracker_follow(t, &g, NULL) == MIEN_OK);
    CHECK(mien_history_add(h, t, 0, 1, NULL) == MIEN_OK);
    CHECK_EQ(mien_draw_tracks(&im, h, t, NULL), MIEN_OK);
    CHECK(untouched(&im));
    CHECK(mien_tracker_detected(t, 1, &(mien_box){50, 30, 40, 40}, NULL,
                                NULL) == MIEN_OK);
    CHECK(mien_history_add(h, t, 0, 1, NULL) == MIEN_OK);
    mien_point p = {10, 80};
    CHECK(mien_history_landmarks(h, 0, 1, &p, NULL) == MIEN_OK);
    CHECK_EQ(mien_draw_tracks(&im, h, t, NULL), MIEN_OK);
    CHECK(is(&im, 10, 80, green) && count(&im, green) > 100);
    mien_history_free(h);
    mien_tracker_free(t);
    mien_image_free(&im);
    mien_gray_free(&g);
}

/* A tracker with one box, 40 pixels wide, in the middle of a grey frame. */
static void one_track(mien_tracker **t, mien_history **h)
{
    mien_gray g = made_picture(320, 240, 6);
    CHECK(mien_tracker_new(NULL, t, NULL) == MIEN_OK);
    CHECK(mien_history_new(0, h, NULL) == MIEN_OK);
    CHECK(mien_tracker_follow(*t, &g, NULL) == MIEN_OK);
    CHECK(mien_tracker_detected(*t, 1, &(mien_box){140, 100, 40, 40}, NULL,
                                NULL) == MIEN_OK);
    CHECK(mien_history_add(*h, *t, 0, 1, NULL) == MIEN_OK);
    mien_gray_free(&g);
}

/* A longer name takes more room than a number; the notice lies at the lower
 * edge and nowhere else. */
static void test_names_and_a_notice(void)
{
    static const mien_colour dark = {0, 0, 0};
    mien_image bare = grey_image(320, 240), im = grey_image(320, 240);
    mien_image told = grey_image(320, 240);
    mien_tracker *t = NULL;
    mien_history *h = NULL;
    const char *none[1] = {NULL}, *name[1] = {"Ada of somewhere"};
    one_track(&t, &h);
    CHECK_EQ(mien_draw_names(&bare, h, none, NULL, NULL), MIEN_OK);
    CHECK_EQ(mien_draw_names(&im, h, name, NULL, NULL), MIEN_OK);
    CHECK_EQ(mien_draw_names(&told, h, name, "They look\nfor you", NULL),
             MIEN_OK);
    CHECK(is(&im, 140, 120, green));
    CHECK(count(&im, green) > count(&bare, green) + 100);
    CHECK(count(&told, dark) > count(&im, dark) + 500);
    for (int y = 0; y < 200; y++)
        CHECK(!memcmp(told.data + y * told.stride, im.data + y * im.stride,
                      (size_t)im.w * 3));
    mien_history_free(h);
    mien_tracker_free(t);
    mien_image_free(&told);
    mien_image_free(&im);
    mien_image_free(&bare);
}

static const made_as kind = {MIEN_FEATURE_HAAR, 0, 1, 12, 12, 3, 4};

static mien_smiles *made_smiles(const mien_cascade *c)
{
    const mien_sight loose = {.cascade = c,
                              .options = {0, 1, 0, 0, 0, 0, 0, 0, NULL}};
    mien_smile_options o = MIEN_SMILE_DEFAULTS;
    mien_smiles *s = NULL;
    mien_gray g = made_picture(120, 90, 6);
    o.faces = o.eyes = o.smiles = loose;
    o.faces.options.min_w = 20;
    o.begin = 0;
    CHECK(mien_smiles_new(&o, &s, NULL) == MIEN_OK);
    for (int i = 0; i < 3; i++)
        CHECK(mien_smiles_next(s, &g, i, 1, NULL) == MIEN_OK);
    mien_gray_free(&g);
    return s;
}

static void test_smiles(void)
{
    mien_cascade *c = made_cascade(&kind, 12);
    mien_smiles *s = made_smiles(c);
    mien_image im = grey_image(120, 90);
    CHECK_EQ(mien_draw_smiles(&im, s, NULL), MIEN_OK);
    CHECK(count(&im, orange) > 50 && count(&im, pink) > 50);
    mien_image_free(&im);
    mien_smiles_free(s);
    mien_cascade_free(c);
}

/* ---- pages and figures --------------------------------------------------- */

static void test_a_page_of_stages(void)
{
    mien_cascade *c = made_cascade(&kind, 12);
    mien_gray g = made_picture(70, 50, 6);
    mien_fall f, none = {0};
    mien_image im[3] = {{0}};
    CHECK_EQ(mien_fall_count(c, &g, 0, &f, NULL), MIEN_OK);
    mien_cascade_page p = {.name = "made",
                           .cascade = c,
                           .first = 0,
                           .last = 2,
                           .features = 3,
                           .face_text = "grey",
                           .fall = &none};
    CHECK_EQ(mien_cascade_draw(&p, &im[0], NULL), MIEN_OK);
    p.fall = &f;
    p.face = &f.window;
    p.followed = "best window";
    CHECK_EQ(mien_cascade_draw(&p, &im[1], NULL), MIEN_OK);
    p.first = 1;
    p.last = 1;
    CHECK_EQ(mien_cascade_draw(&p, &im[2], NULL), MIEN_OK);
    static const mien_colour bar = {0, 114, 178};
    CHECK(im[0].w == 760 && im[1].w == 150 + 3 * 104 + 330);
    CHECK(im[0].h == 64 + 3 * 104 + 8 && im[2].h == 64 + 104 + 8);
    CHECK(count(&im[0], bar) == 0 && count(&im[1], bar) > 0);
    CHECK(count(&im[2], bar) > 0 && count(&im[2], bar) < count(&im[1], bar));
    for (int i = 0; i < 3; i++)
        mien_image_free(&im[i]);
    mien_fall_done(&f);
    mien_gray_free(&g);
    mien_cascade_free(c);
}

static void check_svg(const mien_figure *f)
{
    mien_bytes b = {0};
    CHECK_EQ(mien_figure_render(f, MIEN_PLOT_SVG, &b, NULL), MIEN_OK);
    CHECK(b.n > 1000 && memcmp(b.data, "<?xml", 5) == 0);
    mien_bytes_free(&b);
}

static void test_figures(void)
{
    static const char *const names[] = {"one", "two"};
    mien_roc r[2] = {{.objects = 10}, {.objects = 0}};
    mien_figure *f = NULL;
    for (int i = 0; i <= MIEN_ROC_WRONG; i++)
        r[0].found[i] = i / 20;
    CHECK_EQ(mien_roc_figure(2, names, r, &f, NULL), MIEN_OK);
    check_svg(f);
    mien_figure_free(f);
    mien_cascade *c = made_cascade(&kind, 12);
    mien_smiles *s = made_smiles(c);
    f = NULL;
    CHECK_EQ(mien_smiles_figure(s, 0.3f, -0.3f, &f, NULL), MIEN_OK);
    check_svg(f);
    mien_figure_free(f);
    mien_smiles_free(s);
    mien_cascade_free(c);
}

static void test_failing_memory_is_reported(void)
{
    mien_cascade *c = made_cascade(&kind, 12);
    mien_smiles *s = made_smiles(c);
    mien_fall none = {0};
    mien_cascade_page p = {"made", c, 0, 2, 3, NULL, "grey", &none, NULL};
    int failed = 1, rounds = 0;
    for (long n = 0; failed && n < 500; n++, rounds++) {
        mien_image im = grey_image(50, 40), page = {0};
        mien_faces faces = {0};
        mien_figure *f = NULL;
        mi_alloc_fail_after(n);
        mien_status drawn = mien_draw_faces(&im, &faces, NULL);
        mi_alloc_fail_after(n);
        mien_status paged = mien_cascade_draw(&p, &page, NULL);
        mi_alloc_fail_after(n);
        mien_status figured = mien_smiles_figure(s, 0, 0, &f, NULL);
        mi_alloc_fail_after(-1);
        CHECK((paged == MIEN_OK) == (page.data != NULL));
        CHECK((figured == MIEN_OK) == (f != NULL));
        failed = drawn != MIEN_OK || paged != MIEN_OK || figured != MIEN_OK;
        mien_figure_free(f);
        mien_image_free(&page);
        mien_image_free(&im);
    }
    CHECK(!failed && rounds > 3);
    mien_smiles_free(s);
    mien_cascade_free(c);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_faces);
    RUN(test_a_crowd_has_no_labels);
    RUN(test_hits_have_a_colour_each);
    RUN(test_objects_have_names);
    RUN(test_tracks_and_landmarks);
    RUN(test_names_and_a_notice);
    RUN(test_smiles);
    RUN(test_a_page_of_stages);
    RUN(test_figures);
    RUN(test_failing_memory_is_reported);
    return check_done();
}
