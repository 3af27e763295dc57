/* labels.c: labelled pictures by path. */
#include "kit/image.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/file.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static int is_picture(const char *path)
{
    static const char *const ending[] = {
        ".jpg", ".jpeg", ".jpe", ".jfif", ".png",  ".webp", ".gif", ".ppm",
        ".pgm", ".pnm",  ".pbm", ".heic", ".heif", ".hif",  ".avif"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof ending / sizeof *ending; i++)
        if (!strcasecmp(dot, ending[i]))
            return 1;
    return 0;
}

/* What the names of a folder's pictures say. */
static mien_status of_folder(const char *folder, mien_labels *out,
                             mien_error *err)
{
    mien_paths files = {0};
    mien_status st = mien_folder_list(folder, &files, err);
    if (st)
        return st;
    const char **path = mi_alloc((size_t)files.n + 1, sizeof *path);
    int64_t n = 0;
    for (int64_t i = 0; path && i < files.n; i++)
        if (is_picture(files.path[i]))
            path[n++] = files.path[i];
    mien_error why = {0};
    st = !path ? mi_no_memory(&why)
         : n   ? mien_labels_of_paths(n, path, out, &why)
               : mi_fail(&why, MIEN_EFORMAT, "no pictures in this folder");
    mi_free(path);
    mien_paths_free(&files);
    return st ? mi_file_fail(err, st, folder, why.text) : st;
}

/* What a file says. */
static mien_status of_file(const char *path, mien_labels *out, mien_error *err)
{
    mien_map map = {0};
    mien_error why = {0};
    mien_status st = mien_file_map(path, MIEN_LABELS_MAX_BYTES, &map, err);
    if (st)
        return st;
    st = mien_labels_read(map.data, map.n, out, &why);
    mien_file_unmap(&map);
    return st ? mi_file_fail(err, st, path, why.text) : st;
}

mien_status mien_labels_load(const char *path, mien_labels *out,
                             mien_error *err)
{
    struct stat is;
    mien_labels l = {0};
    int folder = stat(path, &is) == 0 && S_ISDIR(is.st_mode);
    const char *slash = strrchr(path, '/');
    size_t n = folder ? strlen(path) : slash ? (size_t)(slash - path) + 1 : 0;
    mien_status st = folder ? of_folder(path, &l, err) : of_file(path, &l, err);
    if (st)
        return st;
    l.folder = n ? mi_alloc(n + 1, 1) : NULL;
    if (n && !l.folder) {
        mien_labels_free(&l);
        return mi_no_memory(err);
    }
    if (n)
        memcpy(l.folder, path, n);
    *out = l;
    return MIEN_OK;
}

mien_status mien_labels_vote(const char *path, mien_labels *l, mien_error *err)
{
    mien_map map = {0};
    mien_error why = {0};
    mien_status st = mien_file_map(path, MIEN_LABELS_MAX_BYTES, &map, err);
    if (st)
        return st;
    st = mien_fer_votes_read(map.data, map.n, l, &why);
    mien_file_unmap(&map);
    return st ? mi_file_fail(err, st, path, why.text) : st;
}

mien_status mien_folder_image(void *folder, const char *name, mien_image *out,
                              mien_error *err)
{
    const char *const *in = folder, *path = name;
    const mien_read_options whole = {.strict = 1};
    char *joined = NULL;
    mien_photo photo;
    if (in && *in) {
        size_t size = strlen(*in) + strlen(name) + 2;
        path = joined = mi_alloc(size, 1);
        if (!joined)
            return mi_no_memory(err);
        snprintf(joined, size, "%s/%s", *in, name);
    }
    mien_status st = mi_photo_load(path, &whole, &photo, err);
    mi_free(joined);
    if (!st)
        *out = photo.im;
    return st;
}
