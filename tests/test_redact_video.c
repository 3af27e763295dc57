/* Faces in videos are covered, also where no detector finds them. */
/* Not as WebAssembly: reads files. */
#include "base/alloc.h"
#include "mien/face_redact_video.h"
#include "mien/kit.h"
#include "mien/record.h"
#include "tests/check.h"

#include <string.h>

enum { W = 320, H = 240, SIZE = 160 };

/* The photo at a size at which its face is found, for frames to be made of. */
static mien_image face(void)
{
    mien_image im = {0}, small = {0};
    CHECK_EQ(mien_image_load("docs/sample.jpg", NULL, &im, NULL), MIEN_OK);
    CHECK_EQ(mien_image_resize(&im, SIZE, SIZE * im.h / im.w, MIEN_AREA, &small,
                               NULL),
             MIEN_OK);
    mien_image_free(&im);
    return small;
}

/* A frame with the photo at (x, 20), or of grey alone. */
static mien_image frame_of(const mien_image *photo, int x)
{
    mien_image im = {0};
    CHECK_EQ(mien_image_new(W, H, &im, NULL), MIEN_OK);
    memset(im.data, 90, (size_t)im.h * (size_t)im.stride);
    for (int y = 0; photo && y < photo->h && y + 20 < H; y++)
        memcpy(im.data + (y + 20) * im.stride + (ptrdiff_t)x * 3,
               photo->data + y * photo->stride, (size_t)photo->w * 3);
    return im;
}

/* What a video gave: for each frame the reasons of its covers, and the boxes
 * around all of them. */
typedef struct seen {
    int frames, doubts[64], kept[64];
    unsigned by[64];
    mien_box box[64];
} seen;

static void note(const mien_covered_frame *f, seen *s)
{
    int i = s->frames++;
    CHECK_EQ((int)f->number, i);
    CHECK_EQ(f->left, 0);
    s->doubts[i] = f->doubts;
    s->kept[i] = f->kept;
    for (int k = 0; k < f->n; k++) {
        mien_box c = f->cover[k].cover;
        if (f->cover[k].kept)
            continue;
        s->by[i] |= 1u << f->cover[k].by;
        s->box[i] = c;
        for (int y = 0; y < (int)c.height; y++)
            for (int x = 0; x < (int)c.width; x++) {
                const uint8_t *p = f->image->data +
                                   ((int)c.y + y) * f->image->stride +
                                   ((ptrdiff_t)c.x + x) * 3;
                if (p[0] || p[1] || p[2])
                    s->doubts[i] = -1; /* not covered */
            }
    }
}

/* A mien_redact_keep: the next answer. */
static mien_status answer(void *arg, const mien_image *photo, mien_box face,
                          int *keep, mien_error *err)
{
    const char **answers = arg;
    (void)photo;
    (void)face;
    (void)err;
    CHECK(**answers);
    *keep = *(*answers)++ == 'y';
    return MIEN_OK;
}

static mien_status take(mien_video_redactor *v, int end, seen *s)
{
    mien_covered_frame f;
    int more = 1;
    mien_status st = MIEN_OK;
    while (!st && more) {
        st = mien_video_redactor_next(v, end, &f, &more, NULL);
        if (!st && more)
            note(&f, s);
    }
    return st;
}

/* Frames with the photo moving 2 pixels each; "x" shows it, "." does not.
 *
 *   answers  to the question whether it may stay: "y", "n"; NULL: not asked */
static seen run_asking(const char *shown, int window, const char **answers)
{
    mien_video_redact_options o = MIEN_VIDEO_REDACT_DEFAULTS;
    o.how.keep = *answers ? answer : NULL;
    o.how.keep_arg = answers;
    mien_video_redactor *v = NULL;
    mien_image photo = face();
    seen s = {0};
    o.window = window;
    CHECK_EQ(mien_video_redactor_new(&o, &v, NULL), MIEN_OK);
    for (int i = 0; shown[i]; i++) {
        mien_image f = frame_of(shown[i] == 'x' ? &photo : NULL, 10 + 2 * i);
        CHECK_EQ(mien_video_redactor_add(v, &f, i / 25.0, NULL), MIEN_OK);
        CHECK_EQ(take(v, 0, &s), MIEN_OK);
        CHECK(s.frames <= i + 1 && i + 1 - s.frames < window);
        mien_image_free(&f);
    }
    CHECK_EQ(take(v, 1, &s), MIEN_OK);
    mien_video_redaction d = mien_video_redactor_sum(v);
    CHECK_EQ((int)d.frames, (int)strlen(shown));
    CHECK_EQ((int)d.left, 0);
    CHECK_EQ(d.window, window);
    mien_video_redactor_free(v);
    mien_image_free(&photo);
    return s;
}

static seen run(const char *shown, int window)
{
    const char *none = NULL;
    return run_asking(shown, window, &none);
}

