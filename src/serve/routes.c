/* routes.c: the table of routes, and OpenAPI of it. */
#include "serve/routes.h"

#include "mien/json.h"
#include "mien/serve.h"

#include <stdio.h>
#include <string.h>

static const char json[] = "application/json";

#define SUBJECTS "/api/v1/recognition/subjects"
#define FACES "/api/v1/recognition/faces"
#define PEOPLE "/api/v1/people"
#define SESSION "/session"

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
     .summary = "whether there is a gallery, for the app"},
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
           r->kind == MI_ROUTE_LOG_IN;
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

enum {
    PHOTO =
        1 << MI_ROUTE_DETECT | 1 << MI_ROUTE_VERIFY | 1 << MI_ROUTE_RECOGNIZE,
    ENROLL = 1 << MI_ROUTE_SUBJECT_ADD | 1 << MI_ROUTE_FACE_ADD
};

const mi_parameter mi_parameters[MI_PARAMETERS] = {
    {"limit", "integer", "the largest faces of a photo; 0: all", PHOTO},
    {"det_prob_threshold", "number",
     "surer faces only, 0..1; below 0.1 means 0.1; usual 0.6",
     PHOTO | 1 << MI_ROUTE_FACE_ADD},
    {"face_plugins", "string",
     "of landmarks, calculator, age, gender, with commas between", PHOTO},
    {"status", "boolean", "add times and the names of networks", PHOTO},
    {"prediction_count", "integer", "1: the nearest, or nobody",
     1 << MI_ROUTE_RECOGNIZE},
    {"purpose", "string",
     "what for; as the key has it, which is usual where it has one",
     1 << MI_ROUTE_RECOGNIZE | ENROLL},
    {"basis", "string", "why: one of " MIEN_BASES "; usual: the key's", ENROLL},
    {"expires", "string", "the last day, YYYY-MM-DD; usual: by the key's days",
     ENROLL},
    {"subject", "string", "a person's name",
     1 << MI_ROUTE_FACES | 1 << MI_ROUTE_FACE_ADD},
    {"page", "integer", "0 is the first", 1 << MI_ROUTE_FACES},
    {"size", "integer", "faces of a page; usual 20, at most 1000",
     1 << MI_ROUTE_FACES},
};

/* ---- OpenAPI ------------------------------------------------------------- */

static void write_parameter(mien_json *j, const char *name, const char *in,
                            const char *type, const char *about)
{
    mien_json_object(j, NULL);
    mien_json_text(j, "name", name);
    mien_json_text(j, "in", in);
    if (strcmp(in, "path") == 0)
        mien_json_bool(j, "required", 1);
    mien_json_text(j, "description", about);
    mien_json_object(j, "schema");
    mien_json_text(j, "type", type);
    mien_json_close(j);
    mien_json_close(j);
}

/* What may stand in the path and behind it. */
static void write_parameters(mien_json *j, const mi_route *r)
{
    const char *brace = strchr(r->path, '{');
    char name[32];
    mien_json_array(j, "parameters");
    if (brace) {
        snprintf(name, sizeof name, "%.*s", (int)strcspn(brace + 1, "}"),
                 brace + 1);
        write_parameter(j, name, "path", "string", "a name, or a face's id");
    }
    for (int i = 0; i < MI_PARAMETERS; i++) {
        const mi_parameter *p = &mi_parameters[i];
        if (p->of & 1U << r->kind)
            write_parameter(j, p->name, "query", p->type, p->about);
    }
    mien_json_close(j);
}

/* A form, or an object, of pictures. */
static void write_form(mien_json *j, const mi_route *r, const char *type,
                       const char *format)
{
    mien_json_object(j, type);
    mien_json_object(j, "schema");
    mien_json_text(j, "type", "object");
    mien_json_array(j, "required");
    for (int i = 0; i < 2 && r->picture[i]; i++)
        mien_json_text(j, NULL, r->picture[i]);
    mien_json_close(j);
    mien_json_object(j, "properties");
    for (int i = 0; i < 2 && r->picture[i]; i++) {
        mien_json_object(j, r->picture[i]);
        mien_json_text(j, "type", "string");
        mien_json_text(j, "format", format);
        mien_json_close(j);
    }
    for (int i = 0; i < 3; i++)
        mien_json_close(j);
}

/* An object with one text. */
static void write_text(mien_json *j, const char *name)
{
    mien_json_object(j, json);
    mien_json_object(j, "schema");
    mien_json_text(j, "type", "object");
    mien_json_array(j, "required");
    mien_json_text(j, NULL, name);
    mien_json_close(j);
    mien_json_object(j, "properties");
    mien_json_object(j, name);
    mien_json_text(j, "type", "string");
    for (int i = 0; i < 4; i++)
        mien_json_close(j);
}

