/* admit.c: who may ask, how often, and by which name of the server.
 *
 * A page of another site can make a browser send requests here: its Origin
 * gives it away, or, where it had its own name point here (DNS rebinding), the
 * Host does. */
#include "serve/server.h"

#include "base/alloc.h"
#include "base/error.h"
#include "serve/keys.h"

#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* ---- names --------------------------------------------------------------- */

void mi_admit_names(mien_server *s)
{
    const char *colon = strrchr(s->o.listen, ':');
    snprintf(s->host[0], sizeof s->host[0], "%.*s:%d",
             (int)(colon - s->o.listen), s->o.listen, s->port);
    snprintf(s->host[1], sizeof s->host[1], "%s", s->o.host ? s->o.host : "");
}

/* Does a request call the server by a name, with its port or, where the name
 * has none, any? */
static int is_called(const char *host, const char *name)
{
    size_t n = strlen(name);
    if (!n || strncasecmp(host, name, n) != 0)
        return 0;
    return !host[n] || (host[n] == ':' && !strchr(name, ':'));
}

static int is_own(const mien_server *s, const char *host)
{
    char local[32];
    snprintf(local, sizeof local, "localhost:%d", s->port);
    for (int i = 0; i < 2; i++)
        if (is_called(host, s->host[i]))
            return 1;
    return s->is_local && is_called(host, local);
}

/* Is a name one of this machine alone? */
static int is_loopback_name(const char *name)
{
    static const char *const local[] = {"localhost", "127.", "[::1]"};
    for (int i = 0; i < 3; i++)
        if (strncasecmp(name, local[i], strlen(local[i])) == 0)
            return 1;
    return 0;
}

