/* image.c: photos from files. */
#include "mien/kit.h"

#include "mien/file.h"

#include <string.h>

/* "path: cannot open: why" -> "cannot open: why" */
static void without_path(const char *path, mien_error *err)
{
    enum { SHOWN = 120 }; /* mien_file_load cuts a longer path */
    size_t n = strnlen(path, SHOWN);
    const char *rest = err->text + n;
    if (strncmp(err->text, path, n) == 0 && strncmp(rest, ": ", 2) == 0)
        memmove(err->text, rest + 2, strlen(rest + 2) + 1);
}

mien_status mien_image_load(const char *path, const mien_read_options *options,
                            mien_image *out, mien_error *err)
{
    mien_bytes bytes = {0};
    mien_status st = mien_file_load(path, 0, &bytes, err);
    if (st != MIEN_OK && err)
        without_path(path, err);
    if (st == MIEN_OK)
        st = mien_image_read(bytes.data, bytes.n, options, out, err);
    mien_bytes_free(&bytes);
    return st;
}

mien_status mien_gray_load(const char *path, const mien_read_options *options,
                           mien_gray *out, mien_error *err)
{
    mien_image im = {0};
    mien_status st = mien_image_load(path, options, &im, err);
    if (st == MIEN_OK)
        st = mien_gray_from(&im, out, err);
    mien_image_free(&im);
    return st;
}
