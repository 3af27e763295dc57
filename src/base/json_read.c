/* json_read.c: JSON of a file, with jansson. */
#include "base/json_read.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdarg.h>

static json_t *load(const uint8_t *bytes, size_t n, json_error_t *why)
{
    return json_loadb((const char *)bytes, n, JSON_REJECT_DUPLICATES, why);
}

static int lacks_memory(void)
{
    json_t *probe = json_object();
    json_decref(probe);
    return !probe;
}

/* Is there memory to parse n bytes?  jansson (2.14) ends the process when a
 * long number finds none. */
static int has_memory(size_t n)
{
    void *room = n < SIZE_MAX / 8 ? mi_alloc_raw(4 * n + 65536, 1) : NULL;
    mi_free(room);
    return room != NULL;
}

/* jansson calls a text wrong when memory ends in the middle of it; a second try
 * tells. */
mien_status mi_json_parse(const uint8_t *bytes, size_t n, json_t **out,
                          json_error_t *why)
{
    *out = NULL;
    *why = (json_error_t){0};
    if (!has_memory(n))
        return MIEN_ENOMEM;
    *out = load(bytes, n, why);
    if (!*out)
        *out = load(bytes, n, why);
    for (char *c = why->text; !*out && *c; c++)
        if (*c < 32 || *c > 126)
            *c = '?';
    if (*out)
        return MIEN_OK;
    return json_error_code(why) == json_error_out_of_memory || lacks_memory()
               ? MIEN_ENOMEM
               : MIEN_EFORMAT;
}

mien_status mi_json_read(const char *what, const uint8_t *bytes, size_t n,
                         size_t most, json_t **out, mien_error *err)
{
    json_error_t why;
    const char *colon = *what ? ": " : "";
    if (n > most)
        return mi_fail(err, MIEN_ELIMIT, "%s%s%zu bytes, at most %zu", what,
                       colon, n, most);
    mien_status st = mi_json_parse(bytes, n, out, &why);
    if (st == MIEN_ENOMEM)
        return mi_fail(err, st, "%s%sno memory for %zu bytes", what, colon, n);
    if (st)
        return mi_fail(err, st, "%s%sline %d, column %d: %.100s", what, colon,
                       why.line, why.column, why.text);
    return MIEN_OK;
}

/* jansson calls an object wrong when memory ends as it looks for keys that
 * nobody asked for; a second try tells, here too. */
mien_status mi_json_unpack(json_t *from, json_error_t *why, const char *format,
                           ...)
{
    int failed = 1;
    for (int i = 0; i < 2 && failed; i++) {
        va_list args;
        va_start(args, format);
        failed = json_vunpack_ex(from, why, 0, format, args);
        va_end(args);
    }
    return !failed ? MIEN_OK : lacks_memory() ? MIEN_ENOMEM : MIEN_EFORMAT;
}
