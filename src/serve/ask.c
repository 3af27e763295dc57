/* ask.c: what a query asks for. */
#include "serve/ask.h"

#include "base/error.h"

#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t mi_ask_unescape(char *text)
{
    char *to = text;
    for (const char *at = text; *at;) {
        uint8_t byte = 0;
        if (*at == '%' && at[1] && at[2] &&
            sodium_hex2bin(&byte, 1, at + 1, 2, NULL, NULL, NULL) == 0 &&
            byte) {
            *to++ = (char)byte;
            at += 3;
        } else {
            *to++ = *at++;
        }
    }
    *to = 0;
    return (size_t)(to - text);
}

/* Names with commas between. */
static mien_status set_plugins(mi_ask *ask, const char *value, mien_error *err)
{
    static const struct {
        const char *name;
        unsigned want;
    } known[] = {{"landmarks", 0},
                 {"calculator", MIEN_FACE_DESCRIPTOR},
                 {"age", MIEN_FACE_AGE},
                 {"gender", MIEN_FACE_GENDER}};
    for (const char *at = value; *at;) {
        size_t n = strcspn(at, ","), i = 0;
        while (i < 4 && (strlen(known[i].name) != n ||
                         memcmp(known[i].name, at, n) != 0))
            i++;
        if (i == 4)
            return mi_fail(err, MIEN_EARG,
                           "face_plugins: wanted are some of landmarks, "
                           "calculator, age, gender");
        ask->landmarks |= i == 0;
        ask->wish.want |= known[i].want;
        at += n + (at[n] == ',');
    }
    return MIEN_OK;
}

/* A number of a range, in plain decimals. */
static mien_status set_number(const char *name, const char *value, double most,
                              double *out, mien_error *err)
{
    char *end = NULL;
    double v = *value ? strtod(value, &end) : 0;
    if (!*value || strspn(value, "0123456789.") != strlen(value) || *end ||
        v > most)
        return mi_fail(err, MIEN_EARG, "%s: wanted is a number, 0..%g", name,
                       most);
    *out = v;
    return MIEN_OK;
}

/* The same, whole. */
static mien_status set_whole(const char *name, const char *value, double most,
                             int *out, mien_error *err)
{
    double v = 0;
    mien_status st = set_number(name, value, most, &v, err);
    if (!st && v != floor(v))
        st = mi_fail(err, MIEN_EARG, "%s: wanted is a whole number", name);
    if (!st)
        *out = (int)v;
    return st;
}

/* The number of an entry of the log. */
static mien_status set_entry(const char *name, const char *value, int64_t *out,
                             mien_error *err)
{
    double v = 0;
    mien_status st = set_number(name, value, 9007199254740992, &v, err);
    if (!st && (v != floor(v) || v < 1))
        st = mi_fail(err, MIEN_EARG, "%s: wanted is a whole number from 1",
                     name);
    if (!st)
        *out = (int64_t)v;
    return st;
}

/* A text of fewer bytes than size. */
static mien_status set_text(const char *name, const char *value, char *out,
                            size_t size, mien_error *err)
{
    if (snprintf(out, size, "%s", value) < (int)size)
        return MIEN_OK;
    *out = 0;
    return mi_fail(err, MIEN_EARG, "%s: wanted are at most %zu bytes", name,
                   size - 1);
}

/* When the photo was taken. */
static mien_status set_taken(mi_ask *ask, const char *value, mien_error *err)
{
    int known = strcmp(value, "unknown") != 0;
    if (known && !mien_is_day(value))
        return mi_fail(err, MIEN_EARG,
                       "taken: wanted is a day YYYY-MM-DD, or unknown");
    ask->has_taken = 1;
    return set_text("taken", known ? value : "", ask->taken, sizeof ask->taken,
                    err);
}

/* What is asked for of people. */
static mien_status set_people(mi_ask *ask, const char *name, const char *value,
                              mien_error *err)
{
    int predictions = 1;
    mien_basis *b = &ask->basis;
    if (strcmp(name, "purpose") == 0)
        return set_text(name, value, b->purpose, sizeof b->purpose, err);
    if (strcmp(name, "basis") == 0)
        return set_text(name, value, b->basis, sizeof b->basis, err);
    if (strcmp(name, "subject") == 0)
        return set_text(name, value, ask->subject, sizeof ask->subject, err);
    if (strcmp(name, "name") == 0)
        return set_text(name, value, ask->name, sizeof ask->name, err);
    if (strcmp(name, "page") == 0)
        return set_whole(name, value, 1e6, &ask->page, err);
    if (strcmp(name, "size") == 0)
        return set_whole(name, value, 1000, &ask->size, err);
    if (strcmp(name, "confirm") == 0)
        return set_entry(name, value, &ask->confirm, err);
    if (strcmp(name, "expires") == 0 && !mien_is_day(value))
        return mi_fail(err, MIEN_EARG, "expires: wanted is a day YYYY-MM-DD");
    if (strcmp(name, "expires") == 0)
        return set_text(name, value, b->expiry, sizeof b->expiry, err);
    if (strcmp(name, "taken") == 0)
        return set_taken(ask, value, err);
    if (strcmp(name, "prediction_count") == 0) {
        mien_status st = set_whole(name, value, 1e6, &predictions, err);
        return st || predictions == 1
                   ? st
                   : mi_fail(err, MIEN_EARG,
                             "prediction_count: 1, the nearest alone is told");
    }
    return MIEN_OK;
}

mien_status mi_ask_set(mi_ask *ask, const char *name, const char *value,
                       mien_error *err)
{
    double v = 0;
    value = value ? value : "";
    if (strcmp(name, "face_plugins") == 0)
        return set_plugins(ask, value, err);
    if (strcmp(name, "limit") == 0)
        return set_whole(name, value, 1000000, &ask->wish.limit, err);
    if (strcmp(name, "det_prob_threshold") == 0) {
        mien_status st = set_number(name, value, 1, &v, err);
        ask->wish.min_score = (float)v;
        return st;
    }
    if (strcmp(name, "status") == 0) {
        ask->status = strcmp(value, "true") == 0;
        return ask->status || strcmp(value, "false") == 0
                   ? MIEN_OK
                   : mi_fail(err, MIEN_EARG, "status: wanted is true or false");
    }
    return set_people(ask, name, value, err);
}
