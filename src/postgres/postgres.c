/* postgres.c: a session with PostgreSQL, set as a program needs it whatever the
 * database has as its defaults.
 *
 * Source: PostgreSQL 15 Documentation, chapter 34 (libpq) and appendix A (the
 * five letters that tell what failed). */
#include "postgres/postgres.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/text.h"

#include <stdio.h>
#include <string.h>

enum { OLDEST = 120000 }; /* PostgreSQL 12 */

/* ---- what is said -------------------------------------------------------- */

/* The first line of a text of libpq, without what the address has of a
 * password. */
static void plain(const mi_postgres *s, const char *text,
                  char out[MI_POSTGRES_WHY])
{
    const char *hide = s->password && *s->password ? s->password : NULL;
    size_t n = 0, length = hide ? strlen(hide) : 0;
    while (*text && *text != '\n' && n + 4 < 160) {
        if (hide && strncmp(text, hide, length) == 0) {
            memcpy(out + n, "***", 3);
            n += 3;
            text += length;
        } else {
            out[n++] = *text++;
        }
    }
    out[n] = 0;
}

static int is_memory(const char *text)
{
    return strstr(text, "out of memory") != NULL;
}

int mi_postgres_why(mi_postgres *s, const PGresult *r,
                    char out[MI_POSTGRES_WHY])
{
    const char *state = r ? s->pq.PQresultErrorField(r, PG_DIAG_SQLSTATE) : "";
    const char *text =
        r ? s->pq.PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    snprintf(s->state, sizeof s->state, "%s", state ? state : "");
    if (!text)
        text = s->pq.PQerrorMessage(s->conn);
    plain(s, text, out);
    return !*s->state && is_memory(text);
}

int mi_postgres_is_lost(const mi_postgres *s)
{
    return !s->conn || s->pq.PQstatus(s->conn) != CONNECTION_OK ||
           strncmp(s->state, "57P", 3) == 0 || strncmp(s->state, "08", 2) == 0;
}

/* ---- the connection ------------------------------------------------------ */

static void ignore_notice(void *arg, const char *text)
{
    (void)arg;
    (void)text;
}

void mi_postgres_end(mi_postgres *s)
{
    if (s->conn)
        s->pq.PQfinish(s->conn);
    s->conn = NULL;
}

void mi_postgres_close(mi_postgres *s)
{
    mi_postgres_end(s);
    mi_free(s->password);
    mi_free(s->address);
    *s = (mi_postgres){0};
}

int mi_postgres_script(mi_postgres *s, const char *sql)
{
    char why[MI_POSTGRES_WHY];
    *s->state = 0;
    PGresult *r = s->pq.PQexec(s->conn, sql);
    int bad = s->pq.PQresultStatus(r) != PGRES_COMMAND_OK;
    if (bad)
        mi_postgres_why(s, r, why);
    s->pq.PQclear(r);
    return bad;
}

/* Why there is no connection, or no session as it has to be. */
static mien_status refused(mi_postgres *s, mien_error *err)
{
    char why[MI_POSTGRES_WHY];
    if (mi_postgres_why(s, NULL, why))
        return mi_no_memory(err);
    return mi_fail(err, MIEN_EIO, "%.100s: %s", s->what,
                   *why ? why : "no answer");
}

/* What every session needs, whatever the database has as its defaults: a
 * commit that is acknowledged stays, and names mean what they say. */
static mien_status settle(mi_postgres *s, mien_error *err)
{
    const char *encoding = s->pq.PQparameterStatus(s->conn, "server_encoding");
    int version = s->pq.PQserverVersion(s->conn);
    if (version < OLDEST)
        return mi_fail(
            err, MIEN_EUNSUP,
            "%.100s: the server is PostgreSQL %d, wanted 12 or later", s->what,
            version / 10000);
    if (!encoding || strcmp(encoding, "UTF8") != 0)
        return mi_fail(err, MIEN_EUNSUP,
                       "%.100s: the database's encoding is %.40s, wanted UTF8",
                       s->what, encoding ? encoding : "unknown");
    return mi_postgres_script(s, "SET synchronous_commit = on;"
                                 "SET search_path = pg_catalog;"
                                 "SET bytea_output = hex;"
                                 "SET standard_conforming_strings = on;"
                                 "SET statement_timeout = '10min'")
               ? refused(s, err)
               : MIEN_OK;
}

/* What stands before the address is a default of ours that it may change, what
 * stands after it may not be changed. */
mien_status mi_postgres_connect(mi_postgres *s, mien_error *err)
{
    static const char *const name[] = {"application_name",
                                       "connect_timeout",
                                       "keepalives_idle",
                                       "keepalives_interval",
                                       "keepalives_count",
                                       "tcp_user_timeout",
                                       "dbname",
                                       "client_encoding",
                                       NULL};
    const char *const value[] = {"mien",  "10",       "10",   "5", "3",
                                 "30000", s->address, "UTF8", NULL};
    mi_postgres_end(s);
    *s->state = 0;
    s->conn = s->pq.PQconnectdbParams(name, value, 1);
    if (!s->conn)
        return mi_no_memory(err);
    s->pq.PQsetNoticeProcessor(s->conn, ignore_notice, NULL);
    mien_status st = s->pq.PQstatus(s->conn) == CONNECTION_OK ? settle(s, err)
                                                              : refused(s, err);
    if (st)
        mi_postgres_end(s);
    return st;
}

/* ---- the address --------------------------------------------------------- */

/* Understand an address, and keep its password to hide it.  What libpq says of
 * one that is none may hold it, and is not told. */
static mien_status read_address(mi_postgres *s, mien_error *err)
{
    char *why = NULL;
    PQconninfoOption *all = s->pq.PQconninfoParse(s->address, &why);
    mien_status st = MIEN_OK;
    int memory = !all && (!why || is_memory(why));
    s->pq.PQfreemem(why);
    if (memory)
        return mi_no_memory(err);
    if (!all)
        return mi_fail(err, MIEN_EARG,
                       "%.100s: the address is none that libpq understands, "
                       "wanted 'postgres://USER@HOST:PORT/DATABASE' or "
                       "'host=HOST dbname=DATABASE user=USER'",
                       s->what);
    for (PQconninfoOption *o = all; !st && o->keyword; o++)
        if (strcmp(o->keyword, "password") == 0 && o->val) {
            s->password = mi_text_copy(o->val);
            st = s->password ? MIEN_OK : mi_no_memory(err);
        }
    s->pq.PQconninfoFree(all);
    return st;
}

/* A text without these is taken by libpq for the name of a database: a mistyped
 * address would be looked for under that name. */
static int is_address(const char *text)
{
    return strncmp(text, "postgres://", 11) == 0 ||
           strncmp(text, "postgresql://", 13) == 0 || strchr(text, '=');
}

mien_status mi_postgres_open(mi_postgres *s, const char *what,
                             const char *address, mien_error *err)
{
    *s = (mi_postgres){.what = what};
    if (!is_address(address))
        return mi_fail(
            err, MIEN_EARG,
            "%.100s: the address begins with neither postgres:// nor "
            "a setting as in 'host=HOST dbname=DATABASE'",
            what);
    s->address = mi_text_copy(address);
    mien_status st = s->address ? MIEN_OK : mi_no_memory(err);
    if (!st)
        st = mi_pq_load(&s->pq, err);
    if (!st)
        st = read_address(s, err);
    return st ? st : mi_postgres_connect(s, err);
}
