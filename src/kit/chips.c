/* chips.c: pictures to train cascades on, by path. */
#include "mien/kit_chips.h"

#include "base/error.h"
#include "mien/file.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int is_folder(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

/* Put a path before why it failed. */
static mien_status fail_at(mien_error *err, mien_status st, const char *path,
                           const mien_error *why)
{
    if (strncmp(why->text, path, strlen(path)) == 0)
        return mi_fail(err, st, "%s", why->text);
    return mi_fail(err, st, "%s: %s", path, why->text);
}

/* ---- lists ---------------------------------------------------------------
 */

typedef mien_status list_reader(const uint8_t *bytes, size_t n,
                                const char *folder, mien_sample_list *out,
                                mien_error *err);

/* Read a text file whose names are relative to it. */
static mien_status read_list(const char *path, list_reader *read,
                             mien_sample_list *out, mien_error *err)
{
    char folder[MIEN_PATH_MAX];
    mien_bytes bytes = {0};
    mien_error why = {0};
    const char *slash = strrchr(path, '/');
    if (!strncmp(path, "/dev/", 5)) /* standard input, <(...) */
        slash = NULL;
    int n = slash ? (int)(slash - path) : 0;
    if (n >= MIEN_PATH_MAX)
        return mi_fail(err, MIEN_ELIMIT, "%.60s...: a path of %d bytes", path,
                       n);
    snprintf(folder, sizeof folder, "%.*s", n, path);
    mien_status st = mien_file_load(path, MIEN_SAMPLE_MAX_LIST, &bytes, &why);
    if (!st)
        st = read(bytes.data, bytes.n, slash ? folder : NULL, out, &why);
    mien_bytes_free(&bytes);
    return st ? fail_at(err, st, path, &why) : st;
}

mien_status mien_objects_load(const char *path, mien_sample_list *out,
                              mien_error *err)
{
    mien_sample_list list = {0};
    mien_status st = read_list(path, mien_object_list_read, &list, err);
    if (!st && !list.n)
        st = mi_fail(err, MIEN_EFORMAT, "%s: no rectangles", path);
    if (st)
        mien_sample_list_free(&list);
    else
        *out = list;
    return st;
}

/* Add the pictures of some folders and files to a list, each with one sample.
 */
static mien_status add_files(const mien_photo_list *files,
                             const mien_sample *sample, mien_buffer *notes,
                             mien_sample_list *out, mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int i = 0; i < files->n && !st; i++) {
        const mien_photo_file *f = &files->file[i];
        if (f->error.status)
            mien_buffer_printf(notes, "%s: %s\n", f->path, f->error.text);
        else
            st = mien_sample_list_add(out, f->path, sample, err);
    }
    return st;
}

/* ---- pictures of an object -----------------------------------------------
 */

/* Cut out the objects of a list; those of pictures that cannot be read are
 * told, each picture once. */
static mien_status chips_of(const mien_sample_list *list,
                            const mien_chips_options *o, mien_buffer *notes,
                            mien_chips *out, mien_error *err)
{
    mien_sample_set_options how = MIEN_SAMPLE_SET_DEFAULTS;
    mien_sample_set *set = NULL;
    how.load = mien_folder_image;
    how.cache_bytes = 0;
    how.w = o->w;
    how.h = o->h;
    how.mirror = o->mirror;
    how.jitter = o->jitter;
    how.seed = o->seed;
    mien_status st = mien_sample_set_new(list, &how, &set, err);
    if (!st)
        st = mien_sample_set_chips(set, o->copies, o->stop, o->arg, out, err);
    for (int64_t i = 0; set && i < list->n; i++)
        if (mien_sample_set_failure(set, i) &&
            (!i || list->sample[i - 1].picture != list->sample[i].picture))
            mien_buffer_printf(notes, "%s\n",
                               mien_sample_set_failure(set, i)->text);
    mien_sample_set_free(set);
    return st;
}

/* The object in every picture of a folder, and of those in it. */
static mien_status from_folder(const char *path, const mien_chips_options *o,
                               mien_buffer *notes, mien_chips *out,
                               mien_error *err)
{
    const mien_region *c = &o->crop;
    const mien_sample object = {0, c->x, c->y, c->w, c->h, 1, 0};
    mien_sample_list list = {0};
    mien_photo_list files = {.recursive = 1, .stop = o->stop, .arg = o->arg};
    mien_status st = mien_photo_list_add(&files, path, err);
    if (!st)
        st = add_files(&files, &object, notes, &list, err);
    if (!st)
        st = chips_of(&list, o, notes, out, err);
    mien_sample_list_free(&list);
    mien_photo_list_free(&files);
    return st;
}

