/* reading.c: wishes and readings as bytes.
 *
 *   reading   w h n | decode, 5 times | warning | remark | taken | n faces
 *   text      length, bytes
 *   face      has, points, landmarks, rotation, describer | numbers | of what
 *             it has: landmarks, aligned box; descriptor; expression; age;
 *             gender */
#include "sandbox/reading.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/day.h"

#include <math.h>
#include <string.h>

enum {
    FIVE = 5,
    ALL_LANDMARKS = 68,
    MAX_SIDE = 65535, /* of a JPEG that is made smaller as it is read */
    ALL_WANTED = MIEN_FACE_LANDMARKS | MIEN_FACE_DESCRIPTOR |
                 MIEN_FACE_EXPRESSION | MIEN_FACE_AGE | MIEN_FACE_GENDER
};

/* ---- wishes -------------------------------------------------------------- */

void mi_wish_write(mien_buffer *out, const mien_serve_wish *wish)
{
    mi_buffer_u32le(out, wish->want);
    mi_buffer_f32le(out, wish->min_score);
    mi_buffer_u32le(out, (uint32_t)wish->limit);
}

mien_status mi_wish_read(mi_cursor *c, mien_serve_wish *out, mien_error *err)
{
    mien_serve_wish w;
    w.want = mi_cursor_u32le(c);
    w.min_score = mi_cursor_f32le(c);
    w.limit = (int)mi_cursor_u32le(c);
    if (c->bad || w.want & ~(unsigned)ALL_WANTED || !(w.min_score >= 0) ||
        !(w.min_score <= 1) || w.limit < 0)
        return mi_fail(err, MIEN_EFORMAT, "wish: out of range");
    *out = w;
    return MIEN_OK;
}

/* ---- writing ------------------------------------------------------------- */

static void put_floats(mien_buffer *out, const float *x, int n)
{
    for (int i = 0; i < n; i++)
        mi_buffer_f32le(out, x[i]);
}

static void put_points(mien_buffer *out, const mien_point *p, int n)
{
    for (int i = 0; i < n; i++) {
        mi_buffer_f32le(out, p[i].x);
        mi_buffer_f32le(out, p[i].y);
    }
}

static void put_box(mien_buffer *out, mien_box b)
{
    const float x[4] = {b.x, b.y, b.width, b.height};
    put_floats(out, x, 4);
}

static void put_text(mien_buffer *out, const char *text)
{
    size_t n = strlen(text);
    mi_buffer_u32le(out, (uint32_t)n);
    mien_buffer_put(out, text, n);
}

/* As take_face reads it. */
static void put_face(mien_buffer *out, const mien_face *f)
{
    mi_buffer_u32le(out, f->has);
    mi_buffer_u32le(out, (uint32_t)f->n_keypoints);
    mi_buffer_u32le(out, (uint32_t)f->n_landmarks);
    mi_buffer_u32le(out, (uint32_t)f->rotation);
    mi_buffer_u32le(out, f->describer);
    put_box(out, f->box);
    mi_buffer_f32le(out, f->score);
    put_points(out, f->keypoints, f->n_keypoints);
    put_points(out, f->landmarks, f->n_landmarks);
    put_box(out, f->aligned);
    if (f->has & MIEN_FACE_DESCRIPTOR)
        put_floats(out, f->descriptor, mien_describer_numbers(f->describer));
    if (f->has & MIEN_FACE_EXPRESSION)
        put_floats(out, f->expression, 7);
    if (f->has & MIEN_FACE_AGE)
        mi_buffer_f32le(out, f->age);
    if (f->has & MIEN_FACE_GENDER)
        mi_buffer_f32le(out, f->male);
}

mien_status mi_reading_write(mien_buffer *out, const mien_reading *r,
                             mien_error *err)
{
    const mien_face_times *t = &r->times;
    const double seconds[] = {r->decode,     t->detect,     t->landmarks,
                              t->descriptor, t->attributes, t->own};
    if (r->faces.n > MI_READING_MOST_FACES)
        return mi_fail(err, MIEN_ELIMIT,
                       "%d faces in a photo, wanted are %d or fewer",
                       r->faces.n, MI_READING_MOST_FACES);
    mi_buffer_u32le(out, (uint32_t)r->w);
    mi_buffer_u32le(out, (uint32_t)r->h);
    mi_buffer_u32le(out, (uint32_t)r->faces.n);
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++)
        mi_buffer_f64le(out, seconds[i]);
    put_text(out, r->warning);
    put_text(out, r->remark);
    put_text(out, r->taken);
    for (int i = 0; i < r->faces.n; i++)
        put_face(out, &r->faces.face[i]);
    return MIEN_OK;
}

/* ---- reading ------------------------------------------------------------- */

/* A whole number of at most `most`. */
static int take_int(mi_cursor *c, uint32_t most)
{
    uint32_t v = mi_cursor_u32le(c);
    if (v > most)
        c->bad = 1;
    return c->bad ? 0 : (int)v;
}

static double take_seconds(mi_cursor *c)
{
    double v = mi_cursor_f64le(c);
    if (!(v >= 0 && v < 1e9))
        c->bad = 1;
    return c->bad ? 0 : v;
}

static float take_float(mi_cursor *c, float least, float most)
{
    float v = mi_cursor_f32le(c);
    if (!(v >= least && v <= most))
        c->bad = 1;
    return c->bad ? 0 : v;
}

static void take_floats(mi_cursor *c, float *x, int n, float least, float most)
{
    for (int i = 0; i < n && !c->bad; i++)
        x[i] = take_float(c, least, most);
}

