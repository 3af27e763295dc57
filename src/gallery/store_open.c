/* store_open.c: a session with the server that has a gallery's data: as a role
 * that sees no other gallery, and as the only one that writes. */
#include "gallery/db_postgres.h"
#include "gallery/store.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdio.h>

/* Make the tables, if there are none.  The lock's number is "mien" in letters:
 * of two that make them at once, one waits. */
static mien_status make_tables(const mi_db *db, mien_error *err)
{
    int64_t schema = 0, tables = 0;
    int found;
    mien_status st = mi_db_begin(db, err);
    if (st)
        return st;
    st = mi_db_number(db, "SELECT count(pg_advisory_xact_lock(1835623790))",
                      &schema, &found, err);
    if (!st)
        st = mi_db_number(db,
                          "SELECT count(*) FROM pg_namespace"
                          " WHERE nspname = 'mien_gallery'",
                          &schema, &found, err);
    if (!st)
        st = mi_db_number(db,
                          "SELECT count(*) FROM pg_class WHERE relnamespace ="
                          " to_regnamespace('mien_gallery')",
                          &tables, &found, err);
    if (!st && !schema)
        st = mi_db_run(db, "CREATE SCHEMA mien_gallery", err);
    if (!st && !tables)
        st = mi_db_run(db, mi_store_schema, err);
    return mi_db_end(db, st, err);
}

/* Row security holds this role in every table. */
static mien_status check_security(const mi_db *db, mien_error *err)
{
    int64_t all = 0, free = 0;
    int found;
    static const char tables[] =
        "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace ="
        " to_regnamespace('mien_gallery')";
    static const char open[] =
        "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace ="
        " to_regnamespace('mien_gallery') AND NOT row_security_active(oid)";
    mien_status st = mi_db_number(db, tables, &all, &found, err);
    if (!st)
        st = mi_db_number(db, open, &free, &found, err);
    if (!st && !all)
        st = mi_fail(err, MIEN_EFORMAT,
                     "%.90s: the database has no galleries; 'mien gallery init "
                     "--store' makes one",
                     db->path);
    else if (!st && free)
        st = mi_fail(err, MIEN_EFORMAT,
                     "%.90s: row security does not hold in %lld tables of its "
                     "server",
                     db->path, (long long)free);
    return st;
}

/* A superuser sees all rows, whatever the tables say: its statements would
 * change those of other galleries. */
static mien_status check_role(const mi_db *db, mien_error *err)
{
    int64_t above = 0;
    int found;
    mien_status st = mi_db_number(db,
                                  "SELECT count(*) FROM pg_roles WHERE rolname"
                                  " = current_user AND"
                                  " (rolsuper OR rolbypassrls)",
                                  &above, &found, err);
    if (!st && above)
        st = mi_fail(err, MIEN_EARG,
                     "%.60s: the role is a superuser's or passes over row "
                     "security, which keeps galleries apart: use another",
                     db->path);
    return st;
}

/* Set the session, and see that it is alone if it has to be. */
static mien_status enter(const mi_db *db, const mi_store *store, mi_db_way way,
                         int version, mien_error *err)
{
    char set[400];
    int64_t has = 0;
    int found;
    snprintf(set, sizeof set,
             "SET search_path = pg_catalog, mien_gallery, pg_temp;"
             "SET mien.collection = '%s';"
             "SET row_security = on;"
             "SET lock_timeout = '5s';"
             "SET idle_in_transaction_session_timeout = '60s'",
             store->collection);
    mien_status st = mi_db_run(db, set, err);
    if (!st)
        st = check_role(db, err);
    if (!st && way == MI_DB_MAKE)
        st = make_tables(db, err);
    if (!st)
        st = check_security(db, err);
    if (!st && way != MI_DB_LOOK)
        st = mi_db_number(
            db,
            "SELECT count(pg_advisory_lock(hashtextextended("
            "'mien gallery ' || current_setting('mien.collection'), 0)))",
            &has, &found, err);
    if (st || way == MI_DB_MAKE || way == MI_DB_DROP)
        return st;
    st = mi_db_version(db, &has, err);
    if (!st && (has < 1 || has > version))
        st = mi_fail(err, MIEN_EFORMAT,
                     "%.120s: of version %lld; this mien reads 1 to %d",
                     db->path, (long long)has, version);
    return st;
}

mien_status mi_store_open(const mi_store *store, const char *path,
                          mi_db_way way, int version, mi_db *out,
                          mien_error *err)
{
    mi_server *s = mi_alloc(1, sizeof *s);
    mi_db db = {.driver = &mi_db_postgres, .path = path, .server = s};
    if (!s)
        return mi_no_memory(err);
    mien_status st = mi_postgres_open(&s->link, path, store->address, err);
    if (!st)
        st = enter(&db, store, way, version, err);
    if (st)
        mi_db_close(&db);
    else
        *out = db;
    return st;
}
