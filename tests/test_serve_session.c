/* Browsers that log in: how sessions begin and end, and the app.
 *
 * Not as WebAssembly: sockets, threads and libmicrohttpd. */
#include "tests/serve_session.h"

#include <time.h>

static const char photo[] = "--b\r\nContent-Disposition: form-data; "
                            "name=\"file\"\r\n\r\nwhoa\r\n--b--\r\n";

/* ---- a session begins and ends ------------------------------------------- */

static const request metrics = {.method = "GET", .path = "/metrics"};

/* A server of one key, whose id and text are set. */
static mien_server *serve_one(mien_server_options o, char id[9],
                              char key[MIEN_SERVE_KEY_SIZE])
{
    o.keys = keys_path;
    unlink(keys_path);
    serve_key(MIEN_SERVE_METRICS | MIEN_SERVE_DETECT, "", "door", id, key);
    return start(o);
}

static const struct {
    const char *body, *type;
    int status;
    const char *has;
} logins[] = {
    {"{\"key\":\"00000000000000000000000000000000000000000000000000000000000000"
     "00\"}",
     "application/json", 401, "not known, or has ended"},
    {"{\"key\":\"\"}", "application/json", 400, "64 digits"},
    {"{\"key\":7}", "application/json", 400, "no text"},
    {"{}", "application/json", 400, "64 digits"},
    {"[]", "application/json", 400, "no object"},
    {"key=1", "application/x-www-form-urlencoded", 415, "application/json"},
    {"{\"key\":\"\"}", "text/plain", 415, "application/json"},
    {"--b\r\nContent-Disposition: form-data; "
     "name=\"key\"\r\n\r\nx\r\n--b--\r\n",
     NULL, 415, "application/json"},
};

static void test_who_does_not_get_in(void)
{
    char id[9], key[MIEN_SERVE_KEY_SIZE], out[9000], big[6000];
    mien_server *s =
        serve_one((mien_server_options)MIEN_SERVER_DEFAULTS, id, key);
    for (size_t i = 0; i < sizeof logins / sizeof *logins; i++) {
        request r = {.method = "POST",
                     .path = "/session",
                     .type = logins[i].type,
                     .body = logins[i].body};
        int got = ask(s, r, out, sizeof out);
        CHECK_MSG(got == logins[i].status && strstr(out, logins[i].has),
                  "log-in %zu: %d: %s", i, got, out);
        CHECK(!strstr(out, "Set-Cookie"));
    }
    memset(big, ' ', sizeof big - 1);
    big[sizeof big - 1] = 0;
    request r = {.method = "POST",
                 .path = "/session",
                 .type = "application/json",
                 .body = big};
    CHECK_EQ(ask(s, r, out, sizeof out), 413);
    mien_server_free(s);
}

/* A cookie that no script and no other site gets; who comes with an id gets
 * another, and so does who logs in again. */
