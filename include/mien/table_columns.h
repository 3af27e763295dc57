/* mien/table_columns.h: what is done with the columns of a table.
 *
 *   mien_table -> select, describe, label, curve shift
 *     -> mien_encoder -> scaler, windows -> a matrix for an estimator
 *   mien_table -> quality, leaks */
#ifndef MIEN_TABLE_COLUMNS_H
#define MIEN_TABLE_COLUMNS_H

#include "mien/num.h"
#include "mien/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- operations --------------------------------------------------------- */

/* Take rows, in any order and number, into a new table.
 *
 *   t     a table; the bytes it was read from must outlive the new one too
 *   n     how many
 *   rows  [n] each 0..rows - 1; NULL: the first n
 *   out   owned by the caller; free with mien_table_free
 *
 * Each row keeps its text in the file.
 * Fails with ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_table_select_rows(const mien_table *t,
                                                         int64_t n,
                                                         const int64_t *rows,
                                                         mien_table **out,
                                                         mien_error *err);

/* Take columns, in any order, into a new table.
 *
 *   t        a table; the bytes it was read from must outlive the new one too
 *   k        how many
 *   columns  [k] indices, asserted
 *   out      owned by the caller; free with mien_table_free
 *
 * Rows lose their text in the file.
 * Fails with EFORMAT (a column twice), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_table_select_columns(const mien_table *t,
                                                            int k,
                                                            const int *columns,
                                                            mien_table **out,
                                                            mien_error *err);

/* Find several columns by their names.
 *
 *   t      a table
 *   k      how many
 *   names  [k]
 *   out    [k] indices
 *
 * Fails with EARG, naming the column that is not there. */
MIEN_API MIEN_CHECKED mien_status mien_table_find_all(const mien_table *t,
                                                      int k,
                                                      const char *const *names,
                                                      int *out,
                                                      mien_error *err);

/* Take all columns but some into a new table.
 *
 *   t      a table; the bytes it was read from must outlive the new one too
 *   k      how many are dropped
 *   names  [k]
 *   out    owned by the caller; free with mien_table_free
 *
 * Fails with EARG (no such column), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_table_drop_columns(const mien_table *t, int k, const char *const *names,
                        mien_table **out, mien_error *err);

/* Give a column another name.
 *
 *   t       changed; it loses its header's text in the file
 *   column  0..columns - 1, asserted
 *   name    1..MIEN_TABLE_MAX_NAME bytes, copied
 *
 * Fails with EARG (another column has it), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_table_rename(mien_table *t, int column,
                                                    const char *name,
                                                    mien_error *err);

/* Set a column of numbers: the one of that name, or a new one at the end.
 *
 *   t       changed; rows and header lose their text in the file
 *   name    1..MIEN_TABLE_MAX_NAME bytes, copied
 *   values  [rows] copied
 *
 * Fails with EARG, ELIMIT, ENOMEM; the table is then as it was. */
MIEN_API MIEN_CHECKED mien_status mien_table_set_number(mien_table *t,
                                                        const char *name,
                                                        const double *values,
                                                        mien_error *err);

/* Find the order that sorts the rows by a column, for mien_table_select_rows.
 *
 *   t           a table
 *   column      0..columns - 1, asserted
 *   descending  1: the greatest first
 *   out         [rows] rows; equal values in their order, missing ones last
 *
 * Texts are compared byte by byte.
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_table_sort_order(const mien_table *t,
                                                        int column,
                                                        int descending,
                                                        int64_t *out,
                                                        mien_error *err);

/* What can be said of dates. */
typedef struct mien_date_summary {
    double first, last; /* seconds since 1970; NaN: there are no dates */
    double step;        /* the median distance of different dates that follow
                           each other; 0: fewer than two differ */
    double gap;         /* the largest */
    double gap_from;    /* where that one begins */
    int64_t gaps;       /* distances above 1.5 steps */
} mien_date_summary;

/* What can be said of a column in one line. */
typedef struct mien_summary {
    int64_t count, missing;
    int64_t distinct; /* values that are not missing; 0 and -0 are one */
    int64_t infinite;
    double mean, deviation; /* of a sample: divided by count - 1 */
    double min, q25, median, q75, max;
    mien_text top;     /* texts: the most frequent, of several the first */
    int64_t frequency; /* texts: how often it stands there */
    int dates;         /* texts: 1: all are dates */
    mien_date_summary date;
} mien_summary;

