/* mien/report_table.h: what a table holds, as text, as JSON and as pictures.
 *
 *   mien_table_describe -> mien_summary_text, mien_summary_json
 *   a table -> mien_table_remarks, mien_table_correlation_text
 *   a table -> mien_table_figure -> mien_figure_render
 *   a table -> mien_table_figure_json */
#ifndef MIEN_REPORT_TABLE_H
#define MIEN_REPORT_TABLE_H

#include "mien/report.h"
#include "mien/table_columns.h"
#include "mien/table_dates.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Write summaries as a table of text, a line a column.
 *
 *   t    a table
 *   s    [columns] from mien_table_describe
 *   out  the text is added */
MIEN_API void mien_summary_text(const mien_table *t, const mien_summary *s,
                                mien_buffer *out);

/* Write summaries as a JSON object with an object for each column.
 *
 *   t    a table
 *   s    [columns] from mien_table_describe
 *   key  of the object, or NULL
 *   j    a text being written */
MIEN_API void mien_summary_json(const mien_table *t, const mien_summary *s,
                                const char *key, mien_json *j);

/* What a description of a table has.  Begin with MIEN_DESCRIBE_DEFAULTS. */
typedef struct mien_describe_options {
    int by;                /* -1, or a column: a part for each of its values,
                              MIEN_DESCRIBE_GROUPS at most */
    int correlate;         /* 1: with the correlations of columns of numbers */
    mien_correlation kind; /* which */
    mien_pool *pool;       /* NULL: one thread */
    const int *column;     /* [columns] of numbers, those that are correlated;
                              NULL: all */
    int columns;
} mien_describe_options;
#define MIEN_DESCRIBE_DEFAULTS                         \
    {                                                  \
        -1, 0, MIEN_CORRELATION_PEARSON, NULL, NULL, 0 \
    }
#define MIEN_DESCRIBE_GROUPS 100

/* Write what a table holds as JSON, with all digits: as mien_summary_json does,
 * or, with correlations, an object of "columns" and "correlation"; with a
 * column to part by, of "by" and "groups", each {"value", "rows", "columns"}
 * and, of its rows, "correlation".
 *
 *   t  a table
 *   o  what
 *   j  a text being written
 *
 * Fails with ELIMIT (more groups), EARG (a column of texts is to be
 * correlated), ENOMEM; what was written then is no whole text. */
MIEN_API MIEN_CHECKED mien_status
mien_table_description_json(const mien_table *t, const mien_describe_options *o,
                            mien_json *j, mien_error *err);

/* Write rows as JSON: an array of arrays, texts in quotes, null where a value
 * is missing, "inf" and "-inf" where a number is infinite.
 *
 *   t     a table
 *   n     how many rows
 *   rows  [n] each 0..rows - 1, asserted; NULL: the first n
 *   key   of the array, or NULL
 *   j     a text being written */
MIEN_API void mien_table_rows_json(const mien_table *t, int64_t n,
                                   const int64_t *rows, const char *key,
                                   mien_json *j);

/* Say what is odd in a table, a line each: constant columns, copies, infinite
 * values, rows that are there twice.
 *
 *   t     a table
 *   pool  shares the columns; may be NULL
 *   out   the text is added
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_table_remarks(const mien_table *t,
                                                     mien_pool *pool,
                                                     mien_buffer *out,
                                                     mien_error *err);

/* Write the correlations of all columns of numbers as a table of text.
 *
 *   t     a table
 *   kind  which correlation
 *   pool  shares the pairs; may be NULL
 *   out   the text is added; nothing, without columns of numbers
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_table_correlation_text(const mien_table *t, mien_correlation kind,
                            mien_pool *pool, mien_buffer *out, mien_error *err);

/* ---- pictures ------------------------------------------------------------ */

typedef enum mien_table_plot {
    MIEN_PLOT_SCATTER,
    MIEN_PLOT_LINE,
    MIEN_PLOT_HISTOGRAM,
    MIEN_PLOT_BOX,
    MIEN_PLOT_MATRIX /* every column of numbers against every other */
} mien_table_plot;

enum { MIEN_PLOT_MAX_GROUPS = 9, MIEN_PLOT_MAX_MATRIX = 8 };

/* What is drawn of a table.  Begin with MIEN_TABLE_FIGURE_DEFAULTS. */
typedef struct mien_table_figure_options {
    mien_table_plot kind;
    int x, y; /* columns of numbers or dates; -1: none.  A line without x is
                 drawn over the number of the row */
    int by;   /* -1, or a column: a panel (scatter, line) or a
                 colour or box for each of its values */
    unsigned fitted;      /* scatter, line: MIEN_FITTED_* added up */
    double width, height; /* pixels or points */
} mien_table_figure_options;
#define MIEN_TABLE_FIGURE_DEFAULTS                 \
    {                                              \
        MIEN_PLOT_SCATTER, -1, -1, -1, 0, 900, 640 \
    }

/* Draw columns of a table.
 *
 *   t        a table
 *   options  what; a matrix shows the first MIEN_PLOT_MAX_MATRIX columns of
 *            numbers
 *   out      owned by the caller; free with mien_figure_free
 *   remarks  a line is added for each curve that could not be fitted; may be
 *            NULL
 *
 * Fails with EARG (a column that the kind needs is not given or holds texts, no
 * column of numbers, a size out of range), ELIMIT (more than
 * MIEN_PLOT_MAX_GROUPS values of by), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_table_figure(const mien_table *t, const mien_table_figure_options *options,
                  mien_figure **out, mien_buffer *remarks, mien_error *err);

/* Write what mien_table_figure draws as JSON: {"figure": as mien_figure_json
 * has it, "fits", "remarks": lines}.
 *
 *   t        a table
 *   options  what
 *   j        a text being written
 *
 * "fits" has for each panel of points or of a line over a column x how its two
 * columns go together: {"group": its title, or null, "rows": that have both
 * values, "r", "rank_r": Pearson's and Spearman's correlation, "intercept",
 * "slope", "r2", "deviation" of the line of least squares}; null where it
 * cannot be computed.
 * Fails with what mien_table_figure fails with; what was written then is no
 * whole text. */
MIEN_API MIEN_CHECKED mien_status mien_table_figure_json(
    const mien_table *t, const mien_table_figure_options *options, mien_json *j,
    mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
