/* body.c: the fields of a request's body. */
#include "serve/body.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/json_read.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A field of a name that is not there yet; NULL: refused. */
static mi_form_field *add(mi_body *b, const char *name, size_t n,
                          mien_error *err)
{
    if (n == 0 || n >= MI_BODY_NAME_SIZE || memchr(name, 0, n)) {
        mi_fail(err, MIEN_EFORMAT,
                "body: field %d has a name of %zu bytes, wanted are 1..%d",
                b->n + 1, n, MI_BODY_NAME_SIZE - 1);
        return NULL;
    }
    if (b->n == MI_BODY_FIELDS) {
        mi_fail(err, MIEN_ELIMIT, "body: more than %d fields", MI_BODY_FIELDS);
        return NULL;
    }
    mi_form_field *f = &b->field[b->n];
    *f = (mi_form_field){0};
    memcpy(f->name, name, n);
    if (mi_body_find(b, f->name)) {
        mi_fail(err, MIEN_EFORMAT, "body: field %d has the name of another",
                b->n + 1);
        return NULL;
    }
    b->n++;
    return f;
}

/* ---- multipart ----------------------------------------------------------- */

enum { BOUNDARY = 70 };

/* The value of a parameter, `name="value"` or `name=value`, behind the first
 * semicolon of a header's text; its length, or 0. */
static size_t parameter(const char *text, size_t n, const char *name,
                        const char **value)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '"') { /* a value of another parameter */
            do
                i++;
            while (i < n && text[i] != '"');
            continue;
        }
        if (text[i] != ';')
            continue;
        size_t at = i + 1;
        while (at < n && (text[at] == ' ' || text[at] == '\t'))
            at++;
        if (n - at <= len || strncasecmp(text + at, name, len) != 0 ||
            text[at + len] != '=')
            continue;
        at += len + 1;
        int quoted = at < n && text[at] == '"';
        at += (size_t)quoted;
        size_t end = at;
        while (end < n && (quoted ? text[end] != '"'
                                  : text[end] != ';' && text[end] != ' '))
            end++;
        *value = text + at;
        return quoted && end == n ? 0 : end - at;
    }
    return 0;
}

/* The name of a part by its headers; its length, or 0. */
static size_t part_name(const char *headers, size_t n, const char **name)
{
    static const char wanted[] = "content-disposition:";
    const size_t len = sizeof wanted - 1;
    for (size_t at = 0; at < n;) {
        const char *line = headers + at;
        const char *end = memmem(line, n - at, "\r\n", 2);
        size_t line_n = end ? (size_t)(end - line) : n - at;
        if (line_n > len && strncasecmp(line, wanted, len) == 0)
            return parameter(line + len, line_n - len, "name", name);
        at += line_n + 2;
    }
    return 0;
}

/* Read the part at *at, up to the next delimiter, behind which *at then is. */
static mien_status read_part(const char *text, size_t n, size_t *at,
                             const char *mark, mi_body *b, mien_error *err)
{
    const char *start = text + *at;
    size_t left = n - *at;
    size_t room = left < MI_BODY_HEADERS ? left : MI_BODY_HEADERS;
    const char *blank = memmem(start, room, "\r\n\r\n", 4);
    if (!blank)
        return mi_fail(err, MIEN_EFORMAT,
                       "body: part %d: its headers do not end within %zu bytes",
                       b->n + 1, room);
    const char *name = NULL;
    size_t name_n = part_name(start, (size_t)(blank - start), &name);
    const char *data = blank + 4;
    const char *end =
        memmem(data, (size_t)(text + n - data), mark, strlen(mark));
    if (!end)
        return mi_fail(err, MIEN_EFORMAT, "body: part %d: no boundary ends it",
                       b->n + 1);
    mi_form_field *f = add(b, name, name_n, err);
    if (!f)
        return b->n == MI_BODY_FIELDS ? MIEN_ELIMIT : MIEN_EFORMAT;
    f->data = (const uint8_t *)data;
    f->n = (size_t)(end - data);
    *at = (size_t)(end - text) + strlen(mark);
    return MIEN_OK;
}

/* The parts of multipart/form-data. */
static mien_status read_parts(const char *type, const uint8_t *bytes, size_t n,
                              mi_body *b, mien_error *err)
{
    char mark[BOUNDARY + 5];
    const char *text = (const char *)bytes, *boundary = NULL;
    size_t len = parameter(type, strlen(type), "boundary", &boundary);
    if (len < 1 || len > BOUNDARY)
        return mi_fail(err, MIEN_EFORMAT,
                       "Content-Type: a boundary of %zu bytes, wanted are "
                       "1..%d",
                       len, BOUNDARY);
    snprintf(mark, sizeof mark, "\r\n--%.*s", (int)len, boundary);
    size_t at = strlen(mark) - 2;
    if (n < at || memcmp(text, mark + 2, at) != 0)
        return mi_fail(err, MIEN_EFORMAT,
                       "body: does not begin with its boundary");
    mien_status st = MIEN_OK;
    while (!st) {
        if (n - at >= 2 && memcmp(text + at, "--", 2) == 0)
            return MIEN_OK;
        if (n - at < 2 || memcmp(text + at, "\r\n", 2) != 0)
            return mi_fail(err, MIEN_EFORMAT,
                           "body: byte %zu: neither a new line nor an end "
                           "stands behind the boundary",
                           at);
        at += 2;
        st = read_part(text, n, &at, mark, b, err);
    }
    return st;
}

