/* select.c: rows and columns of a table, and changes in place.
 *
 * A new table stands on the bytes of the old one, so texts are not copied
 * unless they lie in the old table's own memory.  Rows keep the text they have
 * in the file as long as they have the columns of the file. */
#include "table/level.h"
#include "table/table.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/num.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static mien_status take_column(mien_table *t, int i, const mien_table *from,
                               const mi_column *c, const int64_t *rows,
                               mien_error *err)
{
    mien_status st = mi_table_set(t, i, c->name, c->type, err);
    mi_column *to = &t->column[i];
    for (int64_t r = 0; r < t->rows && st == MIEN_OK; r++) {
        int64_t row = mi_row_at(rows, r);
        if (c->number)
            to->number[r] = c->number[row];
        else
            st = mi_table_bring(t, from, c->text[row], &to->text[r], err);
    }
    return st;
}

static mien_status take_row_texts(mien_table *t, const mien_table *from,
                                  const int64_t *rows, mien_error *err)
{
    if (!from->row)
        return MIEN_OK;
    t->row = mi_alloc_raw((size_t)t->rows, sizeof *t->row);
    mien_status st = t->row ? MIEN_OK : mi_no_memory(err);
    for (int64_t r = 0; r < t->rows && st == MIEN_OK; r++)
        st = mi_table_bring(t, from, from->row[mi_row_at(rows, r)], &t->row[r],
                            err);
    return st;
}

static mien_status finish(mien_status st, mien_table *t, mien_table **out)
{
    if (st != MIEN_OK) {
        mien_table_free(t);
        return st;
    }
    mi_table_count(t);
    *out = t;
    return MIEN_OK;
}

mien_status mien_table_select_rows(const mien_table *t, int64_t n,
                                   const int64_t *rows, mien_table **out,
                                   mien_error *err)
{
    mien_table *to = NULL;
    mien_status st = mi_table_new(n, t->columns, &to, err);
    if (st == MIEN_OK)
        st = mi_table_like(to, t, err);
    for (int i = 0; i < t->columns && st == MIEN_OK; i++)
        st = take_column(to, i, t, &t->column[i], rows, err);
    if (st == MIEN_OK)
        st = take_row_texts(to, t, rows, err);
    return finish(st, to, out);
}

mien_status mien_table_select_columns(const mien_table *t, int k,
                                      const int *columns, mien_table **out,
                                      mien_error *err)
{
    mien_table *to = NULL;
    mien_status st = mi_table_new(t->rows, k, &to, err);
    if (st == MIEN_OK) {
        to->bytes = t->own.data ? NULL : t->bytes;
        to->dates = t->dates;
        to->n = t->n;
    }
    for (int i = 0; i < k && st == MIEN_OK; i++) {
        assert(columns[i] >= 0 && columns[i] < t->columns);
        st = take_column(to, i, t, &t->column[columns[i]], NULL, err);
    }
    if (st == MIEN_OK)
        st = mi_table_check_names(to, err);
    return finish(st, to, out);
}

mien_status mien_table_find_all(const mien_table *t, int k,
                                const char *const *names, int *out,
                                mien_error *err)
{
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < k; i++) {
            int found = mien_table_find(t, names[i]);
            if (found < 0)
                return mi_fail(err, MIEN_EARG,
                               "table: there is no column '%.80s'; the first "
                               "is '%.60s'",
                               names[i], t->columns ? t->column[0].name : "");
            if (pass == 1)
                out[i] = found;
        }
    return MIEN_OK;
}

mien_status mien_table_drop_columns(const mien_table *t, int k,
                                    const char *const *names, mien_table **out,
                                    mien_error *err)
{
    int *found = mi_alloc((size_t)k, sizeof *found);
    int *keep = mi_alloc((size_t)t->columns, sizeof *keep);
    uint8_t *drop = mi_alloc((size_t)t->columns, 1);
    mien_status st = found && keep && drop
                         ? mien_table_find_all(t, k, names, found, err)
                         : mi_no_memory(err);
    if (st == MIEN_OK) {
        int n = 0;
        for (int i = 0; i < k; i++)
            drop[found[i]] = 1;
        for (int i = 0; i < t->columns; i++)
            if (!drop[i])
                keep[n++] = i;
        st = mien_table_select_columns(t, n, keep, out, err);
    }
    mi_free(found);
    mi_free(keep);
    mi_free(drop);
    return st;
}

/* The rows do not stand in the file as they are any more. */
static void forget_file(mien_table *t)
{
    mi_free(t->row);
    t->row = NULL;
    t->header = (mien_text){NULL, 0};
}

static mien_status copy_name(const char *name, char **out, mien_error *err)
{
    size_t n = strlen(name) + 1;
    if (n == 1 || n - 1 > MIEN_TABLE_MAX_NAME)
        return mi_fail(err, MIEN_EARG,
                       "table: a column's name of %zu bytes, wanted 1 to %d",
                       n - 1, MIEN_TABLE_MAX_NAME);
    char *copy = mi_alloc_raw(n, 1);
    if (!copy)
        return mi_no_memory(err);
    memcpy(copy, name, n);
    *out = copy;
    return MIEN_OK;
}

