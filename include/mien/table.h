/* mien/table.h: tables of named columns, from CSV and back.
 *
 *   CSV bytes -> mien_csv_read -> mien_table -> columns of numbers and texts
 *     -> select, label, encode, scale -> matrices for an estimator
 *
 * Numbers are doubles, NaN where a value is missing.  Texts point into the
 * bytes that were read. */
#ifndef MIEN_TABLE_H
#define MIEN_TABLE_H

#include "mien/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Some bytes, not terminated. */
typedef struct mien_text {
    const char *at; /* [n]; borrowed */
    size_t n;
} mien_text;

typedef enum mien_column_type {
    MIEN_COLUMN_NUMBER,
    MIEN_COLUMN_TEXT
} mien_column_type;

/* A column of a table: borrowed from it. */
typedef struct mien_column {
    const char *name;
    mien_column_type type;
    const double *number;  /* [rows]; NaN: missing; NULL for texts */
    const mien_text *text; /* [rows]; n 0: missing; NULL for numbers */
    int64_t missing;       /* how many values are */
} mien_column;

/* Named columns of equal length. */
typedef struct mien_table mien_table;

/* What a table may hold. */
#define MIEN_TABLE_MAX_ROWS (INT64_C(1) << 36)
#define MIEN_TABLE_MAX_COLUMNS 16384
#define MIEN_TABLE_MAX_NAME 1024 /* bytes */

/* Make a table of columns.
 *
 *   rows     of every column; 0..MIEN_TABLE_MAX_ROWS
 *   columns  0..MIEN_TABLE_MAX_COLUMNS
 *   column   [columns] names, types and values, all copied; `missing` is not
 *            looked at
 *   out      owned by the caller; free with mien_table_free
 *
 * Fails with EFORMAT (a name empty or there twice), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_table_new(int64_t rows, int columns,
                                                 const mien_column *column,
                                                 mien_table **out,
                                                 mien_error *err);

/* Release a table with its columns.
 *
 *   t  NULL is allowed
 *
 * The bytes it was read from stay the caller's. */
MIEN_API void mien_table_free(mien_table *t);

/* The number of rows, the header not counted.
 *
 *   t  a table */
MIEN_API int64_t mien_table_rows(const mien_table *t);

/* The number of columns.
 *
 *   t  a table */
MIEN_API int mien_table_columns(const mien_table *t);

/* Look at a column.
 *
 *   t  keeps the arrays
 *   i  0..columns - 1, asserted */
MIEN_API mien_column mien_table_column(const mien_table *t, int i);

/* Find a column by its name: its index, or -1.
 *
 *   t     a table
 *   name  compared byte by byte */
MIEN_API int mien_table_find(const mien_table *t, const char *name);

/* A row as it stands in the file, without its line end; n is 0 if the table
 * was not read from one.
 *
 *   t    a table
 *   row  0..rows - 1, asserted */
MIEN_API mien_text mien_table_row_text(const mien_table *t, int64_t row);

/* The header row as it stands in the file, without its line end; n is 0 if
 * there was none.
 *
 *   t  a table */
MIEN_API mien_text mien_table_header_text(const mien_table *t);

/* ---- CSV ---------------------------------------------------------------- */

/* ---- operations --------------------------------------------------------- */

#ifdef __cplusplus
}
#endif
#endif
