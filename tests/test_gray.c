/* Planes of grey: small cases worked by hand, what must not change, OpenCV
 * 4.6's bytes by their hash, refusals and failing memory. */
#include "base/alloc.h"
#include "check.h"
#include "mien/image_gray.h"

#include <stdlib.h>
#include <string.h>

static mien_gray noise(int w, int h, unsigned seed)
{
    mien_gray g = {0};
    CHECK_EQ(mien_gray_new(w, h, &g, NULL), MIEN_OK);
    for (int i = 0; i < w * h; i++)
        g.data[i] = (uint8_t)check_rand(&seed);
    return g;
}

static int same(const mien_gray *a, const mien_gray *b)
{
    if (a->w != b->w || a->h != b->h)
        return 0;
    for (int y = 0; y < a->h; y++)
        if (memcmp(a->data + y * a->stride, b->data + y * b->stride,
                   (size_t)a->w) != 0)
            return 0;
    return 1;
}

/* FNV-1a of the pixels. */
static uint32_t hash(const mien_gray *g)
{
    uint32_t h = 2166136261u;
    for (int y = 0; y < g->h; y++)
        for (int x = 0; x < g->w; x++)
            h = (h ^ g->data[y * g->stride + x]) * 16777619u;
    return h;
}

/* The plane in a larger block, so that its rows lie `stride` bytes apart. */
static mien_gray spread(const mien_gray *g, int stride)
{
    mien_gray wide = {g->w, g->h, stride, NULL};
    wide.data = malloc((size_t)stride * (size_t)g->h);
    CHECK(wide.data != NULL);
    if (!wide.data)
        exit(1);
    memset(wide.data, 0xa5, (size_t)stride * (size_t)g->h);
    for (int y = 0; y < g->h; y++)
        memcpy(wide.data + y * stride, g->data + y * g->stride, (size_t)g->w);
    return wide;
}

static void check_values(const char *what, const mien_gray *g,
                         const uint8_t *want)
{
    for (int y = 0; y < g->h; y++)
        for (int x = 0; x < g->w; x++)
            CHECK_MSG(g->data[y * g->stride + x] == want[y * g->w + x],
                      "%s: (%d, %d) is %d, want %d", what, x, y,
                      g->data[y * g->stride + x], want[y * g->w + x]);
}

static void test_sizes_are_checked(void)
{
    static const int bad[][2] = {
        {0, 1}, {1, 0}, {-1, 5}, {30001, 1}, {1, 30001}};
    mien_gray g = {0}, one = noise(1, 1, 1);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int w = bad[i][0], h = bad[i][1];
        mien_error err = {0};
        CHECK_EQ(mien_gray_new(w, h, &g, &err), MIEN_ELIMIT);
        CHECK(err.text[0]);
        CHECK_EQ(mien_gray_resize(&one, w, h, &g, NULL), MIEN_ELIMIT);
    }
    CHECK(!g.data);
    CHECK_EQ(mien_gray_resize(&one, 30000, 1, &g, NULL), MIEN_OK);
    CHECK_EQ(g.data[29999], one.data[0]);
    mien_gray_free(&g);
    CHECK(!g.data && g.w == 0);
    mien_gray_free(&g);
    mien_gray_free(NULL);
    mien_gray_free(&one);
}

static void test_a_new_plane_is_black(void)
{
    mien_gray g = {0};
    CHECK_EQ(mien_gray_new(37, 5, &g, NULL), MIEN_OK);
    for (int i = 0; i < 37 * 5; i++)
        CHECK(g.data[i] == 0);
    mien_gray_free(&g);
}

