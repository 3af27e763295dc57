/* photos.c: the photos that a path names: itself, or those of a folder in the
 * order of their names, each once whatever links lead to it. */
#include "mien/kit.h"
#include "mien/text.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 32 /* folders inside folders */ };

static const char *const endings[] = {
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png",  ".webp", ".gif", ".ppm",
    ".pgm", ".pnm",  ".pbm", ".heic", ".heif", ".hif",  ".avif"};

/* Pictures that are not read. */
static const char *const others[] = {".tif", ".tiff", ".bmp", ".jxl", ".jp2",
                                     ".psd", ".dng",  ".cr2", ".cr3", ".nef",
                                     ".arw", ".raf",  ".orf", ".rw2"};
enum {
    ENDINGS = sizeof endings / sizeof *endings,
    OTHERS = sizeof others / sizeof *others
};

/* A walk through a folder and those in it. */
typedef struct walk {
    mien_photo_list *list;
    size_t root;       /* length of the folder's path */
    int other[OTHERS]; /* pictures passed over, by their ending */
    struct stat *seen; /* [n] folders that were gone through: links may lead
                          to them again */
    int n;
} walk;

/* The place of a name's ending among some; -1: none of them. */
static int ending_of(const char *name, const char *const *list, int n)
{
    const char *dot = strrchr(name, '.');
    for (int i = 0; dot && i < n; i++)
        if (strcasecmp(dot, list[i]) == 0)
            return i;
    return -1;
}

int mien_is_video_path(const char *path)
{
    static const char *const videos[] = {".mp4",  ".m4v", ".mov", ".mkv",
                                         ".webm", ".avi", ".mpg", ".mpeg",
                                         ".ogv",  ".wmv", ".flv", ".ts"};
    return ending_of(path, videos, sizeof videos / sizeof *videos) >= 0;
}

/* "a/b", or a copy of a where b is NULL; NULL when memory ended. */
static char *join(const char *a, const char *b)
{
    size_t n = strlen(a);
    size_t room = n + (b ? strlen(b) : 0) + 2;
    char *path = mi_alloc(room, 1);
    if (path)
        snprintf(path, room, "%s%s%s", a,
                 b && (!n || a[n - 1] != '/') ? "/" : "", b ? b : "");
    return path;
}

/* Take over a path; root is the length of the folder's part of it. */
static mien_status append(mien_photo_list *l, char *path, size_t root,
                          const char *error)
{
    mien_photo_file *one = path ? mi_push(&l->file, l->n, sizeof *one) : NULL;
    if (!one) {
        mi_free(path);
        return MIEN_ENOMEM;
    }
    l->n++;
    one->path = path;
    one->name = path + root;
    while (*one->name == '/')
        one->name++;
    if (error) {
        one->error.status = MIEN_EIO;
        snprintf(one->error.text, sizeof one->error.text, "%s", error);
    }
    return MIEN_OK;
}

/* Enter a file of a folder, if it is a photo; takes over its path. */
static mien_status add_file(walk *w, char *path)
{
    int other = ending_of(path, others, OTHERS);
    if (ending_of(path, endings, ENDINGS) >= 0)
        return append(w->list, path, w->root, NULL);
    if (other >= 0 && w->list->each) {
        char why[80];
        snprintf(why, sizeof why, "%s files are not read", others[other]);
        return append(w->list, path, w->root, why);
    }
    if (other >= 0)
        w->other[other]++;
    mi_free(path);
    return MIEN_OK;
}

/* ---- folders ------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void free_names(char **name, int n)
{
    for (int i = 0; i < n; i++)
        mi_free(name[i]);
    mi_free(name);
}

/* The names in a folder that do not begin with a point, in their order; n is -1
 * for a folder that cannot be read. */
