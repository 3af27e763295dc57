/* search.c: the k nearest rows, exactly.
 *
 * A row's distance is D(s), the root of s = sum (x_i - y_i)^2 in double,
 * rounded to float; of equal D the lower row is nearer.  Two fast values s~ are
 * made of floats:
 *
 *   direct    the same sum.  All terms are positive, so |s~ - s| <= g s, where
 *             g < (d + 3) u / (1 - (d + 3) u) in any order of summing
 *   product   |x|^2 - 2 x y + |y|^2, whose middle comes from a matrix product:
 *             |s~ - s| <= g' (|x|^2 + |y|^2), g' from d + 5 roundings, since
 *             2 sum |x_i y_i| <= |x|^2 + |y|^2
 *
 * with u = 2^-24.  mi_index_share is more than twice both.  What underflows
 * adds at most d times the least normal float.  If the k-th nearest so far lies
 * at distance D, s of a row that can still be among the k is at most (D (1 +
 * 2^-22))^2; a row whose s~ is larger than that and its error cannot be, and
 * only the others are measured in double.  So the answer does not depend on how
 * s~ was summed.
 *
 * For products the error by |x|^2 is taken off each row's |x|^2 beforehand
 * (`lift`), the rest goes to the limit of each query; then a block of rows is
 * asked for the least of each query, and where that is within the limit the
 * block is walked.
 *
 * Source: N. Higham, Accuracy and Stability of Numerical Algorithms, 2002, 3.1;
 * J. Johnson, M. Douze, H. Jegou, Billion-scale similarity search with GPUs,
 * 2017, 3 (the product), which answers with s~ itself. */
#include "match/index.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"
#include "kern/gemm.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

enum {
    DIRECT = 64,     /* rows measured at a time */
    BLOCK = 256,     /* rows of a product */
    QUERIES = 256,   /* most queries of a product */
    PRODUCT = 4,     /* queries that are worth one */
    TASK_ROWS = 4096 /* a multiple of both */
};

double mi_index_far(int d, const float *a, const float *b)
{
    double sum = 0;
    for (int i = 0; i < d; i++) {
        double v = (double)a[i] - (double)b[i];
        sum += v * v;
    }
    return sqrt(sum);
}

float mi_index_distance(int d, const float *a, const float *b)
{
    return (float)mi_index_far(d, a, b);
}

/* ---- the k nearest so far ------------------------------------------------ */

typedef struct near {
    float distance;
    int64_t row;
} near;

/* A heap, farthest first; there are `n` of `k`. */
typedef struct heap {
    near *at;
    int k, n;
} heap;

static int farther(const near *a, const near *b)
{
    return a->distance > b->distance ||
           (a->distance == b->distance && a->row > b->row);
}

/* Put one at place i or below, those below being in order. */
static void sink(near *at, int n, int i, near one)
{
    for (int child; (child = 2 * i + 1) < n; i = child) {
        child += child + 1 < n && farther(&at[child + 1], &at[child]);
        if (!farther(&at[child], &one))
            break;
        at[i] = at[child];
    }
    at[i] = one;
}

static void offer(heap *h, float distance, int64_t row)
{
    near one = {distance, row};
    int i = h->n;
    if (i == h->k) {
        if (farther(&h->at[0], &one))
            sink(h->at, h->n, 0, one);
        return;
    }
    for (int up; i > 0 && farther(&one, &h->at[up = (i - 1) / 2]); i = up)
        h->at[i] = h->at[up];
    h->at[i] = one;
    h->n++;
}

/* What s of a row is at most that can still be among the k. */
static double limit_of(const heap *h, int d)
{
    if (h->n < h->k)
        return HUGE_VAL;
    double far = (double)h->at[0].distance * (1 + 0x1p-22);
    return far * far + d * (double)FLT_MIN;
}

/* The float that is not below x. */
static float above(double x)
{
    return x < (double)FLT_MAX ? nextafterf((float)x, INFINITY) : INFINITY;
}

/* ---- direct sums --------------------------------------------------------- */

static float direct_limit(const heap *h, int d)
{
    return above(limit_of(h, d) * (1 + mi_index_share(d)));
}

/* Rows from <= i < to for one query. */
static void search_direct(const mien_index *x, const float *query,
                          const uint8_t *allowed, int64_t from, int64_t to,
                          heap *h)
{
    const mi_kern *kern = mi_kern_best();
    float s[DIRECT], limit = direct_limit(h, x->d);
    for (; from < to; from += DIRECT) {
        int n = to - from < DIRECT ? (int)(to - from) : DIRECT;
        const float *row = x->row + from * x->d;
        kern->dist2_rows_f32(n, x->d, row, query, s);
        for (int i = 0; i < n; i++) {
            if (s[i] > limit || (allowed && !allowed[from + i]))
                continue;
            offer(h, mi_index_distance(x->d, row + (ptrdiff_t)i * x->d, query),
                  from + i);
            limit = direct_limit(h, x->d);
        }
    }
}

