/* Faces are covered: nobody is found again, and nothing else is changed. */
/* Not as WebAssembly: reads files. */
#include "base/alloc.h"
#include "mien/face_redact.h"
#include "mien/kit.h"
#include "mien/record.h"
#include "tests/check.h"

#include <string.h>

static mien_image sample(void)
{
    mien_image im = {0};
    CHECK_EQ(mien_image_load("docs/sample.jpg", NULL, &im, NULL), MIEN_OK);
    return im;
}

static mien_redactor *redactor(const mien_redact_options *o)
{
    mien_redactor *r = NULL;
    CHECK_EQ(mien_redactor_new(o, &r, NULL), MIEN_OK);
    return r;
}

/* How many faces the usual detector finds. */
static int faces_in(const mien_image *im)
{
    mien_analyzer *a = NULL;
    mien_faces f = {0};
    CHECK_EQ(mien_analyzer_find(NULL, NULL, NULL, &a, NULL), MIEN_OK);
    CHECK_EQ(mien_analyzer_run(a, im, &f, NULL), MIEN_OK);
    int n = f.n;
    mien_faces_free(&f);
    mien_analyzer_free(a);
    return n;
}

static int is_in(const mien_redaction *d, int x, int y)
{
    for (int i = 0; i < d->n; i++) {
        mien_box c = d->cover[i].cover;
        if ((float)x >= c.x && (float)x < c.x + c.width && (float)y >= c.y &&
            (float)y < c.y + c.height)
            return 1;
    }
    return 0;
}

/* Pixels that are not as they must be. */
static int wrong_pixels(const mien_image *was, const mien_image *now,
                        const mien_redaction *d, const uint8_t colour[3])
{
    int wrong = 0;
    for (int y = 0; y < now->h; y++)
        for (int x = 0; x < now->w; x++) {
            const uint8_t *p = now->data + y * now->stride + (ptrdiff_t)x * 3;
            const uint8_t *q = was->data + y * was->stride + (ptrdiff_t)x * 3;
            wrong += memcmp(p, is_in(d, x, y) ? colour : q, 3) != 0;
        }
    return wrong;
}

/* The face is hidden with hair and chin, in every colour. */
static void test_faces_are_covered_and_nothing_else(void)
{
    mien_redact_options o = MIEN_REDACT_DEFAULTS;
    o.colour[1] = 200;
    mien_redactor *r = redactor(&o);
    mien_image was = sample(), now = sample();
    mien_redaction d = {0};
    CHECK_EQ((int)mien_redactor_detectors(r), 1 << MIEN_DETECTOR_YUNET);
    CHECK(faces_in(&now) > 0);
    CHECK_EQ(mien_redactor_run(r, &now, &d, NULL), MIEN_OK);
    CHECK(d.n > d.doubts && d.rounds >= 2);
    CHECK_EQ(d.left, 0);
    CHECK_EQ(faces_in(&now), 0);
    CHECK_EQ(wrong_pixels(&was, &now, &d, o.colour), 0);
    mien_box f = d.cover[0].face, c = d.cover[0].cover;
    float side = f.width > f.height ? f.width : f.height;
    CHECK(!d.cover[0].doubt && d.cover[0].score > 0.6f);
    CHECK(c.x <= f.x - 0.25f * side || c.x == 0);
    CHECK(c.y <= f.y - 0.375f * side || c.y == 0);
    CHECK(c.y + c.height >= f.y + f.height + 0.25f * side ||
          c.y + c.height == (float)now.h);
    mien_redaction_free(&d);
    mien_image_free(&was);
    mien_image_free(&now);
    mien_redactor_free(r);
}

/* The photo turned by a quarter: what lies on its side is covered, too. */
static void test_faces_on_their_side_are_covered(void)
{
    mien_redactor *r = redactor(NULL);
    mien_image upright = sample(), turned = {0};
    mien_redaction d = {0}, again = {0};
    CHECK_EQ(mien_image_new(upright.h, upright.w, &turned, NULL), MIEN_OK);
    for (int y = 0; y < turned.h; y++)
        for (int x = 0; x < turned.w; x++)
            memcpy(turned.data + y * turned.stride + (ptrdiff_t)x * 3,
                   upright.data + (upright.h - 1 - x) * upright.stride +
                       (ptrdiff_t)y * 3,
                   3);
    CHECK_EQ(mien_redactor_run(r, &turned, &d, NULL), MIEN_OK);
    CHECK(d.n > d.doubts);
    CHECK_EQ(d.left, 0);
    CHECK_EQ(mien_redactor_run(r, &upright, &again, NULL), MIEN_OK);
    mien_box c = again.cover[0].cover; /* where its middle is, after the turn */
    int x = upright.h - 1 - (int)(c.y + c.height / 2);
    CHECK(is_in(&d, x, (int)(c.x + c.width / 2)));
    mien_redaction_free(&d);
    mien_redaction_free(&again);
    mien_image_free(&upright);
    mien_image_free(&turned);
    mien_redactor_free(r);
}

