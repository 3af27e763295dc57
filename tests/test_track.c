/* Points and boxes followed over time, on pictures whose motion is known. */
#include "base/alloc.h"
#include "mien/vision_track.h"
#include "vision/similarity.h"

#include "tests/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { W = 160, H = 120 };

/* A smooth texture that says where it is: a sum of waves at (u, v). */
static double texture(double u, double v)
{
    double s = sin(0.31 * u + 0.17 * v) + sin(0.23 * v - 0.11 * u) +
               sin(0.47 * u) * sin(0.39 * v) + 0.7 * sin(0.71 * u - 0.53 * v) +
               0.6 * sin(0.9 * v + 0.2 * u);
    return 128 + 27 * s;
}

/* Where a pixel of a frame lies in the texture. */
typedef struct motion {
    double a, b, dx, dy; /* of points from the first frame to this one */
} motion;

static uint8_t pixels[H][W];

static mien_gray frame(motion m)
{
    double r = m.a * m.a + m.b * m.b;
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            double px = x - m.dx, py = y - m.dy;
            double u = (m.a * px + m.b * py) / r;
            double v = (m.a * py - m.b * px) / r;
            pixels[y][x] = (uint8_t)lrint(texture(u, v));
        }
    return (mien_gray){W, H, W, &pixels[0][0]};
}

static const motion still = {1, 0, 0, 0};

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

/* ---- motion of a box ---------------------------------------------------- */

static void test_similarity(void)
{
    enum { N = 50 };
    mien_point from[N], to[N];
    unsigned char in[N];
    unsigned seed = 5;
    const mi_similarity known = {1.1, -0.2, 7, -3};
    for (int wrong = 0; wrong <= 22; wrong += 11) {
        for (int i = 0; i < N; i++) {
            from[i] = (mien_point){(float)(check_rand(&seed) % 100),
                                   (float)(check_rand(&seed) % 100)};
            to[i] = mi_similarity_apply(&known, from[i]);
            if (i < wrong)
                to[i].x += 5 + (float)(check_rand(&seed) % 60);
        }
        mi_similarity s = {0};
        CHECK_EQ(mi_similarity_fit(N, from, to, 1, in, &s), N - wrong);
        CHECK_NEAR(s.a, known.a, 1e-5);
        CHECK_NEAR(s.b, known.b, 1e-5);
        CHECK_NEAR(s.dx, known.dx, 1e-3);
        CHECK_NEAR(s.dy, known.dy, 1e-3);
        for (int i = 0; i < N; i++)
            CHECK_EQ(in[i], i >= wrong);
    }
    mi_similarity s = {9, 9, 9, 9};
    for (int i = 0; i < N; i++)
        from[i] = (mien_point){3, 3};
    CHECK_EQ(mi_similarity_fit(N, from, from, 1, in, &s), 0);
    CHECK(s.a == 9);
}

/* ---- boxes -------------------------------------------------------------- */

static mien_tracker *tracker(void)
{
    mien_tracker *t = NULL;
    CHECK(mien_tracker_new(NULL, &t, NULL) == MIEN_OK);
    return t;
}

static void follow(mien_tracker *t, motion m)
{
    mien_gray g = frame(m);
    CHECK(mien_tracker_follow(t, &g, NULL) == MIEN_OK);
}

