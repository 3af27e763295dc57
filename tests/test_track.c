/* Corners and points followed, on pictures whose motion is known. */
#include "mien/vision_track.h"

#include "tests/check.h"
#include "tests/texture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- points ------------------------------------------------------------- */

static mien_pyramid *pyramid(mien_gray g, const mien_flow_options *o)
{
    mien_pyramid *p = NULL;
    CHECK(mien_pyramid_new(&g, o, &p, NULL) == MIEN_OK);
    return p;
}

static void test_known_motions(void)
{
    static const motion motions[] = {{1, 0, 0.37, -0.81},
                                     {1, 0, 4.5, 2.25},
                                     {1.02, 0.03, -3, 5},
                                     {0.97, -0.02, 4, 1}};
    for (size_t k = 0; k < sizeof motions / sizeof *motions; k++) {
        mien_flow_options o = MIEN_FLOW_DEFAULTS;
        o.max_back = 0.5;
        const motion *m = &motions[k];
        mien_pyramid *a = pyramid(frame(still), &o);
        mien_pyramid *b = pyramid(frame(*m), &o);
        mien_point at[20];
        mien_flow to[20];
        for (int i = 0; i < 20; i++)
            at[i] = (mien_point){(float)(40 + 20 * (i % 5)) + 0.25f,
                                 (float)(30 + 18 * (i / 5))};
        CHECK(mien_flow_run(a, b, &o, 20, at, to, NULL) == MIEN_OK);
        for (int i = 0; i < 20; i++) {
            double x = (double)at[i].x, y = (double)at[i].y;
            CHECK_EQ(to[i].lost, MIEN_LOST_NONE);
            CHECK_NEAR(to[i].to.x, m->a * x - m->b * y + m->dx, 0.08);
            CHECK_NEAR(to[i].to.y, m->b * x + m->a * y + m->dy, 0.08);
            CHECK((double)to[i].back < 0.1);
        }
        mien_pyramid_free(a);
        mien_pyramid_free(b);
    }
}

static void test_reasons(void)
{
    mien_flow_options o = MIEN_FLOW_DEFAULTS;
    o.max_back = 0.5;
    o.max_error = 10;
    frame(still);
    for (int y = 0; y < H; y++)
        memset(pixels[y], 90, 60); /* nothing to see on the left */
    mien_gray g = {W, H, W, &pixels[0][0]};
    mien_pyramid *a = pyramid(g, &o);
    for (int y = 40; y < 80; y++)
        for (int x = 110; x < 150; x++)
            pixels[y][x] = (uint8_t)((x * 37 + y * 91) & 255);
    mien_pyramid *b = pyramid(g, &o);
    mien_point at[] = {{20, 60}, {130, 60}, {100, 20}, {400, 20}};
    mien_flow to[4];
    CHECK(mien_flow_run(a, b, &o, 4, at, to, NULL) == MIEN_OK);
    CHECK_EQ(to[0].lost, MIEN_LOST_FLAT);
    CHECK(to[1].lost == MIEN_LOST_ERROR || to[1].lost == MIEN_LOST_BACKWARD);
    CHECK_EQ(to[2].lost, MIEN_LOST_NONE);
    CHECK_EQ(to[3].lost, MIEN_LOST_OUTSIDE);
    for (int i = 0; i <= MIEN_LOST_OUTLIER; i++)
        CHECK(strlen(mien_lost_text((mien_lost)i)) > 3);
    CHECK(!strcmp(mien_lost_text((mien_lost)99), "unknown"));
    mien_pyramid_free(a);
    mien_pyramid_free(b);
}

