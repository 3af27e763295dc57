/* pool.c: a fixed set of threads that take task numbers from one counter.
 *
 * A run is a generation.  The caller publishes it in `open`; a thread that sees
 * it enters (inside + 1), draws numbers with one atomic add until none is left,
 * and leaves.  The caller draws too, closes the generation and waits until
 * nobody is inside: a thread that wakes late finds it closed and is not waited
 * for.  Between runs threads look for work for some microseconds before they
 * sleep, since a network is a chain of short runs.  Nothing is allocated. */
#include "base/pool.h"

#include "base/alloc.h"
#include "base/error.h"

#if defined(__wasm_atomics__)
/* pool_wasm.c has it all. */
#elif defined(__wasm__)

struct mien_pool {
    int threads;
};

mien_status mien_pool_new(int threads, mien_pool **out, mien_error *err)
{
    if (threads < 0 || threads > MIEN_POOL_MAX)
        return mi_fail(err, MIEN_EARG, "pool: %d threads, wanted 0..%d",
                       threads, MIEN_POOL_MAX);
    mien_pool *pool = mi_alloc(1, sizeof *pool);
    if (!pool)
        return mi_fail(err, MIEN_ENOMEM, "pool: no memory");
    pool->threads = 1;
    *out = pool;
    return MIEN_OK;
}

void mien_pool_free(mien_pool *pool) { mi_free(pool); }

void mi_pool_run(mien_pool *pool, int n,
                 void (*task)(void *arg, int i, int lane), void *arg)
{
    (void)pool;
    for (int i = 0; i < n; i++)
        task(arg, i, 0);
}

#else

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

/* Looks for work before sleeping; waits for the last thread before yielding. */
enum { SPINS = 2000 };

typedef struct {
    mien_pool *pool;
    int lane;
    pthread_t thread;
} worker;

struct mien_pool {
    int threads; /* the caller's included */
    int started; /* workers that run */
    worker *workers;
    void (*task)(void *arg, int i, int lane);
    void *arg;
    int n;
    unsigned generations;
    atomic_uint open; /* number of the generation that may be entered, or 0 */
    atomic_int inside, next, sleepers, stop;
    pthread_mutex_t lock; /* guards sleeping only */
    pthread_cond_t wake;
};

static void pause_briefly(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

static void draw_tasks(mien_pool *pool, int lane)
{
    int i;
    while ((i = atomic_fetch_add(&pool->next, 1)) < pool->n)
        pool->task(pool->arg, i, lane);
}

/* Whether there is a generation other than the one seen, or an end. */
static int has_news(mien_pool *pool, unsigned seen)
{
    unsigned open = atomic_load(&pool->open);
    return (open != 0 && open != seen) || atomic_load(&pool->stop);
}

static void wait_for_news(mien_pool *pool, unsigned seen)
{
    for (int i = 0; i < SPINS; i++) {
        if (has_news(pool, seen))
            return;
        pause_briefly();
    }
    pthread_mutex_lock(&pool->lock);
    atomic_fetch_add(&pool->sleepers, 1);
    while (!has_news(pool, seen))
        pthread_cond_wait(&pool->wake, &pool->lock);
    atomic_fetch_sub(&pool->sleepers, 1);
    pthread_mutex_unlock(&pool->lock);
}

/* A worker: sleep until tasks are there, draw some, until told to stop. */
static void *work(void *arg)
{
    worker *w = arg;
    mien_pool *pool = w->pool;
    unsigned seen = 0;
    for (;;) {
        wait_for_news(pool, seen);
        if (atomic_load(&pool->stop))
            return NULL;
        atomic_fetch_add(&pool->inside, 1);
        unsigned open = atomic_load(&pool->open);
        if (open != 0) {
            draw_tasks(pool, w->lane);
            seen = open;
        }
        atomic_fetch_sub(&pool->inside, 1);
    }
}

static void wake_sleepers(mien_pool *pool)
{
    if (atomic_load(&pool->sleepers) == 0)
        return;
    pthread_mutex_lock(&pool->lock);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
}

static int processors(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n < 1 ? 1 : n > MIEN_POOL_MAX ? MIEN_POOL_MAX : n;
}

mien_status mien_pool_new(int threads, mien_pool **out, mien_error *err)
{
    if (threads < 0 || threads > MIEN_POOL_MAX)
        return mi_fail(err, MIEN_EARG, "pool: %d threads, wanted 0..%d",
                       threads, MIEN_POOL_MAX);
    if (threads == 0)
        threads = processors();

    mien_pool *pool = mi_alloc(1, sizeof *pool);
    worker *workers = mi_alloc((size_t)threads, sizeof *workers);
    if (!pool || !workers) {
        mi_free(workers);
        mi_free(pool);
        return mi_fail(err, MIEN_ENOMEM, "pool: %d threads", threads);
    }
    pool->threads = threads;
    pool->workers = workers;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, NULL);

    for (; pool->started < threads - 1; pool->started++) {
        worker *w = &workers[pool->started];
        *w = (worker){.pool = pool, .lane = pool->started + 1};
        if (pthread_create(&w->thread, NULL, work, w) != 0) {
            int lane = w->lane;
            mien_pool_free(pool);
            return mi_fail(err, MIEN_EUNSUP, "pool: thread %d of %d refused",
                           lane + 1, threads);
        }
    }
    *out = pool;
    return MIEN_OK;
}

void mien_pool_free(mien_pool *pool)
{
    if (!pool)
        return;
    atomic_store(&pool->stop, 1);
    wake_sleepers(pool);
    for (int i = 0; i < pool->started; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->lock);
    mi_free(pool->workers);
    mi_free(pool);
}

void mi_pool_run(mien_pool *pool, int n,
                 void (*task)(void *arg, int i, int lane), void *arg)
{
    if (!pool || pool->started == 0 || n <= 1) {
        for (int i = 0; i < n; i++)
            task(arg, i, 0);
        return;
    }

    pool->task = task;
    pool->arg = arg;
    pool->n = n;
    atomic_store(&pool->next, 0);
    if (++pool->generations == 0)
        pool->generations = 1;
    atomic_store(&pool->open, pool->generations);
    wake_sleepers(pool);
    draw_tasks(pool, 0);

    atomic_store(&pool->open, 0);
    for (int i = 0; atomic_load(&pool->inside) != 0; i++) {
        if (i < SPINS)
            pause_briefly();
        else
            sched_yield();
    }
}

#endif

#if !defined(__wasm_atomics__)
int mien_pool_size(const mien_pool *pool) { return pool ? pool->threads : 1; }

void mien_pool_run(mien_pool *pool, int n,
                   void (*task)(void *arg, int i, int lane), void *arg)
{
    mi_pool_run(pool, n, task, arg);
}
#endif