static void test_a_box_moves_turns_and_grows(void)
{
    mien_tracker *t = tracker();
    CHECK(mien_tracker_wants_detection(t));
    follow(t, still);
    mien_box box = {50, 40, 40, 40};
    CHECK(mien_tracker_detected(t, 1, &box, NULL, NULL) == MIEN_OK);
    int n;
    const mien_track *k = NULL;
    for (int i = 1; i <= 12; i++) {
        double by = 1 + 0.01 * i, turn = 0.01 * i;
        motion m = {by * cos(turn), by * sin(turn), -0.5 * i, 0.3 * i};
        follow(t, m);
        k = mien_tracker_tracks(t, &n);
        CHECK_EQ(n, 1);
        double x = m.a * 70 - m.b * 60 + m.dx, y = m.b * 70 + m.a * 60 + m.dy;
        CHECK_NEAR(k->box.x + k->box.width / 2, x, 0.5);
        CHECK_NEAR(k->box.y + k->box.height / 2, y, 0.5);
        CHECK_NEAR(k->box.width, 40 * by, 0.5);
        CHECK_NEAR(k->angle, -turn * 180 / 3.14159265, 0.5);
        CHECK(k->n_points >= 20 && k->since == i && k->age == i);
        int points;
        const mien_point *p = mien_tracker_points(t, k->id, &points);
        CHECK(p && points == k->n_points);
    }
    box = k->box;
    CHECK(mien_tracker_detected(t, 1, &box, &(float){0.5f}, NULL) == MIEN_OK);
    k = mien_tracker_tracks(t, &n);
    CHECK(n == 1 && k->id == 1 && k->since == 0 && k->score == 0.5f);
    CHECK(!mien_tracker_wants_detection(t));
    CHECK(!mien_tracker_points(t, 77, &n) && n == 0);
    mien_tracker_free(t);
}

static void test_ids_and_misses(void)
{
    mien_tracker *t = tracker();
    mien_box two[] = {{10, 10, 40, 40}, {90, 50, 40, 40}};
    mien_error err;
    CHECK_EQ(mien_tracker_detected(t, 2, two, NULL, &err), MIEN_EARG);
    follow(t, still);
    CHECK(mien_tracker_detected(t, 2, two, NULL, NULL) == MIEN_OK);
    int n;
    const mien_track *k = mien_tracker_tracks(t, &n);
    CHECK(n == 2 && k[0].id == 1 && k[1].id == 2);
    mien_box next[] = {{92, 52, 40, 40},
                       {50, 0, 20, 20}}; /* 2, and a new one */
    CHECK(mien_tracker_detected(t, 2, next, NULL, NULL) == MIEN_OK);
    k = mien_tracker_tracks(t, &n);
    CHECK(n == 3 && k[0].missed == 1 && k[1].missed == 0 && k[2].id == 3);
    CHECK(k[1].box.x == 92);
    for (int i = 0; i < 5; i++)
        CHECK(mien_tracker_detected(t, 2, next, NULL, NULL) == MIEN_OK);
    k = mien_tracker_tracks(t, &n);
    CHECK(n == 2 && k[0].id == 2 && k[1].id == 3);
    mien_tracker_vote(t, 3, 1);
    mien_tracker_vote(t, 3, 1);
    mien_tracker_vote(t, 3, NAN);
    mien_tracker_vote(t, 1, 5);
    CHECK_NEAR(k[1].votes, 1.9, 1e-6);
    CHECK(k[0].votes == 0);
    mien_box bad = {0, 0, NAN, 3}, none = {0, 0, 0, 3};
    CHECK_EQ(mien_tracker_detected(t, 1, &bad, NULL, &err), MIEN_EARG);
    CHECK_EQ(mien_tracker_detected(t, 1, &none, NULL, &err), MIEN_EARG);
    for (int i = 0; i < 6; i++)
        CHECK(mien_tracker_detected(t, 0, NULL, NULL, NULL) == MIEN_OK);
    mien_tracker_tracks(t, &n);
    CHECK(n == 0 && mien_tracker_wants_detection(t));
    mien_tracker_free(t);
}

