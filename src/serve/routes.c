/* routes.c: the table of routes. */
#include "serve/routes.h"

#include "mien/serve.h"

#include <stdio.h>
#include <string.h>

static const char json[] = "application/json";

#define SUBJECTS "/api/v1/recognition/subjects"
#define FACES "/api/v1/recognition/faces"
#define PEOPLE "/api/v1/people"
#define SESSION "/session"
#define EVIDENCE "/api/v1/evidence"
#define NEGATIVES "/api/v1/negatives"
#define GALLERY "/api/v1/gallery"

const mi_route mi_routes[MI_ROUTES] = {
    {.kind = MI_ROUTE_HEALTH,
     .method = "GET",
     .path = "/healthz",
     .type = json,
     .summary = "whether the server answers"},
    {.kind = MI_ROUTE_OPENAPI,
     .method = "GET",
     .path = "/openapi.json",
     .type = json,
     .summary = "this description"},
    {.kind = MI_ROUTE_METRICS,
     .method = "GET",
     .path = "/metrics",
     .scope = MIEN_SERVE_METRICS,
     .type = "text/plain; version=0.0.4; charset=utf-8",
     .summary = "counts for Prometheus"},
    {.kind = MI_ROUTE_SERVER,
     .method = "GET",
     .path = "/server.json",
     .type = json,
     .summary =
         "whether there is a gallery, and which network describes faces: "
         "its digest is null where it is not known or not installed"},
    {.kind = MI_ROUTE_LOG_IN,
     .method = "POST",
     .path = SESSION,
     .text = "key",
     .type = json,
     .summary = "log in with a key: a cookie, and the token that requests "
                "with it repeat as x-csrf-token"},
    {.kind = MI_ROUTE_SESSION,
     .method = "GET",
     .path = SESSION,
     .type = json,
     .summary = "who is logged in, what they may do and until when"},
    {.kind = MI_ROUTE_LOG_OUT,
     .method = "DELETE",
     .path = SESSION,
     .type = json,
     .summary = "log out"},
    {.kind = MI_ROUTE_DETECT,
     .method = "POST",
     .path = "/api/v1/detection/detect",
     .scope = MIEN_SERVE_DETECT,
     .picture = {"file"},
     .type = json,
     .summary = "the faces of a photo"},
    {.kind = MI_ROUTE_VERIFY,
     .method = "POST",
     .path = "/api/v1/verification/verify",
     .scope = MIEN_SERVE_VERIFY,
     .picture = {"source_image", "target_image"},
     .type = json,
     .summary = "the faces of a photo, compared with the largest of another"},
    {.kind = MI_ROUTE_RECOGNIZE,
     .method = "POST",
     .path = "/api/v1/recognition/recognize",
     .scope = MIEN_SERVE_RECOGNIZE,
     .picture = {"file"},
     .type = json,
     .summary = "the faces of a photo, each with the nearest of those enrolled "
                "for the purpose, if it is near enough"},
    {.kind = MI_ROUTE_SUBJECTS,
     .method = "GET",
     .path = SUBJECTS,
     .scope = MIEN_SERVE_PEOPLE,
     .type = json,
     .summary = "the names of who is enrolled"},
    {.kind = MI_ROUTE_SUBJECT_ADD,
     .method = "POST",
     .path = SUBJECTS,
     .scope = MIEN_SERVE_ENROLL,
     .text = "subject",
     .type = json,
     .summary = "enrol a person, whose faces come later"},
    {.kind = MI_ROUTE_SUBJECT_RENAME,
     .method = "PUT",
     .path = SUBJECTS "/{subject}",
     .scope = MIEN_SERVE_ENROLL,
     .text = "subject",
     .type = json,
     .summary = "give a person another name"},
    {.kind = MI_ROUTE_SUBJECT_DELETE,
     .method = "DELETE",
     .path = SUBJECTS "/{subject}",
     .scope = MIEN_SERVE_ERASE,
     .type = json,
     .summary = "erase a person; the answer certifies it"},
    {.kind = MI_ROUTE_FACES,
     .method = "GET",
     .path = FACES,
     .scope = MIEN_SERVE_PEOPLE,
     .type = json,
     .summary = "the faces that are kept, and whose they are"},
    {.kind = MI_ROUTE_FACE_ADD,
     .method = "POST",
     .path = FACES,
     .scope = MIEN_SERVE_ENROLL,
     .picture = {"file"},
     .type = json,
     .summary = "add the one face of a photo; a subject who is not there yet "
                "is enrolled"},
    {.kind = MI_ROUTE_FACE_DELETE,
     .method = "DELETE",
     .path = FACES "/{image_id}",
     .scope = MIEN_SERVE_ERASE,
     .type = json,
     .summary = "erase a face"},
    {.kind = MI_ROUTE_AUDIT,
     .method = "GET",
     .path = "/api/v1/audit",
     .scope = MIEN_SERVE_AUDIT,
     .type = json,
     .summary = "the gallery's log, checked, without what is sealed in it"},
    {.kind = MI_ROUTE_PEOPLE,
     .method = "GET",
     .path = PEOPLE,
     .scope = MIEN_SERVE_PEOPLE,
     .type = json,
     .summary = "who is enrolled: name, basis, purpose, first and last day, "
                "how many faces"},
    {.kind = MI_ROUTE_PERSON,
     .method = "GET",
     .path = PEOPLE "/{subject}",
     .scope = MIEN_SERVE_EXPORT,
     .type = json,
     .summary = "all that is held of a person, descriptors too"},
    {.kind = MI_ROUTE_EVIDENCE,
     .method = "GET",
     .path = EVIDENCE,
     .scope = MIEN_SERVE_PEOPLE,
     .type = json,
     .summary = "the files that show why somebody may be recognised, without "
                "their bytes"},
    {.kind = MI_ROUTE_EVIDENCE_ADD,
     .method = "POST",
     .path = EVIDENCE,
     .scope = MIEN_SERVE_ENROLL,
     .file = "file",
     .type = json,
     .summary = "keep such a file"},
    {.kind = MI_ROUTE_EVIDENCE_READ,
     .method = "GET",
     .path = EVIDENCE "/{evidence_id}",
     .scope = MIEN_SERVE_EXPORT,
     .type = "application/octet-stream",
     .summary = "its bytes"},
    {.kind = MI_ROUTE_EVIDENCE_DELETE,
     .method = "DELETE",
     .path = EVIDENCE "/{evidence_id}",
     .scope = MIEN_SERVE_ERASE,
     .type = json,
     .summary = "erase it"},
    {.kind = MI_ROUTE_NEGATIVES,
     .method = "GET",
     .path = NEGATIVES,
     .scope = MIEN_SERVE_PEOPLE,
     .type = json,
     .summary = "the faces that are not somebody"},
    {.kind = MI_ROUTE_NEGATIVE_ADD,
     .method = "POST",
     .path = NEGATIVES,
     .scope = MIEN_SERVE_ENROLL,
     .picture = {"file"},
     .type = json,
     .summary = "keep the one face of a photo as not this person"},
    {.kind = MI_ROUTE_NEGATIVE_DELETE,
     .method = "DELETE",
     .path = NEGATIVES "/{negative_id}",
     .scope = MIEN_SERVE_ERASE,
     .type = json,
     .summary = "erase it"},
    {.kind = MI_ROUTE_UNDO,
     .method = "POST",
     .path = "/api/v1/undo",
     .scope = MIEN_SERVE_ERASE,
     .type = json,
     .summary = "take back the last change that can be, of whatever purpose"},
    {.kind = MI_ROUTE_GALLERY,
     .method = "GET",
     .path = GALLERY,
     .scope = MIEN_SERVE_DELETE | MIEN_SERVE_AUDIT,
     .type = json,
     .summary = "whether the gallery's deletion is asked for, by which key and "
                "until when"},
    {.kind = MI_ROUTE_GALLERY_DELETE,
     .method = "DELETE",
     .path = GALLERY,
     .scope = MIEN_SERVE_DELETE,
     .type = json,
     .summary = "ask for the gallery's deletion (202), or confirm what another "
                "key asked for: it is deleted, and the answer certifies it"},
    {.kind = MI_ROUTE_GALLERY_KEEP,
     .method = "DELETE",
     .path = GALLERY "/deletion",
     .scope = MIEN_SERVE_DELETE,
     .type = json,
     .summary = "take back that the gallery's deletion is asked for"},
    {.kind = MI_ROUTE_PURPOSE_DELETE,
     .method = "DELETE",
     .path = "/api/v1/purposes/{purpose}",
     .scope = MIEN_SERVE_ERASE,
     .type = json,
     .summary = "erase everybody who is enrolled for a purpose, and what was "
                "calibrated for it; the answer certifies each"},
    {.kind = MI_ROUTE_SEARCH,
     .method = "POST",
     .path = "/api/v1/search",
     .scope = MIEN_SERVE_SEARCH,
     .text = "descriptors",
     .more = {"model", "threshold", "day"},
     .type = json,
     .summary = "who is nearest to faces that another server described, base64 "
                "of floats of 32 bits, the least byte first, for --peers"},
};

