/* parted.h: the rows of a table by a column, by bands, or by several at once.
 */
#ifndef MI_STUDY_PARTED_H
#define MI_STUDY_PARTED_H

#include "mien/study_groups.h"

/* Rows in groups; all owned, released with mi_parted_done. */
typedef struct mi_parted {
    char *by;
    int column; /* of the table; -1: several */
    int bands;  /* 1: by bounds */
    int groups;
    char **name; /* [groups] */
    int32_t *of; /* [rows of the table] 0..groups - 1 */
} mi_parted;

/* Release groups; cleared. */
void mi_parted_done(mi_parted *p);
/* Put the rows of a table into groups, as mien_evaluate_by says. */
mien_status mi_parted_read(const mien_table *t, const char *by, mi_parted *out,
                           mien_error *err);
/* Put them into groups by n at once; *out has no groups if there were more than
 * MIEN_GROUPS_MAX: then *many counts them, up to where counting ended. */
mien_status mi_parted_cross(int64_t rows, int n, const mi_parted *p,
                            mi_parted *out, int *many, mien_error *err);

#endif
