/* neighbours.c: all pairs of descriptors within a threshold.
 *
 * |a - b|^2 < t^2 is a.b - |b|^2 / 2 > (|a|^2 - t^2) / 2.  The left side comes
 * from a matrix product of some rows a by a panel of rows b, in floats; what is
 * not below the right side by more than those can be wrong is measured again,
 * in doubles, as mien_descriptor_distance does.  So rounding loses no pair and
 * lets none in.  Of two rows each is b once and a once; the pair is taken where
 * b comes first. */
#include "match/neighbours.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"
#include "base/pool.h"
#include "kern/gemm.h"
#include "kern/kern.h"

#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

enum {
    PANEL = 512,  /* rows of b in a product */
    TASK = 1024,  /* rows of a in a task */
    TILE = 32,    /* rows of a in a product */
    CHUNK = 64,   /* products whose largest is looked at first */
    LOCKS = 4096, /* rows share them */
    PANELS_A_CALL = 16
};

/* Squares of rows are sums of floats' squares; their products must not reach
 * the end of the floats. */
static const double longest = 1e15;

typedef struct search {
    const mi_kern *kern;
    int n, d;
    const float *row; /* [n, d] */
    double *square;   /* [n] */
    float threshold;
    int most;
    double slack; /* most that a product of the two longest rows is wrong by,
                     of their lengths multiplied */
    double longest;
    int first, wide; /* the panel */
    float *packed, *half;
    float *product; /* [lanes, TILE, PANEL] */
    mi_near_list *list;
    atomic_char *lock; /* [LOCKS] */
    atomic_int failed;
} search;

static double square_of(int d, const float *a)
{
    double sum = 0;
    for (int i = 0; i < d; i++)
        sum += (double)a[i] * (double)a[i];
    return sum;
}

/* ---- the lists ----------------------------------------------------------- */

static int is_farther(mi_near a, mi_near b)
{
    return a.distance > b.distance ||
           (a.distance == b.distance && a.index > b.index);
}

/* Let the element at i of a heap, the farthest first, sink to its place. */
static void sink(mi_near *heap, int n, int i)
{
    for (;;) {
        int child = 2 * i + 1;
        if (child + 1 < n && is_farther(heap[child + 1], heap[child]))
            child++;
        if (child >= n || !is_farther(heap[child], heap[i]))
            return;
        mi_near moved = heap[i];
        heap[i] = heap[child];
        heap[child] = moved;
        i = child;
    }
}

static void heap_of(mi_near *near, int n)
{
    for (int i = n / 2 - 1; i >= 0; i--)
        sink(near, n, i);
}

/* Which of all neighbours are the nearest does not depend on the order in which
 * they come.  A list becomes a heap when it is full.  0: memory ended. */
static int keep(mi_near_list *l, int most, mi_near one)
{
    l->all++;
    if (l->n < most) {
        mi_near *last = mi_push(&l->near, l->n, sizeof one);
        if (!last)
            return 0;
        *last = one;
        if (++l->n == most)
            heap_of(l->near, most);
    } else if (is_farther(l->near[0], one)) {
        l->near[0] = one;
        sink(l->near, most, 0);
    }
    return 1;
}

static void keep_locked(search *s, int i, int j, float distance)
{
    atomic_char *lock = &s->lock[i % LOCKS];
    while (atomic_exchange_explicit(lock, 1, memory_order_acquire))
        ;
    if (!keep(&s->list[i], s->most, (mi_near){distance, j}))
        atomic_store(&s->failed, 1);
    atomic_store_explicit(lock, 0, memory_order_release);
}

/* ---- products ------------------------------------------------------------ */

/* What a product with row a must reach. */
static float least_product(const search *s, int a)
{
    double t = (double)s->threshold, half = (s->square[a] - t * t) / 2;
    double wrong = s->slack * s->longest * (sqrt(s->square[a]) + s->longest) +
                   1e-6 * t * t + 1e-30;
    return nextafterf((float)(half - wrong), -INFINITY);
}

/* Measure what reached it. */
static void look(search *s, int a, const float *product, float least)
{
    for (int from = 0; from < s->wide && s->first + from < a; from += CHUNK) {
        int n = s->wide - from < CHUNK ? s->wide - from : CHUNK;
        if (s->kern->max_f32(n, product + from) < least)
            continue;
        for (int i = from; i < from + n && s->first + i < a; i++) {
            if (product[i] < least)
                continue;
            int b = s->first + i;
            float d = mi_index_distance(s->d, s->row + (ptrdiff_t)a * s->d,
                                        s->row + (ptrdiff_t)b * s->d);
            if (d < s->threshold) {
                keep_locked(s, a, b, d);
                keep_locked(s, b, a, d);
            }
        }
    }
}

static mi_gemm product_of(const search *s, int from, int rows, float *to)
{
    return (mi_gemm){.m = rows,
                     .n = s->wide,
                     .k = s->d,
                     .a = s->row + (ptrdiff_t)from * s->d,
                     .lda = s->d,
                     .b = s->row + (ptrdiff_t)s->first * s->d,
                     .ldb = s->d,
                     .bias = s->half,
                     .c = to,
                     .ldc = PANEL,
                     .tb = 1};
}

