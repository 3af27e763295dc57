/* lease.c: photos that a worker holds for a while, and what became of them.
 *
 * A lease has a number, its token.  What is written down of a photo is so only
 * where the photo still has that token: whoever was late finds another's.
 *
 * Rows that another transaction looks at are passed over (SKIP LOCKED), so that
 * workers do not wait for each other. */
#include "queue/link.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AGAIN_AFTER = 2 }; /* seconds, for each try so far */

void mien_queue_batch_free(mien_queue_batch *b)
{
    if (!b)
        return;
    for (int i = 0; i < b->n; i++)
        mi_free(b->photo[i].path);
    mi_free(b->photo);
    *b = (mien_queue_batch){0};
}

/* ---- taken --------------------------------------------------------------- */

/* A photo of an answer: id, path, tries, spent. */
static mien_status take_photo(const mi_rows *r, int row, mien_queue_photo *out,
                              mien_error *err)
{
    const char *hex = mi_rows_text(r, row, 1);
    out->id = mi_rows_int(r, row, 0);
    out->tries = (int)mi_rows_int(r, row, 2);
    out->spent = *mi_rows_text(r, row, 3) == 't';
    out->path = mi_alloc(strlen(hex) + 1, 1);
    if (!out->path)
        return mi_no_memory(err);
    int64_t n = mi_bytea_read(hex, out->path);
    if (n < 1 || n > MIEN_QUEUE_MAX_PATH || memchr(out->path, 0, (size_t)n))
        return mi_fail(err, MIEN_EFORMAT,
                       "queue: photo %lld: its path is no file's name",
                       (long long)out->id);
    return MIEN_OK;
}

