/* workers.c: the program's side.  What comes of a worker is a stranger's: its
 * length is limited, and its worker is given up if it is late, gone, or talks
 * when nobody asked. */
#include "sandbox/workers.h"

#include "sandbox/confine.h"
#include "sandbox/message.h"
#include "sandbox/zygote.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Seconds that a new worker may take to begin, and that the zygote may take to
 * end the others; and workers that are made for one request. */
enum { BEGIN = 10, FAREWELL = 5, TRIES = 3 };

/* What a lane works with. */
typedef struct lane {
    int fd; /* of its worker; -1: none */
    int process;
    int asked;
} lane;

struct mi_workers {
    mi_workers_options o;
    int zygote, control, landlock;
    pthread_mutex_t lock; /* of what is said to the zygote */
    lane *lane;           /* [o.lanes] */
};

/* ---- a worker's life ----------------------------------------------------- */

/* Read a status, and the length of what follows; 0: it is nonsense. */
static int read_head(const uint8_t head[8], mien_status *st, size_t *n)
{
    mi_cursor c = mi_cursor_of(head, 8);
    uint32_t status = mi_cursor_u32le(&c);
    *n = mi_cursor_u32le(&c);
    *st = (mien_status) - (int)(status & 255);
    switch (*st) {
    case MIEN_OK: return status == 0 && *n <= MI_ANSWER_MOST;
    case MIEN_EARG:
    case MIEN_ENOMEM:
    case MIEN_EIO:
    case MIEN_EFORMAT:
    case MIEN_ELIMIT:
    case MIEN_EUNSUP: return status < 256 && *n < sizeof((mien_error *)0)->text;
    default: return 0;
    }
}

/* Receive an answer, or why there is none. */
static mi_worker_end receive(const lane *l, double until, mien_buffer *out,
                             mien_error *why)
{
    uint8_t head[8];
    size_t n = 0;
    mien_status st = MIEN_OK;
    mi_talk t = mi_talk_receive(l->fd, head, sizeof head, until);
    if (!t && !read_head(head, &st, &n))
        return MI_WORKER_NONSENSE;
    why->status = st;
    if (!t && st) {
        t = mi_talk_receive(l->fd, why->text, n, until);
        why->text[n] = 0;
    } else if (!t && n) {
        uint8_t *bytes = mi_alloc_raw(n, 1);
        if (bytes)
            t = mi_talk_receive(l->fd, bytes, n, until);
        if (bytes && !t)
            mien_buffer_put(out, bytes, n);
        if (!bytes || out->failed)
            why->status = mi_no_memory(why);
        mi_free(bytes);
        if (!bytes) /* what it says cannot be taken */
            return MI_WORKER_RETIRED;
    }
    return t == MI_TALK_DONE   ? MI_WORKER_ENDS
           : t == MI_TALK_LATE ? MI_WORKER_LATE
                               : MI_WORKER_ENDED;
}

/* Let the zygote end a lane's worker and make another one.
 *
 *   status  set to how the one before ended */
static mien_status make(mi_workers *w, int at, int *status, mien_error *err)
{
    lane *l = &w->lane[at];
    mi_made m = {0};
    mi_wanted wanted = {at};
    int fd = -1;
    if (l->fd >= 0)
        close(l->fd);
    *l = (lane){-1, 0, 0};
    pthread_mutex_lock(&w->lock);
    int came = mi_packet_send(w->control, &wanted, sizeof wanted, -1) &&
               mi_packet_receive(w->control, &m, sizeof m, &fd);
    pthread_mutex_unlock(&w->lock);
    if (!came) {
        kill(w->zygote, SIGKILL); /* what it says later is for nobody */
        return mi_fail(err, MIEN_ENOMEM,
                       "sandbox: the process that makes workers is gone");
    }
    *status = m.status;
    if (fd < 0)
        return mi_fail(err, MIEN_ENOMEM, "sandbox: no worker can be made: %s",
                       strerror(m.problem));
    *l = (lane){fd, m.process, 0};
    return MIEN_OK;
}

