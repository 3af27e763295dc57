/* keys.c: keys and sealing, all arithmetic of which is libsodium's. */
#include "keys/keys.h"

#include "base/alloc.h"
#include "base/error.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>

_Static_assert(MI_KEY_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES &&
                   MI_KEY_SIZE == crypto_kdf_KEYBYTES,
               "one size of keys");
_Static_assert(MI_KEY_SALT == crypto_pwhash_SALTBYTES, "salt");
_Static_assert(MI_KEY_MORE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES +
                                  crypto_aead_xchacha20poly1305_ietf_ABYTES,
               "nonce and tag");

/* Work that a file may ask of who opens it. */
static const uint64_t max_passes = 20, max_bytes = UINT64_C(1) << 30;

mien_status mi_keys_start(mien_error *err)
{
    if (sodium_init() >= 0)
        return MIEN_OK;
    return mi_fail(err, MIEN_EUNSUP, "libsodium does not start");
}

void mi_keys_random(void *out, size_t n) { randombytes_buf(out, n); }

void mi_keys_forget(void *p, size_t n)
{
    if (p)
        sodium_memzero(p, n);
}

/* ---- keys that people have ----------------------------------------------- */

mi_key_work mi_key_work_new(int least)
{
    mi_key_work w = {
        {0},
        least ? crypto_pwhash_OPSLIMIT_MIN : crypto_pwhash_OPSLIMIT_MODERATE,
        least ? crypto_pwhash_MEMLIMIT_MIN : crypto_pwhash_MEMLIMIT_MODERATE};
    mi_keys_random(w.salt, sizeof w.salt);
    return w;
}

mien_status mi_key_of_passphrase(const char *text, const mi_key_work *work,
                                 mi_key *out, mien_error *err)
{
    if (work->passes < crypto_pwhash_OPSLIMIT_MIN ||
        work->passes > max_passes || work->bytes < crypto_pwhash_MEMLIMIT_MIN ||
        work->bytes > max_bytes)
        return mi_fail(
            err, MIEN_ELIMIT,
            "keys: a passphrase of %llu passes over %llu bytes; at "
            "most %llu and %llu",
            (unsigned long long)work->passes, (unsigned long long)work->bytes,
            (unsigned long long)max_passes, (unsigned long long)max_bytes);
    if (crypto_pwhash(out->byte, sizeof out->byte, text, strlen(text),
                      work->salt, work->passes, (size_t)work->bytes,
                      crypto_pwhash_ALG_ARGON2ID13) == 0)
        return MIEN_OK;
    return mi_no_memory(err);
}

mien_status mi_key_of_file(const uint8_t *bytes, size_t n, mi_key *out,
                           mien_error *err)
{
    static const uint8_t name[crypto_generichash_KEYBYTES] = "mien key file";
    if (n < MI_KEY_FILE_LEAST)
        return mi_fail(err, MIEN_EARG,
                       "a key file of %zu bytes; %d random bytes or more are "
                       "wanted",
                       n, MI_KEY_FILE_LEAST);
    crypto_generichash(out->byte, sizeof out->byte, bytes, n, name,
                       sizeof name);
    return MIEN_OK;
}

/* ---- a key on paper ------------------------------------------------------ */

/* RFC 4648's letters: no 0, 1, 8, 9. */
static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/* 32 bytes and 3 of a check are 280 bits: 56 letters, 14 groups. */
enum { WHOLE = MI_KEY_SIZE + 3, LETTERS = WHOLE * 8 / 5 };

static void put_check(const mi_key *key, uint8_t whole[WHOLE])
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, key->byte, sizeof key->byte);
    memcpy(whole, key->byte, sizeof key->byte);
    memcpy(whole + MI_KEY_SIZE, hash, WHOLE - MI_KEY_SIZE);
    mi_keys_forget(hash, sizeof hash);
}

void mi_key_to_text(const mi_key *key, char out[MI_KEY_RECOVERY])
{
    uint8_t whole[WHOLE + 1] = {0};
    char *to = out;
    put_check(key, whole);
    for (int i = 0; i < LETTERS; i++) {
        int bit = i * 5;
        unsigned two = (unsigned)whole[bit / 8] << 8 | whole[bit / 8 + 1];
        if (i && i % 4 == 0)
            *to++ = '-';
        *to++ = letters[two >> (11 - bit % 8) & 31];
    }
    *to = 0;
    mi_keys_forget(whole, sizeof whole);
}

