/* held.c: evidence and negatives of somebody, and the last change taken back.
 *
 * A file or a face is looked for among those of the subject that the request
 * names, whom its key may know of. */
#include "serve/held.h"

#include "mien/gallery_evidence.h"
#include "mien/gallery_negative.h"
#include "mien/gallery_undo.h"

#include <string.h>

/* Whom the request is about; NULL, and the status of a refusal. */
static const mien_gallery_person *subject_of(const mi_visit *v, int *status)
{
    const char *name = v->ask->subject;
    const mien_gallery_person *p = *name ? mi_visit_find(v, name) : NULL;
    if (!*name)
        *status = mi_visit_refuse(v, 400, "subject: wanted is a name");
    else if (!p)
        *status = mi_visit_refuse(v, 404, "no such subject");
    return p;
}

/* That something of a number was made or erased. */
static void tell_one(const mi_visit *v, const char *name, int64_t id)
{
    mien_json j = mien_json_on(v->out, 0);
    mien_json_object(&j, NULL);
    mi_visit_put_id(&j, name, id);
    mien_json_text(&j, "subject", v->ask->subject);
    mien_json_close(&j);
}

/* ---- evidence ------------------------------------------------------------ */

/* The files, without their bytes. */
static int list_evidence(const mi_visit *v, const mien_gallery_person *p)
{
    mien_gallery_evidence all[MIEN_GALLERY_MAX_EVIDENCE];
    mien_error err = {0};
    int n = 0;
    mien_status st = mien_gallery_list_evidence(v->g, p->id, &n, all, &err);
    if (st)
        return mi_visit_refused(v, st, &err);
    mien_json j = mien_json_on(v->out, 0);
    mien_json_object(&j, NULL);
    mien_json_array(&j, "evidence");
    for (int i = 0; i < n; i++) {
        mien_json_object(&j, NULL);
        mi_visit_put_id(&j, "evidence_id", all[i].id);
        mien_json_text(&j, "name", all[i].name);
        mien_json_text(&j, "day", all[i].day);
        mien_json_int(&j, "size", all[i].size);
        mien_json_text(&j, "sha256", all[i].sha256);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    mien_json_close(&j);
    return 200;
}

/* Keep the file of a form. */
static int add_evidence(const mi_visit *v, const mi_route *r,
                        const mien_gallery_person *p)
{
    const mi_form_field *f = mi_body_find(v->body, r->file);
    mien_gallery_file file = {.name = v->ask->name};
    mien_error err = {0};
    int64_t id = 0;
    if (!f || !f->n)
        return mi_visit_refuse(v, 400, "file: the body has no such file");
    if (!*v->ask->name)
        return mi_visit_refuse(v, 400, "name: wanted is the file's name");
    memcpy(&file.bytes.data, &f->data, sizeof f->data);
    file.bytes.n = f->n;
    mien_status st = mien_gallery_add_evidence(v->g, p->id, &file, &id, &err);
    if (st)
        return mi_visit_refused(v, st, &err);
    tell_one(v, "evidence_id", id);
    return 201;
}

/* Does a file of the number belong to somebody?  0, or the status of a refusal.
 */
static int own_evidence(const mi_visit *v, const mien_gallery_person *p,
                        int64_t id)
{
    mien_gallery_evidence all[MIEN_GALLERY_MAX_EVIDENCE];
    mien_error err = {0};
    int n = 0;
    mien_status st = mien_gallery_list_evidence(v->g, p->id, &n, all, &err);
    if (st)
        return mi_visit_refused(v, st, &err);
    for (int i = 0; i < n; i++)
        if (all[i].id == id)
            return 0;
    return mi_visit_refuse(v, 404, "no such file of this subject");
}

/* The bytes of a file, or that it was erased. */
static int use_evidence(const mi_visit *v, const mi_route *r,
                        const mien_gallery_person *p)
{
    int64_t id = mi_visit_read_id(v->ask->rest);
    mien_error err = {0};
    mien_status st;
    int status = own_evidence(v, p, id);
    if (status)
        return status;
    if (r->kind == MI_ROUTE_EVIDENCE_READ)
        st = mien_gallery_read_evidence(v->g, id, v->out, &err);
    else
        st = mien_gallery_remove_evidence(v->g, id, &err);
    if (st)
        return mi_visit_refused(v, st, &err);
    if (r->kind == MI_ROUTE_EVIDENCE_DELETE)
        tell_one(v, "evidence_id", id);
    return 200;
}

/* ---- faces that are not somebody ----------------------------------------- */

/* Those faces, which are numbers. */
static int list_negatives(const mi_visit *v, const mien_gallery_person *p)
{
    mien_gallery_negative all[MIEN_GALLERY_MAX_NEGATIVES];
    int n = mien_gallery_list_negatives(v->g, p->id, all);
    mien_json j = mien_json_on(v->out, 0);
    mien_json_object(&j, NULL);
    mien_json_array(&j, "negatives");
    for (int i = 0; i < n; i++) {
        mien_json_object(&j, NULL);
        mi_visit_put_id(&j, "negative_id", all[i].id);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    mien_json_close(&j);
    return 200;
}

/* Keep the one face of a photo as not somebody. */
static int add_negative(const mi_visit *v, const mien_gallery_person *p)
{
    int status = 0;
    int64_t id = 0;
    mien_error err = {0};
    const mien_face *face = mi_visit_face(v, &status);
    if (!face)
        return status;
    const mien_gallery_faces faces = mi_visit_described(v, face->descriptor);
    mien_status st = mien_gallery_add_negative(v->g, p->id, &faces, &id, &err);
    if (st)
        return mi_visit_refused(v, st, &err);
    tell_one(v, "negative_id", id);
    return 201;
}

/* Erase one of the person who is named. */
static int erase_negative(const mi_visit *v, const mien_gallery_person *p)
{
    mien_gallery_negative all[MIEN_GALLERY_MAX_NEGATIVES];
    int n = mien_gallery_list_negatives(v->g, p->id, all), at = 0;
    int64_t id = mi_visit_read_id(v->ask->rest);
    mien_error err = {0};
    while (at < n && all[at].id != id)
        at++;
    if (at == n)
        return mi_visit_refuse(v, 404, "no such negative of this subject");
    mien_status st = mien_gallery_remove_negative(v->g, id, &err);
    if (st)
        return mi_visit_refused(v, st, &err);
    tell_one(v, "negative_id", id);
    return 200;
}

/* ---- the last change ----------------------------------------------------- */

/* Take it back.  What it was is known only then: a key of one purpose might
 * take back what was done for another. */
static int undo(const mi_visit *v)
{
    static const char *const what[] = {"nothing", "renamed", "enrolled",
                                       "added",   "merged",  "split"};
    mien_gallery_undone u = {0};
    mien_error err = {0};
    if (*v->ask->key.purpose)
        return mi_visit_refuse(
            v, 403, "the last change may be for another purpose than this key");
    mien_status st = mien_gallery_undo(v->g, &u, &err);
    if (st)
        return mi_visit_refused(v, st, &err);
    mien_json j = mien_json_on(v->out, 0);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "undone", what[u.what]);
    if (u.what != MIEN_GALLERY_NOTHING) {
        mien_json_int(&j, "person", u.person);
        mien_json_text(&j, "subject", u.name);
        mien_json_text(&j, "other", *u.other_name ? u.other_name : NULL);
        mien_json_int(&j, "faces", u.faces);
        mien_json_int(&j, "evidence", u.evidence);
        mien_json_int(&j, "negatives", u.negatives);
    }
    mien_json_close(&j);
    return 200;
}

int mi_held_answer(const mi_visit *v, const mi_route *r)
{
    int status = 0;
    if (r->kind == MI_ROUTE_UNDO)
        return undo(v);
    const mien_gallery_person *p = subject_of(v, &status);
    if (!p)
        return status;
    switch (r->kind) {
    case MI_ROUTE_EVIDENCE: return list_evidence(v, p);
    case MI_ROUTE_EVIDENCE_ADD: return add_evidence(v, r, p);
    case MI_ROUTE_EVIDENCE_READ:
    case MI_ROUTE_EVIDENCE_DELETE: return use_evidence(v, r, p);
    case MI_ROUTE_NEGATIVES: return list_negatives(v, p);
    case MI_ROUTE_NEGATIVE_ADD: return add_negative(v, p);
    case MI_ROUTE_NEGATIVE_DELETE: return erase_negative(v, p);
    default: return mi_visit_refuse(v, 404, "there is no such path");
    }
}
