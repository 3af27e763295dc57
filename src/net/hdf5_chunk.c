/* hdf5_chunk.c: arrays that lie in chunks, packed or not.
 *
 * libhdf5 hands out a chunk as it lies in the file; it is unpacked here, since
 * libhdf5 would unpack whatever comes out, and the room for it is known. */
#include "base/alloc.h"
#include "base/error.h"
#include "net/hdf5_file.h"

#include <string.h>
#include <zlib.h>

enum { MAX_CHUNKS = 1 << 20 };

/* How chunks lie, and room for one. */
typedef struct chunks {
    int64_t side[MIEN_MAX_RANK]; /* of a chunk, in numbers */
    size_t bytes;                /* of a chunk, unpacked */
    int filters;
    H5Z_filter_t filter[2]; /* in the order of writing */
    uint8_t *packed, *plain;
} chunks;

/* gzip and shuffle, each once; others are refused by their names. */
static mien_status read_filters(mi_hdf5 *f, const mi_hdf5_chunks *c, chunks *to,
                                mien_error *err)
{
    int n = f->lib.filters(c->properties);
    if (n < 0)
        return mi_hdf5_fail(f, "filters", c->path, err);
    for (int i = 0; i < n; i++) {
        char name[40] = "";
        unsigned flags = 0;
        size_t values = 0;
        H5Z_filter_t id =
            f->lib.filter(c->properties, (unsigned)i, &flags, &values, NULL,
                          sizeof name - 1, name, NULL);
        if (id < 0)
            return mi_hdf5_fail(f, "filters", c->path, err);
        if ((id != H5Z_FILTER_DEFLATE && id != H5Z_FILTER_SHUFFLE) || i > 1 ||
            (i == 1 && id == to->filter[0]))
            return mi_fail(err, MIEN_EUNSUP,
                           "hdf5: '%.60s' is packed by filter %d (%s), wanted "
                           "gzip and shuffle (h5repack -f NONE writes it "
                           "plainly)",
                           c->path, id, name);
        to->filter[to->filters++] = id;
    }
    return MIEN_OK;
}

/* Sides of chunks, none of which is longer than the array's. */
static mien_status read_sides(mi_hdf5 *f, const mi_hdf5_chunks *c, chunks *to,
                              mien_error *err)
{
    hsize_t side[MIEN_MAX_RANK];
    int64_t count = 1, numbers = 1;
    if (c->shape->rank < 1 || f->lib.chunk_shape(c->properties, c->shape->rank,
                                                 side) != c->shape->rank)
        return mi_hdf5_fail(f, "chunks", c->path, err);
    for (int d = 0; d < c->shape->rank; d++) {
        int64_t dim = c->shape->dim[d];
        if (side[d] < 1 || side[d] > (hsize_t)dim)
            return mi_fail(err, MIEN_EFORMAT,
                           "hdf5: '%.60s': a chunk has %llu along axis %d, "
                           "wanted 1 to %lld",
                           c->path, (unsigned long long)side[d], d,
                           (long long)dim);
        to->side[d] = (int64_t)side[d];
        numbers *= to->side[d]; /* no more than the array has */
        count *= (dim + to->side[d] - 1) / to->side[d];
    }
    to->bytes = (size_t)numbers * sizeof(float);
    return count <= MAX_CHUNKS
               ? MIEN_OK
               : mi_fail(err, MIEN_ELIMIT,
                         "hdf5: '%.60s' has %lld chunks, at most %d", c->path,
                         (long long)count, MAX_CHUNKS);
}

/* Bytes of the same place in each number stand together; put them back. */
static void unshuffle(const uint8_t *from, size_t n, uint8_t *to)
{
    size_t numbers = n / sizeof(float);
    for (size_t i = 0; i < numbers; i++)
        for (size_t k = 0; k < sizeof(float); k++)
            to[i * sizeof(float) + k] = from[k * numbers + i];
}

/* Undo the filters of n bytes in packed, the last first; the numbers are in
 * plain then. */