static void test_a_photo_of_nobody_stays_as_it_is(void)
{
    static const uint8_t none[3];
    mien_redactor *r = redactor(NULL);
    mien_image was = {0}, now = {0};
    mien_redaction d = {0};
    CHECK_EQ(mien_image_new(60, 40, &was, NULL), MIEN_OK);
    CHECK_EQ(mien_image_new(60, 40, &now, NULL), MIEN_OK);
    memset(was.data, 90, (size_t)was.h * (size_t)was.stride);
    memset(now.data, 90, (size_t)now.h * (size_t)now.stride);
    CHECK_EQ(mien_redactor_run(r, &now, &d, NULL), MIEN_OK);
    CHECK(d.n == 0 && d.left == 0 && d.rounds == 1 && d.doubts == 0);
    CHECK_EQ(wrong_pixels(&was, &now, &d, none), 0);
    mien_redaction_free(&d);
    mien_image_free(&was);
    mien_image_free(&now);
    mien_redactor_free(r);
}

static void test_stricter_covers_no_more(void)
{
    mien_redact_options o = MIEN_REDACT_DEFAULTS;
    mien_image loose = sample(), strict = sample();
    mien_redaction many = {0}, few = {0};
    o.strictness = 0.1f;
    mien_redactor *r = redactor(&o);
    CHECK_EQ(mien_redactor_run(r, &loose, &many, NULL), MIEN_OK);
    mien_redactor_free(r);
    o.strictness = 1;
    r = redactor(&o);
    CHECK_EQ(mien_redactor_run(r, &strict, &few, NULL), MIEN_OK);
    mien_redactor_free(r);
    CHECK(few.n > 0 && few.n < many.n && many.doubts > 0);
    CHECK_EQ(few.doubts, 0);
    mien_redaction_free(&many);
    mien_redaction_free(&few);
    mien_image_free(&loose);
    mien_image_free(&strict);
}

static void test_mistakes_are_refused(void)
{
    static const float strictness[] = {0, -1, 1.5f, 0.5f, 0.5f};
    static const double margin[] = {0.2, 0.2, 0.2, -0.1, 2.5};
    for (int i = 0; i < 5; i++) {
        mien_redact_options o = MIEN_REDACT_DEFAULTS;
        mien_redactor *r = NULL;
        mien_error err = {0};
        o.strictness = strictness[i];
        o.margin = margin[i];
        CHECK_EQ(mien_redactor_new(&o, &r, &err), MIEN_EARG);
        CHECK(!r && strstr(err.text, i < 3 ? "strictness" : "margin"));
    }
}

/* ---- faces that stay ----------------------------------------------------- */

/* The photo twice, side by side. */
static mien_image two(void)
{
    mien_image one = sample(), im = {0};
    CHECK_EQ(mien_image_new(2 * one.w, one.h, &im, NULL), MIEN_OK);
    for (int y = 0; y < im.h; y++)
        for (int i = 0; i < 2; i++)
            memcpy(im.data + y * im.stride + (ptrdiff_t)i * one.w * 3,
                   one.data + y * one.stride, (size_t)one.w * 3);
    mien_image_free(&one);
    return im;
}

/* Who stays: faces right of a column. */
typedef struct asked {
    const mien_image *was;
    float column;
    int times, fail;
} asked;

static mien_status is_right(void *arg, const mien_image *photo, mien_box face,
                            int *keep, mien_error *err)
{
    asked *a = arg;
    (void)err;
    a->times++;
    CHECK_EQ(*keep, 0);
    for (int y = 0; y < photo->h; y++)
        CHECK(!memcmp(photo->data + y * photo->stride,
                      a->was->data + y * a->was->stride, (size_t)photo->w * 3));
    *keep = face.x > a->column;
    return a->fail ? MIEN_EIO : MIEN_OK;
}

/* Does a cover of a sure face, which does not stay, have a pixel? */
static int is_surely_covered(const mien_redaction *d, int x, int y)
{
    for (int i = 0; i < d->n; i++) {
        const mien_cover *c = &d->cover[i];
        mien_redaction one = {.n = 1, .cover = &d->cover[i]};
        if (!c->kept && !c->doubt && is_in(&one, x, y))
            return 1;
    }
    return 0;
}

/* Pixels of a box that were changed; those of other sure faces do not count. */
static int differ_in(const mien_image *a, const mien_image *b, mien_box in,
                     const mien_redaction *d)
{
    int n = 0;
    for (int y = (int)in.y; y < (int)(in.y + in.height); y++)
        for (int x = (int)in.x; x < (int)(in.x + in.width); x++)
            n += memcmp(a->data + y * a->stride + (ptrdiff_t)x * 3,
                        b->data + y * b->stride + (ptrdiff_t)x * 3, 3) != 0 &&
                 !(d && is_surely_covered(d, x, y));
    return n;
}

