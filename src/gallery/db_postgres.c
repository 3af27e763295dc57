/* db_postgres.c: rows on a server of PostgreSQL.
 *
 * Values go and come as bytes (the binary format).  A statement's rows come at
 * once, but for those of mi_db_prepare_all, which come some at a time from a
 * cursor that outlives transactions.
 *
 * A connection that is lost is not made again: the lock that kept others out
 * went with it, and whether a commit came through is found out when the gallery
 * is opened again.
 *
 * Source: PostgreSQL 15 Documentation, chapters 34 (libpq) and 55 (binary
 * values), DECLARE, and appendix A. */
#include "gallery/db_postgres.h"
#include "gallery/db.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Numbers of types, from pg_type; and bytes of a value at most, as of a file.
 */
enum { BYTEA = 17, INT8 = 20, INT2 = 21, INT4 = 23, TEXT = 25 };
enum { STATEMENT = 1024, LONGEST = 1 << 26 };

/* ---- what failed --------------------------------------------------------- */

/* Why an answer is none. */
static mien_status failed(const mi_db *db, const PGresult *r, mien_error *err)
{
    mi_server *s = db->server;
    const char *state = s->link.state;
    char why[MI_POSTGRES_WHY];
    if (mi_postgres_why(&s->link, r, why))
        return mi_no_memory(err);
    if (strcmp(state, "55P03") == 0)
        return mi_fail(err, MIEN_EIO, "%.120s: another process has it open",
                       db->path);
    if (mi_postgres_is_lost(&s->link))
        return mi_fail(err, MIEN_EIO,
                       "%.90s: the connection to its server is lost: %.60s",
                       db->path, why);
    if (strcmp(state, "3F000") == 0 ||
        (strncmp(state, "42", 2) == 0 && strcmp(state, "42501") != 0))
        return mi_fail(err, MIEN_EFORMAT,
                       "%.90s: its tables are not those that mien makes: %.60s",
                       db->path, why);
    return mi_fail(err, MIEN_EIO, "%.90s: %.100s", db->path,
                   *why ? why : "no answer");
}

/* ---- statements ---------------------------------------------------------- */

static mien_status run(const mi_db *db, const char *sql, mien_error *err)
{
    mi_server *s = db->server;
    PGresult *r = s->link.pq.PQexec(s->link.conn, sql);
    mien_status st = s->link.pq.PQresultStatus(r) == PGRES_COMMAND_OK
                         ? MIEN_OK
                         : failed(db, r, err);
    s->link.pq.PQclear(r);
    return st;
}

/* A statement with $1, $2 ... for its ?s. */
static void number_parameters(const char *sql, char out[STATEMENT])
{
    int number = 0;
    size_t n = 0;
    for (; *sql; sql++) {
        assert(n + 4 < STATEMENT);
        if (*sql == '?')
            n += (size_t)snprintf(out + n, STATEMENT - n, "$%d", ++number);
        else
            out[n++] = *sql;
    }
    out[n] = 0;
}

/* A number as the server reads it: its highest byte first. */
static void put_number(int64_t value, uint8_t out[8])
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)((uint64_t)value >> (56 - 8 * i));
}

/* The types of an answer's columns are those that this file can read. */
static mien_status check_types(const mi_db *db, const PGresult *r,
                               mien_error *err)
{
    const mi_server *s = db->server;
    for (int i = 0; i < s->link.pq.PQnfields(r); i++) {
        const Oid type = s->link.pq.PQftype(r, i);
        if (type != BYTEA && type != TEXT && type != INT8 && type != INT4 &&
            type != INT2)
            return mi_fail(err, MIEN_EFORMAT,
                           "%.90s: its tables are not those that mien makes: "
                           "column %d is of the type %u",
                           db->path, i + 1, type);
    }
    return MIEN_OK;
}