static void test_who_gets_in(void)
{
    char id[9], key[MIEN_SERVE_KEY_SIZE], out[9000], name[40];
    browser b, chosen = {.token = ""}, again;
    mien_server *s =
        serve_one((mien_server_options)MIEN_SERVER_DEFAULTS, id, key);
    snprintf(name, sizeof name, "mien-session-%d=", mien_server_port(s));
    snprintf(chosen.cookie, sizeof chosen.cookie, "%s%064d", name, 7);
    char header[200];
    snprintf(header, sizeof header, "Cookie: %s\r\n", chosen.cookie);
    CHECK_EQ(browser_log_in(&b, s, key, header, out, sizeof out), 201);
    CHECK(strstr(out, "; Path=/; HttpOnly; SameSite=Strict; Max-Age=28800\r"));
    CHECK(!strstr(out, "Secure") && strstr(out, "no-store"));
    CHECK(strncmp(b.cookie, name, strlen(name)) == 0);
    CHECK_EQ(strspn(b.cookie + strlen(name), "0123456789abcdef"), 64);
    CHECK_EQ(strlen(b.token), 64);
    CHECK(strstr(out, "\"name\":\"k\",\"scopes\":[\"detect\",\"metrics\"],"
                      "\"purpose\":\"door\",\"basis\":null,\"days\":null"));
    CHECK_EQ(browser_ask(&chosen, s, metrics, NULL, out, sizeof out), 401);
    CHECK_EQ(browser_ask(&b, s, metrics, NULL, out, sizeof out), 200);
    CHECK(strstr(out, "mien_sessions 1\n"));
    snprintf(header, sizeof header, "Cookie: %s\r\n", b.cookie);
    CHECK_EQ(browser_log_in(&again, s, key, header, out, sizeof out), 201);
    CHECK(strcmp(again.cookie, b.cookie) && strcmp(again.token, b.token));
    CHECK_EQ(browser_ask(&b, s, metrics, NULL, out, sizeof out), 401);
    CHECK(strstr(out, "log in again"));
    /* The token of one session is no other's. */
    request r = {
        .method = "POST", .path = "/api/v1/detection/detect", .body = photo};
    CHECK_EQ(browser_ask(&again, s, r, b.token, out, sizeof out), 403);
    CHECK_EQ(browser_ask(&again, s, r, again.token, out, sizeof out), 200);
    r = (request){.method = "GET", .path = "/session"};
    CHECK_EQ(browser_ask(&again, s, r, NULL, out, sizeof out), 200);
    CHECK(strstr(out, again.token));
    r.method = "DELETE";
    CHECK_EQ(browser_ask(&again, s, r, again.token, out, sizeof out), 200);
    CHECK(strstr(out, "Max-Age=0"));
    CHECK_EQ(browser_ask(&again, s, metrics, NULL, out, sizeof out), 401);
    CHECK_EQ(
        ask(s, (request){.method = "GET", .path = "/session"}, out, sizeof out),
        200);
    CHECK(strstr(out, "{\"session\":null}"));
    mien_server_free(s);
}

static void wait_for(double seconds)
{
    nanosleep(&(struct timespec){(time_t)seconds, 100000000}, NULL);
}

static void test_sessions_end(void)
{
    char id[9], key[MIEN_SERVE_KEY_SIZE], out[9000];
    browser b;
    for (int i = 0; i < 2; i++) {
        mien_server_options o = MIEN_SERVER_DEFAULTS;
        *(i ? &o.session_end : &o.session_idle) = 1;
        mien_server *s = serve_one(o, id, key);
        CHECK_EQ(browser_log_in(&b, s, key, NULL, out, sizeof out), 201);
        CHECK_EQ(browser_ask(&b, s, metrics, NULL, out, sizeof out), 200);
        wait_for(1);
        CHECK_EQ(browser_ask(&b, s, metrics, NULL, out, sizeof out), 401);
        mien_server_free(s);
    }
}

/* What was used stays, until its whole time is over. */
static void test_a_session_that_is_used_stays(void)
{
    char id[9], key[MIEN_SERVE_KEY_SIZE], out[9000];
    browser b;
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    o.session_idle = 1;
    mien_server *s = serve_one(o, id, key);
    CHECK_EQ(browser_log_in(&b, s, key, NULL, out, sizeof out), 201);
    for (int i = 0; i < 12; i++) {
        nanosleep(&(struct timespec){0, 150000000}, NULL);
        CHECK_EQ(browser_ask(&b, s, metrics, NULL, out, sizeof out), 200);
    }
    mien_server_free(s);
}

/* Ask until it is refused, five seconds at most; the last status. */
static int ends_soon(const browser *b, const mien_server *s)
{
    char out[9000];
    int status = 200;
    for (int i = 0; i < 100 && status == 200; i++) {
        nanosleep(&(struct timespec){0, 50000000}, NULL);
        status = browser_ask(b, s, metrics, NULL, out, sizeof out);
    }
    return status;
}