int64_t mi_index_nearest(const mien_index *x, const float *query,
                         float *distance)
{
    near one = {0, -1};
    heap h = {&one, 1, 0};
    float most = 0;
    int64_t at;
    if (!mi_index_finite(x->d, query, &most, &at))
        return -1;
    search_direct(x, query, NULL, 0, x->n, &h);
    if (h.n)
        *distance = one.distance;
    return one.row;
}

/* ---- one search ---------------------------------------------------------- */

/* What a thread has to itself. */
typedef struct lane {
    heap *heap;   /* [queries] */
    float *sums;  /* [BLOCK, queries] */
    float *limit; /* [queries] */
    float *least; /* [queries] */
    float lift[BLOCK];
} lane;

typedef struct job {
    const mien_index *x;
    const mi_kern *kern;
    const uint8_t *allowed;
    const float *query;
    mien_pool *pool;
    int q, k, product;
    float *twice;   /* [q, d] the queries times -2 */
    float *packed;  /* the same in panels */
    double *square; /* [q] sums of squares of queries */
    lane *lane;
    int lanes;
} job;

/* What c + lift is at most: see the head of this file. */
static float product_limit(const job *j, const lane *l, int q)
{
    double limit = limit_of(&l->heap[q], j->x->d);
    double share = mi_index_share(j->x->d);
    limit += share * j->square[q] - j->square[q];
    return limit < (double)FLT_MAX ? above(limit) : FLT_MAX;
}

/* Walk a block for one query. */
static void walk(const job *j, lane *l, int q, int64_t from, int n)
{
    const mien_index *x = j->x;
    const float *query = j->query + (ptrdiff_t)q * x->d;
    for (int i = 0; i < n; i++) {
        if (l->sums[(ptrdiff_t)i * j->q + q] + l->lift[i] > l->limit[q])
            continue;
        const float *row = x->row + (from + i) * x->d;
        offer(&l->heap[q], mi_index_distance(x->d, row, query), from + i);
        l->limit[q] = product_limit(j, l, q);
    }
}

/* n rows from `from` on for all queries, by one product. */
static void search_block(const job *j, lane *l, int64_t from, int n)
{
    const mien_index *x = j->x;
    mi_gemm g = {.m = n,
                 .n = j->q,
                 .k = x->d,
                 .a = x->row + from * x->d,
                 .lda = x->d,
                 .c = l->sums,
                 .ldc = j->q};
    for (int t = 0, tasks = mi_gemm_tasks(j->kern, &g); t < tasks; t++)
        mi_gemm_run(j->kern, &g, j->packed, t);
    for (int i = 0; i < n; i++)
        l->lift[i] =
            j->allowed && !j->allowed[from + i] ? INFINITY : x->lift[from + i];
    j->kern->least_rows_f32(n, j->q, l->sums, l->lift, l->least);
    for (int q = 0; q < j->q; q++)
        if (l->least[q] <= l->limit[q])
            walk(j, l, q, from, n);
}

/* A task: so many rows, for all queries. */
static void search_rows(void *arg, int task, int lane_at)
{
    const job *j = arg;
    lane *l = &j->lane[lane_at];
    int64_t from = (int64_t)task * TASK_ROWS, to = from + TASK_ROWS;
    to = to < j->x->n ? to : j->x->n;
    int step = j->product ? BLOCK : DIRECT;
    for (; from < to; from += step) {
        int n = to - from < step ? (int)(to - from) : step;
        if (j->product)
            search_block(j, l, from, n);
        else if (j->q == 1) { /* no need to come back to rows */
            search_direct(j->x, j->query, j->allowed, from, to, l->heap);
            return;
        } else
            for (int q = 0; q < j->q; q++)
                search_direct(j->x, j->query + (ptrdiff_t)q * j->x->d,
                              j->allowed, from, from + n, &l->heap[q]);
    }
}

/* Those of all threads, sorted. */
static void answer(const job *j, int q, mien_neighbour *out, int k)
{
    heap *h = &j->lane[0].heap[q];
    for (int t = 1; t < j->lanes; t++) {
        const heap *other = &j->lane[t].heap[q];
        for (int i = 0; i < other->n; i++)
            offer(h, other->at[i].distance, other->at[i].row);
    }
    for (int i = h->n; i < k; i++)
        out[i] = (mien_neighbour){-1, -1, NAN};
    for (int i = h->n - 1; i >= 0; i--) {
        near one = h->at[0];
        sink(h->at, i, 0, h->at[i]);
        out[i] = (mien_neighbour){one.row, j->x->who[one.row], one.distance};
    }
}

/* ---- memory -------------------------------------------------------------- */

