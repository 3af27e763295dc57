/* create.c: a gallery without people.
 *
 * The keys come first, the data aside, and taking its name makes it a gallery:
 * what was broken off before is no gallery yet, and the next creation replaces
 * it.  Data on a server are committed before the file that tells where they are
 * takes its name: what a break leaves there is a collection without people,
 * whose keys the next creation deletes. */
#include "base/alloc.h"
#include "base/error.h"
#include "gallery/gallery.h"
#include "mien/gallery_store.h"

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
    mi_db db = {0};
    int64_t n = 0;
    int found = 0;
    int known = !mi_db_open_plain(keys, &db, NULL) &&
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

mien_status mi_data_new_tables(const mi_db *db, mien_error *err)
{
    mien_status st =
        mi_db_is_on_server(db) ? MIEN_OK : mi_db_run(db, schema, err);
    return st ? st : mi_data_tables(db, err);
}

/* What is made, and where. */
typedef struct making {
    mien_gallery *g;
    const char *path;
    char *aside;
    const char *address; /* of a server; NULL: the data are a file */
} making;

/* Open where the data will be: a file aside, or a server, which a file aside
 * tells. */
static mien_status open_new(const making *m, mien_error *err)
{
    mi_store at;
    if (!m->address)
        return mi_db_open(m->aside, MI_DB_MAKE, MI_GALLERY_DATA,
                          MI_DATA_VERSION, &m->g->data, err);
    mien_status st = mi_gallery_store_at(m->g, m->address, &at, err);
    if (!st)
        st = mi_store_write(m->aside, &at, err);
    if (!st)
        st = mi_store_open(&at, m->path, MI_DB_MAKE, MI_DATA_VERSION,
                           &m->g->data, err);
    mi_keys_forget(&at, sizeof at);
    return st;
}

/* Make the data; those on a server stay open. */
static mien_status make_data(const making *m, mien_error *err)
{
    mien_gallery *g = m->g;
    mien_status st = open_new(m, err);
    if (st)
        return st;
    st = mi_db_begin(&g->data, err);
    if (!st)
        st = mi_data_new_tables(&g->data, err);
    if (!st)
        st = mi_db_do(&g->data, err,
                      "INSERT INTO gallery(gallery, generation)"
                      " VALUES(?, 1)",
                      "b", g->id, sizeof g->id);
    if (!st)
        st = mi_log_add(g, MI_LOG_CREATED, NULL, 0, "", err);
    st = mi_db_end(&g->data, st, err);
    if (!st)
        st = mi_db_settle(&g->data, err);
    if (!m->address)
        mi_db_close(&g->data);
    return st;
}

/* Leave nothing of what could not be made.  On a server that cannot be told a
 * collection without people stays, which nobody can open. */
static void unmake(const making *m)
{
    mi_db_delete(m->aside);
    mi_db_delete(m->g->keys_path);
    if (mi_db_is_open(&m->g->data))
        mi_db_do(&m->g->data, NULL, "DELETE FROM gallery", "");
}

/* Keys, then data in a file aside or on a server. */
static mien_status make_both(const making *m, const mien_gallery_key *key,
                             char recovery[MIEN_GALLERY_RECOVERY],
                             mien_error *err)
{
    mien_gallery *g = m->g;
    const char *path = m->path;
    mien_status st = mi_vault_make(g, key, recovery, err);
    int made = mi_db_is_open(&g->keys);
    if (!st) {
        mi_key_derive(&g->key, 1, "mien.log", &g->log_key);
        st = make_data(m, err);
    }
    if (!st)
        st = mi_db_settle(&g->keys, err);
    if (!st && rename(m->aside, path))
        st = mi_fail(err, MIEN_EIO, "%.150s: cannot be made", path);
    if (!st && !mi_db_sync(path)) {
        st = mi_fail(err, MIEN_EIO, "%.150s: cannot be written", path);
        mi_db_delete(path);
    }
    mi_db_close(&g->keys);
    if (st && made)
        unmake(m);
    return st;
}

/* Make a gallery at a path. */
static mien_status create(const char *path, const char *address,
                          const mien_gallery_key *key,
                          char recovery[MIEN_GALLERY_RECOVERY], mien_error *err)
{
    making m = {
        .path = path, .address = address, .aside = mi_db_beside(path, "-new")};
    mien_status st =
        m.aside ? mi_gallery_new(path, 0, &m.g, err) : mi_no_memory(err);
    if (!st && access(path, F_OK) == 0)
        st = mi_fail(err, MIEN_EIO, "%.150s: is there already", path);
    if (!st)
        st = mi_deletion_resume(m.g, err);
    if (!st) {
        mi_db_delete(m.aside);
        if (access(m.g->keys_path, F_OK) == 0 && is_broken_off(m.g->keys_path))
            mi_db_delete(m.g->keys_path);
        st = make_both(&m, key, recovery, err);
    }
    mien_gallery_close(m.g);
    mi_free(m.aside);
    return st;
}

mien_status mien_gallery_create(const char *path, const mien_gallery_key *key,
                                char recovery[MIEN_GALLERY_RECOVERY],
                                mien_error *err)
{
    return create(path, NULL, key, recovery, err);
}

mien_status mien_gallery_create_on(const char *path, const char *address,
                                   const mien_gallery_key *key,
                                   char recovery[MIEN_GALLERY_RECOVERY],
                                   mien_error *err)
{
    return create(path, address, key, recovery, err);
}
