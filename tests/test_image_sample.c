/* Samples for networks against the formulas, in double precision. */
#include "base/alloc.h"
#include "check.h"
#include "image/sample.h"

#include <string.h>

enum { ROUNDS = 400, GUARD = 12345 };

/* A pixel of the padded region. */
static double padded(const mien_image *im, const mi_sample *s, int x, int y,
                     int k)
{
    int u = x - s->left, v = y - s->top;
    if (u < 0 || u >= s->w || v < 0 || v >= s->h)
        return 0;
    u += s->x;
    v += s->y;
    if (u < 0 || u >= im->w || v < 0 || v >= im->h)
        return 0;
    return im->data[v * im->stride + u * 3 + (s->bgr ? 2 - k : k)];
}

static double place(mien_filter filter, int i, int n, int m)
{
    double scale = (double)n / m;
    if (filter == MIEN_BILINEAR_CORNER)
        return i * scale;
    return fmax(0, (i + 0.5) * scale - 0.5);
}

static double bilinear(const mien_image *im, const mi_sample *s, int i, int j,
                       int k)
{
    int w = s->left + s->w + s->right, h = s->top + s->h + s->bottom;
    double x = place(s->filter, i, w, s->out_w);
    double y = place(s->filter, j, h, s->out_h);
    int x0 = (int)floor(x), y0 = (int)floor(y);
    int x1 = x0 + 1 < w ? x0 + 1 : w - 1, y1 = y0 + 1 < h ? y0 + 1 : h - 1;
    double u = x - x0, v = y - y0;
    double top =
        padded(im, s, x0, y0, k) * (1 - u) + padded(im, s, x1, y0, k) * u;
    double low =
        padded(im, s, x0, y1, k) * (1 - u) + padded(im, s, x1, y1, k) * u;
    return top * (1 - v) + low * v;
}

static double overlap(double a0, double a1, double b0, double b1)
{
    return fmax(0, fmin(a1, b1) - fmax(a0, b0));
}

static double area(const mien_image *im, const mi_sample *s, int i, int j,
                   int k)
{
    int w = s->left + s->w + s->right, h = s->top + s->h + s->bottom;
    double sx = (double)w / s->out_w, sy = (double)h / s->out_h, sum = 0;
    for (int y = (int)(j * sy) - 1; y <= (int)((j + 1) * sy) + 1; y++)
        for (int x = (int)(i * sx) - 1; x <= (int)((i + 1) * sx) + 1; x++)
            sum += padded(im, s, x, y, k) *
                   overlap(i * sx, (i + 1) * sx, x, x + 1) *
                   overlap(j * sy, (j + 1) * sy, y, y + 1);
    return sum / (sx * sy);
}

/* The difference to the formula; a place computed in single precision may be
 * off by its own rounding, which moves a value by at most 255 times that. */
static void compare(const mien_image *im, const mi_sample *s, const float *out,
                    int row0, int row1)
{
    int w = s->left + s->w + s->right, h = s->top + s->h + s->bottom;
    double tolerance = 1e-4 + 255 * 2.4e-7 * (w + h);
    for (int j = row0; j < row1; j++)
        for (int i = 0; i < s->out_w; i++)
            for (int k = 0; k < 3; k++) {
                double want = s->filter == MIEN_AREA ? area(im, s, i, j, k)
                                                     : bilinear(im, s, i, j, k);
                CHECK_NEAR(out[(j * s->out_w + i) * 3 + k], want, tolerance);
            }
}

static int between(unsigned *r, int least, int most)
{
    return least + (int)(check_rand(r) % (unsigned)(most - least + 1));
}

/* Run on memory of exactly the size promised. */
static void run(const mien_image *im, const mi_sample *s, int row0, int row1)
{
    size_t n = (size_t)s->out_w * s->out_h * 3;
    float *out = mi_alloc(n + 2, sizeof *out);
    uint8_t *scratch = mi_alloc(mi_sample_scratch(s) + 64, 1);
    size_t end = mi_sample_scratch(s);
    memset(scratch + end, 0xa5, 64);
    for (size_t i = 0; i < n + 2; i++)
        out[i] = GUARD;
    mi_sample_rows(im, s, out + 1, row0, row1, scratch);
    compare(im, s, out + 1, row0, row1);
    size_t first = (size_t)row0 * s->out_w * 3;
    size_t last = (size_t)row1 * s->out_w * 3;
    int untouched = 1;
    for (size_t i = 0; i < n + 2; i++)
        if (i < first + 1 || i >= last + 1)
            untouched &= out[i] == GUARD;
    for (int i = 0; i < 64; i++)
        untouched &= scratch[end + i] == 0xa5;
    CHECK_MSG(untouched, "rows %d..%d wrote elsewhere", row0, row1);
    mi_free(out);
    mi_free(scratch);
}

/* An image in memory of exactly its size, so that a byte too far is seen by the
 * address sanitizer; some with a gap between rows. */
