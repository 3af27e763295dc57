/* change.c: enrolling, renaming, erasing: begun in the keys, made in the data,
 * ended in the keys. */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "gallery/gallery.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

mien_status mi_data_begin(mien_gallery *g, mi_log_end *before, mien_error *err)
{
    *before = g->log;
    return mi_db_begin(&g->data, err);
}

mien_status mi_data_end(mien_gallery *g, mien_status st,
                        const mi_log_end *before, mien_error *err)
{
    if (!st)
        st = mi_db_do(&g->data, err, "UPDATE gallery SET generation = ?", "i",
                      g->generation);
    st = mi_db_end(&g->data, st, err);
    if (st)
        g->log = *before;
    return st;
}

/* Commit the generation as it was before the change.  In two steps: for a row
 * that stays as it is SQLite writes nothing. */
static mien_status commit_as_before(mien_gallery *g)
{
    static const char sql[] = "UPDATE gallery SET generation = ?";
    mien_status st = mi_db_begin(&g->data, NULL);
    if (st)
        return st;
    st = mi_db_do(&g->data, NULL, sql, "i", g->generation);
    if (!st)
        st = mi_db_do(&g->data, NULL, sql, "i", g->generation - 1);
    return mi_db_end(&g->data, st, NULL);
}

/* Take back what was begun in the keys, since the data refused it.  A commit
 * that failed as its last byte was forced to the disk may stand in the journal
 * whole, and would count if the process died now: another one in its place,
 * which is forced before the keys say that nothing was begun, ends that. */
static void take_back(mien_gallery *g, mi_begun what, int64_t person)
{
    if (commit_as_before(g) || mi_vault_undo(g, what, person, NULL))
        g->broken = 1; /* opening finds out, and takes it back or not */
}

/* ---- enrolling ----------------------------------------------------------- */

/* Check what a person is enrolled with, and fill in dates. */
static mien_status check(const mien_gallery *g, const mien_gallery_faces *f,
                         mien_gallery_person *p, mien_error *err)
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
    if (f->n < 1 || f->n > MIEN_GALLERY_MAX_FACES || f->numbers < 1 ||
        f->numbers > MIEN_INDEX_MAX_NUMBERS ||
        strlen(f->model) != MIEN_GALLERY_DIGEST - 1)
        return mi_fail(err, MIEN_EARG,
                       "%d faces of %d numbers; 1 to %d faces and 1 to %d "
                       "numbers are wanted, and the network's SHA-256",
                       f->n, f->numbers, MIEN_GALLERY_MAX_FACES,
                       MIEN_INDEX_MAX_NUMBERS);
    for (int64_t i = 0; i < (int64_t)f->n * f->numbers; i++)
        if (!isfinite(f->descriptor[i]))
            return mi_fail(err, MIEN_EARG,
                           "face %lld: a descriptor with a number that is not "
                           "finite",
                           (long long)(i / f->numbers) + 1);
    return MIEN_OK;
}

/* Put a face into the data. */
static mien_status put_face(mien_gallery *g, const mi_person *p,
                            const mien_gallery_faces *f, int i, mien_error *err)
{
    mien_buffer plain = {0}, sealed = {0};
    char what[MI_WHAT];
    mien_buffer_reserve(&plain, (size_t)f->numbers * 4);
    for (int k = 0; k < f->numbers; k++)
        mi_buffer_f32le(&plain, f->descriptor[(int64_t)i * f->numbers + k]);
    mi_gallery_what(g, "face", p->shown.id, f->model, what);
    if (!plain.failed)
        mi_seal(&p->key, what, plain.data, plain.n, &sealed);
    mien_status st =
        plain.failed || sealed.failed
            ? mi_no_memory(err)
            : mi_db_do(&g->data, err,
                       "INSERT INTO face(person, model, sealed)"
                       " VALUES(?, ?, ?)",
                       "itb", p->shown.id, f->model, sealed.data, sealed.n);
    mi_keys_forget(plain.data, plain.n);
    mien_buffer_free(&plain);
    mien_buffer_free(&sealed);
    return st;
}

/* Put a person into the data, anew or in the place of what was there. */
static mien_status put_person(mien_gallery *g, const mi_person *p,
                              mien_error *err)
{
    mien_buffer plain = {0}, sealed = {0};
    char what[MI_WHAT];
    mi_person_write(&p->shown, &plain);
    mi_gallery_what(g, "person", p->shown.id, "", what);
    if (!plain.failed)
        mi_seal(&p->key, what, plain.data, plain.n, &sealed);
    mien_status st = plain.failed || sealed.failed
                         ? mi_no_memory(err)
                         : mi_db_do(&g->data, err,
                                    "INSERT OR REPLACE INTO person(id, sealed)"
                                    " VALUES(?, ?)",
                                    "ib", p->shown.id, sealed.data, sealed.n);
    mi_keys_forget(plain.data, plain.n);
    mien_buffer_free(&plain);
    mien_buffer_free(&sealed);
    return st;
}

/* The data's part of an enrolment. */
static mien_status enroll(mien_gallery *g, const mi_person *p,
                          const mien_gallery_faces *f, mien_error *err)
{
    mi_log_end before;
    char detail[300];
    mien_status st = mi_data_begin(g, &before, err);
    if (st)
        return st;
    snprintf(detail, sizeof detail, "%d face%s, %s, for %s, until %s", f->n,
             f->n == 1 ? "" : "s", p->shown.basis.basis, p->shown.basis.purpose,
             p->shown.basis.expiry);
    st = put_person(g, p, err);
    for (int i = 0; !st && i < f->n; i++)
        st = put_face(g, p, f, i, err);
    if (!st)
        st = mi_log_add(g, MI_LOG_ENROLLED, p, p->shown.id, detail, err);
    return mi_data_end(g, st, &before, err);
}

