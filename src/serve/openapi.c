/* openapi.c: the table of routes as OpenAPI 3.0. */
#include "serve/routes.h"

#include "mien/json.h"
#include "mien/serve.h"

#include <stdio.h>
#include <string.h>

static const char json[] = "application/json";

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
        if (p->of & MI_ROUTE_BIT(r->kind))
            write_parameter(j, p->name, "query", p->type, p->about);
    }
    mien_json_close(j);
}

/* A form, or an object, of pictures. */
static void write_form(mien_json *j, const mi_route *r, const char *type,
                       const char *format)
{
    const char *const field[] = {r->file ? r->file : r->picture[0],
                                 r->picture[1]};
    mien_json_object(j, type);
    mien_json_object(j, "schema");
    mien_json_text(j, "type", "object");
    mien_json_array(j, "required");
    for (int i = 0; i < 2 && field[i]; i++)
        mien_json_text(j, NULL, field[i]);
    mien_json_close(j);
    mien_json_object(j, "properties");
    for (int i = 0; i < 2 && field[i]; i++) {
        mien_json_object(j, field[i]);
        mien_json_text(j, "type", "string");
        mien_json_text(j, "format", format);
        mien_json_close(j);
    }
    for (int i = 0; i < 3; i++)
        mien_json_close(j);
}

/* The texts of a route, one after the other; NULL: there are no more. */
static const char *text_at(const mi_route *r, int i)
{
    return i == 0 ? r->text : i <= 3 ? r->more[i - 1] : NULL;
}

/* An object of texts. */
static void write_texts(mien_json *j, const mi_route *r)
{
    mien_json_object(j, json);
    mien_json_object(j, "schema");
    mien_json_text(j, "type", "object");
    mien_json_array(j, "required");
    for (int i = 0; text_at(r, i); i++)
        mien_json_text(j, NULL, text_at(r, i));
    mien_json_close(j);
    mien_json_object(j, "properties");
    for (int i = 0; text_at(r, i); i++) {
        mien_json_object(j, text_at(r, i));
        mien_json_text(j, "type", "string");
        mien_json_close(j);
    }
    for (int i = 0; i < 3; i++)
        mien_json_close(j);
}

static void write_body(mien_json *j, const mi_route *r)
{
    mien_json_object(j, "requestBody");
    mien_json_bool(j, "required", 1);
    mien_json_object(j, "content");
    if (r->text) {
        write_texts(j, r);
    } else {
        write_form(j, r, "multipart/form-data", "binary");
        write_form(j, r, json, "byte");
    }
    mien_json_close(j);
    mien_json_close(j);
}

/* A status, and when it is. */
static void write_answer(mien_json *j, const char *status, const char *about)
{
    mien_json_object(j, status);
    mien_json_text(j, "description", about);
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
    for (size_t i = 0; mi_route_has_body(r) && i < n; i++)
        write_answer(j, refused[i][0], refused[i][1]);
    if (r->kind == MI_ROUTE_GALLERY_DELETE) {
        write_answer(j, "202", "it is asked for; another key has to confirm");
        write_answer(j, "409",
                     "it is asked for already; or this does not confirm it");
    }
    static const char *const by_key[][2] = {
        {"401", "no key or session, or one that is not known or has ended"},
        {"403",
         "the key may not do this, or x-csrf-token is not the session's"},
        {"429", "too many requests by this key"},
    };
    for (size_t i = 0; (r->scope || mi_route_is_session(r)) && i < 3; i++)
        write_answer(j, by_key[i][0], by_key[i][1]);
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
    if (mi_route_has_body(r))
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
