/* undo.c: what takes a change back, kept beside it in the same transaction.
 *
 * A row is sealed with the key of whom the change was about.  Its text: what
 * was changed, the number of another person or 0, how many numbers of faces,
 * evidence and negatives, these, and what follows: a name, or a person. */
#include "base/alloc.h"
#include "base/error.h"
#include "gallery/move.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- kept ---------------------------------------------------------------- */

mien_status mi_undo_add(mien_gallery *g, const mi_person *p, const mi_undo *u,
                        mien_error *err)
{
    char what[MI_WHAT];
    int64_t number = g->log.number + 1;
    mien_buffer plain = {0}, sealed = {0};
    mien_buffer_printf(&plain, "%d\n%lld\n%d\n", (int)u->what,
                       (long long)u->other, u->n);
    for (int i = 0; i < u->n; i++)
        mien_buffer_printf(&plain, "%lld\n", (long long)u->item[i]);
    if (u->before)
        mi_person_write(u->before, &plain);
    mi_gallery_what_number(g, "undo", p->shown.id, number, what);
    mien_status st = mi_seal_buffer(&p->key, what, &plain, &sealed, err);
    if (!st)
        st = mi_db_do(&g->data, err,
                      "INSERT INTO undo(number, person, sealed)"
                      " VALUES(?, ?, ?)",
                      "iib", number, p->shown.id, sealed.data, sealed.n);
    mien_buffer_free(&sealed);
    return st ? st
              : mi_db_do(&g->data, err,
                         "DELETE FROM undo WHERE number <= (SELECT number FROM"
                         " undo ORDER BY number DESC LIMIT 1 OFFSET ?)",
                         "i", (int64_t)MIEN_GALLERY_UNDO);
}

mien_status mi_undo_forget(mien_gallery *g, int64_t number, mien_error *err)
{
    return mi_db_do(&g->data, err, "DELETE FROM undo WHERE number = ?", "i",
                    number);
}

/* ---- read ---------------------------------------------------------------- */

/* A row that was read. */
typedef struct record {
    int64_t number;
    int at; /* whom it is about */
    mi_undo undo;
    int64_t *item; /* [undo.n] */
    mien_gallery_person before;
} record;

static void free_record(record *r)
{
    mi_free(r->item);
    mi_keys_forget(&r->before, sizeof r->before);
    r->item = NULL;
}

/* A line that is a number. */
static const char *take_number(const char *at, int64_t *out)
{
    char text[24] = "";
    at = mi_take_line(at, text, sizeof text);
    *out = strtoll(text, NULL, 10);
    return at;
}

/* Read the text of a row into its record. */
static mien_status parse(const mien_gallery *g, const mien_bytes *plain,
                         record *r, mien_error *err)
{
    int64_t what = 0, n = 0;
    const char *at = take_number((const char *)plain->data, &what);
    at = take_number(at, &r->undo.other);
    at = take_number(at, &n);
    int good = at && what >= MIEN_GALLERY_RENAMED &&
               what <= MIEN_GALLERY_SPLIT && n >= 0 && n <= (int64_t)plain->n;
    r->item = good ? mi_alloc((size_t)n + 1, sizeof *r->item) : NULL;
    if (good && !r->item)
        return mi_no_memory(err);
    r->undo.what = (mien_gallery_change)what;
    for (; good && at && r->undo.n < n; r->undo.n++)
        at = take_number(at, &r->item[r->undo.n]);
    r->undo.item = r->item;
    if (!good || !at)
        return mi_fail(err, MIEN_EFORMAT, "%.120s: a change is damaged",
                       g->path);
    if (!*at)
        return MIEN_OK;
    size_t before = (size_t)(at - (const char *)plain->data);
    return mi_person_read((const uint8_t *)at, plain->n - before, &r->before,
                          err);
}

/* The record of a row of number, person, sealed. */
static mien_status read_record(const mien_gallery *g, const mi_statement *s,
                               record *out, mien_error *err)
{
    char what[MI_WHAT];
    mien_bytes sealed = mi_db_bytes(s, 2), plain = {0};
    record r = {.number = mi_db_int(s, 0),
                .at = mi_people_at(g, mi_db_int(s, 1))};
    if (r.at < 0)
        return mi_fail(err, MIEN_EFORMAT, "%.120s: a change of nobody",
                       g->path);
    const mi_person *p = &g->person[r.at];
    mi_gallery_what_number(g, "undo", p->shown.id, r.number, what);
    mien_status st =
        mi_unseal(&p->key, what, sealed.data, sealed.n, &plain, err);
    if (!st)
        st = parse(g, &plain, &r, err);
    mi_unsealed_free(&plain);
    if (st)
        free_record(&r);
    else
        *out = r;
    if (!st && *out->before.name)
        out->undo.before = &out->before;
    return st;
}

