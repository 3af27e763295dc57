/* The server over loopback: who may do what, made from the table of routes;
 * limits; how it ends.
 *
 * Not as WebAssembly: sockets, threads and libmicrohttpd. */
#include "serve/routes.h"
#include "tests/serve_ask.h"

#include <time.h>

/* ---- who may do what ----------------------------------------------------- */

enum { SCOPES = 10, KEYS = SCOPES + 3 };
/* A key of each scope, of all, of all that has ended, of all that was revoked,
 * and none; of a server without a gallery. */
static void test_each_route_and_key(void)
{
    char key[KEYS + 1][MIEN_SERVE_KEY_SIZE] = {""}, id[KEYS][9], out[40000];
    unlink(keys_path);
    for (int i = 0; i < SCOPES; i++)
        serve_key(1U << i, "", "", id[i], key[i]);
    serve_key(MIEN_SERVE_ALL, "2999-12-31", "", id[SCOPES], key[SCOPES]);
    serve_key(MIEN_SERVE_ALL, "2001-01-01", "", id[SCOPES + 1],
              key[SCOPES + 1]);
    serve_key(MIEN_SERVE_ALL, "", "", id[SCOPES + 2], key[SCOPES + 2]);
    CHECK_EQ(mien_serve_key_revoke(keys_path, id[SCOPES + 2], NULL), MIEN_OK);
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    o.keys = keys_path;
    mien_server *s = start(o);
    for (int r = 0; s && r < MI_ROUTES; r++)
        for (int k = 0; k <= KEYS; k++) {
            const mi_route *route = &mi_routes[r];
            unsigned scopes = k < SCOPES    ? 1U << k
                              : k == SCOPES ? MIEN_SERVE_ALL
                                            : 0;
            int want = route->kind >= MI_ROUTE_RECOGNIZE ? 404
                       : route->kind == MI_ROUTE_LOG_IN  ? 415
                       : route->kind == MI_ROUTE_LOG_OUT ? 401
                       : !route->scope                   ? 200
                       : !scopes                         ? 401
                       : route->scope & scopes           ? 200
                                                         : 403;
            int got = ask(s,
                          (request){route->method, route->path,
                                    k < KEYS ? key[k] : NULL, NULL, NULL, NULL,
                                    route->picture[0] ? form : NULL},
                          out, sizeof out);
            CHECK_MSG(got == want, "%s, key %d: %d, want %d", route->path, k,
                      got, want);
            CHECK(!strstr(out, key[k]) || !*key[k]);
        }
    mien_server_free(s);
}

static void test_a_revoked_key_is_refused_soon(void)
{
    char id[9], key[MIEN_SERVE_KEY_SIZE], out[9000];
    unlink(keys_path);
    serve_key(MIEN_SERVE_METRICS, "", "", id, key);
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    o.keys = keys_path;
    mien_server *s = start(o);
    request r = {
        .method = "GET", .path = "/metrics", key, NULL, NULL, NULL, NULL};
    CHECK_EQ(ask(s, r, out, sizeof out), 200);
    CHECK_EQ(mien_serve_key_revoke(keys_path, id, NULL), MIEN_OK);
    int status = 200;
    for (int i = 0; i < 100 && status == 200; i++) {
        nanosleep(&(struct timespec){0, 100000000}, NULL);
        status = ask(s, r, out, sizeof out);
    }
    CHECK_EQ(status, 401);
    mien_server_free(s);
}

/* ---- requests ------------------------------------------------------------ */