/* Far beyond any photo; what is computed of it stays finite. */
static const float FAR = 1e9F;

static void take_points(mi_cursor *c, mien_point *p, int n)
{
    for (int i = 0; i < n && !c->bad; i++) {
        p[i].x = take_float(c, -FAR, FAR);
        p[i].y = take_float(c, -FAR, FAR);
    }
}

static mien_box take_box(mi_cursor *c)
{
    mien_box b;
    b.x = take_float(c, -FAR, FAR);
    b.y = take_float(c, -FAR, FAR);
    b.width = take_float(c, 0, FAR);
    b.height = take_float(c, 0, FAR);
    return b;
}

/* A line of plain text. */
static void take_text(mi_cursor *c, char text[MIEN_WARNING_MAX])
{
    uint32_t n = mi_cursor_u32le(c);
    mi_cursor in = mi_cursor_take(c, n);
    if (c->bad || n >= MIEN_WARNING_MAX) {
        c->bad = 1;
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        unsigned byte = mi_cursor_u8(&in);
        if (byte < ' ' || byte >= 127)
            c->bad = 1;
        text[i] = (char)byte;
    }
    text[n] = 0;
}

/* A day of the calendar, or none. */
static void take_day(mi_cursor *c, char day[11])
{
    char text[MIEN_WARNING_MAX] = "";
    take_text(c, text);
    if (*text && !mien_is_day(text))
        c->bad = 1;
    else
        memcpy(day, text, 11);
}

/* What is told besides where a face is. */
static void take_rest(mi_cursor *c, mien_face *f)
{
    if (f->has & MIEN_FACE_DESCRIPTOR)
        take_floats(c, f->descriptor, mien_describer_numbers(f->describer),
                    -FAR, FAR);
    if (f->has & MIEN_FACE_EXPRESSION)
        take_floats(c, f->expression, 7, 0, 1);
    if (f->has & MIEN_FACE_AGE)
        f->age = take_float(c, -1000, 1000);
    if (f->has & MIEN_FACE_GENDER)
        f->male = take_float(c, 0, 1);
}

/* What may be told: landmarks come with what is read from them, and age and
 * gender of one network. */
static unsigned allowed(const mien_serve_wish *wish)
{
    const unsigned both = MIEN_FACE_AGE | MIEN_FACE_GENDER;
    return wish->want | (wish->want ? MIEN_FACE_LANDMARKS : 0) |
           (wish->want & both ? both : 0);
}

/* A face, within what was wished. */
static void take_face(mi_cursor *c, const mien_serve_wish *wish, mien_face *f)
{
    f->has = mi_cursor_u32le(c);
    f->n_keypoints = take_int(c, FIVE);
    f->n_landmarks = take_int(c, ALL_LANDMARKS);
    f->rotation = take_int(c, 270);
    f->describer = (mien_describer)take_int(c, MIEN_DESCRIBER_MOBILEFACENET);
    if (f->has & ~allowed(wish) || (f->n_keypoints && f->n_keypoints != FIVE) ||
        (f->n_landmarks && f->n_landmarks != ALL_LANDMARKS) || f->rotation % 90)
        c->bad = 1;
    f->box = take_box(c);
    f->score = take_float(c, wish->min_score, 1);
    take_points(c, f->keypoints, f->n_keypoints);
    take_points(c, f->landmarks, f->n_landmarks);
    f->aligned = take_box(c);
    if (!c->bad)
        take_rest(c, f);
}

/* What comes before the faces. */
static void take_head(mi_cursor *c, const mien_serve_wish *wish,
                      mien_reading *r)
{
    double *const seconds[] = {&r->decode,           &r->times.detect,
                               &r->times.landmarks,  &r->times.descriptor,
                               &r->times.attributes, &r->times.own};
    r->w = take_int(c, MAX_SIDE);
    r->h = take_int(c, MAX_SIDE);
    r->faces.n = take_int(c, MI_READING_MOST_FACES);
    if (!r->w || !r->h || (int64_t)r->w * r->h > MIEN_IMAGE_MAX_PIXELS ||
        (wish->limit && r->faces.n > wish->limit))
        c->bad = 1;
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++)
        *seconds[i] = take_seconds(c);
    take_text(c, r->warning);
    take_text(c, r->remark);
    take_day(c, r->taken);
}

mien_status mi_reading_read(const uint8_t *bytes, size_t n,
                            const mien_serve_wish *wish, mien_reading *out,
                            mien_error *err)
{
    enum { LEAST = 4 * (5 + 4 + 1 + 4) }; /* bytes of a face */
    mi_cursor c = mi_cursor_of(bytes, n);
    mien_reading r = {0};
    take_head(&c, wish, &r);
    size_t faces = c.bad ? 0 : (size_t)r.faces.n;
    if (c.bad || mi_cursor_left(&c) / LEAST < faces)
        return mi_fail(err, MIEN_EFORMAT, "reading: byte %zu is wrong",
                       mi_cursor_at(&c));
    if (faces)
        r.faces.face = mi_alloc(faces, sizeof *r.faces.face);
    if (faces && !r.faces.face)
        return mi_no_memory(err);
    for (size_t i = 0; i < faces && !c.bad; i++)
        take_face(&c, wish, &r.faces.face[i]);
    if (c.bad || mi_cursor_left(&c)) {
        mien_faces_free(&r.faces);
        return mi_fail(err, MIEN_EFORMAT, "reading: byte %zu is wrong",
                       mi_cursor_at(&c));
    }
    *out = r;
    return MIEN_OK;
}
