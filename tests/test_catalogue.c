/* The catalogue is whole, and its digests are those of the files that are
 * there: the embedded detector, and the converted networks where they are
 * installed. */
/* Not as WebAssembly: needs libsodium. */
#include "mien/file.h"
#include "mien/model.h"

#include "check.h"

#include <ctype.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_digest(const char *text)
{
    size_t n = 0;
    for (; text[n]; n++)
        if (!isdigit((unsigned char)text[n]) &&
            !(text[n] >= 'a' && text[n] <= 'f'))
            return 0;
    return n == 64;
}

static void digest_of(const uint8_t *bytes, size_t n, char out[65])
{
    unsigned char sum[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(sum, bytes, n);
    sodium_bin2hex(out, 65, sum, sizeof sum);
}

static void test_entries_are_whole(void)
{
    const mien_model_entry *e;
    int n = 0;
    for (; (e = mien_model_at(n)); n++) {
        CHECK(e->name && e->task && e->licence && e->summary && e->source);
        CHECK_MSG(is_digest(e->sha256), "%s", e->name);
        CHECK(mien_model_find(e->name) == e);
        CHECK(strchr(e->file, '/') == NULL && strstr(e->file, ".onnx"));
        for (int k = 0; k < n; k++)
            CHECK(strcmp(mien_model_at(k)->name, e->name) != 0);
        CHECK(!e->note || e->install);
        CHECK(!e->source_sha256 || is_digest(e->source_sha256));
        if (!e->manifest_sha256)
            continue;
        CHECK(is_digest(e->manifest_sha256) && is_digest(e->source_sha256));
        CHECK(strncmp(e->source_file, "model", 5) == 0);
    }
    CHECK_EQ(n, 10);
    CHECK(!mien_model_at(-1) && !mien_model_at(n));
    CHECK(!mien_model_find("nobody") && !mien_model_find(""));
}

static void test_the_embedded_detector(void)
{
    size_t n = 0;
    char digest[65];
    const uint8_t *bytes = mien_model_embedded("yunet_n", &n);
    CHECK(bytes && n > 100000 && (uintptr_t)bytes % 16 == 0);
    CHECK(mien_model_embedded("yunet", &n) == bytes);
    CHECK(!mien_model_embedded("face_recognition", &n));
    digest_of(bytes, n, digest);
    CHECK(strcmp(digest, mien_model_find("yunet_n")->sha256) == 0);
}

static int test_installed_files(void)
{
    const char *dir = getenv("MIEN_MODELS");
    const mien_model_entry *e;
    int missing = 0;
    for (int i = 0; (e = mien_model_at(i)); i++) {
        char path[1024], digest[65];
        mien_bytes file = {0};
        snprintf(path, sizeof path, "%s/%s",
                 dir ? dir : "build/share/mien/models", e->file);
        if (!e->source_sha256)
            continue;
        if (mien_file_load(path, 0, &file, NULL) != MIEN_OK) {
            missing += !e->install;
            continue;
        }
        digest_of(file.data, file.n, digest);
        CHECK_MSG(strcmp(digest, e->sha256) == 0, "%s: %s, want %s", path,
                  digest, e->sha256);
        mien_bytes_free(&file);
    }
    return missing;
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_entries_are_whole);
    RUN(test_the_embedded_detector);
    int missing = test_installed_files();
    if (missing)
        printf("SKIP %d converted networks are not installed\n", missing);
    return check_done();
}
