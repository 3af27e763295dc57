/* csv_write.c: tables as CSV.
 *
 * A field is quoted if it has a delimiter, a quote or a line end in it, begins
 * with a byte order mark (which would be passed over), or is an empty text
 * standing alone in its row (which would be an empty line).
 * Formulas: OWASP, "CSV injection". */
#include "table/csv.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "table/csv_scan.h"
#include "table/number.h"

#include <assert.h>
#include <math.h>

typedef struct {
    mien_buffer b;
    const mien_csv_write_options *o;
    char delimiter;
} writer;

static void put_char(writer *w, char c) { mien_buffer_put(&w->b, &c, 1); }

static int is_formula(mien_text text)
{
    static const char first[] = {'=', '+', '-', '@', '\t', '\r'};
    return text.n > 0 && memchr(first, *text.at, sizeof first) != NULL;
}

/* A text, in quotes where it needs them. */
static void put_text(writer *w, mien_text text, int guard)
{
    int quote = text.n >= 3 && memcmp(text.at, "\xef\xbb\xbf", 3) == 0;
    for (size_t i = 0; i < text.n && !quote; i++)
        quote = text.at[i] == w->delimiter || text.at[i] == '"' ||
                mi_is_line_end(text.at[i]);
    if (quote)
        put_char(w, '"');
    if (guard && is_formula(text))
        put_char(w, '\'');
    size_t from = 0;
    for (size_t i = 0; quote && i < text.n; i++)
        if (text.at[i] == '"') {
            mien_buffer_put(&w->b, text.at + from, i + 1 - from);
            from = i;
        }
    if (text.n > from)
        mien_buffer_put(&w->b, text.at + from, text.n - from);
    if (quote)
        put_char(w, '"');
}

static void put_value(writer *w, const mi_column *c, int64_t row)
{
    if (c->text) {
        put_text(w, c->text[row], w->o->guard_formula);
        return;
    }
    char text[MI_NUMBER_SIZE];
    if (!isnan(c->number[row]))
        mien_buffer_put(&w->b, text,
                        (size_t)mi_number_write(c->number[row], text));
}

static void put_line(writer *w, mien_text raw)
{
    mien_buffer_put(&w->b, raw.at, raw.n);
    put_char(w, '\n');
}

/* A row: as it was read, or value by value. */
static void put_row(writer *w, const mien_table *t, int64_t row)
{
    if (w->o->as_read && t->row) {
        put_line(w, t->row[row]);
        return;
    }
    size_t start = w->b.n;
    for (int c = 0; c < t->columns; c++) {
        if (c > 0)
            put_char(w, w->delimiter);
        put_value(w, &t->column[c], row);
    }
    if (w->b.n == start)
        mien_buffer_put(&w->b, "\"\"", 2);
    put_char(w, '\n');
}

static void put_header(writer *w, const mien_table *t)
{
    if (w->o->as_read && t->header.n > 0) {
        put_line(w, t->header);
        return;
    }
    for (int c = 0; c < t->columns; c++) {
        if (c > 0)
            put_char(w, w->delimiter);
        const char *name = t->column[c].name;
        put_text(w, (mien_text){name, strlen(name)}, w->o->guard_formula);
    }
    put_char(w, '\n');
}

mien_status mien_csv_write(const mien_table *t, const int64_t *row, int64_t n,
                           const mien_csv_write_options *options,
                           mien_bytes *out, mien_error *err)
{
    assert(t && out);
    mien_csv_write_options usual = MIEN_CSV_WRITE_DEFAULTS;
    writer w = {.o = options ? options : &usual};
    w.delimiter = w.o->delimiter;
    if (!w.delimiter)
        w.delimiter = ',';
    if (!w.o->no_header)
        put_header(&w, t);
    int64_t rows = row ? n : t->rows;
    for (int64_t i = 0; i < rows && !w.b.failed; i++)
        put_row(&w, t, row ? row[i] : i);
    return mien_buffer_give(&w.b, out, err);
}
