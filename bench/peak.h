/* peak.h: the most multiply-adds that one core does, measured. */
#ifndef BENCH_PEAK_H
#define BENCH_PEAK_H

#include "bench/bench.h"
#include "kern/kern.h"

/* GFLOP/s of independent fused multiply-adds in registers: the best of some
 * rounds of a few milliseconds, on the chosen instruction set. */
static inline double bench_peak(void)
{
    const mi_kern *kern = mi_kern_best();
    enum { STEPS = 1 << 20, ROUNDS = 15 };
    volatile float sink = 0;
    double best = 1e30;
    for (int i = 0; i < ROUNDS; i++) {
        double start = bench_now();
        sink = sink + kern->fma_chains_f32(STEPS, 0.999f, 0.5f);
        double ms = bench_now() - start;
        best = ms < best ? ms : best;
    }
    return 2.0 * STEPS * MI_FMA_CHAINS * kern->lanes / best * 1e-6;
}

#endif