/* Does a path follow a pattern? */
static int fits(const char *pattern, const char *path, const char **rest)
{
    size_t n = strcspn(pattern, "{");
    if (!pattern[n])
        return strcmp(pattern, path) == 0;
    *rest = path + n;
    return strncmp(pattern, path, n) == 0 && path[n];
}

int mi_route_find(const char *method, const char *path, const char **rest,
                  char allow[32])
{
    *rest = "";
    *allow = 0;
    for (int i = 0; i < MI_ROUTES; i++) {
        const char *tail = "";
        if (!fits(mi_routes[i].path, path, &tail))
            continue;
        if (strcmp(mi_routes[i].method, method) == 0) {
            *rest = tail;
            *allow = 0;
            return i;
        }
        size_t n = strlen(allow);
        snprintf(allow + n, 32 - n, "%s%s", n ? ", " : "", mi_routes[i].method);
    }
    return -1;
}

int mi_route_made(const mi_route *r)
{
    return r->kind == MI_ROUTE_SUBJECT_ADD || r->kind == MI_ROUTE_FACE_ADD ||
           r->kind == MI_ROUTE_LOG_IN || r->kind == MI_ROUTE_EVIDENCE_ADD ||
           r->kind == MI_ROUTE_NEGATIVE_ADD;
}

