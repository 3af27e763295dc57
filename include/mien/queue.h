/* mien/queue.h: photos shared out among workers by a database, PostgreSQL.
 *
 *   mien_queue_open -> mien_queue_init, once: tables, what is asked of photos
 *     -> mien_queue_add: paths
 *   a worker: mien_queue_bind -> mien_queue_lease: some photos, for a while
 *     -> each photo's outcome is set -> mien_queue_finish: one transaction
 *   mien_queue_tell, mien_queue_results: how far it is, what came of it
 *
 * A photo has one result at most, whatever is killed when: its state changes in
 * the transaction that adds the result, and only for who holds its lease.
 *
 * A connection that is lost is made again and what was under way is repeated,
 * within the time that a queue's options give it.
 *
 * One queue is used by one thread at a time.  It needs libpq, which is loaded
 * by mien_queue_open.  Not in the WebAssembly library. */
#ifndef MIEN_QUEUE_H
#define MIEN_QUEUE_H

#include "mien/base.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    MIEN_QUEUE_MAX_PATH = 4095,   /* bytes of a path */
    MIEN_QUEUE_MAX_BATCH = 10000, /* photos of a lease */
    MIEN_QUEUE_MAX_LEASE = 86400, /* seconds */
    MIEN_QUEUE_MAX_TRIES = 1000,
    MIEN_QUEUE_MAX_WORDS = 200,
    MIEN_QUEUE_ERRORS = 5
};

/* ---- a connection --------------------------------------------------------
 */

typedef struct mien_queue mien_queue;

typedef struct mien_queue_options {
    double patience;        /* seconds that a lost connection is tried again */
    int (*stop)(void *arg); /* 1: no longer; NULL: never asked */
    /* Called when a connection is lost; the text has no password.  NULL: not
     * wanted. */
    void (*lost)(void *arg, const char *why);
    void *arg;
} mien_queue_options;
#define MIEN_QUEUE_DEFAULTS  \
    {                        \
        60, NULL, NULL, NULL \
    }

/* Connect to a database.
 *
 *   address  as libpq takes it: "postgres://USER@HOST:PORT/DATABASE",
 *            "host=... dbname=..."; what it leaves out comes from libpq's
 *            variables and files, the password from PGPASSFILE
 *   options  NULL: MIEN_QUEUE_DEFAULTS
 *   out      owned by the caller; free with mien_queue_close
 *
 * No text of a failure holds the address or a password.
 * Fails with EARG (no address), EIO (no connection; the server's reason is in
 * the text), EUNSUP (no libpq; a server before PostgreSQL 12, or one whose
 * texts are not UTF-8), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_queue_open(const char *address, const mien_queue_options *options,
                mien_queue **out, mien_error *err);

/* Disconnect.  What is leased stays so until its time ends.
 *
 *   q  released; NULL is allowed */
MIEN_API void mien_queue_close(mien_queue *q);

/* ---- what is asked of photos ---------------------------------------------
 */

/* What a queue's results depend on.  Zero-initialise before use; release with
 * mien_queue_settings_free. */
typedef struct mien_queue_settings {
    int tries; /* 1..MIEN_QUEUE_MAX_TRIES leases of a photo, at most */
    int n;
    char **word;   /* [n] options, as one types them */
    char mien[32]; /* the version that made the queue */
} mien_queue_settings;

/* Make the tables of a queue, in the schema mien_queue, or see that those that
 * are there were made for the same.
 *
 *   q     a connection
 *   want  tries and words
 *   made  set to 1 if there were none; NULL: not wanted
 *
 * Fails with EARG (the queue that is there is for other words, tries or
 * version of mien), EUNSUP (of a later version), EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_queue_init(
    mien_queue *q, const mien_queue_settings *want, int *made, mien_error *err);

/* Read what a queue is for.
 *
 *   q    a connection
 *   out  release with mien_queue_settings_free
 *
 * Fails with EARG (no queue is there), EUNSUP (of a later version), EFORMAT
 * (somebody changed it), EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_queue_settings_load(
    mien_queue *q, mien_queue_settings *out, mien_error *err);

/* Release settings.
 *
 *   s  its fields are cleared; NULL is allowed */
MIEN_API void mien_queue_settings_free(mien_queue_settings *s);

/* Bind a queue to models, or see that it is bound to the same.
 *
 *   q       a connection
 *   models  the digests of all that are used, in words
 *
 * Fails with EARG (other models were used before), EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_queue_bind(mien_queue *q,
                                                  const char *models,
                                                  mien_error *err);

/* ---- photos --------------------------------------------------------------
 */

/* Add photos; a path that is there already is passed over.
 *
 *   q      a connection
 *   path   [n] of 1..MIEN_QUEUE_MAX_PATH bytes
 *   n      how many
 *   added  raised by how many are new
 *
 * Fails with EARG (a path is too long), EIO, ENOMEM; then some may have been
 * added. */
MIEN_API MIEN_CHECKED mien_status mien_queue_add(mien_queue *q,
                                                 const char *const *path, int n,
                                                 int64_t *added,
                                                 mien_error *err);

