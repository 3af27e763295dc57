/* drift.h: the parts of a comparison of two tables. */
#ifndef MI_DATASET_DRIFT_H
#define MI_DATASET_DRIFT_H

#include "mien/dataset_compare.h"

enum { MI_DRIFT_CELLS = 512, MI_DRIFT_FEW = 10 };

/* Values that are one for the intervals. */
typedef struct mi_drift_cell {
    double at;       /* of numbers: their mean */
    double count[2]; /* before, now */
} mi_drift_cell;

/* A column of both tables, its rows, and how it is compared. */
typedef struct mi_drift_pair {
    mien_column column[2];
    int64_t rows[2];
    const mien_drift_options *o;
    uint32_t seed; /* of its intervals */
} mi_drift_pair;

/* Differences of numbers. */
typedef struct mi_drift_measures {
    double mean_shift, distance, wasserstein;
} mi_drift_measures;

/* drift_cells.c */
/* A draw from Poisson's distribution; of a large mean by the normal one. */
double mi_drift_poisson(mien_random *r, double mean);
/* The differences of cells in ascending order; deviation: of before, that
 * wasserstein is told in. */
mi_drift_measures mi_drift_measure(int n, const mi_drift_cell *cell,
                                   double deviation);
/* The total variation of cells. */
double mi_drift_variation(int n, const mi_drift_cell *cell);
/* Intervals of both, by drawing the counts again; numbers: 1, all three of c;
 * 0, its distance. */
mien_status mi_drift_intervals(const mi_drift_pair *p, int n,
                               const mi_drift_cell *cell, int numbers,
                               double deviation, mien_drift_column *c,
                               mien_error *err);

/* drift_numbers.c, drift_texts.c: fill in a column whose name, type and missing
 * values are known. */
mien_status mi_drift_numbers(const mi_drift_pair *p, mien_drift_column *c,
                             mien_error *err);
/* The same of texts. */
mien_status mi_drift_texts(const mi_drift_pair *p, mien_drift_column *c,
                           mien_error *err);

/* drift_joint.c: all columns at once. */
mien_status mi_drift_joint(const mien_table *const t[2],
                           const mien_drift_options *o, mien_drift *d,
                           mien_error *err);

/* drift_test.c */
/* The chance of a distance of Kolmogorov and Smirnov's of d or more among n and
 * m values of one distribution.  NaN when memory ended. */
double mi_drift_ks_p(double d, int64_t n, int64_t m);
/* The chance of x or more, of chi-square with k degrees of freedom. */
double mi_drift_chi_p(double x, double k);
/* The chance of z or more, of a normal distribution. */
double mi_drift_normal_p(double z);
/* p [n] for all at once, by Benjamini and Hochberg; NaN stays. */
mien_status mi_drift_adjust(int n, const double *p, double *out,
                            mien_error *err);
/* Cohen's h of two shares. */
double mi_drift_share_shift(const int64_t part[2], const int64_t whole[2]);
/* The chance that two shares of one distribution differ so much. */
double mi_drift_share_p(const int64_t part[2], const int64_t whole[2]);

/* drift_level.c */
/* How large a value is. */
mien_drift_level mi_drift_size(double value, const mien_drift_limits *limits);
/* The level of a column, once its chance is adjusted. */
void mi_drift_judge(mien_drift_column *c, double alpha);
/* The level of all columns at once. */
void mi_drift_judge_joint(mien_drift_joint *j, double alpha);
/* How bad a level is among others, 0 for the least. */
int mi_drift_rank(mien_drift_level level);

#endif
