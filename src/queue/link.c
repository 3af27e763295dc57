/* link.c: statements of a queue, which are tried again when the connection is
 * lost.
 *
 * Source: PostgreSQL 15 Documentation, appendix A (the five letters that tell
 * what failed). */
#include "queue/link.h"

#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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
    char why[MI_POSTGRES_WHY];
    if (mi_postgres_why(&q->postgres, r, why))
        return mi_no_memory(err);
    mien_status st = meaning(q->postgres.state);
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
    *q->postgres.state = 0;
    if (!q->postgres.conn)
        return mi_fail(err, MIEN_EIO, "queue: the connection is lost");
    PGresult *r = q->postgres.pq.PQexecParams(
        q->postgres.conn, sql, values ? values->n : 0, NULL,
        values ? values->value : NULL, NULL, NULL, 0);
    ExecStatusType s = q->postgres.pq.PQresultStatus(r);
    if (s != PGRES_TUPLES_OK && s != PGRES_COMMAND_OK) {
        mien_status st = failed(q, r, err);
        q->postgres.pq.PQclear(r);
        return st;
    }
    mi_rows got = {q, r, q->postgres.pq.PQntuples(r),
                   strtoll(q->postgres.pq.PQcmdTuples(r), NULL, 10)};
    if (rows)
        *rows = got;
    else
        mi_rows_free(&got);
    return MIEN_OK;
}

mien_status mi_link_script(mien_queue *q, const char *sql, mien_error *err)
{
    *q->postgres.state = 0;
    PGresult *r = q->postgres.pq.PQexec(q->postgres.conn, sql);
    mien_status st = MIEN_OK;
    if (q->postgres.pq.PQresultStatus(r) != PGRES_COMMAND_OK)
        st = failed(q, r, err);
    q->postgres.pq.PQclear(r);
    return st;
}

/* ---- again --------------------------------------------------------------- */

/* Two transactions were in each other's way, and this one was undone. */
static int is_crossed(const mien_queue *q)
{
    return strcmp(q->postgres.state, "40001") == 0 ||
           strcmp(q->postgres.state, "40P01") == 0;
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
    mien_status st = mi_postgres_connect(&q->postgres, err);
    while (st == MIEN_EIO && mien_clock() < end && !stopped(q)) {
        nanosleep(&(struct timespec){0, pause}, NULL);
        pause = pause < 400000000 ? 2 * pause : 800000000;
        st = mi_postgres_connect(&q->postgres, err);
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
        int lost = st && mi_postgres_is_lost(&q->postgres),
            again = lost || (st && is_crossed(q));
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
    char state[sizeof q->postgres.state];
    mien_status st = mi_link_ask(q, t->begin, NULL, NULL, err);
    if (st)
        return st;
    st = t->act(q, t->arg, err);
    if (!st)
        return mi_link_ask(q, "COMMIT", NULL, NULL, err);
    memcpy(state, q->postgres.state, sizeof state);
    if (mi_link_ask(q, "ROLLBACK", NULL, NULL, NULL) == MIEN_OK)
        memcpy(q->postgres.state, state, sizeof state);
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