/* Run a statement; its answer, to be cleared. */
static mien_status ask(const mi_db *db, const char *sql, int n,
                       const mi_value *value, PGresult **out, mien_error *err)
{
    mi_server *s = db->server;
    uint8_t number[MI_DB_VALUES][8];
    const char *at[MI_DB_VALUES];
    int length[MI_DB_VALUES], format[MI_DB_VALUES];
    Oid type[MI_DB_VALUES];
    for (int i = 0; i < n; i++) {
        const int is_number = value[i].type == 'i';
        if (value[i].n > LONGEST)
            return mi_fail(err, MIEN_ELIMIT, "%.120s: a value of %zu bytes",
                           db->path, value[i].n);
        put_number(value[i].number, number[i]);
        at[i] = is_number ? (const char *)number[i] : value[i].bytes;
        length[i] = is_number ? 8 : (int)value[i].n;
        format[i] = 1;
        type[i] = is_number ? INT8 : value[i].type == 't' ? TEXT : BYTEA;
    }
    PGresult *r = s->link.pq.PQexecParams(s->link.conn, sql, n, type, at,
                                          length, format, 1);
    ExecStatusType status = s->link.pq.PQresultStatus(r);
    mien_status st = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK
                         ? check_types(db, r, err)
                         : failed(db, r, err);
    if (!st)
        s->changed = strtoll(s->link.pq.PQcmdTuples(r), NULL, 10);
    if (!st)
        *out = r;
    else
        s->link.pq.PQclear(r);
    return st;
}

static mien_status prepare(const mi_db *db, mi_statement *out, const char *sql,
                           int n, const mi_value *value, mien_error *err)
{
    char numbered[STATEMENT];
    PGresult *r = NULL;
    number_parameters(sql, numbered);
    mien_status st = ask(db, numbered, n, value, &r, err);
    if (!st)
        *out = (mi_statement){.db = db, .answer = r, .row = -1};
    return st;
}

/* The next rows of a cursor. */
static mien_status fetch(mi_statement *s, mien_error *err)
{
    const mi_server *at = s->db->server;
    char sql[80];
    PGresult *r = NULL;
    snprintf(sql, sizeof sql, "FETCH FORWARD %d FROM mien_%d", s->at_once,
             s->cursor);
    mien_status st = ask(s->db, sql, 0, NULL, &r, err);
    if (st)
        return st;
    at->link.pq.PQclear(s->answer);
    s->answer = r;
    s->row = -1;
    return MIEN_OK;
}

static void finish(mi_statement *s)
{
    mi_server *at = s->db->server;
    char sql[40];
    at->link.pq.PQclear(s->answer);
    snprintf(sql, sizeof sql, "CLOSE mien_%d", s->cursor);
    if (s->cursor)
        at->link.pq.PQclear(at->link.pq.PQexec(at->link.conn, sql));
}

/* A cursor outlives the transaction in which it was opened. */
static mien_status prepare_all(const mi_db *db, mi_statement *out,
                               const char *sql, int at_once, mien_error *err)
{
    mi_server *s = db->server;
    char declare[STATEMENT];
    mi_statement all = {.db = db, .at_once = at_once, .cursor = s->cursors + 1};
    int n = snprintf(declare, sizeof declare,
                     "DECLARE mien_%d NO SCROLL CURSOR WITH HOLD FOR %s",
                     all.cursor, sql);
    assert(n < STATEMENT);
    mien_status st = run(db, declare, err);
    if (st)
        return st;
    s->cursors++;
    st = fetch(&all, err);
    if (st)
        finish(&all);
    else
        *out = all;
    return st;
}

/* The row's values are as long as their types are, and not too long. */
static mien_status check_row(const mi_statement *s, mien_error *err)
{
    const mi_server *at = s->db->server;
    for (int i = 0; i < at->link.pq.PQnfields(s->answer); i++) {
        const Oid type = at->link.pq.PQftype(s->answer, i);
        const int n = at->link.pq.PQgetlength(s->answer, s->row, i);
        const int wanted = type == INT8   ? 8
                           : type == INT4 ? 4
                           : type == INT2 ? 2
                                          : -1;
        if (wanted >= 0 && n != wanted &&
            !at->link.pq.PQgetisnull(s->answer, s->row, i))
            return mi_fail(err, MIEN_EFORMAT,
                           "%.90s: a number of %d bytes of its server",
                           s->db->path, n);
        if (n > LONGEST)
            return mi_fail(err, MIEN_ELIMIT,
                           "%.90s: a value of %d bytes, at most %d",
                           s->db->path, n, LONGEST);
    }
    return MIEN_OK;
}

