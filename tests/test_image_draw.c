/* Boxes, points and labels: what is drawn is seen, what is not stays. */
/* Not as WebAssembly: needs cairo. */
#include "base/alloc.h"
#include "mien/image.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

/* Of the leak sanitizer: fonts stay in fontconfig's own memory. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libfontconfig"; }

static const mien_colour red = {255, 0, 0}, white = {255, 255, 255};
static const mien_colour dark = {0, 0, 80};

static mien_image grey_image(int w, int h)
{
    mien_image im = {0};
    CHECK_EQ(mien_image_new(w, h, &im, NULL), MIEN_OK);
    for (int y = 0; y < h; y++)
        memset(im.data + y * im.stride, 100, (size_t)w * 3);
    return im;
}

static mien_canvas *canvas_on(mien_image *im)
{
    mien_canvas *c = NULL;
    mien_error err = {0};
    CHECK_MSG(mien_canvas_new(im, &c, &err) == MIEN_OK, "%s", err.text);
    return c;
}

static void finish(mien_canvas *c)
{
    mien_error err = {0};
    CHECK_MSG(mien_canvas_finish(c, &err) == MIEN_OK, "%s", err.text);
    mien_canvas_free(c);
}

static int is(const mien_image *im, int x, int y, mien_colour c)
{
    const uint8_t *p = im->data + y * im->stride + (ptrdiff_t)x * 3;
    return p[0] == c.r && p[1] == c.g && p[2] == c.b;
}

static int count(const mien_image *im, mien_colour c)
{
    int n = 0;
    for (int y = 0; y < im->h; y++)
        for (int x = 0; x < im->w; x++)
            n += is(im, x, y, c);
    return n;
}

static const mien_colour grey = {100, 100, 100};

static void test_nothing_drawn_changes_nothing(void)
{
    mien_image im = {0}, before = {0};
    CHECK_EQ(mien_image_new(61, 43, &im, NULL), MIEN_OK);
    unsigned seed = 1;
    for (int i = 0; i < 61 * 43 * 3; i++)
        im.data[i] = (uint8_t)check_rand(&seed);
    CHECK_EQ(mien_image_copy(&im, &before, NULL), MIEN_OK);
    mien_canvas *c = canvas_on(&im);
    mien_canvas_points(c, NULL, 0, red, 3);
    mien_canvas_label(c, 5, 5, "", 10, red);
    finish(c);
    CHECK(memcmp(im.data, before.data, 61 * 43 * 3) == 0);
    mien_image_free(&im);
    mien_image_free(&before);
}

static void test_a_box_is_its_outline(void)
{
    mien_image im = grey_image(100, 80);
    mien_canvas *c = canvas_on(&im);
    /* the line lies on both sides of the edge: 2 px over 19..21 */
    mien_canvas_box(c, (mien_box){20, 10, 50, 40}, red, 2);
    finish(c);
    CHECK(is(&im, 19, 30, red) && is(&im, 20, 30, red));
    CHECK(is(&im, 18, 30, grey) && is(&im, 21, 30, grey));
    CHECK(is(&im, 69, 30, red) && is(&im, 70, 30, red));
    CHECK(is(&im, 40, 9, red) && is(&im, 40, 10, red));
    CHECK(is(&im, 40, 49, red) && is(&im, 40, 50, red));
    CHECK(is(&im, 40, 30, grey) && is(&im, 0, 0, grey));
    int whole = 2 * (52 * 2) + 2 * (38 * 2);
    CHECK_MSG(abs(count(&im, red) - whole) <= 8, "%d red, about %d wanted",
              count(&im, red), whole);
    mien_image_free(&im);
}

static void test_points_are_discs(void)
{
    mien_image im = grey_image(60, 60);
    mien_canvas *c = canvas_on(&im);
    mien_point points[2] = {{20, 20}, {45.5f, 40}};
    mien_canvas_points(c, points, 2, red, 4);
    finish(c);
    CHECK(is(&im, 20, 20, red) && is(&im, 45, 40, red));
    CHECK(is(&im, 20, 26, grey) && is(&im, 33, 30, grey));
    CHECK_NEAR(count(&im, red), 2 * 40, 20);
    mien_image_free(&im);
}

static void test_letters_are_seen(void)
{
    mien_image im = grey_image(300, 100);
    mien_canvas *c = canvas_on(&im);
    mien_canvas_label(c, 10, 60, "Ada 0.97\nneutral", 20, dark);
    finish(c);
    int plate = count(&im, dark), letters = count(&im, white);
    CHECK_MSG(plate > 1500, "%d", plate);
    CHECK_MSG(letters > 50 && letters < plate, "%d", letters);
    CHECK(is(&im, 5, 50, grey) && is(&im, 150, 70, grey));
    CHECK(is(&im, 11, 59, dark));
    mien_image_free(&im);

    /* black letters on a light plate */
    im = grey_image(300, 100);
    c = canvas_on(&im);
    mien_canvas_label(c, 10, 60, "Ada", 20, (mien_colour){255, 255, 0});
    finish(c);
    CHECK(count(&im, (mien_colour){0, 0, 0}) > 20);
    mien_image_free(&im);
}

/* A plate at an edge is moved so that all of it is seen. */
static void test_a_label_is_kept_inside(void)
{
    static const float at[][2] = {
        {-50, -50}, {500, -50}, {-50, 500}, {500, 500}, {50, 50}};
    int first = 0;
    for (int i = 0; i < 5; i++) {
        mien_image im = grey_image(200, 100);
        mien_canvas *c = canvas_on(&im);
        mien_canvas_label(c, at[i][0], at[i][1], "name", 16, dark);
        finish(c);
        int n = count(&im, dark);
        first = i ? first : n;
        CHECK_MSG(n > 100 && abs(n - first) < first / 4, "%d: %d, first %d", i,
                  n, first);
        mien_image_free(&im);
    }
}