/* Summarise each column as pandas' describe does.
 *
 *   t     a table
 *   n     how many rows; not looked at if rows is NULL
 *   rows  [n] which; NULL: all
 *   pool  shares the columns; may be NULL
 *   out   [columns]; what a column of texts has not is NaN; top is borrowed
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_table_describe(const mien_table *t, int64_t n, const int64_t *rows,
                    mien_pool *pool, mien_summary *out, mien_error *err);

/* The rows of a table by the value of a column. */
typedef struct mien_groups {
    int column;
    int count;
    int64_t *first; /* [count] a row that has the group's value */
    int64_t *start; /* [count + 1] where its rows begin in rows */
    int64_t *rows;  /* ascending within a group */
} mien_groups;

/* Group rows by the value of a column, groups in ascending order; rows without
 * a value are in none.
 *
 *   t       a table
 *   column  0..columns - 1, asserted
 *   most    groups at most
 *   out     owned by the caller; free with mien_groups_free
 *
 * Fails with ELIMIT (more groups), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_table_group(const mien_table *t,
                                                   int column, int most,
                                                   mien_groups *out,
                                                   mien_error *err);

/* Release groups.
 *
 *   g  its arrays are freed and its fields cleared; NULL is allowed */
MIEN_API void mien_groups_free(mien_groups *g);

/* Compute the matrix of correlations of columns of numbers.
 *
 *   t        a table
 *   kind     which
 *   k        how many columns
 *   columns  [k] indices
 *   pool     shares the pairs; may be NULL
 *   out      [k, k]; from the rows that have both values
 *
 * Fails with EARG (a column of texts), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_table_correlate(
    const mien_table *t, mien_correlation kind, int k, const int *columns,
    mien_pool *pool, double *out, mien_error *err);

/* The two classes that a label column tells apart. */
#define MIEN_LABEL_MAX_NAME 128
typedef struct mien_label {
    mien_column_type type;
    double number[2];                  /* values of class 0 and 1, if numbers */
    char name[2][MIEN_LABEL_MAX_NAME]; /* as text, terminated */
} mien_label;

/* Find the classes of a label column.
 *
 *   t         a table
 *   column    0..columns - 1, asserted
 *   positive  the value of class 1; NULL: of 0 and 1 it is 1, of false and true
 *             (in any case) true, and any other pair is refused
 *   out       set
 *
 * Fails with EFORMAT (a value is missing; one value or more than two, named in
 * the text), EARG (positive is not among them, or has to be given), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_label_find(const mien_table *t,
                                                  int column,
                                                  const char *positive,
                                                  mien_label *out,
                                                  mien_error *err);

/* Read the classes of the rows.
 *
 *   label   from mien_label_find, of this table or another
 *   t       a table; it may have rows of one class only
 *   column  0..columns - 1, asserted
 *   out     [rows] 0 or 1
 *
 * Fails with EFORMAT, naming the row whose value is missing or of no class. */
MIEN_API MIEN_CHECKED mien_status mien_label_read(const mien_label *label,
                                                  const mien_table *t,
                                                  int column, uint8_t *out,
                                                  mien_error *err);

/* Label the rows before an event instead of the event itself, and drop the
 * event: a model then learns to warn, not to see what has happened.
 *
 *   n      rows, in the order of time
 *   event  [n] 1: an event
 *   ahead  1..n: how many rows before an event are labelled; they reach over
 *          other events, and fewer stand before one near the start
 *   rows   [n] the rows that stay, all but events, ascending
 *   label  [n] 1: one of the next `ahead` rows is an event; by kept row
 *
 * Returns how many rows stay.
 * Source: C. Ranjan, Extreme rare event classification using autoencoders,
 * 2019: curve_shift. */
MIEN_API int64_t mien_curve_shift(int64_t n, const uint8_t *event,
                                  int64_t ahead, int64_t *rows, uint8_t *label);

