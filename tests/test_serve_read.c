/* What strangers give a server, and its file of keys: cut short, changed, and
 * without memory.
 *
 * Not as WebAssembly: jansson, libsodium and files. */
#include "base/alloc.h"
#include "check.h"
#include "mien/mien.h"
#include "serve/body.h"
#include "serve/keys.h"

#include <sys/stat.h>
#include <unistd.h>

static char keys_path[64];

static const char form[] = "--b\r\nContent-Disposition: form-data; "
                           "name=\"file\"; filename=\"a\"\r\n\r\nphoto\r\n"
                           "--b\r\ncontent-disposition: form-data; "
                           "name=source_image\r\n\r\nphoto\r\n--b\r\n"
                           "Content-Disposition: form-data; "
                           "name=\"target_image\"\r\n\r\nphoto\r\n--b--\r\n";

static const char multipart[] = "multipart/form-data; boundary=\"b\"";

static void test_bodies_cut_short_or_changed(void)
{
    size_t n = sizeof form - 1;
    char text[sizeof form];
    mi_body b = {0};
    CHECK_EQ(mi_body_read(multipart, (const uint8_t *)form, n, 0, &b, NULL),
             MIEN_OK);
    CHECK(b.n == 3 && mi_body_find(&b, "target_image")->n == 5);
    mi_body_free(&b);
    for (size_t i = 0; i < n; i++) {
        mien_error err = {0};
        if (mi_body_read(multipart, (const uint8_t *)form, i, 0, &b, &err))
            CHECK(err.text[0]);
        else
            CHECK(i >= n - 2); /* the new line behind the end */
        mi_body_free(&b);
        memcpy(text, form, n);
        text[i] ^= 1;
        err = (mien_error){0};
        if (mi_body_read(multipart, (const uint8_t *)text, n, 0, &b, &err))
            CHECK(err.text[0]);
        mi_body_free(&b);
    }
}

static void test_bodies_that_are_refused(void)
{
    static const struct {
        const char *type, *body;
        mien_status st;
    } all[] = {
        {NULL, "", MIEN_EUNSUP},
        {"application/jsonx", "{}", MIEN_EUNSUP},
        {"application/json", "[]", MIEN_EFORMAT},
        {"application/json", "{\"a\":1}", MIEN_EFORMAT},
        {"application/json", "{\"a\":\"\",\"a\":\"\"}", MIEN_EFORMAT},
        {"application/json",
         "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
         "[",
         MIEN_EFORMAT},
        {"application/json",
         "{\"a\":\"\",\"b\":\"\",\"c\":\"\",\"d\":\"\",\"e\":\"\",\"f\":\"\","
         "\"g\":\"\",\"h\":\"\",\"i\":\"\"}",
         MIEN_ELIMIT},
        {"multipart/form-data", "--\r\n", MIEN_EFORMAT},
        {"multipart/form-data; boundary=b", "--b\r\n\r\n\r\n--b--",
         MIEN_EFORMAT},
        {"multipart/form-data; boundary=b",
         "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b\r\n"
         "Content-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--",
         MIEN_EFORMAT},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        mi_body b = {0};
        mien_error err = {0};
        mien_status st = mi_body_read(all[i].type, (const uint8_t *)all[i].body,
                                      strlen(all[i].body), 0, &b, &err);
        CHECK_MSG(st == all[i].st && b.n == 0, "body %zu: %d, %s", i, st,
                  err.text);
        mi_body_free(&b);
    }
}

static void test_memory_ends(void)
{
    static const char json[] = "{\"a\":\"cGhvdG8=\",\"b\":\"\"}";
    static const char file[] = "mien keys 1\n";
    mien_status st = MIEN_ENOMEM;
    for (int plain = 0; plain < 2; plain++) {
        mi_body b = {0};
        st = MIEN_ENOMEM;
        for (int i = 0; st; i++) {
            mi_alloc_fail_after(i);
            st = mi_body_read("application/json", (const uint8_t *)json,
                              sizeof json - 1, plain, &b, NULL);
            mi_alloc_fail_after(-1);
            CHECK(!st || st == MIEN_ENOMEM);
        }
        CHECK_EQ(b.field[0].n, plain ? 8 : 5);
        mi_body_free(&b);
    }
    st = MIEN_ENOMEM;
    for (int i = 0; st; i++) {
        mien_serve_keys k = {0};
        mi_alloc_fail_after(i);
        st = mi_serve_keys_read((const uint8_t *)file, sizeof file - 1, &k,
                                NULL);
        mi_alloc_fail_after(-1);
        CHECK(!st || st == MIEN_ENOMEM);
        mien_serve_keys_free(&k);
    }
}