/* The same, and hear that it is confined. */
static mien_status renew(mi_workers *w, int at, int *status, mien_error *err)
{
    lane *l = &w->lane[at];
    mien_buffer none = {0};
    mien_error why = {0};
    mien_status st = make(w, at, status, err);
    if (st)
        return st;
    mi_worker_end e = receive(l, mien_clock() + BEGIN, &none, &why);
    mien_buffer_free(&none);
    if (e == MI_WORKER_ENDS && !why.status)
        return MIEN_OK;
    close(l->fd);
    l->fd = -1;
    return e == MI_WORKER_ENDS
               ? mi_fail(err, why.status, "%s", why.text)
               : mi_fail(err, MIEN_EUNSUP,
                         "sandbox: a worker ended before it was confined");
}

/* Give up a worker, and have another one. */
static void give_up(mi_workers *w, int at, mi_worker_end why,
                    mi_worker_lost *lost)
{
    double start = mien_clock();
    *lost = (mi_worker_lost){why, -1, -1};
    if (renew(w, at, &lost->status, NULL) == MIEN_OK)
        lost->seconds = mien_clock() - start;
}

/* ---- asking -------------------------------------------------------------- */

/* Send the length of a request and its two parts. */
static mi_worker_end send_all(const mi_workers *w, int at, mien_bytes head,
                              mien_bytes bytes, double until)
{
    uint32_t n = (uint32_t)(head.n + bytes.n);
    uint8_t length[4];
    for (int i = 0; i < 4; i++)
        length[i] = (uint8_t)(n >> 8 * i);
    int fd = w->lane[at].fd;
    mi_talk t = mi_talk_send(fd, length, sizeof length, until);
    if (!t)
        t = mi_talk_send(fd, head.data, head.n, until);
    if (!t)
        t = mi_talk_send(fd, bytes.data, bytes.n, until);
    return t == MI_TALK_DONE   ? MI_WORKER_ENDS
           : t == MI_TALK_LATE ? MI_WORKER_LATE
                               : MI_WORKER_ENDED;
}

mien_status mi_workers_ask(mi_workers *w, int at, mien_bytes head,
                           mien_bytes bytes, mien_buffer *out,
                           mi_worker_lost *lost, mien_error *err)
{
    assert(at >= 0 && at < w->o.lanes);
    lane *l = &w->lane[at];
    mien_error why = {0};
    int before;
    *lost = (mi_worker_lost){MI_WORKER_ENDS, -1, -1};
    if (head.n > w->o.ask_most || bytes.n > w->o.ask_most - head.n)
        return mi_fail(err, MIEN_ELIMIT,
                       "sandbox: a request of %zu bytes, wanted are %zu or "
                       "fewer",
                       head.n + bytes.n, w->o.ask_most);
    /* One that died while nobody asked costs no request. */
    if (l->fd >= 0 && !mi_talk_quiet(l->fd))
        give_up(w, at, MI_WORKER_ENDED, lost);
    for (int i = 0; l->fd < 0 && i < TRIES; i++)
        (void)renew(w, at, &before, &why);
    if (l->fd < 0)
        return mi_fail(err, MIEN_ENOMEM, "%s", why.text);
    why = (mien_error){MIEN_OK, ""};
    double until = mien_clock() + w->o.deadline;
    mi_worker_end e = send_all(w, at, head, bytes, until);
    if (e == MI_WORKER_ENDS)
        e = receive(l, until, out, &why);
    if (e == MI_WORKER_ENDS && w->o.asks && ++l->asked >= w->o.asks)
        give_up(w, at, MI_WORKER_RETIRED, lost);
    else if (e != MI_WORKER_ENDS)
        give_up(w, at, e, lost);
    if (e != MI_WORKER_ENDS && e != MI_WORKER_RETIRED)
        return mi_fail(err, MIEN_ELOST, "its worker was given up");
    return why.status ? mi_fail(err, why.status, "%s", why.text) : MIEN_OK;
}

