/* workers.h: processes that answer what strangers send, and may do nothing
 * else.
 *
 *   workers.c   the program's side: asks a worker, gives it up when it is late,
 *               gone or talks nonsense, and has another one made
 *   zygote.c    a process made before the program has threads: it opens what
 *               workers need and makes them, copies of itself that share its
 *               memory until they write to it
 *   confine.c   what a worker gives up before it hears anything
 *   filter.c    the calls to the system that are left to it
 *   message.c   bytes from one to the other, within a time */
#ifndef MI_SANDBOX_WORKERS_H
#define MI_SANDBOX_WORKERS_H

#include "sandbox/task.h"

/* Why a worker was given up. */
typedef enum mi_worker_end {
    MI_WORKER_ENDED,    /* by itself: a signal, or it left */
    MI_WORKER_LATE,     /* past the deadline */
    MI_WORKER_NONSENSE, /* an answer that is none */
    MI_WORKER_RETIRED,  /* after so many answers */
    MI_WORKER_ENDS
} mi_worker_end;

/* How a worker ended, and the time that the next one took. */
typedef struct mi_worker_lost {
    mi_worker_end end;
    int status;     /* as waitpid tells it; -1: unknown */
    double seconds; /* until the next one was ready; negative: there is none */
} mi_worker_lost;

typedef struct mi_workers mi_workers;

/* Make the zygote and its first workers.  The program may have one thread only.
 *
 *   greeting  what task.open gave; released by the caller
 *
 * Fails with EARG (threads are running), EUNSUP (the system refuses what a
 * worker is confined with; the text says what), EIO (no process or socket can
 * be had), ENOMEM, and what task.open fails with. */
MIEN_CHECKED mien_status mi_workers_new(const mi_workers_options *o,
                                        mi_workers **out, mien_buffer *greeting,
                                        mien_error *err);

/* Ask the worker of a lane, of which one call may be under way.
 *
 *   head, bytes  the request: the bytes of both, one behind the other
 *   out          the answer, added; what comes of a confined process
 *   lost         set where a worker was given up; else lost->end is
 *                MI_WORKER_ENDS
 *
 * Fails with ELOST (the worker was given up), ENOMEM (in this process, or no
 * new worker can be had), ELIMIT (a request that is too long), and what
 * task.answer failed with: EARG, EIO, EFORMAT, EUNSUP, ELIMIT, ENOMEM. */
MIEN_CHECKED mien_status mi_workers_ask(mi_workers *w, int lane,
                                        mien_bytes head, mien_bytes bytes,
                                        mien_buffer *out, mi_worker_lost *lost,
                                        mien_error *err);

/* Give up the worker of a lane whose answer turned out to be none; no call of
 * the lane is under way. */
void mi_workers_refuse(mi_workers *w, int lane, mi_worker_lost *lost);

/* The process of a lane's worker; 0: none. */
int mi_workers_process(const mi_workers *w, int lane);

/* The version of Landlock that holds; 0: none. */
int mi_workers_landlock(const mi_workers *w);

/* 1: the zygote is gone, and with it all that could answer. */
int mi_workers_gone(mi_workers *w);

/* End all processes; NULL is allowed. */
void mi_workers_free(mi_workers *w);

#endif