static void draw_all(mien_canvas *c, float v)
{
    mien_point p = {v, -v};
    mien_canvas_box(c, (mien_box){v, v, v, v}, red, 2);
    mien_canvas_box(c, (mien_box){-v, -v, 2 * v, 2 * v}, red, v);
    mien_canvas_points(c, &p, 1, red, v);
    mien_canvas_label(c, v, v, "label", v, dark);
    mien_canvas_label(c, -v, -v, "label", -v, dark);
}

static void test_any_numbers_may_be_drawn(void)
{
    static const float values[] = {0, 1, -1, 1e4f, 1e9f, 3e38f, 1e-30f};
    static const int sides[][2] = {{1, 1}, {1, 40}, {40, 1}, {50, 50}};
    for (size_t k = 0; k < sizeof sides / sizeof *sides; k++)
        for (size_t i = 0; i < sizeof values / sizeof *values + 2; i++) {
            mien_image im = grey_image(sides[k][0], sides[k][1]);
            mien_canvas *c = canvas_on(&im);
            draw_all(c, i < 7 ? values[i] : i == 7 ? NAN : INFINITY);
            finish(c);
            mien_image_free(&im);
        }
}

static void test_what_is_far_outside_is_not_seen(void)
{
    mien_image im = grey_image(50, 50);
    mien_canvas *c = canvas_on(&im);
    mien_canvas_box(c, (mien_box){1e8f, 1e8f, 10, 10}, red, 4);
    mien_canvas_box(c, (mien_box){-1e8f, -1e8f, 2e8f, 2e8f}, red, 4);
    mien_point p = {-1e8f, 20};
    mien_canvas_points(c, &p, 1, red, 10);
    finish(c);
    CHECK_EQ(count(&im, grey), 50 * 50);
    mien_image_free(&im);
}

/* Texts that are not UTF-8, long ones and many lines leave the canvas whole. */
static void test_any_text_may_be_drawn(void)
{
    static const char *const texts[] = {
        "\xff\xfe",         "a\xc3",         "\xed\xa0\x80",
        "\xf4\x90\x80\x80", "\xc0\xaf",      "\n\n\n",
        "1\n2\n3\n4\n5\n6", "\t\x01\x7f",    "Zo\xc3\xab \xe5\xbc\xa0",
        "\xf0\x9f\x98\x80", "\xe0\x80\xafxx"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        mien_image im = grey_image(200, 100);
        mien_canvas *c = canvas_on(&im);
        mien_canvas_label(c, 10, 90, texts[i], 12, dark);
        mien_canvas_box(c, (mien_box){2, 2, 20, 20}, red, 2);
        finish(c);
        CHECK_MSG(is(&im, 2, 10, red), "text %zu", i);
        mien_image_free(&im);
    }
    static char text[5000];
    for (int i = 0; i < 4999; i++)
        text[i] = i % 3 ? (i % 3 == 1 ? '\xc3' : '\xab') : 'x';
    mien_image im = grey_image(200, 100);
    mien_canvas *c = canvas_on(&im);
    mien_canvas_label(c, 10, 90, text, 12, dark);
    mien_canvas_box(c, (mien_box){2, 2, 20, 20}, red, 2);
    finish(c);
    CHECK(is(&im, 2, 10, red));
    mien_image_free(&im);
}

/* Rows with gaps between them: the gaps are not the canvas's. */
static void test_rows_with_gaps(void)
{
    static uint8_t data[20 * 100];
    memset(data, 7, sizeof data);
    mien_image im = {20, 20, 100, data};
    mien_canvas *c = canvas_on(&im);
    mien_canvas_points(c, &(mien_point){10, 10}, 1, red, 100);
    finish(c);
    for (int y = 0; y < 20; y++)
        CHECK(is(&im, 0, y, red) && is(&im, 19, y, red) &&
              data[y * 100 + 60] == 7 && data[y * 100 + 99] == 7);
}

static void test_a_canvas_may_be_finished_twice(void)
{
    mien_image im = grey_image(50, 50);
    mien_canvas *c = canvas_on(&im);
    mien_canvas_points(c, &(mien_point){10, 10}, 1, red, 3);
    CHECK_EQ(mien_canvas_finish(c, NULL), MIEN_OK);
    CHECK(is(&im, 10, 10, red) && is(&im, 40, 40, grey));
    mien_canvas_points(c, &(mien_point){40, 40}, 1, red, 3);
    finish(c);
    CHECK(is(&im, 10, 10, red) && is(&im, 40, 40, red));
    mien_image_free(&im);
    mien_canvas_free(NULL);
}

static void test_memory_may_fail(void)
{
    mien_image im = grey_image(20, 20);
    mien_canvas *c = NULL;
    mi_alloc_fail_after(0);
    CHECK_EQ(mien_canvas_new(&im, &c, NULL), MIEN_ENOMEM);
    mi_alloc_fail_after(-1);
    CHECK(!c);
    mien_image_free(&im);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_nothing_drawn_changes_nothing);
    RUN(test_a_box_is_its_outline);
    RUN(test_points_are_discs);
    RUN(test_letters_are_seen);
    RUN(test_a_label_is_kept_inside);
    RUN(test_any_numbers_may_be_drawn);
    RUN(test_what_is_far_outside_is_not_seen);
    RUN(test_any_text_may_be_drawn);
    RUN(test_rows_with_gaps);
    RUN(test_a_canvas_may_be_finished_twice);
    RUN(test_memory_may_fail);
    return check_done();
}
