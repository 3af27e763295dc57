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

/* What a CSV file may hold; beyond it reading fails with ELIMIT. */
#define MIEN_CSV_MAX_FIELD (1 << 20) /* bytes */
#define MIEN_CSV_MAX_ROW (1 << 24)   /* bytes */

typedef enum mien_csv_header {
    MIEN_CSV_HEADER_FIRST,  /* the first row; refused if all are numbers */
    MIEN_CSV_HEADER_ALWAYS, /* the first row, whatever is in it */
    MIEN_CSV_HEADER_NONE    /* names are x0, x1, ... */
} mien_csv_header;

/* The type of one column, instead of what its values say. */
typedef struct mien_csv_type {
    const char *name;
    mien_column_type type;
} mien_csv_type;

/* How dates are meant whose day and month are both numbers. */
typedef enum mien_date_order {
    MIEN_DATE_ANY,  /* as the column tells */
    MIEN_DATE_ISO,  /* there are none: the year or a month's name tells */
    MIEN_DATE_MDY,  /* month first */
    MIEN_DATE_DMY,  /* day first */
    MIEN_DATE_EPOCH /* numbers: seconds since 1970 */
} mien_date_order;

/* What the bytes of a file are. */
typedef enum mien_encoding {
    MIEN_ENCODING_ANY, /* UTF-8, or UTF-16 by its first bytes, or else CP1252 */
    MIEN_ENCODING_UTF8, /* anything else is refused */
    MIEN_ENCODING_UTF16,
    MIEN_ENCODING_CP1252, /* of Windows in western Europe */
    MIEN_ENCODING_LATIN1
} mien_encoding;

/* No character stands around fields. */
#define MIEN_CSV_NO_QUOTE '\1'

/* How to read.  Begin with MIEN_CSV_DEFAULTS. */
typedef struct mien_csv_options {
    char delimiter; /* 0: the one of , ; tab | that fits the first rows */
    mien_csv_header header;
    const char *const *missing; /* [missings] values that mean none is there,
                                   besides the empty one; NULL: pandas' list */
    int missings;
    const mien_csv_type *type; /* [types] */
    int types;
    const char *const *column; /* [columns] the only ones to read, in this
                                  order; NULL: all, as in the file */
    int columns;
    int finite;            /* 1: refuse infinite numbers */
    mien_date_order dates; /* kept for mien_dates_read */
    mien_pool *pool;       /* NULL: the caller's thread alone */
    mien_encoding encoding;
    int skip;       /* lines before the header that are passed over */
    char comment;   /* lines that begin with it are passed over; 0: none */
    char quote;     /* around fields; 0: ", or MIEN_CSV_NO_QUOTE */
    char decimal;   /* of numbers; 0: a point */
    char thousands; /* between their groups of three digits; 0: none */
    int strict;     /* 1: what is not as RFC 4180 has it is refused */
    int widen;      /* 1: a stream's column of numbers becomes one of texts from
                       the piece on in which a value is no number, instead of
                       an error */
} mien_csv_options;
#define MIEN_CSV_DEFAULTS                                                      \
    {                                                                          \
        0, MIEN_CSV_HEADER_FIRST, NULL, 0, NULL, 0, NULL, 0, 0, MIEN_DATE_ANY, \
            NULL, MIEN_ENCODING_ANY, 0, 0, 0, 0, 0, 0, 0                       \
    }

/* Read comma-separated values (RFC 4180) into a table.
 *
 *   bytes    [n] the file; texts of the table point into them, so they must
 *            live and stay unchanged as long as it
 *   n        how many bytes
 *   options  NULL: MIEN_CSV_DEFAULTS
 *   out      owned by the caller; free with mien_table_free
 *
 * Rows end with LF, CR or both; empty lines and a byte order mark of UTF-8 are
 * passed over.  A field may be quoted, and then hold delimiters, line ends and
 * doubled quotes.  A column is of numbers if every value that is there is one,
 * quoted or not, with blanks around it or not: decimal or hexadecimal as C
 * writes it, inf, infinity; rounded as strtod does, in every locale.  Dates,
 * true and 1,000 are texts, and so are whole numbers that a double would merge
 * with their neighbours.  "None" is a missing value in columns of numbers
 * alone.
 *
 * What RFC 4180 does not have is read as it is meant, unless strict, and
 * mien_table_notes says so: quotes inside fields, blanks before quotes, a
 * delimiter too many at the end of rows or of the header, last columns without
 * names and values, rows that begin with a column that has no name; a name that
 * is empty ("index", "column 5") or there twice ("a.2"); a first line "sep=;";
 * bytes that are no UTF-8.
 * The table is the same for any number of threads. Fails with EFORMAT (a row of
 * another number of fields, a value that is not of the type asked for, NUL
 * bytes, an empty file, a packed one or no table), ELIMIT, EARG (a column asked
 * for is not there), ENOMEM; the text names line and column.  Line ends inside
 * quotes count as lines. */
