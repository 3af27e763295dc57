/* pool_share.h: a pool, and what differs where its threads come from: pthreads
 * (pool_threads.c), or the host of a WebAssembly program (pool_wasm.c). */
#ifndef MI_BASE_POOL_SHARE_H
#define MI_BASE_POOL_SHARE_H

#include "base/pool.h"

#include <stdatomic.h>

#ifdef __wasm__
enum { MI_POOL_SPINS = 20000 };
#else
#include <pthread.h>
enum { MI_POOL_SPINS = 2000 };
#endif

struct mien_pool {
    int threads; /* lanes: the caller's included */
    void (*task)(void *arg, int i, int lane);
    void *arg;
    int n;
    unsigned generations;
    atomic_uint open; /* number of the generation that may be entered, or 0 */
    atomic_int inside, next, sleepers, stop;
    atomic_int present; /* workers, which draw tasks beside the caller */
#ifndef __wasm__
    struct mi_worker *worker; /* [threads - 1] */
    pthread_mutex_t lock;     /* guards sleeping only */
    pthread_cond_t wake;
#endif
};

/* A worker: draw tasks of each generation until told to stop. */
void mi_pool_draw(mien_pool *pool, int lane);
/* Whether there is a generation other than the one seen, or an end. */
int mi_pool_has_news(mien_pool *pool, unsigned seen);

/* Sleep until there is news. */
void mi_pool_sleep(mien_pool *pool, unsigned seen);
/* Wake all who sleep. */
void mi_pool_wake(mien_pool *pool);
/* Wait for a moment, for the i-th time. */
void mi_pool_pause(int i);

#endif
