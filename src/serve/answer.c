/* answer.c: photos in, JSON in CompreFace's shapes out. */
#include "serve/answer.h"

#include "base/error.h"
#include "mien/json.h"
#include "mien/match.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NO_FACE = 28 }; /* CompreFace's code */

/* ---- the question -------------------------------------------------------- */

/* Names with commas between. */
static mien_status set_plugins(mi_ask *ask, const char *value, mien_error *err)
{
    static const struct {
        const char *name;
        unsigned want;
    } known[] = {{"landmarks", 0},
                 {"calculator", MIEN_FACE_DESCRIPTOR},
                 {"age", MIEN_FACE_AGE},
                 {"gender", MIEN_FACE_GENDER}};
    for (const char *at = value; *at;) {
        size_t n = strcspn(at, ","), i = 0;
        while (i < 4 && (strlen(known[i].name) != n ||
                         memcmp(known[i].name, at, n) != 0))
            i++;
        if (i == 4)
            return mi_fail(err, MIEN_EARG,
                           "face_plugins: wanted are some of landmarks, "
                           "calculator, age, gender");
        ask->landmarks |= i == 0;
        ask->wish.want |= known[i].want;
        at += n + (at[n] == ',');
    }
    return MIEN_OK;
}

/* A number of a range, in plain decimals. */
static mien_status set_number(const char *name, const char *value, double most,
                              double *out, mien_error *err)
{
    char *end = NULL;
    double v = *value ? strtod(value, &end) : 0;
    if (!*value || strspn(value, "0123456789.") != strlen(value) || *end ||
        v > most)
        return mi_fail(err, MIEN_EARG, "%s: wanted is a number, 0..%g", name,
                       most);
    *out = v;
    return MIEN_OK;
}

mien_status mi_ask_set(mi_ask *ask, const char *name, const char *value,
                       mien_error *err)
{
    double v = 0;
    mien_status st = MIEN_OK;
    value = value ? value : "";
    if (strcmp(name, "face_plugins") == 0)
        return set_plugins(ask, value, err);
    if (strcmp(name, "limit") == 0) {
        st = set_number(name, value, 1000000, &v, err);
        if (!st && v != floor(v))
            st = mi_fail(err, MIEN_EARG, "limit: wanted is a whole number");
        ask->wish.limit = (int)v;
    } else if (strcmp(name, "det_prob_threshold") == 0) {
        st = set_number(name, value, 1, &v, err);
        ask->wish.min_score = (float)v;
    } else if (strcmp(name, "status") == 0) {
        ask->status = strcmp(value, "true") == 0;
        if (!ask->status && strcmp(value, "false") != 0)
            st = mi_fail(err, MIEN_EARG, "status: wanted is true or false");
    }
    return st;
}

/* ---- the answer ---------------------------------------------------------- */

void mi_answer_error(int code, const char *message, mien_buffer *out)
{
    out->n = 0;
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "message", message);
    mien_json_int(&j, "code", code);
    mien_json_close(&j);
}

static void write_box(mien_json *j, const mien_face *f)
{
    mien_json_object(j, "box");
    mien_json_real(j, "probability", (double)f->score, 6);
    mien_json_int(j, "x_max", lroundf(f->box.x + f->box.width));
    mien_json_int(j, "y_max", lroundf(f->box.y + f->box.height));
    mien_json_int(j, "x_min", lroundf(f->box.x));
    mien_json_int(j, "y_min", lroundf(f->box.y));
    mien_json_close(j);
}

static void write_landmarks(mien_json *j, const mien_face *f)
{
    mien_json_array(j, "landmarks");
    for (int i = 0; i < f->n_keypoints; i++) {
        mien_json_array(j, NULL);
        mien_json_int(j, NULL, lroundf(f->keypoints[i].x));
        mien_json_int(j, NULL, lroundf(f->keypoints[i].y));
        mien_json_close(j);
    }
    mien_json_close(j);
}

