/* Faces of a video compared by networks whose answers are known: the descriptor
 * says how red, green and blue a face is. */
#include "face_make.h"
#include "mien/face_track.h"

#include <math.h>
#include <stdio.h>

enum { SIDE = 200 };

/* The networks' files, landmarks first; [2]: what is asked for, counted. */
typedef struct shelf {
    mien_bytes file[2];
    int asked;
} shelf;

static shelf made_shelf(void)
{
    float grid[136];
    shelf s = {.asked = 0};
    for (int i = 0; i < 68; i++) {
        grid[2 * i] = 0.2f + 0.6f * (float)(i % 8) / 7;
        grid[2 * i + 1] = 0.1f + 0.8f * (float)i / 67;
    }
    const make_output points = {"landmarks", {2, {1, 136}}, grid, 0};
    const make_output numbers = {"descriptor", {2, {1, 128}}, NULL, 0.1f};
    mien_graph *g[] = {make_network(make_input(112), &points, 1),
                       make_network(make_input(150), &numbers, 1)};
    for (int i = 0; i < 2; i++) {
        CHECK(mien_onnx_write(g[i], &s.file[i], NULL) == MIEN_OK);
        mien_graph_free(g[i]);
    }
    return s;
}

static void empty(shelf *s)
{
    mien_bytes_free(&s->file[0]);
    mien_bytes_free(&s->file[1]);
}

static mien_status look_up(void *arg, const mien_model_entry *entry,
                           mien_model_file *out, mien_error *err)
{
    shelf *s = arg;
    const mien_bytes *b = &s->file[!strcmp(entry->name, "face_recognition")];
    s->asked++;
    if (!b->n) {
        if (err)
            snprintf(err->text, sizeof err->text, "%s is away", entry->name);
        return MIEN_EIO;
    }
    out->bytes.data = mi_alloc(b->n, 1);
    if (!out->bytes.data)
        return MIEN_ENOMEM;
    out->bytes.n = b->n;
    memcpy(out->bytes.data, b->data, b->n);
    return MIEN_OK;
}

/* A frame of noise between 0 and 60 above a colour; `seed` says which scene. */
static mien_image scene(unsigned seed, mien_colour c)
{
    mien_image im = make_photo(SIDE, SIDE, seed);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            uint8_t *p = im.data + y * im.stride + (ptrdiff_t)3 * x;
            p[0] = (uint8_t)(p[0] / 4 + c.r);
            p[1] = (uint8_t)(p[1] / 4 + c.g);
            p[2] = (uint8_t)(p[2] / 4 + c.b);
        }
    return im;
}

static const mien_colour red = {180, 40, 40}, blue = {40, 40, 180};

/* A tracker with a memory, and the face that is found in each frame. */
typedef struct video {
    shelf s;
    mien_tracker *tracker;
    mien_face_memory *memory;
    mien_face face;
} video;

static void begin(video *v, float threshold)
{
    const mien_face_memory_options o = {threshold, NULL, NULL};
    *v = (video){.s = made_shelf()};
    v->face = (mien_face){.box = {30, 30, 50, 50}, .score = 0.9f};
    CHECK(mien_tracker_new(NULL, &v->tracker, NULL) == MIEN_OK);
    CHECK(mien_face_memory_new(&o, look_up, &v->s, &v->memory, NULL) ==
          MIEN_OK);
}

static void end(video *v)
{
    mien_tracker_free(v->tracker);
    mien_face_memory_free(v->memory);
    empty(&v->s);
}

/* Follow into a frame and find the face in it. */
static mien_status show(video *v, unsigned seed, mien_colour c, mien_error *err)
{
    mien_gray g = {0};
    mien_image im = scene(seed, c);
    const mien_faces faces = {.n = 1, .face = &v->face};
    mien_status st = mien_gray_from(&im, &g, err);
    if (st == MIEN_OK)
        st = mien_tracker_follow(v->tracker, &g, err);
    if (st == MIEN_OK)
        st = mien_face_memory_detected(v->memory, v->tracker, &im, &faces, err);
    mien_gray_free(&g);
    mien_image_free(&im);
    return st;
}

/* The number of the last track; its points, if wanted. */
static int64_t number(const video *v)
{
    int n;
    const mien_track *t = mien_tracker_tracks(v->tracker, &n);
    return n ? t[n - 1].id : 0;
}

/* A scene stays, but its faces turn from red to blue: nothing that a track of
 * grey corners sees. */
static void test_a_face_is_asked_now_and_then(void)
{
    video v;
    begin(&v, 0);
    int64_t refused;
    for (int i = 0; i < 7; i++)
        CHECK(show(&v, 1, red, NULL) == MIEN_OK && number(&v) == 1);
    CHECK_EQ(mien_face_memory_compared(v.memory, &refused), 1);
    CHECK(refused == 0 && v.s.asked == 2);
    int until = 0;
    while (until < 20 && number(&v) == 1) {
        CHECK(show(&v, 1, blue, NULL) == MIEN_OK);
        until++;
    }
    CHECK_MSG(number(&v) == 2 && until <= 6, "after %d", until);
    CHECK(mien_face_memory_compared(v.memory, &refused) >= 2 && refused == 1);
    for (int i = 0; i < 12; i++)
        CHECK(show(&v, 1, blue, NULL) == MIEN_OK && number(&v) == 2);
    end(&v);
}

