/* drawing.c: which file a drawn photo goes to, and saving it there. */
#include "cli/drawing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Does a path end as mien_image_save wants it? */
static int ends_well(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && (!strcasecmp(dot, ".png") || !strcasecmp(dot, ".jpg") ||
                   !strcasecmp(dot, ".jpeg"));
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Two photos of one name, from two folders, would go to one file. */
static int check_names_differ(const cli_files *f)
{
    const char **name = cli_alloc((size_t)f->n, sizeof *name);
    if (!name)
        return CLI_NOTHING;
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
    free(name);
    return status;
}

int cli_drawing_plan(cli_drawing *d, const cli_files *files, int several)
{
    size_t n = d->target ? strlen(d->target) : 0;
    if (!d->target)
        return CLI_OK;
    d->folder = (n && several) || (n && files->n > 1) ||
                cli_is_folder(d->target) || (n && d->target[n - 1] == '/');
    if (d->folder && ends_well(d->target) && !cli_is_folder(d->target)) {
        cli_error("--draw: '%s' is one picture, for several photos; name a "
                  "folder, or '%s/'",
                  d->target, d->target);
        return CLI_USAGE;
    }
    if (d->folder) {
        int status = check_names_differ(files);
        if (status)
            return status;
        return cli_folder_make(d->target) ? CLI_OK : CLI_OUTPUT;
    }
    if (ends_well(d->target))
        return CLI_OK;
    cli_error("--draw: found '%s', wanted a name that ends in .png, .jpg "
              "or .jpeg, or a folder",
              d->target);
    return CLI_USAGE;
}

/* The path to save to; its folders are made.  NULL when memory ended. */
static char *target_of(const cli_drawing *d, const cli_file *file)
{
    if (!d->folder)
        return strdup(d->target);
    const char *name = strcmp(file->path, "-") == 0 ? "stdin" : file->name;
    size_t n = strlen(d->target) + strlen(name) + 6;
    char *path = malloc(n);
    if (!path)
        return NULL;
    int slashed = *d->target && d->target[strlen(d->target) - 1] == '/';
    snprintf(path, n, "%s%s%s%s", d->target, slashed ? "" : "/", name,
             ends_well(name) ? "" : ".png");
    char *slash = strchr(name, '/') ? strrchr(path, '/') : NULL;
    if (slash) {
        *slash = 0;
        cli_folder_make(path);
        *slash = '/';
    }
    return path;
}

int cli_drawing_failed(const cli_file *file, const mien_error *err,
                       mien_buffer *report)
{
    mien_buffer_printf(report, "%s: %s", file->path, err->text);
    if (err->status == MIEN_ENOMEM)
        cli_memory_ended();
    return 0;
}

int cli_drawing_save(const cli_drawing *d, const cli_file *file,
                     const mien_image *photo, mien_buffer *report)
{
    mien_error err = {0};
    char *path = target_of(d, file);
    mien_status st = path ? MIEN_EARG : MIEN_ENOMEM;
    if (!path)
        mien_buffer_puts(report, "--draw: out of memory");
    else if (cli_same_file(path, file->path))
        mien_buffer_printf(
            report, "%s: is the photo itself; --draw wants another file", path);
    else if ((st = mien_image_save(path, photo, &err)) != MIEN_OK)
        mien_buffer_puts(report, err.text);
    if (st == MIEN_ENOMEM)
        cli_memory_ended();
    free(path);
    return st == MIEN_OK;
}
