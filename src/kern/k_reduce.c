/* k_reduce.c: many floats to one.  Included by variant.h. */
#include "kern/vec.h"

/* Four sums, so that four adds are in flight; n is 128 in practice. */
static float dist2_f32(int n, const float *x, const float *y)
{
    vf s[4] = {{0}};
    int i = 0;
    for (; i + 4 * VN <= n; i += 4 * VN) {
        UNROLL
        for (int j = 0; j < 4; j++) {
            vf d = vload(x + i + j * VN) - vload(y + i + j * VN);
            s[j] += d * d;
        }
    }

    float sum = vsum((s[0] + s[1]) + (s[2] + s[3]));
    for (; i < n; i++)
        sum += (x[i] - y[i]) * (x[i] - y[i]);
    return sum;
}

static float sum_f32(int n, const float *x)
{
    vf s[4] = {{0}};
    int i = 0;
    for (; i + 4 * VN <= n; i += 4 * VN) {
        UNROLL
        for (int j = 0; j < 4; j++)
            s[j] += vload(x + i + j * VN);
    }

    float sum = vsum((s[0] + s[1]) + (s[2] + s[3]));
    for (; i < n; i++)
        sum += x[i];
    return sum;
}

/* The largest of n numbers, in four chains of vectors. */
static float max_f32(int n, const float *x)
{
    vf s[4];
    UNROLL
    for (int j = 0; j < 4; j++)
        s[j] = vsplat(-__builtin_inff());
    int i = 0;
    for (; i + 4 * VN <= n; i += 4 * VN) {
        UNROLL
        for (int j = 0; j < 4; j++)
            s[j] = vmax(vload(x + i + j * VN), s[j]);
    }

    vf m = vmax(vmax(s[0], s[1]), vmax(s[2], s[3]));
    float top = -__builtin_inff();
    for (int j = 0; j < VN; j++)
        top = m[j] > top ? m[j] : top;
    for (; i < n; i++)
        top = x[i] > top ? x[i] : top;
    return top;
}

/* Independent chains of multiply-adds, to measure what the machine can do. */
static float fma_chains_f32(int n, float a, float b)
{
    vf x[MI_FMA_CHAINS], va = vsplat(a), vb = vsplat(b);
    UNROLL
    for (int j = 0; j < MI_FMA_CHAINS; j++)
        x[j] = vsplat((float)j);
    for (int i = 0; i < n; i++) {
        UNROLL
        for (int j = 0; j < MI_FMA_CHAINS; j++)
            x[j] = x[j] * va + vb;
    }

    float sum = 0;
    UNROLL
    for (int j = 0; j < MI_FMA_CHAINS; j++)
        sum += vsum(x[j]) / VN;
    return sum;
}
