/* open.c: a queue opened, made, and bound to what its results depend on. */
#include "queue/link.h"
#include "queue/schema.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

mien_status mien_queue_open(const char *address,
                            const mien_queue_options *options, mien_queue **out,
                            mien_error *err)
{
    static const mien_queue_options usual = MIEN_QUEUE_DEFAULTS;
    mien_queue *q = mi_alloc(1, sizeof *q);
    if (!q)
        return mi_no_memory(err);
    q->options = options ? *options : usual;
    mien_status st = mi_postgres_open(&q->postgres, "queue", address, err);
    if (st)
        mien_queue_close(q);
    else
        *out = q;
    return st;
}

void mien_queue_close(mien_queue *q)
{
    if (!q)
        return;
    mi_postgres_close(&q->postgres);
    mi_free(q);
}

/* ---- settings ------------------------------------------------------------ */

void mien_queue_settings_free(mien_queue_settings *s)
{
    if (!s)
        return;
    for (int i = 0; i < s->n; i++)
        mi_free(s->word[i]);
    mi_free(s->word);
    *s = (mien_queue_settings){0};
}

/* Take the words out of an answer, a row each. */
static mien_status take_words(const mi_rows *r, mien_queue_settings *s,
                              mien_error *err)
{
    if (r->n > MIEN_QUEUE_MAX_WORDS)
        return mi_fail(err, MIEN_EFORMAT, "queue: %d words, at most %d", r->n,
                       MIEN_QUEUE_MAX_WORDS);
    s->word = mi_alloc((size_t)r->n + 1, sizeof *s->word);
    if (!s->word)
        return mi_no_memory(err);
    for (; s->n < r->n; s->n++) {
        s->word[s->n] = mi_text_copy(mi_rows_text(r, s->n, 0));
        if (!s->word[s->n])
            return mi_no_memory(err);
    }
    return MIEN_OK;
}

/* Read the row of settings, and its words. */
static mien_status load_settings(mien_queue *q, void *arg, mien_error *err)
{
    mien_queue_settings *s = arg;
    mi_rows r = {0};
    mien_queue_settings_free(s);
    mien_status st =
        mi_link_ask(q, "SELECT version, mien, tries FROM mien_queue.setting",
                    NULL, &r, err);
    int version = st || !r.n ? 0 : (int)mi_rows_int(&r, 0, 0);
    if (!st && r.n != 1)
        st = mi_fail(err, MIEN_EFORMAT,
                     "queue: %d rows of settings, wanted one", r.n);
    else if (!st && version != MI_QUEUE_VERSION)
        st = mi_fail(err, MIEN_EUNSUP,
                     "queue: its tables are of version %d, this mien knows %d",
                     version, MI_QUEUE_VERSION);
    if (!st) {
        s->tries = (int)mi_rows_int(&r, 0, 2);
        snprintf(s->mien, sizeof s->mien, "%s", mi_rows_text(&r, 0, 1));
    }
    if (!st && (s->tries < 1 || s->tries > MIEN_QUEUE_MAX_TRIES))
        st = mi_fail(err, MIEN_EFORMAT, "queue: %d tries, wanted 1 to %d",
                     s->tries, MIEN_QUEUE_MAX_TRIES);
    mi_rows_free(&r);
    if (!st)
        st = mi_link_ask(q, "SELECT unnest(words) FROM mien_queue.setting",
                         NULL, &r, err);
    if (!st)
        st = take_words(&r, s, err);
    mi_rows_free(&r);
    return st;
}

mien_status mien_queue_settings_load(mien_queue *q, mien_queue_settings *out,
                                     mien_error *err)
{
    mien_queue_settings got = {0};
    mien_status st = mi_link_try(q, load_settings, &got, err);
    if (st)
        mien_queue_settings_free(&got);
    else
        *out = got;
    return st;
}

/* The words, as one types them, as far as there is room. */
static void put_words(const mien_queue_settings *s, char out[60])
{
    size_t n = 0;
    *out = 0;
    for (int i = 0; i < s->n && n + 1 < 60; i++)
        n +=
            (size_t)snprintf(out + n, 60 - n, "%s%s", i ? " " : "", s->word[i]);
    if (!s->n)
        snprintf(out, 60, "no options");
}

