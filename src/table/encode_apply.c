/* encode_apply.c: make a matrix of a table as an encoder has learnt it.
 *
 * Rows are written in blocks that stay in the cache while each column in turn
 * puts its values there. */
#include "table/encode.h"
#include "table/level.h"
#include "table/number.h"
#include "table/table.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 64 };

mien_status mi_encode_refuse(const mien_column *c, int64_t row, int learning,
                             mien_error *err)
{
    int missing = isnan(c->number[row]);
    return mi_fail(err, MIEN_EFORMAT,
                   "encode: row %lld, column '%.60s': %s, wanted a number%s",
                   (long long)row + 1, c->name,
                   missing ? "the value is missing" : "an infinite value",
                   !missing   ? "; --na inf,-inf takes such for missing"
                   : learning ? "; --missing mean, median or zero fills it in"
                              : "; the model was trained without --missing");
}

/* A place in the matrix: rows begin .. end - 1 of the list. */
typedef struct {
    int64_t begin, end;
    const int64_t *rows;
    double *x; /* of row begin, at the first output of the column */
    int width;
} block;

/* The block's numbers of one column, missing values filled in. */
static mien_status put_numbers(const mien_encoder_column *e,
                               const mien_column *c, const block *b,
                               mien_error *err)
{
    double *to = b->x;
    for (int64_t i = b->begin; i < b->end; i++, to += b->width) {
        int64_t row = mi_row_at(b->rows, i);
        /* A column read without any value may have become texts. */
        double v = c->number ? c->number[row] : (double)NAN;
        int missing = isnan(v);
        if (missing)
            v = e->impute;
        if (!isfinite(v))
            return c->number ? mi_encode_refuse(c, row, 0, err)
                             : mi_fail(err, MIEN_EFORMAT,
                                       "encode: column '%.80s' has no value",
                                       c->name);
        to[0] = v;
        if (e->indicator)
            to[1] = missing;
    }
    return MIEN_OK;
}

/* The number of a level by bisection, or -1. */
static int find_level(const mien_encoder_column *e, mien_text text)
{
    int low = 0, high = e->levels;
    while (low < high) {
        int middle = (low + high) / 2;
        mien_text level = {e->level[middle], strlen(e->level[middle])};
        int order = mi_text_compare(text, level);
        if (order == 0)
            return middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return -1;
}

/* Returns how many texts are unknown. */
static int64_t put_levels(const mien_encoder_column *e, const mien_column *c,
                          const block *b)
{
    int64_t unknown = 0;
    double *to = b->x;
    for (int64_t i = b->begin; i < b->end; i++, to += b->width) {
        int64_t row = mi_row_at(b->rows, i);
        char number[MI_NUMBER_SIZE];
        mien_text text = {number, 0};
        for (int l = 0; l < e->levels; l++)
            to[l] = 0;
        if (mi_value_missing(c, row))
            continue;
        if (c->number)
            text.n = (size_t)mi_number_write(c->number[row], number);
        else
            text = c->text[row];
        int level = find_level(e, text);
        unknown += level < 0;
        if (level >= 0)
            to[level] = 1;
    }
    return unknown;
}

/* A text that is missing or a number: not what made the column one of texts. */
static int is_number(mien_text text)
{
    double x;
    const char *end = text.n ? text.at + text.n : NULL;
    return text.n == 0 || mi_number_read(text.at, end, &x) == end;
}

/* The table's column for each of the encoder's. */
static mien_status find_columns(const mien_encoder *e, const mien_table *t,
                                mien_column *out, mien_error *err)
{
    for (int i = 0; i < e->columns; i++) {
        const mien_encoder_column *want = &e->column[i];
        int found = mien_table_find(t, want->name);
        if (found < 0)
            return mi_fail(err, MIEN_EFORMAT,
                           "encode: the table has no column '%.80s'",
                           want->name);
        out[i] = mien_table_column(t, found);
        if (want->type != MIEN_COLUMN_NUMBER || out[i].number ||
            out[i].missing == t->rows)
            continue;
        int64_t row = 0;
        while (row + 1 < t->rows && is_number(out[i].text[row]))
            row++;
        char text[40];
        mi_value_write(&out[i], row, sizeof text, text);
        return mi_fail(err, MIEN_EFORMAT,
                       "encode: column '%.60s' holds texts ('%s' in row %lld), "
                       "wanted numbers; --na VALUE takes some for missing",
                       want->name, text, (long long)row + 1);
    }
    return MIEN_OK;
}

mien_status mien_encoder_apply(const mien_encoder *e, const mien_table *t,
                               int64_t n, const int64_t *rows, int64_t *unknown,
                               double *x, mien_error *err)
{
    mien_column *c = mi_alloc((size_t)e->columns, sizeof *c);
    mien_status st = c ? find_columns(e, t, c, err) : mi_no_memory(err);
    int64_t all = rows ? n : t->rows;
    block b = {0, 0, rows, NULL, e->width};
    for (; b.begin < all && st == MIEN_OK; b.begin += BLOCK) {
        b.end = all - b.begin < BLOCK ? all : b.begin + BLOCK;
        for (int i = 0; i < e->columns && st == MIEN_OK; i++) {
            const mien_encoder_column *column = &e->column[i];
            int64_t count = 0;
            b.x = x + b.begin * e->width + column->first;
            if (column->type == MIEN_COLUMN_NUMBER)
                st = put_numbers(column, &c[i], &b, err);
            else
                count = put_levels(column, &c[i], &b);
            if (unknown)
                unknown[i] += count;
        }
    }
    mi_free(c);
    return st;
}
