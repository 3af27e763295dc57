/* list.c: what files lie in a folder and in the folders below it. */
#include "mien/file.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DEPTH = 32 };

/* A folder that is gone through, and those above it. */
typedef struct place {
    const struct place *above;
    const char *path; /* to open it */
    size_t root;      /* of the path: what is not part of names */
    int depth;
    struct stat is;
} place;

void mien_paths_free(mien_paths *p)
{
    if (!p)
        return;
    for (int64_t i = 0; i < p->n; i++)
        mi_free(p->path[i]);
    mi_free(p->path);
    *p = (mien_paths){0};
}

static char *join(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = mi_alloc(size, 1);
    if (path)
        snprintf(path, size, "%s/%s", folder, name);
    return path;
}

/* Do links lead back to a folder above? */
static int is_above(const place *p, const struct stat *s)
{
    for (; p; p = p->above)
        if (p->is.st_dev == s->st_dev && p->is.st_ino == s->st_ino)
            return 1;
    return 0;
}

/* List a folder. */
static mien_status add_folder(const place *p, mien_paths *out, mien_error *err);

/* Add an entry of a folder: a file, or what lies in a folder. */
static mien_status add_entry(const place *p, const char *name, mien_paths *out,
                             mien_error *err)
{
    place inner = {.above = p, .root = p->root, .depth = p->depth + 1};
    char *path = name[0] == '.' ? NULL : join(p->path, name);
    if (!path)
        return name[0] == '.' ? MIEN_OK : mi_no_memory(err);
    mien_status st = MIEN_OK;
    inner.path = path;
    if (stat(path, &inner.is) != 0) {
        mi_free(path); /* a link that leads nowhere, or a file just removed */
        return MIEN_OK;
    }
    if (S_ISREG(inner.is.st_mode)) {
        char **at = mi_push(&out->path, out->n, sizeof *at);
        size_t n = strlen(path) - p->root + 1;
        char *shown = at ? mi_alloc(n, 1) : NULL;
        if (shown) {
            memcpy(shown, path + p->root, n);
            *at = shown;
            out->n++;
        } else {
            st = mi_no_memory(err);
        }
    } else if (S_ISDIR(inner.is.st_mode) && !is_above(p, &inner.is)) {
        st = inner.depth <= DEPTH
                 ? add_folder(&inner, out, err)
                 : mi_fail(err, MIEN_ELIMIT,
                           "%.120s: more than %d folders deep", path, DEPTH);
    }
    mi_free(path);
    return st;
}

static mien_status add_folder(const place *p, mien_paths *out, mien_error *err)
{
    DIR *d = opendir(p->path);
    mien_status st = MIEN_OK;
    if (!d)
        return mi_fail(err, MIEN_EIO, "%.120s: cannot open: %s", p->path,
                       strerror(errno));
    for (struct dirent *e = readdir(d); !st && e; e = readdir(d))
        st = add_entry(p, e->d_name, out, err);
    closedir(d);
    return st;
}

static int by_name(const void *a, const void *b)
{
    char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

mien_status mien_folder_list(const char *folder, mien_paths *out,
                             mien_error *err)
{
    mien_paths found = {0};
    place p = {.path = folder, .root = strlen(folder) + 1};
    if (stat(folder, &p.is) != 0)
        return mi_fail(err, MIEN_EIO, "%.120s: cannot open: %s", folder,
                       strerror(errno));
    mien_status st = add_folder(&p, &found, err);
    if (st) {
        mien_paths_free(&found);
        return st;
    }
    if (found.n)
        qsort(found.path, (size_t)found.n, sizeof *found.path, by_name);
    *out = found;
    return MIEN_OK;
}
