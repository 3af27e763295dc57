/* rows.c: rows of a table as JSON. */
#include "mien/report_table.h"

#include <assert.h>
#include <math.h>

/* A text, which is not terminated. */
static void put_text(mien_json *j, mien_buffer *copy, mien_text text)
{
    copy->n = 0;
    mien_buffer_put(copy, text.at, text.n);
    mien_buffer_put(copy, "", 1);
    mien_json_text(j, NULL, copy->failed ? NULL : (const char *)copy->data);
}

static void put_value(mien_json *j, mien_buffer *copy, const mien_column *c,
                      int64_t row)
{
    if (c->type == MIEN_COLUMN_TEXT && c->text[row].n)
        put_text(j, copy, c->text[row]);
    else if (c->type == MIEN_COLUMN_TEXT || isnan(c->number[row]))
        mien_json_null(j, NULL);
    else if (isinf(c->number[row]))
        mien_json_text(j, NULL, c->number[row] > 0 ? "inf" : "-inf");
    else
        mien_json_real(j, NULL, c->number[row], 0);
}

void mien_table_rows_json(const mien_table *t, int64_t n, const int64_t *rows,
                          const char *key, mien_json *j)
{
    mien_buffer copy = {0};
    mien_json_array(j, key);
    for (int64_t i = 0; i < n; i++) {
        int64_t row = rows ? rows[i] : i;
        assert(row >= 0 && row < mien_table_rows(t));
        mien_json_array(j, NULL);
        for (int k = 0; k < mien_table_columns(t); k++) {
            mien_column c = mien_table_column(t, k);
            put_value(j, &copy, &c, row);
        }
        mien_json_close(j);
    }
    mien_json_close(j);
    j->out->failed |= copy.failed;
    mien_buffer_free(&copy);
}
