/* login.c: a browser logs in with a key, asks who it is, and logs out.
 *
 * The key is in the body of one request and nowhere afterwards.  Where the
 * connection is or may be TLS the cookie is bound to it and to this host. */
#include "serve/server.h"

#include "mien/json.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* A browser sends no cookie of such a name in the clear, nor sets one for
 * another host. */
static const char secure_name[] = "__Host-mien-session";

const char *mi_login_cookie(const mien_server *s, mi_connection *c,
                            char own[32])
{
    /* Cookies do not mind ports: two servers of a machine have two names. */
    snprintf(own, 32, "mien-session-%d", s->port);
    return s->mhd.MHD_lookup_connection_value(
        c, MHD_COOKIE_KIND, mi_admit_secure(s, c) ? secure_name : own);
}

/* Let the browser keep an id, or none: "". */
static void set_cookie(const mien_server *s, mi_request *r, const char *id)
{
    int secure = mi_admit_secure(s, r->connection);
    char own[32];
    snprintf(own, sizeof own, "mien-session-%d", s->port);
    snprintf(r->cookie, sizeof r->cookie,
             "%s=%s; Path=/; HttpOnly; SameSite=Strict%s; Max-Age=%lld",
             secure ? secure_name : own, id, secure ? "; Secure" : "",
             *id ? (long long)s->sessions.most : 0);
}

/* The names of a key's scopes. */
static void put_scopes(mien_json *j, unsigned scopes)
{
    const char *at = MIEN_SERVE_SCOPES;
    char name[16];
    mien_json_array(j, "scopes");
    for (unsigned bit = 1; *at; bit *= 2) {
        size_t n = strcspn(at, ",");
        snprintf(name, sizeof name, "%.*s", (int)n, at);
        if (scopes & bit)
            mien_json_text(j, NULL, name);
        at += n + (at[n] == ',');
    }
    mien_json_close(j);
}

/* A text, null for an empty one. */
static void put_text(mien_json *j, const char *name, const char *text)
{
    mien_json_text(j, name, *text ? text : NULL);
}

/* Who is logged in, and until when. */
static void put_session(const mien_server *s, const char *id, double began,
                        const mien_serve_key *k, mien_buffer *out)
{
    char token[MI_SESSION_ID];
    double left = s->sessions.most - (mien_clock() - began);
    mien_json j = mien_json_on(out, 0);
    mi_session_token(&s->sessions, id, token);
    mien_json_object(&j, NULL);
    mien_json_object(&j, "session");
    mien_json_text(&j, "name", k->name);
    put_scopes(&j, k->scopes);
    put_text(&j, "purpose", k->purpose);
    put_text(&j, "basis", k->basis);
    if (k->days)
        mien_json_int(&j, "days", k->days);
    else
        mien_json_null(&j, "days");
    put_text(&j, "key_expiry", k->expiry);
    mien_json_int(&j, "until", (int64_t)time(NULL) + (int64_t)left);
    mien_json_int(&j, "idle", (int64_t)s->sessions.idle);
    mien_json_text(&j, "csrf", token);
    mien_json_close(&j);
    mien_json_close(&j);
    sodium_memzero(token, sizeof token);
}

/* The key in a body, or NULL and why it is refused. */
static const char *key_of(mi_request *r, mi_body *b, int *status)
{
    mien_error err = {0};
    mien_status st = mi_body_read(r->has_type ? r->type : NULL, r->body.data,
                                  r->body.n, 1, b, &err);
    const mi_form_field *f = st ? NULL : mi_body_find(b, "key");
    if (st == MIEN_EUNSUP || (!st && strncasecmp(r->type, "multipart", 9) == 0))
        *status = mi_tell_refuse(
            415, "Content-Type: wanted is application/json", &r->answer);
    else if (st)
        *status = mi_tell_refuse(mi_tell_status(st),
                                 err.text[0] ? err.text : mien_status_text(st),
                                 &r->answer);
    else if (!f || f->n != MIEN_SERVE_KEY_SIZE - 1)
        *status =
            mi_tell_refuse(400, "key: wanted are its 64 digits", &r->answer);
    else
        return (const char *)f->data;
    return NULL;
}

/* Log in; the lock is held. A session that the browser had ends. */
static int begin(mien_server *s, mi_request *r, const char *key)
{
    char id[MI_SESSION_ID], own[32];
    const char *why = NULL, *old = mi_login_cookie(s, r->connection, own);
    int at = 0, status = mi_admit_login(s, key, &at, &why);
    if (status)
        return mi_tell_refuse(status, why, &r->answer);
    int before = old ? mi_session_find(&s->sessions, old) : -1;
    if (before >= 0)
        mi_session_end(&s->sessions, before);
    if (!mi_session_begin(&s->sessions, s->keys.key[at].id, id))
        return mi_tell_refuse(503, "too many are logged in (--sessions)",
                              &r->answer);
    set_cookie(s, r, id);
    put_session(s, id, mien_clock(), &s->keys.key[at], &r->answer);
    sodium_memzero(id, sizeof id);
    return 201;
}

/* Log in, and leave no copy of the key behind. */
static int log_in(mien_server *s, mi_request *r)
{
    char key[MIEN_SERVE_KEY_SIZE] = "";
    mi_body b = {0};
    int status = 0;
    const char *said = key_of(r, &b, &status);
    if (said) {
        memcpy(key, said, sizeof key - 1);
        pthread_mutex_lock(&s->lock);
        status = begin(s, r, key);
        pthread_mutex_unlock(&s->lock);
    }
    for (int i = 0; i < b.n; i++)
        if (b.field[i].own)
            sodium_memzero(b.field[i].own, b.field[i].n);
    if (r->body.n)
        sodium_memzero(r->body.data, r->body.n);
    sodium_memzero(key, sizeof key);
    mi_body_free(&b);
    return status;
}

/* Who is logged in: nobody is an answer, too. */
static int tell(mien_server *s, mi_request *r)
{
    char own[32];
    const char *id = mi_login_cookie(s, r->connection, own);
    pthread_mutex_lock(&s->lock);
    int key = -1, at = id ? mi_admit_session(s, id, &key) : -1;
    if (at < 0)
        mien_buffer_puts(&r->answer, "{\"session\":null}");
    else
        put_session(s, id, s->sessions.one[at].began, &s->keys.key[key],
                    &r->answer);
    pthread_mutex_unlock(&s->lock);
    return 200;
}

/* Log out; that the session is there was looked at with the headers. */
static int log_out(mien_server *s, mi_request *r)
{
    char own[32];
    const char *id = mi_login_cookie(s, r->connection, own);
    pthread_mutex_lock(&s->lock);
    int at = id ? mi_session_find(&s->sessions, id) : -1;
    if (at >= 0)
        mi_session_end(&s->sessions, at);
    pthread_mutex_unlock(&s->lock);
    set_cookie(s, r, "");
    mien_buffer_puts(&r->answer, "{\"session\":null}");
    return 200;
}

int mi_login_answer(mien_server *s, mi_request *r)
{
    switch (mi_routes[r->route].kind) {
    case MI_ROUTE_LOG_IN: return log_in(s, r);
    case MI_ROUTE_LOG_OUT: return log_out(s, r);
    default: return tell(s, r);
    }
}
