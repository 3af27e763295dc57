/* field.c: members of objects of JSON: names, numbers in range, words. */
#include "net/field.h"

#include "mien/net.h"

#include "base/error.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void mi_fields_wrong(mi_fields *f, mien_status st, const char *format, ...)
{
    char text[160];
    va_list args;
    if (f->status)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    f->status = mi_fail(f->err, st, "net: %s: %s", f->place, text);
}

/* A value as a message shows it: one line, cut to fit. */
static const char *shown(const json_t *v, char text[40])
{
    memset(text, 0, 40);
    size_t n = json_dumpb(v, text, 36,
                          JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII);
    if (n > 36)
        memcpy(text + strlen(text), "...", 4);
    return text;
}

static void unwanted(mi_fields *f, const char *key, const json_t *v,
                     const char *wanted)
{
    char text[40];
    mi_fields_wrong(f, MIEN_EFORMAT, "'%s' is %s, wanted %s", key,
                    shown(v, text), wanted);
}

/* A member; NULL where it is missing, which is a mistake if it must be there.
 */
static const json_t *member(mi_fields *f, const char *key, int needed,
                            const char *wanted)
{
    const json_t *v = f->status ? NULL : json_object_get(f->object, key);
    if (!v && needed)
        mi_fields_wrong(f, MIEN_EFORMAT, "'%s' is missing, wanted %s", key,
                        wanted);
    return v;
}

/* The place of a word in a list with spaces between; -1: it is not there. */
static int place_in(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (int i = 0; *words; i++) {
        words += strspn(words, " ");
        size_t len = strcspn(words, " ");
        if (len && len == n && strncmp(words, word, n) == 0)
            return i;
        words += len;
    }
    return -1;
}

void mi_fields_only(mi_fields *f, const char *keys)
{
    const char *key;
    json_t *value;
    json_object_foreach(f->object, key, value)
    {
        if (f->status || place_in(keys, key) >= 0)
            continue;
        char text[40];
        json_t *word = json_string(key);
        mi_fields_wrong(f, MIEN_EFORMAT, "key %s is unknown, wanted: %s",
                        word ? shown(word, text) : "", keys);
        json_decref(word);
    }
}

int mi_field_word(mi_fields *f, const char *key, const char *words,
                  int fallback)
{
    char wanted[120];
    snprintf(wanted, sizeof wanted, "one of: %s", words);
    const json_t *v = member(f, key, fallback < 0, wanted);
    if (!v)
        return fallback;
    int at = json_is_string(v) ? place_in(words, json_string_value(v)) : -1;
    if (at < 0)
        unwanted(f, key, v, wanted);
    return at < 0 ? fallback : at;
}

/* v as a whole number from low to high, or a mistake. */
static int whole(mi_fields *f, const char *key, const json_t *v, int low,
                 int high)
{
    char wanted[60];
    const json_t *named =
        json_is_string(v) && f->numbers
            ? json_object_get(f->numbers, json_string_value(v))
            : NULL;
    if (named)
        v = named;
    json_int_t i = json_integer_value(v);
    if (json_is_integer(v) && i >= low && i <= high)
        return (int)i;
    snprintf(wanted, sizeof wanted, "a whole number from %d to %d", low, high);
    unwanted(f, key, v, wanted);
    return low;
}

int mi_field_int(mi_fields *f, const char *key, int low, int high, int fallback)
{
    char wanted[60];
    snprintf(wanted, sizeof wanted, "a whole number from %d to %d", low, high);
    const json_t *v = member(f, key, fallback < low, wanted);
    return v ? whole(f, key, v, low, high) : fallback < low ? low : fallback;
}

void mi_field_pair(mi_fields *f, const char *key, int low, int high,
                   int fallback, int out[2])
{
    const json_t *v = f->status ? NULL : json_object_get(f->object, key);
    if (!json_is_array(v)) {
        out[0] = out[1] = mi_field_int(f, key, low, high, fallback);
        return;
    }
    if (json_array_size(v) != 2)
        unwanted(f, key, v, "one number, or two: down, across");
    for (size_t i = 0; i < 2; i++)
        out[i] = whole(f, key, json_array_get(v, i), low, high);
}

void mi_field_sides(mi_fields *f, const char *key, int high, int out[4])
{
    const json_t *v = f->status ? NULL : json_object_get(f->object, key);
    size_t n = json_array_size(v);
    if (n != 4) {
        mi_field_pair(f, key, 0, high, -1, out);
        out[2] = out[0];
        out[3] = out[1];
        return;
    }
    for (size_t i = 0; i < 4; i++)
        out[i] = whole(f, key, json_array_get(v, i), 0, high);
}

/* v as a number from low to high, or a mistake. */
static float real(mi_fields *f, const char *key, const json_t *v, double low,
                  double high)
{
    char wanted[60];
    double x = json_number_value(v);
    if (json_is_number(v) && x >= low && x <= high)
        return (float)x;
    snprintf(wanted, sizeof wanted, "a number from %g to %g", low, high);
    unwanted(f, key, v, wanted);
    return (float)low;
}

float mi_field_real(mi_fields *f, const char *key, double low, double high,
                    double fallback)
{
    const json_t *v = member(f, key, 0, "");
    return v ? real(f, key, v, low, high) : (float)fallback;
}

int mi_field_flag(mi_fields *f, const char *key)
{
    const json_t *v = member(f, key, 0, "");
    if (v && !json_is_boolean(v))
        unwanted(f, key, v, "true or false");
    return json_is_true(v);
}

int mi_field_sizes(mi_fields *f, const char *key, int most, int64_t *out)
{
    char wanted[60];
    snprintf(wanted, sizeof wanted, "a list of 1 to %d sizes", most);
    const json_t *v = member(f, key, 1, wanted);
    size_t n = json_array_size(v);
    if (v && (!json_is_array(v) || n < 1 || n > (size_t)most))
        unwanted(f, key, v, wanted);
    for (size_t i = 0; i < n && !f->status; i++)
        out[i] = whole(f, key, json_array_get(v, i), 1, MIEN_MAX_TENSOR);
    return f->status ? 0 : (int)n;
}

void mi_field_reals(mi_fields *f, const char *key, int n, float fallback,
                    float *out)
{
    char wanted[60];
    const json_t *v = member(f, key, 0, "");
    snprintf(wanted, sizeof wanted, "a number, or a list of %d", n);
    if (json_is_array(v) && json_array_size(v) != (size_t)n)
        unwanted(f, key, v, wanted);
    for (int i = 0; i < n; i++) {
        const json_t *one = json_is_array(v) ? json_array_get(v, (size_t)i) : v;
        out[i] = v && !f->status ? real(f, key, one, -1e6, 1e6) : fallback;
    }
}

int mi_name_of_json(mi_fields *f, const char *key, const json_t *v, char *out)
{
    const char *text = json_string_value(v);
    size_t n = text ? strlen(text) : 0;
    int fits = n > 0 && n < MIEN_NET_NAME;
    for (size_t i = 0; fits && i < n; i++)
        fits = isalnum((unsigned char)text[i]) || strchr("_.-/", text[i]);
    if (!fits) {
        unwanted(f, key, v, "1 to 63 letters, digits, points, '_', '-' or '/'");
        return 0;
    }
    memcpy(out, text, n + 1);
    return 1;
}

int mi_field_name(mi_fields *f, const char *key, char *out)
{
    const json_t *v = member(f, key, 0, "");
    return v ? mi_name_of_json(f, key, v, out) : 0;
}
