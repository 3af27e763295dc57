/* kern.c: which tables exist, and which one to use.  Compiled for the oldest
 * CPU we support: this file must run before the CPU is known. */
#include "kern/kern.h"
#include "mien/base.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

extern const mi_kern mi_kern_ref, mi_kern_base;

#if defined(__x86_64__)
extern const mi_kern mi_kern_avx2, mi_kern_avx512;
static int has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
static int has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq");
}
#endif

static int always(void) { return 1; }

static const struct {
    int (*runs)(void);
    const mi_kern *table;
} variants[] = {
/* slowest first; a page (make web-wasm) does without the definition */
#ifndef MIEN_NO_REF
    {always, &mi_kern_ref},
#endif
    {always, &mi_kern_base},
#if defined(__x86_64__)
    {has_avx2, &mi_kern_avx2},
    {has_avx512, &mi_kern_avx512},
#endif
};
enum { n_variants = sizeof variants / sizeof *variants };

const mi_kern *mi_kern_at(int i)
{
    for (int v = 0; v < n_variants; v++)
        if (variants[v].runs() && i-- == 0)
            return variants[v].table;
    return NULL;
}

static const mi_kern *choose(void)
{
    const char *want = getenv("MIEN_ISA");
    const mi_kern *best = NULL, *kern;
    for (int i = 0; (kern = mi_kern_at(i)); i++) {
        best = kern;
        if (want && strcmp(kern->isa, want) == 0)
            break;
    }
    return best;
}

const mi_kern *mi_kern_best(void)
{
    static _Atomic(const mi_kern *) chosen;
    const mi_kern *kern = atomic_load_explicit(&chosen, memory_order_acquire);
    if (!kern) {
        kern = choose();
        atomic_store_explicit(&chosen, kern, memory_order_release);
    }
    return kern;
}

const char *mien_isa(void) { return mi_kern_best()->isa; }
