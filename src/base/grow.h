/* grow.h: arrays that grow, of any type.
 *
 *   T *item = NULL;
 *   int64_t n = 0;
 *   T *last = mi_push(&item, n, sizeof *item);
 *   if (last) n++;
 *   ... mi_free(item)
 *
 * How many elements there is room for follows from how many there are, so that
 * no capacity is kept beside them: 16, then powers of two. */
#ifndef MI_BASE_GROW_H
#define MI_BASE_GROW_H

#include <stdint.h>
#include <stddef.h>

/* Room for `more` elements behind the n of an array that only mi_push and
 * mi_grow made.
 *
 *   items  where the pointer to the first element is kept: a T **
 *   size   of an element
 *
 * The place of element n, or NULL when memory ends: then nothing changed. */
void *mi_grow(void *items, int64_t n, int64_t more, size_t size);

/* The same for one element, which is zeroed. */
void *mi_push(void *items, int64_t n, size_t size);

#endif
