/* quality_rows.c: rows that are the same, by hashes that are verified.
 *
 * Pairs of hash and row are sorted by hash; within a run of equal hashes, which
 * is one row's copies or, rarely, a collision, rows are compared in full with
 * the different rows met so far. */
#include "table/level.h"
#include "table/table.h"

#include "base/alloc.h"
#include "base/error.h"
#include "num/sort.h"

typedef struct {
    const mien_table *t;
    int k;
    const int *columns; /* NULL: all */
} row_view;

static row_view view_of(const mien_table *t, int k, const int *columns)
{
    return (row_view){t, columns ? k : t->columns, columns};
}

static mien_column column_of(const row_view *v, int i)
{
    return mien_table_column(v->t, v->columns ? v->columns[i] : i);
}

static int same_rows(const row_view *v, int64_t a, int64_t b)
{
    for (int i = 0; i < v->k; i++) {
        mien_column c = column_of(v, i);
        if (!mi_value_same(&c, a, &c, b))
            return 0;
    }
    return 1;
}

/* Hashes of n rows, column by column; the index in the list is kept. */
static void hash_rows(const row_view *v, int64_t n, const int64_t *rows,
                      mi_sort_pair *pairs)
{
    for (int i = 0; i < v->k; i++) {
        mien_column c = column_of(v, i);
        for (int64_t r = 0; r < n; r++)
            pairs[r].key = mi_value_hash(pairs[r].key, &c, mi_row_at(rows, r));
    }
}

/* For each of n rows of a list the index of the first one that is the same. */
static mien_status find_first(const row_view *v, int64_t n, const int64_t *rows,
                              int64_t *first, mien_error *err)
{
    mi_sort_pair *pairs = mi_alloc_raw((size_t)n, 2 * sizeof *pairs);
    if (!pairs)
        return mi_no_memory(err);
    for (int64_t i = 0; i < n; i++)
        pairs[i] = (mi_sort_pair){0, i};
    hash_rows(v, n, rows, pairs);
    mi_sort_pairs(n, pairs, pairs + n);
    for (int64_t i = 0; i < n;) {
        /* The different rows of a run are collected at its front. */
        uint64_t key = pairs[i].key;
        int64_t start = i, met = 0;
        for (; i < n && pairs[i].key == key; i++) {
            int64_t at = pairs[i].at, k = 0;
            while (k < met &&
                   !same_rows(v, mi_row_at(rows, pairs[start + k].at),
                              mi_row_at(rows, at)))
                k++;
            first[at] = k < met ? pairs[start + k].at : at;
            if (k == met)
                pairs[start + met++].at = at;
        }
    }
    mi_free(pairs);
    return MIEN_OK;
}

mien_status mien_table_duplicates(const mien_table *t, int k,
                                  const int *columns, int64_t *of,
                                  int64_t *ret_count, mien_error *err)
{
    row_view v = view_of(t, k, columns);
    int64_t *first = mi_alloc_raw((size_t)t->rows, sizeof *first), count = 0;
    mien_status st =
        first ? find_first(&v, t->rows, NULL, first, err) : mi_no_memory(err);
    for (int64_t i = 0; i < t->rows && st == MIEN_OK; i++) {
        count += first[i] != i;
        if (of)
            of[i] = first[i] != i ? first[i] : -1;
    }
    mi_free(first);
    if (st == MIEN_OK)
        *ret_count = count;
    return st;
}

mien_status mien_table_common_rows(const mien_table *t, int k,
                                   const int *columns, mien_row_list train,
                                   mien_row_list test, int64_t *ret_count,
                                   mien_error *err)
{
    row_view v = view_of(t, k, columns);
    int64_t n = train.n + test.n, count = 0;
    int64_t *both = mi_alloc_raw((size_t)n, 2 * sizeof *both);
    if (!both)
        return mi_no_memory(err);
    int64_t *first = both + n;
    for (int64_t i = 0; i < n; i++)
        both[i] = i < train.n ? train.row[i] : test.row[i - train.n];
    mien_status st = find_first(&v, n, both, first, err);
    for (int64_t i = train.n; i < n && st == MIEN_OK; i++)
        count += first[i] < train.n;
    mi_free(both);
    if (st == MIEN_OK)
        *ret_count = count;
    return st;
}
