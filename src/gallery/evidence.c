/* evidence.c: files that show why somebody may be recognised.
 *
 * A row has a head (name, day, size, SHA-256) and the bytes, each sealed with
 * the person's key and bound to the person and the row's number. */
#include "base/error.h"
#include "gallery/gallery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is wanted ------------------------------------------------------ */

/* One file. */
static mien_status check_file(const mien_gallery_file *f, mien_error *err)
{
    size_t n = strnlen(f->name, MIEN_GALLERY_NAME);
    if (n == MIEN_GALLERY_NAME)
        return mi_fail(err, MIEN_EARG,
                       "evidence: a name of too many bytes; at most %d are "
                       "wanted",
                       MIEN_GALLERY_NAME - 1);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)f->name[i] < 32 || f->name[i] == 127)
            return mi_fail(err, MIEN_EARG,
                           "evidence: a name with a control character at byte "
                           "%zu",
                           i);
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

/* ---- what is sealed ------------------------------------------------------ */

/* Open and read the head of a row. */
static mien_status read_head(const mien_gallery *g, const mi_person *p,
                             int64_t number, const mien_bytes *sealed,
                             mien_gallery_evidence *out, mien_error *err)
{
    char what[MI_WHAT], size[24] = "";
    mien_bytes plain = {0};
    mien_gallery_evidence e = {.id = number};
    mi_gallery_what_number(g, "evidence head", p->shown.id, number, what);
    mien_status st =
        mi_unseal(&p->key, what, sealed->data, sealed->n, &plain, err);
    if (st)
        return st;
    const char *at =
        mi_take_line((const char *)plain.data, e.name, sizeof e.name);
    at = mi_take_line(at, e.day, sizeof e.day);
    at = mi_take_line(at, size, sizeof size);
    at = mi_take_line(at, e.sha256, sizeof e.sha256);
    mi_unsealed_free(&plain);
    if (!at)
        return mi_fail(err, MIEN_EFORMAT, "%.120s: evidence is damaged",
                       g->path);
    e.size = strtoll(size, NULL, 10);
    *out = e;
    return MIEN_OK;
}

/* ---- into the data ------------------------------------------------------- */

/* Put a row into the data. */
static mien_status put_row(mien_gallery *g, const mi_person *p,
                           const mien_gallery_evidence *e, const void *bytes,
                           mien_error *err)
{
    char what[MI_WHAT];
    mien_buffer plain = {0}, head = {0}, sealed = {0};
    mien_buffer_printf(&plain, "%s\n%s\n%lld\n%s\n", e->name, e->day,
                       (long long)e->size, e->sha256);
    mi_gallery_what_number(g, "evidence head", p->shown.id, e->id, what);
    mien_status st = mi_seal_buffer(&p->key, what, &plain, &head, err);
    mi_gallery_what_number(g, "evidence", p->shown.id, e->id, what);
    mi_seal(&p->key, what, bytes, (size_t)e->size, &sealed);
    if (!st && sealed.failed)
        st = mi_no_memory(err);
    if (!st)
        st = mi_db_do(&g->data, err,
                      "INSERT INTO evidence(id, person, head, sealed)"
                      " VALUES(?, ?, ?, ?)",
                      "iibb", e->id, p->shown.id, head.data, head.n,
                      sealed.data, sealed.n);
    mien_buffer_free(&head);
    mien_buffer_free(&sealed);
    return st;
}

