/* files.c: the photos that a command line names. */
#include "cli/shell/files.h"

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

char *cli_text_copy(const char *text, size_t n) { return strndup(text, n); }

char *cli_path_join(const char *a, const char *b)
{
    size_t n = strlen(a) + strlen(b) + 2;
    const char *between = *a && a[strlen(a) - 1] == '/' ? "" : "/";
    char *path = malloc(n);
    if (path)
        snprintf(path, n, "%s%s%s", a, between, b);
    return path;
}

int cli_is_folder(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

int cli_same_file(const char *a, const char *b)
{
    struct stat s, t;
    return stat(a, &s) == 0 && stat(b, &t) == 0 && s.st_dev == t.st_dev &&
           s.st_ino == t.st_ino;
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
        int cap = 2 * f->cap + 64;
        cli_file *grown = realloc(f->file, (size_t)cap * sizeof *grown);
        if (grown) {
            f->file = grown;
            f->cap = cap;
        }
    }
    if (!path || f->n == f->cap) {
        free(path);
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

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_shown(const struct dirent *e) { return e->d_name[0] != '.'; }

/* The photos of a folder in the order of their names, and of those in it. */
static void add_folder(cli_files *f, const char *path, size_t root, int depth)
{
    int before = f->n;
    struct dirent **list = NULL;
    int n = scandir(path, &list, is_shown, by_name);
    if (n < 0)
        append(f, strdup(path), 0, strerror(errno));
    for (int i = 0; i < n; i++) {
        char *inner = cli_path_join(path, list[i]->d_name);
        int folder = inner && cli_is_folder(inner);
        if (folder && f->recursive && depth < DEPTH_MAX)
            add_folder(f, inner, root, depth + 1);
        if (inner && (folder || !looks_like_photo(list[i]->d_name)))
            free(inner);
        else
            append(f, inner, root, NULL);
        free(list[i]);
    }
    free(list);
    if (f->n == before && depth == 0)
        append(f, strdup(path), 0, "no photos in this folder");
}

int cli_files_add(cli_files *f, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (cli_is_folder(path))
        add_folder(f, path, strlen(path), 0);
    else
        append(f, strdup(path), slash ? (size_t)(slash - path) : 0, NULL);
    if (f->failed)
        cli_error("%s: out of memory", path);
    return !f->failed;
}

int cli_files_named(cli_files *f, const cli_args *a, int *several)
{
    for (int i = 0; i < a->n_operands; i++) {
        *several |= cli_is_folder(a->operand[i]);
        if (!cli_files_add(f, a->operand[i]))
            return 0;
    }
    return 1;
}

void cli_files_free(cli_files *f)
{
    for (int i = 0; i < f->n; i++)
        free(f->file[i].path);
    free(f->file);
    *f = (cli_files){0};
}

void cli_without_path(const char *path, mien_error *err)
{
    size_t n = 0; /* a long path is cut */
    while (path[n] && path[n] == err->text[n])
        n++;
    const char *rest = err->text + n;
    if (strncmp(rest, ": ", 2) == 0)
        memmove(err->text, rest + 2, strlen(rest + 2) + 1);
}

mien_status cli_file_load(const char *path, mien_bytes *out, mien_error *err)
{
    mien_status st = mien_file_load(path, 0, out, err);
    if (st != MIEN_OK)
        cli_without_path(path, err);
    return st;
}

mien_status cli_file_save(const char *path, const mien_bytes *b,
                          mien_error *err)
{
    mien_status st = mien_file_save(path, b->data, b->n, err);
    if (st != MIEN_OK)
        cli_without_path(path, err);
    return st;
}

int cli_output_ready(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder =
        slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    if (!folder) {
        cli_error("%s: out of memory", path);
        return 0;
    }
    int ready = access(folder, W_OK | X_OK) == 0;
    if (!ready)
        cli_error("%s: cannot be written: %s", path, strerror(errno));
    free(folder);
    return ready;
}

int cli_folder_make(const char *path)
{
    char *copy = strdup(path);
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
    free(copy);
    return made;
}
