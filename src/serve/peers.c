/* peers.c: other servers, asked at once who faces are.
 *
 * A request is sent as soon as it is begun where a connection is open from
 * before, which is usual; so peers search while this server does.  Nothing that
 * a peer sends is believed but an answer that shard.c reads: no redirect, no
 * other protocol, no proxy of the environment, and no more bytes than such an
 * answer has. */
#include "serve/peers.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/file.h"
#include "serve/curl.h"
#include "serve/peer_list.h"

#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { CA_SIZE = 16 << 20 };

const char *const mi_peer_ends[MI_PEER_ENDS] = {
    "answered", "unreachable",   "untrusted", "late",
    "refused",  "other-network", "nonsense"};

/* A request to a peer. */
typedef struct call {
    CURL *easy;
    mien_buffer body; /* of the answer */
    size_t most;      /* its bytes, at most */
    int done;         /* 1: result is set */
    CURLcode result;
} call;

/* The requests of a lane. */
typedef struct lane {
    CURLM *multi;
    call *call;        /* [peers] */
    mien_buffer asked; /* the body of each request */
    double until;      /* of the clock */
} lane;

struct mi_peers {
    mi_curl curl;
    mi_peer_list list;
    struct curl_slist **header; /* [peers] */
    char *ca;
    double deadline;
    int lanes;
    lane *lane;                             /* [lanes] */
    _Atomic int64_t (*count)[MI_PEER_ENDS]; /* [peers] */
};

/* ---- a peer that hangs up is no reason to end ---------------------------- */

/* Hold back the signal of a connection that broke; *was is the mask before. */
static void hold_signal(sigset_t *was)
{
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, was);
}

/* Forget it, and let later ones through as before. */
static void release_signal(const sigset_t *was)
{
    static const struct timespec at_once = {0, 0};
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    if (!sigismember(was, SIGPIPE))
        sigtimedwait(&pipe, NULL, &at_once);
    pthread_sigmask(SIG_SETMASK, was, NULL);
}

/* ---- begin and end ------------------------------------------------------- */

/* Take some of an answer: 0, which ends the request, if there is too much. */
static size_t take(char *data, size_t size, size_t n, void *arg)
{
    call *c = arg;
    n *= size;
    if (n > c->most - c->body.n)
        return 0;
    mien_buffer_put(&c->body, data, n);
    return c->body.failed ? 0 : n;
}

/* What holds for each request to a peer. */
static int set_up(const mi_peers *p, int peer, call *c)
{
    const mi_curl *u = &p->curl;
    CURL *e = c->easy;
    int bad = 0;
    bad |= u->curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L) != CURLE_OK;
    bad |=
        u->curl_easy_setopt(e, CURLOPT_HTTPHEADER, p->header[peer]) != CURLE_OK;
    bad |= u->curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take) != CURLE_OK;
    bad |= u->curl_easy_setopt(e, CURLOPT_WRITEDATA, c) != CURLE_OK;
    bad |= u->curl_easy_setopt(e, CURLOPT_PRIVATE, c) != CURLE_OK;
    bad |= u->curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L) != CURLE_OK;
    bad |= u->curl_easy_setopt(e, CURLOPT_PROXY, "") != CURLE_OK;
    bad |= u->curl_easy_setopt(e, CURLOPT_HTTP_VERSION,
                               (long)CURL_HTTP_VERSION_1_1) != CURLE_OK;
    bad |= u->curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L) != CURLE_OK;
    bad |= u->curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L) != CURLE_OK;
    bad |= u->curl_easy_setopt(e, CURLOPT_SSLVERSION,
                               (long)CURL_SSLVERSION_TLSv1_2) != CURLE_OK;
    if (p->ca) {
        bad |= u->curl_easy_setopt(e, CURLOPT_CAINFO, p->ca) != CURLE_OK;
        bad |= u->curl_easy_setopt(e, CURLOPT_CAPATH, NULL) != CURLE_OK;
    }
#if LIBCURL_VERSION_NUM >= 0x075500
    bad |=
        u->curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https") != CURLE_OK;
#else
    bad |= u->curl_easy_setopt(e, CURLOPT_PROTOCOLS,
                               (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS)) !=
           CURLE_OK;
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
    /* A look-up of a name that takes too long is not waited for. */
    u->curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
#endif
    return !bad;
}

/* The headers of requests to a peer; NULL: memory ended. */
static struct curl_slist *headers_of(const mi_curl *u, const mi_peer *peer)
{
    char key[100];
    const char *const all[] = {key, "Content-Type: application/json",
                               "Accept: application/json", "Expect:"};
    struct curl_slist *list = NULL;
    snprintf(key, sizeof key, "x-api-key: %s", peer->key);
    for (int i = 0; i < 4; i++) {
        struct curl_slist *longer = u->curl_slist_append(list, all[i]);
        if (!longer) {
            u->curl_slist_free_all(list);
            list = NULL;
            break;
        }
        list = longer;
    }
    sodium_memzero(key, sizeof key);
    return list;
}