mien_status mien_table_rename(mien_table *t, int column, const char *name,
                              mien_error *err)
{
    assert(column >= 0 && column < t->columns);
    int other = mien_table_find(t, name);
    if (other == column)
        return MIEN_OK;
    if (other >= 0)
        return mi_fail(err, MIEN_EARG, "table: column %d is '%.80s' already",
                       other + 1, name);
    char *copy = NULL;
    mien_status st = copy_name(name, &copy, err);
    if (st != MIEN_OK)
        return st;
    mi_free(t->column[column].name);
    t->column[column].name = copy;
    t->header = (mien_text){NULL, 0};
    return MIEN_OK;
}

/* Room for one more column. */
static mien_status append(mien_table *t, const char *name, mien_error *err)
{
    if (t->columns >= MIEN_TABLE_MAX_COLUMNS)
        return mi_fail(err, MIEN_ELIMIT, "table: more than %d columns",
                       MIEN_TABLE_MAX_COLUMNS);
    size_t n = (size_t)t->columns;
    mi_column *column = mi_alloc(n + 1, sizeof *column);
    char *copy = NULL;
    mien_status st = column ? copy_name(name, &copy, err) : mi_no_memory(err);
    if (st != MIEN_OK) {
        mi_free(column);
        return st;
    }
    if (n)
        memcpy(column, t->column, n * sizeof *column);
    mi_free(t->column);
    column[n].name = copy;
    t->column = column;
    t->columns++;
    return MIEN_OK;
}

mien_status mien_table_set_number(mien_table *t, const char *name,
                                  const double *values, mien_error *err)
{
    double *number = mi_alloc_raw((size_t)t->rows, sizeof *number);
    int at = mien_table_find(t, name);
    mien_status st = number ? MIEN_OK : mi_no_memory(err);
    if (st == MIEN_OK && at < 0) {
        at = t->columns;
        st = append(t, name, err);
    }
    if (st != MIEN_OK) {
        mi_free(number);
        return st;
    }
    mi_column *c = &t->column[at];
    c->missing = 0;
    for (int64_t i = 0; i < t->rows; i++) {
        number[i] = values[i];
        c->missing += isnan(values[i]);
    }
    mi_free(c->number);
    mi_free(c->text);
    c->type = MIEN_COLUMN_NUMBER;
    c->number = number;
    c->text = NULL;
    forget_file(t);
    return MIEN_OK;
}

/* Sort [n] rows by their texts: merge sort from below, stable. */
static void sort_texts(const mien_text *text, int64_t n, int64_t *rows,
                       int64_t *spare)
{
    for (int64_t run = 1; run < n; run *= 2) {
        for (int64_t low = 0; low < n; low += 2 * run) {
            int64_t middle = low + run < n ? low + run : n;
            int64_t end = middle + run < n ? middle + run : n;
            int64_t i = low, j = middle;
            for (int64_t k = low; k < end; k++) {
                int left = i < middle &&
                           (j >= end ||
                            mi_text_compare(text[rows[i]], text[rows[j]]) <= 0);
                spare[k] = left ? rows[i++] : rows[j++];
            }
        }
        memcpy(rows, spare, (size_t)n * sizeof *rows);
    }
}

/* The reverse, but equal values in their order and missing ones at the end. */
static void reverse(const mien_column *c, int64_t n, int64_t *rows,
                    int64_t *spare)
{
    int64_t values = n - c->missing, to = 0;
    for (int64_t end = values, i; end > 0; end = i) {
        for (i = end - 1; i > 0 && mi_value_same(c, rows[i - 1], c, rows[i]);)
            i--;
        for (int64_t j = i; j < end; j++)
            spare[to++] = rows[j];
    }
    memcpy(rows, spare, (size_t)values * sizeof *rows);
}

mien_status mien_table_sort_order(const mien_table *t, int column,
                                  int descending, int64_t *out, mien_error *err)
{
    mien_column c = mien_table_column(t, column);
    int64_t n = t->rows, values = 0;
    int64_t *rows = mi_alloc_raw((size_t)n, 2 * sizeof *rows);
    mien_status st = rows ? MIEN_OK : mi_no_memory(err);
    if (st == MIEN_OK && c.number)
        st = mien_sort_order(n, c.number, rows, err);
    if (st == MIEN_OK && c.text) {
        int64_t missing = n - c.missing;
        for (int64_t i = 0; i < n; i++)
            rows[c.text[i].n ? values++ : missing++] = i;
        sort_texts(c.text, values, rows, rows + n);
    }
    if (st == MIEN_OK && descending)
        reverse(&c, n, rows, rows + n);
    if (st == MIEN_OK && n > 0)
        memcpy(out, rows, (size_t)n * sizeof *out);
    mi_free(rows);
    return st;
}
