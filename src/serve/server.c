/* server.c: a server begins and ends. */
#include "serve/server.h"

#include "base/alloc.h"
#include "base/error.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- options ------------------------------------------------------------- */

/* An address to listen on. */
typedef union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} address;

/* Read "127.0.0.1:8470" or "[::1]:8470"; 0: it is neither. */
static int read_address(const char *text, address *a)
{
    char host[64];
    const char *colon = strrchr(text, ':');
    char *end;
    memset(a, 0, sizeof *a);
    if (!colon || !colon[1] || strlen(colon + 1) > 5 ||
        (size_t)(colon - text) >= sizeof host)
        return 0;
    long port = strtol(colon + 1, &end, 10);
    if (*end || port < 0 || port > 65535)
        return 0;
    snprintf(host, sizeof host, "%.*s", (int)(colon - text), text);
    size_t n = strlen(host);
    if (n > 2 && *host == '[' && host[n - 1] == ']') {
        host[n - 1] = 0;
        a->v6.sin6_family = AF_INET6;
        a->v6.sin6_port = htons((uint16_t)port);
        return inet_pton(AF_INET6, host + 1, &a->v6.sin6_addr) == 1;
    }
    a->v4.sin_family = AF_INET;
    a->v4.sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, host, &a->v4.sin_addr) == 1;
}

static int is_loopback(const address *a)
{
    if (a->any.sa_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&a->v6.sin6_addr);
    return ntohl(a->v4.sin_addr.s_addr) >> 24 == 127;
}

/* Each number lies in its range. */
static mien_status check_numbers(const mien_server_options *o, mien_error *err)
{
    const struct {
        const char *name;
        double v, least, most;
    } all[] = {
        {"jobs", o->jobs, 0, MIEN_POOL_MAX},
        {"queue", o->queue, 1, 10000},
        {"connections", o->connections, 1, 10000},
        {"max_body", (double)o->max_body, 1, MIEN_SERVE_MAX_BODY},
        {"idle", o->idle, 1, 3600},
        {"deadline", o->deadline, 1, 3600},
        {"rate", o->rate, 0, 1e6},
        {"burst", o->burst, 1, 1e6},
        {"tolerance", (double)o->tolerance, 0, 4},
        {"sessions", o->sessions, 1, 10000},
        {"session_idle", o->session_idle, 1, 86400},
        {"session_end", o->session_end, 1, 604800},
        {"peer_deadline", o->peer_deadline, 0.01, 3600},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!(all[i].v >= all[i].least && all[i].v <= all[i].most))
            return mi_fail(err, MIEN_EARG, "server: %s is %g, wanted is %g..%g",
                           all[i].name, all[i].v, all[i].least, all[i].most);
    return MIEN_OK;
}

/* All options, and the address they name. */
static mien_status check(const mien_server_options *o, address *a,
                         mien_error *err)
{
    if (!read_address(o->listen, a))
        return mi_fail(err, MIEN_EARG,
                       "listen: '%.60s', wanted is an address and a port as "
                       "127.0.0.1:8470 or [::1]:8470",
                       o->listen);
    if (!is_loopback(a) && (!o->keys || !o->tls_cert))
        return mi_fail(err, MIEN_EARG,
                       "listen: others can reach %.60s, so keys (--key-file) "
                       "and TLS (--tls-cert, --tls-key) are needed",
                       o->listen);
    if (o->gallery && !o->keys)
        return mi_fail(err, MIEN_EARG,
                       "a gallery wants keys (--key-file): they say who may do "
                       "what, and what for");
    if (o->peers && !o->keys)
        return mi_fail(err, MIEN_EARG,
                       "peers want keys (--key-file): they say who may do "
                       "what, and what for");
    if ((o->gallery || o->peers) && o->read && !o->model)
        return mi_fail(err, MIEN_EARG,
                       "a gallery, or peers, want the network's digest");
    if (!o->tls_cert != !o->tls_key)
        return mi_fail(err, MIEN_EARG,
                       "TLS needs a certificate and its key "
                       "(--tls-cert, --tls-key)");
    if ((unsigned)o->describer > MIEN_DESCRIBER_MOBILEFACENET)
        return mi_fail(err, MIEN_EARG, "server: no describer has number %d",
                       (int)o->describer);
    if (o->host && strlen(o->host) >= 256)
        return mi_fail(err, MIEN_EARG, "host: longer than 255 bytes");
    return check_numbers(o, err);
}

