/* gemm.c: matrix products cut into blocks of the inner size, panels of columns
 * and tiles of rows.
 *
 * The panels are those of a convolution (tile.h), so that a product whose a is
 * not transposed is a 1x1 convolution of rows; a transposed a has its own tile,
 * gemm_columns_f32.
 *
 * Method: K. Goto, R. van de Geijn, Anatomy of High-Performance Matrix
 * Multiplication, ACM TOMS 34(3), 2008. */
#include "kern/gemm.h"

#include "kern/tile.h"

#include <assert.h>
#include <string.h>

enum {
    DEEP = 512,          /* most of the inner size at a time */
    TASK_MACS = 1000000, /* multiply-adds worth a task of its own */
    TASKS_MAX = 64,
    TILE_ROWS = 16 /* more than any tile has */
};

/* Columns with the last panel filled up: panels are two vectors wide, the last
 * one if that is enough. */
static int64_t padded(const mi_kern *kern, int n)
{
    return mi_divide_up(n, kern->lanes) * kern->lanes;
}

size_t mi_gemm_packed_len(const mi_kern *kern, const mi_gemm *g)
{
    int64_t blocks = mi_divide_up(g->k, DEEP);
    return (size_t)(padded(kern, g->n) * (g->k + (blocks ? blocks : 1)));
}

/* deep rows of op(b) from row `from` on, columns o .. o + wide - 1. */
static float *pack_panel(const mi_gemm *g, int from, int deep, int o, int wide,
                         float *to)
{
    int n = g->n - o < wide ? g->n - o : wide;
    memset(to, 0, (size_t)wide * sizeof *to);
    if (g->bias && from == 0)
        memcpy(to, g->bias + o, (size_t)n * sizeof *to);
    to += wide;
    if (g->tb) {
        const float *b = g->b + o * g->ldb + from;
        if (n < wide)
            memset(to, 0, (size_t)wide * (size_t)deep * sizeof *to);
        for (int j = 0; j < n; j++, b += g->ldb)
            for (int i = 0; i < deep; i++)
                to[(ptrdiff_t)i * wide + j] = b[i];
        return to + (ptrdiff_t)deep * wide;
    }
    for (int i = 0; i < deep; i++, to += wide) {
        memcpy(to, g->b + (from + i) * g->ldb + o, (size_t)n * sizeof *to);
        if (n < wide)
            memset(to + n, 0, (size_t)(wide - n) * sizeof *to);
    }
    return to;
}

void mi_gemm_pack(const mi_kern *kern, const mi_gemm *g, float *packed)
{
    int from = 0;
    do {
        int deep = g->k - from < DEEP ? g->k - from : DEEP;
        for (int o = 0; o < g->n; o += 2 * kern->lanes) {
            int wide = g->n - o > kern->lanes ? 2 * kern->lanes : kern->lanes;
            packed = pack_panel(g, from, deep, o, wide, packed);
        }
        from += deep;
    } while (from < g->k);
}

/* From the shape alone, so that every thread count agrees. */
int mi_gemm_tasks(const mi_kern *kern, const mi_gemm *g)
{
    int64_t macs = (int64_t)g->m * g->n * g->k;
    int64_t tasks = mi_divide_up(macs, TASK_MACS);
    int64_t most = mi_divide_up(g->m, (int64_t)2 * kern->rows[1]);
    tasks = tasks < TASKS_MAX ? tasks : TASKS_MAX;
    tasks = tasks < most ? tasks : most;
    return tasks > 1 ? (int)tasks : 1;
}

/* Rows m0 <= m < m1 by rows of a: the tile of a 1x1 convolution. */
static void run_rows(const mi_kern *kern, const mi_gemm *g, mi_tile t, int from,
                     int m0, int m1)
{
    const float *a[TILE_ROWS];
    int most = g->n > kern->lanes ? kern->rows[1] : kern->rows[0];
    assert(most <= TILE_ROWS);
    t.a = a;
    for (int64_t tiles = mi_divide_up(m1 - m0, most); tiles > 0; tiles--) {
        t.rows = (int)((m1 - m0) / tiles);
        for (int i = 0; i < t.rows; i++)
            a[i] = g->a + (m0 + i) * g->lda + from;
        kern->conv_tile_f32(&t);
        t.y += t.rows * t.y_stride;
        t.add = t.add ? t.y : NULL;
        m0 += t.rows;
    }
}

void mi_gemm_run(const mi_kern *kern, const mi_gemm *g, const float *packed,
                 int task)
{
    int tasks = mi_gemm_tasks(kern, g), from = 0;
    int m0 = (int)((int64_t)g->m * task / tasks);
    int m1 = (int)((int64_t)g->m * (task + 1) / tasks);
    float *c = g->c + m0 * g->ldc;
    assert(!g->add || (!g->bias && g->act.kind == MI_ACT_NONE));
    do {
        int deep = g->k - from < DEEP ? g->k - from : DEEP;
        int add = g->add || from > 0, last = from + deep >= g->k;
        mi_tile t = {.taps = 1,
                     .run = deep,
                     .w = packed,
                     .oc = g->n,
                     .add = add ? c : NULL,
                     .add_stride = g->ldc,
                     .y = c,
                     .y_stride = g->ldc,
                     .act = last ? g->act : (mi_act){MI_ACT_NONE, 0, 0}};
        if (g->ta) {
            t.rows = m1 - m0;
            kern->gemm_columns_f32(&t, g->a + from * g->lda + m0, g->lda);
        } else {
            run_rows(kern, g, t, from, m0, m1);
        }
        packed += padded(kern, g->n) * (deep + 1);
        from += deep;
    } while (from < g->k);
}
