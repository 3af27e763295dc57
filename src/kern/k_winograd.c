/* k_winograd.c: squares transformed, a channel a lane.  Included by variant.h.
 * See winograd.h. */
#include "kern/vec.h"

/* A row or column: y = M x, with M as the way says. */
VFN void winograd_line(mi_winograd_way way, const vf x[4], vf y[4])
{
    switch (way) {
    case MI_WINOGRAD_INPUT:
        y[0] = x[0] - x[2], y[1] = x[1] + x[2];
        y[2] = x[2] - x[1], y[3] = x[1] - x[3];
        return;
    case MI_WINOGRAD_RESULT:
        y[0] = x[0] + (x[1] + x[2]), y[1] = (x[1] - x[2]) - x[3];
        return;
    case MI_WINOGRAD_SPREAD:
        y[0] = x[0], y[1] = x[0] + x[1];
        y[2] = x[0] - x[1], y[3] = -x[1];
        return;
    case MI_WINOGRAD_TAPS:
        y[0] = x[0], y[1] = 0.5f * ((x[0] + x[2]) + x[1]);
        y[2] = 0.5f * ((x[0] + x[2]) - x[1]), y[3] = x[2];
        return;
    case MI_WINOGRAD_GRADS:
        y[0] = x[0] + 0.5f * (x[1] + x[2]), y[1] = 0.5f * (x[1] - x[2]);
        y[2] = 0.5f * (x[1] + x[2]) + x[3];
        return;
    }
}

/* m channels from i on; P numbers a side become Q. */
VFN void winograd_lanes(mi_winograd_way way, const float *const *from,
                        float *const *to, int add, int i, int m, int P, int Q)
{
    vf half[4][4];
    UNROLL
    for (int col = 0; col < P; col++) {
        vf x[4], y[4];
        UNROLL
        for (int row = 0; row < P; row++) {
            const float *p = from[row * P + col] + i;
            x[row] = m == VN ? vload(p) : vload_n(p, m);
        }
        winograd_line(way, x, y);
        UNROLL
        for (int row = 0; row < Q; row++)
            half[row][col] = y[row];
    }
    UNROLL
    for (int row = 0; row < Q; row++) {
        vf y[4];
        winograd_line(way, half[row], y);
        UNROLL
        for (int col = 0; col < Q; col++) {
            float *p = to[row * Q + col] + i;
            if (add)
                y[col] += m == VN ? vload(p) : vload_n(p, m);
            if (m == VN)
                vstore(p, y[col]);
            else
                vstore_n(p, y[col], m);
        }
    }
}

#define WINOGRAD(name, way, P, Q)                                       \
    static void name(int n, const float *const *from, float *const *to, \
                     int add)                                           \
    {                                                                   \
        int i = 0;                                                      \
        for (; i + VN <= n; i += VN)                                    \
            winograd_lanes(way, from, to, add, i, VN, P, Q);            \
        if (i < n)                                                      \
            winograd_lanes(way, from, to, add, i, n - i, P, Q);         \
    }
WINOGRAD(winograd_input, MI_WINOGRAD_INPUT, 4, 4)
WINOGRAD(winograd_result, MI_WINOGRAD_RESULT, 4, 2)
WINOGRAD(winograd_spread, MI_WINOGRAD_SPREAD, 2, 4)
WINOGRAD(winograd_taps, MI_WINOGRAD_TAPS, 3, 4)
WINOGRAD(winograd_grads, MI_WINOGRAD_GRADS, 4, 3)
#undef WINOGRAD

static void winograd_f32(int n, int way, const float *const *from,
                         float *const *to, int add)
{
    switch ((mi_winograd_way)way) {
    case MI_WINOGRAD_INPUT: winograd_input(n, from, to, add); break;
    case MI_WINOGRAD_RESULT: winograd_result(n, from, to, add); break;
    case MI_WINOGRAD_SPREAD: winograd_spread(n, from, to, add); break;
    case MI_WINOGRAD_TAPS: winograd_taps(n, from, to, add); break;
    case MI_WINOGRAD_GRADS: winograd_grads(n, from, to, add); break;
    }
}