/* Shift a table's label as mien_curve_shift does.
 *
 *   t       a table, rows in the order of time
 *   column  the label, 0..columns - 1, asserted
 *   classes  its classes, 1 being the event
 *   ahead   1 or more
 *   rows    [rows of t] the rows that stay, for windows; may be NULL
 *   out     the rows that stay, the label in its place as numbers 0 and 1;
 *           owned by the caller; free with mien_table_free
 *
 * Fails with EARG (ahead), EFORMAT (a label is missing or of no class),
 * ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_table_curve_shift(
    const mien_table *t, int column, const mien_label *classes, int64_t ahead,
    int64_t *rows, mien_table **out, mien_error *err);

/* ---- matrices for estimators -------------------------------------------- */

/* What to do where a value is missing. */
typedef enum mien_missing {
    MIEN_MISSING_ERROR,  /* refuse the table, naming row and column */
    MIEN_MISSING_MEAN,   /* the mean of the rows fitted */
    MIEN_MISSING_MEDIAN, /* their median */
    MIEN_MISSING_ZERO
} mien_missing;

/* How columns become numbers.  Begin with MIEN_ENCODE_DEFAULTS. */
typedef struct mien_encode_options {
    mien_missing missing; /* of numbers; a missing text has all levels 0 */
    int indicator;        /* 1: a column that was imputed gets another, 1 where
                             its value is missing */
    int drop_texts;       /* 1: columns of texts are dropped, not encoded */
    int max_levels;       /* a column of more texts is dropped */
} mien_encode_options;
#define MIEN_ENCODE_DEFAULTS         \
    {                                \
        MIEN_MISSING_ERROR, 0, 0, 50 \
    }

/* One column of a table as it was fitted; strings are owned. */
typedef struct mien_encoder_column {
    char *name;
    mien_column_type type;
    int levels;
    char **level;  /* [levels] texts in ascending order, one output each */
    double impute; /* numbers: stands for a missing one; NaN: refuse it */
    int indicator; /* 1: an output follows that is 1 where it is missing */
    int first;     /* its first output */
    int width;     /* how many outputs it has */
} mien_encoder_column;

/* A column that was not taken, and why. */
typedef struct mien_encoder_note {
    char *name;
    char why[96];
} mien_encoder_note;

/* How to make a matrix of a table.  Open, so that it can be saved: allocated
 * by mien_encoder_new, filled by mien_encoder_set. */
typedef struct mien_encoder {
    int columns;
    mien_encoder_column *column; /* [columns] */
    int width;                   /* columns of the matrix */
    int notes;
    mien_encoder_note *note; /* [notes] */
} mien_encoder;

/* Learn from some rows how columns become numbers: numbers as they are, texts
 * as a column of 0 and 1 for each level.
 *
 *   t        a table
 *   k        how many columns
 *   columns  [k] indices
 *   n        how many rows; not looked at if rows is NULL
 *   rows     [n] the training rows; NULL: all
 *   options  NULL: MIEN_ENCODE_DEFAULTS
 *   out      owned by the caller; free with mien_encoder_free
 *
 * Dropped with a note: texts that are all different, or too many, or with
 * drop_texts; columns without any value.
 * Fails with EFORMAT (a number missing and MIEN_MISSING_ERROR; an infinite
 * one; no column is left), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_encoder_fit(const mien_table *t, int k, const int *columns, int64_t n,
                 const int64_t *rows, const mien_encode_options *options,
                 mien_encoder **out, mien_error *err);

/* Make an encoder whose columns are still to be set.
 *
 *   columns  1..MIEN_TABLE_MAX_COLUMNS
 *   out      owned by the caller; free with mien_encoder_free
 *
 * Fails with ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_encoder_new(int columns,
                                                   mien_encoder **out,
                                                   mien_error *err);

/* Set the next column of an encoder, as it was saved.
 *
 *   e       changed
 *   column  index, 0, 1, .. in turn, asserted
 *   from    copied with its strings; first and width are not looked at
 *
 * Fails with EFORMAT (no name, no levels), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_encoder_set(mien_encoder *e, int column, const mien_encoder_column *from,
                 mien_error *err);

/* Release an encoder.
 *
 *   e  NULL is allowed */
MIEN_API void mien_encoder_free(mien_encoder *e);

/* Write the name of a column of the matrix: "amount", "type=CASH_OUT",
 * "amount missing".
 *
 *   e     an encoder
 *   i     0..width - 1, asserted
 *   size  of out, at least 1; a longer name is cut
 *   out   [size] terminated */