int mi_route_has_body(const mi_route *r)
{
    return r->picture[0] || r->file || r->text;
}

int mi_route_is_session(const mi_route *r)
{
    return r->kind == MI_ROUTE_LOG_IN || r->kind == MI_ROUTE_SESSION ||
           r->kind == MI_ROUTE_LOG_OUT;
}

int mi_route_is_open(const mi_route *r)
{
    return !r->scope && !mi_route_is_session(r);
}

#define OF(kind) MI_ROUTE_BIT(MI_ROUTE_##kind)
#define PHOTO (OF(DETECT) | OF(VERIFY) | OF(RECOGNIZE))
#define ENROLL (OF(SUBJECT_ADD) | OF(FACE_ADD))
#define HELD                                                  \
    (OF(EVIDENCE) | OF(EVIDENCE_ADD) | OF(EVIDENCE_READ) |    \
     OF(EVIDENCE_DELETE) | OF(NEGATIVES) | OF(NEGATIVE_ADD) | \
     OF(NEGATIVE_DELETE))

const mi_parameter mi_parameters[MI_PARAMETERS] = {
    {"limit", "integer", "the largest faces of a photo; 0: all", PHOTO},
    {"det_prob_threshold", "number",
     "surer faces only, 0..1; below 0.1 means 0.1; usual 0.6",
     PHOTO | OF(FACE_ADD)},
    {"face_plugins", "string",
     "of landmarks, calculator (the descriptor, of the network that "
     "/server.json names), age, gender, with commas between",
     PHOTO},
    {"status", "boolean", "add times and the names of networks", PHOTO},
    {"taken", "string",
     "the day on which the photo was taken, YYYY-MM-DD, or unknown: who was "
     "born later is not looked for; usual: the day of the photo's EXIF",
     OF(RECOGNIZE)},
    {"prediction_count", "integer", "1: the nearest, or nobody", OF(RECOGNIZE)},
    {"purpose", "string",
     "what for; as the key has it, which is usual where it has one",
     OF(RECOGNIZE) | OF(SEARCH) | ENROLL},
    {"basis", "string", "why: one of " MIEN_BASES "; usual: the key's", ENROLL},
    {"expires", "string", "the last day, YYYY-MM-DD; usual: by the key's days",
     ENROLL},
    {"subject", "string", "a person's name", OF(FACES) | OF(FACE_ADD) | HELD},
    {"name", "string", "the name of a file", OF(EVIDENCE_ADD)},
    {"page", "integer", "0 is the first", OF(FACES)},
    {"size", "integer", "faces of a page; usual 20, at most 1000", OF(FACES)},
    {"confirm", "integer",
     "what GET tells of the deletion that another key asked for",
     OF(GALLERY_DELETE)},
};
