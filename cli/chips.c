/* chips.c: pictures to train cascades on, as a command line names them. */
#include "cli/chips.h"

#include "cli/shell/files.h"

#include <stdlib.h>
#include <string.h>

int cli_crop(const cli_args *a, const char *const *place, int crop[4])
{
    const char *p = *place;
    if (!p)
        return 1;
    for (int i = 0; i < 4; i++) {
        int v = 0;
        const char *start = p;
        for (; *p >= '0' && *p <= '9' && v < 100000; p++)
            v = v * 10 + (*p - '0');
        if (p == start || *p != (i < 3 ? ',' : 0) || (i > 1 && v < 1))
            return cli_wrong(a, place, "x,y,width,height");
        crop[i] = v;
        p += i < 3;
    }
    return 1;
}

/* ---- lists --------------------------------------------------------------- */

typedef mien_status list_reader(const uint8_t *bytes, size_t n,
                                const char *folder, mien_sample_list *out,
                                mien_error *err);

/* Read a text file whose names are relative to it.  0, and a report. */
static int read_list(const char *path, list_reader *read, mien_sample_list *out)
{
    mien_bytes bytes = {0};
    mien_error err = {0};
    const char *slash = strrchr(path, '/');
    if (!strncmp(path, "/dev/", 5)) /* standard input, <(...) */
        slash = NULL;
    char *folder = slash ? strndup(path, (size_t)(slash - path)) : NULL;
    mien_status st = mien_file_load(path, MIEN_SAMPLE_MAX_LIST, &bytes, &err);
    if (!st)
        st = read(bytes.data, bytes.n, folder, out, &err);
    if (st)
        cli_error_at(path, &err);
    mien_bytes_free(&bytes);
    free(folder);
    return st == MIEN_OK;
}

int cli_objects_load(const char *path, mien_sample_list *out)
{
    *out = (mien_sample_list){0};
    if (!read_list(path, mien_object_list_read, out))
        return CLI_NOTHING;
    if (out->n)
        return CLI_OK;
    cli_error("%s: no rectangles", path);
    return CLI_NOTHING;
}

/* Add the pictures of some folders and files to a list, each with one sample.
 * 0, and a report. */
static int add_files(const cli_files *files, const mien_sample *sample,
                     mien_sample_list *out)
{
    mien_error err = {0};
    for (int i = 0; i < files->n; i++) {
        const cli_file *f = &files->file[i];
        if (f->error.status) {
            cli_error("%s: %s", f->path, f->error.text);
        } else if (mien_sample_list_add(out, f->path, sample, &err)) {
            cli_error("%s", err.text);
            return 0;
        }
    }
    return 1;
}

/* ---- positives ----------------------------------------------------------- */

static int stop(void *arg)
{
    (void)arg;
    return cli_interrupted();
}

/* Cut out the objects of a list, path, or of a folder, NULL; those of pictures
 * that cannot be read are named. */
static int chips_of(const mien_sample_list *list, const cli_chips_options *o,
                    const char *path, mien_chips *out)
{
    mien_sample_set_options how = MIEN_SAMPLE_SET_DEFAULTS;
    mien_sample_set *set = NULL;
    mien_error err = {0};
    how.load = mien_folder_image;
    how.cache_bytes = 0;
    how.w = o->w;
    how.h = o->h;
    how.mirror = o->mirror;
    how.jitter = o->jitter;
    how.seed = o->seed;
    mien_status st = mien_sample_set_new(list, &how, &set, &err);
    if (!st)
        st = mien_sample_set_chips(set, o->copies, stop, NULL, out, &err);
    for (int64_t i = 0; set && i < list->n; i++)
        if (mien_sample_set_failure(set, i) &&
            (!i || list->sample[i - 1].picture != list->sample[i].picture))
            cli_error("%s", mien_sample_set_failure(set, i)->text);
    const char *wanted = path ? NULL : strstr(err.text, ", wanted ");
    if (wanted) /* what lies outside is what --crop asks for */
        cli_error("%.*s, wanted --crop %s", (int)(wanted - err.text), err.text,
                  wanted + 9);
    else if (st)
        cli_error("%s%s%s", path ? path : "", path ? ": " : "", err.text);
    mien_sample_set_free(set);
    return st == MIEN_OK;
}