MIEN_API void mien_encoder_name(const mien_encoder *e, int i, size_t size,
                                char *out);

/* Find the column of the table that a column of the matrix comes from: its
 * index in e->column.
 *
 *   e  an encoder
 *   i  0..width - 1, asserted */
MIEN_API int mien_encoder_source(const mien_encoder *e, int i);

/* Make a matrix of a table's rows.
 *
 *   e        an encoder
 *   t        columns are found by name, in any order; others are ignored; a
 *            column of levels may hold numbers written as the levels are
 *   n        how many rows; not looked at if rows is NULL
 *   rows     [n] which; NULL: all
 *   unknown  [e->columns] is added to: how many texts of each column are of no
 *            level known, which have all levels 0; may be NULL
 *   x        [n, width]
 *
 * Fails with EFORMAT (a column is not there or of another type; a number is
 * missing or infinite: the text names row and column), ENOMEM; x may then be
 * written in part. */
MIEN_API MIEN_CHECKED mien_status mien_encoder_apply(
    const mien_encoder *e, const mien_table *t, int64_t n, const int64_t *rows,
    int64_t *unknown, double *x, mien_error *err);

typedef enum mien_scale {
    MIEN_SCALE_STANDARD, /* mean, standard deviation of the population */
    MIEN_SCALE_ROBUST,   /* median, distance of the quartiles */
    MIEN_SCALE_RANGE     /* least value, greatest minus least */
} mien_scale;

/* Learn from some rows how to bring columns to like size:
 * z = (x - centre) / scale.
 *
 *   kind    which
 *   n       how many rows are given
 *   p       columns
 *   x       [.., p]; NaN is passed over
 *   rows    [n] the training rows; NULL: the first n
 *   pool    shares the columns; may be NULL
 *   scaler  [2, p] centres, then scales; the scale of a constant column is 1
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_scale_fit(
    mien_scale kind, int64_t n, int p, const double *x, const int64_t *rows,
    mien_pool *pool, double *scaler, mien_error *err);

/* Scale rows in place.
 *
 *   n       rows
 *   p       columns
 *   scaler  [2, p] centres, then scales, which are not 0
 *   x       [n, p] */
MIEN_API void mien_scale_apply(int64_t n, int p, const double *scaler,
                               double *x);

/* ---- windows of rows in the order of time ------------------------------- */

/* Find the windows of w rows that follow each other.
 *
 *   n       rows
 *   w       1 or more, asserted
 *   source  [n] where each row stood in the original table, ascending: a window
 *           never crosses a gap; NULL: there is none
 *   end     [n] the last row of each window, ascending
 *
 * Returns how many there are. */
MIEN_API int64_t mien_windows_find(int64_t n, int w, const int64_t *source,
                                   int64_t *end);

/* Gather windows.
 *
 *   p    columns
 *   x    [.., p]
 *   w    rows of a window
 *   n    how many windows
 *   end  [n] their last rows, from mien_windows_find
 *   out  [n, w, p] oldest row first */
MIEN_API void mien_windows_gather(int p, const double *x, int w, int64_t n,
                                  const int64_t *end, double *out);

/* Subtract from each row the one before it; 0 in the first row and behind a
 * gap, where no change is known.
 *
 *   n       rows
 *   p       columns
 *   x       [n, p]
 *   source  [n] as for mien_windows_find, or NULL
 *   out     [n, p], may not be x */
MIEN_API void mien_differences(int64_t n, int p, const double *x,
                               const int64_t *source, double *out);

/* Tell which windows share a row with windows of another set.
 *
 *   w      rows of a window, 1 for single rows
 *   n      how many windows
 *   end    [n] their last rows
 *   m      how many windows the other set has
 *   other  [m] their last rows; in the same count of rows as end
 *   out    [n] 1: shares a row; may be NULL
 *   ret_count  how many do
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_windows_overlap(
    int w, int64_t n, const int64_t *end, int64_t m, const int64_t *other,
    uint8_t *out, int64_t *ret_count, mien_error *err);

/* ---- quality and leaks -------------------------------------------------- */