static void test_luma_of_colours(void)
{
    static const uint8_t rgb[] = {0, 0,   0, 255, 255, 255, 255, 0, 0,
                                  0, 255, 0, 0,   0,   255, 1,   1, 1};
    /* 255 * 9798 / 32768 = 76.25; 149.69; 29.07 */
    static const uint8_t want[] = {0, 255, 76, 150, 29, 1};
    uint8_t bytes[2][11];
    memset(bytes, 0x77, sizeof bytes);
    memcpy(bytes[0], rgb, 9);
    memcpy(bytes[1], rgb + 9, 9);
    mien_image im = {3, 2, 11, bytes[0]};
    mien_gray g = {0};
    CHECK_EQ(mien_gray_from(&im, &g, NULL), MIEN_OK);
    CHECK(g.w == 3 && g.h == 2 && g.stride >= 3);
    check_values("luma", &g, want);
    mien_gray_free(&g);
}

/* A pixel of equal channels keeps its value: the weights sum to one. */
static void test_grey_to_image_and_back(void)
{
    mien_gray g = noise(53, 19, 7), wide = spread(&g, 61), back = {0};
    mien_image im = {0};
    for (int v = 0; v < 256; v++)
        g.data[v] = wide.data[v / 53 * 61 + v % 53] = (uint8_t)v;
    CHECK_EQ(mien_gray_to_image(&wide, &im, NULL), MIEN_OK);
    CHECK(im.w == 53 && im.h == 19);
    for (int y = 0; y < 19; y++)
        for (int x = 0; x < 53 * 3; x++)
            CHECK(im.data[y * im.stride + x] == g.data[y * 53 + x / 3]);
    CHECK_EQ(mien_gray_from(&im, &back, NULL), MIEN_OK);
    CHECK(same(&back, &g));
    mien_gray_free(&back);
    mien_image_free(&im);
    mien_gray_free(&g);
    free(wide.data);
}

static void test_a_view_copies_nothing(void)
{
    mien_gray g = noise(20, 10, 3), all = mien_gray_view(&g, 0, 0, 20, 10);
    CHECK(same(&all, &g) && all.data == g.data);
    mien_gray part = mien_gray_view(&g, 13, 4, 7, 6);
    CHECK(part.w == 7 && part.h == 6 && part.stride == g.stride);
    CHECK(part.data == g.data + 4 * g.stride + 13);
    mien_gray inner = mien_gray_view(&part, 6, 5, 1, 1);
    CHECK(inner.data == g.data + 9 * g.stride + 19);
    mien_gray_free(&g);
}

static void check_resize(const char *what, int w, int h, const uint8_t *from,
                         int to_w, int to_h, const uint8_t *want)
{
    uint8_t copy[64];
    memcpy(copy, from, (size_t)(w * h));
    mien_gray g = {w, h, w, copy}, out = {0};
    CHECK_EQ(mien_gray_resize(&g, to_w, to_h, &out, NULL), MIEN_OK);
    CHECK(out.w == to_w && out.h == to_h);
    check_values(what, &out, want);
    mien_gray_free(&out);
}

static void test_resize_by_hand(void)
{
    static const uint8_t pair[] = {0, 200}, four[] = {10, 20, 31, 40};
    static const uint8_t wide[] = {0, 50, 150, 200}, half[] = {15, 36};
    static const uint8_t one[] = {100},
                         nine[] = {100, 100, 100, 100, 100, 100, 100, 100, 100};
    static const uint8_t third[] = {0, 0, 0, 0, 9, 0, 0, 0, 0};
    static const uint8_t nine_only[] = {9}, square[] = {0, 100, 200, 40};
    /* quarters of the way across and down */
    static const uint8_t grown[] = {0,   25,  75, 100, 50,  59,  76, 85,
                                    150, 126, 79, 55,  200, 160, 80, 40};
    check_resize("twice across", 2, 1, pair, 4, 1, wide);
    check_resize("twice down", 1, 2, pair, 1, 4, wide);
    check_resize("half", 4, 1, four, 2, 1, half);
    check_resize("half down", 1, 4, four, 1, 2, half);
    check_resize("one pixel", 1, 1, one, 3, 3, nine);
    check_resize("a third", 3, 3, third, 1, 1, nine_only);
    check_resize("twice both ways", 2, 2, square, 4, 4, grown);
}

