/* k_conv.c: a tile of a convolution or matrix product.  Included by variant.h.
 *
 * R rows (pixels) by V vectors of channels are summed in registers: for each
 * input, V loads of weights, then for each row one broadcast and V
 * multiply-adds.  Each output is one chain of sums in the order of the
 * weights, but with few rows the inputs are dealt to several chains so that
 * enough multiply-adds are in flight. */
#include "kern/vec.h"

#define ROWS_MAX (ROWS1 > ROWS2 ? ROWS1 : ROWS2)

enum {
    LINE = 16, /* floats of a cache line */
    AHEAD = 16 /* inputs for which weights are fetched before their time */
};

typedef struct tile_sums {
    vf v[4][ROWS_MAX][2]; /* chain, row, vector */
} tile_sums;

VFN int tile_chains(int R, int V)
{
    return R * V >= 8 ? 1 : R * V >= 4 ? 2 : 4;
}

/* The sums of one input of each row. */
VFN void tile_step(vf sums[ROWS_MAX][2], const float *const *a, int i,
                   const float *w, int R, int V)
{
    vf b[2];
    UNROLL
    for (int j = 0; j < V; j++) {
        b[j] = vload(w + j * VN);
        if (j * VN % LINE == 0)
            __builtin_prefetch(w + j * VN + AHEAD * V * VN);
    }
    UNROLL
    for (int m = 0; m < R; m++) {
        vf s = vsplat(a[m][i]);
        UNROLL
        for (int j = 0; j < V; j++)
            sums[m][j] = vmadd(s, b[j], sums[m][j]);
    }
}

VFN void tile_sum(const mi_tile *t, const float *w, tile_sums *s, int R, int V)
{
    const int C = tile_chains(R, V), wide = V * VN;
    UNROLL
    for (int m = 0; m < R; m++) {
        UNROLL
        for (int j = 0; j < V; j++) {
            s->v[0][m][j] = vload(w + j * VN);
            UNROLL
            for (int c = 1; c < C; c++)
                s->v[c][m][j] = (vf){0};
        }
    }
    w += wide;

    const float *const *next = t->a;
    for (int tap = 0; tap < t->taps; tap++, next += R) {
        const float *a[ROWS_MAX];
        UNROLL
        for (int m = 0; m < R; m++)
            a[m] = next[m];
        int i = 0;
        for (; i + 4 <= t->run; i += 4, w += 4 * wide) {
            const float *b[ROWS_MAX]; /* so that c is part of the address */
            UNROLL
            for (int m = 0; m < R; m++)
                b[m] = a[m] + i;
            UNROLL
            for (int c = 0; c < 4; c++)
                tile_step(s->v[c % C], b, c, w + c * wide, R, V);
        }
        for (; i < t->run; i++, w += wide)
            tile_step(s->v[0], a, i, w, R, V);
    }
}

VFN void tile_clamp(mi_act act, vf sums[ROWS_MAX][2], int R, int V)
{
    vf lo = vsplat(act.lo), hi = vsplat(act.hi);
    UNROLL
    for (int m = 0; m < R; m++) {
        UNROLL
        for (int j = 0; j < V; j++)
            sums[m][j] = vmin(hi, vmax(lo, sums[m][j]));
    }
}

VFN void tile_leaky(mi_act act, vf sums[ROWS_MAX][2], int R, int V)
{
    vf slope = vsplat(act.lo), zero = {0};
    UNROLL
    for (int m = 0; m < R; m++) {
        UNROLL
        for (int j = 0; j < V; j++) {
            vf v = sums[m][j];
            sums[m][j] = vmax(zero, v) + slope * vmin(zero, v);
        }
    }
}

/* n of the panel's channels exist: all of it when `whole`. */
VFN void tile_add(const float *add, ptrdiff_t stride, vf sums[ROWS_MAX][2],
                  int n, int whole, int R, int V)
{
    UNROLL
    for (int m = 0; m < R; m++, add += stride) {
        UNROLL
        for (int j = 0; j < V; j++)
            sums[m][j] += whole || j < V - 1
                              ? vload(add + j * VN)
                              : vload_n(add + j * VN, n - j * VN);
    }
}

