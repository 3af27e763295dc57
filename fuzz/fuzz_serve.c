/* Any bytes as what strangers give a server: by the first byte a file of keys,
 * JSON of base64 or of texts, a part of a path, or a form, whose boundary's
 * length follows.
 * Fields that are read lie in the body, and each can be found by its name. */
#include "serve/ask.h"
#include "serve/body.h"
#include "serve/keys.h"

#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

static void try_body(const char *type, const uint8_t *bytes, size_t n,
                     int plain)
{
    mi_body b = {0};
    mien_error err = {0};
    unsigned sum = 0;
    if (mi_body_read(type, bytes, n, plain, &b, &err) != MIEN_OK) {
        must(err.status && err.text[0] && b.n == 0);
        return;
    }
    must(b.n <= MI_BODY_FIELDS);
    for (int i = 0; i < b.n; i++) {
        const mi_form_field *f = &b.field[i];
        must(mi_body_find(&b, f->name) == f);
        must(f->own || (f->data >= bytes && f->n <= n));
        for (size_t k = 0; k < f->n; k++)
            sum += f->data[k];
    }
    must(sum <= 255U * n);
    mi_body_free(&b);
}

static void try_keys(const uint8_t *bytes, size_t n)
{
    mien_serve_keys k = {0};
    mien_error err = {0};
    if (mi_serve_keys_read(bytes, n, &k, &err) != MIEN_OK) {
        must(err.status && err.text[0] && k.n == 0);
        return;
    }
    for (int i = 0; i < k.n; i++)
        must(k.key[i].scopes >= 1 && k.key[i].scopes <= MIEN_SERVE_ALL &&
             strlen(k.key[i].id) == 8 && *k.key[i].name);
    mien_serve_keys_free(&k);
}

static void try_path(const uint8_t *bytes, size_t n)
{
    char text[300];
    snprintf(text, sizeof text, "%.*s", (int)(n < 299 ? n : 299),
             (const char *)bytes);
    size_t before = strlen(text), after = mi_ask_unescape(text);
    must(after <= before && after >= before / 3 && strlen(text) == after);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char type[128];
    if (n < 2)
        return 0;
    if (*bytes == 'k') {
        try_keys(bytes + 1, n - 1);
    } else if (*bytes == '/') {
        try_path(bytes + 1, n - 1);
    } else if (*bytes == 'j') {
        try_body("application/json", bytes + 1, n - 1, 0);
    } else if (*bytes == 't') {
        try_body("application/json", bytes + 1, n - 1, 1);
    } else {
        size_t len = bytes[1] % 80U;
        if (len > n - 2)
            len = n - 2;
        snprintf(type, sizeof type, "multipart/form-data; boundary=%.*s",
                 (int)len, (const char *)bytes + 2);
        try_body(type, bytes + 2 + len, n - 2 - len, 0);
    }
    return 0;
}
