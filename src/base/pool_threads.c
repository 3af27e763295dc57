/* pool_threads.c: the threads of a pool, by pthreads. */
#ifdef __wasm__
typedef int mi_pool_threads_is_empty;
#else
#include "base/pool_share.h"

#include "base/alloc.h"
#include "base/error.h"

#include <sched.h>

typedef struct mi_worker {
    mien_pool *pool;
    int lane;
    pthread_t thread;
} mi_worker;

void mi_pool_pause(int i)
{
    if (i >= MI_POOL_SPINS)
        sched_yield();
#if defined(__x86_64__)
    else
        __builtin_ia32_pause();
#endif
}

void mi_pool_sleep(mien_pool *pool, unsigned seen)
{
    pthread_mutex_lock(&pool->lock);
    atomic_fetch_add(&pool->sleepers, 1);
    while (!mi_pool_has_news(pool, seen))
        pthread_cond_wait(&pool->wake, &pool->lock);
    atomic_fetch_sub(&pool->sleepers, 1);
    pthread_mutex_unlock(&pool->lock);
}

void mi_pool_wake(mien_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
}

static void *work(void *arg)
{
    mi_worker *w = arg;
    mi_pool_draw(w->pool, w->lane);
    return NULL;
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
    mi_worker *worker = mi_alloc((size_t)threads, sizeof *worker);
    if (!pool || !worker) {
        mi_free(worker);
        mi_free(pool);
        return mi_fail(err, MIEN_ENOMEM, "pool: %d threads", threads);
    }
    pool->threads = threads;
    pool->worker = worker;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, NULL);

    for (int lane = 1; lane < threads; lane++, worker++) {
        *worker = (mi_worker){.pool = pool, .lane = lane};
        if (pthread_create(&worker->thread, NULL, work, worker) != 0) {
            mien_pool_free(pool);
            return mi_fail(err, MIEN_EUNSUP, "pool: thread %d of %d refused",
                           lane + 1, threads);
        }
        atomic_fetch_add(&pool->present, 1);
    }
    *out = pool;
    return MIEN_OK;
}

void mien_pool_free(mien_pool *pool)
{
    if (!pool)
        return;
    atomic_store(&pool->stop, 1);
    mi_pool_wake(pool);
    for (int i = 0; i < atomic_load(&pool->present); i++)
        pthread_join(pool->worker[i].thread, NULL);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->lock);
    mi_free(pool->worker);
    mi_free(pool);
}
#endif