static mien_image some_image(unsigned *r, int w, int h)
{
    mien_image im = {w, h, w * 3 + between(r, 0, 1) * 5, NULL};
    im.data = mi_alloc((size_t)((h - 1) * im.stride + w * 3), 1);
    for (ptrdiff_t i = 0; i < (h - 1) * im.stride + w * 3; i++)
        im.data[i] = (uint8_t)check_rand(r);
    return im;
}

static void test_random_regions(void)
{
    unsigned r = 7;
    for (int i = 0; i < ROUNDS; i++) {
        mien_image im = some_image(&r, between(&r, 1, 40), between(&r, 1, 40));
        mi_sample s = {.x = between(&r, -20, im.w + 5),
                       .y = between(&r, -20, im.h + 5),
                       .w = between(&r, 1, 50),
                       .h = between(&r, 1, 50),
                       .filter = (mien_filter)between(&r, 0, 2),
                       .out_w = between(&r, 1, 40),
                       .out_h = between(&r, 1, 40),
                       .bgr = between(&r, 0, 1)};
        if (between(&r, 0, 1)) {
            s.left = between(&r, 0, 9);
            s.top = between(&r, 0, 9);
            s.right = between(&r, 0, 9);
            s.bottom = between(&r, 0, 9);
        }
        int row0 = between(&r, 0, s.out_h), row1 = between(&r, row0, s.out_h);
        run(&im, &s, 0, s.out_h);
        run(&im, &s, row0, row1);
        mien_image_free(&im);
    }
}

static void test_same_size_is_the_same(void)
{
    unsigned r = 3;
    mien_image im = some_image(&r, 33, 17);
    for (int f = 0; f < 3; f++) {
        mi_sample s = {.w = 33,
                       .h = 17,
                       .filter = (mien_filter)f,
                       .out_w = 33,
                       .out_h = 17};
        float out[33 * 17 * 3];
        uint8_t *scratch = mi_alloc(mi_sample_scratch(&s), 1);
        mi_sample_rows(&im, &s, out, 0, 17, scratch);
        for (int y = 0; y < 17; y++)
            for (int x = 0; x < 33 * 3; x++)
                CHECK_NEAR(out[y * 99 + x], im.data[y * im.stride + x], 1e-4);
        mi_free(scratch);
    }
    mien_image_free(&im);
}

/* The rows may be divided in any way: the bits stay. */
static void test_rows_apart_are_the_same(void)
{
    unsigned r = 5;
    mien_image im = some_image(&r, 61, 47);
    mi_sample s = {.w = 61, .h = 47, .left = 3, .out_w = 29, .out_h = 31};
    static float whole[29 * 31 * 3], parts[29 * 31 * 3];
    for (int f = 0; f < 3; f++) {
        s.filter = (mien_filter)f;
        uint8_t *scratch = mi_alloc(mi_sample_scratch(&s), 1);
        mi_sample_rows(&im, &s, whole, 0, 31, scratch);
        for (int y = 0; y < 31; y += 4)
            mi_sample_rows(&im, &s, parts, y, y + 4 < 31 ? y + 4 : 31, scratch);
        CHECK(memcmp(whole, parts, sizeof whole) == 0);
        mi_free(scratch);
    }
    mien_image_free(&im);
}

/* By hand: 4 pixels to 3; places 0, 4/3, 8/3 and 1/6, 3/2, 17/6. */
static void test_by_hand(void)
{
    uint8_t row[12] = {0, 0, 9, 30, 3, 9, 60, 6, 9, 90, 9, 9};
    mien_image im = {4, 1, 12, row};
    mi_sample s = {.w = 4, .h = 1, .out_w = 3, .out_h = 1};
    float out[9];
    uint8_t *scratch = mi_alloc(mi_sample_scratch(&s), 1);
    mi_sample_rows(&im, &s, out, 0, 1, scratch);
    CHECK_NEAR(out[3], 40, 1e-4);
    CHECK_NEAR(out[6], 80, 1e-4);
    CHECK_NEAR(out[7], 8, 1e-4);
    s.filter = MIEN_BILINEAR_CENTRE;
    mi_sample_rows(&im, &s, out, 0, 1, scratch);
    CHECK_NEAR(out[0], 5, 1e-4);
    CHECK_NEAR(out[3], 45, 1e-4);
    CHECK_NEAR(out[6], 85, 1e-4);
    s.filter = MIEN_AREA; /* 3/4 of 0 and 1/4 of 30; 1/2 of 30 and of 60 */
    mi_sample_rows(&im, &s, out, 0, 1, scratch);
    CHECK_NEAR(out[0], 7.5, 1e-4);
    CHECK_NEAR(out[3], 45, 1e-4);
    CHECK_NEAR(out[6], 82.5, 1e-4);
    mi_free(scratch);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_random_regions);
    RUN(test_same_size_is_the_same);
    RUN(test_rows_apart_are_the_same);
    RUN(test_by_hand);
    return check_done();
}