/* Hidden and found again: the same face has its number, another has its own. */
static void hide_and_show(mien_colour c, int64_t want)
{
    video v;
    begin(&v, 0);
    CHECK(show(&v, 1, red, NULL) == MIEN_OK && number(&v) == 1);
    CHECK_EQ(v.s.asked, 0); /* no network before there is a question */
    mien_image im = scene(1, red);
    mien_gray g = {0};
    for (int y = 20; y < 90; y++) /* somebody in red stands before it */
        for (int x = 20; x < 90; x++) {
            uint8_t *p = im.data + y * im.stride + (ptrdiff_t)3 * x;
            p[0] = 211;
            p[1] = p[2] = 71;
        }
    CHECK(mien_gray_from(&im, &g, NULL) == MIEN_OK);
    CHECK(mien_tracker_follow(v.tracker, &g, NULL) == MIEN_OK);
    int n;
    CHECK(mien_tracker_tracks(v.tracker, &n)->n_points == 0 && n == 1);
    mien_gray_free(&g);
    mien_image_free(&im);
    CHECK(show(&v, 1, c, NULL) == MIEN_OK);
    CHECK_EQ(number(&v), want);
    CHECK_EQ(mien_face_memory_compared(v.memory, NULL), 1);
    CHECK_EQ(v.s.asked, 2);
    end(&v);
}

static void test_a_lost_face(void)
{
    hide_and_show(red, 1);
    hide_and_show(blue, 2);
}

/* A wide threshold lets the other keep the number; a box that cannot be
 * described is judged by its place. */
static void test_threshold_and_places(void)
{
    video v;
    begin(&v, 1e9f);
    for (int i = 0; i < 20; i++)
        CHECK(show(&v, 1, i < 8 ? red : blue, NULL) == MIEN_OK &&
              number(&v) == 1);
    CHECK(mien_face_memory_compared(v.memory, NULL) > 2);
    end(&v);
    begin(&v, 0);
    v.face.box = (mien_box){-400, -400, 30, 30};
    for (int i = 0; i < 12; i++)
        CHECK(show(&v, 1, i < 6 ? red : blue, NULL) == MIEN_OK);
    CHECK(number(&v) == 1);
    CHECK_EQ(mien_face_memory_compared(v.memory, NULL), 0);
    end(&v);
    mien_face_memory *m = NULL;
    mien_error err = {0};
    const mien_face_memory_options bad[] = {{-1, NULL, NULL},
                                            {NAN, NULL, NULL}};
    for (int i = 0; i < 2; i++)
        CHECK_EQ(mien_face_memory_new(&bad[i], look_up, NULL, &m, &err),
                 MIEN_EARG);
    CHECK(!m && mien_face_memory_compared(NULL, NULL) == 0);
    mien_face_memory_free(NULL);
}

/* Without a memory the place decides. */
static void test_no_memory_of_faces(void)
{
    video v;
    begin(&v, 0);
    mien_face_memory_free(v.memory);
    v.memory = NULL;
    for (int i = 0; i < 20; i++)
        CHECK(show(&v, 1, i < 8 ? red : blue, NULL) == MIEN_OK &&
              number(&v) == 1);
    CHECK_EQ(v.s.asked, 0);
    end(&v);
}

static void test_a_network_that_is_away(void)
{
    video v;
    begin(&v, 0);
    mien_error err = {0};
    mien_status st = MIEN_OK;
    mien_bytes_free(&v.s.file[1]);
    v.s.file[1].n = 0;
    for (int i = 0; i < 7 && st == MIEN_OK; i++)
        st = show(&v, 1, red, &err);
    CHECK(st == MIEN_EIO && strstr(err.text, "face_recognition is away"));
    CHECK_EQ(number(&v), 1);
    end(&v);
}

/* Every allocation that can fail does; the number stays what it was. */
static void test_failing_memory(void)
{
    video v;
    begin(&v, 0);
    mien_image im = scene(1, red);
    mien_gray g = {0};
    const mien_faces faces = {.n = 1, .face = &v.face};
    CHECK(mien_gray_from(&im, &g, NULL) == MIEN_OK);
    CHECK(mien_tracker_follow(v.tracker, &g, NULL) == MIEN_OK);
    int done = 0;
    for (long fail = 0; fail < 4000 && done < 7; fail++) {
        mi_alloc_fail_after(fail);
        mien_status st =
            mien_face_memory_detected(v.memory, v.tracker, &im, &faces, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || st == MIEN_ENOMEM);
        CHECK(number(&v) <= 1);
        if (st == MIEN_OK) {
            done++;
            fail = -1;
        }
    }
    CHECK(done == 7 && mien_face_memory_compared(v.memory, NULL) >= 1);
    mien_gray_free(&g);
    mien_image_free(&im);
    end(&v);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_a_face_is_asked_now_and_then);
    RUN(test_a_lost_face);
    RUN(test_threshold_and_places);
    RUN(test_no_memory_of_faces);
    RUN(test_a_network_that_is_away);
    RUN(test_failing_memory);
    return check_done();
}