static const struct {
    request r;
    int status;
    const char *has; /* in the answer */
} cases[] = {
    {{.method = "POST", .path = "/api/v1/detection/detect", .body = form},
     200,
     "{\"result\":[{\"box\":{\"probability\":0.75,\"x_max\":40,"
     "\"y_max\":60,\"x_min\":10,\"y_min\":20}}]}"},
    {{.method = "POST",
      .path = "/api/v1/detection/detect?face_plugins=age,landmarks",
      .body = form},
     200,
     "\"age\":{\"high\":31,\"low\":30}"},
    {{.method = "POST", .path = "/api/v1/verification/verify", .body = form},
     200,
     "\"similarity\":1"},
    {{.method = "POST",
      .path = "/api/v1/detection/detect",
      .type = "application/json",
      .body = "{\"file\":\"cGhvdG8=\"}"},
     200,
     "\"box\""},
    {{.method = "POST",
      .path = "/api/v1/detection/detect",
      .type = "application/json",
      .body = "{\"file\":\"bm9uZQ\"}"},
     400,
     "\"code\":28"},
    {{.method = "POST",
      .path = "/api/v1/detection/detect",
      .type = "application/json",
      .body = "{\"file\":\"YmFk\"}"},
     400,
     "file: no picture"},
    {{.method = "POST",
      .path = "/api/v1/detection/detect",
      .type = "application/json",
      .body = "{\"file\":\"*\"}"},
     400,
     "no base64"},
    {{.method = "POST",
      .path = "/api/v1/detection/detect",
      .type = "application/json",
      .body = "{\"other\":\"YmFk\"}"},
     400,
     "no such picture"},
    {{.method = "POST",
      .path = "/api/v1/detection/detect",
      .type = "text/plain",
      .body = form},
     415,
     "Content-Type"},
    {{.method = "POST",
      .path = "/api/v1/detection/detect?limit=-1",
      .body = form},
     400,
     "limit: wanted"},
    {{.method = "POST",
      .path = "/api/v1/detection/detect?limit=1.5",
      .body = form},
     400,
     "whole"},
    {{.method = "POST",
      .path = "/api/v1/detection/detect?det_prob_threshold=1.1",
      .body = form},
     400,
     "0..1"},
    {{.method = "POST",
      .path = "/api/v1/detection/detect?det_prob_threshold=nan",
      .body = form},
     400,
     "0..1"},
    {{.method = "POST",
      .path = "/api/v1/detection/detect?status=1",
      .body = form},
     400,
     "true or false"},
    {{.method = "POST",
      .path = "/api/v1/detection/detect?face_plugins=mask",
      .body = form},
     400,
     "face_plugins"},
    {{.method = "GET", .path = "/api/v1/detection/detect"}, 405, "Allow: POST"},
    {{.method = "GET", .path = "/api/v1/recognition/faces"}, 404, "no gallery"},
    {{.method = "GET", .path = "/api/v1/recognition/"}, 404, "no such path"},
    {{.method = "PATCH", .path = "/api/v1/recognition/subjects/Ada"},
     405,
     "Allow: PUT, DELETE"},
    {{.method = "GET", .path = "/healthz", .host = "evil.example"},
     421,
     "Host"},
    {{.method = "GET",
      .path = "/healthz",
      .headers = "Origin: http://evil.example\r\n"},
     403,
     "Origin"},
    {{.method = "GET", .path = "/healthz"}, 200, "OK"},
};

static void test_answers(void)
{
    char out[40000];
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    mien_server *s = start(o);
    for (size_t i = 0; s && i < sizeof cases / sizeof *cases; i++) {
        int got = ask(s, cases[i].r, out, sizeof out);
        CHECK_MSG(got == cases[i].status && strstr(out, cases[i].has),
                  "case %zu: %d, want %d and %s in: %s", i, got,
                  cases[i].status, cases[i].has, out);
    }
    mien_server_free(s);
}

static void test_limits(void)
{
    char out[9000], big[5000];
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    o.max_body = 1000;
    o.rate = 0.001;
    o.burst = 2;
    mien_server *s = start(o);
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = 0;
    request r = {.method = "GET", .path = "/healthz", .body = big};
    CHECK_EQ(ask(s, r, out, sizeof out), 413);
    /* Chunks say nothing of what comes. */
    int fd = dial(s);
    mien_buffer b = {0};
    mien_buffer_printf(&b,
                       "POST /api/v1/detection/detect HTTP/1.1\r\nHost: "
                       "127.0.0.1:%d\r\nConnection: close\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n5dc\r\n%.1500s\r\n"
                       "0\r\n\r\n",
                       mien_server_port(s), big);
    mien_buffer_put(&b, "", 1);
    say(fd, (char *)b.data);
    mien_buffer_free(&b);
    CHECK_EQ(hear(fd, out, sizeof out), 413);
    r = (request){
        .method = "POST", .path = "/api/v1/detection/detect", .body = form};
    CHECK_EQ(ask(s, r, out, sizeof out), 200);
    CHECK_EQ(ask(s, r, out, sizeof out), 429);
    CHECK(strstr(out, "Retry-After: 1"));
    CHECK_EQ(
        ask(s, (request){.method = "GET", .path = "/healthz"}, out, sizeof out),
        200);
    mien_server_free(s);
}

typedef struct asker {
    const mien_server *server;
    int status;
} asker;

