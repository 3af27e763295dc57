/* cli_objects.c: rectangles in pictures, from a text file.
 *
 * A line is "picture n x y width height ..." with n rectangles; the picture's
 * path is relative to the text file; empty lines and those that begin with #
 * are passed over. */
#include "cli/cli_chips.h"

#include "base/alloc.h"
#include "cli/cli_files.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SIDE = 1000000 };

void cli_objects_free(cli_objects *o)
{
    for (int i = 0; i < o->n_files; i++)
        mi_free(o->file[i]);
    mi_free(o->file);
    mi_free(o->at);
    *o = (cli_objects){0};
}

/* Room for one more item of size bytes. */
static int grow(void **items, size_t size, int n, int *cap)
{
    if (n < *cap)
        return 1;
    int wanted = *cap * 2 + 64;
    void *more = mi_alloc((size_t)wanted, size);
    if (!more) {
        cli_error("out of memory");
        return 0;
    }
    if (n)
        memcpy(more, *items, (size_t)n * size);
    mi_free(*items);
    *items = more;
    *cap = wanted;
    return 1;
}

static int add(cli_objects *o, cli_object one)
{
    void *items = o->at;
    int good = grow(&items, sizeof one, o->n, &o->cap);
    o->at = items;
    if (good)
        o->at[o->n++] = one;
    return good;
}

/* The path of a picture named in a file, kept in the list. */
static const char *picture(cli_objects *o, const char *list, const char *name)
{
    const char *slash = strrchr(list, '/');
    char *path = NULL;
    if (name[0] == '/' || !slash) {
        path = cli_text_copy(name, strlen(name));
    } else {
        char *folder = cli_text_copy(list, (size_t)(slash - list));
        path = folder ? cli_path_join(folder, name) : NULL;
        mi_free(folder);
    }
    void *items = (void *)o->file;
    int good = path && grow(&items, sizeof *o->file, o->n_files, &o->cap_files);
    o->file = items;
    if (!good) {
        mi_free(path);
        return NULL;
    }
    return o->file[o->n_files++] = path;
}

static int whole(char **p, int lo, int *out)
{
    char *end;
    errno = 0;
    long v = strtol(*p, &end, 10);
    if (end == *p || errno || v < lo || v > MAX_SIDE ||
        (*end && !strchr(" \t\r", *end)))
        return 0;
    *out = (int)v;
    *p = end;
    return 1;
}

static int read_line(cli_objects *o, const char *list, int number, char *line)
{
    char *p = line + strcspn(line, " \t\r");
    if (*p)
        *p++ = 0;
    int n = 0;
    if (!whole(&p, 0, &n)) {
        cli_error("%s: line %d: '%.40s', wanted the number of rectangles", list,
                  number, p);
        return CLI_NOTHING;
    }
    const char *file = picture(o, list, line);
    if (!file)
        return CLI_NOTHING;
    if (n == 0)
        return add(o, (cli_object){.file = file}) ? CLI_OK : CLI_NOTHING;
    for (int i = 0; i < n; i++) {
        cli_object one = {.file = file, .line = number};
        if (!whole(&p, -MAX_SIDE, &one.x) || !whole(&p, -MAX_SIDE, &one.y) ||
            !whole(&p, 1, &one.w) || !whole(&p, 1, &one.h)) {
            cli_error("%s: line %d: '%.40s', wanted x y width height of "
                      "rectangle %d of %d",
                      list, number, p, i + 1, n);
            return CLI_NOTHING;
        }
        if (!add(o, one))
            return CLI_NOTHING;
    }
    return CLI_OK;
}

static int64_t inside(int from, int size, int side)
{
    int64_t a = from > 0 ? from : 0, b = (int64_t)from + size;
    b = b < side ? b : side;
    return b > a ? b - a : 0;
}

int cli_object_fits(const cli_object *o, const char *where, int w, int h)
{
    if (2 * inside(o->x, o->w, w) * inside(o->y, o->h, h) >=
        (int64_t)o->w * o->h)
        return 1;
    cli_error("%s: line %d: rectangle %d %d %d %d, wanted at least half of it "
              "inside %s of %d x %d",
              where, o->line, o->x, o->y, o->w, o->h, o->file, w, h);
    return 0;
}

int cli_objects_load(const char *path, cli_objects *out)
{
    mien_bytes bytes;
    mien_error err = {0};
    *out = (cli_objects){.path = path};
    if (mien_file_load(path, (size_t)64 << 20, &bytes, &err) != MIEN_OK) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    char *text = cli_text_copy((const char *)bytes.data, bytes.n);
    mien_bytes_free(&bytes);
    int status = text ? CLI_OK : CLI_NOTHING, number = 1;
    for (char *line = text; !status && line; number++) {
        char *next = strchr(line, '\n');
        if (next)
            *next++ = 0;
        line += strspn(line, " \t\r");
        if (*line && *line != '#')
            status = read_line(out, path, number, line);
        line = next;
    }
    mi_free(text);
    if (!status && !out->n) {
        cli_error("%s: no rectangles", path);
        status = CLI_NOTHING;
    }
    if (status)
        cli_objects_free(out);
    return status;
}
