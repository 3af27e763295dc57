/* json_read.h: JSON of a file, with jansson.  Not in WebAssembly. */
#ifndef MI_BASE_JSON_READ_H
#define MI_BASE_JSON_READ_H

#include "mien/base.h"

#include <jansson.h>

/* Parse a text; an object that has a key twice is refused.  out is released
 * with json_decref.  Fails with ENOMEM, or EFORMAT and why, in printable ASCII:
 * no message is made. */
mien_status mi_json_parse(const uint8_t *bytes, size_t n, json_t **out,
                          json_error_t *why);

/* The same of at most `most` bytes; messages begin with what, if it is
 * not empty.  Fails with EFORMAT, ELIMIT, ENOMEM. */
mien_status mi_json_read(const char *what, const uint8_t *bytes, size_t n,
                         size_t most, json_t **out, mien_error *err);

/* Take a value apart as json_unpack_ex does; nothing of it is to be owned.
 * Fails with ENOMEM, or EFORMAT and why: no message is made. */
mien_status mi_json_unpack(json_t *from, json_error_t *why, const char *format,
                           ...);

#endif