VFN void tile_put(float *y, ptrdiff_t stride, vf sums[ROWS_MAX][2], int n,
                  int whole, int R, int V)
{
    UNROLL
    for (int m = 0; m < R; m++, y += stride) {
        UNROLL
        for (int j = 0; j < V; j++) {
            if (whole || j < V - 1)
                vstore(y + j * VN, sums[m][j]);
            else
                vstore_n(y + j * VN, sums[m][j], n - j * VN);
        }
    }
}

VFN void tile_finish(const mi_tile *t, tile_sums *s, int o, int n, int R, int V)
{
    const int C = tile_chains(R, V), whole = n >= V * VN;
    UNROLL
    for (int m = 0; m < R; m++) {
        UNROLL
        for (int j = 0; j < V; j++) {
            UNROLL
            for (int c = 1; c < C; c++)
                s->v[0][m][j] += s->v[c][m][j];
        }
    }
    if (t->add && whole)
        tile_add(t->add + o, t->add_stride, s->v[0], n, 1, R, V);
    else if (t->add)
        tile_add(t->add + o, t->add_stride, s->v[0], n, 0, R, V);
    if (t->act.kind == MI_ACT_CLAMP)
        tile_clamp(t->act, s->v[0], R, V);
    else if (t->act.kind == MI_ACT_LEAKY)
        tile_leaky(t->act, s->v[0], R, V);
    if (whole)
        tile_put(t->y + o, t->y_stride, s->v[0], n, 1, R, V);
    else
        tile_put(t->y + o, t->y_stride, s->v[0], n, 0, R, V);
}

#define TILE(R, V)                                                             \
    static void tile_##R##_##V(const mi_tile *t, const float *w, int o, int n) \
    {                                                                          \
        tile_sums s;                                                           \
        tile_sum(t, w, &s, R, V);                                              \
        tile_finish(t, &s, o, n, R, V);                                        \
    }
TILE(1, 1)
TILE(2, 1)
TILE(3, 1)
TILE(4, 1)
TILE(5, 1)
TILE(6, 1)
TILE(7, 1)
TILE(8, 1)
TILE(1, 2)
TILE(2, 2)
TILE(3, 2)
TILE(4, 2)
#if ROWS1 >= 12
TILE(9, 1)
TILE(10, 1)
TILE(11, 1)
TILE(12, 1)
#endif
#if ROWS2 >= 6
TILE(5, 2)
TILE(6, 2)
#endif
#if ROWS2 >= 10
TILE(7, 2)
TILE(8, 2)
TILE(9, 2)
TILE(10, 2)
#endif
#undef TILE

typedef void tile_fn(const mi_tile *t, const float *w, int o, int n);

static tile_fn *const tile_of_1[ROWS1] = {
    tile_1_1, tile_2_1,  tile_3_1,  tile_4_1,
    tile_5_1, tile_6_1,  tile_7_1,  tile_8_1,
#if ROWS1 >= 12
    tile_9_1, tile_10_1, tile_11_1, tile_12_1,
#endif
};

static tile_fn *const tile_of_2[ROWS2] = {
    tile_1_2, tile_2_2, tile_3_2, tile_4_2,
#if ROWS2 >= 6
    tile_5_2, tile_6_2,
#endif
#if ROWS2 >= 10
    tile_7_2, tile_8_2, tile_9_2, tile_10_2,
#endif
};

/* A tile of pixels, all its channels, two vectors of them at a time. */
static void conv_tile_f32(const mi_tile *t)
{
    const float *w = t->w;
    ptrdiff_t deep = 1 + (ptrdiff_t)t->taps * t->run;
    for (int o = 0; o < t->oc; o += 2 * VN) {
        int n = t->oc - o, wide = n > VN ? 2 : 1;
        if (wide == 2)
            tile_of_2[t->rows - 1](t, w, o, n);
        else
            tile_of_1[t->rows - 1](t, w, o, n);
        w += deep * wide * VN;
    }
    if (t->act.kind == MI_ACT_SIGMOID) {
        for (int m = 0; m < t->rows; m++) {
            float *y = t->y + m * t->y_stride;
            sigmoid_f32(t->oc, y, y);
        }
    }
}
