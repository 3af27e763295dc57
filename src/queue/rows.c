/* rows.c: values as PostgreSQL writes and reads them. */
#include "queue/link.h"

#include <stdlib.h>
#include <string.h>

const char *mi_rows_text(const mi_rows *r, int row, int column)
{
    return column < r->q->postgres.pq.PQnfields(r->result)
               ? r->q->postgres.pq.PQgetvalue(r->result, row, column)
               : "";
}

int64_t mi_rows_int(const mi_rows *r, int row, int column)
{
    return strtoll(mi_rows_text(r, row, column), NULL, 10);
}

double mi_rows_real(const mi_rows *r, int row, int column)
{
    return strtod(mi_rows_text(r, row, column), NULL);
}

void mi_rows_free(mi_rows *r)
{
    if (r->result)
        r->q->postgres.pq.PQclear(r->result);
    *r = (mi_rows){0};
}

void mi_array_put(mien_buffer *b, const char *text)
{
    mien_buffer_puts(b, b->n ? ",\"" : "{\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            mien_buffer_puts(b, "\\");
        mien_buffer_put(b, text, 1);
    }
    mien_buffer_puts(b, "\"");
}

void mi_array_end(mien_buffer *b)
{
    mien_buffer_puts(b, b->n ? "}" : "{}");
    mien_buffer_put(b, "", 1);
}

void mi_bytea_put(mien_buffer *b, const char *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    mien_buffer_puts(b, "\\x");
    for (size_t i = 0; i < n; i++) {
        unsigned v = (uint8_t)bytes[i];
        const char pair[2] = {digits[v >> 4], digits[v & 15]};
        mien_buffer_put(b, pair, 2);
    }
}

/* The digit of hexadecimal numbers; -1: none. */
static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int64_t mi_bytea_read(const char *text, char *out)
{
    int64_t n = 0;
    if (strncmp(text, "\\x", 2) != 0)
        return -1;
    for (text += 2; *text; text += 2) {
        int high = digit_of(text[0]), low = high < 0 ? -1 : digit_of(text[1]);
        if (low < 0)
            return -1;
        out[n++] = (char)(16 * high + low);
    }
    return n;
}
