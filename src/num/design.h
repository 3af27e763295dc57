/* design.h: a table of doubles as a regression reads it: columns centred and
 * scaled as they are read, a column of ones behind, rows in tiles that stay in
 * the cache, sums over rows that do not depend on the number of threads. */
#ifndef MI_NUM_DESIGN_H
#define MI_NUM_DESIGN_H

#include "mien/base.h"

/* Some rows of a design; passed to a step. */
typedef struct mi_rows {
    int64_t first; /* number of the first row */
    int n, ld;
    const double *z; /* [n, ld]: columns 0..p-1, ones, zeros */
    double *spare;   /* [n, ld] */
    double *column;  /* [4, n]: scratch of the step */
    double *sum;     /* what the step adds to */
} mi_rows;

typedef void mi_design_step(void *arg, const mi_rows *rows);

typedef struct mi_design {
    int64_t n;
    int p;
    const double *x;      /* [n, p], row-major, borrowed */
    int ld;               /* p + 1 rounded up to MI_ROWS_PAD */
    double *mean, *scale; /* [ld]: z = (x - mean) scale; owned */
    int every;            /* 1: all tiles; m: each m-th only */
    mien_pool *pool;
    int tile, chunks;    /* rows of a tile; parts that are summed apart */
    int64_t chunk_tiles; /* tiles of a chunk */
    int64_t room;        /* numbers a step may sum */
    double *scratch, *partial;
} mi_design;

/* Prepare, with mean 0, scale 1 and a column of ones.
 *
 *   room  most numbers that a step will sum
 *
 * Fails with ENOMEM.  mi_design_done releases it. */
mien_status mi_design_init(mi_design *d, int64_t n, int p, const double *x,
                           int64_t room, mien_pool *pool, mien_error *err);
/* Release what mi_design_init allocated; x is borrowed. */
void mi_design_done(mi_design *d);

/* Make the last column 0 instead of 1. */
void mi_design_no_ones(mi_design *d);

/* Do step for all rows, and add up what the steps summed, in a fixed order.
 *
 *   sum   [size], set; size <= room */
void mi_design_walk(mi_design *d, mi_design_step *step, void *arg, int64_t size,
                    double *sum);

/* Means and standard deviations (of the population) of the columns, from one
 * pass about the first row: a constant column has exactly 0.
 *
 *   mean, deviation  [p]
 *
 * room >= 2 ld.  Scales and means of d are as from init afterwards. */
void mi_design_moments(mi_design *d, double *mean, double *deviation);

#endif
