/* blocks.h: bytes that come in blocks, and are used up from their beginning. */
#ifndef MI_BASE_BLOCKS_H
#define MI_BASE_BLOCKS_H

#include "mien/base.h"

enum { MI_BLOCK = 4 << 20 }; /* bytes that are asked for at once */

/* What was read and not used yet.  Set read and arg, the rest to zeros; release
 * with mi_blocks_free. */
typedef struct mi_blocks {
    /* Put up to room bytes at to; *n 0: that was all. */
    mien_status (*read)(void *arg, uint8_t *to, size_t room, size_t *n,
                        mien_error *err);
    void *arg;
    uint8_t *data; /* [n] */
    size_t n, cap;
    int final; /* 1: no more will come */
} mi_blocks;

/* Ask once for a block behind what is left.  Fails with ENOMEM and what read
 * fails with. */
MIEN_CHECKED mien_status mi_blocks_more(mi_blocks *b, mien_error *err);
/* Drop what was used. */
void mi_blocks_use(mi_blocks *b, size_t used);
/* Release the bytes. */
void mi_blocks_free(mi_blocks *b);

#endif
