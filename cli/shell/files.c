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

enum { DEPTH_MAX = 32 /* folders inside folders */ };

static const char *const endings[] = {
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png",  ".webp", ".gif", ".ppm",
    ".pgm", ".pnm",  ".pbm", ".heic", ".heif", ".hif",  ".avif"};

/* Pictures that are not read. */
static const char *const others[] = {
    ".heic", ".heif", ".avif", ".tif", ".tiff", ".bmp", ".jxl", ".jp2", ".psd",
    ".dng",  ".cr2",  ".cr3",  ".nef", ".arw",  ".raf", ".orf", ".rw2"};
enum { OTHERS = sizeof others / sizeof *others };

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

/* The place of a name's ending among some; -1: none of them. */
static int ending_of(const char *name, const char *const *list, int n)
{
    const char *dot = strrchr(name, '.');
    for (int i = 0; dot && i < n; i++)
        if (strcasecmp(dot, list[i]) == 0)
            return i;
    return -1;
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

/* A walk through a folder and those in it. */
typedef struct walk {
    cli_files *f;
    size_t root;       /* length of the folder's path */
    int other[OTHERS]; /* pictures passed over, by their ending */
    struct stat *seen; /* [n] folders that were gone through: links may lead
                          to them again */
    int n;
} walk;

/* Is a folder new?  Then it is remembered. */
static int is_new(walk *w, const struct stat *s)
{
    for (int i = 0; i < w->n; i++)
        if (w->seen[i].st_dev == s->st_dev && w->seen[i].st_ino == s->st_ino)
            return 0;
    if ((w->n & (w->n - 1)) == 0) {
        size_t room = w->n ? 2 * (size_t)w->n : 1;
        struct stat *grown = realloc(w->seen, room * sizeof *grown);
        if (!grown) {
            w->f->failed = 1;
            return 0;
        }
        w->seen = grown;
    }
    w->seen[w->n++] = *s;
    return 1;
}

/* Enter a file of a folder, if it is a photo; takes over its path. */
static void add_file(walk *w, char *path)
{
    enum { N = sizeof endings / sizeof *endings };
    int other = ending_of(path, others, OTHERS);
    if (ending_of(path, endings, N) >= 0) {
        append(w->f, path, w->root, NULL);
    } else if (other >= 0 && w->f->each) {
        char why[80];
        snprintf(why, sizeof why, "%s files are not read", others[other]);
        append(w->f, path, w->root, why);
    } else {
        if (other >= 0)
            w->other[other]++;
        free(path);
    }
}

/* The photos of a folder in the order of their names, and of those in it. */
static void add_folder(walk *w, const char *path, int depth)
{
    struct dirent **list = NULL;
    int n = scandir(path, &list, is_shown, by_name);
    if (n < 0)
        append(w->f, strdup(path), 0, strerror(errno));
    for (int i = 0; i < n; i++) {
        struct stat s;
        char *inner = cli_path_join(path, list[i]->d_name);
        free(list[i]);
        if (!inner)
            w->f->failed = 1;
        if (!inner || cli_interrupted() || stat(inner, &s) != 0 ||
            !(S_ISREG(s.st_mode) || S_ISDIR(s.st_mode))) {
            free(inner);
        } else if (S_ISREG(s.st_mode)) {
            add_file(w, inner);
        } else {
            if (w->f->recursive && depth < DEPTH_MAX && is_new(w, &s))
                add_folder(w, inner, depth + 1);
            free(inner);
        }
    }
    free(list);
}

/* How many pictures of which kinds were passed over: an entry of the folder. */
static void add_others(walk *w, const char *path)
{
    char text[sizeof(mien_error)], *at = text, *end = text + sizeof text;
    int n = 0;
    for (int i = 0; i < OTHERS; i++)
        n += w->other[i];
    if (!n)
        return;
    at += snprintf(at, (size_t)(end - at),
                   "%d picture%s passed over, of kinds that are not read:", n,
                   n == 1 ? "" : "s");
    for (int i = 0; i < OTHERS; i++)
        if (w->other[i])
            at += snprintf(at, (size_t)(end - at), "%s %d %s",
                           text[strlen(text) - 1] == ':' ? "" : ",",
                           w->other[i], others[i]);
    append(w->f, strdup(path), 0, text);
}

int cli_files_add(cli_files *f, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct stat s;
    int before = f->n;
    if (stat(path, &s) == 0 && S_ISDIR(s.st_mode)) {
        walk w = {.f = f, .root = strlen(path)};
        if (is_new(&w, &s))
            add_folder(&w, path, 0);
        add_others(&w, path);
        free(w.seen);
        if (f->n == before && !f->failed)
            append(f, strdup(path), 0,
                   f->recursive
                       ? "no photos in this folder"
                       : "no photos in this folder; --recursive looks into "
                         "the folders in it");
    } else {
        append(f, strdup(path), slash ? (size_t)(slash - path) : 0, NULL);
    }
    if (f->failed) {
        cli_error("%s: out of memory", path);
        cli_memory_ended();
    }
    return !f->failed && !cli_interrupted();
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

int cli_output_ready(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder =
        slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    if (!folder) {
        cli_error("%s: out of memory", path);
        cli_memory_ended();
        return 0;
    }
    int ready = access(folder, W_OK | X_OK) == 0;
    if (!ready)
        cli_error("%s: cannot be written: %s", path, strerror(errno));
    free(folder);
    return ready;
}

int cli_is_another(const char *input, const char *output)
{
    if (!output || !cli_same_file(input, output))
        return 1;
    cli_error("%s: is the file that is read; name another one", output);
    return 0;
}

int cli_folder_make(const char *path)
{
    mien_error err = {0};
    if (mien_folder_make(path, &err) == MIEN_OK)
        return 1;
    cli_unsaved(&err);
    return 0;
}