/* The last one below a number; *found 0: there is none. */
static mien_status last_record(const mien_gallery *g, int64_t below, int *found,
                               record *out, mien_error *err)
{
    mi_statement s = {0};
    mien_status st = mi_db_prepare(&g->data, &s, err,
                                   "SELECT number, person, sealed FROM undo"
                                   " WHERE number < ?"
                                   " ORDER BY number DESC LIMIT 1",
                                   "i", below);
    if (!st)
        st = mi_db_step(&s, found, err);
    if (!st && *found)
        st = read_record(g, &s, out, err);
    mi_db_finish(&s);
    return st;
}

mien_status mi_undo_sweep(mien_gallery *g, mien_error *err)
{
    char today[11];
    int64_t below = INT64_MAX;
    int found = 1, forgotten = 0;
    mien_status st = MIEN_OK;
    mi_gallery_day(g, today);
    while (!st && found) {
        record r = {0};
        st = last_record(g, below, &found, &r, err);
        if (st || !found)
            break;
        below = r.number;
        if (r.undo.what == MIEN_GALLERY_MERGED &&
            strcmp(r.before.basis.expiry, today) < 0) {
            st = mi_undo_forget(g, r.number, err);
            forgotten = 1;
        }
        free_record(&r);
    }
    /* Nothing of it stays in the journal. */
    return st || !forgotten ? st : mi_db_settle(&g->data, err);
}

mien_status mi_undo_put(const mien_gallery *g, int64_t person, mien_json *j,
                        mien_error *err)
{
    static const char *const kind[] = {[MIEN_GALLERY_RENAMED] = "renamed",
                                       [MIEN_GALLERY_ENROLLED] = "enrolled",
                                       [MIEN_GALLERY_ADDED] = "added",
                                       [MIEN_GALLERY_MERGED] = "merged",
                                       [MIEN_GALLERY_SPLIT] = "split"};
    int64_t below = INT64_MAX;
    int found = 1;
    mien_status st = MIEN_OK;
    mien_json_array(j, "undo");
    while (!st && found) {
        record r = {0};
        st = last_record(g, below, &found, &r, err);
        if (st || !found)
            break;
        below = r.number;
        if (g->person[r.at].shown.id == person) {
            mien_json_object(j, NULL);
            mien_json_text(j, "change", kind[r.undo.what]);
            if (r.undo.before)
                mien_json_text(j, "name", r.before.name);
            mien_json_close(j);
        }
        free_record(&r);
    }
    mien_json_close(j);
    return st;
}

/* ---- taken back ---------------------------------------------------------- */

/* A record on its way into the data as what it was before. */
typedef struct going {
    const record *record;
    const mi_person *person;
    const mi_held *held;
} going;

/* mi_change.make of a name as it was. */
static mien_status make_name(mien_gallery *g, const void *arg, mien_error *err)
{
    const going *w = arg;
    mien_status st = mi_person_put(g, w->person, err);
    if (!st)
        st = mi_undo_forget(g, w->record->number, err);
    return st ? st
              : mi_log_add(g, MI_LOG_UNDONE, w->person, w->person->shown.id,
                           "renamed", err);
}

/* The name of before, unless somebody else has it now. */
static mien_status undo_name(mien_gallery *g, const record *r,
                             mien_gallery_undone *out, mien_error *err)
{
    mi_person p = g->person[r->at];
    const going w = {r, &p, NULL};
    const mi_change change = {
        .what = MI_CHANGE, .of = p.shown.id, .make = make_name, .arg = &w};
    memcpy(out->other_name, p.shown.name, sizeof p.shown.name);
    memcpy(p.shown.name, r->before.name, sizeof p.shown.name);
    mien_status st = mi_people_name(g, p.shown.name, p.shown.id, err);
    if (!st)
        st = mi_gallery_change(g, &change, err);
    if (!st) {
        g->person[r->at].shown = p.shown;
        memcpy(out->name, p.shown.name, sizeof p.shown.name);
    }
    mi_keys_forget(&p, sizeof p);
    return st;
}

/* mi_change.make of what was added and goes. */
static mien_status make_less(mien_gallery *g, const void *arg, mien_error *err)
{
    const going *w = arg;
    char detail[120] = "added: ";
    size_t n = strlen(detail);
    mi_held_text(w->held, detail + n, sizeof detail - n);
    mien_status st = mi_items_delete(g, w->person->shown.id, w->record->undo.n,
                                     w->record->item, err);
    if (!st)
        st = mi_undo_forget(g, w->record->number, err);
    return st ? st
              : mi_log_add(g, MI_LOG_UNDONE, w->person, w->person->shown.id,
                           detail, err);
}

