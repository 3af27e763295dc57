/* Likeness of pictures: hand values, and the formula summed window by window.
 */
#include "base/alloc.h"
#include "mien/metrics_image.h"
#include "tests/check.h"

#include <math.h>

enum { W = 19, H = 14 };

static void noise(unsigned seed, float *a)
{
    for (int i = 0; i < W * H; i++)
        a[i] = (float)(check_rand(&seed) % 256);
}

static mien_likeness of(int w, int h, const float *a, const float *b,
                        double range)
{
    mien_likeness l = {0};
    CHECK(!mien_likeness_of(w, h, a, b, range, &l, NULL));
    return l;
}

/* A picture and itself; two flat ones, where only the means are left. */
static void test_hand_values(void)
{
    float a[W * H], b[W * H];
    noise(1, a);
    mien_likeness same = of(W, H, a, a, 255);
    CHECK(same.square == 0 && fabs(same.ssim - 1) < 1e-12);
    CHECK(isinf(mien_psnr(same.square, 255)));
    for (int i = 0; i < W * H; i++) {
        a[i] = 100;
        b[i] = 110;
    }
    mien_likeness flat = of(W, H, a, b, 255);
    const double c1 = 2.55 * 2.55;
    CHECK_NEAR(flat.square, 100, 1e-9);
    CHECK_NEAR(flat.ssim, (22000 + c1) / (22100 + c1), 1e-9);
    CHECK_NEAR(mien_psnr(flat.square, 255), 28.1308036, 1e-6);
    CHECK_NEAR(mien_psnr(0.01, 1), 20, 1e-12);
}

/* The formula in one window, with weights of both directions at once. */
static double window(const float *a, const float *b, double c1, double c2)
{
    double all = 0, ma = 0, mb = 0, va = 0, vb = 0, c = 0;
    for (int turn = 0; turn < 3; turn++)
        for (int y = 0; y < 11; y++)
            for (int x = 0; x < 11; x++) {
                double g = exp(-((x - 5) * (x - 5) + (y - 5) * (y - 5)) / 4.5);
                double p = (double)a[y * W + x], q = (double)b[y * W + x];
                all += turn == 0 ? g : 0;
                ma += turn == 1 ? g / all * p : 0;
                mb += turn == 1 ? g / all * q : 0;
                va += turn == 2 ? g / all * (p - ma) * (p - ma) : 0;
                vb += turn == 2 ? g / all * (q - mb) * (q - mb) : 0;
                c += turn == 2 ? g / all * (p - ma) * (q - mb) : 0;
            }
    return (2 * ma * mb + c1) / (ma * ma + mb * mb + c1) * (2 * c + c2) /
           (va + vb + c2);
}

static void test_formula_by_windows(void)
{
    float a[W * H], b[W * H];
    for (unsigned seed = 2; seed < 8; seed++) {
        double sum = 0;
        noise(seed, a);
        noise(seed + 100, b);
        for (int i = 0; i < W * H; i++)
            b[i] = a[i] + (b[i] - 128) / 4 * (float)(seed - 2);
        for (int y = 0; y + 11 <= H; y++)
            for (int x = 0; x + 11 <= W; x++)
                sum += window(a + y * W + x, b + y * W + x, 2.55 * 2.55,
                              7.65 * 7.65);
        mien_likeness l = of(W, H, a, b, 255);
        CHECK_NEAR(l.ssim, sum / (W - 10) / (H - 10), 1e-9);
        mien_likeness turned = of(W, H, b, a, 255);
        CHECK_NEAR(turned.ssim, l.ssim, 1e-12);
    }
}

/* More noise is less like; a mirrored contrast is negative. */
static void test_order(void)
{
    float a[W * H], b[W * H];
    double before = 1;
    noise(3, a);
    for (int i = 0; i < W * H; i++)
        b[i] = 255 - a[i];
    CHECK(of(W, H, a, b, 255).ssim < -0.5);
    for (int step = 1; step < 6; step++) {
        noise(4, b);
        for (int i = 0; i < W * H; i++)
            b[i] = a[i] + (b[i] - 128) * (float)step / 8;
        double now = of(W, H, a, b, 255).ssim;
        CHECK(now < before);
        before = now;
    }
}

static void test_small_and_failing(void)
{
    const float a[4] = {0, 1, 2, 3}, b[4] = {1, 1, 2, 3};
    float c[W * H];
    mien_likeness l = of(2, 2, a, b, 1);
    CHECK(l.square == 0.25 && isnan(l.ssim));
    noise(5, c);
    mi_alloc_fail_after(0);
    CHECK_EQ(mien_likeness_of(W, H, c, c, 1, &l, NULL), MIEN_ENOMEM);
    mi_alloc_fail_after(-1);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_hand_values);
    RUN(test_formula_by_windows);
    RUN(test_order);
    RUN(test_small_and_failing);
    return check_done();
}