static const char *header(const mien_server *s, mi_connection *c,
                          const char *name)
{
    return s->mhd.MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

int mi_admit_secure(const mien_server *s, mi_connection *c)
{
    const char *host = header(s, c, "Host");
    return s->o.tls_cert ||
           (host && is_called(host, s->host[1]) && !is_loopback_name(host));
}

/* Does an Origin name this server?  Before a server without TLS may stand a
 * proxy that has it: nobody else has that name over TLS. */
static int is_own_origin(const mien_server *s, const char *origin,
                         const char *host)
{
    size_t n = strncasecmp(origin, "https://", 8) == 0                    ? 8
               : !s->o.tls_cert && strncasecmp(origin, "http://", 7) == 0 ? 7
                                                                          : 0;
    return n && strcasecmp(origin + n, host) == 0;
}

/* May a page of another site have sent this?  Links to what anybody may see
 * are followed from anywhere. */
static int is_foreign(const mien_server *s, mi_connection *c, const mi_route *r)
{
    const char *site = header(s, c, "Sec-Fetch-Site");
    return site && strcmp(site, "same-origin") != 0 &&
           strcmp(site, "none") != 0 && r && !mi_route_is_open(r);
}

int mi_admit_host(mien_server *s, mi_connection *c, const mi_route *r,
                  const char **why)
{
    const char *host = header(s, c, "Host");
    const char *origin = header(s, c, "Origin");
    if (!host || !is_own(s, host)) {
        *why = "Host: this server has another name (--host)";
        return 421;
    }
    if (origin && !is_own_origin(s, origin, host)) {
        *why = "Origin: requests of other sites' pages are refused";
        return 403;
    }
    if (is_foreign(s, c, r)) {
        *why = "Sec-Fetch-Site: requests of other sites' pages are refused";
        return 403;
    }
    return 0;
}

/* ---- keys ---------------------------------------------------------------- */

/* When the file changed last; all 0: it is not there. */
static void stamp_of(const char *path, long long stamp[3])
{
    struct stat about;
    memset(stamp, 0, 3 * sizeof *stamp);
    if (stat(path, &about) != 0)
        return;
    stamp[0] = (long long)about.st_ino;
    stamp[1] = about.st_mtim.tv_sec;
    stamp[2] = about.st_mtim.tv_nsec;
}

static double left_of(const mien_server *s, const char *id, double *at)
{
    for (int i = 0; s->bucket && i < s->keys.n; i++)
        if (strcmp(s->bucket[i].id, id) == 0) {
            *at = s->bucket[i].at;
            return s->bucket[i].tokens;
        }
    *at = mien_clock();
    return s->o.burst;
}

/* Take over keys, or none at all; the lock is held. */
static mien_status take(mien_server *s, mien_serve_keys *keys, mien_error *err)
{
    size_t n = keys->n ? (size_t)keys->n : 1;
    mi_bucket *b = mi_alloc(n, sizeof *b);
    if (!b)
        return mi_no_memory(err);
    for (size_t i = 0; i < n; i++) {
        if (keys->n)
            memcpy(b[i].id, keys->key[i].id, sizeof b[i].id);
        b[i].tokens = left_of(s, b[i].id, &b[i].at);
    }
    mi_sessions_keep(&s->sessions, keys);
    mi_free(s->bucket);
    mien_serve_keys_free(&s->keys);
    s->bucket = b;
    s->keys = *keys;
    *keys = (mien_serve_keys){0};
    return MIEN_OK;
}

/* A file that cannot be read any more leaves no key that is good. */
mien_status mi_admit_load(mien_server *s, mien_error *err)
{
    mien_serve_keys keys = {0};
    long long stamp[3] = {0};
    mien_status st = MIEN_OK;
    if (s->keys_path) {
        stamp_of(s->keys_path, stamp);
        if (s->bucket && memcmp(stamp, s->keys_stamp, sizeof stamp) == 0)
            return MIEN_OK;
        st = mien_serve_keys_load(s->keys_path, &keys, err);
    }
    pthread_mutex_lock(&s->lock);
    mien_status took = take(s, &keys, err);
    if (!took)
        memcpy(s->keys_stamp, stamp, sizeof stamp);
    pthread_mutex_unlock(&s->lock);
    mien_serve_keys_free(&keys);
    return st ? st : took;
}

/* The place of a key, -1: it is not known.  All are compared, in the same time
 * whichever it is. */
static int find_key(const mien_server *s, const char *key)
{
    char sha256[65];
    int at = -1;
    mien_sha256(key, strlen(key), sha256);
    for (int i = 0; i < s->keys.n; i++)
        if (sodium_memcmp(s->keys.key[i].sha256, sha256, 64) == 0)
            at = i;
    return at;
}

static int has_ended(const mien_serve_key *k)
{
    char today[11];
    mi_serve_today(today);
    return *k->expiry && strcmp(today, k->expiry) > 0;
}

/* What a key is for. */
static void take_over(mi_ask *ask, const mien_serve_key *k)
{
    memcpy(ask->key.id, k->id, sizeof ask->key.id);
    memcpy(ask->key.name, k->name, sizeof ask->key.name);
    memcpy(ask->key.purpose, k->purpose, sizeof ask->key.purpose);
    memcpy(ask->key.basis, k->basis, sizeof ask->key.basis);
    ask->key.days = k->days;
}

/* Take one from a bucket; 0: it is empty. */
static int take_token(const mien_server *s, mi_bucket *b)
{
    double now = mien_clock();
    if (s->o.rate <= 0)
        return 1;
    b->tokens = fmin(s->o.burst, b->tokens + (now - b->at) * s->o.rate);
    b->at = now;
    if (b->tokens < 1)
        return 0;
    b->tokens -= 1;
    return 1;
}

/* The place of the key of an id, -1: it is gone or has ended. */
static int find_id(const mien_server *s, const char *id)
{
    for (int i = 0; i < s->keys.n; i++)
        if (strcmp(s->keys.key[i].id, id) == 0)
            return has_ended(&s->keys.key[i]) ? -1 : i;
    return -1;
}

int mi_admit_deleter(void *server, const char *id)
{
    mien_server *s = server;
    pthread_mutex_lock(&s->lock);
    int at = find_id(s, id);
    int may = at >= 0 && s->keys.key[at].scopes & MIEN_SERVE_DELETE;
    pthread_mutex_unlock(&s->lock);
    return may;
}

int mi_admit_session(mien_server *s, const char *id, int *key)
{
    int at = mi_session_find(&s->sessions, id);
    if (at < 0)
        return -1;
    int of = find_id(s, s->sessions.one[at].key);
    if (of < 0) {
        mi_session_end(&s->sessions, at);
        return -1;
    }
    s->sessions.one[at].used = mien_clock();
    *key = of;
    return at;
}

int mi_admit_login(mien_server *s, const char *key, int *at, const char **why)
{
    if (!take_token(s, &s->attempts)) {
        *why = "too many attempts to log in";
        s->counts.limited++;
        return 429;
    }
    *at = find_key(s, key);
    if (*at < 0 || has_ended(&s->keys.key[*at])) {
        *why = "key: it is not known, or has ended";
        return 401;
    }
    return 0;
}

/* Does a request have its session's token?  Where something is done it must: a
 * page of another site has the browser send the cookie, and cannot know the
 * token. Elsewhere it may, and one that is another session's is told: in
 * another tab somebody else has logged in. */
static int has_token(const mien_server *s, mi_connection *c, const mi_route *r,
                     const char *id)
{
    const char *token = header(s, c, "x-csrf-token");
    return (!token && strcmp(r->method, "GET") == 0) ||
           mi_session_is_token(&s->sessions, id, token);
}

/* The place of the key that a request has, -1: none. */
static int find_asker(mien_server *s, mi_connection *c, const mi_route *r,
                      int *status, const char **why)
{
    char own[32];
    const char *key = header(s, c, "x-api-key");
    const char *id = key ? NULL : mi_login_cookie(s, c, own);
    int at = -1;
    *status = 401;
    *why = r->scope ? "x-api-key: no key, or one that is not known or has ended"
                    : "session: nobody is logged in";
    if (key && r->scope)
        at = find_key(s, key);
    if (at >= 0 && has_ended(&s->keys.key[at]))
        at = -1;
    if (key || !id)
        return at;
    if (mi_admit_session(s, id, &at) < 0) {
        *why = "session: it is not known, or has ended; log in again";
        return -1;
    }
    if (!has_token(s, c, r, id)) {
        *status = 403;
        *why = "x-csrf-token: not the token of this session";
        return -1;
    }
    return at;
}

/* mi_admit with the lock held. */
static int admit(mien_server *s, mi_connection *c, const mi_route *r,
                 mi_ask *ask, const char **why)
{
    int status = 0, at = s->keys_path ? find_asker(s, c, r, &status, why) : 0;
    if (at < 0)
        return status;
    if (s->keys_path && r->scope && !(s->keys.key[at].scopes & r->scope)) {
        *why = "x-api-key: this key may not do that";
        return 403;
    }
    if (!take_token(s, &s->bucket[at])) {
        *why = "too many requests by this key";
        s->counts.limited++;
        return 429;
    }
    if (s->keys_path)
        take_over(ask, &s->keys.key[at]);
    return 0;
}

int mi_admit(mien_server *s, mi_connection *c, const mi_route *r, mi_ask *ask,
             const char **why)
{
    if (!r->scope && r->kind != MI_ROUTE_LOG_OUT)
        return 0;
    pthread_mutex_lock(&s->lock);
    int status = admit(s, c, r, ask, why);
    pthread_mutex_unlock(&s->lock);
    return status;
}