static void job_done(job *j)
{
    for (int t = 0; j->lane && t < j->lanes; t++) {
        if (j->lane[t].heap)
            mi_free(j->lane[t].heap[0].at);
        mi_free(j->lane[t].heap);
        mi_free(j->lane[t].sums);
    }
    mi_free(j->lane);
    mi_free(j->twice);
    mi_free(j->packed);
    mi_free(j->square);
}

/* The product of rows and so many queries, but for the rows. */
static mi_gemm product_of(const job *j, int q)
{
    const int d = j->x->d;
    return (mi_gemm){.n = q, .k = d, .b = j->twice, .ldb = d, .tb = 1};
}

static int lane_new(const job *j, lane *l, size_t q)
{
    size_t floats = j->product ? (BLOCK + 2) * q : 1;
    l->heap = mi_alloc(q, sizeof *l->heap);
    near *at = l->heap ? mi_alloc_raw(q * (size_t)j->k, sizeof *at) : NULL;
    if (!at)
        return 0;
    for (size_t i = 0; i < q; i++)
        l->heap[i] = (heap){at + i * (size_t)j->k, j->k, 0};
    l->sums = mi_alloc_raw(floats, sizeof *l->sums);
    return l->sums != NULL;
}

/* Memory for q queries at a time; 0 when it ended. */
static int job_new(job *j, int q)
{
    mi_gemm g = product_of(j, q);
    int lanes = mien_pool_size(j->pool);
    if (j->product) {
        size_t len = mi_gemm_packed_len(j->kern, &g);
        j->twice = mi_alloc_raw((size_t)q * (size_t)g.k, sizeof *j->twice);
        j->packed = mi_alloc_raw(len, sizeof *j->packed);
        j->square = mi_alloc_raw((size_t)q, sizeof *j->square);
        if (!j->twice || !j->packed || !j->square)
            return 0;
    }
    j->lane = mi_alloc((size_t)lanes, sizeof *j->lane);
    if (!j->lane)
        return 0;
    for (; j->lanes < lanes; j->lanes++)
        if (!lane_new(j, &j->lane[j->lanes], (size_t)q)) {
            j->lanes++;
            return 0;
        }
    return 1;
}

/* ---- the search ---------------------------------------------------------- */

/* Queries times -2 in panels, their squares, and no limits yet. */
static void begin(job *j)
{
    const int d = j->x->d;
    mi_gemm g = product_of(j, j->q);
    for (int q = 0; q < j->q; q++) {
        const float *from = j->query + (ptrdiff_t)q * d;
        j->square[q] = 0;
        for (int i = 0; i < d; i++) {
            j->square[q] += (double)from[i] * (double)from[i];
            j->twice[(ptrdiff_t)q * d + i] = -2 * from[i];
        }
    }
    mi_gemm_pack(j->kern, &g, j->packed);
    for (int t = 0; t < j->lanes; t++) {
        lane *l = &j->lane[t];
        l->limit = l->sums + (ptrdiff_t)BLOCK * j->q;
        l->least = l->limit + j->q;
        for (int q = 0; q < j->q; q++)
            l->limit[q] = FLT_MAX;
    }
}

/* q queries from number `from` on. */
static void search_queries(job *j, int q, mien_neighbour *out, int k)
{
    int tasks = (int)((j->x->n + TASK_ROWS - 1) / TASK_ROWS);
    j->q = q;
    if (j->product)
        begin(j);
    for (int t = 0; t < j->lanes; t++)
        for (int i = 0; i < q; i++)
            j->lane[t].heap[i].n = 0;
    mi_pool_run(j->pool, tasks, search_rows, j);
    for (int i = 0; i < q; i++)
        answer(j, i, out + (ptrdiff_t)i * k, k);
}

mien_status mien_index_search(const mien_index *x, int64_t n,
                              const float *query, int k,
                              const mien_index_options *options,
                              mien_neighbour *out, mien_error *err)
{
    mien_index_options o = MIEN_INDEX_DEFAULTS;
    float most = 0;
    int64_t at = 0;
    assert(n >= 0 && k >= 1);
    if (options)
        o = *options;
    if (!mi_index_finite(n * x->d, query, &most, &at))
        return mi_fail(err, MIEN_EARG,
                       "search: number %lld of query %lld is %g, wanted is a "
                       "finite one",
                       (long long)(at % x->d), (long long)(at / x->d),
                       (double)query[at]);
    job j = {.x = x,
             .kern = mi_kern_best(),
             .allowed = o.allowed,
             .pool = o.pool,
             .k = k < x->n ? k : (int)x->n + !x->n};
    j.product = !x->large && most <= MI_INDEX_LARGE && n >= PRODUCT;
    int good = job_new(&j, n < QUERIES ? (int)n + !n : QUERIES);
    for (int64_t from = 0; good && from < n; from += QUERIES) {
        j.query = query + from * x->d;
        search_queries(&j, n - from < QUERIES ? (int)(n - from) : QUERIES,
                       out + from * k, k);
    }
    job_done(&j);
    return good ? MIEN_OK : mi_no_memory(err);
}
