/* evidence.c: files that show why somebody may be recognised, as rows of
 * kept.c. */
#include "base/error.h"
#include "gallery/gallery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is wanted ------------------------------------------------------ */

/* One file. */
static mien_status check_file(const mien_gallery_file *f, mien_error *err)
{
    mien_status st = mi_kept_name(MI_KEPT_EVIDENCE, f->name, err);
    if (st)
        return st;
    if (!f->bytes.n)
        return mi_fail(err, MIEN_EARG, "evidence: %.100s is empty", f->name);
    if (f->bytes.n > MIEN_GALLERY_MAX_FILE)
        return mi_fail(err, MIEN_ELIMIT,
                       "evidence: %.80s has %zu bytes; at most %ld are kept",
                       f->name, f->bytes.n, MIEN_GALLERY_MAX_FILE);
    return MIEN_OK;
}

mien_status mi_evidence_check(const mi_files *f, int had, mien_error *err)
{
    mien_status st = MIEN_OK;
    if (f->n < 0 || f->n > MIEN_GALLERY_MAX_EVIDENCE - had)
        return mi_fail(err, MIEN_ELIMIT,
                       "evidence: %d files beside %d; at most %d of a person "
                       "are kept",
                       f->n, had, MIEN_GALLERY_MAX_EVIDENCE);
    for (int i = 0; !st && i < f->n; i++)
        st = check_file(&f->file[i], err);
    return st;
}

/* ---- into the data ------------------------------------------------------- */

mien_status mi_evidence_put(mien_gallery *g, const mi_person *p,
                            const mi_files *f, const int64_t *number,
                            mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < f->n; i++) {
        mi_kept e = {.kind = MI_KEPT_EVIDENCE,
                     .id = number[i],
                     .size = (int64_t)f->file[i].bytes.n};
        memcpy(e.name, f->file[i].name, strlen(f->file[i].name));
        mi_gallery_day(g, e.day);
        mien_sha256(f->file[i].bytes.data, f->file[i].bytes.n, e.sha256);
        st = mi_kept_put(g, p, &e, f->file[i].bytes.data, err);
    }
    return st;
}

/* Files on the way into the data. */
typedef struct moving {
    const mi_person *person;
    const mi_files *files;
    const int64_t *number;
} moving;

/* mi_change.make of another file. */
static mien_status make_more(mien_gallery *g, const void *arg, mien_error *err)
{
    const moving *m = arg;
    mien_status st = mi_evidence_put(g, m->person, m->files, m->number, err);
    return st ? st
              : mi_items_came(g, m->person, 1, m->number, MI_LOG_EVIDENCE_ADDED,
                              m->files->file->name, err);
}

/* ---- out of the data ----------------------------------------------------- */

mien_status
mien_gallery_list_evidence(const mien_gallery *g, int64_t id, int *n,
                           mien_gallery_evidence out[MIEN_GALLERY_MAX_EVIDENCE],
                           mien_error *err)
{
    mi_kept all[MIEN_GALLERY_MAX_EVIDENCE];
    int found = 0;
    mien_status st = mi_kept_list(g, id, MI_KEPT_EVIDENCE,
                                  MIEN_GALLERY_MAX_EVIDENCE, &found, all, err);
    for (int i = 0; !st && i < found; i++) {
        out[i] = (mien_gallery_evidence){.id = all[i].id, .size = all[i].size};
        memcpy(out[i].name, all[i].name, sizeof out[i].name);
        memcpy(out[i].day, all[i].day, sizeof out[i].day);
        memcpy(out[i].sha256, all[i].sha256, sizeof out[i].sha256);
    }
    if (!st)
        *n = found;
    return st;
}

mien_status mien_gallery_read_evidence(const mien_gallery *g, int64_t id,
                                       mien_buffer *out, mien_error *err)
{
    return mi_kept_read(g, MI_KEPT_EVIDENCE, id, out, err);
}

/* ---- what callers do ----------------------------------------------------- */

mien_status mien_gallery_add_evidence(mien_gallery *g, int64_t id,
                                      const mien_gallery_file *file,
                                      int64_t *out, mien_error *err)
{
    const mi_files files = {1, file};
    int64_t number;
    int at, had = 0;
    mien_status st = mi_people_find(g, id, &at, err);
    if (!st)
        st = mi_kept_count(g, id, MI_KEPT_EVIDENCE, &had, err);
    if (!st)
        st = mi_evidence_check(&files, had, err);
    if (st)
        return st;
    mi_faces_number(g, 1, &number);
    const moving m = {&g->person[at], &files, &number};
    const mi_change change = {
        .what = MI_CHANGE, .of = id, .make = make_more, .arg = &m};
    st = mi_gallery_change(g, &change, err);
    if (!st && out)
        *out = number;
    return st;
}

mien_status mien_gallery_remove_evidence(mien_gallery *g, int64_t id,
                                         mien_error *err)
{
    return mi_kept_remove(g, MI_KEPT_EVIDENCE, id, err);
}
