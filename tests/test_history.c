/* Tracks summed up over a video: stories, smoothing, landmarks, lost points. */
#include "base/alloc.h"
#include "mien/vision_history.h"
#include "tests/check.h"
#include "tests/texture.h"

#include <string.h>

static mien_tracker *tracker(void)
{
    mien_tracker *t = NULL;
    CHECK(mien_tracker_new(NULL, &t, NULL) == MIEN_OK);
    return t;
}

static mien_history *history(int smooth)
{
    mien_history *h = NULL;
    CHECK(mien_history_new(smooth, &h, NULL) == MIEN_OK);
    return h;
}

static void follow(mien_tracker *t, double dx)
{
    mien_gray g = frame((motion){1, 0, dx, 0});
    CHECK(mien_tracker_follow(t, &g, NULL) == MIEN_OK);
}

static void detect(mien_tracker *t, int n, const mien_box *box)
{
    CHECK(mien_tracker_detected(t, n, box, NULL, NULL) == MIEN_OK);
}

static void add(mien_history *h, mien_tracker *t, double seconds)
{
    CHECK(mien_history_add(h, t, seconds, 0.5, NULL) == MIEN_OK);
}

/* Two boxes; the second is seen from the third frame on, the first is lost in
 * the last. */
static void test_stories(void)
{
    static const mien_box one = {20, 20, 40, 40}, two = {90, 60, 40, 40};
    mien_tracker *t = tracker();
    mien_history *h = history(0);
    int n;
    follow(t, 0);
    detect(t, 1, &one);
    add(h, t, 0);
    follow(t, 1);
    add(h, t, 0.5);
    follow(t, 2);
    detect(t, 2, (mien_box[]){{22, 20, 40, 40}, two});
    add(h, t, 1);
    const mien_shown *s = mien_history_shown(h, &n);
    CHECK(n == 2 && s[0].story == 0 && s[1].story == 1);
    CHECK(s[0].track->id == 1 && s[1].track->id == 2);
    CHECK(s[1].box.x == 90 && s[1].box.width == 40 && !s[1].n_landmarks);
    for (int i = 0; i < 6; i++) /* nobody finds the first any more */
        detect(t, 1, &two);
    add(h, t, 1.5);
    s = mien_history_shown(h, &n);
    CHECK(n == 1 && s[0].story == 1);
    const mien_story *all = mien_history_stories(h, &n);
    CHECK(n == 2 && all[0].id == 1 && all[0].frames == 3 &&
          all[0].detections == 2);
    CHECK(all[0].begin == 0 && all[0].end == 1);
    CHECK(all[1].id == 2 && all[1].frames == 2 && all[1].detections == 2);
    CHECK(all[1].begin == 1 && all[1].end == 1.5 && all[1].points > 20);
    mien_history_free(h);
    mien_history_free(NULL);
    mien_tracker_free(t);
}

static void test_many_stories_keep_their_places(void)
{
    mien_tracker *t = tracker();
    mien_history *h = history(1);
    int n;
    for (int i = 0; i < 40; i++) { /* another picture size ends all tracks */
        mien_gray g = frame(still), part;
        part = mien_gray_view(&g, 0, 0, W - i % 2, H);
        CHECK(mien_tracker_follow(t, &part, NULL) == MIEN_OK);
        detect(t, 1, &(mien_box){50, 40, 40, 40});
        add(h, t, i);
    }
    const mien_story *s = mien_history_stories(h, &n);
    CHECK_EQ(n, 40);
    for (int i = 0; i < n; i++)
        CHECK(s[i].id == i + 1 && s[i].begin == i && s[i].frames == 1);
    mien_history_free(h);
    mien_tracker_free(t);
}

/* Centre and size pass one filter each. */
static void test_boxes_are_smoothed(void)
{
    mien_tracker *t = tracker();
    mien_history *plain = history(0), *smooth = history(1);
    mien_one_euro f[4];
    int n, differ = 0;
    for (int i = 0; i < 4; i++)
        f[i] = (mien_one_euro)MIEN_ONE_EURO;
    for (int i = 0; i < 8; i++) {
        follow(t, 2 * i);
        if (i == 0)
            detect(t, 1, &(mien_box){40, 40, 40, 30});
        add(plain, t, 0.5 * i);
        add(smooth, t, 0.5 * i);
        mien_box b = mien_history_shown(plain, &n)->box;
        mien_box got = mien_history_shown(smooth, &n)->box;
        double v[4] = {(double)b.x + (double)b.width / 2,
                       (double)b.y + (double)b.height / 2, (double)b.width,
                       (double)b.height};
        for (int k = 0; k < 4; k++)
            v[k] = mien_one_euro_next(&f[k], v[k], 0.5);
        CHECK(got.x == (float)(v[0] - v[2] / 2));
        CHECK(got.y == (float)(v[1] - v[3] / 2));
        CHECK(got.width == (float)v[2] && got.height == (float)v[3]);
        differ += got.x != b.x;
    }
    CHECK(differ > 4);
    mien_history_free(plain);
    mien_history_free(smooth);
    mien_tracker_free(t);
}

