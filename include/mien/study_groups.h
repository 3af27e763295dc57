/* mien/study_groups.h: a model of tables judged for each group of rows.
 *
 *   "sex", "age:18:65" -> mien_evaluate_by -> mien_groupings
 *     -> mien_groupings_text, mien_groupings_json
 *
 * Groups are the values of a column, or bands of a column of numbers.  A group
 * that the model never learned from cannot be judged: what it does there is
 * chance.  Which groups it learned from is recorded in a model that was
 * trained with the same columns (mien_study_options.by), and known of columns
 * of texts that it reads. */
#ifndef MIEN_STUDY_GROUPS_H
#define MIEN_STUDY_GROUPS_H

#include "mien/metrics_groups.h"
#include "mien/study.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Columns of groups at most, and bytes of a group's value. */
#define MIEN_GROUPS_MAX_COLUMNS 8
#define MIEN_GROUPS_MAX_VALUE 255

/* What is known of rows that a model learned from. */
#define MIEN_TRAINED_UNKNOWN (-1) /* nothing */
#define MIEN_TRAINED_SOME (-2)    /* there were such rows */

/* A group of rows. */
typedef struct mien_group {
    char *name;             /* its value, "18 to 65", "missing"; owned */
    int64_t trained;        /* rows like these that the model learned from, or
                               MIEN_TRAINED_*; 0: it cannot be judged */
    mien_group_rates rates; /* only rows and events where trained is 0 */
} mien_group;

/* The groups by one column, or by all together. */
typedef struct mien_grouping {
    char *by; /* "sex", "age:18:65", "sex x age:18:65"; owned */
    int groups;
    mien_group *group;                      /* [groups] owned */
    mien_group_gap gap[MIEN_GROUP_FIGURES]; /* among those judged */
} mien_grouping;

/* One for each column, and one of all together where there are two or more and
 * no more than MIEN_GROUPS_MAX combinations. */
typedef struct mien_groupings {
    int n;
    mien_grouping *grouping; /* [n] owned */
    int crossed;             /* combinations of all that were too many to be
                                told apart; 0: they are told */
} mien_groupings;

/* Judge a model on a table whose answers are known, for all rows and by groups.
 *
 *   m        a model
 *   t        as for mien_evaluate; has the columns of groups too
 *   options  NULL: MIEN_EVALUATE_DEFAULTS
 *   n        0..MIEN_GROUPS_MAX_COLUMNS
 *   by       [n] a column's name; with ":" and ascending bounds behind it bands
 *            of numbers: "age:18:65" is below 18, 18 to below 65, 65 and more
 *   verdict  of all rows
 *   out      release with mien_groupings_free
 *
 * Rows without a value are a group, "missing".  A window is of the group of its
 * last row.
 * Fails with what mien_evaluate fails with, EARG (no such column, bounds, a
 * value that is too long, more than MIEN_GROUPS_MAX values), ELIMIT. */
MIEN_API MIEN_CHECKED mien_status mien_evaluate_by(
    mien_tabular *m, const mien_table *t, const mien_evaluate_options *options,
    int n, const char *const *by, mien_verdict *verdict, mien_groupings *out,
    mien_error *err);

/* Release groupings.
 *
 *   g  cleared; NULL is allowed */
MIEN_API void mien_groupings_free(mien_groupings *g);

/* Say for each group how good the model is there, and how far groups lie apart.
 *
 *   g    groupings
 *   out  lines of text are added */
MIEN_API void mien_groupings_text(const mien_groupings *g, mien_buffer *out);

/* Write the same as a JSON array.
 *
 *   g    groupings
 *   key  of the array, or NULL
 *   j    a text being written */
MIEN_API void mien_groupings_json(const mien_groupings *g, const char *key,
                                  mien_json *j);

/* The test part of a study by the groups of its options: borrowed.
 *
 *   s  was judged */
MIEN_API const mien_groupings *mien_study_groups(const mien_study *s);

#ifdef __cplusplus
}
#endif
#endif