/* Boxes go to the tracks that they overlap most, not to the first. */
static void test_boxes_find_their_tracks(void)
{
    mien_tracker *t = tracker();
    mien_box two[] = {{20, 20, 40, 40}, {40, 20, 40, 40}};
    int n;
    follow(t, still);
    CHECK(mien_tracker_detected(t, 2, two, NULL, NULL) == MIEN_OK);
    mien_box between[] = {{35, 20, 40, 40}}; /* nearer to 2 */
    CHECK(mien_tracker_detected(t, 1, between, NULL, NULL) == MIEN_OK);
    const mien_track *k = mien_tracker_tracks(t, &n);
    CHECK(n == 2 && k[0].missed == 1 && k[1].missed == 0);
    CHECK(k[0].box.x == 20 && k[1].box.x == 35);
    /* One is best for both, but better for 2; 1 takes the other. */
    mien_box both[] = {{30, 20, 40, 40}, {20, 34, 40, 40}};
    CHECK(mien_tracker_detected(t, 2, both, NULL, NULL) == MIEN_OK);
    k = mien_tracker_tracks(t, &n);
    CHECK(n == 2 && k[0].missed == 0 && k[1].missed == 0);
    CHECK(k[0].box.y == 34 && k[1].box.x == 30);
    mien_tracker_free(t);
}

/* One object found twice is one track, the surer box; a missed track that lies
 * in a box just found ends. */
static void test_doubles(void)
{
    mien_tracker *t = tracker();
    int n;
    follow(t, still);
    mien_box nested[] = {{30, 30, 20, 20}, {26, 26, 40, 40}, {90, 30, 40, 40}};
    float score[] = {5, 9, 7};
    CHECK(mien_tracker_detected(t, 3, nested, score, NULL) == MIEN_OK);
    const mien_track *k = mien_tracker_tracks(t, &n);
    CHECK(n == 2 && k[0].box.width == 40 && k[1].box.x == 90);
    mien_box side[] = {{96, 30, 10, 40}}; /* in 2, but overlaps it by 1/4 */
    CHECK(mien_tracker_detected(t, 1, side, NULL, NULL) == MIEN_OK);
    k = mien_tracker_tracks(t, &n);
    CHECK(n == 2 && k[0].id == 1 && k[0].missed == 1 && k[1].id == 3);
    mien_tracker_free(t);
}

static void test_lost_boxes_wait(void)
{
    mien_tracker *t = tracker();
    follow(t, still);
    mien_box box = {50, 40, 40, 40};
    CHECK(mien_tracker_detected(t, 1, &box, NULL, NULL) == MIEN_OK);
    memset(pixels, 100, sizeof pixels); /* somebody stands before it */
    mien_gray g = {W, H, W, &pixels[0][0]};
    CHECK(mien_tracker_follow(t, &g, NULL) == MIEN_OK);
    int n;
    const mien_track *k = mien_tracker_tracks(t, &n);
    CHECK(n == 1 && k->n_points == 0 && k->id == 1);
    CHECK(k->lost[MIEN_LOST_FLAT] + k->lost[MIEN_LOST_BACKWARD] +
              k->lost[MIEN_LOST_OUTSIDE] >
          20);
    CHECK(mien_tracker_wants_detection(t));
    follow(t, still);
    CHECK(mien_tracker_wants_detection(t));
    box.x += 3;
    CHECK(mien_tracker_detected(t, 1, &box, NULL, NULL) == MIEN_OK);
    k = mien_tracker_tracks(t, &n);
    CHECK(n == 1 && k->n_points > 20 && k->id == 1);
    mien_gray part = mien_gray_view(&g, 0, 0, 80, 80);
    CHECK(mien_tracker_follow(t, &part, NULL) == MIEN_OK);
    mien_tracker_tracks(t, &n);
    CHECK(n == 0); /* another size ends all */
    CHECK(mien_tracker_detected(t, 1, &(mien_box){10, 10, 40, 40}, NULL,
                                NULL) == MIEN_OK);
    CHECK_EQ(mien_tracker_tracks(t, &n)->id, 2);
    mien_tracker_free(t);
}

/* After a cut nobody keeps an id, though a box lies at the same place; a dark
 * frame between two of one scene is no cut. */
