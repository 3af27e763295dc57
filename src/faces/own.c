/* own.c: faces of photos, read with models of one's own. */
#include "mien/faces_models.h"

#include "base/alloc.h"
#include "base/error.h"
#include "face/turn.h"
#include "kit/image.h"
#include "mien/file.h"
#include "mien/picture_model.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { POINTS = 68 };

/* An answer that is told as a choice. */
typedef struct told {
    const char *task;
    const mien_picture_model *model;
    int answer;
} told;

struct mien_own_models {
    mien_picture_model *expression, *landmarks; /* NULL: none */
    char digest[2][65];
    int points; /* answer of landmarks */
    told choice[MIEN_FACE_MAX_CHOICES];
    int choices;
};

/* ---- loading ------------------------------------------------------------- */

void mien_own_models_free(mien_own_models *m)
{
    if (!m)
        return;
    mien_picture_model_free(m->expression);
    mien_picture_model_free(m->landmarks);
    mi_free(m);
}

/* A model in a file, and its digest. */
static mien_status load(const char *path, mien_picture_model **out,
                        char digest[65], mien_error *err)
{
    mien_bytes file = {0};
    mien_error why = {0};
    mien_status st = mien_file_load(path, 0, &file, err);
    if (st)
        return st;
    mien_sha256(file.data, file.n, digest);
    st = mien_picture_model_new(file.data, file.n, out, &why);
    mien_bytes_free(&file);
    return st ? mi_file_fail(err, st, path, why.text) : st;
}

/* What a model tells, for a message. */
static void list_answers(const mien_picture_model *m, char *out, size_t room)
{
    static const char *const kind[] = {"classes", "coordinates", "number"};
    size_t n = 0;
    for (int i = 0; i < mien_picture_model_answers(m); i++) {
        mien_picture_answer a = mien_picture_model_answer(m, i);
        if (n + 128 < room)
            n += (size_t)snprintf(out + n, room - n, "%s%.60s (%d %s)",
                                  n ? ", " : "", a.task, a.units, kind[a.kind]);
    }
}

/* Refuse a model that does not tell what is wanted. */
static mien_status refuse(const char *path, const mien_picture_model *m,
                          const char *want, mien_error *err)
{
    char has[700] = "", why[900];
    list_answers(m, has, sizeof has);
    snprintf(why, sizeof why, "the model tells %s; wanted %.100s", has, want);
    return mi_file_fail(err, MIEN_EFORMAT, path, why);
}

static mien_status open_expression(mien_own_models *m, const char *path,
                                   mien_error *err)
{
    mien_status st = load(path, &m->expression, m->digest[0], err);
    if (st)
        return st;
    int answer =
        mien_picture_model_find(m->expression, MIEN_ANSWER_CLASSES, NULL);
    m->choice[m->choices++] = (told){"expression", m->expression, answer};
    return answer < 0 ? refuse(path, m->expression, "one task of classes", err)
                      : MIEN_OK;
}

/* The model of landmarks, and which of its tasks are told. */
static mien_status open_landmarks(mien_own_models *m,
                                  const mien_own_models_options *o,
                                  mien_error *err)
{
    char want[100];
    mien_status st = load(o->landmarks, &m->landmarks, m->digest[1], err);
    if (st)
        return st;
    m->points = mien_picture_model_find(m->landmarks, MIEN_ANSWER_POINTS, NULL);
    if (m->points < 0 ||
        mien_picture_model_answer(m->landmarks, m->points).units > 2 * POINTS)
        return refuse(o->landmarks, m->landmarks, "points, at most 68", err);
    for (int i = 0; i < o->attributes && !st; i++) {
        int answer = mien_picture_model_find(m->landmarks, MIEN_ANSWER_CLASSES,
                                             o->attribute[i]);
        m->choice[m->choices++] = (told){o->attribute[i], m->landmarks, answer};
        snprintf(want, sizeof want, "classes of '%.60s'", o->attribute[i]);
        if (answer < 0)
            st = refuse(o->landmarks, m->landmarks, want, err);
    }
    return st;
}

mien_status mien_own_models_load(const mien_own_models_options *options,
                                 mien_own_models **out, mien_error *err)
{
    if (options->attributes &&
        (!options->landmarks || options->attributes >= MIEN_FACE_MAX_CHOICES))
        return mi_fail(err, MIEN_EARG,
                       "%d attributes, wanted a model of landmarks, and at "
                       "most %d",
                       options->attributes, MIEN_FACE_MAX_CHOICES - 1);
    mien_own_models *m = mi_alloc(1, sizeof *m);
    mien_status st = m ? MIEN_OK : mi_no_memory(err);
    if (!st && options->expression)
        st = open_expression(m, options->expression, err);
    if (!st && options->landmarks)
        st = open_landmarks(m, options, err);
    if (st)
        mien_own_models_free(m);
    else
        *out = m;
    return st;
}

int mien_own_models_digests(const mien_own_models *m, mien_model_digest out[2])
{
    static const char *const task[] = {"expression-model", "landmark-model"};
    int n = 0;
    for (int i = 0; i < 2; i++) {
        if (!(i ? m->landmarks : m->expression))
            continue;
        out[n].task = task[i];
        memcpy(out[n++].sha256, m->digest[i], sizeof m->digest[i]);
    }
    return n;
}

