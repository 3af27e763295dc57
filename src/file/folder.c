/* folder.c: folders, and files inside them. */
#include "mien/file.h"

#include "base/alloc.h"
#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int is_folder(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

/* Make the folder that a path names up to `end`, which is put back. */
static int make_one(char *path, char *end)
{
    char after = *end;
    *end = 0;
    int made = mkdir(path, 0777) == 0;
    int why = errno;
    made = made || is_folder(path);
    *end = after;
    errno = why;
    return made;
}

mien_status mien_folder_make(const char *path, mien_error *err)
{
    size_t n = strlen(path);
    char *copy = mi_alloc(n + 2, 1);
    int made = copy != NULL;
    if (!copy)
        return mi_no_memory(err);
    memcpy(copy, path, n + 1);
    for (char *p = copy + 1; made; p++) {
        if (*p && *p != '/')
            continue;
        made = make_one(copy, p);
        if (!*p)
            break;
    }
    int why = errno;
    mi_free(copy);
    return made ? MIEN_OK
                : mi_fail(err, MIEN_EIO, "%.120s: %s", path,
                          why == EEXIST ? "is a file, wanted a folder"
                                        : strerror(why));
}

/* "folder/name", released with mi_free. */
static mien_status join(const char *folder, const char *name, char **out,
                        mien_error *err)
{
    size_t n = strlen(folder), size = n + strlen(name) + 2;
    char *path = mi_alloc(size, 1);
    if (!path)
        return mi_no_memory(err);
    snprintf(path, size, "%s%s%s", folder, n && folder[n - 1] == '/' ? "" : "/",
             name);
    *out = path;
    return MIEN_OK;
}

mien_status mien_folder_load(const char *folder, const char *name,
                             mien_bytes *out, mien_error *err)
{
    char *path = NULL;
    mien_status st = join(folder, name, &path, err);
    if (!st)
        st = mien_file_load(path, 0, out, err);
    mi_free(path);
    return st;
}

mien_status mien_folder_save(const char *folder, const char *name,
                             const void *bytes, size_t n, mien_error *err)
{
    char *path = NULL;
    mien_status st = join(folder, name, &path, err);
    if (!st)
        st = mien_file_save(path, bytes, n, err);
    mi_free(path);
    return st;
}

mien_status mien_folder_save_buffer(const char *folder, const char *name,
                                    mien_buffer *b, mien_error *err)
{
    mien_status st = b->failed
                         ? mi_no_memory(err)
                         : mien_folder_save(folder, name, b->data, b->n, err);
    mien_buffer_free(b);
    return st;
}
