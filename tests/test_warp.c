/* Cuts of pictures against plain loops in double. */
#include "samples/loader.h"

#include "tests/random.h"

#include <math.h>
#include <stdlib.h>

enum { SIDE = 40, CUT = 48, CASES = 400 };
static uint8_t pixels[SIDE * SIDE * 4];
static float got[CUT * CUT * 3];

static int clamped(int v, int most) { return v < 0 ? 0 : v > most ? most : v; }

/* A channel of the picture at a place, mixed of four pixels. */
static double plain_at(const mi_source *s, double x, double y, int c)
{
    x = fmin(fmax(x, -1), s->w + 1), y = fmin(fmax(y, -1), s->h + 1);
    int i = (int)floor(x), j = (int)floor(y);
    double sum = 0;
    for (int k = 0; k < 4; k++) {
        int column = clamped(i + k % 2, s->w - 1);
        int row = clamped(j + k / 2, s->h - 1);
        double u = k % 2 ? x - i : 1 - (x - i), v = k / 2 ? y - j : 1 - (y - j);
        sum += u * v * s->pixels[(row * s->w + column) * 4 + c];
    }
    return sum;
}

/* A channel of pixel (i, j) of the result: the mean of kx x ky places. */
static double plain_of(const mi_source *s, const mi_affine *a, int i, int j,
                       int kx, int ky, int c)
{
    double sum = 0, n = s->shrink;
    for (int k = 0; k < kx * ky; k++) {
        double x = i + (k % kx + 0.5) / kx, y = j + (k / kx + 0.5) / ky;
        sum += plain_at(
            s, ((double)a->xx * x + (double)a->xy * y + (double)a->tx) / n - .5,
            ((double)a->yx * x + (double)a->yy * y + (double)a->ty) / n - .5,
            c);
    }
    return sum / (kx * ky);
}

static int places(float x, float y, int shrink)
{
    int n = (int)ceilf(hypotf(x, y) / (float)shrink - 0.25f);
    return n < 1 ? 1 : n;
}

static void check(const mi_source *s, const mi_affine *a, int w, int h)
{
    int kx = places(a->xx, a->yx, s->shrink);
    int ky = places(a->xy, a->yy, s->shrink), bad = 0;
    mi_warp(s, a, w, h, got);
    for (int k = 0; k < w * h * 3; k++)
        bad += !(fabs((double)got[k] - plain_of(s, a, k / 3 % w, k / 3 / w, kx,
                                                ky, k % 3)) < 0.02);
    CHECK_MSG(!bad, "%d of %d wrong: %dx%d by %g %g %g, %g %g %g, %d places",
              bad, w * h * 3, s->w, s->h, (double)a->xx, (double)a->xy,
              (double)a->tx, (double)a->yx, (double)a->yy, (double)a->ty,
              kx * ky);
}

static mi_source source_of(int w, int h, int shrink)
{
    return (mi_source){w, h, w * shrink, h * shrink, shrink, pixels};
}

/* Parts as they are, from every corner, also past the borders. */
static void test_whole_pixels(void)
{
    const mi_change none = {.grow = 1, .contrast = 1};
    const mi_source s = source_of(17, 13, 1);
    for (int i = 0; i < CASES; i++) {
        int w = pick(1, 17), h = pick(1, 13);
        const mien_box cut = {(float)pick(-2, 18 - w), (float)pick(-2, 14 - h),
                              (float)w, (float)h};
        const mi_affine a = mi_affine_of(cut, &none, w, h);
        check(&s, &a, w, h);
    }
}

/* Stretched and moved, whether mirrored or not. */
static void test_level_cuts(void)
{
    for (int i = 0; i < CASES; i++) {
        const mi_source s = source_of(pick(1, SIDE), pick(1, SIDE), pick(1, 3));
        const mi_change c = {.grow = 1, .mirror = pick(0, 1)};
        float side = (float)(pick(1, 60) * s.shrink);
        const mien_box cut = {(float)pick(-9, 30) + 0.3f,
                              (float)pick(-9, 30) + 0.6f, side + 0.1f,
                              side / 2 + 0.7f};
        int w = pick(1, CUT), h = pick(1, CUT);
        const mi_affine a = mi_affine_of(cut, &c, w, h);
        if (hypotf(a.xx, a.yx) < 15 && hypotf(a.xy, a.yy) < 15)
            check(&s, &a, w, h);
    }
}

static void test_turned_cuts(void)
{
    for (int i = 0; i < CASES; i++) {
        const mi_source s = source_of(pick(1, SIDE), pick(1, SIDE), 1);
        const mi_change c = {.grow = 0.5f + 0.01f * (float)pick(0, 150),
                             .mirror = pick(0, 1),
                             .turn = 0.03f * (float)pick(-100, 100),
                             .shear = 0.01f * (float)pick(-20, 20),
                             .dx = 0.011f * (float)pick(-30, 30),
                             .dy = 0.013f * (float)pick(-30, 30)};
        const mien_box cut = {3, 4, 29, 31};
        const mi_affine a = mi_affine_of(cut, &c, 32, 24);
        check(&s, &a, 32, 24);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    seed = 7;
    for (int i = 0; i < SIDE * SIDE * 4; i++)
        pixels[i] = (uint8_t)pick(0, 255);
    RUN(test_whole_pixels);
    RUN(test_level_cuts);
    RUN(test_turned_cuts);
    return check_done();
}
