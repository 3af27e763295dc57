/* Boxes followed over time, and somebody who compares what they show. */
#include "base/alloc.h"
#include "mien/vision_track.h"

#include "tests/check.h"
#include "tests/texture.h"

#include <math.h>
#include <string.h>

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

enum { PEOPLE = 4 };

/* Who is in each box of now and was in each track, and what was asked. */
typedef struct faces {
    int who[PEOPLE], of_track[PEOPLE + 1];
    int asked[PEOPLE]; /* times, by doubt */
    mien_status fails;
} faces;

static mien_status compare(void *arg, int64_t id, int box, mien_doubt doubt,
                           int *same, mien_error *err)
{
    faces *f = arg;
    (void)err;
    CHECK(*same == 1 && id >= 1 && id <= PEOPLE && box >= 0 && box < PEOPLE);
    f->asked[doubt]++;
    *same = f->who[box] == f->of_track[id];
    return f->fails;
}

/* Detect boxes of people, and remember who has which number. */
static void detect(mien_tracker *t, faces *f, int n, const mien_box *box,
                   int64_t *id)
{
    const mien_detections d = {n, box, NULL, compare, f, id};
    memset(f->asked, 0, sizeof f->asked);
    CHECK(mien_tracker_detected_same(t, &d, NULL) == MIEN_OK);
    for (int i = 0; i < n; i++)
        if (id[i] >= 1 && id[i] <= PEOPLE)
            f->of_track[id[i]] = f->who[i];
}

static void test_a_number_stays_with_a_face(void)
{
    mien_tracker *t = tracker();
    faces f = {.who = {7}};
    mien_box box = {50, 40, 40, 40};
    int64_t id[PEOPLE];
    int n;
    follow(t, still);
    detect(t, &f, 1, &box, id);
    CHECK(id[0] == 1 && f.asked[MIEN_DOUBT_NONE] == 0);
    follow(t, still);
    detect(t, &f, 1, &box, id);
    CHECK(id[0] == 1 && f.asked[MIEN_DOUBT_NONE] == 1);
    memset(pixels, 100, sizeof pixels); /* somebody stands before it */
    mien_gray g = {W, H, W, &pixels[0][0]};
    CHECK(mien_tracker_follow(t, &g, NULL) == MIEN_OK);
    follow(t, still);
    detect(t, &f, 1, &box, id); /* and goes away */
    CHECK(id[0] == 1 && f.asked[MIEN_DOUBT_LOST] == 1);
    f.who[0] = 8; /* another comes to the place */
    detect(t, &f, 1, &box, id);
    const mien_track *k = mien_tracker_tracks(t, &n);
    CHECK(id[0] == 2 && n == 1 && k[0].id == 2);
    mien_box beside = {62, 40, 40, 40}; /* overlaps by half, is not within */
    f.who[0] = 7;
    detect(t, &f, 1, &beside, id);
    k = mien_tracker_tracks(t, &n);
    CHECK(id[0] == 3 && n == 2 && k[0].id == 2);
    CHECK(k[0].n_points == 0 && k[0].missed == 1); /* lost: it was refused */
    mien_tracker_free(t);
}

/* Two who stand side by side change places; a double has no number. */
static void test_two_change_places(void)
{
    mien_tracker *t = tracker();
    faces f = {.who = {7, 8, 8}};
    mien_box two[] = {{30, 40, 40, 40}, {50, 40, 40, 40}, {52, 42, 36, 36}};
    int64_t id[PEOPLE];
    follow(t, still);
    detect(t, &f, 3, two, id);
    CHECK(id[0] == 1 && id[1] == 2 && id[2] == 0);
    f.who[0] = 8;
    f.who[1] = 7;
    detect(t, &f, 2, two, id);
    CHECK(id[0] == 2 && id[1] == 1);
    CHECK(f.asked[MIEN_DOUBT_NEAR] == 4 && f.asked[MIEN_DOUBT_NONE] == 0);
    mien_tracker_free(t);
}

/* The more of a box is hidden, the more points go: no doubt until it is half of
 * them. */
static void test_points_that_go_raise_doubt(void)
{
    mien_doubt last = MIEN_DOUBT_NONE;
    int seen[4] = {0};
    for (int edge = 110; edge > 60; edge--) {
        mien_tracker *t = NULL;
        mien_tracker_options o = MIEN_TRACKER_DEFAULTS;
        o.min_points = 3;
        CHECK(mien_tracker_new(&o, &t, NULL) == MIEN_OK);
        faces f = {.who = {7}};
        mien_box box = {40, 30, 60, 60};
        int64_t id[PEOPLE];
        follow(t, still);
        detect(t, &f, 1, &box, id);
        mien_gray g = frame(still);
        for (int y = 0; y < H; y++)
            memset(pixels[y] + edge, 100, (size_t)(W - edge));
        CHECK(mien_tracker_follow(t, &g, NULL) == MIEN_OK);
        detect(t, &f, 1, &box, id);
        for (int i = 0; i < 4; i++)
            if (f.asked[i]) {
                CHECK(i <= (int)last && f.asked[i] == 1);
                last = (mien_doubt)i;
                seen[i]++;
            }
        mien_tracker_free(t);
    }
    CHECK(seen[MIEN_DOUBT_NONE] && seen[MIEN_DOUBT_POINTS] &&
          !seen[MIEN_DOUBT_NEAR]);
}

/* Whatever fails while faces are compared, the tracks are as they were. */
static void test_comparing_fails(void)
{
    mien_tracker *t = tracker();
    faces f = {.who = {7}};
    mien_box box = {50, 40, 40, 40}, moved = {54, 40, 40, 40};
    int64_t id[PEOPLE];
    const mien_detections d = {1, &moved, NULL, compare, &f, id};
    int n;
    follow(t, still);
    detect(t, &f, 1, &box, id);
    f.fails = MIEN_EIO;
    CHECK_EQ(mien_tracker_detected_same(t, &d, NULL), MIEN_EIO);
    CHECK(mien_tracker_tracks(t, &n)->box.x == 50 && n == 1);
    f.fails = MIEN_OK;
    for (long fail = 0;; fail++) {
        mi_alloc_fail_after(fail);
        mien_status st = mien_tracker_detected_same(t, &d, NULL);
        mi_alloc_fail_after(-1);
        if (st == MIEN_OK) {
            CHECK(fail >= 4);
            break;
        }
        CHECK_EQ(st, MIEN_ENOMEM);
        CHECK(mien_tracker_tracks(t, &n)->box.x == 50 && n == 1);
    }
    CHECK(mien_tracker_tracks(t, &n)->box.x == 54 && n == 1);
    mien_tracker_free(t);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_a_number_stays_with_a_face);
    RUN(test_two_change_places);
    RUN(test_points_that_go_raise_doubt);
    RUN(test_comparing_fails);
    return check_done();
}
