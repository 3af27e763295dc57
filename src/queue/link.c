/* link.c: a connection to PostgreSQL, and statements that are tried again when
 * it is lost.
 *
 * Source: PostgreSQL 15 Documentation, chapter 34 (libpq) and appendix A (the
 * five letters that tell what failed). */
#include "queue/link.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { OLDEST = 120000 }; /* PostgreSQL 12 */

/* ---- what is said -------------------------------------------------------- */

/* The first line of a text of libpq, without what the address has of a
 * password. */
static void plain(const mien_queue *q, const char *text, char out[200])
{
    const char *hide = q->password && *q->password ? q->password : NULL;
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

int mi_link_is_memory(const char *text)
{
    return strstr(text, "out of memory") != NULL;
}

static void ignore_notice(void *arg, const char *text)
{
    (void)arg;
    (void)text;
}

/* ---- the connection ------------------------------------------------------ */

void mi_link_end(mien_queue *q)
{
    if (q->conn)
        q->pq.PQfinish(q->conn);
    q->conn = NULL;
}

/* What every session needs, whatever the database has as its defaults: a
 * commit that is acknowledged stays, and names mean what they say. */
static mien_status settle(mien_queue *q, mien_error *err)
{
    const char *encoding = q->pq.PQparameterStatus(q->conn, "server_encoding");
    int version = q->pq.PQserverVersion(q->conn);
    if (version < OLDEST)
        return mi_fail(err, MIEN_EUNSUP,
                       "queue: the server is PostgreSQL %d, wanted 12 or later",
                       version / 10000);
    if (!encoding || strcmp(encoding, "UTF8") != 0)
        return mi_fail(err, MIEN_EUNSUP,
                       "queue: the database's encoding is %.40s, wanted UTF8",
                       encoding ? encoding : "unknown");
    return mi_link_script(q,
                          "SET synchronous_commit = on;"
                          "SET search_path = pg_catalog;"
                          "SET bytea_output = hex;"
                          "SET standard_conforming_strings = on;"
                          "SET statement_timeout = '10min'",
                          err);
}

/* What stands before the address is a default of ours that it may change, what
 * stands after it may not be changed. */
mien_status mi_link_connect(mien_queue *q, mien_error *err)
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
                                 "30000", q->address, "UTF8", NULL};
    char why[200];
    mi_link_end(q);
    *q->state = 0;
    q->conn = q->pq.PQconnectdbParams(name, value, 1);
    if (!q->conn)
        return mi_no_memory(err);
    q->pq.PQsetNoticeProcessor(q->conn, ignore_notice, NULL);
    mien_status st = MIEN_OK;
    if (q->pq.PQstatus(q->conn) != CONNECTION_OK &&
        mi_link_is_memory(q->pq.PQerrorMessage(q->conn))) {
        st = mi_no_memory(err);
    } else if (q->pq.PQstatus(q->conn) != CONNECTION_OK) {
        plain(q, q->pq.PQerrorMessage(q->conn), why);
        st = mi_fail(err, MIEN_EIO, "queue: %s", why);
    } else {
        st = settle(q, err);
    }
    if (st)
        mi_link_end(q);
    return st;
}

/* ---- statements ---------------------------------------------------------- */

/* Is there no queue, or is it another's? */
static mien_status meaning(const char *state)
{
    if (strcmp(state, "3F000") == 0 || strcmp(state, "42P01") == 0)
        return MIEN_EARG;
    return strncmp(state, "42", 2) == 0 && strcmp(state, "42501") != 0
               ? MIEN_EFORMAT
               : MIEN_EIO;
}

/* Why an answer is none. */
static mien_status failed(mien_queue *q, const PGresult *r, mien_error *err)
{
    char why[200];
    const char *state = r ? q->pq.PQresultErrorField(r, PG_DIAG_SQLSTATE) : "";
    const char *text =
        r ? q->pq.PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    snprintf(q->state, sizeof q->state, "%s", state ? state : "");
    if (!text)
        text = q->pq.PQerrorMessage(q->conn);
    plain(q, text, why);
    mien_status st = meaning(q->state);
    if (!*q->state && mi_link_is_memory(text))
        return mi_no_memory(err);
    if (st == MIEN_EARG)
        return mi_fail(err, st,
                       "queue: the database has none (%.60s); 'mien queue "
                       "init' makes one",
                       why);
    if (st == MIEN_EFORMAT)
        return mi_fail(err, st,
                       "queue: the tables are not those that mien makes: %s",
                       why);
    return mi_fail(err, st, "queue: %s", *why ? why : "no answer");
}

