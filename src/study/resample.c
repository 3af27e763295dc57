/* resample.c: rows of a table, the classes balanced. */
#include "study/study.h"

#include "base/alloc.h"
#include "base/error.h"

void mien_resampled_free(mien_resampled *r)
{
    if (!r)
        return;
    mien_table_free(r->made);
    mi_free(r->row);
    *r = (mien_resampled){0};
}

mien_status mi_resample_rows(int64_t n, const uint8_t *y,
                             const mien_resample *how, mien_resampled *out,
                             int64_t *made, mien_error *err)
{
    int under = how->kind == MIEN_RESAMPLE_UNDER;
    int over = how->kind == MIEN_RESAMPLE_OVER;
    mien_resampled r = {.n = n};
    mien_status st = MIEN_OK;
    *made = 0;
    if (over || how->kind == MIEN_RESAMPLE_SMOTE)
        st = mien_sample_wanted(n, y, how->ratio, made, err);
    if (st)
        return st;
    r.n += over ? *made : 0;
    r.row = mi_alloc((size_t)r.n + 1, sizeof *r.row);
    if (!r.row)
        return mi_no_memory(err);
    for (int64_t i = 0; i < n; i++)
        r.row[i] = i;
    if (under)
        st = mien_sample_under(n, y, how->ratio, how->seed, r.row, &r.n, err);
    else if (over)
        st = mien_sample_over(n, y, *made, how->seed, r.row, err);
    if (st)
        mien_resampled_free(&r);
    else
        *out = r;
    return st;
}

/* ---- rows that are made -------------------------------------------------- */

/* All columns as one matrix [rows, columns]. */
static mien_status matrix_of(const mien_table *t, double **out, mien_error *err)
{
    int p = mien_table_columns(t);
    int64_t n = mien_table_rows(t);
    double *x = mi_alloc_raw((size_t)n + 1, (size_t)p * sizeof *x);
    if (!x)
        return mi_no_memory(err);
    for (int j = 0; j < p; j++) {
        mien_column c = mien_table_column(t, j);
        if (c.type == MIEN_COLUMN_TEXT || c.missing) {
            mi_free(x);
            return mi_fail(err, MIEN_EFORMAT,
                           "column %.60s: SMOTE needs numbers in every row; "
                           "drop or encode it first",
                           c.name);
        }
        for (int64_t i = 0; i < n; i++)
            x[i * p + j] = c.number[i];
    }
    *out = x;
    return MIEN_OK;
}

/* A table of n rows x [n, columns] with the columns of t. */
static mien_status table_of(const mien_table *t, int64_t n, const double *x,
                            mien_table **out, mien_error *err)
{
    int p = mien_table_columns(t);
    mien_column *c = mi_alloc((size_t)p, sizeof *c);
    double *v = mi_alloc_raw((size_t)n + 1, (size_t)p * sizeof *v);
    mien_status st = c && v ? MIEN_OK : mi_no_memory(err);
    for (int j = 0; !st && j < p; j++) {
        c[j] = (mien_column){.name = mien_table_column(t, j).name,
                             .type = MIEN_COLUMN_NUMBER,
                             .number = v + j * n};
        for (int64_t i = 0; i < n; i++)
            v[j * n + i] = x[i * p + j];
    }
    if (!st)
        st = mien_table_new(n, p, c, out, err);
    mi_free(c);
    mi_free(v);
    return st;
}

/* Make rows by SMOTE, as a table with the columns of t. */
static mien_status make_rows(const mien_table *t, const uint8_t *y,
                             const mien_smote *how, mien_table **out,
                             mien_error *err)
{
    int p = mien_table_columns(t);
    double *x = NULL, *made = NULL;
    mien_status st = matrix_of(t, &x, err);
    if (st)
        return st;
    made = mi_alloc_raw((size_t)how->more + 1, (size_t)p * sizeof *made);
    st = made ? mien_sample_smote(mien_table_rows(t), p, x, y, how, made, err)
              : mi_no_memory(err);
    mi_free(x);
    if (!st)
        st = table_of(t, how->more, made, out, err);
    mi_free(made);
    return st;
}

mien_status mien_table_resample(const mien_table *t, const uint8_t *y,
                                const mien_resample *how, mien_resampled *out,
                                mien_error *err)
{
    mien_smote smote = {5, 0, how->seed};
    mien_resampled r = {0};
    mien_status st =
        mi_resample_rows(mien_table_rows(t), y, how, &r, &smote.more, err);
    if (!st && how->kind == MIEN_RESAMPLE_SMOTE && smote.more)
        st = make_rows(t, y, &smote, &r.made, err);
    if (st)
        mien_resampled_free(&r);
    else
        *out = r;
    return st;
}

mien_status mien_resampled_csv(const mien_resampled *r, const mien_table *t,
                               mien_buffer *out, mien_error *err)
{
    mien_csv_write_options o = MIEN_CSV_WRITE_DEFAULTS;
    mien_bytes b = {0};
    o.as_read = 1;
    mien_status st = mien_csv_write(t, r->row, r->n, &o, &b, err);
    mien_buffer_put(out, b.data, b.n);
    mien_bytes_free(&b);
    if (st || !r->made)
        return st;
    o = (mien_csv_write_options){.no_header = 1};
    st = mien_csv_write(r->made, NULL, 0, &o, &b, err);
    mien_buffer_put(out, b.data, b.n);
    mien_bytes_free(&b);
    return st;
}

void mien_resampled_text(const mien_resampled *r, const mien_table *t,
                         const uint8_t *y, mien_buffer *out)
{
    int64_t rows = mien_table_rows(t), ones = 0, was = 0;
    int64_t made = r->made ? mien_table_rows(r->made) : 0;
    for (int64_t i = 0; i < r->n; i++)
        ones += y[r->row[i]];
    for (int64_t i = 0; i < rows; i++)
        was += y[i];
    ones += made * (was * 2 <= rows);
    mien_buffer_printf(
        out,
        "%lld rows, %lld events (%.4f %%) -> %lld rows, %lld events "
        "(%.4f %%)\nprobabilities learned from these rows are too high "
        "by that; mien train logistic --under, --over and --smote "
        "correct them\n",
        (long long)rows, (long long)was, 100 * (double)was / (double)rows,
        (long long)r->n + (long long)made, (long long)ones,
        100 * (double)ones / (double)(r->n + made));
}
