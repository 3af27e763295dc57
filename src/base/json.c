/* json.c: JSON as text.  Source: RFC 8259. */
#include "mien/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

mien_json mien_json_on(mien_buffer *out, int indent)
{
    return (mien_json){.out = out, .indent = indent};
}

static void new_line(mien_json *j)
{
    if (j->indent)
        mien_buffer_printf(j->out, "\n%*s", j->indent * j->depth, "");
}

/* A text in quotes, as JSON escapes it. */
static void quote(mien_buffer *out, const char *text)
{
    static const char named[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";
    mien_buffer_puts(out, "\"");
    for (int n; *text; text += n) {
        int32_t c = mien_utf8_next(text, &n);
        const char *at = c > 0 && c < 128 ? strchr(named, c) : NULL;
        if (at)
            mien_buffer_printf(out, "\\%c", letters[at - named]);
        else if (c >= 0 && c < 0x20)
            mien_buffer_printf(out, "\\u%04X", (unsigned)c);
        else if (c < 0)
            mien_buffer_puts(out, "\xef\xbf\xbd");
        else
            mien_buffer_put(out, text, (size_t)n);
    }
    mien_buffer_puts(out, "\"");
}

/* What stands before an item: a comma, its line, its key. */
static void begin(mien_json *j, const char *key)
{
    if (j->depth) {
        uint8_t *filled = &j->filled[j->depth - 1];
        if (*filled)
            mien_buffer_puts(j->out, ",");
        *filled = 1;
        new_line(j);
    }
    if (key) {
        quote(j->out, key);
        mien_buffer_puts(j->out, j->indent ? ": " : ":");
    }
}

static void open_level(mien_json *j, const char *key, const char *bracket,
                       char end)
{
    assert(j->depth < MIEN_JSON_MAX_DEPTH);
    begin(j, key);
    mien_buffer_puts(j->out, bracket);
    j->end[j->depth] = end;
    j->filled[j->depth++] = 0;
}

void mien_json_object(mien_json *j, const char *key)
{
    open_level(j, key, "{", '}');
}

void mien_json_array(mien_json *j, const char *key)
{
    open_level(j, key, "[", ']');
}

void mien_json_close(mien_json *j)
{
    assert(j->depth > 0);
    j->depth--;
    if (j->filled[j->depth])
        new_line(j);
    mien_buffer_put(j->out, &j->end[j->depth], 1);
}

void mien_json_text(mien_json *j, const char *key, const char *text)
{
    if (!text) {
        mien_json_null(j, key);
        return;
    }
    begin(j, key);
    quote(j->out, text);
}

void mien_json_lines(mien_json *j, const char *key, const void *text, size_t n)
{
    const char *at = text, *end = at ? at + n : at;
    mien_buffer line = {0};
    mien_json_array(j, key);
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((stop ? stop : end) - at);
        line.n = 0;
        mien_buffer_put(&line, at, length);
        mien_buffer_put(&line, "", 1);
        mien_json_text(j, NULL, line.failed ? NULL : (const char *)line.data);
        at += length + 1;
    }
    mien_json_close(j);
    j->out->failed |= line.failed;
    mien_buffer_free(&line);
}

void mien_json_int(mien_json *j, const char *key, int64_t v)
{
    begin(j, key);
    mien_buffer_printf(j->out, "%" PRId64, v);
}

/* v as C prints it with so many significant digits. */
static void print_real(char text[40], double v, int digits)
{
    if (digits) {
        snprintf(text, 40, "%.*g", digits, v);
        return;
    }
    for (digits = 15; digits <= 17; digits++) {
        snprintf(text, 40, "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            return;
    }
}

/* As JSON has it: a point whatever the locale, ".0" behind an integer, an
 * exponent without '+' and leading zeros. */
static void put_real(mien_buffer *out, const char *text)
{
    const char *e = strchr(text, 'e');
    size_t n = e ? (size_t)(e - text) : strlen(text);
    int point = 0;
    for (size_t i = 0; i < n; i++) {
        int digit = (text[i] >= '0' && text[i] <= '9') || text[i] == '-';
        point |= !digit;
        mien_buffer_put(out, digit ? &text[i] : ".", 1);
    }
    if (e)
        mien_buffer_printf(out, "e%ld", strtol(e + 1, NULL, 10));
    else if (!point)
        mien_buffer_puts(out, ".0");
}

void mien_json_real(mien_json *j, const char *key, double v, int digits)
{
    char text[40];
    if (!isfinite(v)) {
        mien_json_null(j, key);
        return;
    }
    begin(j, key);
    print_real(text, v + 0.0, digits); /* no minus before zero */
    put_real(j->out, text);
}

void mien_json_rounded(mien_json *j, const char *key, double v, int decimals)
{
    double scale = pow(10, decimals);
    mien_json_real(j, key, round(v * scale) / scale, 7);
}

void mien_json_bool(mien_json *j, const char *key, int v)
{
    begin(j, key);
    mien_buffer_puts(j->out, v ? "true" : "false");
}

void mien_json_null(mien_json *j, const char *key)
{
    begin(j, key);
    mien_buffer_puts(j->out, "null");
}