static void test_a_cut_ends_all(void)
{
    mien_tracker *t = tracker();
    mien_box box = {50, 40, 40, 40};
    int n;
    follow(t, still);
    CHECK(mien_tracker_detected(t, 1, &box, NULL, NULL) == MIEN_OK);
    mien_gray g = frame(still);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            pixels[y][x] = (uint8_t)(255 - pixels[y][x]);
    CHECK(mien_tracker_follow(t, &g, NULL) == MIEN_OK);
    mien_tracker_tracks(t, &n);
    CHECK(n == 0 && mien_tracker_wants_detection(t));
    CHECK(mien_tracker_detected(t, 1, &box, NULL, NULL) == MIEN_OK);
    const mien_track *k = mien_tracker_tracks(t, &n);
    CHECK(n == 1 && k->id == 2);
    /* Another picture, but its points are found: the camera moved. */
    follow(t, still);
    CHECK(mien_tracker_detected(t, 1, &(mien_box){70, 40, 40, 40}, NULL,
                                NULL) == MIEN_OK);
    int64_t id = mien_tracker_tracks(t, &n)[n - 1].id;
    for (int i = 1; i <= 3; i++)
        follow(t, (motion){1, 0, 6. * i, 0});
    k = mien_tracker_tracks(t, &n);
    CHECK(n >= 1 && k[n - 1].id == id && k[n - 1].n_points > 20);
    mien_tracker_free(t);
}

static void test_drift_and_leaving(void)
{
    mien_tracker *t = tracker();
    follow(t, still);
    mien_box box = {60, 40, 30, 30};
    CHECK(mien_tracker_detected(t, 1, &box, NULL, NULL) == MIEN_OK);
    int n, grown = 0;
    for (int i = 1; i <= 60 && mien_tracker_tracks(t, &n)->n_points; i++) {
        double by = pow(1.03, i);
        follow(t, (motion){by, 0, 75 - 75 * by, 55 - 55 * by});
        grown = i;
    }
    const mien_track *k = mien_tracker_tracks(t, &n);
    CHECK(n == 1 && !k->n_points && k->box.width < 61);
    CHECK(grown > 10 && grown <= 24);
    follow(t, still);
    CHECK(mien_tracker_detected(t, 1, &box, NULL, NULL) == MIEN_OK);
    for (int i = 1; i <= 30; i++)
        follow(t, (motion){1, 0, 5. * i, 0});
    k = mien_tracker_tracks(t, &n);
    for (int i = 0; i < n; i++)
        CHECK(k[i].n_points == 0);
    mien_tracker_free(t);
}

/* Boxes beside the picture and no larger than a pixel have no corners. */
static void test_odd_boxes(void)
{
    mien_tracker *t = tracker();
    follow(t, still);
    mien_box odd[] = {{-500, -500, 20, 20},
                      {1e30f, 1e30f, 1e30f, 1e30f},
                      {30, 30, 0.5f, 0.5f},
                      {150, 110, 50, 50}};
    mien_box huge = {-1e30f, -1e30f, 2e30f, 2e30f};
    CHECK(mien_tracker_detected(t, 4, odd, NULL, NULL) == MIEN_OK);
    int n;
    const mien_track *k = mien_tracker_tracks(t, &n);
    CHECK(n == 4 && k[0].n_points == 0 && k[1].n_points == 0 &&
          k[2].n_points == 0);
    CHECK(mien_tracker_detected(t, 1, &huge, NULL, NULL) == MIEN_OK);
    mien_tracker_tracks(t, &n);
    CHECK(n == 2); /* the huge one, and the one it does not reach */
    for (int i = 0; i < 3; i++)
        follow(t, (motion){1, 0, i, i});
    mien_tracker_free(t);
}

