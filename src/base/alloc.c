#include "base/alloc.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

/* What is at least LARGE bytes lies in pages of HUGE_PAGE where the system has
 * them: memory that is gone through once then comes faster by a third, since
 * fewer addresses are looked up. */
enum { LINE = 64, HUGE_PAGE = 2 << 20, LARGE = 4 << 20 };

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

#if defined(__linux__) && defined(MADV_HUGEPAGE)
/* Whole large pages lie inside; a block that began with one would leave a gap
 * before it, and gaps add up where blocks come and go. */
static void *take_large(size_t n)
{
    char *p = aligned_alloc(LINE, n);
    size_t before = -(uintptr_t)p & (HUGE_PAGE - 1);
    if (p)
        (void)madvise(p + before, n - before, MADV_HUGEPAGE);
    return p;
}
#else
static void *take_large(size_t n) { return aligned_alloc(LINE, n); }
#endif

static void *take(size_t n, size_t size, size_t *bytes)
{
    if (size != 0 && n > (SIZE_MAX - (LINE - 1)) / size)
        return NULL;
    if (refused())
        return NULL;
    *bytes = (n * size + LINE - 1) / LINE * LINE;
    if (*bytes >= LARGE)
        return take_large(*bytes);
    return aligned_alloc(LINE, *bytes ? *bytes : LINE);
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

char *mi_text_copy(const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = mi_alloc(n, 1);
    return copy ? memcpy(copy, text, n) : NULL;
}

void mi_free(void *p) { free(p); }
