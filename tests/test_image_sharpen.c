/* The unsharp mask against weights worked out by hand and plain sums. */
#include "base/alloc.h"
#include "mien/image.h"
#include "tests/check.h"

/* A picture of one value. */
static mien_image plain(int w, int h, int value)
{
    mien_image im = {0};
    CHECK(!mien_image_new(w, h, &im, NULL));
    memset(im.data, value, (size_t)w * (size_t)h * 3);
    return im;
}

static mien_image sharpened(const mien_image *im, double amount, double radius,
                            double threshold)
{
    const mien_sharpen o = {amount, radius, threshold};
    mien_image out = {0};
    CHECK(!mien_image_sharpen(im, &o, &out, NULL));
    CHECK(out.w == im->w && out.h == im->h);
    return out;
}

/* One brighter pixel.  Of radius 1 the weights are 0.399050, 0.242036,
 * 0.054006, 0.004433 (normalised over seven pixels). */
static void test_one_pixel(void)
{
    static const double weight[] = {0.399050, 0.242036, 0.054006, 0.004433};
    mien_image im = plain(15, 15, 100);
    im.data[7 * im.stride + 7 * 3 + 1] = 200;
    mien_image out = sharpened(&im, 2, 1, 0);
    for (int y = 0; y < 15; y++)
        for (int x = 0; x < 15; x++) {
            int dx = abs(x - 7), dy = abs(y - 7);
            double w = dx < 4 && dy < 4 ? weight[dx] * weight[dy] : 0;
            double v =
                (dx + dy ? 100 : 200) + 2 * ((dx + dy ? 0 : 100) - 100 * w);
            const uint8_t *got = out.data + y * out.stride + x * 3;
            CHECK_NEAR(got[1], fmin(v, 255), 0.51);
            CHECK(got[0] == 100 && got[2] == 100);
        }
    mien_image_free(&out);
    out = sharpened(&im, 2, 1, 90); /* 84 at the pixel: below */
    CHECK(!memcmp(out.data, im.data, 15 * 15 * 3));
    mien_image_free(&out);
    mien_image_free(&im);
}

/* What is flat stays, whatever the radius; amount 0 changes nothing. */
static void test_what_stays(void)
{
    unsigned seed = 3;
    mien_image im = plain(9, 5, 77);
    mien_image out = sharpened(&im, 10, 100, 0);
    CHECK(!memcmp(out.data, im.data, 9 * 5 * 3));
    mien_image_free(&out);
    for (int i = 0; i < 9 * 5 * 3; i++)
        im.data[i] = (uint8_t)check_rand(&seed);
    out = sharpened(&im, 0, 2, 0);
    CHECK(!memcmp(out.data, im.data, 9 * 5 * 3));
    mien_image_free(&out);
    mien_image_free(&im);
}

/* Against the double sum over pixels, edges repeated, a picture with gaps
 * between its rows. */
static void test_plain_sums(void)
{
    enum { W = 13, H = 7, HALF = 6 };
    unsigned seed = 9;
    mien_image whole = plain(W + 4, H, 0), im = whole;
    double weight[2 * HALF + 1], sum = 0;
    for (int i = 0; i < (W + 4) * H * 3; i++)
        whole.data[i] = (uint8_t)check_rand(&seed);
    im.w = W;
    for (int i = -HALF; i <= HALF; i++)
        sum += weight[i + HALF] = exp(-i * i / (2 * 1.8 * 1.8));
    mien_image out = sharpened(&im, 0.7, 1.8, 3);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            double blurred = 0, v = im.data[y * im.stride + x * 3];
            for (int j = -HALF; j <= HALF; j++)
                for (int i = -HALF; i <= HALF; i++) {
                    int u = (int)fmin(fmax(x + i, 0), W - 1);
                    int t = (int)fmin(fmax(y + j, 0), H - 1);
                    blurred += weight[i + HALF] * weight[j + HALF] / sum / sum *
                               im.data[t * im.stride + u * 3];
                }
            if (fabs(fabs(v - blurred) - 3) < 1e-3)
                continue;
            v += fabs(v - blurred) < 3 ? 0 : 0.7 * (v - blurred);
            CHECK_NEAR(out.data[y * out.stride + x * 3], fmin(fmax(v, 0), 255),
                       0.502);
        }
    mien_image_free(&out);
    mien_image_free(&whole);
}

static void test_what_is_refused(void)
{
    static const mien_sharpen bad[] = {
        {-1, 1, 0}, {11, 1, 0},  {1, 0, 0},          {1, 101, 0},
        {1, 1, -1}, {1, 1, 256}, {(double)NAN, 1, 0}};
    mien_image im = plain(4, 4, 9), out = {0};
    mien_error err = {0};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_EQ(mien_image_sharpen(&im, &bad[i], &out, &err), MIEN_EARG);
    CHECK(strstr(err.text, "wanted 0..10"));
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    for (; st == MIEN_ENOMEM && n < 9; n++) {
        mi_alloc_fail_after(n);
        st = mien_image_sharpen(&im, NULL, &out, NULL);
        mi_alloc_fail_after(-1);
        CHECK(!st || !out.data);
    }
    CHECK(!st && n == 4);
    mien_image_free(&out);
    mien_image_free(&im);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_one_pixel);
    RUN(test_what_stays);
    RUN(test_plain_sums);
    RUN(test_what_is_refused);
    return check_done();
}
