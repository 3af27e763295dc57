/* folders.c: where models lie. */
#include "mien/kit.h"

#include "base/error.h"
#include "mien/file.h"
#include "mien/json.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Write a/b; an empty path when a is NULL or empty, or it does not fit. */
static void join(const char *a, const char *b, char *out)
{
    out[0] = 0;
    if (!a || !*a)
        return;
    int n = snprintf(out, MIEN_PATH_MAX, "%s%s%s", a, *b ? "/" : "", b);
    if (n < 0 || n >= MIEN_PATH_MAX)
        out[0] = 0;
}

/* share/mien/models as seen from the folder that a file lies `up` above. */
static void beside(char *path, int up, char *out)
{
    out[0] = 0;
    for (; up > 0; up--) {
        char *slash = strrchr(path, '/');
        if (!slash)
            return;
        *slash = 0;
    }
    join(*path ? path : "/", "share/mien/models", out);
}

/* PREFIX/bin/program -> PREFIX/share/mien/models */
static void beside_program(char *out)
{
    char path[MIEN_PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    path[n > 0 ? n : 0] = 0;
    beside(path, 2, out);
}

/* PREFIX/lib/libmien.so or PREFIX/lib/MACHINE/libmien.so -> the same; empty
 * where the program's is the same, or there is none. */
static void beside_library(char *out)
{
    static const char here;
    char path[MIEN_PATH_MAX], program[MIEN_PATH_MAX];
    Dl_info about;
    out[0] = 0;
    if (!dladdr(&here, &about) || !about.dli_fname)
        return;
    beside_program(program);
    for (int up = 2; up <= 3; up++) {
        snprintf(path, sizeof path, "%s", about.dli_fname);
        beside(path, up, out);
        if (*out && strcmp(out, program) != 0 && access(out, F_OK) == 0)
            return;
    }
    out[0] = 0;
}

int mien_models_folder(const char *first, int i, char *out)
{
    const char *data = getenv("XDG_DATA_HOME");
    switch (i) {
    case 0: join(first, "", out); return 1;
    case 1: join(getenv("MIEN_MODELS"), "", out); return 1;
    case 2:
        if (data && *data)
            join(data, "mien/models", out);
        else
            join(getenv("HOME"), ".local/share/mien/models", out);
        return 1;
    case 3: beside_program(out); return 1;
    case 4: beside_library(out); return 1;
    default: return 0;
    }
}

int mien_models_find(const char *first, const char *file, char *out)
{
    char folder[MIEN_PATH_MAX], path[MIEN_PATH_MAX];
    for (int i = 0; mien_models_folder(first, i, folder); i++) {
        join(folder, file, path);
        if (*path && access(path, F_OK) == 0) {
            memcpy(out, path, MIEN_PATH_MAX);
            return 1;
        }
    }
    return 0;
}

int mien_nets_find(const char *first, const char *name, char *out)
{
    char file[MIEN_PATH_MAX];
    struct stat about;
    int n = snprintf(file, sizeof file, "%s", name);
    if (n > 0 && n < MIEN_PATH_MAX && stat(file, &about) == 0 &&
        !S_ISDIR(about.st_mode)) {
        memcpy(out, file, MIEN_PATH_MAX);
        return 1;
    }
    n = snprintf(file, sizeof file, "nets/%s.json", name);
    return *name && n < MIEN_PATH_MAX && mien_models_find(first, file, out);
}

/* That a model is in none of the folders, and what installs it. */
static mien_status missing(const char *first, const mien_model_entry *e,
                           mien_error *err)
{
    enum { WORDS = 60 }; /* characters of the text below, at most */
    char folder[MIEN_PATH_MAX], where[sizeof((mien_error *)NULL)->text] = "";
    const char *how = e->install ? e->install : "";
    /* The folders have what room the rest leaves. */
    size_t n = 0,
           rest = WORDS + strlen(e->name) + strlen(e->file) + strlen(how);
    size_t room = rest < sizeof where ? sizeof where - rest : 0;
    for (int i = 0; mien_models_folder(first, i, folder); i++)
        if (*folder && n < room)
            n += (size_t)snprintf(where + n, room - n, "%s%s", n ? ", " : "",
                                  folder);
    return mi_fail(err, MIEN_EIO,
                   "model %s: %s is not installed; looked in %s%s%s", e->name,
                   e->file, where, *how ? "; to install it: " : "", how);
}

const mien_model_entry *mien_models_missing(const char *first,
                                            const mien_face_options *options)
{
    const mien_model_entry *all[MIEN_FACE_MAX_MODELS];
    char path[MIEN_PATH_MAX];
    size_t size;
    int n = mien_face_needs(options, all);
    for (int i = 0; i < n; i++)
        if (!mien_model_embedded(all[i]->name, &size) &&
            !mien_models_find(first, all[i]->file, path))
            return all[i];
    return NULL;
}

mien_status mien_models_lookup(void *first, const mien_model_entry *entry,
                               mien_model_file *out, mien_error *err)
{
    char path[MIEN_PATH_MAX];
    const char *folder = first ? *(const char **)first : NULL;
    if (!mien_models_find(folder, entry->file, path))
        return missing(folder, entry, err);
    mien_status st = mien_file_load(path, 0, &out->bytes, err);
    if (st != MIEN_OK)
        return st;
    enum { SHOWN = sizeof out->place - 1 };
    size_t n = strlen(path);
    snprintf(out->place, sizeof out->place, "%.*s", SHOWN,
             n > SHOWN ? path + n - SHOWN : path);
    return MIEN_OK;
}

const char *mien_models_place(const char *first, const mien_model_entry *e,
                              char *path)
{
    size_t n;
    if (mien_model_embedded(e->name, &n))
        return "embedded";
    return mien_models_find(first, e->file, path) ? path : "";
}

void mien_models_json(const char *first, mien_buffer *out)
{
    const mien_model_entry *e;
    mien_json j = mien_json_on(out, 2);
    mien_json_array(&j, NULL);
    for (int i = 0; (e = mien_model_at(i)); i++) {
        char path[MIEN_PATH_MAX];
        const char *place = mien_models_place(first, e, path);
        mien_json_object(&j, NULL);
        mien_json_text(&j, "name", e->name);
        mien_json_text(&j, "task", e->task);
        mien_json_text(&j, "file", e->file);
        mien_json_text(&j, "sha256", e->sha256);
        mien_json_text(&j, "licence", e->licence);
        mien_json_text(&j, "source", e->source);
        mien_json_text(&j, "version", e->version);
        mien_json_text(&j, "source_file", e->source_file);
        mien_json_text(&j, "source_sha256", e->source_sha256);
        mien_json_text(&j, "manifest_sha256", e->manifest_sha256);
        mien_json_text(&j, "summary", e->summary);
        mien_json_text(&j, "note", e->note);
        mien_json_text(&j, "install", e->install);
        mien_json_text(&j, "installed", *place ? place : NULL);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}
