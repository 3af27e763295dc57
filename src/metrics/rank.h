/* rank.h: what a ranking holds. */
#ifndef MI_METRICS_RANK_H
#define MI_METRICS_RANK_H

#include "metrics/rows.h"

/* Cut g alarms the groups 0 .. g - 1; there are groups + 1 cuts. */
struct mien_ranking {
    int64_t n;      /* rows kept */
    int64_t groups; /* different scores */
    uint8_t *y;     /* [n] by descending score */
    double *weight; /* [n] likewise, or NULL: 1 each */
    uint32_t *end;  /* [groups] one past the last row of a group */
    double *score;  /* [groups] descending */
    double *tp;     /* [groups + 1] ones alarmed by a cut */
    double *fp;     /* [groups + 1] zeros alarmed by a cut */
    double ones, zeros;
};

/* Row numbers 0..n-1 by descending score, equal scores in ascending order of
 * rows; n <= MIEN_METRICS_ROWS_MAX, row [n]. */
mien_status mi_rank_rows(int64_t n, const double *score, uint32_t *row,
                         mien_error *err);

/* EARG unless there are ones and, if both, zeros too. */
mien_status mi_ranking_need(const mien_ranking *r, int both, const char *what,
                            mien_error *err);

/* The counts at cut g. */
mien_confusion mi_ranking_cut(const mien_ranking *r, int64_t g);

/* How many groups score >= threshold. */
int64_t mi_ranking_find(const mien_ranking *r, double threshold);

/* Cut g as a point: its threshold, counts and rates; value 0. */
mien_threshold mi_ranking_point(const mien_ranking *r, int64_t g, double beta);

#endif
