/* work.c: the queues, and the threads that read photos and search. */
#include "serve/server.h"

#include "base/alloc.h"
#include "base/error.h"

/* A thread's place among the workers. */
typedef struct lane {
    mien_server *server;
    int lane;
} lane;

int mi_work_put(mien_server *s, mi_request *r)
{
    mi_queue *q = &s->queue[mi_routes[r->route].kind == MI_ROUTE_SEARCH];
    pthread_mutex_lock(&s->lock);
    int room = q->waiting < s->o.queue && !s->ended;
    if (room) {
        r->next = NULL;
        *q->last = r;
        q->last = &r->next;
        q->waiting++;
        r->client->busy = 1;
        pthread_cond_signal(&q->work);
    } else {
        s->counts.full++;
    }
    pthread_mutex_unlock(&s->lock);
    return room;
}

/* The next request of a queue, once there is one; NULL: the server ends. */
static mi_request *next(mien_server *s, mi_queue *q)
{
    pthread_mutex_lock(&s->lock);
    while (!q->first && !s->ended)
        pthread_cond_wait(&q->work, &s->lock);
    mi_request *r = q->first;
    if (r) {
        q->first = r->next;
        q->waiting--;
        if (!q->first)
            q->last = &q->first;
    }
    pthread_mutex_unlock(&s->lock);
    return r;
}

/* Hand a request back to MHD's thread, which answers it; it is not touched
 * afterwards. */
static void hand_back(mien_server *s, mi_request *r, double seconds)
{
    pthread_mutex_lock(&s->lock);
    s->counts.photos_n += seconds > 0;
    s->counts.photos_seconds += seconds;
    r->client->busy = 0;
    r->client->since = mien_clock();
    r->done = 1;
    pthread_mutex_unlock(&s->lock);
    s->mhd.MHD_resume_connection(r->connection);
}

/* Answer a request, unless it waited for too long. */
static void work_on(mien_server *s, mi_request *r, int at)
{
    double start = mien_clock();
    mi_sight sight = {mi_photos_read, &s->photos, at};
    if (s->o.read)
        sight = (mi_sight){s->o.read, s->o.read_arg, at};
    if (s->ended || start - r->began > s->o.deadline) {
        r->status = 503;
        mi_tell_error(503, "it waited for too long", &r->answer);
        hand_back(s, r, 0);
        return;
    }
    const mi_route *route = &mi_routes[r->route];
    r->status = mi_answer(route, &r->ask, r->has_type ? r->type : NULL,
                          &r->body, &sight, &s->desk, &r->answer);
    hand_back(s, r, route->picture[0] ? mien_clock() - start : 0);
}

static void *work(void *arg)
{
    lane l = *(lane *)arg;
    mi_request *r;
    mi_free(arg);
    while ((r = next(l.server, &l.server->queue[l.lane == l.server->o.jobs])))
        work_on(l.server, r, l.lane);
    return NULL;
}

mien_status mi_work_start(mien_server *s, mien_error *err)
{
    int n = s->o.jobs + (s->desk.gallery != NULL);
    s->worker = mi_alloc((size_t)n, sizeof *s->worker);
    if (!s->worker)
        return mi_no_memory(err);
    for (int i = 0; i < n; i++) {
        lane *l = mi_alloc(1, sizeof *l);
        if (!l)
            return mi_no_memory(err);
        *l = (lane){s, i};
        if (pthread_create(&s->worker[i], NULL, work, l) != 0) {
            mi_free(l);
            return mi_fail(err, MIEN_EUNSUP, "thread %d cannot be started", i);
        }
        s->workers++;
    }
    return MIEN_OK;
}

void mi_work_end(mien_server *s)
{
    pthread_mutex_lock(&s->lock);
    s->ended = 1;
    for (int i = 0; i < 2; i++)
        pthread_cond_broadcast(&s->queue[i].work);
    pthread_mutex_unlock(&s->lock);
    for (int i = 0; i < s->workers; i++)
        pthread_join(s->worker[i], NULL);
    mi_free(s->worker);
    s->worker = NULL;
    s->workers = 0;
}
