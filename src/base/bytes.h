/* bytes.h: bytes in and out, every read checked against the end. */
#ifndef MI_BASE_BYTES_H
#define MI_BASE_BYTES_H

#include "mien/text.h"

/* A place in bytes that somebody else owns.  A read past the end sets bad,
 * returns zeros and leaves the place where it was; so a parser may check bad
 * once after several reads. */
typedef struct mi_cursor {
    const uint8_t *start, *p, *end;
    int bad;
} mi_cursor;

/* A cursor at the first of n bytes. */
mi_cursor mi_cursor_of(const uint8_t *bytes, size_t n);
/* Bytes between the cursor and the end. */
size_t mi_cursor_left(const mi_cursor *c);
/* Where the cursor is, for error messages. */
size_t mi_cursor_at(const mi_cursor *c);
/* The next byte. */
unsigned mi_cursor_u8(mi_cursor *c);
/* The next 2 bytes as an integer, least byte first. */
unsigned mi_cursor_u16le(mi_cursor *c);
/* The next 4 bytes as an integer, least byte first. */
uint32_t mi_cursor_u32le(mi_cursor *c);
/* The next 8 bytes as an integer, least byte first. */
uint64_t mi_cursor_u64le(mi_cursor *c);
/* The next 4 bytes as a float, least byte first. */
float mi_cursor_f32le(mi_cursor *c);
/* The next 8 bytes as a double, least byte first. */
double mi_cursor_f64le(mi_cursor *c);
/* A base-128 number of at most ten bytes, as protocol buffers write it. */
uint64_t mi_cursor_varint(mi_cursor *c);
/* A cursor over the next n bytes, which are passed over; bad if too few. */
mi_cursor mi_cursor_take(mi_cursor *c, uint64_t n);

/* Put a number behind the bytes of a mien_buffer, least byte first: 32 bits. */
void mi_buffer_u32le(mien_buffer *b, uint32_t v);
/* The same of 64 bits. */
void mi_buffer_u64le(mien_buffer *b, uint64_t v);
/* The bits of a float. */
void mi_buffer_f32le(mien_buffer *b, float v);
/* The bits of a double. */
void mi_buffer_f64le(mien_buffer *b, double v);
/* In base 128, as mi_cursor_varint reads it. */
void mi_buffer_varint(mien_buffer *b, uint64_t v);

#endif
