/* basis.c: why people may be looked for, and until when, as JSON.
 *
 * The keys are those of the browser's page, whose profiles carry the same as
 * `consent`. */
#include "record/basis.h"

#include "base/error.h"
#include "base/json_read.h"
#include "mien/json.h"

#include <stdio.h>
#include <string.h>

/* ---- a note -------------------------------------------------------------- */

/* Is it one of some words, with commas between them? */
static int is_one(const char *word, const char *words)
{
    size_t n = strlen(word);
    for (const char *p = words; n && *p; p += strcspn(p, ",")) {
        p += *p == ',';
        if (strcspn(p, ",") == n && memcmp(p, word, n) == 0)
            return 1;
    }
    return 0;
}

/* Not empty, UTF-8, and nothing that a terminal would obey. */
static int is_purpose(const char *text)
{
    int32_t c = 0;
    int n, letters = 0;
    for (; *text && c >= 0; text += n) {
        c = mien_utf8_next(text, &n);
        if (c >= 0 && (c < 32 || (c >= 127 && c < 160)))
            return 0;
        letters += c > 32;
    }
    return c >= 0 && letters;
}

mien_status mien_basis_hold(const mien_basis *b, const char *today,
                            mien_error *err)
{
    if (!is_one(b->basis, MIEN_BASES))
        return mi_fail(err, MIEN_EARG,
                       "basis is '%.20s', wanted is one of %.150s", b->basis,
                       MIEN_BASES);
    if (!is_purpose(b->purpose))
        return mi_fail(err, MIEN_EARG,
                       "purpose is %s, wanted are some words of UTF-8",
                       *b->purpose ? "no text" : "empty");
    if (!mien_is_day(b->date))
        return mi_fail(err, MIEN_EARG, "date is '%.10s', wanted is YYYY-MM-DD",
                       b->date);
    if (!mien_is_day(b->expiry))
        return mi_fail(err, MIEN_EARG,
                       "expiry is '%.10s', wanted is YYYY-MM-DD", b->expiry);
    if (strcmp(b->expiry, b->date) < 0)
        return mi_fail(err, MIEN_EARG, "expiry %s is before its date %s",
                       b->expiry, b->date);
    if (today && strcmp(b->expiry, today) < 0)
        return mi_fail(err, MIEN_EARG, "it ended on %s", b->expiry);
    return MIEN_OK;
}

/* The text of a key, into room bytes. */
static mien_status read_text(const json_t *from, const char *key, char *out,
                             size_t room, mien_error *err)
{
    const char *text = json_string_value(json_object_get(from, key));
    if (!text)
        return mi_fail(err, MIEN_EFORMAT, "%s is %s, wanted is a text", key,
                       json_object_get(from, key) ? "no text" : "not there");
    if (strlen(text) >= room)
        return mi_fail(err, MIEN_EFORMAT, "%s has %zu bytes, at most are %zu",
                       key, strlen(text), room - 1);
    snprintf(out, room, "%s", text);
    return MIEN_OK;
}

mien_status mi_basis_of(const json_t *from, mien_basis *out, mien_error *err)
{
    mien_basis b = {0};
    if (!json_is_object(from))
        return mi_fail(err, MIEN_EFORMAT,
                       "no JSON object, wanted is "
                       "{\"basis\", \"purpose\", \"date\", "
                       "\"expiry\"}");
    mien_status st = read_text(from, "basis", b.basis, sizeof b.basis, err);
    if (!st)
        st = read_text(from, "purpose", b.purpose, sizeof b.purpose, err);
    if (!st)
        st = read_text(from, "date", b.date, sizeof b.date, err);
    if (!st)
        st = read_text(from, "expiry", b.expiry, sizeof b.expiry, err);
    if (st)
        return st;
    if (is_one(b.basis, "agreed,guardian,self"))
        snprintf(b.basis, sizeof b.basis, "consent");
    if (mien_basis_hold(&b, NULL, err))
        return err ? (err->status = MIEN_EFORMAT) : MIEN_EFORMAT;
    *out = b;
    return MIEN_OK;
}

mien_status mien_basis_read(const uint8_t *bytes, size_t n, mien_basis *out,
                            mien_error *err)
{
    json_t *root;
    mien_status st =
        mi_json_read("", bytes, n, MIEN_BASIS_MAX_BYTES, &root, err);
    if (st)
        return st;
    st = mi_basis_of(root, out, err);
    json_decref(root);
    return st;
}

void mien_record_basis(const mien_basis *b, mien_buffer *out)
{
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "schema", "mien/1");
    mien_json_text(&j, "basis", b->basis);
    mien_json_text(&j, "purpose", b->purpose);
    mien_json_text(&j, "date", b->date);
    mien_json_text(&j, "expiry", b->expiry);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}