/* Rows behind the panel's first, by all of the panel. */
static void look_at_rows(void *arg, int task, int lane)
{
    search *s = arg;
    int64_t from = s->first + (int64_t)task * TASK, end = from + TASK;
    float *to = s->product + (ptrdiff_t)lane * TILE * PANEL;
    end = end < s->n ? end : s->n;
    for (; from < end && !atomic_load(&s->failed); from += TILE) {
        int rows = (int)(end - from < TILE ? end - from : TILE);
        mi_gemm g = product_of(s, (int)from, rows, to);
        int tasks = mi_gemm_tasks(s->kern, &g);
        for (int i = 0; i < tasks; i++)
            mi_gemm_run(s->kern, &g, s->packed, i);
        for (int i = 0; i < rows; i++) {
            int a = (int)from + i;
            look(s, a, to + (ptrdiff_t)i * PANEL, least_product(s, a));
        }
    }
}

static void pack_panel(search *s, int first)
{
    s->first = first;
    s->wide = s->n - first < PANEL ? s->n - first : PANEL;
    for (int i = 0; i < s->wide; i++)
        s->half[i] = (float)(-s->square[first + i] / 2);
    mi_gemm g = product_of(s, first, TILE, NULL);
    mi_gemm_pack(s->kern, &g, s->packed);
}

/* Panel by panel, each with the rows behind its first. */
static mien_status walk(search *s, const mien_cluster_options *o,
                        mien_error *err)
{
    for (int first = 0; first < s->n; first += PANEL) {
        int panel = first / PANEL;
        if (o->on_faces && panel % PANELS_A_CALL == 0 &&
            o->on_faces(o->arg, first, s->n))
            return mi_fail(err, MIEN_EARG,
                           "cluster: stopped after %d of %d faces", first,
                           s->n);
        pack_panel(s, first);
        mi_pool_run(o->pool, (s->n - first - 1) / TASK + 1, look_at_rows, s);
        if (atomic_load(&s->failed))
            return mi_no_memory(err);
    }
    return MIEN_OK;
}

/* ---- in and out ---------------------------------------------------------- */

static mien_status measure_rows(search *s, mien_error *err)
{
    for (int i = 0; i < s->n; i++) {
        s->square[i] = square_of(s->d, s->row + (ptrdiff_t)i * s->d);
        double length = sqrt(s->square[i]);
        if (!(length <= longest))
            return mi_fail(err, MIEN_EARG,
                           "cluster: descriptor %d has the length %g, wanted "
                           "at most %g",
                           i, length, longest);
        s->longest = length > s->longest ? length : s->longest;
    }
    return MIEN_OK;
}

/* All but the lists' own, before anything is worked out. */
static mien_status take_memory(search *s, int lanes, mi_neighbours *out,
                               mien_error *err)
{
    size_t n = (size_t)s->n;
    s->wide = PANEL;
    mi_gemm g = product_of(s, 0, TILE, NULL);
    s->square = mi_alloc_raw(n, sizeof *s->square);
    s->half = mi_alloc_raw(PANEL, sizeof *s->half);
    s->packed =
        mi_alloc_raw(mi_gemm_packed_len(s->kern, &g), sizeof *s->packed);
    s->product = mi_alloc_raw((size_t)lanes * TILE * PANEL, sizeof *s->product);
    s->lock = mi_alloc(LOCKS, sizeof *s->lock);
    s->list = out->list = mi_alloc(n, sizeof *out->list);
    out->n = s->list ? s->n : 0;
    if (!s->square || !s->half || !s->packed || !s->product || !s->lock ||
        !s->list)
        return mi_no_memory(err);
    return MIEN_OK;
}

/* Lists nearest first, and how many there are. */
static void finish(mi_neighbours *nb, int most)
{
    int64_t ends = 0;
    for (int i = 0; i < nb->n; i++) {
        mi_near_list *l = &nb->list[i];
        heap_of(l->near, l->n);
        for (int last = l->n - 1; last > 0; last--) {
            mi_near farthest = l->near[0];
            l->near[0] = l->near[last];
            l->near[last] = farthest;
            sink(l->near, last, 0);
        }
        ends += l->all;
        nb->capped += l->all > most;
    }
    nb->pairs = ends / 2;
}

mien_status mi_neighbours_find(int n, int d, const float *descriptor,
                               const mien_cluster_options *options,
                               mi_neighbours *out, mien_error *err)
{
    search s = {.kern = mi_kern_best(),
                .n = n,
                .d = d,
                .row = descriptor,
                .threshold = options->threshold,
                .most = options->most,
                .slack = (double)FLT_EPSILON * (d + 8)};
    memset(out, 0, sizeof *out);
    mien_status st = take_memory(&s, mien_pool_size(options->pool), out, err);
    if (!st)
        st = measure_rows(&s, err);
    if (!st)
        st = walk(&s, options, err);
    if (!st)
        finish(out, s.most);
    mi_free(s.square);
    mi_free(s.half);
    mi_free(s.packed);
    mi_free(s.product);
    mi_free(s.lock);
    return st;
}

void mi_neighbours_free(mi_neighbours *nb)
{
    for (int i = 0; i < nb->n; i++)
        mi_free(nb->list[i].near);
    mi_free(nb->list);
    memset(nb, 0, sizeof *nb);
}