/* What a person should know of a column before training on it. */
typedef struct mien_column_quality {
    int64_t missing, infinite, distinct;
    double most;       /* share of the values that the most frequent has */
    int constant;      /* 1: one value at most, nothing missing beside it */
    int near_constant; /* 1: most >= MIEN_NEAR_CONSTANT, but not constant */
    int id_like;       /* 1: texts, three or more, all different */
    int order;         /* 1: never falls, -1: never rises, 0: neither; texts by
                          their bytes; 0 if constant or a value is missing */
    int copy_of;       /* an earlier column of the same values, or -1; constant
                          columns are no copies */
} mien_column_quality;
#define MIEN_NEAR_CONSTANT 0.999

/* Look at each column.
 *
 *   t     a table
 *   pool  shares the columns; may be NULL
 *   out   [columns]
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_table_check(const mien_table *t,
                                                   mien_pool *pool,
                                                   mien_column_quality *out,
                                                   mien_error *err);

/* Find rows that are exact duplicates of earlier ones, by hashes that are
 * verified.
 *
 *   t        a table
 *   k        how many columns are compared; not looked at if columns is NULL
 *   columns  [k] which; NULL: all
 *   of       [rows] the first row that is the same, or -1; may be NULL
 *   ret_count  how many rows are duplicates
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status
mien_table_duplicates(const mien_table *t, int k, const int *columns,
                      int64_t *of, int64_t *ret_count, mien_error *err);

/* Some rows of a table. */
typedef struct mien_row_list {
    int64_t n;
    const int64_t *row; /* [n]; borrowed */
} mien_row_list;

/* Find rows of one part of a table that stand in another part too: test rows
 * that a model was trained on.
 *
 *   t          a table
 *   k          how many columns are compared; not looked at if columns is NULL
 *   columns    [k] which; NULL: all
 *   train      one part
 *   test       the other
 *   ret_count  how many rows of test are in train
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_table_common_rows(
    const mien_table *t, int k, const int *columns, mien_row_list train,
    mien_row_list test, int64_t *ret_count, mien_error *err);

/* How well one column alone tells the label. */
typedef struct mien_leak {
    double auc; /* area under the ROC curve, 0.5: not at all; NaN: it cannot
                   be computed */
    mien_text level; /* texts: the level of the purest positives; borrowed */
    double purity;   /* its share of positives */
    double share;    /* what part of all positives it holds */
    int copy;        /* 1: one value a class: the label in other words */
    int flag;        /* 1: too good to be true: see mien_table_leaks */
} mien_leak;
#define MIEN_LEAK_AUC 0.95

/* Look for columns that predict the label alone, which usually are written
 * down after the event.
 *
 *   t      a table
 *   label  the label's column, which is passed over; -1: it is not there
 *   y      [rows] classes 0 and 1
 *   pool   shares the columns; may be NULL
 *   out    [columns]
 *
 * A column of numbers is scored by its values; one of texts by the rate of
 * positives its level has among the rows of the other parity, so that names
 * that stand there once score nothing.  Flagged: an AUC of MIEN_LEAK_AUC and
 * more (numbers: of 1 - MIEN_LEAK_AUC and less too); a level that is as pure
 * and holds half of the positives; a copy.
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_table_leaks(const mien_table *t,
                                                   int label, const uint8_t *y,
                                                   mien_pool *pool,
                                                   mien_leak *out,
                                                   mien_error *err);

/* Compute the area under the ROC curve of a score by ranks.
 *
 *   n      how many
 *   score  [n] NaN is passed over; ties count half
 *   y      [n] classes 0 and 1
 *   out    0..1; NaN if there is one class only
 *
 * Fails with ENOMEM.
 * Source: Mann, Whitney 1947; Hanley, McNeil 1982. */
MIEN_API MIEN_CHECKED mien_status mien_rank_auc(int64_t n, const double *score,
                                                const uint8_t *y, double *out,
                                                mien_error *err);

/* Tell which part of the test rows lies before the last training row in time:
 * 0 for a split in the order of time, near 1 for a random one, whose test rows
 * have neighbours among the training rows.
 *
 *   n      how many training rows
 *   train  [n] their times, or row numbers
 *   m      how many test rows; of none it is 0
 *   test   [m] their times */
MIEN_API double mien_split_mixed(int64_t n, const double *train, int64_t m,
                                 const double *test);

#ifdef __cplusplus
}
#endif
#endif