static void test_a_revoked_key_ends_its_sessions(void)
{
    char id[9], key[MIEN_SERVE_KEY_SIZE], out[9000], other[9];
    char second[MIEN_SERVE_KEY_SIZE], command[200];
    browser b, stays;
    unlink(keys_path);
    serve_key(MIEN_SERVE_METRICS, "", "", id, key);
    serve_key(MIEN_SERVE_METRICS, "", "", other, second);
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    o.keys = keys_path;
    mien_server *s = start(o);
    CHECK_EQ(browser_log_in(&b, s, key, NULL, out, sizeof out), 201);
    CHECK_EQ(browser_log_in(&stays, s, second, NULL, out, sizeof out), 201);
    CHECK_EQ(mien_serve_key_revoke(keys_path, id, NULL), MIEN_OK);
    for (int i = 0; i < 100; i++) {
        nanosleep(&(struct timespec){0, 50000000}, NULL);
        CHECK_EQ(browser_ask(&stays, s, metrics, NULL, out, sizeof out), 200);
        if (strstr(out, "mien_sessions 1\n"))
            break;
    }
    CHECK(strstr(out, "mien_sessions 1\n"));
    CHECK_EQ(browser_ask(&b, s, metrics, NULL, out, sizeof out), 401);
    /* The other one's last day comes forward. */
    snprintf(command, sizeof command,
             "sed -i 's/\\t\\tk\\t/\\t2001-01-01\\tk\\t/' %s", keys_path);
    CHECK_EQ(system(command), 0);
    CHECK_EQ(ends_soon(&stays, s), 401);
    mien_server_free(s);
}

/* ---- limits -------------------------------------------------------------- */

static void test_attempts_and_sessions_are_limited(void)
{
    char id[9], key[MIEN_SERVE_KEY_SIZE], out[9000], other[MIEN_SERVE_KEY_SIZE];
    browser first, b;
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    o.rate = 0.001;
    o.burst = 3;
    mien_server *s = serve_one(o, id, key);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(browser_log_in(&b, s, id, NULL, out, sizeof out), 400);
    for (int i = 0; i < 3; i++) {
        memset(other, '0', 64);
        other[64] = 0;
        CHECK_EQ(browser_log_in(&b, s, other, NULL, out, sizeof out), 401);
    }
    CHECK_EQ(browser_log_in(&b, s, key, NULL, out, sizeof out), 429);
    CHECK(strstr(out, "Retry-After: 1"));
    mien_server_free(s);
    o.rate = 0;
    o.sessions = 11;
    s = serve_one(o, id, key);
    serve_key(MIEN_SERVE_METRICS, "", "", id, other);
    mien_server_free(s);
    o.keys = keys_path;
    s = start(o);
    CHECK_EQ(browser_log_in(&first, s, key, NULL, out, sizeof out), 201);
    for (int i = 0; i < 10; i++)
        CHECK_EQ(browser_log_in(&b, s, key, NULL, out, sizeof out), 201);
    CHECK_EQ(browser_ask(&first, s, metrics, NULL, out, sizeof out), 401);
    CHECK_EQ(browser_ask(&b, s, metrics, NULL, out, sizeof out), 200);
    CHECK(strstr(out, "mien_sessions 10\n"));
    CHECK_EQ(browser_log_in(&first, s, other, NULL, out, sizeof out), 201);
    CHECK_EQ(browser_log_in(&b, s, other, NULL, out, sizeof out), 503);
    CHECK_EQ(browser_ask(&first, s, metrics, NULL, out, sizeof out), 200);
    mien_server_free(s);
}

/* Behind a proxy with TLS the cookie is bound to TLS and to the host. */
static void test_a_public_name(void)
{
    char id[9], key[MIEN_SERVE_KEY_SIZE], out[9000], body[100];
    browser b;
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    o.host = "faces.example";
    mien_server *s = serve_one(o, id, key);
    snprintf(body, sizeof body, "{\"key\":\"%s\"}", key);
    request r = {.method = "POST",
                 .path = "/session",
                 .host = "faces.example",
                 .headers = "Origin: https://faces.example\r\n",
                 .type = "application/json",
                 .body = body};
    CHECK_EQ(ask(s, r, out, sizeof out), 201);
    browser_take(&b, out);
    CHECK(strncmp(b.cookie, "__Host-mien-session=", 20) == 0);
    CHECK(strstr(out, "; SameSite=Strict; Secure;"));
    CHECK_EQ(browser_ask(&b, s, metrics, NULL, out, sizeof out), 401);
    r = metrics;
    r.host = "faces.example";
    CHECK_EQ(browser_ask(&b, s, r, NULL, out, sizeof out), 200);
    r.headers = "Origin: https://faces.example.evil.example\r\n";
    CHECK_EQ(browser_ask(&b, s, r, NULL, out, sizeof out), 403);
    mien_server_free(s);
}