static void test_refusals(void)
{
    mien_error err;
    mien_pyramid *p = NULL, *q = NULL;
    mien_gray g = frame(still), small = {20, 30, W, g.data};
    static const mien_flow_options bad[] = {
        {2, -1, 0, 0, 0, 0, 0, NULL},           {101, -1, 0, 0, 0, 0, 0, NULL},
        {0, 11, 0, 0, 0, 0, 0, NULL},           {0, -1, 101, 0, 0, 0, 0, NULL},
        {0, -1, 0, -1, 0, 0, 0, NULL},          {0, -1, 0, 0, -1, 0, 0, NULL},
        {0, -1, 0, 0, 0, -1, 0, NULL},          {0, -1, 0, 0, 0, 0, -1, NULL},
        {0, -1, 0, 0, 0, (double)NAN, 0, NULL},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_EQ(mien_pyramid_new(&g, &bad[i], &p, &err), MIEN_EARG);
    p = pyramid(g, NULL);
    q = pyramid(small, NULL);
    mien_point at = {3, 3};
    mien_flow to;
    CHECK_EQ(mien_flow_run(p, q, NULL, 1, &at, &to, &err), MIEN_EARG);
    mien_flow_options other = MIEN_FLOW_DEFAULTS;
    other.window = 15;
    CHECK_EQ(mien_flow_run(p, p, &other, 1, &at, &to, &err), MIEN_EARG);
    CHECK(mien_flow_run(p, p, NULL, 0, NULL, NULL, &err) == MIEN_OK);
    mien_pyramid_free(p);
    mien_pyramid_free(q);
    mien_pyramid_free(NULL);
    mien_tracker *t = NULL;
    static const mien_tracker_options wrong[] = {
        {MIEN_FLOW_DEFAULTS, 3, 0, 0, 0, 0},
        {MIEN_FLOW_DEFAULTS, 0, 61, 0, 0, 0},
        {MIEN_FLOW_DEFAULTS, 0, 0, 1, 0, 0},
        {MIEN_FLOW_DEFAULTS, 0, 0, 0, 1, 0},
        {MIEN_FLOW_DEFAULTS, 0, 0, 0, 0, -1},
        {{101, -1, 0, 0, 0, 0, 0, NULL}, 0, 0, 0, 0, 0}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK_EQ(mien_tracker_new(&wrong[i], &t, &err), MIEN_EARG);
}

/* ---- corners ------------------------------------------------------------ */

static void test_corners(void)
{
    memset(pixels, 40, sizeof pixels);
    for (int k = 0; k < 3; k++) /* three squares, each brighter */
        for (int y = 0; y < 20; y++)
            memset(&pixels[20 + y][10 + 50 * k], 100 + 50 * k, 20);
    mien_gray g = {W, H, W, &pixels[0][0]};
    mien_points p;
    mien_corner_options o = {0, 0.05, 5, 3};
    CHECK(mien_corners_find(&g, &o, &p, NULL) == MIEN_OK);
    CHECK_EQ(p.n, 12);
    for (int i = 0; i < p.n; i++) {
        double x = fmod((double)p.at[i].x - 10, 50), y = (double)p.at[i].y - 20;
        CHECK((fabs(x) < 2 || fabs(x - 19) < 2) &&
              (fabs(y) < 2 || fabs(y - 19) < 2));
        CHECK(i >= 4 || p.at[i].x > 100); /* the brightest first */
    }
    mien_points_free(&p);
    o.max = 5;
    CHECK(mien_corners_find(&g, &o, &p, NULL) == MIEN_OK);
    CHECK_EQ(p.n, 5);
    mien_points_free(&p);
    memset(pixels, 7, sizeof pixels);
    CHECK(mien_corners_find(&g, NULL, &p, NULL) == MIEN_OK);
    CHECK_EQ(p.n, 0);
    mien_points_free(&p);
    mien_points_free(NULL);
    mien_error err;
    o.quality = -1;
    CHECK_EQ(mien_corners_find(&g, &o, &p, &err), MIEN_EARG);
    mien_gray thin = {2, 50, W, g.data};
    CHECK_EQ(mien_corners_find(&thin, NULL, &p, &err), MIEN_EARG);
}

/* As corner.c's `mirrored`, one reflection after the other. */
static int inside(int i, int n)
{
    while (n > 1 && (i < 0 || i >= n))
        i = i < 0 ? -i : 2 * (n - 1) - i;
    return n > 1 ? i : 0;
}

static double at(const mien_gray *g, int x, int y)
{
    return g->data[inside(y, g->h) * g->stride + inside(x, g->w)];
}

/* The smaller eigenvalue at (x, y), up to a factor, straight from its
 * definition. */
static double plain_response(const mien_gray *g, int x, int y, int block)
{
    double a = 0, b = 0, c = 0;
    for (int v = y - block / 2; v < y - block / 2 + block; v++)
        for (int u = x - block / 2; u < x - block / 2 + block; u++) {
            int px = inside(u, g->w), py = inside(v, g->h);
            double dx = 0, dy = 0;
            for (int k = -1; k <= 1; k++) {
                dx += (2 - abs(k)) *
                      (at(g, px + 1, py + k) - at(g, px - 1, py + k));
                dy += (2 - abs(k)) *
                      (at(g, px + k, py + 1) - at(g, px + k, py - 1));
            }
            a += dx * dx;
            b += dx * dy;
            c += dy * dy;
        }
    return (a + c) / 2 - sqrt((a - c) * (a - c) / 4 + b * b);
}

static double best_response(const mien_gray *g, int block)
{
    double best = 0;
    for (int y = 1; y < g->h - 1; y++)
        for (int x = 1; x < g->w - 1; x++) {
            double here = plain_response(g, x, y, block), most = here;
            for (int k = 0; k < 9; k++)
                most = fmax(most, plain_response(g, x + k % 3 - 1,
                                                 y + k / 3 - 1, block));
            best = here >= most * (1 - 1e-6) ? fmax(best, here) : best;
        }
    return best;
}

/* Windows of any size, pictures smaller than them too. */
static void test_corners_by_definition(void)
{
    uint32_t state = 1;
    int found = 0;
    for (int k = 0; k < 300; k++) {
        for (int y = 0; y < 16; y++)
            for (int x = 0; x < 16; x++) {
                state = state * 1664525u + 1013904223u;
                pixels[y][x] = (uint8_t)(state >> 24);
            }
        mien_gray g = {3 + k % 13, 3 + k / 13 % 11, W, &pixels[0][0]};
        mien_corner_options o = {1, 1e-6, 0, 1 + k % 9};
        mien_points p;
        CHECK(mien_corners_find(&g, &o, &p, NULL) == MIEN_OK);
        if (p.n == 1) { /* none: the greatest lies on the border */
            double here =
                plain_response(&g, (int)p.at[0].x, (int)p.at[0].y, o.block);
            double want = best_response(&g, o.block);
            CHECK_MSG(fabs(here - want) <= 1e-4 * want,
                      "%d x %d, block %d: %g, want %g", g.w, g.h, o.block, here,
                      want);
            found++;
        }
        mien_points_free(&p);
    }
    CHECK(found > 150);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_known_motions);
    RUN(test_reasons);
    RUN(test_refusals);
    RUN(test_corners);
    RUN(test_corners_by_definition);
    return check_done();
}
