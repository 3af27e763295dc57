/* watch.c: a thread that looks four times a second for connections that are too
 * slow and for keys that changed, and each minute for people whose end has
 * come.
 *
 * MHD ends connections on which nothing comes; one that gives a byte now and
 * then is ended here. */
#include "serve/server.h"

#include "base/error.h"

#include <sys/socket.h>
#include <time.h>

enum {
    PAUSE = 250000000, /* nanoseconds */
    SWEEP = 240        /* pauses: a minute */
};

/* A socket that is shut down ends its connection in MHD's thread. */
static void cut_off(mien_server *s)
{
    double now = mien_clock();
    pthread_mutex_lock(&s->lock);
    for (mi_client *c = s->clients; c; c = c->next)
        if (!c->busy && now - c->since > s->o.deadline) {
            shutdown(c->fd, SHUT_RDWR);
            c->since = now;
            s->counts.cut_off++;
        }
    pthread_mutex_unlock(&s->lock);
}

/* Wait; 0: the server ends. */
static int pause_or_end(mien_server *s)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += PAUSE;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_mutex_lock(&s->lock);
    if (s->watching)
        pthread_cond_timedwait(&s->tick, &s->lock, &until);
    int goes_on = s->watching;
    pthread_mutex_unlock(&s->lock);
    return goes_on;
}

/* Erase whose end has come. */
static void sweep(mien_server *s)
{
    if (!s->desk.gallery || mi_desk_sweep(&s->desk))
        return;
    pthread_mutex_lock(&s->lock);
    s->counts.unswept++;
    pthread_mutex_unlock(&s->lock);
}

static void *watch(void *arg)
{
    mien_server *s = arg;
    for (int i = 1; pause_or_end(s); i++) {
        cut_off(s);
        if (i % SWEEP == 0)
            sweep(s);
        if (mi_admit_load(s, NULL) != MIEN_OK)
            continue; /* no key is good until the file is */
    }
    return NULL;
}

mien_status mi_watch_start(mien_server *s, mien_error *err)
{
    s->watching = 1;
    if (pthread_create(&s->watch, NULL, watch, s) == 0)
        return MIEN_OK;
    s->watching = 0;
    return mi_fail(err, MIEN_EUNSUP, "a thread cannot be started");
}

void mi_watch_end(mien_server *s)
{
    pthread_mutex_lock(&s->lock);
    int was = s->watching;
    s->watching = 0;
    pthread_cond_signal(&s->tick);
    pthread_mutex_unlock(&s->lock);
    if (was)
        pthread_join(s->watch, NULL);
}
