/* db_sqlite.c: the one place that knows how SQLite is set and how it fails. */
#include "gallery/db.h"

#include "base/error.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WAIT_MS = 5000 };

mien_status mi_db_fail(const mi_db *db, mien_error *err)
{
    int code = db->sql ? sqlite3_errcode(db->sql) : SQLITE_NOMEM;
    if (db->sql && sqlite3_extended_errcode(db->sql) == SQLITE_IOERR_NOMEM)
        code = SQLITE_NOMEM;
    switch (code & 255) {
    case SQLITE_NOMEM: return mi_fail(err, MIEN_ENOMEM, "out of memory");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_MISMATCH:
    case SQLITE_ERROR:
        return mi_fail(err, MIEN_EFORMAT, "%.120s: %.60s", db->path,
                       sqlite3_errmsg(db->sql));
    case SQLITE_TOOBIG:
        return mi_fail(err, MIEN_ELIMIT, "%.120s: %.60s", db->path,
                       sqlite3_errmsg(db->sql));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return mi_fail(err, MIEN_EIO, "%.120s: another process has it open",
                       db->path);
    default:
        return mi_fail(err, MIEN_EIO, "%.120s: %.60s", db->path,
                       sqlite3_errmsg(db->sql));
    }
}

static mien_status run(const mi_db *db, const char *sql, mien_error *err)
{
    return sqlite3_exec(db->sql, sql, NULL, NULL, NULL) == SQLITE_OK
               ? MIEN_OK
               : mi_db_fail(db, err);
}

/* ---- opening ------------------------------------------------------------- */

/* Make an empty file that only its owner may read. */
static mien_status make_file(const char *path, mien_error *err)
{
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd >= 0 && close(fd) == 0)
        return MIEN_OK;
    return mi_fail(err, MIEN_EIO, "%.150s: is there already, or cannot be made",
                   path);
}

/* A file that is there has to be of this kind and no later version. */
static mien_status check_kind(const mi_db *db, int what, int version,
                              mien_error *err)
{
    int64_t kind = 0, has = 0;
    int found;
    mien_status st =
        mi_db_number(db, "PRAGMA application_id", &kind, &found, err);
    if (!st)
        st = mi_db_number(db, "PRAGMA user_version", &has, &found, err);
    if (st)
        return st;
    if (kind != what)
        return mi_fail(err, MIEN_EFORMAT, "%.150s: no file of a gallery",
                       db->path);
    if (has < 1 || has > version)
        return mi_fail(err, MIEN_EFORMAT,
                       "%.120s: of version %lld; this mien reads 1 to %d",
                       db->path, (long long)has, version);
    return MIEN_OK;
}

/* What every connection is set to.  Pages are kept of 256 KiB at most: a
 * growing log would fill what SQLite keeps otherwise, 2 MB, within thousands of
 * searches; people and faces are read once and stay in memory. */
static mien_status set(const mi_db *db, mi_db_way way, mien_error *err)
{
    sqlite3_busy_timeout(db->sql, WAIT_MS);
    sqlite3_db_config(db->sql, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->sql, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_limit(db->sql, SQLITE_LIMIT_LENGTH, 1 << 26);
    mien_status st = mi_db_run(db,
                               "PRAGMA cell_size_check=1;"
                               "PRAGMA cache_size=-256;"
                               "PRAGMA mmap_size=0;"
                               "PRAGMA foreign_keys=0;"
                               "PRAGMA temp_store=2",
                               err);
    if (!st && way != MI_DB_LOOK)
        st = mi_db_run(db,
                       "PRAGMA journal_mode=WAL;"
                       "PRAGMA synchronous=FULL;"
                       "PRAGMA secure_delete=1",
                       err);
    return st;
}

/* Make or check what the file is, and set the connection. */
static mien_status begin(const mi_db *db, mi_db_way way, int what, int version,
                         mien_error *err)
{
    char mark[100];
    mien_status st = MIEN_OK;
    /* Before the file is read at all: then no other reads it either. */
    if (way == MI_DB_ALONE || way == MI_DB_MAKE)
        st = mi_db_run(db, "PRAGMA locking_mode=EXCLUSIVE", err);
    snprintf(mark, sizeof mark,
             "PRAGMA application_id=%d; PRAGMA user_version=%d", what, version);
    if (!st)
        st = way == MI_DB_MAKE ? mi_db_run(db, mark, err)
                               : check_kind(db, what, version, err);
    return st ? st : set(db, way, err);
}

mien_status mi_db_open(const char *path, mi_db_way way, int what, int version,
                       mi_db *out, mien_error *err)
{
    struct stat is;
    mi_db db = {.driver = &mi_db_sqlite, .path = path};
    mien_status st = way == MI_DB_MAKE ? make_file(path, err) : MIEN_OK;
    if (st)
        return st;
    if (stat(path, &is) || !S_ISREG(is.st_mode))
        return mi_fail(err, MIEN_EIO, "%.150s: no such file", path);
    int flags =
        SQLITE_OPEN_NOMUTEX |
        (way == MI_DB_LOOK ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
    if (sqlite3_open_v2(path, &db.sql, flags, NULL) != SQLITE_OK)
        st = mi_db_fail(&db, err);
    else
        st = begin(&db, way, what, version, err);
    if (!st) {
        *out = db;
        return MIEN_OK;
    }
    mi_db_close(&db);
    if (way == MI_DB_MAKE)
        unlink(path);
    return st;
}

mien_status mi_db_open_plain(const char *path, mi_db *out, mien_error *err)
{
    *out = (mi_db){.driver = &mi_db_sqlite, .path = path};
    return sqlite3_open_v2(path, &out->sql, SQLITE_OPEN_READWRITE, NULL) ==
                   SQLITE_OK
               ? MIEN_OK
               : mi_db_fail(out, err);
}

static void close_file(mi_db *db) { sqlite3_close(db->sql); }

static mien_status version_of(const mi_db *db, int64_t *out, mien_error *err)
{
    int found;
    return mi_db_number(db, "PRAGMA user_version", out, &found, err);
}

static mien_status set_version(const mi_db *db, int version, mien_error *err)
{
    char sql[60];
    snprintf(sql, sizeof sql, "PRAGMA user_version=%d", version);
    return run(db, sql, err);
}

/* ---- statements ---------------------------------------------------------- */

/* Set the parameters of a statement; what SQLite says. */
static int bind(sqlite3_stmt *s, int n, const mi_value *value)
{
    int code = SQLITE_OK;
    for (int i = 0; i < n && code == SQLITE_OK; i++) {
        const mi_value *v = &value[i];
        if (v->type == 'i')
            code = sqlite3_bind_int64(s, i + 1, v->number);
        else if (v->type == 't')
            code =
                sqlite3_bind_text(s, i + 1, v->bytes, (int)v->n, SQLITE_STATIC);
        else
            code = sqlite3_bind_blob64(s, i + 1, v->bytes, v->n, SQLITE_STATIC);
    }
    return code;
}

static mien_status prepare(const mi_db *db, mi_statement *out, const char *sql,
                           int n, const mi_value *value, mien_error *err)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(db->sql, sql, -1, &s, NULL) == SQLITE_OK &&
        bind(s, n, value) == SQLITE_OK) {
        *out = (mi_statement){.db = db, .sqlite = s};
        return MIEN_OK;
    }
    mien_status st = mi_db_fail(db, err);
    sqlite3_finalize(s);
    return st;
}