/* Age and gender, where they were asked for. */
static void write_attributes(mien_json *j, const mien_face *f, unsigned want)
{
    double p = 0;
    if (want & f->has & MIEN_FACE_AGE) {
        mien_json_object(j, "age");
        mien_json_int(j, "high", lrintf(ceilf(f->age)));
        mien_json_int(j, "low", lrintf(floorf(f->age)));
        mien_json_close(j);
    }
    if (want & f->has & MIEN_FACE_GENDER) {
        const char *name = mien_face_gender(f, &p);
        mien_json_object(j, "gender");
        mien_json_real(j, "probability", p, 6);
        mien_json_text(j, "value", name);
        mien_json_close(j);
    }
}

/* What is told of a face, into the object that is open. */
static void write_face(mien_json *j, const mi_ask *ask, const mien_face *f,
                       unsigned want)
{
    write_attributes(j, f, want);
    if (want & f->has & MIEN_FACE_DESCRIPTOR) {
        mien_json_array(j, "embedding");
        for (int i = 0; i < MIEN_DESCRIPTOR; i++)
            mien_json_real(j, NULL, (double)f->descriptor[i], 7);
        mien_json_close(j);
    }
    write_box(j, f);
    if (ask->landmarks)
        write_landmarks(j, f);
}

/* Milliseconds over all faces of a photo. */
static void write_times(mien_json *j, const char *key, const mien_reading *r)
{
    mien_json_object(j, key);
    mien_json_rounded(j, "decode", 1000 * r->decode, 1);
    mien_json_rounded(j, "detector", 1000 * r->times.detect, 1);
    mien_json_rounded(j, "calculator",
                      1000 * (r->times.landmarks + r->times.descriptor), 1);
    mien_json_rounded(j, "attributes", 1000 * r->times.attributes, 1);
    mien_json_close(j);
}

static void write_versions(mien_json *j, unsigned want)
{
    mien_json_object(j, "plugins_versions");
    mien_json_text(j, "detector", "mien " MIEN_VERSION " yunet");
    if (want & MIEN_FACE_DESCRIPTOR)
        mien_json_text(j, "calculator",
                       "mien " MIEN_VERSION " face_recognition");
    if (want & MIEN_FACE_AGE)
        mien_json_text(j, "age", "mien " MIEN_VERSION " age_gender");
    if (want & MIEN_FACE_GENDER)
        mien_json_text(j, "gender", "mien " MIEN_VERSION " age_gender");
    mien_json_close(j);
}

