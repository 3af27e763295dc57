/* Any bytes as a file of results: what is read is whole lines, and what is
 * added afterwards is there when it is read again. */
#include "mien/file_results.h"

#include "mien/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

/* A path for this process, whose settings are there. */
static const char *own_path(void)
{
    static char path[64], settings[80];
    if (*path)
        return path;
    snprintf(path, sizeof path, "/tmp/fuzz_results_%ld", (long)getpid());
    snprintf(settings, sizeof settings, "%s.settings", path);
    must(mien_file_save(settings, "fuzz", 4, NULL) == MIEN_OK);
    return path;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char line[] = "{\"file\": \"added \\u00e9\"}\n";
    const char *path = own_path();
    mien_results *r = NULL;
    mien_error err = {0};
    must(mien_file_save(path, bytes, n, NULL) == MIEN_OK);
    mien_status st = mien_results_open(path, "fuzz", &r, &err);
    if (st) {
        must(!r && err.status == st && err.text[0]);
        return 0;
    }
    int64_t count = mien_results_count(r);
    must(count >= 0 && (size_t)count <= n / 10);
    must(mien_results_add(r, line, sizeof line - 1, &err) == MIEN_OK);
    must(mien_results_close(r, &err) == MIEN_OK);
    must(mien_results_open(path, "fuzz", &r, &err) == MIEN_OK);
    must(mien_results_count(r) == count + 1);
    must(mien_results_has(r, "added \xc3\xa9"));
    must(mien_results_close(r, &err) == MIEN_OK);
    return 0;
}
