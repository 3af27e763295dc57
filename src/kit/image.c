/* image.c: photos from files. */
#include "kit/image.h"

#include "base/error.h"
#include "mien/file.h"

#include <string.h>
#include <strings.h>

enum { JPEG_QUALITY = 92 };

mien_status mi_file_fail(mien_error *err, mien_status st, const char *path,
                         const char *why)
{
    enum { ROOM = sizeof err->text - sizeof ": " };
    size_t n = strlen(why);
    int shown = n < ROOM ? (int)(ROOM - n) : 0;
    return mi_fail(err, st, "%.*s: %s", shown, path, why);
}

/* "path: cannot open: why" -> "cannot open: why" */
static void without_path(const char *path, mien_error *err)
{
    enum { SHOWN = 120 }; /* mien_file_load cuts a longer path */
    size_t n = strnlen(path, SHOWN);
    const char *rest = err->text + n;
    if (strncmp(err->text, path, n) == 0 && strncmp(rest, ": ", 2) == 0)
        memmove(err->text, rest + 2, strlen(rest + 2) + 1);
}

/* The bytes of a file; the text of a failure does not name it. */
static mien_status load(const char *path, mien_bytes *out, mien_error *err)
{
    mien_status st = mien_file_load(path, 0, out, err);
    if (st != MIEN_OK && err)
        without_path(path, err);
    return st;
}

mien_status mi_photo_load(const char *path, const mien_read_options *options,
                          mien_photo *out, mien_error *err)
{
    mien_bytes bytes = {0};
    mien_status st = load(path, &bytes, err);
    if (st == MIEN_OK)
        st = mien_photo_read(bytes.data, bytes.n, options, out, err);
    mien_bytes_free(&bytes);
    return st;
}

mien_status mien_photo_load(const char *path, const mien_read_options *options,
                            mien_photo *out, mien_error *err)
{
    mien_error why = {0};
    mien_status st = mi_photo_load(path, options, out, &why);
    return st == MIEN_OK ? st : mi_file_fail(err, st, path, why.text);
}

mien_status mien_image_load(const char *path, const mien_read_options *options,
                            mien_image *out, mien_error *err)
{
    mien_bytes bytes = {0};
    mien_error why = {0};
    mien_status st = load(path, &bytes, &why);
    if (st == MIEN_OK)
        st = mien_image_read(bytes.data, bytes.n, options, out, &why);
    mien_bytes_free(&bytes);
    return st == MIEN_OK ? st : mi_file_fail(err, st, path, why.text);
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

mien_status mien_image_save(const char *path, const mien_image *im,
                            mien_error *err)
{
    const char *dot = strrchr(path, '.');
    mien_bytes bytes = {0};
    mien_error why = {0};
    mien_status st;
    if (dot && strcasecmp(dot, ".png") == 0)
        st = mien_image_write_png(im, &bytes, &why);
    else if (dot && (!strcasecmp(dot, ".jpg") || !strcasecmp(dot, ".jpeg")))
        st = mien_image_write_jpeg(im, JPEG_QUALITY, &bytes, &why);
    else
        st = mi_fail(&why, MIEN_EARG,
                     "a name that ends in .png, .jpg or .jpeg is wanted");
    if (st != MIEN_OK)
        return mi_file_fail(err, st, path, why.text);
    st = mien_file_save(path, bytes.data, bytes.n, err);
    mien_bytes_free(&bytes);
    return st;
}
