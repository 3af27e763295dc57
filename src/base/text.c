#include "mien/text.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/utf8.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Room for n more bytes; 0 if memory ended, now or before. */
static int grow(mien_buffer *b, size_t n)
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

void mien_buffer_free(mien_buffer *b)
{
    if (!b)
        return;
    mi_free(b->data);
    *b = (mien_buffer){0};
}

void mien_buffer_reserve(mien_buffer *b, size_t n) { grow(b, n); }

void mien_buffer_put(mien_buffer *b, const void *bytes, size_t n)
{
    if (n == 0 || !grow(b, n))
        return;
    memcpy(b->data + b->n, bytes, n);
    b->n += n;
}

void mien_buffer_puts(mien_buffer *b, const char *text)
{
    mien_buffer_put(b, text, strlen(text));
}

void mien_buffer_printf(mien_buffer *b, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    size_t room = b->cap - b->n;
    char none[1];
    int n = vsnprintf(room ? (char *)b->data + b->n : none, room, fmt, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n < room) {
        b->n += b->failed ? 0 : (size_t)n;
    } else if (n >= 0 && grow(b, (size_t)n + 1)) {
        vsnprintf((char *)b->data + b->n, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

double mien_signless_zero(double v, int decimals)
{
    return rint(v * pow(10, decimals)) == 0 ? 0 : v;
}

mien_status mien_buffer_give(mien_buffer *b, mien_bytes *out, mien_error *err)
{
    if (b->failed) {
        size_t n = b->n;
        mien_buffer_free(b);
        return mi_fail(err, MIEN_ENOMEM, "no memory after %zu bytes", n);
    }
    *out = (mien_bytes){b->data, b->n};
    *b = (mien_buffer){0};
    return MIEN_OK;
}

/* Bytes of the character that a first byte begins; 0: it begins none. */
static int length_of(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

int32_t mi_utf8_of(const uint8_t *p, size_t left, int *n)
{
    static const int32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    int len = length_of(*p);
    *n = 1;
    if (len <= 1)
        return len ? *p : -1;
    int32_t v = *p & (0x7f >> len);
    for (int i = 1; i < len; i++) {
        if ((size_t)i >= left || (p[i] & 0xc0) != 0x80)
            return -1;
        v = v << 6 | (p[i] & 0x3f);
    }
    if (v < least[len] || v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
        return -1;
    *n = len;
    return v;
}

int32_t mien_utf8_next(const char *text, int *n)
{
    return mi_utf8_of((const uint8_t *)text, SIZE_MAX, n);
}

void mien_utf8_repair(const char *text, mien_buffer *out)
{
    for (int n; *text; text += n) {
        int32_t c = mien_utf8_next(text, &n);
        mien_buffer_put(out, c < 0 ? "\xef\xbf\xbd" : text,
                        c < 0 ? 3 : (size_t)n);
    }
}
