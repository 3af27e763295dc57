/* kern_cases.h: the case of every kernel of kern_list.h; one without a case
 * does not compile. */
#ifndef KERN_CASES_H
#define KERN_CASES_H

#include "tests/kern_boost.h"
#include "tests/kern_flow.h"
#include "tests/kern_pixels.h"
#include "tests/kern_plain.h"
#include "tests/kern_rows.h"

static const struct {
    const char *name;
    const kern_case *of;
} kern_cases[] = {
#define MI_KERN(name, result, params) {#name, &case_##name},
#include "kern/kern_list.h"
#undef MI_KERN
};
enum { KERN_CASES = sizeof kern_cases / sizeof *kern_cases };

/* Numbers for up to KERN_MOST elements and some more, n and c to be set. */
static kern_in kern_in_make(void)
{
    enum { N = KERN_MOST + 64 };
    static float x[N], y[N], apart[N], gaps[N], wide[N], mixed[N];
    static uint8_t byte[N];
    static double d[N];
    unsigned seed = 3;
    for (int i = 0; i < N; i++) {
        x[i] = (float)check_rand(&seed) / 8388608.f - 1;
        y[i] = (float)check_rand(&seed) / 8388608.f - 1;
        d[i] = check_rand(&seed) / 8388608. - 1;
        byte[i] = (uint8_t)check_rand(&seed);
        apart[i] = y[i] + 3;
        gaps[i] = i % 3 ? x[i] : 0;
        wide[i] = x[i] * 80;
        mixed[i] = i % 2 ? x[i] : x[i] * 87;
    }
    return (kern_in){.x = x + 1,
                     .y = y + 1,
                     .apart = apart + 1,
                     .gaps = gaps + 1,
                     .wide = wide + 1,
                     .mixed = mixed + 1,
                     .byte = byte + 1,
                     .d = d};
}

#endif
