/* desk.c: who is enrolled, who comes and who goes.
 *
 * A key that is for one purpose sees nobody who was enrolled for another. */
#include "serve/desk.h"

#include "serve/deletion.h"
#include "serve/held.h"
#include "serve/keys.h"
#include "serve/search.h"
#include "serve/tell.h"
#include "serve/visit.h"

#include "mien/gallery_inferred.h"

#include <stdio.h>
#include <string.h>

/* ---- people -------------------------------------------------------------- */

/* Those whom the key may know of, as a list of a name. */
static int list_people(const mi_visit *v, const char *name,
                       void (*put)(mien_json *, const mien_gallery_person *))
{
    mien_json j = mien_json_on(v->out, 0);
    mien_json_object(&j, NULL);
    mien_json_array(&j, name);
    for (int i = 0; i < mien_gallery_count(v->g); i++) {
        const mien_gallery_person *p = mien_gallery_person_at(v->g, i);
        if (mi_visit_sees(v, p))
            put(&j, p);
    }
    mien_json_close(&j);
    mien_json_close(&j);
    return 200;
}

static void put_name(mien_json *j, const mien_gallery_person *p)
{
    mien_json_text(j, NULL, p->name);
}

/* Somebody, with what they agreed to. */
static void put_person(mien_json *j, const mien_gallery_person *p)
{
    mien_json_object(j, NULL);
    mien_json_int(j, "person", p->id);
    mien_json_text(j, "subject", p->name);
    mien_json_text(j, "basis", p->basis.basis);
    mien_json_text(j, "purpose", p->basis.purpose);
    mien_json_text(j, "date", p->basis.date);
    mien_json_text(j, "expires", p->basis.expiry);
    mien_json_int(j, "faces", p->faces);
    mien_json_close(j);
}

/* All that is held of somebody. */
static int export_person(const mi_visit *v)
{
    mien_error err = {0};
    const mien_gallery_person *p = mi_visit_find(v, v->ask->rest);
    if (!p)
        return mi_visit_refuse(v, 404, "no such subject");
    mien_status st = mien_gallery_export(v->g, p->id, v->out, &err);
    return st ? mi_visit_refused(v, st, &err) : 200;
}

/* Enrol somebody of a name, with faces or none. */
static int enroll(const mi_visit *v, const char *name,
                  const mien_gallery_faces *faces)
{
    const char *purpose = NULL;
    const mi_ask *ask = v->ask;
    mien_gallery_person p = {0};
    mien_error err = {0};
    int status = mi_visit_purpose(v, &purpose);
    if (status)
        return status;
    const char *basis = *ask->basis.basis ? ask->basis.basis : ask->key.basis;
    if (!*basis)
        return mi_visit_refuse(
            v, 400,
            "basis: neither the request nor its key says why "
            "somebody may be recognised");
    snprintf(p.name, sizeof p.name, "%s", name);
    snprintf(p.basis.basis, sizeof p.basis.basis, "%s", basis);
    snprintf(p.basis.purpose, sizeof p.basis.purpose, "%s", purpose);
    memcpy(p.basis.expiry, ask->basis.expiry, sizeof p.basis.expiry);
    if (!*p.basis.expiry && ask->key.days) {
        mi_serve_today(p.basis.expiry);
        mien_day_add(p.basis.expiry, ask->key.days, p.basis.expiry);
    }
    mien_status st = mien_gallery_enroll(v->g, &p, faces, NULL, &err);
    return st ? mi_visit_refused(v, st, &err) : 0;
}

/* The text of a body; 0, or the status of a refusal. */
static int text_of(const mi_visit *v, const mi_route *r,
                   char out[MIEN_GALLERY_NAME])
{
    const mi_form_field *f = mi_body_find(v->body, r->text);
    if (!f || f->n >= MIEN_GALLERY_NAME || memchr(f->data, 0, f->n))
        return mi_visit_refuse(v, 400,
                               "subject: wanted is a text of 1 to 255 bytes");
    memcpy(out, f->data, f->n);
    out[f->n] = 0;
    return 0;
}

static int add_person(const mi_visit *v, const mi_route *r)
{
    char name[MIEN_GALLERY_NAME];
    int status = text_of(v, r, name);
    if (!status)
        status = enroll(v, name, NULL);
    if (status)
        return status;
    mien_json j = mien_json_on(v->out, 0);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "subject", name);
    mien_json_close(&j);
    return 201;
}

