/* cli_cascades.c: cascades by name or by file. */
#include "cli/cli_cascades.h"

#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static mien_status load_file(const char *path, mien_cascade **out,
                             mien_error *err)
{
    mien_bytes bytes;
    mien_status st = mien_file_load(path, (size_t)256 << 20, &bytes, err);
    if (st != MIEN_OK)
        return st;
    mien_error why = {0};
    st = mien_cascade_read(bytes.data, bytes.n, out, &why);
    mien_bytes_free(&bytes);
    return st == MIEN_OK ? st : mi_fail(err, st, "%s: %s", path, why.text);
}

/* A file of that name in a folder, with or without OpenCV's prefix and the
 * ending. */
static int in_folder(const char *folder, const char *name, char *path,
                     size_t size)
{
    static const char *const forms[] = {
        "%s/%s", "%s/%s.xml", "%s/haarcascade_%s.xml", "%s/lbpcascade_%s.xml"};
    for (size_t i = 0; folder && i < sizeof forms / sizeof *forms; i++) {
        mien_buffer b = {0};
        const char *p = forms[i];
        for (int argument = 0; *p; p++) {
            if (*p != '%') {
                mien_buffer_put(&b, p, 1);
                continue;
            }
            mien_buffer_puts(&b, argument++ ? name : folder);
            p++;
        }
        mien_buffer_put(&b, "", 1);
        int there =
            !b.failed && b.n <= size && access((const char *)b.data, F_OK) == 0;
        if (there)
            memcpy(path, b.data, b.n);
        mien_buffer_free(&b);
        if (there)
            return 1;
    }
    return 0;
}

mien_status cli_cascade_load(const char *name, const char *folder,
                             mien_cascade **out, mien_error *err)
{
    if (!strcmp(name, "face"))
        return mien_cascade_own(name, out, err);
    if (strchr(name, '/') || access(name, F_OK) == 0)
        return load_file(name, out, err);
    const char *const places[] = {folder, getenv("MIEN_CASCADES"),
                                  "/usr/share/opencv4/haarcascades",
                                  "/usr/share/opencv4/lbpcascades"};
    char path[4096];
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (in_folder(places[i], name, path, sizeof path))
            return load_file(path, out, err);
    return mi_fail(err, MIEN_EIO,
                   "cascade '%s': no such file, nor a cascade of that name in "
                   "%s%s/usr/share/opencv4 (Debian's package opencv-data); "
                   "'face' needs no file",
                   name, folder ? folder : "", folder ? " or " : "");
}

void cli_cascade_name(const char *name, char *out, size_t size)
{
    static const char *const prefix[] = {"haarcascade_", "lbpcascade_"};
    const char *from = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
    for (size_t i = 0; i < 2; i++)
        if (!strncmp(from, prefix[i], strlen(prefix[i])))
            from += strlen(prefix[i]);
    size_t n = strlen(from);
    if (n > 4 && !strcmp(from + n - 4, ".xml"))
        n -= 4;
    snprintf(out, size, "%.*s", (int)n, from);
}
