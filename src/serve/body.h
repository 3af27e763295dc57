/* body.h: the fields of a request's body: multipart/form-data (RFC 7578), or a
 * JSON object of texts. */
#ifndef MI_SERVE_BODY_H
#define MI_SERVE_BODY_H

#include "mien/base.h"

enum {
    MI_BODY_FIELDS = 8,
    MI_BODY_NAME_SIZE = 32,
    MI_BODY_HEADERS = 4096, /* bytes of a part's own headers */
    MI_BODY_ITEMS = 64      /* of JSON: more brackets and commas are refused */
};

typedef struct mi_form_field {
    char name[MI_BODY_NAME_SIZE];
    const uint8_t *data; /* [n] */
    size_t n;
    uint8_t *own; /* NULL, or data, to be released */
} mi_form_field;

typedef struct mi_body {
    int n;
    mi_form_field field[MI_BODY_FIELDS]; /* [n] no two of one name */
} mi_body;

/* Read a body.
 *
 *   type   its Content-Type; NULL: none was given
 *   bytes  [n] borrowed while out is used
 *   plain  1: texts of JSON are what they are; 0: they are base64 of bytes
 *   out    release with mi_body_free
 *
 * Fails with EUNSUP (of another type), EFORMAT, ELIMIT (more fields), ENOMEM.
 */
MIEN_CHECKED mien_status mi_body_read(const char *type, const uint8_t *bytes,
                                      size_t n, int plain, mi_body *out,
                                      mien_error *err);

/* The field of a name; NULL: there is none. */
const mi_form_field *mi_body_find(const mi_body *b, const char *name);

/* Release the fields; NULL is allowed. */
void mi_body_free(mi_body *b);

#endif
