/* level.h: the distinct values of a column, and hashes of values and rows. */
#ifndef MI_TABLE_LEVEL_H
#define MI_TABLE_LEVEL_H

#include "mien/table_columns.h"

#include <assert.h>

/* The distinct values of some rows of a column, in the order in which they
 * come first; missing values have none. */
typedef struct mi_levels {
    int64_t count;
    int64_t *of;    /* [n] the level of each row given, -1: missing; owned */
    int64_t *first; /* [count] the row of the table that has it first; owned */
    int64_t *size;  /* [count] how many rows have it; owned */
} mi_levels;

/* Find them.
 *
 *   rows  [n] rows of the table; NULL: 0..n - 1
 *
 * Fails with ENOMEM, and with ELIMIT if there are more than `most`.
 * mi_levels_done releases it. */
mien_status mi_levels_find(const mien_column *c, int64_t n, const int64_t *rows,
                           int64_t most, mi_levels *out, mien_error *err);
/* Release what mi_levels_find filled in. */
void mi_levels_done(mi_levels *l);

/* Two values of a column, or of two columns of one type, are the same: 0 and -0
 * are, missing values are. */
int mi_value_same(const mien_column *a, int64_t i, const mien_column *b,
                  int64_t j);
/* A hash of a value added to h; the same for the same values. */
uint64_t mi_value_hash(uint64_t h, const mien_column *c, int64_t row);

/* Negative, 0, positive, byte by byte. */
int mi_text_compare(mien_text a, mien_text b);
static inline int mi_value_missing(const mien_column *c, int64_t row)
{
    assert(c->number || c->text);
    return c->number ? c->number[row] != c->number[row] : c->text[row].n == 0;
}
/* Row i of a list of rows, where NULL lists all. */
static inline int64_t mi_row_at(const int64_t *rows, int64_t i)
{
    return rows ? rows[i] : i;
}

/* A value for a message or a name: at most size - 1 bytes, terminated. */
void mi_value_write(const mien_column *c, int64_t row, size_t size, char *out);

#endif
