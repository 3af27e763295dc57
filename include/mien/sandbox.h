/* mien/sandbox.h: photos of strangers, read by processes that may do nothing
 * else.
 *
 *   options -> mien_sandbox_new, before the program has threads
 *     -> mien_sandbox_serve: a server's options, to read with it
 *     | mien_sandbox_read: bytes of a photo -> faces
 *   mien_sandbox_free, after the server
 *
 * A decoder's mistake is then a stranger's in a process that opens no file,
 * reaches no network and starts no program, and is replaced when it dies; keys,
 * galleries and other requests lie elsewhere.  Linux 5.9 or later, on x86-64
 * and ARM64.  Not in the WebAssembly library. */
#ifndef MIEN_SANDBOX_H
#define MIEN_SANDBOX_H

#include "mien/serve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Why a worker was given up. */
typedef enum mien_sandbox_why {
    MIEN_SANDBOX_ENDED,    /* a signal, or it left */
    MIEN_SANDBOX_LATE,     /* past the deadline: it was killed */
    MIEN_SANDBOX_NONSENSE, /* its answer was none: it was killed */
    MIEN_SANDBOX_WHYS
} mien_sandbox_why;

/* A worker that was given up, and with it one photo at most. */
typedef struct mien_sandbox_loss {
    mien_sandbox_why why;
    int signal;     /* that ended it: 11 an error of memory, 31 a call to the
                       system that is refused; 0: none, or unknown */
    double seconds; /* until the next worker was ready; negative: none is */
} mien_sandbox_loss;

typedef struct mien_sandbox_options {
    const char *models; /* a folder looked into first; NULL: none */
    int jobs;           /* workers, 1..MIEN_POOL_MAX; 0: one for each
                           processor */
    double deadline;    /* seconds that a photo may take, 0.1..3600 */
    int64_t max_body;   /* bytes of a file, 1..MIEN_SERVE_MAX_BODY */
    int64_t memory;     /* bytes that a worker may take beside what it shares
                           with the others, 16 MiB..1 TiB */
    int photos;         /* after so many a worker makes way for a fresh one,
                           1..1000000 */
    /* Called when a worker was given up, from the thread that asked it; NULL:
     * not wanted. */
    void (*lost)(void *arg, const mien_sandbox_loss *loss);
    void *lost_arg;
    mien_describer describer; /* the network of descriptors */
} mien_sandbox_options;
#define MIEN_SANDBOX_DEFAULTS                                                \
    {                                                                        \
        NULL, 0, 30, MIEN_SERVE_MAX_BODY, (int64_t)1 << 30, 500, NULL, NULL, \
            MIEN_DESCRIBER_DLIB                                              \
    }

/* Workers, and the process that makes them. */
typedef struct mien_sandbox mien_sandbox;

/* Open the networks in a process of their own and make its workers.
 *
 *   options  copied, but for lost_arg; NULL: MIEN_SANDBOX_DEFAULTS
 *   out      owned by the caller; free with mien_sandbox_free
 *
 * The program may have no threads yet, and its first one must live as long as
 * the workers.  What it has in memory by then is in theirs, too: keys are read
 * afterwards.
 * A worker is confined by seccomp (calls to the system that are on no list end
 * it), by Landlock where the kernel has it (mien_sandbox_landlock), by limits
 * of memory, descriptors and files, and has no new rights; each one tries, at
 * its beginning, whether that holds.
 * Fails with EARG (an option out of range, threads are running), EUNSUP (the
 * system refuses seccomp; the text says what is missing), EIO (no process can
 * be had), ENOMEM, and what mien_reader_open fails with. */
MIEN_API MIEN_CHECKED mien_status mien_sandbox_new(
    const mien_sandbox_options *options, mien_sandbox **out, mien_error *err);

/* Set up a server to read with a sandbox: read, jobs, model, describer, metrics
 * and their arguments.
 *
 *   s        freed after the server
 *   options  changed
 *
 * With a gallery it needs the network of descriptors.
 * Fails with EIO (there is a gallery and that network is missing; the text says
 * where it was looked for). */
MIEN_API MIEN_CHECKED mien_status mien_sandbox_serve(
    mien_sandbox *s, mien_server_options *options, mien_error *err);

/* Read a photo's faces in a worker: a mien_serve_read.
 *
 *   sandbox  of mien_sandbox_new
 *   lane     0..jobs - 1; one call at a time for each
 *   bytes    [n] of a file, from a stranger
 *   n        how many
 *   wish     what is wanted
 *   out      set whole; release with mien_faces_free
 *
 * Each number of the answer is checked, since it comes of a process that a
 * stranger may have taken over: a photo can lie about itself, and no more.
 * Fails with ELOST (its worker ended, was late or talked nonsense; the next
 * photo has another), ENOMEM (here or there, or no worker can be had), and with
 * EARG, EIO, EFORMAT, EUNSUP, ELIMIT as reading the photo does. */
MIEN_API MIEN_CHECKED mien_status mien_sandbox_read(
    void *sandbox, int lane, const uint8_t *bytes, size_t n,
    const mien_serve_wish *wish, mien_reading *out, mien_error *err);

/* The version of Landlock that holds the workers; 0: the kernel has none, and
 * seccomp alone does.
 *
 *   s  a sandbox */
MIEN_API int mien_sandbox_landlock(const mien_sandbox *s);

/* 1: the process that makes workers was killed, and no photo is read any more.
 *
 *   s  a sandbox */
MIEN_API int mien_sandbox_gone(mien_sandbox *s);

/* Add counts for Prometheus: a server's metrics.  mien_sandbox_lost_total tells
 * of workers given up, by why; mien_sandbox_refused_total how many of them a
 * call to the system ended that is refused; mien_sandbox_made_total and
 * mien_sandbox_made_seconds_total of those that replaced another one.
 *
 *   sandbox  of mien_sandbox_new
 *   out      the text is added */
MIEN_API void mien_sandbox_metrics(void *sandbox, mien_buffer *out);

/* End all workers.
 *
 *   s  nothing is being read; NULL is allowed */
MIEN_API void mien_sandbox_free(mien_sandbox *s);

#ifdef __cplusplus
}
#endif
#endif