static mien_status from_list(const char *path, const mien_chips_options *o,
                             mien_buffer *notes, mien_chips *out,
                             mien_error *err)
{
    mien_sample_list list = {0};
    mien_error why = {0};
    mien_status st = mien_objects_load(path, &list, err);
    if (st)
        return st;
    st = chips_of(&list, o, notes, out, &why);
    mien_sample_list_free(&list);
    return st ? fail_at(err, st, path, &why) : st;
}

/* Chips of OpenCV's file, of which a cut-off end is told. */
static mien_status from_vec(const char *path, const mien_chips_options *o,
                            mien_buffer *notes, mien_chips *out,
                            mien_error *err)
{
    mien_map map = {0};
    mien_vec vec;
    mien_error why = {0};
    mien_status st = mien_file_map(path, 0, &map, err);
    if (st)
        return st;
    st = mien_vec_read(map.data, map.n, o->w, o->h, &vec, &why);
    if (!st && vec.n < vec.said)
        mien_buffer_printf(
            notes, "%s: cut off: its head says %lld samples, %lld are there\n",
            path, (long long)vec.said, (long long)vec.n);
    if (!st)
        st = mien_vec_chips(&vec, o->mirror, out, &why);
    mien_file_unmap(&map);
    return st ? fail_at(err, st, path, &why) : st;
}

mien_status mien_chips_load(const char *path, const mien_chips_options *options,
                            mien_buffer *notes, mien_chips *out,
                            mien_error *err)
{
    size_t n = strlen(path);
    int vec = n > 4 && !strcmp(path + n - 4, ".vec");
    mien_chips chips = {0};
    mien_status st = is_folder(path)
                         ? from_folder(path, options, notes, &chips, err)
                     : vec ? from_vec(path, options, notes, &chips, err)
                           : from_list(path, options, notes, &chips, err);
    if (!st && !chips.n && !(options->stop && options->stop(options->arg)))
        st = mi_fail(err, MIEN_EFORMAT, "%s: no pictures that can be read",
                     path);
    if (!st && notes->failed)
        st = mi_no_memory(err);
    if (st)
        mien_chips_free(&chips);
    else
        *out = chips;
    return st;
}

/* ---- scenes --------------------------------------------------------------
 */

/* The files that a folder holds or a list names. */
static mien_status find_scenes(const char *path, mien_photo_list *files,
                               mien_error *err)
{
    mien_sample_list named = {0};
    if (is_folder(path))
        return mien_photo_list_add(files, path, err);
    mien_status st = read_list(path, mien_path_list_read, &named, err);
    for (int64_t i = 0; !st && i < named.names; i++)
        st = mien_photo_list_add(files, named.name[i], err);
    mien_sample_list_free(&named);
    return st;
}

mien_status mien_scene_set_load(const char *path, int (*stop)(void *arg),
                                void *arg, mien_buffer *notes,
                                mien_scene_set *out, mien_error *err)
{
    mien_sample_set_options how = MIEN_SAMPLE_SET_DEFAULTS;
    mien_photo_list files = {.recursive = 1, .stop = stop, .arg = arg};
    mien_status st = find_scenes(path, &files, err);
    if (!st)
        st = add_files(&files, NULL, notes, &out->list, err);
    if (!st && files.stopped)
        st = mi_fail(err, MIEN_EIO, "%s: stopped", path);
    mien_photo_list_free(&files);
    if (!st && !out->list.n)
        st = mi_fail(err, MIEN_EFORMAT, "%s: no scenes", path);
    how.load = mien_folder_image;
    if (!st)
        st = mien_sample_set_new(&out->list, &how, &out->set, err);
    if (!st && notes->failed)
        st = mi_no_memory(err);
    if (st)
        mien_scene_set_free(out);
    return st;
}

void mien_scene_set_free(mien_scene_set *s)
{
    if (!s)
        return;
    mien_sample_set_free(s->set);
    mien_sample_list_free(&s->list);
    *s = (mien_scene_set){0};
}
