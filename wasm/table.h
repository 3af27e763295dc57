/* table.h: tables of a page: CSV read, described, drawn from.
 *
 *   web_table_new: a file's bytes -> web_table_about, _rows, _describe,
 *     _remarks, _plot -> JSON */
#ifndef MIEN_WASM_TABLE_H
#define MIEN_WASM_TABLE_H

#include "wasm/web.h"

typedef struct web_table web_table;

/* How a file is read, as mien_csv_options has it; the fields lie as JavaScript
 * writes them, four bytes each.  0 is the usual. */
typedef struct web_csv {
    int32_t delimiter, header, decimal, thousands, dates, encoding, skip,
        comment, quote, strict;
} web_csv;

/* What is drawn, as mien_table_figure_options has it: four bytes each. */
typedef struct web_plot {
    int32_t kind, x, y, by, fitted;
    float width, height;
} web_plot;

/* Read a table.  The bytes, from web_alloc, belong to it from then on, also
 * when they are refused.  Fails as mien_csv_read. */
mien_status WEB_EXPORT(web_table_new)(mien_web *w, uint8_t *bytes, size_t n,
                                      const web_csv *how, web_table **out);
void WEB_EXPORT(web_table_free)(web_table *t);

/* What it is: {"rows", "columns": [{"name", "type": "number" or "text",
 * "missing"}], "notes": lines on how the file was read}. */
mien_status WEB_EXPORT(web_table_about)(mien_web *w, const web_table *t);

/* Some rows, from 0, as mien_table_rows_json.  EARG: a row is not there. */
mien_status WEB_EXPORT(web_table_rows)(mien_web *w, const web_table *t, int n,
                                       const int32_t *rows);

/* As mien_table_description_json; by and kind -1: without; n columns are
 * correlated, -1: all. */
mien_status WEB_EXPORT(web_table_describe)(mien_web *w, const web_table *t,
                                           int by, int kind, int n,
                                           const int32_t *columns);

/* What is odd, as mien_table_remarks: lines. */
mien_status WEB_EXPORT(web_table_remarks)(mien_web *w, const web_table *t);

/* As mien_table_figure_json. */
mien_status WEB_EXPORT(web_table_plot)(mien_web *w, const web_table *t,
                                       const web_plot *what);

/* ---- inside -------------------------------------------------------------- */

/* The file of a table and how it was read. */
const uint8_t *web_table_file(const web_table *t, size_t *n,
                              mien_csv_options *how);

#endif