void mi_workers_refuse(mi_workers *w, int at, mi_worker_lost *lost)
{
    assert(at >= 0 && at < w->o.lanes);
    give_up(w, at, MI_WORKER_NONSENSE, lost);
}

int mi_workers_process(const mi_workers *w, int at)
{
    return w->lane[at].process;
}

int mi_workers_landlock(const mi_workers *w) { return w->landlock; }

int mi_workers_gone(mi_workers *w)
{
    struct pollfd p = {w->control, POLLRDHUP, 0};
    return poll(&p, 1, 0) > 0 && p.revents & (POLLRDHUP | POLLHUP | POLLERR);
}

/* ---- begin and end ------------------------------------------------------- */

/* Wait for the zygote, with and without its workers. */
static void end_zygote(mi_workers *w)
{
    double until = mien_clock() + FAREWELL;
    close(w->control);
    while (waitpid(w->zygote, NULL, WNOHANG) == 0) {
        if (mien_clock() > until)
            kill(w->zygote, SIGKILL);
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
}

void mi_workers_free(mi_workers *w)
{
    if (!w)
        return;
    for (int i = 0; i < w->o.lanes && w->lane; i++)
        if (w->lane[i].fd >= 0)
            close(w->lane[i].fd);
    if (w->zygote)
        end_zygote(w);
    pthread_mutex_destroy(&w->lock);
    mi_free(w->lane);
    mi_free(w);
}

/* Fork the zygote and hear how it is. */
static mien_status begin(mi_workers *w, mien_buffer *greeting, mien_error *err)
{
    int pair[2], self = getpid(), status = 0;
    const struct timeval most = {BEGIN, 0}; /* that a worker is waited for */
    mi_zygote_hello hello = {{MIEN_OK, ""}, 0, 0, {0}};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
        return mi_fail(err, MIEN_EIO, "sandbox: no socket can be had: %s",
                       strerror(errno));
    int zygote = fork();
    if (zygote == 0)
        mi_zygote_run(pair[1], self, &w->o);
    close(pair[1]);
    if (zygote < 0) {
        close(pair[0]);
        return mi_fail(err, MIEN_EIO, "sandbox: no process can be had: %s",
                       strerror(errno));
    }
    int came = mi_packet_receive(pair[0], &hello, sizeof hello, NULL);
    if (!came) {
        close(pair[0]);
        waitpid(zygote, &status, 0);
        return mi_fail(
            err, MIEN_EUNSUP,
            "sandbox: its first process cannot begin (signal %d); under "
            "systemd "
            "SystemCallFilter must allow landlock_create_ruleset and "
            "landlock_restrict_self",
            WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    }
    w->zygote = zygote;
    w->control = pair[0];
    setsockopt(w->control, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
    w->landlock = hello.landlock;
    if (hello.error.status)
        return mi_fail(err, hello.error.status, "%s", hello.error.text);
    mien_buffer_put(greeting, hello.greeting, hello.n);
    return greeting->failed ? mi_no_memory(err) : MIEN_OK;
}

mien_status mi_workers_new(const mi_workers_options *o, mi_workers **out,
                           mien_buffer *greeting, mien_error *err)
{
    int before;
    assert(o->lanes >= 1 && o->lanes <= MIEN_POOL_MAX);
    if (mi_threads() > 1)
        return mi_fail(err, MIEN_EARG,
                       "sandbox: %d threads are running, and it is made before "
                       "there are any",
                       mi_threads());
    mi_workers *w = mi_alloc(1, sizeof *w);
    if (!w)
        return mi_no_memory(err);
    w->o = *o;
    pthread_mutex_init(&w->lock, NULL);
    w->lane = mi_alloc((size_t)o->lanes, sizeof *w->lane);
    for (int i = 0; w->lane && i < o->lanes; i++)
        w->lane[i].fd = -1;
    mien_status st = w->lane ? begin(w, greeting, err) : mi_no_memory(err);
    for (int i = 0; i < o->lanes && !st; i++)
        st = renew(w, i, &before, err);
    if (st)
        mi_workers_free(w);
    else
        *out = w;
    return st;
}
