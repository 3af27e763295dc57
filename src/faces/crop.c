/* crop.c: faces of photos saved as chips. */
#include "faces/chip.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- names --------------------------------------------------------------- */

/* A photo's name without its ending, and where it stands in the list. */
typedef struct stem {
    const char *at;
    size_t n;
    int photo;
} stem;

static stem stem_of(const char *name, int photo)
{
    const char *slash = strrchr(name, '/'), *file = slash ? slash + 1 : name;
    const char *dot = strrchr(file, '.');
    if (!strcmp(name, "-"))
        return (stem){"photo", strlen("photo"), photo};
    return (stem){name, dot > file ? (size_t)(dot - name) : strlen(name),
                  photo};
}

static int by_text(const void *a, const void *b)
{
    const stem *x = a, *y = b;
    size_t n = x->n < y->n ? x->n : y->n;
    int order = memcmp(x->at, y->at, n);
    return order ? order : (x->n > y->n) - (x->n < y->n);
}

/* By name; of equals the earlier photo first. */
static int by_stem(const void *a, const void *b)
{
    const stem *x = a, *y = b;
    int order = by_text(a, b);
    return order ? order : x->photo - y->photo;
}

/* The name of one photo.  *nth: 1, or of a stem that an earlier photo has its
 * number, which grows until no photo of the n is called so. */
static mien_status put_name(const stem *s, const stem *all, size_t n, int *nth,
                            mien_paths *out, mien_error *err)
{
    size_t size = s->n + 16;
    char *name = mi_alloc(size, 1);
    if (!name)
        return mi_no_memory(err);
    snprintf(name, size, "%.*s", (int)s->n, s->at);
    for (stem taken = {name, 0, 0}; *nth > 1; ++*nth) {
        taken.n = s->n + (size_t)snprintf(name + s->n, 16, "~%d", *nth);
        if (!bsearch(&taken, all, n, sizeof *all, by_text))
            break;
    }
    out->path[s->photo] = name;
    return MIEN_OK;
}

mien_status mien_crop_names(const mien_photo_list *list, mien_paths *out,
                            mien_error *err)
{
    size_t n = (size_t)list->n;
    mien_paths made = {list->n, mi_alloc(n + 1, sizeof *made.path)};
    stem *s = mi_alloc(n + 1, sizeof *s);
    mien_status st = made.path && s ? MIEN_OK : mi_no_memory(err);
    for (int i = 0; i < list->n && !st; i++)
        s[i] = stem_of(list->file[i].name, i);
    if (!st && n)
        qsort(s, n, sizeof *s, by_stem);
    for (int i = 0, nth = 1; i < list->n && !st; i++) {
        int same =
            i && s[i].n == s[i - 1].n && !memcmp(s[i].at, s[i - 1].at, s[i].n);
        nth = same ? nth + 1 : 1;
        st = put_name(&s[i], s, n, &nth, &made, err);
    }
    mi_free(s);
    if (!st)
        *out = made;
    else if (made.path)
        mien_paths_free(&made);
    return st;
}

/* ---- one photo ----------------------------------------------------------- */

/* FOLDER/NAME.png, or FOLDER/NAME-2.png of face number 2. */
static mien_status chip_path(const mien_crop_options *o, const char *name,
                             int number, mien_buffer *out, mien_error *err)
{
    out->n = 0;
    mien_buffer_printf(out, "%s/%s", o->folder, name);
    if (number)
        mien_buffer_printf(out, "-%d", number);
    mien_buffer_puts(out, o->ending);
    mien_buffer_put(out, "", 1);
    return out->failed ? mi_no_memory(err) : MIEN_OK;
}

/* The folder of a path. */
static mien_status make_folder(char *path, mien_error *err)
{
    char *slash = strrchr(path, '/');
    *slash = 0;
    mien_status st = mien_folder_make(path, err);
    *slash = '/';
    return st;
}

/* Cut one face out of a photo and save it. */
static mien_status save_chip(const mien_image *photo, const mien_reading *r,
                             const mien_face *face, const mien_crop_options *o,
                             const char *path, mien_error *err)
{
    mien_image chip = {0};
    mien_status st = mi_face_chip(photo, r, face, o, &chip, err);
    if (!st)
        st = mien_image_save(path, &chip, err);
    mien_image_free(&chip);
    return st;
}

/* The faces that are wanted, each saved and recorded. */
static mien_status save_chips(const mien_image *photo, const mien_reading *r,
                              const char *name, const mien_crop_options *o,
                              mien_json *record, mien_error *err)
{
    const mien_face *largest = mien_faces_largest(&r->faces, 0);
    mien_buffer path = {0};
    mien_status st = MIEN_OK;
    for (int i = 0; i < r->faces.n && !st; i++) {
        const mien_face *f = &r->faces.face[i];
        if (!o->all && f != largest)
            continue;
        st = chip_path(o, name, o->all ? i + 1 : 0, &path, err);
        if (!st)
            st = make_folder((char *)path.data, err);
        if (!st)
            st = save_chip(photo, r, f, o, (char *)path.data, err);
        if (!st) {
            mien_json_object(record, NULL);
            mien_record_file(record, "chip", (char *)path.data);
            mien_record_face(record, "face", f, 0);
            mien_json_close(record);
        }
    }
    mien_buffer_free(&path);
    return st;
}

mien_status mien_crop_save(const mien_image *photo, const mien_reading *reading,
                           const char *file, const char *name,
                           const mien_crop_options *options,
                           mien_buffer *record, mien_error *err)
{
    mien_buffer line = {0};
    mien_json j = mien_json_on(&line, 0);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "schema", "mien/1");
    mien_record_file(&j, "file", file);
    mien_json_int(&j, "width", reading->w);
    mien_json_int(&j, "height", reading->h);
    mien_json_array(&j, "chips");
    mien_status st = save_chips(photo, reading, name, options, &j, err);
    mien_json_close(&j);
    mien_json_close(&j);
    mien_buffer_puts(&line, "\n");
    if (!st && line.failed)
        st = mi_no_memory(err);
    if (!st && record)
        mien_buffer_put(record, line.data, line.n);
    mien_buffer_free(&line);
    return st;
}
