/* k_flow.c: windows of a picture for optical flow.  Included by variant.h.
 *
 * Loops over whole padded rows that the compiler turns into vectors; all in
 * whole numbers, so that every instruction set gives the same.  A column's sum
 * of products stays below 2^31 for 32 rows, after which it is added up. */
#include "kern/vec.h"

enum { FLOW_ROWS = 32 };

VFN int32_t flow_between(const uint8_t *p, const uint8_t *q, const int32_t *w,
                         int x)
{
    enum { BITS = MI_FLOW_BITS - MI_FLOW_MORE };
    return (p[x] * w[0] + p[x + 1] * w[1] + q[x] * w[2] + q[x + 1] * w[3] +
            (1 << (BITS - 1))) >>
           BITS;
}

VFN int32_t flow_gradient(const int16_t *p, const int16_t *q, const int32_t *w,
                          int x)
{
    return (p[x] * w[0] + p[x + 1] * w[1] + q[x] * w[2] + q[x + 1] * w[3] +
            (1 << (MI_FLOW_BITS - 1))) >>
           MI_FLOW_BITS;
}

VFN int64_t flow_total(const int32_t *column, int n)
{
    int64_t sum = 0;
    for (int x = 0; x < n; x++)
        sum += column[x];
    return sum;
}

enum { FLOW_ROW = (MI_FLOW_WINDOW + MI_FLOW_LANES - 1) & ~(MI_FLOW_LANES - 1) };

VFN void flow_patch_row(const mi_flow_place *at, const mi_flow_patch *patch,
                        int y, int32_t column[3][FLOW_ROW])
{
    const int32_t w[4] = {at->weight[0], at->weight[1], at->weight[2],
                          at->weight[3]};
    ptrdiff_t from = y * at->stride, to = (ptrdiff_t)y * patch->row;
    const uint8_t *p = at->p + from, *q = p + at->stride;
    const int16_t *px = at->dx + from, *qx = px + at->stride;
    const int16_t *py = at->dy + from, *qy = py + at->stride;
    int16_t *restrict g = patch->grey + to, *restrict gx = patch->dx + to;
    int16_t *restrict gy = patch->dy + to;
    int n = patch->w;
    for (int x = 0; x < n; x++)
        g[x] = (int16_t)flow_between(p, q, w, x);
    for (int x = 0; x < n; x++) {
        int32_t dx = flow_gradient(px, qx, w, x);
        int32_t dy = flow_gradient(py, qy, w, x);
        gx[x] = (int16_t)dx;
        gy[x] = (int16_t)dy;
        column[0][x] += dx * dx;
        column[1][x] += dx * dy;
        column[2][x] += dy * dy;
    }
    for (int x = n; x < patch->row; x++)
        g[x] = gx[x] = gy[x] = 0;
}

static void flow_patch_i16(const mi_flow_place *at, const mi_flow_patch *patch,
                           int64_t sums[3])
{
    sums[0] = sums[1] = sums[2] = 0;
    for (int y0 = 0; y0 < patch->h; y0 += FLOW_ROWS) {
        int end = y0 + FLOW_ROWS < patch->h ? y0 + FLOW_ROWS : patch->h;
        int32_t column[3][FLOW_ROW] = {{0}};
        for (int y = y0; y < end; y++)
            flow_patch_row(at, patch, y, column);
        for (int i = 0; i < 3; i++)
            sums[i] += flow_total(column[i], patch->w);
    }
}

/* Padded columns are read as well; their gradients are 0. */
VFN void flow_step_block(const mi_flow_place *at, const mi_flow_patch *patch,
                         int y0, int x0, int64_t sums[2])
{
    const int32_t w[4] = {at->weight[0], at->weight[1], at->weight[2],
                          at->weight[3]};
    int end = y0 + FLOW_ROWS < patch->h ? y0 + FLOW_ROWS : patch->h;
    int32_t a[MI_FLOW_LANES] = {0}, b[MI_FLOW_LANES] = {0};
    for (int y = y0; y < end; y++) {
        const uint8_t *p = at->p + y * at->stride + x0, *q = p + at->stride;
        ptrdiff_t i = (ptrdiff_t)y * patch->row + x0;
        const int16_t *g = patch->grey + i, *gx = patch->dx + i;
        const int16_t *gy = patch->dy + i;
        for (int x = 0; x < MI_FLOW_LANES; x++) {
            int32_t d = flow_between(p, q, w, x) - g[x];
            a[x] += d * gx[x];
            b[x] += d * gy[x];
        }
    }
    sums[0] += flow_total(a, MI_FLOW_LANES);
    sums[1] += flow_total(b, MI_FLOW_LANES);
}

static void flow_step_i16(const mi_flow_place *at, const mi_flow_patch *patch,
                          int64_t sums[2])
{
    sums[0] = sums[1] = 0;
    for (int y = 0; y < patch->h; y += FLOW_ROWS)
        for (int x = 0; x < patch->row; x += MI_FLOW_LANES)
            flow_step_block(at, patch, y, x, sums);
}

static int64_t flow_error_i16(const mi_flow_place *at,
                              const mi_flow_patch *patch)
{
    const int32_t w[4] = {at->weight[0], at->weight[1], at->weight[2],
                          at->weight[3]};
    int64_t sum = 0;
    for (int y = 0; y < patch->h; y++) {
        const uint8_t *p = at->p + y * at->stride, *q = p + at->stride;
        const int16_t *g = patch->grey + (ptrdiff_t)y * patch->row;
        int32_t row = 0;
        for (int x = 0; x < patch->w; x++) {
            int32_t d = flow_between(p, q, w, x) - g[x];
            row += d < 0 ? -d : d;
        }
        sum += row;
    }
    return sum;
}

static void scharr_i16(int n, const uint8_t *up, const uint8_t *here,
                       const uint8_t *low, int16_t *restrict dx,
                       int16_t *restrict dy)
{
    for (int x = 0; x < n; x++) {
        int16_t right =
            (int16_t)((up[x + 1] + low[x + 1]) * 3 + here[x + 1] * 10);
        int16_t left =
            (int16_t)((up[x - 1] + low[x - 1]) * 3 + here[x - 1] * 10);
        int16_t sides =
            (int16_t)(low[x - 1] - up[x - 1] + low[x + 1] - up[x + 1]);
        dx[x] = (int16_t)(right - left);
        dy[x] = (int16_t)(sides * 3 + (low[x] - up[x]) * 10);
    }
}

static void half_rows_u16(int n, const uint8_t *const row[5],
                          uint16_t *restrict dst)
{
    const uint8_t *a = row[0], *b = row[1], *c = row[2], *d = row[3];
    const uint8_t *e = row[4];
    for (int x = 0; x < n; x++)
        dst[x] = (uint16_t)(a[x] + e[x] + 4 * (b[x] + d[x]) + 6 * c[x]);
}

static void half_u8(int n, const uint16_t *src, uint8_t *restrict dst)
{
    for (int x = 0; x < n; x++) {
        const uint16_t *s = src + (ptrdiff_t)2 * x;
        dst[x] =
            (uint8_t)((s[-2] + s[2] + 4 * (s[-1] + s[1]) + 6 * s[0] + 128) >>
                      8);
    }
}
