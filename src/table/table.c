/* table.c: columns of equal length, their memory, and how to look at them.
 *
 * A column is one array, so that an estimator walks through memory in order.
 * Texts are pairs of pointer and length into the bytes of the file: a text
 * costs no copy.  The few that are not in the file as they are meant (a quoted
 * field with doubled quotes) lie in an arena. */
#include "table/table.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const size_t arena_block = (size_t)1 << 16;

char *mi_arena_room(mi_arena **a, size_t n)
{
    mi_arena *top = *a;
    if (!top || n > top->cap - top->used) {
        size_t cap = n > arena_block ? n : arena_block;
        top = mi_alloc_raw(1, sizeof *top + cap);
        if (!top)
            return NULL;
        top->next = *a;
        top->used = 0;
        top->cap = cap;
        *a = top;
    }
    char *p = top->data + top->used;
    top->used += n;
    return p;
}

void mi_arena_free(mi_arena *a)
{
    while (a) {
        mi_arena *next = a->next;
        mi_free(a);
        a = next;
    }
}

char *mi_table_room(mien_table *t, size_t n)
{
    return mi_arena_room(&t->arena, n);
}

mien_status mi_table_new(int64_t rows, int columns, mien_table **out,
                         mien_error *err)
{
    if (rows < 0 || rows > MIEN_TABLE_MAX_ROWS)
        return mi_fail(err, MIEN_ELIMIT, "table: %lld rows, at most %lld",
                       (long long)rows, (long long)MIEN_TABLE_MAX_ROWS);
    if (columns < 0 || columns > MIEN_TABLE_MAX_COLUMNS)
        return mi_fail(err, MIEN_ELIMIT, "table: %d columns, at most %d",
                       columns, MIEN_TABLE_MAX_COLUMNS);
    mien_table *t = mi_alloc(1, sizeof *t);
    mi_column *column = mi_alloc((size_t)columns, sizeof *column);
    if (!t || !column) {
        mi_free(t);
        mi_free(column);
        return mi_fail(err, MIEN_ENOMEM, "table: %d columns", columns);
    }
    t->rows = rows;
    t->columns = columns;
    t->column = column;
    *out = t;
    return MIEN_OK;
}

mien_status mi_table_set(mien_table *t, int i, const char *name,
                         mien_column_type type, mien_error *err)
{
    assert(i >= 0 && i < t->columns && !t->column[i].name);
    mi_column *c = &t->column[i];
    size_t n = strlen(name) + 1;
    c->name = mi_alloc_raw(n, 1);
    c->type = type;
    if ((uint64_t)t->rows > SIZE_MAX)
        return mi_fail(err, MIEN_ENOMEM, "table: %lld rows",
                       (long long)t->rows);
    if (type == MIEN_COLUMN_NUMBER)
        c->number = mi_alloc_raw((size_t)t->rows, sizeof *c->number);
    else
        c->text = mi_alloc_raw((size_t)t->rows, sizeof *c->text);
    if (!c->name || (!c->number && !c->text))
        return mi_fail(err, MIEN_ENOMEM, "table: column '%.60s' of %lld rows",
                       name, (long long)t->rows);
    memcpy(c->name, name, n);
    return MIEN_OK;
}

static int by_name(const void *a, const void *b)
{
    const mi_column *x = *(const mi_column *const *)a;
    const mi_column *y = *(const mi_column *const *)b;
    int order = strcmp(x->name, y->name);
    return order ? order : (x > y) - (x < y);
}

mien_status mi_table_check_names(const mien_table *t, mien_error *err)
{
    const mi_column **sorted = mi_alloc((size_t)t->columns, sizeof *sorted);
    if (!sorted)
        return mi_fail(err, MIEN_ENOMEM, "table: %d names", t->columns);
    mien_status st = MIEN_OK;
    for (int i = 0; i < t->columns; i++) {
        size_t n = strlen(t->column[i].name);
        if (n == 0)
            st = mi_fail(err, MIEN_EFORMAT, "table: column %d has no name",
                         i + 1);
        else if (n > MIEN_TABLE_MAX_NAME)
            st = mi_fail(err, MIEN_ELIMIT,
                         "table: the name of column %d has %zu bytes, at most "
                         "%d",
                         i + 1, n, MIEN_TABLE_MAX_NAME);
        if (st != MIEN_OK)
            break;
        sorted[i] = &t->column[i];
    }
    if (st == MIEN_OK && t->columns > 1)
        qsort(sorted, (size_t)t->columns, sizeof *sorted, by_name);
    for (int i = 1; st == MIEN_OK && i < t->columns; i++)
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
            st = mi_fail(err, MIEN_EFORMAT,
                         "table: columns %d and %d are both named '%.100s'",
                         (int)(sorted[i - 1] - t->column) + 1,
                         (int)(sorted[i] - t->column) + 1, sorted[i]->name);
    mi_free(sorted);
    return st;
}

