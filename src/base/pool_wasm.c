/* pool_wasm.c: a pool whose threads are made outside, by the host of a
 * WebAssembly program that shares its memory.
 *
 * The host starts a worker a lane; each calls pool_work with a stack of its
 * own.  Workers draw tasks as those of pool.c do; whoever does not come is not
 * waited for.  Tasks must not allocate: the allocator belongs to the caller. */
#if defined(__wasm_atomics__)
#include "base/pool_wasm.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"

#include <stdatomic.h>

/* Looks for work, some 50 microseconds, before a worker sleeps. */
enum { SPINS = 20000 };

struct mien_pool {
    int threads; /* lanes: the caller's and those that may come */
    void (*task)(void *arg, int i, int lane);
    void *arg;
    int n, generations;
    atomic_int open; /* number of the generation that may be entered, or 0 */
    atomic_int inside, next, sleepers, present, stop;
};

/* Sleep until a word is woken, unless it has another value. */
static void sleep_on(atomic_int *word, int value)
{
    __builtin_wasm_memory_atomic_wait32((int *)word, value, -1);
}

static void wake(atomic_int *word)
{
    __builtin_wasm_memory_atomic_notify((int *)word, MIEN_POOL_MAX);
}

mien_status mien_pool_new(int threads, mien_pool **out, mien_error *err)
{
    if (threads < 0 || threads > MIEN_POOL_MAX)
        return mi_fail(err, MIEN_EARG, "pool: %d threads, wanted 0..%d",
                       threads, MIEN_POOL_MAX);
    mien_pool *pool = mi_alloc(1, sizeof *pool);
    if (!pool)
        return mi_fail(err, MIEN_ENOMEM, "pool: no memory");
    pool->threads = threads ? threads : 1;
    *out = pool;
    return MIEN_OK;
}

void mien_pool_free(mien_pool *pool) { mi_free(pool); }

static void draw_tasks(mien_pool *pool, int lane)
{
    int i;
    while ((i = atomic_fetch_add(&pool->next, 1)) < pool->n)
        pool->task(pool->arg, i, lane);
}

/* Whether there is a generation other than the one seen, or an end. */
static int has_news(mien_pool *pool, int seen)
{
    int open = atomic_load(&pool->open);
    return (open != 0 && open != seen) || atomic_load(&pool->stop);
}

static void wait_for_news(mien_pool *pool, int seen)
{
    for (int i = 0; i < SPINS; i++)
        if (has_news(pool, seen))
            return;
    atomic_fetch_add(&pool->sleepers, 1);
    for (;;) {
        int open = atomic_load(&pool->open);
        if (has_news(pool, seen))
            break;
        sleep_on(&pool->open, open);
    }
    atomic_fetch_sub(&pool->sleepers, 1);
}

void mi_pool_work(mien_pool *pool, int lane)
{
    int seen = 0;
    atomic_fetch_add(&pool->present, 1);
    for (;;) {
        wait_for_news(pool, seen);
        if (atomic_load(&pool->stop))
            break;
        atomic_fetch_add(&pool->inside, 1);
        int open = atomic_load(&pool->open);
        if (open != 0) {
            draw_tasks(pool, lane);
            seen = open;
        }
        atomic_fetch_sub(&pool->inside, 1);
    }
    atomic_fetch_sub(&pool->present, 1);
}

void mi_pool_stop(mien_pool *pool)
{
    atomic_store(&pool->stop, 1);
    wake(&pool->open);
}

int mi_pool_present(const mien_pool *pool)
{
    return atomic_load(&pool->present);
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
    pool->generations = pool->generations % 1000000000 + 1;
    atomic_store(&pool->open, pool->generations);
    if (atomic_load(&pool->sleepers))
        wake(&pool->open);
    draw_tasks(pool, 0);
    atomic_store(&pool->open, 0);
    while (atomic_load(&pool->inside) != 0) {}
}

int mien_pool_size(const mien_pool *pool) { return pool ? pool->threads : 1; }

void mien_pool_run(mien_pool *pool, int n,
                   void (*task)(void *arg, int i, int lane), void *arg)
{
    mi_pool_run(pool, n, task, arg);
}
#else
typedef int mi_pool_wasm_is_empty;
#endif
