/* ahead.c: threads that prepare the rows of a loader before they are filled in.
 *
 * Rows that are asked for wait in slots, in the order they were asked for; a
 * thread takes the one that waits longest, prepares it in the slot's memory and
 * says that it is ready.  Filling copies what is ready, and takes back what no
 * thread has begun.  A row that is never filled in leaves its slot when the
 * slot is needed and KEPT_FOR fills have gone by.  Which thread prepares a row
 * does not change it. */
#include "samples/loader.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>

#if defined(__wasm__)

mien_status mi_ahead_start(mien_loader *l, mien_error *err)
{
    (void)l;
    (void)err;
    return MIEN_OK;
}

void mi_ahead_stop(mien_loader *l) { (void)l; }

void mi_ahead_ask(mien_loader *l, int epoch, const int64_t *rows, int n)
{
    (void)l;
    (void)epoch;
    (void)rows;
    (void)n;
}

int mi_ahead_take(mien_loader *l, int epoch, int64_t row, int wait,
                  float *input, float *const *targets, float *weight,
                  mien_status *st)
{
    (void)l;
    (void)epoch;
    (void)row;
    (void)wait;
    (void)input;
    (void)targets;
    (void)weight;
    (void)st;
    return 0;
}

void mi_ahead_tick(mien_loader *l) { (void)l; }
void mi_loader_lock(const mien_loader *l) { (void)l; }
void mi_loader_unlock(const mien_loader *l) { (void)l; }

#else

#include <pthread.h>

enum { KEPT_FOR = 8 }; /* fills */

typedef enum state { EMPTY, WAITING, BUSY, READY } state;

typedef struct slot {
    state state;
    int epoch;
    int64_t row;
    uint64_t number; /* in the order of asking */
    uint64_t fills;  /* that had begun by then */
    mien_status status;
    float weight;
    float *input; /* and the targets behind it */
} slot;

typedef struct worker {
    mien_loader *l;
    int lane;
    pthread_t thread;
} worker;

struct mi_ahead {
    pthread_mutex_t lock;
    pthread_cond_t asked, done;
    int slots, started, stop;
    slot *slot;     /* [slots] */
    worker *worker; /* [threads] */
    float *memory;  /* [slots, all] */
    uint64_t number, fills;
};

void mi_loader_lock(const mien_loader *l)
{
    pthread_mutex_lock(&l->ahead->lock);
}
void mi_loader_unlock(const mien_loader *l)
{
    pthread_mutex_unlock(&l->ahead->lock);
}

/* ---- threads ------------------------------------------------------------- */

/* The slot that waits longest; NULL: none does. */
static slot *next_waiting(struct mi_ahead *a)
{
    slot *best = NULL;
    for (int i = 0; i < a->slots; i++) {
        slot *s = &a->slot[i];
        if (s->state == WAITING && (!best || s->number < best->number))
            best = s;
    }
    return best;
}

/* Where the targets lie in a slot. */
static void targets_of(const mien_loader *l, const slot *s,
                       float *place[MIEN_LOADER_MAX_TARGETS])
{
    float *p = s->input + l->input;
    for (int i = 0; i < l->o.targets; i++) {
        place[i] = p;
        p += l->size[i];
    }
}

/* Prepare rows until the loader ends. */
static void *prepare(void *arg)
{
    worker *w = arg;
    mien_loader *l = w->l;
    struct mi_ahead *a = l->ahead;
    pthread_mutex_lock(&a->lock);
    while (!a->stop) {
        slot *s = next_waiting(a);
        if (!s) {
            pthread_cond_wait(&a->asked, &a->lock);
            continue;
        }
        float *place[MIEN_LOADER_MAX_TARGETS];
        s->state = BUSY;
        pthread_mutex_unlock(&a->lock);
        targets_of(l, s, place);
        mien_status st = mi_loader_row(l, s->epoch, s->row, w->lane, s->input,
                                       place, &s->weight, NULL);
        pthread_mutex_lock(&a->lock);
        s->status = st;
        s->state = READY;
        pthread_cond_broadcast(&a->done);
    }
    pthread_mutex_unlock(&a->lock);
    return NULL;
}

/* Slots, and the memory of what is prepared in them. */
static mien_status make_slots(const mien_loader *l, struct mi_ahead *a,
                              mien_error *err)
{
    a->slot = mi_alloc((size_t)l->o.ahead, sizeof *a->slot);
    a->worker = mi_alloc((size_t)l->o.threads, sizeof *a->worker);
    if (l->all < (INT64_MAX >> 20))
        a->memory = mi_alloc_raw((size_t)l->o.ahead,
                                 (size_t)l->all * sizeof *a->memory);
    if (!a->slot || !a->worker || !a->memory)
        return mi_fail(err, MIEN_ENOMEM,
                       "loader: no memory for %d rows of %lld numbers ahead",
                       l->o.ahead, (long long)l->all);
    a->slots = l->o.ahead;
    for (int i = 0; i < a->slots; i++)
        a->slot[i].input = a->memory + i * l->all;
    return MIEN_OK;
}

