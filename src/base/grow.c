#include "base/grow.h"

#include "base/alloc.h"

#include <string.h>

/* Elements that an array of n has room for. */
static uint64_t room_of(int64_t n)
{
    return n <= 16 ? 16
                   : (uint64_t)1 << (64 - __builtin_clzll((uint64_t)n - 1));
}

void *mi_grow(void *items, int64_t n, int64_t more, size_t size)
{
    uint8_t *old, *now;
    memcpy(&old, items, sizeof old);
    now = old;
    if (more < 0 || n > INT64_MAX / 4 - more)
        return NULL;
    uint64_t room = room_of(n + more);
    if (!old || room > room_of(n)) {
        now = room > SIZE_MAX ? NULL : mi_alloc_raw((size_t)room, size);
        if (!now)
            return NULL;
        if (old)
            memcpy(now, old, (size_t)n * size);
        mi_free(old);
        memcpy(items, &now, sizeof now);
    }
    return now + (size_t)n * size;
}

void *mi_push(void *items, int64_t n, size_t size)
{
    void *place = mi_grow(items, n, 1, size);
    if (place)
        memset(place, 0, size);
    return place;
}
