/* app.c: the files of the app for browsers.
 *
 * The folder is listed once.  A path that a request names is looked up in the
 * list and is no path of the system until it is found there. */
#include "serve/app.h"

#include "base/alloc.h"
#include "base/error.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The page's own, in index.html, and that nobody may frame it. */
const char mi_app_policy[] =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
    "style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "connect-src 'self' blob:; worker-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static const struct {
    const char *end, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".svg", "image/svg+xml"},
    {".wasm", "application/wasm"},
    {".webmanifest", "application/manifest+json"},
    {".xml", "text/xml"},
};

mien_status mi_app_open(mi_app *a, const char *folder, mien_error *err)
{
    size_t n = strlen(folder) + 1;
    mi_app app = {.folder = mi_alloc(n, 1)};
    if (!app.folder)
        return mi_no_memory(err);
    memcpy(app.folder, folder, n);
    mien_status st = mien_folder_list(folder, &app.files, err);
    if (!st && mi_app_find(&app, "/") < 0)
        st = mi_fail(err, MIEN_EIO,
                     "%.120s: no index.html: this is not the app (--app)",
                     folder);
    if (st)
        mi_app_close(&app);
    else
        *a = app;
    return st;
}

void mi_app_close(mi_app *a)
{
    mi_free(a->folder);
    mien_paths_free(&a->files);
    *a = (mi_app){0};
}

int mi_app_find(const mi_app *a, const char *path)
{
    if (!a->folder || *path != '/')
        return -1;
    const char *name = path[1] ? path + 1 : "index.html";
    int64_t from = 0, to = a->files.n;
    while (from < to) {
        int64_t at = from + (to - from) / 2;
        int order = strcmp(a->files.path[at], name);
        if (order == 0)
            return (int)at;
        if (order < 0)
            from = at + 1;
        else
            to = at;
    }
    return -1;
}

int mi_app_file(const mi_app *a, int at, size_t *size)
{
    char path[4096];
    struct stat about;
    int n = snprintf(path, sizeof path, "%s/%s", a->folder, a->files.path[at]);
    if (n < 0 || n >= (int)sizeof path)
        return -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0 && (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))) {
        close(fd);
        return -1;
    }
    if (fd >= 0)
        *size = (size_t)about.st_size;
    return fd;
}

const char *mi_app_type(const mi_app *a, int at)
{
    const char *name = a->files.path[at];
    size_t n = strlen(name);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        size_t k = strlen(types[i].end);
        if (n > k && strcmp(name + n - k, types[i].end) == 0)
            return types[i].type;
    }
    return "application/octet-stream";
}

const char *mi_app_cache(const mi_app *a, int at)
{
    return strncmp(a->files.path[at], "assets/", 7) == 0
               ? "public, max-age=31536000, immutable"
               : "no-cache";
}
