/* sandbox.h: a sandbox whose workers do something else. */
#ifndef MI_SANDBOX_SANDBOX_H
#define MI_SANDBOX_SANDBOX_H

#include "sandbox/task.h"

#include "mien/sandbox.h"

/* mien_sandbox_new, with workers that answer as a test wants.
 *
 *   task  NULL: photos are read */
MIEN_CHECKED mien_status mi_sandbox_new(const mien_sandbox_options *options,
                                        const mi_worker_task *task,
                                        mien_sandbox **out, mien_error *err);

#endif
