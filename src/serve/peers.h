/* peers.h: other servers, asked at once who faces are.
 *
 *   mi_peers_ask: descriptors go to each peer, all at the same time
 *     -> mi_peers_wait: their answers, or why there is none, by one deadline
 *
 * Each lane asks by itself; what one lane does is done by one thread. */
#ifndef MI_SERVE_PEERS_H
#define MI_SERVE_PEERS_H

#include "serve/shard.h"

#include <stdint.h>

/* How it ended with a peer. */
typedef enum mi_peer_end {
    MI_PEER_ANSWERED,
    MI_PEER_UNREACHABLE,   /* no such host, no connection, one that broke */
    MI_PEER_UNTRUSTED,     /* its certificate is not one that is trusted */
    MI_PEER_LATE,          /* the deadline was over */
    MI_PEER_REFUSED,       /* a status other than 200: a key, a limit */
    MI_PEER_OTHER_NETWORK, /* its people are described by another network */
    MI_PEER_NONSENSE       /* what came is no answer, or too large */
} mi_peer_end;
enum { MI_PEER_ENDS = MI_PEER_NONSENSE + 1 };

/* Their names, in answers and in /metrics. */
extern const char *const mi_peer_ends[MI_PEER_ENDS];

typedef struct mi_peer_reply {
    mi_peer_end end;
    int status; /* of HTTP; 0: none came */
} mi_peer_reply;

typedef struct mi_peers_options {
    const char *list; /* the path of a file (peer_list.h) */
    const char *ca;   /* certificates that are trusted, PEM; NULL: those that
                         the system trusts */
    double deadline;  /* seconds that a question may take in all */
    int lanes;
} mi_peers_options;

typedef struct mi_peers mi_peers;

/* Read the list and its keys, and load libcurl; nothing is connected yet.
 * Fails with EUNSUP and what mi_peer_list_load fails with. */
MIEN_CHECKED mien_status mi_peers_open(const mi_peers_options *o,
                                       mi_peers **out, mien_error *err);
/* NULL is allowed. */
void mi_peers_close(mi_peers *p);

/* How many there are. */
int mi_peers_count(const mi_peers *p);
/* How often it ended so with a peer. */
int64_t mi_peers_counted(const mi_peers *p, int peer, mi_peer_end end);

/* Begin to ask all of them.  Fails with ENOMEM: then nobody is asked.  After
 * success mi_peers_wait or mi_peers_drop follows, in the same thread. */
MIEN_CHECKED mien_status mi_peers_ask(mi_peers *p, int lane,
                                      const char *purpose,
                                      const mi_shard_question *q,
                                      mien_error *err);

/* Wait for the answers.
 *
 *   answer  [mi_peers_count, q->n] set: of a peer without an answer those of
 *           one shard that was asked and did not answer
 *   reply   [mi_peers_count] set */
void mi_peers_wait(mi_peers *p, int lane, const mi_shard_question *q,
                   mien_shard_answer *answer, mi_peer_reply *reply);

/* Do not wait for them. */
void mi_peers_drop(mi_peers *p, int lane);

#endif
