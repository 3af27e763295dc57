/* delete.c: a whole gallery goes.
 *
 * The keys come first: in one transaction of PEOPLE.db-keys all that is sealed
 * in it is overwritten, and MI_DELETE stands as begun.  With the settling of
 * its journal nothing of the gallery can be read, whatever comes.  Then go the
 * rows of a server, which may keep copies as long as it likes, and the
 * files are deleted, PEOPLE.db-keys last, since it says what is under way: as
 * long as it is there, whoever opens the gallery ends the deletion. */
#include "base/alloc.h"
#include "base/error.h"
#include "gallery/gallery.h"
#include "gallery/store.h"
#include "mien/gallery_delete.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

mien_status mien_gallery_opened_by(mien_gallery *g, const mien_gallery_key *key,
                                   mien_error *err)
{
    return mi_vault_unlock(g, key, err);
}

/* ---- the keys ------------------------------------------------------------ */

/* Overwrite them; what is deleted or replaced SQLite overwrites with zeros. */
static mien_status destroy_keys(mien_gallery *g, mien_error *err)
{
    mien_error also = {0};
    mien_status st = mi_db_begin(&g->keys, err);
    if (st)
        return st;
    st = mi_db_do(&g->keys, err,
                  "UPDATE vault SET salt = zeroblob(length(salt)),"
                  " sealed = zeroblob(length(sealed)),"
                  " recovery = zeroblob(length(recovery)),"
                  " generation = generation + 1, begun = ?, begun_person = 0",
                  "i", (int64_t)MI_DELETE);
    if (!st)
        st = mi_db_do(&g->keys, err, "DELETE FROM key", "");
    if (st)
        return mi_db_end(&g->keys, st, err);
    /* What failed as its last byte was forced to the disk may count. */
    st = mi_db_end(&g->keys, MIEN_OK, &also);
    g->broken |= st != MIEN_OK;
    return st ? mi_fail(err, st,
                        "%.70s: whether it is deleted is told by opening it "
                        "again: %.70s",
                        g->path, also.text)
              : MIEN_OK;
}

/* The mark alone, which a damaged byte can be, deletes nothing. */
mien_status mi_deletion_begun(const mien_gallery *g, int *out, mien_error *err)
{
    int64_t begun = 0;
    int found = 0;
    _Static_assert(MI_DELETE == 5, "the number below");
    mien_status st =
        mi_db_number(&g->keys,
                     "SELECT begun = 5 AND sealed = zeroblob(length(sealed))"
                     " AND recovery = zeroblob(length(recovery))"
                     " AND NOT EXISTS (SELECT 1 FROM key) FROM vault",
                     &begun, &found, err);
    if (!st)
        *out = found && begun == 1;
    return st;
}

/* ---- the files ----------------------------------------------------------- */

/* Delete a file of the gallery, by the ending of its name. */
static mien_status erase_file(const mien_gallery *g, const char *ending,
                              mien_error *err)
{
    char *path = mi_db_beside(g->path, ending);
    if (!path)
        return mi_no_memory(err);
    mien_status st = mi_db_erase(path)
                         ? MIEN_OK
                         : mi_fail(err, MIEN_EIO, "%.80s%s cannot be deleted",
                                   g->path, ending);
    mi_free(path);
    return st;
}

/* Which gallery it was: its keys are destroyed, and its number stands there
 * still. */
static mien_status read_number(mien_gallery *g, mien_error *err)
{
    mi_statement s = {0};
    int row = 0;
    mien_status st =
        mi_db_prepare(&g->keys, &s, err, "SELECT gallery FROM vault", "");
    if (!st)
        st = mi_db_step(&s, &row, err);
    mien_bytes id = !st && row ? mi_db_bytes(&s, 0) : (mien_bytes){0};
    if (!st && id.n != sizeof g->id)
        st = mi_fail(err, MIEN_EFORMAT, "%.120s: is damaged", g->keys_path);
    if (!st)
        memcpy(g->id, id.data, id.n);
    mi_db_finish(&s);
    return st;
}

