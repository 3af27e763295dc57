/* session.c: who is logged in at a browser. */
#include "serve/session.h"

#include "base/alloc.h"
#include "base/error.h"

#include <sodium.h>
#include <string.h>

enum { DIGITS = MI_SESSION_ID - 1 };

mien_status mi_sessions_open(mi_sessions *s, const mien_server_options *o,
                             mien_error *err)
{
    if (sodium_init() < 0)
        return mi_fail(err, MIEN_EUNSUP, "libsodium finds no random numbers");
    s->one = mi_alloc((size_t)o->sessions, sizeof *s->one);
    if (!s->one)
        return mi_no_memory(err);
    s->limit = o->sessions;
    s->idle = o->session_idle;
    s->most = o->session_end;
    randombytes_buf(s->secret, sizeof s->secret);
    return MIEN_OK;
}

void mi_sessions_close(mi_sessions *s)
{
    mi_free(s->one);
    sodium_memzero(s, sizeof *s);
}

/* What is kept of an id. */
static void digest_of(const char *id, uint8_t out[32])
{
    crypto_generichash(out, 32, (const uint8_t *)id, DIGITS, NULL, 0);
}

void mi_session_end(mi_sessions *s, int at)
{
    s->one[at] = s->one[--s->n];
    sodium_memzero(&s->one[s->n], sizeof *s->one);
}

/* End those whose time is over. */
static void end_old(mi_sessions *s)
{
    double now = mien_clock();
    for (int i = s->n - 1; i >= 0; i--)
        if (now - s->one[i].used > s->idle || now - s->one[i].began > s->most)
            mi_session_end(s, i);
}

/* End the oldest of a key, if it has as many as it may. */
static void make_room(mi_sessions *s, const char *key)
{
    int n = 0, oldest = -1;
    for (int i = 0; i < s->n; i++) {
        if (strcmp(s->one[i].key, key) != 0)
            continue;
        n++;
        if (oldest < 0 || s->one[i].began < s->one[oldest].began)
            oldest = i;
    }
    if (n >= MI_SESSION_EACH)
        mi_session_end(s, oldest);
}

int mi_session_begin(mi_sessions *s, const char *key, char id[MI_SESSION_ID])
{
    uint8_t raw[32];
    end_old(s);
    make_room(s, key);
    if (s->n == s->limit)
        return 0;
    mi_session *one = &s->one[s->n++];
    randombytes_buf(raw, sizeof raw);
    sodium_bin2hex(id, MI_SESSION_ID, raw, sizeof raw);
    sodium_memzero(raw, sizeof raw);
    digest_of(id, one->digest);
    memcpy(one->key, key, sizeof one->key);
    one->began = one->used = mien_clock();
    return 1;
}

int mi_session_find(mi_sessions *s, const char *id)
{
    uint8_t digest[32];
    int at = -1;
    end_old(s);
    if (strlen(id) != DIGITS)
        return -1;
    digest_of(id, digest);
    for (int i = 0; i < s->n; i++)
        if (sodium_memcmp(s->one[i].digest, digest, sizeof digest) == 0)
            at = i;
    return at;
}

void mi_sessions_keep(mi_sessions *s, const mien_serve_keys *keys)
{
    for (int i = s->n - 1; i >= 0; i--) {
        int found = 0;
        for (int k = 0; k < keys->n && !found; k++)
            found = strcmp(keys->key[k].id, s->one[i].key) == 0;
        if (!found)
            mi_session_end(s, i);
    }
}

void mi_session_token(const mi_sessions *s, const char *id,
                      char out[MI_SESSION_ID])
{
    uint8_t raw[32];
    crypto_generichash(raw, sizeof raw, (const uint8_t *)id, DIGITS, s->secret,
                       sizeof s->secret);
    sodium_bin2hex(out, MI_SESSION_ID, raw, sizeof raw);
}

int mi_session_is_token(const mi_sessions *s, const char *id, const char *token)
{
    char wanted[MI_SESSION_ID];
    mi_session_token(s, id, wanted);
    return token && strlen(token) == DIGITS &&
           sodium_memcmp(token, wanted, DIGITS) == 0;
}
