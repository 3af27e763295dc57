/* Images of other sizes, cut and turned; what was written is read again. */
/* Not as WebAssembly: needs the codecs. */
#include "check.h"
#include "mien/image.h"

#include <stdlib.h>
#include <string.h>

static mien_image noise(int w, int h, unsigned seed)
{
    mien_image im = {0};
    CHECK_EQ(mien_image_new(w, h, &im, NULL), MIEN_OK);
    for (int i = 0; i < w * h * 3; i++)
        im.data[i] = (uint8_t)check_rand(&seed);
    return im;
}

static int same(const mien_image *a, const mien_image *b)
{
    if (a->w != b->w || a->h != b->h)
        return 0;
    for (int y = 0; y < a->h; y++)
        if (memcmp(a->data + y * a->stride, b->data + y * b->stride,
                   (size_t)a->w * 3) != 0)
            return 0;
    return 1;
}

static void test_sizes_are_checked(void)
{
    static const int bad[][2] = {{0, 1},     {1, 0},     {-1, 5},
                                 {30001, 1}, {1, 30001}, {40000, 40000}};
    mien_image im = {0}, one = noise(1, 1, 1);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int w = bad[i][0], h = bad[i][1];
        mien_error err = {0};
        CHECK_EQ(mien_image_new(w, h, &im, &err), MIEN_ELIMIT);
        CHECK(err.text[0]);
        CHECK_EQ(mien_image_crop(&one, 0, 0, w, h, &im, NULL), MIEN_ELIMIT);
        CHECK_EQ(mien_image_resize(&one, w, h, MIEN_AREA, &im, NULL),
                 MIEN_ELIMIT);
        CHECK_EQ(mien_image_warp(&one, (mien_similarity){1, 0, 0, 0}, w, h, &im,
                                 NULL),
                 MIEN_ELIMIT);
    }
    CHECK(!im.data);
    mien_image_free(&one);
    mien_image_free(NULL);
}

static void test_a_new_image_is_black(void)
{
    mien_image im = {0};
    CHECK_EQ(mien_image_new(37, 5, &im, NULL), MIEN_OK);
    for (int i = 0; i < 37 * 5 * 3; i++)
        CHECK(im.data[i] == 0);
    mien_image_free(&im);
    CHECK(!im.data && im.w == 0);
}

static void test_the_same_size_is_the_same(void)
{
    mien_image im = noise(45, 71, 3), out = {0};
    for (int filter = MIEN_BILINEAR_CORNER; filter <= MIEN_AREA; filter++) {
        CHECK_EQ(
            mien_image_resize(&im, 45, 71, (mien_filter)filter, &out, NULL),
            MIEN_OK);
        CHECK(same(&im, &out));
        mien_image_free(&out);
    }
    CHECK_EQ(
        mien_image_warp(&im, (mien_similarity){1, 0, 0, 0}, 45, 71, &out, NULL),
        MIEN_OK);
    CHECK(same(&im, &out));
    mien_image_free(&out);
    CHECK_EQ(mien_image_copy(&im, &out, NULL), MIEN_OK);
    CHECK(same(&im, &out) && out.data != im.data);
    mien_image_free(&out);
    mien_image_free(&im);
}

/* One colour stays that colour, whatever the size. */
static void test_one_colour_stays(void)
{
    static const int sides[][2] = {{1, 1}, {3, 200}, {500, 70}, {33, 34}};
    mien_image im = noise(64, 33, 1), out = {0};
    memset(im.data, 173, 64 * 33 * 3);
    for (int i = 0; i < 12; i++) {
        int w = sides[i / 3][0], h = sides[i / 3][1], wrong = 0;
        CHECK_EQ(mien_image_resize(&im, w, h, (mien_filter)(i % 3), &out, NULL),
                 MIEN_OK);
        for (int k = 0; k < w * h * 3; k++)
            wrong += out.data[k] != 173;
        CHECK_EQ(wrong, 0);
        mien_image_free(&out);
    }
    mien_image_free(&im);
}

static void test_area_is_the_mean(void)
{
    mien_image im = noise(40, 30, 9), out = {0};
    CHECK_EQ(mien_image_resize(&im, 8, 10, MIEN_AREA, &out, NULL), MIEN_OK);
    for (int y = 0; y < 10; y++)
        for (int x = 0; x < 8; x++)
            for (int k = 0; k < 3; k++) {
                double sum = 0;
                for (int j = 0; j < 15; j++)
                    sum += im.data[(y * 3 + j / 5) * im.stride +
                                   (x * 5 + j % 5) * 3 + k];
                CHECK_NEAR(out.data[y * out.stride + x * 3 + k], sum / 15,
                           0.501);
            }
    mien_image_free(&out);
    mien_image_free(&im);
}