void mi_table_count(mien_table *t)
{
    for (int i = 0; i < t->columns; i++) {
        mi_column *c = &t->column[i];
        c->missing = 0;
        for (int64_t r = 0; r < t->rows; r++)
            c->missing += c->number ? isnan(c->number[r]) : c->text[r].n == 0;
    }
}

static int lies_in(mien_text text, const uint8_t *bytes, size_t n)
{
    uintptr_t at = (uintptr_t)text.at, start = (uintptr_t)bytes;
    return bytes && at >= start && at - start <= n &&
           text.n <= n - (at - start);
}

mien_status mi_table_bring(mien_table *t, const mien_table *from,
                           mien_text text, mien_text *out, mien_error *err)
{
    int shared = t->bytes == from->bytes && lies_in(text, t->bytes, t->n);
    if (t != from && !shared && text.n > 0) {
        char *copy = mi_table_room(t, text.n);
        if (!copy)
            return mi_fail(err, MIEN_ENOMEM, "table: a text of %zu bytes",
                           text.n);
        memcpy(copy, text.at, text.n);
        text.at = copy;
    }
    *out = text;
    return MIEN_OK;
}

mien_status mi_table_like(mien_table *t, const mien_table *from,
                          mien_error *err)
{
    if (!from->own.data) { /* it may be freed before t */
        t->bytes = from->bytes;
        t->n = from->n;
    }
    t->dates = from->dates;
    return mi_table_bring(t, from, from->header, &t->header, err);
}

/* Copy a column's name, type and values. */
static mien_status copy_column(mien_table *t, int i, const mien_column *c,
                               mien_error *err)
{
    mien_status st = mi_table_set(t, i, c->name, c->type, err);
    if (st != MIEN_OK)
        return st;
    mi_column *to = &t->column[i];
    for (int64_t r = 0; r < t->rows && st == MIEN_OK; r++) {
        if (to->number)
            to->number[r] = c->number[r];
        else
            st = mi_table_bring(t, &(mien_table){0}, c->text[r], &to->text[r],
                                err);
    }
    return st;
}

mien_status mien_table_new(int64_t rows, int columns, const mien_column *column,
                           mien_table **out, mien_error *err)
{
    assert(out && (column || columns == 0));
    mien_table *t = NULL;
    mien_status st = mi_table_new(rows, columns, &t, err);
    for (int i = 0; i < columns && st == MIEN_OK; i++)
        st = copy_column(t, i, &column[i], err);
    if (st == MIEN_OK)
        st = mi_table_check_names(t, err);
    if (st != MIEN_OK) {
        mien_table_free(t);
        return st;
    }
    mi_table_count(t);
    *out = t;
    return MIEN_OK;
}

void mi_table_cut(mien_table *t, int n)
{
    for (; t->columns > n; t->columns--) {
        mi_column *c = &t->column[t->columns - 1];
        mi_free(c->name);
        mi_free(c->number);
        mi_free(c->text);
    }
}

const char *mien_table_notes(const mien_table *t)
{
    return t->notes ? t->notes : "";
}

void mien_table_free(mien_table *t)
{
    if (!t)
        return;
    mi_table_cut(t, 0);
    mi_free(t->column);
    mi_free(t->row);
    mi_arena_free(t->arena);
    mien_bytes_free(&t->own);
    mi_free(t->notes);
    mi_free(t);
}

int64_t mien_table_rows(const mien_table *t) { return t->rows; }

int mien_table_columns(const mien_table *t) { return t->columns; }

mien_column mien_table_column(const mien_table *t, int i)
{
    assert(i >= 0 && i < t->columns);
    const mi_column *c = &t->column[i];
    return (mien_column){c->name, c->type, c->number, c->text, c->missing};
}

int mien_table_find(const mien_table *t, const char *name)
{
    for (int i = 0; i < t->columns; i++)
        if (strcmp(t->column[i].name, name) == 0)
            return i;
    return -1;
}

mien_text mien_table_row_text(const mien_table *t, int64_t row)
{
    assert(row >= 0 && row < t->rows);
    return t->row ? t->row[row] : (mien_text){NULL, 0};
}

mien_text mien_table_header_text(const mien_table *t) { return t->header; }
