/* labels_paths.c: what the names of files and their folders say. */
#include "samples/labels.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* Count a path that is left out. */
static void leave_out(mien_labels *l, const char *path, const char *why)
{
    mien_error told = {0};
    size_t n = strlen(path), skip = n > 100 ? n - 100 : 0;
    mi_fail(&told, MIEN_EFORMAT, "%s: %s", path + skip, why);
    mi_labels_leave_out(l, &told);
}

/* ---- folders ------------------------------------------------------------- */

/* The folder of a path that names its class; n 0: it lies in none. */
static mien_text class_of(const char *path, int *part)
{
    const char *slash = strchr(path, '/');
    *part = -1;
    if (!slash)
        return (mien_text){path, 0};
    int first = mi_labels_part_of(path, (size_t)(slash - path));
    const char *second = strchr(slash + 1, '/');
    if (first >= 0 && second) {
        *part = first;
        path = slash + 1;
        slash = second;
    }
    return (mien_text){path, (size_t)(slash - path)};
}

/* The classes of all paths in the order of their names, each once. */
static int64_t find_classes(int64_t n, const char *const *path,
                            mien_text *found)
{
    int64_t count = 0;
    int part;
    for (int64_t i = 0; i < n; i++) {
        mien_text t = class_of(path[i], &part);
        if (t.n)
            found[count++] = t;
    }
    return mi_labels_sort(found, count);
}

/* A path as a sample, unless it lies in no folder. */
static mien_status add_path(mien_labels *l, const char *path, int64_t line,
                            const mien_text *found, int64_t n, mien_error *err)
{
    int part;
    mien_text t = class_of(path, &part);
    if (!t.n) {
        leave_out(l, path, "lies in no folder, wanted one named as its class");
        return MIEN_OK;
    }
    const mien_text *at =
        bsearch(&t, found, (size_t)n, sizeof t, mi_labels_order);
    mien_status st = mi_labels_add(l, path, strlen(path), line, err);
    if (st)
        return st;
    l->label[l->n - 1] = (int)(at - found);
    if (part >= 0)
        l->part[l->n - 1] = (mien_label_use)part;
    return MIEN_OK;
}

mien_status mien_folder_paths(int64_t n, const char *const *path,
                              mien_labels *out, mien_error *err)
{
    mien_labels l = {0};
    mien_text *found = mi_alloc((size_t)n + 1, sizeof *found);
    if (!found)
        return mi_no_memory(err);
    int64_t classes = find_classes(n, path, found);
    mien_status st =
        mi_labels_add_texts(&l, "class", found, classes, "folders", err);
    for (int64_t i = 0; !st && i < n; i++)
        st = add_path(&l, path[i], i + 1, found, classes, err);
    mi_free(found);
    if (!st)
        return mi_labels_finish(&l, "folder", out, err);
    mien_labels_free(&l);
    return st;
}

/* ---- UTKFace ------------------------------------------------------------- */

/* Digits up to an underscore that is passed over: at most three. */
static int small_number(const char **p, int most, int *out)
{
    int v = 0, digits = 0;
    for (; **p >= '0' && **p <= '9' && digits < 4; ++*p, digits++)
        v = v * 10 + (**p - '0');
    if (!digits || digits > 3 || v > most || **p != '_')
        return 0;
    ++*p;
    *out = v;
    return 1;
}

/* age_gender_race_date: 0 if a name is none. */
static int read_face_name(const char *path, int v[3])
{
    const char *slash = strrchr(path, '/'), *p = slash ? slash + 1 : path;
    return small_number(&p, 150, &v[0]) && small_number(&p, 1, &v[1]) &&
           small_number(&p, 4, &v[2]) && *p >= '0' && *p <= '9';
}

mien_status mien_utkface_paths(int64_t n, const char *const *path,
                               mien_labels *out, mien_error *err)
{
    static const char *const gender[] = {"male", "female"};
    static const char *const race[] = {"white", "black", "asian", "indian",
                                       "other"};
    mien_labels l = {0};
    mien_status st = mi_labels_add_number(&l, "age", err);
    if (!st)
        st = mi_labels_add_task(&l, "gender", 0, 2, gender, err);
    if (!st)
        st = mi_labels_add_task(&l, "race", 0, 5, race, err);
    for (int64_t i = 0; !st && i < n; i++) {
        int v[3];
        if (!read_face_name(path[i], v)) {
            leave_out(&l, path[i], "wanted age_gender_race_date.jpg");
            continue;
        }
        st = mi_labels_add(&l, path[i], strlen(path[i]), i + 1, err);
        if (st)
            break;
        l.number[l.n - 1] = (float)v[0];
        l.label[2 * l.n - 2] = v[1];
        l.label[2 * l.n - 1] = v[2];
    }
    if (!st)
        return mi_labels_finish(&l, "names", out, err);
    mien_labels_free(&l);
    return st;
}

mien_status mien_plain_paths(int64_t n, const char *const *path,
                             mien_labels *out, mien_error *err)
{
    mien_labels l = {0};
    mien_status st = MIEN_OK;
    for (int64_t i = 0; !st && i < n; i++)
        st = mi_labels_add(&l, path[i], strlen(path[i]), i + 1, err);
    if (!st)
        return mi_labels_finish(&l, "names", out, err);
    mien_labels_free(&l);
    return st;
}

mien_status mien_labels_of_paths(int64_t n, const char *const *path,
                                 mien_labels *out, mien_error *err)
{
    int64_t faces = 0, classes = 0;
    int v[3], part;
    for (int64_t i = 0; i < n; i++) {
        faces += read_face_name(path[i], v);
        classes += class_of(path[i], &part).n > 0;
    }
    return 2 * faces > n ? mien_utkface_paths(n, path, out, err)
           : classes     ? mien_folder_paths(n, path, out, err)
                         : mien_plain_paths(n, path, out, err);
}
