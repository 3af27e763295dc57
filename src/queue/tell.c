/* tell.c: how far a queue is, and what came of it. */
#include "queue/link.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

enum { AT_ONCE = 500 }; /* records that are fetched together */
static const char at_one_moment[] =
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/* ---- how far ------------------------------------------------------------- */

/* How many photos are in each state. */
static mien_status count(mien_queue *q, mien_queue_state *s, mien_error *err)
{
    mi_rows r = {0};
    mien_status st = mi_link_ask(
        q, "SELECT state, count(*) FROM mien_queue.photo GROUP BY state", NULL,
        &r, err);
    for (int i = 0; !st && i < r.n; i++) {
        const char *state = mi_rows_text(&r, i, 0);
        int64_t n = mi_rows_int(&r, i, 1);
        if (strcmp(state, "waiting") == 0)
            s->waiting = n;
        else if (strcmp(state, "leased") == 0)
            s->leased = n;
        else if (strcmp(state, "done") == 0)
            s->done = n;
        else if (strcmp(state, "failed") == 0)
            s->failed = n;
    }
    mi_rows_free(&r);
    return st;
}

/* Leases, and how fast results come. */
static mien_status pace(mien_queue *q, mien_queue_state *s, mien_error *err)
{
    mi_rows r = {0};
    mien_status st =
        mi_link_ask(q,
                    "SELECT count(DISTINCT worker), "
                    "count(*) FILTER (WHERE until < now()), "
                    "coalesce(extract(epoch FROM now() - min(taken)), 0) "
                    "FROM mien_queue.photo WHERE state = 'leased'",
                    NULL, &r, err);
    if (!st) {
        s->workers = mi_rows_int(&r, 0, 0);
        s->overdue = mi_rows_int(&r, 0, 1);
        s->oldest = mi_rows_real(&r, 0, 2);
    }
    mi_rows_free(&r);
    if (!st)
        st = mi_link_ask(
            q,
            "SELECT coalesce(count(*) / greatest(extract(epoch FROM "
            "now() - min(at)), 1), 0) FROM mien_queue.result "
            "WHERE at > now() - '60s'::interval",
            NULL, &r, err);
    if (!st)
        s->per_second = mi_rows_real(&r, 0, 0);
    mi_rows_free(&r);
    return st;
}

/* Why most of those that failed did. */
static mien_status worst(mien_queue *q, mien_queue_state *s, mien_error *err)
{
    char most[16];
    mi_rows r = {0};
    snprintf(most, sizeof most, "%d", MIEN_QUEUE_ERRORS);
    const mi_values v = {1, {most}};
    mien_status st = mi_link_ask(
        q,
        "SELECT count(*), coalesce(reason, '') FROM mien_queue.photo "
        "WHERE state = 'failed' GROUP BY 2 ORDER BY 1 DESC, 2 LIMIT $1::int",
        &v, &r, err);
    for (int i = 0; !st && i < r.n && i < MIEN_QUEUE_ERRORS; i++) {
        s->error[i].n = mi_rows_int(&r, i, 0);
        snprintf(s->error[i].text, sizeof s->error[i].text, "%s",
                 mi_rows_text(&r, i, 1));
        s->errors = i + 1;
    }
    mi_rows_free(&r);
    return st;
}

static mien_status tell(mien_queue *q, void *arg, mien_error *err)
{
    mien_queue_state *s = arg;
    *s = (mien_queue_state){0};
    mien_status st = count(q, s, err);
    if (!st)
        st = pace(q, s, err);
    return st ? st : worst(q, s, err);
}

mien_status mien_queue_tell(mien_queue *q, mien_queue_state *out,
                            mien_error *err)
{
    mien_queue_state got;
    mien_status st = mi_link_together(q, at_one_moment, tell, &got, err);
    if (!st)
        *out = got;
    return st;
}

/* ---- records ------------------------------------------------------------- */

typedef struct reading {
    mien_status (*take)(void *arg, const char *record, size_t n,
                        mien_error *err);
    void *arg;
    int64_t left;
} reading;

/* Hand over the records of an answer; n is set to how many. */
static mien_status hand_over(mien_queue *q, const char *fetch,
                             const reading *to, int *n, mien_error *err)
{
    mi_rows r = {0};
    mien_buffer line = {0};
    mien_status st = mi_link_ask(q, fetch, NULL, &r, err);
    *n = r.n;
    for (int i = 0; !st && i < r.n; i++) {
        line.n = 0;
        mien_buffer_puts(&line, mi_rows_text(&r, i, 0));
        mien_buffer_puts(&line, "\n");
        st = line.failed ? mi_no_memory(err)
                         : to->take(to->arg, (char *)line.data, line.n, err);
    }
    mien_buffer_free(&line);
    mi_rows_free(&r);
    return st;
}

/* Count what has no record, then all records, a part at a time. */
static mien_status read_records(mien_queue *q, reading *to, mien_error *err)
{
    char fetch[40];
    mi_rows r = {0};
    int n = 0;
    mien_status st = mi_link_ask(q,
                                 "SELECT count(*) FROM mien_queue.photo "
                                 "WHERE state IN ('waiting', 'leased')",
                                 NULL, &r, err);
    if (!st)
        to->left = mi_rows_int(&r, 0, 0);
    mi_rows_free(&r);
    if (!st)
        st = mi_link_ask(q,
                         "DECLARE records NO SCROLL CURSOR FOR SELECT record "
                         "FROM mien_queue.result ORDER BY photo",
                         NULL, NULL, err);
    snprintf(fetch, sizeof fetch, "FETCH %d FROM records", AT_ONCE);
    do {
        if (!st)
            st = hand_over(q, fetch, to, &n, err);
    } while (!st && n == AT_ONCE);
    return st;
}

mien_status mien_queue_results(mien_queue *q,
                               mien_status (*take)(void *arg,
                                                   const char *record, size_t n,
                                                   mien_error *err),
                               void *arg, int64_t *left, mien_error *err)
{
    reading to = {take, arg, 0};
    mien_status st = mi_link_ask(q, at_one_moment, NULL, NULL, err);
    if (st)
        return st;
    st = read_records(q, &to, err);
    if (mi_link_ask(q, st ? "ROLLBACK" : "COMMIT", NULL, NULL, NULL) && !st)
        st = mi_fail(err, MIEN_EIO, "queue: the connection is lost");
    if (!st)
        *left = to.left;
    return st;
}
