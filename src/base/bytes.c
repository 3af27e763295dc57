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

unsigned mi_cursor_u8(mi_cursor *c) { return (unsigned)little_endian(c, 1); }

unsigned mi_cursor_u16le(mi_cursor *c) { return (unsigned)little_endian(c, 2); }

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

void mi_buffer_varint(mien_buffer *b, uint64_t v)
{
    uint8_t bytes[10];
    size_t n = 0;
    do {
        bytes[n++] = (uint8_t)((v & 127) | (v > 127 ? 128 : 0));
        v >>= 7;
    } while (v);
    mien_buffer_put(b, bytes, n);
}

void mi_buffer_u32le(mien_buffer *b, uint32_t v)
{
    const uint8_t le[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16),
                           (uint8_t)(v >> 24)};
    mien_buffer_put(b, le, sizeof le);
}

void mi_buffer_u64le(mien_buffer *b, uint64_t v)
{
    mi_buffer_u32le(b, (uint32_t)v);
    mi_buffer_u32le(b, (uint32_t)(v >> 32));
}

void mi_buffer_f32le(mien_buffer *b, float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    mi_buffer_u32le(b, bits);
}

void mi_buffer_f64le(mien_buffer *b, double v)
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
