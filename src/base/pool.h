/* pool.h: divide a loop among the threads of a mien_pool. */
#ifndef MI_BASE_POOL_H
#define MI_BASE_POOL_H

#include "mien/base.h"

/* Do task 0 .. n-1, each once, in any order, on any thread of the pool, and
 * return when all are done.  lane is 0 .. mien_pool_size - 1 and never shared
 * by two tasks that run at the same time: index scratch memory with it.
 * pool may be NULL: the caller does all.  Never allocates, never fails. */
void mi_pool_run(mien_pool *pool, int n,
                 void (*task)(void *arg, int i, int lane), void *arg);

#endif
