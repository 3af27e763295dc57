/* rows.h: what every metric checks first. */
#ifndef MI_METRICS_ROWS_H
#define MI_METRICS_ROWS_H

#include "mien/metrics.h"

/* EARG or ELIMIT, with the row, unless all labels are 0 or 1, scores finite
 * and weights finite, >= 0 and not all 0. */
mien_status mi_rows_check(const mien_scored *rows, mien_error *err);

/* mi_rows_check, and all scores are 0..1. */
mien_status mi_rows_check_probability(const mien_scored *rows, mien_error *err);

/* EARG unless weight is NULL or all are finite, >= 0 and not all 0. */
mien_status mi_weight_check(int64_t n, const double *weight, mien_error *err);

static inline double mi_weight_of(const double *weight, int64_t i)
{
    return weight ? weight[i] : 1;
}

#endif
