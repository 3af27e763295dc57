/* kern_time.h: a kernel's time beside the core's multiply-add peak, in turns.
 */
#ifndef BENCH_KERN_TIME_H
#define BENCH_KERN_TIME_H

#include "base/alloc.h"
#include "kern/kern.h"

#include <sched.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 15 };
static const double round_seconds = 0.004;

/* Of this thread's processor time: what others run in between is not in it. */
static inline double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- what is timed ---------------------------------------------------- */

typedef void job(const mi_kern *kern, void *arg);

/* Seconds of one call, the mean of so many that a round takes its time. */
static double time_job(job *run, const mi_kern *kern, void *arg, int *repeat)
{
    for (;;) {
        double t = seconds();
        for (int i = 0; i < *repeat; i++)
            run(kern, arg);
        t = seconds() - t;
        if (t > round_seconds / 2)
            return t / *repeat;
        *repeat *= 2;
    }
}

static volatile float sink;

static void run_peak(const mi_kern *kern, void *arg)
{
    (void)arg;
    sink = kern->fma_chains_f32(20000, 0.5f, 1);
}

typedef struct best {
    double job, peak; /* seconds of one call; GFLOP/s */
} best;

static inline best measure(job *run, const mi_kern *kern, void *arg)
{
    best b = {1e9, 0};
    int repeat = 1, peak_repeat = 1;
    double flops = 2e-9 * 20000 * MI_FMA_CHAINS * kern->lanes;
    for (int r = 0; r < ROUNDS; r++) {
        double p = flops / time_job(run_peak, kern, NULL, &peak_repeat);
        double t = time_job(run, kern, arg, &repeat);
        b.peak = p > b.peak ? p : b.peak;
        b.job = t < b.job ? t : b.job;
    }
    return b;
}

static inline float *numbers(size_t n)
{
    float *p = mi_alloc(n, sizeof *p);
    if (!p)
        exit(1);
    for (size_t i = 0; i < n; i++)
        p[i] = (float)(i * 7919 % 1013) / 1013.f - 0.5f;
    return p;
}

/* Stay on the processor we are on: its peak is measured with each row. */
static inline void pin_here(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(sched_getcpu(), &set);
    (void)sched_setaffinity(0, sizeof set, &set);
}

#endif