static mien_status read_names(const char *path, char ***out, int *n)
{
    DIR *d = opendir(path);
    char **name = NULL;
    mien_status st = MIEN_OK;
    *n = d ? 0 : -1;
    for (struct dirent *e; d && !st && (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        char **place = mi_push(&name, *n, sizeof *place);
        *n += place != NULL;
        if (!place || !(*place = join(e->d_name, NULL)))
            st = MIEN_ENOMEM;
    }
    int why = errno;
    if (d)
        closedir(d);
    if (*n > 1 && !st)
        qsort(name, (size_t)*n, sizeof *name, by_name);
    if (st)
        free_names(name, *n);
    else
        *out = name;
    errno = why;
    return st;
}

/* Is a folder new?  Then it is remembered. */
static int is_new(walk *w, const struct stat *s, mien_status *st)
{
    for (int i = 0; i < w->n; i++)
        if (w->seen[i].st_dev == s->st_dev && w->seen[i].st_ino == s->st_ino)
            return 0;
    struct stat *place = mi_push(&w->seen, w->n, sizeof *place);
    if (!place) {
        *st = MIEN_ENOMEM;
        return 0;
    }
    *place = *s;
    w->n++;
    return 1;
}

/* The photos of a folder, which is in another. */
static mien_status add_folder(walk *w, const char *path, int depth);

/* Enter what a folder holds by one name. */
static mien_status add_inner(walk *w, const char *path, const char *name,
                             int depth)
{
    struct stat s;
    mien_status st = MIEN_OK;
    char *inner = join(path, name);
    if (!inner)
        return MIEN_ENOMEM;
    int known = stat(inner, &s) == 0;
    if (known && S_ISREG(s.st_mode))
        return add_file(w, inner);
    if (known && S_ISDIR(s.st_mode) && w->list->recursive &&
        depth < DEPTH_MAX && is_new(w, &s, &st))
        st = add_folder(w, inner, depth + 1);
    mi_free(inner);
    return st;
}

/* The photos of a folder in the order of their names, and of those in it. */
static mien_status add_folder(walk *w, const char *path, int depth)
{
    mien_photo_list *l = w->list;
    char **name = NULL;
    int n;
    mien_status st = read_names(path, &name, &n);
    if (st)
        return st;
    if (n < 0) {
        const char *why = strerror(errno);
        return append(w->list, join(path, NULL), 0, why);
    }
    for (int i = 0; !st && i < n && !l->stopped; i++) {
        l->stopped = l->stop && l->stop(l->arg);
        if (!l->stopped)
            st = add_inner(w, path, name[i], depth);
    }
    free_names(name, n);
    return st;
}

/* How many pictures of which kinds were passed over: an entry of the folder. */
static mien_status add_others(walk *w, const char *path)
{
    mien_buffer text = {0};
    int n = 0, kinds = 0;
    for (int i = 0; i < OTHERS; i++)
        n += w->other[i];
    if (!n)
        return MIEN_OK;
    mien_buffer_printf(&text,
                       "%d picture%s passed over, of kinds that are not "
                       "read:",
                       n, n == 1 ? "" : "s");
    for (int i = 0; i < OTHERS; i++)
        if (w->other[i])
            mien_buffer_printf(&text, "%s %d %s", kinds++ ? "," : "",
                               w->other[i], others[i]);
    mien_buffer_put(&text, "", 1);
    mien_status st = text.failed ? MIEN_ENOMEM
                                 : append(w->list, join(path, NULL), 0,
                                          (const char *)text.data);
    mien_buffer_free(&text);
    return st;
}

mien_status mien_photo_list_add(mien_photo_list *l, const char *path,
                                mien_error *err)
{
    const char *slash = strrchr(path, '/');
    struct stat s;
    int before = l->n;
    mien_status st = MIEN_OK;
    if (stat(path, &s) != 0 || !S_ISDIR(s.st_mode)) {
        st = append(l, join(path, NULL), slash ? (size_t)(slash - path) : 0,
                    NULL);
    } else {
        walk w = {.list = l, .root = strlen(path)};
        if (is_new(&w, &s, &st))
            st = add_folder(&w, path, 0);
        if (!st)
            st = add_others(&w, path);
        mi_free(w.seen);
        if (!st && l->n == before && !l->stopped)
            st = append(l, join(path, NULL), 0,
                        l->recursive
                            ? "no photos in this folder"
                            : "no photos in this folder; --recursive looks "
                              "into the folders in it");
    }
    return st ? mi_no_memory(err) : MIEN_OK;
}

void mien_photo_list_keep(mien_photo_list *l,
                          int (*keep)(void *arg, const mien_photo_file *f),
                          void *arg)
{
    int n = 0;
    for (int i = 0; i < l->n; i++)
        if (keep(arg, &l->file[i]))
            l->file[n++] = l->file[i];
        else
            mi_free(l->file[i].path);
    l->n = n;
}

void mien_photo_list_free(mien_photo_list *l)
{
    for (int i = 0; l && i < l->n; i++)
        mi_free(l->file[i].path);
    if (!l)
        return;
    mi_free(l->file);
    l->file = NULL;
    l->n = 0;
    l->stopped = 0;
}
