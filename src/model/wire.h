/* wire.h: protocol buffers as they lie in a file, and text inside files. */
#ifndef MI_MODEL_WIRE_H
#define MI_MODEL_WIRE_H

#include "base/bytes.h"

typedef enum mi_wire {
    MI_WIRE_VARINT = 0,
    MI_WIRE_64 = 1,
    MI_WIRE_BYTES = 2,
    MI_WIRE_32 = 5
} mi_wire;

/* One field of a message: a number or a run of bytes. */
typedef struct mi_field {
    uint32_t number;
    mi_wire wire;
    uint64_t value;  /* of varint, 64 and 32 */
    mi_cursor bytes; /* of bytes; else empty */
} mi_field;

/* The next field of the message in c: 1 and *f filled; 0 at its end; -1 if the
 * bytes are no field, and then c stays where that field begins. */
int mi_field_next(mi_cursor *c, mi_field *f);

/* The 32 bits of a float. */
float mi_float_of(uint32_t bits);

/* 1 if the bytes are UTF-8 without a zero byte. */
int mi_text_valid(const uint8_t *p, size_t n);
/* Copy for a message: cut to fit, anything but printable ASCII as '?'. */
void mi_text_show(char *out, size_t size, const uint8_t *p, size_t n);
/* 1 if the bytes are exactly this text. */
int mi_text_is(const mi_cursor *c, const char *text);

/* Writing. */
void mi_put_varint(mien_buffer *b, uint32_t number, uint64_t v);
/* A field of 32 bits. */
void mi_put_float(mien_buffer *b, uint32_t number, float v);
/* A field of n bytes. */
void mi_put_bytes(mien_buffer *b, uint32_t number, const void *p, size_t n);
/* A field of a text's bytes. */
void mi_put_text(mien_buffer *b, uint32_t number, const char *text);
/* Write part as a message and free it; a failed part makes b failed. */
void mi_put_message(mien_buffer *b, uint32_t number, mien_buffer *part);

#endif
