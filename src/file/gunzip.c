/* gunzip.c: files that were packed by gzip. */
#include "mien/file.h"
#include "mien/text.h"

#include "base/error.h"

#include <string.h>
#define ZLIB_CONST /* next_in is only read */
#include <zlib.h>

enum { PIECE = 1 << 18 };
static const size_t max_bytes = (size_t)1 << 36;

/* Unpack members one behind the other until the bytes end. */
static mien_status unpack(z_stream *z, size_t limit, mien_buffer *out,
                          mien_error *err)
{
    int end = Z_OK;
    while (end == Z_OK) {
        mien_buffer_reserve(out, PIECE);
        if (out->failed)
            return mi_no_memory(err);
        z->next_out = out->data + out->n;
        z->avail_out = PIECE;
        end = inflate(z, Z_NO_FLUSH);
        out->n += PIECE - z->avail_out;
        if (out->n > limit)
            return mi_fail(err, MIEN_ELIMIT,
                           "gzip: unpacks to more than %zu bytes", limit);
        if (end == Z_STREAM_END && z->avail_in > 2 && z->next_in[0] == 0x1f)
            end = inflateReset(z);
    }
    if (end == Z_MEM_ERROR)
        return mi_no_memory(err);
    return end == Z_STREAM_END
               ? MIEN_OK
               : mi_fail(err, MIEN_EFORMAT,
                         "gzip: damaged or cut short behind %zu bytes", out->n);
}

mien_status mien_file_gunzip(const uint8_t *bytes, size_t n, size_t limit,
                             mien_bytes *out, mien_error *err)
{
    static const uint8_t magic[] = {0x1f, 0x8b};
    mien_buffer b = {0};
    z_stream z = {.next_in = bytes};
    *out = (mien_bytes){0};
    if (n < sizeof magic || memcmp(bytes, magic, sizeof magic) != 0)
        return MIEN_OK;
    if (n > UINT32_MAX)
        return mi_fail(err, MIEN_ELIMIT, "gzip: %zu bytes, at most %u", n,
                       UINT32_MAX);
    z.avail_in = (uInt)n;
    if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
        return mi_no_memory(err);
    mien_status st = unpack(&z, limit ? limit : max_bytes, &b, err);
    inflateEnd(&z);
    if (st)
        mien_buffer_free(&b);
    return st ? st : mien_buffer_give(&b, out, err);
}