/* ---- begin --------------------------------------------------------------- */

/* Start MHD, with or without TLS. */
static mien_status listen_on(mien_server *s, const address *a, mien_error *err)
{
    unsigned flags = MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD |
                     MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
    struct MHD_OptionItem more[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, NULL},
                                    {MHD_OPTION_HTTPS_MEM_KEY, 0, NULL},
                                    {MHD_OPTION_END, 0, NULL}};
    if (s->o.tls_cert && !s->mhd.MHD_is_feature_supported(MHD_FEATURE_TLS))
        return mi_fail(err, MIEN_EUNSUP, "this libmicrohttpd has no TLS");
    if (s->o.tls_cert)
        flags |= MHD_USE_TLS;
    memcpy(&more[0].ptr_value, &s->o.tls_cert, sizeof more[0].ptr_value);
    memcpy(&more[1].ptr_value, &s->o.tls_key, sizeof more[1].ptr_value);
    if (a->any.sa_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    errno = 0;
    s->daemon = s->mhd.MHD_start_daemon(
        flags, 0, NULL, NULL, mi_request_step, s, MHD_OPTION_SOCK_ADDR, &a->any,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)s->o.connections,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)s->o.idle,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_UNESCAPE_CALLBACK,
        mi_request_unescape, s, MHD_OPTION_NOTIFY_COMPLETED, mi_request_end, s,
        MHD_OPTION_NOTIFY_CONNECTION, mi_client_change, s, MHD_OPTION_ARRAY,
        s->o.tls_cert ? more : more + 2, MHD_OPTION_END);
    if (!s->daemon)
        return mi_fail(err, MIEN_EIO, "%.60s: cannot listen: %s", s->o.listen,
                       errno           ? strerror(errno)
                       : s->o.tls_cert ? "the certificate or its key is wrong"
                                       : "unknown reason");
    const union MHD_DaemonInfo *info =
        s->mhd.MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
    s->port = info ? info->port : 0;
    mi_admit_names(s);
    return MIEN_OK;
}

static int processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > MIEN_POOL_MAX ? MIEN_POOL_MAX : (int)n;
}

/* Put the peers beside the server. */
static mien_status open_peers(mien_server *s, mien_error *err)
{
    const mi_peers_options o = {s->o.peers, s->o.peers_ca, s->o.peer_deadline,
                                s->o.jobs};
    return s->o.peers ? mi_peers_open(&o, &s->desk.peers, err) : MIEN_OK;
}

/* The digest of the network of descriptors; NULL: it is not known. */
static const char *model_of(mien_server *s)
{
    int n = 0;
    const mien_model_digest *d =
        s->photos.describe ? mien_reader_digests(s->photos.describe, &n) : NULL;
    for (int i = 0; i < n; i++)
        if (strcmp(d[i].task, "descriptor") == 0)
            return d[i].sha256;
    return s->o.read ? s->o.model : NULL;
}

/* Put the gallery, if there is one, behind the server. */
static mien_status open_desk(mien_server *s, mien_error *err)
{
    const char *model = model_of(s);
    if ((s->o.gallery || s->o.peers) && !model)
        return mi_fail(err, MIEN_EIO, "%s", s->photos.no_describe.text);
    snprintf(s->desk.model, sizeof s->desk.model, "%s", model ? model : "");
    s->desk.describer = s->o.describer;
    s->desk.tolerance = s->o.tolerance;
    s->desk.owner =
        (mi_owner){mi_admit_deleter, s, s->o.deletion, s->o.deletion_arg};
    s->desk.gallery = s->o.gallery;
    return MIEN_OK;
}

