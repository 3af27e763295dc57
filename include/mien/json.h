/* mien/json.h: JSON as text, written item by item.
 *
 *   mien_buffer b = {0};
 *   mien_json j = mien_json_on(&b, 0);
 *   mien_json_object(&j, NULL);
 *   mien_json_int(&j, "width", 640);
 *   mien_json_array(&j, "box");
 *   mien_json_real(&j, NULL, 12.5, 0);
 *   mien_json_close(&j);
 *   mien_json_close(&j);        b: {"width":640,"box":[12.5]}
 *
 * Every item takes the key that it has in its object; NULL in an array and for
 * the outermost.  Memory that ends is noted in the buffer. */
#ifndef MIEN_JSON_H
#define MIEN_JSON_H

#include "mien/text.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { MIEN_JSON_MAX_DEPTH = 32 };

/* A text being written; its fields are the writer's own. */
typedef struct mien_json {
    mien_buffer *out;
    int indent; /* spaces a level; 0: all on one line */
    int depth;
    char end[MIEN_JSON_MAX_DEPTH];       /* what closes each level */
    uint8_t filled[MIEN_JSON_MAX_DEPTH]; /* 1: an item stands in it */
} mien_json;

/* Begin a text.
 *
 *   out     where it is added; borrowed until the last item
 *   indent  spaces a level; 0: all on one line */
MIEN_API mien_json mien_json_on(mien_buffer *out, int indent);

/* Open an object; close it with mien_json_close.
 *
 *   j    at most MIEN_JSON_MAX_DEPTH levels, asserted
 *   key  of the object, or NULL */
MIEN_API void mien_json_object(mien_json *j, const char *key);

/* Open an array; close it with mien_json_close.
 *
 *   j    at most MIEN_JSON_MAX_DEPTH levels, asserted
 *   key  of the array, or NULL */
MIEN_API void mien_json_array(mien_json *j, const char *key);

/* Close the object or array opened last.
 *
 *   j  one is open, asserted */
MIEN_API void mien_json_close(mien_json *j);

/* Write a text; bytes that are no UTF-8 become U+FFFD.
 *
 *   j     a text being written
 *   key   of the item, or NULL
 *   text  NULL: null is written */
MIEN_API void mien_json_text(mien_json *j, const char *key, const char *text);

/* Write the lines of a text as an array of texts.
 *
 *   j     a text being written
 *   key   of the array, or NULL
 *   text  [n] lines; a last one without its end counts
 *   n     bytes */
MIEN_API void mien_json_lines(mien_json *j, const char *key, const void *text,
                              size_t n);

/* Write an integer.
 *
 *   j    a text being written
 *   key  of the item, or NULL
 *   v    any */
MIEN_API void mien_json_int(mien_json *j, const char *key, int64_t v);

/* Write a number; null when it is not finite.
 *
 *   j       a text being written
 *   key     of the item, or NULL
 *   v       any
 *   digits  significant ones, 1..17; 0: as many as reading v back needs
 *
 * Zero has no sign. */
MIEN_API void mien_json_real(mien_json *j, const char *key, double v,
                             int digits);

/* Write a number rounded half away from zero; null when it is not finite.
 *
 *   j         a text being written
 *   key       of the item, or NULL
 *   v         any
 *   decimals  behind the point, 0..15; of at most seven significant digits */
MIEN_API void mien_json_rounded(mien_json *j, const char *key, double v,
                                int decimals);

/* Write true or false.
 *
 *   j    a text being written
 *   key  of the item, or NULL
 *   v    0: false */
MIEN_API void mien_json_bool(mien_json *j, const char *key, int v);

/* Write null.
 *
 *   j    a text being written
 *   key  of the item, or NULL */
MIEN_API void mien_json_null(mien_json *j, const char *key);

#ifdef __cplusplus
}
#endif
#endif
