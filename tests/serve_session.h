/* serve_session.h: a browser at a server: it logs in, keeps the cookie and the
 * token, and says of what page a request comes. */
#ifndef SERVE_SESSION_H
#define SERVE_SESSION_H

#include "tests/serve_ask.h"

typedef struct browser {
    char cookie[120]; /* name=value */
    char token[65];
} browser;

/* What stands between two texts; "": it does not. */
static inline void between(const char *text, const char *before,
                           const char *after, char *out, size_t size)
{
    const char *at = strstr(text, before);
    *out = 0;
    if (!at)
        return;
    at += strlen(before);
    const char *end = strstr(at, after);
    snprintf(out, size, "%.*s", end ? (int)(end - at) : 0, at);
}

/* Take what an answer says over. */
static inline void browser_take(browser *b, const char *answer)
{
    between(answer, "Set-Cookie: ", ";", b->cookie, sizeof b->cookie);
    between(answer, "\"csrf\":\"", "\"", b->token, sizeof b->token);
}

/* Log in with a key, with more headers or NULL; the status. */
static inline int browser_log_in(browser *b, const mien_server *s,
                                 const char *key, const char *headers,
                                 char *out, size_t size)
{
    char body[200];
    snprintf(body, sizeof body, "{\"key\":\"%s\"}", key);
    request r = {.method = "POST",
                 .path = "/session",
                 .headers = headers,
                 .type = "application/json",
                 .body = body};
    int status = ask(s, r, out, size);
    browser_take(b, out);
    return status;
}

/* Ask with the cookie and a token, NULL: none. */
static inline int browser_ask(const browser *b, const mien_server *s, request r,
                              const char *token, char *out, size_t size)
{
    char headers[600];
    snprintf(headers, sizeof headers, "Cookie: other=1; %s\r\n%s%s%s%s",
             b->cookie, token ? "x-csrf-token: " : "", token ? token : "",
             token ? "\r\n" : "", r.headers ? r.headers : "");
    r.headers = headers;
    return ask(s, r, out, size);
}

#endif
