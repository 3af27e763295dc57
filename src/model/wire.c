/* Protocol buffers' wire format.
 *
 * A message is a row of fields; a field is a varint key (number << 3 | wire)
 * and a payload: a varint, 8 bytes, a length and as many bytes, or 4 bytes.
 * Groups (wires 3 and 4) are long out of use and refused.
 *
 * Source: protobuf.dev, "Encoding". */
#include "model/wire.h"

#include <string.h>

int mi_field_next(mi_cursor *c, mi_field *f)
{
    if (mi_cursor_left(c) == 0)
        return 0;
    mi_cursor at = *c;
    uint64_t key = mi_cursor_varint(&at);
    uint64_t number = key >> 3;
    if (at.bad || number == 0 || number > 0x1fffffff)
        return -1;

    *f = (mi_field){.number = (uint32_t)number, .wire = (mi_wire)(key & 7)};
    f->bytes = (mi_cursor){at.p, at.p, at.p, 0};
    switch (key & 7) {
    case MI_WIRE_VARINT: f->value = mi_cursor_varint(&at); break;
    case MI_WIRE_64: f->value = mi_cursor_u64le(&at); break;
    case MI_WIRE_32: f->value = mi_cursor_u32le(&at); break;
    case MI_WIRE_BYTES: {
        uint64_t n = mi_cursor_varint(&at);
        f->bytes = mi_cursor_take(&at, n);
        break;
    }
    default: return -1;
    }
    if (at.bad)
        return -1;
    *c = at;
    return 1;
}

float mi_float_of(uint32_t bits)
{
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

/* Bytes of the character at p, 0 if it is none.  RFC 3629: no overlong forms,
 * no surrogates, nothing above U+10FFFF. */
static size_t character(const uint8_t *p, size_t left)
{
    if (p[0] < 0x80)
        return p[0] != 0;
    size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || n > left)
        return 0;
    uint32_t v = p[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        v = v << 6 | (p[i] & 0x3f);
    }
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    int surrogate = v >= 0xd800 && v < 0xe000;
    return v < least[n] || v > 0x10ffff || surrogate ? 0 : n;
}

int mi_text_valid(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t step = character(p + i, n - i);
        if (step == 0)
            return 0;
        i += step;
    }
    return 1;
}

void mi_text_show(char *out, size_t size, const uint8_t *p, size_t n)
{
    size_t i = 0;
    for (; i < n && i + 1 < size; i++)
        out[i] = (char)(p[i] >= 32 && p[i] < 127 ? p[i] : '?');
    out[i] = 0;
}

int mi_text_is(const mi_cursor *c, const char *text)
{
    size_t n = strlen(text);
    return mi_cursor_left(c) == n && (n == 0 || memcmp(c->p, text, n) == 0);
}

static void put_key(mien_buffer *b, uint32_t number, mi_wire wire)
{
    mi_buffer_varint(b, (uint64_t)number << 3 | (uint64_t)wire);
}

void mi_put_varint(mien_buffer *b, uint32_t number, uint64_t v)
{
    put_key(b, number, MI_WIRE_VARINT);
    mi_buffer_varint(b, v);
}

void mi_put_float(mien_buffer *b, uint32_t number, float v)
{
    put_key(b, number, MI_WIRE_32);
    mien_buffer_put(b, &v, sizeof v);
}

void mi_put_bytes(mien_buffer *b, uint32_t number, const void *p, size_t n)
{
    put_key(b, number, MI_WIRE_BYTES);
    mi_buffer_varint(b, n);
    mien_buffer_put(b, p, n);
}

void mi_put_text(mien_buffer *b, uint32_t number, const char *text)
{
    mi_put_bytes(b, number, text, strlen(text));
}

void mi_put_message(mien_buffer *b, uint32_t number, mien_buffer *part)
{
    if (part->failed)
        b->failed = 1;
    mi_put_bytes(b, number, part->data, part->n);
    mien_buffer_free(part);
}