/* Is the queue that is there for the same? */
static mien_status compare(const mien_queue_settings *there,
                           const mien_queue_settings *want, mien_error *err)
{
    char one[60], other[60];
    int same = there->n == want->n;
    for (int i = 0; same && i < want->n; i++)
        same = strcmp(there->word[i], want->word[i]) == 0;
    put_words(there, one);
    put_words(want, other);
    if (!same)
        return mi_fail(err, MIEN_EARG,
                       "queue: it was made for %s, not for %s; use another "
                       "database, or 'mien queue forget --all'",
                       one, other);
    if (there->tries != want->tries)
        return mi_fail(err, MIEN_EARG,
                       "queue: it was made for %d tries, not for %d",
                       there->tries, want->tries);
    if (strcmp(there->mien, mien_version()) != 0)
        return mi_fail(err, MIEN_EARG,
                       "queue: it was made by mien %s, this is %s", there->mien,
                       mien_version());
    return MIEN_OK;
}

typedef struct making {
    const mien_queue_settings *want;
    int made;
} making;

/* The one row of settings. */
static mien_status
insert_settings(mien_queue *q, const mien_queue_settings *want, mien_error *err)
{
    char tries[16], version[16];
    mien_buffer words = {0};
    for (int i = 0; i < want->n; i++)
        mi_array_put(&words, want->word[i]);
    mi_array_end(&words);
    snprintf(tries, sizeof tries, "%d", want->tries);
    snprintf(version, sizeof version, "%d", MI_QUEUE_VERSION);
    const mi_values v = {4,
                         {version, mien_version(), (char *)words.data, tries}};
    mien_status st =
        words.failed ? mi_no_memory(err)
                     : mi_link_ask(q,
                                   "INSERT INTO mien_queue.setting "
                                   "(version, mien, words, tries) "
                                   "VALUES ($1::int, $2, $3::text[], $4::int)",
                                   &v, NULL, err);
    mien_buffer_free(&words);
    return st;
}

/* The lock's number is "mien" in letters: of two that make a queue at once, one
 * waits. */
static mien_status make(mien_queue *q, void *arg, mien_error *err)
{
    making *m = arg;
    mi_rows r = {0};
    mien_queue_settings there = {0};
    m->made = 0;
    mien_status st = mi_link_ask(q, "SELECT pg_advisory_xact_lock(1835623790)",
                                 NULL, NULL, err);
    if (!st)
        st = mi_link_ask(q,
                         "SELECT 1 FROM pg_namespace "
                         "WHERE nspname = 'mien_queue'",
                         NULL, &r, err);
    int is_there = !st && r.n;
    mi_rows_free(&r);
    if (!st && !is_there) {
        m->made = 1;
        st = mi_link_script(q, mi_queue_schema, err);
        if (!st)
            st = insert_settings(q, m->want, err);
    } else if (!st) {
        st = load_settings(q, &there, err);
        if (!st)
            st = compare(&there, m->want, err);
    }
    mien_queue_settings_free(&there);
    return st;
}

mien_status mien_queue_init(mien_queue *q, const mien_queue_settings *want,
                            int *made, mien_error *err)
{
    making m = {want, 0};
    assert(want->n <= MIEN_QUEUE_MAX_WORDS && want->tries >= 1 &&
           want->tries <= MIEN_QUEUE_MAX_TRIES);
    mien_status st = mi_link_together(q, "BEGIN", make, &m, err);
    if (!st && made)
        *made = m.made;
    return st;
}

/* ---- models -------------------------------------------------------------- */

/* The first worker writes its models down; others find them. */
static mien_status bind_models(mien_queue *q, void *arg, mien_error *err)
{
    const char *models = *(const char *const *)arg;
    const mi_values v = {1, {models}};
    mi_rows r = {0};
    mien_status st =
        mi_link_ask(q,
                    "UPDATE mien_queue.setting "
                    "SET models = coalesce(models, $1) RETURNING models",
                    &v, &r, err);
    if (!st && r.n != 1)
        st = mi_fail(err, MIEN_EFORMAT,
                     "queue: %d rows of settings, wanted one", r.n);
    else if (!st && strcmp(mi_rows_text(&r, 0, 0), models) != 0)
        st = mi_fail(err, MIEN_EARG,
                     "queue: its results were begun with other models; "
                     "'mien model list' tells this machine's");
    mi_rows_free(&r);
    return st;
}

mien_status mien_queue_bind(mien_queue *q, const char *models, mien_error *err)
{
    return mi_link_try(q, bind_models, &models, err);
}