/* A key whose texts are these. */
static mien_serve_key key_of(const char *name, unsigned scopes,
                             const char *expiry)
{
    mien_serve_key k = {.scopes = scopes};
    snprintf(k.name, sizeof k.name, "%s", name);
    snprintf(k.expiry, sizeof k.expiry, "%s", expiry);
    return k;
}

static void test_keys_that_are_refused(void)
{
    char key[MIEN_SERVE_KEY_SIZE];
    struct stat about;
    mien_serve_key bad[] = {
        key_of("a\tb", 7, ""), key_of("", 7, ""),
        key_of("a", 0, ""),    key_of("a", MIEN_SERVE_ALL + 1, ""),
        key_of("a", 1, "x"),   key_of("a", 1, "2020-02-30"),
        key_of("a", 1, ""),    key_of("a", 1, ""),
        key_of("a", 1, ""),
    };
    snprintf(bad[6].basis, sizeof bad[6].basis, "whim");
    snprintf(bad[7].purpose, sizeof bad[7].purpose, "do\nor");
    bad[8].days = -1;
    unlink(keys_path);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        mien_error err = {0};
        CHECK_EQ(mien_serve_key_add(keys_path, &bad[i], key, &err), MIEN_EARG);
        CHECK(err.text[0]);
    }
    CHECK(stat(keys_path, &about) != 0);
}

static void test_files_of_keys(void)
{
    char key[MIEN_SERVE_KEY_SIZE];
    mien_serve_keys k = {0};
    mien_bytes b = {0};
    struct stat about;
    mien_serve_key a = key_of("t\xc3\xbcr \\", 200, "2030-01-01");
    snprintf(a.purpose, sizeof a.purpose, "the door");
    snprintf(a.basis, sizeof a.basis, "consent");
    a.days = 30;
    unlink(keys_path);
    CHECK_EQ(mien_serve_key_add(keys_path, &a, key, NULL), MIEN_OK);
    CHECK(stat(keys_path, &about) == 0 && (about.st_mode & 0777) == 0600);
    CHECK_EQ(mien_serve_keys_load(keys_path, &k, NULL), MIEN_OK);
    CHECK(k.n == 1 && memcmp(&k.key[0], &a, sizeof a) == 0);
    mien_serve_keys_free(&k);
    CHECK_EQ(mien_file_load(keys_path, 0, &b, NULL), MIEN_OK);
    CHECK(b.n && !memmem(b.data, b.n, key, 64));
    for (size_t i = 0; i < b.n; i++) {
        mien_error err = {0};
        if (mi_serve_keys_read(b.data, i, &k, &err))
            CHECK(err.text[0]);
        else
            CHECK(i == 12 && k.n == 0);
        mien_serve_keys_free(&k);
    }
    mien_bytes_free(&b);
    CHECK_EQ(mien_serve_key_revoke(keys_path, "00000000", NULL), MIEN_EARG);
    unlink(keys_path);
}

/* Files of before purposes are read still. */
static void test_old_files_of_keys(void)
{
    char text[200];
    mien_serve_keys k = {0};
    int n = snprintf(text, sizeof text,
                     "mien keys 1\n0a1b2c3d\t%064d\t7\t\tdoor\n", 0);
    CHECK_EQ(mi_serve_keys_read((const uint8_t *)text, (size_t)n, &k, NULL),
             MIEN_OK);
    CHECK(k.n == 1 && k.key[0].scopes == 7 && !*k.key[0].purpose &&
          !k.key[0].days && !strcmp(k.key[0].name, "door"));
    mien_serve_keys_free(&k);
    text[10] = '2'; /* its lines have too few fields then */
    CHECK_EQ(mi_serve_keys_read((const uint8_t *)text, (size_t)n, &k, NULL),
             MIEN_EFORMAT);
}

static void test_roles(void)
{
    unsigned all = 0;
    for (int r = MIEN_SERVE_VIEWER; r <= MIEN_SERVE_ADMIN; r++) {
        unsigned scopes = mien_serve_role_scopes((mien_serve_role)r);
        CHECK(scopes && scopes <= MIEN_SERVE_ALL);
        CHECK(r == MIEN_SERVE_ADMIN || !(scopes & MIEN_SERVE_ERASE));
        all |= scopes;
    }
    CHECK_EQ(all, MIEN_SERVE_ALL);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    snprintf(keys_path, sizeof keys_path, "/tmp/mien_read_%d", (int)getpid());
    RUN(test_bodies_cut_short_or_changed);
    RUN(test_bodies_that_are_refused);
    RUN(test_memory_ends);
    RUN(test_keys_that_are_refused);
    RUN(test_files_of_keys);
    RUN(test_old_files_of_keys);
    RUN(test_roles);
    return check_done();
}