mien_status mien_gallery_enroll(mien_gallery *g,
                                const mien_gallery_person *person,
                                const mien_gallery_faces *faces, int64_t *id,
                                mien_error *err)
{
    mi_person p = {.shown = *person};
    mien_status st = check(g, faces, &p.shown, err);
    if (!st)
        st = mi_vault_next(g, &p.shown.id, err);
    if (st)
        return st;
    mi_keys_random(&p.key, sizeof p.key);
    /* In memory first: what can fail there changes nothing yet. */
    st = mi_people_add(g, &p, faces, err);
    if (!st)
        st = mi_vault_begin(g, MI_ENROL, p.shown.id, &p.key, err);
    int begun = !st;
    if (!st)
        st = enroll(g, &p, faces, err);
    /* The data has it: opening ends what the keys could not be told now. */
    if (!st && mi_vault_done(g, NULL))
        g->broken = 1;
    if (st && begun)
        take_back(g, MI_ENROL, p.shown.id);
    int at = mi_people_at(g, p.shown.id);
    if (st && at >= 0)
        mi_people_remove(g, at);
    mi_keys_forget(&p.key, sizeof p.key);
    if (!st && id)
        *id = p.shown.id;
    return st;
}

/* ---- renaming ------------------------------------------------------------ */

static mien_status rename_row(mien_gallery *g, const mi_person *p,
                              mien_error *err)
{
    mi_log_end before;
    mien_status st = mi_data_begin(g, &before, err);
    if (st)
        return st;
    st = put_person(g, p, err);
    if (!st)
        st = mi_log_add(g, MI_LOG_RENAMED, p, p->shown.id, "", err);
    return mi_data_end(g, st, &before, err);
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
    snprintf(p.shown.name, sizeof p.shown.name, "%s", name);
    st = mi_vault_begin(g, MI_CHANGE, id, NULL, err);
    if (st)
        return st;
    st = rename_row(g, &p, err);
    if (st)
        take_back(g, MI_CHANGE, id);
    else if (mi_vault_done(g, NULL))
        g->broken = 1; /* opening ends it */
    if (!st)
        g->person[at].shown = p.shown;
    mi_keys_forget(&p, sizeof p);
    return st;
}

/* ---- erasing ------------------------------------------------------------- */

/* How many faces the data has of a person. */
static mien_status count_faces(mien_gallery *g, int64_t person, int *out,
                               mien_error *err)
{
    sqlite3_stmt *s = NULL;
    int row = 0;
    mien_status st = mi_db_prepare(&g->data, &s, err,
                                   "SELECT count(*) FROM face WHERE person = ?",
                                   "i", person);
    if (!st)
        st = mi_db_step(&g->data, s, &row, err);
    if (!st && row)
        *out = sqlite3_column_int(s, 0);
    sqlite3_finalize(s);
    return st;
}

mien_status mi_data_erase(mien_gallery *g, int64_t person, mi_log_kind why,
                          int *faces, mien_error *err)
{
    mi_log_end before;
    char detail[40];
    int n = 0;
    mien_status st = mi_data_begin(g, &before, err);
    if (st)
        return st;
    st = count_faces(g, person, &n, err);
    if (!st)
        st = mi_db_do(&g->data, err, "DELETE FROM face WHERE person = ?", "i",
                      person);
    if (!st)
        st = mi_db_do(&g->data, err, "DELETE FROM person WHERE id = ?", "i",
                      person);
    snprintf(detail, sizeof detail, "%d face%s", n, n == 1 ? "" : "s");
    if (!st)
        st = mi_log_add(g, why, NULL, person, detail, err);
    st = mi_data_end(g, st, &before, err);
    if (!st)
        st = mi_db_settle(&g->data, err);
    if (faces)
        *faces = n;
    return st;
}

mien_status mi_gallery_erase(mien_gallery *g, int at, mi_log_kind why,
                             int *faces, mien_error *err)
{
    int64_t id = g->person[at].shown.id;
    mien_error also = {0};
    mien_status st = mi_vault_begin(g, MI_ERASE, id, NULL, err);
    if (st)
        return st;
    mi_people_remove(g, at);
    st = mi_db_settle(&g->keys, &also);
    if (!st)
        st = mi_data_erase(g, id, why, faces, &also);
    if (!st)
        st = mi_vault_done(g, &also);
    g->broken |= st != MIEN_OK;
    if (st)
        return mi_fail(err, st,
                       "the key of person %lld is destroyed, and opening the "
                       "gallery again erases the rest: %.90s",
                       (long long)id, also.text);
    return MIEN_OK;
}

mien_status mien_gallery_withdraw(mien_gallery *g, int64_t id,
                                  mien_gallery_certificate *out,
                                  mien_error *err)
{
    int at = mi_people_at(g, id), faces = 0;
    if (at < 0)
        return mi_fail(err, MIEN_EARG, "nobody has the number %lld",
                       (long long)id);
    mien_status st = mi_gallery_erase(g, at, MI_LOG_WITHDRAWN, &faces, err);
    if (st || !out)
        return st;
    *out = (mien_gallery_certificate){.id = id,
                                      .at = mi_gallery_now(g),
                                      .faces = faces,
                                      .entry = g->log.number};
    mi_log_mac_text(g->log.mac, out->mac);
    return MIEN_OK;
}