static void test_no_keys_no_sessions(void)
{
    char out[9000];
    mien_server *s = start((mien_server_options)MIEN_SERVER_DEFAULTS);
    request r = {.method = "GET", .path = "/session"};
    CHECK_EQ(ask(s, r, out, sizeof out), 404);
    CHECK(strstr(out, "--key-file"));
    r.path = "/server.json";
    CHECK_EQ(ask(s, r, out, sizeof out), 200);
    CHECK(strstr(out, "{\"server\":true,\"people\":false,"));
    mien_server_free(s);
}

/* ---- the app ------------------------------------------------------------- */

static const struct {
    const char *path;
    int status;
    const char *has;
} files[] = {
    {"/", 200, "<p>page</p>"},
    {"/index.html", 200, "text/html; charset=utf-8\r\nCache-Control: no-cache"},
    {"/", 200, "script-src 'self' 'wasm-unsafe-eval'; style-src 'self';"},
    {"/", 200, "frame-ancestors 'none'"},
    {"/assets/a.js", 200, "max-age=31536000, immutable"},
    {"/assets/a.js", 200, "text/javascript"},
    {"/assets", 404, "no such path"},
    {"/assets/", 404, "no such path"},
    {"/.hidden", 404, "no such path"},
    {"/../keys", 404, "no such path"},
    {"/assets/../index.html", 404, "no such path"},
    {"/%2e%2e/%2e%2e/etc/passwd", 404, "no such path"},
    {"//etc/passwd", 404, "no such path"},
    {"/server.json", 200, "\"server\":true"},
    {"/gone.js", 404, "is gone"},
    {"/turned.js", 404, "is gone"},
    {"/pipe.js", 404, "no such path"},
};

static void test_the_app(void)
{
    char folder[] = "/tmp/mien-app-XXXXXX", command[300], out[9000];
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    mien_server *none = NULL;
    mien_error err = {0};
    CHECK(mkdtemp(folder) != NULL);
    o.app = folder;
    o.listen = "127.0.0.1:0";
    o.read = fake_read;
    CHECK_EQ(mien_server_new(&o, &none, &err), MIEN_EIO);
    CHECK(!none && strstr(err.text, "no index.html"));
    snprintf(
        command, sizeof command,
        "cd %s && mkdir assets && echo '<p>page</p>' >index.html && echo 1 "
        ">assets/a.js && touch .hidden gone.js turned.js && mkfifo pipe.js",
        folder);
    CHECK_EQ(system(command), 0);
    mien_server *s = start(o);
    snprintf(command, sizeof command,
             "cd %s && rm gone.js turned.js && mkfifo turned.js", folder);
    CHECK_EQ(system(command), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        request r = {.method = "GET", .path = files[i].path};
        int got = ask(s, r, out, sizeof out);
        CHECK_MSG(got == files[i].status && strstr(out, files[i].has),
                  "%s: %d: %s", files[i].path, got, out);
    }
    request r = {.method = "GET", .path = "/", .host = "evil.example"};
    CHECK_EQ(ask(s, r, out, sizeof out), 421);
    r = (request){.method = "POST", .path = "/", .body = "x"};
    CHECK_EQ(ask(s, r, out, sizeof out), 405);
    CHECK(strstr(out, "Allow: GET\r\n"));
    r = (request){.method = "GET",
                  .path = "/",
                  .headers = "Sec-Fetch-Site: cross-site\r\n"};
    CHECK_EQ(ask(s, r, out, sizeof out), 200);
    mien_server_free(s);
    mien_status st = MIEN_ENOMEM;
    for (int i = 0; st && i < 100; i++) {
        mi_alloc_fail_after(i);
        st = mien_server_new(&o, &none, NULL);
        mi_alloc_fail_after(-1);
        CHECK(!st || (st == MIEN_ENOMEM && !none));
        mien_server_free(none);
        none = NULL;
    }
    CHECK_EQ(st, MIEN_OK);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK_EQ(system(command), 0);
}

int main(int argc, char **argv)
{
    serve_start(argc, argv);
    RUN(test_who_does_not_get_in);
    RUN(test_who_gets_in);
    RUN(test_sessions_end);
    RUN(test_a_session_that_is_used_stays);
    RUN(test_a_revoked_key_ends_its_sessions);
    RUN(test_attempts_and_sessions_are_limited);
    RUN(test_a_public_name);
    RUN(test_no_keys_no_sessions);
    RUN(test_the_app);
    return serve_done();
}