/* Of two the one on the right may stay: not a pixel of her face is changed. */
static void test_a_face_that_may_stays(void)
{
    mien_image was = two(), now = two();
    asked a = {.was = &was, .column = (float)was.w / 2};
    mien_redact_options o = MIEN_REDACT_DEFAULTS;
    mien_redaction d = {0};
    o.keep = is_right;
    o.keep_arg = &a;
    o.strictness = 0.05f; /* much is in doubt, around the faces, too */
    mien_redactor *r = redactor(&o);
    CHECK_EQ(faces_in(&was), 2);
    CHECK_EQ(mien_redactor_run(r, &now, &d, NULL), MIEN_OK);
    CHECK_EQ(d.kept, 1);
    CHECK_EQ(d.left, 0);
    CHECK(a.times >= 2 && a.times <= d.n);
    CHECK_EQ(faces_in(&now), 1);
    for (int i = 0; i < d.n; i++) {
        const mien_cover *c = &d.cover[i];
        CHECK(!c->kept || (c->face.x > a.column && !c->doubt));
        if (c->kept)
            CHECK_EQ(differ_in(&was, &now, c->face, &d), 0);
        else
            CHECK(differ_in(&was, &now, c->cover, NULL) > 0);
    }
    mien_redaction_free(&d);
    mien_image_free(&now);
    mien_redactor_free(r);

    /* All may: what is in doubt and no part of them is covered. */
    now = two();
    a.column = -100;
    r = redactor(&o);
    CHECK_EQ(mien_redactor_run(r, &now, &d, NULL), MIEN_OK);
    CHECK_EQ(faces_in(&now), 2);
    CHECK(d.kept >= 2 && d.kept == d.n - d.doubts && !d.left);
    mien_redaction_free(&d);
    mien_image_free(&now);
    mien_redactor_free(r);
    mien_image_free(&was);
}

static void test_who_cannot_say_who_stays_ends_it(void)
{
    mien_image was = sample(), now = sample();
    asked a = {.was = &was, .fail = 1};
    mien_redact_options o = MIEN_REDACT_DEFAULTS;
    mien_redaction d = {0};
    o.keep = is_right;
    o.keep_arg = &a;
    mien_redactor *r = redactor(&o);
    CHECK_EQ(mien_redactor_run(r, &now, &d, NULL), MIEN_EIO);
    CHECK(!d.n && !d.cover);
    CHECK_EQ(a.times, 1);
    mien_redactor_free(r);
    mien_image_free(&was);
    mien_image_free(&now);
}

static void test_record(void)
{
    mien_cover cover = {{-1.5f, 2, 10, 12}, {0, 0, 12, 20}, 0.4f, 1, 0};
    mien_redaction d = {1, &cover, 1, 0, 2, 0};
    mien_image photo = {.w = 30, .h = 20};
    mien_buffer out = {0};
    mien_record_redaction("a.jpg", &photo, &d, &out);
    mien_buffer_put(&out, "", 1);
    CHECK_MSG(
        !strcmp((char *)out.data,
                "{\"schema\":\"mien/1\",\"file\":\"a.jpg\",\"width\":30,"
                "\"height\":20,\"covered\":[{\"box\":{\"x\":0.0,\"y\":0.0,"
                "\"width\":12.0,\"height\":20.0},\"face\":{\"x\":-1.5,"
                "\"y\":2.0,\"width\":10.0,\"height\":12.0},\"score\":0.4,"
                "\"doubt\":true,\"kept\":false}],\"left\":0}\n"),
        "%s", (char *)out.data);
    mien_buffer_free(&out);
}

/* Some of the allocations of preparing, and the last ones of a run. */
static void test_memory_ends(void)
{
    mien_image photo = sample();
    for (int tries = 0; tries < 40; tries++) {
        mien_redactor *r = NULL;
        mi_alloc_fail_after(tries * 3);
        mien_status st = mien_redactor_new(NULL, &r, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && !r));
        mien_redactor_free(r);
    }
    mien_redactor *r = redactor(NULL);
    mien_status st = MIEN_ENOMEM;
    for (int tries = 0; tries < 40; tries++) {
        mien_redaction d = {0};
        mi_alloc_fail_after(tries);
        st = mien_redactor_run(r, &photo, &d, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && !d.n));
        mien_redaction_free(&d);
    }
    mien_image_free(&photo);
    mien_redactor_free(r);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_faces_are_covered_and_nothing_else);
    RUN(test_faces_on_their_side_are_covered);
    RUN(test_a_photo_of_nobody_stays_as_it_is);
    RUN(test_stricter_covers_no_more);
    RUN(test_mistakes_are_refused);
    RUN(test_a_face_that_may_stays);
    RUN(test_who_cannot_say_who_stays_ends_it);
    RUN(test_record);
    RUN(test_memory_ends);
    return check_done();
}