static void test_the_same_size_is_the_same(void)
{
    for (int w = 1; w < 70; w += 11)
        for (int h = 1; h < 40; h += 7) {
            mien_gray g = noise(w, h, (unsigned)(w * h)), out = {0};
            CHECK_EQ(mien_gray_resize(&g, w, h, &out, NULL), MIEN_OK);
            CHECK(same(&out, &g));
            mien_gray_free(&out);
            mien_gray_free(&g);
        }
}

static double clamped(double v, double most)
{
    return v < 0 ? 0 : v > most ? most : v;
}

/* The definition in doubles. */
static double bilinear(const mien_gray *g, double x, double y)
{
    x = clamped(x, g->w - 1);
    y = clamped(y, g->h - 1);
    int l = (int)x, t = (int)y, r = l + (l + 1 < g->w), b = t + (t + 1 < g->h);
    const uint8_t *top = g->data + t * g->stride,
                  *low = g->data + b * g->stride;
    double upper = top[l] + (x - l) * (top[r] - top[l]);
    return upper + (y - t) * (low[l] + (x - l) * (low[r] - low[l]) - upper);
}

static void test_resize_against_the_definition(void)
{
    unsigned seed = 5;
    for (int i = 0; i < 40; i++) {
        int w = 1 + (int)(check_rand(&seed) % 50),
            h = 1 + (int)(check_rand(&seed) % 50);
        int to_w = 1 + (int)(check_rand(&seed) % 90),
            to_h = 1 + (int)(check_rand(&seed) % 90);
        mien_gray g = noise(w, h, seed), wide = spread(&g, w + 1 + i % 5);
        mien_gray out = {0};
        CHECK_EQ(mien_gray_resize(&wide, to_w, to_h, &out, NULL), MIEN_OK);
        for (int y = 0; y < to_h; y++)
            for (int x = 0; x < to_w; x++) {
                double want = bilinear(&g, (x + 0.5) * w / to_w - 0.5,
                                       (y + 0.5) * h / to_h - 0.5);
                /* half a step of rounding, half of 1/256 of 255 each way */
                CHECK_NEAR(out.data[y * out.stride + x], want, 1.51);
            }
        mien_gray_free(&out);
        mien_gray_free(&g);
        free(wide.data);
    }
}

static void test_bytes_of_opencv(void)
{
    static const struct {
        int w, h;
        uint32_t want;
    } cases[] = {
        {37, 23, 0x835b5c68},  {74, 46, 0x6ef7fcdc}, {18, 11, 0x1cc1207e},
        {19, 12, 0x5645aa00},  {1, 1, 0x850b939f},   {100, 7, 0x9e11d2c6},
        {5, 90, 0x33f0e0d7},   {36, 24, 0xb7a49fbb}, {24, 24, 0xaefaf5b9},
        {111, 69, 0x15d6a03f},
    };
    mien_gray g = noise(37, 23, 1), out = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_EQ(mien_gray_resize(&g, cases[i].w, cases[i].h, &out, NULL),
                 MIEN_OK);
        CHECK_MSG(hash(&out) == cases[i].want, "to %d x %d: 0x%08x", cases[i].w,
                  cases[i].h, (unsigned)hash(&out));
        mien_gray_free(&out);
    }
    mien_gray part = mien_gray_view(&g, 5, 3, 25, 15);
    CHECK_EQ(mien_gray_resize(&part, 16, 20, &out, NULL), MIEN_OK);
    CHECK_EQ(hash(&out), 0x8e734416);
    mien_gray_free(&out);

    mien_gray planes = noise(37 * 3, 23, 1);
    mien_image im = {37, 23, planes.stride, planes.data};
    CHECK_EQ(mien_gray_from(&im, &out, NULL), MIEN_OK);
    CHECK_EQ(hash(&out), 0xd40cb883);
    mien_gray_free(&out);
    mien_gray_free(&planes);

    mien_gray narrow = noise(37, 23, 1), squares = noise(37, 23, 1);
    for (int i = 0; i < 37 * 23; i++) {
        narrow.data[i] = (uint8_t)(100 + narrow.data[i] / 8);
        squares.data[i] = (uint8_t)(squares.data[i] * squares.data[i] >> 8);
    }
    mien_gray_equalize(&g);
    mien_gray_equalize(&narrow);
    mien_gray_equalize(&squares);
    CHECK_EQ(hash(&g), 0xd93dc757);
    CHECK_EQ(hash(&narrow), 0xbf033a56);
    CHECK_EQ(hash(&squares), 0xaa299358);
    mien_gray_free(&g);
    mien_gray_free(&narrow);
    mien_gray_free(&squares);
}

