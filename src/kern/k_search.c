/* k_search.c: many rows at a time.  Included by variant.h. */
#include "kern/vec.h"

/* R rows in one walk over x. */
VFN void dist2_rows_step(int d, const float *row, const float *x, float *dst,
                         int R)
{
    vf s[4] = {{0}};
    int i = 0;
    for (; i + VN <= d; i += VN) {
        vf at = vload(x + i);
        UNROLL
        for (int j = 0; j < R; j++) {
            vf v = vload(row + (ptrdiff_t)j * d + i) - at;
            s[j] = vmadd(v, v, s[j]);
        }
    }
    if (i < d) {
        vf at = vload_n(x + i, d - i);
        UNROLL
        for (int j = 0; j < R; j++) {
            vf v = vload_n(row + (ptrdiff_t)j * d + i, d - i) - at;
            s[j] = vmadd(v, v, s[j]);
        }
    }
    UNROLL
    for (int j = 0; j < R; j++)
        dst[j] = vsum(s[j]);
}

static void dist2_rows_f32(int n, int d, const float *rows, const float *x,
                           float *dst)
{
    int i = 0;
    for (; i + 4 <= n; i += 4)
        dist2_rows_step(d, rows + (ptrdiff_t)i * d, x, dst + i, 4);
    for (; i < n; i++)
        dist2_rows_step(d, rows + (ptrdiff_t)i * d, x, dst + i, 1);
}

/* Four vectors of columns in one walk over the rows. */
static void least_rows_f32(int n, int c, const float *rows, const float *lift,
                           float *dst)
{
    int j = 0;
    for (; j + 4 * VN <= c; j += 4 * VN) {
        vf m[4];
        UNROLL
        for (int k = 0; k < 4; k++)
            m[k] = vsplat(__builtin_inff());
        for (int i = 0; i < n; i++) {
            UNROLL
            for (int k = 0; k < 4; k++)
                m[k] =
                    vmin(vload(rows + (ptrdiff_t)i * c + j + k * VN) + lift[i],
                         m[k]);
        }
        UNROLL
        for (int k = 0; k < 4; k++)
            vstore(dst + j + k * VN, m[k]);
    }
    for (; j < c; j += VN) {
        int left = c - j < VN ? c - j : VN;
        vf m = vsplat(__builtin_inff());
        for (int i = 0; i < n; i++)
            m = vmin(vload_n(rows + (ptrdiff_t)i * c + j, left) + lift[i], m);
        vstore_n(dst + j, m, left);
    }
}
