/* The server over loopback: who may do what, made from the table of routes;
 * limits; how it ends.
 *
 * Not as WebAssembly: sockets, threads and libmicrohttpd. */
#include "base/alloc.h"
#include "check.h"
#include "mien/mien.h"
#include "serve/routes.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static char keys_path[64];

/* ---- a reader that needs no network, and a client -------------------------
 */

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER; /* holds workers */
static atomic_int reading;

/* One face; "none" is a photo without, "bad" none at all. */
static mien_status fake_read(void *arg, int lane, const uint8_t *bytes,
                             size_t n, const mien_serve_wish *wish,
                             mien_reading *out, mien_error *err)
{
    (void)arg, (void)lane;
    reading++;
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    if (n == 3 && memcmp(bytes, "bad", 3) == 0) {
        if (err)
            snprintf(err->text, sizeof err->text, "no picture");
        return MIEN_EFORMAT;
    }
    *out = (mien_reading){.w = 100, .h = 100};
    if (n == 4 && memcmp(bytes, "none", 4) == 0)
        return MIEN_OK;
    out->faces.face = mi_alloc(1, sizeof *out->faces.face);
    if (!out->faces.face)
        return MIEN_ENOMEM;
    out->faces.n = 1;
    out->faces.face[0].box = (mien_box){10, 20, 30, 40};
    out->faces.face[0].score = 0.75f;
    out->faces.face[0].has = wish->want;
    out->faces.face[0].age = 30.5f;
    return MIEN_OK;
}

static mien_server *start(mien_server_options o)
{
    mien_server *s = NULL;
    mien_error err = {0};
    o.listen = "127.0.0.1:0";
    o.read = fake_read;
    CHECK_MSG(mien_server_new(&o, &s, &err) == MIEN_OK, "%s", err.text);
    return s;
}

static int dial(const mien_server *s)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)mien_server_port(s))};
    struct timeval most = {20, 0};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
    CHECK(connect(fd, (struct sockaddr *)&a, sizeof a) == 0);
    return fd;
}

static void say(int fd, const char *text)
{
    CHECK(send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text));
}

/* Read until the other end closes; the status, 0: none. */
static int hear(int fd, char *out, size_t size)
{
    size_t n = 0;
    ssize_t more;
    while (n + 1 < size && (more = recv(fd, out + n, size - 1 - n, 0)) > 0)
        n += (size_t)more;
    out[n] = 0;
    close(fd);
    return n > 12 ? (int)strtol(out + 9, NULL, 10) : 0;
}

static const char form[] = "--b\r\nContent-Disposition: form-data; "
                           "name=\"file\"; filename=\"a\"\r\n\r\nphoto\r\n"
                           "--b\r\ncontent-disposition: form-data; "
                           "name=source_image\r\n\r\nphoto\r\n--b\r\n"
                           "Content-Disposition: form-data; "
                           "name=\"target_image\"\r\n\r\nphoto\r\n--b--\r\n";

typedef struct request {
    const char *method, *path, *key, *headers, *host, *type, *body;
} request;

static int ask(const mien_server *s, request r, char *out, size_t size)
{
    mien_buffer b = {0};
    int fd = dial(s);
    mien_buffer_printf(&b, "%s %s HTTP/1.1\r\nConnection: close\r\n", r.method,
                       r.path);
    if (r.host)
        mien_buffer_printf(&b, "Host: %s\r\n", r.host);
    else
        mien_buffer_printf(&b, "Host: 127.0.0.1:%d\r\n", mien_server_port(s));
    if (r.key)
        mien_buffer_printf(&b, "x-api-key: %s\r\n", r.key);
    if (r.body)
        mien_buffer_printf(&b, "Content-Type: %s\r\nContent-Length: %zu\r\n",
                           r.type ? r.type : "multipart/form-data; boundary=b",
                           strlen(r.body));
    mien_buffer_printf(&b, "%s\r\n%s", r.headers ? r.headers : "",
                       r.body ? r.body : "");
    mien_buffer_put(&b, "", 1);
    say(fd, (char *)b.data);
    mien_buffer_free(&b);
    return hear(fd, out, size);
}

/* ---- who may do what ----------------------------------------------------- */

enum { KEYS = 6 };
static void test_each_route_and_key(void)
{
    static const struct {
        unsigned scopes;
        const char *expiry;
    } made[KEYS] = {{MIEN_SERVE_DETECT, NULL},  {MIEN_SERVE_VERIFY, NULL},
                    {MIEN_SERVE_METRICS, NULL}, {7, "2999-12-31"},
                    {7, "2001-01-01"},          {7, NULL}};
    char key[KEYS + 1][MIEN_SERVE_KEY_SIZE] = {""}, id[KEYS][9], out[40000];
    unlink(keys_path);
    for (int i = 0; i < KEYS; i++)
        CHECK_EQ(mien_serve_key_add(keys_path, "k", made[i].scopes,
                                    made[i].expiry, id[i], key[i], NULL),
                 MIEN_OK);
    CHECK_EQ(mien_serve_key_revoke(keys_path, id[5], NULL), MIEN_OK);
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    o.keys = keys_path;
    mien_server *s = start(o);
    for (int r = 0; s && r < MI_ROUTES; r++)
        for (int k = 0; k <= KEYS; k++) {
            const mi_route *route = &mi_routes[r];
            int want = !route->scope                   ? 200
                       : k >= 4                        ? 401
                       : route->scope & made[k].scopes ? 200
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
    CHECK_EQ(mien_serve_key_add(keys_path, "k", MIEN_SERVE_METRICS, NULL, id,
                                key, NULL),
             MIEN_OK);
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

static void test_answers(void)
{
    char out[40000];
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    mien_server *s = start(o);
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
        {{.method = "POST",
          .path = "/api/v1/verification/verify",
          .body = form},
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
        {{.method = "GET", .path = "/api/v1/detection/detect"},
         405,
         "Allow: POST"},
        {{.method = "GET", .path = "/api/v1/recognition/faces"},
         404,
         "no such path"},
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
    check_start(argc, argv);
    snprintf(keys_path, sizeof keys_path, "/tmp/mien_keys_%d", (int)getpid());
    RUN(test_each_route_and_key);
    RUN(test_a_revoked_key_is_refused_soon);
    RUN(test_answers);
    RUN(test_limits);
    RUN(test_a_full_queue_and_a_stop);
    RUN(test_slow_connections_are_cut_off);
    RUN(test_addresses);
    RUN(test_memory_ends);
    unlink(keys_path);
    return check_done();
}
