/* mien/dataset.h: what is wrong with the data before a model learns from it.
 *
 *   a CSV file, block by block -> mien_dataset_check -> mien_dataset
 *     -> mien_dataset_findings: worst first
 *     -> mien_dataset_text, _json, _markdown, _page
 *
 * One pass over the file counts, in memory that does not grow with it, and
 * draws a sample of its rows; the costlier checks look at the sample, which is
 * the whole table as long as that is small.  A finding says how much, where and
 * what to do.  Results do not depend on the number of threads. */
#ifndef MIEN_DATASET_H
#define MIEN_DATASET_H

#include "mien/json.h"
#include "mien/report_roles.h"
#include "mien/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The costlier checks, added up. */
enum {
    MIEN_CHECK_SHAPE = 1,  /* heaping, units, sentinels, of the sample */
    MIEN_CHECK_SHIFT = 2,  /* columns that change along the file */
    MIEN_CHECK_NEAR = 4,   /* rows that are alike in all columns but one */
    MIEN_CHECK_LEAK = 8,   /* columns that know the label */
    MIEN_CHECK_NOISE = 16, /* labels that are wrong */
    MIEN_CHECK_ALL = 31
};

/* Where a file's bytes come from. */
typedef struct mien_dataset_source {
    /* Put up to room bytes at to; *n 0: the file has ended. */
    mien_status (*read)(void *arg, uint8_t *to, size_t room, size_t *n,
                        mien_error *err);
    void *arg;
} mien_dataset_source;

/* How to look.  Begin with MIEN_DATASET_DEFAULTS. */
typedef struct mien_dataset_options {
    mien_csv_options csv;     /* how the file is read; its pool is used */
    const char *label;        /* the column that is to be learned, or NULL */
    const char *const *group; /* [groups] columns whose values, together, make
                                 groups of people or things */
    int groups;
    const mien_table *population; /* of the groups, or NULL: a row a group, and
                                     one column of numbers beside: how many */
    unsigned checks;              /* MIEN_CHECK_* */
    uint32_t seed;                /* of the sample and the folds */
    const mien_roles *roles; /* of the file's columns, where they are known;
                                or NULL */
} mien_dataset_options;
#define MIEN_DATASET_DEFAULTS                                                  \
    {                                                                          \
        MIEN_CSV_DEFAULTS, NULL, NULL, 0, NULL, MIEN_CHECK_ALL, 20190402, NULL \
    }
#define MIEN_DATASET_MAX_GROUPS 4096 /* combinations of values */
#define MIEN_DATASET_MAX_BY 8        /* columns that make them */

/* What was found out about a file. */
typedef struct mien_dataset mien_dataset;

/* How grave a finding is. */
typedef enum mien_weight {
    MIEN_WEIGHT_WRONG, /* a model should not be trained before it is mended */
    MIEN_WEIGHT_QUESTION, /* a person who knows the data has to say */
    MIEN_WEIGHT_NOTE      /* worth knowing */
} mien_weight;

/* One thing that was found; its texts are borrowed. */
typedef struct mien_finding {
    const char *check; /* "duplicates" */
    mien_weight weight;
    const char *where;   /* the column or columns; "": the whole table */
    int64_t count, of;   /* how many of how many rows, values or groups */
    double size;         /* of the effect; NaN: count / of says it */
    const char *measure; /* what size is: "KS distance" */
    const char *text;    /* what was found, in a sentence or two */
    const char *advice;  /* what to do */
} mien_finding;

/* Look at a table.
 *
 *   source   read to its end; called from this thread
 *   options  NULL: MIEN_DATASET_DEFAULTS; strings and the population are
 *            borrowed until the object is released
 *   out      owned by the caller; free with mien_dataset_free
 *
 * Memory: below 300 MB for tables of up to 200 columns, however many rows;
 * files that mien_csv_can_stream refuses are read whole.
 * Fails with what reading fails with, EARG (a column asked for is not there; a
 * population without the groups or without one column of numbers), ELIMIT (more
 * than MIEN_DATASET_MAX_GROUPS combinations), EFORMAT (no rows), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_dataset_check(
    const mien_dataset_source *source, const mien_dataset_options *options,
    mien_dataset **out, mien_error *err);

/* Release what was found out.
 *
 *   d  NULL is allowed */
MIEN_API void mien_dataset_free(mien_dataset *d);

/* How many rows there are.
 *
 *   d  a data set that was looked at */
MIEN_API int64_t mien_dataset_rows(const mien_dataset *d);

/* The findings, the worst first.
 *
 *   d    keeps them
 *   ret_count  how many there are
 *
 * NULL if there is none. */
MIEN_API const mien_finding *mien_dataset_findings(const mien_dataset *d,
                                                   int *ret_count);

/* Say what was found: a paragraph a finding, then which checks ran, how long
 * each took, and which did not and why.
 *
 *   d     a data set that was looked at
 *   name  of the file
 *   out   the text is added */
MIEN_API void mien_dataset_text(const mien_dataset *d, const char *name,
                                mien_buffer *out);

/* Write all figures as a JSON object: "schema" mien/dataset-check/1.  It has no
 * times, so that it is the same in every run.
 *
 *   d     a data set that was looked at
 *   name  of the file
 *   j     a text being written */
MIEN_API void mien_dataset_json(const mien_dataset *d, const char *name,
                                mien_json *j);

/* Write findings and columns as Markdown.
 *
 *   d     a data set that was looked at
 *   name  of the file
 *   out   the text is added */
MIEN_API void mien_dataset_markdown(const mien_dataset *d, const char *name,
                                    mien_buffer *out);

/* Write a page of HTML that needs no other file: the findings first, columns
 * folded behind them, with their distributions.
 *
 *   d     a data set that was looked at
 *   name  of the file
 *   out   the page is added */
MIEN_API void mien_dataset_page(const mien_dataset *d, const char *name,
                                mien_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
