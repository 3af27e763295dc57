/* task.h: what workers do, and how much of what they may have. */
#ifndef MI_SANDBOX_TASK_H
#define MI_SANDBOX_TASK_H

#include "mien/base.h"
#include "mien/text.h"

/* What workers do. */
typedef struct mi_worker_task {
    /* In the zygote, once; what is opened is found again in each worker.  No
     * thread of it may be left.  greeting is handed to the program. */
    mien_status (*open)(void *arg, mien_buffer *greeting, mien_error *err);
    /* In a worker, for each request: the answer, or why there is none, which is
     * sent as it is. */
    mien_status (*answer)(void *arg, const uint8_t *ask, size_t n,
                          mien_buffer *out, mien_error *err);
    void *arg;
} mi_worker_task;

enum {
    MI_GREETING_MOST = 512,   /* bytes */
    MI_ANSWER_MOST = 32 << 20 /* more than 10,000 faces take */
};

typedef struct mi_workers_options {
    mi_worker_task task;
    int lanes;       /* workers, 1..MIEN_POOL_MAX */
    size_t ask_most; /* bytes of a request */
    int64_t memory;  /* bytes that a worker may take beside what it shares */
    double deadline; /* seconds that an answer may take */
    int asks;        /* after so many a worker is replaced; 0: never */
} mi_workers_options;

#endif
