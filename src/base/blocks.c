/* blocks.c: bytes that come in blocks. */
#include "base/blocks.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>

/* Room grows by a half, so that what is read whole is not copied again every
 * other block. */
mien_status mi_blocks_more(mi_blocks *b, mien_error *err)
{
    size_t got = 0;
    if (b->cap - b->n < MI_BLOCK) {
        size_t cap = b->n + b->n / 2 + 2 * (size_t)MI_BLOCK;
        uint8_t *data = mi_alloc_raw(cap, 1);
        if (!data)
            return mi_no_memory(err);
        if (b->n)
            memcpy(data, b->data, b->n);
        mi_free(b->data);
        b->data = data;
        b->cap = cap;
    }
    mien_status st = b->read(b->arg, b->data + b->n, MI_BLOCK, &got, err);
    b->final = !st && got == 0;
    b->n += got;
    return st;
}

void mi_blocks_use(mi_blocks *b, size_t used)
{
    if (used)
        memmove(b->data, b->data + used, b->n - used);
    b->n -= used;
}

void mi_blocks_free(mi_blocks *b)
{
    mi_free(b->data);
    *b = (mi_blocks){0};
}
