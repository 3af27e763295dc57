/* photos.c: photos that come into a queue, are let in again, and go. */
#include "queue/link.h"

#include "base/error.h"

#include <string.h>

enum { AT_ONCE = 1000 }; /* paths of a statement */

/* ---- in ------------------------------------------------------------------ */

typedef struct adding {
    const char *paths; /* an array of PostgreSQL */
    int64_t added;
} adding;

static mien_status add_some(mien_queue *q, void *arg, mien_error *err)
{
    adding *a = arg;
    const mi_values v = {1, {a->paths}};
    mi_rows r = {0};
    mien_status st = mi_link_ask(
        q,
        "INSERT INTO mien_queue.photo (path) "
        "SELECT path FROM unnest($1::bytea[]) WITH ORDINALITY AS p (path, i) "
        "ORDER BY i ON CONFLICT (sha256(path)) DO NOTHING",
        &v, &r, err);
    a->added = st ? 0 : r.changed;
    mi_rows_free(&r);
    return st;
}

/* Add a path to an array; EARG if it is none. */
static mien_status put_path(mien_buffer *array, const char *path,
                            mien_error *err)
{
    mien_buffer text = {0};
    size_t n = strlen(path);
    if (n < 1 || n > MIEN_QUEUE_MAX_PATH)
        return mi_fail(err, MIEN_EARG,
                       "queue: %.60s...: a path of %zu bytes, wanted 1 to %d",
                       path, n, MIEN_QUEUE_MAX_PATH);
    mi_bytea_put(&text, path, n);
    mien_buffer_put(&text, "", 1);
    if (!text.failed)
        mi_array_put(array, (char *)text.data);
    mien_status st = text.failed ? mi_no_memory(err) : MIEN_OK;
    mien_buffer_free(&text);
    return st;
}

mien_status mien_queue_add(mien_queue *q, const char *const *path, int n,
                           int64_t *added, mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int at = 0; !st && at < n;) {
        mien_buffer array = {0};
        int end = n - at < AT_ONCE ? n : at + AT_ONCE;
        while (!st && at < end)
            st = put_path(&array, path[at++], err);
        mi_array_end(&array);
        adding a = {(char *)array.data, 0};
        if (!st)
            st = array.failed ? mi_no_memory(err)
                              : mi_link_try(q, add_some, &a, err);
        mien_buffer_free(&array);
        *added += a.added;
    }
    return st;
}

/* ---- again --------------------------------------------------------------- */

/* Let those that failed in again, without their records. */
static mien_status retry(mien_queue *q, void *arg, mien_error *err)
{
    int64_t *n = arg;
    mi_rows r = {0};
    mien_status st =
        mi_link_ask(q,
                    "WITH again AS (UPDATE mien_queue.photo SET "
                    "state = 'waiting', until = '-infinity', tries = 0, "
                    "token = NULL, reason = NULL WHERE state = 'failed' "
                    "RETURNING id), gone AS (DELETE FROM mien_queue.result "
                    "USING again WHERE photo = id) "
                    "SELECT count(*) FROM again",
                    NULL, &r, err);
    if (!st)
        *n = mi_rows_int(&r, 0, 0);
    mi_rows_free(&r);
    return st;
}

mien_status mien_queue_retry(mien_queue *q, int64_t *n, mien_error *err)
{
    return mi_link_try(q, retry, n, err);
}

/* ---- out ----------------------------------------------------------------- */

typedef struct forgetting {
    const char *path; /* as a bytea */
    int found;
} forgetting;

static mien_status forget(mien_queue *q, void *arg, mien_error *err)
{
    forgetting *f = arg;
    const mi_values v = {1, {f->path}};
    mi_rows r = {0};
    mien_status st = mi_link_ask(q,
                                 "DELETE FROM mien_queue.photo "
                                 "WHERE sha256(path) = sha256($1::bytea)",
                                 &v, &r, err);
    f->found |= !st && r.changed > 0;
    mi_rows_free(&r);
    return st;
}

mien_status mien_queue_forget(mien_queue *q, const char *path, int *found,
                              mien_error *err)
{
    mien_buffer text = {0};
    if (strlen(path) > MIEN_QUEUE_MAX_PATH)
        return mi_fail(err, MIEN_EARG,
                       "queue: %.60s...: a path of %zu bytes, at most %d", path,
                       strlen(path), MIEN_QUEUE_MAX_PATH);
    mi_bytea_put(&text, path, strlen(path));
    mien_buffer_put(&text, "", 1);
    forgetting f = {(char *)text.data, 0};
    mien_status st =
        text.failed ? mi_no_memory(err) : mi_link_try(q, forget, &f, err);
    mien_buffer_free(&text);
    if (!st)
        *found = f.found;
    return st;
}

static mien_status drop(mien_queue *q, void *arg, mien_error *err)
{
    (void)arg;
    return mi_link_ask(q, "DROP SCHEMA IF EXISTS mien_queue CASCADE", NULL,
                       NULL, err);
}

mien_status mien_queue_drop(mien_queue *q, mien_error *err)
{
    return mi_link_try(q, drop, NULL, err);
}
