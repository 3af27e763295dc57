/* gzip_make.h: files as gzip packs them. */
#ifndef TESTS_GZIP_MAKE_H
#define TESTS_GZIP_MAKE_H

#include "tests/check.h"

#include <zlib.h>

/* Bytes as a member of a gzip file; how long it is. */
static inline size_t make_gzip(const void *bytes, size_t n, uint8_t *to,
                               size_t room)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)bytes,
                  .avail_in = (uInt)n,
                  .next_out = to,
                  .avail_out = (uInt)room};
    CHECK_EQ(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    CHECK_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return z.total_out;
}

#endif
