/* cascades.c: cascades by name or by file. */
#include "mien/kit.h"

#include "base/error.h"
#include "mien/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGEST = 256 << 20 }; /* of a file, packed or not */

/* A cascade of a file, which may be packed by gzip. */
static mien_status load_file(const char *path, mien_cascade **out,
                             mien_error *err)
{
    mien_bytes bytes, plain = {0};
    mien_error why = {0};
    mien_status st = mien_file_load(path, LARGEST, &bytes, err);
    if (st != MIEN_OK)
        return st;
    st = mien_file_gunzip(bytes.data, bytes.n, LARGEST, &plain, &why);
    const mien_bytes *xml = plain.data ? &plain : &bytes;
    if (st == MIEN_OK)
        st = mien_cascade_read(xml->data, xml->n, out, &why);
    mien_bytes_free(&plain);
    mien_bytes_free(&bytes);
    return st == MIEN_OK ? st : mi_fail(err, st, "%s: %s", path, why.text);
}

/* A file of that name in a folder, with or without OpenCV's prefix and the
 * ending, packed or not. */
static int in_folder(const char *folder, const char *name, char *path)
{
    static const char *const prefix[] = {"", "haarcascade_", "lbpcascade_"};
    static const char *const ending[] = {"", ".xml", ".xml.gz"};
    struct stat s;
    for (int i = 0; folder && i < 9; i++) {
        int n = snprintf(path, MIEN_PATH_MAX, "%s/%s%s%s", folder,
                         prefix[i % 3], name, ending[i / 3]);
        if (n > 0 && n < MIEN_PATH_MAX && stat(path, &s) == 0 &&
            !S_ISDIR(s.st_mode))
            return 1;
    }
    return 0;
}

mien_status mien_cascade_load(const char *name, const char *folder,
                              mien_cascade **out, mien_error *err)
{
    if (!strcmp(name, "face"))
        return mien_cascade_own(name, out, err);
    if (strchr(name, '/') || !strcmp(name, "-") || access(name, F_OK) == 0)
        return load_file(name, out, err);
    const char *const places[] = {folder, getenv("MIEN_CASCADES"),
                                  "/usr/share/opencv4/haarcascades",
                                  "/usr/share/opencv4/lbpcascades"};
    char path[MIEN_PATH_MAX];
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (in_folder(places[i], name, path))
            return load_file(path, out, err);
    return mi_fail(err, MIEN_EIO,
                   "cascade '%s': no such file, nor a cascade of that name in "
                   "%s%s/usr/share/opencv4 (Debian's package opencv-data); "
                   "'face' needs no file",
                   name, folder ? folder : "", folder ? " or " : "");
}

void mien_cascade_short_name(const char *name, char *out, size_t size)
{
    static const char *const prefix[] = {"haarcascade_", "lbpcascade_"};
    const char *from = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
    for (size_t i = 0; i < 2; i++)
        if (!strncmp(from, prefix[i], strlen(prefix[i])))
            from += strlen(prefix[i]);
    size_t n = strlen(from);
    for (size_t i = 0; i < 2; i++) {
        const char *ending = i ? ".xml" : ".gz";
        size_t m = strlen(ending);
        if (n > m && !strncmp(from + n - m, ending, m))
            n -= m;
    }
    snprintf(out, size, "%.*s", (int)n, from);
}