/* All parts of a server, one after the other. */
static mien_status open_all(mien_server *s, const address *a, mien_error *err)
{
    mien_status st = mi_mhd_load(&s->mhd, err);
    if (!st && s->o.keys) {
        size_t n = strlen(s->o.keys) + 1;
        s->keys_path = mi_alloc(n, 1);
        if (!s->keys_path)
            return mi_no_memory(err);
        memcpy(s->keys_path, s->o.keys, n);
    }
    if (!st)
        st = mi_sessions_open(&s->sessions, &s->o, err);
    s->attempts = (mi_bucket){.tokens = s->o.burst, .at = mien_clock()};
    if (!st)
        st = mi_admit_load(s, err);
    if (!st && s->o.app)
        st = mi_app_open(&s->app, s->o.app, err);
    if (!st && !s->o.read) {
        st = mi_photos_open(&s->photos, s->o.models, s->o.describer, s->o.jobs,
                            err);
        s->has_photos = !st;
    }
    if (!st)
        st = open_desk(s, err);
    if (!st)
        st = open_peers(s, err);
    if (!st)
        st = mi_work_start(s, err);
    if (!st)
        st = listen_on(s, a, err);
    if (!st)
        st = mi_watch_start(s, err);
    return st;
}

mien_status mien_server_new(const mien_server_options *options,
                            mien_server **out, mien_error *err)
{
    static const mien_server_options usual = MIEN_SERVER_DEFAULTS;
    address a;
    options = options ? options : &usual;
    mien_status st = check(options, &a, err);
    if (st)
        return st;
    mien_server *s = mi_alloc(1, sizeof *s);
    if (!s)
        return mi_no_memory(err);
    s->o = *options;
    s->o.jobs = s->o.jobs ? s->o.jobs : processors();
    s->is_local = is_loopback(&a);
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutex_init(&s->desk.lock, NULL);
    for (int i = 0; i < 2; i++) {
        s->queue[i].last = &s->queue[i].first;
        pthread_cond_init(&s->queue[i].work, NULL);
    }
    pthread_cond_init(&s->quiet, NULL);
    pthread_cond_init(&s->tick, NULL);
    st = open_all(s, &a, err);
    if (st)
        mien_server_free(s);
    else
        *out = s;
    return st;
}

int mien_server_port(const mien_server *s) { return s->port; }

int mien_server_comparable(mien_server *s, int opt_out, int *enrolled)
{
    return mi_desk_comparable(&s->desk, opt_out, enrolled);
}

/* ---- end ----------------------------------------------------------------- */

/* Take nothing new and wait, within the deadline, for what is under way. */
static void drain(mien_server *s)
{
    struct timespec until;
    int fd = s->mhd.MHD_quiesce_daemon(s->daemon);
    if (fd >= 0)
        close(fd);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += (time_t)s->o.deadline + 1;
    pthread_mutex_lock(&s->lock);
    s->draining = 1;
    while (s->active &&
           pthread_cond_timedwait(&s->quiet, &s->lock, &until) != ETIMEDOUT)
        ;
    pthread_mutex_unlock(&s->lock);
}

void mien_server_free(mien_server *s)
{
    if (!s)
        return;
    if (s->daemon)
        drain(s);
    mi_work_end(s);
    mi_watch_end(s);
    if (s->daemon)
        s->mhd.MHD_stop_daemon(s->daemon);
    if (s->has_photos)
        mi_photos_close(&s->photos);
    mien_serve_keys_free(&s->keys);
    mi_free(s->bucket);
    mi_free(s->keys_path);
    mi_sessions_close(&s->sessions);
    mi_peers_close(s->desk.peers);
    mi_app_close(&s->app);
    pthread_mutex_destroy(&s->lock);
    pthread_mutex_destroy(&s->desk.lock);
    for (int i = 0; i < 2; i++)
        pthread_cond_destroy(&s->queue[i].work);
    pthread_cond_destroy(&s->quiet);
    pthread_cond_destroy(&s->tick);
    mi_free(s);
}