MIEN_API MIEN_CHECKED mien_status mien_csv_read(const uint8_t *bytes, size_t n,
                                                const mien_csv_options *options,
                                                mien_table **out,
                                                mien_error *err);

/* What was not as it should be in a file, or may not be as it is meant: lines
 * of text, borrowed; "" if there is nothing to say.
 *
 *   t  a table that was read */
MIEN_API const char *mien_table_notes(const mien_table *t);

/* 1: a file can be read piece by piece; 0: it has to be read whole, since it is
 * packed, UTF-16, or of an encoding, comments, quotes or ends of rows that have
 * to be written anew.
 *
 *   bytes    [n] the start of the file, best some thousand rows: those that are
 *            whole are tried
 *   n        how many bytes
 *   options  NULL: MIEN_CSV_DEFAULTS */
MIEN_API int mien_csv_can_stream(const uint8_t *bytes, size_t n,
                                 const mien_csv_options *options);

/* A CSV file read piece by piece, in memory that does not grow.  It is read
 * strictly but for names, in UTF-8. */
typedef struct mien_csv_stream mien_csv_stream;

/* Begin with the first piece of a file: its header and the types of its columns
 * (from the first rows, where options do not say).
 *
 *   bytes    [n] the start of the file: the whole header row and a byte of
 *            the next at least
 *   n        how many bytes
 *   final    1: this is the whole file
 *   options  NULL: MIEN_CSV_DEFAULTS; its strings are copied, its pool is kept
 *   used     how many of the bytes belong to the header; the next piece starts
 *            behind them
 *   out      owned by the caller; free with mien_csv_stream_free
 *
 * Fails with what mien_csv_read fails with. */
MIEN_API MIEN_CHECKED mien_status mien_csv_stream_new(
    const uint8_t *bytes, size_t n, int final, const mien_csv_options *options,
    size_t *used, mien_csv_stream **out, mien_error *err);

/* All columns of the file as a table without rows: names and types.
 *
 *   s  keeps it */
MIEN_API const mien_table *mien_csv_stream_head(const mien_csv_stream *s);

/* Read the whole rows of a piece.
 *
 *   s      moved on
 *   bytes  [n] the file from where the last piece was used up to; texts point
 *          into them
 *   n      how many bytes; a piece in which no row ends uses none, so give a
 *          larger one then
 *   final  1: the file ends with this piece
 *   used   how many bytes the rows took
 *   out    the rows; kept by s, until its next piece
 *
 * Fails with what mien_csv_read fails with; a value that is not of its column's
 * type is refused, unless the options say widen: see the types of *out then. */
MIEN_API MIEN_CHECKED mien_status mien_csv_stream_next(
    mien_csv_stream *s, const uint8_t *bytes, size_t n, int final, size_t *used,
    const mien_table **out, mien_error *err);

/* Release a stream and its table.
 *
 *   s  NULL is allowed */
MIEN_API void mien_csv_stream_free(mien_csv_stream *s);

/* How to write.  Begin with MIEN_CSV_WRITE_DEFAULTS. */
typedef struct mien_csv_write_options {
    char delimiter;    /* 0: a comma */
    int no_header;     /* 1: rows only */
    int as_read;       /* 1: rows (and header) as they stood in the file, where
                          the table was read from one */
    int guard_formula; /* 1: texts that a spreadsheet would calculate, = + - @
                          tab or CR first, get a ' before them */
} mien_csv_write_options;
#define MIEN_CSV_WRITE_DEFAULTS \
    {                           \
        0, 0, 0, 0              \
    }

/* Write rows of a table as CSV.
 *
 *   t        a table
 *   row      [n] which rows in which order; NULL: all of them
 *   n        how many; not looked at if row is NULL
 *   options  NULL: MIEN_CSV_WRITE_DEFAULTS
 *   out      the bytes; free with mien_bytes_free
 *
 * Lines end with LF.  Fields are quoted where they must be; numbers are the
 * shortest that read back as the same double; missing values are empty.
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_csv_write(
    const mien_table *t, const int64_t *row, int64_t n,
    const mien_csv_write_options *options, mien_bytes *out, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
