/* keys.c: the file of keys.
 *
 * Lines of fields apart by tabs behind a first line that says what it is: id,
 * SHA-256 of the key, scopes as a number, expiry, name, purpose, basis, days.
 * A key has 256 random bits, so that its plain digest cannot be guessed back
 * and needs no salt. */
#include "serve/keys.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/fields.h"
#include "base/grow.h"
#include "mien/file.h"
#include "mien/record_basis.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static const char head[] = "mien keys 2";
static const char old_head[] = "mien keys 1"; /* without the last three */
enum { FIELDS = 8, OLD_FIELDS = 5, FILE_SIZE = 1 << 20, MAX_DAYS = 400000 };

unsigned mien_serve_role_scopes(mien_serve_role role)
{
    static const unsigned scopes[] = {MIEN_SERVE_PEOPLE,
                                      MIEN_SERVE_DETECT | MIEN_SERVE_VERIFY |
                                          MIEN_SERVE_RECOGNIZE,
                                      MIEN_SERVE_PEOPLE | MIEN_SERVE_ENROLL,
                                      MIEN_SERVE_METRICS | MIEN_SERVE_AUDIT,
                                      MIEN_SERVE_ALL,
                                      MIEN_SERVE_SEARCH};
    assert(role >= MIEN_SERVE_VIEWER && role <= MIEN_SERVE_PEER);
    return scopes[role];
}

static int is_hex(const char *text, size_t n)
{
    return strlen(text) == n && strspn(text, "0123456789abcdef") == n;
}

void mi_serve_today(char out[11])
{
    time_t now = time(NULL);
    struct tm day;
    gmtime_r(&now, &day);
    strftime(out, 11, "%Y-%m-%d", &day);
}

int mi_serve_is_plain(const char *text, size_t size)
{
    int n;
    if (strlen(text) >= size)
        return 0;
    for (; *text; text += n) {
        int32_t c = mien_utf8_next(text, &n);
        if (c < 32 || (c >= 127 && c < 160))
            return 0;
    }
    return 1;
}

/* What is wrong with a key that has its id; NULL: nothing. */
static const char *wrong_with(const mien_serve_key *k)
{
    mien_basis b = {.date = "2000-01-01", .expiry = "2000-01-01"};
    if (!*k->name || !mi_serve_is_plain(k->name, sizeof k->name))
        return "the name is empty, too long or no text";
    if (!k->scopes || k->scopes > MIEN_SERVE_ALL)
        return "scopes are not some of " MIEN_SERVE_SCOPES;
    if (*k->expiry && !mien_is_day(k->expiry))
        return "the expiry is no day YYYY-MM-DD";
    if (!mi_serve_is_plain(k->purpose, sizeof k->purpose))
        return "the purpose is too long or no text";
    if (k->days < 0 || k->days > MAX_DAYS)
        return "the days are not 0..400000";
    snprintf(b.purpose, sizeof b.purpose, "-");
    memcpy(b.basis, k->basis, sizeof b.basis);
    return *k->basis && mien_basis_hold(&b, NULL, NULL)
               ? "the basis is none of " MIEN_BASES
               : NULL;
}

/* A whole number of a few digits; -1: it is none. */
static int number_of(const char *text)
{
    size_t n = strlen(text);
    return n >= 1 && n <= 6 && strspn(text, "0123456789") == n
               ? (int)strtol(text, NULL, 10)
               : -1;
}

/* Copy a field, which fits. */
static int set(char *to, size_t size, const char *from)
{
    return snprintf(to, size, "%s", from) < (int)size;
}

/* What is wrong with the fields of a line; NULL: k is set. */
static const char *key_of(char **field, int n, mien_serve_key *k)
{
    *k = (mien_serve_key){0};
    if (!is_hex(field[0], 8) || !is_hex(field[1], 64))
        return "the id or the digest is not hexadecimal";
    int scopes = number_of(field[2]), days = 0, good = 1;
    memcpy(k->id, field[0], 8);
    memcpy(k->sha256, field[1], 64);
    good &= set(k->expiry, sizeof k->expiry, field[3]);
    good &= set(k->name, sizeof k->name, field[4]);
    if (n == FIELDS) {
        good &= set(k->purpose, sizeof k->purpose, field[5]);
        good &= set(k->basis, sizeof k->basis, field[6]);
        days = number_of(field[7]);
    }
    k->scopes = scopes < 0 ? 0 : (unsigned)scopes;
    k->days = days;
    return good ? wrong_with(k) : "a field is too long";
}

/* Read the lines of a text, which is changed. */
static mien_status read_lines(char *text, mien_serve_keys *out, mien_error *err)
{
    int number = 1;
    char *line = strchr(text, '\n');
    if (line)
        *line++ = 0;
    int fields = line && strcmp(text, old_head) == 0 ? OLD_FIELDS : FIELDS;
    if (!line || (fields == FIELDS && strcmp(text, head) != 0))
        return mi_fail(err, MIEN_EFORMAT, "line 1: wanted is '%s'", head);
    while (*line) {
        char *field[FIELDS + 1], *end = strchr(line, '\n');
        mien_serve_key k;
        number++;
        if (!end)
            return mi_fail(err, MIEN_EFORMAT, "line %d: cut short", number);
        *end = 0;
        const char *wrong = mi_field_split(line, field, FIELDS + 1) == fields
                                ? key_of(field, fields, &k)
                                : "it has not as many fields as wanted";
        if (wrong)
            return mi_fail(err, MIEN_EFORMAT, "line %d: %s", number, wrong);
        if (out->n == MIEN_SERVE_MAX_KEYS)
            return mi_fail(err, MIEN_ELIMIT, "more than %d keys",
                           MIEN_SERVE_MAX_KEYS);
        mien_serve_key *last = mi_push(&out->key, out->n, sizeof *last);
        if (!last)
            return mi_no_memory(err);
        *last = k;
        out->n++;
        line = end + 1;
    }
    return MIEN_OK;
}

