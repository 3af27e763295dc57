/* mien/text.h: text and bytes that grow, and UTF-8.
 *
 *   mien_buffer b = {0};
 *   mien_buffer_printf(&b, "%d faces\n", n);
 *   ... b.data, b.n, if not b.failed ...
 *   mien_buffer_free(&b); */
#ifndef MIEN_TEXT_H
#define MIEN_TEXT_H

#include "mien/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that grow; zero-initialise before use.  After a failed allocation all
 * writes do nothing and failed stays set, so that a writer may check it once,
 * at its end. */
typedef struct mien_buffer {
    uint8_t *data; /* [n] */
    size_t n, cap;
    int failed; /* 1: memory ended */
} mien_buffer;

/* Release the bytes.
 *
 *   b  its fields are cleared; NULL is allowed */
MIEN_API void mien_buffer_free(mien_buffer *b);

/* Make room at once for bytes whose number is known.
 *
 *   b  a buffer
 *   n  how many more */
MIEN_API void mien_buffer_reserve(mien_buffer *b, size_t n);

/* Add bytes.
 *
 *   b      a buffer
 *   bytes  [n]
 *   n      how many */
MIEN_API void mien_buffer_put(mien_buffer *b, const void *bytes, size_t n);

/* Add a text.
 *
 *   b     a buffer
 *   text  without its final zero byte */
MIEN_API void mien_buffer_puts(mien_buffer *b, const char *text);

/* Add formatted text.
 *
 *   b    a buffer
 *   fmt  as printf takes it */
MIEN_API void mien_buffer_printf(mien_buffer *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Get a number ready to be printed with so many decimals.
 *
 *   v         any
 *   decimals  as in printf's "%.*f"
 *
 * 0 where "-0" or "-0.00" would be printed, v otherwise. */
MIEN_API double mien_signless_zero(double v, int decimals);

/* Hand the bytes over.
 *
 *   b    empty afterwards
 *   out  free with mien_bytes_free
 *
 * Fails with ENOMEM if a write had failed; nothing is kept then. */
MIEN_API MIEN_CHECKED mien_status mien_buffer_give(mien_buffer *b,
                                                   mien_bytes *out,
                                                   mien_error *err);

/* ---- UTF-8 ----------------------------------------------------------------
 */

/* The character that begins a text.
 *
 *   text  not at its final zero byte
 *   n     set to the bytes it takes, 1..4
 *
 * -1, and n 1, for a byte that is no UTF-8: overlong forms, surrogates and cut
 * sequences are none.  Source: RFC 3629. */
MIEN_API int32_t mien_utf8_next(const char *text, int *n);

/* Add a text with U+FFFD in place of each byte that is no UTF-8.
 *
 *   text  any bytes up to a zero byte
 *   out   the text is added */
MIEN_API void mien_utf8_repair(const char *text, mien_buffer *out);

/* ---- on a terminal -------------------------------------------------------
 */

/* Add a text as a terminal may show it: control characters as '?', U+FFFD in
 * place of each byte that is no UTF-8.
 *
 *   text  any bytes up to a zero byte
 *   out   the text is added */
MIEN_API void mien_text_plain(const char *text, mien_buffer *out);

/* Count the columns that a text takes on a terminal.
 *
 *   text  wide characters take two, marks on the one before none */
MIEN_API int mien_text_width(const char *text);

/* Add a text broken at spaces; an empty line stays one.
 *
 *   text     words and spaces
 *   column   where the first line starts, from 0
 *   indent   columns that the other lines are moved in
 *   columns  of a line; a word that is longer stands alone
 *   out      the text is added */
MIEN_API void mien_text_wrap(const char *text, int column, int indent,
                             int columns, mien_buffer *out);

/* Choose the name that a mistyped word was meant to be.
 *
 *   word   as it was typed
 *   names  [n]
 *   n      how many
 *
 * NULL if none is near: within half of the word's letters, three at most, to be
 * inserted, removed, replaced or swapped; the beginning of a name is near it.
 */
MIEN_API const char *mien_text_nearest(const char *word,
                                       const char *const *names, int n);

#ifdef __cplusplus
}
#endif
#endif