/* Let photos that failed be tried again, as if they were new; their results
 * are removed.
 *
 *   q  a connection
 *   n  set to how many
 *
 * Fails with EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_queue_retry(mien_queue *q, int64_t *n,
                                                   mien_error *err);

/* Remove a photo and its result.  A worker that holds it gets no result in.
 *
 *   q      a connection
 *   path   of the photo, as it was added
 *   found  set to 1 if it was there
 *
 * Fails with EARG (the path is too long), EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_queue_forget(mien_queue *q,
                                                    const char *path,
                                                    int *found,
                                                    mien_error *err);

/* Remove the whole queue, with all results.
 *
 *   q  a connection
 *
 * Fails with EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_queue_drop(mien_queue *q,
                                                  mien_error *err);

/* ---- a worker ------------------------------------------------------------
 */

/* What became of a photo. */
typedef enum mien_queue_outcome {
    MIEN_QUEUE_BACK, /* nothing: it is given back, and was not tried */
    MIEN_QUEUE_DONE, /* it has a record */
    MIEN_QUEUE_FAILED /* it has a record, which tells why */,
    MIEN_QUEUE_AGAIN /* it is tried again later */
} mien_queue_outcome;

/* A photo of a lease.  All after spent is set by who works on it. */
typedef struct mien_queue_photo {
    int64_t id;
    char *path;
    int tries; /* this one is counted */
    int spent; /* 1: all tries ended without an outcome before: it is not to be
                  tried again, but to fail */
    mien_queue_outcome outcome;
    const char *record; /* [n] UTF-8, without a newline; kept by the caller */
    size_t n;
    char sha256[65];  /* of the file's bytes; empty: not read */
    char reason[200]; /* UTF-8, why it failed */
} mien_queue_photo;

/* Photos that are leased together.  Zero-initialise before use; release with
 * mien_queue_batch_free. */
typedef struct mien_queue_batch {
    int64_t token; /* of the lease */
    int n;
    mien_queue_photo *photo; /* [n] */
} mien_queue_batch;

/* What is asked of a lease. */
typedef struct mien_queue_ask {
    const char *worker; /* a name, for those who look */
    int most;           /* photos, 1..MIEN_QUEUE_MAX_BATCH */
    double seconds;     /* after which others may take them, 1.. */
    int tries;          /* of the settings */
} mien_queue_ask;

/* Lease photos: those that wait, and those whose lease has run out.  A photo
 * that was tried before comes alone, so that one that ends its worker takes no
 * other along.
 *
 *   q     a connection
 *   ask   as described
 *   out   n is 0 where none is free; release with mien_queue_batch_free
 *   left  set to 1 if photos are left that are not done, leased ones too
 *
 * Fails with EARG (the queue is gone), EFORMAT (somebody changed it), EIO,
 * ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_queue_lease(mien_queue *q,
                                                   const mien_queue_ask *ask,
                                                   mien_queue_batch *out,
                                                   int *left, mien_error *err);

/* Hold a lease longer; what others took meanwhile stays theirs.
 *
 *   q        a connection
 *   b        a lease
 *   seconds  from now
 *
 * Fails with EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_queue_keep(mien_queue *q,
                                                  const mien_queue_batch *b,
                                                  double seconds,
                                                  mien_error *err);

/* Write down what became of the photos of a lease, in one transaction, and end
 * it.
 *
 *   q        a connection
 *   b        a lease
 *   dropped  raised by the results that were not taken, since the lease had run
 *            out and somebody else took the photo, or it was forgotten
 *
 * Fails with EIO, ENOMEM: then nothing was written, but where the server was
 * lost in the middle and did not come back. */
MIEN_API MIEN_CHECKED mien_status mien_queue_finish(mien_queue *q,
                                                    const mien_queue_batch *b,
                                                    int64_t *dropped,
                                                    mien_error *err);

/* Release a batch.
 *
 *   b  its fields are cleared; NULL is allowed */
MIEN_API void mien_queue_batch_free(mien_queue_batch *b);

/* ---- what came of it -----------------------------------------------------
 */

/* How far a queue is. */
typedef struct mien_queue_state {
    int64_t waiting, leased, done, failed; /* photos */
    int64_t workers;                       /* that hold leases */
    int64_t overdue;                       /* leases that ran out */
    double oldest;     /* seconds since the oldest lease began; 0: none */
    double per_second; /* results of the last minute, or since the first */
    int errors;
    struct {
        int64_t n; /* photos that failed so */
        char text[200];
    } error[MIEN_QUEUE_ERRORS]; /* [errors] the most frequent first */
} mien_queue_state;

/* Tell how far a queue is.
 *
 *   q    a connection
 *   out  set whole
 *
 * Fails with EARG (no queue is there), EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_queue_tell(mien_queue *q,
                                                  mien_queue_state *out,
                                                  mien_error *err);

/* Read the records, in the order in which photos were added.
 *
 *   q     a connection
 *   take  called with each record, which ends with a newline; not MIEN_OK: stop
 *   arg   handed to take
 *   left  set to the photos that have none yet
 *
 * All is of one moment.  A connection that is lost is not made again.
 * Fails with EARG (no queue is there), EIO, ENOMEM, and what take returns. */
MIEN_API MIEN_CHECKED mien_status
mien_queue_results(mien_queue *q,
                   mien_status (*take)(void *arg, const char *record, size_t n,
                                       mien_error *err),
                   void *arg, int64_t *left, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
