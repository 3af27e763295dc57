/* create.c: a gallery without people.
 *
 * The keys come first, the data aside, and taking its name makes it a gallery:
 * what was broken off before is no gallery yet, and the next creation replaces
 * it. */
#include "base/alloc.h"
#include "base/error.h"
#include "gallery/gallery.h"

#include <stdio.h>
#include <unistd.h>

static const char schema[] =
    "CREATE TABLE gallery(one INTEGER PRIMARY KEY CHECK(one = 1),"
    " gallery BLOB, generation INTEGER);"
    "CREATE TABLE person(id INTEGER PRIMARY KEY, sealed BLOB);"
    "CREATE TABLE face(id INTEGER PRIMARY KEY, person INTEGER, model TEXT,"
    " sealed BLOB);"
    "CREATE INDEX face_person ON face(person);"
    "CREATE TABLE log(number INTEGER PRIMARY KEY, at INTEGER, kind INTEGER,"
    " person INTEGER, owned INTEGER, detail BLOB, mac BLOB)";

/* Whether keys are of a creation that was broken off: of no change, and of
 * nobody. */
static int is_broken_off(const char *keys)
{
    mi_db db = {NULL, keys};
    int64_t n = 0;
    int found = 0;
    int known = sqlite3_open_v2(keys, &db.sql, SQLITE_OPEN_READWRITE, NULL) ==
                    SQLITE_OK &&
                !mi_db_number(&db, "SELECT count(*) FROM sqlite_master", &n,
                              &found, NULL) &&
                found;
    if (known && n > 0)
        known = !mi_db_number(&db,
                              "SELECT generation - 1"
                              " + (SELECT count(*) FROM key)"
                              " + (SELECT count(*) FROM erased) FROM vault",
                              &n, &found, NULL) &&
                found;
    mi_db_close(&db);
    return known && n == 0;
}

/* Make the data in its file. */
static mien_status make_data(mien_gallery *g, mien_error *err)
{
    mien_status st = mi_db_open(g->path, MI_DB_MAKE, MI_GALLERY_DATA,
                                MI_DATA_VERSION, &g->data, err);
    if (st)
        return st;
    st = mi_db_begin(&g->data, err);
    if (!st)
        st = mi_db_run(&g->data, schema, err);
    if (!st)
        st = mi_data_tables(g, err);
    if (!st)
        st = mi_db_do(&g->data, err,
                      "INSERT INTO gallery(one, gallery, generation)"
                      " VALUES(1, ?, 1)",
                      "b", g->id, sizeof g->id);
    if (!st)
        st = mi_log_add(g, MI_LOG_CREATED, NULL, 0, "", err);
    st = mi_db_end(&g->data, st, err);
    if (!st)
        st = mi_db_settle(&g->data, err);
    mi_db_close(&g->data);
    return st;
}

/* Keys, then data in a file aside. */
static mien_status make_both(mien_gallery *g, const char *path, char *aside,
                             const mien_gallery_key *key,
                             char recovery[MIEN_GALLERY_RECOVERY],
                             mien_error *err)
{
    char *own = g->path;
    mien_status st = mi_vault_make(g, key, recovery, err);
    int made = mi_db_is_open(&g->keys);
    if (!st) {
        mi_key_derive(&g->key, 1, "mien.log", &g->log_key);
        g->path = aside;
        st = make_data(g, err);
        g->path = own;
    }
    if (!st)
        st = mi_db_settle(&g->keys, err);
    if (!st && rename(aside, path))
        st = mi_fail(err, MIEN_EIO, "%.150s: cannot be made", path);
    if (!st && !mi_db_sync(path)) {
        st = mi_fail(err, MIEN_EIO, "%.150s: cannot be written", path);
        mi_db_delete(path);
    }
    mi_db_close(&g->keys);
    if (st && made) {
        mi_db_delete(aside);
        mi_db_delete(g->keys_path);
    }
    return st;
}

mien_status mien_gallery_create(const char *path, const mien_gallery_key *key,
                                char recovery[MIEN_GALLERY_RECOVERY],
                                mien_error *err)
{
    mien_gallery *g = NULL;
    char *aside = mi_db_beside(path, "-new");
    mien_status st =
        aside ? mi_gallery_new(path, 0, &g, err) : mi_no_memory(err);
    if (!st && access(path, F_OK) == 0)
        st = mi_fail(err, MIEN_EIO, "%.150s: is there already", path);
    if (!st)
        st = mi_deletion_resume(g, err);
    if (!st) {
        mi_db_delete(aside);
        if (access(g->keys_path, F_OK) == 0 && is_broken_off(g->keys_path))
            mi_db_delete(g->keys_path);
        st = make_both(g, path, aside, key, recovery, err);
    }
    mien_gallery_close(g);
    mi_free(aside);
    return st;
}
