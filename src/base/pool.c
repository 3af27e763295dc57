/* pool.c: a fixed set of threads that take task numbers from one counter.
 *
 * A run is a generation: the caller publishes the task under the lock, all
 * threads draw numbers with one atomic add, and the caller waits until every
 * thread has left the generation.  Nothing is allocated in a run. */
#include "base/pool.h"

#include "base/alloc.h"
#include "base/error.h"

#if defined(__wasm__)

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

void mi_pool_run(mien_pool *pool, int n, void (*task)(void *arg, int i, int lane),
                 void *arg)
{
    (void)pool;
    for (int i = 0; i < n; i++)
        task(arg, i, 0);
}

#else

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

typedef struct {
    mien_pool *pool;
    int lane;
    pthread_t thread;
} worker;

struct mien_pool {
    int threads; /* the caller's included */
    int started; /* workers that run */
    worker *workers;
    pthread_mutex_t lock;
    pthread_cond_t begin, end;
    unsigned generation;
    int busy; /* workers still in this generation */
    int stop;
    void (*task)(void *arg, int i, int lane);
    void *arg;
    int n;
    atomic_int next;
};

static void draw_tasks(mien_pool *pool, int lane)
{
    int i;
    while ((i = atomic_fetch_add(&pool->next, 1)) < pool->n)
        pool->task(pool->arg, i, lane);
}

static void *work(void *arg)
{
    worker *w = arg;
    mien_pool *pool = w->pool;
    unsigned seen = 0;
    for (;;) {
        pthread_mutex_lock(&pool->lock);
        while (pool->generation == seen && !pool->stop)
            pthread_cond_wait(&pool->begin, &pool->lock);
        int stop = pool->stop;
        seen = pool->generation;
        pthread_mutex_unlock(&pool->lock);
        if (stop)
            return NULL;

        draw_tasks(pool, w->lane);

        pthread_mutex_lock(&pool->lock);
        if (--pool->busy == 0)
            pthread_cond_signal(&pool->end);
        pthread_mutex_unlock(&pool->lock);
    }
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
    pthread_cond_init(&pool->begin, NULL);
    pthread_cond_init(&pool->end, NULL);

    for (; pool->started < threads - 1; pool->started++) {
        worker *w = &workers[pool->started];
        *w = (worker){.pool = pool, .lane = pool->started + 1};
        if (pthread_create(&w->thread, NULL, work, w) != 0) {
            mien_pool_free(pool);
            return mi_fail(err, MIEN_EUNSUP, "pool: thread %d of %d refused",
                           w->lane + 1, threads);
        }
    }
    *out = pool;
    return MIEN_OK;
}

void mien_pool_free(mien_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->stop = 1;
    pthread_cond_broadcast(&pool->begin);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->started; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->end);
    pthread_cond_destroy(&pool->begin);
    pthread_mutex_destroy(&pool->lock);
    mi_free(pool->workers);
    mi_free(pool);
}

void mi_pool_run(mien_pool *pool, int n, void (*task)(void *arg, int i, int lane),
                 void *arg)
{
    if (!pool || pool->started == 0 || n <= 1) {
        for (int i = 0; i < n; i++)
            task(arg, i, 0);
        return;
    }

    pthread_mutex_lock(&pool->lock);
    pool->task = task;
    pool->arg = arg;
    pool->n = n;
    atomic_store(&pool->next, 0);
    pool->busy = pool->started;
    pool->generation++;
    pthread_cond_broadcast(&pool->begin);
    pthread_mutex_unlock(&pool->lock);

    draw_tasks(pool, 0);

    pthread_mutex_lock(&pool->lock);
    while (pool->busy > 0)
        pthread_cond_wait(&pool->end, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

#endif

int mien_pool_size(const mien_pool *pool) { return pool ? pool->threads : 1; }