/* Make a lane. */
static mien_status open_lane(mi_peers *p, lane *l, mien_error *err)
{
    l->multi = p->curl.curl_multi_init();
    l->call = mi_alloc((size_t)p->list.n, sizeof *l->call);
    if (!l->multi || !l->call)
        return mi_no_memory(err);
    for (int i = 0; i < p->list.n; i++) {
        l->call[i].easy = p->curl.curl_easy_init();
        if (!l->call[i].easy)
            return mi_no_memory(err);
        if (!set_up(p, i, &l->call[i]))
            return mi_fail(err, MIEN_EUNSUP, "libcurl refuses an option");
    }
    return MIEN_OK;
}

/* All that is made once the list is read. */
static mien_status open_all(mi_peers *p, const mi_peers_options *o,
                            mien_error *err)
{
    size_t n = (size_t)p->list.n;
    mien_status st = MIEN_OK;
    p->header = mi_alloc(n, sizeof *p->header);
    p->count = mi_alloc(n, sizeof *p->count);
    p->lane = mi_alloc((size_t)o->lanes, sizeof *p->lane);
    p->ca = o->ca ? mi_text_copy(o->ca) : NULL;
    if (!p->header || !p->count || !p->lane || (o->ca && !p->ca))
        return mi_no_memory(err);
    for (size_t i = 0; i < n; i++)
        if (!(p->header[i] = headers_of(&p->curl, &p->list.peer[i])))
            return mi_no_memory(err);
    for (; !st && p->lanes < o->lanes; p->lanes++)
        st = open_lane(p, &p->lane[p->lanes], err);
    return st;
}

/* libcurl looks at the certificates when it is too late. */
static mien_status check_ca(const char *path, mien_error *err)
{
    mien_bytes b = {0};
    mien_status st = mien_file_load(path, CA_SIZE, &b, err);
    if (!st && !memmem(b.data, b.n, "-----BEGIN CERT", 15))
        st = mi_fail(err, MIEN_EFORMAT, "%.120s: has no certificate in PEM",
                     path);
    mien_bytes_free(&b);
    return st;
}

mien_status mi_peers_open(const mi_peers_options *o, mi_peers **out,
                          mien_error *err)
{
    mi_peers *p = mi_alloc(1, sizeof *p);
    if (!p)
        return mi_no_memory(err);
    p->deadline = o->deadline;
    mien_status st = mi_curl_load(&p->curl, err);
    if (!st)
        st = mi_peer_list_load(o->list, &p->list, err);
    if (!st && o->ca)
        st = check_ca(o->ca, err);
    if (!st)
        st = open_all(p, o, err);
    if (st)
        mi_peers_close(p);
    else
        *out = p;
    return st;
}

void mi_peers_close(mi_peers *p)
{
    sigset_t was;
    if (!p)
        return;
    hold_signal(&was);
    for (int k = 0; k < p->lanes; k++) {
        lane *l = &p->lane[k];
        for (int i = 0; l->call && i < p->list.n; i++)
            if (l->call[i].easy)
                p->curl.curl_easy_cleanup(l->call[i].easy);
        mi_free(l->call);
        if (l->multi)
            p->curl.curl_multi_cleanup(l->multi);
    }
    for (int i = 0; p->header && i < p->list.n; i++)
        p->curl.curl_slist_free_all(p->header[i]);
    mi_free(p->lane);
    mi_free(p->header);
    mi_free(p->count);
    mi_free(p->ca);
    mi_peer_list_free(&p->list);
    mi_free(p);
    release_signal(&was);
}

int mi_peers_count(const mi_peers *p) { return p->list.n; }

int64_t mi_peers_counted(const mi_peers *p, int peer, mi_peer_end end)
{
    return p->count[peer][end];
}

/* ---- asking -------------------------------------------------------------- */

/* Release what a question took, and end what of it is under way. */
static void forget(mi_peers *p, lane *l)
{
    for (int i = 0; i < p->list.n; i++) {
        call *c = &l->call[i];
        p->curl.curl_multi_remove_handle(l->multi, c->easy);
        mien_buffer_free(&c->body);
    }
    if (l->asked.data)
        sodium_memzero(l->asked.data, l->asked.n);
    mien_buffer_free(&l->asked);
}