static void *ask_detect(void *arg)
{
    char out[9000];
    asker *a = arg;
    request r = {
        .method = "POST", .path = "/api/v1/detection/detect", .body = form};
    a->status = ask(a->server, r, out, sizeof out);
    return NULL;
}

static void *free_server(void *arg)
{
    mien_server_free(arg);
    return NULL;
}

/* One is worked on, one waits, the third is refused at once; a server that is
 * told to stop answers both first. */
static void test_a_full_queue_and_a_stop(void)
{
    char out[9000];
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    pthread_t t[2], end;
    o.jobs = 1;
    o.queue = 1;
    mien_server *s = start(o);
    asker a[2] = {{s, 0}, {s, 0}};
    reading = 0;
    pthread_mutex_lock(&gate);
    pthread_create(&t[0], NULL, ask_detect, &a[0]);
    while (!reading)
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    pthread_create(&t[1], NULL, ask_detect, &a[1]);
    do {
        request r = {.method = "GET", .path = "/metrics"};
        CHECK_EQ(ask(s, r, out, sizeof out), 200);
    } while (!strstr(out, "mien_queue_length 1"));
    request r = {
        .method = "POST", .path = "/api/v1/detection/detect", .body = form};
    CHECK_EQ(ask(s, r, out, sizeof out), 503);
    CHECK(strstr(out, "Retry-After: 1"));
    pthread_create(&end, NULL, free_server, s);
    nanosleep(&(struct timespec){0, 200000000}, NULL);
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < 2; i++) {
        pthread_join(t[i], NULL);
        CHECK_EQ(a[i].status, 200);
    }
    pthread_join(end, NULL);
}

static void test_slow_connections_are_cut_off(void)
{
    enum { SLOW = 100 };
    int fd[SLOW];
    char out[9000];
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    o.idle = 60;
    o.deadline = 1;
    mien_server *s = start(o);
    for (int i = 0; i < SLOW; i++) {
        fd[i] = dial(s);
        say(fd[i], i % 2 ? "GET /healthz HT"
                         : "POST /api/v1/detection/detect HTTP/1.1\r\n"
                           "Host: localhost\r\nContent-Length: 90\r\n\r\n-");
    }
    CHECK_EQ(
        ask(s, (request){.method = "GET", .path = "/healthz"}, out, sizeof out),
        200);
    for (int i = 0; i < SLOW; i++)
        CHECK_EQ(hear(fd[i], out, sizeof out), 0);
    CHECK_EQ(
        ask(s, (request){.method = "GET", .path = "/metrics"}, out, sizeof out),
        200);
    CHECK(strstr(out, "mien_cut_off_total 100"));
    mien_server_free(s);
}

static void test_addresses(void)
{
    static const char *const wrong[] = {
        "127.0.0.1",   "127.0.0.1:",   ":1",     "127.0.0.1:65536",
        "localhost:1", "127.0.0.1:-1", "[::1:1", "0.0.0.0:1",
        "[::]:1",      "192.0.2.1:80"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        mien_server_options o = MIEN_SERVER_DEFAULTS;
        mien_server *s = NULL;
        mien_error err = {0};
        o.listen = wrong[i];
        o.read = fake_read;
        CHECK_EQ(mien_server_new(&o, &s, &err), MIEN_EARG);
        CHECK(strstr(err.text, "listen: ") && !s);
        o.keys = keys_path;
        CHECK_EQ(mien_server_new(&o, &s, NULL), MIEN_EARG);
    }
}

static void test_memory_ends(void)
{
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    o.listen = "127.0.0.1:0";
    o.read = fake_read;
    o.jobs = 2;
    mien_status st = MIEN_ENOMEM;
    for (int i = 0; st && i < 100; i++) {
        mien_server *s = NULL;
        mi_alloc_fail_after(i);
        st = mien_server_new(&o, &s, NULL);
        mi_alloc_fail_after(-1);
        CHECK(!st || (st == MIEN_ENOMEM && !s));
        mien_server_free(s);
    }
    CHECK_EQ(st, MIEN_OK);
}

int main(int argc, char **argv)
{
    serve_start(argc, argv);
    RUN(test_each_route_and_key);
    RUN(test_a_revoked_key_is_refused_soon);
    RUN(test_answers);
    RUN(test_limits);
    RUN(test_a_full_queue_and_a_stop);
    RUN(test_slow_connections_are_cut_off);
    RUN(test_addresses);
    RUN(test_memory_ends);
    return serve_done();
}
