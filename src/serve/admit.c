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

int mi_admit_host(mien_server *s, mi_connection *c, const char **why)
{
    const char *host =
        s->mhd.MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Host");
    const char *origin =
        s->mhd.MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Origin");
    if (!host || !is_own(s, host)) {
        *why = "Host: this server has another name (--host)";
        return 421;
    }
    const char *scheme = s->o.tls_cert ? "https://" : "http://";
    size_t n = strlen(scheme);
    if (origin && (strncasecmp(origin, scheme, n) != 0 ||
                   strcasecmp(origin + n, host) != 0)) {
        *why = "Origin: requests of other sites' pages are refused";
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

/* mi_admit with the lock held. */
static int admit(mien_server *s, const char *key, const mi_route *r,
                 mi_ask *ask, const char **why)
{
    int at = s->keys_path ? -1 : 0;
    if (s->keys_path && key)
        at = find_key(s, key);
    if (at < 0 || (s->keys_path && has_ended(&s->keys.key[at]))) {
        *why = "x-api-key: no key, or one that is not known or has ended";
        return 401;
    }
    if (s->keys_path && !(s->keys.key[at].scopes & r->scope)) {
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
    if (!r->scope)
        return 0;
    const char *key =
        s->mhd.MHD_lookup_connection_value(c, MHD_HEADER_KIND, "x-api-key");
    pthread_mutex_lock(&s->lock);
    int status = admit(s, key, r, ask, why);
    pthread_mutex_unlock(&s->lock);
    return status;
}
