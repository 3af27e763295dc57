/* keys.h: a file of keys in memory. */
#ifndef MI_SERVE_KEYS_H
#define MI_SERVE_KEYS_H

#include "mien/serve.h"

/* Read keys.  Fails with EFORMAT (the text names the line), ELIMIT, ENOMEM. */
MIEN_CHECKED mien_status mi_serve_keys_read(const uint8_t *bytes, size_t n,
                                            mien_serve_keys *out,
                                            mien_error *err);

/* UTF-8 without control characters, of fewer bytes than size. */
int mi_serve_is_plain(const char *text, size_t size);

/* The day, in UTC, by which keys and people end. */
void mi_serve_today(char out[11]);

#endif