static mien_status unpack(const mi_hdf5_chunks *c, chunks *ch, size_t n,
                          unsigned left_out, mien_error *err)
{
    for (int i = ch->filters - 1; i >= 0; i--) {
        uLongf got = (uLongf)ch->bytes;
        if (left_out >> i & 1)
            continue;
        int status = Z_OK;
        if (ch->filter[i] == H5Z_FILTER_DEFLATE)
            status = uncompress(ch->plain, &got, ch->packed, (uLong)n);
        else if (n == ch->bytes)
            unshuffle(ch->packed, n, ch->plain);
        else
            status = Z_DATA_ERROR;
        if (status == Z_MEM_ERROR)
            return mi_no_memory(err);
        n = status == Z_OK ? got : 0;
        if (n != ch->bytes)
            break;
        memcpy(ch->packed, ch->plain, n);
    }
    if (n != ch->bytes)
        return mi_fail(err, MIEN_EFORMAT,
                       "hdf5: '%.60s': a chunk unpacks to another size than "
                       "%zu bytes",
                       c->path, ch->bytes);
    memcpy(ch->plain, ch->packed, n);
    return MIEN_OK;
}

/* Copy a chunk's numbers to their places, line by line; those past an edge of
 * the array count for nothing. */
static void place(const mien_shape *s, const chunks *ch, const int64_t *at,
                  float *data)
{
    int last = s->rank - 1;
    int64_t line = ch->side[last], lines = 1, in[MIEN_MAX_RANK] = {0};
    int64_t most =
        s->dim[last] - at[last] < line ? s->dim[last] - at[last] : line;
    for (int d = 0; d < last; d++)
        lines *= ch->side[d];
    for (int64_t i = 0; i < lines; i++) {
        int64_t to = 0;
        int inside = 1;
        for (int d = 0; d < last; d++) {
            to = (to + at[d] + in[d]) * s->dim[d + 1];
            inside = inside && at[d] + in[d] < s->dim[d];
        }
        if (inside)
            memcpy(data + to + at[last],
                   ch->plain + (size_t)(i * line) * sizeof(float),
                   (size_t)most * sizeof(float));
        for (int d = last - 1; d >= 0 && ++in[d] == ch->side[d]; d--)
            in[d] = 0;
    }
}

/* The chunk whose first number stands at a place. */
static mien_status read_chunk(mi_hdf5 *f, const mi_hdf5_chunks *c, chunks *ch,
                              const int64_t *at, float *data, mien_error *err)
{
    hsize_t offset[MIEN_MAX_RANK], n = 0;
    uint32_t left_out = 0;
    for (int d = 0; d < c->shape->rank; d++)
        offset[d] = (hsize_t)at[d];
    if (f->lib.chunk_bytes(c->array, offset, &n) < 0)
        return mi_hdf5_fail(f, "a chunk", c->path, err);
    /* What does not shrink is kept with a few bytes more. */
    if (n == 0 || n > ch->bytes + ch->bytes / 8 + 64)
        return mi_fail(err, MIEN_EFORMAT,
                       "hdf5: '%.60s': a chunk of %llu bytes, %zu unpacked, is "
                       "missing or damaged",
                       c->path, (unsigned long long)n, ch->bytes);
    if (f->lib.chunk_read(c->array, H5P_DEFAULT, offset, &left_out,
                          ch->packed) < 0)
        return mi_hdf5_fail(f, "a chunk", c->path, err);
    mien_status st = unpack(c, ch, (size_t)n, left_out, err);
    if (!st)
        place(c->shape, ch, at, data);
    return st;
}

mien_status mi_hdf5_read_chunks(mi_hdf5 *f, const mi_hdf5_chunks *c,
                                float *data, mien_error *err)
{
    chunks ch = {.filters = 0};
    int64_t at[MIEN_MAX_RANK] = {0};
    mien_status st = read_filters(f, c, &ch, err);
    if (!st)
        st = read_sides(f, c, &ch, err);
    if (st)
        return st;
    ch.packed = mi_alloc(ch.bytes + ch.bytes / 8 + 64, 1);
    ch.plain = mi_alloc(ch.bytes, 1);
    if (!ch.packed || !ch.plain)
        st = mi_no_memory(err);
    int d = 0;
    while (!st && d >= 0) {
        st = read_chunk(f, c, &ch, at, data, err);
        for (d = c->shape->rank - 1; d >= 0; d--) {
            at[d] += ch.side[d];
            if (at[d] < c->shape->dim[d])
                break;
            at[d] = 0;
        }
    }
    mi_free(ch.packed);
    mi_free(ch.plain);
    return st;
}
