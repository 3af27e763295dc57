/* change.c: changes and erasing: begun in the keys, made in the data, ended in
 * the keys. */
#include "base/error.h"
#include "gallery/gallery.h"

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

/* What was deleted leaves no byte in the journal. */
static mien_status settle_gone(mien_gallery *g, mien_error *err)
{
    mien_error also = {0};
    mien_status st = mi_db_settle(&g->data, &also);
    if (st)
        st = mi_fail(err, st,
                     "it is not found again, and opening the gallery again "
                     "erases its last bytes: %.90s",
                     also.text);
    return st;
}

mien_status mi_gallery_change(mien_gallery *g, const mi_change *c,
                              mien_error *err)
{
    mi_log_end before;
    mien_status st = mi_vault_begin(g, c, err);
    if (st)
        return st;
    st = mi_data_begin(g, &before, err);
    if (!st)
        st = mi_data_end(g, c->make(g, c->arg, err), &before, err);
    if (st) {
        take_back(g, c->what, c->of);
        return st;
    }
    if (c->n_gone)
        st = settle_gone(g, err);
    /* The data has it: opening ends what the keys could not be told now. */
    if (st || mi_vault_done(g, NULL))
        g->broken = 1;
    return st;
}

/* ---- erasing ------------------------------------------------------------- */

/* The rows of a person, by table; evidence has two kinds. */
enum { HELD = 4 };
static const char *const held_counts[HELD] = {
    "SELECT count(*) FROM face WHERE person = ?",
    "SELECT count(*) FROM evidence WHERE person = ? AND kind = 0",
    "SELECT count(*) FROM evidence WHERE person = ? AND kind = 1",
    "SELECT count(*) FROM negative WHERE person = ?"};
static const char *const held_deletes[] = {
    "DELETE FROM face WHERE person = ?",
    "DELETE FROM evidence WHERE person = ?",
    "DELETE FROM negative WHERE person = ?",
    "DELETE FROM leaving WHERE person = ?",
    "DELETE FROM undo WHERE person = ?",
    "DELETE FROM person WHERE id = ?"};

/* Add what a statement counts, of a person and perhaps a number. */
static mien_status add_count(const mien_gallery *g, const char *sql,
                             const char *types, int64_t person, int64_t number,
                             int *out, mien_error *err)
{
    mi_statement s = {0};
    int row = 0;
    mien_status st =
        mi_db_prepare(&g->data, &s, err, sql, types, person, number);
    if (!st)
        st = mi_db_step(&s, &row, err);
    if (!st && row)
        *out += (int)mi_db_int(&s, 0);
    mi_db_finish(&s);
    return st;
}

mien_status mi_data_count(const mien_gallery *g, int64_t person, mi_held *out,
                          mien_error *err)
{
    int *const to[HELD] = {&out->faces, &out->evidence, &out->inferred,
                           &out->negatives};
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < HELD; i++)
        st = add_count(g, held_counts[i], "i", person, 0, to[i], err);
    return st;
}

mien_status mi_items_count(const mien_gallery *g, int64_t person, int n,
                           const int64_t *number, mi_held *out, mien_error *err)
{
    static const char *const sql[HELD] = {
        "SELECT count(*) FROM face WHERE person = ? AND id = ?",
        "SELECT count(*) FROM evidence WHERE person = ? AND id = ?"
        " AND kind = 0",
        "SELECT count(*) FROM evidence WHERE person = ? AND id = ?"
        " AND kind = 1",
        "SELECT count(*) FROM negative WHERE person = ? AND id = ?"};
    int *const to[HELD] = {&out->faces, &out->evidence, &out->inferred,
                           &out->negatives};
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < HELD * n; i++)
        st = add_count(g, sql[i % HELD], "ii", person, number[i / HELD],
                       to[i % HELD], err);
    return st;
}

mien_status mi_items_delete(mien_gallery *g, int64_t person, int n,
                            const int64_t *number, mien_error *err)
{
    static const char *const sql[] = {
        "DELETE FROM face WHERE person = ? AND id = ?",
        "DELETE FROM evidence WHERE person = ? AND id = ?",
        "DELETE FROM negative WHERE person = ? AND id = ?"};
    enum { TABLES = sizeof sql / sizeof *sql };
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < TABLES * n; i++)
        st = mi_db_do(&g->data, err, sql[i % TABLES], "ii", person,
                      number[i / TABLES]);
    return st;
}

/* Delete the rows of a person. */
static mien_status delete_held(mien_gallery *g, int64_t person, mien_error *err)
{
    mien_status st = MIEN_OK;
    for (size_t i = 0; !st && i < sizeof held_deletes / sizeof *held_deletes;
         i++)
        st = mi_db_do(&g->data, err, held_deletes[i], "i", person);
    return st;
}

mien_status mi_data_erase(mien_gallery *g, int64_t person, mi_log_kind why,
                          mi_held *gone, mien_error *err)
{
    mi_log_end before;
    char detail[80];
    mi_held held = {0};
    mien_status st = mi_data_begin(g, &before, err);
    if (st)
        return st;
    st = mi_data_count(g, person, &held, err);
    if (!st)
        st = delete_held(g, person, err);
    mi_held_text(&held, detail, sizeof detail);
    if (!st)
        st = mi_log_add(g, why, NULL, person, detail, err);
    st = mi_data_end(g, st, &before, err);
    if (!st)
        st = mi_db_settle(&g->data, err);
    if (gone)
        *gone = held;
    return st;
}

mien_status mi_gallery_erase(mien_gallery *g, int at, mi_log_kind why,
                             mi_held *gone, mien_error *err)
{
    int64_t id = g->person[at].shown.id;
    mien_error also = {0};
    const mi_change begun = {.what = MI_ERASE, .of = id};
    mien_status st = mi_vault_begin(g, &begun, err);
    if (st)
        return st;
    mi_people_remove(g, at);
    st = mi_db_settle(&g->keys, &also);
    if (!st)
        st = mi_data_erase(g, id, why, gone, &also);
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
    int at;
    mi_held gone = {0};
    mien_status st = mi_people_find(g, id, &at, err);
    if (!st)
        st = mi_gallery_erase(g, at, MI_LOG_WITHDRAWN, &gone, err);
    if (st || !out)
        return st;
    *out = (mien_gallery_certificate){.id = id,
                                      .at = mi_gallery_now(g),
                                      .faces = gone.faces,
                                      .evidence = gone.evidence,
                                      .inferred = gone.inferred,
                                      .negatives = gone.negatives,
                                      .entry = g->log.number};
    mi_log_mac_text(g->log.mac, out->mac);
    return MIEN_OK;
}