static void test_every_frame_is_covered_and_comes_back_in_order(void)
{
    seen s = run("xxxxxx", 3);
    CHECK_EQ(s.frames, 6);
    for (int i = 0; i < s.frames; i++) {
        CHECK(s.by[i] & 1u << MIEN_COVERED_FOUND);
        CHECK(s.doubts[i] >= 0);
        CHECK(!i || s.box[i].x + s.box[i].width >=
                        s.box[i - 1].x + s.box[i - 1].width);
    }
}

/* Two frames without the face, between others: covered where it must be. */
static void test_frames_between_two_finds_are_covered(void)
{
    seen s = run("xxx..xxx", 10);
    for (int i = 3; i < 5; i++) {
        CHECK(s.by[i] & 1u << MIEN_COVERED_BETWEEN);
        CHECK(s.doubts[i] > 0);
    }
    CHECK(!(s.by[2] & 1u << MIEN_COVERED_BETWEEN));
    CHECK(!(s.by[5] & 1u << MIEN_COVERED_BETWEEN));
}

/* A window of one frame knows nothing of what comes. */
static void test_a_window_of_one_covers_what_was(void)
{
    seen s = run("x.x", 1);
    CHECK_EQ(s.frames, 3);
    CHECK(s.by[0] & 1u << MIEN_COVERED_FOUND);
    CHECK(!(s.by[1] & 1u << MIEN_COVERED_BETWEEN));
}

static void test_nobody_is_covered_in_grey(void)
{
    seen s = run("....", 2);
    for (int i = 0; i < s.frames; i++)
        CHECK(!s.by[i] && !s.doubts[i]);
}

/* A face is turned away (its eyes are hidden) until frame 4, while the rest of
 * the photo can be followed: it is covered from the first frame on. */
static void test_a_face_is_covered_before_it_is_found(void)
{
    mien_video_redactor *v = NULL;
    mien_image photo = face(), hidden = face();
    seen s = {0};
    mien_redaction d = {0};
    mien_redactor *r = NULL;
    CHECK_EQ(mien_redactor_new(NULL, &r, NULL), MIEN_OK);
    mien_image whole = frame_of(&photo, 10);
    CHECK_EQ(mien_redactor_run(r, &whole, &d, NULL), MIEN_OK);
    CHECK(d.n > 0);
    mien_box b = d.cover[0].face;
    int x0 = (int)b.x - 10, y0 = (int)b.y - 20;
    for (int y = y0; y < y0 + (int)b.height / 2; y++)
        for (int x = x0; x < x0 + (int)b.width; x++)
            hidden.data[y * hidden.stride + x * 3] ^= (x ^ y) & 8 ? 255 : 0;
    CHECK_EQ(mien_video_redactor_new(NULL, &v, NULL), MIEN_OK);
    for (int i = 0; i < 8; i++) {
        mien_image f = frame_of(i < 4 ? &hidden : &photo, 10 + i);
        CHECK_EQ(mien_video_redactor_add(v, &f, i / 25.0, NULL), MIEN_OK);
        mien_image_free(&f);
    }
    CHECK_EQ(take(v, 1, &s), MIEN_OK);
    for (int i = 0; i < 4; i++)
        CHECK_MSG(s.by[i] && s.doubts[i] >= 0, "frame %d: %x", i, s.by[i]);
    mien_redaction_free(&d);
    mien_redactor_free(r);
    mien_video_redactor_free(v);
    mien_image_free(&whole);
    mien_image_free(&photo);
    mien_image_free(&hidden);
}

/* Asked of frames 0, 5 and 10: between two that say yes the face stays, too,
 * and nowhere else. */
static void test_a_face_that_may_stays_between_two_answers(void)
{
    static const struct {
        const char *answers, *kept;
    } of[] = {{"yyn", "yyyyyy......"},
              {"yny", "y.........y."},
              {"nyy", ".....yyyyyy."},
              {"nnn", "............"}};
    for (size_t i = 0; i < sizeof of / sizeof *of; i += (size_t)check_every()) {
        const char *answers = of[i].answers;
        seen s = run_asking("xxxxxxxxxxxx", 10, &answers);
        CHECK_EQ(*answers, 0);
        for (int k = 0; k < s.frames; k++) {
            int kept = of[i].kept[k] == 'y';
            int covered = (s.by[k] >> MIEN_COVERED_FOUND) & 1;
            CHECK_MSG(s.kept[k] == kept && s.doubts[k] >= 0 && covered != kept,
                      "%s, frame %d: kept %d, by %x", of[i].answers, k,
                      s.kept[k], s.by[k]);
        }
    }
    /* With a window of one each frame is asked of. */
    const char *each = "yny";
    seen s = run_asking("xxx", 1, &each);
    CHECK(s.kept[0] == 1 && s.kept[1] == 0 && s.kept[2] == 1);
}

