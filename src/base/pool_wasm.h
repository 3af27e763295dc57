/* pool_wasm.h: what the host of a WebAssembly program with shared memory calls
 * on a mien_pool: the pool has lanes, the host brings threads. */
#ifndef MI_BASE_POOL_WASM_H
#define MI_BASE_POOL_WASM_H

#include "mien/base.h"

#if defined(__wasm_atomics__)
#define MI_POOL_EXPORT(name) __attribute__((export_name(#name)))

/* Draw tasks as one lane, 1 .. mien_pool_size - 1 and no other's, until
 * mi_pool_stop.  The thread needs a stack of its own. */
MI_POOL_EXPORT(pool_work) void mi_pool_work(mien_pool *pool, int lane);

/* Let the workers go; from then on the caller does all tasks.  Not during
 * mi_pool_run. */
MI_POOL_EXPORT(pool_stop) void mi_pool_stop(mien_pool *pool);

/* How many workers have come and not gone. */
MI_POOL_EXPORT(pool_present) int mi_pool_present(const mien_pool *pool);
#endif

#endif
