/* keys.h: secret keys, what they seal, and how people remember them.
 *
 *   passphrase (Argon2id) | bytes of a key file | recovery key -> mi_key
 *     -> mi_seal: another key, or anything else, so that only who has it reads
 *        it and nobody changes it or moves it elsewhere
 *
 * XChaCha20-Poly1305 (libsodium) with a random nonce; what a sealed text is
 * belongs to it as associated data. */
#ifndef MI_KEYS_KEYS_H
#define MI_KEYS_KEYS_H

#include "mien/text.h"

enum {
    MI_KEY_SIZE = 32,
    MI_KEY_SALT = 16,
    MI_KEY_MORE = 40, /* bytes that sealing adds */
    MI_KEY_FILE_LEAST = 32,
    MI_KEY_RECOVERY = 72, /* characters of a recovery key, with its 0 */
    MI_KEY_MAC = 32
};

typedef struct mi_key {
    uint8_t byte[MI_KEY_SIZE];
} mi_key;

/* How much work guessing a passphrase is made. */
typedef struct mi_key_work {
    uint8_t salt[MI_KEY_SALT];
    uint64_t passes, bytes;
} mi_key_work;

/* Start libsodium; any number of times.  Fails with EUNSUP. */
mien_status mi_keys_start(mien_error *err);
/* Random bytes of the system. */
void mi_keys_random(void *out, size_t n);
/* Overwrite, whatever a compiler thinks of it. */
void mi_keys_forget(void *p, size_t n);

/* Work that takes about a second and 256 MiB; least 1: as little as libsodium
 * allows. */
mi_key_work mi_key_work_new(int least);
/* Fails with ELIMIT (work beyond what this mien does), ENOMEM. */
mien_status mi_key_of_passphrase(const char *text, const mi_key_work *work,
                                 mi_key *out, mien_error *err);
/* Fails with EARG: fewer than MI_KEY_FILE_LEAST bytes. */
mien_status mi_key_of_file(const uint8_t *bytes, size_t n, mi_key *out,
                           mien_error *err);
/* Write a key so that it can be copied from paper: base32 in groups of four
 * and a check. */
void mi_key_to_text(const mi_key *key, char out[MI_KEY_RECOVERY]);
/* Read it, in letters of any size, with any blanks and hyphens.  Fails with
 * EARG: what is wrong. */
mien_status mi_key_of_text(const char *text, mi_key *out, mien_error *err);
/* A key for one use, by its number and name of 8 characters. */
void mi_key_derive(const mi_key *from, uint64_t number, const char name[8],
                   mi_key *out);

/* Put n bytes, sealed, behind what out has.
 *
 *   what  what these bytes are and whose: they open as nothing else */
void mi_seal(const mi_key *key, const char *what, const void *bytes, size_t n,
             mien_buffer *out);
/* The same of what a buffer has, which is overwritten and freed.  Fails with
 * ENOMEM: of the buffer, too. */
mien_status mi_seal_buffer(const mi_key *key, const char *what,
                           mien_buffer *plain, mien_buffer *out,
                           mien_error *err);
/* Open them; *out is terminated by a byte 0 that its n does not count, and
 * freed with mi_unsealed_free.  Fails with EFORMAT: another key, changed bytes,
 * or something else; ENOMEM. */
mien_status mi_unseal(const mi_key *key, const char *what, const uint8_t *bytes,
                      size_t n, mien_bytes *out, mien_error *err);
/* Overwrite and free. */
void mi_unsealed_free(mien_bytes *b);

/* The check of a text that follows one with the check `before`. */
void mi_key_mac(const mi_key *key, const uint8_t before[MI_KEY_MAC],
                const void *bytes, size_t n, uint8_t out[MI_KEY_MAC]);

#endif
