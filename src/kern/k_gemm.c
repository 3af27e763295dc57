/* k_gemm.c: a product whose first matrix lies transposed, so that the rows of a
 * tile are neighbours in memory.  Included by variant.h after k_conv.c. */
#include "kern/vec.h"

#define COLUMNS_MAX (ROWS2 >= 8 ? 8 : 4)

VFN void columns_sum(const mi_tile *t, const float *a, ptrdiff_t lda,
                     const float *w, tile_sums *s, int R, int V)
{
    const int wide = V * VN;
    UNROLL
    for (int m = 0; m < R; m++) {
        UNROLL
        for (int j = 0; j < V; j++)
            s->v[0][m][j] = vload(w + j * VN);
    }
    w += wide;
    for (int i = 0; i < t->run; i++, w += wide, a += lda) {
        vf b[2];
        UNROLL
        for (int j = 0; j < V; j++)
            b[j] = vload(w + j * VN);
        UNROLL
        for (int m = 0; m < R; m++) {
            vf x = vsplat(a[m]);
            UNROLL
            for (int j = 0; j < V; j++)
                s->v[0][m][j] = vmadd(x, b[j], s->v[0][m][j]);
        }
    }
}

VFN void columns_finish(const mi_tile *t, tile_sums *s, int o, int n, int R,
                        int V)
{
    const int whole = n >= V * VN;
    if (t->add)
        tile_add(t->add + o, t->add_stride, s->v[0], n, whole, R, V);
    if (t->act.kind == MI_ACT_CLAMP)
        tile_clamp(t->act, s->v[0], R, V);
    else if (t->act.kind == MI_ACT_LEAKY)
        tile_leaky(t->act, s->v[0], R, V);
    tile_put(t->y + o, t->y_stride, s->v[0], n, whole, R, V);
}

/* One tile of each panel. */
VFN void columns_tile(const mi_tile *t, const float *a, ptrdiff_t lda, int R)
{
    const float *w = t->w;
    for (int o = 0; o < t->oc; o += 2 * VN) {
        int n = t->oc - o;
        tile_sums s;
        if (n > VN) {
            columns_sum(t, a, lda, w, &s, R, 2);
            columns_finish(t, &s, o, n, R, 2);
        } else {
            columns_sum(t, a, lda, w, &s, R, 1);
            columns_finish(t, &s, o, n, R, 1);
        }
        w += (1 + (ptrdiff_t)t->run) * (n > VN ? 2 : 1) * VN;
    }
}

#define COLUMNS(R)                                                           \
    static void columns_##R(const mi_tile *t, const float *a, ptrdiff_t lda) \
    {                                                                        \
        columns_tile(t, a, lda, R);                                          \
    }
COLUMNS(1)
COLUMNS(2)
COLUMNS(4)
#if COLUMNS_MAX >= 8
COLUMNS(8)
#endif
#undef COLUMNS

/* A tile whose rows are columns of a, eight, four, two or one at a time. */
static void gemm_columns_f32(const mi_tile *tile, const float *a, ptrdiff_t lda)
{
    mi_tile t = *tile;
    for (int left = tile->rows; left > 0;) {
        int r;
        if (COLUMNS_MAX >= 8 && left >= 8)
            r = 8;
        else
            r = left >= 4 ? 4 : left >= 2 ? 2 : 1;
#if COLUMNS_MAX >= 8
        if (r == 8)
            columns_8(&t, a, lda);
#endif
        if (r == 4)
            columns_4(&t, a, lda);
        else if (r == 2)
            columns_2(&t, a, lda);
        else if (r == 1)
            columns_1(&t, a, lda);
        left -= r;
        a += r;
        t.y += r * t.y_stride;
        t.add = t.add ? t.add + r * t.add_stride : NULL;
    }
}