static int from_folder(const char *path, const cli_chips_options *o,
                       mien_chips *out)
{
    const int *c = o->crop;
    mien_sample object = {0, c[0], c[1], c[2], c[3], 1, 0};
    mien_sample_list list = {0};
    cli_files files = {.recursive = 1};
    int good = cli_files_add(&files, path) &&
               add_files(&files, &object, &list) &&
               chips_of(&list, o, NULL, out);
    mien_sample_list_free(&list);
    mien_photo_list_free(&files);
    return good;
}

static int from_list(const char *path, const cli_chips_options *o,
                     mien_chips *out)
{
    mien_sample_list list;
    int good = cli_objects_load(path, &list) == CLI_OK &&
               chips_of(&list, o, path, out);
    mien_sample_list_free(&list);
    return good;
}

/* Positives of a .vec file. */
static int from_vec(const char *path, const cli_chips_options *o,
                    mien_chips *out)
{
    mien_map map;
    mien_vec vec;
    mien_error err = {0};
    mien_status st = mien_file_map(path, 0, &map, &err);
    if (!st) {
        st = mien_vec_read(map.data, map.n, o->w, o->h, &vec, &err);
        if (!st && vec.n < vec.said)
            cli_error("%s: cut off: its head says %lld samples, %lld are there",
                      path, (long long)vec.said, (long long)vec.n);
        if (!st)
            st = mien_vec_chips(&vec, o->mirror, out, &err);
        mien_file_unmap(&map);
    }
    if (st)
        cli_error_at(path, &err);
    return st == MIEN_OK;
}

int cli_chips_load(const char *path, const cli_chips_options *o,
                   mien_chips *out)
{
    size_t n = strlen(path);
    int good;
    *out = (mien_chips){0};
    if (cli_is_folder(path))
        good = from_folder(path, o, out);
    else if (n > 4 && !strcmp(path + n - 4, ".vec"))
        good = from_vec(path, o, out);
    else
        good = from_list(path, o, out);
    if (good && !cli_interrupted() && out->n)
        return CLI_OK;
    if (good && !cli_interrupted())
        cli_error("%s: no pictures that can be read", path);
    mien_chips_free(out);
    return good && cli_interrupted() ? CLI_INTERRUPTED : CLI_NOTHING;
}

/* ---- scenes -------------------------------------------------------------- */

/* The files that a folder holds or a list names. */
static int find_scenes(const char *path, cli_files *files)
{
    mien_sample_list named = {0};
    if (cli_is_folder(path))
        return cli_files_add(files, path);
    int good = read_list(path, mien_path_list_read, &named);
    for (int64_t i = 0; good && i < named.names; i++)
        good = cli_files_add(files, named.name[i]);
    mien_sample_list_free(&named);
    return good;
}

int cli_scenes_open(cli_scenes *s, const char *path)
{
    mien_sample_set_options how = MIEN_SAMPLE_SET_DEFAULTS;
    cli_files files = {.recursive = 1};
    mien_error err = {0};
    int good = find_scenes(path, &files) && add_files(&files, NULL, &s->list);
    mien_photo_list_free(&files);
    if (good && !s->list.n) {
        cli_error("%s: no scenes", path);
        good = 0;
    }
    how.load = mien_folder_image;
    if (good && mien_sample_set_new(&s->list, &how, &s->set, &err)) {
        cli_error("%s", err.text);
        good = 0;
    }
    return good ? CLI_OK : CLI_NOTHING;
}

void cli_scenes_close(cli_scenes *s)
{
    mien_sample_set_free(s->set);
    mien_sample_list_free(&s->list);
    *s = (cli_scenes){0};
}
