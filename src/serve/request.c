/* request.c: a request comes in, is checked, waits, and is answered.
 *
 * All of it runs on MHD's one thread; what takes time is done by the workers,
 * while the connection is suspended. */
#include "serve/server.h"

#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So much of all bodies is held at a time; a body that is refused is read to
 * its end, so that its sender gets to read why, up to twice the limit. */
static const int64_t most_held = (int64_t)256 << 20;

/* ---- the answer ---------------------------------------------------------- */

/* What no other site may do with any answer. */
static void add_policy(mien_server *s, struct MHD_Response *a,
                       const char *policy)
{
    const char *const all[][2] = {
        {"Content-Security-Policy", policy},
        {"X-Content-Type-Options", "nosniff"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Referrer-Policy", "no-referrer"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        s->mhd.MHD_add_response_header(a, all[i][0], all[i][1]);
}

/* The answer with its headers; NULL: memory ended. */
static struct MHD_Response *response_of(mien_server *s, const mi_request *r)
{
    struct MHD_Response *a = s->mhd.MHD_create_response_from_buffer(
        r->answer.n, r->answer.data, MHD_RESPMEM_MUST_COPY);
    const char *type = r->route >= 0 && r->status < 300
                           ? mi_routes[r->route].type
                           : "application/json";
    if (!a)
        return NULL;
    s->mhd.MHD_add_response_header(a, "Content-Type", type);
    s->mhd.MHD_add_response_header(a, "Cache-Control", "no-store");
    add_policy(s, a, "default-src 'none'; frame-ancestors 'none'");
    if (r->route >= 0 && mi_routes[r->route].kind == MI_ROUTE_EVIDENCE_READ)
        s->mhd.MHD_add_response_header(a, "Content-Disposition", "attachment");
    if (*r->cookie)
        s->mhd.MHD_add_response_header(a, "Set-Cookie", r->cookie);
    if (r->status == 503 || r->status == 429)
        s->mhd.MHD_add_response_header(a, "Retry-After", "1");
    if (r->status == 405)
        s->mhd.MHD_add_response_header(a, "Allow", r->allow);
    if (s->draining)
        s->mhd.MHD_add_response_header(a, "Connection", "close");
    return a;
}

/* Send what status and answer say. */
static enum MHD_Result send_answer(mien_server *s, mi_request *r)
{
    if (r->answer.failed) {
        mien_buffer_free(&r->answer);
        r->status = 503;
    }
    struct MHD_Response *a = response_of(s, r);
    if (!a)
        return MHD_NO;
    enum MHD_Result ok =
        s->mhd.MHD_queue_response(r->connection, (unsigned)r->status, a);
    s->mhd.MHD_destroy_response(a);
    return ok;
}

/* Send a file of the app. */
static enum MHD_Result send_file(mien_server *s, mi_request *r)
{
    size_t size = 0;
    int fd = mi_app_file(&s->app, r->file, &size);
    struct MHD_Response *a =
        fd < 0 ? NULL : s->mhd.MHD_create_response_from_fd(size, fd);
    if (!a && fd >= 0)
        close(fd);
    if (!a) {
        r->status = 404;
        mi_tell_error(404, "the file is gone", &r->answer);
        return send_answer(s, r);
    }
    s->mhd.MHD_add_response_header(a, "Content-Type",
                                   mi_app_type(&s->app, r->file));
    s->mhd.MHD_add_response_header(a, "Cache-Control",
                                   mi_app_cache(&s->app, r->file));
    /* With the opener's policy this makes a page isolated: it may have threads.
     */
    s->mhd.MHD_add_response_header(a, "Cross-Origin-Embedder-Policy",
                                   "require-corp");
    add_policy(s, a, mi_app_policy);
    enum MHD_Result ok = s->mhd.MHD_queue_response(r->connection, 200, a);
    s->mhd.MHD_destroy_response(a);
    return ok;
}

static enum MHD_Result send_refusal(mien_server *s, mi_request *r)
{
    r->status = r->refused;
    mi_tell_error(r->status, r->why, &r->answer);
    return send_answer(s, r);
}

static void refuse(mi_request *r, int status, const char *why)
{
    if (!r->refused) {
        r->refused = status;
        r->why = why;
    }
}

/* ---- the headers --------------------------------------------------------- */

static const char *header(mien_server *s, mi_request *r, const char *name)
{
    return s->mhd.MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND,
                                              name);
}

static void check_query(mien_server *s, mi_request *r)
{
    for (int i = 0; i < MI_PARAMETERS; i++) {
        const mi_parameter *p = &mi_parameters[i];
        const char *v = s->mhd.MHD_lookup_connection_value(
            r->connection, MHD_GET_ARGUMENT_KIND, p->name);
        if (v && p->of & MI_ROUTE_BIT(mi_routes[r->route].kind) &&
            mi_ask_set(&r->ask, p->name, v, &r->wrong))
            refuse(r, 400, r->wrong.text);
    }
}

/* How long the body says it is; -1: it does not. */
static long long length_of(mien_server *s, mi_request *r)
{
    const char *v = header(s, r, "Content-Length");
    char *end;
    if (!v)
        return -1;
    long long n = strtoll(v, &end, 10);
    if (*end || end == v || n < 0)
        refuse(r, 400, "Content-Length: no number");
    return n;
}

/* How large the body may be. */
static int64_t most_of(const mien_server *s, const mi_request *r)
{
    int small = r->file >= 0 ||
                (r->route >= 0 && mi_route_is_session(&mi_routes[r->route]));
    return small && s->o.max_body > MI_SESSION_BODY ? MI_SESSION_BODY
                                                    : s->o.max_body;
}

/* All that can be said before the body; 1: answer at once. */
static int check_headers(mien_server *s, mi_request *r)
{
    const char *why = NULL, *type = header(s, r, "Content-Type");
    const mi_route *route = r->route >= 0 ? &mi_routes[r->route] : NULL;
    int status = mi_admit_host(s, r->connection, route, &why);
    if (status)
        refuse(r, status, why);
    if (r->file >= 0)
        return 0;
    if (!route && *r->allow)
        refuse(r, 405, "the path wants another method");
    else if (!route)
        refuse(r, 404, "there is no such path");
    else if (route->kind >= MI_ROUTE_RECOGNIZE && !s->desk.gallery &&
             !(route->kind == MI_ROUTE_RECOGNIZE && s->desk.peers))
        refuse(r, 404, mi_desk_closed);
    else if (mi_route_is_session(route) && !s->keys_path)
        refuse(r, 404, "there are no keys to log in with (--key-file)");
    if (!r->refused &&
        (status = mi_admit(s, r->connection, route, &r->ask, &why)))
        refuse(r, status, why);
    long long n = length_of(s, r);
    if (n > most_of(s, r))
        refuse(r, 413, "the body is too large");
    if (type && strlen(type) >= sizeof r->type)
        refuse(r, 415, "Content-Type: too long");
    if (!r->refused && type)
        r->has_type = snprintf(r->type, sizeof r->type, "%s", type) > 0;
    if (!r->refused)
        check_query(s, r);
    return n > s->o.max_body;
}

/* The headers of a request have come. */
static enum MHD_Result begin(mien_server *s, mi_connection *c, const char *path,
                             const char *method, void **request)
{
    const union MHD_ConnectionInfo *info =
        s->mhd.MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    mi_request *r = mi_alloc(1, sizeof *r);
    if (!r || !info || !info->socket_context) {
        mi_free(r);
        return MHD_NO;
    }
    const char *rest;
    *r = (mi_request){.connection = c,
                      .client = info->socket_context,
                      .began = mien_clock(),
                      .ask = MI_ASK_DEFAULTS};
    r->route = mi_route_find(method, path, &rest, r->allow);
    r->file = r->route < 0 ? mi_app_find(&s->app, path) : -1;
    if (r->file >= 0 && strcmp(method, "GET") != 0) {
        snprintf(r->allow, sizeof r->allow, "GET");
        r->file = -1;
    }
    /* Longer ones are of nobody. */
    if (snprintf(r->ask.rest, sizeof r->ask.rest, "%s", rest) >=
        (int)sizeof r->ask.rest)
        r->route = -1;
    *request = r;
    pthread_mutex_lock(&s->lock);
    s->active++;
    pthread_mutex_unlock(&s->lock);
    if (check_headers(s, r))
        return send_refusal(s, r);
    return MHD_YES;
}

/* ---- the body ------------------------------------------------------------ */

/* Some of the body has come. */
static enum MHD_Result take(mien_server *s, mi_request *r, const char *data,
                            size_t n)
{
    r->got += (int64_t)n;
    if (r->got > most_of(s, r))
        refuse(r, 413, "the body is too large");
    if (r->got > 2 * s->o.max_body)
        return MHD_NO;
    pthread_mutex_lock(&s->lock);
    if (!r->refused && s->held + (int64_t)n > most_held) {
        s->counts.full++;
        refuse(r, 503, "too many bodies at a time");
    }
    if (!r->refused)
        s->held += (int64_t)n;
    else
        s->held -= (int64_t)r->body.n;
    pthread_mutex_unlock(&s->lock);
    if (r->refused)
        mien_buffer_free(&r->body);
    else
        mien_buffer_put(&r->body, data, n);
    return MHD_YES;
}

/* ---- the end ------------------------------------------------------------- */

/* Let a request wait for a worker. */
static enum MHD_Result queue(mien_server *s, mi_request *r)
{
    if (r->body.failed) {
        refuse(r, 503, "out of memory");
        return send_refusal(s, r);
    }
    s->mhd.MHD_suspend_connection(r->connection);
    if (mi_work_put(s, r))
        return MHD_YES;
    refuse(r, 503, "too many requests wait");
    r->status = 503;
    mi_tell_error(503, r->why, &r->answer);
    r->done = 1;
    s->mhd.MHD_resume_connection(r->connection);
    return MHD_YES;
}

/* What the app, and whoever compares descriptors, has to know. */
static void tell_server(const mi_desk *d, mien_buffer *out)
{
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    mien_json_bool(&j, "server", 1);
    mien_json_bool(&j, "people", d->gallery != NULL);
    mien_json_object(&j, "descriptor");
    mien_json_text(&j, "name", mien_describer_name(d->describer));
    mien_json_text(&j, "network", mi_tell_network(d->describer));
    mien_json_int(&j, "numbers", mien_describer_numbers(d->describer));
    mien_json_real(&j, "threshold",
                   (double)mien_describer_threshold(d->describer), 6);
    mien_json_text(&j, "sha256", *d->model ? d->model : NULL);
    mien_json_close(&j);
    mien_json_close(&j);
}

/* All of a request has come, or it was worked on. */
static enum MHD_Result finish(mien_server *s, mi_request *r)
{
    if (r->done)
        return send_answer(s, r);
    if (r->refused)
        return send_refusal(s, r);
    r->status = 200;
    if (r->file >= 0)
        return send_file(s, r);
    switch (mi_routes[r->route].kind) {
    case MI_ROUTE_HEALTH:
        mien_buffer_puts(&r->answer, "{\"status\":\"OK\"}");
        return send_answer(s, r);
    case MI_ROUTE_OPENAPI:
        mien_serve_openapi(&r->answer);
        return send_answer(s, r);
    case MI_ROUTE_METRICS:
        pthread_mutex_lock(&s->lock);
        mi_counts_write(s, &r->answer);
        pthread_mutex_unlock(&s->lock);
        return send_answer(s, r);
    case MI_ROUTE_SERVER:
        tell_server(&s->desk, &r->answer);
        return send_answer(s, r);
    case MI_ROUTE_LOG_IN:
    case MI_ROUTE_SESSION:
    case MI_ROUTE_LOG_OUT:
        r->status = mi_login_answer(s, r);
        return send_answer(s, r);
    default: return queue(s, r);
    }
}

enum MHD_Result mi_request_step(void *server, mi_connection *c,
                                const char *path, const char *method,
                                const char *version, const char *data,
                                size_t *n, void **request)
{
    (void)version;
    if (!*request)
        return begin(server, c, path, method, request);
    if (!*n)
        return finish(server, *request);
    size_t some = *n;
    *n = 0;
    return take(server, *request, data, some);
}

size_t mi_request_unescape(void *server, mi_connection *c, char *text)
{
    (void)server, (void)c;
    return mi_ask_unescape(text);
}

void mi_request_end(void *server, mi_connection *c, void **request,
                    enum MHD_RequestTerminationCode why)
{
    mien_server *s = server;
    mi_request *r = *request;
    (void)c;
    if (!r)
        return;
    if (why != MHD_REQUEST_TERMINATED_COMPLETED_OK)
        r->status = 0;
    double now = mien_clock();
    mien_serve_entry e = {"-", "-", r->status, r->got, now - r->began};
    if (r->route >= 0) {
        e.route = mi_routes[r->route].path;
        e.method = mi_routes[r->route].method;
    } else if (r->file >= 0) {
        e.route = "the app";
        e.method = "GET";
    }
    if (s->o.log)
        s->o.log(s->o.log_arg, &e);
    pthread_mutex_lock(&s->lock);
    mi_counts_add(&s->counts, r->route, r->status);
    s->held -= (int64_t)r->body.n;
    r->client->since = now;
    if (--s->active == 0)
        pthread_cond_signal(&s->quiet);
    pthread_mutex_unlock(&s->lock);
    mien_buffer_free(&r->body);
    mien_buffer_free(&r->answer);
    mi_free(r);
    *request = NULL;
}

/* ---- connections --------------------------------------------------------- */

/* Remember a connection that begins. */
static void greet(mien_server *s, mi_connection *c, void **client)
{
    const union MHD_ConnectionInfo *info =
        s->mhd.MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    mi_client *one = mi_alloc(1, sizeof *one);
    *client = one;
    if (!one)
        return;
    *one = (mi_client){.fd = info->connect_fd, .since = mien_clock()};
    pthread_mutex_lock(&s->lock);
    one->next = s->clients;
    if (one->next)
        one->next->before = one;
    s->clients = one;
    s->n_clients++;
    pthread_mutex_unlock(&s->lock);
}

void mi_client_change(void *server, mi_connection *c, void **client,
                      enum MHD_ConnectionNotificationCode what)
{
    mien_server *s = server;
    mi_client *one = *client;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        greet(s, c, client);
        return;
    }
    if (!one)
        return;
    pthread_mutex_lock(&s->lock);
    if (one->next)
        one->next->before = one->before;
    if (one->before)
        one->before->next = one->next;
    else
        s->clients = one->next;
    s->n_clients--;
    pthread_mutex_unlock(&s->lock);
    mi_free(one);
    *client = NULL;
}
