/* enroll.c: who comes, and by which name. */
#include "base/error.h"
#include "gallery/gallery.h"

#include <stdio.h>
#include <string.h>

/* A person, with faces or none, on the way into the data. */
typedef struct coming {
    const mi_person *person;
    const mien_gallery_faces *faces;
    const mi_files *files;
    const int64_t *number; /* [faces->n + files->n] */
} coming;

/* Check what a person is enrolled with, and fill in dates. */
static mien_status check(const mien_gallery *g, mien_gallery_person *p,
                         mien_error *err)
{
    char today[11];
    mi_gallery_day(g, today);
    mien_status st = mi_people_name(g, p->name, 0, err);
    if (st)
        return st;
    if (!*p->basis.date)
        memcpy(p->basis.date, today, sizeof today);
    if (!*p->basis.expiry)
        mien_day_add(today, MIEN_BASIS_DAYS, p->basis.expiry);
    st = mien_basis_hold(&p->basis, today, err);
    if (st)
        return st;
    if (*p->born && (!mien_is_day(p->born) || strcmp(p->born, today) > 0))
        return mi_fail(err, MIEN_EARG,
                       "born %.20s; a day of the calendar that has been is "
                       "wanted, YYYY-MM-DD",
                       p->born);
    return MIEN_OK;
}

mien_status mi_person_put(mien_gallery *g, const mi_person *p, mien_error *err)
{
    mien_buffer plain = {0}, sealed = {0};
    char what[MI_WHAT];
    mi_person_write(&p->shown, &plain);
    mi_gallery_what(g, "person", p->shown.id, "", what);
    mien_status st = mi_seal_buffer(&p->key, what, &plain, &sealed, err);
    if (!st)
        st = mi_db_do(&g->data, err, "DELETE FROM person WHERE id = ?", "i",
                      p->shown.id);
    if (!st)
        st = mi_db_do(&g->data, err,
                      "INSERT INTO person(id, sealed) VALUES(?, ?)", "ib",
                      p->shown.id, sealed.data, sealed.n);
    mien_buffer_free(&sealed);
    return st;
}

/* mi_change.make of an enrolment. */
static mien_status make_person(mien_gallery *g, const void *arg,
                               mien_error *err)
{
    const coming *c = arg;
    const mi_person *p = c->person;
    char detail[300];
    const mi_undo undo = {.what = MIEN_GALLERY_ENROLLED};
    const mi_held held = {.faces = c->faces->n, .evidence = c->files->n};
    mi_held_text(&held, detail, sizeof detail);
    size_t n = strlen(detail);
    snprintf(detail + n, sizeof detail - n, ", %s, for %s, until %s",
             p->shown.basis.basis, p->shown.basis.purpose,
             p->shown.basis.expiry);
    mien_status st = mi_person_put(g, p, err);
    if (!st)
        st = mi_faces_put(g, p, c->faces, c->number, err);
    if (!st)
        st = mi_evidence_put(g, p, c->files, c->number + c->faces->n, err);
    if (!st)
        st = mi_undo_add(g, p, &undo, err);
    return st ? st
              : mi_log_add(g, MI_LOG_ENROLLED, p, p->shown.id, detail, err);
}

mien_status mien_gallery_enroll_with(mien_gallery *g,
                                     const mien_gallery_person *person,
                                     const mien_gallery_faces *faces, int n,
                                     const mien_gallery_file *file, int64_t *id,
                                     mien_error *err)
{
    static const mien_gallery_faces none = {0};
    int64_t number[MIEN_GALLERY_MAX_FACES + MIEN_GALLERY_MAX_EVIDENCE];
    const mi_files files = {n, file};
    mi_person p = {.shown = *person};
    const coming c = {&p, faces ? faces : &none, &files, number};
    mien_status st = check(g, &p.shown, err);
    if (!st && faces)
        st = mi_faces_check(faces, err);
    if (!st)
        st = mi_evidence_check(&files, 0, err);
    if (!st)
        st = mi_vault_next(g, &p.shown.id, err);
    if (st)
        return st;
    mi_keys_random(&p.key, sizeof p.key);
    mi_faces_number(g, c.faces->n + n, number);
    /* In memory first: what can fail there changes nothing yet. */
    st = mi_people_add(g, &p, err);
    if (!st && faces)
        st = mi_people_add_faces(g, p.shown.id, faces, number, err);
    if (!st) {
        const mi_change change = {.what = MI_ENROL,
                                  .of = p.shown.id,
                                  .key = &p.key,
                                  .make = make_person,
                                  .arg = &c};
        st = mi_gallery_change(g, &change, err);
    }
    int at = mi_people_at(g, p.shown.id);
    if (st && at >= 0)
        mi_people_remove(g, at);
    mi_keys_forget(&p.key, sizeof p.key);
    if (!st && id)
        *id = p.shown.id;
    return st;
}

mien_status mien_gallery_enroll(mien_gallery *g,
                                const mien_gallery_person *person,
                                const mien_gallery_faces *faces, int64_t *id,
                                mien_error *err)
{
    return mien_gallery_enroll_with(g, person, faces, 0, NULL, id, err);
}

/* ---- renaming ------------------------------------------------------------ */

/* mi_change.make of another name. */
static mien_status make_name(mien_gallery *g, const void *arg, mien_error *err)
{
    const mi_person *p = arg;
    const mi_undo undo = {.what = MIEN_GALLERY_RENAMED,
                          .before =
                              &g->person[mi_people_at(g, p->shown.id)].shown};
    mien_status st = mi_person_put(g, p, err);
    if (!st)
        st = mi_undo_add(g, p, &undo, err);
    return st ? st : mi_log_add(g, MI_LOG_RENAMED, p, p->shown.id, "", err);
}

mien_status mien_gallery_rename(mien_gallery *g, int64_t id, const char *name,
                                mien_error *err)
{
    int at = mi_people_at(g, id);
    if (at < 0)
        return mi_fail(err, MIEN_EARG, "nobody has the number %lld",
                       (long long)id);
    mien_status st = mi_people_name(g, name, id, err);
    if (st)
        return st;
    mi_person p = g->person[at];
    const mi_change change = {
        .what = MI_CHANGE, .of = id, .make = make_name, .arg = &p};
    snprintf(p.shown.name, sizeof p.shown.name, "%s", name);
    st = mi_gallery_change(g, &change, err);
    if (!st)
        g->person[at].shown = p.shown;
    mi_keys_forget(&p, sizeof p);
    return st;
}