static void test_a_crop_is_black_outside(void)
{
    mien_image im = noise(20, 15, 4), out = {0};
    unsigned seed = 5;
    for (int round = 0; round < 200; round++) {
        int x0 = (int)(check_rand(&seed) % 60) - 30;
        int y0 = (int)(check_rand(&seed) % 60) - 30;
        int w = 1 + (int)(check_rand(&seed) % 40);
        int h = 1 + (int)(check_rand(&seed) % 40);
        CHECK_EQ(mien_image_crop(&im, x0, y0, w, h, &out, NULL), MIEN_OK);
        int wrong = out.w != w || out.h != h;
        for (int y = 0; y < h; y++)
            for (int x = 0; x < w * 3; x++) {
                int u = x0 + x / 3, v = y0 + y;
                int in = u >= 0 && u < 20 && v >= 0 && v < 15;
                int want = in ? im.data[v * im.stride + u * 3 + x % 3] : 0;
                wrong += out.data[y * out.stride + x] != want;
            }
        CHECK_MSG(wrong == 0, "crop %d %d %d %d", x0, y0, w, h);
        mien_image_free(&out);
    }
    CHECK_EQ(mien_image_crop(&im, INT32_MAX, INT32_MIN, 3, 3, &out, NULL),
             MIEN_OK);
    CHECK(out.data[0] == 0);
    mien_image_free(&out);
    mien_image_free(&im);
}

/* A quarter turn about the middle moves pixels and changes none; half a pixel
 * to the right is the mean of two; far outside and nonsense are black. */
static void test_warps(void)
{
    mien_image im = noise(21, 21, 6), out = {0};
    CHECK_EQ(mien_image_warp(&im, (mien_similarity){0, 1, 0, 20}, 21, 21, &out,
                             NULL),
             MIEN_OK);
    int wrong = 0;
    for (int y = 0; y < 21; y++)
        for (int x = 0; x < 21; x++) /* x' = y, y' = 20 - x */
            wrong += memcmp(out.data + y * out.stride + x * 3,
                            im.data + (20 - x) * im.stride + y * 3, 3) != 0;
    CHECK_EQ(wrong, 0);
    mien_image_free(&out);
    CHECK_EQ(mien_image_warp(&im, (mien_similarity){1, 0, 0.5f, 0}, 20, 21,
                             &out, NULL),
             MIEN_OK);
    for (int y = 0; y < 21; y++)
        for (int x = 0; x < 60; x++)
            CHECK_NEAR(
                out.data[y * out.stride + x],
                (im.data[y * im.stride + x] + im.data[y * im.stride + x + 3]) /
                    2.0,
                0.501);
    mien_image_free(&out);
    static const float far[] = {1e9f, -1e9f, 3e38f, NAN, INFINITY};
    for (int i = 0; i < 5; i++) {
        mien_similarity m = {1, 0, far[i], 0};
        CHECK_EQ(mien_image_warp(&im, m, 9, 9, &out, NULL), MIEN_OK);
        for (int k = 0; k < 9 * 9 * 3; k++)
            CHECK(out.data[k] == 0);
        mien_image_free(&out);
    }
    mien_image_free(&im);
}

static void test_png_gives_back_every_pixel(void)
{
    static const int sides[][2] = {{1, 1}, {1, 90}, {90, 1}, {61, 47}};
    for (int i = 0; i < 4; i++) {
        mien_image im = noise(sides[i][0], sides[i][1], 8), out = {0};
        mien_bytes file = {0};
        CHECK_EQ(mien_image_write_png(&im, &file, NULL), MIEN_OK);
        CHECK_EQ(mien_image_read(file.data, file.n, NULL, &out, NULL), MIEN_OK);
        CHECK(same(&im, &out));
        mien_bytes_free(&file);
        mien_image_free(&out);
        mien_image_free(&im);
    }
}

static void test_jpeg_gives_back_nearly_every_pixel(void)
{
    mien_image im = {0}, out = {0};
    CHECK_EQ(mien_image_new(67, 45, &im, NULL), MIEN_OK);
    for (int i = 0; i < 67 * 45 * 3; i++)
        im.data[i] = (uint8_t)(60 + i / 3 % 67 * 2 + i / 201);
    mien_bytes file = {0};
    CHECK_EQ(mien_image_write_jpeg(&im, 95, &file, NULL), MIEN_OK);
    CHECK_EQ(mien_image_read(file.data, file.n, NULL, &out, NULL), MIEN_OK);
    CHECK(out.w == 67 && out.h == 45);
    int worst = 0;
    for (int i = 0; i < 67 * 45 * 3; i++)
        worst = abs(out.data[i] - im.data[i]) > worst
                    ? abs(out.data[i] - im.data[i])
                    : worst;
    CHECK_MSG(worst <= 6, "%d", worst);
    mien_bytes_free(&file);
    CHECK_EQ(mien_image_write_jpeg(&im, 0, &file, NULL), MIEN_EARG);
    CHECK_EQ(mien_image_write_jpeg(&im, 101, &file, NULL), MIEN_EARG);
    CHECK(!file.data);
    mien_image_free(&out);
    mien_image_free(&im);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_sizes_are_checked);
    RUN(test_a_new_image_is_black);
    RUN(test_the_same_size_is_the_same);
    RUN(test_one_colour_stays);
    RUN(test_area_is_the_mean);
    RUN(test_a_crop_is_black_outside);
    RUN(test_warps);
    RUN(test_png_gives_back_every_pixel);
    RUN(test_jpeg_gives_back_nearly_every_pixel);
    return check_done();
}
