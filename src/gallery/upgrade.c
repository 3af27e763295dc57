/* upgrade.c: galleries of earlier versions.
 *
 * 1: without evidence and negatives.
 * 2: with them; a mien that does not know of them would leave them behind when
 *    their person is erased, and so refuses the file.
 *
 * 3: evidence has kinds, of which what models inferred is one; a mien that does
 *    not know of it would show it as what somebody signed.
 *
 * Tables and columns that are missing are made whenever the data is opened,
 * which changes nothing to an earlier mien; the version is a change like
 * others, with an entry of the log.  So a break leaves the one version or the
 * other. */
#include "gallery/gallery.h"

static const char tables[] =
    "CREATE TABLE IF NOT EXISTS threshold(purpose BLOB, model TEXT,"
    " sealed BLOB, PRIMARY KEY(purpose, model));"
    "CREATE TABLE IF NOT EXISTS evidence(id INTEGER PRIMARY KEY,"
    " person INTEGER, head BLOB, sealed BLOB);"
    "CREATE INDEX IF NOT EXISTS evidence_person ON evidence(person);"
    "CREATE TABLE IF NOT EXISTS negative(id INTEGER PRIMARY KEY,"
    " person INTEGER, model TEXT, sealed BLOB);"
    "CREATE INDEX IF NOT EXISTS negative_person ON negative(person);"
    "CREATE TABLE IF NOT EXISTS leaving(person INTEGER PRIMARY KEY);"
    "CREATE TABLE IF NOT EXISTS undo(number INTEGER PRIMARY KEY,"
    " person INTEGER, sealed BLOB)";

mien_status mi_data_tables(const mi_db *db, mien_error *err)
{
    int64_t has = 0;
    int found;
    if (mi_db_is_on_server(db)) /* made whole, as of version 3 */
        return MIEN_OK;
    mien_status st = mi_db_run(db, tables, err);
    if (!st)
        st = mi_db_number(db,
                          "SELECT count(*) FROM pragma_table_info('evidence')"
                          " WHERE name = 'kind'",
                          &has, &found, err);
    if (!st && !has)
        st = mi_db_run(db,
                       "ALTER TABLE evidence ADD COLUMN kind INTEGER NOT NULL"
                       " DEFAULT 0",
                       err);
    return st;
}

/* mi_change.make of the version. */
static mien_status make_version(mien_gallery *g, const void *arg,
                                mien_error *err)
{
    (void)arg;
    mien_status st = mi_db_set_version(&g->data, MI_DATA_VERSION, err);
    _Static_assert(MI_DATA_VERSION == 3, "the number below");
    return st ? st
              : mi_log_add(g, MI_LOG_UPGRADED, NULL, 0, "to version 3", err);
}

mien_status mi_data_upgrade(mien_gallery *g, mien_error *err)
{
    const mi_change change = {.what = MI_CHANGE, .make = make_version};
    int64_t has = 0;
    mien_status st = mi_db_version(&g->data, &has, err);
    if (st || has == MI_DATA_VERSION)
        return st;
    return mi_gallery_change(g, &change, err);
}