mien_status mi_serve_keys_read(const uint8_t *bytes, size_t n,
                               mien_serve_keys *out, mien_error *err)
{
    mien_serve_keys k = {0};
    char *text = mi_alloc_raw(n + 1, 1);
    if (!text)
        return mi_no_memory(err);
    if (n)
        memcpy(text, bytes, n);
    text[n] = 0;
    mien_status st =
        strlen(text) == n
            ? read_lines(text, &k, err)
            : mi_fail(err, MIEN_EFORMAT, "byte %zu is zero", strlen(text));
    mi_free(text);
    if (st)
        mien_serve_keys_free(&k);
    else
        *out = k;
    return st;
}

mien_status mien_serve_keys_load(const char *path, mien_serve_keys *out,
                                 mien_error *err)
{
    mien_bytes b = {0};
    mien_error why = {0};
    mien_status st = mien_file_load(path, FILE_SIZE, &b, err);
    if (st)
        return st;
    st = mi_serve_keys_read(b.data, b.n, out, &why);
    mien_bytes_free(&b);
    return st ? mi_fail(err, st, "%.100s: %.90s", path, why.text) : MIEN_OK;
}

void mien_serve_keys_free(mien_serve_keys *k)
{
    if (!k)
        return;
    mi_free(k->key);
    *k = (mien_serve_keys){0};
}

/* Write the file of keys. */
static mien_status save(const char *path, const mien_serve_keys *k,
                        mien_error *err)
{
    mien_buffer b = {0};
    mien_bytes whole = {0};
    mien_buffer_printf(&b, "%s\n", head);
    for (int i = 0; i < k->n; i++) {
        const mien_serve_key *one = &k->key[i];
        mien_buffer_printf(&b, "%s\t%s\t%u", one->id, one->sha256, one->scopes);
        mi_field_put(&b, one->expiry);
        mi_field_put(&b, one->name);
        mi_field_put(&b, one->purpose);
        mi_field_put(&b, one->basis);
        mien_buffer_printf(&b, "\t%d\n", one->days);
    }
    mien_status st = mien_buffer_give(&b, &whole, err);
    if (!st)
        st = mien_file_save(path, whole.data, whole.n, err);
    mien_bytes_free(&whole);
    return st;
}

/* Read the keys of a file, or make one of none, which its owner alone reads:
 * what is saved over it later keeps its permissions. */
static mien_status open_or_make(const char *path, mien_serve_keys *k,
                                mien_error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return mien_serve_keys_load(path, k, err);
    if (fd < 0)
        return mi_fail(err, MIEN_EIO, "%.120s: cannot make it: %s", path,
                       strerror(errno));
    close(fd);
    mien_status st = save(path, k, err);
    if (st)
        unlink(path);
    return st;
}

static mien_status draw(char *out, size_t bytes, mien_error *err)
{
    uint8_t raw[32];
    if (getrandom(raw, bytes, 0) != (ssize_t)bytes)
        return mi_fail(err, MIEN_EIO, "no random numbers: %s", strerror(errno));
    for (size_t i = 0; i < bytes; i++)
        snprintf(out + 2 * i, 3, "%02x", raw[i]);
    return MIEN_OK;
}

/* Add a key whose other fields are set. */
static mien_status add_key(const char *path, mien_serve_key *k, char *key,
                           mien_error *err)
{
    mien_serve_keys all = {0};
    mien_serve_key *last = NULL;
    mien_status st = draw(key, 32, err);
    if (!st)
        st = draw(k->id, 4, err);
    if (!st)
        st = open_or_make(path, &all, err);
    if (!st && all.n == MIEN_SERVE_MAX_KEYS)
        st = mi_fail(err, MIEN_ELIMIT, "%.100s: has %d keys already", path,
                     all.n);
    if (!st)
        last = mi_push(&all.key, all.n, sizeof *last);
    if (!st && !last)
        st = mi_no_memory(err);
    if (!st && last) {
        mien_sha256(key, 64, k->sha256);
        *last = *k;
        all.n++;
        st = save(path, &all, err);
    }
    mien_serve_keys_free(&all);
    return st;
}

mien_status mien_serve_key_add(const char *path, mien_serve_key *key,
                               char text[MIEN_SERVE_KEY_SIZE], mien_error *err)
{
    mien_serve_key k = *key;
    char made[MIEN_SERVE_KEY_SIZE];
    const char *wrong = wrong_with(&k);
    if (wrong)
        return mi_fail(err, MIEN_EARG, "%s", wrong);
    mien_status st = add_key(path, &k, made, err);
    if (st)
        return st;
    *key = k;
    memcpy(text, made, sizeof made);
    return MIEN_OK;
}

mien_status mien_serve_key_revoke(const char *path, const char *id,
                                  mien_error *err)
{
    mien_serve_keys k = {0};
    mien_status st = mien_serve_keys_load(path, &k, err);
    if (st)
        return st;
    int kept = 0;
    for (int i = 0; i < k.n; i++)
        if (strcmp(k.key[i].id, id) != 0)
            k.key[kept++] = k.key[i];
    if (kept == k.n)
        st = mi_fail(err, MIEN_EARG, "%.100s: no key '%.20s'", path, id);
    k.n = kept;
    if (!st)
        st = save(path, &k, err);
    mien_serve_keys_free(&k);
    return st;
}
