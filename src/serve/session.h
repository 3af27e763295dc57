/* session.h: who is logged in at a browser.
 *
 *   POST /session with a key -> a random id in a cookie that no script reads,
 *     and a token that a page of this server repeats in a header
 *   request with the cookie -> the key, with what it may do now
 *
 * Of an id its digest is kept, of a token nothing: it is the id's, under a
 * secret of this run. A session ends by itself, with its key, and with the
 * server.  The server's lock is held in all of these. */
#ifndef MI_SERVE_SESSION_H
#define MI_SERVE_SESSION_H

#include "mien/serve.h"

enum {
    MI_SESSION_ID = 65,    /* 64 hexadecimal digits and a zero byte */
    MI_SESSION_EACH = 10,  /* sessions of one key; the oldest makes room */
    MI_SESSION_BODY = 4096 /* bytes of a request to log in */
};

typedef struct mi_session {
    uint8_t digest[32]; /* of the id */
    char key[9];        /* the id of its key */
    double began, used; /* on mien_clock */
} mi_session;

typedef struct mi_sessions {
    mi_session *one; /* [limit] the first n are under way */
    int n, limit;
    double idle, most; /* seconds without a request, and in all */
    uint8_t secret[32];
} mi_sessions;

/* Make room for sessions, none of which has begun.  Fails with ENOMEM, EUNSUP.
 */
MIEN_CHECKED mien_status mi_sessions_open(mi_sessions *s,
                                          const mien_server_options *o,
                                          mien_error *err);
/* Forget all of them. */
void mi_sessions_close(mi_sessions *s);

/* Begin one for a key: its id; 0: too many are under way. */
int mi_session_begin(mi_sessions *s, const char *key, char id[MI_SESSION_ID]);
/* The place of a session, whose id a stranger says; -1: none, or it has ended.
 * All are compared, in the same time whichever it is. */
int mi_session_find(mi_sessions *s, const char *id);
/* End one. */
void mi_session_end(mi_sessions *s, int at);
/* End those whose keys are not there any more. */
void mi_sessions_keep(mi_sessions *s, const mien_serve_keys *keys);
/* The token of an id. */
void mi_session_token(const mi_sessions *s, const char *id,
                      char out[MI_SESSION_ID]);
/* Is this the token of an id?  NULL is none. */
int mi_session_is_token(const mi_sessions *s, const char *id,
                        const char *token);

#endif
