/* groups.h: groups of rows, judged, and those that a model learned from. */
#ifndef MI_STUDY_GROUPS_H
#define MI_STUDY_GROUPS_H

#include "study/parted.h"

/* A table's rows by columns and by all of them at once. */
typedef struct mi_groups_by {
    int n; /* by each column, and by all */
    mi_parted parted[MIEN_GROUPS_MAX_COLUMNS + 1];
    int crossed; /* as in mien_groupings */
} mi_groups_by;

/* Put the rows of a table into groups; released with mi_groups_by_done. */
mien_status mi_groups_by_read(const mien_table *t, int n, const char *const *by,
                              mi_groups_by *out, mien_error *err);
/* Release groups; cleared. */
void mi_groups_by_done(mi_groups_by *g);

/* Judge rows that stand in the table at row[i].
 *
 *   record  the model's "groups"
 *   e       the model's columns */
mien_status mi_groups_judge(const mi_groups_by *g, const mien_scored *rows,
                            const int64_t *row, double threshold,
                            const char *record, const mien_encoder *e,
                            mien_groupings *out, mien_error *err);

/* Record how many of n rows each group has: lines of "by", "name", count.
 *
 *   row  [n] rows of the table */
void mi_groups_record(const mi_groups_by *g, int64_t n, const int64_t *row,
                      mien_buffer *out);

#endif
