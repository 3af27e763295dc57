/* cli_drawing.c: which file a drawn photo goes to, and saving it there. */
#include "cli/cli_draw.h"

#include "base/alloc.h"
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { JPEG_QUALITY = 92 };

typedef enum ending { OTHER, PNG, JPEG } ending;

static ending ending_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    if (dot && strcasecmp(dot, ".png") == 0)
        return PNG;
    if (dot && (strcasecmp(dot, ".jpg") == 0 || strcasecmp(dot, ".jpeg") == 0))
        return JPEG;
    return OTHER;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Two photos of one name, from two folders, would go to one file. */
static int check_names_differ(const cli_files *f)
{
    const char **name = mi_alloc((size_t)f->n, sizeof *name);
    if (!name) {
        cli_error("out of memory");
        return CLI_NOTHING;
    }
    for (int i = 0; i < f->n; i++)
        name[i] = f->file[i].name;
    qsort(name, (size_t)f->n, sizeof *name, by_text);
    int status = CLI_OK;
    for (int i = 1; i < f->n && !status; i++) {
        if (strcmp(name[i - 1], name[i]) != 0)
            continue;
        cli_error("--draw: two photos are named %s; draw them one at a time",
                  name[i]);
        status = CLI_USAGE;
    }
    mi_free(name);
    return status;
}

int cli_drawing_plan(cli_drawing *d, const cli_files *files, int several)
{
    size_t n = strlen(d->target);
    d->folder = several || files->n > 1 || cli_is_folder(d->target) ||
                (n && d->target[n - 1] == '/');
    if (d->folder) {
        int status = check_names_differ(files);
        if (status)
            return status;
        return cli_folder_make(d->target) ? CLI_OK : CLI_OUTPUT;
    }
    if (ending_of(d->target) == OTHER) {
        cli_error("--draw: found '%s', wanted a name that ends in .png, .jpg "
                  "or .jpeg, or a folder",
                  d->target);
        return CLI_USAGE;
    }
    return CLI_OK;
}

/* The path to save to; its folders are made.  NULL when memory ended. */
static char *target_of(const cli_drawing *d, const cli_file *file)
{
    if (!d->folder)
        return cli_text_copy(d->target, strlen(d->target));
    const char *name = strcmp(file->path, "-") == 0 ? "stdin" : file->name;
    char *path = cli_path_join(d->target, name);
    if (path && ending_of(path) == OTHER) {
        size_t n = strlen(path);
        char *longer = mi_alloc(n + 5, 1);
        if (longer)
            snprintf(longer, n + 5, "%s.png", path);
        mi_free(path);
        path = longer;
    }
    char *slash = path && strchr(name, '/') ? strrchr(path, '/') : NULL;
    if (slash) {
        *slash = 0;
        cli_folder_make(path);
        *slash = '/';
    }
    return path;
}

static int same_file(const char *a, const char *b)
{
    struct stat s, t;
    return stat(a, &s) == 0 && stat(b, &t) == 0 && s.st_dev == t.st_dev &&
           s.st_ino == t.st_ino;
}

static mien_status encode(const char *path, const mien_image *im,
                          mien_bytes *out, mien_error *err)
{
    if (ending_of(path) == JPEG)
        return mien_image_write_jpeg(im, JPEG_QUALITY, out, err);
    return mien_image_write_png(im, out, err);
}

int cli_drawing_save(const cli_drawing *d, const cli_file *file,
                     const mien_image *photo, mien_buffer *report)
{
    mien_error err = {0};
    mien_bytes bytes = {0};
    char *path = target_of(d, file);
    mien_status st = MIEN_ENOMEM;
    if (!path) {
        mien_buffer_puts(report, "--draw: out of memory");
        return 0;
    }
    if (same_file(path, file->path)) {
        mien_buffer_printf(
            report, "%s: is the photo itself; --draw wants another file", path);
        mi_free(path);
        return 0;
    }
    st = encode(path, photo, &bytes, &err);
    if (st == MIEN_OK)
        st = cli_file_save(path, &bytes, &err);
    if (st != MIEN_OK)
        mien_buffer_printf(report, "%s: %s", path, err.text);
    mien_bytes_free(&bytes);
    mi_free(path);
    return st == MIEN_OK;
}
