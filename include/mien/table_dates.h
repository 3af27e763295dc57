/* mien/table_dates.h: columns of dates.
 *
 *   a column of texts or numbers -> mien_dates_read -> seconds since 1970
 *     -> mien_table_time_order   rows from the first to the last
 *     -> mien_dates_describe     first, last, step and gaps
 *     -> mien_date_write         as text again
 *
 * Read are ISO 8601 (2020-05-01, 2020-05-01T13:45:00.5+02:00, 2020-05), years
 * first with other marks (2020/5/1), names of months (1 May 2020, 1-May-20,
 * May 1, 2020), and days and months as numbers (5/1/2020, 1.5.20), with a time
 * of the day behind or not.  Times without a zone are taken as they are; years
 * of two digits so that those of a column lie close together. */
#ifndef MIEN_TABLE_DATES_H
#define MIEN_TABLE_DATES_H

#include "mien/table_columns.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The dates of a column. */
typedef struct mien_dates {
    mien_date_order order; /* how it was read */
    int64_t rows, missing;
    double *second; /* [rows] since 1970-01-01 00:00; NaN: missing */
} mien_dates;

/* Read the dates of a column.
 *
 *   t       a table
 *   column  0..columns - 1, asserted
 *   order   of day and month where both are numbers.  MIEN_DATE_ANY: what the
 *           table was read with; else what the column tells: a number above 12
 *           is a day, numbers with points between them begin with the day, and
 *           dates that rise in one order only are in that one. MIEN_DATE_EPOCH:
 *           numbers are seconds since 1970, above 1e11 thousandths of them
 *   out     release with mien_dates_free
 *
 * Without MIEN_DATE_EPOCH numbers are taken as they are.
 * Fails with EFORMAT (a text is no date; the column tells no order: the text
 * names row and value), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_dates_read(const mien_table *t,
                                                  int column,
                                                  mien_date_order order,
                                                  mien_dates *out,
                                                  mien_error *err);

/* Release dates.
 *
 *   d  its fields are cleared; NULL is allowed */
MIEN_API void mien_dates_free(mien_dates *d);

/* Find the order of rows in time.
 *
 *   t       a table
 *   column  of dates or numbers, 0..columns - 1, asserted
 *   out     [rows] from the first to the last, equal ones as they stand
 *   sorted  0, or the row, from 1, that is the first to be earlier than the one
 *           before it; may be NULL
 *
 * Fails with EFORMAT (a value is missing or no date), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_table_time_order(const mien_table *t,
                                                        int column,
                                                        int64_t *out,
                                                        int64_t *sorted,
                                                        mien_error *err);

/* Summarise dates.
 *
 *   d     from mien_dates_read
 *   n     how many rows; not looked at if rows is NULL
 *   rows  [n] which; NULL: all
 *   out   the summary
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_dates_describe(const mien_dates *d,
                                                      int64_t n,
                                                      const int64_t *rows,
                                                      mien_date_summary *out,
                                                      mien_error *err);

/* Bytes of a date as text, its final zero byte included. */
#define MIEN_DATE_SIZE 24

/* Write a date: "2020-05-01", "2020-05-01 13:45:00".
 *
 *   second  since 1970; beyond the years 0 to 9999 the text is empty
 *   out     terminated */
MIEN_API void mien_date_write(double second, char out[MIEN_DATE_SIZE]);

#ifdef __cplusplus
}
#endif
#endif