mien_status mi_key_of_text(const char *text, mi_key *out, mien_error *err)
{
    uint8_t whole[WHOLE + 1] = {0}, check[WHOLE];
    int n = 0;
    for (const char *at = text; *at; at++) {
        if (*at == '-' || isspace((unsigned char)*at))
            continue;
        const char *letter = strchr(letters, toupper((unsigned char)*at));
        if (!letter || n == LETTERS)
            return mi_fail(err, MIEN_EARG,
                           letter ? "a recovery key of more than %d letters"
                                  : "a recovery key has letters and 2 to 7, %d "
                                    "of them",
                           LETTERS);
        int bit = n++ * 5;
        unsigned two = (unsigned)(letter - letters) << (11 - bit % 8);
        whole[bit / 8] |= (uint8_t)(two >> 8);
        whole[bit / 8 + 1] |= (uint8_t)two;
    }
    memcpy(out->byte, whole, sizeof out->byte);
    put_check(out, check);
    int same = n == LETTERS && memcmp(check, whole, WHOLE) == 0;
    mi_keys_forget(whole, sizeof whole);
    mi_keys_forget(check, sizeof check);
    if (same)
        return MIEN_OK;
    mi_keys_forget(out, sizeof *out);
    return mi_fail(err, MIEN_EARG,
                   n == LETTERS ? "a recovery key with a letter that is wrong"
                                : "a recovery key of %d letters; %d are wanted",
                   n, LETTERS);
}

void mi_key_derive(const mi_key *from, uint64_t number, const char name[8],
                   mi_key *out)
{
    crypto_kdf_derive_from_key(out->byte, sizeof out->byte, number, name,
                               from->byte);
}

/* ---- sealing ------------------------------------------------------------- */

void mi_seal(const mi_key *key, const char *what, const void *bytes, size_t n,
             mien_buffer *out)
{
    enum { NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES };
    mien_buffer_reserve(out, n + MI_KEY_MORE);
    if (out->failed)
        return;
    uint8_t *to = (uint8_t *)out->data + out->n;
    mi_keys_random(to, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        to + NONCE, NULL, bytes, n, (const uint8_t *)what, strlen(what), NULL,
        to, key->byte);
    out->n += n + MI_KEY_MORE;
}

mien_status mi_seal_buffer(const mi_key *key, const char *what,
                           mien_buffer *plain, mien_buffer *out,
                           mien_error *err)
{
    int failed = plain->failed;
    if (!failed)
        mi_seal(key, what, plain->data, plain->n, out);
    mi_keys_forget(plain->data, plain->n);
    mien_buffer_free(plain);
    return failed || out->failed ? mi_no_memory(err) : MIEN_OK;
}

mien_status mi_unseal(const mi_key *key, const char *what, const uint8_t *bytes,
                      size_t n, mien_bytes *out, mien_error *err)
{
    enum { NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES };
    if (n < MI_KEY_MORE)
        return mi_fail(err, MIEN_EFORMAT, "%.60s: sealed text of %zu bytes",
                       what, n);
    size_t plain = n - MI_KEY_MORE;
    uint8_t *to = mi_alloc(plain + 1, 1);
    if (!to)
        return mi_no_memory(err);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            to, NULL, NULL, bytes + NONCE, n - NONCE, (const uint8_t *)what,
            strlen(what), bytes, key->byte)) {
        mi_free(to);
        return mi_fail(err, MIEN_EFORMAT,
                       "%.60s: sealed with another key, or changed since",
                       what);
    }
    *out = (mien_bytes){to, plain};
    return MIEN_OK;
}

void mi_unsealed_free(mien_bytes *b)
{
    mi_keys_forget(b->data, b->n);
    mi_free(b->data);
    *b = (mien_bytes){0};
}

void mi_key_mac(const mi_key *key, const uint8_t before[MI_KEY_MAC],
                const void *bytes, size_t n, uint8_t out[MI_KEY_MAC])
{
    crypto_generichash_state s;
    uint8_t mac[MI_KEY_MAC];
    crypto_generichash_init(&s, key->byte, sizeof key->byte, sizeof mac);
    crypto_generichash_update(&s, before, MI_KEY_MAC);
    crypto_generichash_update(&s, bytes, n);
    crypto_generichash_final(&s, mac, sizeof mac);
    memcpy(out, mac, sizeof mac);
    mi_keys_forget(&s, sizeof s);
}
