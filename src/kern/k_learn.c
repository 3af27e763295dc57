/* k_learn.c: what training does to each float.  Included by variant.h. */
#include "kern/vec.h"

VFN vf adam_step(const mi_adam *by, vf g, float *m, float *v, vf w, int n)
{
    vf one = vsplat(1), b1 = vsplat(by->beta1), b2 = vsplat(by->beta2);
    vf mean = b1 * vload_n(m, n) + (one - b1) * g;
    vf square = b2 * vload_n(v, n) + (one - b2) * g * g;
    vstore_n(m, mean, n);
    vstore_n(v, square, n);
    vf root = vsqrt(square) * vsplat(by->correct) + vsplat(by->epsilon);
    return w - vsplat(by->rate) * mean / root;
}

static void adam_f32(int n, const mi_adam *by, const float *g, float *m,
                     float *v, float *w)
{
    int i = 0;
    for (; i + VN <= n; i += VN)
        vstore(w + i,
               adam_step(by, vload(g + i), m + i, v + i, vload(w + i), VN));
    if (i < n)
        vstore_n(w + i,
                 adam_step(by, vload_n(g + i, n - i), m + i, v + i,
                           vload_n(w + i, n - i), n - i),
                 n - i);
}
