/* k_winograd.c: squares transformed, a channel a lane.  Included by variant.h.
 * See winograd.h. */
#include "kern/vec.h"

/* A row or column: y = M x, with M as the way says. */
VFN void winograd_line(mi_winograd_way way, const vf x[6], vf y[6])
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
    default: return;
    }
}

/* The same for four outputs: values at 0, a, -a, b, -b, infinity. */
VFN void four_line(mi_winograd_way way, const vf x[6], vf y[6])
{
    const float a = 0.70710678f, b = 1.41421356f;
    vf s, t, u, v;
    switch (way) {
    case MI_FOUR_INPUT:
        s = x[4] - 2.0f * x[2], t = a * (x[3] - 2.0f * x[1]);
        u = x[4] - 0.5f * x[2], v = b * (x[3] - 0.5f * x[1]);
        y[0] = (x[0] + x[4]) - 2.5f * x[2], y[1] = s + t, y[2] = s - t;
        y[3] = u + v, y[4] = u - v, y[5] = (x[1] + x[5]) - 2.5f * x[3];
        return;
    case MI_FOUR_RESULT:
        s = x[1] + x[2], t = a * (x[1] - x[2]);
        u = x[3] + x[4], v = b * (x[3] - x[4]);
        y[0] = x[0] + (s + u), y[1] = t + v;
        y[2] = 0.5f * s + 2.0f * u, y[3] = (0.5f * t + 2.0f * v) + x[5];
        return;
    case MI_FOUR_SPREAD:
        s = x[0] + 0.5f * x[2], t = a * (x[1] + 0.5f * x[3]);
        u = x[0] + 2.0f * x[2], v = b * (x[1] + 2.0f * x[3]);
        y[0] = x[0], y[1] = s + t, y[2] = s - t;
        y[3] = u + v, y[4] = u - v, y[5] = x[3];
        return;
    case MI_FOUR_TAPS:
        s = (-2.0f / 3) * (x[0] + 0.5f * x[2]), t = (-2.0f / 3 * a) * x[1];
        u = (1.0f / 6) * (x[0] + 2.0f * x[2]), v = (1.0f / 6 * b) * x[1];
        y[0] = x[0], y[1] = s + t, y[2] = s - t;
        y[3] = u + v, y[4] = u - v, y[5] = x[2];
        return;
    case MI_FOUR_GRADS:
        s = (-2.0f / 3) * (x[1] + x[2]), t = (-2.0f / 3 * a) * (x[1] - x[2]);
        u = (1.0f / 6) * (x[3] + x[4]), v = (1.0f / 6 * b) * (x[3] - x[4]);
        y[0] = x[0] + (s + u), y[1] = t + v;
        y[2] = (0.5f * s + 2.0f * u) + x[5];
        return;
    default: return;
    }
}

/* The same where pixels are repeated. */
VFN void doubled_line(mi_winograd_way way, const vf x[6], vf y[6])
{
    vf t;
    switch (way) {
    case MI_DOUBLED_INPUT:
        y[0] = x[0] - x[2], y[1] = x[1] - x[2];
        y[2] = x[1] - x[3], y[3] = x[1] + x[2];
        return;
    case MI_DOUBLED_RESULT:
        y[0] = (x[4] + x[1]) + x[0], y[1] = x[4] + x[2];
        y[2] = x[4] - x[1], y[3] = (x[4] - x[2]) - x[3];
        return;
    case MI_DOUBLED_TAPS:
        y[0] = x[0], y[1] = 0.5f * (x[1] - (x[0] - x[2]));
        y[2] = 0.5f * (x[1] + (x[0] - x[2])), y[3] = x[2];
        y[4] = 0.5f * (x[1] + (x[0] + x[2]));
        return;
    case MI_DOUBLED_SPREAD:
        t = x[2] + x[3];
        y[0] = (x[0] + x[1]) - t, y[1] = t, y[2] = (x[4] + x[5]) - t;
        y[3] = x[1] + x[2], y[4] = x[3] + x[4];
        return;
    case MI_DOUBLED_DATA:
        y[0] = x[0] + x[1] + x[3], y[1] = x[1] + x[2] + x[4];
        return;
    case MI_DOUBLED_FACTORS:
        y[0] = x[2], y[1] = x[0] + x[2], y[2] = x[0], y[3] = x[1];
        return;
    case MI_DOUBLED_PAIR: y[0] = x[0], y[1] = x[0] + x[1], y[2] = x[1]; return;
    case MI_DOUBLED_GRADS:
        y[0] = x[1] + x[2], y[1] = x[3], y[2] = x[0] + x[1];
        return;
    default: return;
    }
}

VFN void any_line(mi_winograd_way way, const vf x[6], vf y[6])
{
    if (way < MI_FOUR_INPUT)
        winograd_line(way, x, y);
    else if (way < MI_DOUBLED_INPUT)
        four_line(way, x, y);
    else
        doubled_line(way, x, y);
}

/* m channels from i on; P numbers a side become Q. */
VFN void winograd_lanes(mi_winograd_way way, const float *const *from,
                        float *const *to, int add, int i, int m, int P, int Q)
{
    vf half[6][6];
    UNROLL
    for (int col = 0; col < P; col++) {
        vf x[6], y[6];
        UNROLL
        for (int row = 0; row < P; row++) {
            const float *p = from[row * P + col] + i;
            x[row] = m == VN ? vload(p) : vload_n(p, m);
        }
        any_line(way, x, y);
        UNROLL
        for (int row = 0; row < Q; row++)
            half[row][col] = y[row];
    }
    UNROLL
    for (int row = 0; row < Q; row++) {
        vf y[6];
        any_line(way, half[row], y);
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
WINOGRAD(four_input, MI_FOUR_INPUT, 6, 6)
WINOGRAD(four_result, MI_FOUR_RESULT, 6, 4)
WINOGRAD(four_spread, MI_FOUR_SPREAD, 4, 6)
WINOGRAD(four_taps, MI_FOUR_TAPS, 3, 6)
WINOGRAD(four_grads, MI_FOUR_GRADS, 6, 3)
WINOGRAD(doubled_input, MI_DOUBLED_INPUT, 4, 4)
WINOGRAD(doubled_result, MI_DOUBLED_RESULT, 5, 4)
WINOGRAD(doubled_taps, MI_DOUBLED_TAPS, 3, 5)
WINOGRAD(doubled_spread, MI_DOUBLED_SPREAD, 6, 5)
WINOGRAD(doubled_data, MI_DOUBLED_DATA, 5, 2)
WINOGRAD(doubled_factors, MI_DOUBLED_FACTORS, 3, 4)
WINOGRAD(doubled_pair, MI_DOUBLED_PAIR, 2, 3)
WINOGRAD(doubled_grads, MI_DOUBLED_GRADS, 4, 3)
#undef WINOGRAD

static void winograd_f32(int n, int way, const float *const *from,
                         float *const *to, int add)
{
    typedef void ways(int n, const float *const *from, float *const *to,
                      int add);
    static ways *const of[MI_WINOGRAD_WAYS] = {
        winograd_input, winograd_result, winograd_spread, winograd_taps,
        winograd_grads, four_input,      four_result,     four_spread,
        four_taps,      four_grads,      doubled_input,   doubled_result,
        doubled_taps,   doubled_spread,  doubled_data,    doubled_factors,
        doubled_pair,   doubled_grads};
    of[way](n, from, to, add);
}