/* The answer to a detection; its HTTP status. */
static int answer_detect(const mi_ask *ask, const mien_reading *r,
                         mien_buffer *out)
{
    if (!r->faces.n) {
        mi_answer_error(NO_FACE, "No face is found in the given image", out);
        return 400;
    }
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    mien_json_array(&j, "result");
    for (int i = 0; i < r->faces.n; i++) {
        mien_json_object(&j, NULL);
        write_face(&j, ask, &r->faces.face[i], ask->wish.want);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    if (ask->status) {
        write_versions(&j, ask->wish.want);
        write_times(&j, "execution_time", r);
    }
    mien_json_close(&j);
    return 200;
}

/* 1 for the same crop, 0.5 at the distance that tells people apart, 0 from
 * twice that on. */
static double similarity(const float *a, const float *b)
{
    double d = (double)mien_descriptor_distance(a, b);
    return d < 2 * (double)MIEN_SAME_PERSON
               ? 1 - d / (2 * (double)MIEN_SAME_PERSON)
               : 0;
}

/* A face of the target beside the one of the source. */
static void write_match(mien_json *j, const mi_ask *ask, const mien_face *from,
                        const mien_face *f)
{
    mien_json_object(j, NULL);
    write_face(j, ask, f, ask->wish.want);
    if (f->has & MIEN_FACE_DESCRIPTOR) {
        mien_json_real(j, "similarity",
                       similarity(from->descriptor, f->descriptor), 6);
        mien_json_real(
            j, "distance",
            (double)mien_descriptor_distance(from->descriptor, f->descriptor),
            6);
    } else {
        mien_json_null(j, "similarity");
    }
    mien_json_close(j);
}

/* The answer to a verification, of two readings; its HTTP status. */
static int answer_verify(const mi_ask *ask, const mien_reading *r,
                         mien_buffer *out)
{
    const mien_face *from =
        mien_faces_largest(&r[0].faces, MIEN_FACE_DESCRIPTOR);
    if (!from || !r[1].faces.n) {
        mi_answer_error(NO_FACE,
                        from ? "No face is found in the target image"
                             : "No face is found in the source image",
                        out);
        return 400;
    }
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    mien_json_array(&j, "result");
    mien_json_object(&j, NULL);
    mien_json_object(&j, "source_image_face");
    write_face(&j, ask, from, ask->wish.want);
    mien_json_close(&j);
    mien_json_array(&j, "face_matches");
    for (int i = 0; i < r[1].faces.n; i++)
        write_match(&j, ask, from, &r[1].faces.face[i]);
    mien_json_close(&j);
    if (ask->status) {
        write_versions(&j, ask->wish.want | MIEN_FACE_DESCRIPTOR);
        write_times(&j, "source_execution_time", &r[0]);
        write_times(&j, "target_execution_time", &r[1]);
    }
    for (int i = 0; i < 3; i++)
        mien_json_close(&j);
    return 200;
}

/* ---- from the body to the answer ----------------------------------------- */

static int status_of(mien_status st)
{
    switch (st) {
    case MIEN_EARG:
    case MIEN_EFORMAT:
    case MIEN_EUNSUP:
    case MIEN_ELIMIT: return 400;
    case MIEN_EIO: return 501;
    case MIEN_ENOMEM: return 503;
    default: return 500;
    }
}

static int refuse(int status, const char *why, mien_buffer *out)
{
    mi_answer_error(status, why, out);
    return status;
}

/* Read picture i of a route; 0, or the status of a refusal. */
static int read_picture(const mi_route *route, int i, const mi_ask *ask,
                        const mi_body *body, const mi_sight *sight,
                        mien_reading *got, mien_buffer *out)
{
    char why[240];
    mien_error err = {0};
    const mi_form_field *f = mi_body_find(body, route->picture[i]);
    mien_serve_wish wish = ask->wish;
    if (!f || !f->n) {
        snprintf(why, sizeof why, "%s: the body has no such picture",
                 route->picture[i]);
        return refuse(400, why, out);
    }
    if (route->kind == MI_ROUTE_VERIFY) {
        wish.want |= MIEN_FACE_DESCRIPTOR;
        wish.limit = i == 0 ? 1 : wish.limit;
    }
    mien_status st =
        sight->read(sight->arg, sight->lane, f->data, f->n, &wish, got, &err);
    if (!st)
        return 0;
    /* A failure of the server's own may name paths. */
    snprintf(why, sizeof why, "%s: %s", route->picture[i],
             st == MIEN_EIO ? "a network that this needs is not installed"
             : status_of(st) == 400 ? err.text
                                    : mien_status_text(st));
    return refuse(status_of(st), why, out);
}

int mi_answer(const mi_route *route, const mi_ask *ask, const char *type,
              const mien_buffer *body, const mi_sight *sight, mien_buffer *out)
{
    mi_body b = {0};
    mien_reading got[2] = {{0}};
    mien_error err = {0};
    mien_status st = mi_body_read(type, body->data, body->n, &b, &err);
    if (st)
        return refuse(st == MIEN_EUNSUP ? 415 : status_of(st),
                      err.text[0] ? err.text : mien_status_text(st), out);
    int status = 0;
    for (int i = 0; i < 2 && route->picture[i] && !status; i++)
        status = read_picture(route, i, ask, &b, sight, &got[i], out);
    if (!status)
        status = route->kind == MI_ROUTE_VERIFY ? answer_verify(ask, got, out)
                                                : answer_detect(ask, got, out);
    for (int i = 0; i < 2; i++)
        mien_faces_free(&got[i].faces);
    mi_body_free(&b);
    return status;
}