static mien_status step(mi_statement *s, int *row, mien_error *err)
{
    const mi_server *at = s->db->server;
    mien_status st = MIEN_OK;
    s->row++;
    if (s->cursor && s->row == s->at_once)
        st = fetch(s, err);
    if (!st && s->row < 0)
        s->row = 0;
    *row = !st && s->row < at->link.pq.PQntuples(s->answer);
    return *row ? check_row(s, err) : st;
}

static mien_bytes bytes(const mi_statement *s, int column)
{
    const mi_server *at = s->db->server;
    int n = at->link.pq.PQgetlength(s->answer, s->row, column);
    if (n <= 0)
        return (mien_bytes){0};
    return (mien_bytes){
        (uint8_t *)at->link.pq.PQgetvalue(s->answer, s->row, column),
        (size_t)n};
}

static int64_t integer(const mi_statement *s, int column)
{
    const mien_bytes b = bytes(s, column);
    uint64_t value = b.n && b.data[0] & 128 ? UINT64_MAX : 0;
    for (size_t i = 0; i < b.n && i < 8; i++)
        value = value << 8 | b.data[i];
    return (int64_t)value;
}

/* libpq ends every value with a 0 of its own. */
static const char *text(const mi_statement *s, int column)
{
    const mi_server *at = s->db->server;
    return at->link.pq.PQgetisnull(s->answer, s->row, column)
               ? NULL
               : at->link.pq.PQgetvalue(s->answer, s->row, column);
}

static int64_t changes(const mi_db *db)
{
    return ((const mi_server *)db->server)->changed;
}

/* ---- transactions -------------------------------------------------------- */

static mien_status begin(const mi_db *db, mien_error *err)
{
    return run(db, "BEGIN", err);
}

/* Of a transaction in which something failed the server takes back all, and
 * says so as if that were no error. */
static mien_status commit(const mi_db *db, mien_error *err)
{
    mi_server *s = db->server;
    PGresult *r = s->link.pq.PQexec(s->link.conn, "COMMIT");
    mien_status st = MIEN_OK;
    if (s->link.pq.PQresultStatus(r) != PGRES_COMMAND_OK)
        st = failed(db, r, err);
    else if (strcmp(s->link.pq.PQcmdStatus(r), "COMMIT") != 0)
        st = mi_fail(err, MIEN_EIO, "%.120s: its server took a change back",
                     db->path);
    s->link.pq.PQclear(r);
    return st;
}

static void roll_back(const mi_db *db)
{
    mi_server *s = db->server;
    s->link.pq.PQclear(s->link.pq.PQexec(s->link.conn, "ROLLBACK"));
}

/* A commit that was acknowledged is on the server's disk: synchronous_commit.
 */
static mien_status settle(const mi_db *db, mien_error *err)
{
    (void)db;
    (void)err;
    return MIEN_OK;
}

static mien_status version_of(const mi_db *db, int64_t *out, mien_error *err)
{
    int found;
    mien_status st =
        mi_db_number(db, "SELECT version FROM gallery", out, &found, err);
    return st || found ? st
                       : mi_fail(err, MIEN_EFORMAT,
                                 "%.90s: its server has no such gallery, or "
                                 "none of this role",
                                 db->path);
}

static mien_status set_version(const mi_db *db, int version, mien_error *err)
{
    return mi_db_do(db, err, "UPDATE gallery SET version = ?", "i",
                    (int64_t)version);
}

static void close_server(mi_db *db)
{
    mi_server *s = db->server;
    if (!s)
        return;
    mi_postgres_close(&s->link);
    mi_free(s);
}

const mi_db_driver mi_db_postgres = {
    .close = close_server,
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
    .begin = begin,
    .commit = commit,
    .roll_back = roll_back,
    .settle = settle,
};
