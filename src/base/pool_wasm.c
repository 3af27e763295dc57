/* pool_wasm.c: a pool in WebAssembly.  Its threads are made outside, by the
 * host of a program that shares its memory: the host starts a worker a lane,
 * each calls pool_work with a stack of its own, and whoever does not come is
 * not waited for.  Tasks must not allocate: the allocator belongs to the
 * caller. Without shared memory the caller is the only lane. */
#ifndef __wasm__
typedef int mi_pool_wasm_is_empty;
#else
#include "base/pool_wasm.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool_share.h"

mien_status mien_pool_new(int threads, mien_pool **out, mien_error *err)
{
    if (threads < 0 || threads > MIEN_POOL_MAX)
        return mi_fail(err, MIEN_EARG, "pool: %d threads, wanted 0..%d",
                       threads, MIEN_POOL_MAX);
    mien_pool *pool = mi_alloc(1, sizeof *pool);
    if (!pool)
        return mi_fail(err, MIEN_ENOMEM, "pool: no memory");
    pool->threads = 1;
#ifdef __wasm_atomics__
    pool->threads = threads ? threads : 1;
#endif
    *out = pool;
    return MIEN_OK;
}

void mien_pool_free(mien_pool *pool) { mi_free(pool); }

#ifdef __wasm_atomics__

void mi_pool_pause(int i) { (void)i; }

void mi_pool_sleep(mien_pool *pool, unsigned seen)
{
    atomic_fetch_add(&pool->sleepers, 1);
    for (;;) {
        unsigned open = atomic_load(&pool->open);
        if (mi_pool_has_news(pool, seen))
            break;
        __builtin_wasm_memory_atomic_wait32((int *)&pool->open, (int)open, -1);
    }
    atomic_fetch_sub(&pool->sleepers, 1);
}

void mi_pool_wake(mien_pool *pool)
{
    __builtin_wasm_memory_atomic_notify((int *)&pool->open, MIEN_POOL_MAX);
}

void mi_pool_work(mien_pool *pool, int lane)
{
    atomic_fetch_add(&pool->present, 1);
    mi_pool_draw(pool, lane);
    atomic_fetch_sub(&pool->present, 1);
}

void mi_pool_stop(mien_pool *pool)
{
    atomic_store(&pool->stop, 1);
    mi_pool_wake(pool);
}

int mi_pool_present(const mien_pool *pool)
{
    return atomic_load(&pool->present);
}

#endif
#endif