static void write_body(mien_json *j, const mi_route *r)
{
    mien_json_object(j, "requestBody");
    mien_json_bool(j, "required", 1);
    mien_json_object(j, "content");
    if (r->text) {
        write_text(j, r->text);
    } else {
        write_form(j, r, "multipart/form-data", "binary");
        write_form(j, r, json, "byte");
    }
    mien_json_close(j);
    mien_json_close(j);
}

/* The statuses that a route answers with. */
static void write_answers(mien_json *j, const mi_route *r)
{
    static const char *const refused[][2] = {
        {"400", "the request or its photo is wrong; no face (code 28)"},
        {"413", "the body is too large"},
        {"415", "the body is of another type"},
        {"503", "too many requests wait; again after Retry-After"},
        {"422", "the photo's worker ended or took too long"},
    };
    size_t n = sizeof refused / sizeof *refused - !r->picture[0];
    mien_json_object(j, "responses");
    mien_json_object(j, mi_route_made(r) ? "201" : "200");
    mien_json_text(j, "description", r->summary);
    mien_json_object(j, "content");
    mien_json_object(j, r->type);
    for (int i = 0; i < 3; i++)
        mien_json_close(j);
    for (size_t i = 0; (r->picture[0] || r->text) && i < n; i++) {
        mien_json_object(j, refused[i][0]);
        mien_json_text(j, "description", refused[i][1]);
        mien_json_close(j);
    }
    static const char *const by_key[][2] = {
        {"401", "no key or session, or one that is not known or has ended"},
        {"403",
         "the key may not do this, or x-csrf-token is not the session's"},
        {"429", "too many requests by this key"},
    };
    for (size_t i = 0; (r->scope || mi_route_is_session(r)) && i < 3; i++) {
        mien_json_object(j, by_key[i][0]);
        mien_json_text(j, "description", by_key[i][1]);
        mien_json_close(j);
    }
    mien_json_close(j);
}

/* One way to be let in: all of some schemes. */
static void write_way(mien_json *j, const char *a, const char *b)
{
    mien_json_object(j, NULL);
    mien_json_array(j, a);
    mien_json_close(j);
    if (b) {
        mien_json_array(j, b);
        mien_json_close(j);
    }
    mien_json_close(j);
}

/* A key, or a session, which has its token where something is done. */
static void write_security(mien_json *j, const mi_route *r)
{
    mien_json_array(j, "security");
    if (r->scope)
        write_way(j, "key", NULL);
    write_way(j, "session", strcmp(r->method, "GET") != 0 ? "csrf" : NULL);
    mien_json_close(j);
}

static void write_scheme(mien_json *j, const char *name, const char *in,
                         const char *field, const char *about)
{
    mien_json_object(j, name);
    mien_json_text(j, "type", "apiKey");
    mien_json_text(j, "in", in);
    mien_json_text(j, "name", field);
    mien_json_text(j, "description", about);
    mien_json_close(j);
}

/* One method of a path. */
static void write_route(mien_json *j, const mi_route *r)
{
    char method[8] = "";
    for (size_t i = 0; r->method[i] && i + 1 < sizeof method; i++)
        method[i] = (char)(r->method[i] | 32);
    mien_json_object(j, method);
    mien_json_text(j, "summary", r->summary);
    if (r->scope || r->kind == MI_ROUTE_LOG_OUT)
        write_security(j, r);
    write_parameters(j, r);
    if (r->picture[0] || r->text)
        write_body(j, r);
    write_answers(j, r);
    mien_json_close(j);
}

/* A path with its methods, which stand together in the table. */
static void write_path(mien_json *j, int first)
{
    mien_json_object(j, mi_routes[first].path);
    for (int i = first; i < MI_ROUTES; i++)
        if (strcmp(mi_routes[i].path, mi_routes[first].path) == 0)
            write_route(j, &mi_routes[i]);
    mien_json_close(j);
}

void mien_serve_openapi(mien_buffer *out)
{
    mien_json j = mien_json_on(out, 2);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "openapi", "3.0.3");
    mien_json_object(&j, "info");
    mien_json_text(&j, "title", "mien");
    mien_json_text(&j, "version", MIEN_VERSION);
    mien_json_close(&j);
    mien_json_object(&j, "components");
    mien_json_object(&j, "securitySchemes");
    write_scheme(&j, "key", "header", "x-api-key", "of mien key add");
    write_scheme(&j, "session", "cookie", "__Host-mien-session",
                 "of POST /session; mien-session-PORT where there is no TLS");
    write_scheme(&j, "csrf", "header", "x-csrf-token",
                 "csrf of POST and GET /session");
    mien_json_close(&j);
    mien_json_close(&j);
    mien_json_object(&j, "paths");
    for (int i = 0; i < MI_ROUTES; i++)
        if (!i || strcmp(mi_routes[i].path, mi_routes[i - 1].path) != 0)
            write_path(&j, i);
    mien_json_close(&j);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}