/* ---- reading ------------------------------------------------------------- */

/* A photo as the models see it. */
typedef struct sight {
    const mien_image *photo;
    int quarters;    /* that it was turned by, clockwise */
    float x, y;      /* how many times as large the reading's photo is */
    int w, h;        /* before the turn */
    int n;           /* faces */
    mien_box *box;   /* [n] */
    mien_pool *pool; /* NULL: one thread */
} sight;

/* The square in which a face's five points lie as in training; its box where
 * that is unknown. */
static mien_box square_of(const mien_face *f, mien_box frame)
{
    float low[2] = {f->keypoints[0].x, f->keypoints[0].y};
    float high[2] = {low[0], low[1]};
    for (int i = 1; i < f->n_keypoints; i++) {
        mien_point p = f->keypoints[i];
        low[0] = fminf(low[0], p.x);
        low[1] = fminf(low[1], p.y);
        high[0] = fmaxf(high[0], p.x);
        high[1] = fmaxf(high[1], p.y);
    }
    float across = high[0] - low[0], down = high[1] - low[1];
    if (f->n_keypoints != 5 || !(frame.width > 0) || !(across + down > 0))
        return f->box;
    float side = hypotf(across, down) / hypotf(frame.width, frame.height);
    float x = low[0] + across / 2 - side * (frame.x + frame.width / 2);
    float y = low[1] + down / 2 - side * (frame.y + frame.height / 2);
    return (mien_box){x, y, side, side};
}

/* What a model is asked about, in the photo as it was turned. */
static void place_boxes(const mien_reading *r, mien_box frame, const sight *s)
{
    for (int i = 0; i < s->n; i++) {
        mien_face f = r->faces.face[i];
        mien_faces one = {.n = 1, .face = &f};
        f.n_landmarks = 0;
        mien_faces_scale(&one, 1 / s->x, 1 / s->y);
        mi_face_turn_back(&f, (4 - s->quarters) % 4, s->photo->w, s->photo->h);
        s->box[i] = square_of(&f, frame);
    }
}

/* Points that a model told, into the faces. */
static void put_points(const sight *s, const float *xy, int points,
                       mien_faces *to)
{
    for (int i = 0; i < s->n; i++) {
        mien_face f = {.n_landmarks = points};
        for (int p = 0; p < points; p++, xy += 2)
            f.landmarks[p] = (mien_point){xy[0], xy[1]};
        mi_face_turn_back(&f, s->quarters, s->w, s->h);
        for (int p = 0; p < points; p++)
            to->face[i].landmarks[p] =
                (mien_point){f.landmarks[p].x * s->x, f.landmarks[p].y * s->y};
        to->face[i].n_landmarks = points;
        to->face[i].has |= MIEN_FACE_LANDMARKS;
    }
}

/* The replies that are told as choices; their arrays change hands. */
static void put_choices(const mien_own_models *m, const mien_picture_model *of,
                        mien_picture_replies *r, mien_faces *to)
{
    for (int i = 0; i < m->choices; i++) {
        const told *t = &m->choice[i];
        if (t->model != of || !r->value[t->answer])
            continue;
        mien_picture_answer a = mien_picture_model_answer(of, t->answer);
        assert(to->choices < MIEN_FACE_MAX_CHOICES);
        to->choice[to->choices++] =
            (mien_face_choice){t->task, a.units, a.of, r->value[t->answer]};
        r->value[t->answer] = NULL;
    }
}

/* Ask one model about all faces. */
static mien_status ask(const mien_own_models *m, const mien_picture_model *of,
                       const sight *s, mien_reading *reading, mien_error *err)
{
    mien_faces *to = &reading->faces;
    const mien_picture_ask_options o = {.pool = s->pool};
    mien_picture_replies r = {0};
    place_boxes(reading, mien_picture_model_frame(of), s);
    mien_status st =
        mien_picture_model_ask(of, s->photo, s->n, s->box, &o, &r, err);
    if (st)
        return st;
    if (of == m->landmarks)
        put_points(s, r.value[m->points],
                   mien_picture_model_answer(of, m->points).units / 2, to);
    put_choices(m, of, &r, to);
    mien_picture_replies_free(&r);
    return MIEN_OK;
}

mien_status mien_own_models_read(const mien_own_models *m,
                                 const mien_image *photo, mien_reading *r,
                                 mien_pool *pool, mien_error *err)
{
    double since = mien_clock();
    mien_image turned = {0};
    sight s = {.photo = photo, .w = photo->w, .h = photo->h, .pool = pool};
    s.n = r->faces.n;
    s.x = (float)r->w / (float)photo->w;
    s.y = (float)r->h / (float)photo->h;
    if (!s.n)
        return MIEN_OK;
    s.quarters = r->faces.face[0].rotation / 90;
    s.box = mi_alloc((size_t)s.n, sizeof *s.box);
    mien_status st = s.box ? MIEN_OK : mi_no_memory(err);
    if (!st && s.quarters) {
        st = mien_image_turn(photo, s.quarters, &turned, err);
        s.photo = &turned;
    }
    if (!st && m->expression)
        st = ask(m, m->expression, &s, r, err);
    if (!st && m->landmarks)
        st = ask(m, m->landmarks, &s, r, err);
    mien_image_free(&turned);
    mi_free(s.box);
    r->times.own = mien_clock() - since;
    return st;
}
