/* markdown.c: texts that are no markup of Markdown (CommonMark 0.31). */
#include "mien/report.h"

#include <ctype.h>
#include <string.h>

/* The character at text, n bytes, where a terminal obeys none and all is UTF-8.
 */
static void put_character(mien_buffer *out, const char *text, int n, int32_t c)
{
    if (c < 0)
        mien_buffer_puts(out, "\357\277\275"); /* U+FFFD */
    else if (c < 32 || (c >= 127 && c < 160))
        mien_buffer_puts(out, " ");
    else
        mien_buffer_put(out, text, (size_t)n);
}

/* A backslash may stand before any punctuation; between letters a low line is
 * one. */
void mien_markdown_text(mien_buffer *out, const char *text)
{
    int inside = 0; /* after a letter or a digit */
    for (int n = 0; *text; text += n) {
        int32_t c = mien_utf8_next(text, &n);
        if (strchr("\\`*[]<>|#&!~", *text) ||
            (*text == '_' && !(inside && isalnum((unsigned char)text[1]))))
            mien_buffer_puts(out, "\\");
        put_character(out, text, n, c);
        inside = isalnum((unsigned char)*text) != 0;
    }
}

/* Lines that begin with four blanks are text as it stands. */
void mien_markdown_lines(mien_buffer *out, const char *text)
{
    int begins = 1;
    for (int n = 0; *text; text += n) {
        int32_t c = mien_utf8_next(text, &n);
        if (c == '\n') {
            mien_buffer_puts(out, "\n");
        } else {
            mien_buffer_puts(out, begins ? "    " : "");
            put_character(out, text, n, c);
        }
        begins = c == '\n';
    }
    mien_buffer_puts(out, begins ? "" : "\n");
}
