/* alloc.h: the only place that calls malloc. */
#ifndef MI_BASE_ALLOC_H
#define MI_BASE_ALLOC_H

#include <stddef.h>

/* n * size zeroed bytes aligned to 64, or NULL: on overflow too. */
void *mi_alloc(size_t n, size_t size)
    __attribute__((malloc, warn_unused_result));
/* The same, not zeroed, for blocks that are written whole before use. */
void *mi_alloc_raw(size_t n, size_t size)
    __attribute__((malloc, warn_unused_result));
/* A copy of a text, or NULL. */
char *mi_text_copy(const char *text)
    __attribute__((malloc, warn_unused_result));
/* Release a block of mi_alloc, mi_alloc_raw or mi_text_copy; NULL is fine. */
void mi_free(void *p);

/* Tests: let n more allocations succeed, then fail each.  -1 turns it off. */
void mi_alloc_fail_after(long n);

#endif
