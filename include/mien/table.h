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

#ifdef __cplusplus
}
#endif
#endif