/* ---- JSON ---------------------------------------------------------------- */

/* Few enough items that their parse takes no more memory than the body:
 * base64 has none of these characters. */
static int has_few_items(const uint8_t *bytes, size_t n)
{
    int items = 0;
    for (size_t i = 0; i < n && items <= MI_BODY_ITEMS; i++)
        items += bytes[i] == ',' || bytes[i] == '[' || bytes[i] == '{';
    return items <= MI_BODY_ITEMS;
}

/* Decode base64, with its padding or without; NULL: not base64, or *st. */
static mien_status decode(const char *text, size_t n, mi_form_field *f,
                          mien_error *err)
{
    size_t room = n / 4 * 3 + 3;
    f->own = mi_alloc_raw(room, 1);
    f->data = f->own;
    if (!f->own)
        return mi_no_memory(err);
    if (sodium_base642bin(f->own, room, text, n, "\r\n", &f->n, NULL,
                          sodium_base64_VARIANT_ORIGINAL) == 0 ||
        sodium_base642bin(f->own, room, text, n, "\r\n", &f->n, NULL,
                          sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0)
        return MIEN_OK;
    return mi_fail(err, MIEN_EFORMAT, "body: field '%s' is no base64", f->name);
}

/* Keep a text as it is. */
static mien_status keep(const char *text, size_t n, mi_form_field *f,
                        mien_error *err)
{
    f->own = mi_alloc_raw(n + 1, 1);
    f->data = f->own;
    if (!f->own)
        return mi_no_memory(err);
    memcpy(f->own, text, n);
    f->n = n;
    return MIEN_OK;
}

/* The texts of a JSON object. */
static mien_status read_json(const uint8_t *bytes, size_t n, int plain,
                             mi_body *b, mien_error *err)
{
    json_t *root = NULL, *value;
    const char *key;
    if (!has_few_items(bytes, n))
        return mi_fail(err, MIEN_EFORMAT,
                       "body: JSON of more than %d items, wanted is an object "
                       "of a few texts",
                       MI_BODY_ITEMS);
    mien_status st = mi_json_read("body", bytes, n, n, &root, err);
    if (!st && !json_is_object(root))
        st = mi_fail(err, MIEN_EFORMAT, "body: JSON, but no object");
    if (!st) {
        json_object_foreach(root, key, value)
        {
            mi_form_field *f = add(b, key, strlen(key), err);
            if (!f)
                st = b->n == MI_BODY_FIELDS ? MIEN_ELIMIT : MIEN_EFORMAT;
            else if (!json_is_string(value))
                st = mi_fail(err, MIEN_EFORMAT, "body: field %d is no text",
                             b->n);
            else
                st = (plain ? keep : decode)(json_string_value(value),
                                             json_string_length(value), f, err);
            if (st)
                break;
        }
    }
    json_decref(root);
    return st;
}

/* ---- either -------------------------------------------------------------- */

/* Is the type, without its parameters, this one? */
static int is_type(const char *type, const char *wanted)
{
    size_t n = strlen(wanted);
    return strncasecmp(type, wanted, n) == 0 &&
           (!type[n] || type[n] == ';' || type[n] == ' ');
}

mien_status mi_body_read(const char *type, const uint8_t *bytes, size_t n,
                         int plain, mi_body *out, mien_error *err)
{
    mi_body b = {0};
    mien_status st;
    if (type && is_type(type, "multipart/form-data"))
        st = read_parts(type, bytes, n, &b, err);
    else if (type && is_type(type, "application/json"))
        st = read_json(bytes, n, plain, &b, err);
    else
        st = mi_fail(err, MIEN_EUNSUP,
                     "Content-Type: wanted is multipart/form-data or "
                     "application/json");
    if (st)
        mi_body_free(&b);
    else
        *out = b;
    return st;
}

const mi_form_field *mi_body_find(const mi_body *b, const char *name)
{
    for (int i = 0; i < b->n; i++)
        if (strcmp(b->field[i].name, name) == 0)
            return &b->field[i];
    return NULL;
}

void mi_body_free(mi_body *b)
{
    for (int i = 0; b && i < b->n; i++)
        mi_free(b->field[i].own);
    if (b)
        b->n = 0;
}
