/* utf8.h: characters of bytes that no zero byte ends. */
#ifndef MI_BASE_UTF8_H
#define MI_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The character that the bytes at p begin, of which `left`, at least 1, are
 * there; -1: they begin none.  n is set to how many bytes it takes, 1 if there
 * is none. */
int32_t mi_utf8_of(const uint8_t *p, size_t left, int *n);

#endif