mien_status mi_ahead_start(mien_loader *l, mien_error *err)
{
    struct mi_ahead *a = mi_alloc(1, sizeof *a);
    if (!a)
        return mi_no_memory(err);
    l->ahead = a;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->asked, NULL);
    pthread_cond_init(&a->done, NULL);
    mien_status st = l->o.threads ? make_slots(l, a, err) : MIEN_OK;
    for (int i = 0; !st && i < l->o.threads; i++) {
        worker *w = &a->worker[i];
        *w = (worker){.l = l, .lane = mien_pool_size(l->o.pool) + i};
        if (pthread_create(&w->thread, NULL, prepare, w) != 0)
            st = mi_fail(err, MIEN_EUNSUP, "loader: thread %d of %d refused",
                         i + 1, l->o.threads);
        else
            a->started++;
    }
    return st;
}

void mi_ahead_stop(mien_loader *l)
{
    struct mi_ahead *a = l->ahead;
    if (!a)
        return;
    pthread_mutex_lock(&a->lock);
    a->stop = 1;
    pthread_cond_broadcast(&a->asked);
    pthread_mutex_unlock(&a->lock);
    for (int i = 0; i < a->started; i++)
        pthread_join(a->worker[i].thread, NULL);
    pthread_cond_destroy(&a->done);
    pthread_cond_destroy(&a->asked);
    pthread_mutex_destroy(&a->lock);
    mi_free(a->slot);
    mi_free(a->worker);
    mi_free(a->memory);
    mi_free(a);
    l->ahead = NULL;
}

/* ---- slots --------------------------------------------------------------- */

static slot *find(struct mi_ahead *a, int epoch, int64_t row)
{
    for (int i = 0; i < a->slots; i++) {
        slot *s = &a->slot[i];
        if (s->state != EMPTY && s->epoch == epoch && s->row == row)
            return s;
    }
    return NULL;
}

/* A slot for another row; NULL: all are needed. */
static slot *free_slot(struct mi_ahead *a)
{
    slot *old = NULL;
    for (int i = 0; i < a->slots; i++) {
        slot *s = &a->slot[i];
        if (s->state == EMPTY)
            return s;
        if (s->state != BUSY && a->fills - s->fills > KEPT_FOR &&
            (!old || s->number < old->number))
            old = s;
    }
    return old;
}

void mi_ahead_ask(mien_loader *l, int epoch, const int64_t *rows, int n)
{
    struct mi_ahead *a = l->ahead;
    pthread_mutex_lock(&a->lock);
    for (int i = 0; i < n; i++) {
        slot *s = find(a, epoch, rows[i]) ? NULL : free_slot(a);
        if (!s)
            continue;
        s->state = WAITING;
        s->epoch = epoch;
        s->row = rows[i];
        s->number = a->number++;
        s->fills = a->fills;
    }
    pthread_cond_broadcast(&a->asked);
    pthread_mutex_unlock(&a->lock);
}

/* What is ready in a slot. */
static void copy_row(const mien_loader *l, const slot *s, float *input,
                     float *const *targets)
{
    float *place[MIEN_LOADER_MAX_TARGETS];
    targets_of(l, s, place);
    memcpy(input, s->input, (size_t)l->input * sizeof *input);
    for (int i = 0; i < l->o.targets; i++)
        memcpy(targets[i], place[i], (size_t)l->size[i] * sizeof(float));
}

int mi_ahead_take(mien_loader *l, int epoch, int64_t row, int wait,
                  float *input, float *const *targets, float *weight,
                  mien_status *st)
{
    struct mi_ahead *a = l->ahead;
    pthread_mutex_lock(&a->lock);
    slot *s = find(a, epoch, row);
    while (wait && s && s->state == BUSY) {
        pthread_cond_wait(&a->done, &a->lock);
        s = find(a, epoch, row);
    }
    int taken = !s || s->state == WAITING ? 0 : s->state == BUSY ? -1 : 1;
    if (taken > 0) {
        *st = s->status;
        *weight = s->weight;
        copy_row(l, s, input, targets);
    }
    if (s && taken >= 0)
        s->state = EMPTY;
    pthread_mutex_unlock(&a->lock);
    return taken;
}

void mi_ahead_tick(mien_loader *l)
{
    pthread_mutex_lock(&l->ahead->lock);
    l->ahead->fills++;
    pthread_mutex_unlock(&l->ahead->lock);
}

#endif