static int rename_person(const mi_visit *v, const mi_route *r)
{
    char name[MIEN_GALLERY_NAME];
    mien_error err = {0};
    const mien_gallery_person *p = mi_visit_find(v, v->ask->rest);
    int status = text_of(v, r, name);
    if (status || !p)
        return status ? status : mi_visit_refuse(v, 404, "no such subject");
    mien_status st = mien_gallery_rename(v->g, p->id, name, &err);
    if (st)
        return mi_visit_refused(v, st, &err);
    mien_buffer_puts(v->out, "{\"updated\":true}");
    return 200;
}

/* Erase somebody, with a certificate. */
static int erase_person(const mi_visit *v)
{
    mien_gallery_certificate c;
    mien_gallery_inferred e[MIEN_GALLERY_MAX_INFERRED];
    mien_error err = {0};
    int n = 0;
    const mien_gallery_person *p = mi_visit_find(v, v->ask->rest);
    if (!p)
        return mi_visit_refuse(v, 404, "no such subject");
    mien_status st = mien_gallery_list_inferred(v->g, p->id, &n, e, &err);
    if (!st)
        st = mien_gallery_withdraw(v->g, p->id, &c, &err);
    if (st)
        return mi_visit_refused(v, st, &err);
    mien_json j = mien_json_on(v->out, 0);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "subject", v->ask->rest);
    mi_visit_put_certificate(&j, &c);
    mi_visit_put_files(&j, e, n);
    mien_json_close(&j);
    return 200;
}

/* ---- faces --------------------------------------------------------------- */

static void put_face(mien_json *j, const mien_gallery_face *f)
{
    mi_visit_put_id(j, "image_id", f->id);
    mien_json_text(j, "subject", f->person->name);
}

/* A page of the faces that the key may know of. */
static int list_faces(const mi_visit *v)
{
    const mi_ask *ask = v->ask;
    int64_t n = 0, first = (int64_t)ask->page * ask->size;
    mien_json j = mien_json_on(v->out, 0);
    if (ask->size < 1)
        return mi_visit_refuse(v, 400, "size: wanted is 1..1000");
    mien_json_object(&j, NULL);
    mien_json_array(&j, "faces");
    for (int64_t i = 0; i < mien_gallery_count_faces(v->g); i++) {
        mien_gallery_face f = mien_gallery_face_at(v->g, i);
        if (!mi_visit_sees(v, f.person) ||
            (*ask->subject && strcmp(ask->subject, f.person->name) != 0))
            continue;
        if (n >= first && n < first + ask->size) {
            mien_json_object(&j, NULL);
            put_face(&j, &f);
            mien_json_close(&j);
        }
        n++;
    }
    mien_json_close(&j);
    mien_json_int(&j, "page_number", ask->page);
    mien_json_int(&j, "page_size", ask->size);
    mien_json_int(&j, "total_pages", (n + ask->size - 1) / ask->size);
    mien_json_int(&j, "total_elements", n);
    mien_json_close(&j);
    return 200;
}

/* A face for somebody who is enrolled, and may be under what the request says.
 */
static int add_to(const mi_visit *v, const mien_gallery_person *p,
                  const mien_gallery_faces *faces)
{
    const mi_ask *ask = v->ask;
    mien_error err = {0};
    if (!mi_visit_sees(v, p) ||
        (*ask->basis.purpose &&
         strcmp(ask->basis.purpose, p->basis.purpose) != 0))
        return mi_visit_refuse(v, 409,
                               "the subject is enrolled for another purpose");
    if ((*ask->basis.basis && strcmp(ask->basis.basis, p->basis.basis) != 0) ||
        (*ask->basis.expiry && strcmp(ask->basis.expiry, p->basis.expiry) != 0))
        return mi_visit_refuse(
            v, 409,
            "the subject is enrolled on another basis or until "
            "another day");
    mien_status st = mien_gallery_add_faces(v->g, p->id, faces, NULL, &err);
    return st ? mi_visit_refused(v, st, &err) : 0;
}

/* Keep the one face of a photo. */
static int add_face(const mi_visit *v)
{
    int status = 0;
    const char *name = v->ask->subject;
    if (!*name)
        return mi_visit_refuse(v, 400, "subject: wanted is a name");
    const mien_face *face = mi_visit_face(v, &status);
    if (!face)
        return status;
    const mien_gallery_faces faces = mi_visit_described(v, face->descriptor);
    const mien_gallery_person *p = mien_gallery_find(v->g, name);
    status = p ? add_to(v, p, &faces) : enroll(v, name, &faces);
    if (status)
        return status;
    mien_json j = mien_json_on(v->out, 0);
    mien_json_object(&j, NULL);
    /* The new face is the last one of its network. */
    for (int64_t i = mien_gallery_count_faces(v->g) - 1; i >= 0; i--) {
        mien_gallery_face f = mien_gallery_face_at(v->g, i);
        if (strcmp(f.person->name, name) == 0 &&
            strcmp(f.model, faces.model) == 0) {
            put_face(&j, &f);
            break;
        }
    }
    mien_json_close(&j);
    return 201;
}

