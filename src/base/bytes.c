#include "base/bytes.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>

void mien_bytes_free(mien_bytes *b)
{
    if (!b)
        return;
    mi_free(b->data);
    *b = (mien_bytes){0};
}

mi_cursor mi_cursor_of(const uint8_t *bytes, size_t n)
{
    return (mi_cursor){bytes, bytes, bytes + n, 0};
}

size_t mi_cursor_left(const mi_cursor *c) { return (size_t)(c->end - c->p); }

size_t mi_cursor_at(const mi_cursor *c) { return (size_t)(c->p - c->start); }

static uint64_t little_endian(mi_cursor *c, int n)
{
    if (mi_cursor_left(c) < (size_t)n) {
        c->bad = 1;
        return 0;
    }
    uint64_t v = 0;
    for (int i = n - 1; i >= 0; i--)
        v = v << 8 | c->p[i];
    c->p += n;
    return v;
}

uint32_t mi_cursor_u32le(mi_cursor *c) { return (uint32_t)little_endian(c, 4); }

uint64_t mi_cursor_u64le(mi_cursor *c) { return little_endian(c, 8); }

uint64_t mi_cursor_varint(mi_cursor *c)
{
    uint64_t v = 0;
    const uint8_t *p = c->p;
    for (int shift = 0; shift < 70 && p < c->end; shift += 7) {
        uint8_t b = *p++;
        v |= (uint64_t)(b & 127) << shift;
        if (shift == 63 && b > 1)
            break;
        if (b < 128) {
            c->p = p;
            return v;
        }
    }
    c->bad = 1;
    return 0;
}

mi_cursor mi_cursor_take(mi_cursor *c, uint64_t n)
{
    mi_cursor part = {c->p, c->p, c->p, c->bad};
    if (n > mi_cursor_left(c)) {
        c->bad = part.bad = 1;
        return part;
    }
    c->p += n;
    part.end = c->p;
    return part;
}

static int grow(mi_buffer *b, size_t n)
{
    if (b->failed)
        return 0;
    if (n <= b->cap - b->n)
        return 1;

    size_t cap = b->cap < 256 ? 256 : b->cap;
    while (cap < SIZE_MAX / 2 && cap - b->n < n)
        cap *= 2;
    uint8_t *data = cap - b->n < n ? NULL : mi_alloc_raw(cap, 1);
    if (!data) {
        b->failed = 1;
        return 0;
    }
    if (b->n)
        memcpy(data, b->data, b->n);
    mi_free(b->data);
    b->data = data;
    b->cap = cap;
    return 1;
}

void mi_buffer_reserve(mi_buffer *b, size_t n) { grow(b, n); }

void mi_buffer_put(mi_buffer *b, const void *p, size_t n)
{
    if (n == 0 || !grow(b, n))
        return;
    memcpy(b->data + b->n, p, n);
    b->n += n;
}

void mi_buffer_varint(mi_buffer *b, uint64_t v)
{
    uint8_t bytes[10];
    size_t n = 0;
    do {
        bytes[n++] = (uint8_t)((v & 127) | (v > 127 ? 128 : 0));
        v >>= 7;
    } while (v);
    mi_buffer_put(b, bytes, n);
}

void mi_buffer_done(mi_buffer *b)
{
    mi_free(b->data);
    *b = (mi_buffer){0};
}

mien_status mi_buffer_give(mi_buffer *b, mien_bytes *out, mien_error *err)
{
    if (b->failed) {
        size_t n = b->n;
        mi_buffer_done(b);
        return mi_fail(err, MIEN_ENOMEM, "no memory after %zu bytes", n);
    }
    *out = (mien_bytes){b->data, b->n};
    *b = (mi_buffer){0};
    return MIEN_OK;
}

void mi_buffer_u32le(mi_buffer *b, uint32_t v)
{
    const uint8_t le[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16),
                           (uint8_t)(v >> 24)};
    mi_buffer_put(b, le, sizeof le);
}

void mi_buffer_u64le(mi_buffer *b, uint64_t v)
{
    mi_buffer_u32le(b, (uint32_t)v);
    mi_buffer_u32le(b, (uint32_t)(v >> 32));
}

void mi_buffer_f32le(mi_buffer *b, float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    mi_buffer_u32le(b, bits);
}

void mi_buffer_f64le(mi_buffer *b, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    mi_buffer_u64le(b, bits);
}

float mi_cursor_f32le(mi_cursor *c)
{
    uint32_t bits = mi_cursor_u32le(c);
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

double mi_cursor_f64le(mi_cursor *c)
{
    uint64_t bits = mi_cursor_u64le(c);
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}
