/* visit.c: what requests at the desk share. */
#include "serve/visit.h"

#include "serve/tell.h"

#include "base/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int mi_visit_refuse(const mi_visit *v, int status, const char *why)
{
    return mi_tell_refuse(status, why, v->out);
}

/* What the gallery refused.  A failure of the server's own may name paths. */
int mi_visit_refused(const mi_visit *v, mien_status st, const mien_error *err)
{
    int status = st == MIEN_EARG || st == MIEN_ELIMIT ? 400
                 : st == MIEN_ENOMEM                  ? 503
                                                      : 500;
    return mi_visit_refuse(v, status,
                           status == 400 ? err->text : mien_status_text(st));
}

int mi_visit_purpose(const mi_visit *v, const char **out)
{
    const char *own = v->ask->key.purpose, *said = v->ask->basis.purpose;
    if (*own && *said && strcmp(own, said) != 0)
        return mi_visit_refuse(v, 403, "purpose: this key is for another");
    *out = *own ? own : said;
    return **out ? 0
                 : mi_visit_refuse(
                       v, 400,
                       "purpose: neither the request nor its key says what "
                       "for");
}

/* May the request's key know of somebody? */
int mi_visit_sees(const mi_visit *v, const mien_gallery_person *p)
{
    const char *purpose = v->ask->key.purpose;
    return !*purpose || strcmp(p->basis.purpose, purpose) == 0;
}

/* Somebody whom it may know of; NULL: there is none. */
const mien_gallery_person *mi_visit_find(const mi_visit *v, const char *name)
{
    const mien_gallery_person *p = mien_gallery_find(v->g, name);
    return p && mi_visit_sees(v, p) ? p : NULL;
}

/* CompreFace's ids are UUIDs: ours fill the last half. */
void mi_visit_put_id(mien_json *j, const char *name, int64_t id)
{
    char text[40];
    uint64_t n = (uint64_t)id;
    snprintf(text, sizeof text, "00000000-0000-0000-%04" PRIx64 "-%012" PRIx64,
             n >> 48, n & ((UINT64_C(1) << 48) - 1));
    mien_json_text(j, name, text);
}

void mi_visit_put_certificate(mien_json *j, const mien_gallery_certificate *c)
{
    mien_json_object(j, "certificate");
    mien_json_int(j, "person", c->id);
    mien_json_int(j, "at", c->at);
    mien_json_int(j, "faces", c->faces);
    mien_json_int(j, "evidence", c->evidence);
    mien_json_int(j, "inferred", c->inferred);
    mien_json_int(j, "negatives", c->negatives);
    mien_json_int(j, "entry", c->entry);
    mien_json_text(j, "check", c->mac);
    mien_json_close(j);
}

void mi_visit_put_files(mien_json *j, const mien_gallery_inferred *e, int n)
{
    mien_json_array(j, "predictions");
    for (int i = 0; i < n; i++) {
        mien_json_object(j, NULL);
        mien_json_text(j, "file", e[i].file);
        mien_json_text(j, "sha256", e[i].file_sha256);
        mien_json_close(j);
    }
    mien_json_close(j);
}

/* The number of such a text; 0: it is none. */
int64_t mi_visit_read_id(const char *text)
{
    static const char head[] = "00000000-0000-0000-";
    static const char digits[] = "0123456789abcdefABCDEF";
    if (strlen(text) != 36 || strncmp(text, head, 19) != 0 ||
        strspn(text + 19, digits) != 4 || text[23] != '-' ||
        strspn(text + 24, digits) != 12)
        return 0;
    uint64_t high = strtoull(text + 19, NULL, 16);
    uint64_t low = strtoull(text + 24, NULL, 16);
    return high >> 15 ? 0 : (int64_t)(high << 48 | low);
}

mien_gallery_faces mi_visit_described(const mi_visit *v, const float *row)
{
    mien_gallery_faces f = {.n = 1,
                            .numbers = mien_describer_numbers(v->describer)};
    f.descriptor = row;
    memcpy(f.model, v->model, sizeof f.model);
    return f;
}

/* The one face of a photo; NULL, and the status of a refusal. */
const mien_face *mi_visit_face(const mi_visit *v, int *status)
{
    const mien_faces *f = &v->got->faces;
    if (f->n == 1 && f->face[0].has & MIEN_FACE_DESCRIPTOR)
        return &f->face[0];
    *status =
        f->n > 1 ? mi_visit_refuse(v, 400,
                                   "More than one face is in the given image")
        : f->n   ? mi_visit_refuse(
                       v, 400, "The face in the given image cannot be described")
               : mi_tell_no_face("given", v->out);
    return NULL;
}