mien_status mi_link_ask(mien_queue *q, const char *sql, const mi_values *values,
                        mi_rows *rows, mien_error *err)
{
    *q->state = 0;
    if (!q->conn)
        return mi_fail(err, MIEN_EIO, "queue: the connection is lost");
    PGresult *r =
        q->pq.PQexecParams(q->conn, sql, values ? values->n : 0, NULL,
                           values ? values->value : NULL, NULL, NULL, 0);
    ExecStatusType s = q->pq.PQresultStatus(r);
    if (s != PGRES_TUPLES_OK && s != PGRES_COMMAND_OK) {
        mien_status st = failed(q, r, err);
        q->pq.PQclear(r);
        return st;
    }
    mi_rows got = {q, r, q->pq.PQntuples(r),
                   strtoll(q->pq.PQcmdTuples(r), NULL, 10)};
    if (rows)
        *rows = got;
    else
        mi_rows_free(&got);
    return MIEN_OK;
}

mien_status mi_link_script(mien_queue *q, const char *sql, mien_error *err)
{
    *q->state = 0;
    PGresult *r = q->pq.PQexec(q->conn, sql);
    mien_status st = MIEN_OK;
    if (q->pq.PQresultStatus(r) != PGRES_COMMAND_OK)
        st = failed(q, r, err);
    q->pq.PQclear(r);
    return st;
}

/* ---- again --------------------------------------------------------------- */

/* Is the connection gone, or about to be? */
static int is_lost(const mien_queue *q)
{
    return !q->conn || q->pq.PQstatus(q->conn) != CONNECTION_OK ||
           strncmp(q->state, "57P", 3) == 0 || strncmp(q->state, "08", 2) == 0;
}

/* Two transactions were in each other's way, and this one was undone. */
static int is_crossed(const mien_queue *q)
{
    return strcmp(q->state, "40001") == 0 || strcmp(q->state, "40P01") == 0;
}

static int stopped(const mien_queue *q)
{
    return q->options.stop && q->options.stop(q->options.arg);
}

/* Connect again until it is possible or the time ends; waits grow to a second.
 */
static mien_status come_back(mien_queue *q, double end, mien_error *err)
{
    long pause = 50000000;
    mien_status st = mi_link_connect(q, err);
    while (st == MIEN_EIO && mien_clock() < end && !stopped(q)) {
        nanosleep(&(struct timespec){0, pause}, NULL);
        pause = pause < 400000000 ? 2 * pause : 800000000;
        st = mi_link_connect(q, err);
    }
    return st;
}

mien_status mi_link_try(mien_queue *q,
                        mien_status (*act)(mien_queue *q, void *arg,
                                           mien_error *err),
                        void *arg, mien_error *err)
{
    double end = 0; /* 0: nothing failed yet */
    for (;;) {
        mien_error why = {0};
        mien_status st = act(q, arg, &why);
        int lost = st && is_lost(q), again = lost || (st && is_crossed(q));
        if (again && end <= 0) {
            end = mien_clock() + q->options.patience;
            if (lost && q->options.lost)
                q->options.lost(q->options.arg, why.text);
        }
        if (lost)
            again = come_back(q, end, &why) == MIEN_OK;
        if (!again || mien_clock() > end) {
            if (st && err)
                *err = why;
            return st;
        }
    }
}

typedef struct together {
    const char *begin;
    mien_status (*act)(mien_queue *q, void *arg, mien_error *err);
    void *arg;
} together;

/* A transaction, whole or not at all. */
static mien_status transact(mien_queue *q, void *arg, mien_error *err)
{
    const together *t = arg;
    char state[sizeof q->state];
    mien_status st = mi_link_ask(q, t->begin, NULL, NULL, err);
    if (st)
        return st;
    st = t->act(q, t->arg, err);
    if (!st)
        return mi_link_ask(q, "COMMIT", NULL, NULL, err);
    memcpy(state, q->state, sizeof state);
    if (mi_link_ask(q, "ROLLBACK", NULL, NULL, NULL) == MIEN_OK)
        memcpy(q->state, state, sizeof state);
    return st;
}

mien_status mi_link_together(mien_queue *q, const char *begin,
                             mien_status (*act)(mien_queue *q, void *arg,
                                                mien_error *err),
                             void *arg, mien_error *err)
{
    together t = {begin, act, arg};
    return mi_link_try(q, transact, &t, err);
}