static void test_landmarks_are_smoothed(void)
{
    mien_tracker *t = tracker();
    mien_history *h[2] = {history(0), history(1)};
    mien_one_euro f = MIEN_ONE_EURO;
    mien_point p[MIEN_HISTORY_LANDMARKS];
    int n;
    follow(t, 0);
    detect(t, 1, &(mien_box){40, 40, 40, 30});
    for (int i = 0; i < 6; i++) {
        for (int k = 0; k < MIEN_HISTORY_LANDMARKS; k++)
            p[k] = (mien_point){(float)(i % 3 + k), (float)k};
        double want = mien_one_euro_next(&f, (double)p[67].x, 0.5);
        for (int k = 0; k < 2; k++) {
            add(h[k], t, 0.5 * i);
            CHECK(mien_history_shown(h[k], &n)->n_landmarks == 0);
            CHECK(mien_history_landmarks(h[k], 0, MIEN_HISTORY_LANDMARKS, p,
                                         NULL) == MIEN_OK);
            const mien_shown *s = mien_history_shown(h[k], &n);
            CHECK(s->n_landmarks == MIEN_HISTORY_LANDMARKS);
            CHECK(s->landmarks[67].x == (k ? (float)want : p[67].x));
            CHECK(s->landmarks[67].y == 67);
        }
    }
    mien_history_free(h[0]);
    mien_history_free(h[1]);
    mien_tracker_free(t);
}

static void test_lost_points_are_counted(void)
{
    mien_tracker *t = tracker();
    mien_history *h = history(0);
    int n;
    follow(t, 0);
    detect(t, 1, &(mien_box){50, 40, 40, 40});
    mien_history_count_lost(h, t);
    CHECK_EQ(mien_history_lost(h, MIEN_LOST_NONE), 0);
    memset(pixels, 100, sizeof pixels);
    mien_gray g = {W, H, W, &pixels[0][0]};
    CHECK(mien_tracker_follow(t, &g, NULL) == MIEN_OK);
    int points = 0, lost[8] = {0};
    const mien_track *k = mien_tracker_tracks(t, &n);
    for (int r = 0; r < 8; r++)
        points += r ? lost[r] = k->lost[r] : 0;
    for (int i = 1; i <= 2; i++) {
        mien_history_count_lost(h, t);
        CHECK_EQ(mien_history_lost(h, MIEN_LOST_NONE), i * points);
        CHECK_EQ(mien_history_lost(h, MIEN_LOST_FLAT),
                 i * lost[MIEN_LOST_FLAT]);
    }
    CHECK(points > 20);
    mien_history_free(h);
    mien_tracker_free(t);
}

static void test_hits_are_detections(void)
{
    mien_hit hit[] = {{.x = 10, .y = 12, .w = 30, .h = 32, .neighbors = 7},
                      {.x = 90, .y = 50, .w = 40, .h = 40, .neighbors = 3}};
    mien_hits hits = {2, hit}, none = {0};
    mien_tracker *t = tracker();
    int n;
    follow(t, 0);
    CHECK(mien_tracker_detected_hits(t, &hits, NULL) == MIEN_OK);
    const mien_track *k = mien_tracker_tracks(t, &n);
    CHECK(n == 2 && k[0].box.x == 10 && k[0].box.height == 32);
    CHECK(k[0].score == 7 && k[1].score == 3);
    CHECK(mien_tracker_detected_hits(t, &none, NULL) == MIEN_OK);
    k = mien_tracker_tracks(t, &n);
    CHECK(n == 2 && k[0].missed == 1);
    mien_tracker_free(t);
}

static void test_failing_memory_is_reported(void)
{
    mien_tracker *t = tracker();
    mien_hit hit = {.x = 50, .y = 40, .w = 40, .h = 40};
    mien_point p[2] = {{1, 2}, {3, 4}};
    follow(t, 0);
    detect(t, 1, &(mien_box){50, 40, 40, 40});
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    for (; st == MIEN_ENOMEM && n < 100; n++) {
        mien_history *h = NULL;
        mi_alloc_fail_after(n);
        st = mien_history_new(1, &h, NULL);
        if (!st)
            st = mien_history_add(h, t, 0, 1, NULL);
        if (!st)
            st = mien_history_landmarks(h, 0, 2, p, NULL);
        if (!st)
            st = mien_tracker_detected_hits(t, &(mien_hits){1, &hit}, NULL);
        mi_alloc_fail_after(-1);
        mien_history_free(h);
    }
    CHECK(st == MIEN_OK && n > 6);
    mien_tracker_free(t);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_stories);
    RUN(test_many_stories_keep_their_places);
    RUN(test_boxes_are_smoothed);
    RUN(test_landmarks_are_smoothed);
    RUN(test_lost_points_are_counted);
    RUN(test_hits_are_detections);
    RUN(test_failing_memory_is_reported);
    return check_done();
}
