/* kept.c: bytes that are kept of somebody, with a head: evidence, and what
 * models inferred.
 *
 * A row has a kind, a head (name, day, size, SHA-256; of what was inferred also
 * the SHA-256 of its file and of the model, and the last day) and the bytes,
 * each sealed with the person's key and bound to the kind, the person and the
 * row's number. */
#include "base/error.h"
#include "gallery/gallery.h"

#include <stdlib.h>
#include <string.h>

/* What the head and the bytes of a row are sealed as. */
static const char *const head_of[] = {"evidence head", "inferred head"};
static const char *const bytes_of[] = {"evidence", "inferred"};

mien_status mi_kept_name(mi_kept_kind kind, const char *name, mien_error *err)
{
    size_t n = strnlen(name, MIEN_GALLERY_NAME);
    if (n == MIEN_GALLERY_NAME)
        return mi_fail(err, MIEN_EARG,
                       "%s: a name of too many bytes; at most %d are wanted",
                       bytes_of[kind], MIEN_GALLERY_NAME - 1);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)name[i] < 32 || name[i] == 127)
            return mi_fail(err, MIEN_EARG,
                           "%s: a name with a control character at byte %zu",
                           bytes_of[kind], i);
    return MIEN_OK;
}

/* Open and read the head of a row. */
static mien_status read_head(const mien_gallery *g, const mi_person *p,
                             mi_kept_kind kind, int64_t number,
                             const mien_bytes *sealed, mi_kept *out,
                             mien_error *err)
{
    char what[MI_WHAT], size[24] = "";
    mien_bytes plain = {0};
    mi_kept e = {.kind = kind, .id = number};
    mi_gallery_what_number(g, head_of[kind], p->shown.id, number, what);
    mien_status st =
        mi_unseal(&p->key, what, sealed->data, sealed->n, &plain, err);
    if (st)
        return st;
    const char *at =
        mi_take_line((const char *)plain.data, e.name, sizeof e.name);
    at = mi_take_line(at, e.day, sizeof e.day);
    at = mi_take_line(at, size, sizeof size);
    at = mi_take_line(at, e.sha256, sizeof e.sha256);
    if (kind == MI_KEPT_INFERRED) {
        at = mi_take_line(at, e.file_sha256, sizeof e.file_sha256);
        at = mi_take_line(at, e.model, sizeof e.model);
        at = mi_take_line(at, e.until, sizeof e.until);
    }
    mi_unsealed_free(&plain);
    if (!at)
        return mi_fail(err, MIEN_EFORMAT, "%.120s: %s is damaged", g->path,
                       head_of[kind]);
    e.size = strtoll(size, NULL, 10);
    *out = e;
    return MIEN_OK;
}

mien_status mi_kept_put(mien_gallery *g, const mi_person *p, const mi_kept *e,
                        const void *bytes, mien_error *err)
{
    char what[MI_WHAT];
    mien_buffer plain = {0}, head = {0}, sealed = {0};
    mien_buffer_printf(&plain, "%s\n%s\n%lld\n%s\n", e->name, e->day,
                       (long long)e->size, e->sha256);
    if (e->kind == MI_KEPT_INFERRED)
        mien_buffer_printf(&plain, "%s\n%s\n%s\n", e->file_sha256, e->model,
                           e->until);
    mi_gallery_what_number(g, head_of[e->kind], p->shown.id, e->id, what);
    mien_status st = mi_seal_buffer(&p->key, what, &plain, &head, err);
    mi_gallery_what_number(g, bytes_of[e->kind], p->shown.id, e->id, what);
    mi_seal(&p->key, what, bytes, (size_t)e->size, &sealed);
    if (!st && sealed.failed)
        st = mi_no_memory(err);
    if (!st)
        st = mi_db_do(&g->data, err,
                      "INSERT INTO evidence(id, person, kind, head, sealed)"
                      " VALUES(?, ?, ?, ?, ?)",
                      "iiibb", e->id, p->shown.id, (int64_t)e->kind, head.data,
                      head.n, sealed.data, sealed.n);
    mien_buffer_free(&head);
    mien_buffer_free(&sealed);
    return st;
}

mien_status mi_kept_count(const mien_gallery *g, int64_t person,
                          mi_kept_kind kind, int *out, mien_error *err)
{
    mi_statement s = {0};
    int row = 0;
    mien_status st = mi_db_prepare(
        &g->data, &s, err,
        "SELECT count(*) FROM evidence WHERE person = ? AND kind = ?", "ii",
        person, (int64_t)kind);
    if (!st)
        st = mi_db_step(&s, &row, err);
    if (!st && row)
        *out = (int)mi_db_int(&s, 0);
    mi_db_finish(&s);
    return st;
}

mien_status mi_kept_next(const mien_gallery *g, mi_kept_kind kind,
                         int64_t *person, mien_error *err)
{
    mi_statement s = {0};
    int row = 0;
    mien_status st = mi_db_prepare(
        &g->data, &s, err,
        "SELECT min(person) FROM evidence WHERE kind = ? AND person > ?", "ii",
        (int64_t)kind, *person);
    if (!st)
        st = mi_db_step(&s, &row, err);
    if (!st)
        *person = row ? mi_db_int(&s, 0) : 0;
    mi_db_finish(&s);
    return st;
}