/* What was added and is still there goes. */
static mien_status undo_added(mien_gallery *g, const record *r,
                              const mi_held *held, mien_error *err)
{
    const mi_person *p = &g->person[r->at];
    const going w = {r, p, held};
    const mi_change change = {.what = MI_FORGET,
                              .gone = r->item,
                              .n_gone = r->undo.n,
                              .make = make_less,
                              .arg = &w};
    int was_broken = g->broken;
    mien_status st = mi_gallery_change(g, &change, err);
    /* Begun and not taken back: they are gone, though bytes may not be. */
    int gone = !st || (g->broken && !was_broken);
    for (int i = 0; gone && i < r->undo.n; i++) {
        mi_people_drop_face(g, r->item[i]);
        mi_negatives_drop(g, r->item[i]);
    }
    return st;
}

/* Who was merged comes again. */
static mien_status undo_merge(mien_gallery *g, const record *r,
                              mien_gallery_undone *out, mien_error *err)
{
    const mi_parting p = {.from = g->person[r->at].shown.id,
                          .n = r->undo.n,
                          .number = r->item,
                          .undo = r->number};
    char today[11];
    mi_gallery_day(g, today);
    memcpy(out->other_name, r->before.name, sizeof out->other_name);
    mien_status st = mien_basis_hold(&r->before.basis, today, err);
    return st ? st : mi_part(g, &p, &r->before, &out->other, err);
}

/* Who was split off goes again. */
static mien_status undo_split(mien_gallery *g, const record *r, int other,
                              mien_gallery_undone *out, mien_error *err)
{
    const mi_person *p = &g->person[other];
    out->other = p->shown.id;
    memcpy(out->other_name, p->shown.name, sizeof out->other_name);
    mien_status st = mi_give(g, other, r->at, r->number, err);
    return st ? st : mi_leave(g, out->other, err);
}

/* How much of a person the numbers of a record still are; of who was enrolled
 * or split off, all. */
static mien_status count(const mien_gallery *g, const record *r, int other,
                         mi_held *out, mien_error *err)
{
    if (r->undo.what == MIEN_GALLERY_ENROLLED)
        return mi_data_count(g, g->person[r->at].shown.id, out, err);
    if (r->undo.what == MIEN_GALLERY_SPLIT && other >= 0)
        return mi_data_count(g, g->person[other].shown.id, out, err);
    return mi_items_count(g, g->person[r->at].shown.id, r->undo.n, r->item, out,
                          err);
}

/* Take back one record; *done 0: there was nothing left of it to take back. */
static mien_status take_back(mien_gallery *g, const record *r, int *done,
                             mien_gallery_undone *out, mien_error *err)
{
    const mien_gallery_person *p = &g->person[r->at].shown;
    int other = mi_people_at(g, r->undo.other);
    mi_held held = {0};
    mien_status st = count(g, r, other, &held, err);
    int any = held.faces + held.evidence + held.inferred + held.negatives > 0;
    *out = (mien_gallery_undone){.what = r->undo.what,
                                 .person = p->id,
                                 .faces = held.faces,
                                 .evidence = held.evidence,
                                 .inferred = held.inferred,
                                 .negatives = held.negatives};
    memcpy(out->name, p->name, sizeof out->name);
    *done = 1;
    if (st)
        return st;
    switch (r->undo.what) {
    case MIEN_GALLERY_RENAMED: return undo_name(g, r, out, err);
    case MIEN_GALLERY_ENROLLED:
        return mi_gallery_erase(g, r->at, MI_LOG_UNDONE, NULL, err);
    case MIEN_GALLERY_ADDED:
        if (any)
            return undo_added(g, r, &held, err);
        break;
    case MIEN_GALLERY_MERGED: return undo_merge(g, r, out, err);
    case MIEN_GALLERY_SPLIT:
        if (other >= 0)
            return undo_split(g, r, other, out, err);
        break;
    default: break;
    }
    *done = 0;
    return mi_undo_forget(g, r->number, err);
}

mien_status mien_gallery_undo(mien_gallery *g, mien_gallery_undone *out,
                              mien_error *err)
{
    mien_gallery_undone u = {0};
    int done = 0, found = 1;
    mien_status st = MIEN_OK;
    while (!st && !done) {
        record r = {0};
        st = last_record(g, INT64_MAX, &found, &r, err);
        if (!st && !found)
            u = (mien_gallery_undone){0};
        if (st || !found)
            break;
        st = take_back(g, &r, &done, &u, err);
        free_record(&r);
    }
    if (!st)
        *out = u;
    return st;
}