static void test_whole_turns_change_nothing(void)
{
    static const double turns[] = {0, 360, -360, 720};
    mien_gray g = noise(31, 17, 9), out = {0};
    for (int i = 0; i < 4; i++) {
        CHECK_EQ(mien_gray_rotate(&g, turns[i], &out, NULL), MIEN_OK);
        CHECK_MSG(same(&out, &g), "turned by %g", turns[i]);
        mien_gray_free(&out);
    }
    mien_gray_free(&g);
}

static void test_quarter_turns_move_pixels(void)
{
    mien_gray g = noise(21, 21, 4), wide = spread(&g, 27), out = {0};
    CHECK_EQ(mien_gray_rotate(&wide, 90, &out, NULL), MIEN_OK);
    for (int y = 0; y < 21; y++) /* the right border becomes the upper one */
        for (int x = 0; x < 21; x++)
            CHECK_EQ(out.data[y * out.stride + x], g.data[x * 21 + 20 - y]);
    mien_gray_free(&out);
    CHECK_EQ(mien_gray_rotate(&wide, -180, &out, NULL), MIEN_OK);
    for (int i = 0; i < 21 * 21; i++)
        CHECK_EQ(out.data[i], g.data[21 * 21 - 1 - i]);
    mien_gray_free(&out);
    mien_gray_free(&g);
    free(wide.data);
}

static void test_outside_lies_the_border(void)
{
    mien_gray g = noise(40, 12, 8), out = {0};
    memset(g.data, 90, 40 * 12);
    CHECK_EQ(mien_gray_rotate(&g, 33.3, &out, NULL), MIEN_OK);
    CHECK(same(&out, &g));
    mien_gray_free(&out);
    for (int i = 0; i < 40 * 12; i++) /* left half 10, right half 250 */
        g.data[i] = i % 40 < 20 ? 10 : 250;
    CHECK_EQ(mien_gray_rotate(&g, 90, &out, NULL), MIEN_OK);
    for (int x = 0; x < 40; x++) {
        CHECK_EQ(out.data[x], 250);
        CHECK_EQ(out.data[11 * out.stride + x], 10);
    }
    mien_gray_free(&out);
    mien_gray_free(&g);
}

/* Between the pixels, a plane that rises evenly is turned exactly. */
static void test_a_turned_slope(void)
{
    mien_gray g = noise(41, 41, 2), out = {0};
    const double degrees = 30, a = degrees * 3.14159265358979323846 / 180;
    for (int i = 0; i < 41 * 41; i++)
        g.data[i] = (uint8_t)(i % 41 * 4 + i / 41 * 2);
    CHECK_EQ(mien_gray_rotate(&g, degrees, &out, NULL), MIEN_OK);
    for (int y = 10; y <= 30; y++)
        for (int x = 10; x <= 30; x++) {
            double dx = x - 20, dy = y - 20;
            double sx = 20 + cos(a) * dx - sin(a) * dy;
            double sy = 20 + sin(a) * dx + cos(a) * dy;
            CHECK_NEAR(out.data[y * out.stride + x], 4 * sx + 2 * sy,
                       0.5 + 1e-9);
        }
    mien_gray_free(&out);
    mien_gray_free(&g);
}