static void test_mistakes_are_refused(void)
{
    static const int window[] = {-1, MIEN_REDACT_WINDOW_MAX + 1};
    for (int i = 0; i < 2; i++) {
        mien_video_redact_options o = MIEN_VIDEO_REDACT_DEFAULTS;
        mien_video_redactor *v = NULL;
        mien_error err = {0};
        o.window = window[i];
        CHECK_EQ(mien_video_redactor_new(&o, &v, &err), MIEN_EARG);
        CHECK(!v && strstr(err.text, "window"));
    }
    mien_video_redact_options o = MIEN_VIDEO_REDACT_DEFAULTS;
    mien_video_redactor *v = NULL;
    mien_error err = {0};
    o.window = 1;
    mien_image f = frame_of(NULL, 0);
    CHECK_EQ(mien_video_redactor_new(&o, &v, NULL), MIEN_OK);
    CHECK_EQ(mien_video_redactor_add(v, &f, 0, NULL), MIEN_OK);
    CHECK_EQ(mien_video_redactor_add(v, &f, 0, &err), MIEN_EARG);
    CHECK(strstr(err.text, "wait"));
    mien_image_free(&f);
    mien_video_redactor_free(v);
}

static void test_records(void)
{
    mien_video_cover c = {3, {-1, 2, 10, 12},      {0, 0, 12, 20},
                          0, MIEN_COVERED_BETWEEN, 0};
    mien_covered_frame f = {
        .number = 7, .seconds = 0.28, .n = 1, .cover = &c, .doubts = 1};
    mien_video_redaction d = {9, 8, 3, 2, 1, 0, 30};
    mien_buffer out = {0};
    mien_record_covered_frame(&f, &out);
    mien_record_video_redaction("a.mp4", &d, &out);
    mien_buffer_put(&out, "", 1);
    CHECK_MSG(
        !strcmp(
            (char *)out.data,
            "{\"schema\":\"mien/1\",\"frame\":7,\"seconds\":0.28,"
            "\"covered\":[{\"track\":3,\"box\":{\"x\":0.0,\"y\":0.0,"
            "\"width\":12.0,\"height\":20.0},\"face\":{\"x\":-1.0,"
            "\"y\":2.0,\"width\":10.0,\"height\":12.0},\"score\":0.0,"
            "\"by\":\"between\",\"kept\":false}],\"doubt\":true,\"left\":0}\n"
            "{\"schema\":\"mien/1\",\"file\":\"a.mp4\",\"frames\":9,"
            "\"covered\":8,\"kept\":3,\"doubts\":2,\"missed\":1,\"left\":0,"
            "\"window\":30}\n"),
        "%s", (char *)out.data);
    CHECK(!strcmp(mien_covered_text(MIEN_COVERED_LOST), "lost"));
    CHECK(!strcmp(mien_covered_text((mien_covered)99), "unknown"));
    mien_buffer_free(&out);
}

/* Add three frames, the n-th allocation failing, and go on. */
static mien_status add_three(const mien_image *photo, int n)
{
    mien_video_redactor *v = NULL;
    mien_video_redact_options o = MIEN_VIDEO_REDACT_DEFAULTS;
    seen s = {0};
    o.window = 2;
    mien_status st = mien_video_redactor_new(&o, &v, NULL);
    CHECK_EQ(st, MIEN_OK);
    mi_alloc_fail_after(n);
    for (int i = 0; i < 3 && !st; i++) {
        st = mien_video_redactor_add(v, photo, i, NULL);
        if (!st)
            st = take(v, 0, &s);
    }
    mi_alloc_fail_after(-1);
    if (st) {
        CHECK_EQ(st, MIEN_ENOMEM);
        CHECK_EQ(mien_video_redactor_add(v, photo, 9, NULL), MIEN_EARG);
        CHECK_EQ(take(v, 1, &s), MIEN_EARG);
    }
    mien_video_redactor_free(v);
    return st;
}

static void test_memory_ends(void)
{
    for (int tries = 0; tries < 30; tries++) {
        mien_video_redactor *v = NULL;
        mi_alloc_fail_after(tries);
        mien_status st = mien_video_redactor_new(NULL, &v, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && !v));
        mien_video_redactor_free(v);
    }
    mien_image photo = face();
    mien_image f = frame_of(&photo, 10);
    for (int tries = 0; tries < 120; tries += 3 * check_every())
        (void)!add_three(&f, tries);
    CHECK_EQ(add_three(&f, 1 << 30), MIEN_OK);
    mien_image_free(&f);
    mien_image_free(&photo);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_every_frame_is_covered_and_comes_back_in_order);
    RUN(test_frames_between_two_finds_are_covered);
    RUN(test_a_window_of_one_covers_what_was);
    RUN(test_nobody_is_covered_in_grey);
    RUN(test_a_face_is_covered_before_it_is_found);
    RUN(test_a_face_that_may_stays_between_two_answers);
    RUN(test_mistakes_are_refused);
    RUN(test_records);
    RUN(test_memory_ends);
    return check_done();
}