static int by_id(const void *a, const void *b)
{
    const mien_queue_photo *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

/* All of an answer, in the order of their numbers. */
static mien_status take_photos(const mi_rows *r, mien_queue_batch *b,
                               mien_error *err)
{
    mien_status st = MIEN_OK;
    if (!r->n)
        return MIEN_OK;
    b->photo = mi_alloc((size_t)r->n, sizeof *b->photo);
    if (!b->photo)
        return mi_no_memory(err);
    while (!st && b->n < r->n) {
        st = take_photo(r, b->n, &b->photo[b->n], err);
        b->n++; /* also one that failed: its path is released */
    }
    qsort(b->photo, (size_t)b->n, sizeof *b->photo, by_id);
    return st;
}

/* A photo that is given back, or tried again later. */
static mien_status write_back(mien_queue *q, const mien_queue_photo *p,
                              const char *token, mien_error *err)
{
    int again = p->outcome == MIEN_QUEUE_AGAIN;
    char id[24], wait[16];
    snprintf(id, sizeof id, "%lld", (long long)p->id);
    snprintf(wait, sizeof wait, "%d", again ? AGAIN_AFTER * p->tries : 0);
    const mi_values v = {4, {id, token, again || p->spent ? "0" : "1", wait}};
    return mi_link_ask(q,
                       "UPDATE mien_queue.photo SET state = 'waiting', "
                       "tries = greatest(tries - $3::int, 0), "
                       "until = now() + $4::int * '1s'::interval "
                       "WHERE id = $1::bigint AND token = $2::bigint "
                       "AND state = 'leased'",
                       &v, NULL, err);
}

typedef struct leasing {
    const mien_queue_ask *ask;
    mien_queue_batch batch;
    int left;
} leasing;

static const char lease_text[] =
    "WITH free AS (SELECT id, tries FROM mien_queue.photo "
    "WHERE state IN ('waiting', 'leased') AND until <= now() "
    "ORDER BY id LIMIT $1::int FOR UPDATE SKIP LOCKED), "
    "first AS (SELECT id, tries FROM free ORDER BY id LIMIT 1), "
    "taken AS (SELECT free.id, free.tries FROM free, first "
    "WHERE CASE WHEN first.tries > 0 THEN free.id = first.id "
    "ELSE free.tries = 0 END) "
    "UPDATE mien_queue.photo p SET state = 'leased', token = $2::bigint, "
    "worker = $3, taken = now(), until = now() + $4::float8 * '1s'::interval, "
    "tries = least(p.tries + 1, $5::int) FROM taken WHERE p.id = taken.id "
    "RETURNING p.id, p.path, p.tries, taken.tries >= $5::int";

/* Where nothing is free: is something left? */
static mien_status look_for_left(mien_queue *q, leasing *l, mien_error *err)
{
    mi_rows r = {0};
    mien_status st =
        mi_link_ask(q,
                    "SELECT EXISTS (SELECT 1 FROM mien_queue.photo "
                    "WHERE state IN ('waiting', 'leased'))",
                    NULL, &r, err);
    if (!st)
        l->left = *mi_rows_text(&r, 0, 0) == 't';
    mi_rows_free(&r);
    return st;
}

/* Give back what a lease took whose connection was lost behind its commit:
 * nobody knows of it. */
static mien_status undo_lost(mien_queue *q, mien_queue_batch *b,
                             mien_error *err)
{
    mien_status st = MIEN_OK;
    char token[24];
    snprintf(token, sizeof token, "%lld", (long long)b->token);
    for (int i = 0; !st && i < b->n; i++)
        st = write_back(q, &b->photo[i], token, err);
    if (!st)
        mien_queue_batch_free(b);
    return st;
}

static mien_status next_token(mien_queue *q, int64_t *token, mien_error *err)
{
    mi_rows r = {0};
    mien_status st =
        mi_link_ask(q, "SELECT nextval('mien_queue.lease')", NULL, &r, err);
    if (!st)
        *token = mi_rows_int(&r, 0, 0);
    mi_rows_free(&r);
    return st;
}

/* Lease some, in a transaction. */
static mien_status lease(mien_queue *q, void *arg, mien_error *err)
{
    leasing *l = arg;
    mi_rows r = {0};
    char most[16], token[24], seconds[32], tries[16];
    mien_status st = undo_lost(q, &l->batch, err);
    if (!st)
        st = next_token(q, &l->batch.token, err);
    snprintf(most, sizeof most, "%d", l->ask->most);
    snprintf(token, sizeof token, "%lld", (long long)l->batch.token);
    snprintf(seconds, sizeof seconds, "%.3f", l->ask->seconds);
    snprintf(tries, sizeof tries, "%d", l->ask->tries);
    const mi_values v = {5, {most, token, l->ask->worker, seconds, tries}};
    if (!st)
        st = mi_link_ask(q, lease_text, &v, &r, err);
    if (!st)
        st = take_photos(&r, &l->batch, err);
    l->left = l->batch.n > 0;
    mi_rows_free(&r);
    if (!st && !l->left)
        st = look_for_left(q, l, err);
    return st;
}

mien_status mien_queue_lease(mien_queue *q, const mien_queue_ask *ask,
                             mien_queue_batch *out, int *left, mien_error *err)
{
    leasing l = {ask, {0}, 0};
    assert(ask->most >= 1 && ask->most <= MIEN_QUEUE_MAX_BATCH);
    mien_status st = mi_link_together(q, "BEGIN", lease, &l, err);
    if (st) {
        mien_queue_batch_free(&l.batch);
        return st;
    }
    *out = l.batch;
    *left = l.left;
    return MIEN_OK;
}

/* ---- held ---------------------------------------------------------------- */

typedef struct keeping {
    const mien_queue_batch *batch;
    double seconds;
} keeping;

/* Make the time of a lease longer. */
static mien_status keep(mien_queue *q, void *arg, mien_error *err)
{
    const keeping *k = arg;
    mien_buffer ids = {0};
    char id[24], token[24], seconds[32];
    for (int i = 0; i < k->batch->n; i++) {
        snprintf(id, sizeof id, "%lld", (long long)k->batch->photo[i].id);
        mi_array_put(&ids, id);
    }
    mi_array_end(&ids);
    snprintf(token, sizeof token, "%lld", (long long)k->batch->token);
    snprintf(seconds, sizeof seconds, "%.3f", k->seconds);
    const mi_values v = {3, {(char *)ids.data, token, seconds}};
    mien_status st =
        ids.failed
            ? mi_no_memory(err)
            : mi_link_ask(q,
                          "UPDATE mien_queue.photo "
                          "SET until = now() + $3::float8 * '1s'::interval "
                          "WHERE id = ANY ($1::bigint[]) "
                          "AND token = $2::bigint AND state = 'leased'",
                          &v, NULL, err);
    mien_buffer_free(&ids);
    return st;
}

mien_status mien_queue_keep(mien_queue *q, const mien_queue_batch *b,
                            double seconds, mien_error *err)
{
    keeping k = {b, seconds};
    return mi_link_try(q, keep, &k, err);
}

/* ---- written down -------------------------------------------------------- */

/* How many rows a statement changed of a photo. */
static mien_status change(mien_queue *q, const char *sql, const mi_values *v,
                          int64_t *rows, mien_error *err)
{
    mi_rows r = {0};
    mien_status st = mi_link_ask(q, sql, v, &r, err);
    if (!st)
        *rows = r.changed;
    mi_rows_free(&r);
    return st;
}

/* A photo that has a record.  One whose row is not changed has another's, or
 * this very one: the connection was lost behind a commit that came through. */
static mien_status write_record(mien_queue *q, const mien_queue_photo *p,
                                const char *token, int64_t *lost,
                                mien_error *err)
{
    mien_buffer record = {0};
    char id[24];
    int64_t rows = 0;
    int failed = p->outcome == MIEN_QUEUE_FAILED;
    snprintf(id, sizeof id, "%lld", (long long)p->id);
    mien_buffer_put(&record, p->record, p->n);
    mien_buffer_put(&record, "", 1);
    const mi_values v = {6,
                         {id, token, failed ? "failed" : "done",
                          *p->sha256 ? p->sha256 : NULL,
                          failed ? p->reason : NULL, (char *)record.data}};
    mien_status st =
        record.failed
            ? mi_no_memory(err)
            : change(q,
                     "WITH mine AS (UPDATE mien_queue.photo SET state = $3, "
                     "until = 'infinity', sha256 = $4, reason = $5 "
                     "WHERE id = $1::bigint AND token = $2::bigint "
                     "AND state = 'leased' RETURNING id) "
                     "INSERT INTO mien_queue.result (photo, record) "
                     "SELECT id, $6 FROM mine",
                     &v, &rows, err);
    mien_buffer_free(&record);
    if (st || rows)
        return st;
    const mi_values w = {2, {id, token}};
    st = change(q,
                "SELECT 1 FROM mien_queue.photo WHERE id = $1::bigint "
                "AND token = $2::bigint AND state IN ('done', 'failed')",
                &w, &rows, err);
    *lost += !st && !rows;
    return st;
}

typedef struct finishing {
    const mien_queue_batch *batch;
    int64_t dropped;
} finishing;

/* In the order of ids, as all do it, so that two do not wait for each other.
 * A process that is stopped in the middle must not hold its rows for long. */
static mien_status finish(mien_queue *q, void *arg, mien_error *err)
{
    finishing *f = arg;
    char token[24];
    f->dropped = 0;
    snprintf(token, sizeof token, "%lld", (long long)f->batch->token);
    mien_status st =
        mi_link_ask(q, "SET LOCAL idle_in_transaction_session_timeout = '60s'",
                    NULL, NULL, err);
    for (int i = 0; !st && i < f->batch->n; i++) {
        const mien_queue_photo *p = &f->batch->photo[i];
        if (p->outcome == MIEN_QUEUE_DONE || p->outcome == MIEN_QUEUE_FAILED)
            st = write_record(q, p, token, &f->dropped, err);
        else
            st = write_back(q, p, token, err);
    }
    return st;
}

mien_status mien_queue_finish(mien_queue *q, const mien_queue_batch *b,
                              int64_t *dropped, mien_error *err)
{
    finishing f = {b, 0};
    mien_status st = mi_link_together(q, "BEGIN", finish, &f, err);
    if (!st)
        *dropped += f.dropped;
    return st;
}