/* Erase a face by its id. */
static int erase_face(const mi_visit *v)
{
    int64_t id = mi_visit_read_id(v->ask->rest);
    mien_error err = {0};
    mien_gallery_face f;
    if (!id || !mien_gallery_find_face(v->g, id, &f) ||
        !mi_visit_sees(v, f.person))
        return mi_visit_refuse(v, 404, "no such face");
    mien_status st = mien_gallery_remove_face(v->g, id, &err);
    if (st)
        return mi_visit_refused(v, st, &err);
    mien_json j = mien_json_on(v->out, 0);
    mien_json_object(&j, NULL);
    put_face(&j, &f);
    mien_json_close(&j);
    return 200;
}

/* ---- the log ------------------------------------------------------------- */

static void put_entry(void *arg, const mien_gallery_entry *e)
{
    mien_json *j = arg;
    mien_json_object(j, NULL);
    mien_json_int(j, "number", e->number);
    mien_json_int(j, "at", e->at);
    mien_json_text(j, "kind", e->kind);
    mien_json_int(j, "person", e->person);
    mien_json_text(j, "check", e->mac);
    mien_json_close(j);
}

static int list_log(const mi_visit *v)
{
    mien_error err = {0};
    int64_t last = 0;
    mien_json j = mien_json_on(v->out, 0);
    mien_json_object(&j, NULL);
    mien_json_array(&j, "entries");
    mien_status st = mien_gallery_log(v->g, put_entry, &j, &last, &err);
    mien_json_close(&j);
    mien_json_int(&j, "last", last);
    mien_json_close(&j);
    return st ? mi_visit_refused(v, st, &err) : 200;
}

/* ---- the desk ------------------------------------------------------------ */

const char mi_desk_closed[] = "there is no gallery behind this server";

/* What a route answers. */
static int answer(const mi_visit *v, const mi_route *r)
{
    switch (r->kind) {
    case MI_ROUTE_SUBJECTS: return list_people(v, "subjects", put_name);
    case MI_ROUTE_SUBJECT_ADD: return add_person(v, r);
    case MI_ROUTE_SUBJECT_RENAME: return rename_person(v, r);
    case MI_ROUTE_SUBJECT_DELETE: return erase_person(v);
    case MI_ROUTE_FACES: return list_faces(v);
    case MI_ROUTE_FACE_ADD: return add_face(v);
    case MI_ROUTE_FACE_DELETE: return erase_face(v);
    case MI_ROUTE_AUDIT: return list_log(v);
    case MI_ROUTE_PEOPLE: return list_people(v, "people", put_person);
    case MI_ROUTE_PERSON: return export_person(v);
    case MI_ROUTE_GALLERY:
    case MI_ROUTE_GALLERY_DELETE:
    case MI_ROUTE_GALLERY_KEEP:
    case MI_ROUTE_PURPOSE_DELETE: return mi_deletion_answer(v, r);
    case MI_ROUTE_SEARCH: return mi_search_answer(v);
    default: return mi_held_answer(v, r);
    }
}

int mi_desk_answer(mi_desk *d, const mi_route *route, const mi_ask *ask,
                   const mi_body *body, const mien_reading *got,
                   mien_buffer *out)
{
    int gone = 0;
    pthread_mutex_lock(&d->lock);
    const mi_visit v = {
        .g = d->gallery,
        .owner = &d->owner,
        .gone = &gone,
        .model = d->model,
        .describer = d->describer,
        .tolerance = d->tolerance,
        .ask = ask,
        .body = body,
        .got = got,
        .out = out,
    };
    int status =
        v.g ? answer(&v, route) : mi_tell_refuse(404, mi_desk_closed, out);
    if (gone)
        d->gallery = NULL;
    pthread_mutex_unlock(&d->lock);
    return status;
}

int mi_desk_comparable(mi_desk *d, int opt_out, int *enrolled)
{
    *enrolled = 0;
    if (!d->gallery)
        return 0;
    pthread_mutex_lock(&d->lock);
    int n = mien_gallery_comparable(
        d->gallery, opt_out ? MIEN_GALLERY_OPT_OUT : NULL, d->model, enrolled);
    pthread_mutex_unlock(&d->lock);
    return n;
}

int mi_desk_sweep(mi_desk *d)
{
    int expired = 0;
    mien_status st = MIEN_OK;
    pthread_mutex_lock(&d->lock);
    if (d->gallery)
        st = mien_gallery_sweep(d->gallery, &expired, NULL);
    pthread_mutex_unlock(&d->lock);
    return st == MIEN_OK;
}
