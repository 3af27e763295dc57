/* db.h: where rows are kept, as a gallery uses it: short statements, whole
 * transactions.  Files are SQLite's (db_sqlite.c); the data may be on a server
 * of PostgreSQL instead (db_postgres.c).  Statements are of the SQL that both
 * have, but for those on the keys, which are always in a file. */
#ifndef MI_GALLERY_DB_H
#define MI_GALLERY_DB_H

#include "mien/text.h"

#include <sqlite3.h>

/* Functions of one kind of store. */
typedef struct mi_db_driver mi_db_driver;
typedef struct mi_db {
    const mi_db_driver *driver;
    const char *path; /* borrowed, for messages */
    sqlite3 *sql;     /* of a file; for what is SQLite's own: whole files */
    void *server;     /* of db_postgres.c */
} mi_db;

/* A statement that runs, and the row where it stands; zeroed where none does,
 * and ended with mi_db_finish. */
typedef struct mi_statement {
    const mi_db *db;
    sqlite3_stmt *sqlite;
    void *answer; /* of a server: rows, and where it stands in them */
    int row;
    int cursor, at_once; /* 0: all rows are in the answer */
} mi_statement;

/* A path and an ending; release with mi_free.  NULL: memory ended. */
char *mi_db_beside(const char *path, const char *ending);
/* Delete a file with its journals, as far as they are there. */
void mi_db_delete(const char *path);
/* The same, the file itself last and only if the others are gone, forced to the
 * disk; 0: something is left. */
int mi_db_erase(const char *path);
/* Force a file and the folder it lies in to the disk; 0: it failed. */
int mi_db_sync(const char *path);

/* How a file is opened. */
typedef enum mi_db_way {
    MI_DB_MAKE, /* it is not there yet; only its owner may read it, and no other
                   process has it open */
    MI_DB_USE,
    MI_DB_ALONE, /* no other process may have it open */
    MI_DB_LOOK,  /* nothing is written */
    MI_DB_DROP   /* of a server, alone: what is there of it is to be deleted */
} mi_db_way;

/* Open a file: a journal ahead of it (WAL), every commit forced to the disk,
 * deleted bytes overwritten, nothing in the file trusted.
 *
 *   path  borrowed while it is open
 *   what  names the file's kind, as its application_id
 *   version  the file's, set when it is made; earlier ones, from 1, are opened
 *            and stay what they are, later ones are refused
 *
 * Fails with EFORMAT, EIO, ENOMEM. */
mien_status mi_db_open(const char *path, mi_db_way way, int what, int version,
                       mi_db *out, mien_error *err);
/* SQLite's file at a path, as it is and with nothing set or checked: for copies
 * and for what was broken off.  *out is to be closed even if it failed. */
mien_status mi_db_open_plain(const char *path, mi_db *out, mien_error *err);
/* Close, if it is open; nobody holds a statement of it. */
void mi_db_close(mi_db *db);
/* 1: it is open. */
int mi_db_is_open(const mi_db *db);
/* 1: its rows are on a server, not in a file. */
int mi_db_is_on_server(const mi_db *db);
/* The version that was set when it was made, or by mi_db_set_version. */
mien_status mi_db_version(const mi_db *db, int64_t *out, mien_error *err);
/* Set it, as part of the transaction that is open. */
mien_status mi_db_set_version(const mi_db *db, int version, mien_error *err);

/* Why SQLite's last call failed, as a status and a sentence with the path. */
mien_status mi_db_fail(const mi_db *db, mien_error *err);
/* Run statements without parameters and results. */
mien_status mi_db_run(const mi_db *db, const char *sql, mien_error *err);

/* A statement, parameters for its ?s, which are borrowed until it is finished:
 *   i  int64_t    t  const char *    b  const void *, size_t */
mien_status mi_db_prepare(const mi_db *db, mi_statement *out, mien_error *err,
                          const char *sql, const char *types, ...);
/* A statement without parameters whose rows may be more than memory should hold
 * at once.
 *
 *   at_once  rows that a server sends together; 1 where each may be large */
mien_status mi_db_prepare_all(const mi_db *db, mi_statement *out,
                              mien_error *err, const char *sql, int at_once);
/* Prepare, run and finish. */
mien_status mi_db_do(const mi_db *db, mien_error *err, const char *sql,
                     const char *types, ...);
/* Another row: *row 1; the end: 0. */
mien_status mi_db_step(mi_statement *s, int *row, mien_error *err);
/* A column of the row; 0 for NULL. */
int64_t mi_db_int(const mi_statement *s, int column);
/* A text, until the next step; NULL for NULL. */
const char *mi_db_text(const mi_statement *s, int column);
/* The bytes of a column, until the next step; not copied. */
mien_bytes mi_db_bytes(const mi_statement *s, int column);
/* The other end of a statement, also of one that could not be prepared. */
void mi_db_finish(mi_statement *s);
/* How many rows the last statement that was done changed. */
int64_t mi_db_changes(const mi_db *db);

/* The number that a statement gives, of one row and column; *out is untouched
 * if there is no row, then *found is 0. */
mien_status mi_db_number(const mi_db *db, const char *sql, int64_t *out,
                         int *found, mien_error *err);

/* Begin, commit, or take back if st says so; the first failure. */
mien_status mi_db_begin(const mi_db *db, mien_error *err);
/* The other end of a transaction. */
mien_status mi_db_end(const mi_db *db, mien_status st, mien_error *err);

/* Write a file's journal into it and make it empty.  A server keeps what it
 * has of deleted rows, and copies of them, as long as it likes. */
mien_status mi_db_settle(const mi_db *db, mien_error *err);

/* ---- what stands behind all of it ---------------------------------------- */

/* The value of a parameter: i, t or b. */
typedef struct mi_value {
    char type;
    int64_t number;
    const void *bytes; /* [n] not NULL, of t and b */
    size_t n;
} mi_value;

enum { MI_DB_VALUES = 8 }; /* parameters of a statement at most */

struct mi_db_driver {
    void (*close)(mi_db *db);
    /* Statements without parameters and results, with ; between. */
    mien_status (*run)(const mi_db *db, const char *sql, mien_error *err);
    mien_status (*prepare)(const mi_db *db, mi_statement *out, const char *sql,
                           int n, const mi_value *value, mien_error *err);
    mien_status (*prepare_all)(const mi_db *db, mi_statement *out,
                               const char *sql, int at_once, mien_error *err);
    mien_status (*step)(mi_statement *s, int *row, mien_error *err);
    int64_t (*integer)(const mi_statement *s, int column);
    const char *(*text)(const mi_statement *s, int column);
    mien_bytes (*bytes)(const mi_statement *s, int column);
    void (*finish)(mi_statement *s);
    int64_t (*changes)(const mi_db *db);
    mien_status (*version)(const mi_db *db, int64_t *out, mien_error *err);
    mien_status (*set_version)(const mi_db *db, int version, mien_error *err);
    mien_status (*begin)(const mi_db *db, mien_error *err);
    mien_status (*commit)(const mi_db *db, mien_error *err);
    /* Take back what was done since begin, if a commit did not end it. */
    void (*roll_back)(const mi_db *db);
    mien_status (*settle)(const mi_db *db, mien_error *err);
};

extern const mi_db_driver mi_db_sqlite, mi_db_postgres;

#endif
