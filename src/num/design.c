/* design.c: walk the rows of a table in tiles.
 *
 * A tile (about 64 kB) is copied, centred, scaled and padded once, and all that
 * is wanted of its rows is computed while it is in the cache.  Tiles
 * belong to chunks; each chunk sums into numbers of its own, and the chunks
 * are added in their order.  Tiles and chunks depend on n and p only, so that
 * the sums are the same bits for any number of threads. */
#include "num/design.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/pool.h"
#include "kern/kern.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum {
    TILE_NUMBERS = 4096, /* of a tile: 32 kB, twice (z and spare) */
    TILE_LEAST = 8,
    TILE_MOST = 256,
    CHUNK_ROWS = 4096,
    MAX_CHUNKS = 32,
    PARTIAL_NUMBERS = 1 << 22 /* of all chunks: 32 MB */
};

static size_t lane_numbers(const mi_design *d)
{
    return 2 * (size_t)d->tile * (size_t)d->ld + 4 * (size_t)d->tile;
}

static void divide(mi_design *d)
{
    int tile = TILE_NUMBERS / d->ld;
    d->tile = tile > TILE_MOST ? TILE_MOST : tile / 8 * 8;
    if (d->tile < TILE_LEAST)
        d->tile = TILE_LEAST;
    int64_t most = PARTIAL_NUMBERS / d->room;
    most = most > MAX_CHUNKS ? MAX_CHUNKS : most < 2 ? 2 : most;
    int64_t rows = (d->n + most - 1) / most;
    rows = rows < CHUNK_ROWS ? CHUNK_ROWS : rows;
    d->chunk_tiles = (rows + d->tile - 1) / d->tile;
    rows = d->chunk_tiles * d->tile;
    d->chunks = (int)((d->n + rows - 1) / rows);
}

mien_status mi_design_init(mi_design *d, int64_t n, int p, const double *x,
                           int64_t room, mien_pool *pool, mien_error *err)
{
    assert(n > 0 && p > 0 && room > 0);
    mi_design made = {
        .n = n, .p = p, .x = x, .every = 1, .room = room, .pool = pool};
    made.ld = (p + MI_ROWS_PAD) / MI_ROWS_PAD * MI_ROWS_PAD;
    divide(&made);
    made.mean = mi_alloc((size_t)made.ld, sizeof(double));
    made.scale = mi_alloc((size_t)made.ld, sizeof(double));
    made.scratch = mi_alloc((size_t)mien_pool_size(pool),
                            lane_numbers(&made) * sizeof(double));
    made.partial = mi_alloc((size_t)made.chunks, (size_t)room * sizeof(double));
    if (!made.mean || !made.scale || !made.scratch || !made.partial) {
        mi_design_done(&made);
        return mi_fail(err, MIEN_ENOMEM, "regression: %d columns", p);
    }
    for (int j = 0; j <= p; j++)
        made.scale[j] = 1;
    made.mean[p] = -1; /* (0 - -1) 1: ones */
    *d = made;
    return MIEN_OK;
}

void mi_design_done(mi_design *d)
{
    mi_free(d->mean);
    mi_free(d->scale);
    mi_free(d->scratch);
    mi_free(d->partial);
    *d = (mi_design){0};
}

void mi_design_no_ones(mi_design *d) { d->mean[d->p] = 0; }

typedef struct {
    mi_design *d;
    mi_design_step *step;
    void *arg;
    int64_t size;
} walk;

/* Standardise the tiles of one chunk and hand each to the step. */
static void walk_chunk(void *arg, int chunk, int lane)
{
    const walk *w = arg;
    mi_design *d = w->d;
    double *z = d->scratch + (size_t)lane * lane_numbers(d);
    mi_rows rows = {.ld = d->ld, .z = z};
    rows.spare = z + (size_t)d->tile * (size_t)d->ld;
    rows.column = rows.spare + (size_t)d->tile * (size_t)d->ld;
    rows.sum = d->partial + (size_t)chunk * (size_t)d->room;
    memset(rows.sum, 0, (size_t)w->size * sizeof(double));
    const mi_kern *kern = mi_kern_best();
    int64_t first = chunk * d->chunk_tiles, end = first + d->chunk_tiles;
    for (int64_t t = first; t < end && t * d->tile < d->n; t++) {
        if (t % d->every)
            continue;
        rows.first = t * d->tile;
        int64_t left = d->n - rows.first;
        rows.n = left < d->tile ? (int)left : d->tile;
        kern->standard_f64(rows.n, d->p, d->ld, d->x + rows.first * d->p,
                           d->mean, d->scale, z);
        w->step(w->arg, &rows);
    }
}

static void add_chunks(const mi_design *d, int64_t size, double *sum, int from)
{
    for (int c = from; c < d->chunks; c++)
        for (int64_t i = 0; i < size; i++)
            sum[i] += d->partial[c * d->room + i];
}

void mi_design_walk(mi_design *d, mi_design_step *step, void *arg, int64_t size,
                    double *sum)
{
    assert(size <= d->room);
    walk w = {d, step, arg, size};
    mi_pool_run(d->pool, d->chunks, walk_chunk, &w);
    memset(sum, 0, (size_t)size * sizeof *sum);
    add_chunks(d, size, sum, 0);
}

/* ---- what is wanted of the rows --------------------------------------- */

static void moments_step(void *arg, const mi_rows *rows)
{
    (void)arg;
    double *sum = rows->sum, *square = rows->sum + rows->ld;
    const double *z = rows->z;
    for (int r = 0; r < rows->n; r++, z += rows->ld)
        for (int j = 0; j < rows->ld; j++) {
            sum[j] += z[j];
            square[j] += z[j] * z[j];
        }
}

void mi_design_moments(mi_design *d, double *mean, double *deviation)
{
    assert(d->room >= 2 * (ptrdiff_t)d->ld && d->every == 1);
    memcpy(d->mean, d->x, (size_t)d->p * sizeof *mean);
    for (int j = 0; j < d->p; j++)
        d->scale[j] = 1;
    double *sum = d->partial; /* chunk 0's, to which the others are added */
    walk w = {d, moments_step, NULL, 2 * (int64_t)d->ld};
    mi_pool_run(d->pool, d->chunks, walk_chunk, &w);
    add_chunks(d, 2 * (int64_t)d->ld, sum, 1);
    for (int j = 0; j < d->p; j++) {
        double m = sum[j] / (double)d->n;
        double v = sum[d->ld + j] / (double)d->n - m * m;
        mean[j] = d->x[j] + m;
        deviation[j] = sqrt(v > 0 ? v : 0 * v);
        d->mean[j] = 0;
    }
}
