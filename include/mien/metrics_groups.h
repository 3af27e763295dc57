/* mien/metrics_groups.h: how good a classifier is for each group of rows.
 *
 *   labels 0/1 + scores, a group's number a row
 *     -> mien_rates_by_group   figures of each group, with intervals, and how
 *                              far groups lie apart
 *
 * A share of few rows says little: where it has fewer than MIEN_GROUPS_FEW it
 * has no interval and no part in a gap, and is to be shown as "too few". */
#ifndef MIEN_METRICS_GROUPS_H
#define MIEN_METRICS_GROUPS_H

#include "mien/metrics.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Groups at most. */
#define MIEN_GROUPS_MAX 200
/* Below so many rows nothing is said of a share. */
#define MIEN_GROUPS_FEW 10

/* The shares of rows that are told of each group. */
typedef enum mien_group_figure {
    MIEN_GROUP_RECALL,      /* found, of events */
    MIEN_GROUP_FALSE_ALARM, /* alarmed, of rows that are no events */
    MIEN_GROUP_PRECISION,   /* events, of alarms */
    MIEN_GROUP_ALARMS,      /* alarmed, of all rows */
    MIEN_GROUP_ACCURACY     /* called what they are, of all rows */
} mien_group_figure;
#define MIEN_GROUP_FIGURES 5

/* A share of rows and how sure it is. */
typedef struct mien_share {
    int64_t count, of;
    double value;     /* count / of; NaN of none */
    double low, high; /* 95 %; NaN where `of` is below MIEN_GROUPS_FEW */
} mien_share;

/* Count a share.
 *
 *   count  0..of, asserted
 *   of     rows, 0 or more
 *
 * Source: Wilson 1927, score interval without continuity correction. */
MIEN_API mien_share mien_share_of(int64_t count, int64_t of);

/* How good scores are for one group. */
typedef struct mien_group_rates {
    int64_t rows, events;
    mien_share share[MIEN_GROUP_FIGURES];
    double auc, auc_low, auc_high; /* 95 %, DeLong's; NaN below
                                      MIEN_GROUPS_FEW rows of a class */
} mien_group_rates;

/* The difference of a share between two groups: the pair that most surely
 * differs, where one does; else the pair that lies furthest apart. */
typedef struct mien_group_gap {
    int highest, lowest; /* groups; -1: fewer than two have enough rows */
    int groups;          /* that have enough */
    double value;        /* share of the one less that of the other, 0..1 */
    double low, high;    /* 95 % for all pairs of groups together */
} mien_group_gap;

/* Judge scores at a threshold, group by group.
 *
 *   rows       weights are not looked at
 *   threshold  score >= threshold is called 1
 *   group      [rows->n] 0..groups - 1; -1: in none
 *   groups     1..MIEN_GROUPS_MAX, asserted
 *   rates      [groups]
 *   gap        [MIEN_GROUP_FIGURES]
 *
 * The interval of a gap is that of a difference of two shares, widened by
 * Bonferroni's rule since the two were picked among all pairs: where it lies
 * above 0, groups differ.
 * Fails with EARG (a score that is not finite), ELIMIT, ENOMEM.
 * Source: Newcombe 1998, method 10; DeLong, DeLong & Clarke-Pearson 1988. */
MIEN_API MIEN_CHECKED mien_status mien_rates_by_group(
    const mien_scored *rows, double threshold, const int32_t *group, int groups,
    mien_group_rates *rates, mien_group_gap *gap, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
