/* pictures_noise_reduce.c: many numbers a picture made few.
 *
 * The directions v of most variance of rows x come from a random start by
 * orthogonal iteration, v <- orth(X' X v), with some directions to spare, on a
 * random part of the rows.  A number is (x - mean) . v by the root of its
 * deviation, so that a ridge penalty trusts what varies most, but not in
 * proportion.
 * Source: Halko, Martinsson, Tropp, Finding structure with randomness, SIAM
 * Review 53(2), 2011, algorithm 4.4. */
#include "dataset/pictures_noise.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"

#include <math.h>
#include <string.h>

enum {
    D = MI_PICTURE_FEATURES,
    STEPS = 4,
    SPARE = 8,
    WIDEST = MI_PICTURE_NUMBERS + SPARE,
    FIT_ROWS = 1500,
    PART = 64
};

typedef struct reduction {
    const mi_picture_noise *s;
    mi_noise_work *work;
    int k, wide; /* wide: k and those to spare */
    float mean[D];
    float *v, *w;    /* [D, wide] */
    double *squares; /* [wide] sums over the rows fitted, then what a number is
                        multiplied with */
} reduction;

/* The features of row i. */
static const float *features(const reduction *r, int64_t i)
{
    return r->s->feature + (size_t)r->s->slot[r->work->row[i]] * D;
}

/* t [wide] = (x - mean) V; the inner loop runs along the directions. */
static void project(const reduction *r, const float *x, float *t)
{
    memset(t, 0, (size_t)r->wide * sizeof *t);
    for (int d = 0; d < D; d++) {
        const float *v = r->v + (size_t)d * (size_t)r->wide;
        const float c = x[d] - r->mean[d];
        for (int k = 0; k < r->wide; k++)
            t[k] += c * v[k];
    }
}

/* W = sum (x - mean)' t over m rows, and the squares. */
static void walk(reduction *r, int64_t m, const int64_t *row)
{
    float t[WIDEST];
    memset(r->w, 0, D * (size_t)r->wide * sizeof *r->w);
    memset(r->squares, 0, (size_t)r->wide * sizeof *r->squares);
    for (int64_t i = 0; i < m; i++) {
        const float *x = features(r, row[i]);
        project(r, x, t);
        for (int k = 0; k < r->wide; k++)
            r->squares[k] += (double)t[k] * (double)t[k];
        for (int d = 0; d < D; d++) {
            float *w = r->w + (size_t)d * (size_t)r->wide;
            const float c = x[d] - r->mean[d];
            for (int k = 0; k < r->wide; k++)
                w[k] += c * t[k];
        }
    }
}

/* Make the columns of W orthogonal, of length 1, in their order, as V; what
 * depends on those before it becomes 0. */
static void make_orthogonal(reduction *r)
{
    const int n = r->wide;
    for (int k = 0; k < n; k++) {
        double before = 0, length = 0;
        for (int d = 0; d < D; d++)
            before += (double)r->w[d * n + k] * (double)r->w[d * n + k];
        for (int turn = 0; turn < 2; turn++)
            for (int j = 0; j < k; j++) {
                double dot = 0;
                for (int d = 0; d < D; d++)
                    dot += (double)r->w[d * n + k] * (double)r->v[d * n + j];
                for (int d = 0; d < D; d++)
                    r->w[d * n + k] -= (float)dot * r->v[d * n + j];
            }
        for (int d = 0; d < D; d++)
            length += (double)r->w[d * n + k] * (double)r->w[d * n + k];
        double scale = length > 1e-10 * before ? 1 / sqrt(length) : 0;
        for (int d = 0; d < D; d++)
            r->v[d * n + k] = (float)((double)r->w[d * n + k] * scale);
    }
}

/* The mean and the directions of m rows. */
static void fit(reduction *r, int64_t m, const int64_t *row,
                mien_random *chance)
{
    for (int d = 0; d < D; d++) {
        double sum = 0;
        for (int64_t i = 0; i < m; i++)
            sum += (double)features(r, row[i])[d];
        r->mean[d] = (float)(sum / (double)m);
    }
    for (int i = 0; i < D * r->wide; i++)
        r->w[i] = (float)mien_random_normal(chance);
    for (int step = 0; step < STEPS; step++) {
        make_orthogonal(r);
        walk(r, m, row);
    }
    make_orthogonal(r);
    walk(r, m, row);
}

/* The numbers of a part of the rows. */
static void apply(void *arg, int part, int lane)
{
    reduction *r = arg;
    mi_noise_work *work = r->work;
    const int64_t first = (int64_t)part * PART;
    float t[WIDEST];
    (void)lane;
    for (int64_t i = first; i < work->n && i < first + PART; i++) {
        project(r, features(r, i), t);
        for (int k = 0; k < r->k; k++)
            work->x[i * work->width + k] = (double)t[k] * r->squares[k];
    }
}

/* Directions, what their numbers are multiplied with, and the numbers. */
static void reduce(reduction *r, int64_t *row)
{
    mi_noise_work *work = r->work;
    const int64_t m = work->n < FIT_ROWS ? work->n : FIT_ROWS;
    mien_random chance;
    mien_random_init(&chance, work->c->o.seed);
    mien_random_permutation(&chance, work->n, row);
    fit(r, m, row, &chance);
    for (int k = 0; k < r->k; k++)
        r->squares[k] =
            r->squares[k] > 0 ? pow(r->squares[k] / (double)m, -.25) : 0;
    mi_pool_run(work->c->o.pool, (int)((work->n + PART - 1) / PART), apply, r);
}

mien_status mi_picture_reduce(mi_noise_work *w, const mi_picture_noise *s,
                              int k, mien_error *err)
{
    const size_t wide = (size_t)k + SPARE;
    reduction *r = mi_alloc(1, sizeof *r);
    int64_t *row = mi_alloc((size_t)w->n, sizeof *row);
    mien_status st = r && row ? MIEN_OK : mi_no_memory(err);
    if (!st) {
        *r = (reduction){.s = s, .work = w, .k = k, .wide = (int)wide};
        r->v = mi_alloc(D * wide, sizeof *r->v);
        r->w = mi_alloc(D * wide, sizeof *r->w);
        r->squares = mi_alloc(wide, sizeof *r->squares);
        st = r->v && r->w && r->squares ? MIEN_OK : mi_no_memory(err);
    }
    if (!st)
        reduce(r, row);
    if (r) {
        mi_free(r->v);
        mi_free(r->w);
        mi_free(r->squares);
    }
    mi_free(r);
    mi_free(row);
    return st;
}
