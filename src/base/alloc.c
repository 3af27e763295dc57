#include "base/alloc.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Allocations still allowed to succeed; -1: all.  Only tests change it. */
static atomic_long left = -1;

void mi_alloc_fail_after(long n) { atomic_store(&left, n); }

static int refused(void)
{
    long now = atomic_load_explicit(&left, memory_order_relaxed);
    while (now > 0)
        if (atomic_compare_exchange_weak(&left, &now, now - 1))
            return 0;
    return now == 0;
}

static void *take(size_t n, size_t size, size_t *bytes)
{
    if (size != 0 && n > (SIZE_MAX - 63) / size)
        return NULL;
    if (refused())
        return NULL;
    *bytes = (n * size + 63) & ~(size_t)63;
    return aligned_alloc(64, *bytes ? *bytes : 64);
}

void *mi_alloc(size_t n, size_t size)
{
    size_t bytes = 0;
    void *p = take(n, size, &bytes);
    if (p)
        memset(p, 0, bytes);
    return p;
}

void *mi_alloc_raw(size_t n, size_t size)
{
    size_t bytes = 0;
    return take(n, size, &bytes);
}

void mi_free(void *p) { free(p); }
