/* schema.c: the tables of a queue.
 *
 * setting  one row: what results depend on
 * photo    a row a photo; `until` is when a lease runs out, or when one that
 *          waits may be taken; a path is unique by its digest, since an index
 *          cannot hold a long one
 * result   a row a photo that is done or failed: its record, a line of JSON
 *
 * The partial index holds what is not done alone, so that a lease costs the
 * same with a thousand photos and with a hundred million. */
#include "queue/schema.h"

const char mi_queue_schema[] =
    "CREATE SCHEMA mien_queue;"
    "COMMENT ON SCHEMA mien_queue IS 'photos shared out among workers of mien; "
    "results may be personal data';"
    "CREATE TABLE mien_queue.setting ("
    " one boolean PRIMARY KEY DEFAULT true CHECK (one),"
    " version integer NOT NULL,"
    " mien text NOT NULL,"
    " words text[] NOT NULL,"
    " tries integer NOT NULL CHECK (tries BETWEEN 1 AND 1000),"
    " models text,"
    " made timestamptz NOT NULL DEFAULT now());"
    "CREATE SEQUENCE mien_queue.lease;"
    "CREATE TABLE mien_queue.photo ("
    " id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
    " path bytea NOT NULL CHECK (length(path) BETWEEN 1 AND 4095"
    "  AND position('\\x00'::bytea IN path) = 0),"
    " sha256 text,"
    " state text NOT NULL DEFAULT 'waiting'"
    "  CHECK (state IN ('waiting', 'leased', 'done', 'failed')),"
    " until timestamptz NOT NULL DEFAULT '-infinity',"
    " tries integer NOT NULL DEFAULT 0 CHECK (tries >= 0),"
    " token bigint,"
    " worker text,"
    " taken timestamptz,"
    " reason text);"
    "CREATE UNIQUE INDEX photo_path ON mien_queue.photo (sha256(path));"
    "CREATE INDEX photo_open ON mien_queue.photo (id)"
    " WHERE state IN ('waiting', 'leased');"
    "CREATE TABLE mien_queue.result ("
    " photo bigint PRIMARY KEY"
    "  REFERENCES mien_queue.photo ON DELETE CASCADE,"
    " record text NOT NULL,"
    " at timestamptz NOT NULL DEFAULT now());"
    "CREATE INDEX result_at ON mien_queue.result USING brin (at);"
    "ALTER TABLE mien_queue.photo SET (fillfactor = 80,"
    " autovacuum_vacuum_scale_factor = 0.02)";
