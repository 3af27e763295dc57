/* pairs.c: all pairs of rows of an index.
 *
 * Pairs are walked twice: counted in bins, which tells up to what distance they
 * are wanted, and then collected up to there.  Fast sums in floats decide what
 * is looked at in double. */
#include "match/pairs.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"
#include "base/pool.h"
#include "kern/kern.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 32, AT_ONCE = 256 };

/* What a thread has found. */
typedef struct lane {
    int64_t *bin; /* [sets, MI_PAIR_BINS] */
    mi_near_pair *two, *one;
    int64_t n_two, n_one;
    int failed;
} lane;

typedef struct job {
    const mi_pair_sets *sets;
    double width; /* more than 0: count */
    float most;   /* of the square of a distance: collect */
    lane *lane;
} job;

int mi_pair_in(const mi_pair_sets *s, int set, int32_t a, int32_t b)
{
    int32_t p = s->x->who[a], q = s->x->who[b];
    if (p == q)
        return 0;
    return set == 0 || (s->group[p] == set - 1 && s->group[q] == set - 1);
}

static void count(const job *j, lane *l, int32_t a, int32_t b, float square)
{
    const mi_pair_sets *s = j->sets;
    int32_t p = s->x->who[a], q = s->x->who[b];
    double at = sqrt((double)square) / j->width;
    int bin = at < MI_PAIR_BINS - 1 ? (int)at : MI_PAIR_BINS - 1;
    if (p == q)
        return;
    l->bin[bin]++;
    if (s->group && s->group[p] >= 0 && s->group[p] == s->group[q])
        l->bin[(ptrdiff_t)(1 + s->group[p]) * MI_PAIR_BINS + bin]++;
}

/* Keep a pair of one person, or a near one of two. */
static void collect(const job *j, lane *l, int32_t a, int32_t b, float square)
{
    const mien_index *x = j->sets->x;
    int same = x->who[a] == x->who[b];
    if (l->failed || (!same && square > j->most))
        return;
    mi_near_pair *to = same ? mi_push(&l->one, l->n_one, sizeof *to)
                            : mi_push(&l->two, l->n_two, sizeof *to);
    l->failed = !to;
    if (!to)
        return;
    (*(same ? &l->n_one : &l->n_two))++;
    *to = (mi_near_pair){mi_index_distance(x->d, x->row + (ptrdiff_t)a * x->d,
                                           x->row + (ptrdiff_t)b * x->d),
                         a, b};
}

/* A task: some rows, each with all before it. */
static void walk(void *arg, int task, int lane_at)
{
    const job *j = arg;
    lane *l = &j->lane[lane_at];
    const mien_index *x = j->sets->x;
    const mi_kern *kern = mi_kern_best();
    float square[AT_ONCE];
    int32_t from = task * ROWS, to = from + ROWS;
    to = to < x->n ? to : (int32_t)x->n;
    for (int32_t a = from; a < to; a++)
        for (int32_t b = 0; b < a; b += AT_ONCE) {
            int n = a - b < AT_ONCE ? a - b : AT_ONCE;
            kern->dist2_rows_f32(n, x->d, x->row + (ptrdiff_t)b * x->d,
                                 x->row + (ptrdiff_t)a * x->d, square);
            for (int i = 0; i < n; i++)
                (j->width > 0 ? count : collect)(j, l, a, b + i, square[i]);
        }
}

static void run(job *j)
{
    int tasks = (int)((j->sets->x->n + ROWS - 1) / ROWS);
    mi_pool_run(j->sets->pool, tasks, walk, j);
}

mien_status mi_pairs_count(const mi_pair_sets *s, double width, int64_t *bin,
                           mien_error *err)
{
    int lanes = mien_pool_size(s->pool);
    size_t bins = (size_t)s->sets * MI_PAIR_BINS;
    job j = {s, width, 0, mi_alloc((size_t)lanes, sizeof(lane))};
    int64_t *all = mi_alloc((size_t)lanes * bins, sizeof *all);
    if (!j.lane || !all) {
        mi_free(j.lane);
        mi_free(all);
        return mi_no_memory(err);
    }
    for (int t = 0; t < lanes; t++)
        j.lane[t].bin = all + (size_t)t * bins;
    run(&j);
    memset(bin, 0, bins * sizeof *bin);
    for (int t = 0; t < lanes; t++)
        for (size_t i = 0; i < bins; i++)
            bin[i] += j.lane[t].bin[i];
    mi_free(j.lane);
    mi_free(all);
    return MIEN_OK;
}

static int nearer(const void *a, const void *b)
{
    const mi_near_pair *x = a, *y = b;
    if (x->distance < y->distance || x->distance > y->distance)
        return x->distance < y->distance ? -1 : 1;
    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    return (x->b > y->b) - (x->b < y->b);
}

/* Move pairs behind others; 0 when memory ended. */
static int append(mi_near_pair **to, int64_t *n, const mi_near_pair *from,
                  int64_t more)
{
    mi_near_pair *at = mi_grow(to, *n, more, sizeof *at);
    if (!at)
        return 0;
    if (more)
        memcpy(at, from, (size_t)more * sizeof *at);
    *n += more;
    return 1;
}

mien_status mi_pairs_collect(const mi_pair_sets *s, double most,
                             mi_near_pair **two, int64_t *n_two,
                             mi_near_pair **one, int64_t *n_one,
                             mien_error *err)
{
    int lanes = mien_pool_size(s->pool);
    double square = most * most * (1 + 4 * mi_index_share(s->x->d));
    job j = {s, 0, (float)square, mi_alloc((size_t)lanes, sizeof(lane))};
    lane all = {.failed = !j.lane};
    if (j.lane)
        run(&j);
    for (int t = 0; j.lane && t < lanes; t++) {
        const lane *l = &j.lane[t];
        all.failed |= l->failed ||
                      !append(&all.two, &all.n_two, l->two, l->n_two) ||
                      !append(&all.one, &all.n_one, l->one, l->n_one);
        mi_free(l->two);
        mi_free(l->one);
    }
    mi_free(j.lane);
    if (all.failed) {
        mi_free(all.two);
        mi_free(all.one);
        return mi_no_memory(err);
    }
    if (all.two)
        qsort(all.two, (size_t)all.n_two, sizeof *all.two, nearer);
    if (all.one)
        qsort(all.one, (size_t)all.n_one, sizeof *all.one, nearer);
    *two = all.two;
    *one = all.one;
    *n_two = all.n_two;
    *n_one = all.n_one;
    return MIEN_OK;
}
