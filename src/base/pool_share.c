/* pool_share.c: a fixed set of threads that take task numbers from one counter.
 *
 * A run is a generation.  The caller publishes it in `open`; a thread that sees
 * it enters (inside + 1), draws numbers with one atomic add until none is left,
 * and leaves.  The caller draws too, closes the generation and waits until
 * nobody is inside: a thread that wakes late finds it closed and is not waited
 * for.  Between runs threads look for work for some microseconds before they
 * sleep, since a network is a chain of short runs.  Nothing is allocated. */
#include "base/pool_share.h"

int mien_pool_size(const mien_pool *pool) { return pool ? pool->threads : 1; }

void mien_pool_run(mien_pool *pool, int n,
                   void (*task)(void *arg, int i, int lane), void *arg)
{
    mi_pool_run(pool, n, task, arg);
}

#if defined(__wasm__) && !defined(__wasm_atomics__) /* one thread */

void mi_pool_run(mien_pool *pool, int n,
                 void (*task)(void *arg, int i, int lane), void *arg)
{
    (void)pool;
    for (int i = 0; i < n; i++)
        task(arg, i, 0);
}

#else

static void draw_tasks(mien_pool *pool, int lane)
{
    int i;
    while ((i = atomic_fetch_add(&pool->next, 1)) < pool->n)
        pool->task(pool->arg, i, lane);
}

int mi_pool_has_news(mien_pool *pool, unsigned seen)
{
    unsigned open = atomic_load(&pool->open);
    return (open != 0 && open != seen) || atomic_load(&pool->stop);
}

static void wait_for_news(mien_pool *pool, unsigned seen)
{
    for (int i = 0; i < MI_POOL_SPINS; i++) {
        if (mi_pool_has_news(pool, seen))
            return;
        mi_pool_pause(i);
    }
    mi_pool_sleep(pool, seen);
}

void mi_pool_draw(mien_pool *pool, int lane)
{
    unsigned seen = 0;
    for (;;) {
        wait_for_news(pool, seen);
        if (atomic_load(&pool->stop))
            return;
        atomic_fetch_add(&pool->inside, 1);
        unsigned open = atomic_load(&pool->open);
        if (open != 0) {
            draw_tasks(pool, lane);
            seen = open;
        }
        atomic_fetch_sub(&pool->inside, 1);
    }
}

void mi_pool_run(mien_pool *pool, int n,
                 void (*task)(void *arg, int i, int lane), void *arg)
{
    if (!pool || n <= 1 || !atomic_load(&pool->present) ||
        atomic_load(&pool->stop)) {
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
    if (atomic_load(&pool->sleepers))
        mi_pool_wake(pool);
    draw_tasks(pool, 0);

    atomic_store(&pool->open, 0);
    for (int i = 0; atomic_load(&pool->inside) != 0; i++)
        mi_pool_pause(i);
}

#endif
