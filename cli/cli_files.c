/* cli_files.c: the photos that a command line names. */
#include "cli/cli_files.h"

#include "base/alloc.h"
#include "cli/cli.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* Folders inside folders; also ends a loop of links. */
enum { DEPTH_MAX = 32 };

static const char *const endings[] = {".jpg", ".jpeg", ".jpe", ".jfif",
                                      ".png", ".webp", ".gif", ".ppm",
                                      ".pgm", ".pnm"};

char *cli_text_copy(const char *text, size_t n)
{
    char *copy = mi_alloc(n + 1, 1);
    if (copy)
        memcpy(copy, text, n);
    return copy;
}

char *cli_path_join(const char *a, const char *b)
{
    size_t n = strlen(a) + strlen(b) + 2;
    const char *between = *a && a[strlen(a) - 1] == '/' ? "" : "/";
    char *path = mi_alloc(n, 1);
    if (path)
        snprintf(path, n, "%s%s%s", a, between, b);
    return path;
}

int cli_is_folder(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

static int looks_like_photo(const char *name)
{
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot, endings[i]) == 0)
            return 1;
    return 0;
}

/* Takes over path.  root is the length of the folder's part of it. */
static void append(cli_files *f, char *path, size_t root, const char *error)
{
    if (path && f->n == f->cap) {
        int cap = f->cap ? 2 * f->cap : 64;
        cli_file *grown = mi_alloc((size_t)cap, sizeof *grown);
        if (grown && f->n)
            memcpy(grown, f->file, (size_t)f->n * sizeof *grown);
        if (grown) {
            mi_free(f->file);
            f->file = grown;
            f->cap = cap;
        }
    }
    if (!path || f->n == f->cap) {
        mi_free(path);
        f->failed = 1;
        return;
    }
    cli_file *one = &f->file[f->n++];
    *one = (cli_file){.path = path, .name = path + root};
    while (*one->name == '/')
        one->name++;
    if (error) {
        one->error.status = MIEN_EIO;
        snprintf(one->error.text, sizeof one->error.text, "%s", error);
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

typedef struct name_list {
    char **name;
    int n, cap;
} name_list;

static void free_names(name_list *l)
{
    for (int i = 0; i < l->n; i++)
        mi_free(l->name[i]);
    mi_free(l->name);
    *l = (name_list){0};
}

static int add_name(name_list *l, const char *name)
{
    if (l->n == l->cap) {
        int cap = l->cap ? 2 * l->cap : 64;
        char **grown = mi_alloc((size_t)cap, sizeof *grown);
        if (!grown)
            return 0;
        if (l->n)
            memcpy(grown, l->name, (size_t)l->n * sizeof *grown);
        mi_free(l->name);
        l->name = grown;
        l->cap = cap;
    }
    char *copy = cli_text_copy(name, strlen(name));
    if (copy)
        l->name[l->n++] = copy;
    return copy != NULL;
}

/* The names in a folder, in order, without hidden ones.  NULL, or why not. */
static const char *read_names(const char *path, name_list *l)
{
    DIR *d = opendir(path);
    if (!d)
        return strerror(errno);
    int enough = 1;
    /* cppcheck-suppress readdirCalled; the stream is this call's own */
    for (struct dirent *e; enough && (e = readdir(d));)
        if (e->d_name[0] != '.')
            enough = add_name(l, e->d_name);
    closedir(d);
    if (!enough)
        return "out of memory";
    if (l->n)
        qsort(l->name, (size_t)l->n, sizeof *l->name, by_name);
    return NULL;
}

static void add_folder(cli_files *f, const char *path, size_t root, int depth)
{
    int before = f->n;
    name_list list = {0};
    const char *error = read_names(path, &list);
    if (error)
        append(f, cli_text_copy(path, strlen(path)), 0, error);
    for (int i = 0; i < list.n && !error; i++) {
        char *inner = cli_path_join(path, list.name[i]);
        if (inner && cli_is_folder(inner)) {
            if (f->recursive && depth < DEPTH_MAX)
                add_folder(f, inner, root, depth + 1);
            mi_free(inner);
        } else if (!inner || looks_like_photo(list.name[i])) {
            append(f, inner, root, NULL);
        } else {
            mi_free(inner);
        }
    }
    free_names(&list);
    if (f->n == before && depth == 0)
        append(f, cli_text_copy(path, strlen(path)), 0,
               "no photos in this folder");
}

int cli_files_add(cli_files *f, const char *path)
{
    if (cli_is_folder(path)) {
        add_folder(f, path, strlen(path), 0);
    } else {
        const char *slash = strrchr(path, '/');
        append(f, cli_text_copy(path, strlen(path)),
               slash ? (size_t)(slash - path) : 0, NULL);
    }
    if (f->failed)
        cli_error("%s: out of memory", path);
    return !f->failed;
}

void cli_files_free(cli_files *f)
{
    for (int i = 0; i < f->n; i++)
        mi_free(f->file[i].path);
    mi_free(f->file);
    *f = (cli_files){0};
}

/* "path: cannot open: why" -> "cannot open: why" */
static void without_path(const char *path, mien_error *err)
{
    enum { SHOWN = 120 }; /* a longer path is cut */
    size_t n = strlen(path) < SHOWN ? strlen(path) : SHOWN;
    const char *rest = err->text + n;
    if (strncmp(err->text, path, n) == 0 && strncmp(rest, ": ", 2) == 0)
        memmove(err->text, rest + 2, strlen(rest + 2) + 1);
}

mien_status cli_file_load(const char *path, mien_bytes *out, mien_error *err)
{
    mien_status st = mien_file_load(path, 0, out, err);
    if (st != MIEN_OK)
        without_path(path, err);
    return st;
}

mien_status cli_file_save(const char *path, const mien_bytes *b,
                          mien_error *err)
{
    mien_status st = mien_file_save(path, b->data, b->n, err);
    if (st != MIEN_OK)
        without_path(path, err);
    return st;
}

int cli_output_ready(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? cli_text_copy(path, (size_t)(slash - path) + 1)
                         : cli_text_copy(".", 1);
    if (!folder) {
        cli_error("%s: out of memory", path);
        return 0;
    }
    int ready = access(folder, W_OK | X_OK) == 0;
    if (!ready)
        cli_error("%s: cannot be written: %s", path, strerror(errno));
    mi_free(folder);
    return ready;
}

int cli_folder_make(const char *path)
{
    char *copy = cli_text_copy(path, strlen(path));
    if (!copy) {
        cli_error("%s: out of memory", path);
        return 0;
    }
    int made = 0, why = 0;
    for (char *p = copy + 1;; p++) {
        if (*p && *p != '/')
            continue;
        char after = *p;
        *p = 0;
        made = mkdir(copy, 0777) == 0;
        why = errno;
        made = made || cli_is_folder(copy);
        *p = after;
        if (!made || !after)
            break;
    }
    if (!made)
        cli_error("%s: %s", path, strerror(why));
    mi_free(copy);
    return made;
}
