/* Any bytes as a CSV file: read whole and as a stream of small pieces, which
 * must agree; then written and read again.  The first byte chooses options. */
#include "mien/table_columns.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

static int same_text(mien_text a, mien_text b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}

/* Row i of a is row k of b. */
static void compare_row(const mien_table *a, int64_t i, const mien_table *b,
                        int64_t k)
{
    must(mien_table_columns(a) == mien_table_columns(b));
    for (int c = 0; c < mien_table_columns(a); c++) {
        mien_column x = mien_table_column(a, c), y = mien_table_column(b, c);
        must(x.type == y.type && strcmp(x.name, y.name) == 0);
        if (x.number)
            must(x.number[i] ==
                     y.number[k] || /* zero is written without a sign */
                 (x.number[i] != x.number[i] && y.number[k] != y.number[k]));
        else
            must(same_text(x.text[i], y.text[k]));
    }
}

/* The same rows by pieces; types are given, since a stream guesses them from
 * the first rows only. */
static void stream(const uint8_t *bytes, size_t n, mien_csv_options o,
                   const mien_table *all, size_t piece)
{
    mien_csv_type type[64];
    if (mien_table_columns(all) > 64)
        return;
    for (int c = 0; c < mien_table_columns(all); c++) {
        mien_column x = mien_table_column(all, c);
        type[c] = (mien_csv_type){x.name, x.type};
    }
    o.type = type;
    o.types = mien_table_columns(all);
    mien_csv_stream *s = NULL;
    size_t at = 0, used = 0;
    must(mien_csv_stream_new(bytes, n, 1, &o, &at, &s, NULL) == MIEN_OK);
    int64_t row = 0;
    for (int final = 0; !final;) {
        size_t left = n - at < piece ? n - at : piece;
        const mien_table *t = NULL;
        final = at + left == n;
        must(mien_csv_stream_next(s, bytes + at, left, final, &used, &t,
                                  NULL) == MIEN_OK);
        for (int64_t i = 0; i < mien_table_rows(t); i++, row++) {
            must(row < mien_table_rows(all));
            compare_row(all, row, t, i);
        }
        at += used;
        piece += used == 0 ? piece : 0;
    }
    must(row == mien_table_rows(all));
    mien_csv_stream_free(s);
}

static void write_and_read(const mien_table *t)
{
    mien_csv_options o = MIEN_CSV_DEFAULTS;
    o.delimiter = ',';
    o.header = MIEN_CSV_HEADER_ALWAYS;
    mien_bytes b = {0};
    mien_table *back = NULL;
    must(mien_csv_write(t, NULL, 0, NULL, &b, NULL) == MIEN_OK);
    if (!mien_csv_can_stream(b.data, b.n, NULL)) {
        mien_bytes_free(&b); /* a name as other kinds of files begin */
        return;
    }
    must(mien_csv_read(b.data, b.n, &o, &back, NULL) == MIEN_OK);
    must(mien_table_rows(t) == mien_table_rows(back));
    for (int64_t i = 0; i < mien_table_rows(t); i++)
        compare_row(t, i, back, i);
    mien_table_free(back);
    mien_bytes_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n == 0)
        return 0;
    mien_csv_options o = MIEN_CSV_DEFAULTS;
    o.header = (mien_csv_header)(bytes[0] % 3);
    o.finite = bytes[0] >> 7;
    size_t piece = 1 + (bytes[0] >> 2) % 32;
    mien_table *t = NULL;
    if (mien_csv_read(bytes + 1, n - 1, &o, &t, NULL) != MIEN_OK)
        return 0;
    write_and_read(t);
    mien_table_free(t);
    o.strict = 1; /* as streams are read */
    if (mien_csv_read(bytes + 1, n - 1, &o, &t, NULL) != MIEN_OK)
        return 0;
    stream(bytes + 1, n - 1, o, t, piece);
    mien_table_free(t);
    return 0;
}
