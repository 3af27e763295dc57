/* server.h: a server's parts, which its files share.
 *
 *   request.c   MHD's thread: a request comes in, is checked, waits, is
 * answered admit.c     who may ask, how often, and by which name of the server
 *   login.c     a browser logs in and out
 *   work.c      the queue, and the threads that read photos
 *   watch.c     a thread: connections that are too slow, keys that changed
 *   counts.c    what /metrics tells */
#ifndef MI_SERVE_SERVER_H
#define MI_SERVE_SERVER_H

#include "serve/answer.h"
#include "serve/app.h"
#include "serve/mhd.h"
#include "serve/photo.h"
#include "serve/routes.h"
#include "serve/session.h"
#include "serve/tell.h"

#include "mien/serve.h"

#include <pthread.h>

typedef struct MHD_Connection mi_connection;

/* A connection of a client. */
typedef struct mi_client {
    struct mi_client *next, *before;
    int fd;
    double since; /* when what it does now began */
    int busy;     /* 1: its request waits or is worked on */
} mi_client;

/* A request under way. */
typedef struct mi_request {
    struct mi_request *next; /* in the queue */
    mi_connection *connection;
    mi_client *client;
    int route;      /* in mi_routes; -1: none */
    int file;       /* of the app; -1: none */
    char allow[32]; /* the methods of a path that has not this one */
    int refused;    /* the status of a refusal; 0: none so far */
    const char *why;
    int done; /* 1: status and answer are set */
    int status;
    double began;
    int64_t got; /* bytes of the body */
    char type[200];
    int has_type;
    char cookie[200]; /* that the answer sets; "": none */
    mi_ask ask;
    mien_error wrong; /* what `why` may point into */
    mien_buffer body, answer;
} mi_request;

/* How much of its rate a key has left. */
typedef struct mi_bucket {
    char id[9];
    double tokens, at;
} mi_bucket;

enum { MI_CLASSES = 6 }; /* of statuses: 0 none, 1xx ... 5xx */

typedef struct mi_counts {
    int64_t requests[MI_ROUTES + 1][MI_CLASSES]; /* [MI_ROUTES]: no route */
    int64_t full, limited, cut_off, unswept;
    int64_t photos_n; /* requests about photos that were worked on */
    double photos_seconds;
} mi_counts;

/* Requests that wait.  Searches of other servers have a queue and a thread of
 * their own: where all others wait for peers, which ask this server meanwhile,
 * each would wait for the other. */
typedef struct mi_queue {
    mi_request *first, **last;
    int waiting;
    pthread_cond_t work;
} mi_queue;

struct mien_server {
    mien_server_options o;
    char host[2][300]; /* names of the server: its address, o.host */
    char *keys_path;
    int port, is_local;
    mi_mhd mhd;
    struct MHD_Daemon *daemon;
    mi_photos photos;
    int has_photos;
    mi_app app;
    mi_desk desk;
    pthread_t *worker; /* [workers] the last one searches for other servers */
    int workers, watching;
    pthread_t watch;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t quiet, tick;
    mi_queue queue[2]; /* photos and people; searches of other servers */
    int active;        /* requests in all */
    int64_t held;      /* bytes of bodies */
    _Atomic int draining, ended;
    mi_client *clients;
    int n_clients;
    mien_serve_keys keys;
    mi_bucket *bucket; /* [keys.n], or one where no keys are asked for */
    long long keys_stamp[3];
    mi_bucket attempts; /* to log in, of whomever */
    mi_sessions sessions;
    mi_counts counts;
};

/* ---- admit.c ------------------------------------------------------------- */
/* Write the names by which requests may call the server. */
void mi_admit_names(mien_server *s);
/* Read the file of keys; those that stay keep what is left of their rate. */
MIEN_CHECKED mien_status mi_admit_load(mien_server *s, mien_error *err);
/* The status of a refusal, 0: admitted; why is set, or what the key is for. */
int mi_admit(mien_server *s, mi_connection *c, const mi_route *r, mi_ask *ask,
             const char **why);
/* The same for a request's Host and Origin; r is NULL for a file of the app. */
int mi_admit_host(mien_server *s, mi_connection *c, const mi_route *r,
                  const char **why);
/* 1: the request came over TLS, or to a name that it should come over TLS to.
 */
int mi_admit_secure(const mien_server *s, mi_connection *c);
/* The place of a session, and of its key; -1: it has ended. The lock is held,
 * as in the next. */
int mi_admit_session(mien_server *s, const char *id, int *key);
/* 1: a server's key of this id is good, and may delete the gallery. */
int mi_admit_deleter(void *server, const char *id);
/* The place of the key that somebody logs in with; 0, or the status of a
 * refusal. */
int mi_admit_login(mien_server *s, const char *key, int *at, const char **why);

/* ---- login.c ------------------------------------------------------------- */
/* The id that a request's cookie says, NULL: none. */
const char *mi_login_cookie(const mien_server *s, mi_connection *c,
                            char own[32]);
/* Answer a request about a session: its status. */
int mi_login_answer(mien_server *s, mi_request *r);

/* ---- work.c -------------------------------------------------------------- */
/* Start the threads.  Fails with ENOMEM, EUNSUP. */
MIEN_CHECKED mien_status mi_work_start(mien_server *s, mien_error *err);
/* Put a request, whose connection is suspended, into the queue; 0: full. */
int mi_work_put(mien_server *s, mi_request *r);
/* End the threads; what waits is refused. */
void mi_work_end(mien_server *s);

/* ---- watch.c ------------------------------------------------------------- */
/* Start the thread.  Fails with EUNSUP. */
MIEN_CHECKED mien_status mi_watch_start(mien_server *s, mien_error *err);
/* End it, if it was started. */
void mi_watch_end(mien_server *s);

/* ---- request.c ----------------------------------------------------------- */
/* MHD's callbacks; the closure is the server. */
enum MHD_Result mi_request_step(void *server, mi_connection *c,
                                const char *path, const char *method,
                                const char *version, const char *data,
                                size_t *n, void **request);
/* Unescape a part of a path or query in place: its length. */
size_t mi_request_unescape(void *server, mi_connection *c, char *text);
/* A request ended, answered or not. */
void mi_request_end(void *server, mi_connection *c, void **request,
                    enum MHD_RequestTerminationCode why);
/* A connection begins or ends. */
void mi_client_change(void *server, mi_connection *c, void **client,
                      enum MHD_ConnectionNotificationCode what);

/* ---- counts.c ------------------------------------------------------------ */
/* Count a request that ended; the lock is held. */
void mi_counts_add(mi_counts *c, int route, int status);
/* What /metrics tells; the lock is held. */
void mi_counts_write(const mien_server *s, mien_buffer *out);

#endif