static void test_failing_memory(void)
{
    for (long fail = 0; fail < 200; fail++) {
        mien_tracker *t = NULL;
        mien_box box = {50, 40, 40, 40};
        mien_gray g = frame(still);
        mi_alloc_fail_after(fail);
        mien_status st = mien_tracker_new(NULL, &t, NULL);
        if (st == MIEN_OK)
            st = mien_tracker_follow(t, &g, NULL);
        if (st == MIEN_OK)
            st = mien_tracker_detected(t, 1, &box, NULL, NULL);
        int n = 0, held = 0, had = st == MIEN_OK;
        if (had)
            st = mien_tracker_follow(t, &g, NULL);
        mi_alloc_fail_after(-1);
        if (had) {
            held = mien_tracker_tracks(t, &n)->n_points;
            CHECK(n == 1 && held > 20); /* whether it failed or not */
        }
        mien_tracker_free(t);
        if (st == MIEN_OK) {
            CHECK(fail > 10);
            return;
        }
        CHECK_EQ(st, MIEN_ENOMEM);
    }
    CHECK_MSG(0, "still failing after 200 allocations");
}

static void test_same_for_all_threads(void)
{
    mien_track result[2][12];
    for (int threads = 1; threads <= 3; threads += 2) {
        mien_tracker_options o = MIEN_TRACKER_DEFAULTS;
        mien_tracker *t;
        CHECK(mien_pool_new(threads, &o.flow.pool, NULL) == MIEN_OK);
        CHECK(mien_tracker_new(&o, &t, NULL) == MIEN_OK);
        follow(t, still);
        mien_box box = {50, 40, 40, 40};
        CHECK(mien_tracker_detected(t, 1, &box, NULL, NULL) == MIEN_OK);
        for (int i = 0; i < 12; i++) {
            int n;
            follow(t, (motion){1, 0.005 * i, 0.7 * i, 0});
            result[threads > 1][i] = *mien_tracker_tracks(t, &n);
        }
        mien_tracker_free(t);
        mien_pool_free(o.flow.pool);
    }
    CHECK(!memcmp(result[0], result[1], sizeof result[0]));
}

static void test_one_euro(void)
{
    mien_one_euro still_one = MIEN_ONE_EURO, fast = MIEN_ONE_EURO;
    CHECK(mien_one_euro_next(&still_one, 5, 0.04) == 5);
    double noise = 0, rest = 0;
    unsigned seed = 3;
    for (int i = 0; i < 200; i++) {
        double x = (double)(check_rand(&seed) % 1000) / 1000 - 0.5;
        double y = mien_one_euro_next(&still_one, 5 + x, 0.04) - 5;
        noise += x * x;
        rest += y * y;
    }
    CHECK(rest < noise / 4);
    fast.beta = 1;
    double y = 0;
    for (int i = 0; i < 50; i++)
        y = mien_one_euro_next(&fast, 10. * i, 0.04);
    CHECK_NEAR(y, 490, 2);               /* keeps up with what moves */
    mien_one_euro other = MIEN_ONE_EURO; /* one step by hand */
    mien_one_euro_next(&other, 0, 0.1);
    double a = 1 / (1 + 1 / (2 * 3.141592653589793 * 0.1)), dx = a * 10;
    double cut = 1 + 0.007 * dx;
    CHECK_NEAR(mien_one_euro_next(&other, 1, 0.1),
               1 / (1 + 1 / (2 * 3.141592653589793 * cut * 0.1)), 1e-12);
}

int main(void)
{
    test_known_motions();
    test_reasons();
    test_refusals();
    test_corners();
    test_corners_by_definition();
    test_similarity();
    test_a_box_moves_turns_and_grows();
    test_ids_and_misses();
    test_boxes_find_their_tracks();
    test_doubles();
    test_lost_boxes_wait();
    test_a_cut_ends_all();
    test_drift_and_leaving();
    test_odd_boxes();
    test_failing_memory();
    test_same_for_all_threads();
    test_one_euro();
    return check_done();
}
