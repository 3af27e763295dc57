/* table.c: tables of a page. */
#include "wasm/table.h"

#include <stdio.h>
#include <stdlib.h>

struct web_table {
    uint8_t *bytes; /* owned; texts of the table point into them */
    size_t n;
    mien_csv_options how;
    mien_table *t;
};

static mien_csv_options options_of(const web_csv *how)
{
    mien_csv_options o = MIEN_CSV_DEFAULTS;
    o.delimiter = (char)how->delimiter;
    o.header = (mien_csv_header)how->header;
    o.decimal = (char)how->decimal;
    o.thousands = (char)how->thousands;
    o.dates = (mien_date_order)how->dates;
    o.encoding = (mien_encoding)how->encoding;
    o.skip = how->skip;
    o.comment = (char)how->comment;
    o.quote = (char)how->quote;
    o.strict = how->strict;
    return o;
}

mien_status web_table_new(mien_web *w, uint8_t *bytes, size_t n,
                          const web_csv *how, web_table **out)
{
    mien_error err = {0};
    mien_status st = MIEN_ENOMEM;
    web_text_begin(w);
    web_table *t = calloc(1, sizeof *t);
    if (t) {
        *t = (web_table){bytes, n, options_of(how), NULL};
        st = mien_csv_read(bytes, n, &t->how, &t->t, &err);
    } else {
        free(bytes);
    }
    if (st == MIEN_OK)
        *out = t;
    else
        web_table_free(t);
    return web_text_end(w, st, &err);
}

void web_table_free(web_table *t)
{
    if (!t)
        return;
    mien_table_free(t->t);
    free(t->bytes);
    free(t);
}

const uint8_t *web_table_file(const web_table *t, size_t *n,
                              mien_csv_options *how)
{
    *n = t->n;
    *how = t->how;
    return t->bytes;
}

mien_status web_table_about(mien_web *w, const web_table *t)
{
    mien_json j = mien_json_on(web_text_begin(w), 0);
    mien_json_object(&j, NULL);
    mien_json_int(&j, "rows", mien_table_rows(t->t));
    mien_json_array(&j, "columns");
    for (int i = 0; i < mien_table_columns(t->t); i++) {
        mien_column c = mien_table_column(t->t, i);
        mien_json_object(&j, NULL);
        mien_json_text(&j, "name", c.name);
        mien_json_text(&j, "type",
                       c.type == MIEN_COLUMN_TEXT ? "text" : "number");
        mien_json_int(&j, "missing", c.missing);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    mien_json_text(&j, "notes", mien_table_notes(t->t));
    mien_json_close(&j);
    return web_text_end(w, MIEN_OK, NULL);
}

mien_status web_table_rows(mien_web *w, const web_table *t, int n,
                           const int32_t *rows)
{
    mien_error err = {0};
    mien_status st = MIEN_OK;
    mien_json j = mien_json_on(web_text_begin(w), 0);
    int64_t *row = malloc(((size_t)n + 1) * sizeof *row), all;
    all = mien_table_rows(t->t);
    if (!row)
        st = MIEN_ENOMEM;
    for (int i = 0; st == MIEN_OK && i < n; i++) {
        row[i] = rows[i];
        if (rows[i] >= 0 && rows[i] < all)
            continue;
        snprintf(err.text, sizeof err.text, "table: row %ld, wanted 0 to %lld",
                 (long)rows[i], (long long)all - 1);
        st = MIEN_EARG;
    }
    if (st == MIEN_OK)
        mien_table_rows_json(t->t, n, row, NULL, &j);
    free(row);
    return web_text_end(w, st, &err);
}

/* A column by its number, or -1.  EARG: there is no such column. */
static mien_status check_column(const web_table *t, int column, mien_error *err)
{
    int n = mien_table_columns(t->t);
    if (column >= -1 && column < n)
        return MIEN_OK;
    snprintf(err->text, sizeof err->text, "table: column %d of %d", column, n);
    return MIEN_EARG;
}

mien_status web_table_describe(mien_web *w, const web_table *t, int by,
                               int kind, int n, const int32_t *columns)
{
    mien_error err = {0};
    mien_json j = mien_json_on(web_text_begin(w), 0);
    mien_describe_options o = MIEN_DESCRIBE_DEFAULTS;
    int *column = malloc((n > 0 ? (size_t)n : 1) * sizeof *column);
    mien_status st = column ? check_column(t, by, &err) : MIEN_ENOMEM;
    for (int i = 0; st == MIEN_OK && i < n; i++) {
        column[i] = (int)columns[i];
        st = check_column(t, column[i], &err);
    }
    o.by = by;
    o.correlate = kind >= 0;
    o.kind = kind > 0 ? MIEN_CORRELATION_SPEARMAN : MIEN_CORRELATION_PEARSON;
    o.column = n < 0 ? NULL : column;
    o.columns = n < 0 ? 0 : n;
    if (st == MIEN_OK)
        st = mien_table_description_json(t->t, &o, &j, &err);
    free(column);
    return web_text_end(w, st, &err);
}

mien_status web_table_remarks(mien_web *w, const web_table *t)
{
    mien_error err = {0};
    mien_status st = mien_table_remarks(t->t, NULL, web_text_begin(w), &err);
    return web_text_end(w, st, &err);
}

mien_status web_table_plot(mien_web *w, const web_table *t,
                           const web_plot *what)
{
    mien_error err = {0};
    mien_json j = mien_json_on(web_text_begin(w), 0);
    const mien_table_figure_options o = {.kind = (mien_table_plot)what->kind,
                                         .x = what->x,
                                         .y = what->y,
                                         .by = what->by,
                                         .fitted = (unsigned)what->fitted,
                                         .width = (double)what->width,
                                         .height = (double)what->height};
    mien_status st = check_column(t, o.x, &err);
    if (st == MIEN_OK)
        st = check_column(t, o.y, &err);
    if (st == MIEN_OK)
        st = check_column(t, o.by, &err);
    if (st == MIEN_OK)
        st = mien_table_figure_json(t->t, &o, &j, &err);
    return web_text_end(w, st, &err);
}