/* Begin the request to a peer; 0: memory ended. */
static int begin(mi_peers *p, int peer, lane *l, const char *path, size_t most)
{
    const mi_curl *u = &p->curl;
    call *c = &l->call[peer];
    char url[MI_PEER_URL + 700];
    c->most = most;
    c->done = 0;
    snprintf(url, sizeof url, "%s%s", p->list.peer[peer].url, path);
    int bad = u->curl_easy_setopt(c->easy, CURLOPT_URL, url) != CURLE_OK;
    bad |= u->curl_easy_setopt(c->easy, CURLOPT_POSTFIELDS,
                               (char *)l->asked.data) != CURLE_OK;
    bad |= u->curl_easy_setopt(c->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                               (curl_off_t)l->asked.n) != CURLE_OK;
    bad |= u->curl_easy_setopt(c->easy, CURLOPT_TIMEOUT_MS,
                               (long)(p->deadline * 1000)) != CURLE_OK;
    return !bad && u->curl_multi_add_handle(l->multi, c->easy) == CURLM_OK;
}

mien_status mi_peers_ask(mi_peers *p, int lane_at, const char *purpose,
                         const mi_shard_question *q, mien_error *err)
{
    lane *l = &p->lane[lane_at];
    char path[700]; /* a purpose has 199 bytes at most */
    sigset_t was;
    int running, ok = 1;
    hold_signal(&was);
    mi_shard_question_write(q, &l->asked);
    char *escaped = p->curl.curl_easy_escape(l->call[0].easy, purpose, 0);
    snprintf(path, sizeof path, "/api/v1/search?purpose=%s",
             escaped ? escaped : "");
    for (int i = 0; escaped && !l->asked.failed && ok && i < p->list.n; i++)
        ok = begin(p, i, l, path, mi_shard_answers_most(q->n));
    if (!escaped || l->asked.failed || !ok) {
        forget(p, l);
        ok = 0;
    }
    p->curl.curl_free(escaped);
    l->until = mien_clock() + p->deadline;
    if (ok)
        p->curl.curl_multi_perform(l->multi, &running);
    release_signal(&was);
    return ok ? MIEN_OK : mi_no_memory(err);
}

/* ---- answers ------------------------------------------------------------- */

/* Note which requests have ended. */
static void note_ends(const mi_peers *p, lane *l)
{
    const CURLMsg *m;
    int left;
    while ((m = p->curl.curl_multi_info_read(l->multi, &left)))
        for (int i = 0; i < p->list.n; i++)
            if (m->msg == CURLMSG_DONE && l->call[i].easy == m->easy_handle) {
                l->call[i].done = 1;
                l->call[i].result = m->data.result;
            }
}

/* Let the requests go on until all have ended or the deadline is over. */
static void finish(const mi_peers *p, lane *l)
{
    int running = 1;
    while (running) {
        double left = l->until - mien_clock();
        if (p->curl.curl_multi_perform(l->multi, &running) != CURLM_OK)
            break;
        if (left <= 0)
            break;
        if (running)
            p->curl.curl_multi_poll(l->multi, NULL, 0,
                                    (int)ceil(fmin(left, 1) * 1000), NULL);
    }
    note_ends(p, l);
}

/* How a request ended that has no answer by its status. */
static mi_peer_end end_of(const call *c)
{
    if (!c->done)
        return MI_PEER_LATE;
    switch (c->result) {
    case CURLE_OPERATION_TIMEDOUT: return MI_PEER_LATE;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR: return MI_PEER_UNTRUSTED;
    case CURLE_WRITE_ERROR: /* there was too much */
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_HTTP2: return MI_PEER_NONSENSE;
    default: return MI_PEER_UNREACHABLE;
    }
}

/* What a peer said. */
static mi_peer_reply read_reply(const mi_peers *p, const call *c,
                                const mi_shard_question *q,
                                mien_shard_answer *answer)
{
    long status = 0;
    if (!c->done || c->result != CURLE_OK)
        return (mi_peer_reply){end_of(c), 0};
    p->curl.curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status == 409)
        return (mi_peer_reply){MI_PEER_OTHER_NETWORK, 409};
    if (status != 200)
        return (mi_peer_reply){MI_PEER_REFUSED, (int)status};
    return (mi_peer_reply){mi_shard_answers_read(c->body.data, c->body.n, q->n,
                                                 q->threshold, answer, NULL)
                               ? MI_PEER_NONSENSE
                               : MI_PEER_ANSWERED,
                           200};
}

void mi_peers_wait(mi_peers *p, int lane_at, const mi_shard_question *q,
                   mien_shard_answer *answer, mi_peer_reply *reply)
{
    lane *l = &p->lane[lane_at];
    sigset_t was;
    hold_signal(&was);
    finish(p, l);
    for (int i = 0; i < p->list.n; i++) {
        mien_shard_answer *of = answer + (size_t)i * (size_t)q->n;
        for (int k = 0; k < q->n; k++)
            of[k] = (mien_shard_answer){.asked = 1, .distance = NAN};
        reply[i] = read_reply(p, &l->call[i], q, of);
        p->count[i][reply[i].end]++;
    }
    forget(p, l);
    release_signal(&was);
}

void mi_peers_drop(mi_peers *p, int lane_at)
{
    sigset_t was;
    hold_signal(&was);
    forget(p, &p->lane[lane_at]);
    release_signal(&was);
}
