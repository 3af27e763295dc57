/* routes.c: the table of routes, and OpenAPI of it. */
#include "serve/routes.h"

#include "mien/json.h"
#include "mien/serve.h"

#include <stdio.h>
#include <string.h>

static const char json[] = "application/json";

const mi_route mi_routes[MI_ROUTES] = {
    {MI_ROUTE_HEALTH,
     "GET",
     "/healthz",
     0,
     {NULL, NULL},
     json,
     "whether the server answers"},
    {MI_ROUTE_OPENAPI,
     "GET",
     "/openapi.json",
     0,
     {NULL, NULL},
     json,
     "this description"},
    {MI_ROUTE_METRICS,
     "GET",
     "/metrics",
     MIEN_SERVE_METRICS,
     {NULL, NULL},
     "text/plain; version=0.0.4; charset=utf-8",
     "counts for Prometheus"},
    {MI_ROUTE_DETECT,
     "POST",
     "/api/v1/detection/detect",
     MIEN_SERVE_DETECT,
     {"file", NULL},
     json,
     "the faces of a photo"},
    {MI_ROUTE_VERIFY,
     "POST",
     "/api/v1/verification/verify",
     MIEN_SERVE_VERIFY,
     {"source_image", "target_image"},
     json,
     "the faces of a photo, compared with the largest of another"},
};

int mi_route_find(const char *path)
{
    for (int i = 0; i < MI_ROUTES; i++)
        if (strcmp(mi_routes[i].path, path) == 0)
            return i;
    return -1;
}

/* ---- OpenAPI ------------------------------------------------------------- */

typedef struct parameter {
    const char *name, *type, *about;
} parameter;

static const parameter parameters[] = {
    {"limit", "integer", "the largest faces of a photo; 0: all"},
    {"det_prob_threshold", "number",
     "surer faces only, 0..1; below 0.1 means 0.1; usual 0.6"},
    {"face_plugins", "string",
     "of landmarks, calculator, age, gender, with commas between"},
    {"status", "boolean", "add times and the names of networks"},
};

static void write_parameters(mien_json *j)
{
    mien_json_array(j, "parameters");
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
        mien_json_object(j, NULL);
        mien_json_text(j, "name", parameters[i].name);
        mien_json_text(j, "in", "query");
        mien_json_text(j, "description", parameters[i].about);
        mien_json_object(j, "schema");
        mien_json_text(j, "type", parameters[i].type);
        mien_json_close(j);
        mien_json_close(j);
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

static void write_body(mien_json *j, const mi_route *r)
{
    mien_json_object(j, "requestBody");
    mien_json_bool(j, "required", 1);
    mien_json_object(j, "content");
    write_form(j, r, "multipart/form-data", "binary");
    write_form(j, r, json, "byte");
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
    };
    mien_json_object(j, "responses");
    mien_json_object(j, "200");
    mien_json_text(j, "description", r->summary);
    mien_json_object(j, "content");
    mien_json_object(j, r->type);
    for (int i = 0; i < 3; i++)
        mien_json_close(j);
    for (size_t i = 0; r->picture[0] && i < 4; i++) {
        mien_json_object(j, refused[i][0]);
        mien_json_text(j, "description", refused[i][1]);
        mien_json_close(j);
    }
    static const char *const by_key[][2] = {
        {"401", "no key, or one that is not known or has ended"},
        {"403", "the key may not do this"},
        {"429", "too many requests by this key"},
    };
    for (size_t i = 0; r->scope && i < 3; i++) {
        mien_json_object(j, by_key[i][0]);
        mien_json_text(j, "description", by_key[i][1]);
        mien_json_close(j);
    }
    mien_json_close(j);
}

/* A path with its one method. */
static void write_route(mien_json *j, const mi_route *r)
{
    mien_json_object(j, r->path);
    mien_json_object(j, *r->method == 'G' ? "get" : "post");
    mien_json_text(j, "summary", r->summary);
    if (r->scope) {
        mien_json_array(j, "security");
        mien_json_object(j, NULL);
        mien_json_array(j, "key");
        for (int i = 0; i < 3; i++)
            mien_json_close(j);
    }
    if (r->picture[0]) {
        write_parameters(j);
        write_body(j, r);
    }
    write_answers(j, r);
    mien_json_close(j);
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
    mien_json_object(&j, "key");
    mien_json_text(&j, "type", "apiKey");
    mien_json_text(&j, "in", "header");
    mien_json_text(&j, "name", "x-api-key");
    for (int i = 0; i < 3; i++)
        mien_json_close(&j);
    mien_json_object(&j, "paths");
    for (int i = 0; i < MI_ROUTES; i++)
        write_route(&j, &mi_routes[i]);
    mien_json_close(&j);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}
