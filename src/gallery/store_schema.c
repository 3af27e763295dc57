/* store_schema.c: the tables of galleries on a server of PostgreSQL.
 *
 * All galleries of a database are in the same tables; `collection` tells them
 * apart, and row security shows a session the rows of one: of the collection
 * that the session names, if its role is or belongs to the keeper's, who made
 * it.  That holds the owner of the tables, too (FORCE).
 *
 * An auditor, if there is one, sees the row of table gallery; what else depends
 * on what the role was granted: the log, and not faces. */
#include "gallery/store.h"

#include "gallery/gallery.h"

_Static_assert(MI_DATA_VERSION == 3, "the number below");

/* The column that all tables but gallery begin with. */
#define COLLECTION                                 \
    "(collection text NOT NULL"                    \
    "  DEFAULT current_setting('mien.collection')" \
    "  REFERENCES mien_gallery.gallery ON DELETE CASCADE,"

/* Rows of a table are shown where that of the gallery is. */
#define KEPT_APART(table)                                                    \
    "ALTER TABLE mien_gallery." table                                        \
    " ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"                  \
    "CREATE POLICY collection ON mien_gallery." table " USING (collection =" \
    "  (SELECT g.collection FROM mien_gallery.gallery g));"

#define KEPT "collection = current_setting('mien.collection', true)"

const char mi_store_schema[] =
    "COMMENT ON SCHEMA mien_gallery IS 'people who may be recognised, sealed;"
    " the keys are elsewhere';"
    "CREATE TABLE mien_gallery.gallery("
    " collection text PRIMARY KEY"
    "  DEFAULT current_setting('mien.collection'),"
    " gallery bytea NOT NULL,"
    " generation bigint NOT NULL,"
    " version bigint NOT NULL DEFAULT 3,"
    " keeper regrole NOT NULL"
    "  DEFAULT to_regrole(quote_ident(current_user)),"
    " auditor regrole);"
    "ALTER TABLE mien_gallery.gallery"
    " ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
    "CREATE POLICY keeper ON mien_gallery.gallery USING (" KEPT
    " AND pg_has_role(keeper::oid, 'USAGE'));"
    "CREATE POLICY auditor ON mien_gallery.gallery FOR SELECT USING (" KEPT
    " AND pg_has_role(auditor::oid, 'USAGE'));"
    "CREATE TABLE mien_gallery.person" COLLECTION
    " id bigint, sealed bytea NOT NULL, PRIMARY KEY(collection, id));"
    "CREATE TABLE mien_gallery.face" COLLECTION
    " id bigint, person bigint NOT NULL, model text NOT NULL,"
    " sealed bytea NOT NULL, PRIMARY KEY(collection, id));"
    "CREATE INDEX face_person ON mien_gallery.face(collection, person, id);"
    "CREATE TABLE mien_gallery.log" COLLECTION
    " number bigint, at bigint NOT NULL, kind bigint NOT NULL,"
    " person bigint NOT NULL, owned bigint NOT NULL, detail bytea NOT NULL,"
    " mac bytea NOT NULL, PRIMARY KEY(collection, number));"
    "CREATE TABLE mien_gallery.threshold" COLLECTION
    " purpose bytea, model text, sealed bytea NOT NULL,"
    " PRIMARY KEY(collection, purpose, model));"
    "CREATE TABLE mien_gallery.evidence" COLLECTION
    " id bigint, person bigint NOT NULL, head bytea NOT NULL,"
    " sealed bytea NOT NULL, kind bigint NOT NULL,"
    " PRIMARY KEY(collection, id));"
    "CREATE INDEX evidence_person"
    " ON mien_gallery.evidence(collection, person, id);"
    "CREATE TABLE mien_gallery.negative" COLLECTION
    " id bigint, person bigint NOT NULL, model text NOT NULL,"
    " sealed bytea NOT NULL, PRIMARY KEY(collection, id));"
    "CREATE INDEX negative_person"
    " ON mien_gallery.negative(collection, person, id);"
    "CREATE TABLE mien_gallery.leaving" COLLECTION
    " person bigint, PRIMARY KEY(collection, person));"
    "CREATE TABLE mien_gallery.undo" COLLECTION
    " number bigint, person bigint NOT NULL, sealed bytea NOT NULL,"
    " PRIMARY KEY(collection, number));" KEPT_APART("person") KEPT_APART("face")
        KEPT_APART("log") KEPT_APART("threshold") KEPT_APART("evidence")
            KEPT_APART("negative") KEPT_APART("leaving") KEPT_APART("undo");