mien_status mi_evidence_put(mien_gallery *g, const mi_person *p,
                            const mi_files *f, const int64_t *number,
                            mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < f->n; i++) {
        mien_gallery_evidence e = {.id = number[i],
                                   .size = (int64_t)f->file[i].bytes.n};
        memcpy(e.name, f->file[i].name, strlen(f->file[i].name));
        mi_gallery_day(g, e.day);
        mien_sha256(f->file[i].bytes.data, f->file[i].bytes.n, e.sha256);
        st = put_row(g, p, &e, f->file[i].bytes.data, err);
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

mien_status mi_evidence_count(const mien_gallery *g, int64_t person, int *out,
                              mien_error *err)
{
    sqlite3_stmt *s = NULL;
    int row = 0;
    mien_status st = mi_db_prepare(
        &g->data, &s, err, "SELECT count(*) FROM evidence WHERE person = ?",
        "i", person);
    if (!st)
        st = mi_db_step(&g->data, s, &row, err);
    if (!st && row)
        *out = sqlite3_column_int(s, 0);
    sqlite3_finalize(s);
    return st;
}

/* A row by its number: whose it is, and its sealed bytes, of the statement,
 * which the caller finalizes. */
static mien_status find_row(const mien_gallery *g, int64_t number, int *at,
                            sqlite3_stmt **s, mien_error *err)
{
    int row = 0;
    mien_status st = mi_db_prepare(
        &g->data, s, err, "SELECT person, sealed FROM evidence WHERE id = ?",
        "i", number);
    if (!st)
        st = mi_db_step(&g->data, *s, &row, err);
    if (!st)
        *at = row ? mi_people_at(g, sqlite3_column_int64(*s, 0)) : -1;
    if (!st && *at < 0)
        st = mi_fail(err, MIEN_EARG, "no evidence has the number %lld",
                     (long long)number);
    return st;
}

mien_status
mien_gallery_list_evidence(const mien_gallery *g, int64_t id, int *n,
                           mien_gallery_evidence out[MIEN_GALLERY_MAX_EVIDENCE],
                           mien_error *err)
{
    sqlite3_stmt *s = NULL;
    int at, row = 0, found = 0;
    mien_status st = mi_people_find(g, id, &at, err);
    if (!st)
        st = mi_db_prepare(
            &g->data, &s, err,
            "SELECT id, head FROM evidence WHERE person = ? ORDER BY id", "i",
            id);
    do {
        if (!st)
            st = mi_db_step(&g->data, s, &row, err);
        if (!st && row && found == MIEN_GALLERY_MAX_EVIDENCE)
            st = mi_fail(err, MIEN_EFORMAT, "%.120s: too much evidence",
                         g->path);
        if (!st && row) {
            mien_bytes head = mi_db_bytes(s, 1);
            st = read_head(g, &g->person[at], sqlite3_column_int64(s, 0), &head,
                           &out[found], err);
            found += !st;
        }
    } while (!st && row);
    sqlite3_finalize(s);
    if (!st)
        *n = found;
    return st;
}

mien_status mien_gallery_read_evidence(const mien_gallery *g, int64_t id,
                                       mien_buffer *out, mien_error *err)
{
    char what[MI_WHAT];
    sqlite3_stmt *s = NULL;
    mien_bytes plain = {0};
    int at = -1;
    mien_status st = find_row(g, id, &at, &s, err);
    if (!st) {
        const mi_person *p = &g->person[at];
        mien_bytes sealed = mi_db_bytes(s, 1);
        mi_gallery_what_number(g, "evidence", p->shown.id, id, what);
        st = mi_unseal(&p->key, what, sealed.data, sealed.n, &plain, err);
    }
    sqlite3_finalize(s);
    if (!st)
        mien_buffer_reserve(out, plain.n);
    if (!st)
        mien_buffer_put(out, plain.data, plain.n);
    mi_unsealed_free(&plain);
    return !st && out->failed ? mi_no_memory(err) : st;
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
        st = mi_evidence_count(g, id, &had, err);
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
    sqlite3_stmt *s = NULL;
    int at = -1, gone = 0;
    mien_status st = find_row(g, id, &at, &s, err);
    sqlite3_finalize(s);
    if (st)
        return st;
    return mi_item_remove(g, at, id, MI_LOG_EVIDENCE_ERASED, &gone, err);
}

/* ---- another's ----------------------------------------------------------- */

/* Put a copy of a file of one into the data, for another, as number. */
static mien_status copy_file(mien_gallery *g, const mi_person *into,
                             const mien_gallery_evidence *e, int64_t number,
                             mien_error *err)
{
    mien_buffer plain = {0};
    mien_gallery_evidence copy = *e;
    copy.id = number;
    mien_status st = mien_gallery_read_evidence(g, e->id, &plain, err);
    if (!st && plain.n != (size_t)e->size)
        st = mi_fail(err, MIEN_EFORMAT, "%.120s: evidence is damaged", g->path);
    if (!st)
        st = put_row(g, into, &copy, plain.data, err);
    mi_keys_forget(plain.data, plain.n);
    mien_buffer_free(&plain);
    return st;
}

mien_status mi_evidence_copy(mien_gallery *g, const mi_person *from,
                             const mi_person *into, int n,
                             const int64_t *number, int *made,
                             int64_t out[MIEN_GALLERY_MAX_EVIDENCE],
                             mien_error *err)
{
    mien_gallery_evidence all[MIEN_GALLERY_MAX_EVIDENCE];
    int had = 0;
    mien_status st =
        mien_gallery_list_evidence(g, from->shown.id, &had, all, err);
    *made = 0;
    for (int i = 0; !st && i < had; i++) {
        int goes = n == 0;
        for (int k = 0; k < n; k++)
            goes |= all[i].id == number[k];
        if (!goes)
            continue;
        mi_faces_number(g, 1, &out[*made]);
        st = copy_file(g, into, &all[i], out[*made], err);
        ++*made;
    }
    return st;
}
