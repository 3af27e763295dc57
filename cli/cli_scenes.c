/* cli_scenes.c: pictures without the object, loaded when they are needed.
 *
 * Training looks at the same scenes again and again; as many as fit into
 * max_bytes stay in memory as grey. */
#include "cli/cli_scenes.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>

/* A text file with a path a line, relative to the file. */
static int open_list(cli_scenes *s, const char *path)
{
    mien_bytes bytes;
    mien_error err = {0};
    if (mien_file_load(path, (size_t)64 << 20, &bytes, &err) != MIEN_OK) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    const char *slash = strrchr(path, '/');
    char *folder = slash ? cli_text_copy(path, (size_t)(slash - path)) : NULL;
    const char *p = (const char *)bytes.data, *end = p + bytes.n;
    int good = 1;
    while (good && p < end) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        size_t n = (size_t)((stop ? stop : end) - p);
        while (n && (p[n - 1] == '\r' || p[n - 1] == ' '))
            n--;
        char *name = n ? cli_text_copy(p, n) : NULL;
        char *whole = name && folder && name[0] != '/'
                          ? cli_path_join(folder, name)
                          : NULL;
        if (name)
            good = cli_files_add(&s->files, whole ? whole : name);
        mi_free(whole);
        mi_free(name);
        p = stop ? stop + 1 : end;
    }
    mi_free(folder);
    mien_bytes_free(&bytes);
    return good ? CLI_OK : CLI_NOTHING;
}

int cli_scenes_open(cli_scenes *s, const char *path)
{
    int status = CLI_OK;
    s->files.recursive = 1;
    if (!cli_is_folder(path))
        status = open_list(s, path);
    else if (!cli_files_add(&s->files, path))
        status = CLI_NOTHING;
    int n = 0;
    for (int i = 0; i < s->files.n; i++) {
        if (s->files.file[i].error.status)
            cli_error("%s: %s", s->files.file[i].path,
                      s->files.file[i].error.text);
        else
            n++;
    }
    if (!status && !n) {
        cli_error("%s: no scenes", path);
        status = CLI_NOTHING;
    }
    if (!status && !(s->kept = mi_alloc((size_t)s->files.n, sizeof *s->kept))) {
        cli_error("out of memory");
        status = CLI_NOTHING;
    }
    return status;
}

void cli_scenes_close(cli_scenes *s)
{
    for (int i = 0; s->kept && i < s->files.n; i++)
        mien_gray_free(&s->kept[i]);
    mi_free(s->kept);
    cli_files_free(&s->files);
    *s = (cli_scenes){0};
}

static mien_status read_scene(const char *path, mien_gray *out, mien_error *err)
{
    mien_bytes bytes;
    mien_image im;
    mien_error why = {0};
    mien_status st = cli_file_load(path, &bytes, &why);
    if (st == MIEN_OK) {
        st = mien_image_read(bytes.data, bytes.n, NULL, &im, &why);
        mien_bytes_free(&bytes);
    }
    if (st != MIEN_OK)
        return mi_fail(err, st, "%s: %s", path, why.text);
    st = mien_gray_from(&im, out, err);
    mien_image_free(&im);
    return st;
}

static mien_status copy(const mien_gray *g, mien_gray *out, mien_error *err)
{
    mien_status st = mien_gray_new(g->w, g->h, out, err);
    for (int y = 0; st == MIEN_OK && y < g->h; y++)
        memcpy(out->data + y * out->stride, g->data + y * g->stride,
               (size_t)g->w);
    return st;
}

mien_status cli_scenes_load(void *user, int64_t i, mien_gray *out,
                            mien_error *err)
{
    cli_scenes *s = user;
    mien_gray *kept = &s->kept[i];
    if (kept->data)
        return copy(kept, out, err);
    const cli_file *f = &s->files.file[i];
    if (f->error.status)
        return mi_fail(err, f->error.status, "%s: %s", f->path, f->error.text);
    mien_status st = read_scene(f->path, out, err);
    int64_t size = st == MIEN_OK ? (int64_t)out->w * out->h : 0;
    if (st == MIEN_OK && s->bytes + size <= s->max_bytes &&
        copy(out, kept, NULL) == MIEN_OK)
        s->bytes += size;
    return st;
}