static void test_equalize_by_hand(void)
{
    uint8_t flat[] = {7, 7, 7, 7}, two[] = {3, 9, 9, 3, 3, 3};
    uint8_t steps[] = {10, 11, 12, 12}, one[] = {200};
    /* of the four pixels one is the darkest: 1/3 and 3/3 of 255 above it */
    static const uint8_t flat_stays[] = {7, 7, 7, 7},
                         spread_steps[] = {0, 85, 255, 255};
    static const uint8_t ends[] = {0, 255, 255, 0, 0, 0};
    mien_gray g = {2, 2, 2, flat};
    mien_gray_equalize(&g);
    check_values("flat", &g, flat_stays);
    g = (mien_gray){3, 2, 3, two};
    mien_gray_equalize(&g);
    check_values("two values", &g, ends);
    g = (mien_gray){4, 1, 4, steps};
    mien_gray_equalize(&g);
    check_values("steps", &g, spread_steps);
    g = (mien_gray){1, 1, 1, one};
    mien_gray_equalize(&g);
    CHECK_EQ(one[0], 200);
}

static void test_equalize_keeps_order_and_gaps(void)
{
    mien_gray g = noise(33, 14, 6), wide = spread(&g, 39);
    mien_gray_equalize(&wide);
    for (int y = 0; y < 14; y++)
        for (int x = 33; x < 39; x++)
            CHECK_EQ(wide.data[y * 39 + x], 0xa5);
    int map[256], last = -1;
    for (int v = 0; v < 256; v++)
        map[v] = -1;
    for (int y = 0; y < 14; y++)
        for (int x = 0; x < 33; x++) {
            int v = g.data[y * 33 + x], to = wide.data[y * 39 + x];
            CHECK(map[v] < 0 || map[v] == to);
            map[v] = to;
        }
    for (int v = 0; v < 256; v++)
        if (map[v] >= 0) {
            CHECK(last < 0 ? map[v] == 0 : map[v] >= last);
            last = map[v];
        }
    CHECK_EQ(last, 255);
    mien_gray_free(&g);
    free(wide.data);
}

static void test_failing_memory(void)
{
    mien_gray g = noise(9, 8, 1);
    uint8_t rgb[27] = {0};
    mien_image im = {3, 3, 9, rgb};
    for (int what = 0; what < 5; what++) {
        mien_status st = MIEN_ENOMEM;
        for (long n = 0; st == MIEN_ENOMEM && n < 10; n++) {
            mien_gray out = {0};
            mien_image big = {0};
            mien_error err = {0};
            mi_alloc_fail_after(n);
            if (what == 0)
                st = mien_gray_new(9, 8, &out, &err);
            else if (what == 1)
                st = mien_gray_from(&im, &out, &err);
            else if (what == 2)
                st = mien_gray_to_image(&g, &big, &err);
            else if (what == 3)
                st = mien_gray_resize(&g, 5, 4, &out, &err);
            else
                st = mien_gray_rotate(&g, 12, &out, &err);
            mi_alloc_fail_after(-1);
            CHECK(n > 0 || st == MIEN_ENOMEM);
            CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && err.text[0]));
            CHECK(st == MIEN_OK || (!out.data && !big.data));
            mien_gray_free(&out);
            mien_image_free(&big);
        }
        CHECK_MSG(st == MIEN_OK, "function %d never succeeds", what);
    }
    mien_gray_free(&g);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_sizes_are_checked);
    RUN(test_a_new_plane_is_black);
    RUN(test_luma_of_colours);
    RUN(test_grey_to_image_and_back);
    RUN(test_a_view_copies_nothing);
    RUN(test_resize_by_hand);
    RUN(test_the_same_size_is_the_same);
    RUN(test_resize_against_the_definition);
    RUN_USUAL(test_bytes_of_opencv);
    RUN(test_whole_turns_change_nothing);
    RUN(test_quarter_turns_move_pixels);
    RUN(test_outside_lies_the_border);
    RUN(test_a_turned_slope);
    RUN(test_equalize_by_hand);
    RUN(test_equalize_keeps_order_and_gaps);
    RUN(test_failing_memory);
    return check_done();
}
