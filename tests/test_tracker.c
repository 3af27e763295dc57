/* Boxes followed over time, on pictures whose motion is known. */
#include "base/alloc.h"
#include "mien/vision_track.h"
#include "vision/similarity.h"

#include "tests/check.h"
#include "tests/texture.h"

#include <math.h>
#include <string.h>

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

/* A picture that is brighter to the right, with squares by chance. */
static mien_gray shaded(unsigned seed)
{
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            unsigned r = (unsigned)(x / 4) * 73856093u ^
                         (unsigned)(y / 4) * 19349663u ^ seed * 83492791u;
            r = (r ^ r >> 13) * 0x5bd1e995u;
            pixels[y][x] = (uint8_t)((unsigned)(x * 90 / W) + (r >> 25));
        }
    return (mien_gray){W, H, W, &pixels[0][0]};
}

/* Two photos of one kind, as of faces at one place: much the same picture, but
 * no point of one is in the other. */
static void test_a_cut_between_like_pictures(void)
{
    mien_tracker *t = tracker();
    mien_box box = {50, 40, 40, 40};
    int n;
    mien_gray g = shaded(1);
    CHECK(mien_tracker_follow(t, &g, NULL) == MIEN_OK);
    CHECK(mien_tracker_detected(t, 1, &box, NULL, NULL) == MIEN_OK);
    g = shaded(2);
    CHECK(mien_tracker_follow(t, &g, NULL) == MIEN_OK);
    mien_tracker_tracks(t, &n);
    CHECK_EQ(n, 0);
    CHECK(mien_tracker_detected(t, 1, &box, NULL, NULL) == MIEN_OK);
    CHECK_EQ(mien_tracker_tracks(t, &n)->id, 2);
    mien_tracker_free(t);
}

/* Another picture in which most points seem to be found, each elsewhere. */
static void test_a_cut_with_points_found_by_chance(void)
{
    mien_tracker *t = tracker();
    mien_box box = {40, 30, 60, 60};
    int n;
    follow(t, still);
    CHECK(mien_tracker_detected(t, 1, &box, NULL, NULL) == MIEN_OK);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            int block = x / 20 * 7 + y / 20 * 3;
            double dx = 3 * (block % 5 - 2), dy = 3 * (block % 3 - 1);
            double v = texture(x - dx, y - dy); /* around the box inverted */
            int around = x < 30 || x > 110;
            pixels[y][x] = (uint8_t)lrint(around ? 255 - v : v);
        }
    mien_gray g = {W, H, W, &pixels[0][0]};
    CHECK(mien_tracker_follow(t, &g, NULL) == MIEN_OK);
    mien_tracker_tracks(t, &n);
    CHECK_EQ(n, 0);
    mien_tracker_free(t);
}

/* A box half outside: of its points none may leave the picture. */
static void test_points_stay_in_the_picture(void)
{
    mien_tracker *t = tracker();
    mien_box box = {-10, 20, 60, 60};
    follow(t, still);
    CHECK(mien_tracker_detected(t, 1, &box, NULL, NULL) == MIEN_OK);
    for (int i = 1; i <= 40; i++) {
        int n = 0, tracks;
        follow(t, (motion){1, 0, -0.7 * i, -0.3 * i});
        mien_tracker_tracks(t, &tracks);
        const mien_point *p = tracks ? mien_tracker_points(t, 1, &n) : NULL;
        for (int j = 0; j < n; j++)
            CHECK(p[j].x >= 0 && p[j].y >= 0 && p[j].x <= W - 1 &&
                  p[j].y <= H - 1);
    }
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

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_similarity);
    RUN(test_a_box_moves_turns_and_grows);
    RUN(test_ids_and_misses);
    RUN(test_boxes_find_their_tracks);
    RUN(test_doubles);
    RUN(test_lost_boxes_wait);
    RUN(test_a_cut_ends_all);
    RUN(test_a_cut_between_like_pictures);
    RUN(test_a_cut_with_points_found_by_chance);
    RUN(test_points_stay_in_the_picture);
    RUN(test_drift_and_leaving);
    RUN(test_odd_boxes);
    RUN(test_failing_memory);
    RUN(test_same_for_all_threads);
    RUN(test_one_euro);
    return check_done();
}