/* Open the data of a deletion that was broken off, if they are on a server and
 * of this gallery. */
static mien_status open_rows(mien_gallery *g, mien_error *err)
{
    mi_store at;
    int is = 0;
    mien_status number = read_number(g, err);
    mien_status st = mi_gallery_store(g, g->path, &at, &is, err);
    if (!st && is)
        st = number ? number
                    : mi_store_open(&at, g->path, MI_DB_DROP, MI_DATA_VERSION,
                                    &g->data, err);
    mi_keys_forget(&at, sizeof at);
    return st;
}

/* Delete the rows of a gallery whose data are on a server: those of all tables
 * go with the gallery's own. */
static mien_status erase_rows(mien_gallery *g, mien_error *err)
{
    mien_status st = mi_db_is_open(&g->data) ? MIEN_OK : open_rows(g, err);
    if (st || !mi_db_is_open(&g->data) || !mi_db_is_on_server(&g->data))
        return st;
    return mi_db_do(&g->data, err, "DELETE FROM gallery", "");
}

mien_status mi_deletion_end(mien_gallery *g, mien_error *err)
{
    static const char *const ending[] = {"", "-new", ".restored", "-keys"};
    mien_error also = {0};
    mien_status st = mi_db_settle(&g->keys, &also);
    if (!st)
        st = erase_rows(g, &also);
    mi_db_close(&g->data);
    mi_db_close(&g->keys);
    for (size_t i = 0; !st && i < sizeof ending / sizeof *ending; i++)
        st = erase_file(g, ending[i], &also);
    return st ? mi_fail(err, st,
                        "the keys are destroyed, and opening the gallery again "
                        "deletes the rest: %.110s",
                        also.text)
              : MIEN_OK;
}

mien_status mi_deletion_resume(mien_gallery *g, mien_error *err)
{
    int begun = 0;
    if (access(g->keys_path, F_OK) != 0 ||
        mi_db_open(g->keys_path, MI_DB_ALONE, MI_GALLERY_KEYS, MI_KEYS_VERSION,
                   &g->keys, NULL))
        return MIEN_OK;
    if (!mi_deletion_begun(g, &begun, NULL) && begun)
        return mi_deletion_end(g, err);
    mi_db_close(&g->keys);
    return MIEN_OK;
}

/* ---- the whole ----------------------------------------------------------- */

/* What there is of everybody. */
static mien_status count_all(const mien_gallery *g, mien_gallery_deleted *out,
                             mien_error *err)
{
    const struct {
        const char *sql;
        int64_t *n;
    } all[] = {
        {"SELECT count(*) FROM person", &out->people},
        {"SELECT count(*) FROM face", &out->faces},
        {"SELECT count(*) FROM evidence WHERE kind = 0", &out->evidence},
        {"SELECT count(*) FROM evidence WHERE kind = 1", &out->inferred},
        {"SELECT count(*) FROM negative", &out->negatives},
    };
    int found;
    mien_status st = MIEN_OK;
    for (size_t i = 0; !st && i < sizeof all / sizeof *all; i++)
        st = mi_db_number(&g->data, all[i].sql, all[i].n, &found, err);
    return st;
}

mien_status mien_gallery_delete(mien_gallery *g, mien_gallery_deleted *out,
                                mien_error *err)
{
    mien_gallery_deleted d = {.at = mi_gallery_now(g), .entry = g->log.number};
    *out = (mien_gallery_deleted){0};
    mi_log_mac_text(g->log.mac, d.mac);
    mien_status st = count_all(g, &d, err);
    if (!st)
        st = destroy_keys(g, err);
    if (st)
        return st;
    d.destroyed = 1;
    st = mi_deletion_end(g, err);
    mi_people_free(g);
    mi_keys_forget(&g->key, sizeof g->key);
    mi_keys_forget(&g->log_key, sizeof g->log_key);
    *out = d;
    return st;
}