/* SQLite gives one row at a time in any case. */
static mien_status prepare_all(const mi_db *db, mi_statement *out,
                               const char *sql, int at_once, mien_error *err)
{
    (void)at_once;
    return prepare(db, out, sql, 0, NULL, err);
}

static mien_status step(mi_statement *s, int *row, mien_error *err)
{
    int code = sqlite3_step(s->sqlite);
    *row = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE ? MIEN_OK
                                                     : mi_db_fail(s->db, err);
}

static int64_t integer(const mi_statement *s, int column)
{
    return sqlite3_column_int64(s->sqlite, column);
}

static const char *text(const mi_statement *s, int column)
{
    return (const char *)sqlite3_column_text(s->sqlite, column);
}

static mien_bytes bytes(const mi_statement *s, int column)
{
    union {
        const void *from;
        uint8_t *data; /* not written through */
    } at = {sqlite3_column_blob(s->sqlite, column)};
    int n = sqlite3_column_bytes(s->sqlite, column);
    return (mien_bytes){at.data, at.from ? (size_t)n : 0};
}

static void finish(mi_statement *s) { sqlite3_finalize(s->sqlite); }

static int64_t changes(const mi_db *db) { return sqlite3_changes(db->sql); }

/* ---- transactions -------------------------------------------------------- */

static mien_status begin_immediate(const mi_db *db, mien_error *err)
{
    return run(db, "BEGIN IMMEDIATE", err);
}

static mien_status commit(const mi_db *db, mien_error *err)
{
    return run(db, "COMMIT", err);
}

static void roll_back(const mi_db *db)
{
    if (!sqlite3_get_autocommit(db->sql))
        sqlite3_exec(db->sql, "ROLLBACK", NULL, NULL, NULL);
}

/* Force what was done to the journal to the disk; SQLite cuts it and does not.
 */
static int sync_journal(const mi_db *db)
{
    sqlite3_file *f = NULL;
    int code =
        sqlite3_file_control(db->sql, "main", SQLITE_FCNTL_JOURNAL_POINTER, &f);
    return code == SQLITE_OK && f && f->pMethods
               ? f->pMethods->xSync(f, SQLITE_SYNC_NORMAL)
               : code;
}

static mien_status settle(const mi_db *db, mien_error *err)
{
    int left = 0, moved = 0;
    if (sqlite3_wal_checkpoint_v2(db->sql, NULL, SQLITE_CHECKPOINT_TRUNCATE,
                                  &left, &moved) != SQLITE_OK ||
        left > 0)
        return mi_db_fail(db, err);
    if (sync_journal(db) != SQLITE_OK)
        return mi_fail(err, MIEN_EIO, "%.120s: its journal cannot be emptied",
                       db->path);
    return MIEN_OK;
}

const mi_db_driver mi_db_sqlite = {
    .close = close_file,
    .run = run,
    .prepare = prepare,
    .prepare_all = prepare_all,
    .step = step,
    .integer = integer,
    .text = text,
    .bytes = bytes,
    .finish = finish,
    .changes = changes,
    .version = version_of,
    .set_version = set_version,
    .begin = begin_immediate,
    .commit = commit,
    .roll_back = roll_back,
    .settle = settle,
};
