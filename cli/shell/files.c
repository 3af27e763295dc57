/* files.c: the photos that a command line names. */
#include "cli/shell/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

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

int cli_is_json(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && dot > path && strcasecmp(dot, ".json") == 0;
}

int cli_same_file(const char *a, const char *b)
{
    struct stat s, t;
    return stat(a, &s) == 0 && stat(b, &t) == 0 && s.st_dev == t.st_dev &&
           s.st_ino == t.st_ino;
}

static int stop(void *arg)
{
    (void)arg;
    return cli_interrupted();
}

int cli_files_add(cli_files *f, const char *path)
{
    mien_error err = {0};
    f->stop = stop;
    if (mien_photo_list_add(f, path, &err) == MIEN_OK)
        return !cli_interrupted();
    cli_error("%s: out of memory", path);
    cli_memory_ended();
    return 0;
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
