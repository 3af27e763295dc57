/* events_read.h: TensorBoard's records read back, by a reader of the test's
 * own: lengths, check sums, fields of protocol buffers. */
#ifndef EVENTS_READ_H
#define EVENTS_READ_H

#include "tests/check.h"

#include <stdint.h>

/* A field of a message; of wire type 2 its bytes, else its number. */
typedef struct proto_field {
    int number, wire;
    uint64_t value;
    const uint8_t *bytes;
    size_t n;
} proto_field;

static inline uint64_t little(const uint8_t *p, int n)
{
    uint64_t v = 0;
    for (int i = n - 1; i >= 0; i--)
        v = v << 8 | p[i];
    return v;
}

static inline int proto_varint(const uint8_t **p, const uint8_t *end,
                               uint64_t *v)
{
    *v = 0;
    for (int shift = 0; *p < end && shift < 70; shift += 7) {
        uint8_t b = *(*p)++;
        *v |= (uint64_t)(b & 127) << shift;
        if (b < 128)
            return 1;
    }
    return 0;
}

/* The next field; 0 at the end, and a failed check where it is no field. */
static inline int proto_next(const uint8_t **p, const uint8_t *end,
                             proto_field *f)
{
    uint64_t key;
    if (*p == end)
        return 0;
    int ok = proto_varint(p, end, &key);
    *f = (proto_field){.number = (int)(key >> 3), .wire = (int)(key & 7)};
    if (ok && f->wire == 0) {
        ok = proto_varint(p, end, &f->value);
    } else if (ok) {
        uint64_t n = f->wire == 1 ? 8 : f->wire == 5 ? 4 : 0;
        ok = f->wire != 2 || proto_varint(p, end, &n);
        ok = ok && n && n <= (uint64_t)(end - *p);
        f->bytes = *p;
        f->n = ok ? (size_t)n : 0;
        f->value = ok && f->wire != 2 ? little(*p, (int)n) : 0;
        *p += f->n;
    }
    CHECK(ok);
    return ok;
}

/* A field of a message for the k-th time; number 0: it has none. */
static inline proto_field proto_get(const uint8_t *p, size_t n, int field,
                                    int k)
{
    const uint8_t *end = p + n;
    proto_field f;
    while (proto_next(&p, end, &f))
        if (f.number == field && k-- == 0)
            return f;
    return (proto_field){0};
}

static inline proto_field proto_in(proto_field f, int field, int k)
{
    return f.n ? proto_get(f.bytes, f.n, field, k) : (proto_field){0};
}

static inline int proto_is(proto_field f, const char *text)
{
    return f.n == strlen(text) && memcmp(f.bytes, text, f.n) == 0;
}

/* CRC-32C bit by bit, masked as records have it. */
static inline uint32_t events_check(const uint8_t *p, size_t n)
{
    uint32_t crc = ~0u;
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int b = 0; b < 8; b++)
            crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
    }
    crc = ~crc;
    return (crc >> 15 | crc << 17) + 0xa282ead8u;
}

/* Event k of a file, checked; n 0: there is none. */
static inline proto_field events_at(const uint8_t *p, size_t n, int k)
{
    const uint8_t *end = p + n;
    while (p < end) {
        CHECK((size_t)(end - p) >= 16);
        uint64_t len = little(p, 8);
        CHECK(little(p + 8, 4) == events_check(p, 8));
        CHECK(len > 0 && len <= (uint64_t)(end - p) - 16);
        if ((size_t)(end - p) < 16 || len > (uint64_t)(end - p) - 16)
            break;
        CHECK(little(p + 12 + len, 4) == events_check(p + 12, (size_t)len));
        if (k-- == 0)
            return (proto_field){.bytes = p + 12, .n = (size_t)len};
        p += 16 + len;
    }
    return (proto_field){0};
}

/* The summary's value of that tag for the k-th time, and its event. */
static inline proto_field events_tag(const uint8_t *p, size_t n,
                                     const char *tag, int k, proto_field *event)
{
    for (int i = 0;; i++) {
        *event = events_at(p, n, i);
        if (!event->n)
            return *event;
        proto_field value = proto_in(proto_in(*event, 5, 0), 1, 0);
        if (proto_is(proto_in(value, 1, 0), tag) && k-- == 0)
            return value;
    }
}

#endif
