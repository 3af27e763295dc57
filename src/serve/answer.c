/* answer.c: photos in, JSON in CompreFace's shapes out. */
#include "serve/answer.h"

#include "serve/recognize.h"
#include "serve/tell.h"

#include "base/error.h"
#include "mien/json.h"
#include "mien/match.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- the answer --------------------------------------------------------- */

/* The answer to a detection; its HTTP status. */
static int answer_detect(const mi_ask *ask, const mien_reading *r,
                         mien_describer by, mien_buffer *out)
{
    if (!r->faces.n)
        return mi_tell_no_face("given", out);
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    mien_json_array(&j, "result");
    for (int i = 0; i < r->faces.n; i++) {
        mien_json_object(&j, NULL);
        mi_tell_face(&j, ask, &r->faces.face[i]);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    if (ask->status) {
        mi_tell_versions(&j, ask->wish.want, by);
        mi_tell_times(&j, "execution_time", r);
    }
    mien_json_close(&j);
    return 200;
}

/* Of a distance: 1 for the same crop, 0.5 at the network's distance that tells
 * people apart, 0 from twice that on. */
static double similarity(double distance, mien_describer by)
{
    double most = 2 * (double)mien_describer_threshold(by);
    return distance < most ? 1 - distance / most : 0;
}

/* A face of the target beside the one of the source. */
static void write_match(mien_json *j, const mi_ask *ask, const mien_face *from,
                        const mien_face *f)
{
    mien_json_object(j, NULL);
    mi_tell_face(j, ask, f);
    if (f->has & MIEN_FACE_DESCRIPTOR) {
        double d =
            (double)mien_descriptor_apart(mien_describer_numbers(f->describer),
                                          from->descriptor, f->descriptor);
        mien_json_real(j, "similarity", similarity(d, f->describer), 6);
        mien_json_real(j, "distance", d, 6);
    } else {
        mien_json_null(j, "similarity");
    }
    mien_json_close(j);
}

/* The answer to a verification, of two readings; its HTTP status. */
static int answer_verify(const mi_ask *ask, const mien_reading *r,
                         mien_describer by, mien_buffer *out)
{
    const mien_face *from =
        mien_faces_largest(&r[0].faces, MIEN_FACE_DESCRIPTOR);
    if (!from || !r[1].faces.n)
        return mi_tell_no_face(from ? "target" : "source", out);
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    mien_json_array(&j, "result");
    mien_json_object(&j, NULL);
    mien_json_object(&j, "source_image_face");
    mi_tell_face(&j, ask, from);
    mien_json_close(&j);
    mien_json_array(&j, "face_matches");
    for (int i = 0; i < r[1].faces.n; i++)
        write_match(&j, ask, from, &r[1].faces.face[i]);
    mien_json_close(&j);
    if (ask->status) {
        mi_tell_versions(&j, ask->wish.want | MIEN_FACE_DESCRIPTOR, by);
        mi_tell_times(&j, "source_execution_time", &r[0]);
        mi_tell_times(&j, "target_execution_time", &r[1]);
        mien_json_real(&j, "threshold", (double)mien_describer_threshold(by),
                       6);
    }
    for (int i = 0; i < 3; i++)
        mien_json_close(&j);
    return 200;
}

/* ---- from the body to the answer ----------------------------------------- */

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
        return mi_tell_refuse(400, why, out);
    }
    if (route->kind != MI_ROUTE_DETECT)
        wish.want |= MIEN_FACE_DESCRIPTOR;
    if (route->kind == MI_ROUTE_VERIFY && i == 0)
        wish.limit = 1;
    mien_status st =
        sight->read(sight->arg, sight->lane, f->data, f->n, &wish, got, &err);
    if (!st)
        return 0;
    /* A failure of the server's own may name paths. */
    snprintf(why, sizeof why, "%s: %s", route->picture[i],
             st == MIEN_EIO ? "a network that this needs is not installed"
             : mi_tell_status(st) == 400 || st == MIEN_ELOST
                 ? err.text
                 : mien_status_text(st));
    return mi_tell_refuse(mi_tell_status(st), why, out);
}

/* A descriptor of another network is none. */
static void keep_described(mien_faces *faces, mien_describer by)
{
    for (int i = 0; i < faces->n; i++)
        if (!mien_face_described(&faces->face[i], by))
            faces->face[i].has &= ~(unsigned)MIEN_FACE_DESCRIPTOR;
}

/* What a route answers of what was read. */
static int answer(const mi_route *route, const mi_ask *ask, const mi_body *b,
                  const mien_reading got[2], int lane, mi_desk *desk,
                  mien_buffer *out)
{
    switch (route->kind) {
    case MI_ROUTE_DETECT: return answer_detect(ask, got, desk->describer, out);
    case MI_ROUTE_VERIFY: return answer_verify(ask, got, desk->describer, out);
    case MI_ROUTE_RECOGNIZE: return mi_recognize(desk, ask, got, lane, out);
    default: return mi_desk_answer(desk, route, ask, b, got, out);
    }
}

int mi_answer(const mi_route *route, const mi_ask *ask, const char *type,
              const mien_buffer *body, const mi_sight *sight, mi_desk *desk,
              mien_buffer *out)
{
    mi_body b = {0};
    mien_reading got[2] = {{0}};
    mien_error err = {0};
    mien_status st = MIEN_OK;
    if (mi_route_has_body(route))
        st = mi_body_read(type, body->data, body->n, route->text != NULL, &b,
                          &err);
    if (st)
        return mi_tell_refuse(st == MIEN_EUNSUP ? 415 : mi_tell_status(st),
                              err.text[0] ? err.text : mien_status_text(st),
                              out);
    int status = 0;
    for (int i = 0; i < 2 && route->picture[i] && !status; i++) {
        status = read_picture(route, i, ask, &b, sight, &got[i], out);
        keep_described(&got[i].faces, desk->describer);
    }
    if (!status)
        status = answer(route, ask, &b, got, sight->lane, desk, out);
    for (int i = 0; i < 2; i++)
        mien_faces_free(&got[i].faces);
    mi_body_free(&b);
    return status;
}