/* A row by its number: whose it is, and its sealed bytes, of the statement,
 * which the caller finalizes. */
static mien_status find_row(const mien_gallery *g, mi_kept_kind kind,
                            int64_t number, int *at, mi_statement *s,
                            mien_error *err)
{
    int row = 0;
    mien_status st = mi_db_prepare(
        &g->data, s, err,
        "SELECT person, sealed FROM evidence WHERE id = ? AND kind = ?", "ii",
        number, (int64_t)kind);
    if (!st)
        st = mi_db_step(s, &row, err);
    if (!st)
        *at = row ? mi_people_at(g, mi_db_int(s, 0)) : -1;
    if (!st && *at < 0)
        st =
            mi_fail(err, MIEN_EARG, "%s %s has the number %lld",
                    kind ? "nothing" : "no", bytes_of[kind], (long long)number);
    return st;
}

mien_status mi_kept_list(const mien_gallery *g, int64_t id, mi_kept_kind kind,
                         int most, int *n, mi_kept *out, mien_error *err)
{
    mi_statement s = {0};
    int at, row = 0, found = 0;
    mien_status st = mi_people_find(g, id, &at, err);
    if (!st)
        st = mi_db_prepare(&g->data, &s, err,
                           "SELECT id, head FROM evidence"
                           " WHERE person = ? AND kind = ? ORDER BY id",
                           "ii", id, (int64_t)kind);
    do {
        if (!st)
            st = mi_db_step(&s, &row, err);
        if (!st && row && found == most)
            st = mi_fail(err, MIEN_EFORMAT, "%.120s: too much %s", g->path,
                         bytes_of[kind]);
        if (!st && row) {
            mien_bytes head = mi_db_bytes(&s, 1);
            st = read_head(g, &g->person[at], kind, mi_db_int(&s, 0), &head,
                           &out[found], err);
            found += !st;
        }
    } while (!st && row);
    mi_db_finish(&s);
    if (!st)
        *n = found;
    return st;
}

mien_status mi_kept_read(const mien_gallery *g, mi_kept_kind kind,
                         int64_t number, mien_buffer *out, mien_error *err)
{
    char what[MI_WHAT];
    mi_statement s = {0};
    mien_bytes plain = {0};
    int at = -1;
    mien_status st = find_row(g, kind, number, &at, &s, err);
    if (!st) {
        const mi_person *p = &g->person[at];
        mien_bytes sealed = mi_db_bytes(&s, 1);
        mi_gallery_what_number(g, bytes_of[kind], p->shown.id, number, what);
        st = mi_unseal(&p->key, what, sealed.data, sealed.n, &plain, err);
    }
    mi_db_finish(&s);
    if (!st)
        mien_buffer_reserve(out, plain.n);
    if (!st)
        mien_buffer_put(out, plain.data, plain.n);
    mi_unsealed_free(&plain);
    return !st && out->failed ? mi_no_memory(err) : st;
}

mien_status mi_kept_remove(mien_gallery *g, mi_kept_kind kind, int64_t number,
                           mien_error *err)
{
    mi_statement s = {0};
    int at = -1, gone = 0;
    mien_status st = find_row(g, kind, number, &at, &s, err);
    mi_db_finish(&s);
    if (st)
        return st;
    return mi_item_remove(
        g, at, number, kind ? MI_LOG_INFERRED_ERASED : MI_LOG_EVIDENCE_ERASED,
        &gone, err);
}

/* ---- another's ----------------------------------------------------------- */

/* Put a copy of a row of one into the data, for another, as number. */
static mien_status copy_row(mien_gallery *g, const mi_person *into,
                            const mi_kept *e, int64_t number, mien_error *err)
{
    mien_buffer plain = {0};
    mi_kept copy = *e;
    copy.id = number;
    mien_status st = mi_kept_read(g, e->kind, e->id, &plain, err);
    if (!st && plain.n != (size_t)e->size)
        st = mi_fail(err, MIEN_EFORMAT, "%.120s: %s is damaged", g->path,
                     bytes_of[e->kind]);
    if (!st)
        st = mi_kept_put(g, into, &copy, plain.data, err);
    mi_keys_forget(plain.data, plain.n);
    mien_buffer_free(&plain);
    return st;
}

mien_status mi_kept_copy(mien_gallery *g, const mi_giver *by, mi_kept_kind kind,
                         int *made, int64_t *out, mien_error *err)
{
    mi_kept all[MI_KEPT_MOST];
    int had = 0;
    mien_status st =
        mi_kept_list(g, by->from->shown.id, kind, MI_KEPT_MOST, &had, all, err);
    *made = 0;
    for (int i = 0; !st && i < had; i++) {
        int goes = by->n == 0;
        for (int k = 0; k < by->n; k++)
            goes |= all[i].id == by->number[k];
        if (!goes)
            continue;
        mi_faces_number(g, 1, &out[*made]);
        st = copy_row(g, by->into, &all[i], out[*made], err);
        ++*made;
    }
    mi_keys_forget(all, sizeof all);
    return st;
}
