/* confine.h: what a process gives up for good. */
#ifndef MI_SANDBOX_CONFINE_H
#define MI_SANDBOX_CONFINE_H

#include "mien/base.h"

/* The threads of this process; 0: the system does not tell. */
int mi_threads(void);

/* Of the zygote, once all is open: no new rights, no core files, no memory for
 * debuggers, and no file, TCP port or signal to others by Landlock, as far as
 * the kernel has it.
 *
 *   landlock  set to its version; 0: the kernel has none
 *
 * Fails with EUNSUP. */
MIEN_CHECKED mien_status mi_confine_zygote(int *landlock, mien_error *err);

/* Of a worker, in which only one socket and what goes nowhere is open: limits,
 * and the filter of calls to the system, which is then tried.
 *
 *   fd      of its socket, the highest that is open
 *   memory  bytes that it may take beside what it has
 *
 * Fails with EUNSUP. */
MIEN_CHECKED mien_status mi_confine_worker(int fd, int64_t memory,
                                           mien_error *err);

/* Install the filter.  Fails with EUNSUP. */
MIEN_CHECKED mien_status mi_filter_install(mien_error *err);

#endif
